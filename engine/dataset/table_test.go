package dataset_test

import (
	"sync"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

func TestTableLookUp(t *testing.T) {
	rows := []*dataset.Row{member("C3", 1, nil), member("A1", 3, nil), member("B2", 2, nil)}
	tab := table(2, rows...)
	if rows[0].Key != "C3" {
		t.Error("the caller's slice was reordered")
	}
	if got := tab.Rows[0].Key + tab.Rows[1].Key + tab.Rows[2].Key; got != "A1B2C3" {
		t.Errorf("rows in order %s", got)
	}
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for ref, key := range map[dataset.Ref]string{1: "C3", 2: "B2", 3: "A1"} {
				if r := tab.ByRef(ref); r == nil || r.Key != key || tab.ByKey(key) != r {
					t.Errorf("number %d is %v, want %s", ref, r, key)
				}
			}
		})
	}
	readers.Wait()
	if tab.ByRef(0) != nil || tab.ByRef(9) != nil || tab.ByKey("") != nil || tab.ByKey("Z") != nil {
		t.Error("found what is not there")
	}
	numbered := tab.WithRefs(map[string]dataset.Ref{"A1": 40})
	if numbered.ByRef(40).Key != "A1" || numbered.ByRef(2).Key != "B2" || tab.ByRef(40) != nil {
		t.Error("numbers were given wrongly")
	}
}

func TestGet(t *testing.T) {
	r := member("A1", 7, map[string]dataset.Value{"joined": {}})
	r.Baseline = true
	r.Problems = []dataset.Problem{{Column: "joined", Text: "31/02/2020", Why: "February has 29 days"}}
	tab := table(2, r)
	for column, want := range map[string]dataset.Value{
		"key": dataset.TextValue("A1"), "first_seen": dataset.TimeValue(noon(1)), "baseline": dataset.YesNoValue(true),
		"status": dataset.ChoiceValue("active"), "buddy": {},
	} {
		if got := cell(t, tab, r, column); got != want {
			t.Errorf("%s: %+v, want %+v", column, got, want)
		}
	}
	if v, problem := r.Get(tab.Schema, "joined"); !v.IsBlank() || problem == nil || problem.Why != "February has 29 days" {
		t.Errorf("joined: %+v %+v", v, problem)
	}
	if v, problem := r.Get(tab.Schema, "joind"); !v.IsBlank() || problem == nil {
		t.Error("a column that is not there must be a problem")
	}
	if got := tab.Origin(r, "joined").String(); got != "members.csv, row 8, joined" {
		t.Errorf("origin: %s", got)
	}
	short := &dataset.Row{Key: "B2"}
	if v, problem := short.Get(tab.Schema, "status"); !v.IsBlank() || problem != nil {
		t.Error("a row shorter than its schema has blank cells")
	}
	types := tab.Schema.Types()
	if len(types) != len(tab.Schema.Columns)+3 || types["key"].Kind != dataset.Text || types["first_seen"].Kind != dataset.Time || types["status"].Column.Choices[1] != "arrears" {
		t.Errorf("types: %+v", types)
	}
}

func TestOverlay(t *testing.T) {
	a := member("A1", 1, map[string]dataset.Value{"joined": {}})
	a.Problems = []dataset.Problem{{Column: "joined", Text: "?", Why: "not a date"}}
	b := member("B2", 2, nil)
	under := table(2, a, b)
	fact := func(column string, v dataset.Value, at time.Time) dataset.Fact {
		return dataset.Fact{Column: column, Value: v, By: "membership_officer", At: at}
	}
	over := dataset.Overlay(under, map[dataset.Ref][]dataset.Fact{
		1: {
			fact("status", dataset.ChoiceValue("resigned"), noon(5)), fact("status", dataset.ChoiceValue("arrears"), noon(4)),
			fact("joined", dataset.DateValue(day(1)), noon(5)), fact("shoe_size", dataset.NumberValue(9), noon(5)),
		},
		9: {fact("status", dataset.ChoiceValue("arrears"), noon(5))},
	})
	row := over.ByKey("A1")
	if cell(t, over, row, "status") != dataset.ChoiceValue("resigned") || cell(t, over, row, "joined") != dataset.DateValue(day(1)) {
		t.Error("the latest fact must hold")
	}
	if len(row.Local) != 2 || row.Local[1].Column != "status" || row.Local[1].Was != dataset.ChoiceValue("active") || !row.Local[0].Was.IsBlank() {
		t.Errorf("local facts: %+v", row.Local)
	}
	if cell(t, under, a, "status") != dataset.ChoiceValue("active") || len(a.Local) != 0 || over.ByKey("B2") != b {
		t.Error("the table beneath changed, or a row was copied for nothing")
	}
	if got := over.Origin(row, "status").String(); got != "recorded here, status" {
		t.Errorf("origin of a local fact: %s", got)
	}
	if got := over.Origin(row, "email").Row; got != 2 {
		t.Errorf("origin of an imported cell: row %d", got)
	}
	again := dataset.Overlay(over, map[dataset.Ref][]dataset.Fact{1: {fact("status", dataset.Value{}, noon(6))}})
	row = again.ByKey("A1")
	if v := cell(t, again, row, "status"); !v.IsBlank() || row.Local[1].Was != dataset.ChoiceValue("active") {
		t.Errorf("laid over once more: %+v, over %+v", v, row.Local)
	}
	if dataset.Overlay(under, nil) != under {
		t.Error("no facts, no other table")
	}
}

func TestCompare(t *testing.T) {
	before := table(2, member("A1", 1, nil), member("B2", 2, nil), member("C3", 3, map[string]dataset.Value{"buddy": dataset.PersonValue("Jo B2", 0)}), member("E5", 5, nil))
	after := table(3,
		member("B2", 2, map[string]dataset.Value{"status": dataset.ChoiceValue("arrears"), "branch": dataset.TextValue("South")}),
		member("C3", 3, map[string]dataset.Value{"buddy": dataset.PersonValue("Jo B2", 2), "paid": {Kind: dataset.Text}}),
		member("D4", 4, nil), member("E5", 5, nil))
	d := dataset.Compare(before, after)
	if len(d.New) != 1 || d.New[0].Key != "D4" || len(d.Gone) != 1 || d.Gone[0].Key != "A1" || d.Same != 2 {
		t.Fatalf("%+v", d)
	}
	if len(d.Changed) != 1 || d.Changed[0].After.Key != "B2" || len(d.Changed[0].Columns) != 2 || d.Changed[0].Columns[0] != "branch" {
		t.Fatalf("changed: %+v", d.Changed)
	}
	facts := map[dataset.Ref][]dataset.Fact{5: {{Column: "status", Value: dataset.ChoiceValue("resigned"), At: noon(3)}}}
	if got := dataset.Compare(before, dataset.Overlay(after, facts)); len(got.Changed) != 1 {
		t.Errorf("a local fact is no change of the file: %+v", got.Changed)
	}
	if d := dataset.Compare(nil, after); len(d.New) != 4 || len(d.Gone)+len(d.Changed)+d.Same != 0 {
		t.Errorf("from nothing: %+v", d)
	}
	if d := dataset.Compare(after, nil); len(d.Gone) != 4 {
		t.Errorf("to nothing: %+v", d)
	}
	wider := members()
	wider.Columns = append([]dataset.Column{{Name: "new", Kind: dataset.Text}}, wider.Columns...)
	row := member("A1", 1, nil)
	row.Cells = append([]dataset.Value{dataset.TextValue("x")}, row.Cells...)
	if d := dataset.Compare(table(2, member("A1", 1, nil)), dataset.NewTable(wider, []*dataset.Row{row}, noon(3), noon(1), "", "")); d.Same != 1 {
		t.Errorf("a column added to the schema: %+v", d)
	}
}

func TestImports(t *testing.T) {
	tab := dataset.Imports([]dataset.Import{
		{Ref: 2, Dataset: "members", File: "b.csv", At: noon(16), ListDate: calendar.Date(day(15)), HasDate: true, Full: true, Rows: 603, New: 3},
		{Ref: 1, Dataset: "members", Kind: "mar", File: "a.csv", At: noon(2), Baseline: true, Rows: 600, New: 600, CannotBeRead: 4},
	})
	if len(tab.Rows) != 2 || tab.Rows[0].Ref != 1 || !tab.First.Equal(noon(2)) || !tab.Imported.Equal(noon(16)) {
		t.Fatalf("%+v", tab)
	}
	first, second := tab.Rows[0], tab.ByKey(dataset.ImportKey("members", noon(16)))
	if cell(t, tab, first, "kind") != dataset.TextValue("mar") || !cell(t, tab, first, "list_date").IsBlank() || cell(t, tab, first, "unread") != dataset.NumberValue(4) {
		t.Errorf("%+v", first)
	}
	if second == nil || cell(t, tab, second, "kind") != dataset.TextValue("members") || cell(t, tab, second, "list_date") != dataset.DateValue(day(15)) || cell(t, tab, second, "full") != dataset.YesNoValue(true) {
		t.Errorf("%+v", second)
	}
	for _, s := range []*dataset.Schema{dataset.ImportsSchema(), dataset.PeopleSchema(), dataset.ChangesSchema(members())} {
		seen := map[string]bool{}
		for _, c := range s.Columns {
			if seen[c.Name] || dataset.Built(c.Name) {
				t.Errorf("%s has a column %s it cannot have", s.Name, c.Name)
			}
			seen[c.Name] = true
		}
	}
}
