package ledger

import "time"

// findMessage gives a message in one of the states, for changing, or says why
// there is none.
func (b *Book) findMessage(id int64, in ...MessageState) (*messageEntry, string) {
	if id < 1 || id > int64(len(b.messages)) {
		return nil, "there is no such message"
	}
	m := &b.messages[id-1]
	return m, among("the message", m.State, in)
}

// enter puts a message into a state.
func (b *Book) enter(m *messageEntry, at time.Time, state MessageState, reason string) {
	m.State, m.Reason, m.At = state, reason, at
	b.touch.messages.mark(int32(m.ID))
}

func (c MessageApproved) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Proposed)
	if why != "" {
		return why
	}
	if c.Digest != m.Digest {
		return "the words approved are not those of the message"
	}
	yes := Yes{b.by, c.Person, at, c.Via, c.Plan}
	switch {
	case c.Auto && (yes != Yes{By: yes.By, At: at} || !c.Until.IsZero()):
		return "trust is no person, and what it lets go is not undone"
	case c.Auto && m.Two:
		return "the letter needs the yes of two persons, and trust is none"
	case m.Two && m.First == (Yes{}):
		return "the letter needs the yes of two persons, and has none"
	case m.Two && m.First.By == yes.By:
		return "the other yes must be another role's"
	case m.Two && m.First.Person != 0 && (m.First.Person == yes.Person || b.Same(m.First.Person, yes.Person)):
		return "the other yes must be another person's"
	case !c.Until.IsZero() && c.Until.Before(at):
		return "the undo window would end before it begins"
	case !m.Expires.IsZero() && c.Until.After(m.Expires):
		return "it is too late to go when the time to take its yes back is over"
	}
	if why := b.checkYes(yes); why != "" {
		return why
	}
	if why := b.checkActions(m); why != "" {
		return why
	}
	m.Auto, m.Until = c.Auto, c.Until
	if !c.Auto {
		m.Yes = yes
	}
	b.enter(m, at, Approved, "")
	if m.Kind == Letter && m.Playbook != "" && !c.Auto {
		b.approvedLetter(m.Playbook, at)
	}
	return ""
}

func (c MessageGotYes) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Proposed)
	yes := Yes{b.by, c.Person, at, c.Via, c.Plan}
	switch {
	case why != "":
		return why
	case c.Digest != m.Digest:
		return "the words approved are not those of the message"
	case !m.Two:
		return "the message needs the yes of one person only"
	case m.First != (Yes{}):
		return "the first of two has said yes already"
	}
	if why := b.checkYes(yes); why != "" {
		return why
	}
	if why := b.checkActions(m); why != "" {
		return why
	}
	m.First = yes
	b.touch.messages.mark(int32(m.ID))
	return ""
}

// checkYes says what is wrong with a yes, whatever it is said to.
func (b *Book) checkYes(y Yes) string {
	switch {
	case y.Person < 0:
		return "the number of a person is not negative"
	case b.isErased(y.Person):
		return "the person has been erased"
	case y.Via != "" && y.Via != "terminal" && y.Via != "console" && y.Via != "mail" && y.Via != "link":
		return "a yes comes by terminal, console, mail or link"
	case y.Plan == 0:
		return ""
	}
	switch p, known := b.SavedPlan(y.Plan); {
	case !known:
		return "there is no saved plan of that number"
	case p.Expired:
		return "the plan has expired"
	case !y.At.Before(p.Expires):
		return "the plan is past its end"
	}
	return ""
}

// checkActions says whether an action of a message has been closed since: then
// the message is to be superseded.
func (b *Book) checkActions(m *messageEntry) string {
	for _, key := range m.Actions {
		if s := b.actions[b.actionAt[key]-1].State; s == Missed || s == Withdrawn {
			return "an action in the message is " + string(s) + ": " + string(key)
		}
	}
	return ""
}

func (c MessageRejected) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Proposed, Approved, Deferred)
	if why != "" {
		return why
	}
	b.enter(m, at, Rejected, c.Reason)
	b.leave(m, at, Withdrawn, reasonRejected)
	b.countAnew(m.Playbook)
	return ""
}

func (c MessageSuperseded) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Proposed, Approved, Deferred)
	if why != "" {
		return why
	}
	b.enter(m, at, Superseded, c.Reason)
	b.leave(m, at, Owed, c.Reason)
	return ""
}

func (c MessageExpired) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Proposed, Approved, Deferred)
	if why != "" {
		return why
	}
	b.enter(m, at, Expired, c.Reason)
	reason := c.Reason
	if reason == "" {
		reason = reasonExpired
	}
	b.leave(m, at, Missed, reason)
	return ""
}

func (c MessageRetimed) apply(b *Book, _ time.Time) string {
	m, why := b.findMessage(c.ID, Proposed, Approved, Deferred)
	if why != "" {
		return why
	}
	if !c.Expires.IsZero() && c.Expires.Before(c.NotBefore) {
		return "the message would expire before it may go"
	}
	m.NotBefore, m.Expires = c.NotBefore, c.Expires
	b.touch.messages.mark(int32(m.ID))
	return ""
}

func (c MessageClaimed) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Approved, Deferred)
	switch {
	case why != "":
		return why
	case b.halted:
		return "everything is stopped until clarion resume"
	case c.Fence < b.fence:
		return "a later deliverer has taken over"
	case at.Before(m.NotBefore):
		return "the message may not go yet"
	case at.Before(m.Until):
		return "its yes may still be taken back"
	case !m.Expires.IsZero() && at.After(m.Expires):
		return "the message is too late to go"
	case m.counts() && b.suppresses(m.Person, m.Address, m.Basis):
		return "the person or the address is suppressed"
	case b.wentToTwin(m):
		return "it went to the same person under another number"
	}
	if why := b.checkActions(m); why != "" {
		return why
	}
	for _, key := range m.Actions {
		a := &b.actions[b.actionAt[key]-1]
		if why := b.checkCase(&m.Message, a.Case, a.Addressee); why != "" {
			return why
		}
	}
	if c.Fence > b.fence {
		b.fence = c.Fence
		b.touch.part("fence")
	}
	m.Fence = c.Fence
	m.Attempts++
	b.enter(m, at, Claimed, "")
	return ""
}

func (c MessageSent) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Claimed, Uncertain)
	if why != "" {
		return why
	}
	if m.State == Uncertain && c.Proof == "" {
		return "that an uncertain message went needs a proof"
	}
	if m.SentAt.IsZero() {
		m.SentAt = at
	}
	b.enter(m, at, Sent, c.Proof)
	b.leave(m, at, Settled, "")
	return ""
}

func (c MessageDeferred) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Claimed)
	if why != "" {
		return why
	}
	if !c.Until.IsZero() {
		m.NotBefore = c.Until
	}
	b.enter(m, at, Deferred, code(c.Code, ""))
	return ""
}

func (c MessageFailed) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Claimed, Uncertain)
	if why != "" {
		return why
	}
	m.SentAt = time.Time{}
	reason := code(c.Code, c.Why)
	b.enter(m, at, Failed, reason)
	b.leave(m, at, Owed, reason)
	return ""
}

func (c MessageUncertain) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Claimed)
	if why != "" {
		return why
	}
	m.SentAt = m.At
	b.enter(m, at, Uncertain, c.Why)
	return ""
}

func (c MessageBounced) apply(b *Book, at time.Time) string {
	m, why := b.findMessage(c.ID, Sent, Uncertain)
	if why != "" {
		return why
	}
	b.enter(m, at, Bounced, code(c.Code, c.Why))
	b.leave(m, at, Settled, "")
	return ""
}
