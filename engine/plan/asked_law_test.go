package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// asked says what the last message to an address asks its reader now.
func (b *bench) asked(to string) string {
	b.t.Helper()
	var last ledger.Message
	for _, m := range b.book.MessagesIn(ledger.Sent) {
		if m.Address == hash(to) {
			last = m
		}
	}
	if last.ID == 0 {
		b.t.Fatalf("nothing went to %s", to)
	}
	var out []string
	for _, q := range plan.Asked(b.input(), last) {
		out = append(out, fmt.Sprintf("%d %s: %s (as %s, %s)", q.Number, q.Line, strings.Join(q.Answers, "/"), q.By, q.State))
	}
	return strings.Join(out, "; ")
}

// TestLaw16WhatAMessageAsks is asked of its reader only while the task is theirs,
// and in no more words than they may read.
func TestLaw16WhatAMessageAsks(t *testing.T) {
	const holder, stand = "tul@example.org", "sec@example.org"
	for _, c := range []struct {
		name           string
		officers, then []row
		to, want       string
	}{
		{"the holder", branchOfficers[:2], nil, holder, "1 Ring Jo of Unison: done (as trade_union_liaison_officer, open)"},
		{"who stands in for a vacancy", branchOfficers[:1], nil, stand, "1 1 private item:  (as secretary, open)"},
		{"who held it once", branchOfficers[:2], branchOfficers[:1], holder, ""},
		{"who stood in once", branchOfficers[:1], branchOfficers[:2], stand, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b := bench1(t, "2026-03-02", "", unionTask)
			b.list("officers", c.officers...)
			b.list("members", jo+"active")
			b.expect("2026-03-02", "")
			b.on("2026-03-03")
			b.list("members", jo+"active; trade_union: Unison")
			b.expect("2026-03-03", "told "+c.to)
			b.on("2026-03-04")
			if c.then != nil {
				b.list("officers", c.then...)
			}
			if got := b.asked(c.to); got != c.want {
				t.Errorf("asked: %q, want %q", got, c.want)
			}
		})
	}
}

// TestAReminderAsksToo: whoever is reminded of another's task can answer it, as
// the message says; what was answered is no longer open.
func TestAReminderAsksToo(t *testing.T) {
	b := bench1(t, "2026-03-01", "", one(greet+"    chase: {2 days after: secretary}\n"), "hello")
	b.list("officers", "role: membership_officer; person: Mo; email: mo@example.org", branchOfficers[0])
	b.began("members")
	b.on("2026-03-02")
	b.list("members", newJo+"active")
	b.expect("2026-03-02", "hello to new@example.org, told mo@example.org")
	b.expect("2026-03-11", "told sec@example.org")
	if got, want := b.asked("sec@example.org"), "1 Ring Jo: spoke (as secretary, overdue)"; got != want {
		t.Errorf("asked: %q, want %q", got, want)
	}
	b.apply("secretary", ledger.TaskGotAnswer{Number: 1, Answer: "spoke"})
	if got, want := b.asked("mo@example.org"), "1 Ring Jo: spoke (as membership_officer, answered)"; got != want {
		t.Errorf("asked: %q, want %q", got, want)
	}
}
