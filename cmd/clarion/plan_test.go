package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// planned is what plan --json and run --json say of a plan.
type planned struct {
	Digest string
	Lines  []struct{ Verb, Playbook, Step, To, About, Why, When string }
	Counts map[string]struct {
		LookedAt   int `json:"looked_at"`
		Matched    int
		NotMatched int `json:"not_matched"`
		CannotTell int `json:"cannot_tell"`
		Actions    map[string]any
	}
	Letters []struct {
		Kind, To, Playbook string
		ToName             string `json:"to_name"`
		ByItself           bool   `json:"by_itself"`
	}
}

// passed is what run --json says of a pass.
type passed struct {
	Plan   planned
	Before *planned `json:"plan_before"`
	Gone   []struct {
		Number      int
		Playbook    string
		ToName, Why string
	}
}

// read runs a command line with --json and reads what it says.
func read[T any](t *testing.T, args ...string) (v T) {
	t.Helper()
	out, _ := clarion(t, exitOK, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return v
}

// TestThePlanAndTheLog tries what is said of a plan and of the log on one day of
// the demo, and on the two after it.
func TestThePlanAndTheLog(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "demo")
	t.Setenv("CLARION_FOLDER", "clarion-demo")
	onPaper(t)
	theLog(t)
	isKept(t)
}

// isKept: a run does what the plan of a moment before says, to the
// line; and if somebody pays in between, it says which letter it took away.
func isKept(t *testing.T) {
	plan, run := read[planned](t, "plan", "--on", "+1"), read[passed](t, "run", "--on", "+1")
	if plan.Digest != run.Plan.Digest || !slices.Equal(plan.Lines, run.Plan.Lines) || fmt.Sprint(plan.Counts) != fmt.Sprint(run.Plan.Counts) {
		t.Errorf("planned %s with %d lines, and ran %s with %d", plan.Digest, len(plan.Lines), run.Plan.Digest, len(run.Plan.Lines))
	}
	if len(plan.Lines) < 50 || run.Before != nil || len(run.Gone) > 0 {
		t.Errorf("%d lines; planned twice: %v, taken away: %v", len(plan.Lines), run.Before != nil, run.Gone)
	}
	for name, c := range plan.Counts {
		sum := 0.0
		for of, n := range c.Actions {
			if n, is := n.(float64); is && of != "all" {
				sum += n
			}
		}
		if c.LookedAt != c.Matched+c.NotMatched+c.CannotTell || sum != c.Actions["all"] {
			t.Errorf("%s does not add up: %+v", name, c)
		}
	}

	before := read[planned](t, "plan", "--on", "+2")
	clarion(t, exitOK, "record", "fact", "members", "A150001", "status", "active", "--as", "membership_officer", "--on", "+2")
	out, _ := clarion(t, exitOK, "plan", "--diff", "--on", "+2")
	if !strings.Contains(out, "Gone (1)\n  arrears-chase\n    14  Bernard Hollis") || !strings.Contains(out, "recorded “status” of Bernard Hollis") {
		t.Errorf("the difference:\n%s", out)
	}
	after := read[passed](t, "run", "--on", "+2")
	if len(after.Gone) != 1 || after.Gone[0].Number != 14 || after.Gone[0].Playbook != "arrears-chase" || !strings.Contains(after.Gone[0].Why, "no longer applies") {
		t.Errorf("taken away: %+v", after.Gone)
	}
	if before.Digest == after.Plan.Digest {
		t.Error("the plan is the same, and a letter less")
	}
	for _, l := range before.Lines {
		if l.Playbook == "arrears-chase" && (l.To == "Bernard Hollis" || l.About == "Bernard Hollis") || l.Verb == "task" {
			continue
		}
		if !slices.Contains(after.Plan.Lines, l) {
			t.Errorf("planned and not done: %+v", l)
		}
	}
}

// onPaper: without --names the page names nobody, and shows one
// letter of each playbook, masked; with it, every letter stands there whole, and
// the file is for its owner alone. Neither fetches anything or runs.
func onPaper(t *testing.T) {
	for _, wrong := range [][]string{{"plan", "--names"}, {"plan", "--since", "2026-11-01"}, {"plan", "--diff", "--since", "yesterday"}} {
		clarion(t, exitUsage, wrong...)
	}
	if err := os.WriteFile("names.html", nil, 0o644); err != nil { // as it lay there before
		t.Fatal(err)
	}
	clarion(t, exitOK, "plan", "--html", "plan.html", "--on", "+7")
	clarion(t, exitOK, "plan", "--html", "names.html", "--names", "--on", "+7")
	page := map[string]string{}
	for _, name := range []string{"plan.html", "names.html"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(name)
		if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has the mode %v, %v", name, info.Mode(), err)
		}
		page[name] = string(b)
		selfContained(t, name, page[name])
		first, _, _ := strings.Cut(page[name], "\n")
		said := strings.TrimSuffix(strings.TrimPrefix(first, "<!-- "), " -->")
		if !strings.Contains(said, "delete it") || !strings.Contains(said, "16 November 2026") || strings.Count(page[name], said) != 2 {
			t.Errorf("%s begins with %s", name, first)
		}
	}
	masked := page["plan.html"]
	for _, p := range everybody(t) {
		for _, secret := range p {
			if strings.Contains(masked, secret) {
				t.Errorf("plan.html holds %q", secret)
			}
		}
	}
	if strings.Contains(masked, "@example.") || strings.Count(masked, "<article") != 1 || !strings.Contains(masked, "Dear B.,") ||
		!strings.Contains(masked, "<td>B. H.</td><td></td><td>Thornley</td>") || !strings.Contains(masked, "One of 2.") {
		t.Error("plan.html does not show one letter, masked, and whom it is for")
	}
	whole, plan := page["names.html"], read[planned](t, "plan", "--on", "+7")
	for _, m := range plan.Letters {
		if !strings.Contains(whole, "<dd>"+html.EscapeString(m.ToName+" <"+m.To+">")+"</dd>") {
			t.Errorf("names.html has no letter to %s", m.ToName)
		}
	}
	if n := strings.Count(whole, "<article"); n != len(plan.Letters) || n < 5 {
		t.Errorf("names.html has %d letters, want %d", n, len(plan.Letters))
	}
	for _, part := range []string{"Dear Bernard,", "members A150001 (data/members-2026-11-02.csv, row 577)", "<dt>arrears since</dt><dd>27 October 2026 "} {
		if !strings.Contains(whole, part) {
			t.Errorf("names.html does not say %q", part)
		}
	}
}

// selfContained holds a page against what it must not do.
func selfContained(t *testing.T, name, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	policy := false
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if slices.Contains([]string{"script", "link", "img", "iframe", "form", "base", "object", "embed", "svg"}, n.Data) {
			t.Errorf("%s: <%s>", name, n.Data)
		}
		for _, a := range n.Attr {
			policy = policy || a.Key == "content" && a.Val == "default-src 'none'; style-src 'unsafe-inline'"
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") && !strings.HasPrefix(a.Val, "http") && !strings.HasPrefix(a.Val, "mailto:") {
				t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
			}
		}
	}
	if !policy {
		t.Errorf("%s has no policy", name)
	}
}

// everybody gives for each member of the demo what would give them away.
func everybody(t *testing.T) (out [][]string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("clarion-demo", "data", "members-*.csv"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		at := map[string]int{}
		for i, h := range rows[0] {
			at[strings.TrimPrefix(h, "\ufeff")] = i
		}
		for _, r := range rows[1:] {
			p := []string{r[at["First Name"]] + " " + r[at["Last Name"]], r[at["Membership Number"]]}
			for _, c := range []string{"Email", "Phone", "Address"} {
				if v := r[at[c]]; len(v) > 5 {
					p = append(p, v)
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// theLog: the decisions in words, from the terminal; and a head that
// the log does not have ends with 1.
func theLog(t *testing.T) {
	clarion(t, exitOK, "review", "reject", "15", "--reason", "spoke with her", "--as", "membership_officer")
	out, _ := clarion(t, exitOK, "log")
	for _, part := range []string{"Vice Chair (Membership)  arrears-chase: struck out letter 15: spoke with her",
		"new-member-welcome: let 6 letters go by trust (21 to 26)", "took the list of members: 604 records, 10 new, 25 changed", "Head of the log: "} {
		if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(strings.Fields(part), " ")) {
			t.Errorf("the log does not say %q:\n%s", part, out)
		}
	}
	_, head, _ := strings.Cut(out, "Head of the log: ")
	head, _, _ = strings.Cut(head, " ")
	clarion(t, exitOK, "stop", "--reason", "let us wait")
	out, _ = clarion(t, exitOK, "log", "--verify", "--head", head[:12])
	if out = strings.Join(strings.Fields(out), " "); !strings.Contains(out, "The log is whole") || !strings.Contains(out, "1 event was added since, and nothing before was changed") {
		t.Errorf("verified: %s", out)
	}
	clarion(t, exitOK, "resume", "--reason", "on we go", "--as", "secretary")
	if _, errs := clarion(t, exitFailed, "log", "--verify", "--head", "0123456789abcdef"); !strings.Contains(errs, "no event of the log has the hash 0123456789abcdef") {
		t.Error(errs)
	}
	clarion(t, exitUsage, "log", "--head", head)
	type logged struct {
		Head  string
		Lines []struct {
			Words, Role string
			Numbers     []int
		}
	}
	l := read[logged](t, "log", "--since", "2026-11-02", "--playbook", "arrears-chase")
	if len(l.Lines) == 0 || l.Lines[0].Role != "membership_officer" || !slices.Equal(l.Lines[0].Numbers, []int{15}) || len(l.Head) != 64 {
		t.Errorf("as JSON: %+v", l)
	}
}
