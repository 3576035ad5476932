package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"sort"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// reconcile holds the messages that ought to exist against those that do. A
// message on its way that is wanted in the same words stands, at another
// moment perhaps; in other words, or not at all, it is superseded and its
// actions are owed again, or expires and they are missed.
func (p *planner) reconcile() {
	want := make(map[string]*Message, len(p.desired))
	for _, m := range p.desired {
		want[m.Key] = m
	}
	missed := map[ledger.ActionKey]bool{}
	for _, c := range p.plan.Changes {
		if a, ok := c.(ledger.ActionClosed); ok && a.Action.State == ledger.Missed {
			missed[a.Action.Key] = true
		}
	}
	var first []ledger.Change
	expired := map[ledger.ActionKey]bool{}
	for _, old := range p.in.Book.MessagesIn(ledger.Proposed, ledger.Approved, ledger.Deferred) {
		m := want[old.Key]
		switch {
		case m != nil && p.untrusted(old):
			m.NotBefore = p.earliest(m)
			first = append(first, ledger.MessageSuperseded{ID: old.ID, Reason: "it was approved by trust that holds no longer"})
		case m != nil && m.Two && !old.Two && old.State == ledger.Proposed:
			m.NotBefore = p.earliest(m)
			first = append(first, ledger.MessageSuperseded{ID: old.ID, Reason: "so many of them go now that two persons must say yes"})
		case m != nil && p.staleFirst(old):
			m.NotBefore = p.earliest(m)
			first = append(first, ledger.MessageSuperseded{ID: old.ID, Reason: "its first yes holds no longer"})
		case m != nil && p.same(old, m):
			if old.State == ledger.Proposed && old.First != (ledger.Yes{}) {
				p.wake(p.firstEnds(old))
			}
			if c, moved := p.retimed(old, m); moved {
				first = append(first, c)
			}
			m.Message, m.Stands, m.Release = old, true, false
		case m != nil:
			first = append(first, ledger.MessageSuperseded{ID: old.ID, Reason: "its words have changed"})
		case tooLate(old, p.now) && p.alone(old) && missed[old.Actions[0]]:
			expired[old.Actions[0]] = true
			first = append(first, ledger.MessageExpired{ID: old.ID, Reason: p.whyGone(old)})
		default:
			first = append(first, ledger.MessageSuperseded{ID: old.ID, Reason: p.whyGone(old)})
		}
	}
	for _, c := range p.plan.Changes {
		if a, ok := c.(ledger.ActionClosed); ok && expired[a.Action.Key] && a.Action.State == ledger.Missed {
			continue // the message takes it along
		}
		first = append(first, c)
	}
	p.plan.Changes = first
	for _, m := range p.desired {
		if m.Stands || !m.behind { // what is done for one holder is not proposed anew for another
			p.plan.Messages = append(p.plan.Messages, *m)
		}
	}
	sort.SliceStable(p.plan.Messages, func(i, j int) bool { // letters first: digests name them by their numbers
		a, b := p.plan.Messages[i], p.plan.Messages[j]
		if a.Kind != b.Kind {
			return a.Kind == ledger.Letter
		}
		return a.Key < b.Key
	})
}

// same reports whether a message that has not left is wanted in the same words.
func (p *planner) same(old ledger.Message, m *Message) bool {
	switch {
	case !waiting(old.State), m.Digest != old.Digest, p.untrusted(old), p.staleFirst(old):
		return false
	case m.Two && !old.Two && old.State == ledger.Proposed: // so many go by now
		return false
	}
	return p.sameActions(m.Actions, old.Actions)
}

// alone reports whether a message carries one action, and no other message that
// has not left carries it too: only then does its end decide about the action.
func (p *planner) alone(m ledger.Message) bool {
	if len(m.Actions) != 1 {
		return false
	}
	a, _ := p.in.Book.Action(m.Actions[0])
	for _, id := range a.Messages {
		if o, ok := p.in.Book.Message(id); ok && id != m.ID && waiting(o.State) {
			return false
		}
	}
	return true
}

func tooLate(m ledger.Message, now time.Time) bool {
	return !m.Expires.IsZero() && now.After(m.Expires)
}

// earliest is when a message may go: one that must wait today, tomorrow at the
// hour, but not beyond its end.
func (p *planner) earliest(m *Message) time.Time {
	if m.Waits != "" {
		return sooner(p.clock.AtHour(p.today+1), m.Expires)
	}
	return sooner(m.NotBefore, m.Expires)
}

// sooner is a moment, or the end if that comes before it.
func sooner(t, end time.Time) time.Time {
	if !end.IsZero() && end.Before(t) {
		return end
	}
	return t
}

// retimed moves a message that stands, if its moment or its end has moved.
func (p *planner) retimed(old ledger.Message, m *Message) (ledger.MessageRetimed, bool) {
	from := p.earliest(m)
	if old.State == ledger.Deferred {
		from = sooner(later(from, old.NotBefore), m.Expires)
	}
	past := !from.After(p.now) && !old.NotBefore.After(p.now)
	if m.Expires.Equal(old.Expires) && (past || from.Equal(old.NotBefore)) {
		return ledger.MessageRetimed{}, false
	}
	return ledger.MessageRetimed{ID: old.ID, NotBefore: from, Expires: m.Expires}, true
}

// whyGone says why a message is wanted no longer.
func (p *planner) whyGone(m ledger.Message) string {
	for _, k := range m.Actions {
		if why := p.gone[k]; why != "" {
			return why
		}
	}
	if m.Kind == ledger.Digest {
		return "a newer digest takes its place"
	}
	return "it is no longer due"
}

// sameActions compares what two messages carry, leaving out what is done: a
// message that a second holder of a role still waits for carries it no more.
func (p *planner) sameActions(a, b []ledger.ActionKey) bool {
	open := func(keys []ledger.ActionKey) map[ledger.ActionKey]bool {
		out := make(map[ledger.ActionKey]bool, len(keys))
		for _, k := range keys {
			if x, ok := p.in.Book.Action(k); !ok || !ended(x.State) {
				out[k] = true
			}
		}
		return out
	}
	return maps.Equal(open(a), open(b))
}

// finish puts the lines in order and works out the digest.
func (p *planner) finish() {
	order := map[Verb]int{Sends: 0, Asks: 1, Tells: 2, Lists: 3, HeldBack: 4, Withholds: 5, Misses: 6, Waits: 7, Observed: 8, Closes: 9, Later: 10}
	sort.SliceStable(p.plan.Lines, func(i, j int) bool {
		a, b := p.plan.Lines[i], p.plan.Lines[j]
		if x, y := order[a.Verb], order[b.Verb]; x != y {
			return x < y
		}
		if a.Playbook != b.Playbook {
			return a.Playbook < b.Playbook
		}
		if a.Step != b.Step {
			return a.Step < b.Step
		}
		if !a.When.Equal(b.When) {
			return a.When.Before(b.When)
		}
		if a.About != b.About {
			return a.About < b.About
		}
		return a.Case < b.Case
	})
	seen := map[string]bool{}
	p.plan.CannotTell = slices.DeleteFunc(p.plan.CannotTell, func(c CannotTell) bool {
		id := fmt.Sprint(c.Playbook, "\x00", c.What, "\x00", c.About, "\x00", c.Why, "\x00", c.Cells)
		twice := seen[id]
		seen[id] = true
		return twice
	})
	p.reckonUp()
	p.plan.Changes = append(p.expirePlans(), p.plan.Changes...) // first, while their letters still wait
	for n, c := range p.counts {
		p.plan.Counts[n] = *c
	}
	h := sha256.New()
	for _, m := range p.plan.Messages {
		h.Write([]byte(m.Key + "\x00" + m.Digest + "\n"))
	}
	p.plan.Digest = hex.EncodeToString(h.Sum(nil))
}

// Recheck says which unsent messages may not go now, and why, by a new look:
// the last question before the wire. A message that is not in the answer may.
func Recheck(in Input) map[int64]string {
	fell, _ := LastLook(in)
	return fell
}

// LastLook is Recheck with the plan that it looked by, of which some messages may
// go only after others (Staged): the first of their batch, or what tells of their
// yes.
func LastLook(in Input) (fell map[int64]string, pl *Plan) {
	pl = Compute(in)
	out := pl.Fallen()
	for _, h := range pl.Holds {
		if h.Kind == "date" {
			for _, m := range in.Book.Messages() {
				out[m.ID] = h.Why
			}
		}
	}
	for _, c := range pl.Changes {
		if x, ok := c.(ledger.MessageRetimed); ok {
			out[x.ID] = "it waits for another moment"
		}
	}
	for _, m := range pl.Messages {
		if m.Stands && m.Waits != "" {
			out[m.ID] = m.Waits
		}
	}
	pl.holdUntold(in)
	return out, pl
}

// Fallen says which unsent messages this plan takes away, and why.
func (pl *Plan) Fallen() map[int64]string {
	out := map[int64]string{}
	for _, c := range pl.Changes {
		switch x := c.(type) {
		case ledger.MessageSuperseded:
			out[x.ID] = x.Reason
		case ledger.MessageExpired:
			out[x.ID] = x.Reason
		}
	}
	return out
}

// Tally counts a plan's new letters to members by playbook: what later runs
// call usual.
func (pl *Plan) Tally() map[string]int {
	n := map[string]int{}
	for _, m := range pl.Messages {
		if !m.Stands && m.Kind == ledger.Letter && m.Person != 0 {
			n[m.Playbook]++
		}
	}
	return n
}
