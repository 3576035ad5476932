package condition

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Cells are what Explain shows, in its order, whatever is blank.
func TestCellsAreThoseOfExplain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		source := drawCondition(t, 3)
		e, faults := sampleScope().Compile(source)
		if len(faults) > 0 {
			t.Fatalf("%s\n%s", source, showFaults(source, faults))
		}
		for _, r := range w.Tables["members"].Rows {
			vars := of(w, r)
			var want []dataset.Cell
			var walk func(Explanation)
			walk = func(x Explanation) {
				want = append(want, x.Cells...)
				for _, p := range x.Parts {
					walk(p)
				}
			}
			walk(e.Explain(w, vars))
			if got := e.Cells(w, vars); !slices.Equal(got, want) {
				t.Fatalf("%s reads %v, explained %v", e.Source(), got, want)
			}
		}
	})
}
