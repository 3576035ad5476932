package engine_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// TestOnlyItsRoleSaysYes: a letter is approved by the role that its playbook
// names or, while nobody holds that, by the one it falls to, and in no other
// name.
func TestOnlyItsRoleSaysYes(t *testing.T) {
	mo := "membership_officer,,Mo Member,membership@example.org,2024-01-01,"
	vacant := strings.Replace(officers, mo, mo+"2026-10-01", 1)
	deputy := vacant + "membership_officer,,Dee Deputy,,2024-01-01,,yes\n" // she has no mail address, and may all the same
	nobody := strings.Replace(vacant, "secretary@example.org,2024-01-01,", "secretary@example.org,2024-01-01,2026-10-01", 1)
	for _, c := range []struct {
		officers, by, why string
	}{
		{officers, "membership_officer", ""},
		{officers, "secretary", "the Vice Chair (Membership) decides: --as membership_officer"},
		{officers, "officer", "the Vice Chair (Membership) decides: --as membership_officer"},
		{officers, "emperor", "the Vice Chair (Membership) decides: --as membership_officer"},
		{vacant, "membership_officer", "nobody is Vice Chair (Membership), so the Secretary decides: --as secretary"},
		{vacant, "secretary", ""},
		{deputy, "membership_officer", ""},
		{deputy, "secretary", "the Vice Chair (Membership) decides: --as membership_officer"},
		{nobody, "treasurer", "nobody is Vice Chair (Membership), nor holds a role that this one falls to: write who is into the list of officers"},
	} {
		h := arrears(t, "", 1)
		h.write("officers.csv", c.officers)
		h.run() // who signs the letter has changed, and so have its words
		shown, _, err := h.Pending(ctx)
		if err != nil || len(shown) != 1 {
			t.Fatalf("%d letters wait, %v", len(shown), err)
		}
		d, err := h.Approve(ctx, engine.Voice{Role: c.by}, shown)
		if err != nil {
			t.Fatal(err)
		}
		why := ""
		if len(d.Not) > 0 {
			why = d.Not[0].Why
		}
		if why != c.why || len(d.Done)+len(d.Not) != 1 {
			t.Errorf("as %s: done %v, not %q, want %q", c.by, d.Done, why, c.why)
		}
	}
}

// TestAYesIsTakenBack: until a letter has left, its yes can be taken back, and
// then it does not go, today or ever. When it has left, that is said.
func TestAYesIsTakenBack(t *testing.T) {
	h := arrears(t, "", 3)
	h.approveAll()
	unsent, err := h.Unsent(ctx)
	if err != nil || len(unsent) != 3 {
		t.Fatalf("%d letters are approved and not sent, %v", len(unsent), err)
	}
	d, err := h.Reject(ctx, engine.Voice{Role: "membership_officer"}, "spoke with them", unsent[:2])
	if err != nil || len(d.Done) != 2 || len(d.Not) != 0 {
		t.Fatalf("%+v, %v", d, err)
	}
	h.want("rejected 2, approved 1")
	h.run()
	h.want("rejected 2, sent 1")
	d, err = h.Reject(ctx, engine.Voice{Role: "membership_officer"}, "too late", unsent[2:])
	if err != nil || len(d.Done) != 0 || len(d.Not) != 1 || d.Not[0].Why != "it was sent on 2 November 2026 at 10:00" {
		t.Errorf("one that has left: %+v, %v", d, err)
	}
	if unsent, err = h.Unsent(ctx); err != nil || len(unsent) != 0 {
		t.Errorf("%d are still approved, %v", len(unsent), err)
	}
	for range 10 {
		h.pass(24 * time.Hour)
		h.run()
	}
	if sent := h.letters(); sent["rejected"] != 2 || len(h.outboxOf("pat")) != 1 {
		t.Errorf("days later: %v, %v", sent, h.outbox())
	}
	h.replayed()
}

// TestWhatFellStandsAgainstItsLine: when a last look takes a letter away, the
// pass tells which line of which plan that was, and what is planned instead.
func TestWhatFellStandsAgainstItsLine(t *testing.T) {
	h := arrears(t, "", 3)
	h.approveAll()
	paid := strings.Replace(strings.Replace(behind(1), "Arrears", "Active", 1), "2026-10-30", "", 1)
	open := h.Engine.Sender
	h.Engine.Sender = func(c context.Context, of *playbook.Constituency) (engine.Sender, error) {
		h.members("2026-11-03", rows(old, 20), []string{paid, behind(2), behind(3)})
		imp, err := h.Prepare(ctx, "members", "")
		if err == nil {
			_, err = h.Commit(ctx, imp, "secretary")
		}
		h.Engine.Sender = open
		if err != nil {
			return nil, err
		}
		return open(c, of)
	}
	p := h.run()
	if len(p.Delivery.Fell) != 1 || p.Before == nil || p.Before == p.Plan {
		t.Fatalf("%+v", p.Delivery)
	}
	lines := p.Planned(p.Delivery.Fell[0])
	if len(lines) != 1 || lines[0].Playbook != "arrears-chase" || lines[0].Step != "letter" || !strings.Contains(lines[0].To, "Pat1") {
		t.Errorf("against %+v", lines)
	}
	if len(lines) == 1 && slices.Contains(p.Plan.Lines, lines[0]) {
		t.Error("the line that fell stands in the second plan too")
	}
	if p := h.run(); p.Before != nil || len(p.Delivery.Fell) != 0 {
		t.Errorf("nothing fell, and yet: %+v", p.Delivery)
	}
}
