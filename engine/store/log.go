package store

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// Head gives the last event of the log and its hash, which binds all before it.
// An empty log has the number 0 and no hash.
func (t *Tx) Head() (seq int64, hash string, err error) {
	seq, hash, err = t.head()
	return seq, hash, explain("reading the log", err)
}

// Decisions are the changes that are decisions even where no person made them,
// as the index events_decided has them.
var Decisions = []string{
	ledger.MessageApproved{}.Type(), ledger.Trusted{}.Type(), ledger.PlanSaved{}.Type(), ledger.PlanExpired{}.Type(),
	ledger.HaltedAll{}.Type(), ledger.Imported{}.Type(), ledger.Suppressed{}.Type(),
}

// errEnough ends a reading before its end.
var errEnough = errors.New("enough")

// Backwards calls f for the events before one, newest first, until it wants no
// more; 0: from the newest. Only what persons did, and changes of some types by
// whomever, where any types are named: of a year's log that is a small part, for
// which there is an index. The types are names of the ledger's own.
func (t *Tx) Backwards(before int64, types []string, f func(EventRecord) (more bool, err error)) error {
	query, args := `select seq, type, happened, happened_by, entity, body, hash from events where constituency = ?`, []any{here}
	if before > 0 {
		query, args = query+` and seq < ?`, append(args, before)
	}
	if len(types) > 0 { // written out as the index has it, which is found by that
		query += ` and (happened_by <> 'clarion' or type in ('` + strings.Join(types, "', '") + `'))`
	}
	err := t.each(query+` order by seq desc`, args, func(scan func(...any) error) error {
		e, _, err := readEvent(scan)
		if err != nil {
			return err
		}
		more, err := f(e)
		if err == nil && !more {
			err = errEnough
		}
		return err
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return explain("reading the log", err)
}

// readEvent reads one row of the log, and its body as it stands there.
func readEvent(scan func(...any) error) (e EventRecord, body []byte, err error) {
	var typ string
	var at int64
	if err := scan(&e.Seq, &typ, &at, &e.By, &e.Entity, &body, &e.Hash); err != nil {
		return e, nil, err
	}
	e.At = time.UnixMicro(at).UTC()
	e.Change, err = ledger.Decode(typ, body)
	return e, body, err
}

// Tampered says that the log is not what was written: it was changed or cut by
// hand, or the disk is damaged.
type Tampered struct {
	Good int64     // the last event that is as it was written; 0: none is
	At   time.Time // when that happened
	Why  string    // a sentence, without its full stop
}

func (e *Tampered) Error() string { return e.Why }

// Verify works the whole log out anew from what is stored: that its numbers have
// no gap, that every body is to the byte what the ledger wrote, and every hash
// that of all before it; that the Book which all of it makes is the one that is
// stored; and that both stand at the same event. Each event and its hash is
// passed to f. What is not so is a *Tampered.
func (t *Tx) Verify(f func(EventRecord)) error {
	book, last := ledger.New(), EventRecord{}
	bad := func(format string, args ...any) error {
		return &Tampered{Good: last.Seq, At: last.At, Why: fmt.Sprintf(format, args...)}
	}
	err := t.each(`select seq, type, happened, happened_by, entity, body, hash, coalesce(previous, '') from events where constituency = ? order by seq`,
		[]any{here}, func(scan func(...any) error) error {
			var before string
			e, body, err := readEvent(func(into ...any) error { return scan(append(into, &before)...) })
			switch {
			case err != nil && body == nil:
				return err
			case err != nil:
				return bad("event %d of the log cannot be read", e.Seq)
			case e.Seq != last.Seq+1:
				return bad("event %d of the log is missing", last.Seq+1)
			case before != last.Hash:
				return bad("event %d of the log does not follow the one before it", e.Seq)
			}
			was, err := ledger.Encode(e.Change)
			if err != nil || !bytes.Equal(was, body) {
				return bad("event %d of the log is not what was written", e.Seq)
			}
			err = book.Apply(e.Event)
			if sum := book.Hash(); err != nil || hex.EncodeToString(sum[:]) != e.Hash {
				return bad("event %d of the log is not what was written", e.Seq)
			}
			last = e
			f(e)
			return nil
		})
	if err != nil {
		if errors.As(err, new(*Tampered)) {
			return err
		}
		return explain("reading the log", err)
	}
	return t.stored(book, last.Hash)
}

// stored holds the Book that is stored against the one that the log makes.
func (t *Tx) stored(book *ledger.Book, hash string) error {
	bad := func(why string) error { return &Tampered{Good: book.Seq(), At: book.Last(), Why: why} }
	var seq int64
	var head string
	found, err := t.one(`select seq, hash from books where constituency = ?`, []any{here}, &seq, &head)
	switch {
	case err != nil:
		return explain("reading the ledger", err)
	case !found && book.Seq() == 0:
		return nil
	case !found || seq != book.Seq() || head != hash:
		return bad(fmt.Sprintf("the log ends with event %d, and the ledger stands at event %d", book.Seq(), seq))
	}
	kept, err := t.restore()
	if err != nil || !kept.Equal(book) {
		return bad("the ledger that is stored is not the one that the log makes")
	}
	return nil
}
