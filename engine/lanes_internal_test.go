package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// TestTheOrderOfLeaving: officers before service before marketing, then what is
// soonest too late, then in the order in which they were proposed.
func TestTheOrderOfLeaving(t *testing.T) {
	now := time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	all := []ledger.Message{
		{Key: "news", Basis: "marketing", Expires: day(1)},
		{Key: "welcome", Basis: "service"},
		{Key: "notice", Basis: "service", Expires: day(9)},
		{Key: "minutes", Basis: "service", Expires: day(9)},
		{Key: "reminder", Basis: "service", Expires: day(2)},
		{Key: "not yet", Basis: "service", NotBefore: day(1), Expires: day(2)},
		{Key: "digest", Basis: "officer"},
		{Key: "tried", Basis: "service", Expires: day(1)},
	}
	b := ledger.New()
	apply := func(c ledger.Change) {
		t.Helper()
		if err := b.Apply(ledger.Event{Seq: b.Seq() + 1, At: now, By: "clarion", Change: c}); err != nil {
			t.Fatal(err)
		}
	}
	r := &round{tried: map[int64]bool{}}
	for i, m := range all {
		m.Kind, m.Digest = ledger.Digest, m.Key
		apply(ledger.MessageProposed{Message: m})
		apply(ledger.MessageApproved{ID: int64(i + 1), Digest: m.Digest})
		r.tried[int64(i+1)] = m.Key == "tried"
	}
	var got []string
	for _, id := range r.waiting(b, now, nil) {
		m, _ := b.Message(id)
		got = append(got, m.Key)
	}
	if want := []string{"digest", "reminder", "notice", "minutes", "welcome", "news"}; !slices.Equal(got, want) {
		t.Errorf("they leave in the order %q\nwant %q", got, want)
	}
}
