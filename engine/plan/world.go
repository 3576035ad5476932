package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// world is what expressions see at one moment. Conditions are asked now;
// letters are rendered as of their own moment, so that planning again tomorrow
// gives the same words.
type world struct {
	*condition.World
	at time.Time
}

// worldAt gives the world as of a moment; the indexes of each are built once.
func (p *planner) worldAt(t time.Time) *world {
	if w := p.worlds[t.UnixMicro()]; w != nil {
		return w
	}
	w := &world{at: t, World: &condition.World{
		Tables: p.in.Tables,
		Clock:  p.clock,
		Now:    t,
		Law:    func(name string, on calendar.Date) (dataset.Term, bool) { return p.set.Law.On(name, on) },
		Replied: func(person dataset.Ref, vars condition.Vars) bool {
			opened := vars("opening").Value
			return opened.Kind == dataset.Time && p.replied(person, opened.AsTime())
		},
		OpenCase:   p.openCase,
		Audience:   p.audience,
		LeapBefore: p.set.Constituency.LeapEarly,
	}}
	p.worlds[t.UnixMicro()] = w
	return w
}

// openCase reports whether a playbook has a case open for a record, in the
// state before this run.
func (p *planner) openCase(name string, subject dataset.Ref) bool {
	for _, pb := range p.set.Playbooks {
		if pb.Name != name || pb.For == nil {
			continue
		}
		for _, c := range p.in.Book.CasesOf(name, pb.For.Dataset, subject) {
			if c.State != ledger.Closed {
				return true
			}
		}
	}
	return false
}

// audience gives the people of a named audience that is drawn from a dataset.
func (p *planner) audience(name string) dataset.Term {
	a, ok := p.set.Constituency.Audiences[name]
	if !ok || a.Dataset == "" {
		roles := dataset.Term{IsList: true}
		for _, r := range a.Roles {
			roles.List = append(roles.List, dataset.Term{Value: dataset.ChoiceValue(r)})
		}
		return roles
	}
	t := p.in.Tables[a.Dataset]
	if t == nil {
		return dataset.Term{IsList: true, Schema: p.set.Schemas[a.Dataset]}
	}
	if known, ok := p.audiences[name]; ok {
		return known
	}
	out := dataset.Term{IsList: true, Schema: t.Schema}
	if a.When == nil { // everyone
		out.Rows = t.Rows
		p.audiences[name] = out
		return out
	}
	a.When.Each(p.worldAt(p.now).World, p.constant, a.Var, t, func(r *dataset.Row, v dataset.Term) {
		if yes, known := condition.Truth(v); yes && known {
			out.Rows = append(out.Rows, r)
		}
	})
	p.audiences[name] = out
	return out
}

// constant gives the names that are the same everywhere.
func (p *planner) constant(name string) dataset.Term {
	if name == "constituency" {
		c := p.set.Constituency
		return dataset.Term{Fields: map[string]dataset.Term{
			"name":    {Value: dataset.TextValue(c.Name)},
			"started": started(c.Started),
			"nation":  {Value: dataset.ChoiceValue(c.Nation())},
		}}
	}
	if t := p.in.Tables[name]; t != nil {
		return dataset.Term{IsList: true, Schema: t.Schema, Rows: t.Rows}
	}
	if p.set.Schemas[name] != nil { // which is not an empty list
		return dataset.Term{Unknown: &dataset.Unknown{Why: "there is no list of " + name + " yet"}}
	}
	return dataset.Term{Unknown: &dataset.Unknown{Why: "there is no " + name}}
}

// started is the day from which the constituency counts; blank if nobody has
// set it.
func started(d calendar.Date) dataset.Term {
	if d == 0 {
		return dataset.Term{}
	}
	return dataset.Term{Value: dataset.DateValue(d)}
}
