package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// config keeps the counter of sent messages in a folder.
func config(folder string) func(*Options) {
	return func(o *Options) { o.ConfigDir = folder }
}

func machine(name string) func(*Options) {
	return func(o *Options) { o.Machine = name }
}

// footing checks on what ground a store stands.
func footing(t *testing.T, s *Store, want Footing) {
	t.Helper()
	stand, err := s.Stand(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if stand.Footing != want || stand.Sending() != (want == StandsOK) || (want != StandsOK && (stand.Why == "" || stand.Hint == "")) {
		t.Errorf("it stands %+v, want %q", stand, want)
	}
}

// copyStore copies a database without its log, as people do.
func copyStore(t *testing.T, from, to string) string {
	t.Helper()
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.WriteFile(to, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

func TestAnOldCopyKnowsThatItIsOne(t *testing.T) {
	folder, notes := t.TempDir(), filepath.Join(t.TempDir(), "notes")
	path := filepath.Join(folder, "clarion.db")
	s := open(t, path, config(notes))
	footing(t, s, StandsOK)
	send(t, s, propose(t, s, 17, words("ann@example.org", "Dear Ann")))
	footing(t, s, StandsOK)
	s.Close()
	old := copyStore(t, path, filepath.Join(folder, "copy.db"))

	s = open(t, path, config(notes))
	footing(t, s, StandsOK)
	send(t, s, propose(t, s, 18, words("bob@example.org", "Dear Bob")))
	footing(t, s, StandsOK)
	footing(t, open(t, old, config(notes)), StandsBehind)
	if info, err := os.Stat(filepath.Join(notes, s.Instance()+".json")); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the note outside: %v %v", info, err)
	}

	moved := open(t, old, config(notes), machine("another"))
	footing(t, moved, StandsMoved)
	if err := moved.Takeover(context.Background(), "secretary"); err != nil {
		t.Fatal(err)
	}
	footing(t, moved, StandsOK)
	footing(t, s, StandsBehind) // the one that was left
	view(t, moved, func(tx *Tx) error {
		if tx.Book().Machine() == "" || strings.Contains(tx.Book().Machine(), "another") {
			t.Errorf("the ledger knows the machine as %q", tx.Book().Machine())
		}
		return nil
	})
	if err := s.Takeover(context.Background(), "secretary"); err != nil {
		t.Fatal(err)
	}
	footing(t, s, StandsOK)
	footing(t, moved, StandsBehind)
}

func TestAnotherUserOfTheMachine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path, config(t.TempDir()))
	send(t, s, propose(t, s, 17, words("ann@example.org", "Dear Ann")))
	footing(t, s, StandsOK)
	footing(t, open(t, path, config(t.TempDir())), StandsMoved)
	footing(t, open(t, path), StandsOK) // nothing is noted outside, and nothing is asked
}

func TestTheNoteCannotBeWritten(t *testing.T) {
	blocked := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t, "", config(blocked+"-not-yet"))
	if err := os.WriteFile(blocked+"-not-yet", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	id := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	send(t, s, id) // what is on the disk is not unsaid
	stand, err := s.Stand(context.Background())
	if err == nil && stand.Sending() {
		t.Errorf("it goes on sending: %+v", stand)
	}
	view(t, s, func(tx *Tx) error {
		if m, _ := tx.Book().Message(id); m.State != ledger.Sent {
			t.Errorf("the message is %s", m.State)
		}
		return nil
	})
}

func TestBackupAndRestore(t *testing.T) {
	ctx := context.Background()
	folder, notes := t.TempDir(), t.TempDir()
	s := open(t, filepath.Join(folder, "clarion.db"), config(notes))
	id := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	send(t, s, id)
	backup := filepath.Join(folder, "back up.db")
	if err := s.Backup(ctx, backup); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(backup); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the backup has %v %v", info, err)
	}
	if err := s.Backup(ctx, backup); err == nil || !strings.Contains(err.Error(), "already a file") {
		t.Errorf("a backup was overwritten: %v", err)
	}
	footing(t, s, StandsOK)

	restored := filepath.Join(folder, "new", "clarion.db")
	if err := RestoreFile(ctx, backup, restored); err != nil {
		t.Fatal(err)
	}
	if err := RestoreFile(ctx, backup, restored); err == nil {
		t.Error("a database was overwritten")
	}
	r := open(t, restored, config(notes))
	footing(t, r, StandsToTake)
	view(t, r, func(tx *Tx) error {
		if m, _ := tx.Book().Message(id); m.State != ledger.Sent {
			t.Errorf("the restored message is %s", m.State)
		}
		_, err := tx.Content(id)
		return err
	})
	sameEverywhere(t, r)
	if err := r.Takeover(ctx, "secretary"); err != nil {
		t.Fatal(err)
	}
	footing(t, r, StandsOK)
	footing(t, s, StandsBehind)

	rest, err := filepath.Glob(filepath.Join(folder, "*.partial*"))
	if err != nil || len(rest) > 0 {
		t.Errorf("left behind: %v %v", rest, err)
	}
}

func TestRestoreRefuses(t *testing.T) {
	folder := t.TempDir()
	text := filepath.Join(folder, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("Dear Ann, ", 900)), 0o600); err != nil {
		t.Fatal(err)
	}
	whole := filepath.Join(folder, "whole.db")
	s := open(t, filepath.Join(folder, "clarion.db"))
	importList(t, s, listOf(200))
	if err := s.Backup(context.Background(), whole); err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(folder, "cut.db")
	b, err := os.ReadFile(whole)
	if err == nil {
		err = os.WriteFile(cut, b[:len(b)/2], 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, backup := range []string{text, cut, filepath.Join(folder, "none.db")} {
		to := filepath.Join(folder, "restored.db")
		err := RestoreFile(context.Background(), backup, to)
		var fault *Fault
		if !errors.As(err, &fault) || fault.Hint == "" {
			t.Errorf("%s: %v", filepath.Base(backup), err)
		}
		if left, _ := filepath.Glob(to + "*"); len(left) > 0 {
			t.Errorf("%s: left behind %v", filepath.Base(backup), left)
		}
	}
	if err := RestoreFile(context.Background(), whole, filepath.Join(folder, "Dropbox", "a.db")); err == nil {
		t.Error("a database was restored into a shared folder")
	}
}
