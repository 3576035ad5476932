package plan

import (
	"errors"
	"sort"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// An Account is all that one playbook has to say about one record (law 14).
type Account struct {
	Playbook, Title string
	About           string
	Absence         string                 // in words, where the last list does not have the record, or another source has it otherwise
	Door            *condition.Explanation // when
	Stay            *condition.Explanation // while, if it is another
	// Occasion is what makes one case another (again): while any of it is blank
	// there is no case.
	Occasion []condition.Explanation
	Lets     []Named // what the names stand for that these use
	Cases    []CaseAccount
	Lines    []Line // what this look came to: due now, waiting, later
}

// Named is a name that the playbook gave to an expression (let), with what it
// comes to for a record.
type Named struct {
	Name string
	condition.Explanation
}

// meanings explains the names that expressions use, and those that these use in turn,
// in the order of the playbook.
func (l *look) meanings(w *world, exprs ...*condition.Expr) []Named {
	used := map[string]bool{}
	note := func(e *condition.Expr) {
		if e != nil {
			for _, n := range e.Names() {
				used[n] = true
			}
		}
	}
	for _, e := range exprs {
		note(e)
	}
	for i := len(l.pb.Let) - 1; i >= 0; i-- { // a name may use those above it
		if used[l.pb.Let[i].Name] {
			note(l.pb.Let[i].Expr)
		}
	}
	var out []Named
	for _, x := range l.pb.Let {
		if used[x.Name] {
			out = append(out, Named{x.Name, x.Expr.Explain(w.World, l.vars(w))})
		}
	}
	return out
}

// A CaseAccount is one case with all that was done in it.
type CaseAccount struct {
	Case    ledger.Case
	Actions []ledger.Action
	Tasks   []ledger.Task
}

// Explain says of one record what every playbook that looks at it made of it:
// each part of each condition with its value and the cell it came from, what
// was done, and what comes next.
func Explain(in Input, name string, ref dataset.Ref) []Account {
	return Compute(in).Explain(in, name, ref)
}

// Explain is the same where the plan of the Input is at hand.
func (of *Plan) Explain(in Input, name string, ref dataset.Ref) []Account {
	p := newPlanner(in)
	table := in.Tables[name]
	if table == nil {
		return nil
	}
	row := table.ByRef(ref)
	var out []Account
	for _, pb := range in.Set.Playbooks {
		if pb.For == nil || pb.For.Dataset != name {
			continue
		}
		d := &duty{planner: p, pb: pb, table: table}
		if pb.Every != nil {
			if s, ok := pb.Every.Last(p.clock, p.now); ok {
				d.slot = &s
			}
		}
		l := &look{duty: d, row: row, c: ledger.Case{Opened: p.now, Dataset: name, Subject: ref}}
		a := Account{Playbook: pb.Name, Title: pb.Title, About: l.about()}
		if row != nil {
			if a.Absence = row.AbsenceWords(name); row.Dispute != nil {
				a.Absence = row.Dispute.Words(p.clock)
			}
		}
		w := p.worldAt(p.now)
		if row != nil && pb.When != nil {
			x := pb.When.Explain(w.World, l.vars(w))
			a.Door = &x
		}
		if row != nil && pb.While != nil && pb.While != pb.When {
			x := pb.While.Explain(w.World, l.vars(w))
			a.Stay = &x
		}
		if row != nil && pb.Again != nil {
			for _, e := range pb.Again.Exprs {
				a.Occasion = append(a.Occasion, e.Explain(w.World, l.vars(w)))
			}
		}
		if row != nil {
			exprs := []*condition.Expr{pb.When, pb.While}
			if pb.Again != nil {
				exprs = append(exprs, pb.Again.Exprs...)
			}
			a.Lets = l.meanings(w, exprs...)
		}
		for _, c := range d.casesOfPerson(ref) {
			a.Cases = append(a.Cases, CaseAccount{Case: c, Actions: in.Book.ActionsOf(c.Key), Tasks: in.Book.TasksOf(c.Key)})
		}
		for _, ln := range of.Lines {
			if ln.Playbook == pb.Name && ln.Dataset == name && in.Book.Same(ln.Ref, ref) {
				a.Lines = append(a.Lines, ln)
			}
		}
		out = append(out, a)
	}
	return out
}

// An Effect is what an answer does: a local fact, or a person not to be
// written to again.
type Effect struct {
	Dataset  string
	Ref      dataset.Ref
	Column   string
	Value    dataset.Value
	Suppress bool
	Address  string // keyed hash, with Suppress
}

// Answer works out what an answer to a task does. The answer must be one of
// those that the step offers.
func Answer(in Input, t ledger.Task, answer string) ([]Effect, error) {
	p := newPlanner(in)
	for _, pb := range in.Set.Playbooks {
		c, ok := in.Book.Case(t.Case)
		if !ok || c.Playbook != pb.Name {
			continue
		}
		l := p.lookFor(pb, c)
		for _, s := range pb.Steps {
			if s.ID == t.Step {
				return l.effects(s, t, answer)
			}
		}
	}
	return nil, errors.New("the playbook that gave this task is switched off or has a fault; clarion check says more")
}

// lookFor makes a look at a case outside a plan.
func (p *planner) lookFor(pb *playbook.Playbook, c ledger.Case) *look {
	d := &duty{planner: p, pb: pb}
	l := &look{duty: d, c: c}
	if pb.Every != nil {
		if s, ok := pb.Every.Last(p.clock, p.now); ok {
			d.slot = &s
		}
	}
	if pb.For != nil {
		if d.table = p.in.Tables[pb.For.Dataset]; d.table != nil {
			l.row = d.table.ByRef(c.Subject)
		}
	}
	return l
}

func (l *look) effects(s *playbook.Step, t ledger.Task, answer string) ([]Effect, error) {
	if len(s.Answers) == 0 && answer == "done" {
		return nil, nil
	}
	for _, a := range s.Answers {
		if a.Text != answer {
			continue
		}
		var out []Effect
		w := l.worldAt(l.now)
		found := false
		l.elements(w, s, func() {
			if found || l.element != t.Element {
				return
			}
			found = true
			out = l.effectsOf(w, a)
		})
		if !found {
			return nil, errors.New("what this task was about is no longer there")
		}
		return out, nil
	}
	return nil, errors.New("that is not one of its answers; they are: " + list(answers(s)))
}

func (l *look) effectsOf(w *world, a playbook.Answer) []Effect {
	var out []Effect
	vars := l.vars(w)
	for _, e := range a.Set {
		v := e.Expr.Eval(w.World, vars)
		r := vars(e.Var)
		if v.Unknown != nil || r.Row == nil {
			continue
		}
		if i, ok := r.Schema.Column(e.Column); ok && v.Value.Kind == dataset.Text {
			v.Value.Kind = r.Schema.Columns[i].Kind // a literal is text, and the cell may be a choice or a reference
		}
		out = append(out, Effect{Dataset: r.Schema.Name, Ref: r.Row.Ref, Column: e.Column, Value: v.Value})
	}
	if a.Suppress != nil {
		if t := a.Suppress.Eval(w.World, vars); t.Row != nil {
			h := l.person(t.Schema, t.Row)
			out = append(out, Effect{Dataset: t.Schema.Name, Ref: t.Row.Ref, Suppress: true, Address: l.hash(h.email)})
		}
	}
	return out
}

// Ask describes an open task for people: its one line and its answers.
func Ask(in Input, t ledger.Task) (line string, offers []string) {
	p := newPlanner(in)
	c, ok := in.Book.Case(t.Case)
	if !ok {
		return t.Step, nil
	}
	for _, pb := range in.Set.Playbooks {
		if pb.Name != c.Playbook {
			continue
		}
		l := p.lookFor(pb, c)
		for _, s := range pb.Steps {
			if s.ID != t.Step {
				continue
			}
			as := p.worldAt(t.Given)
			line = readable(s.ID) + ", " + pb.Title
			l.elements(as, s, func() {
				if l.element != t.Element {
					return
				}
				l.bind(s, l.addresseeOf(t.Addressee), t.Due, as, false)
				head, _ := l.wording(s, l.names(as))
				if x, err := head.Render(l.names(as), l.clock); err == nil {
					line = x
				}
			})
			return line, answers(s)
		}
	}
	return t.Step, nil
}

func list(words []string) string {
	sorted := append([]string(nil), words...)
	sort.Strings(sorted)
	out := ""
	for i, w := range sorted {
		if i > 0 {
			out += ", "
		}
		out += w
	}
	return out
}
