package ledger

import (
	"strings"
	"time"
)

// What stands as the reason of an action that an officer's digest carried home,
// where it was a letter to be posted and somebody has decided about it.
const (
	lineGoes   = "may be posted"
	lineStruck = "struck off"
)

// LineDecided: a person says of a letter which an officer's digest gave, because
// none can go by mail, that it may be posted (Yes), or strikes it off for a
// reason.
type LineDecided struct {
	Action ActionKey `json:"action"`
	Yes    bool      `json:"yes,omitempty"`
	Reason string    `json:"reason,omitempty"` // digest of the words
}

// Type is the name of the change in the log.
func (LineDecided) Type() string { return "line_decided" }

func (c LineDecided) tidy() change { return c }

func (c LineDecided) apply(b *Book, _ time.Time) string {
	n := b.actionAt[c.Action]
	if n == 0 {
		return "there is no such action: " + string(c.Action)
	}
	e := &b.actions[n-1]
	goes, struck, _ := e.Line()
	switch {
	case e.State != Settled || !b.byDigest(e):
		return "it stands on no sheet: " + string(c.Action)
	case struck:
		return "it is struck off already"
	case c.Yes && goes:
		return "it has its yes already"
	case c.Yes && c.Reason != "":
		return "a yes has no reason"
	}
	if e.Reason = lineGoes; !c.Yes {
		e.Reason = strings.TrimSpace(lineStruck + " " + c.Reason)
	}
	b.touch.actions.mark(n)
	return ""
}

// byDigest tells that an officer's digest carried an action.
func (b *Book) byDigest(e *actionEntry) bool {
	for _, id := range e.Messages {
		if m := &b.messages[id-1]; m.Kind == Digest && !m.State.waiting() && !m.State.fallen() {
			return true
		}
	}
	return false
}

// Line says what a person decided of a letter on a sheet: that it may be posted,
// or that it is struck off, for a reason, whose words the digest stands for.
func (a Action) Line() (goes, struck bool, reason string) {
	if a.State != Settled {
		return false, false, ""
	}
	reason, struck = strings.CutPrefix(a.Reason, lineStruck)
	if !struck {
		return a.Reason == lineGoes, false, ""
	}
	return false, true, strings.TrimSpace(reason)
}
