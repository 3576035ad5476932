package account

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/oauth2"
)

const (
	clientID = "01234567-89ab-cdef-0123-456789abcdef"
	user     = "secretary@example.org"
)

// A provider speaks RFC 8628 over HTTP, as Microsoft does: it says when it is
// asked too often, replaces a refresh token whenever it is used, and ends the
// log-in when one that was replaced is used again.
type provider struct {
	t      *testing.T
	client *http.Client

	mu      sync.Mutex
	code    int           // of the device
	typed   time.Time     // when a person types it in; zero: never
	refused string        // what is answered once it is typed in
	issued  time.Time     // when the code was given
	asked   time.Time     // when it was last asked for
	pause   time.Duration // between two askings, at least
	current int           // the number of the refresh token that holds
	ended   bool
	brief   bool                             // no refresh token is given
	upset   func(form map[string]string) any // something else is answered
	forms   []string                         // what was asked
	lost    int                              // so many answers are lost on the way
}

// pipes is a network of its own.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// newProvider starts one, in a bubble of testing/synctest.
func newProvider(t *testing.T) *provider {
	p := &provider{t: t, pause: 5 * time.Second}
	network := &pipes{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: p}
	go func() { _ = server.Serve(network) }()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		here, there := net.Pipe()
		select {
		case network.conns <- there:
			return here, nil
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
	p.client = &http.Client{Transport: transport, Timeout: 30 * time.Second}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		_ = server.Close()
	})
	return p
}

// ctx is a context in which this provider is asked.
func (p *provider) ctx() context.Context {
	return context.WithValue(p.t.Context(), oauth2.HTTPClient, p.client)
}

func (p *provider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = r.ParseForm()
	form := map[string]string{}
	for k := range r.PostForm {
		form[k] = r.PostForm.Get(k)
	}
	p.forms = append(p.forms, fmt.Sprint(form))
	if p.lost > 0 {
		p.lost--
		panic(http.ErrAbortHandler)
	}
	answer := any(nil)
	if p.upset != nil {
		answer = p.upset(form)
	}
	if answer == nil {
		answer = p.answer(r.URL.Path, form)
	}
	w.Header().Set("Content-Type", "application/json")
	if m, is := answer.(map[string]any); is && m["error"] != nil {
		w.WriteHeader(http.StatusBadRequest)
	}
	if s, is := answer.(string); is {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = w.Write([]byte(s))
		return
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func no(what, description string) map[string]any {
	return map[string]any{"error": what, "error_description": description + " for " + user}
}

func (p *provider) answer(path string, form map[string]string) any {
	if form["client_id"] != clientID {
		return no("unauthorized_client", "AADSTS700016: application not found")
	}
	switch {
	case strings.HasSuffix(path, "/devicecode"):
		p.code++
		p.issued, p.asked = time.Now(), time.Now()
		return map[string]any{"device_code": fmt.Sprint("device-", p.code), "user_code": "ABCD-EFGH", "verification_uri": "https://example.org/device", "expires_in": 900, "interval": 5}
	case form["grant_type"] == "refresh_token":
		if p.ended || form["refresh_token"] != fmt.Sprint("refresh-", p.current) {
			p.ended = true
			return no("invalid_grant", "AADSTS700082: the refresh token has expired")
		}
		return p.tokens()
	}
	early := time.Since(p.asked) < p.pause
	p.asked = time.Now()
	switch {
	case form["device_code"] != fmt.Sprint("device-", p.code), time.Since(p.issued) >= 15*time.Minute:
		return no("expired_token", "AADSTS70020")
	case early:
		return no("slow_down", "")
	case p.typed.IsZero() || time.Now().Before(p.typed):
		return no("authorization_pending", "AADSTS70016")
	case p.refused != "":
		return no(p.refused, "")
	}
	return p.tokens()
}

func (p *provider) tokens() any {
	p.current++
	answer := map[string]any{"token_type": "Bearer", "access_token": fmt.Sprint("access-", p.current), "expires_in": 3600}
	if !p.brief {
		answer["refresh_token"] = fmt.Sprint("refresh-", p.current)
	}
	return answer
}

// count says how often something was asked.
func (p *provider) count(what string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, f := range p.forms {
		n += strings.Count(f, what)
	}
	return n
}

func (p *provider) set(change func(*provider)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(p)
}

// registration is the one that the provider knows.
func registration(t *testing.T) Registration {
	t.Helper()
	r, err := Microsoft("http://localhost", "organizations", clientID)
	must(t, err)
	return r
}

// loggedIn is an account that has logged in a moment ago.
func loggedIn(t *testing.T, p *provider) (*Account, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "mail.token")
	p.set(func(p *provider) { p.typed = time.Now().Add(time.Minute) })
	must(t, LogIn(p.ctx(), file, registration(t), user, func(Code) {}))
	a, err := Open(file)
	must(t, err)
	return a, file
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// alone tells that a folder holds these files and no others, all of them
// readable by their owner alone.
func alone(t *testing.T, folder string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	must(t, err)
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
		if info, err := e.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", e.Name(), info.Mode(), err)
		}
	}
	if !slices.Equal(have, names) {
		t.Errorf("the folder holds %v, want %v", have, names)
	}
}
