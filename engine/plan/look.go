package plan

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// tri is a truth in Kleene's sense.
type tri uint8

const (
	no tri = iota
	yes
	unknown
)

func truth(t dataset.Term) tri {
	v, known := condition.Truth(t)
	switch {
	case !known:
		return unknown
	case v:
		return yes
	}
	return no
}

// look is one look at one open case.
type look struct {
	*duty
	c          ledger.Case
	row        *dataset.Row
	held       bool   // the door condition holds now
	element    string // the key of the each variable in hand
	eachVar    string
	each       dataset.Term
	frozen     *dataset.Unknown
	unknown    *dataset.Unknown
	paused     bool
	extra      map[string]dataset.Term    // due, given, recipient, repeat, rows
	lets       map[*world]condition.Vars  // by moment, with what let came to
	said       string                     // because, once worked out
	went       map[string]dataset.Term    // steps, once asked for: the Book does not change
	seen       time.Time                  // since, once asked for
	occasions  map[string][]ledger.Action // letters by step, element and reader, once asked for
	lost       []ledger.Action            // missed in this look, which the steps that come after see
	letters    []*want                    // due letters of this case, in the order of the file
	backlogged map[string]Line            // letters of a backlog case, by reader
	settled    bool                       // every step is settled, but for letters that are due now
	fired      map[string]bool            // the reminders of a step whose moment has come last
	holding    map[string]bool            // who has the task of a step, each a copy of their own
	over       map[int64]bool             // tasks that ended in this look
	pending    int                        // letters that are due now
	missed     bool                       // and one of them was missed
	elsewhere  bool                       // something was done under another number of the person
}

// lookAt asks of an open case, in this order, whether it is done, stopped,
// ended, over or frozen, and if it stays open what its steps owe (rule 4).
func (d *duty) lookAt(w *world, r *dataset.Row, c ledger.Case, held bool) {
	c.Backlog = c.Backlog || d.raised && c.Subject != 0
	l := &look{duty: d, c: c, row: r, held: held}
	if d.bygone(l) {
		return
	}
	if d.pb.For != nil && r == nil && d.pb.For.Dataset == "gift_groups" { // nothing is lost: worked out anew, the group is no more (rule 23)
		d.close(l, ledger.Over, "no longer applies")
		return
	}
	if d.pb.For != nil && r == nil {
		l.freeze(&dataset.Unknown{Why: "the record is no longer in the list of " + d.pb.For.Dataset})
		l.steps(w)
		return
	}
	if t := l.ask(w, d.pb.Done); t == yes {
		d.close(l, ledger.Done, "settled by the data: "+l.cells(w, d.pb.Done))
		return
	}
	stop := l.ask(w, d.pb.Stop)
	if stop == yes {
		why := l.cells(w, d.pb.Stop)
		d.close(l, ledger.Stopped, why)
		l.c.State, l.c.Result, l.c.Reason = ledger.Closed, ledger.Stopped, why
		d.leftOpen(w, r, l.c)
		return
	}
	if d.slot == nil || d.pb.While != d.pb.When { // when is asked once a slot, and does not end what it began (rule 10)
		switch stays, u := l.stays(w); {
		case stays == no:
			d.close(l, ledger.Over, "no longer applies")
			return
		case stays == unknown:
			l.freeze(u)
		}
	}
	// A cell that may say stop and cannot be told holds the letters; an answer
	// that nobody has given yet does not.
	if stop == unknown && l.frozen == nil && l.unknown != nil && len(l.unknown.Cells) > 0 {
		l.freeze(l.unknown)
	}
	l.paused = d.pb.Pause != nil && l.ask(w, d.pb.Pause) != no
	switch {
	case l.frozen != nil:
	case l.paused && c.State != ledger.Frozen:
		d.change(ledger.CaseFrozen{Case: c.Key, Reason: "paused"})
		l.c.State = ledger.Frozen
	case !l.paused && c.State == ledger.Frozen:
		// Lateness stood still: it counts from now.
		d.change(ledger.CaseThawed{Case: c.Key})
		l.c.State, l.c.Changed = ledger.Open, d.now
	}
	l.settled = true
	l.steps(w)
	if l.settled && l.frozen == nil && !l.c.Backlog {
		d.ripe = append(d.ripe, l)
	}
}

// everyStep is why a case closes by itself.
const everyStep = "every step is settled"

// closeSettled closes the cases of which every step is settled, once it is
// known that none of their letters is still to go.
func (p *planner) closeSettled() {
	for _, l := range p.ripe {
		if l.pending > 0 {
			continue
		}
		result, why := ledger.Done, everyStep
		if l.missed {
			result, why = ledger.Spent, everyStep+", some were missed"
		}
		if l.elsewhere {
			result, why = ledger.Over, doneUnderAnother
		}
		l.close(l, result, why)
	}
}

func (l *look) ask(w *world, e *condition.Expr) tri {
	if e == nil {
		return no
	}
	t := e.Eval(w.World, l.vars(w))
	if t.Unknown != nil {
		l.unknown = t.Unknown
	}
	return truth(t)
}

// stays asks the staying condition: while, or when.
func (l *look) stays(w *world) (tri, *dataset.Unknown) {
	e := l.pb.While
	if e == nil {
		e = l.pb.When
	}
	if e == nil {
		return yes, nil
	}
	if e == l.pb.When && l.held {
		return yes, nil
	}
	t := e.Eval(w.World, l.vars(w))
	return truth(t), t.Unknown
}

// over reports whether the staying condition of a case, where it has one of its
// own, does not hold: then there is nothing to reopen.
func (d *duty) over(w *world, r *dataset.Row, c ledger.Case) bool {
	l := &look{duty: d, row: r, c: c}
	return d.pb.While != d.pb.When && l.ask(w, d.pb.While) == no
}

func (l *look) freeze(u *dataset.Unknown) {
	if u == nil {
		u = &dataset.Unknown{Why: "a condition cannot be told"}
	}
	l.frozen = u
	if l.c.State != ledger.Frozen {
		l.change(ledger.CaseFrozen{Case: l.c.Key, Reason: brief(u)})
		l.c.State = ledger.Frozen
	}
	l.doubt(l, "whether it still applies", u)
}

// close closes a case and withdraws what the rule says.
func (d *duty) close(l *look, result ledger.Result, why string) {
	for _, t := range d.tasksOf(l.c.Key) {
		if t.State != ledger.TaskOpen && t.State != ledger.TaskOverdue || l.over[t.Number] {
			continue
		}
		switch result {
		case ledger.Done:
			d.change(ledger.TaskWasSettled{Number: t.Number, Reason: why})
		case ledger.Over, ledger.Ended:
			d.change(ledger.TaskWasWithdrawn{Number: t.Number, Reason: why})
			d.notice(l, t, "withdrawn", why)
		}
	}
	for _, a := range d.actionsOf(l.c.Key) {
		if (a.State == ledger.InMessage || a.State == ledger.Owed) && d.gone[a.Key] == "" {
			d.gone[a.Key] = "the case closed: " + why
		}
	}
	d.change(ledger.CaseClosed{Case: l.c.Key, Result: result, Reason: why})
	d.count(d.pb.Name).Closed++
	d.line(Line{Verb: Closes, Playbook: d.pb.Name, Case: l.c.Key, Dataset: l.c.Dataset, Ref: l.c.Subject,
		About: l.about(), Why: string(result) + ": " + why, When: d.now})
}

// about names the subject of a case for people.
func (l *look) about() string {
	if l.row == nil {
		if l.slot != nil && l.c.Dataset == "" {
			return l.slotOf().Period.Label
		}
		if l.c.Dataset == "" {
			return l.set.Constituency.Name
		}
		return l.c.Dataset + " no. " + strconv.FormatInt(int64(l.c.Subject), 10)
	}
	return l.label(l.pb.For.Schema, l.row)
}

// label names a record: its name, title or donor, an import its file, else its
// key.
func (p *planner) label(s *dataset.Schema, r *dataset.Row) string {
	for _, n := range []string{"name", "title", "donor"} {
		if v, _ := r.Get(s, n); !v.IsBlank() {
			return dataset.Plain(v.Words(p.clock))
		}
	}
	if v, _ := r.Get(s, "file"); s.Name == "imports" && !v.IsBlank() {
		return dataset.Plain(v.S)
	}
	if s.Name == "officers" {
		if who, _ := r.Get(s, "person"); !who.IsBlank() {
			role, _ := r.Get(s, "role")
			return dataset.Plain(who.Words(p.clock)) + ", " + p.roleTitle(slug(role.S))
		}
	}
	return dataset.Plain(r.Key)
}

// doubt puts a record on the cannot-tell list, unless the doubt is quiet.
func (d *duty) doubt(l *look, what string, u *dataset.Unknown) {
	if u == nil || u.Absent && len(u.Cells) == 0 && u.Why == "" {
		return
	}
	ref := l.c.Subject
	if l.row != nil {
		ref = l.row.Ref
	}
	d.plan.CannotTell = append(d.plan.CannotTell, CannotTell{Playbook: d.pb.Name, What: what,
		About: l.about(), Cells: u.Cells, Why: u.Why, ref: ref})
}

// brief says an Unknown in words that hold no personal data.
func brief(u *dataset.Unknown) string {
	if len(u.Cells) == 0 {
		if u.Why != "" {
			return clip(u.Why)
		}
		return "a record it needs is not there"
	}
	var out []string
	for _, c := range u.Cells {
		s := readable(c.Column) + " is blank"
		if c.Why != "" {
			s = readable(c.Column) + " cannot be read"
		}
		if c.Origin.Row > 0 {
			s += " (" + c.Dataset + " row " + strconv.Itoa(c.Origin.Row) + ")"
		}
		out = append(out, s)
	}
	sort.Strings(out)
	return clip(strings.Join(out, ", "))
}

// clip keeps a reason to the length that the ledger takes.
func clip(s string) string {
	const most = 150
	if len(s) <= most {
		return s
	}
	for i := most; ; i-- {
		if s[i] == ' ' || i == most/2 {
			return s[:i] + " ..."
		}
	}
}

// cells says which cells a condition and the names it uses read and where they
// stand, without their contents: those that are filled in, which decided it, or
// where all are blank these.
func (l *look) cells(w *world, e *condition.Expr) string {
	var filled, blank []string
	used := map[string]bool{}
	var read func(e *condition.Expr)
	var walk func(x condition.Explanation)
	walk = func(x condition.Explanation) {
		for _, p := range x.Parts {
			walk(p)
		}
		to := &blank
		if x.Value.Unknown == nil && !x.Value.Value.IsBlank() {
			to = &filled
		}
		for _, c := range x.Cells {
			s := c.Column
			if c.Origin.Row > 0 {
				s += " (" + c.Dataset + " row " + strconv.Itoa(c.Origin.Row) + ")"
			}
			if len(x.Parts) == 0 && !slices.Contains(*to, s) {
				*to = append(*to, s)
			}
		}
	}
	read = func(e *condition.Expr) {
		if e == nil {
			return
		}
		walk(e.Explain(w.World, l.vars(w)))
		for _, name := range e.Names() {
			for _, x := range l.pb.Let {
				if x.Name == name && !used[name] {
					used[name] = true
					read(x.Expr)
				}
			}
		}
	}
	read(e)
	if len(filled) == 0 {
		filled = blank
	}
	if len(filled) == 0 {
		return "its condition came true"
	}
	return clip(strings.Join(filled, ", "))
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
