package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/store"
)

// A MailDay says what became of the mail of one day.
type MailDay struct {
	Day                             calendar.Date
	Sent, Bounced, Failed, Deferred int
}

// A MailHealth says how the mail does.
type MailHealth struct {
	Days         []MailDay // the newest first
	Spent        int       // letters that the provider counts to today
	Most         int       // that it lets through in a day; 0: it does not say
	Uncertain    int
	Suppressions []ledger.Suppression // the newest first
}

// MailHealth counts, from a Book, how the mail of some days did.
func (e *Engine) MailHealth(b *ledger.Book, now time.Time, days int) MailHealth {
	today := e.Clock().Day(now)
	h := MailHealth{Days: make([]MailDay, days), Most: e.set.Constituency.Mail.ADay}
	for i := range h.Days {
		h.Days[i].Day = today.AddDays(-i)
	}
	on := func(at time.Time) *MailDay {
		if ago := int(today - e.Clock().Day(at)); !at.IsZero() && ago >= 0 && ago < days {
			return &h.Days[ago]
		}
		return &MailDay{} // of no day that is asked for
	}
	for _, m := range b.MessagesIn(ledger.Sent, ledger.Bounced, ledger.Uncertain, ledger.Failed, ledger.Deferred) {
		switch m.State {
		case ledger.Sent:
			on(m.SentAt).Sent++
		case ledger.Bounced:
			on(m.SentAt).Sent++
			on(m.At).Bounced++
		case ledger.Uncertain:
			h.Uncertain++
		case ledger.Failed:
			on(m.At).Failed++
		case ledger.Deferred:
			on(m.At).Deferred++
		}
		if m.State != ledger.Failed && m.State != ledger.Deferred && e.Clock().Day(m.SentAt) == today {
			h.Spent++
		}
	}
	h.Suppressions = b.Rest().Suppressions
	slices.SortStableFunc(h.Suppressions, func(a, b ledger.Suppression) int { return b.At.Compare(a.At) })
	return h
}

// Lift takes back what keeps letters from a person: the wish for none, or that
// an address does not work. Why it is lifted is kept.
func (e *Engine) Lift(ctx context.Context, by string, person dataset.Ref, scope, why string) error {
	if strings.TrimSpace(why) == "" {
		return errors.New("say why letters may go there again: that the member asked for them, for example")
	}
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(book.Suppression(person, ""), func(s ledger.Suppressed) bool { return s.Scope == scope }) {
			return ErrMoved
		}
		words, err := tx.SaveWords(why)
		if err != nil {
			return err
		}
		return tx.Apply(now, by, ledger.Unsuppressed{Person: person, Scope: scope, Why: words})
	})
}

// TestMail sends one letter to a holder of a role, at the address that the
// officers list has, by the way that all letters go. The ledger does not know of
// it; that the server took it is kept.
func (e *Engine) TestMail(ctx context.Context, role, to string) (letter.Outcome, error) {
	who, sender, err := e.ownWay(ctx, role, to)
	if err != nil {
		return letter.Outcome{}, err
	}
	defer sender.Close()
	c := e.set.Constituency
	o, err := e.aside(letter.Content{From: cmp.Or(c.Mail.From, who.Email), FromName: dataset.Plain(c.Name), To: who.Email, ToName: who.Name, ReplyTo: who.Email,
		Subject: "[Test] Letters can leave",
		Text: "This is a test, and nobody else has it. It went the way that all letters of " + dataset.Plain(c.Name) + " go: if you can read it, they can leave.\n\n" +
			"Look where it lies: if it came into a folder for junk mail, letters to members may too.\n"})
	if err != nil {
		return letter.Outcome{}, err
	}
	out := sender.Send(ctx, o)
	if out.Kind != letter.Delivered {
		return out, nil
	}
	return out, e.noteTested(ctx)
}

// metaTested keeps when a letter that we sent to ourselves was last known to
// arrive.
const metaTested = "mail.tested"

func (e *Engine) noteTested(ctx context.Context) error {
	now := e.Now().UTC().Format(time.RFC3339)
	return e.Store.Update(ctx, func(tx *store.Tx) error { return tx.SetMeta(metaTested, now) })
}

// MailTested says when the mail was last known to work: the doctor's own letter
// came back, or the server took a test; zero: never.
func (e *Engine) MailTested(ctx context.Context) (at time.Time, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		text, err := tx.Meta(metaTested)
		if err == nil && text != "" {
			at, err = time.Parse(time.RFC3339, text)
		}
		return err
	})
	return at, err
}
