package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// TestWhoSharesATaskIsRemindedOnce: a task that two roles have, and whose
// reminders go to both, reminds each of their own and not of the other's. A
// reminder that is as old as the task is none; and what was planned stands when
// it is looked at again, so that what goes is what was shown.
func TestWhoSharesATaskIsRemindedOnce(t *testing.T) {
	b := bench1(t, "2026-03-02", "", one(`
when: member.status == "arrears"
again: member.arrears_since
steps:
  - task: ring
    to: [secretary, membership_officer]
    subject: Ring
    due: 1 day after given
    chase:
      1 day before: [secretary, membership_officer]
      on the day: [secretary, membership_officer]
`))
	b.began("members")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	for _, c := range []struct{ day, subject string }{{"2026-03-03", "1 thing"}, {"2026-03-04", "1 thing"}} {
		b.on(c.day)
		p := b.propose()
		for _, to := range []string{"sec@example.org", "mel@example.org"} {
			if m := letterTo(t, p, ledger.Digest, to); !strings.HasPrefix(m.Content.Subject, c.subject) {
				t.Errorf("on %s the digest to %s is called %q, want %s", c.day, to, m.Content.Subject, c.subject)
			}
		}
		for id, why := range plan.Recheck(b.input()) {
			t.Errorf("on %s message %d fell at the last look: %s", c.day, id, why)
		}
		b.expect(c.day, "told mel@example.org, told sec@example.org")
	}
}
