package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// notice is a playbook of one letter that speaks again.
func notice(t *testing.T) (b *bench, venue func(string)) {
	t.Helper()
	b = bench1(t, "2026-03-01", "quiet: []\n", "name: one\ntitle: One\nrole: secretary\nbasis: officer\nfor: meeting in meetings\n"+
		"when: meeting.status == \"confirmed\"\nsteps:\n  - email: notice\n    to: secretary\n    late: 3 days\n    again: [meeting.venue]\n"+
		"    subject: \"{{ if repeat }}Changed: {{ end }}{{ meeting.venue }}\"\n", "notice")
	b.began("meetings")
	return b, func(v string) {
		b.list("meetings", row("key: M1; title: AGM; date: 2026-06-01; status: confirmed; venue: "+v))
	}
}

// subjects says what goes on a day.
func subjects(t *testing.T, b *bench, day string) string {
	t.Helper()
	b.on(day)
	b.propose()
	var out []string
	words := map[string]string{}
	for _, m := range plan.Compute(b.input()).Messages {
		words[m.Key] = m.Content.Subject
	}
	for _, m := range b.claim() {
		b.apply("clarion", ledger.MessageSent{ID: m.ID, Proof: "test"})
		if m.Kind == ledger.Letter {
			out = append(out, words[m.Key])
		}
	}
	return strings.Join(out, ", ")
}

// TestAValueThatReturns: a letter that speaks again does so for each change,
// also back to a value that it spoke of before; and never twice for the same
// value in a row, however often it is planned.
func TestAValueThatReturns(t *testing.T) {
	b, venue := notice(t)
	for _, x := range []struct{ day, venue, want string }{
		{"2026-03-02", "Hall", "Hall"},
		{"2026-03-03", "Hall", ""},
		{"2026-03-04", "Club", "Changed: Club"},
		{"2026-03-10", "Hall", "Changed: Hall"},
		{"2026-03-11", "Hall", ""},
		{"2026-03-12", "Club", "Changed: Club"},
		{"2026-03-13", "Hall", "Changed: Hall"},
		{"2026-04-13", "Hall", ""},
	} {
		b.on(x.day)
		venue(x.venue)
		for range 2 {
			if got := subjects(t, b, x.day); got != x.want {
				t.Fatalf("on %s at the %s went %q, want %q", x.day, x.venue, got, x.want)
			}
			x.want = ""
		}
	}
}

// TestAChangeThatWasTakenBack: what nobody was told need not be taken back.
func TestAChangeThatWasTakenBack(t *testing.T) {
	b, venue := notice(t)
	b.on("2026-03-02")
	venue("Hall")
	if got := subjects(t, b, "2026-03-02"); got != "Hall" {
		t.Fatalf("first went %q", got)
	}
	b.on("2026-03-04")
	venue("Club")
	b.propose() // and an outage
	b.on("2026-03-05")
	venue("Hall")
	if got := subjects(t, b, "2026-03-05"); got != "" {
		t.Errorf("nobody heard of the club, and %q goes", got)
	}
	if n := len(b.book.MessagesIn(ledger.Proposed, ledger.Approved)); n > 0 {
		t.Errorf("%d letters about the club still wait", n)
	}
	for _, a := range b.book.ActionsOf(b.book.Cases()[0].Key) {
		if a.State != ledger.Settled && a.State != ledger.Withdrawn {
			t.Errorf("the letter about %s is %s: %s", a.Occurrence, a.State, a.Reason)
		}
	}
	b.on("2026-03-06")
	venue("Club")
	if got := subjects(t, b, "2026-03-06"); got != "Changed: Club" {
		t.Errorf("now it is the club after all, and %q goes", got)
	}
}

// TestAFirstNoticeThatWaits: a notice that has not gone when the venue changes
// goes with the new one; and it goes too when the first venue returns, late or
// not, because nobody was told of any.
func TestAFirstNoticeThatWaits(t *testing.T) {
	b, venue := notice(t)
	for _, x := range [][2]string{{"2026-03-02", "Hall"}, {"2026-03-04", "Club"}, {"2026-03-07", "Hall"}} {
		b.on(x[0])
		venue(x[1])
		p := b.propose() // and an outage
		if m := letterTo(t, p, ledger.Letter, "sec@example.org"); m.Content.Subject != x[1] {
			t.Errorf("on %s the notice is %q, want %q", x[0], m.Content.Subject, x[1])
		}
	}
	if got := subjects(t, b, "2026-03-09"); got != "Hall" {
		t.Errorf("at last went %q", got)
	}
}

// TestARejectedRepeat: what an officer has rejected is not proposed anew under
// another number.
func TestARejectedRepeat(t *testing.T) {
	b, venue := notice(t)
	for _, x := range [][2]string{{"2026-03-02", "Hall"}, {"2026-03-03", "Club"}} {
		b.on(x[0])
		venue(x[1])
		subjects(t, b, x[0])
	}
	b.on("2026-03-04")
	venue("Hall")
	b.propose()
	for _, m := range b.book.MessagesIn(ledger.Proposed) {
		b.apply("secretary", ledger.MessageRejected{ID: m.ID, Reason: "they know"})
	}
	for _, day := range []string{"2026-03-05", "2026-03-06"} {
		if got := subjects(t, b, day); got != "" {
			t.Errorf("on %s %q goes in spite of the no", day, got)
		}
	}
}
