package dataset

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// The kinds of changes that are no choice of the column status.
const (
	kindJoined        = "joined"          // not seen before
	kindTransferredIn = "transferred_in"  // not seen before, and a member elsewhere for long
	kindRejoined      = "rejoined"        // gone, and there again; or left, and joined anew
	kindReinstated    = "reinstated"      // left or suspended, and in its place again
	kindRenewed       = "renewed"         // behind with payments, and no longer
	kindBranch        = "branch_changed"  // the column of the branch
	kindAddress       = "address_changed" // the columns address and postcode
	kindDisappeared   = "disappeared"     // no longer there, and it did not say why
	kindGone          = "gone"            // no longer there, as it had said itself
	kindChanged       = "changed"         // every other column
)

// settledElsewhere is how many days before we learned of it a membership must
// have begun for it to have begun elsewhere.
const settledElsewhere = 90

// ChangesSchema is the shape of the derived dataset of changes of a dataset.
// Where the column status became another choice that is no return, the kind is
// that choice. Beside the kinds stand the record's own columns, except those
// whose names are taken.
func ChangesSchema(of *Schema) *Schema {
	kinds := []string{kindJoined, kindTransferredIn, kindRejoined, kindReinstated, kindRenewed, kindBranch, kindAddress, kindDisappeared, kindGone, kindChanged}
	if i, ok := of.Column("status"); ok && of.Columns[i].Kind == Choice {
		for _, c := range of.Columns[i].Choices {
			if !slices.Contains(kinds, c) {
				kinds = append(kinds, c)
			}
		}
	}
	s := &Schema{
		Name: "changes", Singular: "change", Event: true, Email: of.Email, Branch: of.Branch,
		Key:   []string{of.Singular, "kind", "column", "on"},
		About: "What each import of " + of.Name + " changed.",
		Columns: []Column{
			{Name: "kind", Kind: Choice, Choices: kinds, About: "What happened."},
			{Name: "on", Kind: Date, About: "The day it happened, as far as the list says; otherwise the day we learned it."},
			{Name: "seen", Kind: Time, About: "When we learned it."},
			{Name: "import", Kind: Reference, Of: "imports", About: "The import that showed it."},
			{Name: "previous", Kind: Reference, Of: "imports", About: "The import before that, in which it was otherwise."},
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
	w := changeWriter{clock: c, schema: ChangesSchema(last.Schema)}
	for i := 1; i < len(snapshots); i++ {
		w.before, w.after = snapshots[i-1], snapshots[i]
		w.compare()
	}
	return NewTable(w.schema, TellApart(w.rows), last.Imported, snapshots[0].Imported, last.File, last.Sheet)
}

// TellApart gives changes, in the order in which they came, keys of their own. A
// key is made of what changed and not of when we learned it, so that a list that
// is withdrawn and imported again brings the same changes; what happened to a
// record twice is numbered.
func TellApart(rows []*Row) []*Row {
	out := make([]*Row, len(rows))
	times := make(map[string]int, len(rows))
	for i, r := range rows {
		out[i] = r
		if times[r.Key]++; times[r.Key] > 1 {
			again := *r
			again.Key += "/" + strconv.Itoa(times[r.Key])
			out[i] = &again
		}
	}
	return out
}

// A changeWriter makes the rows of changes.
type changeWriter struct {
	clock         calendar.Clock
	schema        *Schema
	before, after *Table
	rows          []*Row
}

// A change is one row in the making.
type change struct {
	table    *Table // that the record's columns are taken from
	record   *Row
	kind     string
	column   string
	was, now Value
}

// compare lists what changed from one import to the next.
func (w *changeWriter) compare() {
	d := Compare(w.before, w.after)
	for _, r := range d.New {
		switch {
		case !r.FirstSeen.IsZero() && r.FirstSeen.Before(w.after.Imported):
			w.add(change{table: w.after, record: r, kind: kindRejoined})
		case r.Baseline:
		case w.date(r, "joined") != 0 && w.date(r, "joined") < w.clock.Day(w.after.Imported).AddDays(-settledElsewhere):
			w.add(change{table: w.after, record: r, kind: kindTransferredIn})
		default:
			w.add(change{table: w.after, record: r, kind: kindJoined})
		}
	}
	for _, r := range d.Gone {
		kind := kindDisappeared
		if w.before.Schema.Left(r) {
			kind = kindGone
		}
		w.add(change{table: w.before, record: r, kind: kind})
	}
	for _, ch := range d.Changed {
		for _, name := range ch.Columns {
			w.column(ch, name)
		}
	}
}

// date is a day that a record of the later list gives, or 0.
func (w *changeWriter) date(r *Row, column string) calendar.Date {
	if i, ok := w.after.Schema.Column(column); ok && r.cell(i).Kind == Date {
		return r.cell(i).AsDate()
	}
	return 0
}

// column lists what became of one column of a record.
func (w *changeWriter) column(ch Changed, name string) {
	i, _ := w.before.Schema.Column(name)
	j, _ := w.after.Schema.Column(name)
	column := &w.after.Schema.Columns[j]
	if column.Class == Special {
		return
	}
	row := change{table: w.after, record: ch.After, kind: kindChanged, column: name}
	if column.Class < Financial {
		row.was, row.now = ch.Before.imported(name, i), ch.After.imported(name, j)
	}
	switch {
	case name == "status" && column.Kind == Choice && slices.Contains(column.Choices, row.now.S):
		row.kind = w.status(ch, row.was.S, row.now.S)
	case name == w.after.Schema.Branch:
		row.kind = kindBranch
	case name == "address" || name == "postcode":
		row.kind = kindAddress
	}
	w.add(row)
}

// status is the kind of a change of status: the new one, where it is no return.
func (w *changeWriter) status(ch Changed, was, now string) string {
	left := w.after.Schema.GoneAs
	switch {
	case now != "active" && now != "provisional":
		return now
	case was == "arrears":
		return kindRenewed
	case slices.Contains(left, was) && w.date(ch.After, "joined") > w.date(ch.Before, "joined"):
		return kindRejoined
	case slices.Contains(left, was) || was == "suspended":
		return kindReinstated
	}
	return now
}

// add makes a row.
func (w *changeWriter) add(ch change) {
	seen := w.after.Imported
	on, said := w.on(ch)
	key := ch.record.Key + "/" + ch.kind
	switch {
	case ch.kind == kindTransferredIn: // a week earlier it may have been no more than joined
		key = ch.record.Key + "/" + kindJoined + "/" + w.date(ch.record, "joined").String()
	case ch.column != "":
		key += "/" + ch.column
	}
	if said {
		key += "/" + on.String()
	}
	if ch.was.Kind != Blank || ch.now.Kind != Blank {
		sum := sha256.Sum256([]byte(ch.was.Words(w.clock) + "\x00" + ch.now.Words(w.clock)))
		key += "/" + fmt.Sprintf("%x", sum[:6])
	}
	row := &Row{Key: key, FirstSeen: seen, Changed: seen, Cells: make([]Value, len(w.schema.Columns)),
		Places: ch.table.Kept(ch.record, 0).Places}
	name := ch.table.Schema.Name
	own := [...]Value{
		ChoiceValue(ch.kind), DateValue(on), TimeValue(seen), ReferenceValue(ImportKey(name, seen)),
		ReferenceValue(ImportKey(name, w.before.Imported)), ReferenceValue(ch.record.Key),
		TextValue(ch.column), TextValue(ch.was.Words(w.clock)), TextValue(ch.now.Words(w.clock)),
	}
	copy(row.Cells, own[:])
	for i := len(own); i < len(row.Cells); i++ {
		if j, ok := ch.table.Schema.Column(w.schema.Columns[i].Name); ok {
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

// on gives the day of a change and whether the lists say it: the date that the
// record itself gives for it (joined, arrears_since, resigned_on), the day of the
// first list without it, or else the day of the import.
func (w *changeWriter) on(ch change) (on calendar.Date, said bool) {
	names := []string{ch.kind, ch.kind + "_since", ch.kind + "_on"}
	if ch.kind == kindRejoined && ch.column == "status" {
		names = append(names, kindJoined)
	}
	for _, name := range names {
		if i, ok := ch.table.Schema.Column(name); ok {
			if v := ch.record.cell(i); v.Kind == Date {
				return v.AsDate(), true
			}
		}
	}
	if a := ch.record.Absence; a != nil && a.Lists > 0 && (ch.kind == kindDisappeared || ch.kind == kindGone) {
		return a.Since, true
	}
	return w.clock.Day(w.after.Imported), false
}
