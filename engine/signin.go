package engine

import (
	"context"
	"errors"
	"time"

	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/store"
)

// LetIn makes the token of a link by which whoever sits at the computer itself
// signs in to the console, once, in a role.
func (e *Engine) LetIn(ctx context.Context, role string, until time.Time) (token string, err error) {
	err = e.Store.Update(ctx, func(tx *store.Tx) error {
		token, err = tx.NewSignIn(store.Sitting{Role: role}, until)
		return err
	})
	return token, err
}

// MailSignIn mails a link to sign in to an officer's own address, as the officers
// list has it: that of a seat. The letter is no part of the record: the ledger
// does not know of it.
func (e *Engine) MailSignIn(ctx context.Context, seat Seat, until time.Time, link func(token string) string) error {
	var token string
	err := e.Store.Update(ctx, func(tx *store.Tx) (err error) {
		token, err = tx.NewSignIn(store.Sitting{Person: seat.Person}, until)
		return err
	})
	if err != nil {
		return err
	}
	sender, err := e.Sender(ctx, e.set.Constituency)
	if err != nil {
		return err
	}
	defer sender.Close()
	o, err := e.aside(e.signInLetter(seat, link(token), until))
	if err != nil {
		return err
	}
	if out := sender.Send(ctx, o); out.Kind != letter.Delivered {
		return errors.New("a link to sign in could not be mailed: " + out.Text)
	}
	return nil
}

// signInLetter is the letter with a link to sign in.
func (e *Engine) signInLetter(seat Seat, link string, until time.Time) letter.Content {
	c := e.set.Constituency
	text := "This link signs you in to the console of " + c.Name + ":\n\n" + link + "\n\n" +
		"It works once, until " + e.Clock().Words(until) + ". Opening it changes nothing; press the button on its page.\n\n" +
		"If you have not asked for it, somebody else has typed your address, and nothing follows from that: delete this letter. Pass the link on to nobody.\n"
	from := c.Mail.From
	if from == "" {
		from = seat.Email
	}
	return letter.Content{From: from, FromName: c.Name, To: seat.Email, ToName: seat.Name, Subject: "Your link to sign in", Text: text}
}
