package letter

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

var members = &dataset.Schema{
	Name: "members", Singular: "member", Person: true, Email: "email", Key: []string{"membership_no"},
	Columns: []dataset.Column{
		{Name: "membership_no", Kind: dataset.Text},
		{Name: "first_name", Kind: dataset.Text, Class: dataset.Name},
		{Name: "status", Kind: dataset.Choice, Choices: []string{"active", "arrears", "resigned"}},
		{Name: "joined", Kind: dataset.Date},
		{Name: "arrears", Kind: dataset.Money, Class: dataset.Financial},
		{Name: "hardship", Kind: dataset.YesNo},
		{Name: "email", Kind: dataset.Text, Class: dataset.Contact},
		{Name: "contact", Kind: dataset.Person},
	},
}

var people = &dataset.Schema{
	Name: "people", Singular: "person", Person: true, Key: []string{"email"},
	Columns: []dataset.Column{{Name: "name", Kind: dataset.Text}, {Name: "email", Kind: dataset.Text}},
}

var types = map[string]dataset.Type{
	"member":       {Record: members},
	"rows":         {List: &dataset.Type{Record: members}},
	"people":       {List: &dataset.Type{Record: people}},
	"settings":     {Fields: map[string]dataset.Type{"guide": {Kind: dataset.Text}, "letters": {Kind: dataset.Number}}},
	"constituency": {Fields: map[string]dataset.Type{"name": {Kind: dataset.Text}}},
	"repeat":       {Kind: dataset.YesNo},
	"days_left":    {Kind: dataset.Number},
	"today":        {Kind: dataset.Date},
	"minutes":      {Record: members},
}

var clock = calendar.Clock{Zone: time.UTC, Hour: 9 * 60}

// row is a member; a blank name stays blank.
func row(key, name, status string, arrears int64) *dataset.Row {
	r := &dataset.Row{Ref: 7, Key: key, Line: 12, Cells: make([]dataset.Value, len(members.Columns))}
	r.Cells[0] = dataset.TextValue(key)
	if name != "" {
		r.Cells[1] = dataset.TextValue(name)
	}
	r.Cells[2] = dataset.ChoiceValue(status)
	r.Cells[3] = dataset.DateValue(20760) // 3 November 2026
	r.Cells[4] = dataset.MoneyValue(arrears)
	r.Cells[6] = dataset.TextValue("jo@example.org")
	r.Cells[7] = dataset.PersonValue("Pat Jones", 41)
	return r
}

func txt(s string) dataset.Term { return dataset.Term{Value: dataset.TextValue(s)} }

// sample gives every name of types; first is the member's first name.
func sample(first string) Names {
	return func(name string) dataset.Term {
		switch name {
		case "member":
			return dataset.Term{Row: row("A1", first, "arrears", 123450), Schema: members}
		case "rows":
			return dataset.Term{IsList: true, Schema: members, Rows: []*dataset.Row{
				row("A1", first, "active", 0), row("A2", "Sam|*b*", "arrears", 500)}}
		case "people":
			pat := &dataset.Row{Ref: 41, Cells: []dataset.Value{dataset.TextValue("Pat Jones"), dataset.TextValue("pat@example.org")}}
			return dataset.Term{IsList: true, Schema: people, Rows: []*dataset.Row{pat}}
		case "settings":
			return dataset.Term{Fields: map[string]dataset.Term{"guide": txt("https://example.org/guide?a=1&b=2"), "letters": {Value: dataset.NumberValue(3)}}}
		case "constituency":
			return dataset.Term{Fields: map[string]dataset.Term{"name": txt("Broadland & Fakenham")}}
		case "repeat":
			return dataset.Term{Value: dataset.YesNoValue(false)}
		case "days_left":
			return dataset.Term{Value: dataset.NumberValue(5)}
		case "today":
			return dataset.Term{Value: dataset.DateValue(20760)}
		case "minutes":
			return dataset.Term{Schema: members}
		}
		return dataset.Term{}
	}
}

func parsed(t *testing.T, source string) *Template {
	t.Helper()
	l, faults := Parse(source)
	if len(faults) > 0 {
		t.Fatalf("Parse(%q): %v", source, faults)
	}
	return l
}

func TestRenderValues(t *testing.T) {
	for _, c := range []struct{ source, text string }{
		{"Dear {{ member.first_name }},", "Dear Alex,\n"},
		{"{{ or member.first_name \"friend\" }}", "Alex\n"},
		{"{{ member.arrears }} since {{ member.joined }}", "£1,234.50 since 3 November 2026\n"},
		{"{{ if repeat }}Changed{{ else }}New{{ end }}", "New\n"},
		{"{{ if eq member.status \"active\" }}a{{ else if eq member.status \"arrears\" }}b{{ end }}", "b\n"},
		{"{{ if eq member.status \"active\" \"arrears\" }}in{{ end }}", "in\n"},
		{"{{ if not repeat }}x{{ end }}{{ if ne days_left 5 }}y{{ end }}", "x\n"},
		{"{{ if and (gt days_left 4) (lt days_left 6) }}five{{ end }}", "five\n"},
		{"{{ len rows }} rows, {{ len member.first_name }} letters", "2 rows, 4 letters\n"},
		{"{{ (index rows 1).membership_no }}", "A2\n"},
		{"{{ index settings \"letters\" }}", "3\n"},
		{"{{ with member }}{{ .first_name }} of {{ constituency.name }}{{ end }}", "Alex of Broadland & Fakenham\n"},
		{"{{ with minutes }}there{{ else }}not yet{{ end }}", "not yet\n"},
		{"{{ if minutes.joined }}there{{ else }}not yet{{ end }}", "not yet\n"},
		{"{{ member.contact }}, {{ member.contact.email }}", "Pat Jones, pat@example.org\n"},
		{"{{ range rows }}{{ .contact.name }} {{ end }}", "Pat Jones Pat Jones\n"},
		{"{{/* a note */}}{{ \"a\" }}{{ 7 }}", "a7\n"},
		{"{{ range rows }}- {{ .first_name }} ({{ .status }})\n{{ else }}none{{ end }}", "- Alex (active)\n- Sam|*b* (arrears)\n"},
		{"{{ if or member.hardship (gt days_left 1) }}yes{{ end }}", "yes\n"},
		{"{{ if and member.hardship (gt days_left 9) }}yes{{ else }}no{{ end }}", "no\n"},
	} {
		l := parsed(t, c.source)
		if faults := l.Check(types); len(faults) > 0 {
			t.Errorf("Check(%q): %v", c.source, faults)
		}
		b, err := l.Render(sample("Alex"), clock)
		if err != nil || b.Text != c.text {
			t.Errorf("Render(%q) = %q, %v; want %q", c.source, b.Text, err, c.text)
		}
	}
}

func TestHoles(t *testing.T) {
	for _, c := range []struct {
		source, name, why string
		line, cells       int
	}{
		{"Hello\n\nDear {{ member.first_name }},", "member.first_name", "it is blank", 3, 1},
		{"{{ range rows }}{{ .first_name }}{{ end }}", "rows.first_name", "it is blank", 1, 1},
		{"{{ minutes.joined }}", "minutes.joined", "there is no such record yet", 1, 0},
		{"{{ if member.hardship }}x{{ end }}", "member.hardship", "it is blank", 1, 1},
		{"{{ if eq member.first_name \"x\" }}x{{ end }}", "member.first_name", "it is blank", 1, 1},
		{"{{ if not (eq member.first_name \"x\") }}x{{ end }}", "member.first_name", "it is blank", 1, 1},
		{"{{ if eq minutes.status \"active\" }}x{{ end }}", "minutes.status", "there is no such record yet", 1, 0},
		{"{{ or member.first_name minutes.first_name }}", "minutes.first_name", "there is no such record yet", 1, 0},
		{"{{ nothing }}", "nothing", "it is blank", 1, 0},
		{"{{ member }}", "member", "it is not a single value and cannot be printed", 1, 0},
		{"{{ (index rows 9).status }}", "rows.status", "there is no such record yet", 1, 0},
		{"a\n[x]({{ member.email }})", "a link", "it does not say where it leads", 2, 0},
		{"[ref]: {{ member.email }}\n\nText", "", "the Markdown around it hides it", 1, 0},
	} {
		_, err := parsed(t, c.source).Render(sample(""), clock)
		var h *Hole
		if !errors.As(err, &h) {
			t.Errorf("Render(%q): %v, want a hole", c.source, err)
			continue
		}
		if h.Name != c.name || h.Why != c.why || h.Line != c.line || len(h.Cells) != c.cells {
			t.Errorf("Render(%q): %+v, want %+v", c.source, h, c)
		}
	}
	_, err := parsed(t, "{{ member.first_name }}").Render(sample(" \t\n"), clock)
	if err == nil || err.Error() != "line 1 of the letter needs member.first_name: it is blank" {
		t.Errorf("white space: %v", err)
	}
}

func TestUnreadableCell(t *testing.T) {
	r := row("A1", "Alex", "active", 1)
	r.Cells[3] = dataset.Value{}
	r.Problems = []dataset.Problem{{Column: "joined", Text: "31/02/2026", Why: "there is no such day"}}
	names := func(string) dataset.Term { return dataset.Term{Row: r, Schema: members} }
	for _, source := range []string{"{{ member.joined }}", "{{ if member.joined }}x{{ end }}"} {
		_, err := parsed(t, source).Render(names, clock)
		var h *Hole
		if !errors.As(err, &h) || h.Why != "there is no such day" || len(h.Cells) != 1 {
			t.Fatalf("%s: %v", source, err)
		}
		c := h.Cells[0]
		if c.Dataset != "members" || c.Column != "joined" || c.Ref != 7 || c.Origin.Row != 12 {
			t.Errorf("%s: cell %+v", source, c)
		}
	}
	b, err := parsed(t, `{{ or member.joined "some day" }}`).Render(names, clock)
	if err != nil || b.Text != "some day\n" {
		t.Errorf("or: %q, %v", b.Text, err)
	}
}

// TestPersonColumns reaches through a person column that is blank, and through
// one that nobody was matched with.
func TestPersonColumns(t *testing.T) {
	r := row("A1", "Alex", "active", 1)
	names := func(name string) dataset.Term {
		if name == "people" {
			return sample("")(name)
		}
		return dataset.Term{Row: r, Schema: members}
	}
	r.Cells[7] = dataset.PersonValue("Chris Doe", 0)
	b, err := parsed(t, "{{ member.contact.name }} {{ if member.contact.email }}x{{ else }}no address{{ end }}").Render(names, clock)
	if err != nil || b.Text != "Chris Doe no address\n" {
		t.Errorf("nobody matched: %q, %v", b.Text, err)
	}
	r.Cells[7] = dataset.Value{}
	_, err = parsed(t, "{{ member.contact.email }}").Render(names, clock)
	var h *Hole
	if !errors.As(err, &h) || h.Why != "it is blank" || len(h.Cells) != 1 || h.Cells[0].Column != "contact" {
		t.Errorf("blank: %+v", h)
	}
}

func TestFaultsOfForm(t *testing.T) {
	for _, c := range []struct {
		source       string
		line, column int
		text         string
	}{
		{"Hi\n{{ member.first_name | upper }}", 2, 4, "Letters have no |."},
		{"{{ upper member.first_name }}", 1, 4, "This is not something a letter can compute: upper member.first_name."},
		{"{{ $x := 1 }}", 1, 4, "Letters have no variables."},
		{"é {{ .first_name }}", 1, 6, "A dot in front stands for the row of a {{ range }} or {{ with }}, and there is none here."},
		{"a\n b {{ if x }}", 2, 4, "The part in {{ }} cannot be read: unexpected EOF."},
		{"{{ len }}", 1, 4, "len is given 0 values; it needs one."},
		{"{{ eq 1 }}", 1, 4, "eq is given 1 values; it needs 2 or more."},
		{"{{ define \"x\" }}y{{ end }}", 1, 17, "Letters cannot define templates of their own."},
		{"{{ template \"x\" }}", 1, 13, "Letters know {{ if }}, {{ else }}, {{ range }}, {{ with }} and {{ end }} only."},
		{"{{ range rows }}{{ break }}{{ end }}", 1, 20, "Letters know {{ if }}, {{ else }}, {{ range }}, {{ with }} and {{ end }} only."},
		{"{{ 1.5 }}", 1, 4, "Letters know whole numbers only, not 1.5."},
		{"ok\n\nx <b>y</b>", 3, 3, "Letters are Markdown; HTML is not shown."},
		{"<div>\nx\n</div>", 1, 1, "Letters are Markdown; HTML is not shown."},
		{"x <{{ settings.guide }}>", 1, 3, "A value between < and > is not a link."},
		{"x ![y](https://example.org/a.png)", 1, 8, "Letters have no pictures."},
		{"[x](javascript:alert)", 1, 5, "This link cannot be used: its kind is not one of http, https, mailto and tel."},
		{"[x](page)", 1, 5, "This link cannot be used: it does not say where it leads."},
		{"[x](https://{{ y }}.example.org/)", 1, 5, "This link cannot be used: a value cannot stand in the name of the site."},
		{"\xff", 1, 1, "This text is not written in UTF-8."},
	} {
		_, faults := Parse(c.source)
		if len(faults) == 0 {
			t.Errorf("Parse(%q): no fault", c.source)
			continue
		}
		f := faults[0]
		if f.Line != c.line || f.Column != c.column || f.Text != c.text {
			t.Errorf("Parse(%q) = %+v, want %+v", c.source, f, c)
		}
	}
}

func TestFaultsOfNames(t *testing.T) {
	for _, c := range []struct {
		source       string
		line, column int
		text, hint   string
	}{
		{"Dear\n{{ member.frist_name }}", 2, 4, "member has no frist_name.", "Did you mean first_name?"},
		{"{{ memebr.first_name }}", 1, 4, "There is no memebr here.", "Did you mean member?"},
		{"{{ if eq member.status \"actve\" }}{{ end }}", 1, 24, `status is never "actve".`, "Did you mean active?"},
		{"{{ range rows }}{{ .nam }}{{ end }}", 1, 20, "the row has no nam.", ""},
		{"{{ rows.first_name }}", 1, 4, "rows is a list; it has no first_name of its own.", "Write {{ range rows }} {{ .first_name }} {{ end }}."},
		{"{{ member }}", 1, 4, "member is a whole record and cannot be printed.", ""},
		{"{{ rows }}", 1, 4, "rows is a list and cannot be printed.", "Write {{ range rows }} … {{ end }}, or {{ len rows }} for how many."},
		{"{{ settings }}", 1, 4, "settings has parts and cannot be printed.", ""},
		{"{{ range member }}x{{ end }}", 1, 10, "member is not a list: {{ range }} cannot walk it.", "{{ with }} takes one thing, {{ range }} many."},
		{"{{ if gt member.arrears 500 }}x{{ end }}", 1, 25, "member.arrears is an amount of money and cannot be compared with a number.", "Compute it under let in the playbook."},
		{"{{ if gt member.status \"active\" }}x{{ end }}", 1, 7, "member.status is a choice, of which none is less or greater than another.", "Use eq or ne."},
		{"{{ len member.joined }}", 1, 8, "member.joined has no length.", "len counts the rows of a list or the letters of a text."},
		{"{{ member.contact.emial }}", 1, 4, "member.contact has no emial.", "Did you mean email?"},
		{"{{ today.year }}", 1, 4, "today is a date; it has no year.", ""},
	} {
		faults := parsed(t, c.source).Check(types)
		if len(faults) != 1 {
			t.Errorf("Check(%q) = %v, want one fault", c.source, faults)
			continue
		}
		f := faults[0]
		if f.Line != c.line || f.Column != c.column || f.Text != c.text || c.hint != "" && f.Hint != c.hint {
			t.Errorf("Check(%q) = %+v, want %+v", c.source, f, c)
		}
	}
	if faults := parsed(t, "{{ a }} {{ b }}\n{{ a }}").Check(types); len(faults) != 3 {
		t.Errorf("all faults at once: %v", faults)
	}
}

func TestUses(t *testing.T) {
	got := parsed(t, "{{ member.first_name }} {{ range rows }}{{ .status }}{{ constituency.name }}{{ end }}"+
		"{{ with member }}{{ .joined }}{{ end }}{{ if gt (len rows) 1 }}{{ or repeat 1 }}{{ (index rows 0).arrears }}{{ end }}").Uses()
	want := []string{"constituency.name", "member", "member.first_name", "member.joined", "repeat", "rows", "rows.arrears", "rows.status"}
	if !slices.Equal(got, want) {
		t.Errorf("Uses = %q, want %q", got, want)
	}
}

func TestLine(t *testing.T) {
	l, faults := ParseLine("{{ if repeat }}Changed: {{ end }}Welcome to {{ constituency.name }}, {{ member.first_name }}")
	if len(faults) > 0 || len(l.Check(types)) > 0 {
		t.Fatal(faults, l.Check(types))
	}
	for first, want := range map[string]string{
		"Jo":                              "Welcome to Broadland & Fakenham, Jo",
		"Jo\r\nBcc: everyone@example.org": "Welcome to Broadland & Fakenham, Jo Bcc: everyone@example.org",
		"*Jo* <b>":                        "Welcome to Broadland & Fakenham, *Jo* <b>",
	} {
		got, err := l.Render(sample(first), clock)
		if err != nil || got != want {
			t.Errorf("%q: %q, %v", first, got, err)
		}
	}
	got, err := l.Render(sample(strings.Repeat("x", 10_000)), clock)
	if err != nil || len([]rune(got)) != longestLine || !strings.HasSuffix(got, "x…") {
		t.Errorf("long: %d, %v", len([]rune(got)), err)
	}
	var h *Hole
	if _, err := l.Render(sample(""), clock); !errors.As(err, &h) {
		t.Errorf("blank: %v", err)
	}
	empty, _ := ParseLine("{{ if repeat }}x{{ end }}")
	if _, err := empty.Render(sample("Jo"), clock); !errors.As(err, &h) {
		t.Errorf("empty: %v", err)
	}
}
