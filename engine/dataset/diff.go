package dataset

import "strings"

// A Difference is what a new import of a dataset changes. Rows are in key order.
type Difference struct {
	New     []*Row    // of after
	Gone    []*Row    // of before
	Changed []Changed // in both, with another value somewhere
	Same    int       // in both, and equal
}

// A Changed record, before and after.
type Changed struct {
	Before, After *Row
	Columns       []string // in the order of the schema after
}

// Compare finds the records that are new, gone or changed from one table to
// another. It compares what files said: local facts count neither way. Only
// columns that both schemas have, of the same kind, are compared, so that a
// column added to a schema changes nobody. Either table may be nil, as one of
// no rows. Of several rows with one key the first is taken.
func Compare(before, after *Table) Difference {
	var d Difference
	pairs := shared(before, after)
	old, now := rowsOf(before), rowsOf(after)
	for len(old) > 0 || len(now) > 0 {
		order := 0
		switch {
		case len(old) == 0:
			order = 1
		case len(now) == 0:
			order = -1
		default:
			order = strings.Compare(old[0].Key, now[0].Key)
		}
		switch {
		case order < 0:
			d.Gone = append(d.Gone, old[0])
			old = next(old)
		case order > 0:
			d.New = append(d.New, now[0])
			now = next(now)
		default:
			if columns := differing(pairs, old[0], now[0]); len(columns) > 0 {
				d.Changed = append(d.Changed, Changed{Before: old[0], After: now[0], Columns: columns})
			} else {
				d.Same++
			}
			old, now = next(old), next(now)
		}
	}
	return d
}

// rowsOf gives the rows of a table that may be nil.
func rowsOf(t *Table) []*Row {
	if t == nil {
		return nil
	}
	return t.Rows
}

// next passes over the first row and all others of its key.
func next(rows []*Row) []*Row {
	i := 1
	for i < len(rows) && rows[i].Key == rows[0].Key {
		i++
	}
	return rows[i:]
}

// A pair is a column that two schemas have.
type pair struct {
	name        string
	before, now int
}

// shared gives the columns that both tables have, of the same kind.
func shared(before, after *Table) []pair {
	if before == nil || after == nil {
		return nil
	}
	var out []pair
	for i := range after.Schema.Columns {
		c := &after.Schema.Columns[i]
		if j, ok := before.Schema.Column(c.Name); ok && before.Schema.Columns[j].Kind == c.Kind {
			out = append(out, pair{c.Name, j, i})
		}
	}
	return out
}

// differing gives the columns on which two rows differ.
func differing(pairs []pair, before, after *Row) []string {
	var out []string
	for _, p := range pairs {
		a, b := before.imported(p.name, p.before), after.imported(p.name, p.now)
		if a != b && !alike(a, b) {
			out = append(out, p.name)
		}
	}
	return out
}

// alike says whether two values are the same to a reader of the file: blanks
// are, and so are persons written alike, whoever they were matched with.
func alike(a, b Value) bool {
	if a.IsBlank() || b.IsBlank() {
		return a.IsBlank() && b.IsBlank()
	}
	return a.Kind == Person && b.Kind == Person && a.S == b.S
}
