package console

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// guarded puts before the pages what holds for all of them.
func (c *Console) guarded(pages http.Handler) http.Handler {
	origin := http.NewCrossOriginProtection()
	// A mail provider's page may post the one click from anywhere: whoever has the
	// token may use it, and has nothing else that could be abused.
	origin.AddInsecureBypassPattern("POST /u/{token}")
	origin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		c.show(w, http.StatusForbidden, "elsewhere", view{})
	}))
	inner := origin.Handler(pages)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer c.survive(w)
		harden(w.Header(), r.TLS != nil)
		switch {
		case !c.hosts[strings.ToLower(r.Host)]:
			http.Error(w, "This is not the address of any page here.", http.StatusMisdirectedRequest)
		case !c.admits(r):
			c.tooMuch(w)
		default:
			r.Body = http.MaxBytesReader(w, r.Body, c.room(r))
			inner.ServeHTTP(w, r)
		}
	})
}

// admits reports whether somebody may ask once more: who is signed in works with
// many pages.
func (c *Console) admits(r *http.Request) bool {
	if name := c.cookie(r); name != "" && !public(r.URL.Path) && c.known.knows(name) {
		return c.seats.allows(name, time.Now())
	}
	return c.remotes.allows(c.remote(r), time.Now())
}

// public reports whether a page is for people who are not signed in.
func public(path string) bool {
	for _, p := range []string{"/u/", "/a/", "/r/", "/s/", "/sign-in"} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// room is how much a request may bring.
func (c *Console) room(r *http.Request) int64 {
	if public(r.URL.Path) {
		return mostBody
	}
	if n := c.rooms[c.pattern(r)]; n > 0 {
		return n
	}
	return mostForm
}

// takes lets the forms of a page, named by its pattern, hold more than others.
func (c *Console) takes(pattern string, bytes int64) { c.rooms[pattern] = bytes }

// pattern is that of the page which a request is for.
func (c *Console) pattern(r *http.Request) string {
	_, p := c.mux.Handler(r)
	return p
}

// serves reports whether there is a page at a path.
func (c *Console) serves(path string) bool {
	_, p := c.mux.Handler(&http.Request{Method: http.MethodGet, URL: &url.URL{Path: path}})
	return strings.HasPrefix(p, "GET ")
}

// harden says to the browser what a page may do, which is next to nothing.
func harden(h http.Header, encrypted bool) {
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
	h.Set("Referrer-Policy", "no-referrer") // an address has a token in it
	h.Set("X-Frame-Options", "DENY")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Robots-Tag", "noindex, nofollow, noarchive")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if encrypted {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// survive answers for a page that failed, and logs what failed without what was
// asked for.
func (c *Console) survive(w http.ResponseWriter) {
	if p := recover(); p != nil {
		if p == http.ErrAbortHandler {
			panic(p)
		}
		c.Log.Error("a page failed", "panic", fmt.Sprintf("%T", p))
		c.show(w, http.StatusInternalServerError, "trouble", view{})
	}
}

// tooMuch asks somebody to wait.
func (c *Console) tooMuch(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "60")
	c.show(w, http.StatusTooManyRequests, "wait", view{})
}

// limited lets through so many at a time, each token so often.
func (c *Console) limited(page http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if !c.tokens.allows(r.PathValue("token"), time.Now()) {
			c.tooMuch(w)
			return
		}
		select {
		case c.busy <- struct{}{}:
			defer func() { <-c.busy }()
			page(w, r)
		case <-r.Context().Done():
		}
	}
}
