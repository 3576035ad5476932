package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// What the reader of a message may do with the token in it. Looking changes
// nothing: programs that scan mail for viruses follow every link before anybody
// has read it.

// ErrLink is all that is said of a token that does not hold, or not for what was
// asked with it.
var ErrLink = store.ErrToken

// ErrMoved says that a link holds, and that what it asks for no longer fits what
// has happened since.
var ErrMoved = errors.New("something else has happened meanwhile; nothing was written down")

// A Leaving is what the token in a letter stops: marketing, for whom it went to.
// It names nobody.
type Leaving struct {
	Went time.Time // when the letter went; zero: it is not known to have gone
	Done bool      // marketing is stopped already
}

// Leaving says what Unsubscribe would stop.
func (e *Engine) Leaving(ctx context.Context, token string) (Leaving, error) {
	var l Leaving
	now := e.Now()
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		c, err := tx.CheckToken(store.ToUnsubscribe, token, now)
		if err != nil {
			return err
		}
		_, l, err = e.leaving(tx, c)
		return err
	})
	return l, err
}

// Unsubscribe stops marketing for the person to whom the letter of a token went.
// Letters that a member must get, such as the notice of a meeting, still go.
// Doing it again does no harm.
func (e *Engine) Unsubscribe(ctx context.Context, token string) (Leaving, error) {
	var l Leaving
	now := e.Now()
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		var err error
		l, _, err = e.unsubscribe(tx, token, now)
		return err
	})
	return l, err
}

// unsubscribe stops marketing, and gives the letter whose token it was.
func (e *Engine) unsubscribe(tx *store.Tx, token string, now time.Time) (Leaving, ledger.Message, error) {
	c, err := tx.UseToken(store.ToUnsubscribe, token, now)
	if err != nil {
		return Leaving{}, ledger.Message{}, err
	}
	m, l, err := e.leaving(tx, c)
	if err != nil || l.Done {
		return l, m, err
	}
	stop := ledger.Suppressed{Person: m.Person, Scope: "marketing", Why: fmt.Sprintf("unsubscribed by the link in message %d", m.ID)}
	if m.Person == 0 {
		stop.Address = m.Address
	}
	l.Done = true
	return l, m, tx.Apply(now, "clarion", stop)
}

// leaving gives the letter of a claim and what is laid on its reader.
func (e *Engine) leaving(tx *store.Tx, c store.Claim) (ledger.Message, Leaving, error) {
	book, err := tx.LoadBook()
	if err != nil {
		return ledger.Message{}, Leaving{}, err
	}
	m, ok := book.Message(c.Message)
	if !ok || m.Basis == "officer" || m.Person == 0 && m.Address == "" {
		return m, Leaving{}, ErrLink
	}
	address := ""
	if m.Person == 0 {
		address = m.Address
	}
	done := slices.ContainsFunc(book.Suppression(m.Person, address), func(s ledger.Suppressed) bool {
		return s.Scope == "all" || s.Scope == "marketing"
	})
	return m, Leaving{Went: m.SentAt, Done: done}, nil
}

// Asked lists the tasks of an officer's message that are still for its reader.
func (e *Engine) Asked(ctx context.Context, token string) ([]plan.Question, error) {
	var out []plan.Question
	now := e.Now()
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		c, err := tx.CheckToken(store.ToAnswer, token, now)
		if err != nil {
			return err
		}
		_, out, err = e.asked(tx, c, now)
		return err
	})
	return out, err
}

// AnswerWith answers a task with the token of the message that asked it.
func (e *Engine) AnswerWith(ctx context.Context, token string, number int64, answer string) error {
	return e.forTask(ctx, token, number, func(tx *store.Tx, in plan.Input, q plan.Question, now time.Time) error {
		switch {
		case !slices.Contains(q.Answers, answer):
			return ErrLink
		case q.State == ledger.TaskAnswered && q.Answer == answer: // pressed twice
			return nil
		case q.State != ledger.TaskOpen && q.State != ledger.TaskOverdue:
			return ErrMoved
		}
		effects, err := plan.Answer(in, q.Task, answer)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrMoved, err)
		}
		return e.answered(tx, in, q.By, q.Task, answer, effects, now)
	})
}

// UnanswerWith takes an answer back, within a day, with the token of the message
// that asked.
func (e *Engine) UnanswerWith(ctx context.Context, token string, number int64) error {
	return e.forTask(ctx, token, number, func(tx *store.Tx, in plan.Input, q plan.Question, now time.Time) error {
		switch {
		case len(q.Answers) == 0:
			return ErrLink
		case q.State == ledger.TaskOpen || q.State == ledger.TaskOverdue: // pressed twice
			return nil
		}
		err := e.unanswered(tx, in, q.By, number, now)
		if errors.As(err, new(*ledger.Refused)) {
			return fmt.Errorf("%w: %w", ErrMoved, err)
		}
		return err
	})
}

// forTask does something about one of the tasks of a message, for who reads it.
func (e *Engine) forTask(ctx context.Context, token string, number int64, do func(*store.Tx, plan.Input, plan.Question, time.Time) error) error {
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.UseToken(store.ToAnswer, token, now)
		if err != nil {
			return err
		}
		in, questions, err := e.asked(tx, c, now)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(questions, func(q plan.Question) bool { return q.Number == number })
		if i < 0 {
			return ErrLink
		}
		return do(tx, in, questions[i], now)
	})
}

// asked gives the questions of a claim, with all that an answer needs.
func (e *Engine) asked(tx *store.Tx, c store.Claim, now time.Time) (plan.Input, []plan.Question, error) {
	in, err := e.input(tx, now)
	if err != nil {
		return in, nil, err
	}
	m, ok := in.Book.Message(c.Message)
	if !ok || m.Basis != "officer" {
		return in, nil, ErrLink
	}
	return in, plan.Asked(in, m), nil
}
