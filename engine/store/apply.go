package store

import (
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// Apply makes changes to the Book, appends them to the log and saves the
// projection. The moment is kept to the microsecond.
//
// A change that the ledger refuses is the error, a *ledger.Refused. If it was
// the first one nothing has happened, and the transaction may go on; otherwise
// the whole transaction will not be kept, whatever is done after.
func (t *Tx) Apply(at time.Time, by string, changes ...ledger.Change) error {
	if !t.writing {
		return &Fault{What: "this transaction is for reading", Hint: "use Update"}
	}
	if t.broken != nil {
		return t.broken
	}
	b, err := t.LoadBook()
	if err != nil {
		return err
	}
	at = at.UTC().Truncate(time.Microsecond)
	for i, c := range changes {
		err := t.append(b, at, by, c)
		if err == nil {
			continue
		}
		err = refused(err)
		if i > 0 || !errors.As(err, new(*ledger.Refused)) {
			t.broken = err
		}
		return err
	}
	if err := t.project(b); err != nil {
		t.broken = explain("saving the ledger", err)
	}
	return t.broken
}

// refused passes on what the ledger says, and explains all else.
func refused(err error) error {
	if errors.As(err, new(*ledger.Refused)) {
		return err
	}
	return explain("writing the log", err)
}

// append makes one change and writes its event.
func (t *Tx) append(b *ledger.Book, at time.Time, by string, c ledger.Change) error {
	e := ledger.Event{Seq: b.Seq() + 1, At: at, By: by, Change: c}
	if err := b.Apply(e); err != nil {
		return err
	}
	body, err := ledger.Encode(c)
	if err != nil {
		return err
	}
	sum := b.Hash()
	hash := hex.EncodeToString(sum[:])
	err = t.exec(`insert into events (constituency, seq, entity, type, happened, happened_by, body, previous, hash)
		values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
		here, e.Seq, entity(b, c), c.Type(), at.UnixMicro(), by, string(body), orNull(t.hash), hash)
	if err != nil {
		return err
	}
	t.seq, t.hash, t.applied = e.Seq, hash, true
	return t.record(b, e)
}

// record writes what the log says beyond the projection: decisions, attempts,
// runs, and the marks that only ever grow.
func (t *Tx) record(b *ledger.Book, e ledger.Event) error {
	at := e.At.UnixMicro()
	switch c := e.Change.(type) {
	case ledger.MessageApproved:
		if t.approved == nil {
			t.approved = map[int64]string{}
		}
		t.approved[c.ID] = c.Digest
		t.later(`insert into decisions (constituency, seq, message, digest, verdict, auto, decided, decided_by, reason)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?)`, here, e.Seq, c.ID, c.Digest, "approved", oneOrZero(c.Auto), at, e.By, "")
	case ledger.MessageRejected:
		m, _ := b.Message(c.ID)
		t.later(`insert into decisions (constituency, seq, message, digest, verdict, auto, decided, decided_by, reason)
			values (?, ?, ?, ?, ?, ?, ?, ?, ?)`, here, e.Seq, c.ID, m.Digest, "rejected", 0, at, e.By, c.Reason)
	case ledger.MessageClaimed:
		m, _ := b.Message(c.ID)
		t.claims++
		t.later(`insert into attempts (constituency, message, number, fence, claimed, outcome, code, detail)
			values (?, ?, ?, ?, ?, ?, ?, ?)`, here, c.ID, m.Attempts, c.Fence, at, "", 0, "")
	case ledger.MessageSent:
		t.outcome(b, c.ID, "sent", 0, at)
	case ledger.MessageDeferred:
		t.outcome(b, c.ID, "deferred", c.Code, at)
	case ledger.MessageFailed:
		t.outcome(b, c.ID, "failed", c.Code, at)
	case ledger.MessageUncertain:
		t.outcome(b, c.ID, "uncertain", 0, at)
	case ledger.RunRecorded:
		return t.recordRun(e, c)
	case ledger.Imported:
		return t.exec(`insert into import_marks (constituency, import, dataset, undone) values (?, ?, ?, 0)`, here, c.Import, c.Dataset)
	case ledger.ImportUndone:
		return t.exec(`update import_marks set undone = 1 where constituency = ? and import = ?`, here, c.Import)
	case ledger.FactRecorded:
		return t.exec(`insert into fact_marks (constituency, dataset, subject, field, digest) values (?, ?, ?, ?, ?)
			on conflict (constituency, dataset, subject, field) do update set digest = excluded.digest`,
			here, c.Dataset, int64(c.Subject), c.Column, c.Digest)
	case ledger.FactWithdrawn:
		return t.exec(`delete from fact_marks where constituency = ? and dataset = ? and subject = ? and field = ?`,
			here, c.Dataset, int64(c.Subject), c.Column)
	case ledger.Erased:
		if err := t.exec(`delete from fact_marks where constituency = ? and subject = ?`, here, int64(c.Person)); err != nil {
			return err
		}
		return t.exec(`insert into erased_marks (constituency, person) values (?, ?)`, here, int64(c.Person))
	}
	return nil
}

// later keeps a statement until the messages that it speaks of are saved.
func (t *Tx) later(query string, args ...any) {
	t.pending = append(t.pending, pending{query, args})
}

// pending is a statement that waits for the rows it refers to.
type pending struct {
	query string
	args  []any
}

// outcome notes what became of the last attempt.
func (t *Tx) outcome(b *ledger.Book, id int64, outcome string, code int, at int64) {
	m, _ := b.Message(id)
	t.later(`update attempts set outcome = ?, code = ?, detail = ?, finished = ?
		where constituency = ? and message = ? and number = ?`, outcome, code, m.Reason, at, here, id, m.Attempts)
}

// entity is what an event is about, for looking through the log.
func entity(b *ledger.Book, c ledger.Change) string {
	switch c := c.(type) {
	case ledger.CaseOpened:
		return string(c.Case)
	case ledger.CaseRetimed:
		return string(c.Case)
	case ledger.CaseFrozen:
		return string(c.Case)
	case ledger.CaseThawed:
		return string(c.Case)
	case ledger.CaseReopened:
		return string(c.Case)
	case ledger.CaseClosed:
		return string(c.Case)
	case ledger.ActionClosed:
		return string(c.Action.Key)
	case ledger.LineDecided:
		return string(c.Action)
	case ledger.TaskGiven:
		task, _ := b.TaskAt(c.Key)
		return numbered("task", task.Number)
	case ledger.MessageProposed:
		m, _ := b.MessageAt(c.Message.Key)
		return numbered("message", m.ID)
	case ledger.PlanSaved:
		return numbered("plan", c.Plan)
	}
	return lesserEntity(c)
}

// lesserEntity is entity for the changes that name a number or a word.
func lesserEntity(c ledger.Change) string {
	switch c := c.(type) {
	case ledger.TaskFellDue:
		return numbered("task", c.Number)
	case ledger.TaskRetimed:
		return numbered("task", c.Number)
	case ledger.TaskReassigned:
		return numbered("task", c.Number)
	case ledger.TaskGotAnswer:
		return numbered("task", c.Number)
	case ledger.TaskUnanswered:
		return numbered("task", c.Number)
	case ledger.TaskWasSettled:
		return numbered("task", c.Number)
	case ledger.TaskWasWithdrawn:
		return numbered("task", c.Number)
	case ledger.MessageGotYes:
		return numbered("message", c.ID)
	case ledger.MessageApproved:
		return numbered("message", c.ID)
	case ledger.MessageRejected:
		return numbered("message", c.ID)
	case ledger.MessageSuperseded:
		return numbered("message", c.ID)
	case ledger.MessageExpired:
		return numbered("message", c.ID)
	case ledger.MessageRetimed:
		return numbered("message", c.ID)
	case ledger.MessageClaimed:
		return numbered("message", c.ID)
	case ledger.MessageSent:
		return numbered("message", c.ID)
	case ledger.MessageDeferred:
		return numbered("message", c.ID)
	case ledger.MessageFailed:
		return numbered("message", c.ID)
	case ledger.MessageUncertain:
		return numbered("message", c.ID)
	case ledger.MessageBounced:
		return numbered("message", c.ID)
	case ledger.Imported:
		return numbered("import", c.Import)
	case ledger.ImportUndone:
		return numbered("import", c.Import)
	case ledger.PlanExpired:
		return numbered("plan", c.Plan)
	case ledger.SwitchedOn:
		return c.Playbook
	case ledger.Adopted:
		return c.Playbook
	case ledger.Edited:
		return c.Playbook
	case ledger.Trusted:
		return c.Playbook
	case ledger.BrakeReleased:
		return c.Playbook
	}
	return ""
}

func numbered(what string, n int64) string { return fmt.Sprintf("%s %d", what, n) }
