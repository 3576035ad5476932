package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// Undo withdraws the last import of a dataset: what it held before is held
// again. It is refused once a letter was sent because of it.
func (e *Engine) Undo(ctx context.Context, name, by string) (store.ImportRecord, error) {
	var rec store.ImportRecord
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		last, ok, err := tx.LastImport(name)
		if err != nil {
			return err
		}
		if !ok {
			return fmt.Errorf("nothing of %s has been imported, so there is nothing to undo", dataset.Plain(name))
		}
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		if n := e.sentSince(book, name, last.At); n > 0 {
			return fmt.Errorf("the import of %s cannot be undone: letters were sent because of it (%d). Import a corrected file instead", name, n)
		}
		if rec, err = tx.UndoImport(last.ID, by, now); err != nil {
			return err
		}
		return tx.Apply(now, by, ledger.ImportUndone{Import: last.ID, Dataset: name})
	})
	return rec, err
}

// sentSince counts the letters that left, or may have, because of cases that
// were opened at or after a moment by playbooks that look at a dataset.
func (e *Engine) sentSince(b *ledger.Book, name string, since time.Time) int {
	reads := map[string]bool{}
	for _, pb := range e.set.Playbooks {
		reads[pb.Name] = (&playbook.Set{Playbooks: []*playbook.Playbook{pb}}).Reads(name)
	}
	n := 0
	for _, m := range b.MessagesIn(ledger.Sent, ledger.Uncertain, ledger.Claimed, ledger.Bounced) {
		if m.Kind != ledger.Letter {
			continue
		}
		for _, k := range m.Actions {
			a, _ := b.Action(k)
			c, ok := b.Case(a.Case)
			if ok && !c.Opened.Before(since) && (c.Dataset == name || reads[c.Playbook]) {
				n++
				break
			}
		}
	}
	return n
}
