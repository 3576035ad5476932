package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// The demo's plan can be read at a hundred columns, and every count of it
// reconciles: with the lines, and looked at = matched + not + cannot tell.
func TestPlanFitsAndReconciles(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "demo", "party")
	for _, args := range [][]string{{"plan", "--on", "+1"}, {"plan", "--on", "+7", "--all"}, {"status"}, {"review"}} {
		out, _ := clarion(t, exitOK, append([]string{"-C", "party"}, args...)...)
		for _, line := range strings.Split(out, "\n") {
			if utf8.RuneCountInString(line) > usualWidth && !strings.Contains(line, "clarion ") {
				t.Errorf("%v prints a line of %d columns: %q", args, utf8.RuneCountInString(line), line)
			}
		}
	}
	out, _ := clarion(t, exitOK, "-C", "party", "plan", "--on", "+7", "--json")
	var p struct {
		Lines      []struct{ Verb, Playbook string }
		CannotTell []struct{ Playbook string } `json:"cannot_tell"`
		Counts     map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	if len(p.Lines) < 20 || len(p.Counts) < 5 {
		t.Fatalf("only %d lines and %d playbooks in the demo's plan", len(p.Lines), len(p.Counts))
	}
	found := map[string]int{}
	for _, l := range p.Lines {
		found[l.Playbook+" "+l.Verb]++
	}
	for name, all := range p.Counts {
		c := map[string]int{}
		for what, n := range all {
			if n, number := n.(float64); number {
				c[what] = int(n)
			}
		}
		if c["looked_at"] == 0 && c["later"] == 0 || c["looked_at"] != c["matched"]+c["not_matched"]+c["cannot_tell"] {
			t.Errorf("%s: %d looked at, but %d matched, %d not, %d cannot be told", name, c["looked_at"], c["matched"], c["not_matched"], c["cannot_tell"])
		}
		for _, verb := range []string{"send", "review", "task", "sheet", "wait", "held", "withheld", "missed", "later"} {
			if n := found[name+" "+verb]; n != c[verb] {
				t.Errorf("%s: %d lines of %s, and %d are counted", name, n, verb, c[verb])
			}
		}
	}
}

func TestTable(t *testing.T) {
	var b strings.Builder
	s := &screen{Writer: &b, wide: 40}
	s.table("  ", 8, [][]string{{"name", "", "much", "a reason"}, {"Élodie", "", "5", "short"}, {"a very long name", "", "12", "a reason that is longer than the line has room for"}})
	want := `  name      much  a reason
  Élodie       5  short
  a very …    12  a reason that is longer than
                  the line has room for
`
	if b.String() != want {
		t.Errorf("a table came out as\n%s\nnot as\n%s", b.String(), want)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text string
		most int
		want string
	}{
		{"", 10, ""},
		{"one two three", 7, "one two|three"},
		{"/a/path/that/is/longer/than/a/line and more", 10, "/a/path/that/is/longer/than/a/line|and more"},
		{"é é é é", 3, "é é|é é"},
	} {
		if got := strings.Join(wrap(c.text, c.most), "|"); got != c.want {
			t.Errorf("wrap(%q, %d) is %q, not %q", c.text, c.most, got, c.want)
		}
	}
}

func TestNames(t *testing.T) {
	all := []string{"A", "B", "C", "D", "E"}
	for n, want := range []string{"", "A", "A and B", "A, B and C", "A, B, C and D", "A, B, C and 2 more"} {
		if got := names(all[:n], 3); got != want {
			t.Errorf("%d names: %q, not %q", n, got, want)
		}
	}
}

// Colour is for terminals only; a pipe, NO_COLOR and a dumb terminal have none.
func TestNoColourInAPipe(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "init", ".", "--name", "Anytown CLP", "--yes")
	out, _ := clarion(t, exitOK, "status")
	if strings.Contains(out, "\x1b") {
		t.Errorf("a pipe was given colours: %q", out)
	}
	if s := fmt.Sprintf("%v", (&screen{colour: true}).paint("31", "x")); s != "\x1b[31mx\x1b[0m" {
		t.Errorf("on a terminal red is %q", s)
	}
}
