package playbook

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// called are all names of a role: its id, its title and what else people say.
func (r *Role) called() []string { return append([]string{r.Name, r.Title}, r.Also...) }

// RoleNamed finds the role that somebody means by its id, its title or another
// of its names. An id goes before a title, and a title before another name.
func (s *Set) RoleNamed(text string) *Role {
	if r := s.Roles[text]; r != nil {
		return r
	}
	want := spelling.Words(text)
	if want == "" {
		return nil
	}
	names := sortedNames(s.Roles)
	for _, of := range []func(*Role) []string{
		func(r *Role) []string { return []string{r.Name} },
		func(r *Role) []string { return []string{r.Title} },
		func(r *Role) []string { return r.Also },
	} {
		for _, name := range names {
			if slices.ContainsFunc(of(s.Roles[name]), func(n string) bool { return spelling.Words(n) == want }) {
				return s.Roles[name]
			}
		}
	}
	return nil
}

// RoleMeant finds the role that somebody names or, where nothing bears that
// name, the one that was probably meant.
func (s *Set) RoleMeant(text string) (r, near *Role) {
	if r = s.RoleNamed(text); r != nil {
		return r, nil
	}
	var names []string
	for _, name := range sortedNames(s.Roles) {
		names = append(names, s.Roles[name].called()...)
	}
	if n := spelling.Nearest(text, names); n != "" {
		near = s.RoleNamed(n)
	}
	return nil, near
}

// NameRoles puts the id of a role in the place of what names it, in those cells
// of a record that hold roles. What names no role stays as it is, and is a
// problem of the record.
func (s *Set) NameRoles(schema *dataset.Schema, cells []dataset.Value) []dataset.Problem {
	var problems []dataset.Problem
	for i := range schema.Columns {
		c := &schema.Columns[i]
		if !c.Role() || i >= len(cells) || cells[i].IsBlank() {
			continue
		}
		r := s.RoleNamed(cells[i].S)
		if of := s.ofBranch(schema, cells, cells[i].S, r); of != nil {
			problems = append(problems, dataset.Problem{Column: c.Name, Text: cells[i].S, Why: "this may mean the " + r.Title + " or, as a branch is named, the " + of.Title + "; write which. It stays as it is, and nothing goes to it"})
		} else if r != nil {
			cells[i] = dataset.TextValue(r.Name)
		} else {
			problems = append(problems, dataset.Problem{Column: c.Name, Text: cells[i].S, Why: "no role is called this; it stays as it is, and nothing goes to it" + s.roleLike(cells[i].S)})
		}
	}
	return problems
}

// ofBranch gives the branch's role that may be meant where another name of a
// role stands beside a branch: the Membership Secretary of North is hardly the
// constituency's, and must not get what is the constituency's.
func (s *Set) ofBranch(schema *dataset.Schema, cells []dataset.Value, text string, r *Role) *Role {
	i, ok := schema.Column(schema.Branch)
	if r == nil || r.Branch || !ok || i >= len(cells) || cells[i].IsBlank() || spelling.Words(text) == spelling.Words(r.Name) || spelling.Words(text) == spelling.Words(r.Title) {
		return nil
	}
	return s.RoleNamed("branch " + text)
}

// roleLike says which role was probably meant by a word that names none, where
// one is near.
func (s *Set) roleLike(text string) string {
	if _, near := s.RoleMeant(text); near != nil {
		return "; perhaps " + near.Title + " is meant"
	}
	return ""
}
