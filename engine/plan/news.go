package plan

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// neededAfterAll is why a task is reopened.
const neededAfterAll = "it is needed after all"

// pendingNotice is news of something that was missed or withdrawn.
type pendingNotice struct {
	*look
	step   *playbook.Step
	action ledger.Action
	to     addressee
	what   string
	why    string
}

// spreadNotices turns news that has not been spoken into items.
func (p *planner) spreadNotices() {
	for _, n := range p.notices {
		n.tellNews(n.step, n.action, n.to, n.what, n.why)
	}
	p.remember()
}

// tellNews puts news into digests.
func (l *look) tellNews(s *playbook.Step, a ledger.Action, to addressee, what, why string) {
	private := l.pb.Private || s.Private
	hs, marks := l.holdersFor(to, private)
	if !l.toldLess(a.Key, hs) {
		return
	}
	if l.trust(l.pb) == playbook.Observe {
		l.line(l.lineOf(Observed, s, to, a.Due, what+": "+why).of(a.Key))
		return
	}
	became := " was " + what
	if what == "undecided" {
		became = ": nobody can tell whether it is needed"
	}
	body := letter.Item{Line: l.pb.Title + ": " + called(s) + l.forWhom() + became, Marks: marks}
	if why != "" {
		body.Detail = capital(why) + "."
	}
	l.toHolders(hs, item{bunch: what + "\x00" + l.pb.Name + "\x00" + s.ID + " " + what, title: l.pb.Title, cells: []string{l.about(), l.whom(a), why}, action: a, section: news, urgent: what == "missed" || what == "undecided", due: a.Due, body: body, guards: l.pb.Guards(), private: private,
		line: l.lineOf(Tells, s, to, a.Due, what+": "+why).of(a.Key)})
}

// forWhom says whom a case is about, where it is about a record.
func (l *look) forWhom() string {
	if l.pb.For == nil {
		return ""
	}
	return " for " + l.about()
}

// called is what people call a step.
func called(s *playbook.Step) string {
	if s.Kind == playbook.Email {
		return "the letter “" + readable(s.ID) + "”"
	}
	return "the task “" + readable(s.ID) + "”"
}

// remember brings back news that was promised in a message which fell away, or
// which has not left yet, from the Book alone.
func (p *planner) remember() {
	have := map[ledger.ActionKey]bool{}
	for _, n := range p.notices {
		have[n.action.Key] = true
	}
	for _, a := range p.in.Book.Saying(isNews) {
		if have[a.Key] || a.State != ledger.Owed && len(a.Messages) == 0 {
			continue
		}
		if c, ok := p.in.Book.Case(a.Case); ok {
			p.recall(c, a)
		}
	}
}

// ends reports whether a task ends in this look.
func (p *planner) ends(t ledger.Task) bool {
	for _, c := range p.plan.Changes {
		switch c := c.(type) {
		case ledger.TaskWasSettled:
			if c.Number == t.Number {
				return true
			}
		case ledger.TaskWasWithdrawn:
			if c.Number == t.Number {
				return true
			}
		}
	}
	return false
}

// recall tells news again: what it is about, and why that was missed or
// withdrawn, stands in the Book.
func (p *planner) recall(c ledger.Case, a ledger.Action) {
	words := append(strings.SplitN(a.Occurrence, " ", 3), "", "")
	words[0] = newsOf(a.Occurrence)
	if words[0] == "undecided" {
		return // by now it can be told
	}
	origin := ledger.NewActionKey(c.Key, a.Step, a.Element, words[1], words[2])
	why := ""
	if x, ok := p.in.Book.Action(origin); ok && words[0] == "missed" {
		why = x.Reason
	}
	if t, ok := p.in.Book.TaskAt(origin); ok && words[0] == "withdrawn" {
		if t.State != ledger.TaskWithdrawn || !p.reopened[c.Key].IsZero() {
			return // its case reopened, and the task with it
		}
		why = t.Reason
	} else if ok && words[0] == "reopened" {
		if t.State != ledger.TaskOpen && t.State != ledger.TaskOverdue || p.ends(t) {
			return // and it ended since
		}
		why = neededAfterAll
	}
	for _, pb := range p.set.Playbooks {
		if pb.Name != c.Playbook {
			continue
		}
		l := p.lookFor(pb, c)
		for _, s := range pb.Steps {
			if s.ID == a.Step {
				l.tellNews(s, a, l.addresseeOf(a.Addressee), words[0], why)
			}
		}
	}
}

// isNews tells the occurrence of news about an action from that of a letter
// that speaks again, or of a reminder.
func isNews(occurrence string) bool {
	what := newsOf(occurrence)
	return what == "missed" || what == "withdrawn" || what == "reopened" || what == "undecided"
}

// newsOf gives what news says became of an action: the first word of its
// occurrence, without the number of the time.
func newsOf(occurrence string) string {
	what, _, _ := strings.Cut(occurrence, " ")
	what, _, _ = strings.Cut(what, "-")
	return what
}

// times counts the news of a kind about a task that somebody has read.
func (l *look) times(a ledger.Action, what string) int {
	n := 0
	for _, x := range l.actionsOf(a.Case) {
		if x.Step == a.Step && x.Element == a.Element && newsOf(x.Occurrence) == what && x.State == ledger.Settled &&
			strings.HasSuffix(x.Occurrence, strings.TrimSpace(" "+a.Addressee+" "+a.Occurrence)) {
			n++
		}
	}
	return n
}

// missNotice tells the playbook's role that a step was missed.
func (l *look) missNotice(s *playbook.Step, act ledger.Action, why string) {
	l.noticeTo(s, act, "missed", why)
}

// notice tells the owner of a task what became of it without her.
func (d *duty) notice(l *look, t ledger.Task, what, why string) {
	for _, s := range d.pb.Steps {
		if s.ID != t.Step {
			continue
		}
		a := ledger.Action{Key: t.Key, Case: t.Case, Step: t.Step, Element: t.Element, Addressee: t.Addressee, Due: t.Due}
		known, ok := d.actionOf(t.Key)
		if ok && known.State == ledger.Settled { // the officer has read of it
			l.noticeTo(s, a, what, why)
		}
	}
}

// noticeTo puts news of an action into the digest of the playbook's role or, of
// a task that was withdrawn or reopened, of whoever had it. The news has a key of its own,
// from which the action that it is about is found again.
func (l *look) noticeTo(s *playbook.Step, a ledger.Action, what, why string) {
	role := l.roleOf(nil, l.pb.Role)
	if what == "withdrawn" || what == "reopened" {
		role = l.addresseeOf(a.Addressee)
	}
	word := what
	switch told := l.times(a, "withdrawn"); what {
	case "withdrawn": // once more, if it was reopened since
		if again := l.times(a, "reopened"); again > 0 {
			word += "-" + itoa(int64(again+1))
		}
	case "reopened":
		if told == 0 { // nobody has read that it is not needed
			return
		} else if told > 1 {
			word += "-" + itoa(int64(told))
		}
	}
	n := a
	n.Occurrence = strings.TrimSpace(word + " " + a.Addressee + " " + a.Occurrence)
	n.Key = ledger.NewActionKey(l.c.Key, s.ID, a.Element, role.key, n.Occurrence)
	n.Addressee, n.Due, n.State, n.Reason, n.Messages = role.key, l.now, "", "", nil
	l.notices = append(l.notices, pendingNotice{look: l, step: s, action: n, to: role, what: what, why: why})
}
