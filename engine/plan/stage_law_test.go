package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// largeBatch is a bench on which so many members fell into arrears, whose letters are
// approved and due; of more than six, two go first.
func largeBatch(t *testing.T, n int) *bench {
	t.Helper()
	b := ask(t, "2026-03-02", "brakes: {most_at_once: 900, share: 100 percent, floor: 900}\nreview: {undo: 0 minutes, stages: {from: 6, first: 2, wait: 30 minutes}}\n",
		strings.Replace(arrears, "    at: 1 day after opening\n", "", 1), "Hello.\n")
	b.began("members")
	b.on("2026-03-03")
	b.arrive(0, n)
	b.yes()
	return b
}

// arrive lists so many members, those from the first of them on in arrears since
// today.
func (b *bench) arrive(from, to int) {
	b.t.Helper()
	var rows []row
	for i := range to {
		since := "2026-03-01"
		if i >= from && from > 0 {
			since = "2026-03-02"
		}
		rows = append(rows, row(fmt.Sprintf("key: A%02d; name: Jo; email: jo%d@example.org; status: arrears; arrears_since: %s", i, i, since)))
	}
	b.list("members", rows...)
}

// yes looks, and approves all that waits for it.
func (b *bench) yes() {
	b.t.Helper()
	b.propose()
	b.approve()
}

// approve says yes to all that waits for it.
func (b *bench) approve() {
	b.t.Helper()
	for _, m := range b.book.MessagesIn(ledger.Proposed) {
		if m.Person != 0 && !m.Two {
			b.apply("membership_officer", ledger.MessageApproved{ID: m.ID, Digest: m.Digest})
		}
	}
}

// mayGo are the letters to members that the last look lets go.
func (b *bench) mayGo() (ids []int64, pl *plan.Plan) {
	b.t.Helper()
	fell, pl := plan.LastLook(b.input())
	for _, m := range pl.Messages {
		if m.Person != 0 && m.Stands && m.Staged == "" && fell[m.ID] == "" && (m.State == ledger.Approved || m.State == ledger.Deferred) {
			ids = append(ids, m.ID)
		}
	}
	return ids, pl
}

// send sends letters.
func (b *bench) send(ids ...int64) {
	b.t.Helper()
	for _, id := range ids {
		b.apply("clarion", ledger.MessageClaimed{ID: id, Fence: 1}, ledger.MessageSent{ID: id, Proof: "accepted"})
	}
}

// A large batch sends a few, waits, and then sends the rest, each once; it begins
// anew for what comes later.
func TestLaw8ALargeBatchLeavesInStages(t *testing.T) {
	b := largeBatch(t, 6)
	if ids, _ := b.mayGo(); len(ids) != 6 {
		t.Errorf("of a small batch %d may go", len(ids))
	}
	b = largeBatch(t, 20)
	first, pl := b.mayGo()
	if len(first) != 2 || pl.Counts["arrears"].Wait != 18 {
		t.Fatalf("at first %v may go, %+v", first, pl.Counts["arrears"])
	}
	b.send(first[0])
	// The second is on the wire when the run is killed: it counts as gone.
	b.apply("clarion", ledger.MessageClaimed{ID: first[1], Fence: 1}, ledger.MessageUncertain{ID: first[1], Why: "broken off"})
	at := b.now
	for _, after := range []time.Duration{0, time.Minute, 30*time.Minute - time.Second} {
		b.now = at.Add(after)
		ids, pl := b.mayGo()
		if len(ids) != 0 || !pl.Wake.Equal(at.Add(30*time.Minute)) {
			t.Errorf("%s later %d may go, and the plan wakes at %s", after, len(ids), pl.Wake)
		}
		for _, c := range b.propose().Changes {
			if strings.HasPrefix(c.Type(), "message") {
				t.Errorf("%s later a look makes the change %#v", after, c)
			}
		}
	}
	// More fall into arrears meanwhile: the wait of the first batch says nothing of
	// theirs.
	b.arrive(20, 40)
	b.yes()
	b.now = at.Add(30 * time.Minute)
	rest, _ := b.mayGo()
	if len(rest) != 18+2 {
		t.Errorf("after the wait %d may go: 18 of the first batch, and 2 of the next", len(rest))
	}
	b.send(rest...)
	if ids, _ := b.mayGo(); len(ids) != 0 {
		t.Errorf("%d of the next batch may go too soon", len(ids))
	}
	b.now = b.now.Add(30 * time.Minute)
	if ids, _ := b.mayGo(); len(ids) != 18 {
		t.Errorf("of the next batch %d may go", len(ids))
	}
}

// What came back, was refused or complained of holds the rest, until a person
// lets it go.
func TestLaw8WhatComesBackHoldsTheRest(t *testing.T) {
	for name, then := range map[string]func(*bench, int64){
		"came back": func(b *bench, id int64) { b.apply("clarion", ledger.MessageBounced{ID: id, Code: 550}) },
		"complained": func(b *bench, id int64) {
			m, _ := b.book.Message(id)
			b.apply("clarion", ledger.Suppressed{Person: m.Person, Scope: "all", Why: "complaint"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := largeBatch(t, 20)
			first, _ := b.mayGo()
			b.send(first...)
			b.now = b.now.Add(10 * time.Minute)
			then(b, first[1])
			b.now = b.now.Add(time.Hour)
			ids, pl := b.mayGo()
			held := 0
			for _, h := range pl.Holds {
				if h.Kind == "stage" {
					held = h.Count
				}
			}
			if len(ids) != 0 || held != 18 || pl.Counts["arrears"].Held != 18 {
				t.Fatalf("%d may go, %d are held, %+v", len(ids), held, pl.Counts["arrears"])
			}
			b.apply("secretary", ledger.BrakeReleased{Playbook: "arrears", Actions: 18, Until: b.now.Add(48 * time.Hour)})
			if ids, _ := b.mayGo(); len(ids) != 0 {
				t.Error("the release of a brake lets the rest go")
			}
			b.apply("secretary", ledger.BrakeReleased{Playbook: "arrears", Actions: 18, Until: b.now.Add(48 * time.Hour), Stage: b.now})
			if ids, _ := b.mayGo(); len(ids) != 18 {
				t.Errorf("a person let the rest go, and %d may", len(ids))
			}
		})
	}
	// One that comes back when the rest has gone, holds nothing.
	b := largeBatch(t, 20)
	first, _ := b.mayGo()
	b.send(first...)
	b.now = b.now.Add(40 * time.Minute)
	b.apply("clarion", ledger.MessageBounced{ID: first[0], Code: 550})
	if ids, _ := b.mayGo(); len(ids) != 18 {
		t.Errorf("after the wait one came back, and %d may go", len(ids))
	}
}

// A letter that the server puts off is of its batch still, whatever becomes of the
// rest meanwhile.
func TestLaw8WhatIsPutOffBeginsNoBatch(t *testing.T) {
	b := largeBatch(t, 20)
	first, _ := b.mayGo()
	b.send(first...)
	b.now = b.now.Add(30 * time.Minute)
	rest, _ := b.mayGo()
	b.apply("clarion", ledger.MessageClaimed{ID: rest[0], Fence: 1}, ledger.MessageDeferred{ID: rest[0], Until: b.now.Add(10 * time.Minute), Code: 451})
	b.now = b.now.Add(time.Minute)
	b.send(rest[1:]...)
	b.apply("clarion", ledger.MessageBounced{ID: rest[1], Code: 550})
	b.now = b.now.Add(10 * time.Minute)
	if ids, pl := b.mayGo(); len(ids) != 1 || ids[0] != rest[0] {
		t.Errorf("of the one that was put off %v may go, %+v", ids, pl.Holds)
	}
}

// A letter that would be too late after the wait goes at once.
func TestLaw8TheWaitMakesNoLetterLate(t *testing.T) {
	b := largeBatch(t, 20)
	m := b.book.MessagesIn(ledger.Approved)[0]
	b.now = m.Expires.Add(-20 * time.Minute)
	if ids, _ := b.mayGo(); len(ids) != 20 {
		t.Errorf("%d of 20 letters go, which are too late in 20 minutes", len(ids))
	}
}
