package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// called is a bench on which Jo, who has no mail address, stands on a sheet.
func called(t *testing.T, text, words string) *bench {
	t.Helper()
	b := ask(t, "2026-03-02", "", text, words)
	b.list("members", "key: A9; name: Bo; email: bo@example.org; status: active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", noMail)
	b.expect("2026-03-03", "")
	b.expect("2026-03-04", "told mel@example.org")
	return b
}

const noMail = "key: A1; name: Jo Day; status: arrears; arrears_since: 2026-03-01; joined: 2020-01-01; phone: 01632960001; address: 12, High Street, Anytown; postcode: XW1 1AA"

// lineFor is the one line of the one sheet there is.
func lineFor(t *testing.T, b *bench, role string) (plan.Sheet, plan.SheetLine) {
	t.Helper()
	sheets, _ := plan.Sheets(b.input(), role)
	if len(sheets) != 1 || len(sheets[0].Lines) != 1 {
		t.Fatalf("there are %d sheets: %+v", len(sheets), sheets)
	}
	return sheets[0], sheets[0].Lines[0]
}

// Who could not be written to stands on a sheet, with the very words, until
// somebody notes that they were reached; whatever would take the letter off the
// wire takes the line off the sheet.
func TestLaw10ASheetIsOpenUntilSomebodyWasReached(t *testing.T) {
	for _, c := range []struct {
		name, over string
		then       func(b *bench)
	}{
		{"nothing happened", "", func(*bench) {}},
		{"somebody rang", "noted on", func(b *bench) {
			b.apply("membership_officer", ledger.Contacted{Person: b.refs["membersA1"], How: "phone"})
		}},
		{"she asked not to be written to", "asked not to be written to", func(b *bench) {
			b.apply("secretary", ledger.Suppressed{Person: b.refs["membersA1"], Scope: "all"})
		}},
		{"she died", "the member has died", func(b *bench) { b.list("members", row(strings.Replace(noMail, "arrears;", "deceased;", 1))) }},
		{"she paid", "it no longer applies", func(b *bench) { b.list("members", row(strings.Replace(noMail, "arrears;", "active;", 1))) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := called(t, arrears, "Dear {{ member.name }}.\n")
			b.expect("2026-03-05", "") // the case closes: every step is settled
			b.on("2026-03-06")
			c.then(b)
			s, line := lineFor(t, b, "membership_officer")
			if c.over == "" && (line.Over != "" || s.Open() != 1) || !strings.HasPrefix(line.Over, c.over) {
				t.Fatalf("the line is over because %q, want %q", line.Over, c.over)
			}
			if c.over != "" {
				return
			}
			want := []string{"Jo Day", "12 High Street", "Anytown", "XW1 1AA"}
			if got := strings.Join(line.Letter.To, "|"); got != strings.Join(want, "|") || !strings.Contains(line.Letter.Body.Text, "Dear Jo Day.") {
				t.Errorf("the letter is to %s:\n%s", got, line.Letter.Body.Text)
			}
			if line.Letter.Subject != "Your membership" || line.Letter.Reply != "mel@example.org" || line.Held != "" {
				t.Errorf("the letter: %+v, held: %s", line.Letter, line.Held)
			}
		})
	}
}

// What holds a letter on the wire holds it on paper.
func TestLaw10ALetterForThePostIsHeldAsAnyIs(t *testing.T) {
	for _, c := range []struct{ name, text, words, then, held string }{
		{"paused", arrears + "pause: present(member.last_contacted)\n", "Hello.\n", noMail + "; last_contacted: 2026-03-05", "paused"},
		{"a hole", arrears, "Hello {{ member.phone }}.\n", strings.Replace(noMail, "phone: 01632960001; ", "", 1), "the letter has a hole"},
		{"nobody can tell", arrears + "stop: member.joined > today\n", "Hello.\n", strings.Replace(noMail, "joined: 2020-01-01; ", "", 1), "cannot tell"},
		{"all is well", arrears, "Hello.\n", noMail, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := called(t, c.text, c.words)
			b.on("2026-03-06")
			b.list("members", row(c.then))
			_, line := lineFor(t, b, "membership_officer")
			if line.Over != "" || !strings.HasPrefix(line.Held, c.held) || c.held == "" && line.Held != "" {
				t.Errorf("held: %q, want %q (over: %q)", line.Held, c.held, line.Over)
			}
			if c.held != "" && line.Letter.Body.Text != "" {
				t.Errorf("a letter that is held has words:\n%s", line.Letter.Body.Text)
			}
		})
	}
}

// What holds the mail of a batch holds its letters for the post, and they need the
// yes that their playbook's trust asks for; one that is struck off is open no
// more.
func TestLaw10ALetterForThePostNeedsTheSameYes(t *testing.T) {
	for name, c := range map[string]struct {
		then func(b *bench)
		held string
	}{
		"stopped":   {func(b *bench) { b.apply("secretary", ledger.HaltedAll{}) }, "everything is stopped"},
		"observed":  {func(b *bench) { b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "observe"}) }, "it only observes"},
		"no yes":    {func(b *bench) { b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "each"}) }, "nobody has said yes"},
		"automatic": {func(*bench) {}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			b := called(t, arrears, "If you cannot, please reply to this email. Or\nreply to this email.\n")
			c.then(b)
			_, line := lineFor(t, b, "membership_officer")
			if line.Over != "" || !strings.HasPrefix(line.Held, c.held) || c.held == "" && line.Held != "" || line.Asks != (name == "no yes") {
				t.Fatalf("held: %q, want %q", line.Held, c.held)
			}
			if said := line.Letter.Body.Text + line.Letter.Body.HTML + line.Letter.Frame.Wrong; strings.Contains(strings.ToLower(said), "reply to this") ||
				line.Held == "" && !strings.Contains(said, "please get in touch.") {
				t.Errorf("on paper it says %s", said)
			}
			if name == "no yes" {
				b.apply("membership_officer", ledger.LineDecided{Action: line.Action, Yes: true})
				if _, line := lineFor(t, b, "membership_officer"); line.Held != "" || line.Letter.Subject == "" {
					t.Errorf("it has its yes, and is held: %q", line.Held)
				}
			}
			b.apply("membership_officer", ledger.LineDecided{Action: line.Action, Reason: "digest"})
			if s, line := lineFor(t, b, "membership_officer"); s.Open() != 0 || line.Over != "struck off" || line.Struck != "digest" {
				t.Errorf("struck off, it is open: %+v", line)
			}
		})
	}
}

// A batch that a brake or the first of its letters holds puts nobody on a sheet.
func TestLaw8WhatHoldsTheMailHoldsTheSheet(t *testing.T) {
	now := strings.Replace(arrears, "    at: 1 day after opening\n", "", 1)
	for name, settings := range map[string]string{
		"brake": "brakes: {most_at_once: 3, share: 100 percent, floor: 3}\n",
		"stage": "brakes: {most_at_once: 99, share: 100 percent, floor: 99}\nreview: {undo: 0 minutes, stages: {from: 3, first: 1}}\n",
	} {
		t.Run(name, func(t *testing.T) {
			b := ask(t, "2026-03-02", settings, now, "Hello.\n")
			b.began("members")
			b.on("2026-03-03")
			b.list("members", noMail, "key: B1; name: Bo; email: bo@example.org; status: arrears; arrears_since: 2026-03-01", "key: B2; name: Bo; email: bo2@example.org; status: arrears; arrears_since: 2026-03-01",
				"key: B3; name: Bo; email: bo3@example.org; status: arrears; arrears_since: 2026-03-01", "key: B4; name: Bo; email: bo4@example.org; status: arrears; arrears_since: 2026-03-01")
			for range 2 {
				p := b.propose()
				if n := p.Counts["arrears"]; n.Sheet != 0 || n.Held == 0 {
					t.Errorf("%+v", n)
				}
				b.approve()
			}
		})
	}
}

// A sheet is read by the role whose letters they are, and by no other.
func TestLaw17ASheetIsForItsRole(t *testing.T) {
	b := called(t, arrears, "Hello.\n")
	s, line := lineFor(t, b, "treasurer")
	if s.Mine || line.Name+line.Phone+line.Key+line.Why+strings.Join(line.Address, "") != "" || line.Letter.Subject != "" {
		t.Errorf("the treasurer sees %+v", line)
	}
	if s, line = lineFor(t, b, "membership_officer"); !s.Mine || line.Name != "Jo Day" || line.Phone != "01632960001" {
		t.Errorf("the membership officer sees %+v", line)
	}
}

// A sheet of a playbook that uses special columns is a number to all but the role
// that approves it.
func TestLaw17APrivateSheetIsCounted(t *testing.T) {
	b := ask(t, "2026-03-02", "", `
name: unions
title: Say hello to trade unionists
role: trade_union_liaison_officer
basis: service
reads: [trade_union]
for: member in members
when: present(member.trade_union)
again: never
steps:
  - email: ask
    to: member
    subject: Hello
`, "Hello.\n")
	b.list("officers", "role: trade_union_liaison_officer; person: Tam; email: tam@example.org", "role: secretary; person: Sam; email: sam@example.org")
	b.list("members", "key: A9; name: Bo; email: bo@example.org; status: active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", "key: A1; name: Jo Day; status: active; trade_union: Unison; phone: 01632960001")
	b.expect("2026-03-03", "told tam@example.org")
	if sheets, private := plan.Sheets(b.input(), "secretary"); len(sheets) != 0 || private != 1 {
		t.Errorf("the secretary sees %+v, and %d private", sheets, private)
	}
	if s, line := lineFor(t, b, "trade_union_liaison_officer"); !s.Mine || line.Name != "Jo Day" || line.Held != "" {
		t.Errorf("the liaison officer sees %+v", line)
	}
}
