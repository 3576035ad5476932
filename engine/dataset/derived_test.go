package dataset_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

func TestChanges(t *testing.T) {
	joined := map[string]dataset.Value{"joined": dataset.DateValue(calendar.NewDate(2026, time.October, 30))}
	first := table(1, member("A1", 1, nil), member("B2", 2, nil), member("C3", 3, nil))
	newcomer := member("D4", 4, joined)
	newcomer.FirstSeen = noon(2)
	late := member("L9", 9, nil) // came late, but belongs to the baseline
	late.FirstSeen, late.Baseline = noon(2), true
	second := table(2, member("B2", 2, map[string]dataset.Value{
		"status": dataset.ChoiceValue("arrears"), "arrears_since": dataset.DateValue(calendar.NewDate(2026, time.September, 1)),
		"email": dataset.TextValue("b@example.net"), "paid": dataset.MoneyValue(100), "ethnicity": dataset.TextValue("not to be told"),
	}), member("C3", 3, nil), newcomer, late)
	third := table(3, member("A1", 1, nil), member("B2", 2, map[string]dataset.Value{
		"status": dataset.ChoiceValue("arrears"), "arrears_since": dataset.DateValue(calendar.NewDate(2026, time.September, 1)),
		"email": dataset.TextValue("b@example.net"), "paid": dataset.MoneyValue(100), "ethnicity": dataset.TextValue("not to be told"),
	}), member("C3", 3, nil), newcomer, late)
	tab := dataset.Changes(london(t), nil, first, second, third)
	c := london(t)
	var got []string
	for _, r := range tab.Rows {
		var line []string
		for _, name := range []string{"member", "kind", "column", "on", "seen", "was", "now", "email"} {
			line = append(line, cell(t, tab, r, name).Words(c))
		}
		got = append(got, strings.Join(line, "|"))
	}
	want := []string{
		"A1|disappeared||2 November 2026|2 November 2026 at 12:00|||A1@example.org",
		"A1|rejoined||3 November 2026|3 November 2026 at 12:00|||A1@example.org",
		"B2|arrears|status|1 September 2026|2 November 2026 at 12:00|active|arrears|b@example.net",
		"B2|changed|arrears_since|2 November 2026|2 November 2026 at 12:00||1 September 2026|b@example.net",
		"B2|changed|email|2 November 2026|2 November 2026 at 12:00|B2@example.org|b@example.net|b@example.net",
		"B2|changed|paid|2 November 2026|2 November 2026 at 12:00|||b@example.net",
		"D4|joined||30 October 2026|2 November 2026 at 12:00|||D4@example.org",
	}
	if !slices.Equal(got, want) {
		t.Errorf("changes:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if got := cell(t, tab, tab.Rows[0], "import"); got.S != dataset.ImportKey("members", noon(2)) {
		t.Errorf("import: %s", got.S)
	}
	if i, _ := tab.Schema.Column("kind"); !slices.Contains(tab.Schema.Columns[i].Choices, "resigned") {
		t.Error("the statuses of members are kinds of change")
	}
	if tab := dataset.Changes(c, first); len(tab.Rows) != 0 {
		t.Error("the first import is history")
	}
	if dataset.Changes(c) != nil {
		t.Error("no imports, no changes")
	}
}

// TestKindsOfChanges: what happened to a member has its name, its day, both
// imports, and the place where it stands.
func TestKindsOfChanges(t *testing.T) {
	schema := members()
	schema.GoneAs = []string{"resigned", "lapsed"}
	i, _ := schema.Column("status")
	schema.Columns[i].Choices = []string{"provisional", "active", "arrears", "lapsed", "resigned", "suspended", "transferred_out"}
	schema.Columns = append(schema.Columns, dataset.Column{Name: "postcode", Kind: dataset.Text})
	status := func(s string) map[string]dataset.Value {
		return map[string]dataset.Value{"status": dataset.ChoiceValue(s)}
	}
	when := func(joined calendar.Date) map[string]dataset.Value {
		return map[string]dataset.Value{"joined": dataset.DateValue(joined)}
	}
	none := &dataset.Row{}
	for _, c := range []struct {
		name     string
		was, is  *dataset.Row
		kind, on string
		returned bool // it was seen before
		andDate  bool // the day changed too
	}{
		{"joined", none, member("K1", 1, when(day(1).AddDays(-88))), "joined", "5 August 2026", false, false},
		{"joined ninety days before", none, member("K1", 1, when(day(2).AddDays(-90))), "joined", "4 August 2026", false, false},
		{"transferred in", none, member("K1", 1, when(day(2).AddDays(-91))), "transferred_in", "2 November 2026", false, false},
		{"rejoined, having been gone", none, member("K1", 1, nil), "rejoined", "2 November 2026", true, false},
		{"rejoined under the same number", member("K1", 1, status("lapsed")), member("K1", 1, when(day(1))), "rejoined", "1 November 2026", false, true},
		{"reinstated", member("K1", 1, status("resigned")), member("K1", 1, nil), "reinstated", "2 November 2026", false, false},
		{"reinstated after a suspension", member("K1", 1, status("suspended")), member("K1", 1, nil), "reinstated", "2 November 2026", false, false},
		{"arrears", member("K1", 1, nil), member("K1", 1, status("arrears")), "arrears", "2 November 2026", false, false},
		{"renewed", member("K1", 1, status("arrears")), member("K1", 1, nil), "renewed", "2 November 2026", false, false},
		{"admitted", member("K1", 1, status("provisional")), member("K1", 1, nil), "active", "2 November 2026", false, false},
		{"lapsed", member("K1", 1, status("arrears")), member("K1", 1, status("lapsed")), "lapsed", "2 November 2026", false, false},
		{"resigned", member("K1", 1, nil), member("K1", 1, status("resigned")), "resigned", "2 November 2026", false, false},
		{"transferred out", member("K1", 1, nil), member("K1", 1, status("transferred_out")), "transferred_out", "2 November 2026", false, false},
		{"branch changed", member("K1", 1, nil), member("K1", 1, map[string]dataset.Value{"branch": dataset.TextValue("South")}), "branch_changed", "2 November 2026", false, false},
		{"address changed", member("K1", 1, nil), moved(member("K1", 1, nil)), "address_changed", "2 November 2026", false, false},
		{"disappeared", member("K1", 1, nil), none, "disappeared", "2 November 2026", false, false},
		{"gone as said", member("K1", 1, status("resigned")), none, "gone", "2 November 2026", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			lists := func(first, second int) (both [2]*dataset.Table) {
				for i, r := range []*dataset.Row{c.was, c.is} {
					at, file := noon([]int{first, second}[i]), []string{"week-1.csv", "week-2.csv"}[i]
					var rows []*dataset.Row
					if r != none {
						row := *r
						row.FirstSeen = at
						if i == 1 && (c.was != none || c.returned) {
							row.FirstSeen = noon(1)
						}
						rows = []*dataset.Row{&row}
					}
					both[i] = dataset.NewTable(schema, rows, at, noon(1), file, "")
				}
				return both
			}
			pair := lists(1, 2)
			tab := dataset.Changes(london(t), pair[0], pair[1])
			row := tab.Rows[0]
			if n := len(tab.Rows); n != 1 && !(c.andDate && n == 2) {
				t.Fatalf("%d changes", n)
			}
			if c.andDate { // that of the date stands before it
				row = tab.Rows[1]
			}
			get := func(column string) string { return cell(t, tab, row, column).Words(london(t)) }
			if get("kind") != c.kind || get("on") != c.on || get("seen") != "2 November 2026 at 12:00" {
				t.Errorf("%s on %s, seen %s", get("kind"), get("on"), get("seen"))
			}
			if get("previous") != dataset.ImportKey("members", noon(1)) || get("import") != dataset.ImportKey("members", noon(2)) {
				t.Errorf("from %s to %s", get("previous"), get("import"))
			}
			want := "week-2.csv"
			if c.is == none {
				want = "week-1.csv"
			}
			if o := tab.Origin(row, "email"); o.File != want || o.Row != 2 {
				t.Errorf("it points to %s", o)
			}
			again := lists(1, 9) // withdrawn, and imported a week later
			other := dataset.Changes(london(t), again[0], again[1])
			if k := other.ByKey(row.Key); k == nil {
				t.Errorf("imported again it is %s, and was %s", other.Rows[0].Key, row.Key)
			}
		})
	}
	// What happens to one record twice are two changes.
	owes, paid := member("K1", 1, status("arrears")), member("K1", 1, nil)
	var lists []*dataset.Table
	for i, r := range []*dataset.Row{paid, owes, paid, owes} {
		lists = append(lists, dataset.NewTable(schema, []*dataset.Row{r}, noon(i+1), noon(1), "members.csv", ""))
	}
	tab := dataset.Changes(london(t), lists...)
	if len(tab.Rows) != 3 || tab.Rows[0].Key == tab.Rows[1].Key || tab.Rows[1].Key != tab.Rows[0].Key+"/2" {
		t.Errorf("%d changes: %s, %s", len(tab.Rows), tab.Rows[0].Key, tab.Rows[1].Key)
	}
}

// moved gives a member another postcode.
func moved(r *dataset.Row) *dataset.Row {
	r.Cells = append(r.Cells, dataset.TextValue("AN1 1AA"))
	return r
}

func TestPeople(t *testing.T) {
	officers := &dataset.Schema{Name: "officers", Singular: "officer", Columns: []dataset.Column{
		{Name: "role", Kind: dataset.Text}, {Name: "branch", Kind: dataset.Text}, {Name: "person", Kind: dataset.Person},
		{Name: "email", Kind: dataset.Text}, {Name: "from", Kind: dataset.Date}, {Name: "until", Kind: dataset.Date},
	}}
	office := func(key string, ref dataset.Ref, role string, who dataset.Value, email string, from, until dataset.Value) *dataset.Row {
		return &dataset.Row{Key: key, Ref: ref, FirstSeen: noon(1), Cells: []dataset.Value{
			dataset.TextValue(role), {}, who, dataset.TextValue(email), from, until,
		}}
	}
	nameless := member("N0", 4, map[string]dataset.Value{"name": {}, "email": {}})
	tables := dataset.Tables{
		"members": table(2, member("A1", 1, nil), member("B2", 2, map[string]dataset.Value{"name": {}}), nameless, member("P5", 5, map[string]dataset.Value{"email": {}})),
		"officers": dataset.NewTable(officers, []*dataset.Row{
			office("o1", 11, "secretary", dataset.PersonValue("Jo A1", 1), "", dataset.DateValue(day(1)), dataset.Value{}),
			office("o2", 12, "chair", dataset.PersonValue("Jo A1", 1), "chair@example.org", dataset.Value{}, dataset.DateValue(day(9))),
			office("o3", 13, "treasurer", dataset.PersonValue("Jo A1", 1), "", dataset.DateValue(day(11)), dataset.Value{}),
			office("o4", 14, "auditor", dataset.PersonValue("Pat Fox", 0), "pat@example.net", dataset.Value{}, dataset.Value{}),
			office("o5", 15, "minute_taker", dataset.PersonValue("pat fox", 0), "Pat@Example.net", dataset.Value{}, dataset.Value{}),
			office("o6", 16, "trustee", dataset.PersonValue("Ann Ash", 0), "", dataset.Value{}, dataset.Value{}),
			office("o7", 17, "archivist", dataset.PersonValue("Jo P5", 5), "archive@example.org", dataset.Value{}, dataset.Value{}),
		}, noon(1), noon(1), "officers.csv", ""),
		"empty": nil,
	}
	tab := dataset.People(tables, day(10))
	c := london(t)
	var got []string
	for _, r := range tab.Rows {
		line := []string{r.Key}
		for _, name := range []string{"name", "email", "status", "in_office", "roles"} {
			line = append(line, cell(t, tab, r, name).Words(c))
		}
		got = append(got, strings.Join(line, "|"))
	}
	want := []string{
		"A1|Jo A1|A1@example.org|active|yes|secretary",
		"B2|Jo|B2@example.org|active|no|",
		"N0|Jo||active|no|",
		"P5|Jo P5|archive@example.org|active|yes|archivist",
		"officers/o4|Pat Fox|pat@example.net||yes|auditor, minute_taker",
		"officers/o6|Ann Ash|||yes|trustee",
	}
	if !slices.Equal(got, want) {
		t.Errorf("people:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if tab.ByRef(1).Key != "A1" || tab.ByRef(14) == nil {
		t.Error("people keep the numbers of their records")
	}
	if got := cell(t, tab, tab.Rows[0], "roles"); dataset.People(tables, day(11)).Rows[0].Cells[7] == got {
		t.Error("offices depend on the day")
	}
}

func TestMatchPeople(t *testing.T) {
	list := table(2,
		member("A1", 1, nil), member("B2", 2, map[string]dataset.Value{"name": dataset.TextValue("Ann Ash")}),
		member("C3", 3, map[string]dataset.Value{"name": dataset.TextValue("Ann Ash"), "email": dataset.TextValue("home@example.org")}),
		member("D4", 4, map[string]dataset.Value{"email": dataset.TextValue("home@example.org")}))
	ask := func(words string) dataset.Ref {
		s := &dataset.Schema{Name: "officers", Columns: []dataset.Column{{Name: "role", Kind: dataset.Text}, {Name: "person", Kind: dataset.Person}}}
		row := &dataset.Row{Key: "o1", Cells: []dataset.Value{dataset.TextValue("chair"), dataset.PersonValue(words, 0)}}
		before := dataset.NewTable(s, []*dataset.Row{row}, noon(1), noon(1), "", "")
		after := before.MatchPeople(list)
		if row.Cells[1].N != 0 {
			t.Fatal("the table itself was changed")
		}
		got := dataset.Ref(after.Rows[0].Cells[1].N)
		if got == 0 && after != before {
			t.Errorf("%s matches nobody, and yet the table is another", words)
		}
		return got
	}
	for words, want := range map[string]dataset.Ref{
		"a1": 1, " jo  A1": 1, "B2@Example.org": 2, "Ann Ash": 0, "home@example.org": 0, "nobody": 0, "C3": 3,
	} {
		if got := ask(words); got != want {
			t.Errorf("%q is number %d, want %d", words, got, want)
		}
	}
}
