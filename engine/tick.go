package engine

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Pass is one pass: import what is new, plan, propose, deliver.
type Pass struct {
	Imports  []store.ImportRecord
	Refused  []error // files that were not taken, each with its reason
	Plan     *plan.Plan
	Delivery Delivery
}

// Run makes one pass. A file that is refused does not stop the pass: it is
// reported, and what is held stays in force. While the date is in doubt nothing
// is imported, planned or sent.
func (e *Engine) Run(ctx context.Context) (Pass, error) {
	var p Pass
	hold, doubt, err := e.dateInDoubt(ctx)
	if err != nil {
		return p, err
	}
	if doubt {
		p.Plan = &plan.Plan{Now: e.Now(), Holds: []plan.Hold{hold}}
		return p, nil
	}
	for _, name := range e.Sources() {
		rec, taken, err := e.fetch(ctx, name)
		switch {
		case err != nil && ctx.Err() != nil:
			return p, ctx.Err()
		case err != nil:
			p.Refused = append(p.Refused, err)
		case taken:
			p.Imports = append(p.Imports, rec)
		}
	}
	if p.Plan, err = e.Propose(ctx); err != nil {
		return p, err
	}
	p.Delivery, err = e.Deliver(ctx)
	if err != nil || !p.Delivery.stale {
		return p, err
	}
	// What was planned a moment ago was no longer right: once more, on what
	// holds now.
	if p.Plan, err = e.Propose(ctx); err != nil {
		return p, err
	}
	second, err := e.Deliver(ctx)
	p.Delivery = p.Delivery.and(second)
	return p, err
}

// dateInDoubt asks the planner whether the clock can be believed.
func (e *Engine) dateInDoubt(ctx context.Context) (hold plan.Hold, doubt bool, err error) {
	now := e.Now()
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err == nil {
			hold, doubt = plan.DateInDoubt(plan.Input{Set: e.set, Book: book, Now: now})
		}
		return err
	})
	return hold, doubt, err
}

// fetch imports a dataset if its file is there and is not the one that was
// imported last. One whose import was undone waits for a person to say that it
// is right after all.
func (e *Engine) fetch(ctx context.Context, name string) (store.ImportRecord, bool, error) {
	imp, err := e.Prepare(ctx, name, "")
	switch {
	case errors.Is(err, os.ErrNotExist):
		return store.ImportRecord{}, false, nil
	case err != nil:
		return store.ImportRecord{}, false, err
	case imp.Same, imp.Nothing():
		return store.ImportRecord{}, false, nil
	case imp.Undone:
		return store.ImportRecord{}, false, fmt.Errorf("the file of %s is the one whose import was undone, so it was not taken again. Save a corrected one, or take it all the same with clarion import %s", name, name)
	}
	rec, err := e.Commit(ctx, imp, "clarion")
	return rec, err == nil, err
}
