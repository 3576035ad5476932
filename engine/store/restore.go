package store

import (
	"database/sql"
	"encoding/json"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// restore gives the Book of the stored projection.
func (t *Tx) restore() (*ledger.Book, error) {
	var p ledger.Projection
	for _, read := range []func(*ledger.Projection) error{
		t.readCases, t.readActions, t.readTasks, t.readMessages, t.readCarried, t.readRest, t.readPeople, t.readOffice,
	} {
		if err := read(&p); err != nil {
			return nil, err
		}
	}
	return ledger.Restore(p)
}

func (t *Tx) readCases(p *ledger.Projection) error {
	return t.packed("cases", `key, playbook, dataset, subject, occasion, occasion_date?, state, result, reason, opened, changed, backlog`,
		"", func(r *record) (err error) {
			c := ledger.Case{Key: ledger.CaseKey(r.text()), Playbook: r.text(), Dataset: r.text(), Subject: ref(r.number()), Occasion: r.text()}
			if date := r.text(); date != "" {
				c.HasDate = true
				c.Date, err = calendar.ParseDate(date)
			}
			c.State, c.Result, c.Reason = ledger.CaseState(r.text()), ledger.Result(r.text()), r.text()
			c.Opened, c.Changed, c.Backlog = r.moment(), r.moment(), r.yes()
			p.Cases = append(p.Cases, c)
			return err
		})
}

func (t *Tx) readActions(p *ledger.Projection) error {
	return t.packed("actions", `key, case_key, step, element, addressee, occurrence, state, reason, due?, changed`,
		"", func(r *record) error {
			p.Actions = append(p.Actions, ledger.Action{Key: ledger.ActionKey(r.text()), Case: ledger.CaseKey(r.text()),
				Step: r.text(), Element: r.text(), Addressee: r.text(), Occurrence: r.text(),
				State: ledger.ActionState(r.text()), Reason: r.text(), Due: r.moment(), Changed: r.moment()})
			return nil
		})
}

func (t *Tx) readTasks(p *ledger.Projection) error {
	return t.packed("tasks", `number, key, case_key, step, element, addressee, state, answer, reason, given, due?, changed`,
		" order by number", func(r *record) error {
			p.Tasks = append(p.Tasks, ledger.Task{Number: r.number(), Key: ledger.ActionKey(r.text()), Case: ledger.CaseKey(r.text()),
				Step: r.text(), Element: r.text(), Addressee: r.text(), State: ledger.TaskState(r.text()),
				Answer: r.text(), Reason: r.text(), Given: r.moment(), Due: r.moment(), Changed: r.moment()})
			return nil
		})
}

func (t *Tx) readMessages(p *ledger.Projection) error {
	return t.packed("messages", `id, key, kind, digest, playbook, approver, basis, person, address, auto, state, reason, fence,
		attempts, not_before?, expires?, entered, sent_at?, two, undo_until?,
		first_by, first_person, first_at?, first_via, first_plan, yes_by, yes_person, yes_at?, yes_via, yes_plan`, " order by id", func(r *record) error {
		p.Messages = append(p.Messages, ledger.Message{ID: r.number(), Key: r.text(), Kind: ledger.MessageKind(r.text()),
			Digest: r.text(), Playbook: r.text(), Approver: r.text(), Basis: r.text(), Person: ref(r.number()), Address: r.text(),
			Auto: r.yes(), State: ledger.MessageState(r.text()), Reason: r.text(), Fence: r.number(), Attempts: int(r.number()),
			NotBefore: r.moment(), Expires: r.moment(), At: r.moment(), SentAt: r.moment(), Two: r.yes(), Until: r.moment(),
			First: r.said(), Yes: r.said()})
		return nil
	})
}

// said is the next five values as somebody's yes.
func (r *record) said() ledger.Yes {
	return ledger.Yes{By: r.text(), Person: ref(r.number()), At: r.moment(), Via: r.text(), Plan: r.number()}
}

// readCarried joins messages and actions; both lists are in order of message.
func (t *Tx) readCarried(p *ledger.Projection) error {
	if len(p.Messages) == 0 {
		return nil
	}
	at := make(map[ledger.ActionKey]int, len(p.Actions))
	for i := range p.Actions {
		at[p.Actions[i].Key] = i
	}
	return t.each(`select message, action from message_actions where constituency = ? order by message, position`,
		[]any{here}, func(scan func(...any) error) error {
			var id int64
			var key ledger.ActionKey
			if err := scan(&id, &key); err != nil {
				return err
			}
			m, a := &p.Messages[id-1], &p.Actions[at[key]] // both exist: they are foreign keys
			m.Actions = append(m.Actions, a.Key)
			a.Messages = append(a.Messages, id)
			return nil
		})
}

func (t *Tx) readRest(p *ledger.Projection) error {
	r := &p.Rest
	var last, confirmed sql.NullInt64
	if _, err := t.one(`select seq, hash, happened, halted, halted_for, confirmed, machine, fence from books where constituency = ?`,
		[]any{here}, &r.Seq, &r.Hash, &last, &r.Halted, &r.HaltedFor, &confirmed, &r.Machine, &r.Fence); err != nil {
		return err
	}
	r.Last, r.Confirmed = moment(last), moment(confirmed)
	err := t.each(`select logical, digest, actions, holds from (select seq, logical, digest, actions, holds from runs
		where constituency = ? order by seq desc limit 60) as latest order by seq`, []any{here}, func(scan func(...any) error) error {
		var run ledger.RunRecorded
		var logical sql.NullInt64
		var actions, holds []byte
		if err := scan(&logical, &run.Digest, &actions, &holds); err != nil {
			return err
		}
		run.Logical = moment(logical)
		if err := json.Unmarshal(actions, &run.Actions); err != nil {
			return err
		}
		err := json.Unmarshal(holds, &run.Holds)
		r.Runs = append(r.Runs, run)
		return err
	})
	if err != nil {
		return err
	}
	return t.each(`select import, dataset, undone from import_marks where constituency = ?`, []any{here}, func(scan func(...any) error) error {
		var i ledger.ImportMade
		err := scan(&i.Import, &i.Dataset, &i.Undone)
		r.Imports = append(r.Imports, i)
		return err
	})
}

func (t *Tx) readPeople(p *ledger.Projection) error {
	r := &p.Rest
	var at sql.NullInt64
	err := t.each(`select person, address, scope, why, laid from suppressions where constituency = ?`,
		[]any{here}, func(scan func(...any) error) error {
			var s ledger.Suppression
			err := scan(&s.Person, &s.Address, &s.Scope, &s.Why, &at)
			s.At = moment(at)
			r.Suppressions = append(r.Suppressions, s)
			return err
		})
	if err != nil {
		return err
	}
	err = t.each(`select person, how, happened from contacts where constituency = ? order by number`,
		[]any{here}, func(scan func(...any) error) error {
			var s ledger.Spoken
			err := scan(&s.Person, &s.How, &at)
			s.At = moment(at)
			r.Contacts = append(r.Contacts, s)
			return err
		})
	if err != nil {
		return err
	}
	err = t.each(`select person, happened from replies where constituency = ?`, []any{here}, func(scan func(...any) error) error {
		var s ledger.Reply
		err := scan(&s.Person, &at)
		s.At = moment(at)
		r.Replies = append(r.Replies, s)
		return err
	})
	if err != nil {
		return err
	}
	err = t.each(`select dataset, subject, field, digest from fact_marks where constituency = ?`, []any{here}, func(scan func(...any) error) error {
		var f ledger.FactRecorded
		err := scan(&f.Dataset, &f.Subject, &f.Column, &f.Digest)
		r.Facts = append(r.Facts, f)
		return err
	})
	if err != nil {
		return err
	}
	err = t.each(`select one, other, same, said from sayings where constituency = ?`, []any{here}, func(scan func(...any) error) error {
		var s ledger.Saying
		err := scan(&s.One, &s.Other, &s.Same, &at)
		s.At = moment(at)
		r.Said = append(r.Said, s)
		return err
	})
	if err != nil {
		return err
	}
	return t.each(`select person from erased_marks where constituency = ?`, []any{here}, func(scan func(...any) error) error {
		var person int64
		err := scan(&person)
		r.Erased = append(r.Erased, ref(person))
		return err
	})
}

func (t *Tx) readOffice(p *ledger.Projection) error {
	r := &p.Rest
	var at, first sql.NullInt64
	err := t.each(`select playbook, digest, words, observes, switched, first_switched from switches where constituency = ?`,
		[]any{here}, func(scan func(...any) error) error {
			var s ledger.Switch
			var observes int
			err := scan(&s.Playbook, &s.Digest, &s.Words, &observes, &at, &first)
			s.Observes = observes != 0
			s.At, s.First = moment(at), moment(first)
			r.Switches = append(r.Switches, s)
			return err
		})
	if err != nil {
		return err
	}
	err = t.each(`select playbook, digest, adopted from adoptions where constituency = ?`, []any{here}, func(scan func(...any) error) error {
		var a ledger.Adoption
		err := scan(&a.Playbook, &a.Digest, &at)
		a.At = moment(at)
		r.Adoptions = append(r.Adoptions, a)
		return err
	})
	if err != nil {
		return err
	}
	err = t.each(`select playbook, level, why, minute, since from trusts where constituency = ?`, []any{here}, func(scan func(...any) error) error {
		var a ledger.Trust
		err := scan(&a.Playbook, &a.Level, &a.Why, &a.Minute, &at)
		a.At = moment(at)
		r.Trust = append(r.Trust, a)
		return err
	})
	if err != nil {
		return err
	}
	err = t.each(`select playbook, letters, batches, last from decided where constituency = ?`, []any{here}, func(scan func(...any) error) error {
		var a ledger.Decided
		err := scan(&a.Playbook, &a.Letters, &a.Batches, &at)
		a.Last = moment(at)
		r.Decided = append(r.Decided, a)
		return err
	})
	if err != nil {
		return err
	}
	err = t.each(`select number, digest, saved, expires, data, playbooks, settings, letters, expired from saved_plans
		where constituency = ? order by number`, []any{here}, func(scan func(...any) error) error {
		var s ledger.SavedPlan
		var letters []byte
		var until sql.NullInt64
		var expired int
		if err := scan(&s.Number, &s.Digest, &at, &until, &s.Data, &s.Playbooks, &s.Settings, &letters, &expired); err != nil {
			return err
		}
		s.Saved, s.Expires, s.Expired = moment(at), moment(until), expired != 0
		r.Plans = append(r.Plans, s)
		return json.Unmarshal(letters, &r.Plans[len(r.Plans)-1].Letters)
	})
	if err != nil {
		return err
	}
	return t.each(`select playbook, actions, until, stage from brakes where constituency = ? order by number`, []any{here}, func(scan func(...any) error) error {
		var a ledger.BrakeReleased
		var stage sql.NullInt64
		err := scan(&a.Playbook, &a.Actions, &at, &stage)
		a.Until, a.Stage = moment(at), moment(stage)
		r.Releases = append(r.Releases, a)
		return err
	})
}
