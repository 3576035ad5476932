package console_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

var linkIn = regexp.MustCompile(`http\S*/sign-in/([a-z2-7]+)`)

// links are the tokens to sign in that lie in the folder of letters.
func (h *house) links() (tokens []string) {
	h.t.Helper()
	h.Console.Mailed()
	names, err := filepath.Glob(filepath.Join(h.folder, "outbox", "*", "*.eml"))
	h.must(err)
	more, err := filepath.Glob(filepath.Join(h.folder, "outbox", "*.eml"))
	h.must(err)
	for _, name := range append(names, more...) {
		b, err := os.ReadFile(name)
		h.must(err)
		text := strings.ReplaceAll(strings.ReplaceAll(string(b), "=\r\n", ""), "=\n", "")
		if m := linkIn.FindStringSubmatch(text); m != nil {
			tokens = append(tokens, m[1])
		}
	}
	return tokens
}

// TestALinkSignsInOnce, for fifteen minutes, by a button and not by being opened.
func TestALinkSignsInOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	link := func() string {
		token, err := h.Engine.LetIn(ctx, "secretary", h.clock().Add(console.LinkHolds))
		h.must(err)
		return "/sign-in/" + token
	}
	first := link()
	for range 3 {
		h.ask("GET", first, "").want(t, "opened", 200, "Opening this page has changed nothing")
	}
	a := h.ask("POST", first, "")
	if a.StatusCode != 303 || a.Header.Get("Location") != "/" || len(a.Cookies()) != 1 {
		t.Fatalf("signing in: %d to %s, %d cookies", a.StatusCode, a.Header.Get("Location"), len(a.Cookies()))
	}
	k := a.Cookies()[0]
	if !k.HttpOnly || k.SameSite != http.SameSiteLaxMode || k.Path != "/" || k.MaxAge != 0 || !k.Expires.IsZero() || len(k.Value) < 40 {
		t.Errorf("the cookie is %+v", k)
	}
	g := &guest{house: h, cookie: k.Name + "=" + k.Value}
	g.get("/").want(t, "signed in", 200, "<h1>Today</h1>", "Secretary")
	for _, method := range []string{"GET", "POST"} {
		h.ask(method, first, "").want(t, "used", 404, "This link does not work any more")
	}
	old := link()
	h.pass(console.LinkHolds)
	h.ask("GET", old, "").want(t, "late", 404, "This link does not work any more")
	h.ask("POST", old, "").want(t, "late", 404, "This link does not work any more")
	h.ask("POST", "/sign-in/"+strings.Repeat("a", 32), "").want(t, "forged", 404, "This link does not work any more")
	if strings.Contains(h.logged.String(), "sign-in/") {
		t.Errorf("a link is logged:\n%s", h.logged)
	}
}

// TestSigningInGivesAnotherName to the session, whatever name the browser brought
// with it; and what it brought is worth nothing afterwards.
func TestSigningInGivesAnotherName(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	in := func(cookie string) *guest {
		token, err := h.Engine.LetIn(ctx, "secretary", h.clock().Add(console.LinkHolds))
		h.must(err)
		a := h.ask("POST", "/sign-in/"+token, "", with("Cookie", cookie))
		if len(a.Cookies()) != 1 {
			t.Fatalf("%d cookies", len(a.Cookies()))
		}
		return &guest{house: h, cookie: a.Cookies()[0].Name + "=" + a.Cookies()[0].Value}
	}
	name, _, _ := strings.Cut(h.local("secretary").cookie, "=")
	planted := name + "=" + strings.Repeat("x", 43)
	first := in(planted)
	if first.cookie == planted {
		t.Fatal("the session has the name that somebody planted")
	}
	h.ask("GET", "/", "", with("Cookie", planted)).want(t, "the planted name", 303)
	second := in(first.cookie)
	if second.cookie == first.cookie {
		t.Fatal("signing in once more keeps the name")
	}
	first.get("/").want(t, "the name of before", 303)
	second.get("/").want(t, "the new name", 200)
}

// TestASessionEnds after half an hour without a page, after twelve hours, with
// signing out here or everywhere, and with the role.
func TestASessionEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	gone := func(g *guest, what string) {
		t.Helper()
		a := g.get("/")
		a.want(t, what, 303)
		if !strings.HasPrefix(a.Header.Get("Location"), "/sign-in") {
			t.Errorf("%s: leads to %s", what, a.Header.Get("Location"))
		}
	}
	g := h.local("secretary")
	h.pass(29 * time.Minute)
	g.get("/").want(t, "within half an hour", 200)
	h.pass(29 * time.Minute)
	g.get("/").want(t, "kept alive", 200)
	h.pass(31 * time.Minute)
	gone(g, "idle")

	g = h.local("secretary")
	for range 23 {
		h.pass(29 * time.Minute)
		g.get("/").want(t, "at work", 200)
	}
	for range 2 {
		h.pass(29 * time.Minute)
		g.get("/")
	}
	gone(g, "after twelve hours")

	mo, other := h.officer("membership@example.org"), h.officer("membership@example.org")
	nora := h.officer("north@example.org")
	mo.get("/").want(t, "an officer", 200, "Mo Member, Vice Chair (Membership)")
	nora.get("/").want(t, "of a branch", 200, "Branch Membership Secretary of North")
	mo.post("/sign-out").want(t, "signed out", 303)
	gone(mo, "signed out")
	other.get("/").want(t, "elsewhere", 200)
	mo = h.officer("membership@example.org")
	mo.post("/sign-out", "everywhere", "yes").want(t, "signed out everywhere", 303)
	gone(mo, "signed out everywhere")
	gone(other, "signed out everywhere, elsewhere")

	mo = h.officer("membership@example.org")
	h.write("officers.csv", strings.Replace(officers, "membership@example.org,2024-01-01,,", "membership@example.org,2024-01-01,2026-11-01,", 1))
	h.run()
	gone(mo, "the term is over")
	h.write("officers.csv", officers)
	h.run()
	gone(mo, "the term was over")
	nora.get("/").want(t, "somebody else", 200)
}

// TestWhoAsksForALinkLearnsNothing: the answer is the same to the byte, and a
// letter goes to nobody but to an officer's own address.
func TestWhoAsksForALinkLearnsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	var bodies []string
	for _, typed := range []string{"secretary@example.org", " Secretary@Example.ORG", "olive1@example.com", "nobody@example.net", "", "x", "a@b\r\nBcc: x@example.net",
		"secretary@example.org,nobody@example.net", strings.Repeat("x", 400)} {
		a := h.ask("POST", "/sign-in", "email="+strings.ReplaceAll(strings.ReplaceAll(typed, "\r", "%0d"), "\n", "%0a"))
		a.want(t, typed, 200, "If this is the address of an officer")
		bodies = append(bodies, fmt.Sprint(a.StatusCode, a.Header["Set-Cookie"], a.Header["Content-Length"], a.body))
	}
	for _, b := range bodies {
		if b != bodies[0] {
			t.Errorf("the answers differ:\n%s\n%s", bodies[0], b)
		}
	}
	tokens := h.links()
	if len(tokens) != 2 {
		t.Fatalf("%d links were mailed, want 2", len(tokens))
	}
	g := h.enter(tokens[0], console.SeatForTests("secretary"))
	g.get("/").want(t, "by mail", 200, "Ann Secretary, Secretary")
	for range 5 {
		h.ask("POST", "/sign-in", "email=secretary@example.org").want(t, "often", 200, "If this is the address of an officer")
	}
	if n := len(h.links()); n != 3 {
		t.Errorf("%d letters went to one address, want 3", n)
	}
	if l := h.logged.String(); strings.Contains(l, "@") || strings.Contains(l, "sign-in/") {
		t.Errorf("an address or a link is logged:\n%s", l)
	}
}

// TestNoPageWithoutASession, and no change from a page elsewhere.
func TestNoPageWithoutASession(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{BehindProxy: true})
	for i, pattern := range console.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if console.Public(path) || strings.HasPrefix(path, "/style-") || strings.HasSuffix(path, ".js") || path == "/" {
			continue
		}
		a := h.ask(method, filled(path), "x=1", with("X-Forwarded-For", fmt.Sprint("192.0.2.", i)))
		a.want(t, pattern, 303)
		if !strings.HasPrefix(a.Header.Get("Location"), "/sign-in") {
			t.Errorf("%s leads to %q", pattern, a.Header.Get("Location"))
		}
	}
	g := h.local("secretary")
	before := h.changes()
	for _, from := range [][2]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.example.com"}, {"Origin", "null"}} {
		h.ask("POST", "/stop", "reason=x", with("Cookie", g.cookie), with(from[0], from[1])).want(t, from[1], 403, "Please open")
	}
	if h.changes() != before {
		t.Error("a page elsewhere stopped everything")
	}
	g.follow("/stop", "reason", "a wrong <b>date</b>", "back", "https://evil.example.com/").want(t, "stopped", 200, "Everything is stopped", "a wrong &lt;b&gt;date&lt;/b&gt;")
	g.follow("/stop", "reason", "again").want(t, "twice", 200, "Everything is stopped already")
	h.officer("north@example.org").post("/resume", "reason", "x").want(t, "who may not", 403, "That is for another role")
	g.follow("/resume", "reason", "put right").want(t, "resumed", 200, "Letters go again")
}

// TestWhatIsSensitiveWantsAFreshSignIn, of the last ten minutes, and comes back to
// where it was asked.
func TestWhatIsSensitiveWantsAFreshSignIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	h.Console.Sensitive("/sensitive")
	for _, signed := range []func() *guest{func() *guest { return h.officer("secretary@example.org") }, func() *guest { return h.local("secretary") }} {
		g := signed()
		g.get("/sensitive?x=1").want(t, "fresh", 200, "fresh enough")
		h.pass(11 * time.Minute)
		a := g.get("/sensitive?x=1")
		a.want(t, "stale", 403, "Please sign in once more")
		token := ""
		if g.Seat.Person == 0 {
			a.want(t, "at the computer", 403, "clarion console --as secretary")
			var err error
			token, err = h.Engine.LetIn(ctx, "secretary", h.clock().Add(console.LinkHolds))
			h.must(err)
		} else {
			a.want(t, "masked", 403, "s…@example.org")
			g.post("/sign-in-again").want(t, "mailed", 200, "A link is on its way")
			token = h.links()[0]
		}
		in := h.ask("POST", "/sign-in/"+token, "", with("Cookie", g.cookie))
		if to := in.Header.Get("Location"); to != "/sensitive?x=1" {
			t.Fatalf("it leads to %q", to)
		}
		g.get("/sensitive").want(t, "the session of before", 303)
		g.cookie = in.Cookies()[0].Name + "=" + in.Cookies()[0].Value
		g.get("/sensitive").want(t, "fresh again", 200, "fresh enough")
	}
}

// TestWhoIsForgottenIsSignedOut, and nothing is left of it.
func TestWhoIsForgottenIsSignedOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	g := h.officer("north@example.org")
	g.get("/").want(t, "an officer", 200)
	h.must(h.store.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.Forget("officers", g.Seat.Person, "secretary", h.clock())
		return err
	}))
	g.get("/").want(t, "forgotten", 303)
}

// TestASecureCookie is asked for where the pages are reached by TLS.
func TestASecureCookie(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{Public: "https://clarion.example.org", BehindProxy: true})
	token, err := h.Engine.LetIn(ctx, "secretary", h.clock().Add(console.LinkHolds))
	h.must(err)
	k := h.ask("POST", "/sign-in/"+token, "").Cookies()[0]
	if k.Name != "__Host-clarion" || !k.Secure || k.Path != "/" || k.Domain != "" || !k.HttpOnly {
		t.Errorf("the cookie is %+v", k)
	}
}

// TestWhereAFormLeadsBackTo is a page of ours.
func TestWhereAFormLeadsBackTo(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/": "/", "/plan": "/plan", "/plan?playbook=x#letter-1": "/plan?playbook=x#letter-1", "/records/members/A%2F1": "/records/members/A%2F1",
		"": "", "plan": "", "//evil.example.com": "", "////evil.example.com": "", "///evil.example.com/x": "", `/\evil.example.com`: "", `\\evil.example.com`: "",
		"https://evil.example.com/": "", "javascript:alert(1)": "", "/x\r\nSet-Cookie: a=b": "", "/%0d%0aSet-Cookie:a": "/%0d%0aSet-Cookie:a", "/" + strings.Repeat("x", 600): "",
		"/\t/evil.example.com": "", "http:/evil.example.com": "", "//user@evil.example.com/": "",
	} {
		if got := console.LocalPath(path); got != want {
			t.Errorf("%q leads back to %q, want %q", path, got, want)
		}
	}
}
