package playbook

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
)

// Rule 17. Every column has a class. What is free or a name, every officer may
// see; of contact, money and special columns a role sees those that the table
// of roles grants it (grants.go). A step may show a role nothing else: in its
// subject, its letter and its columns, and what these were worked out from. A
// special column shows by its mere use: whoever is told of a record because of
// it knows what stands in it. A reminder is only the subject.

// A Guard is a column that not every role may see.
type Guard struct {
	Dataset, Column string
	Class           dataset.Class
}

// String names the column as conditions do.
func (g Guard) String() string { return g.Dataset + "." + g.Column }

// guardOf gives the guard of a column, if it has one.
func guardOf(s *dataset.Schema, column string) (Guard, bool) {
	if i, ok := s.Column(column); ok && s.Columns[i].Class >= dataset.Contact {
		return Guard{s.Name, column, s.Columns[i].Class}, true
	}
	return Guard{}, false
}

// Special reports whether the playbook uses special columns: then only the
// roles that approve it hear of it.
func (pb *Playbook) Special() bool { return len(pb.specials) > 0 }

// Approver reports whether a role decides on letters of the playbook.
func (pb *Playbook) Approver(role string) bool {
	return role == pb.Role || slices.ContainsFunc(pb.Steps, func(s *Step) bool { return !s.Off && slices.Contains(s.From.Roles, role) })
}

// Guards are the special columns that the playbook uses.
func (pb *Playbook) Guards() []Guard { return pb.specials }

// An exposure is a guarded column that a step lays open, and where it does.
type exposure struct {
	Guard
	subject bool // in the one line that reminders show too
	fault   func(hint, text string)
}

// A reader is a role that a step goes to.
type reader struct {
	role     *Role
	at       value
	reminder bool // told of it only by a reminder
}

// lay notes what a subject or letter shows.
func (b *builder) lay(shows []letter.Show, subject bool, fault func(at letter.Show, hint, text string)) {
	for _, s := range shows {
		at := func(hint, text string) { fault(s, hint, text) }
		if s.Schema != nil {
			if g, ok := guardOf(s.Schema, s.Field); ok {
				b.open = append(b.open, exposure{g, subject, at})
			}
			continue
		}
		for _, g := range b.givesAway(s.Name) {
			b.open = append(b.open, exposure{g, subject, at})
		}
	}
}

// givesAway are the guarded columns that a name in let gives away when it is
// printed. A list or a record gives away what is printed of it, a count
// nothing; what is special shows by its use, and is not asked for here.
func (b *builder) givesAway(name string) []Guard {
	for _, l := range b.pb.Let {
		if l.Name != name {
			continue
		}
		t := l.Expr.Type()
		if t.Record != nil || t.Fields != nil || t.List != nil && (t.List.Record != nil || t.List.Fields != nil) || counts(l.Expr) {
			return nil
		}
		out := guards(b.ld, l.Expr.Uses())
		for _, n := range l.Expr.Names() {
			if n != name {
				out = append(out, b.givesAway(n)...)
			}
		}
		return out
	}
	return nil
}

// counts reports an expression that says how many.
func counts(e *condition.Expr) bool {
	return e.Type().Kind == dataset.Number && (strings.Contains(e.Source(), "count(") || strings.Contains(e.Source(), "len("))
}

// guards are those of the columns that an expression reads.
func guards(ld *loader, paths []string) []Guard {
	var out []Guard
	for _, path := range paths {
		table, column, _ := strings.Cut(path, ".")
		if s := ld.schema(table); s != nil {
			if g, ok := guardOf(s, column); ok && g.Class != dataset.Special {
				out = append(out, g)
			}
		}
	}
	return out
}

// specials are the special columns among those that are used, in order.
func (u *uses) specials() []Guard {
	var out []Guard
	for _, path := range sortedNames(u.columns) {
		if u.columns[path] == dataset.Special {
			table, column, _ := strings.Cut(path, ".")
			out = append(out, Guard{table, column, dataset.Special})
		}
	}
	return out
}

// masks holds a step to what its readers may see.
func (b *builder) masks(st *Step, m mapping, u *uses) {
	b.layColumns(st, m)
	special := b.ld.newUses()
	special.add(b.top)
	special.add(u)
	for _, x := range b.open {
		if !slices.Contains(st.Shows, x.Guard) {
			st.Shows = append(st.Shows, x.Guard)
		}
		if x.subject && !slices.Contains(st.Heads, x.Guard) {
			st.Heads = append(st.Heads, x.Guard)
		}
	}
	readers := b.readers(st, m)
	for _, g := range special.specials() {
		if !slices.Contains(st.Shows, g) {
			st.Shows = append(st.Shows, g)
		}
		if !slices.Contains(st.Heads, g) {
			st.Heads = append(st.Heads, g)
		}
		for _, r := range readers {
			if b.declared(g) && !r.role.Sees(g) {
				hint, text := b.masked(r.role, g)
				r.at.fault(hint, "%s", text)
			}
		}
	}
	told := map[Guard]bool{}
	for _, x := range b.open {
		for _, r := range readers {
			if told[x.Guard] || x.Class == dataset.Special || r.reminder && !x.subject || r.role.Sees(x.Guard) {
				continue
			}
			told[x.Guard] = true
			x.fault(b.masked(r.role, x.Guard))
		}
	}
	st.Counts = b.counted(st)
	b.open = nil
}

// declared reports a special column that the playbook names at its top; one that
// it does not name is a fault already.
func (b *builder) declared(g Guard) bool {
	return slices.Contains(b.pb.Reads, g.Column) || slices.Contains(b.pb.Reads, g.String())
}

// masked says that a role may not see a column, and who may: the playbook's own
// role before others.
func (b *builder) masked(r *Role, g Guard) (hint, text string) {
	names := b.ld.mayAllSee(g)
	may := strings.Join(names[:min(len(names), 2)], " and ") + " may"
	if own := b.ld.set.Roles[b.pb.Role]; own != nil && own.Sees(g) {
		may = own.Name + " may"
	} else if len(names) == 0 {
		may = "no role may"
	}
	return may + "; a constituency grants it under roles: in " + constituencyFile,
		r.Name + " may not see " + g.String() + ", which is " + g.Class.String() + "."
}

// mayAllSee lists the roles that may see a column, those of the whole
// constituency first.
func (ld *loader) mayAllSee(g Guard) []string {
	var wide, branch []string
	for _, name := range sortedNames(ld.set.Roles) {
		switch r := ld.set.Roles[name]; {
		case !r.Sees(g):
		case r.Branch:
			branch = append(branch, name)
		default:
			wide = append(wide, name)
		}
	}
	return append(wide, branch...)
}

// layColumns notes what the columns of rows show. They reach through a column
// that holds a person, and no further.
func (b *builder) layColumns(st *Step, m mapping) {
	v := m.get("columns")
	if st.Tally {
		v = m.get("count")
	}
	if !v.there() || st.Rows == nil {
		return
	}
	items, _ := v.items("columns")
	for _, item := range items {
		s := st.Rows.Type().List.Record
		for _, part := range strings.Split(item.n.Value, ".") {
			if s == nil {
				break
			}
			if g, ok := guardOf(s, part); ok {
				b.open = append(b.open, exposure{Guard: g, fault: func(hint, text string) { item.fault(hint, "%s", text) }})
			}
			next := s.Types()[part]
			if s = nil; next.Kind == dataset.Person {
				s = b.ld.derived["people"]
			}
		}
	}
}

// readers are the roles that a step names: outright, or by a setting.
func (b *builder) readers(st *Step, m mapping) []reader {
	var out []reader
	add := func(v value, reminder bool) {
		if !v.there() || !v.isMapping() && v.n.Value == "" && len(v.n.Content) == 0 {
			return
		}
		items, _ := v.items("to")
		for _, item := range items {
			for _, name := range b.rolesOf(st, item.n.Value) {
				out = append(out, reader{b.ld.set.Roles[name], item, reminder})
			}
		}
	}
	add(m.get("to"), false)
	if v := m.get("chase"); v.there() && v.isMapping() {
		for i := 1; i < len(v.n.Content); i += 2 {
			if c := (value{v.n.Content[i], v.d}); !c.isMapping() {
				add(c, true)
			}
		}
	}
	return out
}

// rolesOf are the roles that an addressee stands for, as far as that is known
// before a plan is made; a plan asks again of whoever it is.
func (b *builder) rolesOf(st *Step, s string) []string {
	if b.ld.set.Roles[s] != nil {
		return []string{s}
	}
	table, column, _ := strings.Cut(s, ".")
	if st.Each != nil && table == st.Each.Var {
		if _, name, ok := strings.Cut(st.Each.Expr.Source(), "settings."); ok && b.pb.Settings[name] != nil {
			var out []string
			for _, row := range b.pb.Settings[name].Term.List {
				if role := row.Fields[column].Value.S; b.ld.set.Roles[role] != nil && !slices.Contains(out, role) {
					out = append(out, role)
				}
			}
			return out
		}
	}
	if set := b.pb.Settings[column]; table == "settings" && set != nil {
		var out []string
		for _, t := range append([]dataset.Term{set.Term}, set.Term.List...) {
			if b.ld.set.Roles[t.Value.S] != nil {
				out = append(out, t.Value.S)
			}
		}
		return out
	}
	return nil
}

// owners holds the roles that own and sign a playbook to the special columns
// that it uses: they approve its letters and get what could not be sent.
func (b *builder) owners() {
	pb := b.pb
	pb.specials = b.all.specials()
	check := func(role string, v value) {
		r := b.ld.set.Roles[role]
		if r == nil || !v.there() {
			return
		}
		for _, g := range pb.specials {
			if b.declared(g) && !r.Sees(g) {
				hint, text := b.masked(r, g)
				v.fault(hint, "%s", text)
			}
		}
	}
	check(pb.Role, b.m.get("role"))
	for i := range b.steps {
		if v := b.steps[i].m.get("from"); v.there() && !v.isMapping() {
			check(v.n.Value, v)
		}
	}
}

// counted are the names of a step whose numbers come from special columns:
// those that are numbers, and lists that can be counted.
func (b *builder) counted(st *Step) []string {
	special := map[string]bool{}
	reads := func(e *condition.Expr) bool {
		u := b.ld.newUses()
		u.expr(e)
		return len(u.specials()) > 0 || slices.ContainsFunc(e.Names(), func(n string) bool { return special[n] })
	}
	var out []string
	for _, l := range b.pb.Let {
		if special[l.Name] = reads(l.Expr); special[l.Name] {
			out = append(out, l.Name)
		}
	}
	if st.Rows != nil && (st.Tally || reads(st.Rows)) {
		out = append(out, "rows")
	}
	return out
}
