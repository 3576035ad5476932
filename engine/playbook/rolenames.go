package playbook

import (
	"strings"
	"unicode"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// RoleNamed finds the role that somebody means by its id or its title, however
// it is capitalised and whatever stands between the words.
func (s *Set) RoleNamed(text string) *Role {
	if r := s.Roles[text]; r != nil {
		return r
	}
	bare := func(s string) string {
		return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
	}
	want := bare(text)
	var found *Role
	for _, name := range sortedNames(s.Roles) {
		switch r := s.Roles[name]; {
		case want == "":
		case bare(name) == want:
			return r
		case bare(r.Title) == want && found == nil:
			found = r
		}
	}
	return found
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
		if r := s.RoleNamed(cells[i].S); r != nil {
			cells[i] = dataset.TextValue(r.Name)
		} else {
			problems = append(problems, dataset.Problem{Column: c.Name, Text: cells[i].S, Why: "no role is called this; it stays as it is, and nothing goes to it" + s.roleLike(cells[i].S)})
		}
	}
	return problems
}

// roleLike says which role was probably meant by a word that names none, where
// one is near.
func (s *Set) roleLike(text string) string {
	var titles []string
	for _, name := range sortedNames(s.Roles) {
		titles = append(titles, s.Roles[name].Title)
	}
	if near := spelling.Nearest(text, titles); near != "" {
		return "; perhaps " + near + " is meant"
	}
	return ""
}
