package mailbox

import (
	"context"
	"errors"
	"io"
	"math"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	atOnce    = 100       // messages in a batch at most
	beginning = 256 << 10 // bytes that are fetched of a message that is too large
)

// A Cursor says how far a folder was read. The zero Cursor reads all of it.
type Cursor struct {
	UIDValidity, UID uint32
	// Since leaves out what came before that day, whenever the folder is read
	// from its beginning. Servers count days in zones of their own, so a day
	// more is read.
	Since time.Time
}

// A Ref names a message as long as nobody moves it and the server does not
// number its folder anew.
type Ref struct {
	Folder           string
	UIDValidity, UID uint32
}

// A Message is one message as it lies on the server.
type Message struct {
	Ref
	Received time.Time
	Size     int64  // as the server says
	Bytes    []byte // all of it, or its header and beginning; none if the server cannot give it
	Whole    bool   // Bytes is all of it
}

// A Batch is what is new.
type Batch struct {
	Messages []Message // in the order in which they came into the folder
	Cursor   Cursor    // for the next Fetch, once these are dealt with
	More     bool      // more are waiting
	Renewed  bool      // the folder is read from its beginning again: some of these were had before
}

// Fetch gives what came after the cursor: a hundred messages at most, and not
// many more bytes than a batch may have.
func (m *Mailbox) Fetch(ctx context.Context, after Cursor) (Batch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b Batch
	err := m.perform(ctx, func(s *session) (err error) {
		b, err = m.fetch(ctx, s, after)
		return err
	})
	if err != nil {
		return Batch{}, err
	}
	return b, nil
}

func (m *Mailbox) fetch(ctx context.Context, s *session, after Cursor) (b Batch, err error) {
	uids, from, err := m.since(ctx, s, after)
	if err != nil {
		return b, err
	}
	b = Batch{Cursor: from, Renewed: after.UIDValidity != 0 && from.UIDValidity != after.UIDValidity}
	some := uids[:min(len(uids), atOnce)]
	if len(some) == 0 {
		return b, nil
	}
	found, err := s.sizes(ctx, some)
	if err != nil {
		return b, err
	}
	whole, part := imap.UIDSet{}, imap.UIDSet{}
	last, bytes := imap.UID(0), int64(0)
	for _, uid := range some {
		msg, there := found[uid]
		if there {
			room := min(msg.Size, beginning)
			if msg.Size <= m.account.Largest {
				room = msg.Size
			}
			if bytes += room; bytes > m.account.Batch && len(b.Messages) > 0 {
				break
			}
			if room == msg.Size {
				whole.AddNum(uid)
			} else {
				part.AddNum(uid)
			}
			msg.Ref = Ref{m.account.Folder, from.UIDValidity, uint32(uid)}
			b.Messages = append(b.Messages, msg)
		}
		last = uid
	}
	b.Cursor.UID, b.More = uint32(last), last != uids[len(uids)-1]
	texts := map[imap.UID][]byte{}
	if err := s.texts(ctx, whole, m.account.Largest+1, bytes, texts); err != nil {
		return b, err
	}
	if err := s.texts(ctx, part, beginning, bytes, texts); err != nil {
		return b, err
	}
	b.Messages = slices.DeleteFunc(b.Messages, func(msg Message) bool { _, there := texts[imap.UID(msg.UID)]; return !there })
	for i := range b.Messages {
		msg := &b.Messages[i]
		msg.Bytes = texts[imap.UID(msg.UID)]
		msg.Whole = len(msg.Bytes) > 0 && whole.Contains(imap.UID(msg.UID)) && int64(len(msg.Bytes)) <= m.account.Largest
	}
	return b, nil
}

// since gives the numbers of all messages after a cursor, in order, and the
// cursor as it holds now.
func (m *Mailbox) since(ctx context.Context, s *session, after Cursor) ([]imap.UID, Cursor, error) {
	if err := s.choose(ctx, m.account.Folder); err != nil {
		return nil, after, err
	}
	if after.UIDValidity != s.about.UIDValidity {
		after = Cursor{UIDValidity: s.about.UIDValidity, Since: after.Since}
	}
	if after.UID == math.MaxUint32 {
		return nil, after, nil
	}
	last := imap.UID(after.UID)
	what := imap.SearchCriteria{UID: []imap.UIDSet{{imap.UIDRange{Start: last + 1, Stop: 0}}}}
	if last == 0 && !after.Since.IsZero() {
		what.Since = after.Since.AddDate(0, 0, -1)
	}
	var uids []imap.UID
	err := s.ask(ctx, 0, func(c *imapclient.Client) error {
		d, err := c.UIDSearch(&what, nil).Wait()
		if err == nil {
			uids = d.AllUIDs()
		}
		return err
	})
	// A range that ends with the last message always holds the last message,
	// however old it is.
	uids = slices.DeleteFunc(uids, func(u imap.UID) bool { return u <= last })
	slices.Sort(uids)
	return slices.Compact(uids), after, err
}

// choose selects a folder, anew even if it is selected: so that what came
// meanwhile is known, and what the server says of it is of now.
func (s *session) choose(ctx context.Context, folder string) error {
	s.open = ""
	err := s.ask(ctx, 0, func(c *imapclient.Client) error {
		d, err := c.Select(folder, nil).Wait()
		if err == nil {
			s.about = *d
		}
		return err
	})
	if err != nil {
		return err
	}
	if s.about.UIDValidity == 0 {
		return &Fault{Kind: Setup, Text: "The mailbox's server does not number its messages for good (it gives no UIDVALIDITY), so it cannot be known which were read."}
	}
	s.open = folder
	return nil
}

// sizes gives what is known of messages without reading them. Those that are
// gone are not in it.
func (s *session) sizes(ctx context.Context, uids []imap.UID) (map[imap.UID]Message, error) {
	out := map[imap.UID]Message{}
	err := s.ask(ctx, 0, func(c *imapclient.Client) error {
		return gather(c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true}), func(p piece) {
			out[p.uid] = Message{Received: p.received, Size: max(p.size, 0)}
		})
	})
	return out, err
}

// texts reads messages, none further than a limit, into a map. bytes is how
// many are to be expected. A message that the server will not give alone is in
// the map without a text; one that is gone is not in it.
func (s *session) texts(ctx context.Context, uids imap.UIDSet, limit, bytes int64, into map[imap.UID][]byte) error {
	if len(uids) == 0 {
		return nil
	}
	err := s.read(ctx, uids, limit, bytes, into)
	var said *imap.Error
	if !errors.As(err, &said) || said.Type == imap.StatusResponseTypeBye || passing(said) {
		return err
	}
	all, _ := uids.Nums()
	for _, uid := range all {
		if _, have := into[uid]; have {
			continue
		}
		switch err := s.read(ctx, imap.UIDSetNum(uid), limit, bytes, into); {
		case err == nil:
		case errors.As(err, &said) && !passing(said):
			into[uid] = nil
		default:
			return err
		}
	}
	return nil
}

func (s *session) read(ctx context.Context, uids imap.UIDSet, limit, bytes int64, into map[imap.UID][]byte) error {
	section := &imap.FetchItemBodySection{Peek: true, Partial: &imap.SectionPartial{Offset: 0, Size: limit}}
	return s.ask(ctx, 16<<20+2*bytes, func(c *imapclient.Client) error { // some servers only guess the size
		return gather(c.Fetch(uids, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}), func(p piece) {
			if p.read {
				into[p.uid] = p.bytes
			}
		})
	})
}

// A piece is what the server said of one message.
type piece struct {
	uid      imap.UID
	received time.Time
	size     int64
	read     bool // there is a text, if perhaps an empty one
	bytes    []byte
}

// gather hands over all that the server says of messages, each when it is
// complete. If the line ends within a text, the text is not handed over, and
// the command not touched again: the library would read on at two places.
func gather(f *imapclient.FetchCommand, each func(piece)) error {
	for msg := f.Next(); msg != nil; msg = f.Next() {
		var p piece
		for item := msg.Next(); item != nil; item = msg.Next() {
			switch item := item.(type) {
			case imapclient.FetchItemDataUID:
				p.uid = item.UID
			case imapclient.FetchItemDataInternalDate:
				p.received = item.Time
			case imapclient.FetchItemDataRFC822Size:
				p.size = item.Size
			case imapclient.FetchItemDataBodySection:
				p.read, p.bytes = true, nil
				if item.Literal == nil {
					continue
				}
				var err error
				if p.bytes, err = io.ReadAll(item.Literal); err != nil {
					return err
				}
				if int64(len(p.bytes)) < item.Literal.Size() {
					return io.ErrUnexpectedEOF
				}
			}
		}
		each(p)
	}
	return f.Close()
}

func isAnswer(err error) bool {
	var said *imap.Error
	return errors.As(err, &said)
}
