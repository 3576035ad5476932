package engine

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/store"
)

// What the ledger says of a message that broke off on the wire.
const (
	brokeOff  = "the run broke off while it was on the wire"
	brokeDown = "the connection broke on the wire"
	goesAgain = "goes again, as a possible second copy"
	found     = "found where it was delivered"
)

// mostCopies is how many times an officers' message goes again by itself. A
// server that never answers would otherwise be given a copy at every pass.
const mostCopies = 2

// ref is our own reference of a message: the same for every attempt at the same
// words for the same purpose, in every copy of the database. What was delivered
// under it can be found again by a copy that does not know of it.
func (e *Engine) ref(m ledger.Message) string {
	home := sha256.Sum256([]byte(e.Store.Instance()))
	key := sha256.Sum256([]byte(m.Key))
	return fmt.Sprintf("%x-%x-%s", home[:4], key[:6], m.Digest[:12])
}

// copies counts how often a message of a key may have gone without anybody
// being able to say so.
func copies(book *ledger.Book, key string) int {
	n := 0
	for _, old := range book.MessagesIn(ledger.Failed) {
		if old.Key == key && strings.HasPrefix(old.Reason, goesAgain) {
			n++
		}
	}
	return n
}

// unknown are the changes for a message of which nobody can say whether it
// went. A letter to a member waits for a person; an officer is better served
// with a second copy than with none.
func (r *round) unknown(book *ledger.Book, m ledger.Message, why string) []ledger.Change {
	changes := []ledger.Change{ledger.MessageUncertain{ID: m.ID, Why: why}}
	if m.Basis != "officer" || copies(book, m.Key) >= mostCopies {
		r.d.Uncertain++
		return changes
	}
	r.d.Again++
	r.d.owed = true
	return append(changes, ledger.MessageFailed{ID: m.ID, Why: goesAgain})
}

// mark writes down what became of a letter.
func (r *round) mark(tx *store.Tx, e ended, now time.Time) error {
	r.Log.Info("message", "id", e.m.ID, "outcome", e.o.Kind, "code", e.o.Code)
	switch e.o.Kind {
	case letter.Delivered:
		return tx.Apply(now, "clarion", ledger.MessageSent{ID: e.m.ID, Proof: fmt.Sprintf("accepted by the server (%d)", e.o.Code)})
	case letter.Refused:
		return r.refuse(tx, &e.m, e.o, now)
	case letter.Unknown:
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		return tx.Apply(now, "clarion", r.unknown(book, e.m, brokeDown)...)
	}
	until := now.Add(backOff(e.m.Attempts))
	if needsPerson(e.o) {
		until = now // the letter is not at fault: it goes when the person has seen to it
	}
	return tx.Apply(now, "clarion", ledger.MessageDeferred{ID: e.m.ID, Until: until, Code: e.o.Code})
}

// count counts an outcome.
func (r *round) count(m ledger.Message, o letter.Outcome) {
	r.budget.count(o)
	switch o.Kind {
	case letter.Delivered:
		r.d.Sent++
	case letter.Refused:
		r.d.Failed++
		r.d.Fell = append(r.d.Fell, Fallen{ID: m.ID, Why: "the server refused it: " + said(o), key: m.Key})
	case letter.Deferred:
		r.d.Deferred++
		r.d.PutOff = "the server would not have it now: " + said(o)
	case letter.NotTried:
		r.d.Deferred++
		r.d.PutOff = "the mail server cannot be used: " + o.Text
	}
	if o.Kind != letter.Delivered && o.Kind != letter.Unknown {
		r.spent-- // the provider did not take it
	}
}

// said is what a server answered.
func said(o letter.Outcome) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %s", o.Code, o.Enhanced, strings.TrimSuffix(o.Text, ".")))
}

// refuse writes down a refusal for good. Where it is the address that does not
// work, nothing more goes there by mail; where it is the letter, it is not
// owed again, for it would be refused again.
func (r *round) refuse(tx *store.Tx, m *ledger.Message, o letter.Outcome, now time.Time) error {
	answer := strings.TrimSpace(fmt.Sprintf("the server said %d %s", o.Code, o.Enhanced))
	if o.Code == 0 {
		answer = "no mail can be sent to it"
	}
	if err := tx.Apply(now, "clarion", ledger.MessageFailed{ID: m.ID, Code: o.Code, Why: "refused by the server " + o.Enhanced}); err != nil {
		return err
	}
	if badAddress(o) {
		if m.Address == "" {
			return nil
		}
		r.verdict = nil // what else was to go there must be looked at again
		r.d.owed = r.d.owed || m.Basis != "officer"
		return tx.Apply(now, "clarion", ledger.Suppressed{Address: m.Address, Scope: "bounced", Why: answer})
	}
	if m.Basis == "officer" {
		return nil
	}
	book, err := tx.LoadBook()
	if err != nil {
		return err
	}
	for _, k := range m.Actions {
		a, ok := book.Action(k)
		if !ok || a.State != ledger.Owed {
			continue
		}
		a.State, a.Reason = ledger.Missed, "refused: "+answer
		if err := tx.Apply(now, "clarion", ledger.ActionClosed{Action: a}); err != nil {
			return err
		}
	}
	return nil
}

// badAddress reports whether a refusal is about the address rather than about
// us or the letter: then nothing more goes to it.
func badAddress(o letter.Outcome) bool {
	if o.Enhanced != "" {
		return strings.HasPrefix(o.Enhanced, "5.1.") || strings.HasPrefix(o.Enhanced, "5.2.1")
	}
	return o.Code == 0 || o.Code == 550 || o.Code == 551 || o.Code == 553
}

// backOff is how long to wait after so many tries: five minutes, doubled each
// time up to four hours.
func backOff(attempts int) time.Duration {
	d := 5 * time.Minute
	for i := 0; i < attempts && d < 4*time.Hour; i++ {
		d *= 2
	}
	return min(d, 4*time.Hour)
}

// recover settles the claims of a run that broke off: proof makes them sent; a
// message to officers goes again, marked; a letter to a member waits for a
// person.
func (r *round) recover(ctx context.Context) error {
	claimed, err := r.messages(ctx, ledger.Claimed)
	if err != nil || len(claimed) == 0 {
		return err
	}
	proof := map[int64]bool{}
	if p, ok := r.idle[0].(Prover); ok {
		ids, err := r.messageIDs(ctx, claimed)
		if err != nil {
			return err
		}
		if proof, err = r.lookedFor(ctx, p, ids); err != nil {
			proof = map[int64]bool{}
			r.Log.Warn("looking for letters of the broken-off run", "err", err)
		}
	}
	now := r.Now()
	return r.Store.Update(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		for _, m := range claimed {
			changes := []ledger.Change{ledger.MessageUncertain{ID: m.ID, Why: brokeOff}, ledger.MessageSent{ID: m.ID, Proof: found}}
			if proof[m.ID] {
				r.d.Proven++
			} else {
				changes = r.unknown(book, m, brokeOff)
			}
			if err := tx.Apply(now, "clarion", changes...); err != nil {
				return err
			}
		}
		return nil
	})
}

// messages lists the messages in some states.
func (e *Engine) messages(ctx context.Context, states ...ledger.MessageState) ([]ledger.Message, error) {
	var out []ledger.Message
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err == nil {
			out = book.MessagesIn(states...)
		}
		return err
	})
	return out, err
}

// messageIDs gives, by the messages' numbers, what stands in their headers: our
// reference, at the domain that each was written from. The settings may name
// another by now.
func (e *Engine) messageIDs(ctx context.Context, ms []ledger.Message) (map[int64]string, error) {
	out := make(map[int64]string, len(ms))
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		for _, m := range ms {
			c, err := tx.Content(m.ID)
			if errors.Is(err, store.ErrNotFound) {
				c.From, err = e.set.Constituency.Mail.From, nil
			}
			if err != nil {
				return err
			}
			out[m.ID] = letter.MessageID(e.ref(m), c.From)
		}
		return nil
	})
	return out, err
}

// lookedFor asks for proof of messages.
func (e *Engine) lookedFor(ctx context.Context, p Prover, ids map[int64]string) (map[int64]bool, error) {
	found, err := p.Sent(ctx, slices.Sorted(maps.Values(ids)))
	if err != nil {
		return nil, err
	}
	out := map[int64]bool{}
	for n, id := range ids {
		out[n] = found[id]
	}
	return out, nil
}

// LookInSent looks for messages that wait to be sent, or of which nobody knows,
// where letters are delivered: those that are found went. It is what a restored
// copy of the database must do before it may send.
func (e *Engine) LookInSent(ctx context.Context) (int, error) {
	sender, err := e.Sender(ctx, e.set.Constituency)
	if err != nil {
		return 0, err
	}
	defer sender.Close()
	p, ok := sender.(Prover)
	if !ok {
		return 0, nil
	}
	lease, err := e.lease(ctx) // nobody sends while we look
	if err != nil {
		return 0, err
	}
	defer lease.Release(context.WithoutCancel(ctx))
	waiting, err := e.messages(ctx, ledger.Proposed, ledger.Approved, ledger.Deferred, ledger.Claimed, ledger.Uncertain)
	if err != nil {
		return 0, err
	}
	ids, err := e.messageIDs(ctx, waiting)
	if err != nil {
		return 0, err
	}
	proof, err := e.lookedFor(ctx, p, ids)
	if err != nil {
		return 0, err
	}
	n := 0
	now := e.Now()
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		for _, m := range waiting {
			if !proof[m.ID] {
				continue
			}
			n++
			if err := wasSent(tx, m, lease.Fence, now); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

// wasSent takes a message to sent by the road that its state allows. One that
// may not be claimed here, because everything is stopped or it came too late
// since, is struck out: it went, and must not go once more when that is over.
func wasSent(tx *store.Tx, m ledger.Message, fence int64, now time.Time) error {
	var before []ledger.Change
	switch m.State {
	case ledger.Proposed:
		if m.Two && m.First == (ledger.Yes{}) { // whoever said the first yes said it to the other copy
			err := tx.Apply(now, "officer", ledger.MessageGotYes{ID: m.ID, Digest: m.Digest})
			if err != nil && !errors.As(err, new(*ledger.Refused)) {
				return err
			}
		}
		before = []ledger.Change{ledger.MessageApproved{ID: m.ID, Digest: m.Digest, Auto: m.Auto}, ledger.MessageClaimed{ID: m.ID, Fence: fence}}
	case ledger.Approved, ledger.Deferred:
		before = []ledger.Change{ledger.MessageClaimed{ID: m.ID, Fence: fence}}
	case ledger.Claimed:
		before = []ledger.Change{ledger.MessageUncertain{ID: m.ID, Why: brokeOff}}
	}
	for _, c := range append(before, ledger.MessageSent{ID: m.ID, Proof: found}) {
		err := tx.Apply(now, "clarion", c)
		switch {
		case err == nil:
		case !errors.As(err, new(*ledger.Refused)):
			return err
		case m.State == ledger.Proposed, m.State == ledger.Approved, m.State == ledger.Deferred:
			return tx.Apply(now, "clarion", ledger.MessageRejected{ID: m.ID, Reason: found})
		default:
			return nil
		}
	}
	return nil
}
