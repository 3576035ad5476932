package engine

import (
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A merging lays the records of a file over those that are held.
type merging struct {
	*Import
	schema  *dataset.Schema
	before  *dataset.Table // what is held, as files said it; nil: nothing
	current *dataset.Table // with what officers recorded over it
	old     []*dataset.Row // what is held of each record of the file; nil: nothing
	taken   []bool         // which of the rows held the file has
	back    map[string]*dataset.Row
	refs    map[string]dataset.Ref // of the keys of which nothing is held
	now     time.Time
	was     calendar.Date // the day as of which what is held is
	day     calendar.Date // and that of the file
	clock   calendar.Clock
	theirs  map[string]*dataset.Dispute // of records that the file does not have
	unread  calendar.Date               // see unreadSince; 0: nobody new can be one of those
}

// match finds what is held of each record of the file, and gives the keys of
// which nothing is, in order. Files often have their records in the order of the
// last list, so the next of that is looked at first.
func (m *merging) match() []string {
	records := m.Reading.Records
	m.old = make([]*dataset.Row, len(records))
	var held []*dataset.Row
	if m.before != nil {
		held = m.before.Rows
	}
	m.taken = make([]bool, len(held))
	var unheld []string
	next := 0
	for i := range records {
		key := records[i].Key
		if next >= len(held) || held[next].Key != key {
			at, ok := slices.BinarySearchFunc(held, key, func(r *dataset.Row, key string) int { return strings.Compare(r.Key, key) })
			if !ok {
				unheld = append(unheld, key)
				continue
			}
			next = at
		}
		m.old[i], m.taken[next] = held[next], true
		next++
	}
	slices.Sort(unheld)
	return unheld
}

// merge gives the rows of the table that the import makes, once it is known
// what is held and what is not.
func (m *merging) merge() []*dataset.Row {
	rows := make([]*dataset.Row, 0, len(m.Reading.Records))
	for i, old := range m.old {
		rec := &m.Reading.Records[i]
		ref := m.refs[rec.Key]
		if old != nil {
			ref = old.Ref
		}
		if ref == 0 {
			m.Erased++
			continue
		}
		rows = append(rows, m.row(rec, ref, old))
	}
	refused := map[string]bool{}
	for _, r := range m.Reading.Refused {
		if r.Key != "" {
			refused[r.Key] = true
		}
	}
	rows = m.disputes(rows)
	for i, taken := range m.taken {
		if taken {
			continue
		}
		held := m.before.Rows[i]
		if r := m.absent(held, refused[held.Key]); r != nil {
			rows = append(rows, r)
		}
	}
	sort.Strings(m.New)
	sort.Strings(m.History)
	sort.Strings(m.Changed)
	return rows
}

// row is a record of the file over what is held of it, if anything is.
func (m *merging) row(rec *dataset.Record, ref dataset.Ref, old *dataset.Row) *dataset.Row {
	row := &dataset.Row{Ref: ref, Key: rec.Key, FirstSeen: m.now, Changed: m.now, Baseline: m.Baseline,
		Line: rec.Line, Cells: rec.Cells, Problems: rec.Problems}
	if old == nil {
		m.New = append(m.New, rec.Key)
		if was := m.back[rec.Key]; was != nil {
			row.FirstSeen, row.Baseline = was.FirstSeen, was.Baseline
		} else if m.wasUnreadable(row) {
			row.Baseline = true
			m.History = append(m.History, rec.Key)
		}
		return row
	}
	row.FirstSeen, row.Baseline = old.FirstSeen, old.Baseline
	if !m.Full {
		m.keepOthers(old, row)
	}
	row.Dispute = m.disputed(row, old)
	if sameCells(old, row) {
		row.Changed = old.Changed
	} else {
		m.Changed = append(m.Changed, rec.Key)
	}
	return row
}

// wasUnreadable reports whether a new record may have stood in a row of the first
// list that could not be read: it joined before that was drawn, or does not say.
// Nobody knows, so it is history, as all of that list is, and is not welcomed.
func (m *merging) wasUnreadable(r *dataset.Row) bool {
	i, ok := m.schema.Column("joined")
	if m.unread == 0 || !ok {
		return false
	}
	if i >= len(r.Cells) || r.Cells[i].Kind != dataset.Date {
		return true
	}
	return r.Cells[i].AsDate() <= m.unread
}

// absent is a record that is held and that the file does not have, as it is held
// on; nil: it is gone. Absent is not left: a part of a list makes nobody missing,
// and from the whole of it a record must be missing several times, unless it said
// itself that it is leaving.
func (m *merging) absent(r *dataset.Row, refused bool) *dataset.Row {
	switch {
	case refused:
		m.Doubtful = append(m.Doubtful, r.Key)
		return m.before.Refused(r, m.was)
	case !m.Full || m.theirs[r.Key] != nil:
		m.Kept++
		kept := m.before.Kept(r, m.was)
		if dataset.OtherSource(m.before.SourceOf(r).File, m.Reading.File) {
			kept.Dispute = m.theirs[r.Key]
		}
		return kept
	}
	missing, known := m.before.Missing(r, m.was, m.day), r
	if over := m.current.ByRef(r.Ref); over != nil {
		known = over
	}
	if missing.Absence.Lists >= m.After || m.schema.Left(known) {
		m.Gone = append(m.Gone, r.Key)
		return nil
	}
	m.Missing = append(m.Missing, r.Key)
	m.Times = max(m.Times, missing.Absence.Lists)
	return missing
}

// keepOthers leaves in a record what is held in the columns that a part of the
// list does not have: a report of whose payments stopped has no addresses, and
// takes none away.
func (m *merging) keepOthers(old, row *dataset.Row) {
	row.Cells = slices.Clone(row.Cells) // what was read is looked at again when it is taken
	row.Problems = slices.Clone(row.Problems)
	var kept []string
	for i, c := range m.schema.Columns {
		if m.Reading.Columns[c.Name] != "" || i >= len(row.Cells) || i >= len(old.Cells) || !row.Cells[i].IsBlank() ||
			slices.ContainsFunc(row.Problems, func(p dataset.Problem) bool { return p.Column == c.Name }) {
			continue
		}
		kept = append(kept, c.Name)
		row.Cells[i] = old.Cells[i]
		for _, p := range old.Problems {
			if p.Column == c.Name {
				row.Problems = append(row.Problems, p)
			}
		}
	}
	row.Places = m.before.Mixed(old, m.was, kept)
}

func sameCells(a, b *dataset.Row) bool {
	if len(a.Cells) != len(b.Cells) || len(a.Problems) != len(b.Problems) {
		return false
	}
	if len(a.Cells) > 0 && &a.Cells[0] == &b.Cells[0] { // they are held once
		return true
	}
	for i := range a.Cells {
		if !sameCell(a.Cells[i], b.Cells[i]) {
			return false
		}
	}
	return true
}

// sameCell reports whether two cells say the same: whom a person was matched with
// is not in the file.
func sameCell(x, y dataset.Value) bool {
	if x.Kind == dataset.Person {
		x.N, y.N = 0, 0
	}
	return x == y
}
