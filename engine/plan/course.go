package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// A What is what kind of thing a Happening is.
type What string

// What happens in a course.
const (
	LetterGoes What = "letter"   // a letter goes to its readers
	TaskComes  What = "task"     // an officer is told of a task
	TaskFalls  What = "due"      // the day on which a task must be done
	Reminded   What = "reminder" // an officer is reminded of a task
	CallSheet  What = "call"     // an officer is asked to ring or write, for want of an address
	WasMissed  What = "missed"   // a letter or task whose time passes
	WasBarred  What = "withheld" // a letter that may not go
)

// A Happening is one thing that a course brings about.
type Happening struct {
	What     What
	At       time.Time
	On       calendar.Date // the day of At
	Playbook string
	Title    string // of the playbook
	Step     string
	Role     string   // the officers' whose work it is: who signs the letter, who has the task
	About    string   // the subject, named
	To       []string // who gets it, named, in the order in which it goes
	Line     string   // the letter's subject, or the task in one line
	Due      time.Time
	Number   int64  // of the task
	Answer   string // that the task is taken to get
	Asked    bool   // a person says yes to the letter first
	Office   bool   // it goes to the holder of an office, as such
	Why      string
	Dataset  string      // of the record that it is about; empty: the constituency itself
	Ref      dataset.Ref // of it

	key    string // what is one thing, whoever gets it
	action ledger.ActionKey
	words  string // digest of the letter
}

// ID is the same for the same thing on the same day, in every forecast.
func (h Happening) ID() string {
	sum := sha256.Sum256([]byte(string(h.What) + "\x00" + h.key + "\x00" + h.On.String()))
	return hex.EncodeToString(sum[:16])
}

// The bounds of one day of a course: how often it looks at one moment until
// nothing more comes of it, and at how many moments.
const (
	mostRounds  = 6
	mostMoments = 24
)

// A course is a Play that goes on by itself, on assumptions: every letter gets
// its yes at once, a batch that a brake holds is let go, every task is answered
// on its due day with the first of its answers, and every message arrives.
type course struct {
	*Play
	tell    func(Happening)
	titles  map[string]string
	planned map[int64]Message // letters and digests as they were last planned
	carried map[int64][]*item // what a digest tells
	asked   map[int64]bool    // letters that a person said yes to
	said    map[string]bool   // what was told once and is not told again
	stuck   map[int64]bool    // tasks that cannot be answered
	holds   []Hold            // of the first look
	doubts  []CannotTell
	looked  bool
}

func newCourse(p *Play, tell func(Happening)) *course {
	c := &course{Play: p, tell: tell, titles: map[string]string{}, planned: map[int64]Message{}, carried: map[int64][]*item{},
		asked: map[int64]bool{}, said: map[string]bool{}, stuck: map[int64]bool{}}
	for _, pb := range p.Set.Playbooks {
		c.titles[pb.Name] = pb.Title
	}
	return c
}

// day lets a day happen from a moment on: it looks then, and again at every
// later moment of the day at which something could change.
func (c *course) day(from time.Time) error {
	today := c.Set.Constituency.Clock.Day(from)
	for n := range mostMoments {
		c.Pass(from)
		if n == 0 { // what has become due in the night
			if _, err := c.answers(); err != nil {
				return err
			}
		}
		wake, err := c.moment()
		if err != nil {
			return err
		}
		if wake.IsZero() || c.Set.Constituency.Clock.Day(wake) != today {
			return nil
		}
		from = wake
	}
	return nil
}

// moment looks until nothing more comes of it now, and gives the next moment at
// which something could change.
func (c *course) moment() (wake time.Time, err error) {
	for range mostRounds {
		pl, err := c.see()
		if err != nil {
			return wake, err
		}
		wake = pl.Wake
		released, err := c.agree(pl)
		if err != nil {
			return wake, err
		}
		if released {
			continue
		}
		if err := c.send(pl); err != nil {
			return wake, err
		}
		answered, err := c.answers()
		if err != nil {
			return wake, err
		}
		if !answered {
			return wake, nil
		}
	}
	return wake, nil
}

// see takes a look, and keeps what its messages will tell when they leave.
func (c *course) see() (*Plan, error) {
	w := newPlanner(c.Input())
	w.steady = true
	pl, err := c.write(w)
	if err != nil {
		return nil, err
	}
	if !c.looked {
		c.looked, c.holds, c.doubts = true, pl.Holds, pl.CannotTell
	}
	c.foresee(pl.Holds)
	told := map[string][]*item{}
	for _, it := range w.items {
		told[w.hash(it.holder.email)] = append(told[w.hash(it.holder.email)], it)
	}
	for _, m := range pl.Messages {
		c.planned[m.ID] = m
		if m.Kind == ledger.Digest && (!m.Stands || c.carried[m.ID] == nil) {
			c.carried[m.ID] = told[m.Address]
		}
	}
	for _, l := range pl.Lines {
		if l.Verb != Misses && l.Verb != Withholds || l.Playbook == "" {
			continue
		}
		what := map[Verb]What{Misses: WasMissed, Withholds: WasBarred}[l.Verb]
		c.once(Happening{What: what, Playbook: l.Playbook, Step: l.Step, About: l.About, To: []string{l.To}, Why: l.Why, Dataset: l.Dataset, Ref: l.Ref,
			key: string(l.Case) + l.Step + l.Why}, l.To)
	}
	return pl, nil
}

// foresee keeps what is said of a batch on the first day on which it is: a
// forecast tells of it before it is too late.
func (c *course) foresee(holds []Hold) {
	for _, h := range holds {
		if h.Kind == "batch" && !slices.ContainsFunc(c.holds, func(k Hold) bool { return k.Kind == h.Kind && k.Playbook == h.Playbook }) {
			c.holds = append(slices.Clip(c.holds), h)
		}
	}
}

// agree gives every letter its yes, and lets held batches go: then they have to
// be looked at once more.
func (c *course) agree(pl *Plan) (released bool, err error) {
	for _, h := range pl.Holds {
		if h.Kind != "brake" {
			continue
		}
		released = true
		if err := c.Do("officer", ledger.BrakeReleased{Playbook: h.Playbook, Actions: h.Count, Until: c.Now.Add(24 * time.Hour)}); err != nil {
			return released, err
		}
	}
	for _, m := range c.Book.MessagesIn(ledger.Proposed) {
		c.asked[m.ID] = true
		if err := c.agreed(m); err != nil {
			return released, err
		}
	}
	return released, nil
}

// send lets all leave that may by a plan that was just written down, so that no
// other look is needed, and tells of it.
func (c *course) send(pl *Plan) error {
	waits := map[int64]bool{}
	for _, m := range pl.Messages {
		waits[m.ID] = m.Waits != ""
	}
	due := slices.DeleteFunc(c.Book.MessagesIn(ledger.Approved, ledger.Deferred), func(m ledger.Message) bool {
		return m.Earliest().After(c.Now) || waits[m.ID]
	})
	err := c.deliver(due)
	for _, m := range due {
		if m.Kind == ledger.Letter {
			c.letter(m)
			continue
		}
		for _, it := range c.carried[m.ID] {
			c.item(it)
		}
	}
	return err
}

// letter tells of a letter that goes, once for each action that it carries.
func (c *course) letter(m ledger.Message) {
	planned := c.planned[m.ID]
	to := planned.Content.ToName
	if to == "" {
		to = planned.Content.To
	}
	for _, k := range m.Actions {
		a, _ := c.Book.Action(k)
		c.once(Happening{What: LetterGoes, Playbook: m.Playbook, Step: a.Step, Role: planned.Approver, About: planned.Subject, To: []string{to},
			Line: planned.Content.Subject, Asked: c.asked[m.ID], Office: strings.HasPrefix(a.Addressee, "role:"), key: string(a.Case) + a.Step + a.Element + a.Occurrence,
			action: k, words: planned.Digest}, string(k)+m.Address)
	}
}

// item tells of one line of an officer's digest.
func (c *course) item(it *item) {
	what, ok := map[section]What{newTask: TaskComes, reminder: Reminded, sheet: CallSheet}[it.section]
	if !ok {
		return // news of what was told before
	}
	a, _ := c.Book.Case(it.action.Case)
	key := string(it.action.Key)
	if it.number != 0 { // a task may be chased with several roles at once, which one person may hold
		key = "task " + itoa(it.number)
	}
	if what == Reminded {
		key += c.Set.Constituency.Clock.Day(c.Now).String()
	}
	c.once(Happening{What: what, Playbook: a.Playbook, Step: it.action.Step, Role: it.holder.role, About: it.line.About, To: []string{it.holder.called()},
		Line: it.body.Line, Due: it.due, Number: it.number, Why: it.line.Why, key: key, action: it.action.Key}, it.holder.key())
}

// answers answers the tasks that are due today, or were before.
func (c *course) answers() (bool, error) {
	clock, any := c.Set.Constituency.Clock, false
	for _, t := range c.Book.Tasks() {
		if t.State != ledger.TaskOpen && t.State != ledger.TaskOverdue || c.stuck[t.Number] || clock.Day(t.Due) > clock.Day(c.Now) {
			continue
		}
		line, offers := Ask(c.Input(), t)
		if len(offers) == 0 { // its playbook is switched off
			c.stuck[t.Number] = true
			continue
		}
		if _, err := Answer(c.Input(), t, offers[0]); err != nil { // what it was about is gone
			c.stuck[t.Number] = true
			continue
		}
		if err := c.Play.Answer(t, offers[0]); err != nil {
			return any, err
		}
		any = true
		h := Happening{What: TaskFalls, Step: t.Step, Line: line, Due: t.Due, Number: t.Number, Answer: offers[0],
			key: string(t.Key), action: t.Key}
		c.whose(t, &h)
		c.once(h, "")
	}
	return any, nil
}

// whose notes what a task is about and whom it is for.
func (c *course) whose(t ledger.Task, h *Happening) {
	w := newPlanner(c.Input())
	k, _ := c.Book.Case(t.Case)
	h.Playbook = k.Playbook
	for _, pb := range c.Set.Playbooks {
		if pb.Name != k.Playbook {
			continue
		}
		l := w.lookFor(pb, k)
		h.About = l.about()
		for _, s := range pb.Steps {
			if s.ID != t.Step {
				continue
			}
			l.bound(w.worldAt(c.Now), s, t.Element, func() {
				hs, _ := l.holdersFor(l.addresseeOf(t.Addressee), pb.Private || s.Private)
				for _, x := range hs {
					h.To = append(h.To, x.called())
				}
			})
		}
	}
}

// called is what people call the holder of an office.
func (h holder) called() string {
	if h.name == "" {
		return h.email
	}
	return h.name
}

// once tells of a thing, unless it was told of before.
func (c *course) once(h Happening, to string) {
	h.At, h.On, h.Title = c.Now, c.Set.Constituency.Clock.Day(c.Now), c.titles[h.Playbook]
	id := string(h.What) + "\x00" + h.key + "\x00" + to
	if !c.said[id] {
		c.said[id] = true
		if a, ok := c.Book.Action(h.action); ok {
			of, _ := c.Book.Case(a.Case)
			h.Dataset, h.Ref = of.Dataset, of.Subject
		}
		c.tell(h)
	}
}
