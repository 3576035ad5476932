package mailbox

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-sasl"
)

// script is a server that greets, and answers each command with what it says of
// it; TAG stands for the command's tag.
func script(greeting string, answer func(command string) string) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		go func() {
			defer there.Close()
			if _, err := io.WriteString(there, greeting); err != nil {
				return
			}
			for r := bufio.NewReader(there); ; {
				line, err := r.ReadString('\n')
				if err != nil {
					return
				}
				tag, command, _ := strings.Cut(strings.TrimSpace(line), " ")
				if _, err := io.WriteString(there, strings.ReplaceAll(answer(command), "TAG", tag)); err != nil {
					return
				}
			}
		}()
		return here, nil
	}
}

const hello = "* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR IDLE MOVE] ready\r\n"

// able answers a log-in and a selection, and all else as it is told.
func able(rest func(command string) string) func(string) string {
	return func(command string) string {
		verb, _, _ := strings.Cut(command, " ")
		switch verb {
		case "AUTHENTICATE":
			return "TAG OK [CAPABILITY IMAP4rev1 IDLE MOVE] in\r\n"
		case "SELECT":
			return "* 1 EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* FLAGS (\\Seen)\r\nTAG OK [READ-WRITE] selected\r\n"
		case "LOGOUT":
			return "* BYE bye\r\nTAG OK out\r\n"
		}
		return rest(command)
	}
}

func always(s string) func(string) string { return func(string) string { return s } }

func TestFaults(t *testing.T) {
	t.Parallel()
	hanging := func(context.Context, string, string) (net.Conn, error) {
		here, _ := net.Pipe()
		return here, nil
	}
	for _, c := range []struct {
		name string
		dial func(context.Context, string, string) (net.Conn, error)
		kind Kind
		want string
	}{
		{"nobody there", func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.DNSError{Err: "no such host", Name: "imap.example.org", IsNotFound: true}
		}, Temporary, "cannot be reached: its name is not known here"},
		{"no greeting", hanging, Temporary, "did not greet us: it did not answer in time"},
		{"no mail server", script("HTTP/1.1 400 Bad Request\r\n\r\n", always("")), Temporary, "did not greet us"},
		{"unwelcome", script("* BYE too many connections from secretary@example.org\r\n", always("")), Temporary, "too many connections from (address)"},
		{"wrong password", script(hello, always("TAG NO [AUTHENTICATIONFAILED] no correct horse for secretary@example.org\r\n")), Login, "did not accept the log-in: it said “[AUTHENTICATIONFAILED] no … for …”. Check"},
		{"busy", script(hello, always("TAG NO [UNAVAILABLE] in a minute\r\n")), Temporary, "could not check the log-in just now"},
		{"too many", script(hello, always("TAG NO [ALERT] Too many simultaneous connections.\r\n")), Temporary, "could not check the log-in"},
		{"no passwords", script("* OK [CAPABILITY IMAP4rev1 LOGINDISABLED] ready\r\n", always("")), Setup, "takes no password on this connection"},
		{"gone within the log-in", script(hello, always("* BYE bye\r\n")), Temporary, "logging in"},
		{"no numbers for good", script(hello, func(s string) string {
			if strings.HasPrefix(s, "SELECT") {
				return "* 0 EXISTS\r\nTAG OK selected\r\n"
			}
			return able(always(""))(s)
		}), Setup, "UIDVALIDITY"},
		{"no such folder", script(hello, func(s string) string {
			if strings.HasPrefix(s, "SELECT") {
				return "TAG NO [NONEXISTENT] no such folder\r\n"
			}
			return able(always(""))(s)
		}), Setup, "would not do what was asked: it said “[NONEXISTENT] no such folder”"},
		{"no sense", script(hello, able(always("* 1 FETCH (\r\n"))), Temporary, "it said something that cannot be read"},
		{"silence", script(hello, able(always(""))), Temporary, "The connection to the mailbox was lost: it did not answer in time."},
		{"a flood", script(hello, able(always("* OK "+strings.Repeat("flood ", 1<<20)+"\r\n"))), Temporary, "more than it was asked for"},
		{"an endless list", script(hello, able(always(strings.Repeat("* SEARCH 1 2 3 4 5 6 7 8 9 10\r\n", 1<<18)+"TAG OK\r\n"))), Temporary, "more than it was asked for"},
		{"half a message", func() func(context.Context, string, string) (net.Conn, error) {
			return script(hello, able(func(s string) string {
				switch {
				case strings.HasPrefix(s, "UID SEARCH"):
					return "* SEARCH 5\r\nTAG OK\r\n"
				case strings.Contains(s, "SIZE"):
					return "* 1 FETCH (UID 5 RFC822.SIZE 100)\r\nTAG OK\r\n"
				}
				return "* 1 FETCH (UID 5 BODY[]<0> {100}\r\nFrom: a@example.org\r\n"
			}))
		}(), Temporary, "it did not answer in time"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				a := Account{Server: "localhost", TLS: NoTLS, User: user, Password: secret, Dial: c.dial, Answer: 25 * time.Second}
				b, err := open(t, a).Fetch(t.Context(), Cursor{})
				var f *Fault
				if !errors.As(err, &f) || f.Kind != c.kind || !strings.Contains(f.Text, c.want) {
					t.Fatalf("got %+v, want %q", err, c.want)
				}
				if strings.Contains(f.Text, secret) || strings.Contains(f.Text, user) || strings.ContainsAny(f.Text, "\r\n") || !strings.HasSuffix(f.Text, ".") {
					t.Errorf("%q is no sentence, or says too much", f.Text)
				}
				if len(b.Messages) > 0 || (f.Kind == Temporary) != (f.After > 0) {
					t.Errorf("%d messages, try after %v", len(b.Messages), f.After)
				}
			})
		})
	}
}

// TestAMessageThatIsCut: a line that ends within a message ends no message.
func TestAMessageThatIsCut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		m := open(t, h.pipe())
		h.arrive("INBOX", text(1), text(2)+strings.Repeat("more\r\n", 1000))
		n := 0
		h.set(func(h *host) {
			h.tell = func(s string) string {
				if n += strings.Count(s, "more"); n == 500 {
					n = 1000
					go h.cut()
				}
				return s
			}
		})
		var f *Fault
		if b, err := m.Fetch(t.Context(), Cursor{}); !errors.As(err, &f) || f.Kind != Temporary || len(b.Messages) > 0 {
			t.Errorf("%d messages, %v", len(b.Messages), err)
		}
		if b := fetch(t, m, Cursor{}); len(b.Messages) != 2 || !b.Messages[1].Whole || len(b.Messages[1].Bytes) != len(text(2))+6000 {
			t.Errorf("then %d messages", len(b.Messages))
		}
	})
}

// tokens is a session that is logged in to with a token.
type tokens struct {
	*imapmemserver.UserSession
	login func(user, password string) error
	way   string
}

func (s *tokens) Login(user, password string) error { return s.login(user, password) }
func (s *tokens) AuthenticateMechanisms() []string  { return []string{s.way} }

func (s *tokens) Authenticate(string) (sasl.Server, error) {
	if s.way == sasl.OAuthBearer {
		return sasl.NewOAuthBearerServer(func(o sasl.OAuthBearerOptions) *sasl.OAuthBearerError {
			if o.Token != secret || s.login(o.Username, o.Token) != nil {
				return &sasl.OAuthBearerError{Status: "invalid_token", Schemes: "bearer"}
			}
			return nil
		}), nil
	}
	return &xoauth2Server{s, false}, nil
}

type xoauth2Server struct {
	s      *tokens
	failed bool
}

func (x *xoauth2Server) Next(said []byte) ([]byte, bool, error) {
	switch {
	case x.failed:
		return nil, false, imapserver.ErrAuthFailed
	case string(said) == "user="+user+"\x01auth=Bearer "+secret+"\x01\x01":
		return nil, true, x.s.login(user, secret)
	}
	x.failed = true
	return []byte(`{"status":"400","schemes":"Bearer"}`), false, nil
}

// A wish is an error of who gives tokens.
type wish struct{ temporary bool }

func (w wish) Error() string   { return "The log-in has expired: clarion mail login." }
func (w wish) Temporary() bool { return w.temporary }

func TestTokens(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, way, token string
		err              error
		kind             Kind
		want             string
	}{
		{"Microsoft's way", "XOAUTH2", secret, nil, 0, ""},
		{"the standard way", sasl.OAuthBearer, secret, nil, 0, ""},
		{"refused", "XOAUTH2", "old", nil, Login, "did not accept the log-in"},
		{"refused by the standard", sasl.OAuthBearer, "old", nil, Login, "clarion mail login"},
		{"no such way", "GSSAPI", secret, nil, Setup, "takes no access token"},
		{"expired", "XOAUTH2", "", wish{false}, Login, "The log-in has expired"},
		{"not now", "XOAUTH2", "", wish{true}, Temporary, "The log-in has expired"},
		{"another fault", "XOAUTH2", "", io.EOF, Login, "EOF"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.login = func(imapserver.Session) imapserver.Session {
					return &tokens{imapmemserver.NewUserSession(h.box), h.box.Login, c.way}
				}
				a := h.pipe()
				a.Password = ""
				a.Token = func(context.Context) (string, error) { return c.token, c.err }
				r, err := open(t, a).Probe(t.Context())
				if c.want == "" {
					if err != nil || r.Login != c.way {
						t.Errorf("logged in by %q, %v", r.Login, err)
					}
					return
				}
				var f *Fault
				if !errors.As(err, &f) || f.Kind != c.kind || !strings.Contains(f.Text, c.want) {
					t.Errorf("got %+v", err)
				}
			})
		})
	}
}

// TestOverTheNetwork: real sockets, real encryption; a line that is cut, and one
// that swallows all that is said.
func TestOverTheNetwork(t *testing.T) {
	t.Parallel()
	card, pool := certificate(t)
	for _, c := range []struct {
		name, tls string
		pool      bool
		server    string
		secure    bool // the server encrypts
		kind      Kind
		want      string
	}{
		{"tls", TLS, true, "localhost", true, 0, ""},
		{"starttls", StartTLS, true, "localhost", true, 0, ""},
		{"tls, unknown signer", TLS, false, "localhost", true, Certificate, "not signed by anyone this machine trusts"},
		{"starttls, unknown signer", StartTLS, false, "localhost", true, Certificate, "not signed by anyone this machine trusts"},
		{"another name", TLS, true, "127.0.0.1", true, Certificate, "another name"},
		{"no starttls", StartTLS, true, "localhost", false, Setup, "offers no encryption"},
		{"no tls", TLS, true, "localhost", false, Setup, "does not speak TLS on this port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t)
			h.arrive("INBOX", text(1))
			a := h.network(c.tls, c.secure, &tls.Config{Certificates: []tls.Certificate{card}})
			a.Server = c.server
			if c.pool {
				a.RootCAs = pool
			}
			m := open(t, a)
			b, err := m.Fetch(t.Context(), Cursor{})
			if c.want != "" {
				var f *Fault
				if !errors.As(err, &f) || f.Kind != c.kind || !strings.Contains(f.Text, c.want) {
					t.Errorf("got %+v", err)
				}
				if h.said("AUTHENTICATE")+h.said("LOGIN") > 0 {
					t.Error("the password was said")
				}
				return
			}
			if err != nil || len(b.Messages) != 1 {
				t.Fatalf("%d messages, %v", len(b.Messages), err)
			}
			if r, err := m.Probe(t.Context()); err != nil || r.TLS != "TLS 1.3" {
				t.Errorf("%q, %v", r.TLS, err)
			}
			h.cut()
			fetch(t, m, b.Cursor)
			h.set(func(h *host) { h.hole = true })
			patience := func(d time.Duration) {
				m.account.Answer = d
				if m.session != nil {
					m.session.line.mu.Lock()
					m.session.line.limit = d
					m.session.line.mu.Unlock()
				}
			}
			patience(100 * time.Millisecond)
			var f *Fault
			if _, err := m.Fetch(t.Context(), b.Cursor); !errors.As(err, &f) || f.Kind != Temporary || !strings.Contains(f.Text, "in time") {
				t.Errorf("in a black hole: %v", err)
			}
			h.set(func(h *host) { h.hole = false })
			patience(time.Minute)
			h.arrive("INBOX", text(2))
			if b := fetch(t, m, b.Cursor); len(b.Messages) != 1 {
				t.Errorf("afterwards %d messages", len(b.Messages))
			}
		})
	}
}

// network serves over real sockets, through the same middle.
func (h *host) network(way string, secure bool, config *tls.Config) Account {
	set := imap.CapSet{}
	for _, c := range everything {
		set[c] = struct{}{}
	}
	o := &imapserver.Options{InsecureAuth: true, Caps: set, Logger: quiet{}, NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
		return h.mem.NewSession(), &imapserver.GreetingData{}, nil
	}}
	if secure && way == StartTLS {
		o.TLSConfig = config
	}
	h.server = imapserver.New(o)
	back, err := net.Listen("tcp", "127.0.0.1:0")
	must(h.t, err)
	front, err := net.Listen("tcp", "127.0.0.1:0")
	must(h.t, err)
	served := back
	if secure && way == TLS {
		served = tls.NewListener(back, config)
	}
	go func() { _ = h.server.Serve(served) }()
	go func() {
		for {
			near, err := front.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", back.Addr().String())
			if err != nil {
				_ = near.Close()
				return
			}
			h.set(func(h *host) { h.join(near, far, false) })
		}
	}()
	h.t.Cleanup(func() { _ = front.Close(); h.stop() })
	return Account{Server: "localhost", TLS: way, User: user, Password: secret, Answer: time.Minute,
		Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, front.Addr().String())
		}}
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

// FuzzServer: whatever a server says, a fetch comes to an end.
func FuzzServer(f *testing.F) {
	for _, s := range []string{"TAG OK\r\n", "* SEARCH 1 2\r\nTAG OK\r\n", "* 1 FETCH (UID 1 BODY[]<0> {3}\r\nabc)\r\nTAG OK\r\n",
		"* ESEARCH (TAG \"TAG\") UID ALL 1:4294967295\r\nTAG OK\r\n", "* 1 FETCH (UID 1 RFC822.SIZE 99999999999)\r\nTAG OK\r\n", "+ \r\n", "TAG NO [X", "* BYE\r\n"} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, search, fetched string) {
		synctest.Test(t, func(t *testing.T) {
			dial := script(hello, able(func(command string) string {
				if strings.HasPrefix(command, "UID SEARCH") {
					return search
				}
				return fetched
			}))
			m := open(t, Account{Server: "localhost", TLS: NoTLS, User: user, Password: secret, Dial: dial})
			b, err := m.Fetch(t.Context(), Cursor{})
			if err == nil && b.Cursor.UIDValidity != 7 {
				t.Errorf("%+v", b.Cursor)
			}
		})
	})
}
