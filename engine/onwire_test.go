package engine_test

import (
	"net/mail"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/store"
)

// head reads the header of a letter in the outbox, and its bytes.
func (h *house) head(name string) (mail.Header, string) {
	h.t.Helper()
	b, err := os.ReadFile(filepath.Join(h.folder, "outbox", name))
	if err != nil {
		h.t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(string(b)))
	if err != nil {
		h.t.Fatal(err)
	}
	return m.Header, string(b)
}

// only gives the one letter of the outbox whose name holds a text.
func (h *house) only(part string) string {
	h.t.Helper()
	var found []string
	for _, name := range h.outbox() {
		if strings.Contains(name, part) {
			found = append(found, name)
		}
	}
	if len(found) != 1 {
		h.t.Fatalf("%q is in %d letters of %q", part, len(found), h.outbox())
	}
	return found[0]
}

// TestOnTheWire holds what a letter gets on its way that nobody approved: the
// button that ends these letters, where there is something to end; the number of
// the letter before it; and where an officer's answers go.
func TestOnTheWire(t *testing.T) {
	h := newHouse(t, "mail: {from: secretary@example.org, drop: outbox, mailbox: {server: imap.example.org, user: clarion@example.org, password_file: x}}\n"+
		"web: {listen: 127.0.0.1:8480, public: https://clp.example.org, behind_proxy: yes}")
	h.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\nskills-audit: {trust: batch}\n")
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	h.entrust("skills-audit")
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 1))
	h.run()
	for range 40 {
		h.pass(2 * day)
		h.run()
		waiting, _, err := h.Pending(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range waiting {
			if d, err := h.Approve(ctx, engine.Voice{Role: "secretary"}, []engine.Pending{p}); err != nil || len(d.Done) != 1 {
				t.Fatalf("%+v, %v", d, err)
			}
		}
	}

	ask, _ := h.head(h.only("nia1-newer-how-would-you-like"))
	token := regexp.MustCompile(`^<https://clp\.example\.org/u/([a-z2-7]+)>, <mailto:clarion@example\.org\?subject=unsubscribe%20([a-z2-7]+)>$`).FindStringSubmatch(ask.Get("List-Unsubscribe"))
	if token == nil || token[1] != token[2] || ask.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Fatalf("%q, %q", ask.Get("List-Unsubscribe"), ask.Get("List-Unsubscribe-Post"))
	}
	if l, err := h.Unsubscribe(ctx, token[1]); err != nil || !l.Done {
		t.Errorf("the button ends nothing: %+v, %v", l, err)
	}
	if got := ask.Get("References"); got != "" {
		t.Errorf("the first letter of a series answers %q", got)
	}
	again, _ := h.head(h.only("nia1-newer-once-more"))
	if again.Get("In-Reply-To") != ask.Get("Message-Id") || again.Get("References") != ask.Get("Message-Id") {
		t.Errorf("the second letter of a series answers %q, not %q", again.Get("In-Reply-To"), ask.Get("Message-Id"))
	}

	welcome, _ := h.head(h.only("nia1-newer-welcome"))
	if got := welcome.Get("List-Unsubscribe"); got != "" {
		t.Errorf("a letter that nobody can end has the button that ends it: %q", got)
	}
	if got := welcome.Get("References"); got != "" || welcome.Get("Reply-To") == "<clarion@example.org>" {
		t.Errorf("a letter of another case stands beneath %q, and is answered to %q", got, welcome.Get("Reply-To"))
	}
	asked := 0
	for _, name := range h.outbox() {
		head, body := h.head(name)
		mark := regexp.MustCompile(`\[task ([a-z2-7]+)\]`).FindStringSubmatch(head.Get("Subject"))
		if mark == nil {
			continue
		}
		body = strings.ReplaceAll(strings.ReplaceAll(body, "=\r\n", ""), "\r\n", " ")
		if strings.Contains(body, "https://clp.example.org/r/"+mark[1]) { // it asks for a yes
			continue
		}
		asked++
		if !strings.Contains(body, "To answer a task, reply to this letter.") {
			t.Errorf("%s does not say how to answer:\n%s", name, body)
		}
		if !strings.Contains(body, "https://clp.example.org/a/"+mark[1]) || head.Get("Reply-To") != "<clarion@example.org>" || head.Get("List-Unsubscribe") != "" {
			t.Errorf("%s: answers go to %q", name, head.Get("Reply-To"))
		}
		if err := h.store.View(ctx, func(tx *store.Tx) error {
			_, err := tx.CheckToken(store.ToAnswer, mark[1], day0.Add(24*time.Hour))
			return err
		}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if asked == 0 || asked > 40 {
		t.Errorf("%d letters ask an officer something: %q", asked, h.outbox())
	}
}

// TestSendTest holds that a letter to look at goes to the officer's own address
// and to no other, leads to nobody else, and is no contact with anybody.
func TestSendTest(t *testing.T) {
	h := arrears(t, "", 1)
	waiting, err := h.Message(ctx, firstLetter(h))
	if err != nil {
		t.Fatal(err)
	}
	one, err := h.SpecimenOf(waiting)
	if err != nil {
		t.Fatal(err)
	}
	invented, without, err := h.Specimens(ctx, "arrears-chase")
	if err != nil || len(invented) != 3 || len(without) != 0 {
		t.Fatalf("%d letters, without %q, %v", len(invented), without, err)
	}
	before, seq := len(h.outbox()), h.book().Seq()
	for _, other := range []string{waiting.Content.To, "treasurer@example.org", "", "membership@example.org, " + waiting.Content.To} {
		if out, err := h.SendTest(ctx, "membership_officer", other, []engine.Specimen{one}); err == nil || len(out) > 0 || len(h.outbox()) != before {
			t.Errorf("to %q: %+v, %v", other, out, err)
		}
	}
	out, err := h.SendTest(ctx, "membership_officer", "Membership@example.org", append(invented, one))
	if err != nil || len(out) != 4 || len(h.outbox()) != before+4 {
		t.Fatalf("%+v, %v", out, err)
	}
	if got := h.book().Seq(); got != seq {
		t.Errorf("the ledger has %d events more", got-seq)
	}
	h.want("proposed 1")
	for _, name := range h.outbox() {
		head, body := h.head(name)
		if !strings.Contains(name, "-test-") {
			continue
		}
		if !strings.HasSuffix(head.Get("To"), "<membership@example.org>") || head.Get("Reply-To") != "<membership@example.org>" || !strings.HasPrefix(head.Get("Subject"), "[Test] ") ||
			head.Get("List-Unsubscribe") != "" || strings.Contains(body, waiting.Content.To) || !strings.Contains(body, "This is a test, and nobody else has it.") {
			t.Errorf("%s: %v\n%s", name, head, body)
		}
	}
	if err := h.Stop(ctx, "secretary", "a mistake"); err != nil {
		t.Fatal(err)
	}
	if out, err := h.SendTest(ctx, "membership_officer", "membership@example.org", []engine.Specimen{one}); err == nil || len(out) > 0 {
		t.Errorf("while everything is stopped: %+v, %v", out, err)
	}
}
