package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// want is a letter that is owed and due.
type want struct {
	*look
	step    *playbook.Step
	action  ledger.Action
	window  window
	to      addressee
	repeat  bool // the same letter went before, with another value of its again
	early   bool // it goes before its moment, for its batch is too large
	behind  bool // some holders of the role have it, and others not yet
	basis   playbook.Basis
	element string
	each    dataset.Term
	eachVar string
}

// steps asks every step of the case what it owes now.
func (l *look) steps(w *world) {
	a := l.anchorsOf(w)
	for _, s := range l.pb.Steps {
		if s.Off {
			continue
		}
		l.elements(w, s, func() {
			if s.Kind == playbook.Task {
				l.task(w, s, a)
			} else {
				l.email(w, s, a)
			}
		})
	}
	for _, k := range sorted(l.backlogged) {
		l.line(l.backlogged[k])
	}
	l.overtake()
	l.wants = append(l.wants, l.letters...)
	if l.c.Backlog {
		l.backlog++
	}
}

// elements runs f once for a step without each, and once per element of one
// with it (rule 15).
func (l *look) elements(w *world, s *playbook.Step, f func()) {
	if s.Each == nil {
		f()
		return
	}
	t := s.Each.Expr.Eval(w.World, l.vars(w))
	if t.Unknown != nil {
		l.settled = false
		l.unsure(s, "for whom step "+readable(s.ID)+" is", t.Unknown)
		return
	}
	l.eachVar = s.Each.Var
	defer func() { l.element, l.eachVar, l.each = "", "", dataset.Term{} }()
	for _, r := range t.Rows {
		l.element, l.each = t.Schema.Name+"#"+itoa(int64(r.Ref)), dataset.Term{Row: r, Schema: t.Schema}
		f()
	}
	for _, x := range t.List {
		k := x.Value
		for _, name := range []string{"key", "name"} {
			if v, ok := x.Fields[name]; ok && k.IsBlank() {
				k = v.Value
			}
		}
		l.element, l.each = mark(k), x
		f()
	}
}

// bound runs f for one element of a step, bound to its name if it is still
// there.
func (l *look) bound(w *world, s *playbook.Step, element string, f func()) {
	found := false
	l.elements(w, s, func() {
		if !found && l.element == element {
			found = true
			f()
		}
	})
	if !found {
		l.element = element
		f()
		l.element = ""
	}
}

// email asks one email step what it owes now.
func (l *look) email(w *world, s *playbook.Step, a anchors) {
	win, u := l.windowOf(w, s, a, false)
	if u != nil {
		if !u.Absent || !l.through(s) { // what it counted from is gone, and its letters are too
			l.settled = false
		}
		l.unsure(s, "when "+readable(s.ID)+" is due", u)
		return
	}
	value, ok := l.occurrence(w, s)
	if !ok {
		return
	}
	tos, u := l.recipients(w, s.To)
	if u != nil {
		l.settled = false
		l.unsure(s, "to whom "+readable(s.ID)+" goes", u)
		return
	}
	if len(tos) == 0 {
		l.nobody(w, s, win)
	}
	if s.Late != nil && s.Late.Until != nil && !win.over(l.now) && l.toList(w, s.To) { // who joins the list until then gets theirs (rule 15)
		l.settled = false
	}
	if len(s.Again) > 0 && l.slot == nil { // it may have to speak again as long as the case lives
		l.settled = false
	}
	needed := yes
	if s.When != nil && len(tos) > 0 {
		needed = l.ask(w, s.When)
	}
	now := make(map[string]string, len(tos))
	for _, to := range tos {
		v, occ := win, l.occasionOf(s, to, value)
		now[to.key] = occ
		repeat := occ != "" && l.spokeBefore(s, to, occ)
		if occ != "" && l.another(s, to, occ) { // due when the new value was first seen, if that is later (rule 8)
			if v, u = l.windowOf(w, s, a, true); u != nil {
				v = win
			}
		}
		l.owe(w, s, v, occ, to, repeat, needed)
	}
	l.moveOn(s, now, value)
}

// owe decides about one letter to one addressee.
func (l *look) owe(w *world, s *playbook.Step, win window, occ string, to addressee, repeat bool, needed tri) {
	act := l.action(s, to, occ, win.moment)
	if known, ok := l.actionOf(act.Key); ok {
		switch known.State {
		case ledger.Missed:
			l.missed = true
			return
		case ledger.Settled:
			if l.behind(known) && !win.over(l.now) && l.frozen == nil && !l.paused && !l.observes { // it went to one holder of the role, and not yet to all
				l.pending++
				l.wants = append(l.wants, &want{look: l, step: s, action: act, window: win, to: to, repeat: repeat, behind: true,
					basis: basisOf(l.pb, s), element: l.element, each: l.each, eachVar: l.eachVar})
			}
			return
		case ledger.Withdrawn:
			return
		}
		if l.onTheWire(known) {
			l.settled = false
			return
		}
	}
	if l.hadElsewhere(act) {
		return
	}
	switch {
	case l.now.Before(win.moment):
		l.settled = false
		l.wake(win.moment)
		if needed == yes && l.goesAhead(s, win, to) {
			l.ahead = append(l.ahead, l.letter(s, win, act, to, repeat))
			return
		}
		l.line(l.lineOf(Later, s, to, win.moment, "").of(act.Key))
		return
	case l.backlogFor(s, to):
		l.settled = false
		if needed != no {
			l.holdBack(s, act, to, win.moment)
		}
		return
	case win.over(l.now) && (l.frozen != nil || l.paused):
		l.settled = false
		l.standStill(s, act, to, win.moment)
		return
	case win.over(l.now) && l.observes: // what it did not do is not held against it
		l.settled = false
		if _, promised := l.actionOf(act.Key); promised {
			l.gone[act.Key] = "the playbook only observes"
			l.line(l.lineOf(Observed, s, to, win.moment, "its time passed while the playbook only observed").of(act.Key))
		}
		return
	case win.over(l.now) && needed == no:
		l.shut(act, ledger.Settled, "not needed")
		return
	case win.over(l.now):
		why := l.whyMissed(w, s, act)
		l.miss(act, why)
		l.line(l.lineOf(Misses, s, to, win.moment, why).of(act.Key))
		l.missNotice(s, act, why)
		return
	}
	l.wake(win.end.Add(time.Second))
	switch {
	case needed == no:
		l.settled = false
		l.reckon(act, Later)
		if _, promised := l.actionOf(act.Key); promised {
			l.gone[act.Key] = "not needed now"
			l.line(l.lineOf(Later, s, to, win.moment, "not needed now").of(act.Key))
		}
		return
	case needed == unknown:
		l.settled = false
		l.reckon(act, l.notYet())
		what := "whether " + readable(s.ID) + " is needed"
		l.doubt(l, what, l.unknown)
		if a, promised := l.actionOf(act.Key); promised {
			l.waitsFor(s, a, "cannot tell "+what+": "+brief(l.unknown))
		}
		return
	}
	l.candidate(s, win, act, to, repeat)
}

// backlogFor reports whether a backlog case holds a letter back: all of them
// but those to an officer in that office.
func (l *look) backlogFor(s *playbook.Step, to addressee) bool {
	return l.c.Backlog && (to.role == "" || basisOf(l.pb, s) != playbook.Officer)
}

// behind reports whether a message that carries an action, which another
// message has carried home already, is still to go.
func (p *planner) behind(a ledger.Action) bool {
	for _, id := range a.Messages {
		if m, ok := p.in.Book.Message(id); ok && m.Kind == ledger.Letter && waiting(m.State) {
			return true
		}
	}
	return false
}

// waiting tells that a message is before its claim.
func waiting(s ledger.MessageState) bool {
	return s == ledger.Proposed || s == ledger.Approved || s == ledger.Deferred
}

// candidate is a letter whose time has come: unless the case as a whole is held
// back, it joins the letters of this look.
func (l *look) candidate(s *playbook.Step, win window, act ledger.Action, to addressee, repeat bool) {
	why := ""
	switch {
	case l.frozen != nil || l.paused:
		l.settled = false
		l.standStill(s, act, to, win.moment)
		return
	case l.observes:
		l.settled = false
		l.watch(s, act, to, win.moment)
		return
	case l.stale != "" && to.role == "":
		why = l.stale
	case to.role == "":
		why = l.absence(to)
	}
	if why != "" {
		l.settled = false
		l.gone[act.Key] = why
		l.line(l.lineOf(HeldBack, s, to, win.moment, why).of(act.Key))
		return
	}
	l.pending++
	l.letters = append(l.letters, l.letter(s, win, act, to, repeat))
}

// unsure lists what cannot be told about a step, and speaks of each of its
// letters that was promised and waits for that.
func (l *look) unsure(s *playbook.Step, what string, u *dataset.Unknown) {
	l.doubt(l, what, u)
	for _, a := range l.actionsOf(l.c.Key) {
		all := s.Each != nil && l.eachVar == "" // for whom the step is cannot be told
		if a.Step == s.ID && (all || a.Element == l.element) && !isNews(a.Occurrence) && l.unspoken(a.Key) {
			l.waitsFor(s, a, "cannot tell "+what+": "+brief(u))
		}
	}
}

// waitsFor speaks of a letter that was promised and waits, for a reason.
func (l *look) waitsFor(s *playbook.Step, a ledger.Action, why string) {
	l.gone[a.Key] = why
	l.line(l.lineOf(HeldBack, s, l.addresseeOf(a.Addressee), a.Due, why).of(a.Key))
}

// standStill says that a letter waits for its case, which is frozen or paused:
// however long that lasts, the plan speaks of it.
func (l *look) standStill(s *playbook.Step, act ledger.Action, to addressee, when time.Time) {
	why, verb := "paused", Waits
	if l.frozen != nil {
		why, verb = "cannot tell: "+brief(l.frozen), HeldBack
	}
	l.gone[act.Key] = why
	l.line(l.lineOf(verb, s, to, when, why).of(act.Key))
}

// basisOf is by what right a step is sent: its own, which can only be narrower,
// or the playbook's.
func basisOf(pb *playbook.Playbook, s *playbook.Step) playbook.Basis {
	if s.Basis != "" {
		return s.Basis
	}
	return pb.Basis
}

// holdBack notes that a letter of a backlog case is held: one line for each
// reader, about the last letter, which is the one that would go.
func (l *look) holdBack(s *playbook.Step, act ledger.Action, to addressee, when time.Time) {
	if l.backlogged == nil {
		l.backlogged = map[string]Line{}
	}
	why, verb := "held already when the playbook was switched on", HeldBack
	if l.observes {
		why, verb = "held already when the playbook was first seen", Observed
	}
	l.backlogged[to.key] = l.lineOf(verb, s, to, when, why).of(act.Key)
}

// overtake leaves, of several letters due to one person in one case, only the
// last in the file (rule 9).
func (l *look) overtake() {
	last := map[string]int{}
	for i, x := range l.letters {
		last[x.to.key+"\x00"+x.element] = i
	}
	kept := l.letters[:0]
	for i, x := range l.letters {
		if last[x.to.key+"\x00"+x.element] == i {
			kept = append(kept, x)
			continue
		}
		x.end(ledger.Withdrawn, "overtaken by a later letter")
		l.line(l.lineOf(Withholds, x.step, x.to, x.window.moment, "overtaken by a later letter"))
	}
	l.letters = kept
}

// action is the action of a step for an addressee.
func (l *look) action(s *playbook.Step, to addressee, occ string, due time.Time) ledger.Action {
	return ledger.Action{Key: ledger.NewActionKey(l.c.Key, s.ID, l.element, to.key, occ), Case: l.c.Key,
		Step: s.ID, Element: l.element, Addressee: to.key, Occurrence: occ, Due: due}
}

// onTheWire reports whether an action travels in a message that can be called
// back no longer.
func (p *planner) onTheWire(a ledger.Action) bool {
	if a.State != ledger.InMessage {
		return false
	}
	for _, id := range a.Messages {
		if m, ok := p.in.Book.Message(id); ok {
			switch m.State {
			case ledger.Claimed, ledger.Uncertain:
				return true
			}
		}
	}
	return false
}

// ended tells that an action is at its end.
func ended(s ledger.ActionState) bool {
	return s == ledger.Settled || s == ledger.Missed || s == ledger.Withdrawn
}

// end settles a letter that was due without a message.
func (x *want) end(s ledger.ActionState, why string) {
	x.shut(x.action, s, why)
	x.pending--
}

// shut settles an action without a message.
func (p *planner) shut(a ledger.Action, s ledger.ActionState, why string) {
	if p.closed[a.Key] {
		return
	}
	if known, ok := p.actionOf(a.Key); ok && ended(known.State) {
		return
	}
	p.closed[a.Key] = true
	a.State, a.Reason = s, why
	p.change(ledger.ActionClosed{Action: a})
	p.gone[a.Key] = why
}

// lineOf makes a line about a step of this case.
func (l *look) lineOf(v Verb, s *playbook.Step, to addressee, when time.Time, why string) Line {
	return Line{Verb: v, Playbook: l.pb.Name, Step: s.ID, Case: l.c.Key, Dataset: l.c.Dataset, Ref: l.c.Subject,
		About: l.about(), To: l.named(to), When: when, Why: why}
}

// lineOf makes a line about a letter.
func (x *want) lineOf(v Verb, s *playbook.Step, to addressee, when time.Time, why string) Line {
	return x.look.lineOf(v, s, to, when, why).of(x.action.Key)
}

// of makes a line be about an action.
func (l Line) of(k ledger.ActionKey) Line {
	l.Action = k
	return l
}

// named names an addressee for people.
func (l *look) named(to addressee) string {
	switch {
	case to.row != nil:
		return l.label(to.schema, to.row)
	case to.blank:
		return "(nobody named)"
	case to.role != "" && to.branch != "":
		return l.roleTitle(to.role) + ", " + dataset.Plain(to.branch)
	case to.role != "":
		return l.roleTitle(to.role)
	}
	return ""
}
