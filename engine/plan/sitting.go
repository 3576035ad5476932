package plan

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Sitter is one row of the officers list by which somebody acts in a role
// today.
type Sitter struct {
	Row         dataset.Ref // of the officers list
	Person      dataset.Ref // of the members list; 0: the row names nobody there
	Name, Email string
	Role        string
	Branch      string // for which the role is held, if it is a branch's
}

// Sitting lists who acts in a role today and can be written to, in the order of
// the officers list: its holders or, where there is none, their deputies. A
// vacant role is nobody's here: what falls to another role falls to it by the
// rules of Deciders.
func Sitting(in Input) []Sitter {
	t := in.Tables["officers"]
	if t == nil {
		return nil
	}
	p := newPlanner(in)
	ids := map[string]string{}
	for id := range in.Set.Roles {
		ids[slug(id)] = id
	}
	var out []Sitter
	for _, r := range t.Rows {
		of, _ := r.Get(t.Schema, "role")
		role := ids[slug(of.S)]
		if role == "" {
			continue
		}
		branch := ""
		if in.Set.Roles[role].Branch {
			v, _ := r.Get(t.Schema, "branch")
			if branch = v.S; branch == "" {
				continue // a branch's role, and nobody says of which
			}
		}
		h, _, ok := p.officer(t.Schema, r, role, branch)
		acts := func(x holder) bool { return x.key() == h.key() }
		if !ok || h.key() == "" || !slices.ContainsFunc(p.holdersOf(role, branch), acts) {
			continue
		}
		s := Sitter{Row: r.Ref, Name: dataset.Plain(h.name), Email: h.email, Role: role, Branch: branch}
		if v, _ := r.Get(t.Schema, "person"); v.Kind == dataset.Person && v.N > 0 {
			s.Person = dataset.Ref(v.N)
		}
		out = append(out, s)
	}
	return out
}
