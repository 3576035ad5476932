package mailbox

import (
	"context"
	"errors"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Wait returns nil when there is something after the cursor, the context's
// error when that ends, and a Fault when a person is needed. While the server
// cannot be reached it goes on trying, with longer and longer pauses.
func (m *Mailbox) Wait(ctx context.Context, after Cursor) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for {
		news := false
		err := m.perform(ctx, func(s *session) error {
			select { // what comes from here on is news
			case <-s.news:
			default:
			}
			uids, now, err := m.since(ctx, s, after)
			news = len(uids) > 0 || after.UIDValidity != 0 && now.UIDValidity != after.UIDValidity
			if err != nil || news || !s.caps.Has(imap.CapIdle) {
				return err
			}
			return m.idle(ctx, s)
		})
		var f *Fault
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil && news:
			return nil
		case err == nil && m.session != nil && m.session.caps.Has(imap.CapIdle):
			continue
		case err == nil:
			pause(ctx, m.account.Poll)
		case errors.As(err, &f) && f.Kind == Temporary:
			pause(ctx, f.After)
		default:
			return err
		}
	}
}

// idle lets the server say when something comes, for one slice. Its end is
// asked to be answered: a line that died without a word is found out here.
func (m *Mailbox) idle(ctx context.Context, s *session) error {
	var idle *imapclient.IdleCommand
	err := s.ask(ctx, 0, func(c *imapclient.Client) (err error) {
		idle, err = c.Idle()
		return err
	})
	if err != nil {
		return err
	}
	slice := time.NewTimer(m.account.Slice)
	defer slice.Stop()
	select {
	case <-slice.C:
	case <-s.news:
	case <-ctx.Done():
	case <-s.client.Closed():
	}
	// Even when the context has ended, the line is left in order.
	return s.ask(context.WithoutCancel(ctx), 0, func(*imapclient.Client) error {
		if err := idle.Close(); err != nil {
			return err
		}
		return idle.Wait()
	})
}

// pause waits for a while, or until the context ends.
func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
