package plan

import (
	"slices"
	"sort"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A large batch leaves in two stages: a few letters of a playbook to members go
// first, and the rest waits a while, for somebody who reads one of them to say
// stop, or for one of them to come back. The Book alone says how far a batch has
// come, so that a run that is killed, a computer that sleeps or a second look
// neither loses the wait nor doubles the first letters.

// A stage is how far the batch of a playbook has come.
type stage struct {
	of      int       // letters of the batch
	left    int       // of these so many have left
	first   int       // how many go first
	until   time.Time // when the rest goes; zero: the first have not all left
	trouble int       // of the first so many came back, or their readers complained
	at      time.Time // when the first of them left
	came    time.Time // when the last of these was known
}

// stuck is a batch whose rest a person must let go, and since when.
type stuck struct {
	Hold
	since time.Time
}

// staged is a letter that could go now.
type staged struct {
	*made
	since time.Time // when it could have gone first
}

// stages says, by letter, which of those that could go now wait for the first of
// their batch.
func (p *planner) stages(all []*made, held map[string]string) map[*made]*stage {
	r := p.set.Constituency.Review
	if r.StageFrom == 0 {
		return nil
	}
	ready := map[string][]staged{}
	from := p.now
	for _, y := range all {
		if since, could := p.couldGo(y, held); could {
			ready[y.pb.Name] = append(ready[y.pb.Name], staged{y, since})
			if since.Before(from) {
				from = since
			}
		}
	}
	wait := map[*made]*stage{}
	if len(ready) == 0 {
		return wait
	}
	left := map[string][]ledger.Departure{}
	for _, d := range p.in.Book.Departures(from) {
		if d.State != ledger.Failed || refused(d.Message) {
			left[d.Playbook] = append(left[d.Playbook], d)
		}
	}
	for _, name := range sorted(ready) {
		p.stageOf(name, ready[name], left[name], wait)
	}
	return wait
}

// couldGo tells whether a letter to a member may leave now, and since when it
// could have.
func (p *planner) couldGo(y *made, held map[string]string) (since time.Time, could bool) {
	m := y.messages[0]
	if !y.member() || y.wait != "" || p.gone[y.action.Key] != "" {
		return since, false
	}
	since = later(p.now, m.NotBefore)
	switch p.underWay(m) {
	case 0:
		could = held[y.pb.Name] == "" && m.Release && p.trust(y.pb) == playbook.Automatic
	case 2:
		old, _ := p.in.Book.MessageAt(m.Key)
		since, could = later(later(old.At, old.NotBefore), later(old.Until, m.NotBefore)), true
		if old.State == ledger.Deferred { // that the server put it off begins no new batch
			could = !since.After(p.now)
			a, _ := p.in.Book.Action(y.action.Key)
			since = later(later(a.Changed, old.Yes.At), later(old.Until, m.NotBefore))
		}
	}
	return since, could && !since.After(p.now)
}

// stageOf lets letters of one playbook that could go now wait, where they are a
// large batch. One waits no longer once so many as go first have left since it
// could have gone itself, and the wait after them is over: what was let go before
// says nothing of a letter that came later.
func (p *planner) stageOf(name string, ready []staged, left []ledger.Departure, wait map[*made]*stage) {
	r := p.set.Constituency.Review
	since := func(t time.Time) []ledger.Departure {
		i := sort.Search(len(left), func(i int) bool { return !left[i].Left.Before(t) })
		return left[i:]
	}
	var rest []staged
	var from time.Time
	for _, y := range ready {
		s := p.stageBehind(since(y.since))
		passed := !s.until.IsZero() && !p.now.Before(s.until)
		if passed && s.trouble == 0 || p.stageReleased(name, s) {
			continue
		}
		if rest = append(rest, y); from.IsZero() || y.since.Before(from) {
			from = y.since
		}
	}
	s := p.stageBehind(since(from))
	if s.of = len(rest) + s.left; len(rest) == 0 || s.of <= r.StageFrom {
		return
	}
	room := 0 // of the first that are still to go
	if s.trouble == 0 && s.until.IsZero() {
		room = s.first - s.left
	}
	held := 0
	for _, y := range rest {
		back := s.until
		if back.IsZero() {
			back = p.now.Add(r.StageWait)
		}
		switch end := y.window.end; {
		case room > 0:
			room--
		case s.trouble == 0 && !end.IsZero() && end.Before(back): // it would be too late then
		default:
			wait[y.made] = &s
			held++
		}
	}
	switch {
	case s.trouble > 0 && held > 0:
		h := Hold{Kind: "stage", Playbook: name, Count: held, Why: s.why(p),
			Hint: "Look at what came back. If the rest may go all the same: clarion review release " + name}
		p.plan.Holds = append(p.plan.Holds, h)
		p.stuck = append(p.stuck, stuck{h, s.came})
	case held > 0:
		p.wake(s.until)
	}
}

// stageBehind says how a batch stands by the letters of it that have left.
func (p *planner) stageBehind(left []ledger.Departure) stage {
	r := p.set.Constituency.Review
	s := stage{left: len(left), first: max(1, r.StageFirst)}
	first := left[:min(len(left), s.first)]
	if len(first) > 0 {
		s.at = first[0].Left
	}
	if len(first) == s.first {
		s.until = first[s.first-1].Left.Add(r.StageWait)
	}
	for _, d := range first {
		if at := p.miscarried(d, s.until); !at.IsZero() {
			s.trouble, s.came = s.trouble+1, later(s.came, at)
		}
	}
	return s
}

// miscarried says since when it is known that one of the first letters of a batch
// was refused or came back, before the rest was let go, or that its reader wants
// no more of them, which is told each day; zero: all is well.
func (p *planner) miscarried(d ledger.Departure, until time.Time) (at time.Time) {
	if d.State == ledger.Failed || d.State == ledger.Bounced && (until.IsZero() || d.At.Before(until)) {
		return d.At
	}
	if slices.ContainsFunc(p.in.Book.Suppression(d.Person, d.Address), func(s ledger.Suppressed) bool { return s.Scope == "all" }) {
		return p.clock.AtHour(p.today)
	}
	return at
}

// stagesStuck tells the role whose playbook it is of each batch whose rest waits
// for a person.
func (p *planner) stagesStuck(out map[string]*asking, left map[string]time.Time) {
	for _, x := range p.stuck {
		pb := p.set.Playbook(x.Playbook)
		p.tellRole(out, left, pb.Role, letter.Item{Line: pb.Title + ": " + itoa(int64(x.Count)) + " " + plural(x.Count, "letter is", "letters are") + " held, for " + x.Why, Detail: x.Hint},
			Line{Playbook: pb.Name, Step: "stage", About: pb.Title, When: x.since, Why: x.Why})
	}
}

// stageReleased reports whether a person let the rest go, whatever became of the
// first.
func (p *planner) stageReleased(name string, s stage) bool {
	return s.trouble > 0 && slices.ContainsFunc(p.in.Book.Releases(name), func(r ledger.BrakeReleased) bool {
		return !s.at.After(r.Stage) && p.now.Before(r.Until)
	})
}

// why says for what a letter of the batch waits.
func (s *stage) why(p *planner) string {
	of := itoa(int64(s.first)) + " of the " + itoa(int64(s.of)) + " letters"
	switch {
	case s.trouble > 0:
		return itoa(int64(s.trouble)) + " of the first " + itoa(int64(s.first)) + " letters came back or met a complaint, and the rest waits for a person"
	case s.until.IsZero():
		return "a large batch: " + of + " go first, the rest " + span(p.set.Constituency.Review.StageWait) + " later, unless one comes back or somebody says stop"
	}
	return "a large batch: " + of + " went first, the rest goes from " + p.clock.Words(s.until) + " on, unless one comes back or somebody says stop"
}

// verb is what the plan says of a letter of the batch that waits.
func (s *stage) verb() Verb {
	if s.trouble > 0 {
		return HeldBack
	}
	return Waits
}
