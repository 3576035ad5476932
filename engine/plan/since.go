package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// inVain is why a case is over at once whose condition did not hold at its slot.
const inVain = "did not hold at the slot"

// since is the moment of the data in the last letter or task of this playbook
// for this record that was sent or answered (rule 3). Before the first it is
// one beat before the first slot of all: a list that was withheld moves
// nothing, so that its rows come with the next.
//
// A letter says what was known when it was claimed: had a row come before that,
// the last look would have taken the letter back. A task that was answered and
// never sent shows what was known when it was given.
func (l *look) since() time.Time {
	var seen time.Time
	slot, of, subject := l.slotOf(), l.c.Dataset, l.c.Subject
	if l.row != nil { // at the door there is no case yet
		of, subject = l.pb.For.Dataset, l.row.Ref
	}
	first := slot.At
	for _, c := range l.in.Book.CasesOf(l.pb.Name, of, subject) {
		if c.Occasion == slot.Key || c.Reason == inVain {
			continue
		}
		if at := l.slotAt(c.Occasion).At; at.Before(first) {
			first = at
		}
		for _, a := range l.actionsOf(c.Key) {
			if a.State == ledger.Settled && l.shows(a) {
				seen = later(seen, l.shown(a))
			}
		}
	}
	if !seen.IsZero() {
		return seen
	}
	if before, ok := l.pb.Every.Last(l.clock, first.Add(-time.Minute)); ok {
		return before.At
	}
	return first
}

// shows reports whether an action is a letter or the giving of a task, and not
// a reminder of one or news of it.
func (l *look) shows(a ledger.Action) bool {
	for _, s := range l.pb.Steps {
		if s.ID == a.Step {
			return !isNews(a.Occurrence) && (s.Kind == playbook.Email || a.Occurrence == "")
		}
	}
	return false
}

// shown is the moment of the data that an action which is settled has shown;
// zero if it showed nothing to anybody.
func (l *look) shown(a ledger.Action) (at time.Time) {
	for _, id := range a.Messages {
		if m, ok := l.in.Book.Message(id); ok && (m.State == ledger.Sent || m.State == ledger.Bounced) {
			at = later(at, m.SentAt)
		}
	}
	if t, ok := l.in.Book.TaskAt(a.Key); ok && at.IsZero() && t.State == ledger.TaskAnswered {
		return t.Given
	}
	return at
}
