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
	if why := b.checkActions(m); why != "" {
		return why
	}
	m.Auto = c.Auto
	b.enter(m, at, Approved, "")
	if m.Kind == Letter && m.Playbook != "" && !c.Auto {
		b.approvedLetter(m.Playbook, at)
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
