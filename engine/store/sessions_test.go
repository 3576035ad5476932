package store

import (
	"errors"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// session says whether a session of a name is there at a moment.
func session(t testing.TB, s *Store, name string, at time.Time) (found bool) {
	t.Helper()
	view(t, s, func(tx *Tx) (err error) {
		_, found, err = tx.Session(name, at)
		return err
	})
	return found
}

// TestSessions begin, are kept longer, and end; one that has ended is not brought
// back by a page that was still under way. None of it is a change to anybody.
func TestSessions(t *testing.T) {
	s := open(t, "")
	counter := func() (n int64) {
		view(t, s, func(tx *Tx) error { n = tx.Counter(); return nil })
		return n
	}
	before := counter()
	ann, local := Sitting{Person: 7}, Sitting{Role: "secretary"}
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.BeginSession("one", ann, []byte("a"), noon.Add(time.Hour), noon), tx.BeginSession("two", ann, []byte("b"), noon.Add(time.Hour), noon),
			tx.BeginSession("three", local, []byte("c"), noon.Add(time.Hour), noon))
	})
	if !session(t, s, "one", noon) || session(t, s, "one", noon.Add(time.Hour)) || session(t, s, "four", noon) {
		t.Error("a session is not there for its hour")
	}
	update(t, s, func(tx *Tx) error { return tx.KeepSession("one", []byte("a"), noon.Add(2*time.Hour)) })
	if !session(t, s, "one", noon.Add(90*time.Minute)) {
		t.Error("a session was not kept longer")
	}
	update(t, s, func(tx *Tx) error { return tx.EndSession("one") })
	update(t, s, func(tx *Tx) error { return tx.KeepSession("one", []byte("a"), noon.Add(2*time.Hour)) })
	if session(t, s, "one", noon) {
		t.Error("a session that has ended came back")
	}
	update(t, s, func(tx *Tx) error { return tx.EndSessions(ann) })
	if session(t, s, "two", noon) || !session(t, s, "three", noon) {
		t.Error("signing out everywhere ends the sessions of others, or not all")
	}
	if counter() != before {
		t.Error("signing in is a change to everybody")
	}
}

// TestALinkToSignInHolds once, and until its end; signing out everywhere and being
// forgotten take it back.
func TestALinkToSignInHolds(t *testing.T) {
	s := open(t, "")
	linkFor := func(of Sitting) (token string) {
		update(t, s, func(tx *Tx) (err error) { token, err = tx.NewSignIn(of, noon.Add(15*time.Minute)); return err })
		return token
	}
	use := func(token string, at time.Time) (of Sitting, err error) {
		update(t, s, func(tx *Tx) error { of, err = tx.UseSignIn(token, at); return nil })
		return of, err
	}
	ann := Sitting{Person: 7}
	token := linkFor(ann)
	for range 2 {
		view(t, s, func(tx *Tx) error {
			if of, err := tx.CheckSignIn(token, noon); err != nil || of != ann {
				t.Errorf("looking at it: %+v, %v", of, err)
			}
			return nil
		})
	}
	if of, err := use(token, noon); err != nil || of != ann {
		t.Errorf("%+v, %v", of, err)
	}
	late, everywhere := linkFor(ann), linkFor(ann)
	if _, err := use(late, noon.Add(15*time.Minute)); !errors.Is(err, ErrToken) {
		t.Errorf("late: %v", err)
	}
	update(t, s, func(tx *Tx) error { return tx.EndSessions(ann) })
	for _, token := range []string{token, everywhere, "", "x", late + "a"} {
		if _, err := use(token, noon); !errors.Is(err, ErrToken) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

// TestForgettingSignsOut whoever is forgotten.
func TestForgettingSignsOut(t *testing.T) {
	s := open(t, "")
	importList(t, s, listOf(3))
	var ref dataset.Ref = 2
	update(t, s, func(tx *Tx) error {
		_, err := tx.NewSignIn(Sitting{Person: ref}, noon.Add(time.Hour))
		return errors.Join(err, tx.BeginSession("one", Sitting{Person: ref}, []byte("a"), noon.Add(time.Hour), noon))
	})
	update(t, s, func(tx *Tx) error { _, err := tx.Forget("members", ref, "secretary", noon); return err })
	if session(t, s, "one", noon) {
		t.Error("who was forgotten is signed in")
	}
}
