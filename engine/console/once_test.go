package console_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// TestALetterOnce: a condition is made by a form and said in words; who would get
// it is shown before anything is written; what is proposed is what was shown, and
// waits for a yes.
func TestALetterOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	mo := h.officer("membership@example.org")
	mo.get("/playbooks").want(t, "the way there", 200, `href="/once"`)
	mo.get("/once").want(t, "empty", 200, "Write a letter", `name="column0"`, "Vice Chair (Membership)")
	h.officer("north@example.org").get("/once").want(t, "who may not", 403)
	form := []string{"from", "membership_officer", "basis", "service", "days", "14", "subject", "The barbecue", "words", "Dear {{ or member.first_name \"friend\" }},\n\nCome."}
	mo.post("/once/condition", append(form, "column0", "branch", "operator0", "is", "value0", `No"rth`, "column1", "joined", "operator1", "from", "value1", "2026-10-02")...).
		want(t, "a condition", 200, `member.branch == &#34;No\&#34;rth&#34; and member.joined &gt;= settings.written - days(37)`, "In words:", "37 days")
	made := mo.post("/once/condition", append(form, "column0", "branch", "operator0", "is", "value0", "North")...)
	made.want(t, "in words", 200, `member.branch == &#34;North&#34;`, "In words:")
	mo.post("/once/condition", append(form, "column0", "branch", "operator0", "is")...).want(t, "half a condition", 422, "compared with")
	before := h.changes()
	mo.post("/once/look", append(form, "to", "member.shoes == 3")...).want(t, "a fault", 422, "shoes")
	mo.post("/once/look", append(form, "to", "")...).want(t, "to nobody", 422, "Nothing says who gets it")
	good := append(form, "to", `member.branch == "North"`)
	look := mo.post("/once/look", good...)
	if first, _, _ := strings.Cut(look.body[strings.Index(look.body, `action="/once/look"`):], "</button>"); !strings.Contains(first, "Look who would get it") || strings.Contains(first, "formaction") {
		t.Errorf("the Enter key presses another button: %s", first)
	}
	look.want(t, "who gets it", 200, "Their names", "Nia0", "One of them, whole", "Come.")
	if h.changes() != before || strings.Contains(h.file("playbooks.yaml"), "barbecue") {
		t.Fatal("looking wrote something")
	}
	mo.post("/once/picture", good...).want(t, "as it will look", 200, "<p", "Come.")
	mo.post("/once", append(good, "shown", "0000")...).want(t, "something else was shown", 409, "Something else has happened meanwhile")
	if h.changes() != before {
		t.Fatal("what was not shown was proposed")
	}
	a := mo.post("/once", append(good, "shown", look.field(t, "shown"))...)
	if a.want(t, "proposed", 303); a.Header.Get("Location") != "/plan" || !strings.Contains(h.file("playbooks.yaml"), "the-barbecue") {
		t.Errorf("it leads to %s:\n%s", a.Header.Get("Location"), h.file("playbooks.yaml"))
	}
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		if n := len(book.MessagesIn(ledger.Proposed)); n == 0 {
			t.Error("nothing waits for a yes")
		}
		return nil
	})
	mo.get("/plan").want(t, "the plan", 200, "wait for a yes; nothing was sent")
}
