package engine

import (
	"context"

	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Look is the constituency at one moment, with the plan of it: what the pages
// of the console are made of. Many read it at a time, and nobody changes it.
type Look struct {
	In     plan.Input
	Plan   *plan.Plan
	Status Status

	counter int64
}

// Look takes in the constituency as it is now, in one view of the store.
func (e *Engine) Look(ctx context.Context) (*Look, error) {
	var l Look
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err != nil {
			return err
		}
		l = Look{In: in, Plan: plan.Compute(in), counter: tx.Counter()}
		l.Status, err = e.status(tx, in, l.Plan)
		return err
	})
	if err != nil {
		return nil, err
	}
	if l.Status.Stand, err = e.Store.Stand(ctx); err != nil {
		return nil, err
	}
	// What follows is asked when the view is over.
	l.In.Hash = e.Store.AddressHash
	l.In.File = func(sha string) (a letter.Attachment, ok bool) {
		_ = e.Store.View(context.WithoutCancel(ctx), func(tx *store.Tx) error {
			a, ok = e.describe(tx, l.In.Tables)(sha)
			return nil
		})
		return a, ok
	}
	return &l, nil
}

// Stands reports whether a look still shows how things are: nothing was written
// since, the settings are the same ones, and the moment at which the plan could
// change has not come.
func (l *Look) Stands(ctx context.Context, e *Engine) bool {
	now := e.Now()
	switch {
	case l == nil, l.In.Set != e.set, now.Before(l.In.Now), e.Clock().Day(now) != e.Clock().Day(l.In.Now):
		return false
	case !l.Plan.Wake.IsZero() && !now.Before(l.Plan.Wake):
		return false
	}
	return l.counter == e.counter(ctx)
}
