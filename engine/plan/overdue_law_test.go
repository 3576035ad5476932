package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// gift is a check with a day to do it by. What makes it one of law is the word
// in its place.
func gift(locked string) string {
	return `
name: gift
title: Check gifts
role: membership_officer
basis: officer
` + locked + `for: donation in donations
when: donation.amount > pounds(500)
deadline: 20 days after donation.received_on
steps:
  - task: check
    to: secretary
    subject: Check a gift
    due: deadline
`
}

// TestLaw6AnOldLegalDutyIsTold: what the law asked for before the playbook was
// switched on is history, and no task any more; but nobody did it in time, so
// the role hears of it, once, before everything else. Of what rests on no law
// nothing is said.
func TestLaw6AnOldLegalDutyIsTold(t *testing.T) {
	const old, fresh = "key: D1; donor: Ada; amount: £600; received_on: 2026-01-03", "key: D2; donor: Bea; amount: £600; received_on: 2026-03-01"
	b := newBench(t, "2026-03-02", "", map[string]string{"gift.yaml": gift("locked: yes\n")})
	b.list("donations", old)
	text := letterTo(t, b.propose(), ledger.Digest, "mel@example.org").Content.Text
	legal, _, _ := strings.Cut(text, "For you to know")
	for _, want := range []string{"With a legal deadline", "Check gifts", "23 January 2026, had passed when the playbook was switched on"} {
		if !strings.Contains(strings.Join(strings.Fields(legal), " "), want) {
			t.Errorf("the role is not told %q first:\n%s", want, text)
		}
	}
	b.expect("2026-03-02", "told mel@example.org")
	b.expect("2026-03-03", "")

	b = newBench(t, "2026-03-02", "", map[string]string{"gift.yaml": gift("")})
	b.list("donations", old)
	b.expect("2026-03-02", "")
	b.list("donations", old, fresh)
	b.expect("2026-03-03", "told sec@example.org")
}

// TestManyOldLegalDutiesAreOneTable: they stand in one table, in the same place.
func TestManyOldLegalDutiesAreOneTable(t *testing.T) {
	b := newBench(t, "2026-03-02", "", map[string]string{"gift.yaml": gift("locked: yes\n")})
	var gifts []row
	for _, key := range []string{"D1", "D2", "D3", "D4", "D5"} {
		gifts = append(gifts, row("key: "+key+"; donor: Ada; amount: £600; received_on: 2026-01-03"))
	}
	b.list("donations", gifts...)
	text := letterTo(t, b.propose(), ledger.Digest, "mel@example.org").Content.Text
	if !strings.Contains(text, "With a legal deadline") || strings.Contains(text, "For you to know") || !strings.Contains(text, "was missed for 5") {
		t.Errorf("five misses of law are not one table under the legal deadlines:\n%s", text)
	}
}
