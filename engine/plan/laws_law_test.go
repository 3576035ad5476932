package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// The tests of this file hold the planner to the laws of the language, each as
// small as it can be. A test that fails names the law in its own name.

// arrears writes to members in arrears on the day after their case opens.
const arrears = `
name: arrears
title: Write to members in arrears
role: membership_officer
basis: service
for: member in members
when: member.status == "arrears"
again: member.arrears_since
steps:
  - email: ask
    at: 1 day after opening
    to: member
    subject: Your membership
`

// ask makes a bench of one playbook with the letter "ask".
func ask(t *testing.T, day, settings, text, words string) *bench {
	t.Helper()
	name := strings.Fields(strings.SplitN(text, "name:", 2)[1])[0]
	return newBench(t, day, settings, map[string]string{name + ".yaml": text, name + "/ask.md": words})
}

const jo = "key: A1; name: Jo; email: jo@example.org; status: "

// inArrears is a member whose arrears began on a day.
func inArrears(since string) row { return row(jo + "arrears; arrears_since: " + since) }

func TestLaw3UndecidedNeverSends(t *testing.T) {
	b := ask(t, "2026-03-02", "", strings.Replace(arrears, "    to: member\n", "    when: member.joined < today - days(30)\n    to: member\n", 1), "Hello.\n")
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "")
	b.on("2026-03-04")
	p := b.propose()
	if len(p.Messages) > 0 || len(p.CannotTell) != 1 || len(p.CannotTell[0].Cells) != 1 || p.CannotTell[0].Cells[0].Column != "joined" {
		t.Errorf("a letter whose condition cannot be told: %d messages, cannot tell %+v", len(p.Messages), p.CannotTell)
	}
}

// A case with a deadline whose condition cannot be told gives its tasks to the
// playbook's role.
func TestLaw3ADeadlineNeverFallsSilent(t *testing.T) {
	b := newBench(t, "2026-03-02", "", map[string]string{"gift.yaml": `
name: gift
title: Check gifts
role: membership_officer
basis: officer
for: donation in donations
when: donation.amount > pounds(500)
deadline: 20 days after opening
steps:
  - task: check
    at: 2 days after opening
    to: secretary
    subject: Check a gift
    due: deadline
`})
	b.list("donations")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("donations", "key: D1; donor: Ada; amount: £600; received_on: 2026-03-03")
	b.expect("2026-03-03", "")
	b.on("2026-03-05")
	b.list("donations", "key: D1; donor: Ada; received_on: 2026-03-03")
	b.expect("2026-03-05", "told mel@example.org")
}

func TestLaw5ACorrectedDateIsTheSameOccasion(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "")
	b.expect("2026-03-04", "ask to jo@example.org")
	b.expect("2026-03-05", "")
	b.on("2026-03-06")
	b.list("members", inArrears("2026-02-20"))
	b.expect("2026-03-06", "")
	b.expect("2026-03-07", "")
	if n := len(b.book.Cases()); n != 1 {
		t.Errorf("there are %d cases", n)
	}
}

// A wrong export closes a case as over; the next one reopens the same case, and
// it stands where it stood.
func TestLaw5TheSameOccasionReopens(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "")
	b.on("2026-03-04")
	b.list("members", jo+"active")
	b.expect("2026-03-04", "")
	b.on("2026-03-05")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-05", "ask to jo@example.org")
	if all := b.book.Cases(); len(all) != 1 {
		t.Errorf("there are %d cases", len(all))
	}
}

func TestLaw6Backlog(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.list("members", inArrears("2026-01-01"))
	b.expect("2026-03-02", "")
	b.expect("2026-03-03", "")
	all := b.book.Cases()
	if len(all) != 1 || !all[0].Backlog {
		t.Fatalf("the cases are %+v", all)
	}
	b.on("2026-03-04")
	p := b.propose()
	if len(p.Messages) > 0 || hold(p, "backlog") == "" {
		t.Errorf("%d messages, holds %+v", len(p.Messages), p.Holds)
	}
	b.apply("secretary", ledger.BacklogApproved{Playbook: "arrears", Cases: []ledger.CaseKey{all[0].Key}})
	b.expect("2026-03-05", "ask to jo@example.org")
}

func TestLaw7OtherWordsAreAnotherLetter(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Dear {{ member.name }}.\n")
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "")
	b.on("2026-03-04")
	b.propose()
	before := b.book.MessagesIn(ledger.Proposed)
	if len(before) != 1 {
		t.Fatalf("%d letters are proposed", len(before))
	}
	if falls := plan.Recheck(b.input()); len(falls) != 0 {
		t.Errorf("nothing has changed, and yet: %v", falls)
	}
	b.list("members", "key: A1; name: Joanna; email: jo@example.org; status: arrears; arrears_since: 2026-03-01")
	if falls := plan.Recheck(b.input()); falls[before[0].ID] == "" {
		t.Error("a letter whose words have changed may still go")
	}
	b.propose()
	if m, _ := b.book.Message(before[0].ID); m.State != ledger.Superseded || len(b.book.MessagesIn(ledger.Proposed)) != 1 {
		t.Errorf("the old letter is %s, %d are proposed", m.State, len(b.book.MessagesIn(ledger.Proposed)))
	}
	b.list("members", jo+"active")
	if falls := plan.Recheck(b.input()); len(falls) != 1 {
		t.Errorf("a letter that is not due any more may still go: %v", falls)
	}
}

func TestLaw7AsOfItsOwnMoment(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Today is {{ today }}.\n")
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "")
	b.on("2026-03-04")
	p := b.propose()
	if len(p.Messages) != 1 || !strings.Contains(p.Messages[0].Content.Text, "4 March 2026") {
		t.Fatalf("the letter is not there: %+v", p.Messages)
	}
	for _, day := range []string{"2026-03-05", "2026-03-07"} {
		b.on(day)
		if ms := letters(b.propose()); len(ms) != 1 || !ms[0].Stands {
			t.Errorf("on %s the waiting letter does not stand", day)
		}
	}
}

// crowd is a list of members of whom the first so many are in arrears.
func crowd(all, late int) []row {
	var out []row
	for i := range all {
		status := "active"
		if i < late {
			status = "arrears; arrears_since: 2026-03-01"
		}
		out = append(out, row(fmt.Sprintf("key: A%03d; name: Jo; email: jo%d@example.org; status: %s", i, i, status)))
	}
	return out
}

func TestLaw8Brakes(t *testing.T) {
	now := strings.Replace(arrears, "    at: 1 day after opening\n", "", 1)
	for _, c := range []struct {
		name, brakes string
		all, late    int
		held         bool
	}{
		{"few", "{most_at_once: 9, share: 50 percent, times_usual: 3, floor: 2}", 100, 9, false},
		{"too many", "{most_at_once: 9, share: 50 percent, times_usual: 3, floor: 2}", 100, 10, true},
		{"half", "{most_at_once: 90, share: 50 percent, times_usual: 3, floor: 2}", 20, 10, false},
		{"more than half", "{most_at_once: 90, share: 50 percent, times_usual: 3, floor: 2}", 20, 11, true},
		{"a small branch", "{most_at_once: 90, share: 50 percent, times_usual: 3, floor: 5}", 6, 5, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := ask(t, "2026-03-02", "brakes: "+c.brakes+"\n", now, "Hello.\n")
			b.list("members", crowd(c.all, 0)...)
			b.expect("2026-03-02", "")
			b.on("2026-03-03")
			b.list("members", crowd(c.all, c.late)...)
			p := b.propose()
			if held := hold(p, "brake") != ""; held != c.held || held && len(p.Messages) > 0 || !held && len(p.Messages) != c.late {
				t.Errorf("held %v with %d messages: %s", held, len(p.Messages), hold(p, "brake"))
			}
		})
	}
	t.Run("in portions", func(t *testing.T) {
		b := ask(t, "2026-03-02", "brakes: {most_at_once: 9, share: 50 percent, times_usual: 3, floor: 2}\n", now, "Hello.\n")
		b.list("members", crowd(100, 0)...)
		b.expect("2026-03-02", "")
		b.on("2026-03-03")
		b.list("members", crowd(100, 6)...)
		b.propose()
		b.now = b.now.Add(time.Hour)
		b.list("members", crowd(100, 12)...)
		if p := b.propose(); hold(p, "brake") == "" {
			t.Error("six and six letters of one day pass a brake of nine")
		}
	})
	t.Run("unlike others", func(t *testing.T) {
		b := ask(t, "2026-03-02", "brakes: {most_at_once: 900, share: 90 percent, times_usual: 3, floor: 2}\n", now, "Hello.\n")
		b.list("members", crowd(100, 0)...)
		b.expect("2026-03-02", "")
		for i := range 4 {
			b.on(fmt.Sprintf("2026-03-0%d", 3+i))
			b.list("members", crowd(100, i+1)...)
			if b.run() == "" {
				t.Fatal("a letter a day does not go")
			}
		}
		b.on("2026-03-09")
		b.list("members", crowd(100, 14)...)
		if p := b.propose(); hold(p, "brake") == "" {
			t.Error("ten letters pass where one is usual")
		}
	})
}

// A playbook's test fails at one action that it did not expect, and at one that
// did not come.
func TestLaw13ATestThatIsWrongFails(t *testing.T) {
	b := ask(t, "2026-03-02", "", strings.Replace(arrears, "    at: 1 day after opening\n", "", 1), "Hello.\n")
	day := func(s string) calendar.Date {
		d, err := calendar.ParseDate(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	for _, c := range []struct {
		name   string
		expect []string
		wrong  int
	}{
		{"right", []string{"email ask to jo@example.org"}, 0},
		{"one too many", nil, 1},
		{"one that does not come", []string{"email ask to jo@example.org", "email ask to al@example.org"}, 1},
		{"another address", []string{"email ask to al@example.org"}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.list("members", jo+"active")
			before := b.tables["members"].Rows
			b.list("members", inArrears("2026-03-01"))
			x := &playbook.Test{Playbook: "arrears", Name: c.name, Start: day("2026-03-02"), Trust: playbook.Automatic, Set: b.set,
				Timeline: []playbook.TestDay{{Date: day("2026-03-03"), Expect: c.expect, Expected: true}}}
			x.Data = map[string][]*dataset.Row{"members": before}
			x.Timeline[0].Import = map[string][]*dataset.Row{"members": b.tables["members"].Rows}
			if got := plan.Try(x); len(got) != c.wrong {
				t.Errorf("%d failures: %v", len(got), got)
			}
		})
	}
}

func TestLaw4AClockSetWrong(t *testing.T) {
	b := ask(t, "2026-03-02", "", strings.Replace(arrears, "    at: 1 day after opening\n", "", 1), "Hello.\n")
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.list("members", inArrears("2026-03-01"))
	for _, day := range []string{"2026-03-01", "2026-04-20", "2036-03-03"} {
		b.on(day)
		p := plan.Compute(b.input())
		if len(p.Messages)+len(p.Changes) > 0 || hold(p, "date") == "" {
			t.Errorf("on %s: %d messages, %d changes, holds %+v", day, len(p.Messages), len(p.Changes), p.Holds)
		}
	}
	b.expect("2026-03-31", "ask to jo@example.org") // a month's sleep is no doubt
}

// A letter of which nobody knows whether it went is not owed again.
func TestLaw5WhatMayHaveGoneIsNotOwedAgain(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "")
	b.on("2026-03-04")
	b.propose()
	for _, m := range b.claim() {
		b.apply("clarion", ledger.MessageUncertain{ID: m.ID, Why: "the connection broke"})
	}
	if n := len(b.book.MessagesIn(ledger.Uncertain)); n != 1 {
		t.Fatalf("%d letters are uncertain", n)
	}
	for _, day := range []string{"2026-03-05", "2026-03-20"} {
		b.on(day)
		for _, m := range plan.Compute(b.input()).Messages {
			if m.Kind == ledger.Letter {
				t.Errorf("on %s the letter is planned again", day)
			}
		}
	}
}
