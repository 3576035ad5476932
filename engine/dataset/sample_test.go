package dataset_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// london is the clock of the tests.
func london(t testing.TB) calendar.Clock {
	t.Helper()
	z, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Clock{Zone: z, Hour: 9 * 60, Nation: calendar.EnglandAndWales}
}

// day is a day of November 2026, and noon the noon of it.
func day(n int) calendar.Date { return calendar.NewDate(2026, time.November, n) }
func noon(n int) time.Time    { return time.Date(2026, time.November, n, 12, 0, 0, 0, time.UTC) }

// members is a small schema of persons.
func members() *dataset.Schema {
	return &dataset.Schema{
		Name: "members", Singular: "member", Person: true, Email: "email", Branch: "branch", Key: []string{"membership_no"},
		Columns: []dataset.Column{
			{Name: "name", Kind: dataset.Text, Class: dataset.Name},
			{Name: "first_name", Kind: dataset.Text, Class: dataset.Name},
			{Name: "email", Kind: dataset.Text, Class: dataset.Contact},
			{Name: "branch", Kind: dataset.Text},
			{Name: "status", Kind: dataset.Choice, Choices: []string{"active", "arrears", "resigned"}},
			{Name: "joined", Kind: dataset.Date},
			{Name: "arrears_since", Kind: dataset.Date},
			{Name: "paid", Kind: dataset.Money, Class: dataset.Financial},
			{Name: "ethnicity", Kind: dataset.Text, Class: dataset.Special},
			{Name: "buddy", Kind: dataset.Person},
		},
	}
}

// member makes a row of members, with other cells by column.
func member(key string, ref dataset.Ref, with map[string]dataset.Value) *dataset.Row {
	s := members()
	r := &dataset.Row{Ref: ref, Key: key, FirstSeen: noon(1), Changed: noon(1), Line: int(ref) + 1, Cells: make([]dataset.Value, len(s.Columns))}
	base := map[string]dataset.Value{
		"name": dataset.TextValue("Jo " + key), "first_name": dataset.TextValue("Jo"), "email": dataset.TextValue(key + "@example.org"),
		"branch": dataset.TextValue("North"), "status": dataset.ChoiceValue("active"), "joined": dataset.DateValue(calendar.NewDate(2020, time.May, 1)),
	}
	for _, cells := range []map[string]dataset.Value{base, with} {
		for name, v := range cells {
			i, ok := s.Column(name)
			if !ok {
				panic("members have no " + name)
			}
			r.Cells[i] = v
		}
	}
	return r
}

// table makes a table of members as imported on a day.
func table(n int, rows ...*dataset.Row) *dataset.Table {
	return dataset.NewTable(members(), rows, noon(n), noon(1), "members.csv", "")
}

// cell gives a value by name.
func cell(t testing.TB, of *dataset.Table, r *dataset.Row, column string) dataset.Value {
	t.Helper()
	v, problem := r.Get(of.Schema, column)
	if problem != nil {
		t.Fatalf("%s: %s", column, problem.Why)
	}
	return v
}
