package store

import (
	"context"
	"database/sql"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// A Series is many small transactions of one writer, one after the other, such
// as a run of sending. From one to the next it keeps a Book of its own, so that
// the ledger is not copied for each of them, however long it is, and statements
// that are ready. Others may read and write meanwhile: the Series takes in what
// they did.
//
// The number of sent letters is noted outside the database at the first claim,
// then at most once a second, and at the end: any copy of the database that was
// made before the Series began is told by the first.
type Series struct {
	s    *Store
	book *ledger.Book // nil: to be copied
	seq  int64
	hash string

	ready map[string]*sql.Stmt // by their text
	wants []string             // statements that are to be ready the next time

	noted time.Time // when the number of sent letters was last noted
	owes  bool      // letters were claimed since
}

// noteEvery is how often a Series notes the number of sent letters.
const noteEvery = time.Second

// Series begins one. It belongs to one goroutine, which ends it with Close.
func (s *Store) Series() *Series { return &Series{s: s, ready: map[string]*sql.Stmt{}} }

// Update is the store's Update, as one of the Series.
func (r *Series) Update(ctx context.Context, f func(*Tx) error) error {
	err := r.s.update(ctx, r, f)
	for _, query := range r.wants { // the transaction has given the connection back
		if st, err := r.s.write.PrepareContext(ctx, query); err == nil {
			r.ready[query] = st
		}
	}
	r.wants = r.wants[:0]
	return err
}

// Close notes what is to be noted and leaves the Book to those who read.
func (r *Series) Close(ctx context.Context) {
	s := r.s
	for _, st := range r.ready {
		_ = st.Close()
	}
	clear(r.ready)
	if r.owes {
		s.note(ctx)
		r.owes = false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.book != nil && (s.book == nil || s.seq <= r.seq) {
		s.book, s.seq, s.hash = r.book, r.seq, r.hash
	}
	r.book = nil
}

// take gives the Series' own Book, brought up to where the ledger stands, or
// nothing where it has none that could be. Whoever takes it gives it back with
// keep; a transaction that came to nothing does not.
func (r *Series) take(t *Tx, seq int64, hash string) (*ledger.Book, error) {
	book, had := r.book, r.seq
	r.book = nil
	switch {
	case book == nil:
		return nil, nil
	case had == seq && r.hash == hash:
		return book, nil
	}
	follows, err := t.follows(had, r.hash, seq)
	if err != nil || !follows {
		return nil, err
	}
	return t.replay(book, had)
}

// keep takes back the Book of a transaction that is on the disk, or that
// changed nothing of it.
func (r *Series) keep(t *Tx) { r.book, r.seq, r.hash = t.book, t.seq, t.hash }

// notes reports whether letters that were claimed are to be noted now.
func (r *Series) notes(now time.Time) bool {
	if since := now.Sub(r.noted); !r.noted.IsZero() && since >= 0 && since < noteEvery {
		r.owes = true
		return false
	}
	r.noted, r.owes = now, false
	return true
}
