package engine

import (
	"context"
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// A postman waits for mail beside the daemon's beat, and rings when something
// came. While nothing comes nothing ticks: the mailbox's server says when.
type postman struct {
	open  func(context.Context, *playbook.Constituency) (Mailbox, error)
	place func(context.Context, string) (MailPlace, error)
	ring  func()
	rang  atomic.Bool
	went  chan time.Duration // a pass ended: how long to leave the mailbox in peace

	mu       sync.Mutex
	settings *playbook.Constituency
	stop     context.CancelFunc // of the waiting under way
}

// newPostman is a postman of an engine, who rings by making the next beat come
// at once.
func (e *Engine) newPostman(ring func()) *postman {
	return &postman{open: e.Options.Mailbox, place: e.mailPlace, ring: ring, went: make(chan time.Duration, 1)}
}

// passed tells the postman what a pass came to, and the settings as they are
// now.
func (p *postman) passed(c *playbook.Constituency, said Collection) {
	p.mu.Lock()
	changed := p.settings != nil && !reflect.DeepEqual(p.settings.Mail.Mailbox, c.Mail.Mailbox)
	p.settings = c
	if changed && p.stop != nil {
		p.stop()
	}
	p.mu.Unlock()
	select {
	case <-p.went: // of a pass that nobody waited for
	default:
	}
	p.went <- said.again
}

// run waits until the context ends.
func (p *postman) run(ctx context.Context) {
	for p.rest(ctx) {
		for p.once(ctx) && ctx.Err() == nil { // the settings changed
		}
	}
}

// rest waits for a pass to end, and as long as it says. It reports whether to go
// on.
func (p *postman) rest(ctx context.Context) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case peace := <-p.went:
			if peace > 0 {
				wait(ctx, peace)
			}
			return ctx.Err() == nil
		}
	}
}

// once waits for mail one time, and rings. It reports whether the settings
// changed meanwhile. What a person must see to is found again by the pass, which
// says so.
func (p *postman) once(ctx context.Context) (changed bool) {
	p.mu.Lock()
	settings := p.settings
	within, stop := context.WithCancel(ctx)
	defer stop()
	p.stop = stop
	p.mu.Unlock()
	if settings == nil || settings.Mail.Mailbox == nil {
		<-within.Done()
		return ctx.Err() == nil
	}
	err := p.wait(within, settings)
	if within.Err() != nil {
		return ctx.Err() == nil
	}
	if err != nil {
		wait(within, personTime)
		if within.Err() != nil {
			return ctx.Err() == nil
		}
	}
	p.rang.Store(true)
	p.ring()
	return false
}

// personTime is how long a mailbox is left in peace that a person must see to.
const personTime = 30 * time.Minute

func (p *postman) wait(ctx context.Context, c *playbook.Constituency) error {
	box, err := p.open(ctx, c)
	if err != nil {
		return err
	}
	defer box.Close()
	place, err := p.place(ctx, mailboxName(c.Mail.Mailbox))
	if err != nil {
		return err
	}
	return box.Wait(ctx, place)
}
