package engine

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// carried lists the playbooks of which a message carries something.
func carried(book *ledger.Book, m ledger.Message) []string {
	var out []string
	if m.Playbook != "" {
		out = append(out, m.Playbook)
	}
	for _, k := range m.Actions {
		a, _ := book.Action(k)
		if c, ok := book.Case(a.Case); ok && !slices.Contains(out, c.Playbook) {
			out = append(out, c.Playbook)
		}
	}
	return out
}

// Hidden reports whether what a playbook does is private to others than a role,
// or than somebody who holds several.
func (e *Engine) Hidden(playbook string, roles ...string) bool {
	return plan.Hidden(e.set, playbook, roles...)
}

// Private reports whether a message is for other eyes than a role's, or than
// those of somebody who holds several: it carries what only the roles that
// approve it may see, and these are neither one of them nor whom the message was
// made for.
func (p Pending) Private(e *Engine, roles ...string) bool {
	return !slices.Contains(roles, p.Approver) && slices.ContainsFunc(p.Playbooks, func(name string) bool { return e.Hidden(name, roles...) })
}
