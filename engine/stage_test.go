package engine_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// staged is a house in which so many letters are due at once, of which two go
// first.
func staged(t *testing.T, n int) *house {
	t.Helper()
	h := newHouse(t, "")
	h.write("constituency.yaml", strings.Replace(constituency, "stages: {from: 0}", "stages: {from: 6, first: 2, wait: 30 minutes}", 1)+
		"mail: {from: secretary@example.org, drop: outbox}\n")
	h.open("clarion.db", "config")
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(fresh, n))
	return h
}

// TestALargeBatchLeavesInStages: a few letters, a wait that no restart loses or
// doubles, and the rest, each once.
func TestALargeBatchLeavesInStages(t *testing.T) {
	t.Parallel()
	h := staged(t, 12)
	d := h.run().Delivery
	if d.Sent != 2 || d.Left != 0 || len(d.Staged) != 1 || d.Staged[0].Letters != 10 || !strings.Contains(d.Staged[0].Why, "2 of the 12 letters went first, the rest goes from 2 November 2026 at 10:30 on") {
		t.Fatalf("%+v", d)
	}
	for range 2 {
		if d := h.run().Delivery; d.Sent != 0 || len(d.Fell) != 0 {
			t.Fatalf("%+v", d)
		}
		h.pass(29 * time.Minute)
		h.store.Close()
		h.open("clarion.db", "config") // started anew
	}
	h.pass(-28 * time.Minute)
	h.want("sent 2, approved 10")
	if d := h.run().Delivery; d.Sent != 10 || len(d.Staged) != 0 {
		t.Fatalf("%+v", d)
	}
	h.want("sent 12")
	h.replayed()
}

// TestAFirstLetterThatComesBack holds the rest until a person lets it go.
func TestAFirstLetterThatComesBack(t *testing.T) {
	t.Parallel()
	h := staged(t, 12)
	h.run()
	first := h.book().MessagesIn(ledger.Sent)[0]
	if first.Person == 0 {
		t.Fatalf("%+v", first)
	}
	err := h.store.Update(ctx, func(tx *store.Tx) error {
		return tx.Apply(h.Now(), "clarion", ledger.MessageBounced{ID: first.ID, Code: 550, Why: "5.1.1"})
	})
	if err != nil {
		t.Fatal(err)
	}
	h.pass(day)
	if p := h.run(); p.Delivery.Sent != 1 || !strings.Contains(p.Delivery.Staged[0].Why, "1 of the first 2 letters came back") { // the digest that says so
		t.Fatalf("%+v", p.Delivery)
	}
	if told := h.told("membership@example.org"); !strings.Contains(told, "10 letters are held, for 1 of the first 2 letters came back") ||
		!strings.Contains(told, "clarion review release new-member-welcome") {
		t.Errorf("the officer hears\n%s", told)
	}
	n, err := h.Release(ctx, "membership_officer", "new-member-welcome", 0)
	if err != nil || n != 10 {
		t.Fatalf("%d let go, %v", n, err)
	}
	if d := h.run().Delivery; d.Sent != 10 {
		t.Fatalf("%+v", d)
	}
	h.replayed()
}

// TestTheDaemonWaitsForTheStage: between the first letters and the rest it makes no
// pass, and it makes one when the wait is over.
func TestTheDaemonWaitsForTheStage(t *testing.T) {
	t.Parallel()
	h := staged(t, 12)
	beat := h.beats()
	if p, made := beat(); !made || p.Delivery.Sent != 2 {
		t.Fatalf("%t, %+v", made, p.Delivery)
	}
	if n := idle(h, beat, 29); n != 0 {
		t.Errorf("%d passes while the rest waited", n)
	}
	h.pass(time.Minute)
	if p, made := beat(); !made || p.Delivery.Sent != 10 {
		t.Errorf("%t, %+v", made, p.Delivery)
	}
}
