package plan

import (
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// unspoken reports whether an action still has to travel: it is unknown, owed
// again, or in a message that can be called back.
func (p *planner) unspoken(k ledger.ActionKey) bool {
	a, ok := p.actionOf(k)
	if !ok || a.State == ledger.Owed {
		return true
	}
	return a.State == ledger.InMessage && !p.onTheWire(a)
}

// owes reports whether a holder has still to be told of an action. What is
// done for one holder of a shared role is not for another whose message has
// not left.
func (p *planner) owes(k ledger.ActionKey, h holder) bool {
	if p.closed[k] {
		return false
	}
	a, ok := p.actionOf(k)
	if !ok || a.State == ledger.Owed {
		return true
	}
	tried := false
	for _, id := range a.Messages {
		m, ok := p.message(id)
		if !ok || m.Address != p.hash(h.email) {
			continue
		}
		switch m.State {
		case ledger.Sent, ledger.Claimed, ledger.Uncertain, ledger.Bounced:
			return false
		}
		tried = true
	}
	switch a.State {
	case ledger.InMessage:
		return tried || !p.onTheWire(a)
	case ledger.Settled:
		return tried
	}
	return false
}

// tell puts a task or a chaser into the digest of everybody it is for.
func (l *look) tell(w *world, s *playbook.Step, act ledger.Action, to addressee, t ledger.Task, sec section, key string) {
	private := l.pb.Private || s.Private
	hs, marks := l.holdersFor(to, private)
	if !l.toldLess(act.Key, hs) {
		return
	}
	if l.trust(l.pb) == playbook.Observe {
		l.would++
		l.line(l.lineOf(Observed, s, to, act.Due, l.because()).of(act.Key))
		return
	}
	as := l.worldAt(t.Given)
	if why := l.foreign(as, s, to); why != "" {
		l.line(l.lineOf(Withholds, s, to, act.Due, why).of(act.Key))
		return
	}
	body := l.put(as, s, to, t, sec == newTask)
	body.Marks = marks
	guards := s.Heads
	if sec == newTask {
		guards = s.Shows
	}
	if l.today > l.clock.Day(t.Due) {
		body.Late = true
	}
	if l.frozen != nil {
		body.Marks = append(body.Marks, "Cannot tell: "+brief(l.frozen))
	}
	if l.c.State == ledger.Closed {
		body.Marks = append(body.Marks, "The letters have ended: "+l.c.Reason)
	}
	verb, why := Tells, l.because()
	if sec == reminder {
		why = "reminder, " + key
		if body.Late {
			why = "overdue since " + l.clock.Day(t.Due).Words()
		}
	}
	line := l.lineOf(verb, s, to, act.Due, why).of(act.Key)
	l.toHolders(hs, item{action: act, section: sec, due: t.Due, body: body, line: line, number: t.Number, guards: guards, private: private})
	l.extra = nil
}

// toldLess reports whether anybody has still to be told of an action.
func (p *planner) toldLess(k ledger.ActionKey, hs []holder) bool {
	if len(hs) == 0 {
		return p.unspoken(k)
	}
	for _, h := range hs {
		if p.owes(k, h) {
			return true
		}
	}
	return false
}

// holdersFor gives those who read what is for an addressee, with marks that say
// why it is not the one named: a person who cannot be written to leaves it to
// the playbook's role, a vacant role to the one it falls to.
func (l *look) holdersFor(to addressee, private bool) (hs []holder, marks []string) {
	if to.row != nil {
		h := l.person(to.schema, to.row)
		why := l.barred(to, h, playbook.Officer)
		if why == "" {
			why = l.unreachable(h, private)
		}
		if why == "" {
			return []holder{h}, nil
		}
		marks = append(marks, "For "+h.name+": "+why)
		to = l.roleOf(nil, l.pb.Role)
	}
	hs, vacant := l.holders(to.role, to.branch)
	if vacant != "" {
		marks = append(marks, dataset.Plain(vacant))
	}
	return hs, marks
}

// legal tells that a playbook rests on law and has a day by which it is to be
// done.
func (d *duty) legal() bool { return d.pb.Locked && d.pb.Deadline != nil }

// toHolders adds an item to the digest of each of those who have not been told.
func (l *look) toHolders(hs []holder, it item) {
	if len(hs) == 0 {
		it.line.Verb, it.line.Why = HeldBack, "nobody holds this role, nor any that it falls to"
		l.line(it.line)
		return
	}
	it.legal = l.legal()
	first := true
	for _, h := range hs {
		if !l.owes(it.action.Key, h) {
			continue
		}
		one := l.masked(it, h)
		one.holder = h
		if !first {
			one.line.Playbook = "" // one line for all of them
		}
		first = false
		l.items = append(l.items, &one)
	}
}

func answers(s *playbook.Step) []string {
	if len(s.Answers) == 0 {
		return []string{"done"}
	}
	var out []string
	for _, a := range s.Answers {
		out = append(out, a.Text)
	}
	return out
}
