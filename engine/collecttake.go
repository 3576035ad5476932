package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/store"
)

// Bounds of what is listed for a person.
const (
	mostHeld     = 200 // messages that wait
	mostHeldEach = 20  // of one sender in a day
)

// Letters that did not reach an address, of which so many in so long mean that a
// person should look.
const (
	softOften  = 3
	softWithin = 30 * 24 * time.Hour
)

// brokenOff is how long a letter may be on the wire before its sender must have
// broken off.
const brokenOff = time.Hour

// identity is by what a message is known again, though servers on another way
// may have put other lines above it.
func (in Incoming) identity() string {
	if in.MessageID == "" {
		return in.SHA256
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q %q %d %q %q", in.MessageID, in.From, in.Subject, in.Date.Unix(), in.Kind, in.Text)
	for _, f := range in.Failures {
		fmt.Fprintf(&b, " %q %q", f.Recipient, f.Status)
	}
	for _, f := range in.Files {
		fmt.Fprintf(&b, " %q", f.SHA256)
	}
	return b.String()
}

// take takes one message: what becomes of it is one transaction with that it was
// had.
func (c *collecting) take(ctx context.Context, in Incoming) error {
	steady := context.WithoutCancel(ctx)
	laid, err := c.lay(steady, in)
	if err != nil {
		return err
	}
	now := c.Now()
	var rec store.Inbound
	had := false
	keep := func(decide func(tx *store.Tx, t *taking) error) error {
		return c.Store.Update(steady, func(tx *store.Tx) error {
			rec = store.Inbound{Validity: in.At.Validity, UID: in.At.UID, Content: tx.ContentHash(in.identity()), Received: in.Received, Taken: now,
				Kind: string(in.Kind), Sender: tx.AddressHash(in.From)}
			var err error
			if had, err = tx.HadInbound(c.name, rec); err != nil || had {
				return err
			}
			t := &taking{collecting: c, tx: tx, in: in, now: now, rec: &rec, laid: laid}
			if t.book, err = tx.LoadBook(); err != nil {
				return err
			}
			if err := decide(tx, t); err != nil || rec.Result == "" {
				return err
			}
			if full, err := t.tooMany(); err != nil || full {
				rec.Result = ""
				c.said.Unlisted++
				return err
			}
			rec.ID, err = tx.SaveInbound(c.name, rec)
			return err
		})
	}
	err = keep(func(_ *store.Tx, t *taking) error { return t.decide() })
	var no *ledger.Refused
	if errors.As(err, &no) { // nothing of it holds; a person sees why
		err = keep(func(_ *store.Tx, t *taking) error { return t.wait(no.Why) })
	}
	if err != nil || had || rec.Result == "" {
		return err
	}
	c.said.Results[rec.Result]++
	if rec.Waiting {
		c.said.Waiting++
	}
	if rec.Result == wasFiles {
		c.said.Laid = append(c.said.Laid, laid.names()...)
	}
	c.Log.Info("mail", "id", rec.ID, "kind", rec.Kind, "result", rec.Result)
	return nil
}

// A taking is the decision about one message.
type taking struct {
	*collecting
	tx   *store.Tx
	book *ledger.Book
	in   Incoming
	now  time.Time
	rec  *store.Inbound
	laid *laying
}

// decide says what becomes of the message, and does it. What is none of the
// program's business has no result.
func (t *taking) decide() error {
	switch t.in.Kind {
	case MailReport, MailDelayed:
		return t.report()
	case MailComplaint:
		return t.complaint()
	case MailAutoReply:
		return t.automatic()
	case MailUnsubscribe:
		return t.leave()
	case MailAnswer:
		return t.answer()
	case MailReply:
		return t.reply()
	case MailList, MailDocument:
		return t.files()
	}
	return nil
}

// did notes what became of the message, and where it is filed.
func (t *taking) did(result, folder string) error {
	t.rec.Result, t.rec.Folder = result, folder
	return nil
}

// wait lists the message for a person. It stays where it lies.
func (t *taking) wait(why string) error { return t.hold(wasUnclear, why) }

func (t *taking) hold(result, why string) error {
	if t.rec.Result == "" || result == wasHeld {
		t.rec.Result = result
	}
	t.rec.Waiting = true
	t.rec.Folder = map[MailKind]string{MailReport: reportsFolder, MailDelayed: reportsFolder, MailComplaint: reportsFolder,
		MailUnsubscribe: leavingFolder, MailAnswer: answersFolder, MailList: filesFolder, MailDocument: filesFolder}[t.in.Kind]
	subject := t.in.Subject
	if t.in.Token != "" { // whoever has it may answer
		subject = strings.ReplaceAll(strings.ToLower(subject), t.in.Token, "…")
	}
	t.rec.Shown.From, t.rec.Shown.Subject, t.rec.Shown.Why = dataset.Plain(t.in.From), dataset.Plain(subject), dataset.Plain(why)
	return nil
}

// tooMany tells that no more messages are listed: whoever floods the mailbox
// does not flood the list. What is about a letter of ours is listed always.
func (t *taking) tooMany() (bool, error) {
	if t.rec.Result != wasUnclear {
		return false, nil
	}
	all, err := t.tx.Inbound(0)
	if err != nil {
		return false, err
	}
	_, _, of, err := t.tx.FromSender(t.rec.Sender, t.now.Add(-24*time.Hour))
	return len(all) >= mostHeld || of >= mostHeldEach, err
}

// ours finds the message of a reference, among those that may have gone.
func (t *taking) ours(refs []string) (found []ledger.Message, err error) {
	for _, ref := range refs {
		at := strings.LastIndexByte(ref, '-')
		if at < 0 || len(ref)-at != 13 {
			continue
		}
		ids, err := t.tx.WithDigest(ref[at+1:])
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			m, ok := t.book.Message(id)
			if !ok || t.ref(m) != ref {
				continue
			}
			switch m.State {
			case ledger.Claimed:
				if t.now.Sub(m.At) < brokenOff {
					return nil, errLater
				}
				found = append(found, m)
			case ledger.Sent, ledger.Uncertain, ledger.Bounced:
				found = append(found, m)
			}
		}
	}
	return found, nil
}

// went tells that a letter of ours went to an address.
func (t *taking) went(m ledger.Message, addresses ...string) bool {
	return m.Address != "" && slices.ContainsFunc(addresses, func(a string) bool { return t.tx.AddressHash(a) == m.Address })
}

// about notes of which letter a message is. That it is about the letter proves
// that the letter went.
func (t *taking) about(m ledger.Message) error {
	t.rec.Message, t.rec.Person = m.ID, m.Person
	var changes []ledger.Change
	if m.State == ledger.Claimed {
		changes = append(changes, ledger.MessageUncertain{ID: m.ID, Why: brokeOff})
	}
	if m.State == ledger.Claimed || m.State == ledger.Uncertain {
		changes = append(changes, ledger.MessageSent{ID: m.ID, Proof: "something came back of it"})
	}
	if len(changes) == 0 {
		return nil
	}
	return t.tx.Apply(t.now, "clarion", changes...)
}

// prove looks for letters of which nobody knows whether they went among those
// that the mailbox keeps of what was sent.
func (c *collecting) prove(ctx context.Context) (problem, err error) {
	unknown, err := c.messages(ctx, ledger.Uncertain)
	if err != nil {
		return nil, err
	}
	for _, m := range unknown {
		if c.Now().Sub(m.SentAt) > firstLook || ctx.Err() != nil {
			continue
		}
		id := ""
		err := c.Store.View(ctx, func(tx *store.Tx) error {
			w, err := tx.Content(m.ID)
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			id = letter.MessageID(c.ref(m), w.From)
			return err
		})
		if err != nil {
			return nil, err
		}
		if id == "" {
			continue
		}
		found, problem := c.box.Sent(ctx, id)
		if problem != nil {
			return problem, nil
		}
		if !found {
			continue
		}
		err = c.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
			return tx.Apply(c.Now(), "clarion", ledger.MessageSent{ID: m.ID, Proof: "found among the sent letters"})
		})
		switch {
		case errors.As(err, new(*ledger.Refused)): // somebody settled it meanwhile
		case err != nil:
			return nil, err
		default:
			c.said.Proven++
		}
	}
	return nil, nil
}

// complained are the changes after a provider passed on a complaint: no more
// marketing, and the playbooks whose letters reached the member ask again.
func complained(in plan.Input, m ledger.Message) []ledger.Change {
	changes := []ledger.Change{ledger.Suppressed{Person: m.Person, Scope: "marketing", Why: fmt.Sprintf("complaint about message %d", m.ID)}}
	if m.Person == 0 {
		changes[0] = ledger.Suppressed{Address: m.Address, Scope: "marketing", Why: fmt.Sprintf("complaint about message %d", m.ID)}
		return changes
	}
	for _, c := range plan.Complaint(in, m.Person, "") {
		if _, fell := c.(ledger.Trusted); fell {
			changes = append(changes, c)
		}
	}
	return changes
}
