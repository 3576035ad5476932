package console_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"

	"github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// TestManyAtOnce read the same look, and one of them changes what it shows: every
// page comes, and the last shows the last change.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	reader, writer := h.officer("north@example.org"), h.local("secretary")
	done := make(chan error, 8)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			for _, path := range []string{"/", "/plan", "/tasks", "/data", "/log", "/"} {
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+h.Address()+path, nil)
				if err != nil {
					done <- err
					return
				}
				r.Header.Set("Cookie", reader.cookie)
				res, err := http.DefaultClient.Do(r)
				if err != nil || res.StatusCode != http.StatusOK {
					done <- fmt.Errorf("%s: %v, %v", path, res, err)
					return
				}
				res.Body.Close()
			}
		})
	}
	for range 3 {
		writer.post("/stop", "reason", "once more")
		writer.get("/").want(t, "stopped", 200, "Everything is stopped")
		writer.post("/resume", "reason", "put right")
	}
	all.Wait()
	close(done)
	for err := range done {
		t.Error(err)
	}
}

// TestWhoIsSignedInMayAskForMore pages than a stranger, and a name that nobody
// gave is a stranger's.
func TestWhoIsSignedInMayAskForMore(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	g := h.local("secretary")
	for i := range 100 {
		if a := g.get("/sign-out"); a.StatusCode == http.StatusTooManyRequests { // cheap: it is no page
			t.Fatalf("after %d pages somebody at work is asked to wait", i)
		}
	}
	name := console.CookieName(h.Console)
	strangers := 0
	for i := range 100 {
		if a := h.ask("GET", "/sign-out", "", with("Cookie", fmt.Sprintf("%s=%043d", name, i))); a.StatusCode != http.StatusTooManyRequests {
			strangers++
		}
	}
	if strangers > 80 {
		t.Errorf("names that nobody gave were let through %d times", strangers)
	}
}
