package dataset

import (
	"cmp"
	"maps"
	"slices"
)

// A Human is what is known of one person behind several records.
type Human struct {
	Refs  []Ref          // of the records, in any order
	Keys  map[Ref]string // of records of persons, those of former lists too
	Facts map[Ref][]Fact // local facts on records that stand in no list any more
	Died  bool           // it was said so of one of them, once
}

// deceased is the status of somebody who has died.
const deceased = "deceased"

// AsOne shows each person once. Of several records of a person in one list one
// stands for all, and answers to the keys and the numbers of the others; what
// officers noted of any of them is laid over it where its own list says nothing;
// and if one of them has died, it has. Elsewhere whoever is named by another
// number is named by this one, unless the record was said to be of somebody else
// (apart, which may be nil). The tables themselves are not changed.
func AsOne(tables Tables, humans []Human, apart func(record, person Ref) bool) Tables {
	out := maps.Clone(tables)
	o := oner{byRef: map[Ref]*Row{}, byKey: map[string]*Row{}, apart: apart}
	for _, name := range tablesInOrder(tables) {
		if t := tables[name]; t.Schema.Person {
			out[name] = o.fold(t, humans)
		}
	}
	if len(o.byRef) == 0 {
		return out
	}
	for _, name := range tablesInOrder(tables) {
		if t := tables[name]; !t.Schema.Person {
			out[name] = o.rename(t)
		}
	}
	return out
}

// An oner knows which row stands for whom.
type oner struct {
	byRef map[Ref]*Row    // by every number of a person, and of the records that name them
	byKey map[string]*Row // by every key, folded
	apart func(record, person Ref) bool
}

// fold leaves one row for each person.
func (o *oner) fold(t *Table, humans []Human) *Table {
	hidden, instead := map[*Row]bool{}, map[*Row]*Row{}
	names := map[string]*Row{}
	numbers := map[Ref]*Row{}
	for _, h := range humans {
		var present []*Row
		for _, ref := range h.Refs {
			if r := t.ByRef(ref); r != nil {
				present = append(present, r)
			}
		}
		if len(present) == 0 {
			continue
		}
		slices.SortFunc(present, func(a, b *Row) int { return standing(t.Schema, a, b) })
		own := present[0]
		row := h.whole(t.Schema, own, present[1:])
		instead[own] = row
		for _, r := range present[1:] {
			hidden[r] = true
			names[r.Key] = row
		}
		for _, ref := range h.Refs {
			o.byRef[ref], numbers[ref] = row, row
			if key := h.Keys[ref]; key != "" {
				o.byKey[fold(key)] = row
				names[key] = row
			}
		}
	}
	if len(instead) == 0 {
		return t
	}
	var rows []*Row
	for _, r := range t.Rows {
		switch {
		case hidden[r]:
		case instead[r] != nil:
			rows = append(rows, instead[r])
		default:
			rows = append(rows, r)
		}
	}
	out := t.like(rows)
	out.alsoKey, out.alsoRef = names, numbers
	return out
}

// standing orders the records of one person by which of them stands for all: one
// that is in force before one that is not or that the last list did not have, and
// the newest of those.
func standing(s *Schema, a, b *Row) int {
	rank := func(r *Row) int {
		if r.Absence != nil {
			return 6
		}
		status := cells{s, r}.text("status")
		if i := slices.Index([]string{"suspended", "active", "provisional", "arrears", ""}, status); i >= 0 {
			return i
		}
		return 5
	}
	return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(b.Ref, a.Ref))
}

// whole lays over a record what is known of the person from the others.
func (h Human) whole(s *Schema, own *Row, others []*Row) *Row {
	var facts []Fact
	died := h.Died
	for _, ref := range h.Refs {
		if ref != own.Ref {
			facts = append(facts, h.Facts[ref]...)
		}
	}
	for _, r := range others {
		facts = append(facts, r.Local...)
		died = died || cells{s, r}.text("status") == deceased
	}
	facts = slices.DeleteFunc(slices.Clone(facts), func(f Fact) bool {
		if slices.Contains(s.Key, f.Column) || f.Value.IsBlank() {
			return true
		}
		if mine := own.local(f.Column); mine != nil {
			return !f.At.After(mine.At)
		}
		return !(cells{s, own}).value(f.Column).IsBlank()
	})
	if _, has := s.Column("status"); has && died && (cells{s, own}).text("status") != deceased {
		last := own.Changed
		for _, f := range append(slices.Clone(facts), own.Local...) {
			if f.At.After(last) {
				last = f.At
			}
		}
		facts = append(facts, Fact{Column: "status", Value: ChoiceValue(deceased), By: "clarion", At: last})
	}
	if len(facts) == 0 {
		return own
	}
	return own.overlaid(s, facts)
}

// rename gives a table in which the people who are one go by the number that
// stands for them. A record that was said to name one of them names that one,
// and so does every record that says the same of whom it names, unless that was
// said of two.
func (o *oner) rename(t *Table) *Table {
	p := newProfiler(t.Schema)
	marks, torn := map[string]*Row{}, map[string]bool{}
	if p != nil {
		for _, r := range t.Rows {
			if to := o.byRef[r.Ref]; to != nil {
				if who := p.profile(r); who != nil {
					mark := who.mark()
					torn[mark] = torn[mark] || marks[mark] != nil && marks[mark] != to
					marks[mark] = to
				}
			}
		}
	}
	var rows []*Row
	changed := false
	for _, r := range t.Rows {
		row := o.renamed(t.Schema, r)
		if len(marks) > 0 {
			if who := p.profile(row); who != nil {
				to := o.byRef[r.Ref] // what was said of this very record goes first
				if mark := who.mark(); to == nil && !torn[mark] {
					to = marks[mark]
				}
				if to != nil && (o.apart == nil || !o.apart(r.Ref, to.Ref)) {
					i, _ := t.Schema.Column(p.person)
					row = with(row, r, i, PersonValue(cmp.Or((cells{t.Schema, r}).text(p.person), who.Name), to.Ref))
				}
			}
		}
		rows, changed = append(rows, row), changed || row != r
	}
	if !changed {
		return t
	}
	return t.like(rows)
}

// renamed gives a row with the numbers of those who stand for others.
func (o *oner) renamed(s *Schema, r *Row) *Row {
	row := r
	for i, c := range s.Columns {
		if i >= len(r.Cells) {
			break
		}
		v := r.Cells[i]
		var to *Row
		switch {
		case v.Kind == Person && v.N != 0:
			to = o.byRef[Ref(v.N)]
		case v.Kind == Person || v.Kind == Reference && c.Of == "members":
			to = o.byKey[fold(v.S)]
		}
		if to == nil {
			continue
		}
		if v.Kind == Person {
			v.N = int64(to.Ref)
		} else {
			v.S = to.Key
		}
		if v != r.Cells[i] {
			row = with(row, r, i, v)
		}
	}
	return row
}

// with gives a row with another cell; the one that was read stays as it is.
func with(row, read *Row, i int, v Value) *Row {
	if row == read {
		c := *read
		c.Cells = slices.Clone(read.Cells)
		row = &c
	}
	for len(row.Cells) <= i {
		row.Cells = append(row.Cells, Value{})
	}
	row.Cells[i] = v
	return row
}

// NamesOne tells whether the records of a dataset are persons, or each names one.
func (s *Schema) NamesOne() bool { return newProfiler(s) != nil }

// WhoIs gives what a record calls the person that it is or names.
func (s *Schema) WhoIs(r *Row) string {
	if p := newProfiler(s); p != nil {
		return p.name(cells{s, r})
	}
	return ""
}
