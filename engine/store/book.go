package store

import (
	"database/sql"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// Book is the whole ledger. In a View it is shared and must not be changed; in
// an Update it is the transaction's own and changes with Apply. It panics only
// where the database cannot be read: use LoadBook to be told.
func (t *Tx) Book() *ledger.Book {
	b, err := t.LoadBook()
	if err != nil {
		panic(unreadable{err})
	}
	return b
}

// unreadable carries a failure of Book to the end of its transaction.
type unreadable struct{ err error }

// LoadBook is Book where a failure to read can be handled.
func (t *Tx) LoadBook() (*ledger.Book, error) {
	if t.book != nil {
		return t.book, nil
	}
	seq, hash, err := t.head()
	if err != nil {
		return nil, explain("reading the ledger", err)
	}
	if t.series != nil {
		own, err := t.series.take(t, seq, hash)
		if err != nil || own != nil {
			t.book, t.seq, t.hash = own, seq, hash
			return own, explain("reading the ledger", err)
		}
	}
	t.s.mu.Lock()
	book, had, hadHash := t.s.book, t.s.seq, t.s.hash
	t.s.mu.Unlock()
	if book == nil || had != seq || hadHash != hash {
		if book, err = t.catchUp(book, had, hadHash, seq); err != nil {
			return nil, explain("reading the ledger", err)
		}
		t.s.mu.Lock()
		if t.s.book == nil || t.s.seq <= seq {
			t.s.book, t.s.seq, t.s.hash = book, seq, hash
		}
		t.s.mu.Unlock()
	}
	if t.writing {
		book = book.Clone()
	}
	t.book, t.seq, t.hash = book, seq, hash
	return book, nil
}

// head is the last event of the log.
func (t *Tx) head() (seq int64, hash string, err error) {
	_, err = t.one(`select seq, hash from events where constituency = ? order by seq desc limit 1`, []any{here}, &seq, &hash)
	return seq, hash, err
}

// catchUp gives the Book at the last event: the one at hand with what others
// have done since, or the projection, or, where that is missing, the whole log
// again.
func (t *Tx) catchUp(book *ledger.Book, had int64, hadHash string, seq int64) (*ledger.Book, error) {
	if book != nil {
		follows, err := t.follows(had, hadHash, seq)
		if err != nil {
			return nil, err
		}
		if follows {
			return t.replay(book.Clone(), had)
		}
	}
	var at int64
	found, err := t.one(`select seq from books where constituency = ?`, []any{here}, &at)
	if err != nil {
		return nil, err
	}
	if !found || at != seq {
		return t.replay(ledger.New(), 0)
	}
	return t.restore()
}

// follows reports whether the log goes on from where a Book stands, and not
// for so long that the projection is read faster.
func (t *Tx) follows(had int64, hadHash string, seq int64) (bool, error) {
	if had >= seq || seq-had > 1000 {
		return false, nil
	}
	if had == 0 {
		return true, nil
	}
	var same int
	return t.one(`select 1 from events where constituency = ? and seq = ? and hash = ?`, []any{here, had, hadHash}, &same)
}

// Replay makes the Book anew from the log alone, checking every hash on the way.
func (t *Tx) Replay() (*ledger.Book, error) {
	b, err := t.replay(ledger.New(), 0)
	return b, explain("replaying the ledger", err)
}

// replay applies the events after one. A log that was changed by hand shows.
func (t *Tx) replay(b *ledger.Book, after int64) (*ledger.Book, error) {
	err := t.each(`select seq, type, happened, happened_by, body, hash from events
		where constituency = ? and seq > ? order by seq`, []any{here, after}, func(scan func(...any) error) error {
		var e ledger.Event
		var at int64
		var typ, hash string
		var body []byte
		if err := scan(&e.Seq, &typ, &at, &e.By, &body, &hash); err != nil {
			return err
		}
		e.At = time.UnixMicro(at).UTC()
		var err error
		if e.Change, err = ledger.Decode(typ, body); err != nil {
			return fmt.Errorf("event %d: %w", e.Seq, err)
		}
		if err := b.Apply(e); err != nil {
			return fmt.Errorf("event %d: %w", e.Seq, err)
		}
		if sum := b.Hash(); hex.EncodeToString(sum[:]) != hash {
			return &Fault{What: fmt.Sprintf("event %d of the log is not what was written", e.Seq),
				Hint: "the database was changed by hand or is damaged: run clarion restore with the last backup"}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	b.ResetTouched()
	return b, nil
}

// An EventRecord is one event of the log, for people.
type EventRecord struct {
	ledger.Event
	Entity string
	Hash   string
}

// Events are the events after one, oldest first, at most so many.
func (t *Tx) Events(after int64, most int) ([]EventRecord, error) {
	var all []EventRecord
	err := t.each(`select seq, type, happened, happened_by, entity, body, hash from events
		where constituency = ? and seq > ? order by seq limit ?`, []any{here, after, most}, func(scan func(...any) error) error {
		var e EventRecord
		var typ string
		var body []byte
		var at sql.NullInt64
		if err := scan(&e.Seq, &typ, &at, &e.By, &e.Entity, &body, &e.Hash); err != nil {
			return err
		}
		var err error
		e.At = moment(at)
		e.Change, err = ledger.Decode(typ, body)
		all = append(all, e)
		return err
	})
	return all, explain("reading the log", err)
}
