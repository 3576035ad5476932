package console

import (
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// An accountView is what one playbook has to say about a record.
type accountView struct {
	Name, Title string
	Brief       string // in a few words
	Matters     bool   // it holds, or something was or will be done
	Reasons     []reasonView
	Cases       []caseView
	Next        []lineRow
}

// A reasonView is a part of a condition, with what it came to.
type reasonView struct {
	Say    string // what this is, of a whole condition
	Source string
	Words  string
	From   []string // the cells
	Parts  []reasonView
}

// A caseView is a case, with all that was done in it.
type caseView struct {
	Opened, State string
	Actions       []actionView
	Tasks         []taskRow
}

// An actionView is what was owed to somebody, and what came of it.
type actionView struct {
	On, Step, To, Came string
	Letter             int64
}

// account lays out what a playbook made of a record.
func (d *desk) account(a plan.Account) accountView {
	v := accountView{Name: a.Playbook, Title: dataset.Plain(a.Title)}
	add := func(say string, x *condition.Explanation) {
		if x != nil {
			r := d.reason(x)
			r.Say = say
			v.Reasons = append(v.Reasons, r)
		}
	}
	add("applies when", a.Door)
	add("stays while", a.Stay)
	for i := range a.Occasion {
		add("one case for each", &a.Occasion[i])
	}
	for i := range a.Lets {
		add("where "+a.Lets[i].Name+" is", &a.Lets[i].Explanation)
	}
	for _, c := range a.Cases {
		v.Cases = append(v.Cases, d.caseView(c))
	}
	for _, l := range sortLines(a.Lines) {
		row := lineRow{Step: document.Readable(l.Step), Who: dataset.Plain(l.To), Why: dataset.Plain(d.whyOf(l)), When: d.clock().Words(l.When)}
		if l.When.IsZero() {
			row.When = ""
		}
		row.Step = document.Title(l.Verb) + ": " + row.Step
		if m, ok := d.book().MessageAt(l.Message); ok && m.Kind == ledger.Letter && d.mayRead(m) {
			row.Letter = m.ID
		}
		v.Next = append(v.Next, row)
	}
	holds := a.Door == nil || a.Door.Words == "yes"
	v.Matters = holds || len(v.Cases)+len(v.Next) > 0 || a.Door.Words == "cannot tell"
	switch {
	case len(v.Next) > 0:
		v.Brief = strings.ToLower(v.Next[0].Step[:1]) + v.Next[0].Step[1:]
	case len(v.Cases) > 0:
		v.Brief = v.Cases[len(v.Cases)-1].State
	case a.Door != nil:
		v.Brief = "applies: " + dataset.Plain(a.Door.Words)
	}
	return v
}

// reason lays out a part of a condition, without what the seat may not see.
func (d *desk) reason(x *condition.Explanation) reasonView {
	v := reasonView{Source: strings.Join(strings.Fields(dataset.Plain(x.Source)), " "), Words: dataset.Plain(x.Words)}
	if d.guarded(x.Cells) {
		v.Words = "not for your role"
		return v
	}
	for i := range x.Parts {
		p := &x.Parts[i]
		if !strings.ContainsAny(p.Source, ".( ") && p.Source != "today" && p.Source != "now" && len(p.Parts) == 0 && len(p.Cells) == 0 {
			continue // settings and law say themselves
		}
		v.Parts = append(v.Parts, d.reason(p))
	}
	if len(v.Parts) > 0 {
		return v
	}
	for _, c := range x.Cells {
		from := dataset.Plain(c.Origin.String())
		if c.Why != "" {
			from += " (cannot be read: " + dataset.Plain(c.Why) + ")"
		}
		v.From = append(v.From, from)
	}
	return v
}

// guarded reports whether one of some cells is of a column that the seat may not
// see.
func (d *desk) guarded(cells []dataset.Cell) bool {
	for _, c := range cells {
		if s := d.set().Schemas[c.Dataset]; s != nil && !d.sees(s, c.Column) {
			return true
		}
		if t := d.l.In.Tables[c.Dataset]; t != nil && !d.sees(t.Schema, c.Column) {
			return true
		}
	}
	return false
}

// caseView lays out a case.
func (d *desk) caseView(a plan.CaseAccount) caseView {
	v := caseView{Opened: d.clock().Words(a.Case.Opened), State: string(a.Case.State)}
	if a.Case.Result != "" {
		v.State += " (" + string(a.Case.Result) + ")"
	}
	if a.Case.Backlog {
		v.State += ", held since its playbook was switched on"
	}
	if a.Case.Reason != "" {
		v.State += ": " + dataset.Plain(a.Case.Reason)
	}
	for _, x := range a.Actions {
		v.Actions = append(v.Actions, actionView{d.clock().Day(x.Changed).Words(), document.Readable(x.Step), d.addressee(x.Addressee), came(x, a.Tasks), d.letterOfAction(x)})
	}
	for _, t := range a.Tasks {
		row := taskRow{Number: t.Number, Line: document.Readable(t.Step), Due: d.dueWords(t.Due, t.State), Was: string(t.State)}
		if t.Answer != "" {
			row.Was += ": " + dataset.Plain(t.Answer)
		}
		v.Tasks = append(v.Tasks, row)
	}
	return v
}

// addressee names those whom the Book knows by their numbers.
func (d *desk) addressee(key string) string {
	if role, ok := strings.CutPrefix(key, "role:"); ok {
		return d.set().RoleTitle(role)
	}
	list, digits, ok := strings.Cut(key, "#")
	ref, err := strconv.ParseInt(digits, 10, 64)
	if !ok || err != nil {
		return dataset.Plain(key)
	}
	return d.label(aRecord{list, dataset.Ref(ref)})
}

// came says what became of an action, for people.
func came(x ledger.Action, tasks []ledger.Task) string {
	say := string(x.State)
	switch {
	case x.State == ledger.InMessage:
		return "in a letter that has not gone yet"
	case x.State == ledger.Settled && x.Reason == "":
		say = "done"
		for _, t := range tasks {
			if t.Step == x.Step {
				say = "given as a task"
			}
		}
	}
	if x.Reason != "" {
		say += ": " + dataset.Plain(x.Reason)
	}
	return say
}
