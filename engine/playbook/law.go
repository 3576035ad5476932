package playbook

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// Law holds the figures of the law, and its tables. A figure is a function of
// a date: its value is the entry in force that day, or a constituency's own
// stricter one. A table gives, in the same way, the rows in force that day.
type Law struct {
	figures map[string]*Figure
}

// A Figure is one number of the law through time.
type Figure struct {
	Name, Title string
	Kind        dataset.Kind // Blank: it is a table
	Safe        string       // the direction in which it may be tightened: lower, earlier, longer, ...; of a table: none
	Entries     []LawEntry   // by From
	Own         []LawEntry   // the constituency's, by From

	columns []lawColumn // of a table; the first is the key of a row
}

// A LawEntry is a value from one day on.
type LawEntry struct {
	From, Until calendar.Date // both inclusive
	Open        bool          // there is no Until
	Value       dataset.Value
	Rows        []dataset.Term // of a table, in place of a value
	Source      string         // where the law says so, or why the constituency is stricter
}

// At gives a figure as it stands on a day; false: no entry is in force.
func (l *Law) At(name string, on calendar.Date) (dataset.Value, bool) {
	f := l.figures[name]
	if f == nil {
		return dataset.Value{}, false
	}
	v, ok := inForce(f.Entries, on)
	if own, has := inForce(f.Own, on); has && ok && f.stricter(own.Value, v.Value) {
		return own.Value, true
	}
	return v.Value, ok
}

// On gives a figure or a table as it stands on a day, as conditions see it.
func (l *Law) On(name string, on calendar.Date) (dataset.Term, bool) {
	if f := l.figures[name]; f != nil && f.columns != nil {
		e, ok := inForce(f.Entries, on)
		return dataset.Term{IsList: true, List: e.Rows}, ok
	}
	v, ok := l.At(name, on)
	return dataset.Term{Value: v}, ok
}

// Figures lists the figures by name.
func (l *Law) Figures() []*Figure {
	var list []*Figure
	for _, name := range sortedNames(l.figures) {
		list = append(list, l.figures[name])
	}
	return list
}

// types gives what conditions need to know of the law.
func (l *Law) types() map[string]dataset.Type {
	types := make(map[string]dataset.Type, len(l.figures))
	for name, f := range l.figures {
		types[name] = f.typ()
	}
	return types
}

// inForce is the latest entry that has begun and not ended.
func inForce(entries []LawEntry, on calendar.Date) (LawEntry, bool) {
	for _, e := range slices.Backward(entries) {
		if e.From <= on {
			return e, e.Open || on <= e.Until
		}
	}
	return LawEntry{}, false
}

// stricter reports whether a is on the safe side of b, or equal to it.
func (f *Figure) stricter(a, b dataset.Value) bool {
	switch f.Safe {
	case "longer", "higher", "later":
		return a.N >= b.N
	}
	return a.N <= b.N
}

// readLaw reads one file of law/.
func (l *Law) readLaw(v value, clock calendar.Clock) {
	m, _ := v.mapping("a law table")
	for _, e := range m.entries {
		name, ok := e.key.name("figure")
		fm, good := e.val.form(figureForm)
		if !ok || !good {
			continue
		}
		if l.figures[name] != nil {
			e.key.fault("", "The figure %s stands in two files.", name)
			continue
		}
		if f := readFigure(name, e, fm, clock); f != nil {
			l.figures[name] = f
		}
	}
}

// readFigure reads one figure with its entries.
func readFigure(name string, e entry, m mapping, clock calendar.Clock) *Figure {
	for _, key := range figureForm.required() {
		if !m.get(key).there() {
			e.key.fault("", "A figure must have %s.", key)
			return nil
		}
	}
	f := &Figure{Name: name}
	var ok [4]bool
	f.Title, ok[0] = m.get("title").text("title")
	kind, k := m.get("kind").choice("kind", "money", "number", "date", "duration", aTable)
	f.Kind, ok[1] = kindNames[kind], k
	f.Safe, ok[2] = f.safeWay(m, kind, e.key)
	if k && !f.head(m.get("columns"), kind, e.key) {
		return nil
	}
	list, k := m.get("entries").items("entries")
	ok[3] = k
	if !ok[0] || !ok[1] || !ok[2] || !ok[3] {
		return nil
	}
	for _, item := range list {
		em, good := item.form(lawEntryForm)
		entry, read := readLawEntry(em, f, "source", clock)
		if !good || !read {
			return nil
		}
		if n := len(f.Entries); n > 0 && f.Entries[n-1].From >= entry.From {
			item.fault("put the earliest first", "The entries are not in the order of their dates.")
			return nil
		}
		f.Entries = append(f.Entries, entry)
	}
	return f
}

// readLawEntry reads the value of a figure from one day on.
func readLawEntry(m mapping, f *Figure, why string, clock calendar.Clock) (LawEntry, bool) {
	for _, key := range []string{"from", "value", why} {
		if !m.get(key).there() {
			m.fault("", "An entry must have %s.", key)
			return LawEntry{}, false
		}
	}
	var e LawEntry
	var ok [4]bool
	e.From, ok[0] = m.get("from").date("from")
	if f.columns != nil {
		e.Rows, ok[1] = f.rows(m.get("value"), clock)
	} else {
		e.Value, ok[1] = m.get("value").literal("value", &dataset.Column{Kind: f.Kind}, clock)
	}
	e.Source, ok[2] = m.get(why).text(why)
	e.Open, ok[3] = true, true
	if u := m.get("until"); u.there() {
		e.Open = false
		e.Until, ok[3] = u.date("until")
		if ok[3] && ok[0] && e.Until < e.From {
			u.fault("", "An entry ends before it begins.")
			return e, false
		}
	}
	return e, ok[0] && ok[1] && ok[2] && ok[3]
}

// tighten reads the law: overlay of a constituency.
func (l *Law) tighten(v value, clock calendar.Clock) {
	m, _ := v.mapping("law")
	for _, e := range m.entries {
		f := l.figures[e.name]
		if f == nil {
			e.key.fault(didYouMean(e.name, sortedNames(l.figures)), "The law tables have no figure %q.", plain(e.name))
			continue
		}
		if f.columns != nil {
			e.key.fault("delete it", "%s is a table of the law, and a constituency cannot change it.", sentence(e.name))
			continue
		}
		items := []value{e.val}
		if !e.val.isMapping() {
			items, _ = e.val.items(e.name)
		}
		for _, item := range items {
			l.tightenOne(f, item, clock)
		}
		slices.SortStableFunc(f.Own, func(a, b LawEntry) int { return int(a.From) - int(b.From) })
	}
}

// tightenOne reads one entry of the overlay and refuses the unsafe direction.
func (l *Law) tightenOne(f *Figure, v value, clock calendar.Clock) {
	m, good := v.form(ownLawForm)
	if !good {
		return
	}
	own, ok := readLawEntry(m, f, "why", clock)
	if !ok {
		return
	}
	now, has := inForce(f.Entries, own.From)
	switch {
	case !has:
		m.get("from").fault("", "The law table has no %s on that day.", f.Name)
	case f.Kind == dataset.Length && now.Value.Unit != own.Value.Unit:
		m.get("value").fault("", "Write %s in the unit that the law has: %s.", f.Name, now.Value.Words(clock))
	case !f.stricter(own.Value, now.Value):
		m.get("value").fault("only "+f.Safe+" is safe", "The law says %s; a constituency can make %s only %s.", now.Value.Words(clock), f.Name, f.Safe)
	default:
		f.Own = append(f.Own, own)
	}
}

// nationNames are the words for nations.
var nationNames = map[string]calendar.Nation{
	"england_and_wales": calendar.EnglandAndWales, "scotland": calendar.Scotland, "northern_ireland": calendar.NorthernIreland,
}

// Nation is the word for the nation whose law and bank holidays count here.
func (c *Constituency) Nation() string {
	for _, word := range sortedNames(nationNames) {
		if nationNames[word] == c.Clock.Nation {
			return word
		}
	}
	return ""
}

// A holidayTable is bank-holidays.yaml, and what a constituency adds to it.
type holidayTable struct {
	days     map[calendar.Nation][]calendar.Date
	titles   map[holiday]string
	from, to calendar.Date
}

// A holiday is one day of one nation.
type holiday struct {
	nation calendar.Nation
	day    calendar.Date
}

// readHolidays reads the shipped table of bank holidays.
func readHolidays(v value) holidayTable {
	t := holidayTable{days: map[calendar.Nation][]calendar.Date{}, titles: map[holiday]string{}}
	m, _ := v.form(holidaysForm)
	for _, key := range holidaysForm.required() {
		if !m.get(key).there() {
			m.fault("", "The table of bank holidays must have %s.", key)
			return t
		}
	}
	t.from, _ = m.get("from").date("from")
	t.to, _ = m.get("until").date("until")
	for _, e := range m.entries {
		if nation, ok := nationNames[e.name]; ok {
			t.add(nation, e.val)
		}
	}
	return t
}

// extend adds a constituency's own file of further days, per nation or, as a
// bare list, for its own nation.
func (t *holidayTable) extend(v value, nation calendar.Nation) {
	if !v.isMapping() {
		t.add(nation, v)
		return
	}
	m, _ := v.form(ownHolidaysForm)
	for _, e := range m.entries {
		if n, ok := nationNames[e.name]; ok {
			t.add(n, e.val)
		}
	}
}

// add reads a list of a nation's days with their titles.
func (t *holidayTable) add(nation calendar.Nation, v value) {
	list, _ := v.items("holidays")
	for _, item := range list {
		m, ok := item.form(holidayForm)
		if !ok {
			continue
		}
		if d := m.get("date"); !d.there() {
			item.fault("", "A holiday must have a date.")
		} else if day, ok := d.date("date"); ok {
			t.days[nation] = append(t.days[nation], day)
			if title := m.get("title"); title.there() && t.titles != nil {
				t.titles[holiday{nation, day}], _ = title.text("title")
			}
		}
	}
}

// holidays is the table as the calendar takes it.
func (t holidayTable) holidays() calendar.Holidays {
	for _, days := range t.days {
		slices.Sort(days)
	}
	return calendar.NewHolidays(t.days, t.from, t.to)
}
