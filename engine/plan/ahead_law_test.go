package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

const giveNotice = `
name: notice
title: Give notice of meetings
role: secretary
basis: service
cap: all
for: meeting in meetings
when: meeting.start > now
steps:
  - email: ask
    at: 7 days before meeting.start
    late: 1 day
    to: audience("members")
    subject: "{{ meeting.title }}: {{ days_left }}"
`

// TestLaw7ANoticeIsPlannedBackFromItsSlowestBatch: of fifty letters that must be
// out within two days, of which ten may go in a day, thirty go before their day,
// no sooner than they must and not on a Sunday, in the words of that day.
func TestLaw7ANoticeIsPlannedBackFromItsSlowestBatch(t *testing.T) {
	for trust, begins := range map[string]string{"automatic": "2026-03-12", "each": "2026-03-09"} {
		t.Run(trust, func(t *testing.T) {
			text := strings.Replace(giveNotice, "{{ days_left }}", "{{ today }}", 1)
			b := ask(t, "2026-03-02", "brakes: {most_at_once: 900, share: 100 percent, floor: 900}\nreview: {undo: 0 minutes, stages: {from: 0}}\n"+
				"quiet: [sunday]\nmail: {from: sec@example.org, send: {server: mail.example.org, a_day: 10}}\n"+
				"audiences:\n  members: member in members when member.status == \"active\"\n", text, "Hello.\n")
			if trust != "automatic" {
				b.apply("secretary", ledger.Trusted{Playbook: "notice", Level: trust})
			}
			var rows []row
			for i := range 50 {
				rows = append(rows, row(fmt.Sprintf("key: A%02d; name: Jo; email: jo%d@example.org; status: active", i, i)))
			}
			b.began("members", "meetings")
			b.on("2026-03-03")
			b.list("members", rows...)
			b.list("meetings", "key: M1; title: All of us; type: gm; start: 2026-03-23 19:30; status: planned") // the day of its notice is Monday the 16th
			gone, first := 0, ""
			for _, day := range []string{"2026-03-04", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09", "2026-03-10", "2026-03-11",
				"2026-03-12", "2026-03-13", "2026-03-14", "2026-03-15", "2026-03-16", "2026-03-17"} {
				b.on(day)
				pl := b.propose()
				for _, m := range pl.Messages {
					if m.Person == 0 {
						continue
					}
					if first == "" {
						first = day
					}
					if m.Content.Subject != "All of us: 16 March 2026" {
						t.Fatalf("on %s a letter says %q", day, m.Content.Subject)
					}
				}
				if h := batchOf(pl); day == "2026-03-04" && !strings.Contains(h, "must begin by Thursday 12 March 2026") {
					t.Errorf("on %s the plan says %q", day, h)
				}
				b.approve()
				fell, pl := plan.LastLook(b.input())
				spent := 0
				for _, m := range b.book.MessagesIn(ledger.Approved) {
					if m.Person != 0 && fell[m.ID] == "" && !m.NotBefore.After(b.now) && spent < 10 {
						b.send(m.ID)
						spent++
					}
				}
				gone += spent
				_ = pl
			}
			if first != begins || gone != 50 {
				t.Errorf("the first letter is proposed on %s, and %d of 50 went in time", first, gone)
			}
		})
	}
}

// batchOf is what a plan says of a batch that a day does not hold.
func batchOf(pl *plan.Plan) string {
	for _, h := range pl.Holds {
		if h.Kind == "batch" {
			return h.Why
		}
	}
	return ""
}
