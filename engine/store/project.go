package store

import (
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// project saves what the changes have touched, in the order in which rows
// refer to one another.
func (t *Tx) project(b *ledger.Book) error {
	touched := b.Touched()
	b.ResetTouched()
	for _, key := range touched.Cases {
		if err := t.saveCase(b, key); err != nil {
			return err
		}
	}
	for _, key := range touched.Actions {
		if err := t.saveAction(b, key); err != nil {
			return err
		}
	}
	for _, n := range touched.Tasks {
		if err := t.saveTask(b, n); err != nil {
			return err
		}
	}
	for _, id := range touched.Messages { // ascending: what falls comes before what follows it
		if err := t.saveMessage(b, id); err != nil {
			return err
		}
	}
	for _, p := range t.pending {
		if err := t.exec(p.query, p.args...); err != nil {
			return err
		}
	}
	t.pending = t.pending[:0]
	return t.saveRest(b, touched.Parts)
}

func (t *Tx) saveCase(b *ledger.Book, key ledger.CaseKey) error {
	c, ok := b.Case(key)
	if !ok {
		return fmt.Errorf("the case %s was touched and is not there", key)
	}
	var date any
	if c.HasDate {
		date = c.Date.String()
	}
	return t.exec(`insert into cases (constituency, key, playbook, dataset, subject, occasion, occasion_date,
		state, result, reason, opened, changed, backlog) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (constituency, key) do update set occasion_date = excluded.occasion_date, state = excluded.state,
		result = excluded.result, reason = excluded.reason, opened = excluded.opened, changed = excluded.changed,
		backlog = excluded.backlog`,
		here, string(c.Key), c.Playbook, c.Dataset, int64(c.Subject), c.Occasion, date,
		string(c.State), string(c.Result), c.Reason, c.Opened.UnixMicro(), c.Changed.UnixMicro(), oneOrZero(c.Backlog))
}

func (t *Tx) saveAction(b *ledger.Book, key ledger.ActionKey) error {
	a, ok := b.Action(key)
	if !ok {
		return fmt.Errorf("the action %s was touched and is not there", key)
	}
	return t.exec(`insert into actions (constituency, key, case_key, step, element, addressee, occurrence,
		state, reason, due, changed) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (constituency, key) do update set state = excluded.state, reason = excluded.reason,
		due = excluded.due, changed = excluded.changed`,
		here, string(a.Key), string(a.Case), a.Step, a.Element, a.Addressee, a.Occurrence,
		string(a.State), a.Reason, micros(a.Due), a.Changed.UnixMicro())
}

func (t *Tx) saveTask(b *ledger.Book, number int64) error {
	k, ok := b.Task(number)
	if !ok {
		return fmt.Errorf("task %d was touched and is not there", number)
	}
	return t.exec(`insert into tasks (constituency, number, key, case_key, step, element, addressee, state, answer,
		reason, given, due, changed) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		on conflict (constituency, number) do update set addressee = excluded.addressee, state = excluded.state,
		answer = excluded.answer, reason = excluded.reason, due = excluded.due, changed = excluded.changed`,
		here, k.Number, string(k.Key), string(k.Case), k.Step, k.Element, k.Addressee, string(k.State), k.Answer,
		k.Reason, k.Given.UnixMicro(), micros(k.Due), k.Changed.UnixMicro())
}

func (t *Tx) saveMessage(b *ledger.Book, id int64) error {
	m, ok := b.Message(id)
	if !ok {
		return fmt.Errorf("message %d was touched and is not there", id)
	}
	approved := orNull(t.approved[id])
	changed, err := t.execCount(`update messages set auto = ?, state = ?, reason = ?, fence = ?, attempts = ?, not_before = ?,
		expires = ?, entered = ?, sent_at = ?, approved_digest = coalesce(?, approved_digest), undo_until = ?,
		first_by = ?, first_person = ?, first_at = ?, first_via = ?, first_plan = ?,
		yes_by = ?, yes_person = ?, yes_at = ?, yes_via = ?, yes_plan = ? where constituency = ? and id = ?`,
		oneOrZero(m.Auto), string(m.State), m.Reason, m.Fence, m.Attempts, micros(m.NotBefore),
		micros(m.Expires), m.At.UnixMicro(), micros(m.SentAt), approved, micros(m.Until),
		m.First.By, int64(m.First.Person), micros(m.First.At), m.First.Via, m.First.Plan,
		m.Yes.By, int64(m.Yes.Person), micros(m.Yes.At), m.Yes.Via, m.Yes.Plan, here, id)
	if err != nil || changed > 0 {
		return err
	}
	var before int64
	if _, err := t.one(`select coalesce(max(revision), 0) from messages where constituency = ? and key = ?`,
		[]any{here, m.Key}, &before); err != nil {
		return err
	}
	err = t.exec(`insert into messages (constituency, id, key, revision, kind, digest, playbook, approver, basis, person,
		address, auto, state, reason, fence, attempts, not_before, expires, entered, sent_at, approved_digest, two, undo_until,
		first_by, first_person, first_at, first_via, first_plan, yes_by, yes_person, yes_at, yes_via, yes_plan)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		here, id, m.Key, before+1, string(m.Kind), m.Digest, m.Playbook, m.Approver, m.Basis, int64(m.Person),
		m.Address, oneOrZero(m.Auto), string(m.State), m.Reason, m.Fence, m.Attempts, micros(m.NotBefore),
		micros(m.Expires), m.At.UnixMicro(), micros(m.SentAt), approved, oneOrZero(m.Two), micros(m.Until),
		m.First.By, int64(m.First.Person), micros(m.First.At), m.First.Via, m.First.Plan,
		m.Yes.By, int64(m.Yes.Person), micros(m.Yes.At), m.Yes.Via, m.Yes.Plan)
	if err != nil {
		return err
	}
	for i, key := range m.Actions {
		if err := t.exec(`insert into message_actions (constituency, message, position, action) values (?, ?, ?, ?)`,
			here, id, i+1, string(key)); err != nil {
			return err
		}
	}
	return nil
}

// recordRun keeps the proof of life of one run.
func (t *Tx) recordRun(e ledger.Event, c ledger.RunRecorded) error {
	actions, err := json.Marshal(c.Actions)
	if err != nil {
		return err
	}
	holds, err := json.Marshal(c.Holds)
	if err != nil {
		return err
	}
	return t.exec(`insert into runs (constituency, seq, logical, wall, digest, actions, holds) values (?, ?, ?, ?, ?, ?, ?)`,
		here, e.Seq, c.Logical.UnixMicro(), t.s.options.Now().UnixMicro(), c.Digest, string(actions), string(holds))
}

// saveRest saves where the Book stands and the small lists that were touched.
// A list is written whole: each is as short as the number of playbooks, or
// changes seldom.
func (t *Tx) saveRest(b *ledger.Book, parts []string) error {
	if len(parts) == 0 { // as with every letter: nothing but where it stands
		sum := b.Hash()
		had, err := t.execCount(`update books set seq = ?, hash = ?, happened = ? where constituency = ?`,
			b.Seq(), hex.EncodeToString(sum[:]), b.Last().UnixMicro(), here)
		if err != nil || had > 0 {
			return err
		}
	}
	r := b.Rest()
	err := t.exec(`insert into books (constituency, seq, hash, happened, halted, halted_for, confirmed, machine, fence)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (constituency) do update set seq = excluded.seq,
		hash = excluded.hash, happened = excluded.happened, halted = excluded.halted, halted_for = excluded.halted_for,
		confirmed = excluded.confirmed, machine = excluded.machine, fence = excluded.fence`,
		here, r.Seq, r.Hash, r.Last.UnixMicro(), oneOrZero(r.Halted), r.HaltedFor, micros(r.Confirmed), r.Machine, r.Fence)
	for _, part := range parts {
		if err != nil {
			return err
		}
		err = t.savePart(r, part)
	}
	return err
}

func (t *Tx) savePart(r ledger.Rest, part string) error {
	switch part {
	case "suppressions":
		return replace(t, r.Suppressions, "suppressions", "number, person, address, scope, why, source, laid",
			func(i int, s ledger.Suppression) []any {
				return []any{i + 1, int64(s.Person), s.Address, s.Scope, s.Why, "", s.At.UnixMicro()}
			})
	case "contacts":
		return t.saveContacts(r.Contacts)
	case "replies":
		return replace(t, r.Replies, "replies", "person, happened", func(_ int, s ledger.Reply) []any {
			return []any{int64(s.Person), s.At.UnixMicro()}
		})
	case "switches":
		return replace(t, r.Switches, "switches", "playbook, digest, words, observes, switched, first_switched", func(_ int, s ledger.Switch) []any {
			return []any{s.Playbook, s.Digest, s.Words, oneOrZero(s.Observes), s.At.UnixMicro(), s.First.UnixMicro()}
		})
	case "adoptions":
		return replace(t, r.Adoptions, "adoptions", "playbook, digest, adopted", func(_ int, a ledger.Adoption) []any {
			return []any{a.Playbook, a.Digest, a.At.UnixMicro()}
		})
	case "trust":
		return replace(t, r.Trust, "trusts", "playbook, level, why, minute, since", func(_ int, a ledger.Trust) []any {
			return []any{a.Playbook, a.Level, a.Why, a.Minute, a.At.UnixMicro()}
		})
	case "decided":
		return replace(t, r.Decided, "decided", "playbook, letters, batches, last", func(_ int, a ledger.Decided) []any {
			return []any{a.Playbook, a.Letters, a.Batches, a.Last.UnixMicro()}
		})
	case "releases":
		return replace(t, r.Releases, "brakes", "number, playbook, actions, until, stage", func(i int, a ledger.BrakeReleased) []any {
			return []any{i + 1, a.Playbook, a.Actions, micros(a.Until), micros(a.Stage)}
		})
	case "plans":
		return replace(t, r.Plans, "saved_plans", "number, digest, saved, expires, data, playbooks, settings, letters, expired",
			func(_ int, s ledger.SavedPlan) []any {
				letters, _ := json.Marshal(s.Letters) // numbers: it cannot fail
				return []any{s.Number, s.Digest, s.Saved.UnixMicro(), s.Expires.UnixMicro(), s.Data, s.Playbooks, s.Settings,
					string(letters), oneOrZero(s.Expired)}
			})
	case "said":
		return replace(t, r.Said, "sayings", "one, other, same, said", func(_ int, s ledger.Saying) []any {
			return []any{int64(s.One), int64(s.Other), oneOrZero(s.Same), s.At.UnixMicro()}
		})
	case "runs", "imports", "facts", "erased": // written with their events
		return nil
	case "halted", "confirmed", "machine", "fence": // columns of books
		return nil
	}
	return fmt.Errorf("the ledger has a part %q that the store does not know", part)
}

// replace writes a list whole.
func replace[T any](t *Tx, list []T, table, columns string, row func(int, T) []any) error {
	if err := t.exec(`delete from `+table+` where constituency = ?`, here); err != nil {
		return err
	}
	for i, item := range list {
		values := append([]any{here}, row(i, item)...)
		marks := ""
		for range values {
			marks += ", ?"
		}
		if err := t.exec(`insert into `+table+` (constituency, `+columns+`) values (`+marks[2:]+`)`, values...); err != nil {
			return err
		}
	}
	return nil
}

// saveContacts writes the contacts that are new: the list only grows.
func (t *Tx) saveContacts(all []ledger.Spoken) error {
	var have int
	if _, err := t.one(`select coalesce(max(number), 0) from contacts where constituency = ?`, []any{here}, &have); err != nil {
		return err
	}
	for i := have; i < len(all); i++ {
		c := all[i]
		if err := t.exec(`insert into contacts (constituency, number, person, how, happened) values (?, ?, ?, ?, ?)`,
			here, i+1, int64(c.Person), c.How, c.At.UnixMicro()); err != nil {
			return err
		}
	}
	return nil
}

// ref is a stored record number.
func ref(n int64) dataset.Ref { return dataset.Ref(n) }
