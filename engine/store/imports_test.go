package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
)

// current is the membership list as a plan sees it.
func current(t testing.TB, s *Store) *dataset.Table {
	t.Helper()
	var table *dataset.Table
	view(t, s, func(tx *Tx) error {
		tables, err := tx.Tables(map[string]*dataset.Schema{"members": memberSchema()})
		table = tables["members"]
		return err
	})
	return table
}

// cell is a member's cell.
func cell(t testing.TB, table *dataset.Table, key, column string) dataset.Value {
	t.Helper()
	r := table.ByKey(key)
	if r == nil {
		t.Fatalf("there is no member %s", key)
	}
	v, problem := r.Get(table.Schema, column)
	if problem != nil {
		t.Fatalf("%s of %s: %v", column, key, problem)
	}
	return v
}

func TestImportsFollowOneAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path)
	if table := current(t, s); len(table.Rows) != 0 || !table.Imported.IsZero() {
		t.Errorf("a dataset that was never imported has %d rows", len(table.Rows))
	}
	list := listOf(40)
	first := importList(t, s, list)
	changed := listOf(41)
	changed.Rows[6].Cells[4] = dataset.TextValue("01632 960999")
	second := importList(t, s, changed)
	s.Close()
	s = open(t, path)
	if got := cell(t, current(t, s), "A000007", "phone").S; got != "01632 960999" {
		t.Errorf("after the second import the phone is %q", got)
	}
	view(t, s, func(tx *Tx) error {
		before, err := tx.Table(first, memberSchema())
		if err != nil {
			return err
		}
		if got := cell(t, before, "A000007", "phone").S; got != "01632 960007" || len(before.Rows) != 40 {
			t.Errorf("the first table says %q in %d rows", got, len(before.Rows))
		}
		want := list.Rows[6]
		if got := before.ByKey("A000007"); got.Ref != want.Ref || !got.FirstSeen.Equal(want.FirstSeen) || !got.Baseline || got.Line != want.Line {
			t.Errorf("the row map came back as %+v", got)
		}
		all, err := tx.Imports()
		if err != nil || len(all) != 2 || !all[0].Baseline || all[1].Baseline || all[1].ID != second || all[1].Rows != 41 {
			t.Errorf("the imports are %+v, %v", all, err)
		}
		return nil
	})
	if err := s.Update(context.Background(), func(tx *Tx) error { _, err := tx.UndoImport(first, "secretary", noon); return err }); err == nil ||
		!strings.Contains(err.Error(), fmt.Sprintf("undo import %d first", second)) {
		t.Errorf("an import before the last was undone: %v", err)
	}
	undo := func(id int64) {
		update(t, s, func(tx *Tx) error {
			r, err := tx.UndoImport(id, "secretary", noon)
			if err == nil && (r.Dataset != "members" || r.UndoneBy != "secretary") {
				t.Errorf("undone is %+v", r)
			}
			return err
		})
	}
	undo(second)
	if table := current(t, s); cell(t, table, "A000007", "phone").S != "01632 960007" || len(table.Rows) != 40 {
		t.Error("after undoing, the table before is not current")
	}
	undo(first)
	if table := current(t, s); len(table.Rows) != 0 {
		t.Error("after undoing all, there is a table")
	}
	for _, id := range []int64{first, 999} {
		if s.Update(context.Background(), func(tx *Tx) error { _, err := tx.UndoImport(id, "secretary", noon); return err }) == nil {
			t.Errorf("import %d was undone, twice or from nowhere", id)
		}
	}
	if third := importList(t, s, listOf(5)); third <= second {
		t.Errorf("import %d has the number of an undone one", third)
	}
	if table := current(t, s); len(table.Rows) != 5 || table.ByKey("A000003").Ref != list.ByKey("A000003").Ref {
		t.Error("after undoing, the same key has another number")
	}
}

// TestTheTableIsReadInANewShape: a schema that gained a column and lost one.
func TestTheTableIsReadInANewShape(t *testing.T) {
	s := open(t, "")
	importList(t, s, listOf(3))
	schema := memberSchema()
	schema.Columns = append(schema.Columns[:4:4], append([]dataset.Column{{Name: "pronouns", Kind: dataset.Text}}, schema.Columns[5:]...)...)
	view(t, s, func(tx *Tx) error {
		tables, err := tx.Tables(map[string]*dataset.Schema{"members": schema})
		if err != nil {
			return err
		}
		if v := cell(t, tables["members"], "A000002", "town"); v.S != "Fakenham" {
			t.Errorf("town is %+v", v)
		}
		if v := cell(t, tables["members"], "A000002", "pronouns"); !v.IsBlank() {
			t.Errorf("a column that was never imported is %+v", v)
		}
		return nil
	})
}

func TestRefs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path)
	refs := func(name string, keys ...string) (out map[string]dataset.Ref) {
		update(t, s, func(tx *Tx) (err error) { out, err = tx.Refs(name, keys); return err })
		return out
	}
	one := refs("members", "a", "b", "a", "")
	if one["a"] == 0 || one["a"] == one["b"] || one[""] != 0 {
		t.Fatalf("the numbers are %v", one)
	}
	two := refs("meetings", "a")
	if two["a"] == one["a"] || two["a"] == one["b"] {
		t.Errorf("two datasets share a number: %v %v", one, two)
	}
	s.Close()
	s = open(t, path)
	if again := refs("members", "b", "c"); again["b"] != one["b"] || again["c"] <= two["a"] {
		t.Errorf("the numbers are %v, after %v and %v", again, one, two)
	}
	view(t, s, func(tx *Tx) error {
		seen, err := tx.Refs("members", []string{"a", "new", "newer"})
		if err != nil || seen["a"] != one["a"] || seen["new"] >= 0 || seen["newer"] >= 0 || seen["new"] == seen["newer"] {
			t.Errorf("a view gives the numbers %v, %v", seen, err)
		}
		return nil
	})
	failed := errors.New("no")
	if err := s.Update(context.Background(), func(tx *Tx) error {
		if _, err := tx.Refs("members", []string{"d"}); err != nil {
			return err
		}
		return failed
	}); !errors.Is(err, failed) {
		t.Error(err)
	}
	if d, e := refs("members", "d"), refs("members", "e"); d["d"] == 0 || d["d"] == e["e"] {
		t.Errorf("after a failure the numbers are %v %v", d, e)
	}
}

func TestFactsLieOverImports(t *testing.T) {
	s := open(t, "")
	list := listOf(3)
	importList(t, s, list)
	member := list.Rows[1]
	record := func(phone string) {
		update(t, s, func(tx *Tx) error {
			_, err := tx.SaveFact(FactRecord{Dataset: "members", Ref: member.Ref, Column: "phone", Value: dataset.TextValue(phone),
				Was: member.Cells[4], By: "membership_officer", At: noon, Source: "record"})
			return err
		})
	}
	record("01632 960500")
	record("01632 960600")
	importList(t, s, listOf(3)) // it survives an import
	table := current(t, s)
	if got := cell(t, table, member.Key, "phone").S; got != "01632 960600" {
		t.Errorf("the phone is %q", got)
	}
	if local := table.ByKey(member.Key).Local; len(local) != 1 || local[0].Was.S != "01632 960002" || local[0].By != "membership_officer" {
		t.Errorf("the facts on the row are %+v", local)
	}
	view(t, s, func(tx *Tx) error {
		facts, err := tx.Facts("members")
		if err != nil || len(facts) != 1 || facts[0].Source != "record" || !facts[0].At.Equal(noon) {
			t.Errorf("the facts are %+v, %v", facts, err)
		}
		return nil
	})
	withdraw := func() error {
		return s.Update(context.Background(), func(tx *Tx) error {
			return tx.WithdrawFact("members", member.Ref, "phone", "membership_officer", noon)
		})
	}
	if err := withdraw(); err != nil {
		t.Fatal(err)
	}
	if got := cell(t, current(t, s), member.Key, "phone").S; got != "01632 960002" {
		t.Errorf("after withdrawing the phone is %q", got)
	}
	if err := withdraw(); !errors.Is(err, ErrNotFound) {
		t.Errorf("withdrawing what is not there: %v", err)
	}
}

func TestFiles(t *testing.T) {
	s := open(t, "")
	random := make([]byte, 10000)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range random {
		random[i] = byte(r.Uint32())
	}
	for name, data := range map[string][]byte{"text": bytes.Repeat([]byte("minutes of the meeting "), 1000), "packed": random, "empty": {}} {
		var sha string
		for range 2 {
			update(t, s, func(tx *Tx) (err error) { sha, err = tx.PutFile(data, "text/plain", KeepDocument); return err })
		}
		view(t, s, func(tx *Tx) error {
			got, mediaType, err := tx.File(sha)
			if err != nil || !bytes.Equal(got, data) || mediaType != "text/plain" {
				t.Errorf("%s: %d bytes of %s, %v", name, len(got), mediaType, err)
			}
			return nil
		})
	}
	view(t, s, func(tx *Tx) error {
		if _, _, err := tx.File(strings.Repeat("0", 64)); !errors.Is(err, ErrNotFound) {
			t.Errorf("a file that is not there: %v", err)
		}
		var stored int
		if _, err := tx.one(`select sum(length(body)) from files where constituency = ?`, []any{here}, &stored); err != nil || stored > 11000 {
			t.Errorf("%d bytes are stored: text is not compressed (%v)", stored, err)
		}
		return nil
	})
	update(t, s, func(tx *Tx) error { return tx.exec(`update files set body = x'00', codec = 0`) })
	view(t, s, func(tx *Tx) error {
		if _, _, err := tx.File(sha256Hex(random)); err == nil {
			t.Error("damaged bytes were given out")
		}
		return nil
	})
}

func TestContent(t *testing.T) {
	s := open(t, "")
	c := words("ann@example.org", "Dear Ann")
	update(t, s, func(tx *Tx) error {
		sha, err := tx.PutFile([]byte("minutes"), "text/plain", KeepDocument)
		c.Attachments = []letter.Attachment{{Name: "minutes.txt", Type: "text/plain", SHA256: sha, Size: 7}}
		return err
	})
	id := propose(t, s, 17, c)
	view(t, s, func(tx *Tx) error {
		got, err := tx.Content(id)
		if err != nil || got.Digest() != c.Digest() || got.Why != c.Why || len(got.Attachments) != 1 || got.Attachments[0] != c.Attachments[0] {
			t.Errorf("the words came back as %+v, %v", got, err)
		}
		if m, _ := tx.Book().Message(id); m.Digest != got.Digest() {
			t.Error("the ledger binds other words")
		}
		if _, err := tx.Content(99); !errors.Is(err, ErrNotFound) {
			t.Errorf("words of no message: %v", err)
		}
		return nil
	})
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.SaveContent(99, c) }); !errors.Is(err, ErrNotFound) {
		t.Errorf("words were kept for no message: %v", err)
	}
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.SaveContent(id, c) }); err == nil {
		t.Error("words were kept twice")
	}
	if err := s.Update(context.Background(), func(tx *Tx) error {
		opening, action := opened(18)
		lost := words("bob@example.org", "Dear Bob")
		lost.Attachments = []letter.Attachment{{Name: "minutes.txt", SHA256: strings.Repeat("0", 64)}}
		if err := tx.Apply(noon, "clarion", opening, proposal(tx, 18, action, lost)); err != nil {
			return err
		}
		return tx.SaveContent(id+1, lost)
	}); err == nil {
		t.Error("an attachment was promised that nobody has")
	}
}

func TestProblemsAreKept(t *testing.T) {
	s := open(t, "")
	importList(t, s, listOf(2))
	want := []ProblemRow{{Ref: 1, Line: 2, Column: "joined", Text: "soon", Why: "this is no date"}, {Line: 9, Text: "Total", Why: "a total"}}
	var id int64
	update(t, s, func(tx *Tx) (err error) {
		id, err = tx.SaveImport(ImportRecord{Dataset: "members", At: noon, By: "secretary", HasDate: true, ListDate: 20000}, listOf(2), want)
		return err
	})
	view(t, s, func(tx *Tx) error {
		got, err := tx.Problems(id)
		if err != nil || len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("the problems are %+v, %v", got, err)
		}
		last, found, err := tx.LastImport("members")
		if err != nil || !found || !last.HasDate || last.ListDate != 20000 || !last.At.Equal(noon) {
			t.Errorf("the last import is %+v, %v", last, err)
		}
		return nil
	})
}

func TestEvents(t *testing.T) {
	s := open(t, "")
	id := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	send(t, s, id)
	view(t, s, func(tx *Tx) error {
		events, err := tx.Events(1, 3)
		if err != nil || len(events) != 3 || events[0].Seq != 2 || events[0].Entity != fmt.Sprintf("message %d", id) || events[1].By != "secretary" {
			t.Errorf("the log says %+v, %v", events, err)
		}
		if _, ok := events[2].Change.(ledger.MessageClaimed); !ok {
			t.Errorf("event 4 is %T", events[2].Change)
		}
		return nil
	})
}
