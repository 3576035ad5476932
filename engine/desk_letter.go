package engine

import (
	"context"
	"errors"

	"github.com/clarion-clp/clarion/engine/store"
)

// A Turn is one thing that happened to a letter, with the words that were given
// for it.
type Turn struct {
	store.Turn
	Words string
}

// Story says what was decided about a letter, by whom, and how it was tried to
// be sent, in order.
func (e *Engine) Story(ctx context.Context, id int64) (out []Turn, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		turns, err := tx.Story(id)
		if err != nil {
			return err
		}
		for _, t := range turns {
			words := ""
			if t.Why != "" {
				if words, err = tx.Words(t.Why); err != nil && !errors.Is(err, store.ErrNotFound) { // erased, with somebody who was named in it
					return err
				}
			}
			out = append(out, Turn{t, words})
		}
		return nil
	})
	return out, err
}
