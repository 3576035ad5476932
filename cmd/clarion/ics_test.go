package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
)

// hostile is a name that would break out of whatever it is put into.
const hostile = "Zoë <script>alert(1)</script>, \\; \u202e\u0007\r\nBEGIN:VEVENT\nSUMMARY:not ours " + "& \"q\" 'q' 👩‍👩‍👧 ééééééééééééééééééééééééééééééééé"

// ahead is a forecast of two months in which little happens.
func ahead() plan.Forecast {
	first := calendar.NewDate(2026, time.November, 2)
	item := func(what plan.What, on calendar.Date, to ...string) plan.Happening {
		return plan.Happening{What: what, On: on, Playbook: "new-member-welcome", Title: "Welcome " + hostile, Step: "welcome", About: hostile, To: to,
			Line: "Ring " + hostile, Why: hostile, Answer: "spoke"}
	}
	many := []string{hostile, "B", "C", "D", "E"}
	busy := plan.Day{Date: first + 7}
	for _, what := range []plan.What{plan.LetterGoes, plan.TaskComes, plan.TaskFalls, plan.Reminded, plan.CallSheet, plan.WasMissed, plan.WasBarred} {
		busy.Items = append(busy.Items, item(what, busy.Date, many...))
	}
	return plan.Forecast{From: first, Until: first + 40, Assumed: []string{"Nothing " + hostile},
		Holds: []plan.Hold{{Kind: "backlog", Playbook: "arrears-chase", Why: hostile}},
		Days:  []plan.Day{busy, {Date: first + 40, Items: []plan.Happening{item(plan.LetterGoes, first+40, "Last")}}}}
}

// properties reads a calendar file as others do: it joins what was folded, and
// gives each line's name with its parameters, and its value.
func properties(t *testing.T, file string) [][2]string {
	t.Helper()
	if !utf8.ValidString(file) || !strings.HasSuffix(file, "\r\n") {
		t.Fatal("not UTF-8, or the last line is not ended")
	}
	var out [][2]string
	for _, l := range strings.Split(strings.TrimSuffix(file, "\r\n"), "\r\n") {
		if len(l) > 75 || strings.ContainsAny(l, "\r\n") || !utf8.ValidString(l) {
			t.Errorf("no line of a calendar file: %q", l)
		}
		for _, r := range l {
			if r < ' ' || r == 0x7f || r == 0x202e {
				t.Errorf("%q holds %U", l, r)
			}
		}
		if rest, ok := strings.CutPrefix(l, " "); ok && len(out) > 0 {
			out[len(out)-1][1] += rest
			continue
		}
		name, value, ok := strings.Cut(l, ":")
		if !ok {
			t.Errorf("no property: %q", l)
		}
		out = append(out, [2]string{name, value})
	}
	return out
}

func TestCalendarFile(t *testing.T) {
	now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.FixedZone("", 3600))
	count, uids := map[string]int{}, map[string]bool{}
	var start string
	for _, p := range properties(t, string(calendarFile("Anytown "+hostile, ahead(), now))) {
		count[p[0]]++
		switch p[0] {
		case "BEGIN", "END":
			count[p[0]+":"+p[1]]++
		case "UID":
			uids[p[1]] = true
		case "DTSTAMP":
			if p[1] != "20261102T080000Z" {
				t.Errorf("stamped %s", p[1])
			}
		case "DTSTART;VALUE=DATE":
			start = p[1]
		case "DTEND;VALUE=DATE":
			a, err := time.Parse("20060102", start)
			if b, err2 := time.Parse("20060102", p[1]); err != nil || err2 != nil || b.Sub(a) != 24*time.Hour {
				t.Errorf("from %s to %s is not one day", start, p[1])
			}
		case "SUMMARY":
			if !strings.Contains(p[1], `<script>alert(1)</script>\, \\\; ‹U+202E›‹U+0007›`) && !strings.Contains(p[1], "Last") {
				t.Errorf("the name is not as written: %s", p[1])
			}
		}
	}
	// Eight things happen, of which one does not go.
	if count["BEGIN:VEVENT"] != 7 || count["END:VEVENT"] != 7 || count["BEGIN:VCALENDAR"] != 1 || len(uids) != 7 ||
		count["DTSTART;VALUE=DATE"] != 7 || count["CLASS"] != 7 || count["VERSION"] != 1 || count["PRODID"] != 1 {
		t.Errorf("%v, %d names of events", count, len(uids))
	}
}

// A text comes out of a calendar file as it was put in, except that what cannot
// be seen is named.
func FuzzCalendarText(f *testing.F) {
	f.Add("")
	f.Add(hostile)
	f.Add(strings.Repeat("é", 200))
	f.Add(strings.Repeat("x", 74) + "é;,\\n\n\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := properties(t, folded("SUMMARY:"+escaped(text)))
		if len(got) != 1 || got[0][0] != "SUMMARY" {
			t.Fatalf("%q became %q", text, got)
		}
		back := strings.NewReplacer(`\\`, `\`, `\;`, `;`, `\,`, `,`, `\n`, "\n").Replace(got[0][1])
		lines := strings.Split(text, "\n")
		for i, l := range lines {
			lines[i] = dataset.Plain(l)
		}
		if want := strings.Join(lines, "\n"); back != want {
			t.Errorf("%q came back as %q", want, back)
		}
	})
}

func TestCalendarPage(t *testing.T) {
	body, err := calendarPage("Anytown "+hostile, ahead())
	if err != nil {
		t.Fatal(err)
	}
	page := string(body)
	for _, never := range []string{"<script", "http:", "https:", "src=", "url(", "@import", "\u202e", "\u0007", "ZgotmplZ"} {
		if strings.Contains(page, never) {
			t.Errorf("the page holds %q", never)
		}
	}
	for text, n := range map[string]int{`<section class="sheet">`: 2, "<h2>November 2026</h2>": 1, "<h2>December 2026</h2>": 1,
		"and 2 more, below": 1, "‹U&#43;202E›": -1, "&lt;script&gt;": -1, "<h3>Monday 9 November 2026</h3>": 1, "arrears-chase: Zoë": 1} {
		if got := strings.Count(page, text); got != n && (n >= 0 || got == 0) {
			t.Errorf("%q stands %d times in the page, not %d", text, got, n)
		}
	}
	if strings.Index(page, "It assumes") > strings.Index(page, "<h2>") {
		t.Error("the days come before what they assume")
	}
}
