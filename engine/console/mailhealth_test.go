package console_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// TestTheMailPage shows how the mail does to those who may see it; a wish is
// lifted with a reason; a test goes to oneself; and the first day ends.
func TestTheMailPage(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	secretary, nora := h.officer("secretary@example.org"), h.officer("north@example.org")
	letter := h.sent("service")[0]
	h.must(h.store.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.LoadBook()
		if err != nil {
			return err
		}
		return tx.Apply(h.clock(), "clarion", ledger.MessageBounced{ID: letter.ID, Code: 550}, ledger.Suppressed{Person: letter.Person, Address: letter.Address, Scope: "bounced"})
	}))
	page := secretary.get("/mail")
	page.want(t, "the mail", 200, "letters are laid into the folder outbox", "never tested", "The address does not work: 1", "n…@example.net", "Nia0 Newer", "<strong>1</strong>")
	if strings.Contains(page.body, "nia0@example.net") {
		t.Error("a whole address stands on the page")
	}
	if a := h.local("it_coordinator").get("/mail"); strings.Contains(a.body, "Nia0") || !strings.Contains(a.body, "does not work: 1") {
		t.Errorf("who sees no contacts:\n%s", a.body)
	}
	person := page.hidden("person")
	before := h.changes()
	secretary.post("/mail/lift", "person", person, "scope", "bounced", "reason", " ").want(t, "without a reason", 422, "Say why")
	nora.post("/mail/lift", "person", person, "scope", "all", "reason", "x").want(t, "nothing of that sort", 409)
	h.local("it_coordinator").post("/mail/lift", "person", person, "scope", "bounced", "reason", "x").want(t, "who may not see it", 404)
	if h.changes() > before+2 { // two signed in
		t.Error("what was refused changed something")
	}
	secretary.post("/mail/lift", "person", person, "scope", "bounced", "reason", "mended").want(t, "lifted", 303)
	secretary.post("/mail/lift", "person", person, "scope", "bounced", "reason", "mended").want(t, "twice", 409)
	secretary.get("/mail").want(t, "afterwards", 200, "Lifted", "Nobody is kept from letters")

	secretary.get("/first").want(t, "the first day", 200, "A letter has been sent to yourself", "Test the mail", "9 records, imported on", "1 playbook is on")
	outbox := func() int { all, _ := os.ReadDir(filepath.Join(h.folder, "outbox")); return len(all) }
	letters := outbox()
	secretary.post("/mail/test").want(t, "a test", 303)
	if outbox() != letters+1 {
		t.Errorf("%d letters left for one test", outbox()-letters)
	}
	secretary.get("/mail").want(t, "tested", 200, "The test lies in the folder outbox", "last tested on 8 November 2026")
	secretary.get("/first").want(t, "the first day over", 200, "The first day is done")
}

// TestMailThatWaits is shown to those who may see it, and done by those who may.
func TestMailThatWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	secretary, nora := h.officer("secretary@example.org"), h.officer("north@example.org")
	letter := h.sent("service")[0]
	var ids []string
	h.must(h.store.Update(ctx, func(tx *store.Tx) error {
		for i, m := range []store.Inbound{
			{Kind: string(engine.MailReply), Message: letter.ID, Person: letter.Person, Shown: store.InboundText{From: "Nia <nia0@example.net>", Subject: "Re: <b>Welcome</b>", Why: "it could not be told whose it is"}},
			{Kind: "complaint", Shown: store.InboundText{From: "mailer@example.com", Why: "no letter of ours can be found"}},
		} {
			m.UID, m.Validity, m.Content, m.Received, m.Taken, m.Waiting, m.Result = uint32(i+1), 1, tx.ContentHash(m.Kind), h.clock(), h.clock(), true, "waits"
			id, err := tx.SaveInbound("box", m)
			if err != nil {
				return err
			}
			ids = append(ids, fmt.Sprint(id))
		}
		return nil
	}))
	secretary.get("/mail").want(t, "what waits", 200, "Re: &lt;b&gt;Welcome&lt;/b&gt;", "nia0@example.net", "Do it: counts as a reply", "No letter of ours can be found")
	if a := nora.get("/mail"); !strings.Contains(a.body, "Re: &lt;b&gt;") || strings.Contains(a.body, "mailer@example.com") || strings.Contains(a.body, "I have seen to it") {
		t.Errorf("an officer of a branch is shown:\n%s", a.body)
	}
	nora.post("/mail/"+ids[0]+"/take").want(t, "no right", 403)
	secretary.post("/mail/"+ids[1]+"/take").want(t, "what asks for nothing", 422, "asks for nothing that can be done here")
	secretary.post("/mail/"+ids[0]+"/take").want(t, "taken", 303)
	secretary.post("/mail/"+ids[0]+"/take").want(t, "taken twice", 409)
	secretary.post("/mail/"+ids[1]+"/done").want(t, "seen to", 303)
	secretary.post("/mail/99/done").want(t, "no such message", 409)
	secretary.post("/mail/lift", "person", "1", "scope", "nothing", "reason", "x").want(t, "no such scope", 404)
	if a := secretary.get("/mail"); strings.Contains(a.body, "waits for a person") {
		t.Errorf("something waits still:\n%s", a.body)
	}
}
