package mailbox

import (
	"context"
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// A Filing is what became of a message that was to be filed.
type Filing int

const (
	Moved      Filing = iota + 1 // it lies in the folder now
	Marked                       // the server cannot move: it has the keyword now, and lies where it lay
	Left                         // the server can do neither
	Gone                         // somebody took it away
	Renumbered                   // the server numbered the folder anew: it is to be fetched again first
)

func (f Filing) String() string {
	switch f {
	case Moved:
		return "moved"
	case Marked:
		return "marked"
	case Left:
		return "left where it is"
	case Gone:
		return "gone already"
	case Renumbered:
		return "numbered anew"
	}
	return "unknown"
}

// keyword marks what was dealt with where nothing can be moved.
const keyword imap.Flag = "$Clarion"

// File moves a message into a folder, which is made if it is not there; a path
// has slashes, whatever the server writes. Nothing is copied and then deleted:
// where there is no MOVE, the message stays and is marked.
func (m *Mailbox) File(ctx context.Context, r Ref, folder string) (Filing, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var f Filing
	err := m.perform(ctx, func(s *session) (err error) {
		f, err = s.file(ctx, r, folder)
		return err
	})
	if err != nil {
		return 0, err
	}
	return f, nil
}

func (s *session) file(ctx context.Context, r Ref, folder string) (Filing, error) {
	if s.open != r.Folder {
		if err := s.choose(ctx, r.Folder); err != nil {
			return 0, err
		}
	}
	if s.about.UIDValidity != r.UIDValidity {
		return Renumbered, nil // the number is another message's now
	}
	uid := imap.UIDSetNum(imap.UID(r.UID))
	if there, err := s.there(ctx, uid); err != nil || !there {
		return Gone, err
	}
	if !s.caps.Has(imap.CapMove) {
		return s.mark(ctx, uid)
	}
	p, err := s.look(ctx)
	if err != nil {
		return 0, err
	}
	to := p.name(folder)
	var said *imap.Error
	for made := false; ; made = true {
		moved, err := s.move(ctx, uid, to)
		if !errors.As(err, &said) || passing(said) {
			return moved, err
		}
		if there, lost := s.there(ctx, uid); lost != nil || !there {
			return Gone, lost // somebody was faster
		}
		if made || p.has(to) {
			return 0, err
		}
		if err := s.make(ctx, to); err != nil {
			return 0, err
		}
	}
}

// there tells that the selected folder holds a message.
func (s *session) there(ctx context.Context, uid imap.UIDSet) (bool, error) {
	found := false
	err := s.ask(ctx, 0, func(c *imapclient.Client) error {
		d, err := c.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{uid}}, nil).Wait()
		found = err == nil && len(d.AllUIDs()) > 0
		return err
	})
	return found, err
}

// move needs a server that has MOVE: the library would make a copy of the
// message and delete it otherwise.
func (s *session) move(ctx context.Context, uid imap.UIDSet, to string) (Filing, error) {
	f := Moved
	err := s.ask(ctx, 0, func(c *imapclient.Client) error {
		d, err := c.Move(uid, to).Wait()
		if err == nil && s.caps.Has(imap.CapUIDPlus) && d.UIDValidity == 0 {
			f = Gone // a server that says what it moved says nothing: it moved nothing
		}
		return err
	})
	return f, err
}

func (s *session) make(ctx context.Context, folder string) error {
	err := s.ask(ctx, 0, func(c *imapclient.Client) error { return c.Create(folder, nil).Wait() })
	if err != nil {
		var said *imap.Error
		if errors.As(err, &said) && said.Code == imap.ResponseCodeAlreadyExists {
			return nil
		}
		return err
	}
	s.places = nil
	// People see a folder only if it is subscribed to; it is there all the same.
	err = s.ask(ctx, 0, func(c *imapclient.Client) error { return c.Subscribe(folder).Wait() })
	if isAnswer(err) {
		return nil
	}
	return err
}

// mark puts the keyword on a message, if the folder allows keywords.
func (s *session) mark(ctx context.Context, uid imap.UIDSet) (Filing, error) {
	if !s.keywords() {
		return Left, nil
	}
	err := s.ask(ctx, 0, func(c *imapclient.Client) error {
		return c.Store(uid, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{keyword}}, nil).Close()
	})
	if isAnswer(err) {
		return Left, nil
	}
	return Marked, err
}

// keywords tells that the selected folder keeps flags that clients invent.
func (s *session) keywords() bool {
	return slices.Contains(s.about.PermanentFlags, imap.FlagWildcard) || slices.Contains(s.about.PermanentFlags, keyword)
}
