package console_test

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/store"
)

// A guest is a browser in which somebody is signed in.
type guest struct {
	*house
	cookie string
	Seat   engine.Seat
}

// local signs in whoever sits at the computer itself, in a role.
func (h *house) local(role string) *guest {
	h.t.Helper()
	token, err := h.Engine.LetIn(ctx, role, h.clock().Add(15*day))
	h.must(err)
	return h.enter(token, engine.Seat{Roles: []string{role}})
}

// officer signs in whoever reads an address of the officers list.
func (h *house) officer(address string) *guest {
	h.t.Helper()
	l, err := h.Engine.Look(ctx)
	h.must(err)
	seat, ok := engine.SeatAt(l.In, address)
	if !ok {
		h.t.Fatalf("%s is no officer's address", address)
	}
	var token string
	h.must(h.store.Update(ctx, func(tx *store.Tx) (err error) {
		token, err = tx.NewSignIn(store.Sitting{Person: seat.Person}, h.clock().Add(15*day))
		return err
	}))
	return h.enter(token, seat)
}

// enter uses a link to sign in.
func (h *house) enter(token string, seat engine.Seat) *guest {
	h.t.Helper()
	a := h.ask("POST", "/sign-in/"+token, "")
	cookies := a.Cookies()
	if a.StatusCode != http.StatusSeeOther || len(cookies) != 1 {
		h.t.Fatalf("signing in: %d, %d cookies\n%s", a.StatusCode, len(cookies), a.body)
	}
	return &guest{house: h, cookie: cookies[0].Name + "=" + cookies[0].Value, Seat: seat}
}

// get asks for a page.
func (g *guest) get(path string, change ...func(*http.Request)) answer {
	g.t.Helper()
	return g.ask("GET", path, "", append(change, with("Cookie", g.cookie))...)
}

// post sends a form, of names and values by turns.
func (g *guest) post(path string, fields ...string) answer {
	g.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return g.ask("POST", path, form.Encode()+"&", with("Cookie", g.cookie), with("Sec-Fetch-Site", "same-origin"))
}

// follow sends a form and asks for the page to which it leads.
func (g *guest) follow(path string, fields ...string) answer {
	g.t.Helper()
	a := g.post(path, fields...)
	to := a.Header.Get("Location")
	if a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/") {
		g.t.Fatalf("%s leads nowhere: %d\n%s", path, a.StatusCode, a.body)
	}
	to, _, _ = strings.Cut(to, "#")
	return g.get(to)
}

// places are what stands in the patterns of pages for what is there.
var places = strings.NewReplacer("{list}", "members", "{key}", "B00001", "{name}", "new-member-welcome", "{letter}", "welcome", "{number}", "1",
	"{id}", "1", "{n}", "1", "{token}", "forged", "{$}", "", "{step}", "welcome", "{playbook}", "new-member-welcome")

// filled is the path of a pattern.
func filled(pattern string) string { return places.Replace(pattern) }
