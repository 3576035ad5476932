package dataset

import (
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// ChangesSchema is the shape of the derived dataset of changes of a dataset.
// Its kinds are: joined, a record not seen before; returned, one seen before
// that was away; gone, one no longer there; the new status, where the column
// status became another choice; changed, for every other column. Beside them
// stand the record's own columns, except those whose names are taken.
func ChangesSchema(of *Schema) *Schema {
	kinds := []string{"joined", "returned", "gone", "changed"}
	if i, ok := of.Column("status"); ok && of.Columns[i].Kind == Choice {
		for _, c := range of.Columns[i].Choices {
			if !slices.Contains(kinds, c) {
				kinds = append(kinds, c)
			}
		}
	}
	s := &Schema{
		Name: "changes", Singular: "change", Event: true, Email: of.Email, Branch: of.Branch,
		Key:   []string{"import", of.Singular, "kind", "column"},
		About: "What each import of " + of.Name + " changed.",
		Columns: []Column{
			{Name: "kind", Kind: Choice, Choices: kinds, About: "What happened."},
			{Name: "on", Kind: Date, About: "The day it happened, as far as the list says; otherwise the day we learned it."},
			{Name: "seen", Kind: Time, About: "When we learned it."},
			{Name: "import", Kind: Reference, Of: "imports", About: "The import that showed it."},
			{Name: of.Singular, Kind: Reference, Of: of.Name, About: "The record it happened to."},
			{Name: "column", Kind: Text, About: "The column that changed."},
			{Name: "was", Kind: Text, Class: Contact, About: "What stood there; left out for money and special columns."},
			{Name: "now", Kind: Text, Class: Contact, About: "What stands there; left out for money and special columns."},
		},
	}
	for _, c := range of.Columns {
		if _, taken := s.Column(c.Name); !taken {
			s.Columns = append(s.Columns, c)
		}
	}
	return s
}

// Changes is the derived dataset of what changed from each of several imports
// of one dataset to the next, in the order given. The first is history: it
// changes nothing, and neither does a record that came with the baseline. The
// clock tells the day of an import. Changes of special columns are not listed.
func Changes(c calendar.Clock, snapshots ...*Table) *Table {
	snapshots = slices.DeleteFunc(slices.Clone(snapshots), func(t *Table) bool { return t == nil })
	if len(snapshots) == 0 {
		return nil
	}
	last := snapshots[len(snapshots)-1]
	w := changeWriter{clock: c, schema: ChangesSchema(last.Schema), last: last}
	for i := 1; i < len(snapshots); i++ {
		w.compare(snapshots[i-1], snapshots[i])
	}
	return NewTable(w.schema, w.rows, last.Imported, snapshots[0].Imported, last.File, last.Sheet)
}

// A changeWriter makes the rows of changes.
type changeWriter struct {
	clock  calendar.Clock
	schema *Schema
	last   *Table // whose file the rows that came of it can point into
	rows   []*Row
}

// A change is one row in the making.
type change struct {
	table    *Table // that the record's columns are taken from
	record   *Row
	kind     string
	column   string
	was, now Value
	seen     time.Time
}

// compare lists what changed from one import to the next.
func (w *changeWriter) compare(before, after *Table) {
	d := Compare(before, after)
	for _, r := range d.New {
		switch {
		case !r.FirstSeen.IsZero() && r.FirstSeen.Before(after.Imported):
			w.add(change{table: after, record: r, kind: "returned", seen: after.Imported})
		case r.Baseline:
		default:
			w.add(change{table: after, record: r, kind: "joined", seen: after.Imported})
		}
	}
	for _, r := range d.Gone {
		w.add(change{table: before, record: r, kind: "gone", seen: after.Imported})
	}
	for _, ch := range d.Changed {
		for _, name := range ch.Columns {
			i, _ := before.Schema.Column(name)
			j, _ := after.Schema.Column(name)
			column := &after.Schema.Columns[j]
			row := change{table: after, record: ch.After, kind: "changed", column: name, seen: after.Imported}
			if column.Class == Special {
				continue
			}
			if column.Class < Financial {
				row.was, row.now = ch.Before.imported(name, i), ch.After.imported(name, j)
			}
			if name == "status" && column.Kind == Choice && slices.Contains(column.Choices, row.now.S) {
				row.kind = row.now.S
			}
			w.add(row)
		}
	}
}

// add makes a row.
func (w *changeWriter) add(ch change) {
	imported := ImportKey(ch.table.Schema.Name, ch.seen)
	key := imported + "/" + ch.record.Key + "/" + ch.kind
	if ch.column != "" {
		key += "/" + ch.column
	}
	row := &Row{Key: key, FirstSeen: ch.seen, Changed: ch.seen, Cells: make([]Value, len(w.schema.Columns))}
	if ch.table == w.last {
		row.Line = ch.record.Line
	}
	own := [...]Value{
		ChoiceValue(ch.kind), DateValue(w.on(ch)), TimeValue(ch.seen), ReferenceValue(imported), ReferenceValue(ch.record.Key),
		TextValue(ch.column), TextValue(ch.was.Words(w.clock)), TextValue(ch.now.Words(w.clock)),
	}
	copy(row.Cells, own[:])
	for i := len(own); i < len(row.Cells); i++ {
		name := w.schema.Columns[i].Name
		if j, ok := ch.table.Schema.Column(name); ok {
			row.Cells[i] = ch.record.cell(j)
		}
	}
	for _, p := range ch.record.Problems {
		if i, ok := w.schema.Column(p.Column); ok && i >= len(own) {
			row.Problems = append(row.Problems, p)
		}
	}
	w.rows = append(w.rows, row)
}

// on gives the day of a change: the date that the record itself gives for it
// (joined, arrears_since, resigned_on), or the day of the import.
func (w *changeWriter) on(ch change) calendar.Date {
	for _, name := range [...]string{ch.kind, ch.kind + "_since", ch.kind + "_on"} {
		if i, ok := ch.table.Schema.Column(name); ok {
			if v := ch.record.cell(i); v.Kind == Date {
				return v.AsDate()
			}
		}
	}
	return w.clock.Day(ch.seen)
}
