package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// same lets an officer say that two members are one person, and shows the lists
// as the engine then does.
func (b *bench) same(one, other string) {
	b.t.Helper()
	b.apply("membership_officer", ledger.SaidSame{One: b.refs["members"+one], Other: b.refs["members"+other]})
	b.tables = dataset.AsOne(b.tables, []dataset.Human{{Refs: b.book.Numbers(b.refs["members"+one]),
		Keys: map[dataset.Ref]string{b.refs["members"+one]: one, b.refs["members"+other]: other}}}, b.book.Apart)
}

const greet = `
when: member.status == "active"
again: never
steps:
  - email: hello
    to: member
    subject: Hello
  - task: ring
    to: membership_officer
    subject: Ring {{ member.name }}
    answers: [spoke]
    due: 7 days after given
`

const (
	oldJo = "key: A1; name: Jo; email: jo@example.org; status: "
	newJo = "key: A9; name: Jo; email: new@example.org; status: "
)

// TestPersonsNothingIsSentTwice: a member comes back under a new number. What the
// old one had is not sent or given again; parted, the new number is somebody.
func TestPersonsNothingIsSentTwice(t *testing.T) {
	for _, x := range []struct {
		what         string
		said, answer bool
		undone       bool
		want         string
	}{
		{"nobody says anything", false, true, false, "hello to new@example.org, told mo@example.org"},
		{"one person", true, true, false, ""},
		{"one person, who was not rung yet", true, false, false, "told mo@example.org"},
		{"one person, and parted again", true, true, true, "hello to new@example.org, told mo@example.org"},
	} {
		t.Run(x.what, func(t *testing.T) {
			t.Parallel()
			b := bench1(t, "2026-03-01", "", one(greet), "hello")
			b.list("officers", "key: O1; role: membership_officer; person: Mo; email: mo@example.org")
			b.began("members")
			b.on("2026-03-02")
			b.list("members", oldJo+"active")
			b.expect("2026-03-02", "hello to jo@example.org, told mo@example.org")
			b.expect("2026-03-03", "")
			if x.answer {
				b.apply("membership_officer", ledger.TaskGotAnswer{Number: 1, Answer: "spoke"})
			}
			b.on("2026-03-04")
			both := func() { b.list("members", oldJo+"lapsed", newJo+"active") }
			both()
			if x.said {
				b.same("A1", "A9")
			}
			if x.undone {
				b.propose()
				b.apply("membership_officer", ledger.SaidUndone{One: b.refs["membersA9"], Other: b.refs["membersA1"]})
				both()
			}
			b.expect("2026-03-04", x.want)
			b.on("2026-03-05")
			if again := b.propose(); len(again.Changes) > 0 && x.want == "" {
				t.Errorf("planned again, it changes %+v", again.Changes)
			}
		})
	}
}

// TestPersonsShareTheBudget: what went to the old number counts for the new one.
func TestPersonsShareTheBudget(t *testing.T) {
	for _, said := range []bool{false, true} {
		b := ask(t, "2026-03-02", "budget: {letters_a_week: 1}\n", thanks, "Thank you.\n")
		b.list("members", oldJo+"active", newJo+"active")
		b.list("donations")
		b.expect("2026-03-02", "")
		b.on("2026-03-03")
		b.list("donations", "key: D1; person: A1; amount: £5")
		b.expect("2026-03-03", "ask to jo@example.org")
		b.on("2026-03-04")
		b.list("donations", "key: D1; person: A1; amount: £5", "key: D2; person: A9; amount: £6")
		want := "ask to new@example.org"
		if said {
			b.same("A1", "A9")
			want = ""
		}
		b.expect("2026-03-04", want)
	}
}

// TestPersonsTheDeadAndTheSuppressed: who asked for peace has it under every
// number, and so do the dead.
func TestPersonsTheDeadAndTheSuppressed(t *testing.T) {
	for _, x := range []struct {
		was        string
		suppressed bool
		why        string
	}{{"deceased", false, ""}, {"lapsed", true, "asked not to be written to"}} {
		b := bench1(t, "2026-03-01", "", one("when: member.status != \"lapsed\"\nagain: never\nsteps:\n  - email: hello\n    to: member\n    subject: Hello\n"), "hello")
		b.began("members")
		b.on("2026-03-02")
		b.list("members", row(oldJo+x.was), newJo+"active")
		if x.suppressed {
			b.apply("secretary", ledger.Suppressed{Person: b.refs["membersA1"], Scope: "all"})
		}
		b.same("A1", "A9")
		p := b.propose()
		if x.why == "" {
			x.why = "the member has died"
		}
		if len(letters(p)) > 0 || !strings.Contains(line(p, plan.Withholds), x.why) {
			t.Errorf("%s: %d letters, the reason is %q", x.was, len(letters(p)), line(p, plan.Withholds))
		}
	}
}
