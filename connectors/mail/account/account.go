// Package account logs a mail account in where the provider wants more than a
// password: by the device code of RFC 8628. Clarion asks the provider for a
// short code; a person types it in on the provider's page, on any computer or
// telephone, and logs in there; Clarion is then given a refresh token, by which
// it fetches an access token whenever one is needed. No password is ever seen.
//
// # What is kept
//
// One file, which its owner alone can read, holds all that is needed to go on:
// who logged in, the application that was registered, and the tokens. It is
// replaced as a whole or not at all. A file that others can read is not used.
//
// # A token that goes stale
//
// An access token is good for an hour or so. It is fetched anew when less than
// two minutes of it are left, by one process at a time: the others wait and use
// what the first was given, since a provider may take the use of a refresh
// token that was replaced for a theft, and end the log-in. A new refresh token
// is on the disk before the access token that came with it is used.
//
// When the provider says that the log-in has ended, Token answers with a Fault
// that is not Temporary: whoever sends or reads mail pauses and tells a person.
// Nothing is lost and the file stays as it is. A provider that cannot be reached
// is Temporary.
package account

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"github.com/clarion-clp/clarion/connectors/mail/internal/wire"
)

// fresh is how long an access token must still be good to be used.
const fresh = 2 * time.Minute

// A Registration is the application that a constituency has registered with its
// provider, and where the provider answers.
type Registration struct {
	ClientID  string   `json:"client_id"`
	DeviceURL string   `json:"device_url"`
	TokenURL  string   `json:"token_url"`
	Scopes    []string `json:"scopes"`
}

// MicrosoftAuthority is where Microsoft's log-ins are, but for some states.
const MicrosoftAuthority = "https://login.microsoftonline.com"

// Microsoft is a registration with Microsoft: of the organisation called tenant
// (a name or number; organizations is any), to send and to read mail.
func Microsoft(authority, tenant, clientID string) (Registration, error) {
	at, err := url.JoinPath(authority, tenant, "oauth2", "v2.0")
	if err != nil || !word(tenant) {
		return Registration{}, errors.New("the tenant is a name or a number without spaces, or organizations")
	}
	r := Registration{ClientID: clientID, DeviceURL: at + "/devicecode", TokenURL: at + "/token", Scopes: []string{
		"https://outlook.office.com/IMAP.AccessAsUser.All", "https://outlook.office.com/SMTP.Send", "offline_access"}}
	return r, r.check()
}

// word tells that a text is one word of letters, digits, dots and dashes.
func word(s string) bool {
	return s != "" && s != "." && s != ".." && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' && r != '.'
	})
}

func (r Registration) check() error {
	if !word(r.ClientID) {
		return errors.New("the client id is a number like 01234567-89ab-cdef-0123-456789abcdef: the application (client) ID of the registration")
	}
	for _, s := range []string{r.DeviceURL, r.TokenURL} {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !wire.Loopback(u.Hostname())) {
			return errors.New("a log-in goes only to an address that begins with https://")
		}
	}
	return nil
}

func (r Registration) config() *oauth2.Config {
	return &oauth2.Config{ClientID: r.ClientID, Scopes: r.Scopes,
		Endpoint: oauth2.Endpoint{DeviceAuthURL: r.DeviceURL, TokenURL: r.TokenURL, AuthStyle: oauth2.AuthStyleInParams}}
}

// A Fault says in a sentence why there is no token, and what to do. It holds no
// token and no address.
type Fault struct {
	Text      string
	temporary bool
}

func (f *Fault) Error() string { return f.Text }

// Temporary tells that no person is needed: the same may succeed later.
func (f *Fault) Temporary() bool { return f.temporary }

// An Account is a log-in that is kept in a file.
type Account struct {
	file string

	mu   sync.Mutex
	kept kept
}

// Open reads a log-in. It asks nobody.
func Open(file string) (*Account, error) {
	k, err := read(file)
	if err != nil {
		return nil, err
	}
	return &Account{file: file, kept: k}, nil
}

// User is who logged in.
func (a *Account) User() string { return a.kept.User }

// Registration is what the log-in was made with.
func (a *Account) Registration() Registration { return a.kept.Registration }

// Token gives an access token that is good for a while. Its errors are Faults,
// or the context's.
func (a *Account) Token(ctx context.Context) (string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.kept.good() {
		return a.kept.Token.AccessToken, nil
	}
	unlock, err := lock(ctx, a.file)
	if err != nil {
		return "", err
	}
	defer unlock()
	now, err := read(a.file) // another process may have been faster, or a person logged in anew
	if err != nil {
		return "", err
	}
	if !now.good() {
		token, err := now.config().TokenSource(asking(ctx), &oauth2.Token{RefreshToken: now.Token.RefreshToken}).Token()
		if err != nil {
			return "", refused(ctx, err)
		}
		now.Token = *token
		if err := write(a.file, now); err != nil {
			return "", err
		}
	}
	a.kept = now
	return now.Token.AccessToken, nil
}

// asking is a context in which the provider is asked, with a limit for each
// answer; a client that is there already is used.
func asking(ctx context.Context) context.Context {
	if _, has := ctx.Value(oauth2.HTTPClient).(*http.Client); has {
		return ctx
	}
	return context.WithValue(ctx, oauth2.HTTPClient, &http.Client{Timeout: 30 * time.Second})
}

// refused says why the provider gave no token.
func refused(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var said *oauth2.RetrieveError
	if !errors.As(err, &said) {
		var transport *url.Error // its text holds the whole address
		if errors.As(err, &transport) {
			err = transport.Err
		}
		return &Fault{Text: "The provider of the mail account cannot be reached" + wire.Because(err) + ".", temporary: true}
	}
	if passing(said) {
		return &Fault{Text: "The provider of the mail account could not log us in just now" + code(said) + ".", temporary: true}
	}
	switch said.ErrorCode {
	case "invalid_client", "unauthorized_client", "invalid_request", "invalid_scope", "unsupported_grant_type":
		return &Fault{Text: "The provider does not know, or does not allow, the application that was registered for the mail account" + code(said) +
			". See that it is registered with the provider, that it may be used by a public client, and that reading and sending mail are among its permissions; then log in again: clarion mail login."}
	}
	return &Fault{Text: "The log-in of the mail account has ended" + code(said) + ": it has expired, or was withdrawn. Letters wait and nothing is lost. Log in again: clarion mail login."}
}

// passing tells that the provider itself has trouble.
func passing(said *oauth2.RetrieveError) bool {
	switch said.ErrorCode {
	case "temporarily_unavailable", "server_error", "slow_down":
		return true
	case "":
		return true // no answer of the kind that was agreed: a proxy's, or a fault's
	}
	return said.Response != nil && (said.Response.StatusCode == http.StatusTooManyRequests || said.Response.StatusCode >= 500)
}

var microsoftCode = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`AADSTS\d{1,9}`) })

// code is what the provider calls the fault; what else it says may name people.
func code(said *oauth2.RetrieveError) string {
	word := wire.Line(said.ErrorCode, 60)
	if number := microsoftCode().FindString(said.ErrorDescription); number != "" {
		word = strings.TrimSpace(word + " " + number)
	}
	if word == "" {
		return ""
	}
	return " (" + word + ")"
}
