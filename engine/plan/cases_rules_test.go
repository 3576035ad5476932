package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// TestAnEditIsASwitchingOn: a playbook whose condition is edited finds backlog;
// approved, its clock counts from that day.
func TestAnEditIsASwitchingOn(t *testing.T) {
	text := one(`
when: member.status == "lapsed"
again: never
steps:
  - email: ask
    at: 3 days after opening
    to: member
    subject: Ask
`)
	b := bench1(t, "2026-03-02", "", text, "ask")
	b.began("members")
	b.on("2026-03-03")
	b.list("members", row(jo+"arrears"))
	b.expect("2026-03-03", "")
	edited := bench1(t, "2026-03-04", "", strings.Replace(text, `== "lapsed"`, `in ["lapsed", "arrears"]`, 1), "ask")
	b.set = edited.set
	for _, day := range []string{"2026-03-04", "2026-03-12"} {
		b.expect(day, "")
	}
	p := plan.Compute(b.input())
	if hold(p, "backlog") == "" || line(p, plan.HeldBack) == "" {
		t.Errorf("no backlog is held: %+v", p.Holds)
	}
	cases := b.book.Cases()
	b.apply("officer", ledger.BacklogApproved{Playbook: "one", Cases: []ledger.CaseKey{cases[0].Key}})
	b.expect("2026-03-14", "")
	b.expect("2026-03-15", "ask to jo@example.org")
}

// TestLatenessStandsStill while a case is paused or cannot be told.
func TestLatenessStandsStill(t *testing.T) {
	text := one(`
when: member.status == "arrears"
while: member.status == "arrears" and not member.hardship
pause: present(member.last_contacted) and member.last_contacted > today - days(14)
again: member.arrears_since
steps:
  - email: ask
    to: member
    subject: Ask
`)
	for name, x := range map[string]struct{ before, after string }{
		"paused": {"; hardship: no; last_contacted: 2026-03-03", "; hardship: no; last_contacted: 2026-03-03"},
		"frozen": {"", "; hardship: no"},
	} {
		t.Run(name, func(t *testing.T) {
			b := bench1(t, "2026-03-02", "", text, "ask")
			b.began("members")
			b.on("2026-03-03")
			b.list("members", inArrears("2026-03-01")+row(x.before))
			for _, day := range []string{"2026-03-03", "2026-03-12", "2026-03-16"} {
				b.expect(day, "")
			}
			b.on("2026-03-17")
			b.list("members", inArrears("2026-03-01")+row(x.after))
			b.expect("2026-03-17", "ask to jo@example.org")
		})
	}
}

// TestAStopThatCannotBeTold holds the letters, and lists the record, until the
// cell is filled in.
func TestAStopThatCannotBeTold(t *testing.T) {
	b := bench1(t, "2026-03-02", "", one(`
when: member.status == "arrears"
stop: member.hardship
again: member.arrears_since
steps:
  - email: ask
    to: member
    subject: Ask
`), "ask")
	b.began("members")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "")
	if p := plan.Compute(b.input()); len(p.CannotTell) != 1 || line(p, plan.HeldBack) == "" {
		t.Errorf("a blank hardship is not listed: %+v", p.CannotTell)
	}
	b.on("2026-03-04")
	b.list("members", inArrears("2026-03-01")+row("; hardship: no"))
	b.expect("2026-03-04", "ask to jo@example.org")
}

// TestEpisodes: with again: after, a new case opens that long after the last
// closed, and until then the last one reopens.
func TestEpisodes(t *testing.T) {
	b := bench1(t, "2026-03-02", "", "name: one\ntitle: One\nrole: secretary\nbasis: officer\nlet:\n  behind: filter(members, .status == \"arrears\")\nwhen: len(behind) > 0\nagain: after 10 days\nsteps:\n  - email: tell\n    to: secretary\n    subject: Tell\n  - task: talk\n    to: secretary\n    subject: Talk\n    due: 30 days after given\n", "tell")
	b.began("members")
	state := func(day string, r row, want string) {
		t.Helper()
		b.on(day)
		b.list("members", r)
		b.expect(day, want)
	}
	state("2026-03-03", inArrears("2026-03-01"), "tell to sec@example.org, told sec@example.org")
	state("2026-03-05", jo+"active", "told sec@example.org")             // the task was withdrawn
	state("2026-03-08", inArrears("2026-03-01"), "told sec@example.org") // and is needed after all
	if n := len(b.book.Cases()); n != 1 {
		t.Fatalf("%d cases within ten days, want 1", n)
	}
	state("2026-03-09", jo+"active", "told sec@example.org") // and withdrawn once more
	state("2026-03-10", jo+"active", "")
	state("2026-03-20", inArrears("2026-03-01"), "tell to sec@example.org, told sec@example.org")
	if n := len(b.book.Cases()); n != 2 {
		t.Fatalf("%d cases after ten days, want 2", n)
	}
}

// TestASecondOccasionClosesTheFirst, and the first comes back if its date does.
func TestASecondOccasionClosesTheFirst(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.began("members")
	for _, x := range []struct{ day, since, want string }{
		{"2026-03-03", "2026-01-05", ""},
		{"2026-03-04", "2026-01-05", "ask to jo@example.org"},
		{"2026-03-05", "2026-02-20", ""},
		{"2026-03-06", "2026-02-20", "ask to jo@example.org"},
		{"2026-03-07", "2026-01-05", ""},
		{"2026-03-09", "2026-01-05", ""},
	} {
		b.on(x.day)
		b.list("members", inArrears(x.since))
		b.expect(x.day, x.want)
	}
	open := 0
	for _, c := range b.book.Cases() {
		if c.State != ledger.Closed {
			open++
		}
	}
	if open != 0 || len(b.book.Cases()) != 2 {
		t.Errorf("%d cases, %d of them open; want two, none open", len(b.book.Cases()), open)
	}
}

// TestARecordThatVanishes freezes its case; it goes on when the record is back.
func TestARecordThatVanishes(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.began("members")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "")
	b.on("2026-03-04")
	b.list("members", "key: A2; name: Al; status: active")
	b.expect("2026-03-04", "")
	if c := b.book.Cases()[0]; c.State != ledger.Frozen {
		t.Errorf("the case is %s", c.State)
	}
	b.on("2026-03-20")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-20", "ask to jo@example.org")
}

// TestAskedOnceASlot: with every and for, the door is asked at the slot; who
// begins to match later waits for the next.
func TestAskedOnceASlot(t *testing.T) {
	b := bench1(t, "2026-03-01", "", one("every: monday\nwhen: member.status == \"active\"\nsteps:\n  - email: word\n    to: member\n    subject: \"{{ period.label }}\"\n"), "word")
	b.began("members")
	b.on("2026-03-02")
	b.list("members", jo+"arrears")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", jo+"active")
	b.expect("2026-03-03", "")
	b.expect("2026-03-09", "word to jo@example.org")
	b.on("2026-03-10")
	b.list("members", jo+"arrears")
	b.expect("2026-03-10", "")
	b.expect("2026-03-16", "")
}

// TestAStoppedCaseKeepsItsTasks: they are told and chased, and say why the
// letters ended.
func TestAStoppedCaseKeepsItsTasks(t *testing.T) {
	b := bench1(t, "2026-03-02", "", one("when: member.status == \"arrears\"\nagain: member.arrears_since\nstop: replied(member)\nsteps:\n  - task: ring\n    to: secretary\n    subject: Ring\n    due: 2 days after given\n    chase:\n      1 day after: membership_officer\n"))
	b.began("members")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.propose() // and an outage
	b.apply("clarion", ledger.Replied{Person: b.tables["members"].Rows[0].Ref})
	b.expect("2026-03-04", "told sec@example.org")
	b.expect("2026-03-06", "told mel@example.org")
	if c := b.book.Cases()[0]; c.Result != ledger.Stopped {
		t.Errorf("the case is %s %s", c.State, c.Result)
	}
}

// TestSince: a list that was withheld or never sent moves nothing; its rows
// come with the next, and those that were sent do not come again.
func TestSince(t *testing.T) {
	b := bench1(t, "2026-03-01", "", "name: one\ntitle: One\nrole: secretary\nbasis: officer\nevery: monday\nsteps:\n  - email: list\n    to: secretary\n    subject: \"{{ len rows }}\"\n    rows: filter(meetings, .first_seen > since)\n    columns: [title]\n", "list")
	b.began("meetings")
	subject := func(day, want string, deliver bool) {
		t.Helper()
		b.on(day)
		for _, m := range plan.Compute(b.input()).Messages {
			if m.Kind == ledger.Letter && m.Content.Subject != want {
				t.Errorf("on %s the list is of %s, want %s", day, m.Content.Subject, want)
			}
		}
		if deliver { // with the news, after the outage, that a list was missed
			if got := b.run(); !strings.HasPrefix(got, "list to sec@example.org") {
				t.Errorf("on %s went %q", day, got)
			}
			return
		}
		b.propose() // and an outage
	}
	b.on("2026-03-01")
	b.list("meetings", "key: M1; title: A")
	subject("2026-03-02", "1", false)
	b.on("2026-03-05")
	b.list("meetings", "key: M1; title: A", "key: M2; title: B")
	subject("2026-03-09", "2", true) // the first list was withheld, and moved nothing
	b.expect("2026-03-16", "")       // nothing to say
	b.on("2026-03-17")
	b.list("meetings", "key: M1; title: A", "key: M2; title: B", "key: M3; title: C")
	subject("2026-03-23", "1", true)
	// A row that comes while the list waits for its yes is in it, and not in the
	// next one too.
	b.on("2026-03-29")
	b.list("meetings", "key: M4; title: D")
	subject("2026-03-30", "1", false)
	b.on("2026-03-31")
	b.list("meetings", "key: M4; title: D", "key: M5; title: E")
	subject("2026-04-01", "2", true)
	b.expect("2026-04-06", "")
	// One that comes on the day, after the list has gone, is in the next.
	b.on("2026-04-12")
	b.list("meetings", "key: M6; title: F")
	subject("2026-04-13", "1", true)
	b.at("2026-04-13", 9, 1)
	b.list("meetings", "key: M6; title: F", "key: M7; title: G")
	subject("2026-04-20", "1", true)
}

// TestSinceOfEachRecord: each record has its own last letter, which its door
// sees as well.
func TestSinceOfEachRecord(t *testing.T) {
	b := bench1(t, "2026-03-01", "", "name: one\ntitle: One\nrole: secretary\nbasis: officer\nfor: branch in branches\nevery: monday\n"+
		"when: any(meetings, .branch == branch.key and .first_seen > since)\nsteps:\n  - email: list\n    to: secretary\n    subject: \"{{ branch.name }} {{ len rows }}\"\n"+
		"    rows: filter(meetings, .branch == branch.key and .first_seen > since)\n    columns: [title]\n", "list")
	b.began("branches", "meetings")
	b.list("branches", "key: north; name: North", "key: south; name: South")
	b.run()
	var rows []row
	for _, x := range []struct {
		day, branch, want string
		outage            bool
	}{
		{"2026-03-02", "north", "North 1", false},
		{"2026-03-09", "south", "South 1", false}, // and nothing more of North
		{"2026-03-16", "north", "", true},
		{"2026-03-23", "south", "North 1, South 1", false}, // what was withheld comes now
		{"2026-03-30", "", "", false},
	} {
		d, _ := calendar.ParseDate(x.day)
		b.on((d - 1).String())
		if x.branch != "" {
			rows = append(rows, row("key: M"+x.day+"; title: A; branch: "+x.branch))
			b.list("meetings", rows...)
		}
		b.on(x.day)
		if x.outage {
			b.propose()
			continue
		}
		if got := subjects(t, b, x.day); got != x.want {
			t.Errorf("on %s went %q, want %q", x.day, got, x.want)
		}
	}
}

// TestUntilTheNextSlot: a list of rows may go until the next slot, whatever its
// beat, and also where its own moment lies beyond one.
func TestUntilTheNextSlot(t *testing.T) {
	for _, x := range []struct{ every, at, first, next string }{
		{"month on the 1st", "", "2026-03-01", "2026-04-01"},
		{"2 weeks on monday", "", "2026-03-02", "2026-03-16"},
		{"quarter", "", "2026-04-01", "2026-07-01"},
		{"month on the 1st", "    at: 10 days after period.start\n", "2026-03-11", "2026-04-01"},
		{"week", "    at: 9 days after period.start\n", "2026-03-11", "2026-03-16"},
	} {
		b := bench1(t, "2026-02-20", "", "name: one\ntitle: One\nrole: secretary\nbasis: officer\nevery: "+x.every+"\nsteps:\n  - email: list\n    to: secretary\n"+x.at+
			"    subject: List\n    rows: filter(meetings, .status == \"confirmed\")\n    columns: [title]\n", "list")
		b.began("meetings")
		b.list("meetings", "key: M1; title: A; status: confirmed")
		c := b.set.Constituency.Clock
		first, _ := calendar.ParseDate(x.first)
		for day := c.Day(b.now); day < first; day++ {
			b.on(day.String())
			b.run()
		}
		b.on(x.first)
		m := letterTo(t, b.propose(), ledger.Letter, "sec@example.org")
		next, _ := calendar.ParseDate(x.next)
		if want := c.AtHour(next).Add(-time.Second); !m.Expires.Equal(want) {
			t.Errorf("every %s%s: from %s it may go until %s, want %s", x.every, x.at, x.first, c.Words(m.Expires), c.Words(want))
		}
	}
}
