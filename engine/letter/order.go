package letter

import (
	"cmp"
	"math"
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// rowsName is the list that a step shows: it is sorted by its columns already.
const rowsName = "rows"

// inTime puts the records of a list in the order in which people expect them:
// what happens at some time by the first column that holds a day or a time and
// is filled, persons by their names; then, and where there is neither, by key.
// Those without come last.
func (r *renderer) inTime(v val) val {
	s := v.term.Schema
	if v.path == rowsName || s == nil || len(v.term.Rows) < 2 {
		return v
	}
	const last = "\U0010ffff"
	place := func(row *dataset.Row) (int64, string) {
		for i := range s.Columns {
			cell, _ := row.Get(s, s.Columns[i].Name)
			switch {
			case s.Person && s.Columns[i].Name == "name":
				return 0, cmp.Or(cell.S, last)
			case s.Person || cell.IsBlank():
			case cell.Kind == dataset.Date:
				return r.clock.AtHour(cell.AsDate()).UnixMicro(), ""
			case cell.Kind == dataset.Time:
				return cell.N, ""
			}
		}
		return math.MaxInt64, ""
	}
	v.term.Rows = slices.Clone(v.term.Rows)
	slices.SortStableFunc(v.term.Rows, func(a, b *dataset.Row) int {
		x, name := place(a)
		y, other := place(b)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(name, other))
	})
	return v
}

// RoleTitles is the name by which a letter asks what roles are called: their
// titles by their ids. No playbook can give it.
const RoleTitles = "role titles"

// title is what people call a role; other words stay as they are.
func (r *renderer) title(v dataset.Value, words string) string {
	titles, asked := r.known[RoleTitles]
	if !asked {
		titles = r.names(RoleTitles)
		r.known[RoleTitles] = titles
	}
	if t, ok := titles.Fields[v.S]; ok {
		return r.words(t.Value)
	}
	return words
}
