package plan_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// TestAnyLife plays random constituencies through random time, and holds every
// look against what the planner promises. Each run plays other lives; the one
// that fails is played again with the seed that it prints. For more of them:
// go test ./engine/plan -run TestAnyLife -rapid.checks=5000
func TestAnyLife(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		l := newLife(t, rt)
		l.look()
		for range rapid.IntRange(5, 30).Draw(rt, "steps") {
			l.act()
			l.look()
			l.deliver()
			l.promises()
		}
		l.replay()
	})
}

func (l *life) fatalf(format string, args ...any) {
	l.rt.Helper()
	n := max(0, len(l.doings)-40)
	l.rt.Fatalf("%s: %s\nwhat happened:\n%s", l.Now.Format(time.RFC3339), fmt.Sprintf(format, args...), strings.Join(l.doings[n:], "\n"))
}

// look plans, writes down, and holds the plan against a second one.
func (l *life) look() {
	l.shuffled()
	pl, err := l.Look()
	if err != nil {
		l.fatalf("the ledger refused what was planned: %v", err)
	}
	l.last = pl
	l.save()
	l.silent(pl)
	again := plan.Compute(l.Input())
	if len(again.Changes) > 0 {
		l.fatalf("planned again, there are changes: %s%s", show(again.Changes), l.words(again))
	}
	for _, m := range again.Messages {
		if !m.Stands {
			l.fatalf("planned again, there is a new message %s:\n%s", m.Key, m.Content.Text)
		}
	}
	if again.Digest != pl.Digest {
		l.fatalf("planned again, the digest differs")
	}
	reconciles(l.fatalf, l.Book, again)
	for _, p := range l.Book.OpenPlans() {
		if !l.Now.Before(p.Expires) {
			l.fatalf("plan %d has reached its end, and nobody says so", p.Number)
		}
	}
	verdict := plan.Recheck(l.Input())
	for _, m := range again.Messages {
		if why, fell := verdict[m.ID]; fell != (m.Waits != "") {
			l.fatalf("the last look says of %s: %q, and it waits: %q", m.Key, why, m.Waits)
		}
	}
}

// silent: nothing of a playbook that only observes leaves, whoever it is for.
func (l *life) silent(pl *plan.Plan) {
	observes := map[string]bool{}
	for _, pb := range l.Set.Playbooks {
		observes[pb.Name] = plan.TrustIn(pb, l.Set.Constituency, l.Book, l.Now).Level == playbook.Observe
	}
	of := func(c ledger.CaseKey) string { k, _ := l.Book.Case(c); return k.Playbook }
	for _, c := range pl.Changes {
		if t, ok := c.(ledger.TaskGiven); ok && observes[of(t.Case)] {
			l.fatalf("%s only observes, and gave a task", of(t.Case))
		}
	}
	for _, m := range l.Book.MessagesIn(ledger.Proposed, ledger.Approved, ledger.Deferred) {
		for _, k := range m.Actions {
			if a, _ := l.Book.Action(k); observes[of(a.Case)] {
				l.fatalf("%s only observes, and message %s waits to go", of(a.Case), m.Key)
			}
		}
	}
}

// words shows what a second plan would say otherwise.
func (l *life) words(again *plan.Plan) string {
	out := ""
	for _, m := range again.Messages {
		if old, ok := l.Book.MessageAt(m.Key); ok && !m.Stands {
			was := strings.Split(l.Words(old.ID).Text, "\n")
			for _, x := range strings.Split(m.Content.Text, "\n") {
				if !slices.Contains(was, x) {
					out += "\n+ " + x
				}
			}
			for _, x := range was {
				if !strings.Contains(m.Content.Text, x) {
					out += "\n- " + x
				}
			}
		}
	}
	return out
}

func show(cs []ledger.Change) string {
	var out []string
	for _, c := range cs {
		out = append(out, fmt.Sprintf("%s %+v", c.Type(), c))
	}
	return strings.Join(out, "\n")
}

// shuffled plans once more with every list in another order.
func (l *life) shuffled() {
	in := l.Input()
	a := plan.Compute(in)
	other := dataset.Tables{}
	for name, t := range in.Tables {
		rows := slices.Clone(t.Rows)
		rand.New(rand.NewPCG(uint64(len(l.Log)), 7)).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		other[name] = dataset.NewTable(t.Schema, rows, t.Imported, t.First, t.File, t.Sheet)
	}
	in.Tables = other
	b := plan.Compute(in)
	if a.Digest != b.Digest || !reflect.DeepEqual(a.Lines, b.Lines) || show(a.Changes) != show(b.Changes) ||
		!reflect.DeepEqual(a.CannotTell, b.CannotTell) || !a.Wake.Equal(b.Wake) || !reflect.DeepEqual(a.Counts, b.Counts) {
		l.fatalf("the order of the rows shows in the plan:\n%s\n\n%s", show(a.Changes), show(b.Changes))
	}
}

// deliver lets messages leave, or not, or nobody can say.
func (l *life) deliver() {
	mode := rapid.IntRange(0, 5).Draw(l.rt, "weather")
	if mode == 0 { // an outage
		return
	}
	for {
		due := l.Due()
		if len(due) == 0 {
			return
		}
		m := due[0]
		l.mayGo(m)
		l.do("clarion", ledger.MessageClaimed{ID: m.ID, Fence: 1})
		fate := 9
		if mode == 1 {
			fate = rapid.IntRange(0, 9).Draw(l.rt, "fate")
		}
		switch fate {
		case 0:
			l.do("clarion", ledger.MessageDeferred{ID: m.ID, Until: l.Now.Add(time.Hour), Code: 451})
		case 1:
			l.do("clarion", ledger.MessageFailed{ID: m.ID, Code: 550, Why: "no such user"})
			l.note("refused %s", m.Key)
		case 2:
			l.do("clarion", ledger.MessageUncertain{ID: m.ID})
			l.note("uncertain %s", m.Key)
		case 3:
			l.do("clarion", ledger.MessageSent{ID: m.ID, Proof: "250"}, ledger.MessageBounced{ID: m.ID, Code: 550})
		default:
			l.do("clarion", ledger.MessageSent{ID: m.ID, Proof: "250"})
			l.note("sent %s", m.Key)
		}
	}
}

// mayGo holds a message that is about to leave against whom it may reach.
func (l *life) mayGo(m ledger.Message) {
	if l.Now.Before(m.Until) {
		l.fatalf("%s goes while its yes may still be taken back", m.Key)
	}
	if m.Two && (m.Auto || m.First.By == "" || m.Yes.By == "" || m.First.By == m.Yes.By) {
		l.fatalf("%s needs two persons and goes with %+v and %+v", m.Key, m.First, m.Yes)
	}
	if m.Kind != ledger.Letter || m.Person == 0 {
		return
	}
	for _, s := range l.Book.Suppression(m.Person, m.Address) {
		if s.Scope != "marketing" || m.Basis == "marketing" {
			l.fatalf("%s goes to somebody suppressed: %+v", m.Key, s)
		}
	}
	t := l.Tables["members"]
	r := t.ByRef(m.Person)
	if r == nil {
		l.fatalf("%s goes to somebody who is not on the list", m.Key)
	}
	if v, _ := r.Get(t.Schema, "status"); v.S == "deceased" {
		l.fatalf("%s goes to somebody who has died", m.Key)
	}
	if day := l.Set.Constituency.Clock.Day(l.Now); day.Weekday() == time.Sunday {
		l.fatalf("%s goes on a Sunday", m.Key)
	}
}

// left lists the messages that left, or may have.
func (l *life) left() []ledger.Message {
	return l.Book.MessagesIn(ledger.Sent, ledger.Bounced, ledger.Uncertain, ledger.Claimed)
}

// promises are what holds of the Book after every look.
func (l *life) promises() {
	l.once()
	l.budget()
	l.noneLost()
}

// once: no action goes twice to the same reader, and no officer has two digests
// on one day.
func (l *life) once() {
	clock := l.Set.Constituency.Clock
	seen := map[string]ledger.Message{}
	for _, m := range l.left() {
		var keys []string
		for _, k := range m.Actions {
			keys = append(keys, string(k)+" to "+m.Address)
		}
		if m.Kind == ledger.Digest {
			keys = append(keys, "digest on "+clock.Day(m.SentAt).String()+" to "+m.Address)
		}
		for _, k := range keys {
			if old, twice := seen[k]; twice {
				l.fatalf("twice: %s\nin message %d (%s) and %d (%s)", k, old.ID, old.Key, m.ID, m.Key)
			}
			seen[k] = m
		}
	}
}

// budget: one letter a day to a person and an address, two in a week, but for
// the same letter to several people of one household.
func (l *life) budget() {
	clock := l.Set.Constituency.Clock
	days := map[string]map[int64]map[string]bool{} // by reader and day: which steps
	for _, m := range l.left() {
		if m.Kind != ledger.Letter || m.Person == 0 {
			continue
		}
		a, _ := l.Book.Action(m.Actions[0])
		d := int64(clock.Day(m.SentAt))
		for _, who := range []string{fmt.Sprint("person ", m.Person), "address " + m.Address} {
			if days[who] == nil {
				days[who] = map[int64]map[string]bool{}
			}
			if days[who][d] == nil {
				days[who][d] = map[string]bool{}
			}
			step := m.Playbook + "/" + a.Step
			if strings.HasPrefix(who, "person") && days[who][d][step] {
				step += " again"
			}
			days[who][d][step] = true
			if len(days[who][d]) > 1 {
				l.fatalf("more than one letter on %s to %s: %v", clock.Day(m.SentAt), who, days[who][d])
			}
		}
	}
	for who, ds := range days {
		for d := range ds {
			n := 0
			for back := range int64(7) {
				n += len(ds[d-back])
			}
			if n > 2 {
				l.fatalf("%d letters in seven days to %s", n, who)
			}
		}
	}
}

// noneLost: whatever ended has its reason, whatever is owed in an open case is
// spoken of by the plan, and a case that stayed open past the window of a step
// without a condition has settled it.
func (l *life) noneLost() {
	spoken := map[string]bool{}
	for _, ln := range l.last.Lines {
		spoken[string(ln.Case)+ln.Step] = true
	}
	fresh := map[int64]bool{}
	for _, m := range l.Book.MessagesIn(ledger.Failed) {
		if m.At.Equal(l.Now) { // nobody has looked since
			fresh[m.ID] = true
		}
	}
	for _, c := range l.Book.Cases() {
		for _, a := range l.Book.ActionsOf(c.Key) {
			switch {
			case strings.HasPrefix(a.Occurrence, "withdrawn"), strings.HasPrefix(a.Occurrence, "reopened"): // news of a task that may stand otherwise again
			case a.State == ledger.Owed && l.movedOn(a): // a reminder of a day that has moved since
			case (a.State == ledger.Missed || a.State == ledger.Withdrawn) && a.Reason == "":
				l.fatalf("%s is %s without a reason", a.Key, a.State)
			case a.State != ledger.Owed || c.State != ledger.Open || len(a.Messages) > 0 && fresh[a.Messages[len(a.Messages)-1]]:
			case !spoken[string(c.Key)+a.Step]:
				l.fatalf("%s is owed (%s), and the plan does not speak of it", a.Key, a.Reason)
			}
		}
		if c.State == ledger.Closed && c.Reason == "" {
			l.fatalf("%s closed without a reason", c.Key)
		}
		if c.Playbook == "hello" {
			l.helloKept(c)
		}
	}
}

// helloKept holds a case of the simplest playbook against its two steps: a
// letter at the opening, worth sending for a week, and a task the day after.
func (l *life) helloKept(c ledger.Case) {
	pb := l.Set.Playbook(c.Playbook)
	if c.State != ledger.Open || c.Backlog || l.Tables["members"].ByRef(c.Subject) == nil ||
		plan.TrustIn(pb, l.Set.Constituency, l.Book, l.Now).Level == playbook.Observe {
		return
	}
	for step, days := range map[string]int{"hello": 8, "note": 2} {
		if l.Now.Sub(c.Changed) < time.Duration(days*24+2)*time.Hour {
			continue
		}
		kept := false
		for _, a := range l.Book.ActionsOf(c.Key) {
			end := a.State == ledger.Settled || a.State == ledger.Missed || a.State == ledger.Withdrawn
			kept = kept || a.Step == step && (end || step == "note" || len(a.Messages) > 0 && l.uncertain(a))
		}
		for _, t := range l.Book.TasksOf(c.Key) {
			kept = kept || t.Step == step
		}
		if !kept {
			l.fatalf("%s has been open since %s, and %s came to nothing", c.Key, c.Changed, step)
		}
	}
}

// movedOn reports whether an action is a reminder of a task that is not due for
// it now.
func (l *life) movedOn(a ledger.Action) bool {
	for _, t := range l.Book.TasksOf(a.Case) {
		if t.Step == a.Step && t.Element == a.Element && t.Due.After(a.Due) && a.Occurrence != "" {
			return true
		}
	}
	return false
}

func (l *life) uncertain(a ledger.Action) bool {
	for _, id := range a.Messages {
		if m, _ := l.Book.Message(id); m.State == ledger.Uncertain {
			return true
		}
	}
	return false
}

// replay makes the same Book of the log.
func (l *life) replay() {
	b := ledger.New()
	for _, e := range l.Log {
		if err := b.Apply(e); err != nil {
			l.fatalf("replaying: %v", err)
		}
	}
	if !b.Equal(l.Book) || b.Hash() != l.Book.Hash() {
		l.fatalf("the events, replayed, give another Book")
	}
}
