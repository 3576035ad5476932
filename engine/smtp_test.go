package engine_test

import (
	"fmt"
	"io"
	"net"
	stdmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// A server is a real mail server, which answers as the test says.
type server struct {
	mu      sync.Mutex
	port    int
	arrived []arrival
	conns   int
	rcpt    func(to string) error               // nil: all are welcome
	data    func(to string, c *smtp.Conn) error // after the whole letter has come; nil: taken
	taken   func(to string)                     // once it is in arrived
	smtp    *smtp.Server
}

// An arrival is a letter that the server took, whatever it said afterwards.
type arrival struct {
	to, ref, subject string
	again            bool
}

func serve(t testing.TB) *server {
	t.Helper()
	s := &server{}
	s.smtp = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns++
		return &session{server: s, conn: c}, nil
	}))
	s.smtp.Domain = "mail.example.org"
	s.smtp.ReadTimeout, s.smtp.WriteTimeout = 10*time.Second, 10*time.Second
	s.smtp.ErrorLog = silent{}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() { defer close(done); _ = s.smtp.Serve(l) }()
	t.Cleanup(func() { _ = s.smtp.Close(); <-done })
	return s
}

type silent struct{}

func (silent) Printf(string, ...any) {}
func (silent) Println(...any)        {}

// line is the mail line of a constituency that sends through the server.
func (s *server) line(more string) string {
	return fmt.Sprintf("mail: {from: secretary@example.org, send: {server: 127.0.0.1, port: %d, tls: none%s}}", s.port, more)
}

// set changes how the server answers.
func (s *server) set(rcpt func(string) error, data func(string, *smtp.Conn) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rcpt, s.data = rcpt, data
}

// to lists whom the letters went to that were not an officer's.
func (s *server) members() (out []arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.arrived {
		if !strings.HasSuffix(a.to, "@example.org") {
			out = append(out, a)
		}
	}
	return out
}

// officers lists the letters to officers.
func (s *server) officers() (out []arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.arrived {
		if strings.HasSuffix(a.to, "@example.org") {
			out = append(out, a)
		}
	}
	return out
}

type session struct {
	*server
	conn *smtp.Conn
	to   string
}

func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = to
	s.mu.Lock()
	f := s.rcpt
	s.mu.Unlock()
	if f != nil {
		return f(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	m, err := stdmail.ReadMessage(r)
	if err != nil {
		return err
	}
	body, err := io.ReadAll(m.Body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	data, taken := s.data, s.taken
	s.mu.Unlock()
	if data != nil {
		if err := data(s.to, s.conn); err != nil {
			if err != errDropped {
				return err
			}
			defer s.conn.Conn().Close()
		}
	}
	again := strings.Contains(m.Header.Get("Subject")+m.Header.Get("X-Clarion-Again")+string(body), "second copy")
	s.mu.Lock()
	s.arrived = append(s.arrived, arrival{s.to, m.Header.Get("X-Clarion-Ref"), m.Header.Get("Subject"), again})
	s.mu.Unlock()
	if taken != nil {
		taken(s.to)
	}
	return nil
}

// errDropped makes the server take a letter and hang up without a word.
var errDropped = fmt.Errorf("dropped")

func said(code int, a, b, c int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{a, b, c}, Message: "No"}
}
