package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Rule 17, in a plan. What a step may show a role is checked when it is loaded,
// as far as the role is known then. Here it is asked again of whoever reads it:
// of the role that a vacancy falls to, of a role that a table names, of a branch
// whose rows have another branch in them.

// hides says why a role may not see something, or is empty. A person who is
// written to as such, and not as an officer, holds no role.
func (p *planner) hides(role string, guards []playbook.Guard) string {
	if role == "" {
		return ""
	}
	r := p.set.Roles[role]
	for _, g := range guards {
		if r == nil || !r.Sees(g) {
			return p.roleTitle(role) + " may not see " + readable(g.Dataset) + "' " + readable(g.Column)
		}
	}
	return ""
}

// privately says why something private cannot go to an officer's address, or is
// empty: members share it. A role's own mailbox is nobody's private address.
func (p *planner) privately(h holder, private bool) string {
	if n := p.shared(h.email); private && n > 1 {
		return "it is private and " + itoa(int64(n)) + " members share the address of the " + p.roleTitle(h.role)
	}
	return ""
}

// unfit says why nobody may be sent a letter, or is empty: it would show a
// branch another's rows, or be approved by a role that may not see it.
func (x *want) unfit(as *world) string {
	if why := x.foreign(as, x.step, x.to); why != "" {
		return why
	}
	return x.hides(x.signer().role, x.pb.Guards())
}

// withheld says why an officer may not read a letter, or is empty.
func (x *want) withheld(h holder) string {
	if h.role == "" {
		return ""
	}
	if why := x.hides(h.role, x.step.Shows); why != "" {
		return why
	}
	return x.privately(h, x.pb.Private || x.step.Private)
}

// keepBack notes why a letter does not go to a reader.
func (p *planner) keepBack(x *want, why string) {
	p.gone[x.action.Key] = why
	p.line(x.lineOf(Withholds, x.step, x.to, x.window.moment, why))
}

// masked is an item as a holder may read it: whole, or as no more than that
// there is something.
func (p *planner) masked(it item, h holder) item {
	why := p.hides(h.role, it.guards)
	if why == "" {
		why = p.privately(h, it.private && h.role != "")
	}
	if why == "" {
		return it
	}
	it.body = letter.Item{Line: "1 private item", Detail: capital(why) + ".", Number: it.body.Number, Due: it.body.Due, Late: it.body.Late}
	return it
}

// foreign says that something a branch's officer would be shown is of another
// branch, or is empty: then nothing of it is shown. Of the rows of a list each
// must be of the branch; a single record, a meeting of all branches perhaps, may
// be of none.
func (l *look) foreign(w *world, s *playbook.Step, to addressee) string {
	if r := l.set.Roles[to.role]; r == nil || !r.Branch || to.branch == "" {
		return ""
	}
	names := l.vars(w)
	shown := map[string]bool{}
	for _, path := range pathsOf(s) {
		if name, _, of := strings.Cut(path, "."); of {
			shown[name] = true
		}
	}
	if s.Rows != nil {
		shown["rows"] = true
	}
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		var t dataset.Term
		switch name {
		case "recipient", "settings", "steps", "period", "constituency":
			continue
		case "rows":
			if s.Rows == nil {
				continue
			}
			t = l.rows(w, s)
		default:
			t = names(name)
		}
		if why := l.strays(t, to.branch); why != "" {
			return why
		}
	}
	return ""
}

// strays says how many rows of a term are of another branch, or is empty.
func (p *planner) strays(t dataset.Term, branch string) string {
	if t.Unknown != nil || t.Schema == nil {
		return ""
	}
	if t.Row != nil && !t.IsList {
		if of := p.branchOfRow(t.Schema, t.Row); of != "" && slug(of) != slug(branch) && (t.Schema.Branch != "" || t.Schema.Person) {
			return "what it is about is not of " + dataset.Plain(branch)
		}
		return ""
	}
	n := 0
	for _, r := range t.Rows {
		of := p.branchOfRow(t.Schema, r)
		if slug(of) != slug(branch) && (of != "" || t.Schema.Branch != "") {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return itoa(int64(n)) + " of " + itoa(int64(len(t.Rows))) + " " + plural(len(t.Rows), "row is", "rows are") + " not of " + dataset.Plain(branch)
}

// branchOfRow is the branch of a record, or of the person that it names.
func (p *planner) branchOfRow(s *dataset.Schema, r *dataset.Row) string {
	if s.Branch != "" || s.Name == "branches" {
		return branchOf(s, r)
	}
	members := p.in.Tables["members"]
	for _, c := range s.Columns {
		if c.Kind != dataset.Person || members == nil {
			continue
		}
		if v, _ := r.Get(s, c.Name); v.N != 0 {
			if m := members.ByRef(dataset.Ref(v.N)); m != nil {
				return branchOf(members.Schema, m)
			}
		}
	}
	return ""
}

// pathsOf are the paths that the subject and the letter of a step read.
func pathsOf(s *playbook.Step) []string {
	paths := s.Subject.Uses()
	if s.Letter != nil {
		paths = append(paths, s.Letter.Uses()...)
	}
	return paths
}
