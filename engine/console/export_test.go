package console

import (
	"crypto/tls"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine"
)

// Renewing gives the certificate that is shown at a moment.
func Renewing(o Options) (func(now time.Time) *tls.Certificate, error) {
	c, err := o.certificate()
	if err != nil {
		return nil, err
	}
	return c.current, nil
}

// Mailed waits until the links that were asked for are mailed.
func (c *Console) Mailed() { c.post.Wait() }

// Patterns are those of all pages, as the sources register them.
func Patterns() (all []string) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		if text, err := os.ReadFile(name); err == nil && !strings.HasSuffix(name, "_test.go") {
			for _, m := range registered.FindAllStringSubmatch(string(text), -1) {
				all = append(all, m[1])
			}
		}
	}
	return all
}

var registered = regexp.MustCompile(`"((?:GET|POST) /[^"]*)"`)

// Handler makes the pages, however often they are asked for.
func (c *Console) Handler() http.Handler { return c.mux }

// Pattern is that of the page at a path.
func (c *Console) Pattern(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return ""
	}
	return c.pattern(&http.Request{Method: http.MethodGet, URL: u})
}

// Public reports whether a page is for people who are not signed in.
func Public(path string) bool { return public(path) }

// LocalPath is a path of ours, or nothing.
func LocalPath(path string) string { return localPath(path) }

// SeatForTests is a seat with a role.
func SeatForTests(role string) engine.Seat { return engine.Seat{Roles: []string{role}} }

// Sensitive adds a page that wants a fresh sign-in.
func (c *Console) Sensitive(path string) {
	c.mux.HandleFunc("GET "+path, c.freshly(mayForget, func(v *visit) { _, _ = v.w.Write([]byte("fresh enough")) }))
}

// CookieName is what the cookie of a session is called.
func CookieName(c *Console) string { return c.sessions.Cookie.Name }
