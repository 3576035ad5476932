package ledger

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// Restore gives the Book of a projection, whose lists may be in any order. It
// is an error if the projection does not hold together: a number missing or
// given twice, a key that leads nowhere, an unknown state.
func Restore(p Projection) (*Book, error) {
	b := New()
	for _, part := range []func(Projection) error{
		b.restoreCases, b.restoreTasks, b.restoreActions, b.restoreMessages, b.restoreRest,
	} {
		if err := part(p); err != nil {
			return nil, fmt.Errorf("restoring the ledger: %w", err)
		}
	}
	b.ResetTouched()
	return b, nil
}

func (b *Book) restoreCases(p Projection) error {
	b.cases = make([]caseEntry, 0, len(p.Cases))
	for _, c := range p.Cases {
		switch {
		case b.caseAt[c.Key] != 0:
			return fmt.Errorf("case %s is given twice", c.Key)
		case c.State != Open && c.State != Frozen && c.State != Closed:
			return fmt.Errorf("case %s is in an unknown state", c.Key)
		}
		c.Opened, c.Changed = moment(c.Opened), moment(c.Changed)
		b.addCase(c)
	}
	return nil
}

func (b *Book) restoreTasks(p Projection) error {
	tasks := slices.Clone(p.Tasks)
	slices.SortFunc(tasks, func(x, y Task) int { return int(x.Number - y.Number) })
	b.tasks = make([]taskEntry, 0, len(tasks))
	for i, t := range tasks {
		switch {
		case t.Number != int64(i)+1:
			return fmt.Errorf("task %d is missing, or given twice", i+1)
		case b.caseAt[t.Case] == 0:
			return fmt.Errorf("task %d is of no case", t.Number)
		case b.taskAt[t.Key] != 0:
			return fmt.Errorf("task %d has the key of another", t.Number)
		}
		switch t.State {
		case TaskOpen, TaskOverdue, TaskAnswered, TaskSettled, TaskWithdrawn:
		default:
			return fmt.Errorf("task %d is in an unknown state", t.Number)
		}
		t.Given, t.Due, t.Changed = moment(t.Given), moment(t.Due), moment(t.Changed)
		b.addTask(t)
	}
	return nil
}

func (b *Book) restoreActions(p Projection) error {
	b.actions = make([]actionEntry, 0, len(p.Actions))
	for _, a := range p.Actions {
		switch {
		case b.actionAt[a.Key] != 0:
			return fmt.Errorf("action %s is given twice", a.Key)
		case b.caseAt[a.Case] == 0:
			return fmt.Errorf("action %s is of no case", a.Key)
		case a.State != Owed && a.State != InMessage && !a.State.terminal():
			return fmt.Errorf("action %s is in an unknown state", a.Key)
		}
		for _, id := range a.Messages {
			if id < 1 || id > int64(len(p.Messages)) {
				return fmt.Errorf("action %s is in no message %d", a.Key, id)
			}
		}
		a.Due, a.Changed, a.Messages = moment(a.Due), moment(a.Changed), copied(a.Messages)
		b.addAction(a)
	}
	return nil
}

func (b *Book) restoreMessages(p Projection) error {
	messages := slices.Clone(p.Messages)
	slices.SortFunc(messages, func(x, y Message) int { return int(x.ID - y.ID) })
	b.messages = make([]messageEntry, 0, len(messages))
	for i, m := range messages {
		if m.ID != int64(i)+1 {
			return fmt.Errorf("message %d is missing, or given twice", i+1)
		}
		if !m.State.live() && !m.State.fallen() && m.State != Sent && m.State != Bounced {
			return fmt.Errorf("message %d is in an unknown state", m.ID)
		}
		for _, key := range m.Actions {
			n := b.actionAt[key]
			if n == 0 || !slices.Contains(b.actions[n-1].Messages, m.ID) {
				return fmt.Errorf("message %d carries an action that does not know it: %s", m.ID, key)
			}
		}
		if m.counts() && len(m.Actions) == 0 {
			return fmt.Errorf("message %d carries nothing", m.ID)
		}
		m.Actions, m.NotBefore, m.Expires = copied(m.Actions), moment(m.NotBefore), moment(m.Expires)
		m.At, m.SentAt, m.Until = moment(m.At), moment(m.SentAt), moment(m.Until)
		m.First.At, m.Yes.At = moment(m.First.At), moment(m.Yes.At)
		b.addMessage(m)
	}
	return nil
}

func (b *Book) restoreRest(p Projection) error {
	r := p.Rest
	hash, err := hex.DecodeString(r.Hash)
	if err != nil || len(hash) != len(b.hash) {
		return errors.New("the hash is not a SHA-256 in hexadecimal")
	}
	copy(b.hash[:], hash)
	b.seq, b.last = r.Seq, moment(r.Last)
	for _, s := range r.Suppressions {
		b.lay(suppression{s.Person, s.Address, s.Scope}, laid{s.Why, moment(s.At)})
	}
	for _, s := range r.Contacts {
		b.addSpoken(Spoken{s.Person, s.How, moment(s.At)})
	}
	for _, s := range r.Replies {
		b.replied[s.Person] = moment(s.At)
	}
	for _, s := range r.Switches {
		b.switches[s.Playbook] = Switch{s.Playbook, s.Digest, s.Words, s.Observes, moment(s.At), moment(s.First)}
	}
	for _, a := range r.Adoptions {
		b.adoptions[a.Playbook] = Adoption{a.Playbook, a.Digest, moment(a.At)}
	}
	for _, t := range r.Trust {
		b.trust[t.Playbook] = Trust{t.Playbook, t.Level, t.Why, t.Minute, moment(t.At)}
	}
	for _, d := range r.Decided {
		b.decided[d.Playbook] = Decided{d.Playbook, d.Letters, d.Batches, moment(d.Last)}
	}
	for _, br := range r.Releases {
		b.releases[br.Playbook] = append(b.releases[br.Playbook], br.tidy().(BrakeReleased))
	}
	for _, run := range r.Runs {
		b.runs = append(b.runs, run.tidy().(RunRecorded))
	}
	for _, s := range r.Plans {
		for _, id := range s.Letters {
			if id < 1 || id > int64(len(b.messages)) {
				return fmt.Errorf("plan %d has no letter %d", s.Number, id)
			}
		}
		s.Saved, s.Expires, s.Letters = moment(s.Saved), moment(s.Expires), copied(s.Letters)
		b.plans = append(b.plans, s)
	}
	for _, i := range r.Imports {
		b.imports[i.Import] = i
	}
	for _, f := range r.Facts {
		b.facts[factKey{f.Dataset, f.Subject, f.Column}] = f.Digest
	}
	for _, ref := range r.Erased {
		b.erased[ref] = true
	}
	for _, s := range r.Said {
		b.said[pairOf(s.One, s.Other)] = Saying{min(s.One, s.Other), max(s.One, s.Other), s.Same, moment(s.At)}
	}
	b.group()
	b.halted, b.haltedFor, b.confirmed = r.Halted, r.HaltedFor, moment(r.Confirmed)
	b.machine, b.fence = r.Machine, r.Fence
	return restoredWhole(b)
}

// restoredWhole says whether an action that should be travelling is.
func restoredWhole(b *Book) error {
	for i := range b.actions {
		a := &b.actions[i]
		if a.State == InMessage && !b.carriedElsewhere(a, 0) {
			return fmt.Errorf("action %s travels in no message", a.Key)
		}
	}
	return nil
}
