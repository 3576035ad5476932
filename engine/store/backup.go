package store

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"

	"github.com/clarion-clp/clarion/engine/lockfile"
)

// Backup copies the store as it is at one moment into a new file, while others
// work on. The copy must be taken over before letters are sent from it.
func (s *Store) Backup(ctx context.Context, file string) error {
	return newFile(file, "writing the backup", func(partial string) error {
		if err := s.copyInto(ctx, partial); err != nil {
			return err
		}
		return markCopy(ctx, partial)
	})
}

// copyInto has the database copy itself, by a connection of its own: the
// readers' may not write anywhere, and the writer's has other work.
func (s *Store) copyInto(ctx context.Context, file string) error {
	db, err := sql.Open("sqlite", dataSource(s.path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(5000)", "temp_store(2)"}}))
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `vacuum into ?`, file)
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	return err
}

// RestoreFile puts a backup in the place of a store that is not there. What it
// made plans, but does not send, until it is taken over.
func RestoreFile(ctx context.Context, backup, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return explain("restoring the database", err)
	}
	if err := checkPlace(path); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return explain("restoring the database", err)
	}
	for _, beside := range []string{"-wal", "-journal"} {
		if _, err := os.Lstat(path + beside); err == nil {
			return &Fault{What: "there is the log of another database at " + path + beside,
				Hint: "move it away together with the database it belongs to; nothing was changed"}
		}
	}
	return newFile(path, "restoring the database", func(partial string) error {
		if err := copyFile(backup, partial); err != nil {
			return err
		}
		if err := checkWhole(ctx, partial); err != nil {
			return err
		}
		return markCopy(ctx, partial)
	})
}

// newFile makes a file under another name, makes it durable and gives it its
// name, unless something has that name. A failure leaves nothing behind.
func newFile(file, doing string, fill func(partial string) error) error {
	if _, err := os.Lstat(file); err == nil {
		return &Fault{What: "there is already a file " + file, Hint: "choose another name, or move that file away; nothing was changed"}
	} else if !errors.Is(err, os.ErrNotExist) {
		return explain(doing, err)
	}
	partial := file + ".partial"
	if err := os.Remove(partial); err != nil && !errors.Is(err, os.ErrNotExist) {
		return explain(doing, err)
	}
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if err != nil {
		return explain(doing, err)
	}
	f.Close()
	err = fill(partial)
	if err == nil {
		err = syncFile(partial)
	}
	if err == nil {
		err = os.Rename(partial, file)
	}
	if err != nil {
		os.Remove(partial)
		os.Remove(partial + "-journal")
		return explain(doing, err)
	}
	return explain(doing, lockfile.SyncFolder(filepath.Dir(file)))
}

func syncFile(file string) error {
	f, err := os.OpenFile(file, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if cerr := out.Close(); err == nil {
		err = cerr
	}
	return err
}

// single opens a database that nobody else uses, as one file without a log.
func single(file string) (*sql.DB, error) {
	db, err := sql.Open("sqlite", dataSource(file, url.Values{"mode": {"rw"},
		"_pragma": {"journal_mode(delete)", "synchronous(full)", "secure_delete(1)"}}))
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// markCopy notes in a copy that it is one.
func markCopy(ctx context.Context, file string) error {
	db, err := single(file)
	if err != nil {
		return err
	}
	_, err = db.ExecContext(ctx, `insert into meta (constituency, name, value) values (?, ?, '1')
		on conflict (constituency, name) do update set value = excluded.value`, here, metaTakeover)
	if cerr := db.Close(); err == nil {
		err = cerr
	}
	return err
}

// checkWhole refuses a backup that is damaged, of another program or too new.
func checkWhole(ctx context.Context, file string) error {
	db, err := single(file)
	if err != nil {
		return err
	}
	defer db.Close()
	var found string
	if err := db.QueryRowContext(ctx, `pragma quick_check(1)`).Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return &Fault{What: "the backup is damaged", Hint: "use an older one; nothing was changed"}
	}
	v, err := version(ctx, db)
	switch {
	case err != nil:
		return err
	case v > newest:
		return tooNew(v)
	case v == 0:
		return &Fault{What: "the backup is empty", Hint: "use another one; nothing was changed"}
	}
	return nil
}
