package dataset

import (
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// PeopleSchema is the shape of the derived dataset people: everyone with an
// address, from every dataset whose records are persons, and from officers.
func PeopleSchema() *Schema {
	return &Schema{
		Name: "people", Singular: "person", Person: true, Email: "email", Branch: "branch", Key: []string{"key"},
		About: "Everyone: members, and the holders of offices. The address is blank where there is none.",
		Columns: []Column{
			{Name: "name", Kind: Text, Class: Name, About: "The whole name."},
			{Name: "first_name", Kind: Text, Class: Name, About: "The name to call them by."},
			{Name: "last_name", Kind: Text, Class: Name, About: "The family name."},
			{Name: "email", Kind: Text, Class: Contact, About: "The address."},
			{Name: "branch", Kind: Text, About: "The branch they belong to."},
			{Name: "status", Kind: Text, About: "The status of a member; blank for others."},
			{Name: "in_office", Kind: YesNo, About: "Whether they hold an office today."},
			{Name: "roles", Kind: Text, About: "The offices they hold today, with commas between."},
		},
	}
}

// A someone is one of the people in the making.
type someone struct {
	row                     *Row
	name, first, last       string
	email, branch, status   string
	roles                   []string
	source                  *Schema
	firstSeen, lastModified time.Time
}

// People is the derived dataset of everyone on a day: who has no address is
// still somebody, to be named and rung. An officer who was matched with a member is that member; others are one person
// where name and address agree. A member keeps the key and number of the
// member's record, and anyone else bears the name of the dataset in the key.
func People(tables Tables, today calendar.Date) *Table {
	p := peopleFinder{tables: tables, byRow: map[*Row]*someone{}}
	for name, t := range tables {
		if t != nil && t.Schema.Person && t.Schema.Email != "" && name != "people" {
			p.persons = append(p.persons, name)
		}
	}
	slices.SortFunc(p.persons, membersFirst)
	for _, name := range p.persons {
		for _, r := range tables[name].Rows {
			p.person(tables[name], r)
		}
	}
	if t := tables["officers"]; t != nil && !t.Schema.Person {
		p.officers(t, today)
	}
	return p.table()
}

// membersFirst orders the names of datasets.
func membersFirst(a, b string) int {
	switch {
	case a == b:
		return 0
	case a == "members":
		return -1
	case b == "members":
		return 1
	}
	return strings.Compare(a, b)
}

// A peopleFinder gathers people.
type peopleFinder struct {
	tables  Tables
	persons []string // the datasets of persons
	all     []*someone
	byRow   map[*Row]*someone
}

// person adds the person that a record is.
func (p *peopleFinder) person(t *Table, r *Row) {
	at := cells{t.Schema, r}
	s := &someone{
		source: t.Schema, row: r, name: at.text("name"), first: at.text("preferred_name"), last: at.text("last_name"),
		email: at.text(t.Schema.Email), branch: at.text(t.Schema.Branch), status: at.text("status"),
		firstSeen: r.FirstSeen, lastModified: r.Changed,
	}
	if s.first == "" {
		s.first = at.text("first_name")
	}
	if s.name == "" {
		s.name = strings.TrimSpace(s.first + " " + s.last)
	}
	p.all = append(p.all, s)
	p.byRow[r] = s
}

// officers adds offices to those who hold them, and officers who are nobody yet.
func (p *peopleFinder) officers(t *Table, today calendar.Date) {
	others := map[[2]string]*someone{}
	for _, r := range t.Rows {
		at := cells{t.Schema, r}
		name, email := at.text("person"), at.text("email")
		if n := at.text("name"); n != "" {
			name = n
		}
		s := p.matched(t.Schema, r)
		if s == nil {
			who := [2]string{strings.ToLower(strings.TrimSpace(name)), strings.ToLower(strings.TrimSpace(email))}
			if s = others[who]; s == nil {
				s = &someone{source: t.Schema, row: r, name: name, email: email, branch: at.text("branch"), firstSeen: r.FirstSeen, lastModified: r.Changed}
				others[who] = s
				p.all = append(p.all, s)
			}
		}
		if s.email == "" {
			s.email = email
		}
		if role := at.text("role"); role != "" && holds(at, today) && !slices.Contains(s.roles, role) {
			s.roles = append(s.roles, role)
		}
	}
}

// matched finds who an officer's person column was matched with.
func (p *peopleFinder) matched(s *Schema, r *Row) *someone {
	i, ok := s.Column("person")
	if !ok {
		return nil
	}
	v := r.cell(i)
	for _, name := range p.persons {
		if v.Kind != Person {
			break
		}
		if one := p.byRow[p.tables[name].ByRef(Ref(v.N))]; one != nil {
			return one
		}
	}
	if t := p.tables[s.Columns[i].Of]; v.Kind == Reference && t != nil {
		return p.byRow[t.ByKey(v.S)]
	}
	return nil
}

// holds says whether an office is held on a day. No first day is always, no
// last day is still.
func holds(at cells, today calendar.Date) bool {
	from, until := at.value("from"), at.value("until")
	return (from.Kind != Date || from.AsDate() <= today) && (until.Kind != Date || until.AsDate() >= today)
}

// table makes the records.
func (p *peopleFinder) table() *Table {
	var rows []*Row
	for _, s := range p.all {
		slices.Sort(s.roles)
		key := s.row.Key
		if s.source.Name != "members" {
			key = s.source.Name + "/" + key
		}
		rows = append(rows, &Row{
			Ref: s.row.Ref, Key: key, FirstSeen: s.firstSeen, Changed: s.lastModified, Baseline: s.row.Baseline, Line: s.row.Line,
			Places: s.row.Places, Absence: s.row.Absence,
			Cells: []Value{
				TextValue(s.name), TextValue(s.first), TextValue(s.last), TextValue(s.email), TextValue(s.branch), TextValue(s.status),
				YesNoValue(len(s.roles) > 0), TextValue(strings.Join(s.roles, ", ")),
			},
		})
	}
	var first, last time.Time
	for _, t := range p.tables {
		if t == nil {
			continue
		}
		if !t.First.IsZero() && (first.IsZero() || t.First.Before(first)) {
			first = t.First
		}
		if t.Imported.After(last) {
			last = t.Imported
		}
	}
	return NewTable(PeopleSchema(), rows, last, first, "", "")
}

// cells reads a record's columns by name; what is not there is blank.
type cells struct {
	schema *Schema
	row    *Row
}

// value gives a column's value.
func (c cells) value(column string) Value {
	if i, ok := c.schema.Column(column); ok {
		return c.row.cell(i)
	}
	return Value{}
}

// text gives the text of a column.
func (c cells) text(column string) string { return c.value(column).S }
