package mailbox

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

const (
	user   = "secretary@example.org"
	secret = "correct horse"
)

// A host is the IMAP library's own server, and the way to it: which the test can
// cut, make swallow all that is said, or make tell another tale. In a bubble of
// testing/synctest the way is a pipe, and hours pass at once.
type host struct {
	t      testing.TB
	box    *imapmemserver.User
	mem    *imapmemserver.Server
	server *imapserver.Server
	login  func(imapserver.Session) imapserver.Session

	account Account // that reads there

	mu    sync.Mutex
	ways  []*way
	dials int
	down  bool                     // nothing listens
	hole  bool                     // all that is said is swallowed
	tell  func(line string) string // what the server says, retold
	asked strings.Builder
}

// A way is one connection through the host's middle.
type way struct{ near, far net.Conn }

func (w *way) cut() { _ = w.near.Close(); _ = w.far.Close() }

// pipes is a listener without a network.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

var everything = []imap.Cap{imap.CapIMAP4rev1, imap.CapMove, imap.CapUIDPlus, imap.CapNamespace}

// newHost starts a server with an empty INBOX. Its capabilities are everything,
// unless others are given.
func newHost(t testing.TB, caps ...imap.Cap) *host {
	h := &host{t: t, box: imapmemserver.NewUser(user, secret), mem: imapmemserver.New()}
	must(t, h.box.Create("INBOX", nil))
	h.mem.AddUser(h.box)
	if len(caps) == 0 {
		caps = everything
	}
	set := imap.CapSet{}
	for _, c := range caps {
		set[c] = struct{}{}
	}
	h.server = imapserver.New(&imapserver.Options{InsecureAuth: true, Caps: set, Logger: quiet{},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			s := h.mem.NewSession()
			if h.login != nil {
				s = h.login(s)
			}
			return s, &imapserver.GreetingData{}, nil
		}})
	return h
}

// pipe serves over pipes, and gives an account that reads there.
func (h *host) pipe() Account {
	p := &pipes{make(chan net.Conn), make(chan struct{})}
	go func() { _ = h.server.Serve(p) }()
	h.t.Cleanup(h.stop)
	h.account = Account{Server: "localhost", TLS: NoTLS, User: user, Password: secret, Chance: func() float64 { return 1 },
		Dial: func(context.Context, string, string) (net.Conn, error) {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.dials++
			if h.down {
				return nil, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
			}
			here, near := net.Pipe()
			far, there := net.Pipe()
			p.conns <- there
			h.join(near, far, true)
			return here, nil
		}}
	return h.account
}

// stop ends the server, and looks over all that was said to it.
func (h *host) stop() {
	h.cut()
	_ = h.server.Close()
	h.mu.Lock()
	defer h.mu.Unlock()
	if deletes := regexp.MustCompile(`(?i)expunge|\\Deleted|\bclose\b|\bdelete\b|\bcopy\b`).FindString(h.asked.String()); deletes != "" {
		h.t.Errorf("the client said %q: nothing is ever deleted", deletes)
	}
	if regexp.MustCompile(`(?i)BODYSTRUCTURE|ENVELOPE|BODY\[`).MatchString(h.asked.String()) {
		h.t.Error("the client asked for what kills a connection, or marks as read")
	}
}

// join carries what is said between the two ends of a way.
// by lines, so that they can be retold, or as it comes.
func (h *host) join(near, far net.Conn, lines bool) {
	w := &way{near, far}
	h.ways = append(h.ways, w)
	carry := func(to, from net.Conn, said func(string) string) {
		defer w.cut()
		r := bufio.NewReaderSize(from, 64<<10)
		for {
			line, err := chunk(r, lines)
			text := said(string(line))
			h.mu.Lock()
			hole := h.hole
			h.mu.Unlock()
			if text != "" && !hole {
				if _, err := io.WriteString(to, text); err != nil {
					return
				}
			}
			if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
				return
			}
		}
	}
	go carry(far, near, func(s string) string {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.asked.WriteString(s)
		return s
	})
	go carry(near, far, func(s string) string {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.tell != nil {
			return h.tell(s)
		}
		return s
	})
}

// chunk reads a line, or what has come.
func chunk(r *bufio.Reader, lines bool) ([]byte, error) {
	if lines {
		return r.ReadSlice('\n')
	}
	if _, err := r.Peek(1); err != nil {
		return nil, err
	}
	b, _ := r.Peek(r.Buffered())
	_, err := r.Discard(len(b))
	return b, err
}

// set changes how the way behaves.
func (h *host) set(change func(h *host)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	change(h)
}

// cut ends every connection that is open.
func (h *host) cut() {
	h.mu.Lock()
	ways := h.ways
	h.ways = nil
	h.mu.Unlock()
	for _, w := range ways {
		w.cut()
	}
}

// said counts how often something was said to the server.
func (h *host) said(what string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Count(h.asked.String(), what)
}

func (h *host) dialled() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.dials
}

// text is an invented letter.
func text(n int) string {
	return fmt.Sprintf("From: Amara Okafor <amara%d@example.org>\r\nSubject: Letter %d\r\nMessage-ID: <letter-%d@example.org>\r\n\r\nNumber %d.\r\n", n, n, n, n)
}

// arrive puts letters into a folder, as a mail server does.
func (h *host) arrive(folder string, texts ...string) {
	h.t.Helper()
	for _, s := range texts {
		_, err := h.box.Append(folder, literal{strings.NewReader(s)}, &imap.AppendOptions{})
		must(h.t, err)
	}
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return int64(l.Len()) }

// other is another client of the same account, in the hands of a person.
func (h *host) other() *imapclient.Client {
	h.t.Helper()
	conn, err := h.account.Dial(context.Background(), "tcp", "")
	must(h.t, err)
	c := imapclient.New(conn, nil)
	must(h.t, c.Login(user, secret).Wait())
	_, err = c.Select("INBOX", nil).Wait()
	must(h.t, err)
	h.t.Cleanup(func() { _ = c.Close() })
	return c
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func open(t testing.TB, a Account) *Mailbox {
	t.Helper()
	m, err := New(a)
	must(t, err)
	t.Cleanup(func() { _ = m.Close() })
	return m
}

// certificate is one for localhost, made now and signed by itself.
func certificate(t testing.TB) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	card := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, card, card, &key.PublicKey, key)
	must(t, err)
	parsed, err := x509.ParseCertificate(der)
	must(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
