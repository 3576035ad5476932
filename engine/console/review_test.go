package console_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

func letterPath(id int64) string { return fmt.Sprintf("/letters/%d", id) }

// TestABatchIsDecidedInTheBrowser: what is ticked gets its yes, what is not is
// struck out with a reason; whose it is not may not; pressing twice does nothing
// more, and what has changed meanwhile is refused.
func TestABatchIsDecidedInTheBrowser(t *testing.T) {
	t.Parallel()
	h := newDesk(t, "15 minutes", "batch")
	all := h.waits("new-member-welcome")
	if len(all) != 4 {
		t.Fatalf("%d letters wait", len(all))
	}
	ids := make([]string, len(all))
	for i, m := range all {
		ids[i] = fmt.Sprint(m.ID)
	}
	mo, ann := h.officer("membership@example.org"), h.officer("secretary@example.org")
	page := mo.get("/plan")
	page.want(t, "the plan", 200, "4 letters wait for your yes", "Welcome to Anytown", `value="`+ids[0]+`" checked`, "Saved plan", "In numbers", "= match")
	inOrder(t, page, `type="checkbox" name="yes"`, `href="/letters/`, `name="reason" maxlength`, `class="main">Say yes to those`, "<summary>Later")
	other := ann.get("/plan")
	other.want(t, "another's", 200, "4 letters wait for somebody else", "The Vice Chair (Membership) decides")
	other.lacks(t, "another's", "/plan/decide")
	digest := page.field(t, "digest")
	form := func(reason string, yes ...string) []string {
		out := []string{"playbook", "new-member-welcome", "digest", digest, "reason", reason}
		for _, id := range yes {
			out = append(out, "yes", id)
		}
		return out
	}
	before := h.changes()
	mo.post("/plan/decide", form("", ids[:3]...)...).want(t, "no reason", 422, "say why")
	ann.post("/plan/decide", form("", ids...)...).want(t, "not hers", 422, "Vice Chair (Membership) decides")
	mo.post("/plan/decide", form("x", append(ids, "1")...)...).want(t, "one that was not shown", 409, "Something else")
	mo.post("/plan/decide", "playbook", "new-member-welcome", "yes", ids[0]).want(t, "no digest", 409, "Something else")
	if h.changes() != before {
		t.Fatal("what was refused changed something")
	}
	mo.follow("/plan/decide", form("met her yesterday", ids[:3]...)...).
		want(t, "decided", 200, "3 letters have their yes. It can be taken back until 10:15", "1 letter was struck out")
	for i, m := range all {
		m = h.message(m.ID)
		switch {
		case i < 3 && (m.State != ledger.Approved || m.Yes.By != "membership_officer" || m.Yes.Via != "console" || m.Yes.Plan == 0 || m.Yes.Person == 0):
			t.Errorf("letter %d is %s, %+v", m.ID, m.State, m.Yes)
		case i == 3 && m.State != ledger.Rejected:
			t.Errorf("letter %d is %s", m.ID, m.State)
		}
	}
	before = h.changes()
	mo.follow("/plan/decide", form("met her yesterday", ids[:3]...)...).want(t, "pressed twice", 200, "said already")
	if h.changes() != before {
		t.Fatal("pressing twice changed something")
	}
	// Within the undo window a yes is taken back; after it the letters have gone.
	mo.get(letterPath(all[0].ID)).want(t, "a letter", 200, "Has its yes", "Nothing leaves before 10:15", "15 minutes from now", "Nell0 Fresh", "yes, from the Vice Chair (Membership), in the browser, for saved plan")
	mo.post(letterPath(all[0].ID)+"/reject").want(t, "without a reason", 422, "Say why")
	mo.follow(letterPath(all[0].ID)+"/reject", "reason", "she has left").want(t, "taken back", 200, "was struck out")
	h.run()
	if n := len(h.in(ledger.Approved)); n != 2 {
		t.Errorf("%d letters wait for the end of the undo window", n)
	}
	h.pass(16 * time.Minute)
	h.run()
	mo.get(letterPath(all[1].ID)).want(t, "gone", 200, "Was sent, on 9 November 2026")
	mo.post(letterPath(all[1].ID)+"/reject", "reason", "too late").want(t, "too late", 422, "It was sent on")
	mo.get("/plan/1").want(t, "the saved plan", 200, "Saved plan 1", "Was sent, on", "Was struck out")
	mo.get("/log").want(t, "the log", 200, "met her yesterday", "Vice Chair (Membership)")
}

// TestSomethingElseHappenedMeanwhile: a form that showed other letters than wait
// now decides nothing.
func TestSomethingElseHappenedMeanwhile(t *testing.T) {
	t.Parallel()
	h := newDesk(t, "0 minutes", "batch")
	mo := h.officer("membership@example.org")
	page := mo.get("/plan?playbook=new-member-welcome")
	all := h.waits("new-member-welcome")
	h.pass(10 * time.Minute)
	h.joined(3)
	h.run()
	before := h.changes()
	mo.post("/plan/decide", "playbook", "new-member-welcome", "digest", page.field(t, "digest"), "reason", "x", "yes", fmt.Sprint(all[0].ID)).
		want(t, "more wait now", 409, "Something else has happened meanwhile")
	mo.post(letterPath(all[0].ID)+"/approve", "digest", strings.Repeat("0", 12)).want(t, "other words", 409, "Something else")
	mo.post(letterPath(all[0].ID)+"/approve", "digest", "").want(t, "no words", 409, "Something else")
	if h.changes() != before {
		t.Fatal("something was decided")
	}
	letter := mo.get(letterPath(all[0].ID))
	letter.want(t, "the letter", 200, "Waits for a yes", "Say yes to this letter", "<iframe", "new-member-welcome", ">Joined<", "What the playbook looks at")
	inOrder(t, letter, "<h1>", "<iframe", "The same as plain text", "What the playbook looks at", "Say yes to this letter", "Strike it out", `rel="next"`)
	picture := mo.get(letterPath(all[0].ID) + "/picture")
	picture.want(t, "the picture", 200, "Nell0")
	if csp := picture.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "sandbox") || !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script") {
		t.Errorf("the picture's policy: %s", csp)
	}
	mo.follow(letterPath(all[0].ID)+"/approve", "digest", letter.field(t, "digest"), "then", "next").
		want(t, "the next", 200, "1 letter has its yes, and leaves with the next run", "Nell1")
	mo.follow(letterPath(all[0].ID)+"/approve", "digest", letter.field(t, "digest")).want(t, "twice", 200, "said already")
	mo.follow(letterPath(all[1].ID)+"/reject", "reason", "asked us not to").want(t, "no", 200, "was struck out")
	mo.get(letterPath(all[1].ID)).want(t, "its story", 200, "no, from the Vice Chair (Membership): asked us not to")
}

// TestLettersToAllMembersNeedASecondPerson: a fresh sign-in, and the yes of
// another person in another role.
func TestLettersToAllMembersNeedASecondPerson(t *testing.T) {
	t.Parallel()
	h := newDesk(t, "0 minutes", "batch")
	h.write("constituency.yaml", strings.Replace(settings, "floor: 500", "floor: 3", 1))
	h.must(h.Engine.Reload())
	h.pass(time.Hour)
	h.joined(12)
	h.run()
	all := h.waits("new-member-welcome")
	if len(all) != 24 || !all[0].Two {
		t.Fatalf("%d letters wait; two: %t", len(all), all[0].Two)
	}
	mo := h.officer("membership@example.org")
	page := mo.get("/plan?playbook=new-member-welcome")
	page.want(t, "the plan", 200, "These go to all members: two persons", "needs the yes of two persons")
	form := []string{"playbook", "new-member-welcome", "digest", page.field(t, "digest")}
	for _, m := range all {
		form = append(form, "yes", fmt.Sprint(m.ID))
	}
	h.pass(11 * time.Minute)
	before := len(h.waits("new-member-welcome"))
	mo.post("/plan/decide", form...).want(t, "an old sign-in", 403, "Please sign in once more")
	letter := mo.get(letterPath(all[0].ID))
	mo.post(letterPath(all[0].ID)+"/approve", "digest", letter.field(t, "digest")).want(t, "an old sign-in", 403, "Please sign in once more")
	if m := h.message(all[0].ID); m.First.By != "" || before != 24 {
		t.Fatal("an old sign-in said yes to a letter to all")
	}
	mo = h.officer("membership@example.org")
	mo.follow("/plan/decide", form...).want(t, "the first", 200, "24 letters have the first yes of two", "the Secretary")
	if m := h.message(all[0].ID); m.State != ledger.Proposed || m.First.By != "membership_officer" {
		t.Fatalf("%s %+v", m.State, m.First)
	}
	mo.get(letterPath(all[0].ID)).lacks(t, "the same person", "Say yes to this letter")
	mo.post(letterPath(all[1].ID)+"/approve", "digest", all[1].Digest).want(t, "the same person", 422, "The Vice Chair (Membership) has said yes. A second person must say yes too: the Secretary.")
	if m := h.message(all[1].ID); m.State != ledger.Proposed {
		t.Fatal("one person said both")
	}
	h.officer("policy@example.org").get("/plan").lacks(t, "no second", "/plan/decide")
	ann := h.officer("secretary@example.org")
	page = ann.get("/plan?playbook=new-member-welcome")
	page.want(t, "the second", 200, "has the yes of the Vice Chair (Membership), and needs a second", "Say yes to those that are ticked")
	form[3] = page.field(t, "digest")
	ann.follow("/plan/decide", form...).want(t, "the second", 200, "24 letters have their yes")
	if m := h.message(all[0].ID); m.State != ledger.Approved || m.Yes.By != "secretary" {
		t.Errorf("%s %+v", m.State, m.Yes)
	}
}

// inOrder checks that parts of a page stand in the order in which somebody comes
// to them who goes through it with the keyboard, and that no other is set.
func inOrder(t *testing.T, a answer, parts ...string) {
	t.Helper()
	at := 0
	for _, p := range parts {
		i := strings.Index(a.body[at:], p)
		if i < 0 {
			t.Errorf("%q does not come after what should be before it:\n%s", p, a.body)
			return
		}
		at += i + len(p)
	}
	if strings.Contains(a.body, `tabindex="1`) || strings.Contains(a.body, "autofocus") {
		t.Error("the page has an order of its own")
	}
}

// TestWhatIsHeldIsLetGo: a batch past its brake, what held already when a playbook
// was switched on, and a letter of which nobody knows whether it went; each by
// whose it is.
func TestWhatIsHeldIsLetGo(t *testing.T) {
	t.Parallel()
	h := newDesk(t, "0 minutes", "each")
	all := h.waits("new-member-welcome")
	mo, ann := h.officer("membership@example.org"), h.officer("secretary@example.org")
	page := mo.get("/plan")
	page.want(t, "each", 200, "4 letters wait for your yes", "decides about each letter", letterPath(all[0].ID))
	page.lacks(t, "each", "/plan/decide")
	digest := mo.get(letterPath(all[0].ID)).field(t, "digest")
	ann.post(letterPath(all[0].ID)+"/approve", "digest", digest).want(t, "not hers", 422, "The Vice Chair (Membership) decides about this letter")
	ann.post(letterPath(all[0].ID)+"/reject", "reason", "x").want(t, "not hers", 422, "decides about this letter")
	mo.follow(letterPath(all[0].ID)+"/approve", "digest", digest).want(t, "one", 200, "1 letter has its yes")
	h.must(h.store.Update(ctx, func(tx *store.Tx) error {
		return tx.Apply(h.clock(), "clarion", ledger.MessageClaimed{ID: all[0].ID, Fence: 1 << 40}, ledger.MessageUncertain{ID: all[0].ID, Why: "test"})
	}))
	mo.get("/plan").want(t, "uncertain", 200, "Nobody can tell whether they went (1)")
	mo.get(letterPath(all[0].ID)).want(t, "uncertain", 200, "May have gone: nobody can tell", "did it go?")
	ann.post(letterPath(all[0].ID)+"/settle", "went", "yes").want(t, "not hers", 422, "decides about this letter")
	mo.post(letterPath(all[0].ID)+"/settle").want(t, "no word", 422, "Say whether it went")
	mo.follow(letterPath(all[0].ID)+"/settle", "went", "yes").want(t, "settled", 200, "Noted: it went", "Was sent")
	mo.post(letterPath(all[0].ID)+"/settle", "went", "no").want(t, "twice", 409, "Something else")

	h.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\narrears-chase: {trust: batch}\n")
	h.write("constituency.yaml", strings.Replace(settings, "most_at_once: 500, share: 100 percent, times_usual: 100, floor: 500", "most_at_once: 2, share: 100 percent, times_usual: 100, floor: 1", 1))
	h.must(h.Engine.Reload())
	h.trusts("arrears-chase", "batch")
	h.pass(time.Minute)
	h.joined(9, "In arrears", "In arrears")
	h.run()
	page = mo.get("/plan")
	page.want(t, "held", 200, "Held as a whole", "Let this batch of new-member-welcome pass", "/plan/backlog?playbook=arrears-chase")
	ann.get("/plan").lacks(t, "not hers", "Let this batch")
	ann.post("/plan/release", "playbook", "new-member-welcome").want(t, "not hers", 422, "lets this batch go")
	for _, n := range []string{"", "1", "99"} {
		mo.post("/plan/release", "playbook", "new-member-welcome", "letters", n).want(t, "not as many as were shown", 409, "Something else")
	}
	mo.follow("/plan/release", "playbook", "new-member-welcome", "letters", page.field(t, "letters")).want(t, "released", 200, "may pass the brake until tomorrow night")
	mo.post("/plan/release", "playbook", "new-member-welcome").want(t, "twice", 422, "is held as a batch")

	// Why somebody is chased is for who sees what the playbook reads.
	pip := h.officer("policy@example.org")
	pip.get("/diary")
	h.DiaryMade()
	for _, p := range []string{"/plan?playbook=arrears-chase", "/records/members/A00000"} {
		mo.get(p).want(t, "who sees it"+p, 200, "1 June 2026")
		pip.get(p).lacks(t, "who does not"+p, "1 June 2026")
	}
	pip.get("/diary").lacks(t, "who does not", "1 June 2026")

	backlog := "/plan/backlog?playbook=arrears-chase"
	page = mo.get(backlog)
	page.want(t, "the backlog", 200, "Olive0", "Olive1", "Let those that are ticked act")
	ann.get(backlog).lacks(t, "not hers", "Let those")
	key := page.field(t, "case")
	ann.post("/plan/backlog", "playbook", "arrears-chase", "case", key).want(t, "not hers", 422, "decides about this backlog")
	mo.post("/plan/backlog", "playbook", "arrears-chase").want(t, "none", 422, "Tick those")
	mo.follow("/plan/backlog", "playbook", "arrears-chase", "case", key).want(t, "one", 200, "1 case may act")
	mo.follow("/plan/backlog", "playbook", "arrears-chase", "case", key).want(t, "twice", 200, "may act already")
	for _, of := range []string{"", page.field(t, "digest")} {
		mo.post("/plan/backlog", "playbook", "arrears-chase", "all", "yes", "digest", of).want(t, "all that were not shown", 409, "Something else")
	}
	page = mo.get(backlog)
	page.want(t, "the rest", 200, "Let all 1 act")
	mo.follow("/plan/backlog", "playbook", "arrears-chase", "all", "yes", "digest", page.field(t, "digest")).want(t, "all", 200, "1 case may act", "There is no backlog")
}
