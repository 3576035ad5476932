package engine_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// TestPlanDiff: what is new, whose words are others and which, what is gone and
// why; against the last plan that was written down, and since a moment.
func TestPlanDiff(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	first, err := h.PlanDiff(ctx, time.Time{}, "secretary")
	if err != nil || first.Run || !first.Since.IsZero() {
		t.Fatalf("before any plan: %+v, %v", first, err)
	}
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(behind, 3))
	h.run()
	same, err := h.PlanDiff(ctx, time.Time{}, "membership_officer")
	if err != nil || !same.Run || len(same.New)+len(same.Changed)+len(same.Gone) > 0 {
		t.Fatalf("just after the plan: %+v, %v", same, err)
	}
	noted := h.Now().Add(time.Minute)
	h.pass(day)
	rest := rows(behind, 4)
	rest[0] = strings.Replace(rest[0], "Pat1", "Patricia", 1)
	rest[1] = strings.Replace(rest[1], "Arrears,2016-10-28,2026-10-30", "Active,2016-10-28,", 1)
	h.members("2026-11-03", rows(old, 20), rest)
	h.run()
	d, err := h.PlanDiff(ctx, noted, "membership_officer")
	if err != nil {
		t.Fatal(err)
	}
	letters := func(list []engine.PlanChange) (out []string) {
		for _, c := range list {
			if c.Kind == ledger.Letter {
				out = append(out, c.Content.ToName+" "+c.Why)
			}
		}
		return out
	}
	if got := letters(d.New); !slices.Equal(got, []string{"Pat4 Penniless "}) {
		t.Errorf("new: %q", got)
	}
	if got := letters(d.Gone); len(got) != 1 || !strings.HasPrefix(got[0], "Pat2 Penniless the case closed: no longer applies") {
		t.Errorf("gone: %q", got)
	}
	i := slices.IndexFunc(d.Changed, func(c engine.PlanChange) bool { return c.Kind == ledger.Letter })
	if i < 0 || !slices.Equal(d.Changed[i].Was, []string{"Dear Pat1,"}) || !slices.Equal(d.Changed[i].Is, []string{"Dear Patricia,"}) {
		t.Errorf("in other words: %+v", d.Changed)
	}
	if d.Opened["arrears-chase"] != 1 || d.Closed["arrears-chase"] != 1 || d.Run {
		t.Errorf("cases: opened %v, closed %v", d.Opened, d.Closed)
	}
}
