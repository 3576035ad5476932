package dataset

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// NewTable builds a table of rows, which it sorts by key. The slice stays the
// caller's; the rows become the table's and are not changed again.
func NewTable(schema *Schema, rows []*Row, imported, first time.Time, file, sheet string) *Table {
	t := &Table{Schema: schema, File: file, Sheet: sheet, Imported: imported, First: first, Rows: slices.Clone(rows)}
	byKey := func(a, b *Row) int { // and two imports of one moment by their numbers
		if c := strings.Compare(a.Key, b.Key); c != 0 {
			return c
		}
		return cmp.Compare(a.Ref, b.Ref)
	}
	if !slices.IsSortedFunc(t.Rows, byKey) {
		slices.SortStableFunc(t.Rows, byKey)
	}
	return t
}

// like gives a table of other rows of the same import, in key order already.
func (t *Table) like(rows []*Row) *Table {
	return &Table{Schema: t.Schema, File: t.File, Sheet: t.Sheet, Imported: t.Imported, First: t.First, Drawn: t.Drawn, Rows: rows,
		alsoKey: t.alsoKey, alsoRef: t.alsoRef}
}

// DrawnOn gives the table as one that is known as of a day before its import.
func (t *Table) DrawnOn(d calendar.Date) *Table {
	out := t.like(t.Rows)
	out.Drawn = d
	return out
}

// ByKey finds a record by its key, or by that of another for which it stands, or
// nil.
func (t *Table) ByKey(key string) *Row {
	i, ok := slices.BinarySearchFunc(t.Rows, key, func(r *Row, key string) int { return strings.Compare(r.Key, key) })
	if !ok {
		return t.alsoKey[key]
	}
	return t.Rows[i]
}

// ByRef finds a record by its number, or by that of another for which it stands,
// or nil. Zero is nobody's number. It may
// be called by many at once.
func (t *Table) ByRef(ref Ref) *Row {
	if ref == 0 {
		return nil
	}
	rows := t.byRef.Load()
	if rows == nil {
		rows = t.indexRefs()
		t.byRef.Store(rows)
	}
	i, ok := slices.BinarySearchFunc(*rows, ref, func(r *Row, ref Ref) int { return cmp.Compare(r.Ref, ref) })
	if !ok {
		return t.alsoRef[ref]
	}
	return (*rows)[i]
}

// indexRefs sorts the rows by number. Whoever makes the index at the same time
// makes the same one, so it does not matter whose is kept.
func (t *Table) indexRefs() *[]*Row {
	order := func(a, b *Row) int { return cmp.Compare(a.Ref, b.Ref) }
	if slices.IsSortedFunc(t.Rows, order) {
		return &t.Rows
	}
	rows := slices.Clone(t.Rows)
	slices.SortStableFunc(rows, order)
	return &rows
}

// WithRefs gives the table with numbers for its records, by key: derived
// records have none of their own until the store gives them some.
func (t *Table) WithRefs(refs map[string]Ref) *Table {
	rows := make([]*Row, len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = r
		if ref, ok := refs[r.Key]; ok && ref != r.Ref {
			numbered := *r
			numbered.Ref = ref
			rows[i] = &numbered
		}
	}
	return t.like(rows)
}

// Origin says where a cell was read. A local fact has no file and no row: it
// was recorded here.
func (t *Table) Origin(r *Row, column string) Origin {
	if r.local(column) != nil {
		return Origin{Column: column}
	}
	if p := r.place(column); p != nil {
		return Origin{File: p.File, Sheet: p.Sheet, Row: p.Line, Column: column}
	}
	if r.Line == 0 {
		return Origin{Column: column}
	}
	return Origin{File: t.File, Sheet: t.Sheet, Row: r.Line, Column: column}
}

// String says it to people: members.csv, row 12, status.
func (o Origin) String() string {
	var parts []string
	if o.File != "" {
		parts = append(parts, Plain(o.File))
	}
	if o.Sheet != "" {
		parts = append(parts, "sheet "+Plain(o.Sheet))
	}
	if o.Row != 0 {
		parts = append(parts, "row "+strconv.Itoa(o.Row))
	}
	if len(parts) == 0 {
		parts = append(parts, "recorded here")
	}
	if o.Column != "" {
		parts = append(parts, Plain(o.Column))
	}
	return strings.Join(parts, ", ")
}

// Overlay lays local facts over the imported values of records. Of several
// facts on one cell the latest holds. Each keeps what lies beneath it, so that
// a contradicting import shows. Facts on columns that the schema does not have
// are left out. Rows without facts are shared with the table beneath.
func Overlay(t *Table, facts map[Ref][]Fact) *Table {
	if t == nil || len(facts) == 0 {
		return t
	}
	rows := make([]*Row, len(t.Rows))
	for i, r := range t.Rows {
		rows[i] = r
		if list := facts[r.Ref]; len(list) > 0 && r.Ref != 0 {
			rows[i] = r.overlaid(t.Schema, list)
		}
	}
	return t.like(rows)
}

// overlaid gives the row with facts laid over its cells.
func (r *Row) overlaid(s *Schema, facts []Fact) *Row {
	over := *r
	over.Cells = make([]Value, max(len(r.Cells), len(s.Columns)))
	copy(over.Cells, r.Cells)
	over.Local = slices.Clone(r.Local)
	facts = slices.Clone(facts)
	slices.SortStableFunc(facts, func(a, b Fact) int { return a.At.Compare(b.At) })
	for _, f := range facts {
		i, ok := s.Column(f.Column)
		if !ok {
			continue
		}
		f.Was = over.imported(f.Column, i)
		over.Cells[i] = f.Value
		if old := over.local(f.Column); old != nil {
			*old = f
		} else {
			over.Local = append(over.Local, f)
		}
	}
	slices.SortFunc(over.Local, func(a, b Fact) int { return strings.Compare(a.Column, b.Column) })
	return &over
}
