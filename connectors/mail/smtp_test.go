package mail

import (
	"context"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/clarion-clp/clarion/engine/letter"
)

func TestSMTPOneConnection(t *testing.T) {
	s := serve(t, nil)
	c := client(t, s.config())
	for i := range 5 {
		if out := send(c, i); out.Kind != letter.Delivered || out.Code != 250 || out.Enhanced != "2.0.0" || !strings.HasPrefix(out.Text, "OK") {
			t.Fatalf("%+v", out)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if out := send(c, 5); out.Kind != letter.Delivered {
		t.Fatalf("after Close: %+v", out)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conns != 2 || !slices.Equal(s.accepted, []string{"m-0", "m-1", "m-2", "m-3", "m-4", "m-5"}) {
		t.Errorf("%d connections, letters %q", s.conns, s.accepted)
	}
	if want := string(made(t, numbered(3))); s.bytes[3] != want {
		t.Errorf("the server got\n%s\nwant\n%s", s.bytes[3], want)
	}
}

func failure(code, a, b, c int, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: text}
}

// TestSMTPOutcomes has a server refuse one letter in every way that it can
// put into words, and take the next one.
func TestSMTPOutcomes(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*server)
		want letter.Outcome
	}{
		"4xx at the recipient": {func(s *server) {
			s.rcpt = func(string) error { return failure(450, 4, 2, 1, "jo@example.org is busy") }
		},
			letter.Outcome{Kind: letter.Deferred, Code: 450, Enhanced: "4.2.1", Text: "(address) is busy"}},
		"5xx at the recipient": {func(s *server) { s.rcpt = func(string) error { return failure(550, 5, 1, 1, "No such user") } },
			letter.Outcome{Kind: letter.Refused, Code: 550, Enhanced: "5.1.1", Text: "No such user"}},
		"4xx after the message": {func(s *server) { s.data = func(*smtp.Conn) error { return failure(451, 4, 3, 0, "Try later") } },
			letter.Outcome{Kind: letter.Deferred, Code: 451, Enhanced: "4.3.0", Text: "Try later"}},
		"5xx after the message": {func(s *server) {
			s.data = func(*smtp.Conn) error { return failure(554, 5, 7, 1, "Looks like spam\x1b[2J") }
		}, letter.Outcome{Kind: letter.Refused, Code: 554, Enhanced: "5.7.1", Text: "Looks like spam‹U+001B›[2J"}},
		"4xx at the sender": {func(s *server) { s.mail = func() error { return failure(452, 4, 3, 1, "Full") } },
			letter.Outcome{Kind: letter.Deferred, Code: 452, Enhanced: "4.3.1", Text: "Full"}},
		"5xx at the sender": {func(s *server) { s.mail = func() error { return failure(553, 5, 7, 1, "Not yours.") } },
			letter.Outcome{Kind: letter.NotTried, Code: 553, Enhanced: "5.7.1", Text: "The mail server does not let this account send from this address: it said “553 Not yours”."}},
		"log-in wanted": {func(s *server) { s.mail = func() error { return failure(530, 5, 7, 0, "Log in") } },
			letter.Outcome{Kind: letter.NotTried, Code: 530, Enhanced: "5.7.0", Text: "The mail server wants a user name and password first: it said “530 Log in”."}},
		"hung up after the message": {func(s *server) {
			s.data = func(c *smtp.Conn) error { _ = c.Conn().Close(); return errHangUp }
		}, letter.Outcome{Kind: letter.Unknown, Text: "The whole letter was sent and the server did not say whether it took it: it closed the connection."}},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, nil)
			cl := client(t, s.config())
			if out := send(cl, 0); out.Kind != letter.Delivered {
				t.Fatalf("before: %+v", out)
			}
			s.mu.Lock()
			c.set(s)
			s.mu.Unlock()
			if out := send(cl, 1); out != c.want {
				t.Errorf("%+v\nwant\n%+v", out, c.want)
			}
			s.mu.Lock()
			s.mail, s.rcpt, s.data = nil, nil, nil
			s.mu.Unlock()
			if out := send(cl, 2); out.Kind != letter.Delivered {
				t.Errorf("after: %+v", out)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if !slices.Equal(s.accepted, []string{"m-0", "m-2"}) {
				t.Errorf("letters %q", s.accepted)
			}
		})
	}
}

const hello = "250 mail.example.org"

// TestSMTPScripts has servers that break off or talk nonsense.
func TestSMTPScripts(t *testing.T) {
	for name, c := range map[string]struct {
		scripts [][]string
		kind    letter.OutcomeKind
		text    string
	}{
		"full at the door":      {[][]string{{"421 too many connections"}}, letter.NotTried, "did not greet us: it said “421 too many connections”"},
		"not a mail server":     {[][]string{{"HTTP/1.1 400 Bad Request"}}, letter.NotTried, "did not greet us"},
		"gone at the sender":    {[][]string{{"220 hi", hello, ""}}, letter.NotTried, "lost before the letter was sent: it closed the connection"},
		"gone at the recipient": {[][]string{{"220 hi", hello, "250 ok", ""}}, letter.NotTried, "it closed the connection"},
		"4xx at DATA":           {[][]string{{"220 hi", hello, "250 ok", "250 ok", "451 4.3.2 not now", "250 reset", "221 bye"}}, letter.Deferred, "not now"},
		"5xx at DATA":           {[][]string{{"220 hi", hello, "250 ok", "250 ok", "554 5.5.1 no", "250 reset", "221 bye"}}, letter.Refused, "no"},
		"gone at DATA":          {[][]string{{"220 hi", hello, "250 ok", "250 ok", ""}}, letter.NotTried, "it closed the connection"},
		"gone after it":         {[][]string{{"220 hi", hello, "250 ok", "250 ok", "354 go", ""}}, letter.Unknown, "did not say whether it took it"},
		"nonsense after it":     {[][]string{{"220 hi", hello, "250 ok", "250 ok", "354 go", "what?"}}, letter.Unknown, "did not say whether it took it"},
		"354 after it":          {[][]string{{"220 hi", hello, "250 ok", "250 ok", "354 go", "354 go"}}, letter.Unknown, "did not say whether it took it"},
		"251 after it":          {[][]string{{"220 hi", hello, "250 ok", "250 ok", "354 go", "251 taken", "221 bye"}}, letter.Delivered, "taken"},
		"421 after it":          {[][]string{{"220 hi", hello, "250 ok", "250 ok", "354 go", "421 4.3.0 closing"}}, letter.Deferred, "closing"},
		"silent at the sender":  {[][]string{{"220 hi", hello, "wait"}}, letter.NotTried, "it did not answer in time"},
		"silent at the door":    {[][]string{{"wait"}}, letter.NotTried, "did not greet us"},
		"silent after it":       {[][]string{{"220 hi", hello, "250 ok", "250 ok", "354 go", "wait"}}, letter.Unknown, "it did not answer in time"},
		"nothing there":         {nil, letter.NotTried, "cannot be reached: nothing listens there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			port := closedPort(t)
			if c.scripts != nil {
				port = script(t, c.scripts...)
			}
			cl := client(t, Config{Server: "127.0.0.1", Port: port, TLS: NoTLS, Timeout: 80 * time.Millisecond})
			out := send(cl, 1)
			if out.Kind != c.kind || !strings.Contains(out.Text, c.text) {
				t.Errorf("%+v, want %v with %q", out, c.kind, c.text)
			}
		})
	}
}

func closedPort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// TestSMTPGoneMeanwhile has a server close a kept connection, with and without
// a word; the next letter goes over a new one and nobody notices.
func TestSMTPGoneMeanwhile(t *testing.T) {
	took := []string{"220 hi", hello, "250 ok", "250 ok", "354 go", "250 taken"}
	for name, last := range map[string]string{"silently": "", "with a word": "421 4.4.2 idle too long"} {
		t.Run(name, func(t *testing.T) {
			port := script(t, append(slices.Clone(took), last), took)
			cl := client(t, Config{Server: "127.0.0.1", Port: port, TLS: NoTLS, Timeout: 5 * time.Second})
			for i := range 2 {
				if out := send(cl, i); out.Kind != letter.Delivered || out.Text != "taken" {
					t.Fatalf("letter %d: %+v", i, out)
				}
			}
		})
	}
	t.Run("for good", func(t *testing.T) {
		port := script(t, append(slices.Clone(took), ""), []string{"220 hi", hello, ""})
		cl := client(t, Config{Server: "127.0.0.1", Port: port, TLS: NoTLS, Timeout: 5 * time.Second})
		send(cl, 0)
		if out := send(cl, 1); out.Kind != letter.NotTried {
			t.Errorf("%+v", out)
		}
	})
}

// TestSMTPStopped has the program stop while the server is silent: before the
// letter the wait ends at once, after it the answer is waited for.
func TestSMTPStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	s := serve(t, func(s *server) {
		s.data = func(*smtp.Conn) error { cancel(); return nil }
	})
	cl := client(t, s.config())
	if out := cl.Send(ctx, numbered(1)); out.Kind != letter.Delivered {
		t.Errorf("stopped after the letter was sent: %+v", out)
	}
	if out := cl.Send(ctx, numbered(2)); out.Kind != letter.NotTried {
		t.Errorf("stopped before: %+v", out)
	}
	ctx, cancel = context.WithCancel(context.Background())
	reached := make(chan struct{})
	silent := serve(t, func(s *server) {
		s.rcpt = func(string) error { close(reached); <-ctx.Done(); return nil }
	})
	cl = client(t, Config{Server: "127.0.0.1", Port: silent.port, TLS: NoTLS, Timeout: time.Hour})
	go func() { <-reached; cancel() }()
	if out := cl.Send(ctx, numbered(3)); out.Kind != letter.NotTried || out.Text != "Stopped before the letter was begun." {
		t.Errorf("stopped while waiting: %+v", out)
	}
}

func TestSMTPSecure(t *testing.T) {
	pool, good := authority(t, "127.0.0.1", time.Now().Add(time.Hour))
	other, _ := authority(t, "127.0.0.1", time.Now().Add(time.Hour))
	namePool, named := authority(t, "mail.example.org", time.Now().Add(time.Hour))
	oldPool, old := authority(t, "127.0.0.1", time.Now().Add(-time.Hour))
	secured := func(s *server) { s.TLSConfig, s.auth = good, true }
	open := func(s *server) { s.AllowInsecureAuth, s.auth = true, true }
	for name, c := range map[string]struct {
		server func(*server)
		config Config
		kind   letter.OutcomeKind
		text   string
	}{
		"right":          {secured, Config{TLS: StartTLS, RootCAs: pool, User: "secretary", Password: "right"}, letter.Delivered, ""},
		"wrong password": {secured, Config{TLS: StartTLS, RootCAs: pool, User: "secretary", Password: "wrong"}, letter.NotTried, "did not accept the user name and password"},
		"no password":    {secured, Config{TLS: StartTLS, RootCAs: pool}, letter.NotTried, "wants a user name and password first"},
		"open, to here":  {open, Config{TLS: NoTLS, User: "secretary", Password: "right"}, letter.Delivered, ""},
		"no log-in there": {func(s *server) { s.TLSConfig = good },
			Config{TLS: StartTLS, RootCAs: pool, User: "secretary", Password: "right"}, letter.NotTried, "takes no user name"},
		"not trusted":    {secured, Config{TLS: StartTLS, RootCAs: other}, letter.NotTried, "not signed by anyone"},
		"another name":   {func(s *server) { s.TLSConfig = named }, Config{TLS: StartTLS, RootCAs: namePool}, letter.NotTried, "for another name"},
		"expired":        {func(s *server) { s.TLSConfig = old }, Config{TLS: StartTLS, RootCAs: oldPool}, letter.NotTried, "has expired"},
		"no STARTTLS":    {nil, Config{TLS: StartTLS, RootCAs: pool}, letter.NotTried, "offers no encryption"},
		"no TLS at once": {secured, Config{TLS: TLS, RootCAs: pool}, letter.NotTried, "does not speak TLS on this port"},
	} {
		t.Run(name, func(t *testing.T) {
			s := serve(t, c.server)
			c.config.Server, c.config.Port, c.config.Timeout = "127.0.0.1", s.port, 5*time.Second
			out := send(client(t, c.config), 1)
			if out.Kind != c.kind || !strings.Contains(out.Text, c.text) || strings.Contains(out.Text, "right") || strings.Contains(out.Text, "secretary") {
				t.Errorf("%+v, want %v with %q", out, c.kind, c.text)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			if (len(s.accepted) == 1) != (c.kind == letter.Delivered) {
				t.Errorf("letters %q", s.accepted)
			}
		})
	}
}

func TestNewSMTP(t *testing.T) {
	for name, c := range map[string]Config{
		"no server":          {},
		"a bad name":         {Server: "smtp.example.org/x"},
		"unknown tls":        {Server: "smtp.example.org", TLS: "ssl"},
		"open to far away":   {Server: "smtp.example.org", TLS: NoTLS},
		"open to an address": {Server: "192.0.2.1", TLS: NoTLS},
		"a port too high":    {Server: "smtp.example.org", Port: 70000},
		"a user only":        {Server: "smtp.example.org", User: "x"},
		"a bad name of ours": {Server: "smtp.example.org", HELO: "a\r\nb"},
	} {
		if _, err := NewSMTP(c); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for want, c := range map[int]Config{587: {Server: "smtp.example.org"}, 465: {Server: "smtp.example.org", TLS: TLS}, 25: {Server: "localhost", TLS: NoTLS}, 2525: {Server: "::1", TLS: NoTLS, Port: 2525}} {
		s, err := NewSMTP(c)
		if err != nil || s.config.Port != want || s.config.Timeout != time.Minute {
			t.Errorf("%+v: %v", s, err)
		}
	}
}
