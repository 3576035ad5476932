package engine

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Status says how things stand.
type Status struct {
	Now       time.Time
	Review    map[string]int // letters that wait for a yes or no, by playbook
	Uncertain int
	Approved  int // waiting to be sent
	Open      int // tasks
	Overdue   int
	Backlog   map[string]int
	Sent      int // messages, ever
	Today     int // of these, letters to members of today
	Halted    bool
	HaltedWhy string // as whoever stopped it said, or as the mail server did
	Stand     store.Stand
	LastRun   time.Time
	Wake      time.Time
	Holds     []plan.Hold
	Doubts    int       // records on the cannot-tell list
	Pairs     int       // of records that may be of one person
	Mail      int       // messages that came back and wait for a person
	MailRead  time.Time // when the mailbox was last read; zero: never, or there is none
	Datasets  []Freshness
	Disabled  []string // playbooks with faults
}

// Freshness says how old a dataset is.
type Freshness struct {
	Name     string
	Records  int
	Imported time.Time
	Source   bool // constituency.yaml says where it comes from
}

// Status gathers how things stand. It changes nothing.
func (e *Engine) Status(ctx context.Context) (Status, error) {
	l, err := e.Look(ctx)
	if err != nil {
		return Status{}, err
	}
	return l.Status, nil
}

// status gathers what a look says of how things stand, but for the store's
// footing.
func (e *Engine) status(tx *store.Tx, in plan.Input, p *plan.Plan) (Status, error) {
	s := Status{Now: in.Now, Review: map[string]int{}, Backlog: map[string]int{}}
	s.fill(in, p)
	var err error
	if s.HaltedWhy, err = haltedWhy(tx, in.Book); err != nil {
		return s, err
	}
	pairs, _, _, err := e.pairs(tx, in.Book)
	if err != nil {
		return s, err
	}
	s.Pairs = len(pairs)
	back, err := tx.Inbound(0)
	if err != nil {
		return s, err
	}
	s.Mail = len(back)
	if box := e.set.Constituency.Mail.Mailbox; box != nil {
		if _, _, s.MailRead, err = tx.Cursor(mailboxName(box)); err != nil {
			return s, err
		}
	}
	for _, n := range e.Datasets() {
		t := in.Tables[n]
		_, named := e.set.Constituency.Data[n]
		if t == nil || t.Imported.IsZero() {
			if named {
				s.Datasets = append(s.Datasets, Freshness{Name: n, Source: true})
			}
			continue
		}
		s.Datasets = append(s.Datasets, Freshness{Name: n, Records: len(t.Rows), Imported: t.Imported, Source: named})
	}
	for n := range e.set.Disabled {
		s.Disabled = append(s.Disabled, n)
	}
	return s, nil
}

// Barred says why nothing at all is sent now, for a person, or is empty.
func (s Status) Barred() string {
	switch {
	case s.Halted:
		return becauseOf(s.HaltedWhy)
	case !s.Stand.Sending():
		return s.Stand.Why + "; " + s.Stand.Hint
	}
	return ""
}

func (s *Status) fill(in plan.Input, p *plan.Plan) {
	b := in.Book
	for _, m := range b.MessagesIn(ledger.Proposed) {
		s.Review[m.Playbook]++
	}
	s.Uncertain = len(b.MessagesIn(ledger.Uncertain))
	s.Approved = len(b.MessagesIn(ledger.Approved, ledger.Deferred))
	today := in.Set.Constituency.Clock.Day(in.Now)
	for _, m := range b.MessagesIn(ledger.Sent, ledger.Bounced) {
		if s.Sent++; m.Kind == ledger.Letter && in.Set.Constituency.Clock.Day(m.SentAt) == today {
			s.Today++
		}
	}
	for _, t := range b.Tasks() {
		switch t.State {
		case ledger.TaskOpen:
			s.Open++
		case ledger.TaskOverdue:
			s.Overdue++
		}
	}
	for _, c := range b.Cases() {
		if c.Backlog && c.State != ledger.Closed {
			s.Backlog[c.Playbook]++
		}
	}
	_, s.Halted = b.Halted()
	if runs := b.Runs(); len(runs) > 0 {
		s.LastRun = runs[len(runs)-1].Logical
	}
	for _, h := range p.Holds {
		if h.Kind == "observe" { // of which nothing could act
			delete(s.Backlog, h.Playbook)
		}
	}
	s.Holds, s.Wake, s.Doubts = p.Holds, p.Wake, len(p.CannotTell)
}

// Barred says why nothing at all is sent now, for a person, or is empty.
func (e *Engine) Barred(ctx context.Context) (string, error) {
	halted, why := false, ""
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		_, halted = book.Halted()
		why, err = haltedWhy(tx, book)
		return err
	})
	if err != nil {
		return "", err
	}
	if halted {
		return becauseOf(why), nil
	}
	stand, err := e.Store.Stand(ctx)
	if err != nil || stand.Sending() {
		return "", err
	}
	return stand.Why + "; " + stand.Hint, nil
}

// haltedWhy is the reason for which everything is stopped, if one was given.
func haltedWhy(tx *store.Tx, book *ledger.Book) (string, error) {
	hash, halted := book.Halted()
	if !halted {
		return "", nil
	}
	why, err := tx.Words(hash)
	if errors.Is(err, store.ErrNotFound) { // erased, with somebody who was named in it
		return "", nil
	}
	return why, err
}

// becauseOf says that everything is stopped, and why.
func becauseOf(why string) string {
	if why != "" {
		why = " (" + why + ")"
	}
	return "everything is stopped" + why + "; clarion resume lets letters go again"
}

// Forget erases a person, with every record of theirs: first a preview of what would go and what is kept
// (really false), then the deed.
func (e *Engine) Forget(ctx context.Context, by, name, key string, really bool) ([]store.ForgetItem, error) {
	var items []store.ForgetItem
	var texts []string
	now := e.Now()
	in := e.Store.View // in a view nothing is changed: the list says what would be
	if really {
		in = e.Store.Update
	}
	err := in(ctx, func(tx *store.Tx) error {
		all, err := e.input(tx, now)
		if err != nil {
			return err
		}
		t, row, err := find(all, name, key)
		if err != nil {
			return err
		}
		others, err := e.otherRecords(tx, row.Ref)
		if err != nil {
			return err
		}
		texts = namesOf(t, row)
		for _, n := range others {
			if t := all.Tables[n.Dataset]; t != nil && t.ByRef(n.Ref) != nil {
				texts = append(texts, namesOf(t, t.ByRef(n.Ref))...)
			}
		}
		if items, err = tx.Forget(name, row.Ref, by, now); err != nil {
			return err
		}
		for _, n := range others { // one person is forgotten whole
			more, err := tx.Forget(n.Dataset, n.Ref, by, now)
			if err != nil {
				return err
			}
			items = addForgotten(items, more)
		}
		if !really {
			return nil
		}
		return e.keepChanges(tx)
	})
	if err != nil {
		return items, err
	}
	files, err := e.forgetInFiles(texts, really)
	return append(items, files...), err
}

// Dossier gathers all that is held on one person.
func (e *Engine) Dossier(ctx context.Context, name, key string) (store.Dossier, error) {
	var d store.Dossier
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err != nil {
			return err
		}
		_, row, err := find(in, name, key)
		if err != nil {
			return err
		}
		if d, err = tx.Dossier(name, row.Ref); err != nil {
			return err
		}
		others, err := e.otherRecords(tx, row.Ref)
		for _, n := range others {
			more, err := tx.Dossier(n.Dataset, n.Ref)
			if err != nil {
				return err
			}
			for _, s := range more.Sections {
				s.Title += ", as " + dataset.Plain(n.Key)
				d.Sections = append(d.Sections, s)
			}
		}
		return err
	})
	return d, err
}

// Row gives one record as it stands, for people.
func (e *Engine) Row(ctx context.Context, name, key string) (map[string]string, error) {
	out := map[string]string{}
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err != nil {
			return err
		}
		t, row, err := find(in, name, key)
		if err != nil {
			return err
		}
		for _, c := range t.Schema.Columns {
			v, p := row.Get(t.Schema, c.Name)
			out[c.Name] = dataset.Plain(v.Words(e.Clock()))
			if p != nil {
				out[c.Name] = fmt.Sprintf("(cannot be read: %s)", p.Why)
			}
		}
		return nil
	})
	return out, err
}

// Takeover makes this copy of the database the one that sends. LookInSent comes
// first: what it does not find, this copy would send again.
func (e *Engine) Takeover(ctx context.Context, by string) error { return e.Store.Takeover(ctx, by) }
