package ledger

import (
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// MessageState is where a message stands.
type MessageState string

// The states of a message.
const (
	Proposed   MessageState = "proposed"
	Approved   MessageState = "approved"
	Claimed    MessageState = "claimed"
	Sent       MessageState = "sent"
	Deferred   MessageState = "deferred" // a definite refusal for now; tried again
	Failed     MessageState = "failed"   // a definite refusal for good
	Uncertain  MessageState = "uncertain"
	Rejected   MessageState = "rejected"
	Superseded MessageState = "superseded"
	Expired    MessageState = "expired"
	Bounced    MessageState = "bounced"
)

// A MessageKind is what sort of thing travels.
type MessageKind string

// The kinds of messages.
const (
	Letter MessageKind = "letter" // one email step to one addressee
	Digest MessageKind = "digest" // an officer's day: tasks, chasers, sheets, news
)

// The bases on which a message goes: to an officer as such, or to a member,
// whose budget the last two are counted in.
const (
	basisOfficer   = "officer"
	basisService   = "service"
	basisMarketing = "marketing"
)

// A Message is what travels. Its words are not in the Book but in the store,
// under Digest, which is what an approval binds.
type Message struct {
	ID        int64        `json:"id,omitempty"`
	Key       string       `json:"key"` // stable; a message is proposed once for it, unless superseded
	Kind      MessageKind  `json:"kind"`
	Digest    string       `json:"digest"`             // SHA-256 over from, to, subject, text, HTML and attachments
	Playbook  string       `json:"playbook,omitempty"` // of a letter; empty for a digest
	Approver  string       `json:"approver,omitempty"` // role
	Basis     string       `json:"basis"`              // officer, service, marketing
	Person    dataset.Ref  `json:"person,omitempty"`
	Address   string       `json:"address,omitempty"` // keyed hash of the mail address
	Actions   []ActionKey  `json:"actions,omitempty"`
	Auto      bool         `json:"auto,omitempty"` // approved by the playbook's trust, not by a person
	State     MessageState `json:"state,omitempty"`
	Reason    string       `json:"reason,omitempty"`
	Fence     int64        `json:"fence,omitempty"`     // of the claim
	Attempts  int          `json:"attempts,omitempty"`  // claims so far
	NotBefore time.Time    `json:"not_before,omitzero"` // not sent earlier
	Expires   time.Time    `json:"expires,omitzero"`    // not sent later; zero: no end
	At        time.Time    `json:"at,omitzero"`         // when the state was entered
	SentAt    time.Time    `json:"sent_at,omitzero"`    // when it went or, while uncertain, may have gone
	Two       bool         `json:"two,omitempty"`       // it needs the yes of two persons of different roles
	First     Yes          `json:"first,omitzero"`      // the first yes of two; zero: none yet
	Yes       Yes          `json:"yes,omitzero"`        // the yes that approved it; zero: none yet, or trust did
	Until     time.Time    `json:"until,omitzero"`      // end of the undo window: it is not claimed before
}

// A Yes is the word of a person that a message may go.
type Yes struct {
	By     string      `json:"by,omitempty"`     // role
	Person dataset.Ref `json:"person,omitempty"` // the officer, where known
	At     time.Time   `json:"at,omitzero"`
	Via    string      `json:"via,omitempty"`  // terminal, console, mail or link
	Plan   int64       `json:"plan,omitempty"` // the saved plan that was named, if one was
}

// Earliest is the moment before which a message does not go: its own, or the
// end of the undo window of its yes.
func (m *Message) Earliest() time.Time {
	if m.Until.After(m.NotBefore) {
		return m.Until
	}
	return m.NotBefore
}

// A messageEntry is a message and its links. Its Actions are never changed in
// place, for a Clone has the same ones.
type messageEntry struct {
	Message
	samePerson, sameAddress int32 // the older letters to them, where they count as contacts
}

// live tells that a message may yet go, or may have gone.
func (s MessageState) live() bool {
	return s.waiting() || s == Claimed || s == Uncertain
}

// waiting tells that a message is before its claim: it can be taken back.
func (s MessageState) waiting() bool {
	return s == Proposed || s == Approved || s == Deferred
}

// fallen tells that a message did not go and never will.
func (s MessageState) fallen() bool {
	return s == Rejected || s == Superseded || s == Expired || s == Failed
}

// counts tells that a message is one of those to members, which have a budget.
func (m *Message) counts() bool {
	return m.Kind == Letter && (m.Basis == basisService || m.Basis == basisMarketing)
}

// tidyMessage gives a message as it stands in the log when proposed: what the
// Book decides is left out of it.
func tidyMessage(m Message, actions []Action) Message {
	keys := slices.Clone(m.Actions)
	if len(keys) == 0 {
		keys = nil
		for _, a := range actions {
			keys = append(keys, a.Key)
		}
	}
	basis := m.Basis
	if basis == "" && m.Kind == Digest {
		basis = basisOfficer
	}
	return Message{
		Key: m.Key, Kind: m.Kind, Digest: m.Digest, Playbook: m.Playbook, Approver: m.Approver, Basis: basis,
		Person: m.Person, Address: m.Address, Actions: keys, Reason: m.Reason,
		NotBefore: moment(m.NotBefore), Expires: moment(m.Expires), Two: m.Two,
	}
}

func (c MessageProposed) apply(b *Book, at time.Time) string {
	m := c.Message
	if why := b.checkMessage(&m); why != "" {
		return why
	}
	given := make(map[ActionKey]Action, len(c.Actions))
	for _, a := range c.Actions {
		given[a.Key] = a
	}
	if len(given) != len(c.Actions) {
		return "an action is given twice"
	}
	named := make(map[ActionKey]bool, len(m.Actions))
	for _, key := range m.Actions {
		if named[key] {
			return "the message names an action twice: " + string(key)
		}
		named[key] = true
		if why := b.checkCarried(&m, key, given); why != "" {
			return why
		}
	}
	for _, a := range c.Actions {
		if !named[a.Key] {
			return "an action is given that the message does not name: " + string(a.Key)
		}
	}
	m.ID, m.State, m.At = int64(len(b.messages))+1, Proposed, at
	b.addMessage(m)
	for _, key := range m.Actions {
		a := given[key]
		a.Key = key
		b.carry(a, m.ID, at)
	}
	return ""
}

// checkMessage says what forbids to propose a message, whatever it carries.
func (b *Book) checkMessage(m *Message) string {
	switch {
	case m.Key == "" || m.Digest == "":
		return "a message has a key and a digest"
	case m.Kind != Letter && m.Kind != Digest:
		return "a message is a letter or a digest"
	case m.Basis != basisOfficer && m.Basis != basisService && m.Basis != basisMarketing:
		return "the basis of a message is officer, service or marketing"
	case m.Kind == Letter && len(m.Actions) == 0:
		return "a letter carries at least one action"
	case m.Two && (m.Kind != Letter || m.Person == 0):
		return "only a letter to a person needs the yes of two persons"
	case m.Person < 0:
		return "the number of a person is not negative"
	case b.isErased(m.Person):
		return "the person has been erased"
	case !m.Expires.IsZero() && m.Expires.Before(m.NotBefore):
		return "the message would expire before it may go"
	}
	if n := b.messageAt[m.Key]; n != 0 && !b.messages[n-1].State.fallen() {
		return "the message of that key is " + string(b.messages[n-1].State)
	}
	return ""
}

// checkCarried says what forbids a message to carry an action.
func (b *Book) checkCarried(m *Message, key ActionKey, given map[ActionKey]Action) string {
	n := b.actionAt[key]
	if a, ok := given[key]; ok {
		if why := b.checkAction(a); why != "" {
			return why
		}
		if n == 0 {
			return b.checkCase(m, a.Case, a.Addressee)
		}
	}
	if n == 0 {
		return "there is no such action: " + string(key)
	}
	e := &b.actions[n-1]
	if e.State.terminal() {
		return "the action is " + string(e.State) + " already: " + string(key)
	}
	for _, id := range e.Messages {
		if other := &b.messages[id-1]; other.State.live() && sameReader(&other.Message, m) {
			return "a message to the same reader carries the action already: " + string(key)
		}
	}
	return b.checkCase(m, e.Case, e.Addressee)
}

// sameReader tells whether two messages are known to go to the same person.
func sameReader(a, b *Message) bool {
	if a.Address != "" || b.Address != "" {
		return a.Address == b.Address
	}
	return a.Person != 0 && a.Person == b.Person
}

// checkCase says what in an action's case forbids the message to carry it. An
// officer's digest may bring news of any case, a letter to a member goes only
// for one that is open and no unapproved backlog.
func (b *Book) checkCase(m *Message, key CaseKey, addressee string) string {
	c := &b.cases[b.caseAt[key]-1]
	switch {
	case b.concernsErased(key, addressee):
		return "the action concerns someone who has been erased"
	case m.Kind != Letter:
		return ""
	case c.State == Closed:
		return "the case is closed: " + string(key)
	case m.Basis == basisOfficer:
		return ""
	case c.State == Frozen:
		return "the case is frozen, and the undecided never sends to a member: " + string(key)
	case c.Backlog:
		return "the case is backlog that nobody has approved: " + string(key)
	}
	return ""
}

// addMessage puts a message into the Book and its indexes.
func (b *Book) addMessage(m Message) {
	e := messageEntry{Message: m}
	n := int32(len(b.messages)) + 1
	if m.counts() && m.Person != 0 {
		e.samePerson = b.personAt[m.Person]
		b.personAt[m.Person] = n
	}
	if m.counts() && m.Address != "" {
		e.sameAddress = b.addressAt[m.Address]
		b.addressAt[m.Address] = n
	}
	b.messages = append(b.messages, e)
	b.messageAt[m.Key] = n
	b.touch.messages.mark(n)
}
