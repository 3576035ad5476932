package plan_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// While a yes to a batch can be taken back, its letters for the post wait as those
// that go by mail do.
func TestLaw8AYesThatCanBeTakenBackHoldsTheSheet(t *testing.T) {
	now := strings.Replace(arrears, "    at: 1 day after opening\n", "", 1)
	b := ask(t, "2026-03-02", "brakes: {most_at_once: 99, share: 100 percent, floor: 99}\n", now, "Hello.\n")
	b.began("members")
	b.on("2026-03-03")
	b.list("members", noMail, "key: B1; name: Bo; email: bo@example.org; status: arrears; arrears_since: 2026-03-01")
	b.propose()
	until := b.now.Add(15 * time.Minute)
	for _, m := range b.book.MessagesIn(ledger.Proposed) {
		if m.Person != 0 {
			b.apply("membership_officer", ledger.MessageApproved{ID: m.ID, Digest: m.Digest, Until: until})
		}
	}
	p := b.propose()
	if n := p.Counts["arrears"]; n.Sheet != 0 || n.Held != 1 || p.Wake.After(until) {
		t.Errorf("in the window %+v, and it wakes at %s", n, p.Wake)
	}
	b.now = until
	if n := b.propose().Counts["arrears"]; n.Sheet != 1 {
		t.Errorf("after it %+v", n)
	}
}

// What a server refuses without a code is not planned again at every look.
func TestRefusedWithoutACode(t *testing.T) {
	b, _ := late(t, loose, "", 20, 11)
	var told ledger.Message
	for _, m := range b.book.Messages() {
		if m.Kind == ledger.Digest {
			told = m
		}
	}
	b.apply("clarion", ledger.MessageApproved{ID: told.ID, Digest: told.Digest, Auto: true}, ledger.MessageClaimed{ID: told.ID, Fence: 1}, ledger.MessageFailed{ID: told.ID, Why: "refused by the server "})
	b.propose()
	if m, _ := b.book.MessageAt(told.Key); m.State != ledger.Failed {
		t.Errorf("it is %s", m.State)
	}
	if p := plan.Compute(b.input()); len(p.Changes) != 0 {
		t.Errorf("%+v", p.Changes)
	}
}
