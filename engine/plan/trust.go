package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Why trust changed without a person's saying so, as the ledger knows it.
const (
	roseByMerit     = "earned"
	fellByBrake     = "brake"
	fellByComplaint = "complaint"
	fellByWords     = "words"
	fellByBounces   = "bounces"
)

// complaintReach is how far back a letter may have reached a member to be what
// a complaint is about.
const complaintReach = 30

// A Standing is what a playbook may do by itself. The files say the most that
// it may, the ledger what it was given and has earned; the lower holds. With
// nothing on record it observes.
type Standing struct {
	Level  playbook.Trust // what holds
	Record string         // the level that the ledger has; empty: none
	Minute string         // where the record is minuted, as the store knows it
	Since  time.Time      // of the record
	Earned bool           // the record, by what was decided
	Fell   bool           // to the record, without anybody's saying so
	Why    string         // in words, where the record holds it lower than the files
	Ramp   Ramp           // towards the next level
}

// TrustIn says how a playbook stands in a Book.
func TrustIn(pb *playbook.Playbook, c *playbook.Constituency, book *ledger.Book, now time.Time) Standing {
	on, known := book.TrustOf(pb.Name)
	st := standing(pb, on, known, c.Clock)
	st.Ramp = rampOf(pb, st.Level, c, book, now)
	return st
}

func standing(pb *playbook.Playbook, on ledger.Trust, known bool, clock calendar.Clock) Standing {
	st := Standing{Level: lower(pb, on, known), Record: on.Level, Minute: on.Minute, Since: on.At, Earned: on.Why == roseByMerit}
	st.Fell = on.Why != "" && !st.Earned
	switch {
	case !known:
		st.Why = "nobody has said yet that it may act: it shows what it would do, and nothing of it leaves"
	case st.Level < pb.Trust:
		st.Why = whyTrust(on, clock.Day(on.At).Words())
	}
	return st
}

// lower is the lower of what the files allow and what is on record.
func lower(pb *playbook.Playbook, on ledger.Trust, known bool) playbook.Trust {
	if !known { // where nobody has said that it may act, it observes
		return playbook.Observe
	}
	level, good := playbook.ParseTrust(on.Level)
	if !good { // what nobody understands lets nothing go unseen
		level = playbook.Each
	}
	return min(pb.Trust, level)
}

// whyTrust says why the ledger holds a playbook lower than its files do.
func whyTrust(on ledger.Trust, day string) string {
	const asked = ": each is asked for until it is trusted again"
	switch on.Why {
	case fellByBrake:
		return "its brake held a batch of letters on " + day + asked
	case fellByComplaint:
		return "a member complained on " + day + asked
	case fellByBounces:
		return "too many of its letters had come back by " + day + asked
	case fellByWords:
		return "its letters' words were changed on " + day + asked
	case roseByMerit:
		return "it earned " + on.Level + " on " + day
	}
	return "a person set its trust to " + on.Level + " on " + day
}

// Entrust gives each playbook all the trust that its files allow, as a person's
// word: what a play begins with.
func Entrust(set *playbook.Set) []ledger.Change {
	var out []ledger.Change
	for _, pb := range set.Playbooks {
		out = append(out, ledger.Trusted{Playbook: pb.Name, Level: pb.Trust.String()})
	}
	return out
}

// standing says how a playbook stands, by what is on record and by what this
// plan has found.
func (p *planner) standing(pb *playbook.Playbook) Standing {
	on, known := p.onRecord(pb)
	return standing(pb, on, known, p.clock)
}

// trust is what a playbook may do by itself now.
func (p *planner) trust(pb *playbook.Playbook) playbook.Trust {
	on, known := p.onRecord(pb)
	return lower(pb, on, known)
}

// onRecord is the trust that the Book has of a playbook, or that it lost in this
// plan.
func (p *planner) onRecord(pb *playbook.Playbook) (ledger.Trust, bool) {
	if on, fell := p.fell[pb.Name]; fell {
		return on, true
	}
	return p.in.Book.TrustOf(pb.Name)
}

// fall takes from a playbook what it may do without being asked, and what it
// had earned towards more.
func (p *planner) fall(pb *playbook.Playbook, why string) {
	_, fell := p.fell[pb.Name]
	level := p.trust(pb)
	if fell || level < playbook.Each || level == playbook.Each && p.in.Book.DecidedOf(pb.Name).Letters == 0 {
		return
	}
	c := ledger.Trusted{Playbook: pb.Name, Level: playbook.Each.String(), Why: why}
	p.fell[pb.Name] = ledger.Trust{Playbook: c.Playbook, Level: c.Level, Why: c.Why, At: p.now}
	p.change(c)
}

// untrusted reports a letter to a member that trust approved, where that trust
// holds no longer, or goes not so far as a house that mourns: it is asked for
// like any other.
func (p *planner) untrusted(m ledger.Message) bool {
	if m.Kind != ledger.Letter || !m.Auto || m.Person == 0 {
		return false
	}
	pb := p.set.Playbook(m.Playbook)
	return pb != nil && (p.trust(pb) < playbook.Automatic || p.mourns(m.Address) || p.toAll[pb.Name])
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

// report adds the holds of the playbook as a whole.
func (d *duty) report() {
	n := d.backlog
	switch {
	case d.observes:
		d.plan.Holds = append(d.plan.Holds, d.observing())
	case n > 0:
		d.plan.Holds = append(d.plan.Holds, Hold{Kind: "backlog", Playbook: d.pb.Name, Count: n,
			Why:  itoa(int64(n)) + " " + plural(n, "case", "cases") + " held already when this playbook was switched on; nothing goes to a member for them",
			Hint: "clarion review backlog " + d.pb.Name + " lists them; --approve lets them act, counted from that day"})
	}
	if d.stale != "" {
		d.plan.Holds = append(d.plan.Holds, Hold{Kind: "stale", Playbook: d.pb.Name, Why: d.stale,
			Hint: "Import a newer list: clarion import " + d.staleList})
	}
}

// watch notes a letter that is due and only shown; of several to one reader the
// last, which is the one that would go.
func (l *look) watch(s *playbook.Step, act ledger.Action, to addressee, when time.Time) {
	l.gone[act.Key] = "the playbook only observes"
	if l.backlogged == nil {
		l.backlogged = map[string]Line{}
	}
	if _, before := l.backlogged[to.key]; !before {
		l.would++
	}
	l.backlogged[to.key] = l.lineOf(Observed, s, to, when, l.because()).of(act.Key)
}

// observing tells that a playbook only observes, and what it would do.
func (d *duty) observing() Hold {
	h := Hold{Kind: "observe", Playbook: d.pb.Name, Count: d.would, Why: "it only observes, so nothing of it leaves; nothing of it is due",
		Hint: "If it may ask for each of its letters: clarion trust " + d.pb.Name + " each"}
	if d.would > 0 {
		h.Why = "it only observes, so nothing of it leaves: " + itoa(int64(d.would)) + " " + plural(d.would, "thing is", "things are") + " due"
	}
	if d.backlog > 0 {
		h.Why += ", and " + itoa(int64(d.backlog)) + " " + plural(d.backlog, "case", "cases") + " held already when it was first seen"
	}
	if d.pb.Trust == playbook.Observe {
		h.Hint = "The files let it do no more. Write trust: each under " + d.pb.Name + " in playbooks.yaml, then: clarion trust " + d.pb.Name + " each"
	}
	return h
}

// bygone closes, when a playbook begins to act, a case of a slot that went by
// while it observed: only the running one is its business (rule 25).
func (d *duty) bygone(l *look) bool {
	if !d.raised || d.slot == nil || l.c.Occasion == d.slot.Key || len(d.in.Book.TasksOf(l.c.Key))+len(d.actionsOf(l.c.Key)) > 0 {
		return false
	}
	d.close(l, ledger.Over, "its time went by while the playbook only observed")
	return true
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
		if in.Book.Same(m.Person, member) || at != "" && m.Address == at {
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
