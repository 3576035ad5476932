package plan

import (
	"sort"
	"strconv"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

// task asks one task step what it owes now: the giving of the task, and its
// chasers. Tasks that were given are followed whatever else cannot be told.
func (l *look) task(w *world, s *playbook.Step, a anchors) {
	given := l.givenOf(s)
	l.fired = map[string]bool{}
	defer l.outdo(s)
	tos, win, told := l.taskFor(w, s, a, given)
	l.holding = map[string]bool{}
	for _, to := range tos {
		l.holding[to.key] = true
	}
	for _, t := range given {
		if !told && (t.State == ledger.TaskOpen || t.State == ledger.TaskOverdue) {
			l.holding[t.Addressee] = true
		}
	}
	for _, t := range given {
		switch {
		case !told || holds(tos, t.Addressee):
			l.follow(w, s, a, t)
		case t.State == ledger.TaskOpen || t.State == ledger.TaskOverdue:
			why := "it is now for somebody else"
			l.change(ledger.TaskWasWithdrawn{Number: t.Number, Reason: why})
			l.notice(l, t, "withdrawn", why)
			l.silence(t, ledger.Withdrawn, why)
		}
	}
	if !told {
		return
	}
	for _, to := range tos {
		act := l.action(s, to, "", win.moment)
		if _, ok := l.in.Book.TaskAt(act.Key); !ok {
			l.give(w, s, a, win, act, to)
		}
	}
}

// taskFor works out whom a task is for, and when. It is not told while that is
// unknown; and while a case with a deadline is frozen, those who have the task
// keep it, and what comes due goes to the playbook's role (law 3).
func (l *look) taskFor(w *world, s *playbook.Step, a anchors, given []ledger.Task) (tos []addressee, win window, told bool) {
	win, u := l.windowOf(w, s, a, false)
	if u != nil {
		l.settled = false
		l.doubt(l, "when "+readable(s.ID)+" is due", u)
		return nil, win, false
	}
	to := s.To
	if l.frozen != nil && len(given) > 0 {
		return nil, win, false
	}
	if l.frozen != nil && l.pb.Deadline != nil {
		to = playbook.Recipients{Roles: []string{l.pb.Role}}
	}
	tos, u = l.recipients(w, to)
	if u != nil {
		l.settled = false
		l.doubt(l, "to whom "+readable(s.ID)+" goes", u)
		return nil, win, false
	}
	if len(tos) == 0 {
		l.nobody(w, s, win)
	}
	for i, t := range tos {
		if t.blank {
			tos[i] = l.roleOf(w, l.pb.Role)
		}
	}
	if l.wasFrozen(given) {
		return nil, win, false
	}
	return tos, win, true
}

// wasFrozen reports whether the playbook's role was given the task while its
// case was frozen: then it keeps it.
func (l *look) wasFrozen(given []ledger.Task) bool {
	return len(given) == 1 && given[0].Addressee == "role:"+l.pb.Role
}

// givenOf lists the tasks of a step and element that were given.
func (l *look) givenOf(s *playbook.Step) []ledger.Task {
	var out []ledger.Task
	for _, t := range l.tasksOf(l.c.Key) {
		if t.Step == s.ID && t.Element == l.element {
			out = append(out, t)
		}
	}
	return out
}

func holds(tos []addressee, key string) bool {
	for _, t := range tos {
		if t.key == key {
			return true
		}
	}
	return false
}

// silence closes what is still to be said about a task that needs no doing: that
// it was given, and, unless the step has another open task, its reminders.
func (l *look) silence(t ledger.Task, as ledger.ActionState, why string) {
	if l.over == nil {
		l.over = map[int64]bool{}
	}
	l.over[t.Number] = true
	alone := true
	for _, o := range l.tasksOf(l.c.Key) {
		if o.Step == t.Step && o.Element == t.Element && !l.over[o.Number] && (o.State == ledger.TaskOpen || o.State == ledger.TaskOverdue) {
			alone = false
		}
	}
	for _, a := range l.actionsOf(l.c.Key) {
		if a.Step == t.Step && a.Element == t.Element && (a.Key == t.Key || alone && chases(a.Occurrence)) && l.unspoken(a.Key) {
			l.shut(a, as, why)
		}
	}
}

// give gives a task whose moment has come.
func (l *look) give(w *world, s *playbook.Step, a anchors, win window, act ledger.Action, to addressee) {
	if known, ok := l.actionOf(act.Key); ok {
		switch known.State {
		case ledger.Missed:
			l.missed = true
			return
		case ledger.Settled, ledger.Withdrawn:
			return
		}
	}
	if l.doneElsewhere(act) {
		return
	}
	if l.now.Before(win.moment) {
		l.settled = false
		l.wake(win.moment)
		l.line(l.lineOf(Later, s, to, win.moment, "").of(act.Key))
		return
	}
	if s.Done != nil && l.ask(w, s.Done) == yes {
		l.shut(act, ledger.Settled, "settled by the data: "+l.cells(w, s.Done))
		return
	}
	if why := l.answeredElsewhere(ledger.Task{Step: s.ID, Element: l.element}); why != "" {
		l.shut(act, ledger.Settled, why)
		return
	}
	needed := yes
	if s.When != nil {
		needed = l.ask(w, s.When)
	}
	if win.over(l.now) && (l.frozen != nil || l.paused || l.observes) {
		l.settled = false
		if !l.observes {
			l.standStill(s, act, to, win.moment)
		}
		return
	}
	if win.over(l.now) {
		if needed == no {
			l.shut(act, ledger.Settled, "not needed")
			return
		}
		l.miss(act, "its time had passed")
		l.line(l.lineOf(Misses, s, to, win.moment, "its time had passed").of(act.Key))
		l.missNotice(s, act, "its time had passed")
		return
	}
	settled := l.settled
	l.settled = false
	if !win.end.IsZero() {
		l.wake(win.end.Add(time.Second))
	}
	switch {
	case needed == unknown:
		l.reckon(act, l.notYet())
		l.doubt(l, "whether "+readable(s.ID)+" is needed", l.unknown)
		l.undecided(s, act)
		return
	case needed == no:
		l.reckon(act, Later)
		return
	}
	why, verb := "", HeldBack
	switch {
	case l.frozen != nil && l.pb.Deadline == nil:
		why = "cannot tell: " + brief(l.frozen)
	case l.paused:
		why, verb = "paused", Waits
	case l.observes:
		l.would++
		why, verb = l.because(), Observed
	}
	if why != "" {
		l.line(l.lineOf(verb, s, to, win.moment, why).of(act.Key))
		return
	}
	if s.Rows != nil && !s.Tally { // none is a figure too
		if t := l.rows(w, s); t.Unknown == nil && len(t.Rows) == 0 && len(t.LeftOut) == 0 {
			l.settled = settled
			l.shut(act, ledger.Settled, "nothing to say")
			return
		}
	}
	l.handOver(w, s, a, act, to)
}

// handOver gives the task.
func (l *look) handOver(w *world, s *playbook.Step, a anchors, act ledger.Action, to addressee) {
	a.given = l.now
	due, u := l.moment(w, s.Due, a)
	if u != nil {
		l.reckon(act, HeldBack)
		l.doubt(l, "by when "+readable(s.ID)+" is due", u)
		return
	}
	if (l.c.Backlog || l.first && l.slot != nil) && l.clock.Day(due) < l.today { // the day itself is not over
		why := "its day, " + l.clock.Day(due).Words() + ", had passed when the playbook was switched on"
		l.miss(act, why)
		l.line(l.lineOf(Misses, s, to, due, why).of(act.Key))
		if l.legal() { // a duty of law that nobody saw to is news, however old it is
			l.missNotice(s, act, why)
		}
		return
	}
	if why := l.foreign(w, s, to); why != "" {
		l.line(l.lineOf(Withholds, s, to, due, why).of(act.Key))
		return
	}
	l.change(ledger.TaskGiven{Key: act.Key, Case: l.c.Key, Step: s.ID, Element: l.element, Addressee: to.key, Due: due})
	l.given++
	n := l.lastTask() + int64(l.given)
	task := ledger.Task{Number: n, Key: act.Key, Case: l.c.Key, Step: s.ID, Element: l.element,
		Addressee: to.key, State: ledger.TaskOpen, Given: l.now, Due: due}
	if l.today > l.clock.Day(due) {
		l.change(ledger.TaskFellDue{Number: n})
		task.State = ledger.TaskOverdue
	} else {
		l.wake(l.clock.On(l.clock.Day(due)+1, 0))
	}
	l.tell(w, s, act, to, task, newTask, "")
	l.chase(w, s, to, task)
}

// lastTask is the number of the last task that the Book gave.
func (p *planner) lastTask() int64 {
	if p.taskBase == nil {
		var n int64
		if ts := p.in.Book.Tasks(); len(ts) > 0 {
			n = ts[len(ts)-1].Number
		}
		p.taskBase = &n
	}
	return *p.taskBase
}

// follow looks after a task that was given.
func (l *look) follow(w *world, s *playbook.Step, a anchors, t ledger.Task) {
	if t.State != ledger.TaskOpen && t.State != ledger.TaskOverdue {
		l.silence(t, ledger.Settled, "the task is "+string(t.State))
		return
	}
	why := l.answeredElsewhere(t)
	if s.Done != nil && l.ask(w, s.Done) == yes {
		why = "settled by the data: " + l.cells(w, s.Done)
	}
	if why != "" {
		l.change(ledger.TaskWasSettled{Number: t.Number, Reason: why})
		l.silence(t, ledger.Settled, why)
		return
	}
	l.settled = false
	if was, ok := l.in.Book.TaskAt(t.Key); ok && was.State == ledger.TaskWithdrawn {
		l.notice(l, t, "reopened", neededAfterAll)
	}
	a.given = t.Given
	if due, u := l.moment(w, s.Due, a); u == nil && !due.Equal(t.Due) {
		l.change(ledger.TaskRetimed{Number: t.Number, Due: due})
		t.Due = due
		if l.now.Before(due) {
			t.State = ledger.TaskOpen
		}
	}
	overdue := l.today > l.clock.Day(t.Due)
	if overdue && t.State == ledger.TaskOpen {
		l.change(ledger.TaskFellDue{Number: t.Number})
		t.State = ledger.TaskOverdue
	} else if !overdue {
		l.wake(l.clock.On(l.clock.Day(t.Due)+1, 0))
	}
	to := l.addresseeOf(t.Addressee)
	act := l.action(s, to, "", t.Given)
	if on, passed := l.passedOn(s, to, t); passed {
		act = on
		l.fired[act.Occurrence] = true // no reminder takes its place
	}
	l.tell(w, s, act, to, t, newTask, "")
	l.chase(w, s, to, t)
}

// answeredElsewhere says who answered the same task, where it was given to
// several roles.
func (l *look) answeredElsewhere(t ledger.Task) string {
	for _, o := range l.tasksOf(l.c.Key) {
		if o.Step == t.Step && o.Element == t.Element && o.Number != t.Number && o.State == ledger.TaskAnswered {
			return "answered by another holder of the task (no. " + itoa(o.Number) + ")"
		}
	}
	return ""
}

// A firing is one offset of a chase whose moment has come.
type firing struct {
	at   time.Time
	key  string
	rung playbook.Rung
}

// chase speaks the last offset whose moment has come, and only that one
// (rules 9 and 13).
func (l *look) chase(w *world, s *playbook.Step, to addressee, t ledger.Task) {
	var fired []firing
	for _, r := range s.Chase {
		if f, ok := l.fire(r, t); ok {
			fired = append(fired, f)
		}
	}
	if len(fired) == 0 {
		return
	}
	sort.SliceStable(fired, func(i, j int) bool { return fired[i].at.Before(fired[j].at) })
	f := fired[len(fired)-1]
	l.fired[f.key] = true
	tos, u := l.recipients(w, f.rung.To)
	if u != nil {
		l.doubt(l, "whom to remind of "+readable(s.ID), u)
		return
	}
	for _, c := range tos {
		if c.key != to.key && l.holding[c.key] {
			continue // who has the same task is reminded of their own
		}
		act := l.action(s, c, f.key, f.at)
		if c.key == to.key && !f.at.After(t.Given) { // the task itself is news enough
			if known, promised := l.actionOf(act.Key); promised && l.unspoken(act.Key) {
				l.shut(known, ledger.Withdrawn, "its day has moved to before the task was given")
			}
			continue
		}
		l.tell(w, s, act, c, t, reminder, f.key)
	}
}

// chases tells the occurrence of a chaser from that of a letter or of news.
func chases(occurrence string) bool {
	return occurrence != "" && !isNews(occurrence)
}

// outdo withdraws the chasers that a later one has taken the place of before
// they were sent.
func (l *look) outdo(s *playbook.Step) {
	if len(l.fired) == 0 {
		return
	}
	for _, a := range l.actionsOf(l.c.Key) {
		if a.Step == s.ID && a.Element == l.element && chases(a.Occurrence) && !l.fired[a.Occurrence] && l.unspoken(a.Key) {
			l.shut(a, ledger.Withdrawn, "overtaken by a later reminder")
		}
	}
}

// fire says whether an offset's moment has come, and which one it is.
func (l *look) fire(r playbook.Rung, t ledger.Task) (firing, bool) {
	due := l.clock.Day(t.Due)
	if r.Repeat.N == 0 {
		d, err := l.clock.ShiftDate(due, r.N, r.Before)
		if err != nil {
			return firing{}, false
		}
		at := l.clock.AtHour(d)
		l.wake(at)
		return firing{at: at, key: r.Key, rung: r}, !l.now.Before(at)
	}
	step := 1
	if r.Repeat.Unit == calendar.Week {
		step = 7
	}
	d := due + calendar.Date(step)
	if l.now.Before(l.clock.AtHour(d)) {
		l.wake(l.clock.AtHour(d))
		return firing{}, false
	}
	n := int(l.today-d) / step
	last := d + calendar.Date(n*step)
	if l.now.Before(l.clock.AtHour(last)) {
		l.wake(l.clock.AtHour(last))
		last -= calendar.Date(step)
	} else {
		l.wake(l.clock.AtHour(last + calendar.Date(step)))
	}
	return firing{at: l.clock.AtHour(last), key: r.Key + " " + last.String(), rung: r}, true
}
