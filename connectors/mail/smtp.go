package mail

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/wneessen/go-mail/smtp"

	"github.com/clarion-clp/clarion/connectors/mail/internal/wire"
	"github.com/clarion-clp/clarion/engine/letter"
)

// The ways to be safe from listeners on the way to the server.
const (
	StartTLS = "starttls" // begins in the open and then encrypts, or does not send
	TLS      = "tls"      // encrypted from the first byte
	NoTLS    = "none"     // in the open; only to this machine itself
)

// Config says how to reach a server.
type Config struct {
	Server         string
	Port           int // 0: 587 for starttls, 465 for tls, 25 for none
	User, Password string
	TLS            string         // StartTLS if empty
	Timeout        time.Duration  // for each answer; 0: a minute
	HELO           string         // what we call ourselves; empty: the domain of the sender
	RootCAs        *x509.CertPool // nil: those of the machine
	// Token gives an access token in place of a password (XOAUTH2). An error of it
	// with a method Temporary that says no needs a person.
	Token  func(context.Context) (string, error)
	Signer *Signer // nil: the provider signs, or nobody
}

// patience is how many times as long the last answer may take as others: a
// server may look at the whole message before it says yes, and to give up too
// early is to never know.
const patience = 5

// idle is how long a connection is worth keeping.
const idle = 2 * time.Minute

// An SMTP sends letters over one connection, one after the other.
type SMTP struct {
	config Config

	mu     sync.Mutex
	client *smtp.Client
	conn   net.Conn // beneath the client
	last   time.Time
}

// NewSMTP checks a configuration. It does not connect.
func NewSMTP(c Config) (*SMTP, error) {
	if c.TLS == "" {
		c.TLS = StartTLS
	}
	ports := map[string]int{StartTLS: 587, TLS: 465, NoTLS: 25}
	port, known := ports[c.TLS]
	switch {
	case c.Server == "" || strings.ContainsAny(c.Server, " \r\n\t/@"):
		return nil, errors.New("the mail server has no name: write for example smtp.example.org")
	case !known:
		return nil, fmt.Errorf("tls is %q: write starttls, tls or none", c.TLS)
	case c.TLS == NoTLS && !wire.Loopback(c.Server):
		return nil, errors.New("mail without encryption may only go to this machine itself: write starttls or tls")
	case c.Port < 0 || c.Port > 65535:
		return nil, fmt.Errorf("there is no port %d", c.Port)
	case c.Timeout < 0:
		return nil, errors.New("a mail server cannot answer in less than no time")
	case strings.ContainsAny(c.HELO, " \r\n\t"):
		return nil, errors.New("our own name for the mail server is not one word")
	case c.Token != nil && (c.User == "" || c.Password != ""):
		return nil, errors.New("a log-in by token has a user and no password")
	case c.User != "" && c.Password == "" && c.Token == nil:
		return nil, errors.New("there is a user for the mail server but no password")
	}
	if c.Port == 0 {
		c.Port = port
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	return &SMTP{config: c}, nil
}

// Close says goodbye to the server, if a connection is open.
func (s *SMTP) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.client == nil {
		return nil
	}
	_ = s.client.UpdateDeadline(min(s.config.Timeout, 5*time.Second))
	_ = s.client.Quit()
	s.drop()
	return nil
}

// drop ends the connection without a word. No further command may be said on
// a connection that broke within a message: it would end the message, and a
// server could take the stump for the letter.
func (s *SMTP) drop() {
	if s.conn != nil {
		_ = s.conn.Close()
	}
	s.client, s.conn = nil, nil
}

// Send sends one letter. It stops when ctx does, until the message itself is
// on its way; from there on it waits for the answer, because to leave would be
// to not know.
func (s *SMTP) Send(ctx context.Context, o letter.Outgoing) letter.Outcome {
	s.mu.Lock()
	defer s.mu.Unlock()
	message, err := Bytes(o)
	if err != nil {
		return unmade(err)
	}
	if s.config.Signer != nil {
		if message, err = s.config.Signer.Sign(message); err != nil {
			return notTried("The letter could not be signed: " + err.Error() + ".")
		}
	}
	from, _ := address(o.Content.From)
	to, _ := address(o.Content.To)
	if s.client != nil && time.Since(s.last) > idle {
		s.drop()
	}
	for reused := s.client != nil; ; reused = false {
		if ctx.Err() != nil {
			return notTried("Stopped before the letter was begun.")
		}
		if s.client == nil {
			if out, ok := s.connect(ctx, from.Address); !ok {
				return out
			}
		}
		out, gone := s.transact(ctx, from.String(), to.String(), message)
		s.last = time.Now()
		if gone && reused {
			continue
		}
		return out
	}
}

// transact says one letter to the server. gone means that the connection was
// lost before anything of the letter was said.
func (s *SMTP) transact(ctx context.Context, from, to string, message []byte) (out letter.Outcome, gone bool) {
	stop := context.AfterFunc(ctx, s.interrupt(s.conn))
	defer stop()
	wide := !ascii(string(message)) // an address in it is beyond ASCII
	s.client.SkipSMTPUTF8(!wide)
	if has, _ := s.client.Extension("SMTPUTF8"); wide && !has {
		return tooWide(to), false
	}
	open := s.stepwise
	if has, _ := s.client.Extension("PIPELINING"); has && !wide {
		open = s.atOnce
	}
	body, out, gone := open(ctx, from, to)
	if body == nil {
		return out, gone
	}
	if !stop() {
		s.drop()
		return notTried("Stopped before the letter was begun."), false
	}
	s.extend(patience * s.config.Timeout)
	if _, err := body.Write(message); err != nil {
		s.drop()
		return notTried("The connection broke before the whole letter was sent" + wire.Because(err) + "."), false
	}
	return s.ended(body), false
}

// ended ends the message and waits for the answer on which all depends.
func (s *SMTP) ended(body io.Closer) letter.Outcome {
	err := body.Close()
	if err == nil {
		said := ""
		if d, is := body.(interface{ ServerResponse() string }); is {
			said = d.ServerResponse()
		}
		text, enhanced := wire.Answer(said)
		return letter.Outcome{Kind: letter.Delivered, Code: 250, Enhanced: enhanced, Text: text}
	}
	var p *textproto.Error
	if errors.As(err, &p) && p.Code >= 200 && p.Code < 300 {
		text, enhanced := wire.Answer(p.Msg)
		return letter.Outcome{Kind: letter.Delivered, Code: p.Code, Enhanced: enhanced, Text: text}
	}
	if p != nil && p.Code >= 400 && p.Code < 600 {
		if p.Code == 421 {
			s.drop()
		}
		return refusal(p)
	}
	s.drop()
	return letter.Outcome{Kind: letter.Unknown, Text: "The whole letter was sent and the server did not say whether it took it" + wire.Because(err) + "."}
}

// A stage is what was being said to the server.
type stage int

const (
	atSender stage = iota
	atRecipient
	atData
)

// says says one command. ok is whether the server agreed; if not, out is what
// became of the letter.
func (s *SMTP) says(ctx context.Context, at stage, say func() error) (out letter.Outcome, ok bool) {
	s.extend(s.config.Timeout)
	if ctx.Err() != nil {
		s.drop()
		return notTried("Stopped before the letter was begun."), false
	}
	err := say()
	if err == nil {
		return out, true
	}
	var p *textproto.Error
	if !errors.As(err, &p) || p.Code < 400 || p.Code > 599 {
		s.drop()
		if ctx.Err() != nil {
			return notTried("Stopped before the letter was begun."), false
		}
		return notTried("The connection to the mail server was lost before the letter was sent" + wire.Because(err) + "."), false
	}
	out = refusal(p)
	switch {
	case p.Code == 421:
		s.drop()
	case p.Code == 530 || p.Code == 534 || p.Code == 535 || p.Code == 538:
		out.Kind = letter.NotTried
		out.Text = "The mail server wants a user name and password first: it said " + quoted(out) + "."
		s.drop()
	case at == atSender && p.Code >= 500:
		out.Kind = letter.NotTried
		out.Text = "The mail server does not let this account send from this address: it said " + quoted(out) + "."
	}
	if at == atSender && s.client != nil {
		s.reset()
	}
	return out, false
}

func refusal(p *textproto.Error) letter.Outcome {
	text, enhanced := wire.Answer(p.Msg)
	out := letter.Outcome{Kind: letter.Refused, Code: p.Code, Enhanced: enhanced, Text: text}
	if p.Code < 500 {
		out.Kind = letter.Deferred
	}
	return out
}

func quoted(o letter.Outcome) string {
	return "“" + strconv.Itoa(o.Code) + " " + strings.TrimSuffix(o.Text, ".") + "”"
}

// reset makes the server forget a letter that it refused.
func (s *SMTP) reset() {
	if s.client == nil {
		return
	}
	s.extend(s.config.Timeout)
	if err := s.client.Reset(); err != nil {
		s.drop()
	}
}

func (s *SMTP) extend(by time.Duration) {
	if s.conn != nil {
		_ = s.conn.SetDeadline(time.Now().Add(by))
	}
}

// interrupt ends whatever waits on a connection.
func (s *SMTP) interrupt(conn net.Conn) func() {
	return func() { _ = conn.SetDeadline(time.Unix(1, 0)) }
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= 0x80 })
}
