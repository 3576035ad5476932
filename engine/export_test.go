package engine

import (
	"context"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// SetBeat makes the daemon of a test look at the clock more often.
func (e *Engine) SetBeat(every time.Duration) { e.every = every }

// Beats gives one beat of a daemon that nobody drives: what a computer finds
// when it wakes up is then a matter of the clock alone.
func (e *Engine) Beats(report func(Pass, error)) func() {
	w := newWatch(e, report)
	return func() { w.beat(context.Background()) }
}

// Tables gives the tables that a plan of this moment looks at.
func (e *Engine) Tables() (tables dataset.Tables, err error) {
	err = e.Store.View(context.Background(), func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		tables = in.Tables
		return err
	})
	return tables, err
}

// RefOf is the reference under which a message travels.
func (e *Engine) RefOf(p Pending) string { return e.ref(p.Message) }
