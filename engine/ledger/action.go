package ledger

import (
	"slices"
	"time"
)

// ActionState is where an action stands. An action that is still waiting for
// its moment is not in the Book: that is decided anew at each look.
type ActionState string

// The states of an action that the Book remembers.
const (
	Owed      ActionState = "owed"       // was in a message that fell away; to be planned again
	InMessage ActionState = "in message" // travelling
	Settled   ActionState = "done"       // sent; or needed no message ("nothing to say")
	Missed    ActionState = "missed"
	Withdrawn ActionState = "withdrawn" // by a person, by the data, or overtaken
)

// An Action is what is owed to one addressee. A task step has one action for
// giving the task (Occurrence empty) and one for each chaser.
type Action struct {
	Key        ActionKey   `json:"key"`
	Case       CaseKey     `json:"case"`
	Step       string      `json:"step"`
	Element    string      `json:"element,omitempty"`
	Addressee  string      `json:"addressee"`            // "role:treasurer", "role:branch_secretary/North", "members#17"
	Occurrence string      `json:"occurrence,omitempty"` // of a chaser "16 days before", of a repeat, of a page of a sheet
	State      ActionState `json:"state,omitempty"`
	Reason     string      `json:"reason,omitempty"`
	Messages   []int64     `json:"messages,omitempty"` // that carry or carried it (a shared role has several holders)
	Due        time.Time   `json:"due,omitzero"`       // the moment it was owed
	Changed    time.Time   `json:"changed,omitzero"`
}

// The reasons that the Book itself gives.
const (
	reasonRejected = "rejected"
	reasonErased   = "erased"
	reasonExpired  = "expired"
)

// An actionEntry is an action and its link. Its Messages are replaced, never
// changed in place, for a Clone has the same ones.
type actionEntry struct {
	Action
	older int32 // the older action of the same case
}

// tidyAction gives an action as it stands in the log: what the Book decides is
// left out of it.
func tidyAction(a Action) Action {
	a.Element, a.Addressee, a.Occurrence = masked(a.Element), masked(a.Addressee), masked(a.Occurrence)
	a.Due, a.Changed, a.Messages = moment(a.Due), time.Time{}, nil
	return a
}

// checkAction says what is wrong with an action as given, if anything.
func (b *Book) checkAction(a Action) string {
	if a.Step == "" || a.Addressee == "" {
		return "an action names its step and addressee"
	}
	if a.Key != NewActionKey(a.Case, a.Step, a.Element, a.Addressee, a.Occurrence) {
		return "the key is not that of the case, step, element, addressee and occurrence: " + string(a.Key)
	}
	_, _, why := b.findCase(a.Case)
	return why
}

// addAction puts an action into the Book and its indexes.
func (b *Book) addAction(a Action) int32 {
	c := &b.cases[b.caseAt[a.Case]-1]
	b.actions = append(b.actions, actionEntry{Action: a, older: c.actions})
	n := int32(len(b.actions))
	b.actionAt[a.Key], c.actions = n, n
	b.touch.actions.mark(n)
	return n
}

// terminal tells that an action is at its end.
func (s ActionState) terminal() bool {
	return s == Settled || s == Missed || s == Withdrawn
}

func (c ActionClosed) apply(b *Book, at time.Time) string {
	a := c.Action
	if !a.State.terminal() {
		return "an action closes as done, missed or withdrawn"
	}
	if why := b.checkAction(a); why != "" {
		return why
	}
	n := b.actionAt[a.Key]
	if n == 0 {
		a.Changed = at
		b.addAction(a)
		return ""
	}
	e := &b.actions[n-1]
	if e.State.terminal() {
		return "the action is " + string(e.State) + " already"
	}
	for _, id := range e.Messages {
		if s := b.messages[id-1].State; s == Claimed || s == Uncertain {
			return "the message that carries the action is " + string(s)
		}
	}
	e.State, e.Reason, e.Changed = a.State, a.Reason, at
	if !a.Due.IsZero() {
		e.Due = a.Due
	}
	b.touch.actions.mark(n)
	return ""
}

// carry puts an action into a message.
func (b *Book) carry(a Action, id int64, at time.Time) {
	n := b.actionAt[a.Key]
	if n == 0 {
		a.State, a.Changed, a.Messages = InMessage, at, []int64{id}
		b.addAction(a)
		return
	}
	e := &b.actions[n-1]
	e.Messages = append(slices.Clip(e.Messages), id)
	e.State, e.Changed = InMessage, at
	if !a.Due.IsZero() {
		e.Due, e.Reason = a.Due, a.Reason
	}
	b.touch.actions.mark(n)
}

// leave is what becomes of the actions of a message that went, or fell away:
// those that still travel are in the state given, unless another message that
// may yet go carries them too.
func (b *Book) leave(m *messageEntry, at time.Time, state ActionState, reason string) {
	for _, key := range m.Actions {
		n := b.actionAt[key]
		a := &b.actions[n-1]
		if a.State != InMessage || state != Settled && b.carriedElsewhere(a, m.ID) {
			continue
		}
		a.State, a.Reason, a.Changed = state, reason, at
		if state == Owed && (b.isErased(m.Person) || b.concernsErased(a.Case, a.Addressee)) {
			a.State, a.Reason = Withdrawn, reasonErased
		}
		b.touch.actions.mark(n)
	}
}

// carriedElsewhere tells whether a message other than this carries the action
// and may yet go.
func (b *Book) carriedElsewhere(a *actionEntry, id int64) bool {
	return slices.ContainsFunc(a.Messages, func(other int64) bool {
		return other != id && b.messages[other-1].State.live()
	})
}

// reviveActions makes the actions owed again that were withdrawn at the moment
// at which the case closed as over: it reopens where it stood.
func (b *Book) reviveActions(c *caseEntry, at time.Time) {
	for n := c.actions; n != 0; n = b.actions[n-1].older {
		a := &b.actions[n-1]
		if a.State != Withdrawn || !a.Changed.Equal(c.Changed) || a.Reason == reasonRejected {
			continue
		}
		a.State, a.Reason, a.Changed = Owed, "", at
		for _, id := range a.Messages {
			if b.messages[id-1].State.live() {
				a.State = InMessage
			}
		}
		b.touch.actions.mark(n)
	}
}
