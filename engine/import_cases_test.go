package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine"
)

// The cases of the domain's list of edges that are about one file after another,
// by their numbers there.

// offered looks at a file, as a person offers it.
func (h *house) offered(name, text string, as engine.As) *engine.Import {
	h.t.Helper()
	h.write(name, text)
	imp, err := h.PrepareAs(ctx, "members", name, as)
	if err != nil {
		h.t.Fatal(err)
	}
	return imp
}

// list is a file of members.
func list(lists ...[]string) string {
	return header + strings.Join(slices.Concat(lists...), "\n") + "\n"
}

// south is a member of the other branch.
func south(n int) string {
	return strings.Replace(strings.Replace(old(n), "A0", "S0", 1), ",North,", ",South,", 1)
}

// TestCase4_1 is the first import: six hundred of whom nobody is new, and three
// on the next day who are. The second trap is a first list that was only one
// branch's: it is asked about, and so is the whole that comes after it, in which
// nobody is new either.
func TestCase4_1(t *testing.T) {
	h := newHouse(t, "")
	h.members("2026-10-31", rows(old, 600))
	h.run()
	h.want("")
	h.pass(day)
	h.members("2026-11-03", rows(old, 600), rows(fresh, 3))
	h.run()
	h.want("sent 3")

	h = newHouse(t, "")
	h.write("branches.csv", "key,name\nNorth,North\nSouth,South\n")
	h.write("data/members-2026-10-31.csv", list(rows(old, 100)))
	p, err := h.Run(ctx)
	if err != nil || len(p.Refused) == 0 || !strings.Contains(fmt.Sprint(p.Refused), "--accept branch") {
		t.Fatalf("a first list of one branch: %v, %v", p.Refused, err)
	}
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil || doubts(imp) != "branch" {
		t.Fatalf("doubts %q, %v", doubts(imp), err)
	}
	if _, err := h.Commit(ctx, imp, "secretary", "branch"); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.pass(day)
	imp = h.offered("data/members-2026-11-03.csv", list(rows(old, 100), rows(south, 150), rows(fresh, 50)), engine.As{})
	if doubts(imp) != "grown" {
		t.Fatalf("the whole list after a part: doubts %q", doubts(imp))
	}
	if _, err := h.Commit(ctx, imp, "secretary", "grown"); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.want("")
}

// TestCase4_2 is the brake on a file: too few rows or other headings hold all of
// it, and nothing of it is sent, not even to those who are new in it. Each doubt
// has its own word, and another's does not do.
func TestCase4_2(t *testing.T) {
	moved := strings.Replace(list(rows(old, 100), rows(fresh, 1)), "Status,Date Joined", "Date Joined,Status", 1)
	for i := range 101 {
		moved = strings.Replace(moved, []string{",Active,2015-03-01,", ",Active,2026-10-28,"}[i/100], []string{",2015-03-01,Active,", ",2026-10-28,Active,"}[i/100], 1)
	}
	other := strings.NewReplacer("A0", "Z0").Replace(list(rows(old, 120)))
	elsewhere := strings.NewReplacer("Olive", "Orla").Replace(strings.Replace(list(), "\n", ",CLP\n", 1)) +
		strings.Join(rows(old, 100), ",Otherton CLP\n") + ",Otherton CLP\n"
	for _, c := range []struct {
		name, text, doubts string
		says               []string
	}{
		{"rows fall by a fifth", list(rows(old, 79), rows(fresh, 1)), "gone", []string{"21 of 100"}},
		{"rows fall by less", list(rows(old, 80), rows(fresh, 1)), "", nil},
		{"half of the file", list(rows(old, 50)), "half", []string{"--part"}},
		{"a heading is gone", strings.Replace(list(rows(old, 100), rows(fresh, 1)), "Last Contacted", "", 1), "header", []string{"no longer Last Contacted"}},
		{"a heading is new", strings.Replace(list(rows(old, 100), rows(fresh, 1)), "Last Contacted\n", "Last Contacted,Shoe Size\n", 1), "header", []string{"new: Shoe Size"}},
		{"headings in another order", moved, "header", []string{"another order", "Date Joined where Status stood"}},
		{"headings in capitals", strings.ToUpper(header) + strings.Join(append(rows(old, 100), fresh(1)), "\n") + "\n", "", nil},
		{"another constituency's", other, "another half", []string{"0 are known"}},
		{"another constituency's, by its own word", elsewhere, "another header", []string{"the list of Otherton CLP"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, "")
			h.settled(100)
			h.write("data/members-2026-11-02.csv", c.text)
			p, err := h.Run(ctx)
			if err != nil {
				t.Fatal(err)
			}
			words := strings.Fields(c.doubts)
			if len(words) == 0 {
				h.want("sent 1")
				return
			}
			h.want("")
			if len(p.Imports) > 0 || len(p.Refused) != 1 {
				t.Fatalf("taken %v, refused %v", p.Imports, p.Refused)
			}
			for _, says := range append(c.says, words...) {
				if !strings.Contains(p.Refused[0].Error(), says) {
					t.Errorf("it does not say %q: %v", says, p.Refused[0])
				}
			}
			imp, err := h.Prepare(ctx, "members", "")
			if err != nil || doubts(imp) != c.doubts {
				t.Fatalf("doubts %q, want %q, %v", doubts(imp), c.doubts, err)
			}
			for _, w := range words { // all words but one
				less := slices.DeleteFunc(slices.Clone(engine.DoubtWords), func(x string) bool { return x == w })
				if _, err := h.Commit(ctx, imp, "secretary", less...); err == nil {
					t.Errorf("taken without %s", w)
				}
			}
			if _, err := h.Commit(ctx, imp, "secretary", words...); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestOneBranch is a file of one branch where the list held has two: refused as
// the whole, and taken as the part that it is, in which nobody is gone.
func TestOneBranch(t *testing.T) {
	h := newHouse(t, "")
	h.members("2026-10-31", rows(old, 100), rows(south, 5))
	h.run()
	text := list(rows(old, 100), rows(fresh, 2))
	imp := h.offered("branch.csv", text, engine.As{})
	if doubts(imp) != "branch" {
		t.Fatalf("doubts %q", doubts(imp))
	}
	if _, err := h.Commit(ctx, imp, "secretary"); err == nil || !strings.Contains(err.Error(), "clarion import members branch.csv --part") {
		t.Fatalf("refused with: %v", err)
	}
	imp = h.offered("branch.csv", text, engine.As{Part: true})
	if doubts(imp) != "" || imp.Kept != 5 || len(imp.Gone) != 0 || len(imp.New) != 2 {
		t.Fatalf("as a part: doubts %q, %d kept, %v gone, %v new", doubts(imp), imp.Kept, imp.Gone, imp.New)
	}
	rec, err := h.Commit(ctx, imp, "secretary")
	if err != nil || rec.Full || rec.Gone != 0 {
		t.Fatal(rec, err)
	}
	if keys, _ := h.held("members"); len(keys) != 107 {
		t.Errorf("%d are held", len(keys))
	}
}

// TestCase4_21 is the same import twice, and an older file after a newer one,
// with its day in its name or without: what has been paid since stays paid.
func TestCase4_21(t *testing.T) {
	h := newHouse(t, "")
	owing := list(rows(old, 30), rows(behind, 1))
	paid := list(rows(old, 30), []string{strings.Replace(strings.Replace(behind(1), "Arrears", "Active", 1), "2026-10-30", "", 1)})
	for _, file := range []struct{ name, text string }{{"week-1.csv", owing}, {"week-2.csv", paid}} {
		imp := h.offered(file.name, file.text, engine.As{})
		if _, err := h.Commit(ctx, imp, "secretary"); err != nil {
			t.Fatal(err)
		}
		h.pass(day)
	}
	counter := h.changes()
	again := h.offered("copy-of-week-2.csv", paid, engine.As{})
	if rec, err := h.Commit(ctx, again, "secretary"); err != nil || !again.Same || rec.ID == 0 || h.changes() != counter {
		t.Errorf("the same file again: same %v, %v, or it wrote something", again.Same, err)
	}
	older := h.offered("week-1.csv", owing, engine.As{})
	if doubts(older) != "older" {
		t.Fatalf("the file of the week before: doubts %q", doubts(older))
	}
	if _, err := h.Commit(ctx, older, "secretary"); err == nil || !strings.Contains(err.Error(), "very file") {
		t.Errorf("refused with: %v", err)
	}
	// What was looked at in time is no newer once a newer list was taken.
	early, late := h.offered("members-2026-10-30.csv", owing+old(40)+"\n", engine.As{}), h.offered("members-2026-10-31.csv", paid, engine.As{})
	if doubts(early) != "" || !late.Same {
		t.Fatalf("doubts %q, same %v", doubts(early), late.Same)
	}
	late = h.offered("members-2026-10-31.csv", paid+old(31)+"\n", engine.As{})
	if _, err := h.Commit(ctx, late, "secretary"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Commit(ctx, early, "secretary"); err == nil || !strings.Contains(err.Error(), "--accept older") {
		t.Errorf("an older list, looked at before a newer was taken: %v", err)
	}
	// A day in the name is believed, also past a list that has none.
	if _, err := h.Commit(ctx, h.offered("members-2026-11-02.csv", owing+old(31)+"\n", engine.As{}), "secretary"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Commit(ctx, h.offered("undated.csv", paid+old(33)+"\n", engine.As{}), "secretary"); err != nil {
		t.Fatal(err)
	}
	if imp := h.offered("members-2026-10-25.csv", owing+old(31)+"\n"+old(32)+"\n", engine.As{}); doubts(imp) != "older" {
		t.Errorf("a list of the month before: doubts %q", doubts(imp))
	}
}

// TestCase4_22 is a membership action report that says resigned, and a full list
// that still has the member. The report is a part: it takes nobody away, and no
// address either. An older list does not bring the member back; a newer one says
// what holds now.
func TestCase4_22(t *testing.T) {
	h := newHouse(t, "")
	h.members("2026-10-31", rows(old, 30))
	h.run()
	status := func() (status, email string) {
		t.Helper()
		tables, err := h.Tables()
		if err != nil {
			t.Fatal(err)
		}
		m := tables["members"]
		s, _ := m.ByKey("A00007").Get(m.Schema, "status")
		e, _ := m.ByKey("A00007").Get(m.Schema, "email")
		return s.S, e.S
	}
	report := "Membership Number,Status\nA00007,Resigned\n"
	if imp := h.offered("mar-2026-11-02.csv", report, engine.As{Kind: "mar"}); !strings.Contains(doubts(imp), "half") {
		t.Fatalf("a report that is taken for the whole list: doubts %q", doubts(imp))
	}
	imp := h.offered("mar-2026-11-02.csv", report, engine.As{Kind: "mar", Part: true})
	if doubts(imp) != "" {
		t.Fatalf("doubts %q: %v", doubts(imp), imp.Doubts)
	}
	if rec, err := h.Commit(ctx, imp, "secretary"); err != nil || rec.Rows != 30 || rec.Changed != 1 || rec.Kind != "mar" {
		t.Fatalf("%+v, %v", rec, err)
	}
	if s, e := status(); s != "resigned" || e != "olive7@example.com" {
		t.Fatalf("the report left status %s, email %q", s, e)
	}
	if imp := h.offered("members-2026-11-01.csv", list(rows(old, 30)), engine.As{}); doubts(imp) != "older" {
		t.Errorf("a list from before the report: doubts %q", doubts(imp))
	}
	var refused *engine.Refused
	if _, err := h.Commit(ctx, h.offered("members-2026-11-01.csv", list(rows(old, 31)), engine.As{}), "secretary"); !errors.As(err, &refused) {
		t.Errorf("it was taken: %v", err)
	}
	if s, _ := status(); s != "resigned" {
		t.Errorf("an older list made it %s", s)
	}
	h.pass(day)
	if err := os.RemoveAll(filepath.Join(h.folder, "data")); err != nil {
		t.Fatal(err)
	}
	h.members("2026-11-03", rows(old, 30))
	h.run()
	if s, _ := status(); s != "active" {
		t.Errorf("a newer list leaves it %s", s)
	}
}

// TestFreshness: a list is as old as the day in its name, however late it was
// imported, and a part that is taken since does not make the rest of it fresh.
func TestFreshness(t *testing.T) {
	h := newHouse(t, "")
	h.write("constituency.yaml", strings.Replace(constituency, "300 days", "35 days", 1)+"mail: {from: secretary@example.org, drop: outbox}\n")
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	h.settled(30) // of 1 October, imported on 2 November
	stale := func() (why string) {
		t.Helper()
		p, err := h.Plan(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, hold := range p.Holds {
			if hold.Kind == "stale" && hold.Playbook == "new-member-welcome" {
				why = hold.Why
			}
		}
		return why
	}
	h.pass(3 * day) // 5 November, the thirty-fifth day
	if why := stale(); why != "" {
		t.Errorf("on the thirty-fifth day: %s", why)
	}
	h.pass(day)
	if why := stale(); !strings.Contains(why, "1 October 2026") {
		t.Errorf("on the day after it says %q", why)
	}
	if _, err := h.Commit(ctx, h.offered("new-2026-11-05.csv", list(rows(fresh, 2)), engine.As{Part: true}), "secretary"); err != nil {
		t.Fatal(err)
	}
	if why := stale(); !strings.Contains(why, "1 October 2026") {
		t.Errorf("after a part of two it says %q", why)
	}
	h.members("2026-11-05", rows(old, 30), rows(fresh, 2))
	h.run()
	if why := stale(); why != "" {
		t.Errorf("after a new list: %s", why)
	}
}
