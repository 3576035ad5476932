// Package mail puts letters on the wire, or into a folder.
//
// # The message
//
// Bytes makes a message of a letter.Outgoing: text and HTML as alternatives,
// attachments under their own names in any script, and these headers: From, To
// and Reply-To with encoded names, Subject, Date and Message-ID as given,
// X-Clarion-Ref, Auto-Submitted, User-Agent and X-Mailer. The same Outgoing
// gives the same bytes: nothing is taken from the clock or from chance.
// Whatever stands in a name or a subject, it cannot begin a header: control
// characters are made visible before they get here and again here.
//
// What was approved is the content; these are added to it on the wire:
//
//	List-Unsubscribe       to what promotes something: an https: address, with
//	List-Unsubscribe-Post  one click (RFC 8058), and a mailto: one; on one line
//	In-Reply-To,           the earlier letters of the same series to the same
//	References             reader
//	Reply-To, or a mark    to an officer who is asked something: an address with
//	behind the subject     a token in it or, where the mailbox takes none, the
//	                       token in the subject; never in the words
//	DKIM-Signature         where a Signer is given; it covers all of these
//
// The domain of an address is written as mail servers do, xn--. What stands
// before the @ may be beyond ASCII: then a letter goes only through a server that
// offers SMTPUTF8, and is refused for good for any other.
//
// # The outcome of an attempt
//
// Send answers with a letter.Outcome and never with an error:
//
//	delivered   the server answered the end of the message with 2xx; the file
//	            is in the folder
//	deferred    a 4xx to the recipient, to DATA or to the message
//	refused     a 5xx to the same, or an address that is none
//	not tried   no connection, no TLS, no log-in, a sender the server does not
//	            let in, a broken line before the whole message was out; the
//	            text says which, for the person who set the server up
//	unknown     the whole message was out and no answer came
//
// A connection is kept and used again; a letter goes to one recipient; a letter
// takes four round trips, or two with a server that lets several things be said
// in one breath (PIPELINING). A kept connection that turns out to be gone when the
// next letter begins is dialled again, once: nothing had been sent.
//
// # The folder
//
// Drop writes each letter as one .eml file, whole or not at all, and never over
// another. A letter whose Ref is there already counts as delivered, so a Drop
// can be asked what became of a letter after a crash (Sent).
package mail

import (
	"net/mail"
	"strings"

	"golang.org/x/text/unicode/norm"

	"github.com/clarion-clp/clarion/engine/letter"
)

// agent is what our letters say they were written with.
const agent = "Clarion"

func notTried(text string) letter.Outcome {
	return letter.Outcome{Kind: letter.NotTried, Text: text}
}

// address reads one bare address. It is the whole of the text or it is none. Its
// domain is given as mail servers write it.
func address(s string) (*mail.Address, bool) {
	if s == "" || strings.ContainsAny(s, "<>\r\n\t ,;") || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return nil, false
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" {
		return nil, false
	}
	local := a.Address[:strings.LastIndexByte(a.Address, '@')]
	domain := letter.Domain(a.Address)
	if a.Address = norm.NFC.String(local) + "@" + domain; domain == "" || len(a.Address) > 320 {
		return nil, false
	}
	return a, true
}
