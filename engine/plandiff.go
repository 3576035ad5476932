package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// A PlanChange is one message in which two plans differ.
type PlanChange struct {
	ledger.Message // as it is now; where it is gone, as it was
	Content        letter.Content
	Why            string   // what became of it, where it is gone
	Was, Is        []string // the lines of the words that changed
}

// A PlanDiff says in what the plan of this moment is another than the last one
// that was written down, or than things were at a moment before: what of it is
// new, whose words are others, and what is gone and why. What of it went, was
// answered or closed in between is counted.
type PlanDiff struct {
	Since              time.Time // of the last plan, or as asked for; zero: there was none
	Run                bool      // Since is the moment of the last run
	New, Changed, Gone []PlanChange
	Sent               []PlanChange
	Decided            []LogLine
	Opened, Closed     map[string]int // cases, by playbook
	Given, Ended       map[string]int // tasks
	Private            int
}

// PlanDiff compares the plan of this moment, which nobody proposes, with the last
// that was written down, or with how things were at a moment, for a role to read.
// The words of the last plan lie with its letters, and what became of each is in
// the log.
func (e *Engine) PlanDiff(ctx context.Context, since time.Time, roles ...string) (d PlanDiff, err error) {
	now := e.Now()
	var seq int64
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, now)
		if err != nil {
			return err
		}
		d = PlanDiff{Since: since, Opened: map[string]int{}, Closed: map[string]int{}, Given: map[string]int{}, Ended: map[string]int{}}
		x := &comparing{tx: tx, in: in, d: &d, roles: roles, fresh: map[int64]bool{}}
		if seq, err = x.since(); err != nil {
			return err
		}
		return x.compare(plan.Compute(in))
	})
	if err != nil {
		return d, err
	}
	all, err := e.Decisions(ctx, LogQuery{Since: d.Since, Roles: roles, Names: true})
	for _, l := range all {
		if l.Seq > seq && l.Role != "clarion" {
			d.Decided = append(d.Decided, l)
		}
	}
	return d, err
}

// comparing is the work on one PlanDiff.
type comparing struct {
	tx    *store.Tx
	in    plan.Input
	d     *PlanDiff
	roles []string
	fresh map[int64]bool // messages proposed since
	fell  []int64        // that fell away since
	why   map[int64]string
	sent  []int64
}

// since reads the log back to the last plan, or to a moment, and gives the event
// there.
func (x *comparing) since() (seq int64, err error) {
	x.why = map[int64]string{}
	book := x.in.Book
	of := func(c ledger.CaseKey) string { k, _ := book.Case(c); return k.Playbook }
	task := func(number int64) string { t, _ := book.Task(number); return of(t.Case) }
	err = x.tx.Backwards(0, nil, func(ev store.EventRecord) (bool, error) {
		run, isRun := ev.Change.(ledger.RunRecorded)
		if x.d.Since.IsZero() && isRun {
			x.d.Since, x.d.Run, seq = run.Logical, true, ev.Seq
			return false, nil
		}
		if !x.d.Run && !x.d.Since.IsZero() && ev.At.Before(x.d.Since) {
			seq = ev.Seq
			return false, nil
		}
		gone := func(id int64, why string) {
			x.fell, x.why[id] = append(x.fell, id), why
		}
		switch c := ev.Change.(type) {
		case ledger.MessageProposed:
			if m, ok := book.MessageAt(c.Message.Key); ok {
				for _, id := range x.proposed(m, ev) {
					x.fresh[id] = true
				}
			}
		case ledger.MessageSuperseded:
			gone(c.ID, c.Reason)
		case ledger.MessageExpired:
			gone(c.ID, c.Reason)
		case ledger.MessageRejected:
			gone(c.ID, "struck out")
		case ledger.MessageFailed:
			gone(c.ID, "refused: "+c.Why)
		case ledger.MessageSent:
			x.sent = append(x.sent, c.ID)
		case ledger.CaseOpened:
			x.d.Opened[of(c.Case)]++
		case ledger.CaseClosed:
			x.d.Closed[of(c.Case)]++
		case ledger.TaskGiven:
			x.d.Given[of(c.Case)]++
		case ledger.TaskGotAnswer:
			x.d.Ended[task(c.Number)]++
		case ledger.TaskWasSettled:
			x.d.Ended[task(c.Number)]++
		case ledger.TaskWasWithdrawn:
			x.d.Ended[task(c.Number)]++
		}
		return true, nil
	})
	return seq, err
}

// proposed is the number of the message that an event proposed.
func (x *comparing) proposed(m ledger.Message, ev store.EventRecord) []int64 {
	if n, ok := strings.CutPrefix(ev.Entity, "message "); ok {
		var id int64
		for _, r := range n {
			id = id*10 + int64(r-'0')
		}
		return []int64{id}
	}
	return []int64{m.ID}
}

// compare holds the plan of now against what the log says.
func (x *comparing) compare(p *plan.Plan) error {
	wanted := map[string]plan.Message{}
	for _, m := range p.Messages {
		wanted[m.Key] = m
	}
	lost := map[string]int64{} // by key: the message that was wanted before
	for _, id := range x.fell {
		if m, _ := x.in.Book.Message(id); !x.fresh[id] {
			lost[m.Key] = id
		}
	}
	for id, why := range p.Fallen() {
		if x.fresh[id] {
			continue
		}
		m, _ := x.in.Book.Message(id)
		lost[m.Key], x.why[id] = id, why
	}
	for _, m := range p.Messages {
		id, was := lost[m.Key]
		switch {
		case m.Stands && !x.fresh[m.ID]:
		case was:
			delete(lost, m.Key)
			if err := x.changed(m, id); err != nil {
				return err
			}
		default:
			x.put(&x.d.New, PlanChange{Message: m.Message, Content: m.Content})
		}
	}
	for _, id := range lost {
		m, _ := x.in.Book.Message(id)
		if err := x.old(&x.d.Gone, m, x.why[id]); err != nil {
			return err
		}
	}
	for _, id := range x.sent {
		m, _ := x.in.Book.Message(id)
		if err := x.old(&x.d.Sent, m, ""); err != nil {
			return err
		}
	}
	for _, c := range p.Changes { // what the plan of now would do
		switch c := c.(type) {
		case ledger.CaseOpened:
			x.d.Opened[c.Playbook]++
		case ledger.CaseClosed:
			k, known := x.in.Book.Case(c.Case)
			if known {
				x.d.Closed[k.Playbook]++
			}
		}
	}
	for _, list := range [][]PlanChange{x.d.New, x.d.Changed, x.d.Gone, x.d.Sent} {
		slices.SortStableFunc(list, func(a, b PlanChange) int {
			if c := strings.Compare(a.Playbook, b.Playbook); c != 0 {
				return c
			}
			return strings.Compare(a.Key, b.Key)
		})
	}
	for _, of := range []map[string]int{x.d.Opened, x.d.Closed, x.d.Given, x.d.Ended} {
		for name, n := range of {
			if plan.Hidden(x.in.Set, name, x.roles...) {
				x.d.Private += n
				delete(of, name)
			}
		}
	}
	return nil
}

// put adds a message to a list, unless it is private to other roles.
func (x *comparing) put(to *[]PlanChange, d PlanChange) {
	for _, name := range append(carried(x.in.Book, d.Message), d.Playbook) {
		if name != "" && plan.Hidden(x.in.Set, name, x.roles...) && !slices.Contains(x.roles, d.Approver) {
			x.d.Private++
			return
		}
	}
	*to = append(*to, d)
}

// old adds a message that the store has.
func (x *comparing) old(to *[]PlanChange, m ledger.Message, why string) error {
	c, err := x.tx.Content(m.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	x.put(to, PlanChange{Message: m, Content: c, Why: why})
	return nil
}

// changed adds a message that takes the place of another, with the lines of their
// words in which they differ.
func (x *comparing) changed(m plan.Message, before int64) error {
	c, err := x.tx.Content(before)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	d := PlanChange{Message: m.Message, Content: m.Content}
	was, is := strings.Split(c.Subject+"\n"+c.Text, "\n"), strings.Split(m.Content.Subject+"\n"+m.Content.Text, "\n")
	d.Was, d.Is = without(was, is), without(is, was)
	x.put(&x.d.Changed, d)
	return nil
}

// without are the lines of a text that another does not have.
func without(lines, others []string) (out []string) {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" && !slices.Contains(others, l) && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	return out
}
