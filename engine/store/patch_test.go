package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// patches says which of the imports are stored as patches, in order, and of which.
func patches(t *testing.T, s *Store) (of []int64) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		return tx.each(`select body, codec from snapshots order by import`, nil, func(scan func(...any) error) error {
			var body []byte
			var codec int
			err := scan(&body, &codec)
			if err == nil && codec == codecDeflate {
				body, err = inflate(body)
			}
			base, _ := dataset.PatchBase(body)
			of = append(of, base.Import)
			return err
		})
	})
	return of
}

// later is a list a week on: one member moves, one leaves, the others stand on
// other lines.
func later(list *dataset.Table, week int) *dataset.Table {
	var rows []*dataset.Row
	for i, r := range list.Rows {
		next := *r
		next.Line += week
		if i == week*7%len(list.Rows) {
			next.Cells = append([]dataset.Value(nil), r.Cells...)
			next.Cells[5] = dataset.TextValue(fmt.Sprintf("%d New Road", week))
			next.Changed = noon.Add(time.Duration(week) * time.Hour)
		}
		if i != week {
			rows = append(rows, &next)
		}
	}
	return dataset.NewTable(list.Schema, rows, noon.Add(time.Duration(week)*time.Hour), noon, "members.csv", "")
}

// kept checks that every list is read as it was imported.
func kept(t *testing.T, s *Store, lists map[int64]*dataset.Table) {
	t.Helper()
	view(t, s, func(tx *Tx) error {
		for id, list := range lists {
			got, err := tx.Table(id, list.Schema)
			if err != nil {
				return err
			}
			a, _ := list.MarshalBinary()
			b, _ := got.MarshalBinary()
			if !bytes.Equal(a, b) {
				t.Errorf("the list of import %d is not what it was", id)
			}
		}
		return nil
	})
}

// TestListsAreKeptAsPatches: each that is nearly the one before; they are read as
// they were, after a start, an undo, another shape, a commit that failed.
func TestListsAreKeptAsPatches(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path)
	list := listOf(100)
	lists := map[int64]*dataset.Table{importList(t, s, list): list}
	for week := 1; week <= 4; week++ {
		if week == 3 {
			s.Close()
			s = open(t, path)
			failed := errors.New("failed")
			if err := s.Update(context.Background(), func(tx *Tx) error {
				if _, err := tx.SaveImport(ImportRecord{Dataset: "members", SHA256: "y", At: noon, By: "secretary"}, later(list, 90), nil); err != nil {
					return err
				}
				return failed
			}); !errors.Is(err, failed) {
				t.Fatal(err)
			}
		}
		list = later(list, week)
		lists[importList(t, s, list)] = list
	}
	if got := fmt.Sprint(patches(t, s)); got != "[0 1 1 1 1]" {
		t.Errorf("the lists are patches of %s", got)
	}
	kept(t, s, lists)
	s.Close()
	s = open(t, path)
	kept(t, s, lists)
	update(t, s, func(tx *Tx) error { _, err := tx.UndoImport(5, "secretary", noon); return err })
	list = later(lists[4], 5) // the one before is packed, so this one is whole
	lists[importList(t, s, list)] = list
	wider := memberSchema()
	wider.Columns = append(wider.Columns, dataset.Column{Name: "ward", Kind: dataset.Text})
	var rows []*dataset.Row
	for _, r := range list.Rows {
		next := *r
		next.Cells = append(append([]dataset.Value(nil), r.Cells...), dataset.Value{})
		rows = append(rows, &next)
	}
	list = dataset.NewTable(wider, rows, noon.Add(9*time.Hour), noon, "members.csv", "")
	lists[importList(t, s, list)] = list
	list = later(list, 6)
	lists[importList(t, s, list)] = list
	if got := fmt.Sprint(patches(t, s)); got != "[0 1 1 1 1 0 0 7]" {
		t.Errorf("the lists are patches of %s", got)
	}
	kept(t, s, lists)
}

// TestForgetReachesPatches: who is forgotten is in no list any more, neither in one
// that others were stored by nor in those; and a list is not read by another base
// than its own.
func TestForgetReachesPatches(t *testing.T) {
	t.Parallel()
	s := open(t, "")
	list := listOf(100)
	importList(t, s, list)
	ref := list.Rows[7].Ref // who moves in the first week
	for week := 1; week <= 3; week++ {
		list = later(list, week)
		importList(t, s, list)
	}
	update(t, s, func(tx *Tx) error { _, err := tx.Forget("members", ref, "secretary", noon); return err })
	after := rawBytes(t, s)
	for _, text := range []string{"A000008", "1 New Road"} {
		if bytes.Contains(after, []byte(text)) {
			t.Errorf("%q is still there", text)
		}
	}
	if got := fmt.Sprint(patches(t, s)); got != "[0 0 0 0]" {
		t.Errorf("the lists are patches of %s", got)
	}
	s.dropTables()
	view(t, s, func(tx *Tx) error {
		for id, want := range []int{99, 98, 97, 96} {
			table, err := tx.Table(int64(id+1), memberSchema())
			if err != nil {
				return err
			}
			if len(table.Rows) != want || table.ByRef(ref) != nil {
				t.Errorf("import %d has %d rows", id+1, len(table.Rows))
			}
		}
		return nil
	})
	list = later(current(t, s), 4)
	importList(t, s, list)
	importList(t, s, later(list, 5))
	if got := fmt.Sprint(patches(t, s)); got != "[0 0 0 0 4 4]" {
		t.Fatalf("the lists are patches of %s", got)
	}
	var other []byte
	view(t, s, func(tx *Tx) error {
		base, err := tx.Table(4, memberSchema())
		if err != nil {
			return err
		}
		changed := *base.Rows[50]
		changed.Cells = append([]dataset.Value(nil), changed.Cells...)
		changed.Cells[1] = dataset.TextValue("Somebody")
		rows := append([]*dataset.Row(nil), base.Rows...)
		rows[50] = &changed
		other, err = dataset.NewTable(base.Schema, rows, base.Imported, base.First, base.File, base.Sheet).MarshalBinary()
		return err
	})
	update(t, s, func(tx *Tx) error {
		return tx.exec(`update snapshots set body = ?, digest = ? where import = 4`, other, sha256Hex(other))
	})
	s.dropTables()
	if err := s.View(context.Background(), func(tx *Tx) error { _, err := tx.Table(6, memberSchema()); return err }); err == nil {
		t.Error("a list was read by a base that is not its own")
	}
}
