package playbook

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// recipients reads who a step is for (rule 14): roles, or expressions that
// give persons; never text, never an address.
func (b *builder) recipients(sc condition.Scope, v value, branch bool) Recipients {
	var r Recipients
	list, _ := v.items("to")
	if len(list) == 0 && !v.isMapping() {
		v.fault("name a role, or the person the record is about", "This is for nobody.")
	}
	for _, item := range list {
		s, ok := item.text("to")
		if !ok {
			continue
		}
		if role := b.ld.set.Roles[s]; role != nil {
			if role.Branch && !branch {
				item.fault("say each: branch in branches, or name a role of the whole constituency", "%s is held per branch, and no branch is in sight.", sentence(s))
			} else if slices.Contains(r.Roles, s) {
				item.fault("", "%s stands here twice.", sentence(s))
			} else {
				r.Roles = append(r.Roles, s)
			}
			continue
		}
		if e := b.recipient(sc, item, s, branch); e != nil {
			r.Exprs = append(r.Exprs, e)
		}
	}
	return r
}

// recipient reads an expression that must give persons or roles.
func (b *builder) recipient(sc condition.Scope, v value, s string, branch bool) *condition.Expr {
	if strings.Contains(s, "@") {
		v.fault("name a role, or the person the record is about", "A playbook never names an address.")
		return nil
	}
	if strings.Contains(s, "??") {
		v.fault("the roles table says who a vacancy falls to", "?? cannot stand in to.")
		return nil
	}
	if _, known := sc.Names[s]; isWord(s) && !known {
		words := append(sortedNames(b.ld.set.Roles), sortedNames(b.own)...)
		hint := "name a role, or the person the record is about"
		if c := spelling.Nearest(s, words); c != "" {
			hint = "did you mean " + c + "?"
		}
		v.fault(hint, "There is no role or record %q.", plain(s))
		return nil
	}
	e := b.ld.expr(sc, v, s, 0)
	if e == nil {
		return nil
	}
	if why := b.reaches(e.Type()); why != "" {
		v.fault("name a role, a record of a person, or a column that holds a person", "%s cannot be written to: it is %s.", plain(s), why)
		return nil
	}
	if name, ok := strings.CutPrefix(s, "settings."); ok && !branch {
		if set := b.pb.Settings[name]; set != nil {
			b.noBranchRole(v, set)
		}
	}
	return e
}

// signer reads who signs a step: a role, or an expression that gives one, such
// as a column of a settings table.
func (b *builder) signer(st *Step, sc condition.Scope, v value, branch bool) Recipients {
	owner := Recipients{Roles: []string{b.pb.Role}}
	s, ok := v.text("from")
	if !ok {
		return owner
	}
	role := b.ld.set.Roles[s]
	if role != nil {
		if role.Branch && !branch {
			v.fault("name a role of the whole constituency", "%s is held per branch, and no branch is in sight.", s)
		}
		return Recipients{Roles: []string{s}}
	}
	if _, known := sc.Names[s]; isWord(s) && !known {
		v.fault(didYouMean(s, sortedNames(b.ld.set.Roles)), "There is no role %q.", plain(s))
		return owner
	}
	e := b.ld.expr(sc, v, s, 0)
	if e == nil {
		return owner
	}
	if t := e.Type(); t.Column == nil || t.Column != b.ld.roleType.Column {
		v.fault("name a role, or a setting or a table's column of type role", "Who signs must be a role, and this is %s.", typeWords(t))
		return owner
	}
	if !branch {
		b.noBranchRoles(st, v, s)
	}
	return Recipients{Exprs: []*condition.Expr{e}}
}

// noBranchRoles notes a role held per branch among those that an expression can
// give: a setting, or a column of the settings table that the step goes through.
func (b *builder) noBranchRoles(st *Step, v value, source string) {
	name, rest, _ := strings.Cut(source, ".")
	if name == "settings" && b.pb.Settings[rest] != nil {
		b.noBranchRole(v, b.pb.Settings[rest])
	}
	if st.Each == nil || st.Each.Var != name {
		return
	}
	table, _ := strings.CutPrefix(st.Each.Expr.Source(), "settings.")
	set := b.pb.Settings[table]
	if set == nil {
		return
	}
	for _, row := range set.Term.List {
		if role := b.ld.set.Roles[row.Fields[rest].Value.S]; role != nil && role.Branch {
			v.fault("set a role of the whole constituency", "The setting %s has %s, which is held per branch, and no branch is in sight.", set.Name, role.Name)
			return
		}
	}
}

// noBranchRole notes a role held per branch in a setting used without a branch.
func (b *builder) noBranchRole(v value, set *Setting) {
	for _, t := range append([]dataset.Term{set.Term}, set.Term.List...) {
		if role := b.ld.set.Roles[t.Value.S]; role != nil && role.Branch {
			v.fault("set a role of the whole constituency", "The setting %s is %s, which is held per branch, and no branch is in sight.", set.Name, role.Name)
		}
	}
}

// reaches says why a type is nobody, or "" if it is somebody.
func (b *builder) reaches(t dataset.Type) string {
	if t.List != nil {
		t = *t.List
	}
	switch {
	case t.Column == b.ld.roleType.Column && t.Column != nil, t.Kind == dataset.Person:
		return ""
	case t.Record == nil:
		return typeWords(t)
	case t.Record.Person || t.Record == b.ld.derived["people"]:
		return ""
	}
	persons := 0
	for i := range t.Record.Columns {
		if t.Record.Columns[i].Kind == dataset.Person {
			persons++
		}
	}
	switch persons {
	case 0:
		return "a record of " + t.Record.Name + ", which names no person"
	case 1:
		return ""
	}
	return "a record of " + t.Record.Name + ", which names several persons"
}

// branchInSight reports whether a branch role has a branch: of the element of
// each, then of the subject.
func branchInSight(schemas ...*dataset.Schema) bool {
	for _, s := range schemas {
		if s != nil && (s.Branch != "" || s.Name == "branches") {
			return true
		}
	}
	return false
}
