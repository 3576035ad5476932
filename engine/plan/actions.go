package plan

import "github.com/clarion-clp/clarion/engine/ledger"

// Actions say what has become of the actions of a playbook's open cases:
// each is one of the rest, and All is their sum. It is of the cases that are
// open once the plan is made, and of all their actions: those that the Book
// remembers, and those that this look came upon.
type Actions struct {
	All      int
	Done     int // sent, told, answered, settled by the data, not needed
	Over     int // missed or withdrawn before this plan
	Way      int // on the wire, or nobody knows whether it went
	Send     int // goes by itself
	Review   int // waits for a yes
	Tasks    int // in an officer's digest
	Sheet    int // on a call sheet
	Held     int // by a brake, a stale list, a cell that cannot be told, as backlog
	Withheld int
	Missed   int
	Wait     int // due, but not today
	Observed int
	Later    int // not yet due
}

// Sum is what All must be.
func (r Actions) Sum() int {
	return r.Done + r.Over + r.Way + r.Send + r.Review + r.Tasks + r.Sheet + r.Held + r.Withheld + r.Missed + r.Wait + r.Observed + r.Later
}

// Plus adds two reckonings.
func (r Actions) Plus(o Actions) Actions {
	return Actions{r.All + o.All, r.Done + o.Done, r.Over + o.Over, r.Way + o.Way, r.Send + o.Send, r.Review + o.Review,
		r.Tasks + o.Tasks, r.Sheet + o.Sheet, r.Held + o.Held, r.Withheld + o.Withheld, r.Missed + o.Missed, r.Wait + o.Wait,
		r.Observed + o.Observed, r.Later + o.Later}
}

// add counts an action in its place.
func (r *Actions) add(v Verb) {
	r.All++
	switch v {
	case Sends:
		r.Send++
	case Asks:
		r.Review++
	case Tells:
		r.Tasks++
	case Lists:
		r.Sheet++
	case HeldBack:
		r.Held++
	case Withholds:
		r.Withheld++
	case Misses:
		r.Missed++
	case Waits:
		r.Wait++
	case Observed:
		r.Observed++
	case Later:
		r.Later++
	case isDone:
		r.Done++
	case isOver:
		r.Over++
	case onWay:
		r.Way++
	}
}

// What no line says of an action.
const (
	isDone Verb = "done"
	isOver Verb = "over"
	onWay  Verb = "on its way"
)

// A silence is what became of an action that no line speaks of.
type silence struct {
	playbook string
	of       ledger.CaseKey
	verb     Verb
}

// reckon notes what becomes of an action where no line says so.
func (l *look) reckon(a ledger.Action, v Verb) {
	if l.silent == nil {
		l.silent = map[ledger.ActionKey]silence{}
	}
	l.silent[a.Key] = silence{l.pb.Name, l.c.Key, v}
}

// notYet is what becomes of a step of which nobody can tell whether it is
// needed: it is held for a cell that is blank or cannot be read; what it asks
// for may also just not have happened yet.
func (l *look) notYet() Verb {
	if u := l.unknown; u == nil || u.Absent || len(u.Cells) == 0 {
		return Later
	}
	return HeldBack
}

// reckonUp counts every action of the cases that are open after this plan once:
// by its line, by what a look noted of it, by what the plan does with it, or by
// how it stands in the Book.
func (p *planner) reckonUp() {
	open := p.openAfter()
	at := make(map[ledger.ActionKey]Verb, len(p.plan.Lines))
	put := func(k ledger.ActionKey, of ledger.CaseKey, v Verb) {
		if _, had := at[k]; had || k == "" {
			return
		}
		if name, live := open[of]; live {
			at[k] = v
			p.count(name).Actions.add(v)
		}
	}
	for _, c := range p.plan.Changes { // what ends in this plan; a line may have more to say
		if x, ok := c.(ledger.ActionClosed); ok && x.Action.State == ledger.Settled {
			put(x.Action.Key, x.Action.Case, isDone)
		}
	}
	for _, l := range p.plan.Lines {
		put(l.Action, l.Case, l.Verb)
	}
	for k, s := range p.silent {
		put(k, s.of, s.verb)
	}
	for _, c := range p.plan.Changes {
		if x, ok := c.(ledger.ActionClosed); ok {
			put(x.Action.Key, x.Action.Case, map[ledger.ActionState]Verb{ledger.Missed: Misses, ledger.Withdrawn: Withholds}[x.Action.State])
		}
	}
	for of := range open {
		for _, a := range p.in.Book.ActionsOf(of) {
			if _, had := at[a.Key]; !had {
				a, _ = p.actionOf(a.Key)
				put(a.Key, of, p.stands(a))
			}
		}
	}
}

// stands is how an action of the Book stands of which this look said nothing.
func (p *planner) stands(a ledger.Action) Verb {
	switch {
	case a.State == ledger.Settled:
		return isDone
	case ended(a.State):
		return isOver
	case p.onTheWire(a):
		return onWay
	}
	return Waits
}

// openAfter are the cases that are open once the plan is made, with their
// playbooks.
func (p *planner) openAfter() map[ledger.CaseKey]string {
	open := map[ledger.CaseKey]string{}
	for name := range p.counts {
		for _, c := range p.casesOf(name) {
			if c.State != ledger.Closed {
				open[c.Key] = name
			}
		}
	}
	for _, c := range p.plan.Changes {
		switch x := c.(type) {
		case ledger.CaseOpened:
			open[x.Case] = x.Playbook
		case ledger.CaseReopened:
			k, _ := p.in.Book.Case(x.Case)
			open[x.Case] = k.Playbook
		case ledger.CaseClosed:
			delete(open, x.Case)
		}
	}
	return open
}
