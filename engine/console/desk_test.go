package console_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// TestEachSeesWhatIsTheirs: a branch's officer the own branch, and nobody what is
// private to another role or of columns that theirs does not see.
func TestEachSeesWhatIsTheirs(t *testing.T) {
	t.Parallel()
	h := newDesk(t, "0 minutes", "batch")
	all := h.waits("new-member-welcome")
	byName := map[string]int64{}
	for _, m := range all {
		p, err := h.Engine.Message(ctx, m.ID)
		h.must(err)
		byName[strings.Fields(p.Content.ToName)[0]] = m.ID
	}
	south, policy, women, ann := h.officer("south@example.org"), h.officer("policy@example.org"), h.officer("women@example.org"), h.officer("secretary@example.org")

	plan := south.get("/plan")
	plan.want(t, "the branch's plan", 200, "Saul0", "Saul1")
	plan.lacks(t, "the branch's plan", "Nell", "Olive", "Nia", "In numbers", "Saved plan")
	south.get(letterPath(byName["Saul0"])).want(t, "their letter", 200, "Saul0")
	for _, path := range []string{letterPath(byName["Nell0"]), letterPath(byName["Nell0"]) + "/picture", "/records/members/N00000", "/plan/1", "/records/members/nobody", "/records/nothing/x"} {
		south.get(path).want(t, path, 404, "There is nothing here")
	}
	south.get("/people?q=fresh").want(t, "the search", 200, "Saul0", "Saul1")
	south.get("/people?q=fresh").lacks(t, "the search", "Nell", "Olive")
	south.get("/records/members/S00000").want(t, "their member", 200, "saul0@example.net")
	h.officer("north@example.org").get("/people?q=nell0").want(t, "the other branch's", 200, "/records/members/N00000")

	policy.get("/records/members/A00000").want(t, "without addresses", 200, "Olive0", "more are not for your role")
	policy.get("/records/members/A00000").lacks(t, "without addresses", "olive0@example.com", "1 June 2026")
	policy.get("/people?q=olive0@example").want(t, "no search by address", 200, "Nothing of that name")
	policy.get(letterPath(byName["Nell0"])).lacks(t, "no address", "nell0@example.net")
	ann.get("/people?q=A00001").want(t, "by number", 200, "/records/members/A00001")
	ann.get("/records/members/A00000").want(t, "with addresses", 200, "olive0@example.com", "1 June 2026")

	hello := h.task("hello")
	path := fmt.Sprintf("/tasks/%d", hello.Number)
	women.get("/tasks").want(t, "her tasks", 200, path, "Say hello to")
	women.get(path).want(t, "her task", 200, "Say hello to", `value="spoke"`)
	for name, g := range map[string]*guest{"secretary": ann, "policy": policy, "branch": south} {
		g.get(path).want(t, name, 404, "There is nothing here")
		g.get("/tasks").lacks(t, name, "Say hello", path)
		g.get("/records/equality_forms/F2").want(t, name, 404, "There is nothing here")
		for _, page := range []string{"/plan?playbook=equality-welcome", "/plan/backlog?playbook=equality-welcome"} {
			g.get(page).want(t, name+page, 404, "There is nothing here")
		}
		for _, page := range []string{"/plan", "/records/members/A00002", "/log?all=yes", "/people?q=F2", "/people?q=a00002"} {
			g.get(page).lacks(t, name+page, "equality-welcome", "A hello from", "Say hello", "equality_forms/F2", "Equality forms")
		}
	}
}

// task finds the task of a step.
func (h *house) task(step string) (found ledger.Task) {
	h.t.Helper()
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		for _, t := range book.Tasks() {
			if t.Step == step {
				found = t
			}
		}
		return err
	})
	if found.Number == 0 {
		h.t.Fatalf("there is no task of %s", step)
	}
	return found
}

// TestTasksAndRecords: a task is answered by whose it is, and taken back; a
// record says why, and takes what officers know.
func TestTasksAndRecords(t *testing.T) {
	t.Parallel()
	h := newDesk(t, "0 minutes", "automatic")
	h.pass(16 * day)
	nora, mo := h.officer("north@example.org"), h.officer("membership@example.org")
	phone := h.task("phone")
	path := fmt.Sprintf("/tasks/%d", phone.Number)
	nora.get("/tasks").want(t, "the list", 200, "Overdue", "overdue, since", "Ring Nia", path)
	nora.get(path).want(t, "a task", 200, `value="left a message"`, "last contacted of Nia", "nothing more is sent to Nia", "What it rests on")
	mo.get("/tasks").lacks(t, "another's list", "Ring Nia")
	mo.post(path, "answer", "spoke").want(t, "another's", 404, "There is nothing here")
	h.officer("south@example.org").post(path, "answer", "spoke").want(t, "the other branch's", 404, "There is nothing here")
	nora.post(path, "answer", "no such answer").want(t, "no answer", 422, "not one of its answers")
	nora.follow(path, "answer", "wrong number", "spoke", "").want(t, "answered", 200, "Noted: wrong number", "Done in the last 30 days", "can be taken back until")
	before := h.changes()
	nora.post(path, "answer", "wrong number").want(t, "twice", 303)
	nora.post(path, "answer", "spoke").want(t, "otherwise", 409, "Something else")
	if h.changes() != before {
		t.Fatal("pressing twice changed something")
	}
	nora.follow(path, "take_back", "yes").want(t, "taken back", 200, "open again", `value="spoke"`)
	nora.follow(path, "answer", "spoke", "spoke", "door").want(t, "answered", 200, "Noted: spoke")
	h.pass(25 * time.Hour)
	nora = h.officer("north@example.org")
	nora.post(path, "take_back", "yes").want(t, "too late", 422, "more than a day ago")

	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if c, ok := book.Case(phone.Case); ok && len(book.ContactsSince(c.Subject, "", h.clock().Add(-2*day))) == 0 {
			t.Error("the talk was not noted")
		}
		return err
	})
	mo = h.officer("membership@example.org")
	record := "/records/members/B00000"
	mo.get(record).want(t, "a record", 200, "Welcome every new member", "applies when", "What was done", "given as a task", "from data/members", "Letters and talks of the last year")
	mo.post(record, "do", "fact", "column", "phone", "value", "").want(t, "no value", 422, "Write the value")
	mo.post(record, "do", "fact", "column", "nothing", "value", "x").want(t, "no column", 422, "Choose which column")
	mo.follow(record, "do", "fact", "column", "phone", "value", "01632 960001").want(t, "a fact", 200, "Phone was blank and is now 01632 960001", "recorded here")
	mo.follow(record, "do", "fact", "column", "phone", "withdraw", "yes").want(t, "withdrawn", 200, "is withdrawn")
	mo.follow(record, "do", "contact", "how", "phone").want(t, "a talk", 200, "Noted", "spoken with (phone)")
	mo.follow(record, "do", "suppress", "scope", "marketing", "why", "said so").want(t, "a wish", 200, "wants no letters about campaigns")
	mo.follow(record, "do", "lift", "scope", "marketing").lacks(t, "lifted", "<strong>wants no letters about campaigns")
	mo.follow(record, "do", "reply").want(t, "a reply", 200, "answered a letter")
	mo.follow(record, "do", "complaint", "why", "too many").want(t, "a complaint", 200, "Nothing more is sent", "wants no more letters")
	mo.post(record, "do", "nothing").want(t, "no deed", 422)
}

// TestTheYearAheadAndTheLog: the diary is worked out beside the pages, for each
// what is theirs; the log is read page by page, from an event on.
func TestTheYearAheadAndTheLog(t *testing.T) {
	t.Parallel()
	h := newDesk(t, "0 minutes", "automatic")
	ann, south := h.officer("secretary@example.org"), h.officer("south@example.org")
	ann.get("/diary")
	h.DiaryMade()
	diary := ann.get("/diary")
	diary.want(t, "the diary", 200, "Diary: November 2026", "Ring Saul0", "Ring Nell0", `aria-current="page">November 2026`, "October 2027", "It is a forecast", "What this assumes")
	diary.lacks(t, "the diary", "Say hello", "A hello from")
	ann.get("/diary?month=2027-03").want(t, "a month", 200, "Diary: March 2027")
	ann.get("/diary?month=2026-11&role=membership_officer").lacks(t, "of a role", "Ring Saul0")
	for path, status := range map[string]int{"/diary?month=zzz&role=%3Cscript%3E": 200, "/log?before=-5&playbook=nothing": 200, "/log?before=99999999999999999999": 200,
		"/people?q=%ff%fe": 200, "/people?q=" + strings.Repeat("x", 5000): 200, "/people?q=+": 200, "/plan?playbook=nothing": 404, "/plan/0": 404, "/letters/-1": 404, "/tasks/x": 404,
		"/records/members/%00": 404, "/records/people/A00000": 404} {
		ann.get(path).want(t, path, status)
	}
	own := south.get("/diary")
	own.want(t, "the branch's", 200, "Ring Saul0")
	own.lacks(t, "the branch's", "Ring Nell0", "Nia")

	first := ann.get("/log?all=yes")
	first.want(t, "the log", 200, "The head of the chain is event", "Older ones")
	_, head, err := h.Engine.Head(ctx)
	h.must(err)
	first.want(t, "the head", 200, head)
	next := first.body[strings.Index(first.body, "/log?before="):]
	next = strings.ReplaceAll(next[:strings.IndexByte(next, '"')], "&amp;", "&")
	ann.get(next).want(t, "the next page", 200, "Older decisions", "The newest")
	if strings.Contains(ann.get(next).body, ", event "+fmt.Sprint(h.seq())) {
		t.Error("the second page begins with the newest event")
	}
	ann.get("/log?playbook=new-member-welcome").want(t, "of a playbook", 200, "new-member-welcome")
}

// seq is the number of the last event.
func (h *house) seq() (n int64) {
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		n = book.Seq()
		return err
	})
	return n
}
