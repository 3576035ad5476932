package plan_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// The tests of this file hold the planner to the rules of the language, one by
// one, each with the smallest playbook that shows it.

// one is a playbook about members with the lines of a test in it.
func one(body string) string {
	return "name: one\ntitle: One\nrole: membership_officer\nbasis: service\nfor: member in members\n" + strings.TrimPrefix(body, "\n")
}

// bench1 makes a bench of the playbook one, with a letter for each step named.
func bench1(t *testing.T, day, settings, text string, letters ...string) *bench {
	t.Helper()
	files := map[string]string{"one.yaml": text}
	for _, l := range letters {
		name, words, found := strings.Cut(l, ": ")
		if !found {
			words = "Hello.\n"
		}
		files["one/"+name+".md"] = words
	}
	return newBench(t, day, settings, files)
}

// began lets the first, empty lists be history.
func (b *bench) began(lists ...string) {
	b.t.Helper()
	for _, n := range lists {
		b.list(n)
	}
	b.run()
}

// at goes to a moment of a day.
func (b *bench) at(day string, hour, minute int) {
	b.t.Helper()
	b.on(day)
	c := b.set.Constituency.Clock
	b.now = c.On(c.Day(b.now), hour*60+minute)
}

// TestBothClockChanges: a schedule at 01:30 has one slot on the night that has
// no 01:30, and one on the night that has two.
func TestBothClockChanges(t *testing.T) {
	const daily = "name: one\ntitle: One\nrole: secretary\nbasis: officer\nevery: day at 01:30\nsteps:\n  - email: note\n    to: secretary\n    subject: Note\n"
	for _, x := range []struct {
		night   string
		moments []string // UTC
		want    int
	}{
		{"2026-03-29", []string{"00:10", "00:40", "01:00", "01:30", "02:30", "08:00"}, 1},
		{"2026-10-25", []string{"00:10", "00:31", "01:00", "01:31", "02:30", "09:00"}, 1},
	} {
		d, _ := calendar.ParseDate(x.night)
		b := bench1(t, (d - 1).String(), "", daily, "note")
		b.run()
		sent := 0
		for _, m := range x.moments {
			at, err := time.Parse("2006-01-02 15:04", x.night+" "+m)
			if err != nil {
				t.Fatal(err)
			}
			b.now = at
			sent += strings.Count(b.run(), "note to")
		}
		if sent != x.want {
			t.Errorf("in the night of %s %d notes went, want %d", x.night, sent, x.want)
		}
	}
}

// TestAMonthsSleep: of the letters, the slots and the reminders that came due
// meanwhile only the last speaks, once.
func TestAMonthsSleep(t *testing.T) {
	b := newBench(t, "2026-03-02", "", map[string]string{
		"one.yaml": one(`
when: member.status == "arrears"
again: member.arrears_since
steps:
  - email: first
    at: 1 day after opening
    late: 60 days
    to: member
    subject: First
  - email: second
    at: 10 days after opening
    late: 60 days
    to: member
    subject: Second
  - task: ring
    to: secretary
    subject: Ring
    due: 5 days after given
    chase:
      on the day: secretary
      2 days after: membership_officer
      each week after: membership_officer
`), "one/first.md": "1\n", "one/second.md": "2\n",
		"two.yaml":    "name: two\ntitle: Two\nrole: secretary\nbasis: officer\nevery: monday\nsteps:\n  - email: list\n    to: secretary\n    subject: List\n",
		"two/list.md": "A list.\n",
	})
	b.began("members")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "told sec@example.org")
	b.expect("2026-04-03", "list to sec@example.org, second to jo@example.org, told mel@example.org")
	reminders := 0
	for _, m := range b.book.Messages() {
		if m.Kind == ledger.Digest && b.set.Constituency.Clock.Day(m.SentAt).String() == "2026-04-03" {
			reminders += len(m.Actions)
		}
	}
	if reminders != 1 {
		t.Errorf("%d reminders went after the sleep, want 1", reminders)
	}
	for _, a := range b.book.ActionsOf(b.book.Cases()[0].Key) {
		if a.Step == "first" && (a.State != ledger.Withdrawn || !strings.Contains(a.Reason, "overtaken")) {
			t.Errorf("the first letter is %s: %q", a.State, a.Reason)
		}
	}
	b.expect("2026-04-04", "")
}

// TestLeapDay: months clamp, and are counted from the anchor.
func TestLeapDay(t *testing.T) {
	b := bench1(t, "2028-01-30", "", one(`
when: member.status == "active"
again: member.joined
steps:
  - email: ask
    at: 1 month after member.joined
    to: member
    subject: Ask
`), "ask")
	b.began("members")
	b.on("2028-01-31")
	b.list("members", row(jo+"active; joined: 2028-01-31"))
	for _, day := range []string{"2028-01-31", "2028-02-28"} {
		b.expect(day, "")
	}
	b.expect("2028-02-29", "ask to jo@example.org")
	b.expect("2028-03-01", "")
}

// TestQuietDays: nothing goes to members on the days that the constituency
// keeps free; an approval is not lost to them.
func TestQuietDays(t *testing.T) {
	text := strings.Replace(arrears, "at: 1 day after opening", "late: 20 days", 1)
	for _, x := range []struct{ quiet, due, next string }{
		{"[sunday]", "2026-03-08", "2026-03-09"},
		{"[bank holidays]", "2026-05-04", "2026-05-05"},
		{"[{from: 2026-03-08, until: 2026-03-10}]", "2026-03-08", "2026-03-11"},
	} {
		d, _ := calendar.ParseDate(x.due)
		b := ask(t, (d - 2).String(), "nation: england_and_wales\nquiet: "+x.quiet+"\n", text, "Hello.\n")
		b.began("members")
		b.on((d - 1).String())
		b.list("members", inArrears("2026-02-20"))
		b.propose()
		m := b.book.MessagesIn(ledger.Proposed)[0]
		b.apply("officer", ledger.MessageApproved{ID: m.ID, Digest: m.Digest})
		b.expect(x.due, "")
		if p := plan.Compute(b.input()); line(p, plan.Waits) == "" {
			t.Errorf("%s: the plan does not say why the letter waits", x.quiet)
		}
		b.expect(x.next, "ask to jo@example.org")
		if got, _ := b.book.Message(m.ID); got.State != ledger.Sent {
			t.Errorf("%s: the letter that was approved is %s", x.quiet, got.State)
		}
	}
}

// TestHousehold: the same letter goes to two people at one address on one day;
// another letter to the address waits.
func TestHousehold(t *testing.T) {
	b := newBench(t, "2026-03-01", "", map[string]string{
		"one.yaml": one("when: member.status == \"active\"\nagain: never\nsteps:\n  - email: hello\n    to: member\n    subject: Hello\n"), "one/hello.md": "Hello.\n",
		"two.yaml":    strings.Replace(one("when: member.status == \"active\" and member.ward == \"X\"\nagain: never\nsteps:\n  - email: ward\n    to: member\n    subject: Ward\n"), "name: one", "name: two", 1),
		"two/ward.md": "Ward.\n",
	})
	b.began("members")
	b.on("2026-03-02")
	b.list("members", "key: A1; name: Jo; status: active; email: home@example.org", "key: A2; name: Al; status: active; email: Home@example.org; ward: X")
	b.expect("2026-03-02", "hello to Home@example.org, hello to home@example.org")
	b.expect("2026-03-03", "ward to Home@example.org")
}

// TestAttach: the letter waits for its document, and is missed with the reason.
func TestAttach(t *testing.T) {
	text := "name: one\ntitle: One\nrole: secretary\nbasis: service\nfor: meeting in meetings\nlet:\n  paper: find(documents, .meeting == meeting.key)\nwhen: meeting.status == \"planned\"\nsteps:\n  - email: send\n    late: 3 days\n    to: secretary\n    subject: Paper\n    attach: paper\n"
	file := strings.Repeat("ab", 32)
	for _, came := range []bool{true, false} {
		b := bench1(t, "2026-03-02", "", text, "send")
		b.began("meetings", "documents")
		b.on("2026-03-03")
		b.list("meetings", "key: M1; title: GM; status: planned")
		b.expect("2026-03-03", "")
		if p := plan.Compute(b.input()); line(p, plan.Waits) == "" {
			t.Error("the plan does not say that the letter waits")
		}
		b.on("2026-03-05")
		if came {
			b.list("documents", row("key: P1; meeting: M1; file: "+file))
			b.expect("2026-03-05", "send to sec@example.org")
			continue
		}
		b.expect("2026-03-05", "")
		b.expect("2026-03-07", "told sec@example.org")
		a := b.book.ActionsOf(b.book.Cases()[0].Key)[0]
		if a.State != ledger.Missed || !strings.Contains(a.Reason, "document") {
			t.Errorf("the letter is %s: %q", a.State, a.Reason)
		}
		b.expect("2026-03-08", "") // the news goes once
	}
}

// TestTooMuchAttached: a letter with more than servers take is not made, and who
// can mend it is told, days before any server says no.
func TestTooMuchAttached(t *testing.T) {
	text := "name: one\ntitle: One\nrole: secretary\nbasis: service\nfor: meeting in meetings\nlet:\n  paper: find(documents, .meeting == meeting.key)\nwhen: meeting.status == \"planned\"\nsteps:\n  - email: send\n    late: 3 days\n    to: secretary\n    subject: Paper\n    attach: paper\n"
	for _, c := range []struct {
		size int64
		most int
		want string
	}{
		{10 << 20, 0, ""}, {10<<20 + 1, 0, "plan.pdf has 11 MB, and letters carry 10 MB at most"},
		{10<<20 + 1, 11, ""}, {1<<20 + 1, 1, "plan.pdf has 2 MB, and letters carry 1 MB at most"},
	} {
		b := bench1(t, "2026-03-02", "", text, "send")
		b.began("meetings", "documents")
		b.on("2026-03-03")
		b.list("meetings", "key: M1; title: GM; status: planned")
		b.list("documents", row("key: P1; meeting: M1; file: "+strings.Repeat("ab", 32)))
		in := b.input()
		in.Set.Constituency.Mail.Attachments = c.most
		in.File = func(sha string) (letter.Attachment, bool) {
			return letter.Attachment{Name: "plan.pdf", Type: "application/pdf", SHA256: sha, Size: c.size}, true
		}
		p := plan.Compute(in)
		told := slices.ContainsFunc(p.CannotTell, func(x plan.CannotTell) bool { return c.want != "" && strings.Contains(x.Why, c.want) })
		if line := line(p, plan.Withholds); !strings.Contains(line, c.want) || (line == "") != (c.want == "") || told != (c.want != "") {
			t.Errorf("%d bytes of %d MB: %q, told %t", c.size, c.most, line, told)
		}
		if went := slices.ContainsFunc(p.Messages, func(m plan.Message) bool { return m.Playbook == "one" }); went != (c.want == "") {
			t.Errorf("%d bytes of %d MB: a letter is made: %t", c.size, c.most, went)
		}
	}
}

// TestRejectedIsNotProposedAgain, whatever is imported.
func TestRejectedIsNotProposedAgain(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.began("members")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.run()
	b.on("2026-03-04")
	b.propose()
	b.apply("officer", ledger.MessageRejected{ID: b.book.MessagesIn(ledger.Proposed)[0].ID})
	for _, day := range []string{"2026-03-05", "2026-03-08"} {
		b.on(day)
		b.list("members", inArrears("2026-03-02"))
		b.expect(day, "")
	}
}

// TestRefusedByTheServer: a letter that the server refused for good becomes a
// line on a call sheet, once, and is not tried again.
func TestRefusedByTheServer(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.began("members")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.run()
	b.on("2026-03-04")
	b.propose()
	for _, m := range b.claim() {
		b.apply("clarion", ledger.MessageFailed{ID: m.ID, Code: 550, Why: "no such user"})
	}
	b.expect("2026-03-05", "told mel@example.org")
	b.expect("2026-03-06", "")
	a := b.book.ActionsOf(b.book.Cases()[0].Key)[0]
	if a.State != ledger.Settled {
		t.Errorf("the letter's action is %s", a.State)
	}
}

// TestEachHolderOnce: a role that two people hold tells both, though one of the
// messages was held up; one person in two roles gets one letter.
func TestEachHolderOnce(t *testing.T) {
	const text = "name: one\ntitle: One\nrole: secretary\nbasis: officer\nfor: meeting in meetings\nwhen: meeting.status == \"planned\"\nsteps:\n  - email: note\n    to: [secretary, membership_officer]\n    subject: Note\n  - task: come\n    to: secretary\n    subject: Come\n    due: 9 days after given\n"
	b := bench1(t, "2026-03-02", "", text, "note")
	b.list("officers", "role: secretary; person: Sec; email: sec@example.org", "role: secretary; person: Sue; email: sue@example.org",
		"role: membership_officer; person: Sec; email: SEC@example.org")
	b.began("meetings")
	b.on("2026-03-03")
	b.list("meetings", "key: M1; title: GM; status: planned")
	b.propose()
	left := 0
	for _, m := range b.claim() {
		if m.Address != hash("sue@example.org") {
			left++
			b.apply("clarion", ledger.MessageSent{ID: m.ID, Proof: "test"})
			continue
		}
		b.apply("clarion", ledger.MessageDeferred{ID: m.ID, Until: b.now.Add(time.Hour), Code: 451})
	}
	if left != 2 {
		t.Errorf("%d messages to the first holder, want a letter and a digest", left)
	}
	b.at("2026-03-03", 12, 0)
	for _, m := range b.book.MessagesIn(ledger.Deferred) {
		if why, fell := plan.Recheck(b.input())[m.ID]; fell {
			t.Errorf("the second holder's message falls: %s", why)
		}
		b.apply("clarion", ledger.MessageClaimed{ID: m.ID, Fence: 1}, ledger.MessageSent{ID: m.ID, Proof: "test"})
		left++
	}
	if left != 4 {
		t.Errorf("%d messages went, want 4", left)
	}
	b.expect("2026-03-04", "")
}

// TestALetterThatSpeaksAgain: a new value of again is a new letter, marked as a
// repeat; where nothing of it changed, nothing goes.
func TestALetterThatSpeaksAgain(t *testing.T) {
	b := bench1(t, "2026-03-02", "", "name: one\ntitle: One\nrole: secretary\nbasis: officer\nfor: meeting in meetings\nwhen: meeting.status == \"planned\"\nsteps:\n  - email: notice\n    again: meeting.venue\n    late: 30 days\n    to: secretary\n    subject: \"{{ if repeat }}Changed: {{ end }}{{ meeting.venue }}\"\n  - task: keep\n    to: membership_officer\n    subject: Keep\n    due: 60 days after given\n", "notice")
	b.began("meetings")
	for _, x := range []struct{ day, venue, want, subject string }{
		{"2026-03-03", "Hall", "notice to sec@example.org, told mel@example.org", "Hall"},
		{"2026-03-04", "Hall; title: GM", "", "Hall"},
		{"2026-03-05", "Pub", "notice to sec@example.org", "Changed: Pub"},
	} {
		b.on(x.day)
		b.list("meetings", row("key: M1; status: planned; venue: "+x.venue))
		for _, m := range plan.Compute(b.input()).Messages {
			if m.Kind == ledger.Letter && m.Content.Subject != x.subject {
				t.Errorf("on %s the subject is %q", x.day, m.Content.Subject)
			}
		}
		b.expect(x.day, x.want)
	}
}

// TestAHoleWithholds: a letter that prints a blank cell is not sent, and the
// plan names the cell; filled in, it goes.
func TestAHoleWithholds(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Dear {{ member.first_name }}.\n")
	b.began("members")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.run()
	b.expect("2026-03-04", "")
	if p := plan.Compute(b.input()); !strings.Contains(line(p, plan.Withholds), "first_name") || len(p.CannotTell) != 1 {
		t.Errorf("the plan says %q", line(p, plan.Withholds))
	}
	b.on("2026-03-05")
	b.list("members", inArrears("2026-03-01")+"; first_name: Jo")
	b.expect("2026-03-05", "ask to jo@example.org")
}

// TestObserve: a playbook that only observes proposes nothing and gives no
// task, and the plan shows what it would do.
func TestObserve(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.set.Playbooks[0].Trust = playbook.Observe
	b.began("members")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.run()
	b.expect("2026-03-04", "")
	if p := plan.Compute(b.input()); line(p, plan.Observed) != "status arrears, arrears since 1 March 2026" || len(p.Messages) != 0 {
		t.Errorf("the plan says %q and has %d messages", line(p, plan.Observed), len(p.Messages))
	}
}

// TestNoImprint: what promotes something is kept back while nothing says who
// promotes it, and the check says so; what does not goes all the same.
func TestNoImprint(t *testing.T) {
	for basis, want := range map[string]string{"marketing": "", "service": "word to jo@example.org"} {
		b := bench1(t, "2026-03-01", "", strings.Replace(one("every: day\nwhen: member.status == \"active\"\nsteps:\n  - email: word\n    to: member\n    subject: Word\n"), "service", basis, 1), "word")
		b.began("members")
		b.on("2026-03-02")
		b.list("members", row(jo+"active; consent_marketing: yes"))
		b.set.Constituency.Imprint = " "
		p := plan.Compute(b.input())
		if got := line(p, plan.Withholds); (want == "") != strings.Contains(got, "no imprint") {
			t.Errorf("%s: withheld: %q", basis, got)
		}
		warned := slices.ContainsFunc(plan.Lint(b.input()), func(f playbook.Fault) bool { return strings.Contains(f.Text, "has no imprint") })
		if warned != (want == "") {
			t.Errorf("%s: warned %t", basis, warned)
		}
		b.expect("2026-03-02", want)
	}
}

// TestMarketingBudget: so many a month, and days between.
func TestMarketingBudget(t *testing.T) {
	b := bench1(t, "2026-03-01", "budget: {letters_a_week: 9, marketing_a_month: 2, days_between: 3}\n",
		strings.Replace(one("every: day\nwhen: member.status == \"active\"\nsteps:\n  - email: word\n    to: member\n    subject: Word\n"), "service", "marketing", 1), "word")
	b.began("members")
	b.on("2026-03-02")
	b.list("members", row(jo+"active; consent_marketing: yes"))
	sent := ""
	for d := 2; d <= 31; d++ {
		b.on(calendar.NewDate(2026, time.March, d).String())
		if strings.Contains(b.run(), "word to jo@example.org") {
			sent += b.now.Format(" 2")
		}
	}
	if sent != " 2 5" {
		t.Errorf("words went on%s March, want 2 5", sent)
	}
}
