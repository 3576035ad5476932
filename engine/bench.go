package engine

import (
	"context"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// Bench lays a record on an author's bench, or nothing where no dataset is
// named, and lets the caller try things out on it. Nothing is changed; but the lists that
// are worked out from others are all there from then on.
func (e *Engine) Bench(ctx context.Context, name, key string, try func(*plan.Bench) error) error {
	e.set.ReadAll()
	return e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err != nil {
			return err
		}
		if name != "" {
			_, row, err := find(in, name, key)
			if err != nil {
				return err
			}
			key = row.Key
		}
		b, err := plan.NewBench(in, name, key)
		if err != nil {
			return err
		}
		return try(b)
	})
}
