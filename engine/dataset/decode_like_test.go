package dataset_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// TestUnmarshalTableLike gives the same table with a newer list beside it and
// without, and holds once what both say.
func TestUnmarshalTableLike(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tab := anyTable.Draw(t, "table")
		b, err := tab.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		want, err := dataset.UnmarshalTable(tab.Schema, b)
		if err != nil {
			t.Fatal(err)
		}
		var newer []dataset.Record
		for _, r := range want.Rows {
			cells := slices.Clone(r.Cells)
			switch rapid.IntRange(0, 3).Draw(t, "what became of it") {
			case 0:
				continue
			case 1:
				cells[0] = dataset.NumberValue(-7)
			}
			newer = append(newer, dataset.Record{Key: r.Key, Cells: cells})
		}
		newer = rapid.Permutation(append(newer, dataset.Record{Key: "nobody"})).Draw(t, "newer")
		got, err := dataset.UnmarshalTableLike(tab.Schema, b, newer)
		if err != nil || !reflect.DeepEqual(got.Rows, want.Rows) {
			t.Fatalf("it is %v (%v), and alone %v", got, err, want)
		}
		for _, r := range got.Rows {
			found, shared := false, false
			for _, n := range newer {
				if n.Key == r.Key && slices.Equal(n.Cells, r.Cells) {
					found, shared = true, shared || &n.Cells[0] == &r.Cells[0]
				}
			}
			if found && !shared {
				t.Fatalf("what is said of %q is held twice", r.Key)
			}
		}
	})
}

// TestAStringThatComesLate is kept, in a table of more strings than the encoder
// looks through.
func TestAStringThatComesLate(t *testing.T) {
	t.Parallel()
	s := &dataset.Schema{Name: "things", Key: []string{"id"}, Columns: []dataset.Column{{Name: "id", Kind: dataset.Text}, {Name: "said", Kind: dataset.Text}}}
	rows := make([]*dataset.Row, 10_000)
	for i := range rows {
		said := fmt.Sprintf("said %d", i)
		if i%3 == 0 && i > 6_000 {
			said = "said 1"
		}
		key := fmt.Sprintf("%05d", i)
		rows[i] = &dataset.Row{Ref: dataset.Ref(i + 1), Key: key, Cells: []dataset.Value{dataset.TextValue(key), dataset.TextValue(said)}}
	}
	tab := dataset.NewTable(s, rows, noon(1), noon(1), "things.csv", "")
	b, err := tab.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	got, err := dataset.UnmarshalTable(s, b)
	if err != nil || !reflect.DeepEqual(got.Rows, tab.Rows) {
		t.Fatalf("not what was stored: %v", err)
	}
}
