package engine

import (
	"context"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// Lint warns of what the playbooks allow and seldom mean, on the records that
// there are. It changes nothing.
func (e *Engine) Lint(ctx context.Context) ([]playbook.Fault, error) {
	var out []playbook.Fault
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err != nil {
			return err
		}
		out = plan.Lint(in)
		return nil
	})
	return out, err
}
