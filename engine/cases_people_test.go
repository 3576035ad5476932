package engine_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// The cases of the domain's list of edges that are about people, by their
// numbers there: who comes back, pays, is missing from a list, or dies.

// status is where a member stands in what is held.
func (h *house) status(no string) string {
	h.t.Helper()
	tables, err := h.Tables()
	if err != nil {
		h.t.Fatal(err)
	}
	r := tables["members"].ByKey(no)
	if r == nil {
		return "not there"
	}
	v, _ := r.Get(tables["members"].Schema, "status")
	return v.S
}

// changed lists the kinds of changes that are known of a member, in order.
func (h *house) changed(no string) string {
	h.t.Helper()
	tables, err := h.Tables()
	if err != nil {
		h.t.Fatal(err)
	}
	t := tables["changes"]
	if t == nil {
		h.t.Fatal("no playbook reads the changes")
	}
	var out []string
	for _, r := range t.Rows {
		member, _ := r.Get(t.Schema, "member")
		kind, _ := r.Get(t.Schema, "kind")
		if member.S == no {
			out = append(out, kind.S)
		}
	}
	return strings.Join(out, " ")
}

// TestCase4_3SameNumber: (a) who comes back under the same number has rejoined
// and is no stranger: a member of the first list gets no letter for newcomers,
// and one who was welcomed once is not welcomed twice on the same day of
// joining.
func TestCase4_3SameNumber(t *testing.T) {
	h := lodge(t, "new-member-welcome transfer-in-out", soul{no: "A1", joined: "2012-05-01", email: "a1@example.net"})
	h.pass(day)
	b1 := soul{no: "B1", joined: "2026-10-28", email: "b1@example.net"}
	h.roll("2026-11-03", soul{no: "A1", joined: "2012-05-01", email: "a1@example.net", status: "Lapsed"}, b1)
	h.run()
	h.wantMail("b1@example.net: Welcome to Anytown CLP")
	h.pass(7 * day)
	b1.status = "Lapsed"
	h.roll("2026-11-10", soul{no: "A1", joined: "2026-11-08", email: "a1@example.net"}, b1)
	h.run()
	h.pass(7 * day)
	b1.status = ""
	h.roll("2026-11-17", soul{no: "A1", joined: "2026-11-08", email: "a1@example.net"}, b1)
	h.run()
	h.wantMail("b1@example.net: Welcome to Anytown CLP")
	if got := h.status("A1"); got != "active" {
		t.Errorf("A1 is %s", got)
	}
	for no, want := range map[string]string{"A1": "changed lapsed rejoined", "B1": "joined lapsed reinstated"} {
		if got := h.changed(no); got != want {
			t.Errorf("the changes of %s: %s, want %s", no, got, want)
		}
	}
}

// TestCase4_3NewNumber: (b) who comes back under a new number, with the same name
// and day of birth, is proposed to be the same and taken for nobody else until a
// person says so; then what they asked for holds under the new number too, and no
// more once that is taken back.
func TestCase4_3NewNumber(t *testing.T) {
	was := soul{no: "D1", first: "Dot", joined: "2012-05-01", born: "1980-02-13", status: "Lapsed", email: "dot.old@example.net"}
	h := lodge(t, "new-member-welcome", was)
	if err := h.Suppress(ctx, "membership_officer", "D1", "all", "asked", false); err != nil {
		t.Fatal(err)
	}
	h.pass(day)
	is := soul{no: "E1", first: "Dot", joined: "2026-10-30", born: "1980-02-13", email: "dot.new@example.net"}
	h.roll("2026-11-03", was, is)
	h.taken()
	pairs, _, err := h.People(ctx)
	if err != nil || len(pairs) != 1 {
		t.Fatalf("proposed: %+v, %v", pairs, err)
	}
	verb := func() plan.Verb {
		p, err := h.Plan(ctx)
		if err != nil {
			t.Fatal(err)
		}
		return lineOf(p, "Dot", "new-member-welcome").Verb
	}
	if got := verb(); got != plan.Sends {
		t.Errorf("before a person has said so: %s", got)
	}
	if _, _, err := h.SaySame(ctx, "membership_officer", "D1", "E1"); err != nil {
		t.Fatal(err)
	}
	if got := verb(); got == plan.Sends || got == plan.Asks {
		t.Errorf("the same person, who wants no letters: %s", got)
	}
	if _, err := h.Unsay(ctx, "membership_officer", "D1", "E1"); err != nil {
		t.Fatal(err)
	}
	if got := verb(); got != plan.Sends {
		t.Errorf("taken back: %s", got)
	}
}

// TestCase4_3Resigned: (c) who resigned and asked not to be written to stays in
// peace when they rejoin, until a person lifts it.
func TestCase4_3Resigned(t *testing.T) {
	h := lodge(t, "new-member-welcome")
	h.pass(day)
	c1 := soul{no: "C1", joined: "2026-10-28", email: "c1@example.net", status: "Resigned"}
	h.roll("2026-11-03", c1)
	h.run()
	if err := h.Suppress(ctx, "membership_officer", "C1", "all", "resigned, wants no letters", false); err != nil {
		t.Fatal(err)
	}
	h.pass(day)
	c1.status = ""
	h.roll("2026-11-04", c1)
	if l := lineOf(h.run().Plan, "Solc1", "new-member-welcome"); l.Verb != plan.Withholds || !strings.Contains(l.Why, "asked not to be written to") {
		t.Errorf("the plan says %q: %q", l.Verb, l.Why)
	}
	h.pass(10 * day)
	h.run()
	h.wantMail()
	if err := h.Suppress(ctx, "membership_officer", "C1", "all", "", true); err != nil {
		t.Fatal(err)
	}
	h.pass(12 * day)
	h.run()
	h.wantMail("c1@example.net: Anytown CLP: how are you finding it?")
}

// TestCase4_4 is a renewal while being chased: the letters that wait, proposed
// and approved, fall when the payment shows, also between the yes and the wire;
// what was still to come does not; and arrears that begin anew are a new case.
func TestCase4_4(t *testing.T) {
	h := lodge(t, "arrears-chase:each")
	owes := func(since string) soul {
		return soul{no: "A1", joined: "2012-05-01", email: "a1@example.net", status: "Arrears", owing: since}
	}
	paid := soul{no: "A1", joined: "2012-05-01", email: "a1@example.net"}
	h.roll("2026-11-02", paid)
	h.run()
	h.pass(day)
	h.roll("2026-11-03", owes("2026-11-01"))
	h.run()
	h.want("proposed 1")
	h.approveAll() // and before it goes, the payment shows
	h.roll("2026-11-04", paid)
	h.taken()
	d, err := h.Deliver(ctx)
	if err != nil || len(d.Fell) != 1 || d.Fell[0].Why == "" {
		t.Fatalf("%+v, %v", d, err)
	}
	h.run()
	h.want("superseded 1")
	h.pass(30 * day) // past the second week, in which the branch would have rung
	h.run()
	h.wantTasks(ledger.TaskOpen)
	h.roll("2026-12-03", owes("2026-12-01"))
	h.run()
	h.want("superseded 1, proposed 1")
	states := map[ledger.CaseState]int{}
	for _, c := range h.book().Cases() {
		if c.Playbook == "arrears-chase" {
			states[c.State]++
		}
	}
	if states[ledger.Open] != 1 || states[ledger.Closed] != 1 {
		t.Errorf("cases: %v, want the first closed and another", states)
	}
	h.replayed()
}

// TestCase4_4Reply: who says by reply that they have paid is written to no more
// in that case: not in the three weeks after, nor later.
func TestCase4_4Reply(t *testing.T) {
	a1 := soul{no: "A1", joined: "2012-05-01", email: "a1@example.net"}
	h := lodge(t, "arrears-chase:each", a1)
	h.pass(day)
	a1.status, a1.owing = "Arrears", "2026-11-01"
	h.roll("2026-11-03", a1)
	h.run()
	h.approveAll()
	h.run()
	if n := len(h.mail()); n != 1 {
		t.Fatalf("%d letters", n)
	}
	h.pass(2 * day)
	if err := h.Contact(ctx, "membership_officer", "A1", "email", true); err != nil {
		t.Fatal(err)
	}
	for range 9 { // over the 8 weeks after which a second letter is due
		h.pass(7 * day)
		h.run()
	}
	if n := len(h.mail()); n != 1 || len(h.letters()) != 1 {
		t.Errorf("after the reply: %v", h.letters())
	}
}

// TestCase4_24: a death stops everything at once: the letter that waits, the
// call, the card for the birthday; nothing goes by post either, and those who
// share the address are told of as such.
func TestCase4_24(t *testing.T) {
	for name, learn := range map[string]func(h *house, all ...soul){
		"by the list": func(h *house, all ...soul) {
			all[0].status = "Deceased"
			h.roll("2026-11-12", all...)
			h.taken()
		},
		"by an officer": func(h *house, all ...soul) {
			if _, _, err := h.Record(ctx, "membership_officer", "members", "B1", "status", "deceased"); err != nil {
				h.t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			dora := soul{no: "B1", first: "Dora", joined: "2026-10-28", email: "home@example.net", born: "2008-11-24", post: "2 Low Road"}
			eli := soul{no: "B2", first: "Eli", joined: "2016-10-28", email: "home@example.net"}
			h := lodge(t, "new-member-welcome birthday-18", eli)
			h.pass(day)
			h.roll("2026-11-03", dora, eli)
			h.run()
			h.wantMail("home@example.net: Welcome to Anytown CLP")
			h.pass(8 * day)
			h.run()
			if got := h.tasks(ledger.TaskOpen); len(got) != 2 {
				t.Fatalf("open: %v", got)
			}
			learn(h, dora, eli)
			h.run()
			h.wantTasks(ledger.TaskOpen)
			h.wantTasks(ledger.TaskWithdrawn, "card/role:youth_officer", "phone/role:branch_membership_secretary")
			for range 4 {
				h.pass(7 * day)
				h.run()
			}
			h.wantMail("home@example.net: Welcome to Anytown CLP")
			if got := h.status("B1"); got != "deceased" {
				t.Errorf("B1 is %s", got)
			}
			// Fay, who has just joined, uses the address too: her letter waits.
			fay := soul{no: "B3", first: "Fay", joined: "2026-12-05", email: "home@example.net"}
			dora.status = "Deceased"
			h.roll("2026-12-09", dora, eli, fay)
			l := lineOf(h.run().Plan, "Fay", "new-member-welcome")
			if l.Verb != plan.Asks || !strings.Contains(l.Why, "a member who has died used this address too") {
				t.Errorf("the letter to Fay: %q, %q", l.Verb, l.Why)
			}
			h.wantMail("home@example.net: Welcome to Anytown CLP")
		})
	}
}

// TestCase4_23Letters is a member who is on the list no more, for whatever reason: they
// are written to no more by themselves, are no new member when they are back, and
// whether they have left is for an officer to find out.
func TestCase4_23Letters(t *testing.T) {
	gone := soul{no: "B1", first: "Gale", joined: "2026-10-28", email: "gale@example.net"}
	h := lodge(t, "new-member-welcome transfer-in-out")
	h.pass(day)
	h.roll("2026-11-03", gone)
	h.run()
	h.wantMail("gale@example.net: Welcome to Anytown CLP")
	for week := range 4 { // over the 21 days after which she would be asked how she is
		h.pass(7 * day)
		h.roll([]string{"2026-11-10", "2026-11-17", "2026-11-24", "2026-12-01"}[week])
		h.run()
	}
	h.wantMail("gale@example.net: Welcome to Anytown CLP")
	if got := h.changed("B1"); got != "disappeared joined" {
		t.Errorf("what is known of her: %s", got)
	}
	if got := h.status("B1"); got != "not there" {
		t.Errorf("after four lists without her she is %s", got)
	}
	h.pass(7 * day)
	h.roll("2026-12-08", gone)
	h.run()
	if got := strings.Count(strings.Join(h.mail(), "\n"), "Welcome to"); got != 1 {
		t.Errorf("%d letters of welcome", got)
	}
}
