package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// reviewed makes a house review by other rules: the first text is replaced by
// the second, and so on.
func reviewed(h *house, rules ...string) {
	h.t.Helper()
	h.write("constituency.yaml", strings.NewReplacer(rules...).Replace(constituency)+"mail: {from: secretary@example.org, drop: outbox}\n")
	if err := h.Reload(); err != nil {
		h.t.Fatal(err)
	}
}

// waiting gives the letters that wait, which must be so many.
func waiting(h *house, n int) []engine.Pending {
	h.t.Helper()
	shown, _, err := h.Pending(ctx)
	if err != nil || len(shown) != n {
		h.t.Fatalf("%d letters wait, not %d: %v", len(shown), n, err)
	}
	return shown
}

// owing is an old member whose payments stopped in October 2026.
func owing(n int) string {
	return strings.Replace(old(n), "Active,2015-03-01,", "Arrears,2015-03-01,2026-10-30", 1)
}

// toAll makes a house in which letters wait that go to most of its members.
func toAll(t *testing.T, officers string) *house {
	t.Helper()
	h := newHouse(t, "")
	h.write("officers.csv", officers)
	reviewed(h, "floor: 500", "floor: 3")
	h.settled(10)
	h.members("2026-11-02", rows(owing, 6), rows(old, 10)[6:])
	h.run()
	return h
}

// TestAllMembersNeedTwo: a letter to most of the members goes after the yes of
// two persons in different roles, the second of whom answers for the whole, and
// by no trust.
func TestAllMembersNeedTwo(t *testing.T) {
	mo := "membership_officer,,Mo Member,membership@example.org,2024-01-01,,\n"
	chair := "chair,,Cy Chair,chair@example.org,2024-01-01,,\n"
	for _, c := range []struct {
		name, officers string
		second         []string // roles that are listed
		by             string   // who says the second
		why            string
	}{
		{"the Chair", officers + chair, []string{"secretary", "chair"}, "chair", ""},
		{"the Secretary", officers + chair, []string{"secretary", "chair"}, "secretary", ""},
		{"the same role again", officers + chair, []string{"secretary", "chair"}, "membership_officer", "a second yes is needed, of another person: from the Secretary or the Chair"},
		{"another role", officers + chair, []string{"secretary", "chair"}, "treasurer", "a second yes is needed"},
		{"the same person in another role", strings.Replace(officers, "Ann Secretary,secretary@", "Mo  member,mo@", 1), []string{"treasurer"}, "secretary", "from the Treasurer (--as treasurer)"},
		{"the same mailbox in another role", strings.Replace(officers, "secretary@", "membership@", 1), []string{"treasurer"}, "secretary", "from the Treasurer (--as treasurer)"},
		{"the Treasurer, where the others are one person", strings.Replace(officers, "Ann Secretary", "Mo Member", 1), []string{"treasurer"}, "treasurer", ""},
		{"nobody", "role,branch,person,email,from,until,deputy\n" + mo, nil, "membership_officer", "nobody else can say it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := toAll(t, c.officers)
			shown := waiting(h, 6)
			if !shown[0].Two || !slices.Equal(shown[0].Second, c.second) {
				t.Fatalf("it needs two: %v, and the second of %v", shown[0].Two, shown[0].Second)
			}
			if d, err := h.Approve(ctx, engine.Voice{Role: "secretary"}, shown[:1]); err != nil || len(d.Not) != 1 {
				t.Errorf("the first yes is said by whoever does not decide: %+v, %v", d, err)
			}
			d, err := h.Approve(ctx, engine.Voice{Role: "membership_officer"}, shown)
			if err != nil || len(d.Half) != 6 || len(d.Done)+len(d.Not) != 0 {
				t.Fatalf("the first yes: %+v, %v", d, err)
			}
			h.run()
			h.want("proposed 6")
			d, err = h.Approve(ctx, engine.Voice{Role: c.by}, waiting(h, 6))
			if err != nil {
				t.Fatal(err)
			}
			h.run()
			if c.why == "" {
				h.want("sent 6")
				h.replayed()
				return
			}
			h.want("proposed 6")
			if len(d.Not) != 6 || !strings.Contains(d.Not[0].Why, c.why) {
				t.Errorf("the second yes: %+v, want %q", d, c.why)
			}
		})
	}
}

// TestWhoSaysYes: a voice that is known holds its role, and the second is another
// person even where both are known by their numbers alone.
func TestWhoSaysYes(t *testing.T) {
	h := toAll(t, officers)
	look, err := h.Look(ctx)
	if err != nil {
		t.Fatal(err)
	}
	in := look.In
	seat := map[string]engine.Seat{}
	for _, s := range plan.Sitting(in) {
		seat[s.Role] = engine.SeatOf(in, s.Row)
	}
	mo, sec := seat["membership_officer"], seat["secretary"]
	shown := waiting(h, 6)
	for _, v := range []engine.Voice{{Role: "membership_officer", Person: sec.Person}, {Role: "membership_officer", Person: 999}} {
		if d, err := h.Approve(ctx, v, shown); err != nil || len(d.Not) != 6 || !strings.Contains(d.Not[0].Why, "you are not Vice Chair (Membership) today") {
			t.Errorf("%+v: %+v, %v", v, d, err)
		}
	}
	one := engine.Voice{Role: "membership_officer", Person: mo.Person, Via: "console"}
	if d, err := h.Approve(ctx, one, shown); err != nil || len(d.Half) != 6 {
		t.Fatalf("the first yes: %+v, %v", d, err)
	}
	if d, err := h.Approve(ctx, engine.Voice{Role: "secretary", Person: sec.Person, Via: "link"}, shown); err != nil || len(d.Done) != 6 {
		t.Fatalf("the second yes: %+v, %v", d, err)
	}
	m, _ := h.book().Message(shown[0].ID)
	if m.First.Person != mo.Person || m.First.Via != "console" || m.Yes.By != "secretary" || m.Yes.Person != sec.Person || m.Yes.Via != "link" {
		t.Errorf("on record: %+v and %+v", m.First, m.Yes)
	}
}

// TestTheUndoWindow: what a person approved stays for a while, is said to, and
// can be taken back; then it leaves by itself. Trust is not undone.
func TestTheUndoWindow(t *testing.T) {
	h := arrears(t, "", 3)
	reviewed(h, "undo: 0 minutes", "undo: 15 minutes")
	if d := h.approveAll(); len(d.Done) != 3 {
		t.Fatalf("approved: %+v", d)
	}
	for _, minutes := range []int{0, 14} {
		h.pass(time.Duration(minutes) * time.Minute)
		p := h.run()
		h.want("approved 3")
		if !slices.ContainsFunc(p.Plan.Lines, func(l plan.Line) bool {
			return l.Verb == plan.Sends && strings.HasSuffix(l.Why, "; leaves from 10:15 on, unless it is stopped")
		}) {
			t.Errorf("after %d minutes the plan does not say until when it can be stopped: %+v", minutes, p.Plan.Lines)
		}
		if want := day0.Add(75 * time.Minute); !p.Plan.Wake.Equal(want) {
			t.Errorf("it looks again at %s, not at %s", p.Plan.Wake, want)
		}
	}
	unsent, err := h.Unsent(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := h.Reject(ctx, engine.Voice{Role: "membership_officer"}, "the wrong words", unsent[:1]); err != nil || len(d.Done) != 1 {
		t.Fatalf("taken back: %+v, %v", d, err)
	}
	h.pass(time.Minute)
	h.run()
	h.want("rejected 1, sent 2")

	h.members("2026-11-02", rows(old, 20), rows(fresh, 2)) // trusted to go by itself
	h.run()
	if n := h.letters()[ledger.Sent]; n != 4 {
		t.Errorf("%d letters have left; by trust they leave at once", n)
	}
}

// TestTooLateToUndo: a letter whose time is over before its yes could be taken
// back for as long as it must be is not approved, and it is said why.
func TestTooLateToUndo(t *testing.T) {
	h := arrears(t, "", 1)
	shown := waiting(h, 1)
	if shown[0].Expires.IsZero() {
		t.Fatal("the letter has no end")
	}
	reviewed(h, "undo: 0 minutes", "undo: 24 hours")
	h.time = shown[0].Expires.Add(-23 * time.Hour)
	d := h.approveAll()
	if len(d.Not) != 1 || !strings.Contains(d.Not[0].Why, "and leaves 24 hours after its yes at the soonest") {
		t.Errorf("%+v", d)
	}
	h.time = shown[0].Expires.Add(-25 * time.Hour)
	if d = h.approveAll(); len(d.Done) != 1 {
		t.Errorf("an hour before: %+v", d)
	}
}

// TestWhatWasApprovedIsWhatIsSent: a plan is approved by its digest, and what
// leaves is what it named, in the same words; some may fall away on the way, each
// with its reason, and none is added.
func TestWhatWasApprovedIsWhatIsSent(t *testing.T) {
	h := arrears(t, "", 4)
	trust(h, "batch")
	reviewed(h, "undo: 0 minutes", "undo: 15 minutes")
	plans := saved(h)
	if len(plans) != 1 || !plans[0].Open() || len(plans[0].Letters) != 4 || plans[0].Data == "" || plans[0].Playbooks == "" || plans[0].Settings == "" {
		t.Fatalf("saved: %+v", plans)
	}
	p := plans[0]
	words := map[string]bool{}
	for _, m := range waiting(h, 4) {
		words[m.Content.Digest()] = true
	}
	voice := engine.Voice{Role: "membership_officer"}
	for digest, why := range map[string]string{
		p.Digest[:11]:            "first 12 characters",
		"notadigestatall":        "first 12 characters",
		strings.Repeat("0", 64):  "something else has happened since",
		p.Digest[:63] + "\x00":   "first 12 characters",
		p.Digest[:12] + "0f0f0f": "something else has happened since",
	} {
		if _, err := h.ApprovePlan(ctx, voice, digest, nil); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("approving %q: %v, want %q", digest, err, why)
		}
	}
	if _, err := h.ApprovePlan(ctx, voice, p.Digest, []int64{99}); err == nil || !strings.Contains(err.Error(), "letter 99 is not in plan 1") {
		t.Errorf("without what is not in it: %v", err)
	}
	if _, err := h.ApprovePlan(ctx, engine.Voice{Role: "treasurer"}, p.Digest, nil); err == nil || !strings.Contains(err.Error(), "no letter that the Treasurer decides about") {
		t.Errorf("another role: %v", err)
	}
	d, err := h.ApprovePlan(ctx, voice, strings.ToUpper(p.Digest[:12]), p.Letters[:1])
	if err != nil || !slices.Equal(d.Done, p.Letters[1:]) {
		t.Fatalf("approved: %+v, %v", d, err)
	}
	h.want("proposed 1, approved 3")
	if m, _ := h.book().Message(p.Letters[1]); m.Yes.Plan != 1 || m.Yes.Via != "terminal" {
		t.Errorf("on record: %+v", m.Yes)
	}
	h.members("2026-11-02", rows(old, 20), append(rows(behind, 4)[:1], paid(2), behind(3), behind(4)))
	h.run() // one paid
	if left := saved(h); len(left[0].Letters) != 1 || left[0].Number != 2 || !left[1].Open() {
		t.Errorf("what waits now: %+v", left)
	}
	h.pass(15 * time.Minute)
	pass := h.run()
	h.want("proposed 1, superseded 1, sent 2")
	if d, err := h.ApprovePlan(ctx, voice, p.Digest, nil); err != nil || len(d.Done) != 1 || len(d.Not) != 1 || d.Not[0].Why == "" {
		t.Errorf("once more: %+v, %v", d, err)
	}
	for _, m := range h.book().MessagesIn(ledger.Sent) {
		if m.Kind == ledger.Letter && m.Person != 0 && (!slices.Contains(p.Letters, m.ID) || !words[m.Digest]) {
			t.Errorf("letter %d was sent and not approved: %+v", m.ID, pass.Delivery)
		}
	}
	h.pass(15 * time.Minute)
	h.run()
	h.want("superseded 1, sent 3")
	if _, err := h.ApprovePlan(ctx, voice, p.Digest, nil); err == nil || !strings.Contains(err.Error(), "every letter of plan 1 has been decided") {
		t.Errorf("when all is decided: %v", err)
	}
	h.replayed()
}

// paid is who was behind, and is not any more.
func paid(n int) string {
	return strings.Replace(behind(n), "Arrears,2016-10-28,2026-10-30", "Active,2016-10-28,", 1)
}

func saved(h *house) []engine.SavedPlan {
	h.t.Helper()
	plans, err := h.SavedPlans(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	return plans
}

func trust(h *house, level string) {
	h.t.Helper()
	h.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\narrears-chase: {trust: "+level+"}\n")
	if err := h.Reload(); err != nil {
		h.t.Fatal(err)
	}
}

// TestAPlanExpires: a plan that nobody decides in time may be approved no longer,
// that is recorded once and as what it is, and what still waits is a new plan.
func TestAPlanExpires(t *testing.T) {
	h := arrears(t, "", 2)
	trust(h, "batch")
	reviewed(h, "undo: 0 minutes", "undo: 0 minutes, expires: 2 hours")
	h.approve(1)
	h.run() // what waits now is another plan, by the new rule
	plans := saved(h)
	if len(plans) != 2 || plans[0].Number != 2 || plans[0].Expires.Sub(plans[0].Saved) != 2*time.Hour {
		t.Fatalf("saved: %+v", plans)
	}
	p := h.run()
	if !p.Plan.Wake.Equal(plans[0].Expires) {
		t.Errorf("it looks again at %s, not at %s", p.Plan.Wake, plans[0].Expires)
	}
	if again := saved(h); len(again) != 2 {
		t.Errorf("another look saved the same plan anew: %+v", again)
	}
	h.pass(2 * time.Hour)
	voice := engine.Voice{Role: "membership_officer"}
	for _, recorded := range []bool{false, true} {
		if _, err := h.ApprovePlan(ctx, voice, plans[0].Digest, nil); err == nil || !strings.Contains(err.Error(), "plan 2 of 2 November 2026 at 10:00 expired on 2 November 2026 at 12:00") {
			t.Errorf("recorded %v: %v", recorded, err)
		}
		if !recorded {
			expired(h, 0)
			h.Propose(ctx)
			expired(h, 1)
			h.reject("too late for this") // so that no new plan has the same digest
			h.run()
			expired(h, 1)
		}
	}
	h.replayed()
}

// approve approves the first letters that wait, by name.
func (h *house) approve(n int) {
	h.t.Helper()
	proposed, _, err := h.Pending(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	if d, err := h.Approve(ctx, engine.Voice{Role: "membership_officer"}, proposed[:n]); err != nil || len(d.Done) != n {
		h.t.Fatalf("%+v, %v", d, err)
	}
}

// reject rejects all that waits.
func (h *house) reject(reason string) {
	h.t.Helper()
	proposed, _, err := h.Pending(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	if _, err := h.Reject(ctx, engine.Voice{Role: "membership_officer"}, reason, proposed); err != nil {
		h.t.Fatal(err)
	}
}

// expired checks how often the log says that plan 2 expired.
func expired(h *house, want int) {
	h.t.Helper()
	got := 0
	err := h.store.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Events(0, 10000)
		for _, e := range all {
			if e.Change == (ledger.PlanExpired{Plan: 2}) {
				got++
			}
		}
		return err
	})
	if err != nil || got != want {
		h.t.Errorf("the log says %d times that the plan expired, not %d: %v", got, want, err)
	}
}
