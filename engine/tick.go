package engine

import (
	"context"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Pass is one pass: collect the mail, import what is new, plan, propose,
// deliver.
type Pass struct {
	Mail     Collection
	Imports  []store.ImportRecord
	Waiting  []Waiting  // files that are not taken yet
	Refused  []error    // files that were not taken, each with its reason
	Plan     *plan.Plan // the last that was made
	Before   *plan.Plan // the one that was sent from first, where a last look took something of it away
	Delivery Delivery
}

// Planned gives what was planned of a message that did not go: the line of the
// plan or, of an officer's digest, its lines.
func (p Pass) Planned(f Fallen) []plan.Line {
	for _, made := range []*plan.Plan{p.Before, p.Plan} {
		if made == nil || f.key == "" {
			continue
		}
		var out []plan.Line
		for _, l := range made.Lines {
			if l.Message == f.key && l.Playbook != "" {
				out = append(out, l)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
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
	if p.Mail, err = e.Collect(ctx); err != nil {
		return p, err
	}
	if err := e.takeFiles(ctx, &p, true); err != nil {
		return p, err
	}
	if err := e.hearOf(ctx, &p); err != nil {
		return p, err
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
	p.Before = p.Plan
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
