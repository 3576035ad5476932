package plan

import (
	"sort"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// A batch is the letters of a playbook that must be out by the end of one day.
type batch struct {
	playbook string
	by       calendar.Date
	n        int
}

// batches says of each batch that the provider's letters of a day do not hold at
// once by which day it must begin, or that it comes too late: those that end
// sooner go first, and nothing goes to members on quiet days. Letters that a
// brake or a missing yes holds are counted too, for somebody is to see in time
// that they cannot wait for ever.
func (p *planner) batches(all []*made) {
	most := p.set.Constituency.Mail.ADay
	if most == 0 {
		return
	}
	left := max(0, most-p.sentToday())
	due := 0 // letters up to and with the batch
	for _, b := range p.gatherBatches(all) {
		due += b.n
		if due <= left {
			continue
		}
		room, begin := 0, b.by // what the days until then hold, and the last that will do to begin on
		for d := b.by; d >= p.today; d = d.AddDays(-1) {
			if p.quietOn(d) != "" {
				continue
			}
			if room < due {
				begin = d
			}
			if d == p.today {
				room += left
			} else {
				room += most
			}
		}
		h := Hold{Kind: "batch", Playbook: b.playbook, Count: b.n,
			Why: itoa(int64(b.n)) + " letters must be out by " + weekdayOf(b.by) + ", and " + itoa(int64(most)) + " may go in a day: "}
		switch need := (due + most - 1) / most; {
		case room < due:
			h.Why += itoa(int64(min(b.n, due-room))) + " of them would come too late"
			h.Hint = "Send them another way, ask the provider for more letters a day, or put off what they give notice of."
		case begin == p.today:
			h.Why += "they need " + itoa(int64(need)) + " days and must begin today"
			h.Hint = "What waits for a yes or behind a brake must be let go today: clarion review"
		default:
			h.Why += "they need " + itoa(int64(need)) + " days and must begin by " + weekdayOf(begin)
			h.Hint = "What waits for a yes or behind a brake must be let go by then: clarion review"
		}
		p.plan.Holds = append(p.plan.Holds, h)
	}
}

func weekdayOf(d calendar.Date) string { return d.Weekday().String() + " " + d.Words() }

// gatherBatches gives the letters to members that have an end, those to come that
// may go ahead of their day too, the one that ends first at the beginning.
func (p *planner) gatherBatches(all []*made) []batch {
	type key struct {
		by       calendar.Date
		playbook string
	}
	counts := map[key]int{}
	for _, y := range all {
		if y.member() && !y.window.end.IsZero() {
			counts[key{p.lastDay(y.window.end), y.pb.Name}] += len(y.messages)
		}
	}
	for _, x := range p.ahead {
		if !x.early {
			counts[key{p.lastDay(x.window.end), x.pb.Name}]++
		}
	}
	out := make([]batch, 0, len(counts))
	for k, n := range counts {
		out = append(out, batch{k.playbook, k.by, n})
	}
	sort.Slice(out, func(i, j int) bool {
		if out[i].by != out[j].by {
			return out[i].by < out[j].by
		}
		return out[i].playbook < out[j].playbook
	})
	return out
}

// lastDay is the last day on which letters may go that have an end.
func (p *planner) lastDay(end time.Time) calendar.Date {
	d := p.clock.Day(end)
	if end.Before(p.clock.AtHour(d)) { // over before that day's letters go
		d--
	}
	return d
}

// sentToday counts the letters that the provider has had today.
func (p *planner) sentToday() int {
	n := 0
	for _, m := range p.in.Book.MessagesIn(ledger.Sent, ledger.Uncertain, ledger.Bounced) {
		if p.clock.Day(m.SentAt) == p.today {
			n++
		}
	}
	return n
}
