package letter

import (
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// What stands in a list is told in the order in which it happens, persons by
// their names, and the rows of a step as they are sorted already.
func TestListsAreToldInOrder(t *testing.T) {
	meetings := &dataset.Schema{Name: "meetings", Key: []string{"uid"}, Columns: []dataset.Column{
		{Name: "title", Kind: dataset.Text}, {Name: "date", Kind: dataset.Date}, {Name: "start", Kind: dataset.Time}}}
	meeting := func(key string, cells ...dataset.Value) *dataset.Row { return &dataset.Row{Key: key, Cells: cells} }
	text, day := dataset.TextValue, func(d int64) dataset.Value { return dataset.Value{Kind: dataset.Date, N: d} }
	list := []*dataset.Row{
		meeting("agm", text("AGM"), day(20790)),
		meeting("gm-1", text("evening"), dataset.Value{}, dataset.Value{Kind: dataset.Time, N: 20760*86400e6 + 19*3600e6}),
		meeting("gm-10", text("tenth"), day(20761)),
		meeting("gm-2", text("second"), day(20760)),
		meeting("gm-3", text("some day")),
		meeting("gm-4", text("same day"), day(20760)),
	}
	who := []*dataset.Row{meeting("a@example.org", text("Zoe")), meeting("b@example.org"), meeting("c@example.org", text("Amy"))}
	names := func(name string) dataset.Term {
		switch name {
		case "coming", "rows":
			return dataset.Term{IsList: true, Schema: meetings, Rows: list}
		case "callers":
			return dataset.Term{IsList: true, Schema: people, Rows: who}
		}
		return dataset.Term{Unknown: &dataset.Unknown{Absent: true}}
	}
	for template, want := range map[string]string{
		"{{ range coming }}{{ .title }}; {{ end }}":          "second; same day; evening; tenth; AGM; some day;",
		"{{ (index coming 0).title }}":                       "second",
		"{{ range rows }}{{ .title }}; {{ end }}":            "AGM; evening; tenth; second; some day; same day;",
		"{{ range callers }}{{ or .name \"?\" }}; {{ end }}": "Amy; Zoe; ?;",
	} {
		line, faults := ParseLine(template)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		if got, err := line.Render(names, clock); err != nil || got != want {
			t.Errorf("%s says %q, %v, want %q", template, got, err, want)
		}
	}
	if list[0].Key != "agm" {
		t.Error("the list itself was sorted")
	}
}

// A role is told by its title, out of a list and out of a setting; what it is
// compared with is its id.
func TestRolesAreToldByTheirTitles(t *testing.T) {
	officers := &dataset.Schema{Name: "officers", Columns: []dataset.Column{{Name: "role", Kind: dataset.Text, Of: "roles"}, {Name: "post", Kind: dataset.Text}}}
	officer := func(role string) dataset.Term {
		return dataset.Term{Schema: officers, Row: &dataset.Row{Cells: []dataset.Value{dataset.TextValue(role), dataset.TextValue(role)}}}
	}
	names := func(name string) dataset.Term {
		switch name {
		case "officer":
			return officer("youth_officer")
		case "other":
			return officer("raffle queen")
		case "settings":
			return dataset.Term{Fields: map[string]dataset.Term{"second": {Value: dataset.ChoiceValue("youth_officer")}}}
		case RoleTitles:
			return dataset.Term{Fields: map[string]dataset.Term{"youth_officer": {Value: dataset.TextValue("Youth *Officer*")}}}
		}
		return dataset.Term{Unknown: &dataset.Unknown{Absent: true}}
	}
	for template, want := range map[string]string{
		"{{ officer.role }}":                                     "Youth *Officer*",
		"{{ officer.post }}":                                     "youth_officer",
		"{{ other.role }}":                                       "raffle queen",
		"{{ settings.second }}":                                  "Youth *Officer*",
		"{{ or settings.second \"nobody\" }}":                    "Youth *Officer*",
		"{{ if eq officer.role \"youth_officer\" }}yes{{ end }}": "yes",
		"{{ with officer }}{{ .role }}{{ end }}":                 "Youth *Officer*",
	} {
		line, faults := ParseLine(template)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		if got, err := line.Render(names, clock); err != nil || got != want {
			t.Errorf("%s says %q, %v, want %q", template, got, err, want)
		}
	}
	letter, _ := Parse("{{ officer.role }}\n")
	if body, err := letter.Render(names, clock); err != nil || body.Text != "Youth *Officer*\n" || body.HTML == "" {
		t.Errorf("the letter says %q, %v", body.Text, err)
	}
}
