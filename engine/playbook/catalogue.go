package playbook

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// Reaches says who gets something from a playbook, in the order of its steps:
// "the member", "the Treasurer".
func (s *Set) Reaches(pb *Playbook) []string {
	w := &describer{vocabulary: newVocabulary(s, pb)}
	w.briefly, w.once = 12, 16
	var out []string
	for _, st := range pb.Steps {
		if st.Off {
			continue
		}
		for _, to := range w.each(st.To) {
			to = strings.Replace(to, "the officer named in "+itsRow, "the officers named in the table", 1)
			if !slices.Contains(out, to) {
				out = append(out, to)
			}
		}
	}
	return out
}

// Serves names the roles whose duty a playbook is: its own, those its steps go
// to and those its settings name. One that goes to whoever holds a role serves
// everyone.
func (s *Set) Serves(pb *Playbook) []string {
	out := []string{pb.Role}
	add := func(role string) {
		if (s.Roles[role] != nil || role == everyone) && !slices.Contains(out, role) {
			out = append(out, role)
		}
	}
	for _, st := range pb.Steps {
		for _, role := range st.To.Roles {
			add(role)
		}
		if pb.For != nil && pb.For.Dataset == "officers" && slices.ContainsFunc(st.To.Exprs, func(e *condition.Expr) bool { return e.Source() == pb.For.Var+".person" }) {
			add(everyone)
		}
	}
	for _, name := range sortedNames(pb.Settings) {
		setting := pb.Settings[name]
		for _, t := range append([]dataset.Term{setting.Term}, setting.Term.List...) {
			if t.Value.Kind == dataset.Choice {
				add(t.Value.S)
			}
			for _, column := range setting.Columns {
				if cell := t.Fields[column].Value; cell.Kind == dataset.Choice || column == "role" {
					add(cell.S)
				}
			}
		}
	}
	return out
}

// RoleTitle is what a role is called, and everyone who holds one.
func (s *Set) RoleTitle(name string) string {
	switch r := s.Roles[name]; {
	case r != nil:
		return r.Title
	case name == everyone:
		return "All officers"
	}
	return readable(name)
}

// RoleOrder names the roles in the order of their table, and everyone last.
func (s *Set) RoleOrder() []string {
	names := sortedNames(s.Roles)
	slices.SortStableFunc(names, func(a, b string) int { return s.Roles[a].place - s.Roles[b].place })
	return append(names, everyone)
}

// SettingWords says a playbook's settings with their values: what each is for,
// and how it is set.
func (s *Set) SettingWords(pb *Playbook) []string {
	w := &describer{vocabulary: newVocabulary(s, pb)}
	var out []string
	for _, name := range w.settingNames() {
		if set := pb.Settings[name]; set != nil {
			out = append(out, readable(name)+" ("+strings.TrimSuffix(w.value(set), ".")+")")
		}
	}
	return out
}
