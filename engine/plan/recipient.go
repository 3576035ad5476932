package plan

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// holder is a person who holds a role today, or a person as such.
type holder struct {
	name, email string
	role        string // the role through which this holder is reached; empty: a person
	branch      string
	ref         dataset.Ref // of a person in the members list
	noMail      bool        // has asked for no email at all
}

// key is what tells two people apart: the address they read.
func (h holder) key() string { return address(h.email) }

func address(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

// addressee is one whom a step is for: a role, whoever holds it, or a person.
type addressee struct {
	key    string // "role:treasurer", "members#17": part of the action's key
	role   string
	branch string
	row    *dataset.Row // of a person
	schema *dataset.Schema
	blank  bool // a person column that names nobody
}

// recipients resolves to (rule 14). An Unknown stands for what cannot be told.
func (l *look) recipients(w *world, to playbook.Recipients) ([]addressee, *dataset.Unknown) {
	var out []addressee
	seen := map[string]bool{}
	add := func(a addressee) {
		if !seen[a.key] {
			seen[a.key] = true
			out = append(out, a)
		}
	}
	for _, r := range to.Roles {
		add(l.roleOf(w, r))
	}
	for _, e := range to.Exprs {
		t := e.Eval(w.World, l.vars(w))
		if t.Unknown != nil && len(t.Unknown.Cells) == 0 {
			return nil, t.Unknown
		}
		if t.Unknown != nil {
			add(addressee{key: "blank", blank: true})
			continue
		}
		l.addTerm(w, t, add)
	}
	return out, nil
}

func (l *look) addTerm(w *world, t dataset.Term, add func(addressee)) {
	switch {
	case t.IsList:
		for _, r := range t.Rows {
			l.addTerm(w, dataset.Term{Row: r, Schema: t.Schema}, add)
		}
		for _, x := range t.List {
			l.addTerm(w, x, add)
		}
	case t.Schema != nil && t.Row == nil:
		add(addressee{key: "blank", blank: true})
	case t.Row != nil && (t.Schema.Person || t.Schema.Email != ""):
		k := t.Schema.Name + "#" + strconv.FormatInt(int64(t.Row.Ref), 10)
		add(addressee{key: k, row: t.Row, schema: t.Schema})
	case t.Row != nil:
		for _, c := range t.Schema.Columns {
			if c.Kind == dataset.Person {
				v, _ := t.Row.Get(t.Schema, c.Name)
				l.addTerm(w, dataset.Term{Value: v}, add)
				return
			}
		}
		add(addressee{key: "blank", blank: true})
	case t.Value.Kind == dataset.Person:
		if m := l.in.Tables["members"]; m != nil && t.Value.N != 0 {
			if r := m.ByRef(dataset.Ref(t.Value.N)); r != nil {
				l.addTerm(w, dataset.Term{Row: r, Schema: m.Schema}, add)
				return
			}
		}
		add(addressee{key: "blank", blank: true})
	case t.Value.Kind == dataset.Text || t.Value.Kind == dataset.Choice:
		if l.set.Roles[t.Value.S] != nil {
			add(l.roleOf(w, t.Value.S))
		}
	case t.Value.IsBlank():
		add(addressee{key: "blank", blank: true})
	}
}

// roleOf makes an addressee of a role. A branch role is that of the branch of
// the nearest record that has one; the key names the role only, so that a
// member who moves takes her open tasks along (domain 4.16).
func (l *look) roleOf(w *world, role string) addressee {
	a := addressee{key: "role:" + role, role: role}
	r := l.set.Roles[role]
	if r == nil || !r.Branch {
		return a
	}
	if l.eachVar != "" && l.each.Row != nil {
		a.branch = branchOf(l.each.Schema, l.each.Row)
	}
	if a.branch == "" && l.row != nil {
		a.branch = branchOf(l.pb.For.Schema, l.row)
	}
	return a
}

func branchOf(s *dataset.Schema, r *dataset.Row) string {
	if s.Name == "branches" {
		return r.Key
	}
	col := s.Branch
	if col == "" {
		return ""
	}
	v, _ := r.Get(s, col)
	return v.S
}

// slug keeps a branch name to the plain letters that the ledger takes.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
	}
	return strings.TrimSuffix(b.String(), "_")
}

// holders gives today's holders of a role, or of the role it falls to; the
// second result says, in words, that the role itself is vacant.
func (p *planner) holders(role, branch string) ([]holder, string) {
	vacant := ""
	for seen := map[string]bool{}; role != "" && !seen[role]; {
		seen[role] = true
		if hs := p.holdersOf(role, branch); len(hs) > 0 {
			return hs, vacant
		}
		r := p.set.Roles[role]
		if r == nil {
			break
		}
		if vacant == "" {
			vacant = r.Title
			if r.Branch && branch != "" {
				vacant += " of " + branch
			}
			if p.mute[role+"/"+branch] {
				vacant += ": no mail address for who holds this role"
			} else {
				vacant += ": nobody holds this role"
			}
		}
		role = r.FallsTo
	}
	return nil, vacant
}

// holdersOf gives today's holders of exactly this role; deputies only when
// there is nobody else.
func (p *planner) holdersOf(role, branch string) []holder {
	k := role + "/" + branch
	if hs, ok := p.roles[k]; ok {
		return hs
	}
	t := p.in.Tables["officers"]
	var main, deputy []holder
	if t != nil {
		for _, r := range t.Rows {
			h, dep, ok := p.officer(t.Schema, r, role, branch)
			if !ok {
				continue
			}
			if address(h.email) == "" { // held, but nothing can be sent there
				p.mute[k] = p.mute[k] || h.name != ""
				continue
			}
			if dep {
				deputy = append(deputy, h)
			} else {
				main = append(main, h)
			}
		}
	}
	if len(main) == 0 {
		main = deputy
	}
	sort.SliceStable(main, func(i, j int) bool {
		a, b := main[i], main[j]
		if a.key() != b.key() {
			return a.key() < b.key()
		}
		return a.name < b.name
	})
	main = slices.CompactFunc(main, func(a, b holder) bool { return a.key() == b.key() }) // a person may stand in two rows
	p.roles[k] = main
	return main
}

// officer reads one row of the officers list as of today.
func (p *planner) officer(s *dataset.Schema, r *dataset.Row, role, branch string) (h holder, deputy, ok bool) {
	get := func(col string) dataset.Value { v, _ := r.Get(s, col); return v }
	if slug(get("role").S) != slug(role) {
		return h, false, false
	}
	if rr := p.set.Roles[role]; rr != nil && rr.Branch && slug(get("branch").S) != slug(branch) {
		return h, false, false
	}
	if v := get("from"); v.Kind == dataset.Date && p.today < v.AsDate() {
		return h, false, false
	}
	if v := get("until"); v.Kind == dataset.Date && p.today > v.AsDate() {
		return h, false, false
	}
	h = holder{name: get("person").S, email: get("email").S, role: role}
	if rr := p.set.Roles[role]; rr != nil && rr.Branch {
		h.branch = branch // who stands in for a branch's officer is not of that branch
	}
	if m := p.in.Tables["members"]; m != nil && get("person").N != 0 {
		if r := m.ByRef(dataset.Ref(get("person").N)); r != nil {
			h.name = p.label(m.Schema, r)
		}
	}
	return h, get("deputy").N == 1, true
}

// roleTitle names a role for people.
func (p *planner) roleTitle(role string) string {
	if r := p.set.Roles[role]; r != nil && r.Title != "" {
		return r.Title
	}
	return strings.ReplaceAll(role, "_", " ")
}

// roleTitles are the titles of all roles, by their ids.
func (p *planner) roleTitles() dataset.Term {
	if p.titles.Fields == nil {
		p.titles.Fields = make(map[string]dataset.Term, len(p.set.Roles))
		for id := range p.set.Roles {
			p.titles.Fields[id] = dataset.Term{Value: dataset.TextValue(p.roleTitle(id))}
		}
	}
	return p.titles
}

// person gives what is needed to write to a person of a table.
func (p *planner) person(s *dataset.Schema, r *dataset.Row) holder {
	h := holder{name: p.label(s, r), ref: r.Ref}
	col := s.Email
	if col == "" {
		col = "email"
	}
	v, _ := r.Get(s, col)
	h.email = strings.TrimSpace(v.S)
	h.noMail = says(s, r, "no_email")
	return h
}

// says reports whether a row has a yes in a column.
func says(s *dataset.Schema, r *dataset.Row, column string) bool {
	v, _ := r.Get(s, column)
	return v.Kind == dataset.YesNo && v.N == 1
}

// barred says why nothing may go to a person, or empty.
func (p *planner) barred(a addressee, h holder, basis playbook.Basis) string {
	if a.row == nil {
		return ""
	}
	if v, _ := a.row.Get(a.schema, "status"); v.S == "deceased" {
		return "the member has died"
	}
	for _, s := range p.in.Book.Suppression(h.ref, p.hash(h.email)) {
		switch {
		case s.Scope == "bounced":
			continue
		case s.Scope == "marketing" && basis != playbook.Marketing:
			continue
		}
		return "asked not to be written to"
	}
	if basis == playbook.Marketing {
		if v, _ := a.row.Get(a.schema, "consent_marketing"); v.Kind != dataset.YesNo || v.N != 1 {
			return "has not agreed to be sent anything but service letters"
		}
	}
	return ""
}

// unreachable says why a letter cannot go to a person by mail, or empty: the
// step then becomes a line on a call sheet (law 10).
func (p *planner) unreachable(h holder, private bool) string {
	if h.email == "" {
		return "no mail address"
	}
	if h.noMail {
		return "wants no email"
	}
	for _, s := range p.in.Book.Suppression(h.ref, p.hash(h.email)) {
		if s.Scope == "bounced" {
			return "the mail address does not work"
		}
	}
	if n := p.shared(h.email); private && n > 1 {
		return "the letter is private and " + strconv.Itoa(n) + " members share the address"
	}
	return ""
}

func (p *planner) hash(email string) string {
	if email == "" || p.in.Hash == nil {
		return ""
	}
	return p.in.Hash(address(email))
}
