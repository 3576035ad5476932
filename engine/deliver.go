package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Delivery says what one round of sending came to.
type Delivery struct {
	Sent, Deferred, Failed, Uncertain int
	Proven                            int // letters of a broken-off run that were found to have gone
	Again                             int // officers' messages of a broken-off run that go once more
	Left                              int // approved and due, but not sent in this round
	Fell                              []Fallen
	PutOff                            string // why the last deferred letter was put off, for a person
	Stopped                           string // why the round ended early, for a person

	owed  bool // what is owed is no longer what was planned
	stale bool // a look just before the wire took something away
}

// and is what two rounds of one pass came to.
func (d Delivery) and(next Delivery) Delivery {
	next.Sent += d.Sent
	next.Deferred += d.Deferred
	next.Failed += d.Failed
	next.Uncertain += d.Uncertain
	next.Proven += d.Proven
	next.Again += d.Again
	next.Fell = append(d.Fell, next.Fell...)
	if next.PutOff == "" {
		next.PutOff = d.PutOff
	}
	if next.Stopped == "" {
		next.Stopped = d.Stopped
	}
	next.owed = next.owed || d.owed
	return next
}

// Fallen is a message that did not go, and why: looked at again just before the
// wire it was no longer right, or the server would not have it.
type Fallen struct {
	ID  int64
	Why string
}

// leaseTime is how long the right to send outlasts a sign of life.
const leaseTime = 2 * time.Minute

// setbacks is how many letters in a row may come to nothing before a round
// ends: the server is at fault then, not the letters.
const setbacks = 3

// ErrNoMail says that constituency.yaml does not say how letters leave.
var ErrNoMail = errors.New("constituency.yaml does not say how letters leave: add mail, with send or drop")

// Deliver sends what is approved and due. Each letter is claimed in a
// transaction of its own, on disk before its first byte is on the wire, after
// one more look at whether it may go. A claim found at the beginning is a
// letter of a run that broke off: nobody can say whether it went.
//
// A context that ends stops the round after the letter now on the wire.
func (e *Engine) Deliver(ctx context.Context) (Delivery, error) {
	var d Delivery
	lease, err := e.lease(ctx)
	if err != nil {
		return d, err
	}
	defer lease.Release(context.WithoutCancel(ctx))
	stand, err := e.Store.Stand(ctx)
	if err != nil {
		return d, err
	}
	due, err := e.due(ctx)
	if err != nil || due == 0 {
		return d, err
	}
	if !stand.Sending() {
		d.Stopped, d.Left = stand.Why+"; "+stand.Hint, due
		return d, nil
	}
	sender, err := e.Sender(ctx, e.set.Constituency)
	if err != nil {
		return d, err
	}
	defer sender.Close()
	r := &round{Engine: e, lease: lease, sender: sender, d: &d, tried: map[int64]bool{}}
	if err := r.recover(ctx); err != nil {
		return d, err
	}
	if err := r.run(ctx); err != nil {
		return d, err
	}
	d.Left, err = e.due(context.WithoutCancel(ctx))
	return d, err
}

// lease takes the right to send, which one process has at a time.
func (e *Engine) lease(ctx context.Context) (*store.Lease, error) {
	return e.Store.Lease(ctx, "deliver", fmt.Sprintf("process %d", os.Getpid()), leaseTime)
}

// due counts what a round could have to do, so that an idle one opens no
// connection.
func (e *Engine) due(ctx context.Context) (int, error) {
	n := 0
	now := e.Now()
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		n = len(book.MessagesIn(ledger.Claimed))
		for _, m := range book.MessagesIn(ledger.Approved, ledger.Deferred) {
			if !m.NotBefore.After(now) {
				n++
			}
		}
		return nil
	})
	return n, err
}

// round is one round of sending.
type round struct {
	*Engine
	lease   *store.Lease
	sender  Sender
	d       *Delivery
	counter int64     // the store's change counter after our own last write
	looked  time.Time // the minute of the last look
	verdict map[int64]string
	tried   map[int64]bool
	failed  int // letters in a row that did not reach the server
	refused int // letters in a row that the server would not have
}

// run sends until nothing is left.
func (r *round) run(ctx context.Context) error {
	for {
		if ctx.Err() != nil {
			r.d.Stopped = "it was asked to stop"
			return nil
		}
		// What was begun is ended, whatever is asked meanwhile.
		steady := context.WithoutCancel(ctx)
		m, out, err := r.claim(steady)
		if err != nil || m == nil {
			return err
		}
		outcome := r.sender.Send(steady, *out)
		if err := r.record(m, outcome); err != nil {
			return err
		}
		if r.d.Stopped = r.enough(outcome); r.d.Stopped != "" {
			return nil
		}
		if err := r.rest(ctx); err != nil {
			return err
		}
	}
}

// rest waits before the next letter, where the provider asks for it.
func (r *round) rest(ctx context.Context) error {
	n := r.set.Constituency.Mail.AMinute
	if n == 0 {
		return nil
	}
	left, err := r.due(context.WithoutCancel(ctx))
	if err == nil && left > 0 {
		r.Pause(ctx, time.Minute/time.Duration(n))
	}
	return err
}

// enough says why a round ends after an outcome, or is empty.
func (r *round) enough(o letter.Outcome) string {
	switch {
	case o.Kind == letter.Unknown:
		return "the connection broke while a letter was on the wire: " + o.Text
	case r.failed >= setbacks:
		return "the mail server cannot be used: " + o.Text
	case r.refused >= setbacks:
		return fmt.Sprintf("the mail server refused %d letters in a row, the last with %s", r.refused, said(o))
	}
	return ""
}

// said is what a server answered.
func said(o letter.Outcome) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s %s", o.Code, o.Enhanced, o.Text))
}

// claim takes the next message that may go, in one durable transaction with
// the last look at it. No message: nothing is left.
func (r *round) claim(ctx context.Context) (claimed *ledger.Message, out *letter.Outgoing, err error) {
	err = r.Store.Update(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		now := r.Now()
		if _, halted := book.Halted(); halted {
			r.d.Stopped = "everything is stopped; clarion resume lets letters go again"
			return nil
		}
		if err := r.lease.Check(tx); err != nil {
			return err
		}
		if err := r.lookAgain(tx, now); err != nil {
			return err
		}
		for _, m := range r.queue(book, now) {
			if r.spentToday(book, now) {
				r.d.Stopped = "the provider's letters of today are used up; the rest goes tomorrow"
				return nil
			}
			var why string
			if out, why, err = r.ready(tx, m, now); err != nil {
				return err
			}
			if why == "" {
				claimed = &m
				return nil
			}
			r.tried[m.ID] = true
			r.d.Fell = append(r.d.Fell, Fallen{m.ID, why})
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return claimed, out, nil
}

// ready claims one message and gathers what goes on the wire, or says why the
// message may not go.
func (r *round) ready(tx *store.Tx, m ledger.Message, now time.Time) (*letter.Outgoing, string, error) {
	if why, fell := r.verdict[m.ID]; fell {
		r.d.stale = true
		return nil, why, nil
	}
	out, why, err := r.outgoing(tx, m, now)
	if err != nil || why != "" {
		return nil, why, err
	}
	var no *ledger.Refused
	err = tx.Apply(now, "clarion", ledger.MessageClaimed{ID: m.ID, Fence: r.lease.Fence})
	if errors.As(err, &no) {
		return nil, no.Why, nil
	}
	return out, "", err
}

// lookAgain asks the planner once more, unless nothing but our own sending has
// changed since it was last asked this minute.
func (r *round) lookAgain(tx *store.Tx, now time.Time) error {
	if r.verdict != nil && tx.Counter() == r.counter && now.Sub(r.looked) < time.Minute && !now.Before(r.looked) {
		r.counter++ // the claim that follows
		return nil
	}
	in, err := r.input(tx, now)
	if err != nil {
		return err
	}
	r.verdict, r.looked, r.counter = plan.Recheck(in), now, tx.Counter()+1
	return nil
}

// queue lists what is approved and due: officers first, then service, then
// marketing, in order of approval.
func (r *round) queue(book *ledger.Book, now time.Time) []ledger.Message {
	var out []ledger.Message
	waiting := book.MessagesIn(ledger.Approved, ledger.Deferred)
	for _, basis := range []string{"officer", "service", "marketing"} {
		for _, m := range waiting {
			if m.Basis == basis && !m.NotBefore.After(now) && !r.tried[m.ID] {
				out = append(out, m)
			}
		}
	}
	return out
}

// spentToday reports whether the provider's daily number is used up.
func (r *round) spentToday(book *ledger.Book, now time.Time) bool {
	most := r.set.Constituency.Mail.ADay
	if most == 0 {
		return false
	}
	n := 0
	day := r.Clock().Day(now)
	for _, m := range book.MessagesIn(ledger.Sent, ledger.Uncertain, ledger.Bounced) {
		if r.Clock().Day(m.SentAt) == day {
			n++
		}
	}
	return n >= most
}

// outgoing gathers what goes on the wire, or says why it cannot.
func (r *round) outgoing(tx *store.Tx, m ledger.Message, now time.Time) (*letter.Outgoing, string, error) {
	c, err := tx.Content(m.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, "its words are no longer there", nil
	case err != nil:
		return nil, "", err
	case c.Digest() != m.Digest:
		return nil, "its words are not those that were approved: the database is damaged, restore it from a backup", nil
	}
	o := &letter.Outgoing{Ref: r.ref(m), Date: now.In(r.Clock().Zone), Content: c, Files: map[string][]byte{}}
	domain := "clarion.invalid"
	if i := strings.LastIndexByte(c.From, '@'); i >= 0 {
		domain = c.From[i+1:]
	}
	o.MessageID = "<" + o.Ref + "@" + domain + ">"
	for _, a := range c.Attachments {
		body, _, err := tx.File(a.SHA256)
		if errors.Is(err, store.ErrNotFound) {
			return nil, "its attachment " + a.Name + " is no longer there", nil
		}
		if err != nil {
			return nil, "", fmt.Errorf("finding the attachment of message %d: %w", m.ID, err)
		}
		o.Files[a.SHA256] = body
	}
	book, err := tx.LoadBook()
	if err != nil {
		return nil, "", err
	}
	o.Again = copies(book, m.Key) > 0
	return o, "", nil
}
