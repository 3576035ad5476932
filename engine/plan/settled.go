package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// nobody says that a step is for an empty list; those who join the list before
// its window is over get theirs.
func (l *look) nobody(w *world, s *playbook.Step, win window) {
	if win.over(l.now) {
		return
	}
	l.settled = false
	if l.now.Before(win.moment) {
		l.wake(win.moment)
		return
	}
	l.wake(win.end.Add(time.Second))
	if s.When == nil || l.ask(w, s.When) == yes {
		l.line(l.lineOf(Withholds, s, addressee{}, win.moment, "to: nobody"))
	}
}

// through reports whether letters of a step were owed, and none still is.
func (l *look) through(s *playbook.Step) bool {
	any := false
	for _, a := range l.actionsOf(l.c.Key) {
		if a.Step != s.ID || a.Element != l.element || isNews(a.Occurrence) {
			continue
		}
		if !ended(a.State) {
			return false
		}
		any = true
	}
	return any
}

// toList reports whether a step is for a list, which others may yet join.
func (l *look) toList(w *world, to playbook.Recipients) bool {
	for _, e := range to.Exprs {
		if e.Eval(w.World, l.vars(w)).IsList {
			return true
		}
	}
	return false
}

// miss writes down that an action was missed. A step that stands to be asked
// about that sees it at once, not a day later.
func (l *look) miss(a ledger.Action, why string) {
	l.missed = true
	l.shut(a, ledger.Missed, why)
	a.State, a.Reason = ledger.Missed, why
	l.lost, l.went = append(l.lost, a), nil
}

// whyMissed says why a letter was not sent inside its window.
func (l *look) whyMissed(w *world, s *playbook.Step, a ledger.Action) string {
	if _, wait := l.attachment(w, s); wait != "" {
		return "the document it attaches did not come in time"
	}
	if why := l.gone[a.Key]; why != "" {
		return why
	}
	if known, ok := l.actionOf(a.Key); ok {
		for _, id := range known.Messages {
			if m, ok := l.in.Book.Message(id); ok && m.State == ledger.Proposed {
				return "nobody approved it in time"
			}
		}
	}
	return "its time had passed"
}
