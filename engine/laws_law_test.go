package engine_test

import (
	"context"
	"database/sql"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// The tests of this file hold review and delivery to the laws, each as small
// as it can be, with a way out that the test watches.

// A wire is a way out that says what it is told to, and looks at the ledger
// while a letter is on it.
type wire struct {
	h      *house
	answer letter.OutcomeKind
	sent   []letter.Outgoing
	states []ledger.MessageState // of the letters that were on it
}

// watch makes the house send by a wire.
func (h *house) watch(answer letter.OutcomeKind) *wire {
	w := &wire{h: h, answer: answer}
	h.Engine.Sender = func(context.Context, *playbook.Constituency) (engine.Sender, error) { return w, nil }
	return w
}

func (w *wire) Send(_ context.Context, o letter.Outgoing) letter.Outcome {
	state := ledger.MessageState("not there")
	for _, m := range w.h.book().Messages() {
		if m.Digest == o.Content.Digest() {
			state = m.State
		}
	}
	w.sent, w.states = append(w.sent, o), append(w.states, state)
	return letter.Outcome{Kind: w.answer}
}

func (w *wire) Close() error { return nil }

// toMembers counts what was on the wire for members.
func (w *wire) toMembers() int {
	n := 0
	for _, o := range w.sent {
		if domain := o.Content.To[len(o.Content.To)-len("example.net"):]; domain == "example.net" {
			n++
		}
	}
	return n
}

// proposed brings letters to members as far as their proposal, and gives those.
func (h *house) proposed(n int) []engine.Pending {
	h.t.Helper()
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(behind, n))
	h.take("members")
	if _, err := h.Propose(ctx); err != nil {
		h.t.Fatal(err)
	}
	waiting, _, err := h.Pending(ctx)
	if err != nil || len(waiting) != n {
		h.t.Fatalf("%d letters wait for approval, want %d: %v", len(waiting), n, err)
	}
	return waiting
}

// take imports a list that must be good.
func (h *house) take(name string) {
	h.t.Helper()
	imp, err := h.Prepare(ctx, name, "")
	if err == nil {
		_, err = h.Commit(ctx, imp, "secretary")
	}
	if err != nil {
		h.t.Fatal(err)
	}
}

// deliver makes a round of sending.
func (h *house) deliver() engine.Delivery {
	h.t.Helper()
	d, err := h.Deliver(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// What has become known since the approval takes a letter away, without a plan
// in between.
func TestLaw7JustBeforeTheWire(t *testing.T) {
	h := newHouse(t, "")
	h.proposed(2)
	if d := h.approveAll(); len(d.Done) != 2 {
		t.Fatalf("approved: %+v", d)
	}
	w := h.watch(letter.Delivered)
	h.members("2026-11-03", rows(old, 20), rows(behind, 1), []string{"C00002,Pat2,Penniless,pat2@example.net,,Active,2016-10-28,,North,Yes,"})
	h.pass(time.Hour)
	h.take("members")
	d := h.deliver()
	if w.toMembers() != 1 {
		t.Errorf("%d letters went to members, fallen: %+v", w.toMembers(), d.Fell)
	}
}

func TestLaw7AnApprovalLooksAgain(t *testing.T) {
	h := newHouse(t, "")
	shown := h.proposed(2)
	h.members("2026-11-03", rows(old, 20), rows(behind, 1), []string{"C00002,Pat2,Penniless,pat2@example.net,,Active,2016-10-28,,North,Yes,"})
	h.pass(time.Hour)
	h.take("members")
	d, err := h.Approve(ctx, engine.Voice{Role: "membership_officer"}, shown)
	if err != nil || len(d.Done) != 1 || len(d.Not) != 1 {
		t.Errorf("%+v, %v", d, err)
	}
}

// Words that somebody wrote into the database under an approval do not go out.
func TestLaw7WordsChangedUnderAnApproval(t *testing.T) {
	h := newHouse(t, "")
	h.proposed(2)
	h.approveAll()
	db, err := sql.Open("sqlite", h.store.Path())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`update contents set body_text = body_text || ' Send money.' where mail_to = 'pat1@example.net'`); err != nil {
		t.Fatal(err)
	}
	w := h.watch(letter.Delivered)
	h.deliver()
	if n := w.toMembers(); n != 1 {
		t.Errorf("%d letters went to members, want the one that is as it was approved", n)
	}
	for _, o := range w.sent {
		if o.Content.To == "pat1@example.net" {
			t.Error("words that nobody approved went out")
		}
	}
}

// While a letter is on the wire, the ledger on disk says so.
func TestLaw5TheClaimIsOnDiskBeforeTheWire(t *testing.T) {
	h := newHouse(t, "")
	h.proposed(3)
	h.approveAll()
	w := h.watch(letter.Delivered)
	h.deliver()
	if w.toMembers() != 3 {
		t.Errorf("%d letters went to members, want 3", w.toMembers())
	}
	for i, s := range w.states {
		if s != ledger.Claimed {
			t.Errorf("letter %d was on the wire while the ledger had it as %s", i+1, s)
		}
	}
}

// A letter to a member whose connection broke waits for a person, however
// often the program runs; after the person says that it did not go, it goes.
func TestLaw5WhatMayHaveGoneIsNotSentAgain(t *testing.T) {
	h := newHouse(t, "")
	h.proposed(1)
	h.approveAll()
	w := h.watch(letter.Unknown)
	h.deliver()
	for w.toMembers() == 0 && len(w.sent) < 10 { // officers' letters break the round too
		h.pass(5 * time.Hour)
		h.deliver()
	}
	if w.toMembers() != 1 {
		t.Fatalf("%d letters were on the wire for members", w.toMembers())
	}
	h.want("uncertain 1")
	w.answer = letter.Delivered
	for range 3 {
		h.pass(20 * time.Hour)
		h.run()
		h.approveAll()
	}
	if w.toMembers() != 1 {
		t.Errorf("the letter was on the wire %d times", w.toMembers())
	}
	h.want("uncertain 1")
}

func TestLawStopHoldsEveryLetter(t *testing.T) {
	h := newHouse(t, "")
	h.proposed(2)
	h.approveAll()
	w := h.watch(letter.Delivered)
	if err := h.Stop(ctx, "secretary", "an election has been called"); err != nil {
		t.Fatal(err)
	}
	if d := h.deliver(); len(w.sent) > 0 || d.Stopped == "" {
		t.Errorf("%d letters went, and the round says %q", len(w.sent), d.Stopped)
	}
	if err := h.Resume(ctx, "secretary", "it was a mistake"); err != nil {
		t.Fatal(err)
	}
	if h.deliver(); w.toMembers() != 2 {
		t.Errorf("after resume %d letters went to members", w.toMembers())
	}
}

// A person who was erased stays away, though the next file has the row still.
func TestLawAnErasedPersonIsLeftOut(t *testing.T) {
	h := newHouse(t, "")
	h.settled(20)
	if _, err := h.Forget(ctx, "secretary", "members", "A00007", true); err != nil {
		t.Fatal(err)
	}
	h.members("2026-11-02", rows(old, 21))
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil {
		t.Fatal(err)
	}
	if imp.Erased != 1 || len(imp.New) != 1 {
		t.Errorf("%d rows are of erased people, %d are new", imp.Erased, len(imp.New))
	}
	h.take("members")
	keys, _ := h.held("members")
	for _, k := range keys {
		if k == "A00007" {
			t.Error("an erased member is back")
		}
	}
	if len(keys) != 20 {
		t.Errorf("%d members are held, want 20", len(keys))
	}
}
