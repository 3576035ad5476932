package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// doubts are the words of an import's doubts.
func doubts(imp *engine.Import) string {
	var out []string
	for _, d := range imp.Doubts {
		out = append(out, d.Word)
	}
	return strings.Join(out, " ")
}

// held gives what is held of a dataset: its keys and how many of them are history.
func (h *house) held(name string) (keys []string, history int) {
	h.t.Helper()
	err := h.store.View(ctx, func(tx *store.Tx) error {
		tables, err := tx.Tables(h.Set().Schemas)
		if err != nil {
			return err
		}
		for _, r := range tables[name].Rows {
			keys = append(keys, r.Key)
			if r.Baseline {
				history++
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return keys, history
}

// TestTheGuardsOfAnImport takes in a list of fifty and then looks at lists of
// all sorts: each has its doubts, changes nothing when it is refused, and is
// taken when a person waives exactly these.
func TestTheGuardsOfAnImport(t *testing.T) {
	for _, c := range []struct {
		name, date string
		lists      [][]string
		doubts     string
	}{
		{"one new", "2026-11-02", [][]string{rows(old, 50), rows(fresh, 1)}, ""},
		{"a few are gone", "2026-11-02", [][]string{rows(old, 40)}, ""},
		{"many are gone", "2026-11-02", [][]string{rows(old, 29)}, "gone"},
		{"half of the list", "2026-11-02", [][]string{rows(old, 25)}, "half"},
		{"another list altogether", "2026-11-02", [][]string{rows(fresh, 50)}, "another half"},
		{"the list of another year", "2025-11-02", [][]string{rows(old, 51)}, "stale older"},
		{"an older list", "2026-09-01", [][]string{rows(old, 51)}, "older"},
		{"the first was a part", "2026-11-02", [][]string{rows(old, 101)}, "grown"},
		{"nobody in it", "2026-11-02", [][]string{{}}, "empty half"},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, "")
			h.settled(50)
			before, history := h.held("members")
			if len(before) != 50 || history != 50 {
				t.Fatalf("the first import holds %d records, %d of them history", len(before), history)
			}
			os.RemoveAll(filepath.Join(h.folder, "data"))
			h.members(c.date, c.lists...)
			counter := h.changes()
			imp, err := h.Prepare(ctx, "members", "")
			if err != nil {
				t.Fatal(err)
			}
			if got := doubts(imp); got != c.doubts {
				t.Errorf("doubts: %q, want %q", got, c.doubts)
			}
			if h.changes() != counter {
				t.Error("a file that was only looked at changed the database")
			}
			words := strings.Fields(c.doubts)
			if len(words) > 0 {
				var refused *engine.Refused
				if _, err := h.Commit(ctx, imp, "secretary", "nothing"); !errors.As(err, &refused) {
					t.Errorf("taken in spite of its doubts: %v", err)
				}
				if now, _ := h.held("members"); !slices.Equal(now, before) || h.changes() != counter {
					t.Error("a refused import changed something")
				}
			}
			rec, err := h.Commit(ctx, imp, "secretary", words...)
			if err != nil {
				t.Fatal(err)
			}
			now, history := h.held("members")
			if file := flat(c.lists); len(now) != rec.Rows || len(now) != max(len(file), len(file)+50-(len(file)-rec.New)) || rec.Gone != 0 {
				t.Errorf("%d records are held, %d were taken, %d are gone at once", len(now), rec.Rows, rec.Gone)
			}
			if all := history == len(now); all != (rec.New == 0 || c.doubts == "grown") {
				t.Errorf("%d of %d are history, %d are new", history, len(now), rec.New)
			}
		})
	}
}

func flat(lists [][]string) (out []string) {
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// changes is the store's change counter.
func (h *house) changes() (n int64) {
	h.t.Helper()
	if err := h.store.View(ctx, func(tx *store.Tx) error { n = tx.Counter(); return nil }); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// TestTheSameFileAgain takes nothing, until its columns are mapped otherwise.
func TestTheSameFileAgain(t *testing.T) {
	h := newHouse(t, "")
	h.write("data/members-2026-10-01.csv", strings.Replace(header, "\n", ",Xyz\n", 1)+strings.Join(rows(old, 5), ",Ollie\n")+",Ollie\n")
	h.run()
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil || !imp.Same {
		t.Fatalf("same: %v, %v", imp, err)
	}
	counter := h.changes()
	if p := h.run(); len(p.Imports) > 0 || h.changes() != counter {
		t.Errorf("a second pass imported %v, or wrote something", p.Imports)
	}
	text := strings.Replace(constituency, "full: yes", "full: yes, columns: {preferred_name: Xyz}", 1)
	h.write("constituency.yaml", text+"mail: {from: secretary@example.org, drop: outbox}\n")
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	if p := h.run(); len(p.Imports) != 1 || p.Imports[0].Changed != 5 {
		t.Errorf("the same file, mapped otherwise: %+v", p.Imports)
	}
}

// TestALostColumn doubts a list that has lost a column.
func TestALostColumn(t *testing.T) {
	h := newHouse(t, "")
	h.settled(5)
	text := strings.ReplaceAll(header+strings.Join(rows(old, 5), "\n"), "Arrears Since", "Xyz")
	h.write("data/members-2026-11-02.csv", text)
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil || doubts(imp) != "header" {
		t.Errorf("doubts %q, %v", doubts(imp), err)
	}
	p, err := h.Run(ctx)
	if err != nil || len(p.Imports) > 0 || len(p.Refused) != 1 || !strings.Contains(p.Refused[0].Error(), "arrears_since") {
		t.Errorf("a pass took it: %v %v %v", p.Imports, p.Refused, err)
	}
}

// TestFilesThatCannotBeRead are sentences, and what is held stays.
func TestFilesThatCannotBeRead(t *testing.T) {
	h := newHouse(t, "")
	h.settled(5)
	for name, text := range map[string]string{
		"nothing.csv": "", "binary.csv": "\x00\x01\x02\xff\xfe\x00", "workbook.csv": "PK\x03\x04rest",
		"headless.csv": "1,2,3\n4,5,6\n", "twice.csv": strings.Replace(header, "Phone", "Email", 1) + old(1) + "\n",
	} {
		h.write(name, text)
		if _, err := h.Prepare(ctx, "members", name); err == nil || len(err.Error()) < 20 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := h.Prepare(ctx, "members", "missing.csv"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
	if _, err := h.Prepare(ctx, "mebers", ""); err == nil || !strings.Contains(err.Error(), "members") {
		t.Errorf("a dataset that is not there: %v", err)
	}
	if _, err := h.Prepare(ctx, "meetings", ""); !errors.Is(err, engine.ErrNoSource) {
		t.Errorf("no source: %v", err)
	}
	if now, _ := h.held("members"); len(now) != 5 {
		t.Errorf("%d records are held", len(now))
	}
}

// TestRefusedRows are listed with the import, and do not hinder the others.
func TestRefusedRows(t *testing.T) {
	h := newHouse(t, "")
	h.settled(5)
	bad := strings.Replace(fresh(2), "2026-10-28", "31/02/2026", 1)
	twice := strings.Replace(fresh(9), "Nia9", "Other", 1)
	h.members("2026-11-02", rows(old, 5), []string{fresh(1), bad, ",No,Number,x@example.org,,Active,2026-10-01,,North,No,", fresh(9), twice})
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := h.Commit(ctx, imp, "secretary")
	if err != nil || rec.Rows != 7 || rec.Refused != 3 || rec.New != 2 {
		t.Fatalf("%+v, %v", rec, err)
	}
	var problems []store.ProblemRow
	if err := h.store.View(ctx, func(tx *store.Tx) error { problems, err = tx.Problems(rec.ID); return err }); err != nil {
		t.Fatal(err)
	}
	lines := map[int]bool{}
	for _, p := range problems {
		lines[p.Line] = true
	}
	if len(problems) != 4 || !lines[8] || !lines[9] || !lines[10] || !lines[11] {
		t.Errorf("problems: %+v", problems)
	}
}

// TestWhoReturnsIsNotNew: a member of the first list who was gone is history
// still when she is back.
func TestWhoReturnsIsNotNew(t *testing.T) {
	h := newHouse(t, "")
	h.settled(5)
	_, history := h.held("members")
	for _, date := range []string{"2026-11-02", "2026-11-03"} {
		h.members(date, rows(old, 4), rows(fresh, 1))
		h.run()
		h.pass(day)
	}
	if _, now := h.held("members"); now != history-1 {
		t.Fatalf("%d of the %d of the first list are held when one is gone", now, history)
	}
	h.members("2026-11-04", rows(old, 5), rows(fresh, 2))
	h.run()
	if keys, now := h.held("members"); now != history || len(keys) != history+2 {
		t.Errorf("%d of the %d of the first list are history, of %v", now, history, keys)
	}
}

// TestPeopleAreFoundInOtherLists matches a donor with a member who joined the
// list only after the gift was imported.
func TestPeopleAreFoundInOtherLists(t *testing.T) {
	h := newHouse(t, "")
	h.write("data/donations.csv", "Reference,Donor,Member,Amount,Received\nR1,Olive1 Older,A00001,£600,2026-09-01\nR2,Nia1 Newer,nia1@example.net,£600,2026-09-01\n")
	h.settled(5)
	matched := func() (out []int64) {
		tables, err := h.Tables()
		if err != nil {
			t.Fatal(err)
		}
		d := tables["donations"]
		for _, r := range d.Rows {
			v, _ := r.Get(d.Schema, "person")
			if v.N != 0 && tables["members"].ByRef(dataset.Ref(v.N)) != nil {
				out = append(out, v.N)
			}
		}
		return out
	}
	if got := matched(); len(got) != 1 {
		t.Errorf("matched before: %v", got)
	}
	h.members("2026-11-02", rows(old, 5), rows(fresh, 1))
	h.run()
	if got := matched(); len(got) != 2 {
		t.Errorf("matched after: %v", got)
	}
	d, err := h.Dossier(ctx, "members", "A00001")
	if err != nil || len(d.Sections) < 2 {
		t.Errorf("the dossier does not name the gift: %+v, %v", d, err)
	}
}

// TestUndo withdraws what was not sent, brings back what was held, and reopens
// and closes cases; the same file is not taken again by itself.
func TestUndo(t *testing.T) {
	h := newHouse(t, "")
	h.members("2026-10-01", rows(old, 5), rows(behind, 2)[1:])
	h.run()
	h.pass(day)
	h.members("2026-10-05", rows(old, 5), rows(behind, 2)) // C1's payments stop: a letter to look at
	h.run()
	h.want("proposed 1")
	h.pass(day)
	paid := strings.Replace(strings.Replace(behind(1), "Arrears", "Active", 1), "2026-10-30", "", 1)
	h.members("2026-10-06", rows(old, 5), []string{paid, behind(2), behind(3)}) // C1 has paid, C3 is behind
	h.run()
	h.want("proposed 1, superseded 1")
	cases := func() map[ledger.CaseState]int {
		n := map[ledger.CaseState]int{}
		for _, c := range h.book().Cases() {
			if c.Playbook == "arrears-chase" {
				n[c.State]++
			}
		}
		return n
	}
	before := 0
	for _, n := range cases() {
		before += n
	}
	rec, err := h.Undo(ctx, "members", "secretary")
	if err != nil || rec.Rows != 8 {
		t.Fatalf("%+v, %v", rec, err)
	}
	if keys, _ := h.held("members"); len(keys) != 7 || !slices.Contains(keys, "C00001") {
		t.Errorf("held after the undo: %v", keys)
	}
	p, err := h.Run(ctx)
	if err != nil || len(p.Imports) > 0 || len(p.Refused) == 0 || !strings.Contains(p.Refused[0].Error(), "undone") {
		t.Fatalf("the file that was undone: imported %v, refused %v, %v", p.Imports, p.Refused, err)
	}
	h.want("proposed 1, superseded 2") // C1's again, C3's withdrawn
	if open := cases(); open[ledger.Open]+open[ledger.Frozen] != before || open[ledger.Closed] != 0 {
		t.Errorf("cases after the undo: %v, where there were %d", open, before)
	}
	// A person takes it again all the same.
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil || !imp.Undone {
		t.Fatal(imp, err)
	}
	if _, err := h.Commit(ctx, imp, "secretary"); err != nil {
		t.Fatal(err)
	}
	h.run()
	h.want("proposed 1, superseded 3")
	h.replayed()
}

// TestUndoAfterALetter is refused: what was sent cannot be called back.
func TestUndoAfterALetter(t *testing.T) {
	h := newHouse(t, "")
	h.settled(5)
	if _, err := h.Undo(ctx, "donations", "secretary"); err == nil {
		t.Error("undid what was never imported")
	}
	h.members("2026-11-02", rows(old, 5), rows(fresh, 2))
	h.run()
	h.want("sent 2")
	h.pass(time.Hour)
	if _, err := h.Undo(ctx, "members", "secretary"); err == nil || !strings.Contains(err.Error(), "2 letters of new-member-welcome were sent (no. 1, 2)") {
		t.Fatalf("undone: %v", err)
	}
	if keys, _ := h.held("members"); len(keys) != 7 {
		t.Errorf("%d are held", len(keys))
	}
	if p := h.run(); p.Delivery.Sent != 0 {
		t.Errorf("sent again: %+v", p.Delivery)
	}
	h.want("sent 2")
	// The next list brought no letter: it can be undone, and the letters stay.
	h.members("2026-11-03", rows(old, 5), rows(fresh, 2), []string{old(77)})
	h.run()
	if _, err := h.Undo(ctx, "members", "secretary"); err != nil {
		t.Error(err)
	}
	h.want("sent 2")
}
