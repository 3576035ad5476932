package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// Plan is a preview: the plan of this moment, which nobody proposes.
func (e *Engine) Plan(ctx context.Context) (*plan.Plan, error) {
	var p *plan.Plan
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err != nil {
			return err
		}
		p = plan.Compute(in)
		return nil
	})
	return p, err
}

// Propose makes the plan of this moment and writes it down: cases open and
// close, tasks are given, messages are proposed, and those that a playbook is
// trusted with are approved.
func (e *Engine) Propose(ctx context.Context) (*plan.Plan, error) {
	var p *plan.Plan
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		if err := e.keepChanges(tx); err != nil { // of lists that came before a playbook read them
			return err
		}
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		p = plan.Compute(in)
		return e.propose(tx, p, now)
	})
	return p, err
}

func (e *Engine) propose(tx *store.Tx, p *plan.Plan, now time.Time) error {
	if held(p, "date") {
		return nil
	}
	if len(p.Changes) > 0 { // else nothing is written, and nobody is woken
		if err := tx.Apply(now, "clarion", p.Changes...); err != nil {
			return fmt.Errorf("writing the plan down: %w", err)
		}
		if err := e.seen(tx, p.Changes, now); err != nil {
			return err
		}
	}
	fresh := 0
	for i := range p.Messages {
		m := &p.Messages[i]
		if m.Stands {
			continue
		}
		fresh++
		if err := e.proposeOne(tx, m, now); err != nil {
			return fmt.Errorf("writing the plan down: %w", err)
		}
	}
	expires, err := e.savePlan(tx, now)
	if err != nil {
		return fmt.Errorf("saving what waits for a yes: %w", err)
	}
	if !expires.IsZero() && (p.Wake.IsZero() || expires.Before(p.Wake)) {
		p.Wake = expires
	}
	if len(p.Changes) == 0 && fresh == 0 && e.livedToday(tx, now) {
		return nil
	}
	var holds []string
	for _, h := range p.Holds {
		holds = append(holds, h.Kind+" "+h.Playbook)
	}
	return tx.Apply(now, "clarion", ledger.RunRecorded{Logical: now, Digest: p.Digest, Actions: p.Tally(), Holds: holds})
}

// livedToday reports whether a run of today is on record. One a day is, even if
// nothing came of it: the clock is checked against the last.
func (e *Engine) livedToday(tx *store.Tx, now time.Time) bool {
	book, err := tx.LoadBook()
	if err != nil {
		return false
	}
	runs := book.Runs()
	return len(runs) > 0 && e.Clock().Day(runs[len(runs)-1].Logical) == e.Clock().Day(now)
}

// proposeOne proposes a message with its words.
func (e *Engine) proposeOne(tx *store.Tx, m *plan.Message, now time.Time) error {
	m.State = ledger.Proposed
	if err := tx.Apply(now, "clarion", ledger.MessageProposed{Message: m.Message, Actions: m.Owed}); err != nil {
		return err
	}
	book, err := tx.LoadBook()
	if err != nil {
		return err
	}
	saved, ok := book.MessageAt(m.Key)
	if !ok {
		return fmt.Errorf("the ledger lost a message it had just taken")
	}
	m.ID = saved.ID
	for _, a := range m.Content.Attachments {
		if body, made := m.Files[a.SHA256]; made {
			if _, err := tx.PutFile(body, a.Type, store.KeepPersonal); err != nil {
				return err
			}
		}
	}
	if err := tx.SaveContent(m.ID, m.Content); err != nil {
		return err
	}
	if !m.Release {
		return nil
	}
	return tx.Apply(now, "clarion", ledger.MessageApproved{ID: m.ID, Digest: m.Digest, Auto: true})
}

func held(p *plan.Plan, kind string) bool {
	for _, h := range p.Holds {
		if h.Kind == kind {
			return true
		}
	}
	return false
}

// ConfirmDate says that the clock is right, after a hold on the date.
func (e *Engine) ConfirmDate(ctx context.Context, by string) error {
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.Apply(now, by, ledger.DateConfirmed{Now: now})
	})
}
