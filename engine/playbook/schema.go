package playbook

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// classNames are the words for classes in schemas.
var classNames = map[string]dataset.Class{
	"free": dataset.Free, "name": dataset.Name, "contact": dataset.Contact,
	"money": dataset.Financial, "special": dataset.Special,
}

// readSchema reads one file of data/: the shape of a dataset.
func readSchema(v value) (*dataset.Schema, bool) {
	m, good := v.form(datasetForm)
	if m.n == nil || len(m.entries) == 0 {
		return nil, false
	}
	s := &dataset.Schema{}
	for _, key := range datasetForm.required() {
		if !m.get(key).there() {
			m.fault("", "A dataset must have %s.", key)
			return nil, false
		}
	}
	ok := true
	set := func(yes bool) { ok = ok && yes }
	var got bool
	s.Name, got = m.get("name").name("name")
	set(got)
	s.Singular, got = m.get("singular").name("singular")
	set(got)
	if e := m.get("about"); e.there() {
		s.About, got = e.text("about")
		set(got)
	}
	if e := m.get("event"); e.there() {
		s.Event, got = e.yesNo("event")
		set(got)
	}
	if e := m.get("person"); e.there() {
		s.Person, got = e.yesNo("person")
		set(got)
	}
	columns, got := m.get("columns").mapping("columns")
	set(got)
	for _, e := range columns.entries {
		c, got := readColumn(e)
		set(got)
		s.Columns = append(s.Columns, c)
	}
	s.Key, got = m.get("key").texts("key")
	set(got)
	set(namesColumns(m.get("key"), s, s.Key...))
	if e := m.get("email"); e.there() {
		s.Email, got = e.text("email")
		set(got && namesColumns(e, s, s.Email))
	}
	if e := m.get("branch"); e.there() {
		s.Branch, got = e.text("branch")
		set(got && namesColumns(e, s, s.Branch))
	}
	if e := m.get("gone_after"); e.there() {
		s.GoneAfter, got = e.number("gone_after", 1, mostLists)
		set(got)
	}
	if e := m.get("gone_as"); e.there() {
		set(readGoneAs(e, s))
	}
	return s, ok && good
}

// mostLists is how many whole lists in a row may miss a record that is held all
// the same: beyond it nobody would ever be gone.
const mostLists = 12

// readGoneAs reads by which choices of the column status a record says itself
// that it is leaving.
func readGoneAs(v value, s *dataset.Schema) (good bool) {
	i, ok := s.Column("status")
	if !ok || s.Columns[i].Kind != dataset.Choice {
		v.fault("", "%s has no column status with choices.", sentence(s.Name))
		return false
	}
	s.GoneAs, good = v.texts("gone_as")
	for _, c := range s.GoneAs {
		if !slices.Contains(s.Columns[i].Choices, c) {
			v.fault(didYouMean(c, s.Columns[i].Choices), "%q is not one of the choices of status.", plain(c))
			good = false
		}
	}
	return good
}

// namesColumns checks that every name is a column of the schema.
func namesColumns(v value, s *dataset.Schema, names ...string) bool {
	good := true
	for _, name := range names {
		if _, ok := s.Column(name); !ok {
			v.fault(didYouMean(name, columnNames(s)), "%s has no column %q.", sentence(s.Name), plain(name))
			good = false
		}
	}
	return good
}

// columnNames lists the columns of a schema.
func columnNames(s *dataset.Schema) []string {
	names := make([]string, len(s.Columns))
	for i := range s.Columns {
		names[i] = s.Columns[i].Name
	}
	return names
}

// readColumn reads one column of a dataset.
func readColumn(e entry) (dataset.Column, bool) {
	c := dataset.Column{}
	var ok bool
	if c.Name, ok = e.key.name("column"); !ok {
		return c, false
	}
	if c.Name == "key" || c.Name == "first_seen" || c.Name == "baseline" {
		e.key.fault("choose another name", "Every record has %s already.", c.Name)
		return c, false
	}
	m, good := e.val.form(columnForm)
	kind := m.get("kind")
	if !kind.there() {
		e.key.fault("", "A column must have a kind.")
		return c, false
	}
	word, ok := kind.choice("kind", kindList...)
	good = good && ok
	c.Kind = kindNames[word]
	if v := m.get("class"); v.there() {
		word, ok := v.choice("class", "free", "name", "contact", "money", "special")
		c.Class, good = classNames[word], good && ok
	}
	if v := m.get("about"); v.there() {
		c.About, ok = v.text("about")
		good = good && ok
	}
	if v := m.get("synonyms"); v.there() {
		c.Synonyms, ok = v.texts("synonyms")
		good = good && ok
	}
	if v := m.get("of"); v.there() {
		c.Of, ok = v.name("of")
		if good = good && ok; ok && c.Kind != dataset.Reference && !c.Role() {
			v.fault("write of: roles, or kind: reference", "Only a reference points into a dataset, and a text only into the roles.")
			return c, false
		}
	}
	return c, readChoices(&c, m) && good
}

// readChoices reads the choices of a column and the other words for them.
func readChoices(c *dataset.Column, m mapping) bool {
	choices, meanings := m.get("choices"), m.get("meanings")
	if c.Kind != dataset.Choice {
		for _, v := range []value{choices, meanings} {
			if v.there() {
				v.fault("", "Only a choice has choices.")
				return false
			}
		}
		return true
	}
	good := true
	if choices.there() {
		c.Choices, good = choices.texts("choices")
	}
	if meanings.there() {
		mm, ok := meanings.mapping("meanings")
		good = good && ok
		c.Meanings = make(map[string][]string, len(mm.entries))
		for _, e := range mm.entries {
			words, ok := e.val.texts("meanings")
			good = good && ok
			c.Meanings[e.name] = words
			if !slices.Contains(c.Choices, e.name) {
				if choices.there() {
					e.key.fault(didYouMean(e.name, c.Choices), "%q is not one of the choices.", plain(e.name))
					good = false
				}
				c.Choices = append(c.Choices, e.name)
			}
		}
	}
	if len(c.Choices) == 0 {
		m.fault("", "A choice must have choices.")
		return false
	}
	return good
}

// readRoles reads roles.yaml.
func readRoles(v value) map[string]*Role {
	m, _ := v.mapping("the roles table")
	roles := make(map[string]*Role, len(m.entries))
	for _, e := range m.entries {
		name, ok := e.key.name("role")
		rm, good := e.val.form(roleForm)
		if !ok || !good {
			continue
		}
		if name == everyone {
			continue // what it sees, all roles see
		}
		r := &Role{Name: name, place: len(roles)}
		if t := rm.get("title"); t.there() {
			r.Title, _ = t.text("title")
		} else {
			e.key.fault("", "A role must have a title.")
		}
		if also := rm.get("also"); also.there() {
			r.Also, _ = also.texts("also")
		}
		if f := rm.get("falls_to"); f.there() {
			r.FallsTo, _ = f.text("falls_to")
		}
		if b := rm.get("branch"); b.there() {
			r.Branch, _ = b.yesNo("branch")
		}
		roles[name] = r
	}
	taken := map[string]string{}
	for _, e := range m.entries {
		checkFall(e, roles)
		checkNames(e, roles[e.name], taken)
	}
	return roles
}

// checkNames sees to it that a name means one role.
func checkNames(e entry, r *Role, taken map[string]string) {
	if r == nil {
		return
	}
	for _, n := range r.called() {
		if other := taken[spelling.Words(n)]; other != "" && other != r.Name {
			e.key.fault("A name must mean one role, or nobody knows who is meant.", "%s and %s are both called %q.", sentence(e.name), other, plain(n))
			continue
		}
		taken[spelling.Words(n)] = r.Name
	}
}

// checkFall follows a role's vacancies to their end.
func checkFall(e entry, roles map[string]*Role) {
	r := roles[e.name]
	if r == nil || r.FallsTo == "" {
		return
	}
	if roles[r.FallsTo] == nil {
		e.key.fault(didYouMean(r.FallsTo, sortedNames(roles)), "%s falls to %q, which is no role.", sentence(e.name), plain(r.FallsTo))
		r.FallsTo = ""
		return
	}
	at := r
	for range len(roles) + 1 {
		if at = roles[at.FallsTo]; at == nil {
			return
		}
		if at == r {
			break
		}
	}
	e.key.fault("", "A vacancy of %s falls in a circle.", e.name)
	r.FallsTo = ""
}

// sortedNames lists the keys of a map in order.
func sortedNames[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
