package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"
	"slices"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail/smtp"

	"github.com/clarion-clp/clarion/connectors/mail/internal/wire"
	"github.com/clarion-clp/clarion/engine/letter"
)

// connect reaches the server, encrypts and logs in. If it does not succeed,
// out says in a sentence at which of these it stopped.
func (s *SMTP) connect(ctx context.Context, sender string) (out letter.Outcome, ok bool) {
	where := net.JoinHostPort(s.config.Server, strconv.Itoa(s.config.Port))
	dialer := net.Dialer{Timeout: s.config.Timeout}
	conn, err := dialer.DialContext(ctx, "tcp", where)
	if err != nil {
		return notTried("The mail server " + where + " cannot be reached" + wire.Because(err) + "."), false
	}
	s.conn = conn
	stop := context.AfterFunc(ctx, s.interrupt(conn))
	defer stop()
	if text := s.introduce(sender); text != "" {
		s.drop()
		return stopped(ctx, notTried(text)), false
	}
	if s.config.User == "" {
		return out, true
	}
	if out := s.logIn(ctx); out.Text != "" {
		s.drop()
		return stopped(ctx, out), false
	}
	return out, true
}

// stopped is what became of a letter that was to be stopped, whatever else.
func stopped(ctx context.Context, out letter.Outcome) letter.Outcome {
	if ctx.Err() != nil {
		return notTried("Stopped before the letter was begun.")
	}
	return out
}

// introduce is all that is said before the log-in; its answer is empty or says
// what went wrong.
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
		return "The mail server did not greet us" + wire.Because(err) + "."
	}
	s.client = client
	s.extend(c.Timeout)
	if err := client.Hello(s.hello(sender)); err != nil {
		return "The mail server did not answer our greeting" + wire.Because(err) + "."
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
	return ""
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

// A logInWay is one of logging in.
type logInWay struct {
	name string
	auth func() (smtp.Auth, error)
}

// ways are the ways to log in, the best first. The last two show the password
// to the server and, without encryption, to everybody between; without
// encryption there is nobody between, since the server is this machine.
func (s *SMTP) ways(ctx context.Context) []logInWay {
	c := s.config
	open := c.TLS == NoTLS
	if c.Token != nil {
		return []logInWay{{"XOAUTH2", func() (smtp.Auth, error) {
			token, err := c.Token(ctx)
			return smtp.XOAuth2Auth(c.User, token), err
		}}}
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
	all := []logInWay{
		{"SCRAM-SHA-256-PLUS", plus(smtp.ScramSHA256PlusAuth)},
		{"SCRAM-SHA-256", just(smtp.ScramSHA256Auth(c.User, c.Password))},
		{"SCRAM-SHA-1-PLUS", plus(smtp.ScramSHA1PlusAuth)},
		{"SCRAM-SHA-1", just(smtp.ScramSHA1Auth(c.User, c.Password))},
		{"CRAM-MD5", just(smtp.CRAMMD5Auth(c.User, c.Password))},
		{"PLAIN", just(smtp.PlainAuth("", c.User, c.Password, c.Server, open))},
		{"LOGIN", just(smtp.LoginAuth(c.User, c.Password, c.Server, open))},
	}
	if open {
		return slices.DeleteFunc(all, func(w logInWay) bool { return strings.HasSuffix(w.name, "-PLUS") })
	}
	return all
}

// logIn logs in, or says in a sentence why not. A code of 500 or more means that
// to try again is of no use: a person must see to it.
func (s *SMTP) logIn(ctx context.Context) letter.Outcome {
	_, offered := s.client.Extension("AUTH")
	offers := strings.Fields(strings.ToUpper(offered))
	for _, way := range s.ways(ctx) {
		if !slices.Contains(offers, way.name) {
			continue
		}
		auth, err := way.auth()
		if err != nil && s.config.Token != nil {
			return noToken(err)
		}
		if err == nil {
			s.extend(s.config.Timeout)
			err = s.client.Auth(auth)
		}
		if err == nil {
			return letter.Outcome{}
		}
		return s.logInFailed(err)
	}
	if len(offers) == 0 {
		return notTried("The mail server takes no user name and password on this port. Check the port, or leave the user out.")
	}
	return notTried("The mail server offers no way to log in that we know: it offers " + header(strings.Join(offers, ", "), 100) + ".")
}

// noToken is a log-in for which there is no token. Whoever has none says
// whether that may pass.
func noToken(err error) letter.Outcome {
	out := notTried(err.Error())
	var t interface{ Temporary() bool }
	if errors.As(err, &t) && !t.Temporary() {
		out.Code = 535
	}
	return out
}

func (s *SMTP) logInFailed(err error) letter.Outcome {
	var p *textproto.Error
	if !errors.As(err, &p) {
		return notTried("The connection to the mail server was lost while logging in" + wire.Because(err) + ".")
	}
	said, enhanced := wire.Answer(p.Msg)
	said = "It said “" + strconv.Itoa(p.Code) + " " + strings.TrimSuffix(said, ".") + "”."
	text := "The mail server could not check the user name and password just now. "
	switch {
	case p.Code >= 500 && s.config.Token != nil:
		text = "The mail server did not accept the log-in of the mail account. Letters wait and nothing is lost. Log in again: clarion mail login. "
	case p.Code >= 500:
		text = "The mail server did not accept the user name and password. Check both; some providers want a password of its own for programs. "
	}
	return letter.Outcome{Kind: letter.NotTried, Code: p.Code, Enhanced: enhanced, Text: text + said}
}

// tlsFailed says why no encrypted connection came about.
func tlsFailed(err error) string {
	if text := wire.Untrusted("mail server", err); text != "" {
		return text + " Nothing was sent."
	}
	return "No encrypted connection to the mail server came about" + wire.Because(err) + ". Nothing was sent."
}
