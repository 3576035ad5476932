package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// The cases of the domain's list of edges that are about time, by their numbers
// there: ages and leap days, a week in which the computer was off, and a clock
// that cannot be right.

// TestCase4_5 is a birthday on 29 February: never left out and never twice, on 1
// March of a common year or, if the constituency wants it, the day before; and
// dates of birth that cannot be, which bring no card, and are named.
func TestCase4_5(t *testing.T) {
	leap := soul{no: "L1", first: "Leah", joined: "2024-05-01", born: "2008-02-29", email: "l1@example.net"}
	for _, c := range []struct{ wish, on string }{
		{"", "1 March 2026"}, {"leap_birthday: 1 march\n", "1 March 2026"}, {"leap_birthday: 28 february\n", "28 February 2026"},
	} {
		t.Run(c.wish, func(t *testing.T) {
			h := lodgeOn(t, time.Date(2026, time.February, 2, 9, 0, 0, 0, time.UTC), c.wish, "birthday-18", leap)
			for range 42 { // day by day to the middle of March
				h.run()
				h.pass(day)
			}
			if n := len(h.book().Tasks()); n != 1 {
				t.Fatalf("%d cards", n)
			}
			if got := h.told("youth@example.org"); !strings.Contains(got, "who turns 18 on "+c.on) {
				t.Errorf("the Youth Officer was told:\n%s", got)
			}
			h.eval("birthday(2008-02-29, 18)", c.on)
			h.eval("birthday(2008-02-29, 20)", "29 February 2028")
		})
	}
	t.Run("no such birthday", func(t *testing.T) {
		h := lodgeOn(t, time.Date(2026, time.February, 2, 9, 0, 0, 0, time.UTC), "", "birthday-18")
		h.roll("2026-02-02", soul{no: "N1", born: ""}, soul{no: "N2", born: "01/01/1900"}, soul{no: "N3", born: "01/03/2062"}, soul{no: "N4", born: "30/02/2008"}, soul{no: "N5", born: "00/01/1900"})
		imp, err := h.Prepare(ctx, "members", "")
		if err != nil {
			t.Fatal(err)
		}
		for range 42 {
			h.run()
			h.pass(day)
		}
		if n := len(h.book().Tasks()); n != 0 {
			t.Errorf("%d cards", n)
		}
		named := map[string]bool{}
		for _, rec := range imp.Reading.Records {
			for _, p := range rec.Problems {
				named[p.Text] = true
			}
		}
		for _, bad := range []string{"01/01/1900", "01/03/2062", "30/02/2008", "00/01/1900"} {
			if !named[bad] {
				t.Errorf("nobody is told of the date of birth %s; told of %v", bad, named)
			}
		}
	})
}

// eval works an expression out on the bench of a house.
func (h *house) eval(source, want string) {
	h.t.Helper()
	err := h.Bench(ctx, "", "", func(b *plan.Bench) error {
		_, x, faults := b.Eval(source)
		if len(faults) > 0 {
			return fmt.Errorf("%v", faults)
		}
		if got := x.Value.Value.Words(h.Clock()); got != want {
			h.t.Errorf("%s is %s, want %s", source, got, want)
		}
		return nil
	})
	if err != nil {
		h.t.Error(err)
	}
}

// TestCase4_6 is the card for the 18th birthday: asked for so early that the
// post arrives, on a working day; late if the computer was off, dropped once the
// day is past; and for somebody who has just joined beside the one letter of
// welcome, not on top of another.
func TestCase4_6(t *testing.T) {
	soon := soul{no: "B1", first: "Sam", joined: "2026-10-28", born: "2008-12-01", email: "b1@example.net"} // 17 years and 11 months
	h := lodge(t, "birthday-18 new-member-welcome")
	h.roll("2026-11-03", soon)
	h.run()
	h.wantMail("b1@example.net: Welcome to Anytown CLP")
	asked := ""
	for range 40 {
		if h.run(); asked == "" && len(h.tasksOf("card")) > 0 {
			asked = h.Clock().Day(h.Now()).Words()
			h.answer("posted")
		}
		h.pass(day)
	}
	if asked != "17 November 2026" || len(h.tasksOf("card")) != 1 {
		t.Errorf("asked on %q, %d cards", asked, len(h.tasksOf("card")))
	}
	h.wantMail("b1@example.net: Welcome to Anytown CLP", "b1@example.net: Anytown CLP: how are you finding it?")
}

// tasksOf lists the tasks of a step, whatever became of them.
func (h *house) tasksOf(step string) (out []ledger.Task) {
	h.t.Helper()
	for _, k := range h.book().Tasks() {
		if k.Step == step {
			out = append(out, k)
		}
	}
	return out
}

// TestCase4_19 is a computer that was off for a week, over a meeting, a birthday
// and the 25th day of a donor's check. What has passed is dropped and said to be;
// what can still be done is done once; the legal clock speaks the rung that holds
// now and not all that were missed; and an officer gets one letter, not seven.
func TestCase4_19(t *testing.T) {
	start := time.Date(2026, time.October, 5, 9, 0, 0, 0, time.UTC)
	more := "audiences:\n  members: member in members when member.status in [\"active\", \"provisional\"]\ndata:\n  members: {from: \"data/members*.csv\", full: yes, stale_after: 300 days}\n  donations: {from: data/donations.csv}\n" +
		"  meetings: {from: data/meetings.csv}\n  documents: {from: data/documents.csv}\n"
	const meetings = "Key,Type,Title,Date,Start,Venue,Status\n"
	h := lodgeOn(t, start, more, "new-member-welcome birthday-18 donation-permissibility meeting-notice", soul{no: "M1", joined: "2015-05-05", email: "m1@example.net"})
	h.write("data/meetings.csv", meetings+"G0,gm,Old meeting,2026-01-12,2026-01-12 19:30,Hall,Confirmed\n")
	h.write("data/documents.csv", "Key,Kind,Meeting,Title,Status,File\nD0,agenda,G0,Old agenda,Approved,data/a.txt\n")
	h.write("data/donations.csv", "Reference,Donor,Amount,Received,Status\nR0,Old Donor,£20.00,2026-01-05,Accepted\n")
	h.write("data/a.txt", "Agenda of the general meeting\n")
	h.run()
	h.pass(7 * day)
	h.write("data/meetings.csv", meetings+"G0,gm,Old meeting,2026-01-12,2026-01-12 19:30,Hall,Confirmed\nG1,gm,General meeting,2026-11-09,2026-11-09 19:30,Hall,Confirmed\n")
	h.write("data/documents.csv", "Key,Kind,Meeting,Title,Status,File\nD0,agenda,G0,Old agenda,Approved,data/a.txt\nD1,agenda,G1,Agenda,Approved,data/a.txt\n")
	for h.Now().Before(time.Date(2026, time.November, 5, 9, 0, 0, 0, time.UTC)) {
		if h.pass(day); h.Now().Day() == 21 {
			h.write("data/donations.csv", "Reference,Donor,Amount,Received,Status\nR0,Old Donor,£20.00,2026-01-05,Accepted\nR1,Dee Donor,£600.00,2026-10-19,Received\n")
		}
		if h.run(); h.Now().Day() == 29 {
			h.agree("secretary")
			h.run()
		}
	}
	if n := strings.Count(strings.Join(h.mail(), "\n"), "Notice: General meeting"); n != 16 {
		t.Fatalf("%d had notice:\n%s", n, strings.Join(h.mail(), "\n"))
	}
	before, last := len(h.mail()), len(h.book().Messages())
	// Off from the 5th to the 12th. The reminder of the meeting was due on the
	// 6th; a list came on the 6th; the day after next is the check's 25th.
	h.roll("2026-11-06", soul{no: "M1", joined: "2015-05-05", email: "m1@example.net"},
		soul{no: "B1", first: "New", joined: "2026-11-01", email: "b1@example.net"},
		soul{no: "B2", first: "Past", joined: "2015-11-01", email: "b2@example.net", born: "2008-11-10"},
		soul{no: "B3", first: "Soon", joined: "2015-11-01", email: "b3@example.net", born: "2008-11-17"})
	h.pass(7 * day)
	p := h.run()
	if got := h.mail()[before:]; len(got) != 1 || got[0] != "b1@example.net: Welcome to Anytown CLP" {
		t.Errorf("letters after the week: %v", got)
	}
	if got := h.told("youth@example.org"); strings.Count(got, "Post a card to Soon Sample") != 1 || strings.Contains(got, "Past Sample") {
		t.Errorf("the Youth Officer was told:\n%s", got)
	}
	letters := map[string]int{}
	for _, m := range h.book().Messages()[last:] {
		if m.Kind == ledger.Digest {
			letters[m.Address]++
		}
	}
	for _, n := range letters {
		if n != 1 {
			t.Errorf("an officer got %d letters", n)
		}
	}
	rungs := 0
	for _, l := range p.Plan.Lines {
		if l.Playbook == "donation-permissibility" && l.Step == "check" && l.Verb == plan.Tells && strings.Contains(l.Why, "reminder") {
			rungs++
		}
	}
	if rungs != 2 || !strings.Contains(h.told("chair@example.org"), "Dee Donor") { // one rung, to the treasurer and to the chair
		t.Errorf("%d reminders; the chair was told:\n%s", rungs, h.told("chair@example.org"))
	}
	h.pass(time.Hour)
	if p := h.run(); p.Delivery.Sent != 0 {
		t.Errorf("an hour later %d more", p.Delivery.Sent)
	}
}

// TestCase4_20 is a clock that cannot be right, and a computer whose zone is
// another: the day is the constituency's whatever the host says; a clock that
// went back, or leapt over more than 35 days, holds everything and asks.
func TestCase4_20(t *testing.T) {
	var digests []string
	for _, zone := range []string{"UTC", "Europe/London", "America/New_York", "Pacific/Auckland"} {
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		h := newHouse(t, "")
		h.settled(3)
		h.members("2026-11-02", rows(old, 3), rows(fresh, 1))
		h.time = day0.In(place)
		p, err := h.Plan(ctx)
		if err != nil {
			t.Fatal(err)
		}
		h.run()
		if got := h.Clock().Day(h.Now()).String(); got != "2026-11-02" {
			t.Errorf("%s: today is %s", zone, got)
		}
		digests = append(digests, p.Digest+fmt.Sprint(h.letters()))
	}
	for i, d := range digests {
		if d != digests[0] {
			t.Errorf("host %d: another plan", i)
		}
	}
	for by, held := range map[time.Duration]bool{-3 * day: true, 35*day - time.Hour: false, 36 * day: true} {
		t.Run(by.String(), func(t *testing.T) {
			h := newHouse(t, "")
			h.settled(5)
			h.run()
			h.members("2026-11-02", rows(old, 5), rows(fresh, 1))
			h.pass(by)
			p, err := h.Run(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if holds(p.Plan, "date") != held || (p.Delivery.Sent > 0) == held || (len(p.Imports) > 0) == held {
				t.Fatalf("holds %v, %d imports, %d sent", p.Plan.Holds, len(p.Imports), p.Delivery.Sent)
			}
			if !held {
				return
			}
			if err := h.ConfirmDate(ctx, "secretary"); err != nil {
				t.Fatal(err)
			}
			h.pass(time.Minute)
			if p := h.run(); p.Delivery.Sent == 0 {
				t.Error("nothing goes after the date was confirmed")
			}
		})
	}
}
