package plan_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// results runs the shipped tests of one playbook.
func results(t *testing.T, library fs.FS, name string) []plan.Result {
	t.Helper()
	tests, faults, err := playbook.LoadTests(library, nil)
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	var out []plan.Result
	for _, x := range tests {
		if x.Playbook == name {
			out = append(out, plan.Run(x))
		}
	}
	return out
}

// The tests that ship make every step of every shipped playbook fire, and see
// its cases end in every way that they can.
func TestShippedTestsCoverTheirPlaybooks(t *testing.T) {
	tests, faults, err := playbook.LoadTests(playbooks.Library, nil, "new-member-welcome", "arrears-chase", "donation-permissibility", "minutes-circulate")
	if err != nil || len(faults) > 0 {
		t.Fatal(err, faults)
	}
	var ran []plan.Result
	for _, x := range tests {
		ran = append(ran, plan.Run(x))
	}
	seen := map[string]plan.Coverage{}
	for _, c := range plan.Coverages(ran) {
		seen[c.Playbook] = c
	}
	for name, ways := range map[string]string{
		"new-member-welcome":      "done stopped over spent missed withheld cannot tell",
		"arrears-chase":           "done stopped over withheld frozen",
		"donation-permissibility": "done over frozen cannot tell",
		"minutes-circulate":       "done over missed",
	} {
		c := seen[name]
		if c.Tests < 5 || len(c.Steps) == 0 || len(c.Reasons) != len(plan.Reasons) {
			t.Fatalf("%s: %+v", name, c)
		}
		for _, s := range c.Steps {
			if s.Tests == 0 {
				t.Errorf("%s: no test sees the step %s", name, s.Name)
			}
		}
		for _, r := range c.Reasons {
			if r.Tests == 0 && strings.Contains(" "+ways+" ", " "+r.Name+" ") {
				t.Errorf("%s: no test sees a case that is %s", name, r.Name)
			}
			if r.Tests > c.Tests {
				t.Errorf("%s: %s in %d of %d tests", name, r.Name, r.Tests, c.Tests)
			}
		}
	}
}

// A coverage says what was never seen: of one test that only welcomes, two
// steps have not fired.
func TestCoverageSaysWhatIsMissing(t *testing.T) {
	lib := edited(t, "membership_officer/new-member-welcome.test.yaml", func(string) string {
		return `playbook: new-member-welcome
tests:
  - name: only welcomed
    start: 2026-11-01
    data: {members: []}
    timeline:
      2026-11-02:
        import: {members: [{key: A1, first_name: Jo, status: active, joined: 2026-10-30, email: jo@example.org}]}
        expect: [email welcome to jo@example.org]
`
	})
	c := plan.Coverages(results(t, lib, "new-member-welcome"))[0]
	want := []plan.Covered{{Name: "welcome", Tests: 1}, {Name: "phone"}, {Name: "check_in"}}
	if !slices.Equal(c.Steps, want) {
		t.Errorf("steps %+v", c.Steps)
	}
	for _, r := range c.Reasons {
		if r.Tests != 0 {
			t.Errorf("%s is said to have been seen", r.Name)
		}
	}
}

// first leaves only the first test of a file.
func first(tests string) string {
	head, _, _ := strings.Cut(tests, "\n\n")
	return head + "\n"
}

// edited is the library, of the playbooks only that of the file, with another
// text of this file.
func edited(t *testing.T, file string, edit func(string) string) fstest.MapFS {
	t.Helper()
	m := fstest.MapFS{}
	err := fs.WalkDir(playbooks.Library, ".", func(name string, d fs.DirEntry, err error) error {
		shared := !strings.Contains(name, "/") || strings.HasPrefix(name, "data/") || strings.HasPrefix(name, "law/")
		if err != nil || d.IsDir() || !shared && !strings.HasPrefix(name, strings.TrimSuffix(file, ".test.yaml")) {
			return err
		}
		data, err := fs.ReadFile(playbooks.Library, name)
		if name == file {
			text := edit(string(data))
			if text == string(data) {
				t.Fatalf("%s was not edited", file)
			}
			data = []byte(text)
		}
		m[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// One unexpected action fails a test, on the first day as on any other; and a
// rewritten test expects it.
func TestOneUnexpectedActionFails(t *testing.T) {
	for _, x := range []struct{ name, was, now, fails string }{
		{"a task on a day that is not listed", "2026-11-07: {expect: [task phone to pat@example.org]}", "2026-11-08: {expect: []}",
			"on 2026-11-07, not expected: task phone to pat@example.org"},
		{"a letter that does not come", "2026-11-23: {expect: [email check_in to jo@example.org]}", "2026-11-22: {expect: [email check_in to jo@example.org]}",
			"on 2026-11-22, expected and did not happen: email check_in to jo@example.org"},
		{"another reader", "[email welcome to jo@example.org]", "[email welcome to al@example.org]",
			"on 2026-11-02, not expected: email welcome to jo@example.org"},
		{"twice", "[email welcome to jo@example.org]", "[email welcome to jo@example.org, email welcome to jo@example.org]",
			"on 2026-11-02, expected and did not happen: email welcome to jo@example.org"},
		{"how it ends", "end: {case: done}", "end: {case: stopped}", "the case should be stopped at the end, and is done"},
		{"what stands in the records", "end: {case: done}", "end: {record: {members: {A1: {last_contacted: 2026-11-10}}}}",
			"at the end last_contacted of A1 should be 10 November 2026, and is 9 November 2026"},
	} {
		t.Run(x.name, func(t *testing.T) {
			lib := edited(t, "membership_officer/new-member-welcome.test.yaml", func(s string) string { return strings.Replace(first(s), x.was, x.now, 1) })
			r := results(t, lib, "new-member-welcome")[0]
			said := false
			for _, f := range r.Failures {
				said = said || f.Text == x.fails
			}
			if !said {
				t.Errorf("the failures are %v", r.Failures)
			}
			file := r.Test.File
			data, edits, err := playbook.Rewrite(lib[file].Data, []playbook.Rewriting{{Line: r.Test.Line, Days: r.Instead, Case: r.Case, Tasks: r.Tasks}})
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(x.now, "record") { // facts are for a person to put right
				if len(edits) != 0 {
					t.Errorf("a fact was rewritten: %v", edits)
				}
				return
			}
			lib[file] = &fstest.MapFile{Data: data}
			if again := results(t, lib, "new-member-welcome")[0]; len(again.Failures) > 0 {
				t.Errorf("rewritten, it still fails: %v", again.Failures)
			}
		})
	}
}

// What already applies on the first day of a test is seen too.
func TestTheFirstDayIsCompared(t *testing.T) {
	lib := edited(t, "treasurer/donation-permissibility.test.yaml", func(string) string {
		return `playbook: donation-permissibility
tests:
  - name: a task on the first day
    start: 2026-11-02
    data: {donations: [{key: D1, donor: Ada Penny, amount: "£600.00", received_on: 2026-11-01, status: received}]}
    officers: {treasurer: tre@example.org}
    timeline:
      2026-11-03: {expect: []}
`
	})
	r := results(t, lib, "donation-permissibility")[0]
	if len(r.Failures) != 1 || r.Failures[0].Text != "on 2026-11-02, not expected: task check to tre@example.org" {
		t.Errorf("the failures are %v", r.Failures)
	}
}

// A mutant that the tests do not notice survives, one that they excuse does
// not, and tests that fail by themselves say nothing about mutants.
func TestMutateJudges(t *testing.T) {
	const file = "membership_officer/new-member-welcome.test.yaml"
	blunt := `playbook: new-member-welcome
tests:
  - name: nothing happens in an empty list
    start: 2026-11-01
    data: {members: []}
    timeline:
      2026-11-02: {expect: []}
`
	excused := blunt + "equivalent:\n  - {mutant: \"stop: it is gone\", because: a reason}\n  - {mutant: nothing at all, because: a reason}\n"
	toll, err := plan.Mutate(edited(t, file, func(string) string { return excused }), "new-member-welcome", 1)
	if err != nil || toll.Lived < 30 || toll.Caught != 0 || toll.Share() != 0 {
		t.Errorf("blunt tests caught %d of %d, %v", toll.Caught, toll.Lived, err)
	}
	if len(toll.Idle) != 1 || toll.Idle[0].Mutant != "nothing at all" {
		t.Errorf("the excuses that excuse nothing are %v", toll.Idle)
	}
	if len(toll.Excused) != 1 || toll.Excused[0].Excuse != "a reason" || toll.Survived != toll.Lived-1 || len(toll.Survivors) != toll.Survived {
		t.Errorf("%d excused, %d survived of %d", len(toll.Excused), toll.Survived, toll.Lived)
	}
	wrong := strings.Replace(blunt, "expect: []", "expect: [email welcome]", 1)
	if _, err = plan.Mutate(edited(t, file, func(string) string { return wrong }), "new-member-welcome", 1); err == nil || !strings.Contains(err.Error(), "before any mistake") {
		t.Errorf("tests that fail by themselves: %v", err)
	}
}
