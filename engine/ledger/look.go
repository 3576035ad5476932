package ledger

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Case gives the case of that key.
func (b *Book) Case(key CaseKey) (Case, bool) {
	n := b.caseAt[key]
	if n == 0 {
		return Case{}, false
	}
	return b.cases[n-1].Case, true
}

// Cases gives all cases by key.
func (b *Book) Cases() []Case {
	all := make([]Case, len(b.cases))
	for i := range b.cases {
		all[i] = b.cases[i].Case
	}
	slices.SortFunc(all, func(x, y Case) int { return strings.Compare(string(x.Key), string(y.Key)) })
	return all
}

// CasesOf gives the cases of a playbook about a record, or about the
// constituency (no dataset, 0), by the moment of opening and the key.
func (b *Book) CasesOf(playbook, of string, ref dataset.Ref) []Case {
	var found []Case
	for n := b.subjectAt[subject{playbook, of, ref}]; n != 0; n = b.cases[n-1].older {
		found = append(found, b.cases[n-1].Case)
	}
	slices.SortFunc(found, func(x, y Case) int {
		return cmp.Or(x.Opened.Compare(y.Opened), strings.Compare(string(x.Key), string(y.Key)))
	})
	return found
}

// Saying gives the actions on an occasion of their own that is one of those
// asked for, by case and key.
func (b *Book) Saying(asked func(occurrence string) bool) []Action {
	var found []Action
	for i := range b.actions {
		if o := b.actions[i].Occurrence; o != "" && asked(o) {
			found = append(found, b.actionOut(int32(i)+1))
		}
	}
	slices.SortFunc(found, func(x, y Action) int {
		return cmp.Or(strings.Compare(string(x.Case), string(y.Case)), strings.Compare(string(x.Key), string(y.Key)))
	})
	return found
}

// Action gives the action of that key.
func (b *Book) Action(key ActionKey) (Action, bool) {
	n := b.actionAt[key]
	if n == 0 {
		return Action{}, false
	}
	return b.actionOut(n), true
}

// actionOut gives an action that shares nothing with the Book.
func (b *Book) actionOut(n int32) Action {
	a := b.actions[n-1].Action
	a.Messages = slices.Clone(a.Messages)
	return a
}

// ActionsOf gives the actions of a case by key.
func (b *Book) ActionsOf(key CaseKey) []Action {
	n := b.caseAt[key]
	if n == 0 {
		return nil
	}
	var found []Action
	for n = b.cases[n-1].actions; n != 0; n = b.actions[n-1].older {
		found = append(found, b.actionOut(n))
	}
	sortActions(found)
	return found
}

func sortActions(all []Action) {
	slices.SortFunc(all, func(x, y Action) int { return strings.Compare(string(x.Key), string(y.Key)) })
}

// Task gives the task of that number.
func (b *Book) Task(number int64) (Task, bool) {
	if number < 1 || number > int64(len(b.tasks)) {
		return Task{}, false
	}
	return b.tasks[number-1].Task, true
}

// TaskAt gives the task that the action of that key gave.
func (b *Book) TaskAt(key ActionKey) (Task, bool) {
	return b.Task(int64(b.taskAt[key]))
}

// Tasks gives all tasks by number.
func (b *Book) Tasks() []Task {
	all := make([]Task, len(b.tasks))
	for i := range b.tasks {
		all[i] = b.tasks[i].Task
	}
	return all
}

// TasksOf gives the tasks of a case by number.
func (b *Book) TasksOf(key CaseKey) []Task {
	n := b.caseAt[key]
	if n == 0 {
		return nil
	}
	var found []Task
	for n = b.cases[n-1].tasks; n != 0; n = b.tasks[n-1].older {
		found = append(found, b.tasks[n-1].Task)
	}
	slices.SortFunc(found, func(x, y Task) int { return cmp.Compare(x.Number, y.Number) })
	return found
}

// Message gives the message of that number.
func (b *Book) Message(id int64) (Message, bool) {
	if id < 1 || id > int64(len(b.messages)) {
		return Message{}, false
	}
	return b.messageOut(id), true
}

// messageOut gives a message that shares nothing with the Book.
func (b *Book) messageOut(id int64) Message {
	m := b.messages[id-1].Message
	m.Actions = slices.Clone(m.Actions)
	return m
}

// MessageAt gives the latest message of that key.
func (b *Book) MessageAt(key string) (Message, bool) {
	return b.Message(int64(b.messageAt[key]))
}

// Messages gives all messages by number.
func (b *Book) Messages() []Message {
	all := make([]Message, len(b.messages))
	for i := range b.messages {
		all[i] = b.messageOut(int64(i) + 1)
	}
	return all
}

// YesSince gives the messages to which a person said yes at a moment or later, by
// number.
func (b *Book) YesSince(at time.Time) (found []Message) {
	for i := range b.messages {
		if y := &b.messages[i].Yes; !y.At.IsZero() && !y.At.Before(at) {
			found = append(found, b.messageOut(int64(i)+1))
		}
	}
	return found
}

// LastMessage is the number of the last message; 0: there is none.
func (b *Book) LastMessage() int64 { return int64(len(b.messages)) }

// LastLeft says when the last message to each address left, or may have, of those
// whose key begins so.
func (b *Book) LastLeft(keys string) map[string]time.Time {
	last := map[string]time.Time{}
	for i := range b.messages {
		m := &b.messages[i]
		if !strings.HasPrefix(m.Key, keys) {
			continue
		}
		switch m.State {
		case Claimed, Sent, Uncertain, Bounced:
			at := m.SentAt
			if at.IsZero() {
				at = m.At
			}
			if at.After(last[m.Address]) {
				last[m.Address] = at
			}
		}
	}
	return last
}

// MessagesIn gives the messages that are in one of the states, by number.
func (b *Book) MessagesIn(states ...MessageState) []Message {
	var found []Message
	for i := range b.messages {
		if slices.Contains(states, b.messages[i].State) {
			found = append(found, b.messageOut(int64(i)+1))
		}
	}
	return found
}
