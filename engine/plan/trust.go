package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Why trust fell, as the ledger knows it.
const (
	fellByBrake     = "brake"
	fellByComplaint = "complaint"
	fellByWords     = "words"
)

// complaintReach is how far back a letter may have reached a member to be what
// a complaint is about.
const complaintReach = 30

// A Standing is what a playbook may do by itself. The files say the most that
// it may, the ledger what it has earned; the lower holds.
type Standing struct {
	Level  playbook.Trust // what holds
	Record string         // the level that the ledger has; empty: none
	Since  time.Time      // of the record
	Fell   bool           // to the record, without anybody's saying so
	Why    string         // in words, where the record holds it lower than the files
}

// TrustIn says how a playbook stands in a Book.
func TrustIn(pb *playbook.Playbook, book *ledger.Book, clock calendar.Clock) Standing {
	on, known := book.TrustOf(pb.Name)
	return standing(pb, on, known, clock)
}

func standing(pb *playbook.Playbook, on ledger.Trust, known bool, clock calendar.Clock) Standing {
	st := Standing{Level: pb.Trust}
	if !known {
		return st
	}
	st.Level, st.Record, st.Since, st.Fell = lower(pb, on), on.Level, on.At, on.Why != ""
	if st.Level < pb.Trust {
		st.Why = whyTrust(on, clock.Day(on.At).Words())
	}
	return st
}

// lower is the lower of what the files allow and what is on record.
func lower(pb *playbook.Playbook, on ledger.Trust) playbook.Trust {
	level, good := playbook.ParseTrust(on.Level)
	if !good { // what nobody understands lets nothing go unseen
		level = playbook.Each
	}
	return min(pb.Trust, level)
}

// whyTrust says why the ledger holds a playbook lower than its files do.
func whyTrust(on ledger.Trust, day string) string {
	const asked = ": each is asked for until a person trusts it again"
	switch on.Why {
	case fellByBrake:
		return "its brake held a batch of letters on " + day + asked
	case fellByComplaint:
		return "a member complained on " + day + asked
	case fellByWords:
		return "its letters' words were changed on " + day + asked
	}
	return "a person set its trust to " + on.Level + " on " + day
}

// standing says how a playbook stands, by what is on record and by what this
// plan has found.
func (p *planner) standing(pb *playbook.Playbook) Standing {
	if on, fell := p.fell[pb.Name]; fell {
		return standing(pb, on, true, p.clock)
	}
	return TrustIn(pb, p.in.Book, p.clock)
}

// trust is what a playbook may do by itself now.
func (p *planner) trust(pb *playbook.Playbook) playbook.Trust {
	on, known := p.fell[pb.Name]
	if !known {
		on, known = p.in.Book.TrustOf(pb.Name)
	}
	if !known {
		return pb.Trust
	}
	return lower(pb, on)
}

// fall takes from a playbook what it may do without being asked.
func (p *planner) fall(pb *playbook.Playbook, why string) {
	if p.trust(pb) <= playbook.Each {
		return
	}
	c := ledger.Trusted{Playbook: pb.Name, Level: playbook.Each.String(), Why: why}
	p.fell[pb.Name] = ledger.Trust{Playbook: c.Playbook, Level: c.Level, Why: c.Why, At: p.now}
	p.change(c)
}

// untrusted reports a letter to a member that trust approved, where that trust
// holds no longer: it is asked for like any other.
func (p *planner) untrusted(m ledger.Message) bool {
	if m.Kind != ledger.Letter || !m.Auto || m.Person == 0 {
		return false
	}
	pb := p.set.Playbook(m.Playbook)
	return pb != nil && p.trust(pb) < playbook.Automatic
}

// fallen tells of letters that are asked for because trust has fallen.
func (p *planner) fallen() {
	asks := map[string]int{}
	for _, l := range p.plan.Lines {
		if l.Verb == Asks {
			asks[l.Playbook]++
		}
	}
	for _, pb := range p.set.Playbooks {
		st := p.standing(pb)
		if n := asks[pb.Name]; n > 0 && st.Fell && st.Why != "" {
			p.plan.Holds = append(p.plan.Holds, Hold{Kind: "trust", Playbook: pb.Name, Count: n, Why: st.Why,
				Hint: "If they may go by themselves again: clarion trust " + pb.Name + " " + pb.Trust.String()})
		}
	}
}

// Complaint gives the changes that a member's complaint makes: nothing is sent
// to the member any more, and each playbook whose letter reached the member, or
// the member's address, in the last thirty days asks for each from now on.
func Complaint(in Input, member dataset.Ref, words string) []ledger.Change {
	out := []ledger.Change{ledger.Suppressed{Person: member, Scope: "all", Why: words}}
	p := newPlanner(in)
	at := ""
	if t := in.Tables["members"]; t != nil {
		if r := t.ByRef(member); r != nil {
			at = p.hash(p.person(t.Schema, r).email)
		}
	}
	from := p.clock.AtHour(p.today - complaintReach)
	reached := map[string]bool{}
	for _, m := range in.Book.MessagesIn(ledger.Sent, ledger.Uncertain) {
		if m.Kind != ledger.Letter || m.Person == 0 || m.SentAt.Before(from) {
			continue
		}
		if m.Person == member || at != "" && m.Address == at {
			reached[m.Playbook] = true
		}
	}
	for _, pb := range in.Set.Playbooks {
		if reached[pb.Name] {
			p.fall(pb, fellByComplaint)
		}
	}
	return append(out, p.plan.Changes...)
}
