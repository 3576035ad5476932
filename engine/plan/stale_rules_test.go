package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/plan"
)

// giver is a playbook for gifts that looks its reader up in the members list.
const giver = `name: one
title: Thank a giver
role: treasurer
basis: service
for: gift in donations
when: gift.amount > pounds(500)
let:
  who: find(members, .key == gift.donor)
steps:
  - email: thank
    to: who
    subject: Thank you
`

// TestAStaleListThatIsOnlyLookedUp holds the letters of a playbook that is for
// another list, which is fresh: a member who has left would still be found.
func TestAStaleListThatIsOnlyLookedUp(t *testing.T) {
	for _, c := range []struct {
		name, drawn, today, want string
	}{
		{"fresh", "", "2026-03-10", "thank to jo@example.org"},
		{"on the last day", "2026-02-28", "2026-03-10", "thank to jo@example.org"},
		{"imported long ago", "", "2026-03-13", ""},
		{"drawn long before its import", "2026-02-27", "2026-03-10", ""},
		{"drawn after its import, by its name", "2026-04-01", "2026-03-13", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bench1(t, "2026-03-02", "data:\n  members: {from: m.csv, stale_after: 10 days}\n  donations: {from: d.csv}\n", giver, "thank")
			b.list("members", row(jo+"active"))
			b.began("donations")
			if c.drawn != "" {
				d, err := calendar.ParseDate(c.drawn)
				if err != nil {
					t.Fatal(err)
				}
				b.tables["members"] = b.tables["members"].DrawnOn(d)
			}
			b.on(c.today)
			b.list("donations", "key: G1; donor: A1; amount: £600; received_on: 2026-03-09")
			p := plan.Compute(b.input())
			if why := hold(p, "stale"); (why == "") != (c.want != "") {
				t.Errorf("the plan says %q", why)
			}
			for _, h := range p.Holds {
				if h.Kind == "stale" && (!strings.Contains(h.Why, "the list of members") || !strings.HasSuffix(h.Hint, "clarion import members")) {
					t.Errorf("%s (%s)", h.Why, h.Hint)
				}
			}
			b.expect(c.today, c.want)
		})
	}
}
