package mail

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"github.com/clarion-clp/clarion/engine/letter"
)

// A server is a real mail server in this process, which does at each command
// what a test says.
type server struct {
	*smtp.Server
	port int
	auth bool

	mu       sync.Mutex
	mail     func() error
	rcpt     func(to string) error
	data     func(c *smtp.Conn) error // after the whole letter has come
	accepted []string                 // the letters' references
	bytes    []string
	conns    int
	users    []string
}

type session struct {
	*server
	conn *smtp.Conn
	user bool
}

func serve(t *testing.T, change func(*server)) *server {
	t.Helper()
	s := &server{}
	s.Server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.conns++
		if s.auth {
			return &authSession{session{server: s, conn: c}}, nil
		}
		return &session{server: s, conn: c}, nil
	}))
	s.Domain = "mail.example.org"
	s.ReadTimeout, s.WriteTimeout = 10*time.Second, 10*time.Second
	s.ErrorLog = quiet{}
	if change != nil {
		change(s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() { defer close(done); _ = s.Serve(l) }()
	t.Cleanup(func() { _ = s.Server.Close(); <-done })
	return s
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(string, *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.auth && !s.user {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "Authentication required"}
	}
	if s.mail != nil {
		return s.mail()
	}
	return nil
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.rcpt != nil {
		return s.rcpt(to)
	}
	return nil
}

func (s *session) Data(r io.Reader) error {
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.data != nil {
		if err := s.data(s.conn); err != nil {
			return err
		}
	}
	_, rest, _ := strings.Cut(string(b), "X-Clarion-Ref: ")
	ref, _, _ := strings.Cut(rest, "\r\n")
	s.accepted = append(s.accepted, ref)
	s.bytes = append(s.bytes, string(b))
	return nil
}

type authSession struct{ session }

func (s *authSession) AuthMechanisms() []string { return []string{"PLAIN", "LOGIN"} }

func (s *authSession) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != "secretary" || password != "right" {
			return smtp.ErrAuthFailed
		}
		s.user = true
		s.mu.Lock()
		defer s.mu.Unlock()
		s.users = append(s.users, user)
		return nil
	}), nil
}

func (s *server) config() Config {
	return Config{Server: "127.0.0.1", Port: s.port, TLS: NoTLS, Timeout: 5 * time.Second}
}

func client(t *testing.T, c Config) *SMTP {
	t.Helper()
	s, err := NewSMTP(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func numbered(i int) letter.Outgoing {
	o := outgoing()
	o.Ref = fmt.Sprint("m-", i)
	o.MessageID = o.Ref + "@example.org"
	return o
}

func send(s *SMTP, i int) letter.Outcome { return s.Send(context.Background(), numbered(i)) }

// script is a mail server that says given lines, for what no real one would
// say. Each connection follows its own script, "" at an end hangs up; a line
// of "." answers the end of a message.
func script(t *testing.T, answers ...[]string) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, lines := range answers {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			follow(conn, lines)
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().(*net.TCPAddr).Port
}

// follow says the lines of a script, and gives what it heard.
func follow(conn net.Conn, lines []string) (heard []string) {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(conn)
	body := false
	for i, line := range lines {
		for i > 0 {
			got, err := in.ReadString('\n')
			if err != nil {
				return heard
			}
			heard = append(heard, strings.TrimRight(got, "\r\n"))
			if !body || got == ".\r\n" {
				body = false
				break
			}
		}
		if line == "wait" {
			_, _ = in.ReadString('\n') // until the other side hangs up
			return heard
		}
		if line == "" {
			return heard
		}
		body = strings.HasPrefix(line, "354")
		if _, err := fmt.Fprint(conn, line+"\r\n"); err != nil {
			return heard
		}
	}
	return heard
}

// listen is a script of one connection, whose end gives what it heard.
func listen(t *testing.T, lines ...string) (port int, heard chan []string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	heard = make(chan []string, 1)
	go func() {
		if conn, err := l.Accept(); err == nil {
			heard <- follow(conn, lines)
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, heard
}

// authority makes a certificate authority of its own and a certificate of it.
func authority(t *testing.T, name string, until time.Time) (*x509.CertPool, *tls.Config) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test"}, NotBefore: until.Add(-48 * time.Hour), NotAfter: until,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	if ip := net.ParseIP(name); ip != nil {
		c.IPAddresses = []net.IP{ip}
	} else {
		c.DNSNames = []string{name}
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	made, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(made)
	return pool, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

var errHangUp = errors.New("hung up")
