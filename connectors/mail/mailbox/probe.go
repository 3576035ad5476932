package mailbox

import (
	"context"
)

// A Report says how an account looks from here, for a person who sets it up.
type Report struct {
	TLS       string // the version; empty: in the open
	Login     string // the way we logged in
	Messages  int    // in the folder that mail comes into
	Sent      string // the folder of sent letters; empty: none is known
	Folders   []string
	Moves     bool // messages can be moved
	Announces bool // the server says when mail comes (IDLE); otherwise we look now and then
	Keywords  bool // messages can be marked
}

// Probe logs in and looks round. It changes nothing.
func (m *Mailbox) Probe(ctx context.Context) (Report, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var r Report
	err := m.perform(ctx, func(s *session) error {
		if err := s.choose(ctx, m.account.Folder); err != nil {
			return err
		}
		p, err := s.look(ctx)
		if err != nil {
			return err
		}
		r = Report{TLS: s.version(), Login: s.login, Messages: int(s.about.NumMessages), Sent: p.sent(m.account.Sent),
			Moves: s.caps.Has("MOVE"), Announces: s.caps.Has("IDLE"), Keywords: s.keywords()}
		for _, l := range p.all {
			r.Folders = append(r.Folders, l.Mailbox)
		}
		return nil
	})
	return r, err
}
