package engine_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// The cases of the domain's list of edges that are about whom a letter or a task
// reaches, by their numbers there: who moves to another branch, shares an address,
// or has none.

// TestCase4_16 is a member who moves to another branch: what is open goes over to
// the officer there, what was answered stays, nobody is welcomed again, and it
// is a change of branch and neither a loss nor a gain.
func TestCase4_16(t *testing.T) {
	h := lodge(t, "new-member-welcome transfer-in-out")
	h.pass(day)
	moves := soul{no: "B1", joined: "2026-10-28", email: "b1@example.net"}
	stays := soul{no: "B2", joined: "2026-10-28", email: "b2@example.net"}
	h.roll("2026-11-03", moves, stays)
	h.run()
	h.pass(6 * day)
	h.run()
	h.wantTasks(ledger.TaskOpen, "phone/role:branch_membership_secretary", "phone/role:branch_membership_secretary")
	for _, k := range h.book().Tasks() { // B2 was rung before both moved
		if h.about(k) == "B2" {
			if _, _, err := h.Answer(ctx, "branch_membership_secretary", k.Number, "spoke"); err != nil {
				t.Fatal(err)
			}
		}
	}
	h.pass(day)
	moves.branch, stays.branch = "South", "South"
	h.roll("2026-11-10", moves, stays)
	imp := h.taken()
	if len(imp.New)+len(imp.Gone) != 0 || len(imp.Changed) != 2 {
		t.Errorf("%d new, %d gone, %d changed", len(imp.New), len(imp.Gone), len(imp.Changed))
	}
	h.run()
	h.wantTasks(ledger.TaskOpen, "phone/role:branch_membership_secretary")
	h.wantTasks(ledger.TaskAnswered, "phone/role:branch_membership_secretary")
	h.wantMail("b1@example.net: Welcome to Anytown CLP", "b2@example.net: Welcome to Anytown CLP")
	h.pass(day)
	h.run()
	if strings.Count(h.told("south@example.org"), "Ring Solb1 Sample") != 1 || strings.Contains(h.told("south@example.org"), "Solb2") {
		t.Errorf("South was told:\n%s", h.told("south@example.org"))
	}
	if got := h.changed("B1"); strings.Contains(got, "gone") || strings.Count(got, "joined") != 1 {
		t.Errorf("the changes of B1: %s", got)
	}
}

// about is the key of the member that a task is about.
func (h *house) about(k ledger.Task) string {
	h.t.Helper()
	c, ok := h.book().Case(k.Case)
	if !ok {
		return ""
	}
	tables, err := h.Tables()
	if err != nil {
		h.t.Fatal(err)
	}
	if r := tables[c.Dataset].ByRef(c.Subject); r != nil {
		return r.Key
	}
	return ""
}

// TestCase4_17 is an address that two members share: each gets a letter of their
// own on the same day, and is greeted by name; what is private goes to neither,
// and becomes a call; who of them replies is answered by a person, and neither
// gets another letter; and who asks for peace does not silence the other.
func TestCase4_17(t *testing.T) {
	ann := soul{no: "B1", first: "Ann", joined: "2026-10-28", email: "both@example.net"}
	bob := soul{no: "B2", first: "Bob", joined: "2026-10-28", email: "Both@Example.net"}
	h := lodge(t, "new-member-welcome arrears-chase:each")
	h.pass(day)
	h.roll("2026-11-03", ann, bob)
	h.run()
	h.wantMail("both@example.net: Welcome to Anytown CLP", "both@example.net: Welcome to Anytown CLP")
	letters := h.told("both@example.net")
	if !strings.Contains(letters, "Dear Ann,") || !strings.Contains(letters, "Dear Bob,") {
		t.Errorf("not both were greeted by name:\n%s", letters)
	}
	h.pass(10 * day)
	ann.status, ann.owing = "Arrears", "2026-11-10"
	h.roll("2026-11-13", ann, bob)
	if l := lineOf(h.run().Plan, "Ann", "arrears-chase"); l.Verb != plan.Lists || !strings.Contains(l.Why, "2 members share the address") {
		t.Errorf("a private letter to a shared address: %q, %q", l.Verb, l.Why)
	}
	if len(h.letters()) != 1 || !strings.Contains(h.told("membership@example.org"), "Ann Sample") {
		t.Errorf("it went (%v), or the officer was not told to ring", h.letters())
	}
	// Ann replies: neither she nor Bob is asked by letter how they are finding it.
	if err := h.Contact(ctx, "membership_officer", "B1", "email", true); err != nil {
		t.Fatal(err)
	}
	h.pass(11 * day)
	h.run()
	h.wantMail("both@example.net: Welcome to Anytown CLP", "both@example.net: Welcome to Anytown CLP")
	// Bob wants nothing more that is not service; the letter to Ann is not his.
	if err := h.Suppress(ctx, "membership_officer", "B2", "all", "asked", false); err != nil {
		t.Fatal(err)
	}
	in, err := h.Tables()
	if err != nil {
		t.Fatal(err)
	}
	for no, silenced := range map[string]bool{"B1": false, "B2": true} {
		ref := in["members"].ByKey(no).Ref
		if got := len(h.book().Suppression(ref, "")) > 0; got != silenced {
			t.Errorf("%s is silenced: %t", no, got)
		}
	}
}

// TestCase4_17Bounce: an address that is dead is dead for all who share it; each
// becomes a line for the officer to ring or write to.
func TestCase4_17Bounce(t *testing.T) {
	h := lodge(t, "new-member-welcome")
	h.pass(day)
	h.roll("2026-11-03", soul{no: "B1", first: "Ann", joined: "2026-10-28", email: "both@example.net"}, soul{no: "B2", first: "Bob", joined: "2026-10-28", email: "both@example.net"})
	h.run()
	err := h.store.Update(ctx, func(tx *store.Tx) error {
		m, _ := h.book().Message(firstLetter(h))
		return tx.Apply(h.Now(), "clarion", ledger.Suppressed{Address: m.Address, Scope: "bounced"})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.pass(22 * day)
	p := h.run()
	for _, name := range []string{"Ann", "Bob"} {
		if l := lineOf(p.Plan, name, "new-member-welcome"); l.Verb != plan.Lists && l.Verb != plan.Tells {
			t.Errorf("%s: %q, %q", name, l.Verb, l.Why)
		}
		if !strings.Contains(h.told("membership@example.org"), name+" Sample: Welcome every new member No letter can go: the mail address does not work") {
			t.Errorf("nobody is asked to ring %s:\n%s", name, h.told("membership@example.org"))
		}
	}
	h.wantMail("both@example.net: Welcome to Anytown CLP", "both@example.net: Welcome to Anytown CLP")
}

// TestCase4_18: whoever has no address, or wants no email, is not passed over.
// The rule fires all the same, the officer has a line to ring or write to them,
// and the log says so; who is to be left alone is left alone.
func TestCase4_18(t *testing.T) {
	h := lodge(t, "new-member-welcome")
	h.pass(day)
	h.roll("2026-11-03", soul{no: "B1", first: "Una", joined: "2026-10-28", post: "1 Low Road"}, soul{no: "B2", first: "Vic", joined: "2026-10-28", email: "vic@example.net"},
		soul{no: "B3", first: "Wyn", joined: "2026-10-28", email: "wyn@example.net"}, soul{no: "B4", first: "Xia", joined: "2026-10-28", email: "xia@example.net"})
	h.taken()
	if _, _, err := h.Record(ctx, "membership_officer", "members", "B3", "no_email", "yes"); err != nil {
		t.Fatal(err)
	}
	if err := h.Suppress(ctx, "membership_officer", "B4", "all", "asked", false); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.wantMail("vic@example.net: Welcome to Anytown CLP")
	if strings.Contains(h.told("membership@example.org"), "Xia Sample") {
		t.Error("somebody is asked to ring a member who is to be left alone")
	}
	digest := h.told("membership@example.org")
	for _, says := range []string{"Una Sample", "1 Low Road", "no mail address", "Wyn Sample", "wants no email"} {
		if !strings.Contains(digest, says) {
			t.Errorf("the officer's digest does not say %q:\n%s", says, digest)
		}
	}
	done := 0
	for _, m := range h.book().Messages() {
		for _, k := range m.Actions {
			if a, ok := h.book().Action(k); ok && a.Step == "welcome" && m.State == ledger.Sent {
				done++
			}
		}
	}
	if done != 3 {
		t.Errorf("the log has %d welcomes that went, by letter or by the officer's list", done)
	}
	h.pass(day)
	h.run() // and it is said once
	if got := strings.Count(h.told("membership@example.org"), "no mail address"); got != strings.Count(digest, "no mail address") {
		t.Errorf("said %d times", got)
	}
}

// TestCase4_16Renamed is a change of borders that renames a branch in every row:
// nobody is told of anybody until a person has said so.
func TestCase4_16Renamed(t *testing.T) {
	h := lodge(t, "new-member-welcome")
	north := strings.Join(rows(old, 60), "\n") + "\n"
	h.write("data/members-2026-11-02.csv", header+north+south(1)+"\n")
	h.taken("another", "half", "grown", "header", "branch", "gone")
	h.pass(day)
	for n, want := range map[int]string{20: "", 21: "renamed"} {
		text := header + strings.Replace(north, ",North,", ",North and Central,", n) + south(1) + "\n"
		imp := h.offered("new.csv", text, engine.As{})
		if doubts(imp) != want {
			t.Errorf("%d moved: doubts %q", n, doubts(imp))
		}
		if want == "" {
			continue
		}
		_, err := h.Commit(ctx, imp, "secretary")
		if err == nil || !strings.Contains(err.Error(), "21 of 61 records are in another branch than before, 21 of them in North and Central and not in North") {
			t.Errorf("refused with: %v", err)
		}
		if _, err := h.Commit(ctx, imp, "secretary", "renamed"); err != nil {
			t.Error(err)
		}
	}
}

// TestCase4_16Alias is a branch that is called otherwise in one list: once the list
// of branches has that name too, it is the same branch, and nobody has moved. A
// name that two branches have is neither's.
func TestCase4_16Alias(t *testing.T) {
	h := lodge(t, "new-member-welcome")
	h.write("branches.csv", "key,name,also\nNorth,North,\"North & Central; Old North\"\nSouth,South,\"Old North, north\"\n")
	imp, err := h.Prepare(ctx, "branches", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Commit(ctx, imp, "secretary", "header"); err != nil { // it has a heading more
		t.Fatal(err)
	}
	north := strings.Join(rows(old, 60), "\n") + "\n"
	h.write("data/members-2026-11-02.csv", header+north+south(1)+"\n")
	h.taken("another", "half", "grown", "header", "branch", "gone")
	h.pass(day)
	imp = h.offered("new.csv", header+strings.ReplaceAll(north, ",North,", ",NORTH & central,")+south(1)+"\n", engine.As{})
	if doubts(imp) != "" || len(imp.Changed) > 0 {
		t.Errorf("by its other name: doubts %q, changed %d", doubts(imp), len(imp.Changed))
	}
	imp = h.offered("new.csv", header+strings.ReplaceAll(north, ",North,", ",Old North,")+south(1)+"\n", engine.As{})
	if doubts(imp) != "renamed" {
		t.Errorf("by a name of two branches: doubts %q", doubts(imp))
	}
}
