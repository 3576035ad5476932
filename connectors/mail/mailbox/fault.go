package mailbox

import (
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"

	"github.com/clarion-clp/clarion/connectors/mail/internal/wire"
)

// A Kind says who can do something about a Fault.
type Kind int

const (
	Temporary   Kind = iota // time: try again after a while
	Login                   // who knows the password, or can log in anew
	Certificate             // who keeps the server, or this machine's clock: it may be another server
	Setup                   // who wrote the settings, or set up the account
)

// A Fault says in a sentence why the mailbox could not be used, and what to do.
// It holds no address and no password.
type Fault struct {
	Kind  Kind
	Text  string
	After time.Duration // of a temporary one: when to try again
}

func (f *Fault) Error() string { return f.Text }

// A stage is how far a connection had come.
type stage int

const (
	reaching stage = iota + 1
	encrypting
	greeting
	loggingIn
)

// A failure is an error at a stage of connecting.
type failure struct {
	at  stage
	err error
}

func (f *failure) Error() string { return f.err.Error() }
func (f *failure) Unwrap() error { return f.err }

// noToken is that there was no access token to log in with.
type noToken struct{ err error }

func (n *noToken) Error() string { return n.err.Error() }
func (n *noToken) Unwrap() error { return n.err }

var (
	errNoTokens    = errors.New("the server takes no access token")
	errNoPasswords = errors.New("the server takes no password")
)

// fault puts an error in words.
func (a *Account) fault(err error) *Fault {
	var f *Fault
	var at *failure
	var said *imap.Error
	switch {
	case errors.As(err, &f):
		return f
	case errors.Is(err, errFlood):
		return &Fault{Kind: Temporary, Text: "The mailbox's server sent more than it was asked for, so the connection was ended."}
	case errors.As(err, &at):
		return a.noConnection(at)
	case errors.As(err, &said) && said.Type == imap.StatusResponseTypeNo && !passing(said):
		return &Fault{Kind: Setup, Text: "The mailbox's server would not do what was asked: it said " + a.quote(said) + "."}
	case errors.As(err, &said):
		return &Fault{Kind: Temporary, Text: "The mailbox's server could not do what was asked just now: it said " + a.quote(said) + "."}
	}
	return &Fault{Kind: Temporary, Text: "The connection to the mailbox was lost" + because(err) + "."}
}

func (a *Account) noConnection(f *failure) *Fault {
	where := net.JoinHostPort(a.Server, strconv.Itoa(a.Port))
	switch f.at {
	case reaching:
		return &Fault{Kind: Temporary, Text: "The mailbox's server " + where + " cannot be reached" + because(f.err) + "."}
	case encrypting:
		return a.noTLS(f.err)
	case loggingIn:
		return a.noLogin(f.err)
	}
	return &Fault{Kind: Temporary, Text: "The mailbox's server did not greet us" + because(f.err) + "."}
}

// noTLS says why no encrypted connection came about.
func (a *Account) noTLS(err error) *Fault {
	var said *imap.Error
	var record tls.RecordHeaderError
	text := wire.Untrusted("mailbox's server", err)
	switch {
	case errors.As(err, &record):
		return &Fault{Kind: Setup, Text: text + " Nothing was said to it."}
	case text != "":
		return &Fault{Kind: Certificate, Text: text + " Nothing was said to it."}
	case errors.As(err, &said) && said.Type != imap.StatusResponseTypeBye:
		return &Fault{Kind: Setup, Text: "The mailbox's server offers no encryption (STARTTLS), so nobody logged in. Check the server's name and port, or write tls: tls for a port that is encrypted from the start."}
	}
	return &Fault{Kind: Temporary, Text: "No encrypted connection to the mailbox came about" + because(err) + ". Nothing was said to the server."}
}

// noLogin says why we were not let in.
func (a *Account) noLogin(err error) *Fault {
	var said *imap.Error
	var token *noToken
	var bearer *sasl.OAuthBearerError
	var later interface{ Temporary() bool }
	switch {
	case errors.As(err, &token):
		f := &Fault{Kind: Login, Text: token.Error()}
		if errors.As(err, &later) && later.Temporary() {
			f.Kind = Temporary
		}
		return f
	case errors.Is(err, errNoTokens):
		return &Fault{Kind: Setup, Text: "The mailbox's server takes no access token. Put a password into the settings instead of clarion mail login."}
	case errors.Is(err, errNoPasswords):
		return &Fault{Kind: Setup, Text: "The mailbox's server takes no password on this connection. " + a.advice()}
	case errors.As(err, &said) && passing(said):
		return &Fault{Kind: Temporary, Text: "The mailbox's server could not check the log-in just now: it said " + a.quote(said) + "."}
	case errors.As(err, &bearer):
		return &Fault{Kind: Login, Text: "The mailbox's server did not accept the access token. " + a.advice()}
	case errors.As(err, &said):
		return &Fault{Kind: Login, Text: "The mailbox's server did not accept the log-in: it said " + a.quote(said) + ". " + a.advice()}
	}
	return &Fault{Kind: Temporary, Text: "The connection to the mailbox was lost while logging in" + because(err) + "."}
}

// advice is what usually helps where a log-in is refused.
func (a *Account) advice() string {
	server := strings.ToLower(a.Server)
	switch {
	case a.Token != nil:
		return "Log in again: clarion mail login. The mailbox must also be open to IMAP for this account."
	case strings.HasSuffix(server, ".office365.com"), strings.HasSuffix(server, ".outlook.com"):
		return "Microsoft takes no passwords from programs any more: log in with clarion mail login."
	case strings.HasSuffix(server, ".gmail.com"), strings.HasSuffix(server, ".googlemail.com"):
		return "Google wants a password of its own for programs (an app password, with two-step verification switched on): make one in the account's security settings and give it with clarion mail login."
	}
	return "Check the user name and the password; some providers want a password of its own for programs (an app password)."
}

// passing tells that a refusal is not for ever.
func passing(said *imap.Error) bool {
	switch said.Code {
	case imap.ResponseCodeUnavailable, imap.ResponseCodeInUse, imap.ResponseCodeLimit, imap.ResponseCodeServerBug,
		imap.ResponseCodeOverQuota, "THROTTLED":
		return true
	}
	text := strings.ToLower(said.Text)
	return said.Type == imap.StatusResponseTypeBye || strings.Contains(text, "too many") || strings.Contains(text, "temporar") || strings.Contains(text, "try again")
}

// quote is what the server said, without what must not be seen.
func (a *Account) quote(said *imap.Error) string {
	text := said.Text
	for _, secret := range []string{a.Password, a.User} {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "…")
		}
	}
	text, _ = wire.Answer(text)
	if said.Code != "" {
		code, _ := wire.Answer(string(said.Code))
		text = strings.TrimSpace("[" + code + "] " + text)
	}
	return "“" + strings.TrimSuffix(text, ".") + "”"
}

// because is a cause in a few plain words. What the library says of an answer
// that it could not read is nobody's business.
func because(err error) string {
	var said *imap.Error
	switch {
	case errors.Is(err, errLate):
		return ": it did not answer in time"
	case errors.As(err, &said):
		text, _ := wire.Answer(said.Text)
		return ": it said “" + strings.TrimSuffix(text, ".") + "”"
	}
	if known := wire.Known(err); known != "" {
		return known
	}
	return ": it said something that cannot be read"
}
