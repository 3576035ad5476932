package dataset_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

// anyValue draws a value of a kind, or a blank.
func anyValue(t *rapid.T, k dataset.Kind) dataset.Value {
	if rapid.IntRange(0, 3).Draw(t, "blank") == 0 {
		return dataset.Value{}
	}
	n := rapid.Int64().Draw(t, "n")
	switch k {
	case dataset.Text, dataset.Choice, dataset.Reference, dataset.File:
		return dataset.Value{Kind: k, S: oddText.Draw(t, "s")}
	case dataset.Person:
		return dataset.PersonValue(oddText.Draw(t, "s"), dataset.Ref(n))
	case dataset.YesNo:
		return dataset.YesNoValue(n%2 == 0)
	case dataset.Length:
		return dataset.LengthValue(calendar.Duration{N: int(int32(n)), Unit: calendar.Unit(1 + uint64(n)%8)})
	}
	return dataset.Value{Kind: k, N: n}
}

// anyTable draws a table of a schema with a column of every kind.
var anyTable = rapid.Custom(func(t *rapid.T) *dataset.Table {
	s := &dataset.Schema{Name: "things"}
	for k := dataset.Text; k <= dataset.File; k++ {
		s.Columns = append(s.Columns, dataset.Column{Name: "c" + k.String(), Kind: k})
	}
	times := []time.Time{{}, noon(1), noon(2), time.Date(1812, 1, 1, 0, 0, 0, 7000, time.UTC)}
	var rows []*dataset.Row
	for i := range rapid.IntRange(0, 9).Draw(t, "rows") {
		r := &dataset.Row{
			Ref: dataset.Ref(rapid.Int64().Draw(t, "ref")), Key: fmt.Sprintf("%02d%s", i, oddText.Draw(t, "key")),
			FirstSeen: rapid.SampledFrom(times).Draw(t, "seen"), Changed: rapid.SampledFrom(times).Draw(t, "changed"),
			Baseline: rapid.Bool().Draw(t, "baseline"), Line: rapid.IntRange(0, 1<<30).Draw(t, "line"),
		}
		for _, c := range s.Columns {
			r.Cells = append(r.Cells, anyValue(t, c.Kind))
		}
		for range rapid.IntRange(0, 2).Draw(t, "problems") {
			r.Problems = append(r.Problems, dataset.Problem{Column: "cdate", Text: oddText.Draw(t, "text"), Why: "not a date"})
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "places") {
			p := dataset.Place{File: oddText.Draw(t, "from"), Line: i + 1, Drawn: day(i + 1)}
			if i > 0 {
				p.Columns = []string{"cdate", "ctext"}
			}
			r.Places = append(r.Places, p)
		}
		if rapid.Bool().Draw(t, "absent") {
			r.Absence = &dataset.Absence{Lists: rapid.IntRange(0, 5).Draw(t, "lists"), Since: day(1), Latest: day(2), Refused: rapid.Bool().Draw(t, "refused")}
		}
		if rapid.Bool().Draw(t, "disputed") {
			r.Dispute = &dataset.Dispute{Place: dataset.Place{File: "calendar.ics", Line: 3}, Key: oddText.Draw(t, "other"), When: anyValue(t, dataset.Date)}
		}
		rows = append(rows, r)
	}
	return dataset.NewTable(s, rows, rapid.SampledFrom(times).Draw(t, "imported"), times[1], oddText.Draw(t, "file"), "Sheet 1")
})

func TestTablesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tab := anyTable.Draw(t, "table")
		b, err := tab.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if again, _ := tab.MarshalBinary(); !bytes.Equal(b, again) {
			t.Fatal("the same table gave other bytes")
		}
		got, err := dataset.UnmarshalTable(tab.Schema, b)
		if err != nil {
			t.Fatal(err)
		}
		if got.File != tab.File || got.Sheet != tab.Sheet || got.Imported != tab.Imported || got.First != tab.First || len(got.Rows) != len(tab.Rows) {
			t.Fatalf("header: %+v, want %+v", got, tab)
		}
		for i := range tab.Rows {
			if !reflect.DeepEqual(got.Rows[i], tab.Rows[i]) {
				t.Fatalf("row %d: %+v, want %+v", i, got.Rows[i], tab.Rows[i])
			}
		}
	})
}

func TestOlderTablesAreRead(t *testing.T) {
	row := member("A1", 1, map[string]dataset.Value{"joined": {}})
	row.Problems = []dataset.Problem{{Column: "joined", Text: "soon", Why: "not a date"}, {Column: "ethnicity", Why: "hidden"}}
	b, err := table(2, row).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	now := &dataset.Schema{Name: "members", Columns: []dataset.Column{
		{Name: "phone", Kind: dataset.Text},   // new
		{Name: "joined", Kind: dataset.Date},  // elsewhere
		{Name: "status", Kind: dataset.Text},  // a choice before
		{Name: "branch", Kind: dataset.Money}, // of another kind altogether
	}}
	tab, err := dataset.UnmarshalTable(now, b)
	if err != nil {
		t.Fatal(err)
	}
	r := tab.Rows[0]
	if cell(t, tab, r, "status") != dataset.TextValue("active") || !cell(t, tab, r, "phone").IsBlank() {
		t.Errorf("%+v", r)
	}
	if v, problem := r.Get(now, "branch"); !v.IsBlank() || problem == nil || problem.Text != "North" || !strings.Contains(problem.Why, "import the file again") {
		t.Errorf("branch: %+v %+v", v, problem)
	}
	if _, problem := r.Get(now, "joined"); problem == nil || problem.Text != "soon" || len(r.Problems) != 2 {
		t.Errorf("problems: %+v", r.Problems)
	}
}

func TestLocalFactsAreNotStored(t *testing.T) {
	facts := map[dataset.Ref][]dataset.Fact{1: {{Column: "status", Value: dataset.ChoiceValue("resigned"), At: noon(3)}}}
	under := table(2, member("A1", 1, nil))
	a, _ := under.MarshalBinary()
	b, _ := dataset.Overlay(under, facts).MarshalBinary()
	if !bytes.Equal(a, b) {
		t.Error("a local fact went into the stored table")
	}
}

func TestDamagedTables(t *testing.T) {
	b, err := table(2, member("A1", 1, nil), member("B2", 2, nil)).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for i := range b {
		if _, err := dataset.UnmarshalTable(members(), b[:i]); err == nil {
			t.Errorf("cut off at %d, and read", i)
		}
		hurt := bytes.Clone(b)
		hurt[i] ^= 0x10
		if _, err := dataset.UnmarshalTable(members(), hurt); err == nil {
			t.Errorf("byte %d damaged, and read", i)
		}
	}
	newer := bytes.Clone(b)
	newer[3] = 4
	if _, err := dataset.UnmarshalTable(members(), newer); err == nil || !strings.Contains(err.Error(), "version 4") {
		t.Errorf("a later version: %v", err)
	}
	other := members()
	other.Name = "donors"
	if _, err := dataset.UnmarshalTable(other, b); err == nil || !strings.Contains(err.Error(), `of "members"`) {
		t.Errorf("another dataset: %v", err)
	}
	bad := table(2, member("A1", 1, nil))
	bad.Rows[0].Cells[0].Kind = 99
	if _, err := bad.MarshalBinary(); err == nil {
		t.Error("a value of no kind was stored")
	}
	if _, err := (&dataset.Table{}).MarshalBinary(); err == nil {
		t.Error("a table without a schema was stored")
	}
}

// big is a table of the size of a large constituency: 3,000 rows, 25 columns.
func big() *dataset.Table {
	s := &dataset.Schema{Name: "members"}
	kinds := []dataset.Kind{dataset.Text, dataset.Text, dataset.Text, dataset.Choice, dataset.Date, dataset.Money, dataset.YesNo, dataset.Number}
	for i := range 25 {
		s.Columns = append(s.Columns, dataset.Column{Name: fmt.Sprintf("column_%d", i), Kind: kinds[i%len(kinds)]})
	}
	var rows []*dataset.Row
	for i := range 3000 {
		r := &dataset.Row{Ref: dataset.Ref(3000 - i), Key: fmt.Sprintf("A%06d", i), FirstSeen: noon(1 + i%20), Changed: noon(1 + i%7), Line: i + 2}
		for j, c := range s.Columns {
			switch c.Kind {
			case dataset.Text:
				r.Cells = append(r.Cells, dataset.TextValue(fmt.Sprintf("text %d of %d", j, i%(1+j*200))))
			case dataset.Choice:
				r.Cells = append(r.Cells, dataset.ChoiceValue([]string{"active", "arrears", "lapsed"}[i%3]))
			default:
				r.Cells = append(r.Cells, dataset.Value{Kind: c.Kind, N: int64(i * j % 20000)})
			}
		}
		rows = append(rows, r)
	}
	return dataset.NewTable(s, rows, noon(2), noon(1), "members.csv", "")
}

func BenchmarkUnmarshalTable(b *testing.B) {
	tab := big()
	data, err := tab.MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ReportMetric(float64(len(data)), "bytes")
	for b.Loop() {
		if got, err := dataset.UnmarshalTable(tab.Schema, data); err != nil || len(got.Rows) != 3000 {
			b.Fatal(err)
		}
	}
}

func BenchmarkMarshalTable(b *testing.B) {
	tab := big()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tab.MarshalBinary(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCompare(b *testing.B) {
	before, after := big(), big()
	b.ReportAllocs()
	for b.Loop() {
		if d := dataset.Compare(before, after); d.Same != 3000 {
			b.Fatal(d)
		}
	}
}
