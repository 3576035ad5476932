package letter_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
)

// What a letter reads is listed with its place, whatever form it is read in:
// it is by this list that a role is kept from what it may not see.
func TestShows(t *testing.T) {
	s := &dataset.Schema{Name: "members", Columns: []dataset.Column{{Name: "name", Kind: dataset.Text}, {Name: "union", Kind: dataset.Text}}}
	names := map[string]dataset.Type{"member": dataset.RecordOf(s), "rows": dataset.ListOf(dataset.RecordOf(s)), "n": dataset.TypeOf(dataset.Number)}
	for source, want := range map[string]string{
		"Hello.":                                "",
		"{{ member.union }}":                    "1:4 member, 1:4 members.union",
		"A\n{{ or member.name \"you\" }}":       "2:7 member, 2:7 members.name",
		"{{ if member.union }}x{{ end }}":       "1:7 member, 1:7 members.union",
		"{{ range rows }}{{ .union }}{{ end }}": "1:10 rows, 1:20 members.union",
		"{{ len rows }} of {{ n }}":             "1:8 rows, 1:22 n",
		`{{ index member "union" }}`:            "1:10 member, 1:17 members.union",
		"{{ (index rows 0).union }}":            "1:11 rows, 1:5 members.union",
		"{{ with member }}{{ .name }}{{ end }}": "1:9 member, 1:21 members.name",
	} {
		tmpl, faults := letter.Parse(source)
		if len(faults) > 0 {
			t.Fatalf("%s: %v", source, faults)
		}
		var got []string
		for _, x := range tmpl.Shows(names) {
			name := x.Name
			if x.Schema != nil {
				name = x.Schema.Name + "." + x.Field
			}
			got = append(got, fmt.Sprintf("%d:%d %s", x.Line, x.Column, name))
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s reads %s, want %s", source, strings.Join(got, ", "), want)
		}
	}
}

// A number with a name can be given other words; what is no count stays.
func TestCounting(t *testing.T) {
	rows := dataset.Term{IsList: true, Rows: []*dataset.Row{{}, {}}, Schema: &dataset.Schema{Name: "members"}}
	names := func(name string) dataset.Term {
		return map[string]dataset.Term{"rows": rows, "n": {Value: dataset.NumberValue(7)}, "name": {Value: dataset.TextValue("Jo")}}[name]
	}
	var heard []string
	count := func(name string, n int64) string {
		heard = append(heard, fmt.Sprintf("%s=%d", name, n))
		if name == "n" {
			return ""
		}
		return "a few"
	}
	l, _ := letter.ParseLine("{{ len rows }} of {{ n }} for {{ name }}, {{ or (len rows) 3 }}")
	got, err := l.Counting(count).Render(names, calendar.Clock{})
	if err != nil || got != "a few of 7 for Jo, a few" {
		t.Errorf("it says %q, %v", got, err)
	}
	if h := strings.Join(heard, " "); h != "rows=2 n=7 rows=2" {
		t.Errorf("it counted %s", h)
	}
	if plain, _ := l.Render(names, calendar.Clock{}); plain != "2 of 7 for Jo, 2" {
		t.Errorf("the line itself was changed: %q", plain)
	}
	tmpl, _ := letter.Parse("We are {{ len rows }}.\n")
	if b, err := tmpl.Counting(count).Render(names, calendar.Clock{}); err != nil || !strings.Contains(b.Text, "We are a few.") {
		t.Errorf("it says %q, %v", b.Text, err)
	}
}
