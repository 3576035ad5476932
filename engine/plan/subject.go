package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// playbook opens the cases of one playbook and looks at those that are open.
func (p *planner) playbook(pb *playbook.Playbook) {
	d := &duty{planner: p, pb: pb}
	if pb.For != nil {
		d.table = p.in.Tables[pb.For.Dataset]
		if d.table == nil || d.table.Imported.IsZero() {
			p.plan.Holds = append(p.plan.Holds, Hold{Kind: "not imported", Playbook: pb.Name,
				Why: "there is no list of " + pb.For.Dataset + " yet", Hint: "clarion import " + pb.For.Dataset})
			return
		}
	}
	p.holdMissing(pb)
	d.stale, d.staleList = p.staleFor(pb)
	sw, _, on := p.in.Book.Switched(pb.Name)
	d.observes = p.trust(pb) == playbook.Observe
	d.raised = on && sw.Observes && !d.observes
	d.first = !on || sw.Digest != pb.Conditions || d.raised
	if d.first || sw.Words != pb.Words || sw.Observes != d.observes {
		p.change(ledger.SwitchedOn{Playbook: pb.Name, Digest: pb.Conditions, Words: pb.Words, Observes: d.observes})
	}
	if sw.Words != "" && sw.Words != pb.Words { // seen for the first time is no change
		p.fall(pb, fellByWords)
	}
	if pb.Every != nil {
		slot, ok := pb.Every.Last(p.clock, p.now)
		if !ok {
			p.wake(pb.Every.Next(p.clock, p.now).At)
			return
		}
		d.slot = &slot
		p.wake(pb.Every.Next(p.clock, p.now).At)
		d.openDoor()
	}
	d.run()
}

// openDoor sees to it that the door condition of a scheduled playbook is asked
// once a slot (rule 10): that it was asked is itself a case, of the constituency.
func (d *duty) openDoor() {
	if d.pb.For == nil {
		return
	}
	key := ledger.NewCaseKey(d.pb.Name, "", 0, d.slot.Key)
	if _, asked := d.in.Book.Case(key); asked {
		d.shutDoor = true
		return
	}
	d.change(ledger.CaseOpened{Case: key, Playbook: d.pb.Name, Occasion: d.slot.Key})
	d.change(ledger.CaseClosed{Case: key, Result: ledger.Done, Reason: "asked at the slot"})
}

// duty is the work on one playbook.
type duty struct {
	*planner
	pb        *playbook.Playbook
	table     *dataset.Table
	slot      *calendar.Slot
	first     bool                    // switched on, raised, or its conditions edited, at this look
	raised    bool                    // it observed, and acts from this look on: what it found is backlog
	observes  bool                    // it shows what it would do, and nothing of it leaves
	would     int                     // what it would do now
	shutDoor  bool                    // a slot whose door condition was asked before
	backlog   int                     // open cases that wait for approval as backlog
	stale     string                  // why a list that it reads is too old to act on
	staleList string                  // which
	chosen    map[string]dataset.Term // settings
	cases     map[dataset.Ref][]ledger.Case
	numbers   *Count
}

// run asks the door condition of every subject.
func (d *duty) run() {
	w := d.worldAt(d.now)
	d.cases, d.numbers = d.bySubject(), d.count(d.pb.Name)
	switch {
	case d.pb.For == nil:
		d.subject(w, nil, d.door(w, nil))
	case d.pb.Everyone || d.pb.When == nil:
		for _, r := range d.table.Rows {
			d.subject(w, r, yes)
		}
	case d.simple():
		d.pb.When.Each(w.World, d.shared(w), d.pb.For.Var, d.table, func(r *dataset.Row, v dataset.Term) {
			d.subject(w, r, truth(v))
		})
	default:
		for _, r := range d.table.Rows {
			d.subject(w, r, d.door(w, r))
		}
	}
	d.absent(w)
	d.report()
}

// simple reports whether the door condition reads nothing that differs from
// case to case but the subject itself, and so can be asked of all at once.
func (d *duty) simple() bool {
	for _, n := range d.pb.When.Names() {
		for _, l := range d.pb.Let {
			if l.Name == n {
				return false
			}
		}
		if n == "steps" || n == "period" || n == "since" {
			return false
		}
	}
	return !strings.Contains(d.pb.When.Source(), "replied(")
}

// shared gives the names that do not depend on a case.
func (d *duty) shared(w *world) condition.Vars {
	l := &look{duty: d}
	return l.vars(w)
}

func (d *duty) door(w *world, r *dataset.Row) tri {
	if d.pb.When == nil {
		return yes
	}
	l := &look{duty: d, row: r, c: ledger.Case{Opened: d.now}}
	t := d.pb.When.Eval(w.World, l.vars(w))
	v := truth(t)
	if v == unknown && t.Unknown != nil {
		l.unknown = t.Unknown
		d.doubt(l, "whether it applies", t.Unknown)
	}
	return v
}

// subject opens, reopens or re-times the case of one record and looks at every
// case of it that is open.
func (d *duty) subject(w *world, r *dataset.Row, v tri) {
	d.tally(w, r, v)
	if r != nil && v == no && len(d.cases[r.Ref]) == 0 {
		return // so it is with most records
	}
	var ref dataset.Ref
	ds := ""
	if r != nil {
		ref, ds = r.Ref, d.pb.For.Dataset
	}
	cases := d.cases[ref]
	if v == no && d.slot != nil && r == nil && (len(cases) == 0 || cases[len(cases)-1].Occasion < d.slot.Key) {
		d.askedInVain()
	}
	var current ledger.CaseKey
	if v == yes {
		c, live := d.occasion(w, r, ds, ref, cases)
		current = c.Key
		if live {
			d.lookAt(w, r, c, true)
		}
	}
	for _, c := range cases {
		switch {
		case c.State == ledger.Closed:
			d.leftOpen(w, r, c)
		case c.Key == current:
		case current != "" && d.pb.Again != nil && d.pb.Again.After == nil && d.pb.Every == nil:
			d.close(&look{duty: d, row: r, c: c}, ledger.Over, "a new occasion has begun")
		default:
			d.lookAt(w, r, c, false)
		}
	}
}

// tally counts what the door condition said of a record, and lists it where it
// said nothing.
func (d *duty) tally(w *world, r *dataset.Row, v tri) {
	n := d.numbers
	n.Looked++
	switch v {
	case yes:
		n.Matched++
	case no:
		n.NotMatched++
	default:
		n.Unknown++
		if r != nil && d.pb.When != nil && d.simple() {
			l := &look{duty: d, row: r, c: ledger.Case{Opened: d.now}}
			if t := d.pb.When.Eval(w.World, l.vars(w)); t.Unknown != nil {
				d.doubt(l, "whether it applies", t.Unknown)
			}
		}
	}
}

// askedInVain writes down that a slot's condition did not hold, so that it is
// not asked again before the next.
func (d *duty) askedInVain() {
	key := ledger.NewCaseKey(d.pb.Name, "", 0, d.slot.Key)
	d.change(ledger.CaseOpened{Case: key, Playbook: d.pb.Name, Occasion: d.slot.Key})
	d.change(ledger.CaseClosed{Case: key, Result: ledger.Over, Reason: inVain})
}

// occasion finds or opens the case that the door condition calls for. It is
// live if there is anything to ask of it: a case that closed for good is not.
func (d *duty) occasion(w *world, r *dataset.Row, ds string, ref dataset.Ref, cases []ledger.Case) (c ledger.Case, live bool) {
	occ, date, hasDate, ok := d.occasionKey(w, r, cases)
	if !ok {
		return c, false
	}
	key := ledger.NewCaseKey(d.pb.Name, ds, ref, occ)
	if c, ok := known(cases, key, date, hasDate); ok {
		return d.again(w, r, c, date, hasDate)
	}
	if d.shutDoor || d.hadIt(ref, occ, date, hasDate) {
		return c, false
	}
	c = ledger.Case{Key: key, Playbook: d.pb.Name, Dataset: ds, Subject: ref, Occasion: occ,
		Date: date, HasDate: hasDate, State: ledger.Open, Opened: d.now, Changed: d.now,
		Backlog: d.first && r != nil}
	d.change(ledger.CaseOpened{Case: key, Playbook: d.pb.Name, Dataset: ds, Subject: ref,
		Occasion: occ, Date: date, HasDate: hasDate, Backlog: c.Backlog})
	d.count(d.pb.Name).Opened++
	return c, true
}

// known finds the case of an occasion: the one of its key, or one whose date
// is so near that the new one only corrects it; the nearest, and of two as
// near the later one (rule 2).
func known(cases []ledger.Case, key ledger.CaseKey, date calendar.Date, hasDate bool) (best ledger.Case, ok bool) {
	for _, c := range cases {
		if c.Key == key {
			return c, true
		}
	}
	if !hasDate {
		return best, false
	}
	for _, c := range cases {
		near := abs(int(c.Date - date))
		if c.HasDate && near < correction && (!ok || near <= abs(int(best.Date-date))) {
			best, ok = c, true
		}
	}
	return best, ok
}

// again reopens a case that was only over, moves its date if that was
// corrected, and leaves every other as it is.
func (d *duty) again(w *world, r *dataset.Row, c ledger.Case, date calendar.Date, hasDate bool) (ledger.Case, bool) {
	if c.State == ledger.Closed {
		if c.Result != ledger.Over || d.pb.Every != nil || d.over(w, r, c) || c.Reason == doneUnderAnother && len(d.in.Book.Numbers(c.Subject)) > 1 {
			return c, false
		}
		d.change(ledger.CaseReopened{Case: c.Key})
		d.reopened[c.Key] = c.Changed
		c.State, c.Result, c.Reason, c.Changed = ledger.Open, "", "", d.now
	}
	if hasDate && c.HasDate && c.Date != date && abs(int(c.Date-date)) < correction {
		d.change(ledger.CaseRetimed{Case: c.Key, Date: date})
		c.Date, c.Changed = date, d.now
	}
	return c, true
}

// tasksOf gives the tasks of a case, as they are once it has reopened: those
// that its closing took away are open again.
func (p *planner) tasksOf(c ledger.CaseKey) []ledger.Task {
	out := p.in.Book.TasksOf(c)
	at := p.reopened[c]
	for i, t := range out {
		if !at.IsZero() && t.State == ledger.TaskWithdrawn && t.Changed.Equal(at) {
			out[i].State, out[i].Reason = ledger.TaskOpen, ""
		}
	}
	return out
}

// actionOf gives an action, as it is once its case has reopened.
func (p *planner) actionOf(k ledger.ActionKey) (ledger.Action, bool) {
	a, ok := p.in.Book.Action(k)
	at := p.reopened[a.Case]
	if ok && !at.IsZero() && a.State == ledger.Withdrawn && a.Changed.Equal(at) && a.Reason != "rejected" {
		a.State, a.Reason = ledger.Owed, ""
	}
	return a, ok
}

// leftOpen looks after the tasks of a case that was stopped: they stay open,
// and their owner sees why the letters ended (rule 4).
func (d *duty) leftOpen(w *world, r *dataset.Row, c ledger.Case) {
	if c.Result != ledger.Stopped {
		return
	}
	l := &look{duty: d, c: c, row: r, fired: map[string]bool{}}
	var a *anchors
	for _, t := range d.tasksOf(c.Key) {
		if t.State != ledger.TaskOpen && t.State != ledger.TaskOverdue {
			continue
		}
		if a == nil {
			x := l.anchorsOf(w)
			a = &x
		}
		for _, s := range d.pb.Steps {
			if s.ID == t.Step && s.Kind == playbook.Task {
				l.bound(w, s, t.Element, func() { l.follow(w, s, *a, t) })
			}
		}
	}
}

// occasionKey says which occasion this is.
func (d *duty) occasionKey(w *world, r *dataset.Row, cases []ledger.Case) (occ string, date calendar.Date, hasDate, ok bool) {
	a := d.pb.Again
	switch {
	case d.slot != nil:
		return d.slot.Key, d.clock.Day(d.slot.At), false, true
	case a == nil || a.Never:
		return "", 0, false, true
	case a.After != nil:
		occ, ok = d.episode(w, r, d.ofPerson(r, cases))
		return occ, 0, false, ok
	}
	l := &look{duty: d, row: r, c: ledger.Case{Opened: d.now}}
	var parts []string
	for _, e := range a.Exprs {
		t := e.Eval(w.World, l.vars(w))
		if t.Unknown != nil || t.Value.IsBlank() {
			u := t.Unknown
			if u == nil {
				u = &dataset.Unknown{Why: e.Source() + " is blank"}
			}
			d.doubt(l, "which occasion this is", u)
			return "", 0, false, false
		}
		parts = append(parts, mark(t.Value))
		if len(a.Exprs) == 1 && t.Value.Kind == dataset.Date {
			date, hasDate = t.Value.AsDate(), true
		}
	}
	return strings.Join(parts, "+"), date, hasDate, true
}

// episode is the occasion of "again: after 30 days": a new one may open that
// long after the last closed. Until then it is still the last one, which
// reopens if it was only over.
func (d *duty) episode(w *world, r *dataset.Row, cases []ledger.Case) (string, bool) {
	if len(cases) == 0 {
		return "1", true
	}
	last := cases[len(cases)-1]
	if last.State != ledger.Closed {
		return last.Occasion, true
	}
	l := &look{duty: d, row: r, c: last}
	by, ok := l.duration(w, d.pb.Again.After)
	if !ok {
		return "", false
	}
	free, err := d.clock.ShiftTime(last.Changed, by, false)
	if err != nil {
		return "", false
	}
	if d.now.Before(free) {
		d.wake(free)
		return last.Occasion, true
	}
	return strconv.Itoa(len(cases) + 1), true
}

// absent looks at open cases whose record is in the table no longer.
func (d *duty) absent(w *world) {
	if d.pb.For == nil {
		return
	}
	for _, c := range d.casesOf(d.pb.Name) {
		r := d.table.ByRef(c.Subject)
		switch {
		case c.Dataset == "" || r != nil && r.Ref == c.Subject:
		case c.State == ledger.Closed:
			d.leftOpen(w, r, c)
		case r != nil:
			d.close(&look{duty: d, row: r, c: c}, ledger.Over, underAnother)
		default:
			d.lookAt(w, nil, c, false)
		}
	}
}

// mark writes a value as a part of a key. Text is hashed: a key holds no
// words from outside.
func mark(v dataset.Value) string {
	switch v.Kind {
	case dataset.Date:
		return v.AsDate().String()
	case dataset.Time:
		return v.AsTime().UTC().Format("2006-01-02T15:04Z")
	case dataset.Choice:
		return v.S
	case dataset.Number, dataset.Money, dataset.YesNo:
		return strconv.FormatInt(v.N, 10)
	}
	h := sha256.Sum256([]byte(v.S + "\x00" + strconv.FormatInt(v.N, 10)))
	return hex.EncodeToString(h[:8])
}

func abs(n int) int {
	if n < 0 {
		return -n
	}
	return n
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
