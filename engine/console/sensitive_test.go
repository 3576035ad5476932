package console_test

import (
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// TestNamesLeaveTheProgram only by a right of its own and a fresh sign-in, with
// the columns and the records of the role; and no cell is a formula.
func TestNamesLeaveTheProgram(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{}, func(h *house) {
		h.guise = func(name string) string {
			if name == "Nia0" {
				return `=HYPERLINK("http://evil.example/")`
			}
			return name
		}
	})
	secretary, north := h.officer("secretary@example.org"), h.officer("north@example.org")
	north.get("/export/members").want(t, "without the right", 403, "That is for another role")
	if a := north.get("/data/members"); strings.Contains(a.body, "/export/") {
		t.Error("who may not export is led there")
	}
	secretary.get("/data/members").want(t, "the list", 200, "/export/members")
	a := secretary.get("/export/members")
	a.want(t, "the file", 200, "membership_no,", "'=HYPERLINK", "nia1@example.net")
	if kind := a.Header.Get("Content-Disposition"); kind != `attachment; filename="members.csv"` || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/csv") {
		t.Errorf("it comes as %s, %s", kind, a.Header.Get("Content-Type"))
	}
	secretary.get("/export/nothing").want(t, "no list", 404)
	h.pass(11 * time.Minute)
	secretary.get("/export/members").want(t, "a sign-in of before", 403, "Please sign in once more")
	if l := h.logged.String(); !strings.Contains(l, "a list was exported") || strings.Contains(l, "Nia") {
		t.Errorf("the log says:\n%s", l)
	}
}

// TestSomebodyIsErasedInTheBrowser: with the right, a fresh sign-in and the key
// typed; looking at what would go erases nothing.
func TestSomebodyIsErasedInTheBrowser(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	const path = "/records/members/B00001/forget"
	h.officer("north@example.org").get(path).want(t, "without the right", 403, "That is for another role")
	g := h.officer("secretary@example.org")
	g.get("/records/members/B00001").want(t, "the record", 200, path)
	before := h.changes()
	g.get(path).want(t, "what would go", 200, "What goes", "What stays", "type the key of the record, B00001")
	g.post(path, "key", "B00002").want(t, "another key", 422, "nothing was erased")
	if h.changes() != before {
		t.Fatal("something was erased")
	}
	g.get("/diary")
	h.DiaryMade()
	g.get("/diary").want(t, "the diary", 200, "Nia1")
	g.follow(path, "key", "b00001").want(t, "erased", 200, "Erased.")
	g.get("/records/members/B00001").want(t, "afterwards", 404)
	if a := g.get("/people?q=nia1"); strings.Contains(a.body, "Newer") {
		t.Errorf("she is found:\n%s", a.body)
	}
	g.get("/diary").lacks(t, "the diary", "Nia1")
	h.DiaryMade()
	g.get("/diary").lacks(t, "the diary made anew", "Nia1")
	g.post(path, "key", "B00001").want(t, "twice", 404)
}
