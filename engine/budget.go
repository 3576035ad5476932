package engine

import (
	"fmt"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/store"
)

// The error budget: how many letters in a row may come to nothing before it is
// the server that is at fault, or we, and not the letters.
const (
	mostLost      = 3  // that never reached the server: the round ends
	mostRefused   = 3  // that it refused for good: a person must see to it
	mostStrangers = 10 // that it refused because of their addresses
	mostPutOff    = 20 // that it put off: the round ends
)

// budget is what a round has spent of it. What needs a person stops everything
// until clarion resume, whatever is started meanwhile: the next pass would burn
// three letters more, or lock the account by trying the same password again.
// What may pass by itself ends the round; the next begins with one letter.
type budget struct {
	lost, refused, putOff int    // letters in a row
	went                  bool   // the last one was taken
	person                string // why a person must see to it, or empty
}

// careful reports whether the next letter goes alone.
func (b *budget) careful() bool { return !b.went }

// count counts an outcome.
func (b *budget) count(o letter.Outcome) {
	before := *b
	*b = budget{person: before.person}
	switch o.Kind {
	case letter.Delivered:
		b.went = true
	case letter.Refused:
		b.refused = before.refused + 1
		b.went = before.went
	case letter.Deferred:
		b.putOff = before.putOff + 1
		b.went = before.went
	case letter.NotTried:
		b.lost = before.lost + 1
	}
}

// spent says why a round ends after an outcome, or is empty.
func (b *budget) spent(o letter.Outcome) string {
	most, text := mostRefused, strings.TrimSuffix(o.Text, ".")
	if badAddress(o) {
		most = mostStrangers
	}
	switch {
	case o.Kind == letter.Unknown:
		return "the connection broke while a letter was on the wire: " + text
	case needsPerson(o):
		b.person = "the mail server does not let us send: " + text
	case b.lost >= mostLost:
		return "the mail server cannot be used: " + text
	case b.refused >= most:
		last := said(o)
		if badAddress(o) { // the rest of what it said is about one member
			last = strings.TrimSpace(fmt.Sprintf("%d %s", o.Code, o.Enhanced))
		}
		b.person = fmt.Sprintf("the mail server refused %d letters in a row, the last with %s", b.refused, last)
	case b.putOff >= mostPutOff:
		return fmt.Sprintf("the mail server put off %d letters in a row, the last with %s", b.putOff, said(o))
	}
	if b.person == "" {
		return ""
	}
	return b.person + ". See to it, then: clarion resume"
}

// needsPerson reports whether an outcome is about our account: the log-in, or
// the address that we send from. To try again changes nothing.
func needsPerson(o letter.Outcome) bool { return o.Kind == letter.NotTried && o.Code >= 500 }

// halt stops everything until a person has seen to what is wrong.
func (r *round) halt(tx *store.Tx, now time.Time) error {
	book, err := tx.LoadBook()
	if err != nil {
		return err
	}
	if _, halted := book.Halted(); halted {
		return nil
	}
	words, err := tx.SaveWords(r.budget.person)
	if err != nil {
		return err
	}
	return tx.Apply(now, "clarion", ledger.HaltedAll{Reason: words})
}
