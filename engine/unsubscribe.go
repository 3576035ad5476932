package engine

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/store"
)

// link puts on a message what its reader can do with it without writing a word.
// It is done on the wire and is no part of what was approved.
//
// Whoever gets a letter that promotes something can end such letters with the
// button of their mail program: by one click where the constituency has a public
// address, else by a mail that the program writes. A letter that members must
// get, such as the notice of a meeting, has no such button, for it would end
// nothing.
//
// An officer who is asked something can reply with the answer. The token that
// says which message is answered stands in the address that the reply goes to,
// where the mailbox takes such addresses, and else behind the subject, which
// every mail program keeps. Where the message also asks for a yes, or tells of
// one, it is the token for that, with which tasks are answered as well.
func (e *Engine) link(tx *store.Tx, book *ledger.Book, m ledger.Message, tells []int64, o *letter.Outgoing, now time.Time) error {
	c := e.set.Constituency
	mailbox, public := c.Mail.Answers(), c.Web.Public
	reply, err := e.reviewLink(tx, book, m, tells, o, now)
	if err != nil {
		return err
	}
	switch {
	case m.Basis == "marketing":
		token, err := tx.Token(store.ToUnsubscribe, m.ID, now)
		if err != nil {
			return err
		}
		if public != "" {
			o.Unsubscribe = append(o.Unsubscribe, public+"/u/"+token)
		}
		if to := mailto(cmp.Or(mailbox, o.Content.From)); to != "" {
			o.Unsubscribe = append(o.Unsubscribe, to+"?subject=unsubscribe%20"+token)
		}
	case asks(book, m) && (mailbox != "" || public != ""):
		token, err := tx.Token(store.ToAnswer, m.ID, now)
		if err != nil {
			return err
		}
		if public != "" {
			o.AnswerAt = public + "/a/" + token
		}
		reply = cmp.Or(reply, token)
	}
	if local, domain, _ := strings.Cut(mailbox, "@"); reply != "" && mailbox != "" {
		if c.Mail.Mailbox.Plus {
			o.Answers = local + "+task-" + reply + "@" + domain
		} else {
			o.Answers, o.Mark = mailbox, "[task "+reply+"]"
		}
	}
	return nil
}

// mailto is an address as a link; empty for one that no link can hold.
func mailto(address string) string {
	at := strings.LastIndexByte(address, '@')
	domain := letter.Domain(address)
	if at < 1 || domain == "" {
		return ""
	}
	return "mailto:" + url.PathEscape(address[:at]) + "@" + domain
}

// asks reports whether an officer's message tells of a task that is still open.
func asks(book *ledger.Book, m ledger.Message) bool {
	return m.Basis == "officer" && m.Kind == ledger.Digest && slices.ContainsFunc(m.Actions, func(k ledger.ActionKey) bool {
		a, ok := book.Action(k)
		return ok && slices.ContainsFunc(book.TasksOf(a.Case), func(t ledger.Task) bool {
			return t.Step == a.Step && t.Element == a.Element && (t.State == ledger.TaskOpen || t.State == ledger.TaskOverdue)
		})
	})
}
