package engine_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// Absent is not left: a member must be missing from several whole lists, or an
// event must say so.

// brought takes a file in, as a person offers it, and says what was found.
func (h *house) brought(name, text string, as engine.As, accepted ...string) *engine.Import {
	h.t.Helper()
	imp := h.offered(name, text, as)
	if _, err := h.Commit(ctx, imp, "secretary", accepted...); err != nil {
		h.t.Fatal(err)
	}
	return imp
}

// row is what is held of a member, or nil.
func (h *house) row(key string) (*dataset.Table, *dataset.Row) {
	h.t.Helper()
	tables, err := h.Tables()
	if err != nil {
		h.t.Fatal(err)
	}
	return tables["members"], tables["members"].ByKey(key)
}

// reasons are the reasons of a plan's lines of a kind, and of its holds.
func reasons(p *plan.Plan, verb plan.Verb) (out []string) {
	for _, l := range p.Lines {
		if l.Verb == verb {
			out = append(out, l.About+": "+l.Why)
		}
	}
	for _, h := range p.Holds {
		if h.Dataset != "" {
			out = append(out, h.Kind+" "+h.Dataset+": "+h.Why)
		}
	}
	return out
}

// TestCase4_23 is a member who is missing: from one whole list, from another of
// the same day, from a third that has her again; then from two in a row.
func TestCase4_23(t *testing.T) {
	h := newHouse(t, "")
	h.members("2026-10-31", rows(old, 30))
	h.run()
	steps := []struct {
		name, text, missing, gone string
		times                     int
	}{
		{"members-2026-11-01.csv", list(rows(old, 29)), "[A00030]", "[]", 1},
		{"members-2026-11-01-again.csv", list(rows(old, 29), rows(fresh, 1)), "[A00030]", "[]", 1},
		{"members-2026-11-03.csv", list(rows(old, 30), rows(fresh, 1)), "[]", "[]", 0},
		{"members-2026-11-04.csv", list(rows(old, 29), rows(fresh, 1)), "[A00030]", "[]", 1},
		{"members-2026-11-06.csv", list(rows(old, 29), rows(fresh, 2)), "[]", "[A00030]", 0},
	}
	for i, s := range steps {
		imp := h.brought(s.name, s.text, engine.As{})
		if fmt.Sprint(imp.Missing) != s.missing || fmt.Sprint(imp.Gone) != s.gone || imp.Times != s.times {
			t.Fatalf("%s: missing %v (%d), gone %v", s.name, imp.Missing, imp.Times, imp.Gone)
		}
		table, r := h.row("A00030")
		switch i {
		case 0, 1, 3:
			since, seen := "1 November 2026", "31 October 2026"
			if i == 3 {
				since, seen = "4 November 2026", "2 November 2026" // a list of tomorrow is as of the day it was imported
			}
			if w := r.AbsenceWords("members"); !strings.Contains(w, "since") || !strings.Contains(w, "once") || i < 2 && (!strings.Contains(w, since) || !strings.Contains(w, seen)) {
				t.Errorf("%s: %q", s.name, w)
			}
			if o := table.Origin(r, "email"); i < 2 && (o.File != "data/members-2026-10-31.csv" || o.Row != 31) {
				t.Errorf("%s: it stands in %s", s.name, o)
			}
		case 2:
			if r.Absence != nil || r.Places != nil || !r.Baseline || !slices.Equal(imp.New, []string(nil)) {
				t.Errorf("back after one list: %+v, new %v", r, imp.New)
			}
		case 4:
			if r != nil {
				t.Errorf("missing from two lists in a row, and held: %+v", r)
			}
		}
		h.pass(day)
	}
	kinds := map[string]int{}
	tables := h.lists("members")
	changes := dataset.Changes(h.Clock(), tables...)
	for _, r := range changes.Rows {
		kind, _ := r.Get(changes.Schema, "kind")
		kinds[kind.S]++
	}
	if fmt.Sprint(kinds) != "map[disappeared:1 joined:2]" {
		t.Errorf("what changed: %v", kinds)
	}
	if r := changes.ByKey("A00030/disappeared/2026-11-04"); r == nil {
		t.Errorf("she disappeared on another day: %v", changes.Rows[0].Key)
	}
}

// lists are the lists of a dataset that stand, as they were taken.
func (h *house) lists(name string) (out []*dataset.Table) {
	h.t.Helper()
	err := h.store.View(ctx, func(tx *store.Tx) error {
		records, err := tx.Imports()
		if err != nil {
			return err
		}
		for _, r := range records {
			if r.Dataset != name || !r.Undone.IsZero() {
				continue
			}
			t, err := tx.Table(r.ID, h.Set().Schemas[name])
			if err != nil {
				return err
			}
			out = append(out, t)
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return out
}

// TestALetterToWhoIsMissingWaits: what would go to a member whom the last list
// does not have, or only in rows that were refused, is held with its reason, and
// goes when the next list has her again. An undone list has said nothing.
func TestALetterToWhoIsMissingWaits(t *testing.T) {
	for _, c := range []struct{ name, word, says string }{
		{"missing", "missing from the list of members since 2 November 2026, once", "missing members: 1 record is missing from this list for the first time"},
		{"twice in the list", "only in rows that were refused", "refused members: 1 record stands in this list only in rows that were refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, "")
			h.members("2026-10-30", rows(old, 30))
			h.run()
			h.members("2026-10-31", rows(old, 30), rows(behind, 1))
			h.run()
			h.want("proposed 1")
			without := list(rows(old, 30))
			if c.name != "missing" {
				without = list(rows(old, 30), rows(behind, 1), rows(behind, 1))
			}
			h.write("data/members-2026-11-02.csv", without)
			p := h.run()
			h.want("superseded 1")
			lines := strings.Join(reasons(p.Plan, plan.HeldBack), "\n")
			if !strings.Contains(lines, c.word) || !strings.Contains(lines, c.says) {
				t.Errorf("the plan says:\n%s", lines)
			}
			accounts, err := h.Explain(ctx, "members", "C00001")
			if err != nil || len(accounts) == 0 || !strings.Contains(accounts[0].Absence, c.word) {
				t.Errorf("explained: %v, %+v", err, accounts)
			}
			if c.name == "missing" {
				if _, err := h.Undo(ctx, "members", "secretary"); err != nil {
					t.Fatal(err)
				}
				if _, r := h.row("C00001"); r.Absence != nil {
					t.Error("a list that was undone misses her still")
				}
				imp := h.brought("data/members-2026-11-02.csv", without, engine.As{})
				if !imp.Undone || fmt.Sprint(imp.Missing, imp.Gone) != "[C00001] []" {
					t.Errorf("taken again: missing %v, gone %v", imp.Missing, imp.Gone)
				}
			}
			h.pass(day)
			h.members("2026-11-03", rows(old, 30), rows(behind, 1))
			p = h.run()
			h.want("proposed 1, superseded 1")
			if left := reasons(p.Plan, plan.HeldBack); len(left) > 0 {
				t.Errorf("she is back, and the plan says: %v", left)
			}
		})
	}
}

// TestWhoSaidSoIsGoneAtOnce: after a report that a member resigned, or an
// officer's word that she died, the first list without her takes her away. How
// many lists it takes otherwise is the constituency's to say.
func TestWhoSaidSoIsGoneAtOnce(t *testing.T) {
	h := newHouse(t, "")
	h.members("2026-10-31", rows(old, 30))
	h.run()
	h.brought("mar-2026-11-01.csv", "Membership Number,Status\nA00030,Resigned\n", engine.As{Kind: "mar", Part: true})
	table, r := h.row("A00030")
	for column, want := range map[string]string{"status": "mar-2026-11-01.csv, row 2, status", "email": "data/members-2026-10-31.csv, row 31, email"} {
		if o := table.Origin(r, column).String(); o != want {
			t.Errorf("%s stands in %s, want %s", column, o, want)
		}
	}
	if o := table.Origin(table.ByKey("A00029"), "email").String(); o != "data/members-2026-10-31.csv, row 30, email" {
		t.Errorf("of whom the report says nothing, it is said: %s", o)
	}
	_, died := h.row("A00029")
	err := h.store.Update(ctx, func(tx *store.Tx) error {
		_, err := tx.SaveFact(store.FactRecord{Dataset: "members", Ref: died.Ref, Column: "status", Value: dataset.ChoiceValue("deceased"), By: "secretary", At: h.Now()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	imp := h.brought("members-2026-11-02.csv", list(rows(old, 27)), engine.As{})
	if fmt.Sprint(imp.Gone, imp.Missing) != "[A00029 A00030] [A00028]" {
		t.Errorf("gone %v, missing %v", imp.Gone, imp.Missing)
	}
	for _, c := range []struct{ says, gone string }{{"gone_after: 1", "[A00027 A00028]"}, {"gone_after: 3", "[]"}} {
		h.write("constituency.yaml", strings.Replace(constituency, "full: yes", "full: yes, "+c.says, 1)+"mail: {from: secretary@example.org, drop: outbox}\n")
		if err := h.Reload(); err != nil {
			t.Fatal(err)
		}
		h.pass(day)
		if imp := h.offered("members-2026-11-03.csv", list(rows(old, 26)), engine.As{}); fmt.Sprint(imp.Gone) != c.gone {
			t.Errorf("%s: gone %v, want %s", c.says, imp.Gone, c.gone)
		}
	}
}

// TestTheGuardsLookAtWhatIsMissing, not at what becomes gone of it: a list with a
// fifth less is asked about when they are missing for the first time, and again
// when the next would take them away.
func TestTheGuardsLookAtWhatIsMissing(t *testing.T) {
	h := newHouse(t, "")
	h.members("2026-10-31", rows(old, 105))
	h.run()
	for i, date := range []string{"2026-11-01", "2026-11-03"} {
		imp := h.offered("members-"+date+".csv", list(rows(old, 80), rows(fresh, i)), engine.As{})
		if doubts(imp) != "gone" || len(imp.Missing)+len(imp.Gone) != 25 {
			t.Fatalf("%s: doubts %q, %d missing, %d gone", date, doubts(imp), len(imp.Missing), len(imp.Gone))
		}
		if _, err := h.Commit(ctx, imp, "secretary"); err == nil {
			t.Fatal("it was taken")
		}
		if _, err := h.Commit(ctx, imp, "secretary", "gone"); err != nil {
			t.Fatal(err)
		}
		h.pass(2 * day)
	}
	if keys, _ := h.held("members"); len(keys) != 81 {
		t.Errorf("%d are held", len(keys))
	}
}

// TestARowThatTheFirstListRefused is of a member who was in it all the time: once
// it can be read, she is history as all others of that list are, whatever was
// taken in between. Who joined later is new, and so is who moves here once every
// row was read.
func TestARowThatTheFirstListRefused(t *testing.T) {
	t.Parallel()
	spoiled := func(row string) string { return "1.5E+05" + row[strings.Index(row, ","):] }
	twice := []string{old(30), old(30)}
	late := strings.Replace(fresh(1), "2026-10-28", "2026-11-01", 1)
	moves := strings.Replace(old(40), "A0", "C0", 1)
	for _, c := range []struct {
		name    string
		lists   [][]string
		history []string // of the last list
	}{
		{"its number was spoiled", [][]string{{spoiled(fresh(2))}, {fresh(2), late}}, []string{"B00002"}},
		{"two had its number", [][]string{twice, {old(30)}}, []string{"A00030"}},
		{"for two lists", [][]string{twice, twice, {old(30)}}, []string{"A00030"}},
		{"it is refused still, and another moved here", [][]string{{spoiled(old(30))}, {spoiled(old(30)), moves}}, nil},
		{"every row was read in between", [][]string{{spoiled(old(30))}, {old(30)}, {old(30), moves}}, nil},
		{"nothing was refused", [][]string{nil, {moves, late}}, nil},
		{"a day of joining that cannot be read", [][]string{{spoiled(old(30))}, {strings.Replace(old(30), "2015-03-01", "2015-02-30", 1)}}, []string{"A00030"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := newHouse(t, "")
			var imp *engine.Import
			for i, more := range c.lists {
				name := fmt.Sprintf("data/members-2026-10-%d.csv", 29+i)
				if i == len(c.lists)-1 {
					name = "data/members-2026-11-02.csv"
				}
				imp = h.brought(name, list(rows(old, 20), more), engine.As{})
				h.pass(day)
			}
			if !slices.Equal(imp.History, c.history) {
				t.Errorf("history %v, want %v (new %v)", imp.History, c.history, imp.New)
			}
			for _, key := range imp.New {
				if _, r := h.row(key); r == nil || r.Baseline != slices.Contains(c.history, key) {
					t.Errorf("%s: %+v", key, r)
				}
			}
		})
	}
}

// TestStoppedInAnImport is Ctrl-C at any moment of an import: all of the list is
// held, or nothing of it, and afterwards it is taken as if nothing had been.
func TestStoppedInAnImport(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.settled(200)
	before, _ := h.held("members")
	all := slices.Concat(rows(old, 200), rows(fresh, 1000))
	h.write("data/members-2026-11-02.csv", list(all))
	stopped := 0
	for after := time.Duration(0); ; after += after/2 + 50*time.Microsecond {
		c, stop := context.WithTimeout(ctx, after)
		imp, err := h.Prepare(c, "members", "")
		if err == nil {
			_, err = h.Commit(c, imp, "secretary", "grown")
		}
		over := c.Err()
		stop()
		now, _ := h.held("members")
		if err == nil {
			if len(now) != len(all) {
				t.Errorf("after %s: taken, and %d records are held", after, len(now))
			}
			break
		}
		if stopped++; over == nil || !slices.Equal(now, before) {
			t.Fatalf("stopped after %s: %v, %d records are held", after, err, len(now))
		}
	}
	if stopped < 2 {
		t.Errorf("stopped %d times", stopped)
	}
	h.replayed()
}
