package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Pending message waits for a decision, or could not be told sent or not.
type Pending struct {
	ledger.Message
	Content   letter.Content
	Playbooks []string // whose it is, or of which an officer's digest carries something
	Second    []string // of a letter that needs two yeses: the roles that may say the second
}

// Pending lists the messages that wait for a person: proposed ones, and
// uncertain ones.
func (e *Engine) Pending(ctx context.Context) (proposed, uncertain []Pending, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		if proposed, err = withWords(tx, book, book.MessagesIn(ledger.Proposed)); err != nil {
			return err
		}
		if err := e.seconders(tx, proposed); err != nil {
			return err
		}
		uncertain, err = withWords(tx, book, book.MessagesIn(ledger.Uncertain))
		return err
	})
	return proposed, uncertain, err
}

// Unsent lists the letters that have their yes and have not left.
func (e *Engine) Unsent(ctx context.Context) (out []Pending, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		letters := slices.DeleteFunc(book.MessagesIn(ledger.Approved, ledger.Deferred), func(m ledger.Message) bool { return m.Kind != ledger.Letter })
		out, err = withWords(tx, book, letters)
		return err
	})
	return out, err
}

func withWords(tx *store.Tx, book *ledger.Book, ms []ledger.Message) ([]Pending, error) {
	var out []Pending
	for _, m := range ms {
		c, err := tx.Content(m.ID)
		if err != nil {
			return nil, err
		}
		out = append(out, Pending{Message: m, Content: c, Playbooks: carried(book, m)})
	}
	return out, nil
}

// Message gives one message with its words, whatever its state.
func (e *Engine) Message(ctx context.Context, id int64) (Pending, error) {
	var p Pending
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		m, ok := book.Message(id)
		if !ok {
			return fmt.Errorf("there is no message %d; clarion review lists those that wait", id)
		}
		c, err := tx.Content(id)
		p = Pending{Message: m, Content: c, Playbooks: carried(book, m)}
		if err == nil && m.State == ledger.Proposed {
			one := []Pending{p}
			err = e.seconders(tx, one)
			p = one[0]
		}
		return err
	})
	return p, err
}

// A Decision says what one call of Approve or Reject did.
type Decision struct {
	Done []int64
	Half []int64  // these have the first yes of two
	Not  []Fallen // looked at again, they may not go: with the reason
}

// apply decides one message. What the ledger refuses, because somebody else
// decided it or its words are others by now, leaves the rest as it is.
func (d *Decision) apply(tx *store.Tx, now time.Time, by string, id int64, c ledger.Change) error {
	var no *ledger.Refused
	err := tx.Apply(now, by, c)
	switch {
	case errors.As(err, &no):
		d.Not = append(d.Not, Fallen{ID: id, Why: no.Why})
		return nil
	case err != nil:
		return err
	}
	d.Done = append(d.Done, id)
	return nil
}

// Approve approves messages as they stand, named one by one: each by the digest
// that the approver saw. One that a new look would take away is not approved.
func (e *Engine) Approve(ctx context.Context, v Voice, shown []Pending) (Decision, error) {
	return e.approve(ctx, v, shown, false)
}

// ApproveTogether approves messages that one word named, a playbook's or all.
// Where a playbook is not trusted with batches, each letter is to be named.
func (e *Engine) ApproveTogether(ctx context.Context, v Voice, shown []Pending) (Decision, error) {
	return e.approve(ctx, v, shown, true)
}

func (e *Engine) approve(ctx context.Context, v Voice, shown []Pending, together bool) (Decision, error) {
	var d Decision
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		a, err := e.approving(tx, v, 0, together, now)
		if err != nil {
			return err
		}
		for _, s := range shown {
			if err := a.decide(&d, s.ID, s.Digest); err != nil {
				return err
			}
		}
		return nil
	})
	return d, err
}

// mayDecide says why a role may not say yes where another role's word is asked
// for, and who may; or is empty.
func (e *Engine) mayDecide(in plan.Input, by, approver string) string {
	roles := plan.Deciders(in, approver)
	switch {
	case slices.Contains(roles, by):
		return ""
	case len(roles) == 0:
		return fmt.Sprintf("nobody is %s, nor holds a role that this one falls to: write who is into the list of officers", e.set.RoleTitle(approver))
	case roles[0] != approver:
		return fmt.Sprintf("nobody is %s, so the %s decides: --as %s", e.set.RoleTitle(approver), e.set.RoleTitle(roles[0]), roles[0])
	}
	return fmt.Sprintf("the %s decides: --as %s", e.set.RoleTitle(approver), approver)
}

// TooLate says why a letter's yes can no longer be taken back, or is empty.
func (p Pending) TooLate(c calendar.Clock) string {
	switch p.State {
	case ledger.Sent, ledger.Bounced:
		return "it was sent on " + c.Words(p.SentAt)
	case ledger.Claimed:
		return "it is on its way at this moment"
	case ledger.Uncertain:
		return fmt.Sprintf("nobody knows whether it went. Look in the mailbox, then: clarion review uncertain %d", p.ID)
	}
	return ""
}

// Reject strikes messages out, with a reason, also those that have their yes
// and have not left. Their actions are withdrawn and not planned again.
func (e *Engine) Reject(ctx context.Context, v Voice, reason string, shown []Pending) (Decision, error) {
	var d Decision
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		words, err := tx.SaveWords(reason)
		if err != nil {
			return err
		}
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		for _, s := range shown {
			s.Message, _ = book.Message(s.ID) // it may have left since it was shown
			if why := s.TooLate(e.Clock()); why != "" {
				d.Not = append(d.Not, Fallen{ID: s.ID, Why: why})
				continue
			}
			if err := d.apply(tx, now, v.Role, s.ID, ledger.MessageRejected{ID: s.ID, Reason: words}); err != nil {
				return err
			}
		}
		return nil
	})
	return d, err
}

// Settle says, of a letter that nobody could tell sent or not, that it was or
// was not. One that was not is owed again.
func (e *Engine) Settle(ctx context.Context, by string, id int64, sent bool) error {
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		if sent {
			return tx.Apply(now, by, ledger.MessageSent{ID: id, Proof: "a person found it"})
		}
		return tx.Apply(now, by, ledger.MessageFailed{ID: id, Why: "a person says that it did not go"})
	})
}

// mayActFor refuses what only a role may allow.
func (e *Engine) mayActFor(tx *store.Tx, by, role string, now time.Time) error {
	in, err := e.input(tx, now)
	if err != nil {
		return err
	}
	if why := e.mayDecide(in, by, role); why != "" {
		return errors.New(why)
	}
	return nil
}

// A BacklogCase is one that held already when its playbook was switched on.
type BacklogCase struct {
	Case  ledger.Case
	Key   string // of its record
	About string
	Row   int
}

// Backlog lists the backlog of a playbook.
func (e *Engine) Backlog(ctx context.Context, name string) ([]BacklogCase, error) {
	var out []BacklogCase
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err != nil {
			return err
		}
		for _, c := range in.Book.Cases() {
			if c.Playbook != name || !c.Backlog || c.State == ledger.Closed {
				continue
			}
			b := BacklogCase{Case: c, About: fmt.Sprintf("no. %d", c.Subject)}
			if t := in.Tables[c.Dataset]; t != nil {
				if r := t.ByRef(c.Subject); r != nil {
					b.Key, b.About, b.Row = r.Key, Label(t.Schema, r), r.Line
				}
			}
			out = append(out, b)
		}
		return nil
	})
	return out, err
}

// Label names a record for people.
func Label(s *dataset.Schema, r *dataset.Row) string {
	for _, n := range []string{"name", "title", "donor"} {
		if v, _ := r.Get(s, n); !v.IsBlank() {
			return dataset.Plain(v.S) + " (" + dataset.Plain(r.Key) + ")"
		}
	}
	return dataset.Plain(r.Key)
}

// ApproveBacklog lets backlog cases act; their clocks count from now. No cases
// named: all of the playbook's.
func (e *Engine) ApproveBacklog(ctx context.Context, by, name string, cases []ledger.CaseKey) (int, error) {
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		if pb := e.set.Playbook(name); pb != nil {
			st, err := e.standing(tx, pb, now)
			if err != nil {
				return err
			}
			if st.Level == playbook.Observe {
				return fmt.Errorf("%s only observes, so nothing of its backlog can act. First: clarion trust %s each", name, name)
			}
		}
		if len(cases) == 0 {
			book, err := tx.LoadBook()
			if err != nil {
				return err
			}
			for _, c := range book.Cases() {
				if c.Playbook == name && c.Backlog && c.State != ledger.Closed {
					cases = append(cases, c.Key)
				}
			}
		}
		if len(cases) == 0 {
			return fmt.Errorf("%s has no backlog", dataset.Plain(name))
		}
		if pb := e.set.Playbook(name); pb != nil {
			if err := e.mayActFor(tx, by, pb.Role, now); err != nil {
				return err
			}
		}
		return tx.Apply(now, by, ledger.BacklogApproved{Playbook: name, Cases: cases})
	})
	if err != nil {
		return 0, err
	}
	return len(cases), nil
}

// Release lets a playbook's batch past its brake: as many letters as the brake
// holds now and has let through today, until the end of tomorrow. Where it is the
// rest of a batch that waits because of its first letters, that goes. Where it was
// shown how many they are, they must be as many still; 0: nobody was shown any.
func (e *Engine) Release(ctx context.Context, by, name string, shown int) (int, error) {
	n := 0
	now := e.Now()
	until := e.Clock().On(e.Clock().Day(now)+2, 0)
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		brake := ledger.BrakeReleased{Playbook: name, Until: until}
		for _, h := range plan.Compute(in).Holds {
			switch {
			case h.Playbook != name:
			case h.Kind == "brake":
				brake.Actions, brake.Stage = h.Count, time.Time{}
			case h.Kind == "stage" && brake.Actions == 0:
				brake.Actions, brake.Stage, brake.Until = h.Count, now, until.AddDate(0, 0, 14)
			}
		}
		if n = brake.Actions; n == 0 {
			return fmt.Errorf("nothing of %s is held as a batch", dataset.Plain(name))
		}
		if pb := e.set.Playbook(name); pb != nil {
			if why := e.mayDecide(in, by, pb.Role); why != "" {
				return errors.New(why)
			}
		}
		if shown != 0 && shown != n {
			return ErrMoved
		}
		return tx.Apply(now, by, brake)
	})
	return n, err
}

// Stop holds every letter until Resume.
func (e *Engine) Stop(ctx context.Context, by, reason string) error {
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		words, err := tx.SaveWords(reason)
		if err != nil {
			return err
		}
		return tx.Apply(now, by, ledger.HaltedAll{Reason: words})
	})
}

// Resume lets letters go again.
func (e *Engine) Resume(ctx context.Context, by, reason string) error {
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		if _, halted := book.Halted(); !halted {
			return errors.New("nothing is stopped, so there is nothing to resume")
		}
		words, err := tx.SaveWords(reason)
		if err != nil {
			return err
		}
		return tx.Apply(now, by, ledger.ResumedAll{Reason: words})
	})
}
