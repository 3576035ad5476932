package engine

import (
	"errors"
	"fmt"
	"slices"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/store"
)

// thread puts a letter beneath the earlier ones of its series: those that the
// same case sent to the same address. Officers' digests stand by themselves, for
// each is a day of its own. Letters whose words are forgotten are not named.
func (e *Engine) thread(tx *store.Tx, book *ledger.Book, m ledger.Message, o *letter.Outgoing) error {
	for _, old := range e.before(book, m) {
		c, err := tx.Content(old.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return fmt.Errorf("finding the letter before message %d: %w", m.ID, err)
		}
		o.Earlier = append(o.Earlier, letter.MessageID(e.ref(old), c.From))
	}
	return nil
}

// before lists the letters of the same case that went to the same address, the
// oldest first. It asks for each by its step, for a case may have as many
// addressees as there are members.
func (e *Engine) before(book *ledger.Book, m ledger.Message) []ledger.Message {
	pb := e.set.Playbook(m.Playbook)
	if m.Kind != ledger.Letter || m.Address == "" || pb == nil {
		return nil
	}
	found := map[int64]ledger.Message{}
	for _, k := range m.Actions {
		a, ok := book.Action(k)
		if !ok {
			continue
		}
		for _, s := range pb.Steps {
			for _, element := range []string{"", a.Element} {
				first, _ := book.Action(ledger.NewActionKey(a.Case, s.ID, element, a.Addressee, ""))
				for _, id := range first.Messages {
					if old, ok := book.Message(id); ok && old.State == ledger.Sent && old.Kind == ledger.Letter && old.Address == m.Address && id != m.ID {
						found[id] = old
					}
				}
			}
		}
	}
	var out []ledger.Message
	for _, old := range found {
		out = append(out, old)
	}
	slices.SortFunc(out, func(a, b ledger.Message) int {
		if c := a.SentAt.Compare(b.SentAt); c != 0 {
			return c
		}
		return int(a.ID - b.ID)
	})
	return out
}
