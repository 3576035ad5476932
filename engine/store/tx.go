package store

import (
	"context"
	"database/sql"
	"errors"
	"strconv"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// querier is what the connections and a transaction have in common.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A Tx is one transaction. It belongs to one goroutine and ends with the call
// that it was given to.
type Tx struct {
	s       *Store
	ctx     context.Context
	tx      *sql.Tx
	series  *Series // of which it is one, or nil
	writing bool
	changed bool // something was written: the change counter moves
	quiet   bool // something was written that is no change to anybody

	statements map[string]*sql.Stmt
	book       *ledger.Book
	seq        int64
	hash       string
	applied    bool
	broken     error // why nothing of this can be kept
	pending    []pending
	approved   map[int64]string // digests approved in this transaction
	claims     int64            // messages claimed in this transaction
	forgot     bool
	meta       map[string]string
}

// Update runs f in one transaction that may write. If f returns an error
// nothing of it is kept, and the error is returned as it is.
func (s *Store) Update(ctx context.Context, f func(*Tx) error) error {
	return s.update(ctx, nil, f)
}

// update is Update, within a series or without.
func (s *Store) update(ctx context.Context, series *Series, f func(*Tx) error) error {
	if s.options.ReadOnly {
		return &Fault{What: "the database was opened for reading only", Hint: "open it for writing"}
	}
	tx, err := s.write.BeginTx(ctx, nil)
	if err != nil {
		return explain("starting to write to the database", err)
	}
	t := &Tx{s: s, ctx: context.WithoutCancel(ctx), tx: tx, writing: true, series: series}
	defer tx.Rollback() // after a commit it does nothing
	if err := t.run(f); err != nil {
		return err
	}
	if t.broken != nil {
		return t.broken
	}
	if !t.changed && !t.quiet {
		t.keepBook()
		return nil
	}
	if err := t.finish(); err != nil {
		return explain("writing to the database", err)
	}
	if err := tx.Commit(); err != nil {
		return explain("writing to the database", err)
	}
	return t.committed()
}

// finish moves the counters that belong to the transaction itself.
func (t *Tx) finish() error {
	if !t.changed {
		return nil
	}
	if err := t.add(metaChanges, 1); err != nil {
		return err
	}
	if t.claims > 0 {
		if err := t.add(metaSent, t.claims); err != nil {
			return err
		}
	}
	return t.setMeta(metaLastWall, strconv.FormatInt(t.s.options.Now().UnixMicro(), 10))
}

// committed does what may only be done once the transaction is on the disk.
func (t *Tx) committed() error {
	s := t.s
	t.keepBook()
	if t.meta[metaEpoch] != "" || t.claims > 0 && (t.series == nil || t.series.notes(s.options.Now())) {
		s.note(t.ctx)
	}
	if t.forgot {
		s.dropTables()
		return s.wipe(t.ctx)
	}
	return nil
}

// keepBook keeps the Book of a transaction that is on the disk.
func (t *Tx) keepBook() {
	switch {
	case t.series != nil && t.book != nil:
		t.series.keep(t)
	case t.applied:
		t.s.mu.Lock()
		t.s.book, t.s.seq, t.s.hash = t.book, t.seq, t.hash
		t.s.mu.Unlock()
	}
}

// note notes the number of sent letters outside, or remembers why it could not.
func (s *Store) note(ctx context.Context) {
	err := s.noteOutside(ctx)
	s.mu.Lock()
	s.noted = err
	s.mu.Unlock()
}

// View runs f in one transaction that sees the store at one moment.
func (s *Store) View(ctx context.Context, f func(*Tx) error) error {
	tx, err := s.read.BeginTx(ctx, nil)
	if err != nil {
		return explain("starting to read the database", err)
	}
	defer tx.Rollback()
	return (&Tx{s: s, ctx: context.WithoutCancel(ctx), tx: tx}).run(f)
}

// run calls f; a Book that could not be read ends it with that error.
func (t *Tx) run(f func(*Tx) error) (err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case unreadable:
			err = p.err
		default:
			panic(p)
		}
	}()
	return f(t)
}

// prepared gives a statement, prepared once in the transaction.
func (t *Tx) prepared(query string) (*sql.Stmt, error) {
	if st := t.statements[query]; st != nil {
		return st, nil
	}
	var st *sql.Stmt
	if t.series != nil && t.series.ready[query] != nil {
		st = t.tx.StmtContext(t.ctx, t.series.ready[query])
	} else {
		var err error
		if st, err = t.tx.PrepareContext(t.ctx, query); err != nil {
			return nil, err
		}
		if t.series != nil {
			t.series.wants = append(t.series.wants, query)
		}
	}
	if t.statements == nil {
		t.statements = map[string]*sql.Stmt{}
	}
	t.statements[query] = st
	return st, nil
}

// exec writes.
func (t *Tx) exec(query string, args ...any) error {
	_, err := t.execCount(query, args...)
	return err
}

// execCount writes and gives the number of rows.
func (t *Tx) execCount(query string, args ...any) (int64, error) {
	if !t.writing {
		return 0, &Fault{What: "this transaction is for reading", Hint: "use Update"}
	}
	st, err := t.prepared(query)
	if err != nil {
		return 0, err
	}
	t.changed = true
	r, err := st.ExecContext(t.ctx, args...)
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// each calls f for every row of a query.
func (t *Tx) each(query string, args []any, f func(scan func(...any) error) error) error {
	st, err := t.prepared(query)
	if err != nil {
		return err
	}
	rows, err := st.QueryContext(t.ctx, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one reads one row; false: there is none.
func (t *Tx) one(query string, args []any, into ...any) (bool, error) {
	st, err := t.prepared(query)
	if err != nil {
		return false, err
	}
	err = st.QueryRowContext(t.ctx, args...).Scan(into...)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}

// micros is a moment as it is stored; the zero moment is null.
func micros(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMicro()
}

// moment is a stored moment.
func moment(v sql.NullInt64) time.Time {
	if !v.Valid {
		return time.Time{}
	}
	return time.UnixMicro(v.Int64).UTC()
}

// oneOrZero is a yes or no as it is stored.
func oneOrZero(b bool) int {
	if b {
		return 1
	}
	return 0
}

// orNull stores 0 and the empty text as nothing.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

// execQuiet writes what is no change to anybody: the counter stands still.
func (t *Tx) execQuiet(query string, args ...any) error {
	before := t.changed
	err := t.exec(query, args...)
	t.changed, t.quiet = before, true
	return err
}
