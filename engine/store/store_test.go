package store

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
)

// noon is the moment at which the tests happen.
var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

func fixed() time.Time { return noon }

// open opens a store in a folder of its own, or at a path.
func open(t testing.TB, path string, change ...func(*Options)) *Store {
	t.Helper()
	if path == "" {
		path = filepath.Join(t.TempDir(), "clarion.db")
	}
	o := Options{Machine: "laptop", Now: fixed}
	for _, c := range change {
		c(&o)
	}
	s, err := Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func update(t testing.TB, s *Store, f func(*Tx) error) {
	t.Helper()
	if err := s.Update(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

func view(t testing.TB, s *Store, f func(*Tx) error) {
	t.Helper()
	if err := s.View(context.Background(), f); err != nil {
		t.Fatal(err)
	}
}

// words is a letter to someone.
func words(to, text string) letter.Content {
	return letter.Content{From: "secretary@example.org", FromName: "Secretary", To: to, ToName: "A member",
		Subject: "Welcome", Text: text, HTML: "<p>" + text + "</p>", Why: "joined on 1 November"}
}

// opened is a case about a member, and the letter owed in it.
func opened(n dataset.Ref) (ledger.CaseOpened, ledger.Action) {
	key := ledger.NewCaseKey("welcome", "members", n, "2026-11-01")
	date := calendar.NewDate(2026, 11, 1)
	c := ledger.CaseOpened{Case: key, Playbook: "welcome", Dataset: "members", Subject: n, Occasion: "2026-11-01", Date: date, HasDate: true}
	a := ledger.Action{Case: key, Step: "letter", Addressee: "member", Due: noon}
	a.Key = ledger.NewActionKey(key, a.Step, "", a.Addressee, "")
	return c, a
}

// proposal is the message that carries the action.
func proposal(tx *Tx, n dataset.Ref, a ledger.Action, c letter.Content) ledger.MessageProposed {
	return ledger.MessageProposed{
		Message: ledger.Message{Key: string(a.Key), Kind: ledger.Letter, Digest: c.Digest(), Playbook: "welcome", Approver: "secretary",
			Basis: "service", Person: n, Address: tx.AddressHash(c.To), NotBefore: noon, Expires: noon.Add(7 * 24 * time.Hour)},
		Actions: []ledger.Action{a},
	}
}

// propose opens a case about a member and proposes its letter.
func propose(t testing.TB, s *Store, n dataset.Ref, c letter.Content) (id int64) {
	t.Helper()
	update(t, s, func(tx *Tx) error {
		opening, action := opened(n)
		m := proposal(tx, n, action, c)
		if err := tx.Apply(noon, "clarion", opening, m); err != nil {
			return err
		}
		stored, _ := tx.Book().MessageAt(m.Message.Key)
		id = stored.ID
		return tx.SaveContent(id, c)
	})
	return id
}

// send carries a proposed message through to its end.
func send(t testing.TB, s *Store, id int64) {
	t.Helper()
	update(t, s, func(tx *Tx) error {
		m, _ := tx.Book().Message(id)
		return tx.Apply(noon, "secretary", ledger.MessageApproved{ID: id, Digest: m.Digest}, ledger.MessageClaimed{ID: id, Fence: 1},
			ledger.MessageSent{ID: id, Proof: "250 taken"})
	})
}

func TestOpenMakesPrivateFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "clarion.db")
	s := open(t, path)
	propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	if runtime.GOOS == "windows" {
		return // it has no such modes
	}
	for _, want := range []struct {
		name string
		mode os.FileMode
	}{{filepath.Dir(path), 0o700}, {path, 0o600}, {path + "-wal", 0o600}, {path + "-shm", 0o600}} {
		info, err := os.Stat(want.name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want.mode {
			t.Errorf("%s has the mode %o, want %o", filepath.Base(want.name), got, want.mode)
		}
	}
	s.Close()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a file that others could read stays so: %v %v", info.Mode(), err)
	}
}

func TestOpenRefuses(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	other := filepath.Join(folder, "other.db")
	db, err := single(other)
	if err == nil {
		_, err = db.Exec(`pragma user_version = 1; create table groceries (name text)`)
	}
	if err != nil {
		// single opens only what is there
		write("other.db", "")
		if _, err = db.Exec(`create table groceries (name text)`); err != nil {
			t.Fatal(err)
		}
	}
	db.Close()
	newer := filepath.Join(folder, "newer.db")
	open(t, newer).Close()
	if db, err = single(newer); err == nil {
		_, err = db.Exec(`insert into migrations (version, name, sha256, applied) values (99, '00099.sql', '', 0)`)
	}
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	for _, c := range []struct {
		name, path, want string
		readOnly         bool
	}{
		{"no database", write("text.db", strings.Repeat("Dear Ann, ", 500)), "is damaged or is no database", false},
		{"another program's", other, "not one of Clarion's", false},
		{"a later version's", newer, "newer version of Clarion (schema 99", false},
		{"a folder", folder, "is a folder", false},
		{"nothing to read", filepath.Join(folder, "none.db"), "there is no database", true},
		{"Dropbox", filepath.Join(folder, "Dropbox (Personal)", "a.db"), "by Dropbox", false},
		{"OneDrive", filepath.Join(folder, "OneDrive - Party", "a.db"), "by OneDrive", false},
		{"iCloud", filepath.Join(folder, "Library", "Mobile Documents", "com~apple~CloudDocs", "a.db"), "by iCloud", false},
		{"Google", filepath.Join(folder, "Google Drive", "a.db"), "by Google Drive", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := Open(context.Background(), c.path, Options{ReadOnly: c.readOnly, Now: fixed})
			if err == nil {
				s.Close()
				t.Fatal("it was opened")
			}
			var fault *Fault
			if !errors.As(err, &fault) || fault.Hint == "" || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the error is %q, which should be a fault with a hint and say %q", err, c.want)
			}
			if _, err := os.Stat(filepath.Join(folder, "Dropbox (Personal)")); err == nil {
				t.Error("a folder was made in a refused place")
			}
		})
	}
}

func TestSharedFolders(t *testing.T) {
	for path, want := range map[string]string{
		"/home/a/Dropbox/x.db":                      "Dropbox",
		"/home/a/dropbox-ideas/x.db":                "Dropbox",
		"/home/a/Dropboxing/x.db":                   "",
		`C:\Users\a\OneDrive\x.db`:                  "OneDrive",
		"/Users/a/Library/CloudStorage/Box-Box/x":   "a cloud drive",
		"/Users/a/iCloud Drive (Archive)/x.db":      "iCloud",
		"/home/a/.local/share/clarion/x.db":         "",
		"/home/a/Nextcloud/x.db":                    "Nextcloud",
		"/home/a/my documents/constituency/clarion": "",
	} {
		if got := sharing(path); got != want {
			t.Errorf("sharing(%q) = %q, want %q", path, got, want)
		}
	}
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path)
	id := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	s.Close()
	r := open(t, path, func(o *Options) { o.ReadOnly = true })
	view(t, r, func(tx *Tx) error {
		if m, ok := tx.Book().Message(id); !ok || m.State != ledger.Proposed {
			t.Errorf("the message is %+v", m)
		}
		if err := tx.SetMeta("x", "y"); err == nil {
			t.Error("a view wrote")
		}
		return nil
	})
	if err := r.Update(context.Background(), func(tx *Tx) error { return tx.SetMeta("x", "y") }); err == nil {
		t.Error("a store opened for reading only was written")
	}
}

func TestPathsOfAllKinds(t *testing.T) {
	for _, name := range []string{"a b", "100%", "what?", "hash#tag", "naïve café", "semi;colon&and=is"} {
		if runtime.GOOS == "windows" && strings.ContainsAny(name, "?") {
			continue
		}
		path := filepath.Join(t.TempDir(), name, name+".db")
		s := open(t, path)
		update(t, s, func(tx *Tx) error { return tx.SetMeta("zone", "Europe/London") })
		s.Close()
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%q: nothing was written there: %v", name, err)
		}
	}
}

func TestMeta(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path)
	var before int64
	view(t, s, func(tx *Tx) error { before = tx.Counter(); return nil })
	update(t, s, func(tx *Tx) error { return tx.SetMeta("zone", "Europe/London") })
	update(t, s, func(tx *Tx) error { return nil })
	view(t, s, func(tx *Tx) error {
		if zone, err := tx.Meta("zone"); err != nil || zone != "Europe/London" {
			t.Errorf("zone is %q, %v", zone, err)
		}
		if got := tx.Counter(); got != before+1 {
			t.Errorf("the counter moved by %d, want 1: only what changes something moves it", got-before)
		}
		return nil
	})
	if err := s.Update(context.Background(), func(tx *Tx) error { return tx.SetMeta("store.sent", "0") }); err == nil {
		t.Error("a value of the store's own was overwritten")
	}
	var hash string
	view(t, s, func(tx *Tx) error {
		hash = tx.AddressHash(" Ann@Example.ORG ")
		if hash != tx.AddressHash("ann@example.org") || len(hash) != 64 || tx.AddressHash("  ") != "" {
			t.Error("an address is not hashed by what it says")
		}
		return nil
	})
	s.Close()
	view(t, open(t, path), func(tx *Tx) error {
		if tx.AddressHash("ann@example.org") != hash {
			t.Error("another process gives another hash")
		}
		return nil
	})
	view(t, open(t, ""), func(tx *Tx) error {
		if tx.AddressHash("ann@example.org") == hash {
			t.Error("another store gives the same hash: it can be looked up")
		}
		return nil
	})
}

func TestUpdateKeepsAllOrNothing(t *testing.T) {
	s := open(t, "")
	propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	var before ledger.Projection
	view(t, s, func(tx *Tx) error { before = tx.Book().Projection(); return nil })
	mine := errors.New("no")
	for name, f := range map[string]func(*Tx) error{
		"an error": func(tx *Tx) error {
			opening, _ := opened(18)
			if err := tx.Apply(noon, "clarion", opening); err != nil {
				return err
			}
			return mine
		},
		"a later change refused, and the error forgotten": func(tx *Tx) error {
			opening, _ := opened(18)
			if tx.Apply(noon, "clarion", opening, opening) == nil {
				t.Error("a case opened twice")
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			if err := s.Update(context.Background(), f); err == nil {
				t.Fatal("it was kept")
			}
			view(t, s, func(tx *Tx) error {
				if !tx.Book().Equal(mustRestore(t, before)) {
					t.Error("the Book changed")
				}
				fresh, err := tx.restore()
				if err != nil || !fresh.Equal(mustRestore(t, before)) {
					t.Errorf("the file changed: %v", err)
				}
				return nil
			})
		})
	}
	t.Run("a panic", func(t *testing.T) {
		func() {
			defer func() { recover() }()
			s.Update(context.Background(), func(tx *Tx) error {
				opening, _ := opened(18)
				tx.Apply(noon, "clarion", opening)
				panic("oh")
			})
		}()
		propose(t, s, 18, words("bob@example.org", "Dear Bob")) // the lock is free, and the case unknown
	})
	t.Run("a first change refused", func(t *testing.T) {
		opening, _ := opened(17)
		other, _ := opened(19)
		update(t, s, func(tx *Tx) error {
			if err := tx.Apply(noon, "clarion", opening); !errors.As(err, new(*ledger.Refused)) {
				t.Errorf("the ledger should refuse, and said %v", err)
			}
			return tx.Apply(noon, "clarion", other)
		})
	})
}

func mustRestore(t testing.TB, p ledger.Projection) *ledger.Book {
	t.Helper()
	b, err := ledger.Restore(p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTwoProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "clarion.db")
	one, two := open(t, path), open(t, path)
	first := propose(t, one, 17, words("ann@example.org", "Dear Ann"))
	second := propose(t, two, 18, words("bob@example.org", "Dear Bob"))
	send(t, one, second)
	send(t, two, first)
	for _, s := range []*Store{one, two} {
		view(t, s, func(tx *Tx) error {
			for _, id := range []int64{first, second} {
				if m, _ := tx.Book().Message(id); m.State != ledger.Sent {
					t.Errorf("message %d is %s", id, m.State)
				}
				if c, err := tx.Content(id); err != nil || c.Digest() == "" {
					t.Errorf("the words of message %d: %v", id, err)
				}
			}
			return nil
		})
	}
	done := make(chan error)
	for i, s := range []*Store{one, two, one, two} {
		go func() {
			for n := range 20 {
				err := s.Update(context.Background(), func(tx *Tx) error {
					opening, _ := opened(dataset.Ref(1000*(i+1) + n))
					return tx.Apply(noon, "clarion", opening)
				})
				if err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	view(t, one, func(tx *Tx) error {
		if got := len(tx.Book().Cases()); got != 82 {
			t.Errorf("%d cases, want 82", got)
		}
		again, err := tx.Replay()
		if err != nil || !again.Equal(tx.Book()) {
			t.Errorf("the log gives another Book: %v", err)
		}
		return nil
	})
}

// TestReadersBesideAWriter: what a view sees does not move under it.
func TestReadersBesideAWriter(t *testing.T) {
	s := open(t, "")
	importList(t, s, listOf(20))
	schemas := map[string]*dataset.Schema{"members": memberSchema()}
	stop, done := make(chan bool), make(chan error)
	for range 3 {
		go func() {
			for {
				select {
				case <-stop:
					done <- nil
					return
				default:
				}
				err := s.View(context.Background(), func(tx *Tx) error {
					b, seq := tx.Book(), int64(0)
					if _, err := tx.one(`select seq from books where constituency = ?`, []any{here}, &seq); err != nil {
						return err
					}
					if int64(len(b.Cases())) != seq || b.Seq() != seq {
						return errors.New("the Book and the file are of different moments")
					}
					_, err := tx.Tables(schemas)
					return err
				})
				if err != nil {
					done <- err
					return
				}
			}
		}()
	}
	for n := range 60 {
		update(t, s, func(tx *Tx) error {
			opening, _ := opened(dataset.Ref(n + 1))
			return tx.Apply(noon, "clarion", opening)
		})
	}
	close(stop)
	for range 3 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
