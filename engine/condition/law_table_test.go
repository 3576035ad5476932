package condition

import (
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A table of the law is a list that a condition filters, searches and counts; on a
// day for which the law says nothing, nothing is known of it.
func TestATableOfTheLaw(t *testing.T) {
	texts := list(kindType(dataset.Text))
	sc := sampleScope()
	sc.Let = true
	sc.Law["dates"] = list(dataset.Type{Fields: map[string]dataset.Type{"what": kindType(dataset.Text), "before": kindType(dataset.Length), "polls": texts}})
	words := func(list ...string) dataset.Term {
		out := dataset.Term{IsList: true}
		for _, s := range list {
			out.List = append(out.List, dataset.Term{Value: dataset.TextValue(s)})
		}
		return out
	}
	row := func(what string, n int, polls ...string) dataset.Term {
		d := dataset.LengthValue(calendar.Duration{N: n, Unit: calendar.Day})
		return dataset.Term{Value: dataset.TextValue(what), Fields: map[string]dataset.Term{"what": {Value: dataset.TextValue(what)}, "before": {Value: d}, "polls": words(polls...)}}
	}
	w := sampleWorld()
	w.Law = func(name string, on calendar.Date) (dataset.Term, bool) {
		y, _, _ := on.Civil()
		return dataset.Term{IsList: true, List: []dataset.Term{row("register", 12, "local", "parish"), row("postal", 11, "parish")}}, y < 2027
	}
	for _, c := range []struct{ source, want string }{
		{`len(law.dates(today)) == 2`, "yes"},
		{`len(filter(law.dates(today), "local" in .polls)) == 1`, "yes"},
		{`any(law.dates(today), .what == "postal" and "local" in .polls)`, "no: it holds for 0 of 2"},
		{`today - find(law.dates(today), .what == "register").before < today`, "yes"},
		{`present(find(law.dates(today), .what == "proxy"))`, "no"},
		{`len(law.dates(today + months(3))) > 0`, "cannot tell: the law table has no dates for 22 February 2027"},
		{`any(filter(law.dates(today + months(3)), .what == "register"), .what == "register")`, "cannot tell: the law table has no dates for 22 February 2027"},
	} {
		e, faults := sc.Compile(c.source)
		if len(faults) > 0 {
			t.Errorf("%s: %v", c.source, faults)
			continue
		}
		if !e.Lawful() {
			t.Errorf("%s: it does not say that it rests on law", c.source)
		}
		if got := e.Explain(w, sampleVars(w, 0, 0, 0)).Words; got != c.want {
			t.Errorf("%s: %s, not %s", c.source, got, c.want)
		}
	}
	for source, want := range map[string]string{
		`law.dates`:                          "law.dates changes with time and needs a date (it is a list)",
		`law.dates(today).what`:              "law.dates(today) is a list, and a list has no fields",
		`any(law.dates(today), .wat == "x")`: `a row has no field "wat"`,
	} {
		if _, faults := sc.Compile(source); len(faults) == 0 || faults[0].Text != want {
			t.Errorf("%s: %v, not %s", source, faults, want)
		}
	}
}
