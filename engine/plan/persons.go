package plan

import (
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// Records that a person said are of one human are one row of the table, which
// stands for all of them (dataset.AsOne). What the Book has of the others is of
// the same person: an occasion that was gone through under one number is not
// gone through again under another, and what was sent, given or struck out there
// is not sent or given here. Nothing of it is written down under this number, so
// that the records can be parted again.

// underAnother is why a case is over whose person goes by another number now.
const underAnother = "goes on under another number of the same person"

// hadIt reports whether the person of a record has gone through an occasion
// under another number.
func (d *duty) hadIt(ref dataset.Ref, occ string, date calendar.Date, hasDate bool) bool {
	return slices.ContainsFunc(d.in.Book.Numbers(ref), func(n dataset.Ref) bool {
		if n == ref || ref == 0 {
			return false
		}
		key := ledger.NewCaseKey(d.pb.Name, d.pb.For.Dataset, n, occ)
		c, ok := known(d.cases[n], key, date, hasDate)
		return ok && c.State == ledger.Closed && c.Result != ledger.Over
	})
}

// ofPerson gives the cases about a record and about all others of its person, by
// the moment of opening.
func (d *duty) ofPerson(r *dataset.Row, own []ledger.Case) []ledger.Case {
	if r == nil || len(d.in.Book.Numbers(r.Ref)) == 1 {
		return own
	}
	var all []ledger.Case
	for _, n := range d.in.Book.Numbers(r.Ref) {
		all = append(all, d.cases[n]...)
	}
	slices.SortStableFunc(all, func(a, b ledger.Case) int { return a.Opened.Compare(b.Opened) })
	return all
}

// casesOfPerson is ofPerson from the Book, for an account of them.
func (d *duty) casesOfPerson(ref dataset.Ref) []ledger.Case {
	var all []ledger.Case
	for _, n := range d.in.Book.Numbers(ref) {
		all = append(all, d.in.Book.CasesOf(d.pb.Name, d.pb.For.Dataset, n)...)
	}
	slices.SortStableFunc(all, func(a, b ledger.Case) int { return a.Opened.Compare(b.Opened) })
	return all
}

// hadElsewhere passes over a letter that the person had under another number, or
// was to have and did not, or that an officer struck out there; while one is on
// the wire it is waited for.
func (l *look) hadElsewhere(act ledger.Action) bool {
	for _, key := range l.in.Book.Twins(l.c, act) {
		a, ok := l.in.Book.Action(key)
		switch {
		case !ok:
		case a.State == ledger.Settled, a.State == ledger.Missed, a.State == ledger.Withdrawn && a.Reason == "rejected":
			l.passOver(act)
			return true
		case l.onTheWire(a):
			l.settled = false
			l.wake(l.now.Add(time.Hour))
			return true
		}
	}
	return false
}

// doneElsewhere passes over a task that was done for the person under another
// number.
func (l *look) doneElsewhere(act ledger.Action) bool {
	for _, key := range l.in.Book.Twins(l.c, act) {
		if t, ok := l.in.Book.TaskAt(key); ok && (t.State == ledger.TaskAnswered || t.State == ledger.TaskSettled) {
			l.passOver(act)
			return true
		}
	}
	return false
}

// passOver leaves out what was done under another number. Nothing of that is
// written down: it is so only while the records are one.
func (l *look) passOver(act ledger.Action) {
	l.elsewhere = true
	l.gone[act.Key] = doneUnderAnother
}

// doneUnderAnother is why a case is over of which something was done under
// another number, and nothing is left to do. It stays so while the records are
// one.
const doneUnderAnother = "done under another number of the same person"
