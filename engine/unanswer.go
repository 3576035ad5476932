package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// Unanswer takes the answer to a task back, within a day: the task is open
// again, and what the answer did is undone. A fact that the answer wrote over
// holds again. Letters that went since have gone.
func (e *Engine) Unanswer(ctx context.Context, by string, number int64) (TaskView, error) {
	var view TaskView
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		if view, err = taskView(in, number); err != nil {
			return err
		}
		return e.unanswered(tx, in, by, number, now)
	})
	return view, err
}

// unanswered takes the answer to a task back, and what it did. What somebody else
// has laid since on the same person stays, whatever it leaves of the answer's.
func (e *Engine) unanswered(tx *store.Tx, in plan.Input, by string, number int64, now time.Time) error {
	if err := tx.Apply(now, by, ledger.TaskUnanswered{Number: number}); err != nil {
		return fmt.Errorf("task %d: %w", number, err)
	}
	for _, s := range in.Book.Rest().Suppressions {
		others := func(o ledger.Suppressed) bool { return o.Scope == s.Scope && o.Why != s.Why }
		if s.Why != byAnswer(number) || slices.ContainsFunc(in.Book.Suppression(s.Person, s.Address), others) {
			continue
		}
		if err := tx.Apply(now, by, ledger.Unsuppressed{Person: s.Person, Address: s.Address, Scope: s.Scope}); err != nil {
			return err
		}
	}
	return e.unfact(tx, in, number, by, now)
}

// unfact takes the local facts back that the answer to a task recorded.
func (e *Engine) unfact(tx *store.Tx, in plan.Input, number int64, by string, now time.Time) error {
	for _, name := range e.Datasets() {
		facts, err := tx.Facts(name)
		if err != nil {
			return err
		}
		for _, f := range facts {
			if f.Source != byAnswer(number) {
				continue
			}
			before, found, err := tx.FactBefore(f)
			if err != nil {
				return err
			}
			if found {
				err = e.fact(tx, in, name, f.Ref, f.Column, before.Value, by, before.Source, now)
			} else if err = tx.WithdrawFact(name, f.Ref, f.Column, by, now); err == nil {
				err = tx.Apply(now, by, ledger.FactWithdrawn{Dataset: name, Subject: f.Ref, Column: f.Column})
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}
