package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A Ramp is how far a playbook has come towards the next level of trust. From
// each to batch it is letters that count, from batch to automatic batches: what
// one word of an officer decided. A letter that is struck out begins the count
// anew. What is earned is never more than the files allow.
type Ramp struct {
	Next          playbook.Trust // the level in question
	Open          bool           // it can be earned; else it is the files, or a person, who must say so
	Decided, Of   int
	Sent, Bounced int // of its letters to members in the last days
	Days          int
	Bad           bool // too large a share came back
}

// Earned reports whether the next level is earned.
func (r Ramp) Earned() bool { return r.Open && r.Decided >= r.Of && !r.Bad }

// rampOf works out how far a playbook at a level has come.
func rampOf(pb *playbook.Playbook, level playbook.Trust, c *playbook.Constituency, book *ledger.Book, now time.Time) Ramp {
	r := counted(pb, level, c, book)
	if r.Open {
		r.Sent, r.Bounced = bounces(pb.Name, c, book, now)
		r.Bad = r.Bounced*100 > c.Earning.BouncePercent*r.Sent
	}
	return r
}

// counted is a Ramp without a look at what came back.
func counted(pb *playbook.Playbook, level playbook.Trust, c *playbook.Constituency, book *ledger.Book) Ramp {
	r := Ramp{Next: level + 1, Of: c.Earning.Decisions, Days: c.Earning.Days}
	d := book.DecidedOf(pb.Name)
	switch level {
	case playbook.Each:
		r.Decided = d.Letters
	case playbook.Batch:
		r.Decided = d.Batches
	default: // to observe is nobody's merit, and automatic is the most
		return Ramp{Next: min(level+1, playbook.Automatic)}
	}
	r.Open = r.Next <= pb.Trust
	return r
}

// bounces counts a playbook's letters to members that left in the last days,
// and of these the ones that came back or were refused at the door.
func bounces(name string, c *playbook.Constituency, book *ledger.Book, now time.Time) (sent, back int) {
	today := c.Clock.Day(now)
	for _, m := range book.MessagesIn(ledger.Sent, ledger.Bounced, ledger.Failed) {
		if m.Kind != ledger.Letter || m.Playbook != name || m.Person == 0 || m.State == ledger.Failed && !refused(m) {
			continue
		}
		left := m.SentAt
		if left.IsZero() {
			left = m.At
		}
		if calendar.DaysBetween(c.Clock.Day(left), today) >= c.Earning.Days {
			continue
		}
		sent++
		if m.State != ledger.Sent {
			back++
		}
	}
	return sent, back
}

// earn gives playbooks the trust that they have earned. It holds from the next
// look on: by then an officer's digest says so.
func (p *planner) earn() {
	if p.steady {
		return
	}
	for _, pb := range p.set.Playbooks {
		on, known := p.in.Book.TrustOf(pb.Name)
		if _, fell := p.fell[pb.Name]; fell || !known {
			continue
		}
		level := lower(pb, on, known)
		if r := counted(pb, level, p.set.Constituency, p.in.Book); !r.Earned() || !rampOf(pb, level, p.set.Constituency, p.in.Book, p.now).Earned() {
			continue
		}
		c := ledger.Trusted{Playbook: pb.Name, Level: (level + 1).String(), Why: roseByMerit}
		p.rose[pb.Name] = ledger.Trust{Playbook: c.Playbook, Level: c.Level, Why: c.Why, At: p.now}
		p.change(c)
	}
}

// spoiled is how many letters must have come back before their share says
// anything: one dead address is no verdict.
const spoiled = 3

// spoil takes trust from playbooks of whose letters too large a share came back,
// counted over the days over which it is earned, and since a person last said
// what they may do. A server that refuses letters at the door stops all of them,
// and says nothing of one playbook.
func (p *planner) spoil() {
	e := p.set.Constituency.Earning
	trusted := map[string]time.Time{}
	for _, pb := range p.set.Playbooks {
		if on, _ := p.onRecord(pb); p.trust(pb) > playbook.Each {
			trusted[pb.Name] = on.At
		}
	}
	if len(trusted) == 0 {
		return
	}
	sent, back := map[string]int{}, map[string]int{}
	for _, d := range p.in.Book.Departures(p.clock.On(p.today.AddDays(1-e.Days), 0)) {
		since, counts := trusted[d.Playbook]
		switch {
		case !counts || d.Left.Before(since):
		case d.State == ledger.Bounced:
			back[d.Playbook]++
			sent[d.Playbook]++
		case d.State == ledger.Sent:
			sent[d.Playbook]++
		}
	}
	for _, pb := range p.set.Playbooks {
		if n := back[pb.Name]; n >= spoiled && n*100 > e.BouncePercent*sent[pb.Name] {
			p.fall(pb, fellByBounces)
		}
	}
}

// merits tells each approver, in the next digest that leaves, of trust that a
// playbook has earned.
func (p *planner) merits(out map[string]*asking, left map[string]time.Time) {
	for _, pb := range p.set.Playbooks {
		on, known := p.rose[pb.Name]
		if !known {
			on, known = p.onRecord(pb)
		}
		if !known || on.Why != roseByMerit {
			continue
		}
		p.tellRole(out, left, pb.Role, meritWords(pb, on, p.set.Constituency.Earning),
			Line{Playbook: pb.Name, Step: "trust", About: pb.Title, When: on.At, Why: "earned: " + on.Level})
	}
}

// A word is news for one officer that is about no case.
type word struct {
	words letter.Item
	line  Line
	first bool // one line of the plan for all who hold the role
}

func meritWords(pb *playbook.Playbook, on ledger.Trust, e playbook.Earning) letter.Item {
	what, back := "letters", "each"
	now := "One yes lets a whole batch of its letters go now."
	if on.Level == playbook.Automatic.String() {
		what, back, now = "batches of letters", "batch", "Its letters go by themselves from now on."
	}
	return letter.Item{Line: pb.Title + ": it is trusted with more (" + on.Level + ")",
		Detail: itoa(int64(e.Decisions)) + " of its " + what + " were approved and none was struck out. " + now + " To take that back: clarion trust " + pb.Name + " " + back}
}
