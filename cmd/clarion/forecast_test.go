package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestForecastAndCompareOfADemo asks the demo for its days ahead in every form,
// and then what an edit would have made different. Neither leaves a trace in the
// database.
func TestForecastAndCompareOfADemo(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "demo", "party")
	before, _ := clarion(t, exitOK, "-C", "party", "status", "--json")
	out, _ := clarion(t, exitOK, "-C", "party", "forecast", "--until", "+21", "--html", "ahead.html", "--ics", "ahead.ics")
	for _, want := range []string{"The days from 2 November 2026 to 23 November 2026, as they would be if:", "  - Every letter that waits",
		"Saturday 7 November 2026", "Ring Amara Okafor", "Written: "} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	if strings.Index(out, "gets its yes at once") > strings.Index(out, "Saturday 7 November") {
		t.Error("the days come before what they assume")
	}
	for _, line := range strings.Split(out, "\n") {
		if n := len([]rune(line)); n > 120 && !strings.HasPrefix(line, "Written") {
			t.Errorf("a line of %d characters: %s", n, line)
		}
	}
	page, err := os.ReadFile("ahead.html")
	if err != nil || !strings.Contains(string(page), "<h2>November 2026</h2>") || !strings.Contains(string(page), "Amara Okafor") {
		t.Errorf("the page: %v", err)
	}
	file, err := os.ReadFile("ahead.ics")
	if err != nil {
		t.Fatal(err)
	}
	events := 0
	for _, p := range properties(t, string(file)) {
		if p[0] == "BEGIN" && p[1] == "VEVENT" {
			events++
		}
	}
	for _, name := range []string{"ahead.html", "ahead.ics"} {
		if i, err := os.Stat(name); err != nil || i.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v may be read by others", name, i.Mode())
		}
	}

	text, _ := clarion(t, exitOK, "-C", "party", "forecast", "--until", "2026-11-23", "--json")
	var f struct {
		From, Until string
		Assumed     []string
		Days        []struct {
			Date  string
			Items []struct {
				What, Step, About, Line, Answer, Due string
				To                                   []string
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	items, welcomed := 0, false
	for _, d := range f.Days {
		for _, x := range d.Items {
			if x.What != "withheld" {
				items++
			}
			welcomed = welcomed || d.Date == "2026-11-12" && x.What == "letter" && x.Step == "welcome" && x.About == "Isla Drummond"
		}
	}
	if !welcomed || items != events || len(f.Assumed) < 4 || f.Until != "2026-11-23" {
		t.Errorf("%d items, %d events, Isla Drummond welcomed on her first day: %v, until %s", items, events, welcomed, f.Until)
	}
	if after, _ := clarion(t, exitOK, "-C", "party", "status", "--json"); after != before {
		t.Errorf("the status is another:\n%s\n%s", before, after)
	}

	if out, _ = clarion(t, exitOK, "-C", "party", "compare", "arrears-chase"); !strings.Contains(out, "No playbook is different.") {
		t.Errorf("of a playbook that nobody edited:\n%s", out)
	}
	body, err := os.ReadFile("party/playbooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	edited := strings.Replace(string(body), "arrears-chase:\n", "arrears-chase:\n  steps: {letter: \"off\"}\n", 1)
	if err := os.WriteFile("party/playbooks.yaml", []byte(edited), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ = clarion(t, exitOK, "-C", "party", "compare")
	for _, want := range []string{"Your playbooks and the library's, from ", "Different: arrears-chase and fortnightly-digest.", "Only the library's", "Bernard Hollis", "arrears-chase.letter"} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not say %q:\n%s", want, out)
		}
	}
	text, _ = clarion(t, exitOK, "-C", "party", "compare", "arrears-chase", "--json")
	var x struct {
		Different  []string
		OnlyOurs   []map[string]any `json:"only_ours"`
		OnlyTheirs []struct {
			Step string
			To   []string
		} `json:"only_theirs"`
	}
	if err := json.Unmarshal([]byte(text), &x); err != nil {
		t.Fatal(err)
	}
	if len(x.Different) != 1 || len(x.OnlyOurs) > 0 || len(x.OnlyTheirs) == 0 || x.OnlyTheirs[0].Step != "letter" {
		t.Errorf("%+v", x)
	}
}

func TestForecastAndCompareRefuse(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "demo", "party")
	for _, until := range []string{"soon", "+", "+x", "+99999", "2026-13-01"} {
		clarion(t, exitUsage, "-C", "party", "forecast", "--until", until)
	}
	if _, errs := clarion(t, exitFailed, "-C", "party", "forecast", "--until", "2026-10-01"); !strings.Contains(errs, "ends today (2 November 2026) or later") {
		t.Error(errs)
	}
	if _, errs := clarion(t, exitFailed, "-C", "party", "forecast", "--until", "2030-01-01"); !strings.Contains(errs, "two years") {
		t.Error(errs)
	}
	if _, errs := clarion(t, exitUsage, "-C", "party", "compare", "nothing-such"); !strings.Contains(errs, "there is no playbook nothing-such") {
		t.Error(errs)
	}
}
