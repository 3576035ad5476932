package ledger

import (
	"slices"
	"time"
)

// concernsErased tells whether a case, or what is owed in it to the addressee,
// is about someone who has been forgotten.
func (b *Book) concernsErased(key CaseKey, addressee string) bool {
	if len(b.erased) == 0 {
		return false
	}
	if b.isErased(recordOf(addressee)) {
		return true
	}
	n := b.caseAt[key]
	return n != 0 && b.isErased(b.cases[n-1].Subject)
}

// apply closes the person's cases as ended and takes back all that has not
// gone: letters to them and every message that speaks of them. What is on the
// wire, or may have gone, stays until somebody can say. Numbers stay.
func (c Erased) apply(b *Book, at time.Time) string {
	switch {
	case c.Person <= 0:
		return "an erasure has a person"
	case b.isErased(c.Person):
		return "the person has been erased already"
	}
	b.erased[c.Person] = true
	b.touch.part("erased")
	b.unsay(c.Person)
	for i := range b.cases {
		e := &b.cases[i]
		if e.Subject == c.Person && (e.State != Closed || e.Result == Over) {
			e.State, e.Result, e.Reason, e.Changed = Closed, Ended, reasonErased, at
			b.touch.cases.mark(int32(i) + 1)
		}
	}
	for i := range b.messages {
		if m := &b.messages[i]; m.State.waiting() && b.speaksOfErased(m) {
			b.enter(m, at, Superseded, reasonErased)
			b.leave(m, at, Owed, reasonErased)
		}
	}
	for i := range b.actions {
		if a := &b.actions[i]; a.State == Owed && b.concernsErased(a.Case, a.Addressee) {
			a.State, a.Reason, a.Changed = Withdrawn, reasonErased, at
			b.touch.actions.mark(int32(i) + 1)
		}
	}
	for i := range b.tasks {
		t := &b.tasks[i]
		if (t.State == TaskOpen || t.State == TaskOverdue) && b.concernsErased(t.Case, t.Addressee) {
			t.State, t.Reason = TaskWithdrawn, reasonErased
			b.taskChanged(t, at)
		}
	}
	for key := range b.facts {
		if key.subject == c.Person {
			delete(b.facts, key)
			b.touch.part("facts")
		}
	}
	return ""
}

// speaksOfErased tells whether a message goes to, or is about, someone who has
// been forgotten.
func (b *Book) speaksOfErased(m *messageEntry) bool {
	return b.isErased(m.Person) || slices.ContainsFunc(m.Actions, func(key ActionKey) bool {
		a := &b.actions[b.actionAt[key]-1]
		return b.concernsErased(a.Case, a.Addressee)
	})
}
