package mailbox

import (
	"context"
	"crypto/tls"
	"net"
	"slices"
	"strconv"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-sasl"
)

// connect reaches the server, encrypts and logs in.
func (m *Mailbox) connect(ctx context.Context) (*session, error) {
	a := m.account
	if a.Token != nil { // before the connection: to fetch one takes its own time
		token, err := a.Token(ctx)
		if err != nil {
			return nil, &failure{loggingIn, &noToken{err}}
		}
		a.Password = token
	}
	conn, err := a.Dial(ctx, "tcp", net.JoinHostPort(a.Server, strconv.Itoa(a.Port)))
	if err != nil {
		return nil, &failure{reaching, err}
	}
	s := &session{line: newLine(conn, a.Answer, usualAnswer), news: make(chan struct{}, 1)}
	stop := context.AfterFunc(ctx, s.line.cut)
	defer stop()
	at, err := s.introduce(ctx, a)
	if err == nil {
		s.line.rest()
		return s, nil
	}
	if why := s.line.why(); why != nil {
		err = why
	}
	if s.client != nil {
		s.end()
	} else {
		_ = s.line.Close()
	}
	return nil, &failure{at, err}
}

// introduce is all that is said before the first question; if it fails, it says
// at which stage.
func (s *session) introduce(ctx context.Context, a Account) (stage, error) {
	options := &imapclient.Options{
		TLSConfig: &tls.Config{ServerName: a.Server, RootCAs: a.RootCAs, MinVersion: tls.VersionTLS12},
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(d *imapclient.UnilateralDataMailbox) {
			if d.NumMessages != nil {
				select {
				case s.news <- struct{}{}:
				default:
				}
			}
		}},
	}
	switch a.TLS {
	case TLS:
		secure := tls.Client(s.line, options.TLSConfig)
		if err := secure.HandshakeContext(ctx); err != nil {
			return encrypting, err
		}
		s.tls = secure.ConnectionState().Version
		s.client = imapclient.New(secure, options)
	case StartTLS:
		options.TLSConfig.VerifyConnection = func(c tls.ConnectionState) error { s.tls = c.Version; return nil }
		c, err := imapclient.NewStartTLS(s.line, options)
		if err != nil {
			return encrypting, err
		}
		s.client = c
	default:
		s.client = imapclient.New(s.line, options)
	}
	if err := s.client.WaitGreeting(); err != nil {
		return greeting, err
	}
	if s.client.State() == imap.ConnStateNotAuthenticated {
		if err := s.logIn(a); err != nil {
			return loggingIn, err
		}
	}
	if s.caps = s.client.Caps(); s.caps == nil {
		return greeting, errGone
	}
	return 0, nil
}

// logIn shows who we are in the best way that both sides know.
func (s *session) logIn(a Account) error {
	caps := s.client.Caps()
	if caps == nil {
		return errGone
	}
	ways := caps.AuthMechanisms()
	if a.Token != nil {
		switch {
		case slices.Contains(ways, "XOAUTH2"):
			s.login = "XOAUTH2"
			return s.client.Authenticate(xoauth2{a.User, a.Password})
		case slices.Contains(ways, sasl.OAuthBearer):
			s.login = sasl.OAuthBearer
			return s.client.Authenticate(sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: a.User, Token: a.Password, Host: a.Server, Port: a.Port}))
		}
		return errNoTokens
	}
	switch {
	case slices.Contains(ways, sasl.Plain):
		s.login = sasl.Plain
		return s.client.Authenticate(sasl.NewPlainClient("", a.User, a.Password))
	case !caps.Has(imap.CapLoginDisabled):
		s.login = "LOGIN"
		return s.client.Login(a.User, a.Password).Wait()
	}
	return errNoPasswords
}

// xoauth2 is the way of Google and Microsoft to log in with a token.
type xoauth2 struct{ user, token string }

func (x xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next answers the server's explanation with nothing, so that it says no.
func (x xoauth2) Next([]byte) ([]byte, error) { return []byte{}, nil }
