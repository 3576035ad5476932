package store

import (
	"context"
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/ledger"
)

// token makes a token for a message.
func token(t testing.TB, s *Store, p Purpose, id int64) (made string) {
	t.Helper()
	view(t, s, func(tx *Tx) (err error) {
		made, err = tx.Token(p, id, noon)
		return err
	})
	return made
}

// holds says whether a token holds for a purpose.
func holds(t testing.TB, s *Store, p Purpose, token string, now time.Time) bool {
	t.Helper()
	var err error
	view(t, s, func(tx *Tx) error {
		_, err = tx.CheckToken(p, token, now)
		return nil
	})
	if err != nil && err != ErrToken {
		t.Fatalf("%v, which is not all that may be said", err)
	}
	return err == nil
}

// TestATokenIsForOnePurpose, for one message, of one store, and for a while; and
// it fits where mail programs and the reader of the mailbox want it.
func TestATokenIsForOnePurpose(t *testing.T) {
	s, other := open(t, ""), open(t, "")
	one, two := propose(t, s, 17, words("ann@example.org", "Dear Ann")), propose(t, s, 18, words("bob@example.org", "Dear Bob"))
	propose(t, other, 17, words("ann@example.org", "Dear Ann"))
	leave, answer := token(t, s, ToUnsubscribe, one), token(t, s, ToAnswer, one)
	if !regexp.MustCompile(`^[a-z2-7]{27,52}$`).MatchString(leave) || leave == answer || leave == token(t, s, ToUnsubscribe, two) {
		t.Errorf("the tokens are %s and %s", leave, answer)
	}
	if token(t, s, ToUnsubscribe, one) != leave {
		t.Error("the same token was not made twice")
	}
	day := 24 * time.Hour
	for _, x := range []struct {
		what, token string
		s           *Store
		p           Purpose
		now         time.Time
		want        bool
	}{
		{"the token", leave, s, ToUnsubscribe, noon, true},
		{"in capitals, with space", " " + strings.ToUpper(leave) + "\n", s, ToUnsubscribe, noon, true},
		{"two years on", leave, s, ToUnsubscribe, noon.Add(730 * day), true},
		{"four years on", leave, s, ToUnsubscribe, noon.Add(4 * 366 * day), false},
		{"of the other purpose", answer, s, ToUnsubscribe, noon, false},
		{"for the other purpose", leave, s, ToAnswer, noon, false},
		{"for no purpose", leave, s, "", noon, false},
		{"an answer in three months", answer, s, ToAnswer, noon.Add(90 * day), true},
		{"an answer in four months", answer, s, ToAnswer, noon.Add(120 * day), false},
		{"on its last day", answer, s, ToAnswer, noon.Add(92*day + 12*time.Hour - time.Second), true},
		{"after its last day", answer, s, ToAnswer, noon.Add(92*day + 12*time.Hour), false},
		{"of another constituency", token(t, other, ToUnsubscribe, 1), s, ToUnsubscribe, noon, false},
		{"nothing", "", s, ToUnsubscribe, noon, false},
		{"too short", leave[:16], s, ToUnsubscribe, noon, false},
		{"too long", leave + "aa", s, ToUnsubscribe, noon, false},
		{"a book", strings.Repeat(leave, 1000), s, ToUnsubscribe, noon, false},
	} {
		if got := holds(t, x.s, x.p, x.token, x.now); got != x.want {
			t.Errorf("%s: holds %t", x.what, got)
		}
	}
	view(t, s, func(tx *Tx) error {
		if _, err := tx.Token(ToUnsubscribe, 4711, noon); !errors.Is(err, ErrNotFound) {
			t.Errorf("a token for no message: %v", err)
		}
		if _, err := tx.Token("everything", one, noon); err == nil {
			t.Error("a token for anything was made")
		}
		return nil
	})
}

// TestAForgedTokenIsRefused: whatever letter of one is another, it holds no more;
// nor does one that says more of the same proof.
func TestAForgedTokenIsRefused(t *testing.T) {
	s := open(t, "")
	id := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	propose(t, s, 18, words("bob@example.org", "Dear Bob"))
	made := token(t, s, ToUnsubscribe, id)
	const letters = "abcdefghijklmnopqrstuvwxyz234567"
	view(t, s, func(tx *Tx) error {
		rapid.Check(t, func(t *rapid.T) {
			b := []byte(made)
			for range rapid.IntRange(1, 3).Draw(t, "changes") {
				b[rapid.IntRange(0, len(b)-1).Draw(t, "place")] = letters[rapid.IntRange(0, 31).Draw(t, "letter")]
			}
			if _, err := tx.CheckToken(ToUnsubscribe, string(b), noon); err == nil && string(b) != made {
				t.Fatalf("%s holds, and %s was made", b, made)
			}
		})
		return nil
	})
}

// TestUsingAToken notes the first use and no other, in the transaction of what is
// done with it, and forgets it with the reader of the letter.
func TestUsingAToken(t *testing.T) {
	s := open(t, "")
	ann := someone(t, s)
	made := token(t, s, ToUnsubscribe, 1)
	use := func(at time.Time, fails error) (c Claim) {
		err := s.Update(context.Background(), func(tx *Tx) (err error) {
			if c, err = tx.UseToken(ToUnsubscribe, made, at); err != nil {
				return err
			}
			return fails
		})
		if err != fails {
			t.Fatal(err)
		}
		return c
	}
	used := func() (n int) {
		view(t, s, func(tx *Tx) error {
			_, err := tx.one(`select count(*) from tokens`, nil, &n)
			return err
		})
		return n
	}
	if holds(t, s, ToUnsubscribe, made, noon); used() != 0 {
		t.Error("looking at a token used it")
	}
	broke := errors.New("broke off")
	if use(noon, broke); used() != 0 {
		t.Error("what broke off used the token")
	}
	if c := use(noon, nil); c.Message != 1 || c.Purpose != ToUnsubscribe || !c.Used.IsZero() || used() != 1 {
		t.Errorf("the first use: %+v, %d kept", c, used())
	}
	if c := use(noon.Add(time.Hour), nil); !c.Used.Equal(noon) || used() != 1 {
		t.Errorf("the second use: %+v, %d kept", c, used())
	}
	made = strings.ToUpper(made)
	if c := use(noon, nil); c.Used.IsZero() || used() != 1 {
		t.Errorf("in capitals it is another token: %+v, %d kept", c, used())
	}
	for _, secret := range []string{made, strings.ToLower(made)} {
		if strings.Contains(string(rawBytes(t, s)), secret) {
			t.Error("a used token can be read in the database, and used again")
		}
	}
	update(t, s, func(tx *Tx) error {
		_, err := tx.Forget("members", ann, "secretary", noon)
		return err
	})
	if used() != 0 {
		t.Error("the use of a link of somebody forgotten is still kept")
	}
}

// TestATokenInACopy: the letters of a copy are the same, and so are their links;
// a number that both gave to a letter since is another letter's in each.
func TestATokenInACopy(t *testing.T) {
	s := open(t, "")
	before := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	path := filepath.Join(t.TempDir(), "copy.db")
	if err := s.Backup(context.Background(), path); err != nil {
		t.Fatal(err)
	}
	kept := open(t, path)
	after := propose(t, s, 18, words("bob@example.org", "Dear Bob"))
	other := propose(t, kept, 19, words("cat@example.org", "Dear Cat"))
	if after != other {
		t.Fatalf("the numbers are %d and %d: the test has lost its way", after, other)
	}
	if !holds(t, kept, ToUnsubscribe, token(t, s, ToUnsubscribe, before), noon) {
		t.Error("the link in a letter does not hold after a restore")
	}
	if holds(t, kept, ToUnsubscribe, token(t, s, ToUnsubscribe, after), noon) {
		t.Error("the link in Bob's letter is taken for Cat's")
	}
}

func FuzzToken(f *testing.F) {
	s := open(f, "")
	id := propose(f, s, 17, words("ann@example.org", "Dear Ann"))
	made := token(f, s, ToUnsubscribe, id)
	for _, seed := range []string{made, strings.ToUpper(made), made[1:], made + "a", "", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", "77777777777777777777777777777777", "ſ" + made} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if holds(t, s, ToUnsubscribe, text, noon) != (plainToken(text) == made) {
			t.Errorf("%q: holds %t", text, plainToken(text) != made)
		}
	})
}

// TestATokenOfAReview is for one saved plan, and bound to the letters in it.
func TestATokenOfAReview(t *testing.T) {
	s, other := open(t, ""), open(t, "")
	one := propose(t, s, 17, words("ann@example.org", "Dear Ann"))
	propose(t, other, 17, words("ann@example.org", "Dear Ann"))
	save := func(s *Store, letters ...int64) {
		err := s.Update(context.Background(), func(tx *Tx) error {
			book, err := tx.LoadBook()
			if err != nil {
				return err
			}
			var all []ledger.Message
			for _, id := range letters {
				m, _ := book.Message(id)
				all = append(all, m)
			}
			return tx.Apply(noon, "clarion", ledger.PlanSaved{Plan: book.NextPlan(), Digest: ledger.PlanDigest(book.NextPlan(), all), Letters: letters, Expires: noon.Add(time.Hour)})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	save(s, one)
	two := propose(t, s, 18, words("bob@example.org", "Dear Bob"))
	save(s, one, two)
	made := map[int64]string{}
	view(t, s, func(tx *Tx) (err error) {
		for _, plan := range []int64{1, 2} {
			if made[plan], err = tx.ReviewToken(one, plan, noon); err != nil {
				return err
			}
			c, err := tx.CheckToken(ToReview, made[plan], noon)
			if err != nil || c.Message != one || c.Plan != plan || c.Purpose != ToReview {
				t.Errorf("%+v, %v", c, err)
			}
		}
		if _, err := tx.ReviewToken(one, 3, noon); !errors.Is(err, ErrNotFound) {
			t.Errorf("a token for no plan: %v", err)
		}
		if _, err := tx.ReviewToken(one, 0, noon); err == nil {
			t.Error("a review of no plan")
		}
		if _, err := tx.Token(ToReview, one, noon); err == nil {
			t.Error("a review of no plan, by the other way")
		}
		return nil
	})
	if made[1] == made[2] || holds(t, s, ToAnswer, made[1], noon) || holds(t, s, ToStop, made[1], noon) || holds(t, other, ToReview, made[1], noon) {
		t.Errorf("the tokens %v hold for something else", made)
	}
	// A copy from before the second plan saves another one in its place.
	propose(t, other, 18, words("bob@example.org", "Dear Rob"))
	save(other, one)
	save(other, one, two)
	other.instance, other.secret = s.instance, s.secret
	if !holds(t, other, ToReview, made[1], noon) || holds(t, other, ToReview, made[2], noon) {
		t.Error("a token is not bound to the letters of its plan")
	}
}
