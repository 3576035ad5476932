package plan

import (
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Whoever sits before a screen sees a record where the branch that they are of
// sees it (rule 17), and answers for what falls to their office.

// Branches tells of records which branch they are of.
type Branches struct{ p *planner }

// BranchesOf looks at the records of an Input.
func BranchesOf(in Input) Branches { return Branches{newPlanner(in)} }

// Of is the branch of a record, or of the person that it names; empty: it is of
// none, or nobody knows it.
func (b Branches) Of(name string, ref dataset.Ref) string {
	t := b.p.in.Tables[name]
	if t == nil {
		return ""
	}
	r := t.ByRef(ref)
	if r == nil {
		return ""
	}
	return b.p.branchOfRow(t.Schema, r)
}

// A Duty is a task as the officer sees it who is to do it.
type Duty struct {
	Question
	Case  ledger.Case
	Title string // of its playbook
	Item  letter.Item
	Marks []string // why it is this officer's, where it was another's
}

// An Office says whether somebody acts in a role, for a branch where it is held
// by branches.
type Office func(role, branch string) bool

// DutiesOf lists the tasks of an office among those that are asked for, in the
// order in which they are given: those of its roles, and those that fall to
// them because the role is vacant or the person cannot be written to. Each says
// no more than its reader may see.
func DutiesOf(in Input, office Office, tasks []ledger.Task) []Duty {
	p := newPlanner(in)
	books := map[string]*playbook.Playbook{}
	for _, pb := range in.Set.Playbooks {
		books[pb.Name] = pb
	}
	var out []Duty
	for _, t := range tasks {
		c, _ := in.Book.Case(t.Case)
		if pb := books[c.Playbook]; pb != nil {
			out = append(out, p.lookFor(pb, c).work(office, t)...)
		} else if d := (Duty{Case: c, Title: c.Playbook}); office(roleIn(t.Addressee), "") {
			d.Task, d.Line, d.By = t, readable(t.Step), roleIn(t.Addressee)
			out = append(out, d)
		}
	}
	return out
}

// work is a task of the case, if it is one of the office's.
func (l *look) work(office Office, t ledger.Task) (out []Duty) {
	for _, s := range l.pb.Steps {
		if s.ID != t.Step {
			continue
		}
		as := l.worldAt(t.Given)
		l.bound(as, s, t.Element, func() {
			to := l.addresseeOf(t.Addressee)
			private := l.pb.Private || s.Private
			h, marks, mine := l.sits(office, to, private)
			if !mine || l.foreign(as, s, to) != "" {
				return
			}
			it := l.masked(item{number: t.Number, guards: s.Shows, body: l.put(as, s, to, t, true)}, h)
			d := Duty{Case: l.c, Title: l.pb.Title, Item: it.body, Marks: marks}
			d.Task, d.Line, d.Answers, d.By = t, dataset.Plain(it.body.Line), it.body.Answers, h.role
			out = append(out, d)
		})
		return out
	}
	return out
}

// sits finds the role of an office through which it is to do what an addressee
// was given. A role that is held by somebody without an address is still theirs.
func (l *look) sits(office Office, to addressee, private bool) (h holder, marks []string, mine bool) {
	hs, marks := l.holdersFor(to, private)
	for _, h := range hs {
		if h.role != "" && office(h.role, h.branch) {
			return h, marks, true
		}
	}
	role := to.role
	if role == "" {
		role = l.pb.Role
	}
	return holder{role: role, branch: to.branch}, nil, office(role, to.branch)
}

// put puts a task into words: its one line and, where it is told whole, all that
// it says.
func (l *look) put(as *world, s *playbook.Step, to addressee, t ledger.Task, whole bool) letter.Item {
	l.bind(s, to, t.Due, as, false)
	head, words := l.wording(s, l.names(as))
	subject, err := head.Render(l.names(as), l.clock)
	if err != nil {
		subject = readable(s.ID) + " (" + l.pb.Title + ")"
	}
	body := letter.Item{Line: subject, Answers: answers(s), Number: t.Number, Due: l.clock.Day(t.Due).Words()}
	if !whole {
		return body
	}
	if words != nil {
		if b, err := words.Render(l.names(as), l.clock); err == nil {
			body.Words = b
		} else {
			body.Detail = l.unsaid(err)
		}
	}
	if g := l.grid(as, s); g != nil {
		body.Table = g
	}
	return body
}

// roleIn is the role that an addressee of the Book names, if it names one.
func roleIn(addressee string) string {
	if len(addressee) > 5 && addressee[:5] == "role:" {
		return addressee[5:]
	}
	return ""
}

// SameBranch reports whether two names are of one branch, however they are
// spaced and capitalised.
func SameBranch(a, b string) bool { return slug(a) == slug(b) }
