package playbook

import (
	"maps"
	"strings"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// uses is what conditions and letters read: it decides what is private, which
// settings must be set, and whether a playbook rests on law.
type uses struct {
	ld       *loader
	settings map[string]bool
	columns  map[string]dataset.Class // "members.ethnicity", of class Financial or Special
	lawful   bool
}

func (ld *loader) newUses() *uses {
	return &uses{ld: ld, settings: map[string]bool{}, columns: map[string]dataset.Class{}}
}

// add takes over all that another uses.
func (u *uses) add(o *uses) {
	maps.Copy(u.settings, o.settings)
	maps.Copy(u.columns, o.columns)
	u.lawful = u.lawful || o.lawful
}

// private reports money or special columns (rule 17).
func (u *uses) private() bool { return len(u.columns) > 0 }

// expr notes what a condition reads.
func (u *uses) expr(e *condition.Expr) {
	u.lawful = u.lawful || e.Lawful()
	for _, name := range e.Names() {
		if name == "settings" {
			u.named(e.Source())
		}
	}
	for _, path := range e.Uses() {
		if table, column, ok := strings.Cut(path, "."); ok {
			u.column(u.ld.schema(table), column)
		}
	}
}

// named finds the settings that a source names.
func (u *uses) named(source string) {
	const word = "settings."
	for at := 0; ; {
		i := strings.Index(source[at:], word)
		if i < 0 {
			return
		}
		at += i
		rest := source[at+len(word):]
		end := strings.IndexFunc(rest, func(r rune) bool {
			return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
		})
		if end < 0 {
			end = len(rest)
		}
		u.settings[rest[:end]] = true
		at += len(word)
	}
}

// column notes a column if it is money or special.
func (u *uses) column(s *dataset.Schema, name string) {
	if s == nil {
		return
	}
	if i, ok := s.Column(name); ok && s.Columns[i].Class >= dataset.Financial {
		u.columns[s.Name+"."+name] = s.Columns[i].Class
	}
}

// paths notes what a letter or subject prints: "member.arrears_since".
func (u *uses) paths(names map[string]dataset.Type, paths []string) {
	for _, path := range paths {
		parts := strings.Split(path, ".")
		if parts[0] == "settings" && len(parts) > 1 {
			u.settings[parts[1]] = true
		}
		t := names[parts[0]]
		for _, part := range parts[1:] {
			for t.List != nil {
				t = *t.List
			}
			switch {
			case t.Record != nil:
				u.column(t.Record, part)
				t = t.Record.Types()[part]
			case t.Fields != nil:
				t = t.Fields[part]
			case t.Kind == dataset.Person:
				u.column(u.ld.derived["people"], part)
				t = dataset.Type{}
			}
		}
	}
}

// schema finds a dataset, imported or derived.
func (ld *loader) schema(name string) *dataset.Schema {
	if s := ld.set.Schemas[name]; s != nil {
		return s
	}
	return ld.derived[name]
}
