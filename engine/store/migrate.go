package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"time"
)

//go:embed schema/*.sql
var schemaFiles embed.FS

// A migration is one numbered step of the schema.
type migration struct {
	version int
	name    string
	text    string
}

// migrations are all steps, in order; step n has the version n.
func migrations() ([]migration, error) {
	names, err := fs.Glob(schemaFiles, "schema/*.sql") // sorted by name
	if err != nil {
		return nil, err
	}
	var all []migration
	for i, name := range names {
		text, err := schemaFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		short := strings.TrimPrefix(name, "schema/")
		if want := fmt.Sprintf("%05d.sql", i+1); short != want {
			return nil, fmt.Errorf("schema step %s should be called %s", short, want)
		}
		all = append(all, migration{version: i + 1, name: short, text: string(text)})
	}
	return all, nil
}

// newest is the version this program writes.
const newest = 10

// version reads the schema's version: 0 for an empty file.
func version(ctx context.Context, q querier) (int, error) {
	var v int
	err := q.QueryRowContext(ctx, `select max(version) from migrations`).Scan(&v)
	if err == nil {
		return v, nil
	}
	if !strings.Contains(err.Error(), "no such table") {
		return 0, explain("reading the database", err)
	}
	var tables int
	if err := q.QueryRowContext(ctx, `select count(*) from sqlite_master`).Scan(&tables); err != nil {
		return 0, explain("reading the database", err)
	}
	if tables > 0 {
		return 0, &Fault{What: "this file is a database, but not one of Clarion's",
			Hint: "name another file; this one was left as it is"}
	}
	return 0, nil
}

// checkVersion refuses a file that this program cannot read.
func checkVersion(ctx context.Context, q querier) error {
	v, err := version(ctx, q)
	switch {
	case err != nil:
		return err
	case v > newest:
		return tooNew(v)
	case v < newest:
		return &Fault{What: "the database is of an older version of Clarion and was opened for reading only",
			Hint: "run any other command of Clarion once, which brings it up to date"}
	}
	return nil
}

func tooNew(v int) error {
	return &Fault{What: fmt.Sprintf("the database was written by a newer version of Clarion (schema %d; this program knows %d)", v, newest),
		Hint: "install the newer version; nothing was changed"}
}

// migrate brings the schema to the newest version. An up-to-date file costs one
// query; otherwise the steps run in one transaction that takes the write lock
// first, so that two processes that start together do not both migrate.
func (s *Store) migrate(ctx context.Context, fresh bool) error {
	if !fresh {
		v, err := version(ctx, s.read)
		if err != nil {
			return err
		}
		if v > newest {
			return tooNew(v)
		}
		if v == newest {
			return nil
		}
	}
	return retryBusy(ctx, func() error { return migrateTo(ctx, s.write, newest, s.machine(), s.options.Now()) })
}

// retryBusy tries again for some seconds while another process holds the file:
// switching a new file to its log is the one step SQLite does not wait for.
func retryBusy(ctx context.Context, f func() error) error {
	for try := 0; ; try++ {
		err := f()
		if err == nil || !isBusy(err) || try == 100 {
			return err
		}
		pause := time.NewTimer(50 * time.Millisecond)
		select {
		case <-ctx.Done():
			pause.Stop()
			return ctx.Err()
		case <-pause.C:
		}
	}
}

// migrateTo runs the steps that are missing, up to a version.
func migrateTo(ctx context.Context, db *sql.DB, upTo int, machine string, now time.Time) error {
	steps, err := migrations()
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return explain("making the tables of the database", err)
	}
	defer tx.Rollback()
	at, err := version(ctx, tx)
	if err != nil {
		return err
	}
	if at > newest {
		return tooNew(at)
	}
	if at == 0 {
		if err := begin(ctx, tx); err != nil {
			return explain("making the tables of the database", err)
		}
	}
	for _, m := range steps {
		if m.version <= at || m.version > upTo {
			continue
		}
		if _, err := tx.ExecContext(ctx, m.text); err != nil {
			return explain("bringing the tables up to date ("+m.name+")", err)
		}
		if _, err := tx.ExecContext(ctx, `insert into migrations (version, name, sha256, applied) values (?, ?, ?, ?)`,
			m.version, m.name, sha256Hex([]byte(m.text)), now.UnixMicro()); err != nil {
			return explain("bringing the tables up to date ("+m.name+")", err)
		}
	}
	if at == 0 {
		if err := baptise(ctx, tx, machine); err != nil {
			return explain("making the tables of the database", err)
		}
	}
	return explain("making the tables of the database", tx.Commit())
}

// begin makes the table of migrations, which no migration can make.
func begin(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `create table migrations (
  version bigint not null primary key,
  name text not null,
  sha256 text not null,
  applied bigint not null
)`)
	return err
}

// baptise gives a new store its name and its secret.
func baptise(ctx context.Context, tx *sql.Tx, machine string) error {
	for _, m := range [][2]string{{metaInstance, rand.Text()}, {metaSecret, rand.Text() + rand.Text()},
		{metaMachine, machine}, {metaEpoch, "1"}, {metaSent, "0"}, {metaChanges, "0"}} {
		if _, err := tx.ExecContext(ctx, `insert into meta (constituency, name, value) values (?, ?, ?)`, here, m[0], m[1]); err != nil {
			return err
		}
	}
	return nil
}
