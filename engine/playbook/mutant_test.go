package playbook_test

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

const manyKinds = `name: many
title: T
role: treasurer
basis: service
settings:
  n: {type: number, default: 3}
  m: {type: money, default: "£10.00"}
  d: {type: duration, default: 2 weeks}
  t: {type: table, columns: {a: text, b: text}, default: [{a: x, b: y}, {a: z, b: w}]}
for: member in members
let:
  since_when: member.joined ?? member.born
when: member.status in ["active", "arrears"] and not (member.joined > today) or present(member.email)
while: member.status != "resigned"
again: member.joined
stop: none(members, .key == member.key)
deadline: 29 days after member.joined, or the working day before
steps:
  - email: one
    at: 1 day after opening
    late: 3 days
    basis: marketing
    to: member
    subject: S
  - task: two
    when: days_between(member.joined, today) >= 7
    to: [treasurer, chair]
    subject: S
    answers:
      yes please: {set: {member.hardship: yes, member.phone_bad: no}}
      no more: {suppress: member}
    due: 2 months before deadline at 18:00
    chase:
      on the day: treasurer
      5 days before: [treasurer, chair]
      each day after: chair
`

// Every kind of mistake is made, each changes one thing, and each mutant has
// its own name.
func TestMutants(t *testing.T) {
	lib := fstest.MapFS{"treasurer/many.yaml": words(manyKinds)}
	all, err := playbook.Mutants(lib, "many")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range all {
		names = append(names, m.Name)
	}
	for _, want := range []string{
		"settings.n: 3 becomes 4", "settings.n: 3 becomes 2", "settings.m: £10.00 becomes £10.01", "settings.m: £10.00 becomes £9.99",
		"settings.d: 2 weeks becomes 15 days", "settings.t: the row x is gone",
		"let.since_when: ?? and what follows are gone",
		`when: "active" is not listed`, `when: "arrears" is not listed`, "when: in becomes not in in member.status in [",
		"when: and becomes or in ] and not", "when: or becomes and in ) or present", "when: not is gone in and not (",
		"when: > becomes >= in member.joined > today", "when: > becomes <= in member.joined > today",
		`when: without member.status in ["active", "arrears"] and`, "when: without and not (member.joined > today)", "when: without or present(member.email)",
		"when: present becomes blank in or present (", "when: the whole is negated",
		"while: it is gone", `while: != becomes == in member.status != "resigned"`, "again: it is never",
		"stop: it is gone", "stop: none becomes any in none (", "stop: == becomes != in key == member.key",
		"deadline: it is gone", "deadline: 29 days becomes 30 days", "deadline: 29 days becomes 28 days", "deadline: before and after change places",
		"deadline: the working day is gone", "deadline: the working day is on the other side",
		"steps.one: the step is gone", "steps.one.at: 1 day becomes 2 days", "steps.one.late: it is gone", "steps.one.late: 3 days becomes 4 days", "steps.one.basis: it is gone",
		"steps.two.when: it is gone", "steps.two.when: >= becomes > in ) >= 7", "steps.two.when: 7 becomes 8 in >= 7", "steps.two.when: the whole is negated",
		"steps.two.to: the reader treasurer is gone", "steps.two.answers.yes please: setting member.hardship is gone",
		"steps.two.answers.no more: suppress is gone", "steps.two.due: 2 months becomes 3 months", "steps.two.due: the hour is gone",
		"steps.two.chase.on the day: it is gone", "steps.two.chase.on the day: it is 1 day after", "steps.two.chase.5 days before: it is 6 days before",
		"steps.two.chase.5 days before: the reader chair is gone", "steps.two.chase.each day after: it is each week after",
	} {
		if !slices.Contains(names, want) {
			t.Errorf("no mutant %s", want)
		}
	}
	if t.Failed() {
		t.Log(strings.Join(names, "\n"))
	}
	if slices.Sort(names); len(slices.Compact(names)) != len(all) {
		t.Error("two mutants have the same name")
	}
	texts := map[string]string{}
	for _, m := range all {
		data, err := fs.ReadFile(m.Library(), m.File)
		if err != nil {
			t.Fatal(err)
		}
		if was, ok := texts[string(data)]; ok {
			t.Errorf("%q and %q are the same file", was, m.Name)
		}
		texts[string(data)] = m.Name
	}
	if data, _ := fs.ReadFile(lib, "treasurer/many.yaml"); string(data) != manyKinds {
		t.Error("the library itself was changed")
	}
}

// The figures of the law that a playbook names are moved by a penny.
func TestMutantsOfTheLaw(t *testing.T) {
	all, err := playbook.Mutants(playbooks.Library, "donation-permissibility")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, m := range all {
		if m.Where == "law.donation_check_over entry 1" {
			found++
		}
		if strings.HasPrefix(m.Where, "law.unit_report_over") {
			t.Errorf("%s is not named by the playbook", m.Where)
		}
	}
	if found != 2 {
		t.Errorf("the line of £500 was moved %d times, not up and down", found)
	}
}

// A library on a shelf is a file system like any other.
func TestMutantLibrary(t *testing.T) {
	all, err := playbook.Mutants(playbooks.Library, "new-member-welcome")
	if err != nil || len(all) < 2 {
		t.Fatal(len(all), err)
	}
	if err := fstest.TestFS(all[1].Library(), "roles.yaml", "membership_officer/new-member-welcome.yaml", "membership_officer/new-member-welcome/welcome.md",
		"membership_officer/new-member-welcome.test.yaml", "law/bank-holidays.yaml"); err != nil {
		t.Error(err)
	}
	if _, err := fs.ReadFile(all[1].Library(), "membership_officer/arrears-chase.yaml"); err == nil {
		t.Error("another playbook is on the shelf")
	}
}

// Mutants that no test can catch are named in the tests, with a reason.
func TestEquivalents(t *testing.T) {
	lib := ships(t)
	got, err := playbook.Equivalents(lib, "donation-permissibility")
	if err != nil || len(got) != 1 || got[0].Mutant != "while: it is gone" || len(got[0].Because) < 40 {
		t.Errorf("%+v, %v", got, err)
	}
	const file = "treasurer/donation-permissibility.test.yaml"
	lib[file] = words(string(lib[file].Data) + "  - mutant: \"deadline: it is gone\"\n")
	_, faults, err := playbook.LoadTests(lib, nil)
	if err != nil || len(faults) != 1 || !strings.Contains(faults[0].Text, "because") {
		t.Errorf("%v, %v", faults, err)
	}
}
