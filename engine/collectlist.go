package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// A WaitingMail is a message that came back and waits for a person.
type WaitingMail struct {
	store.Inbound
	Playbook string // of the letter that it is about, if any
	Does     string // what taking it does; empty: nothing can be done here but to say that it was seen to
}

// WaitingMail lists the messages that wait for a person, the oldest first.
func (e *Engine) WaitingMail(ctx context.Context) ([]WaitingMail, error) {
	return e.listed(ctx, func(tx *store.Tx) ([]store.Inbound, error) { return tx.Inbound(0) })
}

// RecentMail lists what was taken since, the oldest first.
func (e *Engine) RecentMail(ctx context.Context, since time.Time) ([]WaitingMail, error) {
	return e.listed(ctx, func(tx *store.Tx) ([]store.Inbound, error) { return tx.InboundTaken(since) })
}

func (e *Engine) listed(ctx context.Context, which func(*store.Tx) ([]store.Inbound, error)) ([]WaitingMail, error) {
	var out []WaitingMail
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		list, err := which(tx)
		for _, m := range list {
			out = append(out, waitingMail(book, m))
		}
		return err
	})
	return out, err
}

func waitingMail(book *ledger.Book, m store.Inbound) WaitingMail {
	w := WaitingMail{Inbound: m}
	letter, ok := book.Message(m.Message)
	w.Playbook = letter.Playbook
	switch kind := MailKind(m.Kind); {
	case kind == MailList || kind == MailDocument:
		if len(m.Shown.Files) > 0 {
			w.Does = "lays the file into the inbox"
		}
	case !ok || letter.Basis == "officer":
	case kind == MailReport:
		w.Does = "nothing more is sent to the address"
	case kind == MailComplaint, kind == MailUnsubscribe:
		w.Does = "no more marketing for who got the letter"
	case kind == MailReply:
		w.Does = "counts as a reply of who got the letter"
	}
	return w
}

// waiting finds a message that waits.
func (e *Engine) waiting(tx *store.Tx, id int64) (*ledger.Book, WaitingMail, error) {
	book, err := tx.LoadBook()
	if err != nil {
		return nil, WaitingMail{}, err
	}
	list, err := tx.Inbound(id)
	if err != nil {
		return nil, WaitingMail{}, err
	}
	if len(list) == 0 || !list[0].Waiting {
		return nil, WaitingMail{}, fmt.Errorf("no message with the number %d waits; clarion mail list lists those that do", id)
	}
	return book, waitingMail(book, list[0]), nil
}

// TakeMail does what a waiting message asks for, on a person's word: a file is
// laid into the inbox, an address given up, a wish for no more letters heeded, a
// reply counted. It says what was done, and which files were laid.
func (e *Engine) TakeMail(ctx context.Context, by string, id int64) (did string, laid []string, err error) {
	var w WaitingMail
	if err := e.Store.View(ctx, func(tx *store.Tx) error { _, w, err = e.waiting(tx, id); return err }); err != nil {
		return "", nil, err
	}
	if w.Does == "" {
		return "", nil, fmt.Errorf("message %d asks for nothing that can be done here: %s. When you have seen to it: clarion mail done %d", id, w.Shown.Why, id)
	}
	var bytes int64
	if kind := MailKind(w.Kind); kind == MailList || kind == MailDocument {
		// Whoever reads the mailbox lays files out in the same place.
		lease, err := e.Store.Lease(ctx, "collect", fmt.Sprintf("process %d", os.Getpid()), leaseTime)
		if errors.As(err, new(*store.Held)) {
			return "", nil, errors.New("the mailbox is being read at this moment; try again in a minute")
		}
		if err != nil {
			return "", nil, err
		}
		defer lease.Release(context.WithoutCancel(ctx))
		if laid, bytes, err = e.attached(ctx, w); err != nil {
			return "", nil, err
		}
	}
	now := e.Now()
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		book, now2, err := e.waiting(tx, id) // somebody else may have been faster
		if err != nil {
			return err
		}
		m, _ := book.Message(now2.Message)
		t := &taking{collecting: &collecting{Engine: e}, tx: tx, book: book, now: now, rec: &store.Inbound{}}
		result := wasFiles
		switch MailKind(w.Kind) {
		case MailReport:
			result, err = wasSeen, t.takeReport(m, by)
		case MailComplaint, MailUnsubscribe:
			result, err = wasLeaving, t.noMarketing(m, by, ledger.Suppressed{Person: m.Person})
		case MailReply:
			result, err = wasReply, t.replied(m, by)
		}
		if err != nil {
			return err
		}
		return tx.DecideInbound(id, result, len(laid), bytes)
	})
	return w.Does, laid, err
}

// takeReport gives an address up on a person's word.
func (t *taking) takeReport(m ledger.Message, by string) error {
	if m.State == ledger.Uncertain || m.State == ledger.Sent {
		if err := t.tx.Apply(t.now, by, ledger.MessageBounced{ID: m.ID, Why: "reported back"}); err != nil {
			return err
		}
	}
	if t.givenUp(m) {
		return nil
	}
	return t.giveUp(m, by, "a person saw what came back")
}

// notByMail says why a list is not laid into the inbox on the word of whoever sees
// to the mail; empty: it is. Nobody knows whose a waiting message is, and what lies
// in the inbox is taken without asking for a right.
func notByMail(list string) string {
	if list == "officers" {
		return "who sits where is taken by the Secretary or the Chair, on the page of that list"
	}
	return ""
}

// attached fetches a message once more, which lies where it lay, and lays its
// files into the inbox.
func (e *Engine) attached(ctx context.Context, w WaitingMail) (laid []string, bytes int64, err error) {
	settings := e.set.Constituency.Mail.Mailbox
	if settings == nil || e.Options.Mailbox == nil {
		return nil, 0, errors.New("constituency.yaml names no mailbox any more")
	}
	box, err := e.Options.Mailbox(ctx, e.set.Constituency)
	if err != nil {
		return nil, 0, err
	}
	defer box.Close()
	post, err := box.Fetch(ctx, MailPlace{Validity: w.Validity, UID: w.UID - 1})
	if err != nil {
		return nil, 0, err
	}
	c := &collecting{Engine: e, box: box, name: mailboxName(settings), said: &Collection{}}
	for _, in := range post.Letters {
		same := false
		if err := e.Store.View(ctx, func(tx *store.Tx) error { same = tx.ContentHash(in.identity()) == w.Content; return nil }); err != nil {
			return nil, 0, err
		}
		if !same {
			continue
		}
		l := &laying{}
		if err := c.stage(ctx, in, l, true, notByMail); err != nil {
			return nil, 0, err
		}
		if len(l.laid) == 0 {
			return nil, 0, fmt.Errorf("nothing of message %d could be taken: %s", w.ID, dataset.Plain(cmp.Or(l.why, l.refuse)))
		}
		return l.laid, l.bytes, nil
	}
	return nil, 0, fmt.Errorf("message %d does not lie in the mailbox any more where it lay. Save its file into the folder inbox yourself, and then: clarion mail done %d", w.ID, w.ID)
}

// DoneMail says that a person has seen to a waiting message. It is filed with
// the next look into the mailbox.
func (e *Engine) DoneMail(ctx context.Context, id int64) error {
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		if _, _, err := e.waiting(tx, id); err != nil {
			return err
		}
		return tx.DecideInbound(id, wasSeen, 0, 0)
	})
}

// repliesFor is how long an officer who gets no digest is still to hear of a reply.
const repliesFor = 14 * 24 * time.Hour

// post gathers what the mailbox brought that officers hear of in their digests:
// replies to letters, and how much waits for a person.
func (e *Engine) post(tx *store.Tx, now time.Time) ([]plan.Post, error) {
	if e.set.Constituency.Mail.Mailbox == nil {
		return nil, nil
	}
	taken, err := tx.InboundTaken(now.Add(-repliesFor))
	if err != nil {
		return nil, err
	}
	var out []plan.Post
	for _, m := range taken {
		if m.Result == wasReply && m.Message != 0 {
			out = append(out, plan.Post{Since: m.Taken, Message: m.Message})
		}
	}
	waiting, err := tx.Inbound(0)
	if err != nil || len(waiting) == 0 {
		return out, err
	}
	return append(out, plan.Post{Since: waiting[0].Taken, Waiting: len(waiting)}), nil
}
