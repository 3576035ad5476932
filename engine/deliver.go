package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
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
	Staged                            []Staged

	waits  map[int64]bool // the letters of Staged
	wake   time.Time      // when they may go
	untold bool           // letters waited in this round until somebody was told of their yes
	owed   bool           // what is owed is no longer what was planned
	stale  bool           // a look just before the wire took something away
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

// Staged is what is left of a large batch, which waits for its first letters.
type Staged struct {
	Playbook string
	Letters  int
	Why      string
}

// Fallen is a message that did not go, and why: looked at again just before the
// wire it was no longer right, or the server would not have it.
type Fallen struct {
	ID  int64
	Why string

	key string // by which the plan knows it
}

// leaseTime is how long the right to send outlasts a sign of life.
const leaseTime = 2 * time.Minute

// ErrNoMail says that constituency.yaml does not say how letters leave.
var ErrNoMail = errors.New("constituency.yaml does not say how letters leave: add mail, with send or drop")

// Deliver sends what is approved and due. Each letter is claimed, on disk before
// its first byte is on the wire, after one more look at whether it may go; what
// is claimed at once is one letter for each connection at most. A claim found at
// the beginning is a letter of a run that broke off: nobody can say whether it
// went.
//
// A context that ends stops the round after the letters now on the wire.
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
	tried := map[int64]bool{}
	if err := e.send(ctx, lease, &d, tried); err != nil {
		return d, err
	}
	if d.untold && d.Sent > 0 && d.Stopped == "" && ctx.Err() == nil { // those who hear of a yes have now been told
		if err := e.send(ctx, lease, &d, tried); err != nil {
			return d, err
		}
	}
	d.Left, err = e.due(context.WithoutCancel(ctx))
	if err == nil && d.waits != nil {
		err = e.behind(context.WithoutCancel(ctx), &d)
	}
	return d, err
}

// behind says, when a round is over, which letters wait for the first of their
// batch, and for what.
func (e *Engine) behind(ctx context.Context, d *Delivery) error {
	now := e.Now()
	return e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		_, pl := plan.LastLook(in)
		clear(d.waits)
		d.wake = pl.Wake
		for _, m := range pl.Messages {
			if !m.Stands || m.Staged == "" {
				continue
			}
			d.waits[m.ID] = true
			i := slices.IndexFunc(d.Staged, func(s Staged) bool { return s.Playbook == m.Playbook && s.Why == m.Staged })
			if i < 0 {
				i, d.Staged = len(d.Staged), append(d.Staged, Staged{Playbook: m.Playbook, Why: m.Staged})
			}
			d.Staged[i].Letters++
		}
		d.Left -= len(d.waits)
		return nil
	})
}

// send makes one round, which leaves alone what was tried before.
func (e *Engine) send(ctx context.Context, lease *store.Lease, d *Delivery, tried map[int64]bool) error {
	r := &round{Engine: e, lease: lease, d: d, series: e.Store.Series(), tried: tried,
		lanes: lanes{done: make(chan ended)}}
	defer r.series.Close(context.WithoutCancel(ctx))
	defer r.close()
	for range max(1, e.set.Constituency.Mail.Connections) {
		s, err := e.Sender(ctx, e.set.Constituency)
		if err != nil {
			return err
		}
		r.idle = append(r.idle, s)
		r.open++
	}
	if err := r.recover(ctx); err != nil {
		return err
	}
	return r.run(ctx)
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
			if !m.Earliest().After(now) {
				n++
			}
		}
		return nil
	})
	return n, err
}

// round is one round of sending: one goroutine that alone writes to the ledger,
// and for each connection at most one more, which has a letter on the wire.
type round struct {
	*Engine
	lanes
	lease   *store.Lease
	series  *store.Series
	d       *Delivery
	counter int64     // the store's change counter after our own last write
	looked  time.Time // the minute of the last look
	verdict map[int64]string
	tells   map[int64][]int64 // of an officer's message: the letters whose yes it asks for
	queue   []int64           // what the last look found to go, in order
	spent   int               // letters of today, as far as the provider counts them
	tried   map[int64]bool
	budget  budget
}

// turn is one durable transaction: it writes down what became of letters, and
// claims up to so many that are to go next, which it then sets going. What is
// claimed is on the disk before.
func (r *round) turn(ctx context.Context, room int) (begun int, err error) {
	if room == 0 && len(r.over) == 0 {
		return 0, nil
	}
	var next []letterOut
	var counter int64
	err = r.series.Update(ctx, func(tx *store.Tx) (err error) {
		if counter = tx.Counter(); counter != r.counter {
			r.verdict = nil // somebody else changed something
		}
		now := r.Now()
		for _, e := range r.over {
			err := r.mark(tx, e, now)
			var no *ledger.Refused
			if errors.As(err, &no) { // somebody else has settled it meanwhile
				r.Log.Warn("what became of a message is known already", "id", e.m.ID)
				r.known(tx, e)
				continue
			}
			if err != nil {
				return fmt.Errorf("writing down what became of message %d: %w", e.m.ID, err)
			}
		}
		if room > 0 {
			next, err = r.claim(tx, room, now)
		} else if r.budget.person != "" {
			err = r.halt(tx, now)
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	if r.counter = counter; len(r.over)+len(next) > 0 {
		r.counter++
	}
	r.over = r.over[:0]
	r.begin(ctx, next)
	return len(next), nil
}

// known tells a person of a letter that went, where somebody has written down
// meanwhile that it did not: it may go a second time.
func (r *round) known(tx *store.Tx, e ended) {
	book, err := tx.LoadBook()
	if err != nil || e.o.Kind != letter.Delivered {
		return
	}
	if m, ok := book.Message(e.m.ID); ok && m.State != ledger.Sent && m.State != ledger.Bounced {
		r.d.Fell = append(r.d.Fell, Fallen{ID: m.ID, Why: "the server took it, though meanwhile it was written down as " + string(m.State) + "; see that it does not go twice", key: m.Key})
	}
}

// A letterOut is a letter that is claimed, and what goes on the wire.
type letterOut struct {
	m   ledger.Message
	out *letter.Outgoing
}

// claim takes the next messages that may go, with the last look at them. None:
// nothing is left.
func (r *round) claim(tx *store.Tx, room int, now time.Time) ([]letterOut, error) {
	book, err := tx.LoadBook()
	if err != nil {
		return nil, err
	}
	if _, halted := book.Halted(); halted {
		why, err := haltedWhy(tx, book)
		r.d.Stopped = becauseOf(why)
		return nil, err
	}
	if err := r.lease.Check(tx); err != nil {
		return nil, err
	}
	if err := r.lookAgain(tx, now); err != nil {
		return nil, err
	}
	var next []letterOut
	for len(next) < room && len(r.queue) > 0 {
		if most := r.set.Constituency.Mail.ADay; most > 0 && r.spent >= most {
			r.d.Stopped = "the provider's letters of today are used up; the rest goes tomorrow"
			break
		}
		id := r.queue[0]
		r.queue = r.queue[1:]
		m, ok := book.Message(id)
		if !ok || r.tried[id] {
			continue
		}
		out, why, err := r.ready(tx, m, now)
		if err != nil {
			return nil, err
		}
		r.tried[id] = true
		if why != "" {
			r.d.Fell = append(r.d.Fell, Fallen{ID: m.ID, Why: why, key: m.Key})
			continue
		}
		r.spent++
		next = append(next, letterOut{m, out})
	}
	return next, nil
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

// lookAgain asks the planner once more, and lists what is to go, unless nothing
// but our own sending has changed since that was last done this minute.
func (r *round) lookAgain(tx *store.Tx, now time.Time) error {
	if r.verdict != nil && now.Sub(r.looked) < time.Minute && !now.Before(r.looked) {
		return nil
	}
	in, err := r.input(tx, now)
	if err != nil {
		return err
	}
	fell, pl := plan.LastLook(in)
	r.verdict, r.looked = fell, now
	staged := map[int64]bool{}
	r.tells = map[int64][]int64{}
	for _, m := range pl.Messages {
		if m.Stands && m.Kind == ledger.Digest {
			r.tells[m.ID] = m.Tells()
		}
		if m.Stands && m.Staged != "" {
			staged[m.ID], r.d.waits = true, map[int64]bool{}
			r.d.untold = r.d.untold || m.Staged == plan.Untold
		}
	}
	r.queue, r.spent = r.waiting(in.Book, now, staged), r.busy+r.spentOn(in.Book, r.Clock().Day(now))
	return nil
}

// waiting lists what is approved and due: officers first, then service, then
// marketing; of those the ones that are too late soonest, for a provider's day
// may not hold them all; and then in order of approval. What waits for the first
// letters of its batch is not among them.
func (r *round) waiting(book *ledger.Book, now time.Time, staged map[int64]bool) []int64 {
	ranks := map[string]int{"officer": 0, "service": 1, "marketing": 2}
	all := slices.DeleteFunc(book.MessagesIn(ledger.Approved, ledger.Deferred), func(m ledger.Message) bool {
		return m.Earliest().After(now) || r.tried[m.ID] || staged[m.ID]
	})
	slices.SortStableFunc(all, func(a, b ledger.Message) int {
		if c := cmp.Compare(ranks[a.Basis], ranks[b.Basis]); c != 0 {
			return c
		}
		if a.Expires.IsZero() != b.Expires.IsZero() {
			return cmp.Compare(oneIf(a.Expires.IsZero()), oneIf(b.Expires.IsZero()))
		}
		return a.Expires.Compare(b.Expires)
	})
	ids := make([]int64, len(all))
	for i, m := range all {
		ids[i] = m.ID
	}
	return ids
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// spentOn counts the letters that the provider has had on a day.
func (e *Engine) spentOn(book *ledger.Book, day calendar.Date) int {
	n := 0
	for _, m := range book.MessagesIn(ledger.Sent, ledger.Uncertain, ledger.Bounced) {
		if e.Clock().Day(m.SentAt) == day {
			n++
		}
	}
	return n
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
	o.MessageID = "<" + letter.MessageID(o.Ref, c.From) + ">"
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
	if err := r.thread(tx, book, m, o); err != nil {
		return nil, "", err
	}
	return o, "", r.link(tx, book, m, r.tells[m.ID], o, now)
}
