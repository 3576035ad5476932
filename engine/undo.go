package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// Undo withdraws the last import of a dataset: what it held before is held
// again. It is refused once a letter was sent because of it.
func (e *Engine) Undo(ctx context.Context, name, by string) (store.ImportRecord, error) {
	return e.undo(ctx, name, by, 0)
}

// UndoThis is Undo for the import that a person saw to be the last: if another
// has been made since, nothing is withdrawn.
func (e *Engine) UndoThis(ctx context.Context, name, by string, id int64) (store.ImportRecord, error) {
	return e.undo(ctx, name, by, id)
}

func (e *Engine) undo(ctx context.Context, name, by string, id int64) (store.ImportRecord, error) {
	var rec store.ImportRecord
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		last, why, err := e.undoable(tx, name)
		switch {
		case err != nil:
			return err
		case id != 0 && last.ID != id:
			return ErrMoved
		case why != "":
			return errors.New(why)
		}
		if rec, err = tx.UndoImport(last.ID, by, now); err != nil {
			return err
		}
		return tx.Apply(now, by, ledger.ImportUndone{Import: last.ID, Dataset: name})
	})
	return rec, err
}

// undoable gives the last import of a dataset, and why it cannot be withdrawn.
func (e *Engine) undoable(tx *store.Tx, name string) (last store.ImportRecord, why string, err error) {
	last, ok, err := tx.LastImport(name)
	if err != nil {
		return last, "", err
	}
	if !ok {
		return last, fmt.Sprintf("nothing of %s has been imported, so there is nothing to undo", dataset.Plain(name)), nil
	}
	book, err := tx.LoadBook()
	if err != nil {
		return last, "", err
	}
	if sent := e.sentSince(book, name, last.At); len(sent) > 0 {
		why = fmt.Sprintf("the import of %s cannot be undone: because of it %s. Import a corrected file instead", name, sentWords(sent))
	}
	return last, why, nil
}

// sentSince gives the letters that left, or may have, because of cases that
// were opened at or after a moment by playbooks that look at a dataset.
func (e *Engine) sentSince(b *ledger.Book, name string, since time.Time) (sent []ledger.Message) {
	reads := map[string]bool{}
	for _, pb := range e.set.Playbooks {
		reads[pb.Name] = (&playbook.Set{Playbooks: []*playbook.Playbook{pb}}).Reads(name)
	}
	for _, m := range b.MessagesIn(ledger.Sent, ledger.Uncertain, ledger.Claimed, ledger.Bounced) {
		if m.Kind != ledger.Letter {
			continue
		}
		for _, k := range m.Actions {
			a, _ := b.Action(k)
			c, ok := b.Case(a.Case)
			if ok && !c.Opened.Before(since) && (c.Dataset == name || reads[c.Playbook]) {
				sent = append(sent, m)
				break
			}
		}
	}
	return sent
}

// sentWords lists letters that left, by playbook and number: 2 letters of
// new-member-welcome were sent (numbers 4 and 7).
func sentWords(sent []ledger.Message) string {
	numbers := map[string][]string{}
	for _, m := range sent {
		numbers[m.Playbook] = append(numbers[m.Playbook], strconv.FormatInt(m.ID, 10))
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		list, what, were := numbers[name], "letters", "were"
		if len(list) == 1 {
			what, were = "letter", "was"
		}
		n := len(list)
		if n > mostListed {
			list = append(list[:mostListed:mostListed], fmt.Sprintf("and %d more", n-mostListed))
		}
		out = append(out, fmt.Sprintf("%d %s of %s %s sent (no. %s)", n, what, name, were, strings.Join(list, ", ")))
	}
	return strings.Join(out, "; ")
}

// mostListed is how many letters of a playbook are named.
const mostListed = 20
