// Package store keeps a constituency in one SQLite file.
//
// It decides nothing. The ledger's Book holds every transition; the store loads
// a Book, appends what happened to the log and saves the projection of it, all
// in one transaction. It also keeps what must not stand in the log: the words
// of messages, frozen files, imported tables, local facts and the keys of
// records, each in tables that Forget clears.
//
// Promises
//
//   - Update is one transaction that nobody else's can overlap: all of it is on
//     the disk when it returns without an error, and none of it otherwise.
//   - What the ledger promises is a constraint of the database too: a case, an
//     action and a task once, one living message for a key, an approval bound to
//     the exact digest, one event after each event.
//   - Replaying the events gives the stored projection.
//   - What Forget clears is in no byte of the file, its log, or any blob.
//   - A copy that forgot letters knows it: see Stand.
//   - The token in a message is for one thing and one message, and cannot be made
//     without the store's secret: see Token.
//
// Times are kept in microseconds and come back in UTC.
package store

import (
	"context"
	"database/sql"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the database driver
	lib "modernc.org/sqlite/lib"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// readers is how many may read at a time.
const readers = 4

// here is the constituency whose rows a file holds. A file on a laptop has one
// constituency; the column is there so that a server can hold many.
const here = 1

// Options say how a store is opened.
type Options struct {
	// Machine names this computer. Only a hash of it is kept.
	Machine string
	// ConfigDir is where the counter of sent messages is kept outside the
	// database, so that an old copy can be told from the store. Empty: nowhere.
	ConfigDir string
	ReadOnly  bool
	Now       func() time.Time // nil: the clock of the machine
}

// A Store is an open database. It may be used by many goroutines.
type Store struct {
	path    string
	options Options
	write   *sql.DB // one connection: there is one writer
	read    *sql.DB

	secret   []byte // of address hashes
	instance string

	mu     sync.Mutex
	book   *ledger.Book // of the last event seen; never changed, only replaced
	seq    int64        // its last event
	hash   string
	tables map[string]loaded
	leases map[*Lease]bool
	noted  error // why the counter outside the database could not be written
}

// Open opens the store at path, and makes it, or brings it to the newest
// schema, where needed. It refuses a place that a network or a synchronising
// program shares, since such a place loses what a database relies on.
func Open(ctx context.Context, path string, o Options) (*Store, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, explain("finding the database", err)
	}
	if err := checkPlace(path); err != nil {
		return nil, err
	}
	fresh, err := prepare(path, o.ReadOnly)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, options: o, tables: map[string]loaded{}, leases: map[*Lease]bool{}}
	if err := s.connect(false); err != nil {
		return nil, err
	}
	err = s.start(ctx, fresh)
	if o.ReadOnly && s.frozen(err) {
		s.Close()
		if err = s.connect(true); err == nil {
			err = s.start(ctx, false)
		}
	}
	if err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// prepare makes the folder and an empty file, readable by the user alone, and
// reports whether the file is new.
func prepare(path string, readOnly bool) (fresh bool, err error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return false, &Fault{What: "the database " + path + " is a folder", Hint: "name a file"}
	case err == nil:
		if info.Mode().Perm()&0o077 != 0 && !readOnly && runtime.GOOS != "windows" {
			if err := os.Chmod(path, 0o600); err != nil {
				return false, explain("making the database private", err)
			}
		}
		return info.Size() == 0, nil
	case !os.IsNotExist(err):
		return false, explain("opening the database", err)
	case readOnly:
		return false, &Fault{What: "there is no database at " + path, Hint: "check the folder, or make a constituency with clarion init", Err: err}
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return false, explain("making the folder of the database", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, explain("making the database", err)
	}
	return true, f.Close()
}

// connect sets up the writer's connection and the readers'. Neither touches
// the file before it is used.
func (s *Store) connect(immutable bool) (err error) {
	common := []string{"busy_timeout(5000)", "foreign_keys(1)", "temp_store(2)"}
	writer := append([]string{"journal_mode(wal)", "synchronous(full)", "secure_delete(1)"}, common...)
	reader := append([]string{"query_only(1)"}, common...)
	values := url.Values{"_pragma": writer, "_txlock": {"immediate"}, "mode": {"rw"}}
	if s.write, err = sql.Open("sqlite", dataSource(s.path, values)); err != nil {
		return explain("opening the database", err)
	}
	s.write.SetMaxOpenConns(1)
	s.write.SetConnMaxIdleTime(0)
	values = url.Values{"_pragma": reader, "mode": {"rw"}}
	if s.options.ReadOnly {
		values.Set("mode", "ro")
		if immutable {
			values.Set("immutable", "1")
		}
	}
	if s.read, err = sql.Open("sqlite", dataSource(s.path, values)); err != nil {
		return explain("opening the database", err)
	}
	s.read.SetMaxOpenConns(readers)
	s.read.SetMaxIdleConns(readers)
	return nil
}

// dataSource is the driver's name of a file; its path may hold any character.
func dataSource(path string, values url.Values) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/...
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: values.Encode()}
	return u.String()
}

// frozen reports whether reading failed because SQLite could not make the files
// that readers share, and nobody can be writing: there is no log beside the
// database. Then it may be read as a file that does not change.
func (s *Store) frozen(err error) bool {
	code := sqliteCode(err)
	if code != lib.SQLITE_CANTOPEN && code != lib.SQLITE_READONLY {
		return false
	}
	info, err := os.Stat(s.path + "-wal")
	return err != nil || info.Size() == 0
}

// start brings the schema up to date and reads what every later call needs.
func (s *Store) start(ctx context.Context, fresh bool) error {
	if s.options.ReadOnly {
		if err := checkVersion(ctx, s.read); err != nil {
			return err
		}
	} else if err := s.migrate(ctx, fresh); err != nil {
		return err
	}
	meta, err := readMeta(ctx, s.read)
	if err != nil {
		return explain("reading the database", err)
	}
	s.secret, s.instance = []byte(meta[metaSecret]), meta[metaInstance]
	if meta[metaWipe] == "1" && !s.options.ReadOnly {
		return s.wipe(ctx)
	}
	return nil
}

// Path is the file of the store.
func (s *Store) Path() string { return s.path }

// Instance is the store's own name, the same in all copies of it.
func (s *Store) Instance() string { return s.instance }

// Rest lets go of what is kept in memory to be fast, until it is asked for again.
func (s *Store) Rest() {
	s.mu.Lock()
	s.book, s.seq, s.hash = nil, 0, ""
	clear(s.tables)
	s.mu.Unlock()
	s.read.SetMaxIdleConns(0) // closes those that nobody uses, with their caches
	s.read.SetMaxIdleConns(readers)
	s.write.SetMaxIdleConns(0)
	s.write.SetMaxIdleConns(1)
}

// Close gives back all leases and closes the file.
func (s *Store) Close() error {
	s.mu.Lock()
	held := make([]*Lease, 0, len(s.leases))
	for l := range s.leases {
		held = append(held, l)
	}
	s.mu.Unlock()
	var first error
	for _, l := range held {
		if err := l.Release(context.Background()); err != nil && first == nil {
			first = err
		}
	}
	for _, db := range []*sql.DB{s.read, s.write} {
		if db == nil {
			continue
		}
		if err := db.Close(); err != nil && first == nil {
			first = explain("closing the database", err)
		}
	}
	return first
}
