package console_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/playbook"
)

const moreOfficers = officers + `campaign_coordinator,,Cam Paign,campaign@example.org,2024-01-01,,
it_coordinator,,Ida Tee,it@example.org,2024-01-01,,
`

// officerPage is the page of an officer's row.
func (g *guest) officerPage(name string) string {
	g.t.Helper()
	m := regexp.MustCompile(`href="(/records/officers/[^"]*)">[^<]*` + name).FindStringSubmatch(g.get("/people?q=" + name).body)
	if m == nil {
		g.t.Fatalf("no row of %s is found", name)
	}
	return strings.ReplaceAll(m[1], "&amp;", "&")
}

// TestNobodyGivesThemselvesARole: who sits where is written over, and erased, by
// those who take that list, and with a fresh sign-in.
func TestNobodyGivesThemselvesARole(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	mo, secretary := h.officer("membership@example.org"), h.officer("secretary@example.org")
	row := mo.officerPage("Member")
	before := h.changes()
	fact := []string{"do", "fact", "column", "role", "value", "Secretary"}
	mo.get(row).lacks(t, "her own row", "Write it down", "Erase this record")
	mo.post(row, fact...).want(t, "a role of her own", 403, "That is for another role", "change officers")
	mo.post(row, "do", "fact", "column", "email", "value", "mo@example.com").want(t, "an address", 403)
	mo.get(row+"/forget").want(t, "erasing", 403, "change officers")
	mo.post(row+"/forget", "key", "x").want(t, "erasing", 403, "change officers")
	secretary.get(row).want(t, "who may", 200, "Write it down", "Erase this record")
	h.pass(11 * time.Minute)
	secretary.post(row, fact...).want(t, "an old sign-in", 403, "Please sign in once more")
	if h.changes() != before {
		t.Fatal("what was refused changed something")
	}
	h.officer("secretary@example.org").follow(row, "do", "fact", "column", "until", "value", "2030-01-01").want(t, "who may", 200, "Until was blank and is now")
}

// TestAClosedListIsNotBrought, nor withdrawn, by who may not look through it: what
// is different in a file names who is in it. Nor does a letter for once say of
// whom a column holds that its writer does not see.
func TestAClosedListIsNotBrought(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{}, func(h *house) { h.officers = moreOfficers })
	it := h.officer("it@example.org")
	gifts := []byte("Donation ID,Donor,Amount,Received On\nD1,Gil Giver,600,2026-11-01\n")
	it.bring("/data/donations/upload", "donations.csv", gifts).want(t, "by its page", 404)
	it.post("/data/donations/undo", "import", "1").want(t, "withdrawn", 404)
	it.post("/data/donations/bring", "file", "x").want(t, "from its place", 404)
	to, _ := it.brought("/data/upload", "gifts.csv", string(gifts))
	it.post(to+"/as", "list", "donations").want(t, "said to be one", 303)
	page := it.get(to)
	page.want(t, "shown", 404, "not for your role")
	page.lacks(t, "shown", "Gil")
	if left := h.staged(); len(left) != 0 {
		t.Errorf("what nobody may look at lies there: %v", left)
	}

	cam := h.officer("campaign@example.org")
	form := []string{"from", "campaign_coordinator", "basis", "service", "days", "14", "subject", "The barbecue", "words", "Come."}
	cam.post("/once/look", append(form, "to", "member.branch == \"North\"")...).want(t, "what he sees", 200, "Nia0")
	for what, to := range map[string]string{"a column": "not present(member.arrears_since)", "another list": "count(donations, .amount > pounds(500)) == 0"} {
		for _, path := range []string{"/once/look", "/once/picture", "/once"} {
			a := cam.post(path, append(form, "to", to)...)
			a.want(t, what+path, 422, "which your role does not see")
			a.lacks(t, what+path, "Nia0", "Olive0")
		}
	}
}

// TestABranchChangesNothingForAll: the own role of a playbook that is held by
// branches changes its settings for none.
func TestABranchChangesNothingForAll(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	l, err := h.Engine.Look(ctx)
	h.must(err)
	seat := engine.Seat{Person: 7, Roles: []string{"branch_secretary"}, Branches: map[string][]string{"branch_secretary": {"North"}}}
	if console.MayChangeOf(l, seat, "branch_secretary") {
		t.Error("a branch's officer changes a playbook for all branches")
	}
	seat = engine.Seat{Person: 7, Roles: []string{"policy_officer"}}
	if !console.MayChangeOf(l, seat, "policy_officer") || console.MayChangeOf(l, seat, "treasurer") {
		t.Error("an officer changes the own playbooks, and no others")
	}
}

// TestADroppedDiaryStaysAway: nothing of a look that was had before the drop is
// there after it, whether the making had begun or not.
func TestADroppedDiaryStaysAway(t *testing.T) {
	t.Parallel()
	h := newHouse(t, playbook.Web{})
	l, err := h.Engine.Look(ctx)
	h.must(err)
	for what, late := range map[string]bool{"while it was made": false, "before it was asked for": true} {
		if console.DiaryOf(l, late) {
			t.Errorf("a diary that was dropped %s is there again", what)
		}
	}
}
