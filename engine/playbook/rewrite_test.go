package playbook_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/playbook"
)

func day(t testing.TB, text string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestRewrite(t *testing.T) {
	const head = "playbook: p\ntests:\n  - name: one   # kept\n    start: 2026-11-01\n    timeline:\n"
	for _, x := range []struct {
		name, was, now string
		days           map[string][]string
		state          string
		tasks          []string
	}{
		{"a list in brackets", "      2026-11-02: {expect: [email a, 'task b to x, y'], outage: yes}  # end\n",
			"      2026-11-02: {expect: [email c to jo@example.org], outage: yes}  # end\n",
			map[string][]string{"2026-11-02": {"email c to jo@example.org"}}, "", nil},
		{"nothing any more", "      2026-11-02: {expect: [email a]}\n", "      2026-11-02: {expect: []}\n",
			map[string][]string{"2026-11-02": {}}, "", nil},
		{"brackets over lines", "      2026-11-02:\n        expect: [email a,\n          \"task ] b\"]\n        outage: yes\n",
			"      2026-11-02:\n        expect: [task b]\n        outage: yes\n", map[string][]string{"2026-11-02": {"task b"}}, "", nil},
		{"a list of lines", "      2026-11-02:\n        expect:\n          - email a\n          - \"email b\"\n        outage: yes\n",
			"      2026-11-02:\n        expect:\n          - email a\n          - email b\n          - \"withheld c to Jo: O'Neill, Esq\"\n        outage: yes\n",
			map[string][]string{"2026-11-02": {"email a", "email b", "withheld c to Jo: O'Neill, Esq"}}, "", nil},
		{"a list of lines that is empty now", "      2026-11-02:\n        expect:\n          - email a\n        outage: yes\n",
			"      2026-11-02:\n        expect: []\n        outage: yes\n", map[string][]string{"2026-11-02": {}}, "", nil},
		{"a list under a comment that is empty now", "      2026-11-02:\n        expect:\n          # one\n          - email a\n        outage: yes\n",
			"      2026-11-02:\n        expect: []\n        outage: yes\n", map[string][]string{"2026-11-02": {}}, "", nil},
		{"one text", "      2026-11-02: {expect: email a}\n", "      2026-11-02: {expect: [email b]}\n",
			map[string][]string{"2026-11-02": {"email b"}}, "", nil},
		{"days between", "      2026-11-02: {expect: []}\n\n      # later\n      2026-11-09: {expect: []}\n",
			"      2026-11-02: {expect: []}\n\n      # later\n      2026-11-04: {expect: [email a]}\n      2026-11-05: {expect: [email b]}\n      2026-11-09: {expect: []}\n",
			map[string][]string{"2026-11-05": {"email b"}, "2026-11-04": {"email a"}}, "", nil},
		{"how it ends", "      2026-11-02: {expect: []}\n    end: {case: done, tasks: [a open, \"b open\", c answered]}\n",
			"      2026-11-02: {expect: []}\n    end: {case: over, tasks: [a open, b settled, c answered]}\n",
			nil, "over", []string{"a overdue", "b settled", "c answered"}},
		{"the ends of lines", "      2026-11-02:\r\n        expect:\r\n          - email a\r\n      2026-11-09: {}\r\n",
			"      2026-11-02:\r\n        expect:\r\n          - email b\r\n          - email c\r\n      2026-11-04: {expect: []}\r\n      2026-11-09: {}\r\n",
			map[string][]string{"2026-11-02": {"email b", "email c"}, "2026-11-04": {}}, "", nil},
		{"letters that are not English", "      2026-11-02: {reply: {from: \"é@example.org\"}, expect: [email a]}  # é\n",
			"      2026-11-02: {reply: {from: \"é@example.org\"}, expect: [email b]}  # é\n", map[string][]string{"2026-11-02": {"email b"}}, "", nil},
	} {
		t.Run(x.name, func(t *testing.T) {
			r := playbook.Rewriting{Line: 3, Days: map[calendar.Date][]string{}, Case: x.state, Tasks: x.tasks}
			for d, lines := range x.days {
				r.Days[day(t, d)] = lines
			}
			got, edits, err := playbook.Rewrite([]byte(head+x.was), []playbook.Rewriting{r})
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != head+x.now {
				t.Errorf("got\n%s\nnot\n%s", got, head+x.now)
			}
			if len(edits) == 0 {
				t.Error("nothing is said to have changed")
			}
		})
	}
}

func TestRewriteRefuses(t *testing.T) {
	for text, r := range map[string]playbook.Rewriting{
		"playbook: p\ntests: []\n": {Line: 3},
		"playbook: p\ntests:\n  - name: one\n    timeline: {2026-11-02: {}, 2026-11-09: {}}\n": {Line: 3,
			Days: map[calendar.Date][]string{day(t, "2026-11-05"): nil}},
		"playbook: [": {Line: 1},
	} {
		if _, _, err := playbook.Rewrite([]byte(text), []playbook.Rewriting{r}); err == nil {
			t.Errorf("%q was rewritten", text)
		}
	}
}

// Whatever happened, a file that was rewritten loads, expects exactly that, and
// has every other line as it was.
func TestRewriteReadsBack(t *testing.T) {
	lib := fewShip(t, "treasurer", "secretary", "membership_officer/arrears-chase")
	const file = "membership_officer/new-member-welcome.test.yaml"
	parts := strings.SplitAfter(string(lib[file].Data), "\n\n") // a few tests are enough
	data := []byte(strings.Join(parts[:4], ""))
	lib[file] = &fstest.MapFile{Data: data}
	tests, _, err := playbook.LoadTests(lib, nil)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var some []playbook.Rewriting
		want := map[int]map[calendar.Date][]string{}
		happened := rapid.SliceOfN(rapid.SampledFrom([]string{"email welcome to jo@example.org", "withheld check_in to O'Neill, Jo: \"Jo\"",
			"task phone", "missed welcome", "chase phone to mem@example.org"}), 0, 4)
		inserted := 0
		for _, x := range tests {
			if rapid.Bool().Draw(t, "leave") {
				continue
			}
			r := playbook.Rewriting{Line: x.Line, Days: map[calendar.Date][]string{}}
			if x.End != nil {
				r.Case = x.End.Case
			}
			for n := rapid.IntRange(1, 3).Draw(t, "days"); n > 0; n-- {
				last := x.Timeline[len(x.Timeline)-1].Date
				d := calendar.Date(rapid.IntRange(int(x.Start), int(last)).Draw(t, "day"))
				if !slices.ContainsFunc(x.Timeline, func(y playbook.TestDay) bool { return y.Date == d }) && r.Days[d] == nil {
					inserted++
				}
				r.Days[d] = append([]string{}, happened.Draw(t, "happened")...)
			}
			some = append(some, r)
			want[x.Line] = r.Days
		}
		got, _, err := playbook.Rewrite(data, some)
		if err != nil {
			t.Fatal(err)
		}
		after := fstest.MapFS{}
		for name, f := range lib {
			after[name] = f
		}
		after[file] = &fstest.MapFile{Data: got}
		again, faults, err := playbook.LoadTests(after, nil)
		if err != nil || len(faults) > 0 {
			t.Fatalf("%v %v\n%s", err, faults, got)
		}
		for i, x := range again {
			for _, d := range x.Timeline {
				if lines, ok := want[tests[i].Line][d.Date]; ok && !slices.Equal(d.Expect, lines) {
					t.Fatalf("%s expects %q, not %q", d.Date, d.Expect, lines)
				}
				delete(want[tests[i].Line], d.Date)
			}
			if left := want[tests[i].Line]; len(left) > 0 {
				t.Fatalf("no day for %v", left)
			}
		}
		for _, l := range strings.SplitAfter(string(data), "\n") {
			if !strings.Contains(l, "expect") && !strings.Contains(l, "- email") && !strings.Contains(string(got), l) {
				t.Fatalf("a line is gone: %q", l)
			}
		}
	})
}
