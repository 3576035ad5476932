package letter

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"
)

// Content is everything about a message that a person approves. Its Digest is
// what the approval binds.
type Content struct {
	From, FromName, ReplyTo string
	To, ToName              string
	Subject, Text, HTML     string
	Why                     string // the reason, in words
	Attachments             []Attachment
}

// Digest is the SHA-256, in hexadecimal, over everything of the content that
// travels: each part stands behind its length, so no two contents run into
// the same bytes. Why is not part of it: it is said to the approver.
func (c Content) Digest() string {
	h := sha256.New()
	add := func(parts ...string) {
		var n [8]byte
		for _, s := range parts {
			binary.BigEndian.PutUint64(n[:], uint64(len(s)))
			h.Write(n[:])
			h.Write([]byte(s))
		}
	}
	add("clarion content 1", c.From, c.FromName, c.ReplyTo, c.To, c.ToName, c.Subject, c.Text, c.HTML)
	for _, a := range c.Attachments {
		add(a.Name, a.Type, a.SHA256)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// An Attachment is frozen under its digest.
type Attachment struct {
	Name, Type, SHA256 string
	Size               int64
}

// Outgoing is a message on its way to the wire: approved content and what is
// added there.
type Outgoing struct {
	Ref       string // our own reference; stands in Message-ID and X-Clarion-Ref
	MessageID string
	Date      time.Time
	Content   Content
	Files     map[string][]byte // attachments by SHA-256
	Again     bool              // possibly a second copy, to an officer

	// Earlier are the numbers of the letters of the same series that its reader
	// has, the oldest first: this one stands beneath them.
	Earlier []string
	// Unsubscribe is where its reader can say, without a word, that there are to
	// be no more of these letters: an https: address that takes a click, then a
	// mailto: one. Only a letter that promotes something has any.
	Unsubscribe []string
	// Answers is the address to which the answers of an officer go; it holds the
	// token that says which message is answered. Empty: as the content says.
	Answers string
	// AnswerAt is the page on which an officer can answer. Empty: there is none.
	AnswerAt string
	// Mark stands behind the subject and holds the same token, where the mailbox
	// does not take such addresses.
	Mark string
	// ReviewAt is the page on which an officer says yes or no to the letters that
	// the message tells of, and Plan the saved plan that they are of.
	ReviewAt, Plan string
	// StopAt is the page on which letters are stopped to which somebody said yes.
	StopAt string
	// Head is the head of the decisions log at the time, in an officer's message:
	// the number of the last event and the beginning of its hash. Whoever keeps it
	// can tell later that nothing before it was changed.
	Head string
}

// An OutcomeKind is what became of one attempt.
type OutcomeKind uint8

// What can become of an attempt.
const (
	NotTried  OutcomeKind = iota // nothing of the message was sent; safe to try again
	Delivered                    // the server took it
	Deferred                     // a definite refusal for now (4xx)
	Refused                      // a definite refusal for good (5xx)
	Unknown                      // it may or may not have been taken
)

// An Outcome is the answer to one attempt. Text is the server's answer with
// addresses taken out and made plain.
type Outcome struct {
	Kind           OutcomeKind
	Code           int
	Enhanced, Text string
}
