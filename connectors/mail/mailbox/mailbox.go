// Package mailbox collects mail over IMAP: what is new, in order, each message
// once; files what has been dealt with; waits for more; and looks a letter up
// among the sent ones.
//
// # What it never does
//
// Nothing is ever deleted. No message is flagged \Deleted, no folder is
// expunged, closed or removed; a server that cannot move a message keeps it
// where it is, marked with the keyword $Clarion if it allows keywords. Reading
// does not mark a message as read: the box belongs to people.
//
// # The place in the folder
//
// Other clients read, move and flag the same messages, so nothing is concluded
// from flags. A Cursor says how far the folder was read: the server's
// UIDVALIDITY and the last UID. The server numbers messages in the order in
// which they came into the folder, and never gives a number twice while the
// UIDVALIDITY stays. Has it changed, the numbers mean nothing any more: the
// folder is read from its beginning (or from Cursor.Since), the batch says
// Renewed, and the caller knows by Message-ID and content which it has had. A
// Ref of before the change names no message now: filing it answers Gone.
//
// A message that somebody took away meanwhile is no fault: it is not in the
// batch, or filing it answers Gone.
//
// # A connection that dies
//
// Every command has a limit: if the server says nothing for so long, the
// connection is ended and Fault.Temporary. A connection on which nothing was
// expected for a while may be dead without a word, so IDLE goes in slices, and
// its end is asked to be answered. A kept connection that turns out to be gone
// is dialled again, once; what was asked is asked again, and can be: reading
// changes nothing, a move that already happened finds its message gone, and a
// copy is looked for before it is put. Nor does a server say more than it was
// asked for: beyond that the connection is ended too, so that no answer fills
// the memory.
//
// A Mailbox has one connection and does one thing at a time; who calls a second
// verb waits for the first, and Wait can be ended by its context.
package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"github.com/clarion-clp/clarion/connectors/mail/internal/wire"
)

// The ways to be safe from listeners on the way to the server.
const (
	TLS      = "tls"      // encrypted from the first byte
	StartTLS = "starttls" // begins in the open and then encrypts, or does not log in
	NoTLS    = "none"     // in the open; only to this machine itself
)

// An Account says how to reach a mailbox. What is zero has a usual value.
type Account struct {
	Server   string
	Port     int    // 993 for tls, 143 otherwise
	TLS      string // TLS if empty
	User     string
	Password string
	// Token gives an access token, instead of a password. An error that has a
	// method Temporary() bool and answers true there is tried again; any other
	// means that a person has to log in.
	Token func(context.Context) (string, error)

	Folder string // that mail comes into; INBOX
	Sent   string // where sent letters are kept; what the server calls so

	Answer  time.Duration // how long the server may say nothing when asked; half a minute
	Slice   time.Duration // how long one IDLE lasts; 5 minutes
	Poll    time.Duration // between looks where there is no IDLE; 5 minutes
	Largest int64         // a message larger than this is fetched in part; 25 MB
	Batch   int64         // bytes that a Fetch holds at most, beside its first message; 32 MB

	RootCAs *x509.CertPool // nil: those of the machine
	Dial    func(ctx context.Context, network, address string) (net.Conn, error)
	Chance  func() float64 // 0 to 1, spreads what would come at once
}

// A Mailbox reads one account over one connection.
type Mailbox struct {
	account Account

	mu       sync.Mutex
	session  *session
	failures int // to reach the server, one after the other
}

// New checks an account. It does not connect.
func New(a Account) (*Mailbox, error) {
	if a.TLS == "" {
		a.TLS = TLS
	}
	ports := map[string]int{TLS: 993, StartTLS: 143, NoTLS: 143}
	port, known := ports[a.TLS]
	switch {
	case a.Server == "" || strings.ContainsAny(a.Server, " \r\n\t/@"):
		return nil, errors.New("the mailbox's server has no name: write for example imap.example.org")
	case !known:
		return nil, fmt.Errorf("tls is %q: write tls or starttls", a.TLS)
	case a.TLS == NoTLS && !wire.Loopback(a.Server):
		return nil, errors.New("a mailbox without encryption may only be on this machine itself: write tls or starttls")
	case a.Port < 0 || a.Port > 65535:
		return nil, fmt.Errorf("there is no port %d", a.Port)
	case a.User == "":
		return nil, errors.New("the mailbox has no user: say who signs in")
	case a.Password == "" && a.Token == nil:
		return nil, errors.New("there is a user for the mailbox but no password")
	case strings.ContainsAny(a.User+a.Password, "\x00\r\n"):
		return nil, errors.New("the mailbox's user or password has a line break in it")
	case a.Answer < 0 || a.Slice < 0 || a.Poll < 0 || a.Largest < 0 || a.Batch < 0:
		return nil, errors.New("a limit of the mailbox is less than nothing")
	}
	usual(&a.Port, port)
	usual(&a.Folder, "INBOX")
	usual(&a.Answer, 30*time.Second)
	usual(&a.Slice, 5*time.Minute)
	usual(&a.Poll, 5*time.Minute)
	usual(&a.Largest, 25<<20)
	usual(&a.Batch, 32<<20)
	if a.Dial == nil {
		a.Dial = (&net.Dialer{Timeout: a.Answer}).DialContext
	}
	if a.Chance == nil {
		a.Chance = rand.Float64
	}
	return &Mailbox{account: a}, nil
}

// usual gives what is zero its usual value.
func usual[T comparable](v *T, value T) {
	var zero T
	if *v == zero {
		*v = value
	}
}

// Close says goodbye to the server, if a connection is open.
func (m *Mailbox) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.session != nil {
		_ = m.session.ask(context.Background(), 0, func(c *imapclient.Client) error { return c.Logout().Wait() })
		m.session.end()
		m.session = nil
	}
	return nil
}

// perform does something with an open connection. If the connection was a kept
// one and turns out to be gone, it is done once more with a new one: all that
// is ever done may be done twice.
func (m *Mailbox) perform(ctx context.Context, do func(*session) error) error {
	for {
		kept := m.session != nil
		if !kept {
			s, err := m.connect(ctx)
			if err != nil {
				return m.failed(ctx, err)
			}
			m.session = s
		}
		err := do(m.session)
		if m.session.dead {
			m.session.end()
			m.session = nil
			if kept && ctx.Err() == nil {
				continue
			}
		}
		if err != nil {
			return m.failed(ctx, err)
		}
		m.failures = 0
		return nil
	}
}

// failed makes a fault of an error, and counts it.
func (m *Mailbox) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f := m.account.fault(err)
	if f.Kind == Temporary {
		m.failures++
		f.After = backOff(m.failures, m.account.Chance())
	}
	return f
}

// backOff is how long to wait after so many failures in a row: 5 seconds, twice
// as long each time, half an hour at most; and between half of it and the whole,
// so that not all who lost the server come back at once.
func backOff(failures int, chance float64) time.Duration {
	d := 30 * time.Minute
	if failures < 10 {
		d = min(d, 5*time.Second<<(failures-1))
	}
	return d/2 + time.Duration(chance*float64(d/2))
}

// A session is one connection that has logged in.
type session struct {
	client *imapclient.Client
	line   *line
	caps   imap.CapSet
	login  string          // the way we logged in
	tls    uint16          // the version; 0: none
	news   chan struct{}   // something was said about the number of messages
	open   string          // the selected folder, if it may be written to
	about  imap.SelectData // it
	places *places         // how folders are called here, once known
	dead   bool            // the connection is of no use any more
}

// usualAnswer is how many bytes any answer may have that is not a message: a
// list of a hundred thousand numbers, or of thousands of folders.
const usualAnswer = 4 << 20

// ask does one thing, which the server must answer in time and with no more
// bytes than a usual answer has, and so many beside.
func (s *session) ask(ctx context.Context, bytes int64, do func(*imapclient.Client) error) error {
	if s.dead {
		return errGone
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	s.line.expect(usualAnswer + bytes)
	stop := context.AfterFunc(ctx, s.line.cut)
	err := do(s.client)
	stop()
	s.line.rest()
	var said *imap.Error
	if err == nil || errors.As(err, &said) && said.Type != imap.StatusResponseTypeBye && s.client.State() != imap.ConnStateLogout {
		return err
	}
	s.dead = true
	if why := s.line.why(); why != nil {
		return why
	}
	return err
}

func (s *session) end() {
	s.line.cut()
	_ = s.client.Close()
}

// version is TLS in words, for people.
func (s *session) version() string {
	if s.tls == 0 {
		return ""
	}
	return tls.VersionName(s.tls)
}
