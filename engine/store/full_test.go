package store

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// fill writes until something fails, and counts the updates that were kept.
func fill(s *Store, from dataset.Ref) (kept int, err error) {
	for n := from; n < from+5000; n++ {
		err = s.Update(context.Background(), func(tx *Tx) error {
			opening, action := opened(n)
			c := words("ann@example.org", fmt.Sprintf("Dear member %d, %0999d", n, n))
			m := proposal(tx, n, action, c)
			if err := tx.Apply(noon, "clarion", opening, m); err != nil {
				return err
			}
			stored, _ := tx.Book().MessageAt(m.Message.Key)
			return tx.SaveContent(stored.ID, c)
		})
		if err != nil {
			return kept, err
		}
		kept++
	}
	return kept, nil
}

// countCases is the number of cases, which is the number of updates kept.
func countCases(t *testing.T, s *Store) (n int) {
	t.Helper()
	view(t, s, func(tx *Tx) error { n = len(tx.Book().Cases()); return nil })
	return n
}

// fullDisk checks what happens when the room runs out, and after there is some.
func fullDisk(t *testing.T, s *Store, free func()) {
	t.Helper()
	kept, err := fill(s, 1)
	var fault *Fault
	if !errors.As(err, &fault) || fault.What == "" || fault.Hint == "" {
		t.Fatalf("after %d updates: %v", kept, err)
	}
	if want := "the disk is full"; fault.What[:len(want)] != want {
		t.Errorf("the fault is %q", err)
	}
	if got := countCases(t, s); got != kept {
		t.Errorf("%d cases are in the ledger, and %d updates were kept", got, kept)
	}
	sameEverywhere(t, s)
	free()
	more, err := fill(s, 10000)
	if more == 0 {
		t.Fatalf("with room again nothing can be written: %v", err)
	}
	s.Close()
	again := open(t, s.path)
	if got := countCases(t, again); got != kept+more {
		t.Errorf("%d cases are in the file, and %d updates were kept", got, kept+more)
	}
	sameEverywhere(t, again)
	view(t, again, func(tx *Tx) error {
		for _, m := range tx.Book().Messages() {
			if c, err := tx.Content(m.ID); err != nil || c.Digest() != m.Digest || m.State != ledger.Proposed {
				t.Errorf("message %d is %s without its words: %v", m.ID, m.State, err)
			}
		}
		return nil
	})
}

func TestTheDatabaseIsFull(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "clarion.db"))
	pages := func(most int) {
		if _, err := s.write.Exec(fmt.Sprintf(`pragma max_page_count = %d`, most)); err != nil {
			t.Fatal(err)
		}
	}
	pages(300)
	fullDisk(t, s, func() { pages(330) })
}
