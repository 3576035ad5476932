package ledger

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// moment gives a time as the log keeps it: in UTC, to the microsecond.
func moment(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// said gives what a server said as it may stand in the log. The news that a
// letter went or did not go is never refused for its wording: words with an
// address in them are left out, invisible characters become spaces, and the
// end is cut off.
func said(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || r != '@' && unlawful(r) {
			return ' '
		}
		return r
	}, s)
	words := strings.Fields(s)
	for i, w := range words {
		if strings.ContainsRune(w, '@') {
			words[i] = "(address)"
		}
	}
	s = strings.Join(words, " ")
	const most = shortText - 40 // in JSON a quotation mark takes two bytes
	if len(s) <= most {
		return strings.NewReplacer(`"`, "'", `\`, "/").Replace(s)
	}
	end := most
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.NewReplacer(`"`, "'", `\`, "/").Replace(s[:end]) + " ..."
}

// copied gives a copy of a list; an empty one is nil.
func copied[T any](list []T) []T {
	if len(list) == 0 {
		return nil
	}
	return slices.Clone(list)
}

func (c BacklogApproved) tidy() change {
	c.Cases = copied(c.Cases)
	return c
}

func (c CaseOpened) tidy() change {
	c.Occasion = masked(c.Occasion)
	if !c.HasDate {
		c.Date = 0
	}
	return c
}

func (c TaskGiven) tidy() change {
	c.Element, c.Addressee, c.Due = masked(c.Element), masked(c.Addressee), moment(c.Due)
	return c
}

func (c TaskRetimed) tidy() change {
	c.Due = moment(c.Due)
	return c
}

func (c TaskReassigned) tidy() change {
	c.Addressee = masked(c.Addressee)
	return c
}

func (c ActionClosed) tidy() change {
	state := c.Action.State
	c.Action = tidyAction(c.Action)
	c.Action.State = state
	return c
}

func (c MessageProposed) tidy() change {
	c.Message = tidyMessage(c.Message, c.Actions)
	c.Actions = copied(c.Actions)
	for i, a := range c.Actions {
		c.Actions[i] = tidyAction(a)
		c.Actions[i].State = ""
	}
	return c
}

func (c MessageApproved) tidy() change {
	c.Until = moment(c.Until)
	return c
}

func (c MessageRetimed) tidy() change {
	c.NotBefore, c.Expires = moment(c.NotBefore), moment(c.Expires)
	return c
}

func (c MessageSent) tidy() change {
	c.Proof = said(c.Proof)
	return c
}

func (c MessageDeferred) tidy() change {
	c.Until = moment(c.Until)
	return c
}

func (c MessageFailed) tidy() change {
	c.Why = said(c.Why)
	return c
}

func (c MessageUncertain) tidy() change {
	c.Why = said(c.Why)
	return c
}

func (c MessageBounced) tidy() change {
	c.Why = said(c.Why)
	return c
}

func (c BrakeReleased) tidy() change {
	c.Until, c.Stage = moment(c.Until), moment(c.Stage)
	return c
}

func (c DateConfirmed) tidy() change {
	c.Now = moment(c.Now)
	return c
}

func (c RunRecorded) tidy() change {
	c.Logical, c.Holds, c.Actions = moment(c.Logical), copied(c.Holds), maps.Clone(c.Actions)
	if len(c.Actions) == 0 {
		c.Actions = nil
	}
	return c
}
