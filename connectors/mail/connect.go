package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/textproto"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/wneessen/go-mail/smtp"

	"github.com/clarion-clp/clarion/engine/letter"
)

// connect reaches the server, encrypts and logs in. If it does not succeed,
// out says in a sentence at which of these it stopped.
func (s *SMTP) connect(ctx context.Context, sender string) (out letter.Outcome, ok bool) {
	where := net.JoinHostPort(s.config.Server, strconv.Itoa(s.config.Port))
	dialer := net.Dialer{Timeout: s.config.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", where)
	if err != nil {
		return notTried("The mail server " + where + " cannot be reached" + because(err) + "."), false
	}
	s.conn = conn
	stop := context.AfterFunc(ctx, s.interrupt(conn))
	defer stop()
	if text := s.introduce(sender); text != "" {
		s.drop()
		if ctx.Err() != nil {
			text = "Stopped before the letter was begun."
		}
		return notTried(text), false
	}
	return out, true
}

// introduce is all that is said before the first letter; its answer is empty
// or says what went wrong.
func (s *SMTP) introduce(sender string) string {
	c := s.config
	s.extend(c.Timeout)
	conn := s.conn
	if c.TLS == TLS {
		secure := tls.Client(conn, s.tls())
		if err := secure.Handshake(); err != nil {
			return tlsFailed(err)
		}
		conn = secure
	}
	client, err := smtp.NewClient(conn, c.Server)
	if err != nil {
		return "The mail server did not greet us" + because(err) + "."
	}
	s.client = client
	s.extend(c.Timeout)
	if err := client.Hello(s.hello(sender)); err != nil {
		return "The mail server did not answer our greeting" + because(err) + "."
	}
	if c.TLS == StartTLS {
		if has, _ := client.Extension("STARTTLS"); !has {
			return "The mail server offers no encryption (STARTTLS), so nothing was sent. Check the server's name and port, or write tls: tls for a port that is encrypted from the start."
		}
		s.extend(c.Timeout)
		if err := client.StartTLS(s.tls()); err != nil {
			return tlsFailed(err)
		}
	}
	if c.User == "" {
		return ""
	}
	return s.logIn()
}

func (s *SMTP) tls() *tls.Config {
	return &tls.Config{ServerName: s.config.Server, RootCAs: s.config.RootCAs, MinVersion: tls.VersionTLS12}
}

// hello is what we call ourselves: servers want a name with a dot in it, and
// the machine's own name is nobody's business.
func (s *SMTP) hello(sender string) string {
	if s.config.HELO != "" {
		return s.config.HELO
	}
	if _, domain, is := strings.Cut(sender, "@"); is && ascii(domain) && !strings.ContainsAny(domain, "[] ") {
		return domain
	}
	return "localhost"
}

// ways are the ways to log in, the best first. The last two show the password
// to the server and, without encryption, to everybody between; without
// encryption there is nobody between, since the server is this machine.
func (s *SMTP) ways() []struct {
	name string
	auth func() (smtp.Auth, error)
} {
	c := s.config
	open := c.TLS == NoTLS
	type way = struct {
		name string
		auth func() (smtp.Auth, error)
	}
	plus := func(make func(string, string, *tls.ConnectionState) smtp.Auth) func() (smtp.Auth, error) {
		return func() (smtp.Auth, error) {
			state, err := s.client.GetTLSConnectionState()
			if err != nil {
				return nil, err
			}
			return make(c.User, c.Password, state), nil
		}
	}
	just := func(a smtp.Auth) func() (smtp.Auth, error) {
		return func() (smtp.Auth, error) { return a, nil }
	}
	all := []way{
		{"SCRAM-SHA-256-PLUS", plus(smtp.ScramSHA256PlusAuth)},
		{"SCRAM-SHA-256", just(smtp.ScramSHA256Auth(c.User, c.Password))},
		{"SCRAM-SHA-1-PLUS", plus(smtp.ScramSHA1PlusAuth)},
		{"SCRAM-SHA-1", just(smtp.ScramSHA1Auth(c.User, c.Password))},
		{"CRAM-MD5", just(smtp.CRAMMD5Auth(c.User, c.Password))},
		{"PLAIN", just(smtp.PlainAuth("", c.User, c.Password, c.Server, open))},
		{"LOGIN", just(smtp.LoginAuth(c.User, c.Password, c.Server, open))},
	}
	if open {
		return slices.DeleteFunc(all, func(w way) bool { return strings.HasSuffix(w.name, "-PLUS") })
	}
	return all
}

func (s *SMTP) logIn() string {
	_, offered := s.client.Extension("AUTH")
	offers := strings.Fields(strings.ToUpper(offered))
	for _, way := range s.ways() {
		if !slices.Contains(offers, way.name) {
			continue
		}
		auth, err := way.auth()
		if err == nil {
			s.extend(s.config.Timeout)
			err = s.client.Auth(auth)
		}
		return logInFailed(err)
	}
	if len(offers) == 0 {
		return "The mail server takes no user name and password on this port. Check the port, or leave the user out."
	}
	return "The mail server offers no way to log in that we know: it offers " + header(strings.Join(offers, ", "), 100) + "."
}

// logInFailed is empty if the log-in succeeded.
func logInFailed(err error) string {
	var p *textproto.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &p) && p.Code >= 500:
		said, _ := answer(p.Msg)
		return "The mail server did not accept the user name and password. Check both; some providers want a password of its own for programs. It said “" + strconv.Itoa(p.Code) + " " + strings.TrimSuffix(said, ".") + "”."
	case errors.As(err, &p):
		said, _ := answer(p.Msg)
		return "The mail server could not check the user name and password just now. It said “" + strconv.Itoa(p.Code) + " " + strings.TrimSuffix(said, ".") + "”."
	}
	return "The connection to the mail server was lost while logging in" + because(err) + "."
}

// tlsFailed says why no encrypted connection came about.
func tlsFailed(err error) string {
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &name):
		return "The mail server's certificate is for another name than the one it was called by. Check the server's name; nothing was sent."
	case errors.As(err, &authority):
		return "The mail server's certificate is not signed by anyone this machine trusts, so it may not be the server it says. Nothing was sent."
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "The mail server's certificate has expired, or this machine's clock is wrong. Nothing was sent."
	case errors.As(err, &record):
		return "The mail server does not speak TLS on this port. Check the port, or write tls: starttls."
	}
	return "No encrypted connection to the mail server came about" + because(err) + ". Nothing was sent."
}

// because is a cause in a few plain words, without addresses and paths.
func because(err error) string {
	var p *textproto.Error
	var dns *net.DNSError
	var timeout net.Error
	switch {
	case errors.As(err, &dns):
		return ": its name is not known here; check the name and the network"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return ": it did not answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		return ": nothing listens there"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return ": it closed the connection"
	case errors.As(err, &p):
		said, _ := answer(p.Msg)
		return ": it said “" + strconv.Itoa(p.Code) + " " + strings.TrimSuffix(said, ".") + "”"
	}
	if said, _ := answer(err.Error()); said != "" {
		return ": " + said
	}
	return ""
}
