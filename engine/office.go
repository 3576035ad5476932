package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// A TaskView is a task with its one line and its answers.
type TaskView struct {
	ledger.Task
	Line     string
	Answers  []string
	Playbook string // the one that gave it
}

// Tasks lists the tasks that are open or overdue.
func (e *Engine) Tasks(ctx context.Context) ([]TaskView, error) {
	var out []TaskView
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err != nil {
			return err
		}
		for _, t := range in.Book.Tasks() {
			if t.State == ledger.TaskOpen || t.State == ledger.TaskOverdue {
				line, offers := plan.Ask(in, t)
				c, _ := in.Book.Case(t.Case)
				out = append(out, TaskView{t, line, offers, c.Playbook})
			}
		}
		return nil
	})
	return out, err
}

// taskView gives a task as it is shown.
func taskView(in plan.Input, number int64) (view TaskView, err error) {
	t, ok := in.Book.Task(number)
	if !ok {
		return view, fmt.Errorf("there is no task %d; clarion status lists the open ones", number)
	}
	view.Task = t
	view.Line, view.Answers = plan.Ask(in, t)
	return view, nil
}

// Answer answers a task and does what that answer does: local facts are
// recorded, a person is written to no more.
func (e *Engine) Answer(ctx context.Context, by string, number int64, answer string) (TaskView, []plan.Effect, error) {
	var view TaskView
	var effects []plan.Effect
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		if view, err = taskView(in, number); err != nil {
			return err
		}
		t := view.Task
		if effects, err = plan.Answer(in, t, answer); err != nil {
			return fmt.Errorf("task %d (%s): %w", number, view.Line, err)
		}
		return e.answered(tx, in, by, t, answer, effects, now)
	})
	return view, effects, err
}

// byAnswer is the source of what the answer to a task does.
func byAnswer(task int64) string { return fmt.Sprintf("answer to task %d", task) }

// answered writes down the answer to a task, and does what the answer does.
func (e *Engine) answered(tx *store.Tx, in plan.Input, by string, t ledger.Task, answer string, effects []plan.Effect, now time.Time) error {
	for _, f := range effects {
		if err := e.effect(tx, in, f, by, byAnswer(t.Number), now); err != nil {
			return err
		}
	}
	return tx.Apply(now, by, ledger.TaskGotAnswer{Number: t.Number, Answer: answer})
}

func (e *Engine) effect(tx *store.Tx, in plan.Input, f plan.Effect, by, source string, now time.Time) error {
	if f.Suppress {
		laid := func(s ledger.Suppressed) bool { return s.Scope == "all" }
		if slices.ContainsFunc(tx.Book().Suppression(f.Ref, ""), laid) {
			return nil // what was laid before is not this answer's to take back
		}
		return tx.Apply(now, by, ledger.Suppressed{Person: f.Ref, Scope: "all", Why: source})
	}
	return e.fact(tx, in, f.Dataset, f.Ref, f.Column, f.Value, by, source, now)
}

// fact keeps a local fact and logs that it was kept.
func (e *Engine) fact(tx *store.Tx, in plan.Input, name string, ref dataset.Ref, column string, v dataset.Value, by, source string, now time.Time) error {
	was := dataset.Value{}
	if t := in.Tables[name]; t != nil {
		if r := t.ByRef(ref); r != nil {
			was, _ = r.Get(t.Schema, column)
		}
	}
	id, err := tx.SaveFact(store.FactRecord{Dataset: name, Ref: ref, Column: column, Value: v, Was: was, By: by, At: now, Source: source})
	if err != nil {
		return err
	}
	return tx.Apply(now, by, ledger.FactRecorded{Dataset: name, Subject: ref, Column: column, Digest: factDigest(id, v)})
}

// factDigest stands in the log for a fact's value; the number keeps two equal
// values apart.
func factDigest(id int64, v dataset.Value) string {
	b, _ := json.Marshal(struct { // plain data always marshals
		ID int64
		V  dataset.Value
	}{id, v})
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// Record writes a local fact over an imported value: it survives the next
// import. The value is read like a cell of the column's kind; the empty text
// withdraws the fact.
func (e *Engine) Record(ctx context.Context, by, name, key, column, text string) (was, is dataset.Value, err error) {
	now := e.Now()
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		table, row, err := find(in, name, key)
		if err != nil {
			return err
		}
		i, ok := table.Schema.Column(column)
		if !ok {
			return fmt.Errorf("%s have no column called %s; they have: %s", name, dataset.Plain(column), columns(table.Schema))
		}
		was, _ = row.Get(table.Schema, column)
		if text == "" {
			if err := tx.WithdrawFact(name, row.Ref, column, by, now); err != nil {
				return err
			}
			return tx.Apply(now, by, ledger.FactWithdrawn{Dataset: name, Subject: row.Ref, Column: column})
		}
		if is, err = playbook.ParseCell(&table.Schema.Columns[i], text, e.Clock()); err != nil {
			return fmt.Errorf("%s of %s: %w", column, name, err)
		}
		return e.fact(tx, in, name, row.Ref, column, is, by, "record", now)
	})
	return was, is, err
}

func columns(s *dataset.Schema) string {
	var out []string
	for _, c := range s.Columns {
		out = append(out, c.Name)
	}
	return strings.Join(out, ", ")
}

// find finds a record by its key.
func find(in plan.Input, name, key string) (*dataset.Table, *dataset.Row, error) {
	t := in.Tables[name]
	if t == nil || len(t.Rows) == 0 {
		return nil, nil, fmt.Errorf("nothing of %s has been imported", dataset.Plain(name))
	}
	r := t.ByKey(key)
	if r == nil {
		r = t.ByKey(strings.ToUpper(key))
	}
	if r == nil {
		return nil, nil, fmt.Errorf("no record of %s has the key %s", name, dataset.Plain(key))
	}
	return t, r, nil
}

// Contact notes that somebody spoke with a member, outside the program; Reply
// that the member answered a letter. Both keep the next letters in their place.
func (e *Engine) Contact(ctx context.Context, by, key, how string, reply bool) error {
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		_, row, err := find(in, "members", key)
		if err != nil {
			return err
		}
		if reply {
			return tx.Apply(now, by, ledger.Replied{Person: row.Ref})
		}
		return tx.Apply(now, by, ledger.Contacted{Person: row.Ref, How: how})
	})
}

// Suppress sees to it that nothing of a scope (all, marketing) goes to a member
// any more; lift takes that back.
func (e *Engine) Suppress(ctx context.Context, by, key, scope, why string, lift bool) error {
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		_, row, err := find(in, "members", key)
		if err != nil {
			return err
		}
		if lift {
			return tx.Apply(now, by, ledger.Unsuppressed{Person: row.Ref, Scope: scope})
		}
		words, err := tx.SaveWords(why)
		if err != nil {
			return err
		}
		return tx.Apply(now, by, ledger.Suppressed{Person: row.Ref, Scope: scope, Why: words})
	})
}

// Explain says what every playbook made of one record.
func (e *Engine) Explain(ctx context.Context, name, key string) ([]plan.Account, error) {
	var out []plan.Account
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err != nil {
			return err
		}
		_, row, err := find(in, name, key)
		if err != nil {
			return err
		}
		out = plan.Explain(in, name, row.Ref)
		return nil
	})
	return out, err
}
