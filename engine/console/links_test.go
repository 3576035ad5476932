package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// asksForAYes makes a house in which two letters wait, of which a mail told the
// officer who decides, and gives the path of the page that it leads to.
func asksForAYes(t *testing.T) (h *house, path string) {
	t.Helper()
	h = newHouse(t, playbook.Web{Public: "https://clarion.example.org"})
	h.write("constituency.yaml", reviewedSo("{undo: 15 minutes}"))
	h.write("officers.csv", officers+"chair,,Cy Chair,chair@example.org,2024-01-01,,\n")
	h.write("playbooks.yaml", "new-member-welcome: {trust: batch}\n")
	h.must(h.Engine.Reload())
	h.members("2026-11-09", 5)
	h.pass(day)
	h.run()
	return h, h.path("/r/", "membership@example.org")
}

// reviewedSo are the settings with other rules for a yes.
func reviewedSo(rules string) string {
	return regexp.MustCompile(`(?m)^review: .*$`).ReplaceAllString(settings, "review: "+rules)
}

// path is that of the page for the last message to an address.
func (h *house) path(page, address string) (path string) {
	h.t.Helper()
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		var last ledger.Message
		for _, m := range book.MessagesIn(ledger.Sent) {
			if m.Address == tx.AddressHash(address) {
				last = m
			}
		}
		plans := book.SavedPlans()
		if err != nil || last.ID == 0 || len(plans) == 0 {
			h.t.Fatalf("%s has no mail that leads to %s: %v", address, page, err)
		}
		token := ""
		if page == "/r/" {
			token, err = tx.ReviewToken(last.ID, plans[len(plans)-1].Number, h.clock())
		} else {
			token, err = tx.Token(store.ToStop, last.ID, h.clock())
		}
		path = page + token
		return err
	})
	return path
}

// ofState counts the letters in a state.
func (h *house) ofState(s ledger.MessageState) (n int) {
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		for _, m := range book.MessagesIn(s) {
			if m.Kind == ledger.Letter && !m.Auto {
				n++
			}
		}
		return err
	})
	return n
}

// TestReviewPages: opening them changes nothing, a button does, once; a page
// elsewhere presses none; and nobody is named.
func TestReviewPages(t *testing.T) {
	t.Parallel()
	h, path := asksForAYes(t)
	before := h.changes()
	for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete} {
		for _, p := range []string{path, path + "?do=approve&letter=1", "/s/" + path[3:], "/r/forged"} {
			h.ask(method, p, "", with("Sec-Purpose", "prefetch"))
		}
	}
	page := h.ask("GET", path, "")
	page.want(t, "the page", 200, "Letters that wait for your yes or no", "Welcome every new member: 2 letters", "N. N., North", "It waits for a yes.", "Dear N.", "Say yes to those ticked",
		"Opening this page has changed nothing", "taken back for 15 minutes")
	var ids []string
	for rest := page.body; ; {
		_, after, more := strings.Cut(rest, `name="letter" value="`)
		if !more {
			break
		}
		id, after, _ := strings.Cut(after, `"`)
		ids, rest = append(ids, id), after
	}
	form := url.Values{"do": {"approve"}, "letter": ids}.Encode()
	h.ask("GET", path+"?"+form, "").want(t, "opened with a form", 200, "Opening this page has changed nothing")
	h.ask("HEAD", path+"?"+form, "")
	for what, header := range map[string]func(*http.Request){
		"from a page elsewhere": with("Sec-Fetch-Site", "cross-site"), "from another host": with("Origin", "https://elsewhere.example.com"),
	} {
		h.ask("POST", path, form, header).want(t, what, 403, "nothing was changed")
	}
	h.ask("POST", path, "do=approve").want(t, "nothing ticked", 200, "Nothing was ticked")
	h.ask("POST", path, "letter="+ids[0]).want(t, "no button", 200, "Opening this page has changed nothing")
	h.ask("POST", path, "do=approve&letter=4711").want(t, "another letter", 404)
	h.ask("POST", path, "do=approve&letter=x").want(t, "no number", 404)
	h.ask("POST", "/s/"+path[3:], form).want(t, "at the other page", 404)
	if h.changes() != before || len(ids) != 2 {
		t.Fatalf("%d changes before a button was pressed; letters %q", h.changes()-before, ids)
	}
	h.ask("POST", path, form, with("Sec-Fetch-Site", "same-origin")).want(t, "yes", 303)
	h.ask("POST", path, form).want(t, "yes again", 409, "A yes was said with this message already")
	h.ask("GET", path, "").want(t, "afterwards", 200, "It has its yes, and leaves from", "counts once", "Hold those ticked")
	if h.ofState(ledger.Approved) != 2 || h.changes() != before+1 {
		t.Errorf("%d letters have a yes, after %d changes", h.ofState(ledger.Approved), h.changes()-before)
	}

	h.run()
	stop := h.path("/s/", "chair@example.org")
	before = h.changes()
	said := h.ask("GET", stop, "")
	said.want(t, "to stop", 200, "Stop letters that have a yes?", "The Vice Chair (Membership) on", "Stop those ticked", "N. N.")
	h.ask("POST", stop, form).want(t, "a yes by the stop link", 200)
	if h.changes() != before {
		t.Error("the stop link was looked at, and something changed")
	}
	h.ask("POST", stop, url.Values{"do": {"hold"}, "letter": ids[:1]}.Encode()).want(t, "stop", 303)
	h.ask("POST", stop, url.Values{"do": {"reject"}, "letter": ids[1:], "reason": {"not now"}}.Encode()).want(t, "strike out", 303)
	h.ask("GET", stop, "").want(t, "stopped", 200, "It was struck out.", "Nothing of this waits any more")
	if h.ofState(ledger.Superseded) != 1 || h.ofState(ledger.Rejected) != 1 {
		t.Errorf("%d are held, %d struck out", h.ofState(ledger.Superseded), h.ofState(ledger.Rejected))
	}
	for _, a := range []answer{page, said} {
		for _, no := range []string{"Nia", "Newer", "@", "<script", "style=", "http:", "https:"} {
			if strings.Contains(a.body, no) {
				t.Errorf("the page has %s in it:\n%s", no, a.body)
			}
		}
	}
	h.pass(16 * time.Minute)
	h.ask("GET", stop, "").want(t, "after the window", 404, "This link does not work")
	if log := h.logged.String(); strings.Contains(log, path[3:]) || strings.Contains(log, stop[3:]) {
		t.Errorf("a token was logged: %s", log)
	}
}

// TestAPageForLettersThatNeedTheConsole says so, and where they can have a yes.
func TestAPageForLettersThatNeedTheConsole(t *testing.T) {
	t.Parallel()
	h, path := asksForAYes(t)
	h.write("constituency.yaml", reviewedSo("{by_reply: 1}"))
	h.must(h.Engine.Reload())
	r, err := h.Engine.Reviewing(context.Background(), engine.ToReview, path[3:])
	h.must(err)
	form := url.Values{"do": {"approve"}}
	for _, l := range r.Groups[0].Letters {
		form.Add("letter", fmt.Sprint(l.ID))
	}
	h.ask("GET", path, "").want(t, "the page", 200, "One link says yes to 1 letter at most")
	h.ask("POST", path, form.Encode()).want(t, "too many", 409, `<a href="/plan">Sign in to the console</a>`)
	if h.ofState(ledger.Approved) != 0 {
		t.Error("more letters than a link may have their yes")
	}
}
