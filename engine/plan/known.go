package plan

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// casesOf gives the cases of a playbook by key. They are taken out of the Book
// once for all playbooks.
func (p *planner) casesOf(playbook string) []ledger.Case {
	if p.cases == nil {
		p.cases = map[string][]ledger.Case{}
		for _, c := range p.in.Book.Cases() {
			p.cases[c.Playbook] = append(p.cases[c.Playbook], c)
		}
	}
	return p.cases[playbook]
}

// bySubject gives the cases of the playbook about each record of its dataset,
// or about the constituency (0), by the moment of opening and the key.
func (d *duty) bySubject() map[dataset.Ref][]ledger.Case {
	of := ""
	if d.pb.For != nil {
		of = d.pb.For.Dataset
	}
	all := map[dataset.Ref][]ledger.Case{}
	for _, c := range d.casesOf(d.pb.Name) {
		if c.Dataset == of {
			all[c.Subject] = append(all[c.Subject], c)
		}
	}
	for _, list := range all {
		slices.SortStableFunc(list, func(a, b ledger.Case) int { return a.Opened.Compare(b.Opened) })
	}
	return all
}

// actionsOf gives the actions of a case by key, to be read only. Every step asks,
// and a letter to an audience for each of its readers; the Book does not change.
func (p *planner) actionsOf(c ledger.CaseKey) []ledger.Action {
	if p.asked.of != c || p.asked.actions == nil {
		p.asked.of, p.asked.actions = c, slices.Clip(p.in.Book.ActionsOf(c))
	}
	return p.asked.actions
}

// message gives a message of the Book, to be read only. A digest holds many
// actions, and is asked for by each of them.
func (p *planner) message(id int64) (*ledger.Message, bool) {
	m, ok := p.read[id]
	if !ok {
		if x, there := p.in.Book.Message(id); there {
			m = &x
		}
		if p.read == nil {
			p.read = map[int64]*ledger.Message{}
		}
		p.read[id] = m
	}
	return m, m != nil
}
