package console_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

const oneClick = "List-Unsubscribe=One-Click"

// TestOpeningALinkChangesNothing, however it is opened and by whom; the one click
// of a mail program, which has no cookies and comes from elsewhere, stops the
// letters, and so does the button.
func TestOpeningALinkChangesNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{Public: "https://clarion.example.org"})
	letters, digest := h.sent("service"), h.sent("officer")[0]
	if len(letters) != 3 {
		t.Fatalf("%d letters went", len(letters))
	}
	leave, tasks := h.link(store.ToUnsubscribe, letters[0].ID), h.link(store.ToAnswer, digest.ID)
	before := h.changes()
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete} {
		for _, path := range []string{leave, tasks, leave + "?" + oneClick, tasks + "?task=1&answer=spoke", leave + "/", "/", "/robots.txt"} {
			h.ask(method, path, "", with("Sec-Purpose", "prefetch"))
		}
	}
	for _, body := range []string{"", "x=1", "list-unsubscribe=one-click", strings.Repeat("x", 5000) + "&" + oneClick} {
		h.ask("POST", leave, body).want(t, "no wish of anybody", 200, "Opening this page has changed nothing")
	}
	if h.changes() != before {
		t.Fatal("opening a link changed something")
	}
	h.ask("GET", leave, "").want(t, "the page", 200, "Stop these letters?", "2 November 2026", "Anytown &amp; &lt;b&gt;Thornley&lt;/b&gt; CLP", "Opening this page has changed nothing")

	h.ask("POST", leave, oneClick, with("Sec-Fetch-Site", "cross-site"), with("Origin", "https://mail.example.com")).
		want(t, "the one click", 200, "These letters have stopped")
	h.ask("POST", leave, oneClick).want(t, "once more", 200, "These letters have stopped")
	if h.changes() != before+1 || !h.marketing(letters[0]) || h.marketing(letters[1]) {
		t.Errorf("%d changes; stopped %t and, for another, %t", h.changes()-before, h.marketing(letters[0]), h.marketing(letters[1]))
	}
	h.ask("GET", leave, "").want(t, "afterwards", 200, "These letters have stopped")
	parts := "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"
	h.ask("POST", h.link(store.ToUnsubscribe, letters[1].ID), parts, with("Content-Type", "multipart/form-data; boundary=b")).
		want(t, "in parts", 200, "These letters have stopped")
	if !h.marketing(letters[1]) {
		t.Error("one click that came in parts stopped nothing")
	}
}

// TestWhatEveryPageSays to the browser; and whom it does not name.
func TestWhatEveryPageSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{Public: "https://clarion.example.org"})
	letter, digest := h.sent("service")[0], h.sent("officer")[0]
	leave, tasks := h.link(store.ToUnsubscribe, letter.ID), h.link(store.ToAnswer, digest.ID)
	for _, a := range []answer{h.ask("GET", leave, ""), h.ask("POST", leave, oneClick), h.ask("GET", tasks, ""), h.ask("GET", "/nothing", ""), h.ask("GET", "/u/forged", "")} {
		path := a.Request.URL.Path
		for name, want := range map[string]string{
			"Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"Content-Type": "text/html; charset=utf-8", "Set-Cookie": "",
		} {
			if a.Header.Get(name) != want {
				t.Errorf("%s: %s: %q, want %q", path, name, a.Header.Get(name), want)
			}
		}
		csp := a.Header.Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || strings.Contains(csp, "script-src") {
			t.Errorf("%s: %s", path, csp)
		}
		low := strings.ToLower(a.body)
		for _, no := range []string{"<script", "style=", "<style", "onclick", "http:", "https:", "<b>"} {
			if strings.Contains(low, no) {
				t.Errorf("%s has %s in it:\n%s", path, no, a.body)
			}
		}
		if named := strings.Contains(a.body, "Nia"); named != (path == tasks) || strings.Contains(a.body, "@") || strings.Contains(a.body, "Nora") {
			t.Errorf("%s names somebody: %t\n%s", path, named, a.body)
		}
		for _, needed := range []string{`<html lang="en-GB">`, `name="viewport"`, "<h1>", "<title>", "<main>"} {
			if !strings.Contains(a.body, needed) {
				t.Errorf("%s has no %s", path, needed)
			}
		}
		_, sheet, _ := strings.Cut(a.body, `<link rel="stylesheet" href="`)
		sheet, _, _ = strings.Cut(sheet, `"`)
		if s := h.ask("GET", sheet, ""); s.StatusCode != 200 || !strings.HasPrefix(s.Header.Get("Content-Type"), "text/css") || !strings.Contains(s.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: its sheet %s: %d %v", path, sheet, s.StatusCode, s.Header)
		}
	}
	for _, secret := range []string{leave[3:], tasks[3:], "127.0.0.1", "Nia"} {
		if strings.Contains(h.logged.String(), secret) {
			t.Errorf("%s was logged: %s", secret, h.logged)
		}
	}
}

// TestALinkThatDoesNotHold gets one page, whatever is wrong with it.
func TestALinkThatDoesNotHold(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	letter, digest := h.sent("service")[0], h.sent("officer")[0]
	leave, tasks := h.link(store.ToUnsubscribe, letter.ID), h.link(store.ToAnswer, digest.ID)
	want := h.ask("GET", "/u/forged", "").body
	if !strings.Contains(want, "This link does not work") {
		t.Fatal(want)
	}
	before := h.changes()
	for what, path := range map[string]string{
		"another purpose": "/u/" + tasks[3:], "the other way round": "/a/" + leave[3:], "cut short": leave[:20], "one letter else": leave[:len(leave)-1] + "0",
		"much": "/u/" + strings.Repeat("a", 9000), "not even a token": "/u/%00%ff%0d%0a", "a member's letter": h.link(store.ToAnswer, letter.ID),
		"an officer's message": h.link(store.ToUnsubscribe, digest.ID),
	} {
		for _, method := range []string{"GET", "POST"} {
			if a := h.ask(method, path, oneClick+"&task=1&answer=spoke"); a.StatusCode != http.StatusNotFound || a.body != want {
				t.Errorf("%s, %s: %d\n%s", method, what, a.StatusCode, a.body)
			}
		}
	}
	h.pass(4 * 366 * day)
	if a := h.ask("POST", leave, oneClick); a.StatusCode != http.StatusNotFound || a.body != want {
		t.Errorf("too old: %d\n%s", a.StatusCode, a.body)
	}
	if h.changes() != before {
		t.Error("a link that does not hold changed something")
	}
}

// TestAnswering writes an answer down, once; a page elsewhere cannot press the
// button.
func TestAnswering(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{Public: "https://clarion.example.org"})
	path := h.link(store.ToAnswer, h.sent("officer")[0].ID)
	page := h.ask("GET", path, "")
	page.want(t, "the page", 200, "Press what became of each", "Nia0", `name="task" value="1"`)
	_, label, _ := strings.Cut(page.body, `name="answer" value="`)
	label, rest, _ := strings.Cut(label, `"`)
	_, second, _ := strings.Cut(rest, `name="answer" value="`)
	second, _, _ = strings.Cut(second, `"`)
	body := url.Values{"task": {"1"}, "answer": {label}}.Encode()
	before := h.changes()
	for what, header := range map[string]func(*http.Request){
		"from a page elsewhere": with("Sec-Fetch-Site", "cross-site"), "from another host": with("Origin", "https://elsewhere.example.com"),
	} {
		h.ask("POST", path, body, header).want(t, what, 403, "nothing was changed")
	}
	h.ask("POST", path, "task=1&answer=hacked").want(t, "no such answer", 404)
	h.ask("POST", path, "task=99&answer="+url.QueryEscape(label)).want(t, "no such task", 404)
	if h.changes() != before {
		t.Fatal("what was refused changed something")
	}
	for range 2 {
		a := h.ask("POST", path, body, with("Sec-Fetch-Site", "same-origin"))
		if a.want(t, "the button", 303); a.Header.Get("Location") != path {
			t.Errorf("it leads to %s", a.Header.Get("Location"))
		}
	}
	h.ask("GET", path, "").want(t, "afterwards", 200, "Answered: "+label, `name="task" value="2"`, "Take it back")
	if h.changes() != before+1 {
		t.Errorf("%d changes for one answer", h.changes()-before)
	}
	h.ask("POST", path, url.Values{"task": {"1"}, "answer": {second}}.Encode()).want(t, "another answer", 409, "Something else happened meanwhile")

	back := "task=1&take_back=yes"
	h.ask("POST", path, back, with("Sec-Fetch-Site", "cross-site")).want(t, "taken back from elsewhere", 403)
	for range 2 {
		h.ask("POST", path, back).want(t, "taken back", 303)
	}
	if a := h.ask("GET", path, ""); strings.Contains(a.body, "Answered") || h.changes() != before+2 {
		t.Errorf("taken back, it is still answered, after %d changes:\n%s", h.changes()-before, a.body)
	}
	h.ask("POST", path, body).want(t, "answered anew", 303)
	h.pass(25 * time.Hour)
	if a := h.ask("GET", path, ""); strings.Contains(a.body, "Take it back") {
		t.Errorf("after a day it can still be taken back:\n%s", a.body)
	}
	h.ask("POST", path, back).want(t, "taken back too late", 409)
}

// TestOnlyOurHosts are answered: another name for this computer is a page
// elsewhere that wants to reach what is not for it.
func TestOnlyOurHosts(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{Public: "https://clarion.example.org"})
	port := h.Address()[strings.LastIndexByte(h.Address(), ':'):]
	for host, status := range map[string]int{
		"clarion.example.org": 303, "Clarion.Example.ORG": 303, "127.0.0.1" + port: 303, "localhost" + port: 303, "[::1]" + port: 303,
		"localhost": 421, "evil.example.com" + port: 421, "clarion.example.org.evil.example.com": 421, "clarion.example.org" + port: 421, "127.0.0.2" + port: 421,
	} {
		if a := h.ask("GET", "/", "", with("Host", host)); a.StatusCode != status {
			t.Errorf("%s: %d, want %d", host, a.StatusCode, status)
		}
	}
}

// TestWhatIsAskedTooOften waits, and nobody else does: neither one who sends a
// great deal, nor a token that is used a great deal.
func TestWhatIsAskedTooOften(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{BehindProxy: true})
	letters := h.sent("service")
	from := func(address string) func(*http.Request) { return with("X-Forwarded-For", "203.0.113.9, "+address) }
	until := func(path string, address func(i int) string) int {
		for i := range 200 {
			if a := h.ask("GET", path, "", from(address(i))); a.StatusCode == http.StatusTooManyRequests {
				a.want(t, "too often", 429, "Please wait a minute")
				return i
			}
		}
		return 200
	}
	if n := until("/", func(int) string { return "192.0.2.1" }); n < 60 || n > 100 {
		t.Errorf("one sender was let through %d times", n)
	}
	if n := until("/", func(i int) string { return "2001:db8::" + string(rune("abcdef"[i%6])) + ":1" }); n < 60 || n > 100 {
		t.Errorf("the computers of one network were let through %d times", n)
	}
	other := func(i int) string { return "198.51.100." + strconv.Itoa(i%10) }
	if n := until(h.link(store.ToUnsubscribe, letters[0].ID), other); n < 20 || n > 40 {
		t.Errorf("one token was let through %d times", n)
	}
	h.ask("GET", h.link(store.ToUnsubscribe, letters[1].ID), "", from("198.51.100.77")).want(t, "somebody else", 200)
}

// TestTheAddressIsTaken says so, and by whom it may be.
func TestTheAddressIsTaken(t *testing.T) {
	t.Parallel()
	first, err := console.Open(console.Options{Web: playbook.Web{Listen: "127.0.0.1:0"}})
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	for listen, want := range map[string]string{first.Address(): "another program listens there", "192.0.2.1:8480": "is no address of this computer"} {
		if _, err := console.Open(console.Options{Web: playbook.Web{Listen: listen}}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", listen, err)
		}
	}
}
