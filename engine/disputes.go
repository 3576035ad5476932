package engine

import (
	"cmp"
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// movedDays is how many days an event in one source may be from that in another and
// be the same one: fewer than lie between the meetings of a month.
const movedDays = 20

// disputes finds which events of the file another source has on other days, and
// gives the rows that stay. They are found anew with every file: when the sources
// agree, nothing is left of a dispute.
func (m *merging) disputes(rows []*dataset.Row) []*dataset.Row {
	m.theirs = map[string]*dataset.Dispute{}
	if m.before == nil || !m.schema.Disputable() {
		return rows
	}
	type couple struct {
		ours, theirs *dataset.Row
		apart        int
	}
	var all []couple
	for _, r := range rows {
		if m.schema.When(r).IsBlank() {
			continue
		}
		for i, o := range m.before.Rows { // what the file has no longer, or never had
			if !m.taken[i] && dataset.OtherSource(m.before.SourceOf(o).File, m.Reading.File) && !m.schema.When(o).IsBlank() && m.schema.SameEvent(r, o) {
				if n := dataset.Apart(m.clock, m.schema.When(r), m.schema.When(o)); n <= movedDays {
					all = append(all, couple{r, o, n})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b couple) int {
		return cmp.Or(cmp.Compare(a.apart, b.apart), cmp.Compare(a.ours.Key, b.ours.Key), cmp.Compare(a.theirs.Key, b.theirs.Key))
	})
	taken := map[*dataset.Row]bool{}
	for _, c := range all { // a monthly meeting is that of its own month
		if taken[c.ours] || taken[c.theirs] {
			continue
		}
		taken[c.ours], taken[c.theirs] = true, true
		from := m.before.SourceOf(c.theirs)
		if dataset.Agree(m.clock, m.schema.When(c.ours), m.schema.When(c.theirs)) {
			if !m.Full { // of the whole list it stays, and the other goes
				rows = m.passOver(rows, c.ours, from)
			}
			continue
		}
		c.ours.Dispute = &dataset.Dispute{Place: from, Key: c.theirs.Key, When: m.schema.When(c.theirs)}
		m.theirs[c.theirs.Key] = &dataset.Dispute{Place: dataset.Place{File: m.Reading.File, Sheet: m.Reading.Sheet, Line: c.ours.Line},
			Key: c.ours.Key, When: m.schema.When(c.ours)}
	}
	for _, r := range rows {
		m.tell(r)
	}
	return rows
}

// passOver leaves out an event of a part that another source has already, on the
// same day under a key of its own: once is enough.
func (m *merging) passOver(rows []*dataset.Row, r *dataset.Row, from dataset.Place) []*dataset.Row {
	other := func(key string) bool { return key == r.Key }
	m.New, m.Changed = slices.DeleteFunc(m.New, other), slices.DeleteFunc(m.Changed, other)
	m.Disputed = append(m.Disputed, Label(m.schema, r)+", "+m.schema.When(r).Words(m.clock)+": it is held already, from "+
		dataset.Plain(from.File)+", and is not taken a second time")
	return slices.DeleteFunc(rows, func(x *dataset.Row) bool { return x == r })
}

// tell notes what the dispute of an event is, if it has one.
func (m *merging) tell(r *dataset.Row) {
	if r.Dispute != nil {
		m.Disputed = append(m.Disputed, Label(m.schema, r)+", "+m.schema.When(r).Words(m.clock)+": "+r.Dispute.Words(m.clock))
	}
}

// disputed is the dispute of an event that the file has under the key under which
// it is held: with what another source said of it, now or before.
func (m *merging) disputed(row, old *dataset.Row) *dataset.Dispute {
	if !m.schema.Disputable() {
		return nil
	}
	now, was, from := m.schema.When(row), m.schema.When(old), m.before.SourceOf(old)
	if dataset.OtherSource(from.File, m.Reading.File) {
		if was.IsBlank() || now.IsBlank() || dataset.Agree(m.clock, now, was) {
			return nil
		}
		return &dataset.Dispute{Place: from, When: was}
	}
	if d := old.Dispute; d != nil && d.Key == "" && !dataset.Agree(m.clock, now, d.When) {
		return d
	}
	return nil
}
