package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// A SavedPlan is what waited for a yes at a moment, as officers were shown it.
type SavedPlan struct {
	Number                    int64
	Digest                    string // over its number and the digests of its letters, in order
	Saved, Expires            time.Time
	Data, Playbooks, Settings string // digests of what it was made from
	Letters                   []int64
	Waiting                   int  // letters of it that have no yes and no no
	Expired                   bool // nobody decided all of it in time
}

// Open reports whether a yes may still name the plan.
func (p SavedPlan) Open() bool { return !p.Expired && p.Waiting > 0 }

// SavedPlans lists the plans that may be approved, the newest first, and after
// them the last one that may not: it expired, or all of it was decided.
func (e *Engine) SavedPlans(ctx context.Context) (out []SavedPlan, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		var past []SavedPlan
		for _, p := range slices.Backward(book.SavedPlans()) {
			if s := saved(book, p, e.Now()); s.Open() {
				out = append(out, s)
			} else if len(past) == 0 {
				past = append(past, s)
			}
		}
		out = append(out, past...)
		return nil
	})
	return out, err
}

func saved(book *ledger.Book, p ledger.SavedPlan, now time.Time) SavedPlan {
	s := SavedPlan{Number: p.Number, Digest: p.Digest, Saved: p.Saved, Expires: p.Expires, Data: p.Data, Playbooks: p.Playbooks,
		Settings: p.Settings, Letters: p.Letters}
	for _, id := range p.Letters {
		if m, _ := book.Message(id); m.State == ledger.Proposed {
			s.Waiting++
		}
	}
	s.Expired = p.Expired || s.Waiting > 0 && !now.Before(p.Expires)
	return s
}

// shortest is how much of a digest, or of a hash, names what it stands for.
const shortest = 12

// ApprovePlan approves the letters of a saved plan that the voice's role decides
// about, but for those left out, which go on waiting. The plan is named by its
// digest, or by the beginning of it, so that nothing is approved but what was
// shown. A letter that has fallen away since is listed with its reason.
func (e *Engine) ApprovePlan(ctx context.Context, v Voice, digest string, without []int64) (Decision, error) {
	var d Decision
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		p, err := e.planOf(book, digest, now)
		if err != nil {
			return err
		}
		for _, id := range without {
			if !slices.Contains(p.Letters, id) {
				return fmt.Errorf("letter %d is not in plan %d", id, p.Number)
			}
		}
		a, err := e.approving(tx, v, p.Number, true, now)
		if err != nil {
			return err
		}
		mine := 0
		for _, id := range p.Letters {
			m, _ := book.Message(id)
			switch {
			case slices.Contains(without, id), settled(m.State):
				mine++
				continue
			case m.State != ledger.Proposed:
				d.Not = append(d.Not, Fallen{ID: id, Why: m.Reason})
				continue
			case !a.decides(m):
				continue
			}
			mine++
			if err := a.decide(&d, id, m.Digest); err != nil {
				return err
			}
		}
		if mine == 0 {
			return fmt.Errorf("plan %d has no letter that the %s decides about", p.Number, e.set.RoleTitle(v.Role))
		}
		return nil
	})
	return d, err
}

// decides reports whether a letter waits for the yes of this voice: the only one,
// or the first or the second of two.
func (a *approval) decides(m ledger.Message) bool {
	if m.Two && m.First != (ledger.Yes{}) {
		return a.maySecond(m.First) == ""
	}
	return a.mayDecide(a.in, a.voice.Role, m.Approver) == ""
}

// settled tells that somebody has said yes or no to a letter already.
func settled(s ledger.MessageState) bool {
	return s != ledger.Proposed && s != ledger.Superseded && s != ledger.Expired
}

// planOf finds the saved plan that a digest names and that may be approved.
func (e *Engine) planOf(book *ledger.Book, digest string, now time.Time) (SavedPlan, error) {
	digest = strings.ToLower(strings.TrimSpace(digest))
	if _, err := hex.DecodeString(digest + strings.Repeat("0", len(digest)%2)); err != nil || len(digest) < shortest {
		return SavedPlan{}, fmt.Errorf("a plan is named by its digest, of which the first %d characters will do: clarion review prints it", shortest)
	}
	var past *SavedPlan
	for _, p := range slices.Backward(book.SavedPlans()) {
		if !strings.HasPrefix(p.Digest, digest) {
			continue
		}
		s := saved(book, p, now)
		if s.Open() {
			return s, nil
		}
		if past == nil {
			past = &s
		}
	}
	switch {
	case past == nil:
		return SavedPlan{}, errors.New("no plan with this digest was saved, or something else has happened since: clarion review shows the one that waits")
	case !past.Expired:
		return SavedPlan{}, fmt.Errorf("every letter of plan %d has been decided, or has fallen away", past.Number)
	}
	return SavedPlan{}, fmt.Errorf("plan %d of %s expired on %s, for nobody decided all of it in time. Look at what waits now: clarion review",
		past.Number, e.Clock().Words(past.Saved), e.Clock().Words(past.Expires))
}

// savePlan saves what waits for a yes now, where it is not what was saved last,
// and gives the end of what it saved.
func (e *Engine) savePlan(tx *store.Tx, now time.Time) (expires time.Time, err error) {
	book, err := tx.LoadBook()
	if err != nil {
		return expires, err
	}
	waiting := slices.DeleteFunc(book.MessagesIn(ledger.Proposed), func(m ledger.Message) bool { return m.Kind != ledger.Letter })
	if len(waiting) == 0 {
		return expires, nil
	}
	next := book.NextPlan()
	c := ledger.PlanSaved{Plan: next, Digest: ledger.PlanDigest(next, waiting), Expires: now.Add(e.set.Constituency.Review.Expires), Settings: e.set.Settings}
	for _, m := range waiting {
		c.Letters = append(c.Letters, m.ID)
	}
	all := book.SavedPlans()
	if n := len(all); n > 0 && !saved(book, all[n-1], now).Expired && slices.Equal(all[n-1].Letters, c.Letters) {
		return expires, nil
	}
	if c.Data, err = dataDigest(tx); err != nil {
		return expires, err
	}
	h := sha256.New()
	for _, pb := range e.set.Playbooks {
		fmt.Fprintf(h, "%s %s\n", pb.Name, pb.Digest)
	}
	c.Playbooks = hex.EncodeToString(h.Sum(nil))
	return c.Expires, tx.Apply(now, "clarion", c)
}

// dataDigest stands for all that is known: the imports that hold, and the facts
// that were recorded.
func dataDigest(tx *store.Tx) (string, error) {
	all, err := tx.Imports()
	if err != nil {
		return "", err
	}
	book, err := tx.LoadBook()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, r := range all {
		if r.Undone.IsZero() {
			fmt.Fprintf(h, "%d %s %s\n", r.ID, r.Dataset, r.SHA256)
		}
	}
	for _, f := range book.Rest().Facts {
		fmt.Fprintf(h, "%s %d %s %s\n", f.Dataset, f.Subject, f.Column, f.Digest)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
