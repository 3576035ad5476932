package store

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A year of weekly lists of 3,000 members in 25 columns, of whom one or two in a
// hundred change from week to week, and what that may take.
const (
	weeks     = 52
	yearOf    = 3000
	wide      = 25
	yearBytes = 5 << 20
)

// TestAYearOfListsIsSmall keeps them, reads the first of them again, and measures
// the database.
func TestAYearOfListsIsSmall(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path)
	rnd := rand.New(rand.NewPCG(1, 2))
	rows := make([]*dataset.Row, yearOf)
	for i := range rows {
		rows[i] = wideMember(rnd, i+1)
	}
	var first int64
	schema := wideSchema()
	for week := range weeks {
		at := noon.Add(time.Duration(week) * 7 * 24 * time.Hour)
		for range yearOf * 3 / 200 { // somebody pays, moves or changes a number
			i := rnd.IntN(yearOf)
			row := wideMember(rnd, i+1)
			row.Changed = at
			copy(row.Cells, rows[i].Cells[:12])
			rows[i] = row
		}
		rows[rnd.IntN(yearOf)] = wideMember(rnd, yearOf+week+1) // one leaves, one joins
		for i, r := range rows {
			if r.Line != i+2 { // each list is written anew
				moved := *r
				moved.Line = i + 2
				rows[i] = &moved
			}
		}
		id := importList(t, s, dataset.NewTable(schema, rows, at, noon, fmt.Sprintf("members-%02d.csv", week), ""))
		if week == 0 {
			first = id
		}
	}
	view(t, s, func(tx *Tx) error {
		table, err := tx.Table(first, schema)
		if err == nil && len(table.Rows) != yearOf {
			t.Errorf("the first list has %d rows", len(table.Rows))
		}
		return err
	})
	s.Close()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d lists of %d x %d take %.1f MB", weeks, yearOf, wide, float64(info.Size())/(1<<20))
	if info.Size() > yearBytes {
		t.Errorf("%d bytes, and may be %d", info.Size(), yearBytes)
	}
}

// wideSchema is a membership list with all that one has.
func wideSchema() *dataset.Schema {
	s := &dataset.Schema{Name: "members", Singular: "member", Person: true, Email: "c4", Key: []string{"c0"}}
	kinds := []dataset.Kind{12: dataset.Date, 13: dataset.Date, 14: dataset.Date, 15: dataset.Choice, 16: dataset.Money, 17: dataset.YesNo, 18: dataset.YesNo, 19: dataset.Date, 24: dataset.Text}
	for i, k := range kinds {
		if k == dataset.Blank {
			k = dataset.Text
		}
		s.Columns = append(s.Columns, dataset.Column{Name: fmt.Sprint("c", i), Kind: k, Choices: []string{"active", "arrears", "lapsed"}})
	}
	return s
}

// wideMember is an invented member whose cells say as much as real ones do.
func wideMember(rnd *rand.Rand, n int) *dataset.Row {
	word := func(most int) string {
		b := make([]byte, 3+rnd.IntN(most))
		for i := range b {
			b[i] = "aeioubcdfglmnprst"[rnd.IntN(17)]
		}
		return string(b)
	}
	text := func(format string, a ...any) dataset.Value { return dataset.TextValue(fmt.Sprintf(format, a...)) }
	date := func(days int) dataset.Value {
		return dataset.DateValue(calendar.NewDate(2026, time.November, 1).AddDays(-rnd.IntN(days)))
	}
	first, last, ward := word(5), word(7), rnd.IntN(14)
	return &dataset.Row{Key: fmt.Sprintf("A%06d", n), FirstSeen: noon, Changed: noon, Baseline: n <= yearOf, Line: n + 1,
		Cells: []dataset.Value{
			text("A%06d", n), text("%s", first), text("%s", last), text("%s %s", first, last),
			text("%s.%s%d@example.org", first, last, rnd.IntN(99)), text("07700 %06d", rnd.IntN(1e6)), text("01632 %06d", rnd.IntN(1e6)),
			text("%d %s %s", rnd.IntN(200), word(8), []string{"Street", "Road", "Close"}[rnd.IntN(3)]), text("%s", []string{"Anytown", "Otherton"}[rnd.IntN(2)]),
			text("AN%d %dAB", rnd.IntN(30), rnd.IntN(9)), text("Ward %d", ward), text("Branch %d", ward/3),
			date(20000), date(9000), date(60), dataset.ChoiceValue("active"), dataset.MoneyValue(int64(100 * rnd.IntN(9))),
			dataset.YesNoValue(rnd.IntN(2) == 0), dataset.YesNoValue(rnd.IntN(9) == 0), date(400),
			text("%s", []string{"", "Unite", "Unison", "GMB"}[rnd.IntN(4)]), text("%s", []string{"Ms", "Mr", "Mx", ""}[rnd.IntN(4)]),
			text("Anytown"), text("%s", []string{"standard", "reduced"}[rnd.IntN(2)]), {},
		}}
}
