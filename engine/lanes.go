package engine

import (
	"context"
	"errors"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
)

// lanes are the connections of a round, and what is on them. Each has one
// letter on the wire at most, so that a run which is killed leaves at most one
// letter per connection of which nobody knows.
type lanes struct {
	open int      // connections
	idle []Sender // those with nothing on them
	busy int      // letters on the wire
	done chan ended
	over []ended       // what became of letters, and is not written down yet
	pace chan struct{} // closed when the next letter may be claimed; nil: now

	onWire, toWrite time.Duration // how long the last letter and the last transaction took
}

// ended is a letter that is no longer on the wire.
type ended struct {
	m    ledger.Message
	o    letter.Outcome
	by   Sender
	took time.Duration
}

// run sends until nothing is left. What was begun is ended and written down,
// whatever is asked meanwhile.
func (r *round) run(ctx context.Context) error {
	steady := context.WithoutCancel(ctx)
	resting, wake := context.WithCancel(ctx)
	defer func() {
		wake()
		if r.pace != nil {
			<-r.pace
		}
	}()
	for {
		if ctx.Err() != nil && r.d.Stopped == "" {
			r.d.Stopped = "it was asked to stop"
		}
		at := time.Now()
		begun, err := r.turn(steady, r.room())
		r.toWrite = time.Since(at)
		if err != nil {
			return errors.Join(err, r.windUp(steady))
		}
		if begun > 0 && len(r.queue) > 0 {
			r.rest(resting)
		}
		if r.busy == 0 && r.pace == nil {
			return nil
		}
		r.await()
	}
}

// room is how many letters may be begun now. After a setback, and at the
// beginning, one goes alone: a server that cannot be used is not asked with all
// connections at once.
func (r *round) room() int {
	n := r.open
	if r.budget.careful() {
		n = 1
	}
	if r.set.Constituency.Mail.AMinute > 0 {
		n = min(n, r.busy+1)
	}
	if r.d.Stopped != "" || r.pace != nil {
		n = 0
	}
	return max(0, n-r.busy)
}

// begin puts letters on the wire.
func (r *round) begin(ctx context.Context, next []letterOut) {
	for _, l := range next {
		sender := r.idle[len(r.idle)-1]
		r.idle = r.idle[:len(r.idle)-1]
		r.busy++
		go func() {
			begun := time.Now()
			o := sender.Send(ctx, *l.out)
			r.done <- ended{l.m, o, sender, time.Since(begun)}
		}()
	}
}

// rest puts off the next claim, where the provider asks for it; what ends
// meanwhile is written down meanwhile.
func (r *round) rest(ctx context.Context) {
	n := r.set.Constituency.Mail.AMinute
	if n == 0 {
		return
	}
	pace := make(chan struct{})
	r.pace = pace
	go func() {
		defer close(pace)
		r.Pause(ctx, time.Minute/time.Duration(n))
	}()
}

// await waits until a letter has ended or the next may be claimed, and takes
// all others that have ended too: they are written down together. Where a letter
// is on the wire for less time than it takes to write something down, it waits
// for all of them.
func (r *round) await() {
	select {
	case e := <-r.done:
		r.take(e)
	case <-r.pace:
		r.pace = nil
	}
	for r.busy > 0 && r.onWire < r.toWrite {
		r.take(<-r.done)
	}
	for r.busy > 0 {
		select {
		case e := <-r.done:
			r.take(e)
			continue
		default:
		}
		return
	}
}

// take counts a letter that has ended. A connection that cannot be had beside
// others is given up: not every provider allows so many.
func (r *round) take(e ended) {
	r.busy--
	r.onWire = e.took
	r.over = append(r.over, e)
	before, spare := r.budget, false
	if e.o.Kind == letter.NotTried && r.open > 1 {
		spare = !needsPerson(e.o)
		r.open--
		_ = e.by.Close()
	} else {
		r.idle = append(r.idle, e.by)
	}
	r.count(e.m, e.o)
	if spare {
		r.budget = before // one connection too many says nothing of the server; the last one does
	} else if r.d.Stopped == "" {
		r.d.Stopped = r.budget.spent(e.o)
	}
}

// windUp writes down what still ends after a fault.
func (r *round) windUp(ctx context.Context) error {
	for r.busy > 0 {
		r.take(<-r.done)
	}
	_, err := r.turn(ctx, 0)
	return err
}

// close says goodbye to the server.
func (r *round) close() {
	for _, s := range r.idle {
		_ = s.Close()
	}
}
