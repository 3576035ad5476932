// Package plan decides what is due. Compute is a pure function: from the
// checked playbooks, the tables, the Book and the moment it makes a Plan, the
// same to the byte whatever the order of its inputs.
//
// Compute looks at every playbook in order of name. For each it
//
//  1. opens cases for records whose door condition holds (subject.go),
//  2. asks of every open case whether it is done, stopped, over or frozen
//     (look.go),
//  3. asks of every step of a case that stays open what is owed now, to whom,
//     and why not (step.go, task.go),
//  4. ranks what is owed to members, and takes away what suppression, consent,
//     the contact budget, quiet days and the brakes forbid (budget.go),
//  5. closes cases of which nothing is left to do, groups what is owed to
//     officers into one digest per person per day, with news of what was
//     missed or withdrawn and of what waits for a yes (digest.go, news.go,
//     approvals.go), tells Secretary and Chair of each yes (told.go), and
//  6. holds the messages that ought to exist against those that do: what is the
//     same stays, what differs is superseded, what is new is proposed
//     (reconcile.go).
//
// The last step makes planning again harmless: plan, apply, plan again gives
// nothing. It is also the look just before the wire: a message that a new plan
// would supersede is not sent (Recheck). A look can take a message away, it
// never changes one.
//
// A letter on its way that must wait, for a working day or for the budget,
// stands and is re-timed, so that an approval is not lost to a Sunday. What a
// shared role is owed is owed to each of its holders; one person who holds
// several roles gets it once.
//
// What a reader may not see is taken out while a message is made: rows of another
// branch withhold it whole, a role that stands in for a vacancy reads that there
// is something private, counts of special columns under 5 are words (masks.go,
// few.go), and a table of counts gives none of them away (tally.go, hide.go). For gives a plan, a forecast or a comparison as a role may read it
// (private.go).
//
// A Play steps a Book through time with these looks (play.go). Try runs the
// tests of a playbook in one; a course (course.go) lets one go on by itself, for
// a forecast of the days ahead and for a comparison of two sets of playbooks.
//
// Compute returns no error. A fault in one row or one playbook is a line of
// the plan, and the rest goes on.
package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Input is all that a plan depends on.
type Input struct {
	Set    *playbook.Set
	Tables dataset.Tables
	Book   *ledger.Book // read, never changed
	Now    time.Time
	// Hash gives the keyed hash that stands for a mail address in the Book.
	Hash func(address string) string
	// File describes a frozen file by its digest.
	File func(sha string) (letter.Attachment, bool)
	// Untaken are the files that lie in the constituency's folder and are not
	// taken, of which an officer hears.
	Untaken []Untaken
	// Post is what the mailbox brought that an officer hears of.
	Post []Post
}

// A Plan is all that is due, and for everything not done, why not.
type Plan struct {
	Now time.Time
	// Changes are the transitions that the plan found, in the order in which
	// they apply to the Book: cases opened and closed, tasks given, actions
	// missed, messages superseded.
	Changes []ledger.Change
	// Messages ought to exist now: those to be proposed and those that stand.
	Messages []Message
	Lines    []Line
	// CannotTell lists records that a blank or unreadable cell kept from a
	// decision.
	CannotTell []CannotTell
	Holds      []Hold
	Counts     map[string]Count // by playbook
	Wake       time.Time        // the earliest moment at which anything could change; zero: none known
	Private    int              // items left out because they are private to another role (For)
	Digest     string           // over the messages' digests, in order
}

// A Message is one that ought to exist.
type Message struct {
	ledger.Message
	Content letter.Content
	Files   map[string][]byte // what the content attaches and nobody has yet, by digest
	Owed    []ledger.Action   // in full, for those the Book does not know
	Stands  bool              // proposed before, and still the same
	Release bool              // proposed now and approved at once, by trust
	Waits   string            // why it stands and yet does not go today
	Staged  string            // why it goes only after the first of its batch, or after what tells of its yes
	Subject string            // whom or what it is about, for people
	behind  bool              // other holders of the role have it already
	about   []dataset.Term    // the records that it is about, whose people are masked where it travels
	branch  string            // of whom it goes to or is about, for people
	tells   []*Message        // of an officer's digest: the letters whose yes or no it asks for
}

// A Verb says what a line of the plan comes to.
type Verb string

// The verbs.
const (
	Sends     Verb = "send"     // goes by itself
	Asks      Verb = "review"   // waits for an officer's yes
	Tells     Verb = "task"     // a task or a chaser, in an officer's digest
	Lists     Verb = "sheet"    // a line on a call sheet: no usable address
	Waits     Verb = "wait"     // due, but not today
	HeldBack  Verb = "held"     // a brake, backlog, a stale list
	Withholds Verb = "withheld" // suppression, consent, a hole
	Misses    Verb = "missed"
	Observed  Verb = "observed" // due, but its playbook only observes
	Later     Verb = "later"    // not yet due
	Closes    Verb = "closed"
)

// A Line is one line of the plan, for people.
type Line struct {
	Verb     Verb
	Playbook string
	Step     string
	Case     ledger.CaseKey
	Dataset  string
	Ref      dataset.Ref
	About    string // the subject, named
	To       string // the addressee, named
	When     time.Time
	Why      string           // the reason, in words
	Message  string           // the message's key, if it travels
	Action   ledger.ActionKey // that it is about; empty: it is about none
}

// CannotTell is one record and the cells that were missing.
type CannotTell struct {
	Playbook, What string
	About          string
	Cells          []dataset.Cell
	Why            string

	ref dataset.Ref // of the record
}

// A Hold is something that stands before a batch.
type Hold struct {
	Kind     string // date, brake, stage, batch, trust, observe, backlog, stale, not imported, missing, refused, disputed
	Playbook string
	Dataset  string // of records that the last list does not have, or another source has otherwise
	Count    int
	Why      string
	Hint     string
}

// A Count is a playbook in numbers, which reconcile: Looked is Matched,
// NotMatched and Unknown together, and Actions.All the sum of what stands beside
// it. The others count the lines of the plan.
type Count struct {
	Looked, Matched, NotMatched, Unknown int
	Opened, Closed                       int
	Send, Review, Tasks, Sheet           int
	Wait, Held, Withheld, Missed, Later  int
	Observed                             int
	Actions                              Actions
}

// longestSleep is how far the clock may run ahead of the last run before a
// person must confirm the date.
const longestSleep = 35 * 24 * time.Hour

// correction is the number of days by which an occasion's date may move and
// still be the same occasion (language, rule 2).
const correction = 21

// Compute makes the plan of a moment.
func Compute(in Input) *Plan { return newPlanner(in).compute() }

func (p *planner) compute() *Plan {
	if p.dateInDoubt() {
		return p.plan
	}
	for _, pb := range p.set.Playbooks {
		p.playbook(pb)
	}
	p.spoil()
	p.letters()
	p.fallen()
	p.tellAbsences()
	p.closeSettled()
	p.earn()
	p.digests()
	p.tellYeses()
	p.reconcile()
	p.finish()
	return p.plan
}

// dateInDoubt reports whether the clock cannot be believed: it is before the
// last run, or more than 35 days after it, and nobody has confirmed the date.
func (p *planner) dateInDoubt() bool {
	runs := p.in.Book.Runs()
	if len(runs) == 0 {
		return false
	}
	last := runs[len(runs)-1].Logical
	// A confirmation is for the run that follows it: one from long ago says
	// nothing about the clock of today.
	confirmed := p.in.Book.DateConfirmed()
	if !confirmed.IsZero() && !p.now.Before(confirmed) && p.now.Sub(confirmed) <= 24*time.Hour {
		return false
	}
	back := p.now.Before(last)
	ahead := p.now.Sub(last) > longestSleep
	if !back && !ahead {
		return false
	}
	why := "the clock says " + p.clock.Words(p.now) + ", but the last run was at " + p.clock.Words(last)
	p.plan.Holds = append(p.plan.Holds, Hold{Kind: "date", Why: why,
		Hint: "If the date is right, say so: clarion run --confirm-date " + p.clock.Day(p.now).String()})
	return true
}

// DateInDoubt reports whether the clock cannot be believed, and why: then
// nothing is planned, and nothing should be imported either.
func DateInDoubt(in Input) (Hold, bool) {
	p := newPlanner(in)
	if !p.dateInDoubt() {
		return Hold{}, false
	}
	return p.plan.Holds[0], true
}

// planner is the work on one plan.
type planner struct {
	in        Input
	set       *playbook.Set
	clock     calendar.Clock
	now       time.Time
	today     calendar.Date
	plan      *Plan
	worlds    map[int64]*world
	roles     map[string][]holder
	mute      map[string]bool  // roles that are held, by somebody without an address
	homes     map[string]*home // by address
	mourning  map[string]bool  // addresses, hashed, of which a member has died
	toAll     map[string]bool  // playbooks whose letters of this plan go to all members, or to most
	titles    dataset.Term     // of the roles
	counts    map[string]*Count
	wants     []*want
	ahead     []*want                      // letters whose moment has not come, and that could go before it
	reopened  map[ledger.CaseKey]time.Time // cases that reopen in this plan, and when they had closed
	joint     map[string]*Message          // letters to roles, by reader
	audiences map[string]dataset.Term      // those that were asked for
	old       map[string]string            // why a list is too old to act on, by its name
	ripe      []*look                      // at cases whose steps are all settled, or due now
	items     []*item
	desired   []*Message
	closed    map[ledger.ActionKey]bool
	gone      map[ledger.ActionKey]string // why an action is not wanted now
	notices   []pendingNotice
	fell      map[string]ledger.Trust  // by playbook: trust that fell in this plan
	stuck     []stuck                  // batches whose first letters did not arrive
	rose      map[string]ledger.Trust  // by playbook: trust that was earned, from the next plan on
	steady    bool                     // no trust is earned: decisions are only assumed
	given     int                      // tasks given in this plan
	taskBase  *int64                   // the number of the last task before it
	cases     map[string][]ledger.Case // of the Book by playbook, once asked for
	asked     struct {
		of      ledger.CaseKey
		actions []ledger.Action
	} // the case whose actions were asked for last
	read      map[int64]*ledger.Message    // of the Book, once asked for
	numbered  map[string]int64             // letters by key, once asked for
	seconders map[ledger.Yes][]string      // by who said the first of two yeses, once asked for
	silent    map[ledger.ActionKey]silence // actions that no line speaks of
}

func newPlanner(in Input) *planner {
	c := in.Set.Constituency.Clock
	p := &planner{in: in, set: in.Set, clock: c, now: in.Now, today: c.Day(in.Now),
		plan: &Plan{Now: in.Now, Counts: map[string]Count{}}, worlds: map[int64]*world{}, joint: map[string]*Message{}, audiences: map[string]dataset.Term{}, reopened: map[ledger.CaseKey]time.Time{},
		roles: map[string][]holder{}, mute: map[string]bool{}, counts: map[string]*Count{},
		closed: map[ledger.ActionKey]bool{}, gone: map[ledger.ActionKey]string{}, fell: map[string]ledger.Trust{}, rose: map[string]ledger.Trust{}}
	return p
}

func (p *planner) change(c ledger.Change) { p.plan.Changes = append(p.plan.Changes, c) }

func (p *planner) count(name string) *Count {
	c := p.counts[name]
	if c == nil {
		c = &Count{}
		p.counts[name] = c
	}
	return c
}

// line adds a line and counts it.
func (p *planner) line(l Line) {
	c := p.count(l.Playbook)
	switch l.Verb {
	case Sends:
		c.Send++
	case Asks:
		c.Review++
	case Tells:
		c.Tasks++
	case Lists:
		c.Sheet++
	case Waits:
		c.Wait++
	case HeldBack:
		c.Held++
	case Observed:
		c.Observed++
	case Withholds:
		c.Withheld++
	case Misses:
		c.Missed++
	case Later:
		c.Later++
	}
	p.plan.Lines = append(p.plan.Lines, l)
}

// wake notes a moment at which the plan could change.
func (p *planner) wake(t time.Time) {
	if t.After(p.now) && (p.plan.Wake.IsZero() || t.Before(p.plan.Wake)) {
		p.plan.Wake = t
	}
}
