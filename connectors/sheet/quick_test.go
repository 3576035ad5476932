package sheet

import (
	"fmt"
	"reflect"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// TestQuickCells holds the quick look at a cell and the close one together, for
// columns of every kind.
func TestQuickCells(t *testing.T) {
	t.Parallel()
	schema, clock := members(), london(t)
	cells := rapid.OneOf(rapid.StringMatching(`[0-3][0-9]/[01][0-9]/(19|20)[0-9]{2}`), rapid.StringMatching(`(19|20)[0-9]{2}-[01][0-9]-[0-3][0-9]`),
		rapid.StringMatching(`[0-3][0-9]/[01][0-9]/20[0-9]{2}[ T][0-2][0-9]:[0-5][0-9]`), rapid.StringMatching(`(£|-)?[0-9]{1,4}([.,][0-9]{1,3})?`),
		rapid.StringMatching(`(0|00|\+|44)[0-9 ]{8,15}`), rapid.StringMatching(`[a-z.]{1,5}@[a-z.]{1,5}\.(org|con)`),
		rapid.SampledFrom([]string{"Yes", "no", "1", "0", "n/a", "none", "-", "7 days", "active", "North", "Lee Example", "1.2E+05", "29/03/2026 01:30", "25/10/2026 01:30", "'0123", "=1", "#N/A"}),
		rapid.StringMatching(`[A-Za-z0-9#='.+E -]{1,9}`))
	rapid.Check(t, func(r *rapid.T) {
		order := rapid.SampledFrom([]order{undecided, dayFirst, monthFirst}).Draw(r, "order")
		quick, slow := newTyper(schema, clock, 2026, order, make([]int, len(schema.Columns))), newTyper(schema, clock, 2026, order, make([]int, len(schema.Columns)))
		i := rapid.IntRange(0, len(schema.Columns)-1).Draw(r, "column")
		a, b := &quick.cols[i], &slow.cols[i]
		s := trim(cells.Draw(r, "cell"))
		if s == "" {
			return
		}
		if memory := rapid.Bool().Draw(r, "again"); memory && (a.kind == dataset.Choice || a.kind == dataset.Length || a.kind == dataset.Reference) {
			var first dataset.Value
			if why, _ := quick.read(a, s, &first); why == "" {
				*a.before(s) = meant{s, first}
			}
		}
		var v, w dataset.Value
		if !quick.quick(a, s, true, &v) {
			return
		}
		why, unsure := slow.read(b, s, &w)
		if v != w || why != "" || unsure || slow.note != "" {
			r.Fatalf("%s %q is %+v, and at a closer look %+v (%s, unsure %t, %s)", a.name, s, v, w, why, unsure, slow.note)
		}
		if !reflect.DeepEqual(a.dates, b.dates) {
			r.Fatalf("%q proves %+v, and at a closer look %+v", s, a.dates, b.dates)
		}
	})
}

// TestMemoryOfARow bounds what a row takes: beyond its text, its cells when it is
// read, and next to nothing when it is only looked at.
func TestMemoryOfARow(t *testing.T) {
	schema, clock := members(), london(t)
	took := func(rows int, read func(data []byte)) uint64 {
		data := export(rows)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		read(data)
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	perRow := func(read func(data []byte)) uint64 {
		const few, many = 2_000, 12_000
		return (took(many, read) - min(took(many, read), took(few, read))) / (many - few)
	}
	reading := perRow(func(data []byte) {
		if _, err := ReadBytes("list.csv", data, changedOn, Spec{}, schema, clock); err != nil {
			t.Fatal(err)
		}
	})
	looking := perRow(func(data []byte) {
		var l Look
		if err := l.read(data, Spec{}, nil, nil, clock); err != nil {
			t.Fatal(err)
		}
	})
	cells := uint64(32 * len(schema.Columns))
	if said := fmt.Sprintf("%d bytes a row read, %d looked at; its cells take %d", reading, looking, cells); reading > cells+200 || looking > 200 {
		t.Error(said)
	}
}
