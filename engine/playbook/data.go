package playbook

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Data lists the columns that a playbook reads, in its conditions and in its
// words: "members.status". A dataset of which it reads no single column stands
// by itself, with a dot behind it.
func (pb *Playbook) Data() []string {
	seen := map[string]bool{}
	if pb.For != nil {
		seen[pb.For.Dataset+"."] = true
	}
	for _, e := range pb.expressions() {
		for _, path := range e.Uses() {
			seen[path] = true
		}
		for _, name := range e.Names() {
			if t := pb.Scope.Names[name]; t.List != nil && t.List.Record != nil && t.List.Record.Name == name {
				seen[name+"."] = true
			}
		}
	}
	for _, st := range pb.Steps {
		if st.Subject != nil {
			pb.printed(st, st.Subject.Uses(), seen)
		}
		if st.Letter != nil {
			pb.printed(st, st.Letter.Uses(), seen)
		}
		if st.Rows != nil {
			for _, c := range st.Columns {
				name, of, dotted := strings.Cut(c, ".")
				seen[st.Rows.Type().List.Record.Name+"."+name] = true
				if dotted {
					seen["people."+of] = true
				}
			}
		}
	}
	paths := sortedNames(seen)
	return slices.DeleteFunc(paths, func(path string) bool {
		table, column, _ := strings.Cut(path, ".")
		return column == "" && slices.ContainsFunc(paths, func(o string) bool { return o != path && strings.HasPrefix(o, table+".") })
	})
}

// printed notes the columns that words print.
func (pb *Playbook) printed(st *Step, paths []string, seen map[string]bool) {
	for _, path := range paths {
		parts := strings.Split(path, ".")
		t := pb.Scope.Names[parts[0]]
		switch {
		case parts[0] == "recipient":
			t = dataset.Type{Record: dataset.PeopleSchema()}
		case st.Each != nil && parts[0] == st.Each.Var && st.Each.Expr.Type().List != nil:
			t = *st.Each.Expr.Type().List
		case parts[0] == "rows" && st.Rows != nil:
			t = st.Rows.Type()
		}
		for t.List != nil {
			t = *t.List
		}
		if t.Record != nil && len(parts) > 1 {
			seen[t.Record.Name+"."+parts[1]] = true
		}
	}
}

// Lists names the datasets that a playbook reads, in order: the one it is for,
// those it looks things up in, and those that an audience it writes to is drawn
// from.
func (pb *Playbook) Lists() []string {
	seen := map[string]bool{}
	for _, path := range pb.Data() {
		table, _, _ := strings.Cut(path, ".")
		seen[table] = true
	}
	for _, e := range pb.expressions() {
		for _, name := range e.Names() {
			if t := pb.Scope.Names[name]; t.List != nil && t.List.Record != nil {
				seen[t.List.Record.Name] = true
			}
		}
	}
	return sortedNames(seen)
}
