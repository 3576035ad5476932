package plan

import (
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// passedOn is the action by which an open task is told to those who have it now,
// where only others were ever told of it: the member it is about has moved to
// another branch, or the office has another holder. It is false while the task
// itself has yet to be told, or was told to one of them.
func (l *look) passedOn(s *playbook.Step, to addressee, t ledger.Task) (ledger.Action, bool) {
	known, ok := l.actionOf(t.Key)
	if !ok || known.State != ledger.Settled {
		return ledger.Action{}, false
	}
	hs, _ := l.holdersFor(to, l.pb.Private || s.Private)
	if len(hs) == 0 {
		return ledger.Action{}, false
	}
	for _, id := range known.Messages {
		m, found := l.in.Book.Message(id)
		for _, h := range hs {
			if found && onItsWay(m.State) && m.Address == l.hash(h.email) {
				return ledger.Action{}, false
			}
		}
	}
	hash := l.hash(hs[0].email)
	return l.action(s, to, "to "+hash[:min(len(hash), 16)], t.Given), true
}
