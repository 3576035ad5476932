// Package inbound says what a message is that came back to the mailbox.
//
// Read is pure: bytes in, a Message out. It never fails, whatever the bytes are;
// what was odd stands in Problems. Nothing is decided here about people: whether
// a report counts, an answer is taken or a list imported is the engine's to say,
// which knows what was sent to whom.
//
// # What is never done
//
// No recipient is guessed: an address counts as failed only where it stands in
// a place for failed recipients, never because it occurs. Hard is only what is
// definite: that the address or its domain does not exist. A full, blocked,
// switched-off or unreachable mailbox, a filter's no, and whatever nobody has a
// rule for, is soft. Where two signs disagree, the softer one holds. The rules
// are a table, rules.yaml; each names two unrelated mail systems that need it.
//
// A message with two senders has none. A message that a machine wrote is never
// an answer or a reply, and Auto says why it must not be answered.
//
// # How our letters ask to be answered
//
// A letter's reference is eight, twelve and twelve figures of hexadecimal; it
// stands in X-Clarion-Ref and before the @ of Message-ID. A token is 16 to 52
// letters and figures of base32 in small letters. It comes back in the subject,
// "[task TOKEN]" or "unsubscribe TOKEN", or in the address written to,
// name+task-TOKEN@ or name+unsubscribe-TOKEN@. Nothing else is a token, least of
// all a word within the text, which anybody may have quoted.
//
// # Limits
//
// A message is read up to 40 MB, 500 parts, 10 parts deep, 256 KB of header and
// 1 MB of text; what is beyond is said in Problems. Nothing packed is unpacked.
package inbound

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Kind is what a message is taken for. Each is taken for one thing.
type Kind string

// The kinds, in the order in which they are asked.
const (
	Complaint   Kind = "complaint"
	Report      Kind = "delivery report"
	Delayed     Kind = "delay"
	AutoReply   Kind = "automatic reply"
	Unsubscribe Kind = "unsubscribe"
	TaskAnswer  Kind = "answer to a task"
	Reply       Kind = "reply to a letter"
	List        Kind = "list"
	Document    Kind = "document"
	Other       Kind = "other"
)

// Own is what there is to know about the mailbox in order to read its messages.
type Own struct {
	// Server is the name by which the receiving server stamps what it checked,
	// the first word of its Authentication-Results; *.example.org stands for any
	// of its hosts, and Nameless for a server that stamps without a name.
	// Without it nothing counts as checked.
	Server string
}

// Nameless is the name of a server that stamps without one, as Microsoft 365
// does.
const Nameless = "-"

// A Message is what the mailbox makes of a message. Text in it is fit to show;
// addresses are bare.
type Message struct {
	Kind Kind
	Why  string // why it is taken for that, in words

	SHA256     string // of its bytes
	MessageID  string // without angle brackets, as are the following
	InReplyTo  []string
	References []string

	From     string // the one sender; empty if there is none, or are several
	FromName string
	To       []string // To, Cc, and where the server says it was delivered to
	Subject  string
	Date     time.Time // zero if it cannot be read

	Auto string // why it must not be answered; empty if a person wrote it

	Refs        []Ref
	Failures    []Failure
	Feedback    Feedback
	Unsubscribe string // the token of somebody who wants no more letters
	Task        string // the token of the task that is answered
	Answer      Answer
	Attachments []Attachment
	Auth        Auth
	Problems    []string
}

// A Ref is one of our own references, and where it was found.
type Ref struct {
	Ref   string
	Where Where
}

// Where a reference of ours was found.
type Where string

// The places of a reference.
const (
	Returned Where = "returned" // in the headers of the letter that came back
	Answered Where = "answered" // in what the message says it answers
	Itself   Where = "itself"   // the message is a letter of ours
)

// Feedback is what a complaint says.
type Feedback struct {
	Type       string // abuse, fraud, opt-out ...
	Recipients []string
}

// MaxBytes is how much of a message is read.
const MaxBytes = 40 << 20

// The other bounds of what is read.
const (
	maxParts    = 500
	maxDepth    = 10
	maxHeader   = 256 << 10
	maxFields   = 1000
	maxText     = 1 << 20
	maxFailures = 500
	maxIDs      = 100
)

// Read says what a message is. It keeps no part of raw but what Attachments
// need for their bytes.
func Read(raw []byte, own Own) *Message {
	m := &Message{Kind: Other}
	sum := sha256.Sum256(raw)
	m.SHA256 = hex.EncodeToString(sum[:])
	cut := len(raw) > MaxBytes
	if cut {
		raw = raw[:MaxBytes]
		m.problem("it is larger than 40 MB; the rest was not read")
	}
	r := &reader{}
	top := r.entity(withoutEnvelope(raw), 0, cut)
	r.walk(top, "")
	m.head(top.header)
	m.Auth = authenticated(top.header, own.Server, m)
	m.attachments(r)
	m.classify(top, r)
	for _, p := range r.problems {
		m.problem(p)
	}
	return m
}

// problem notes what was odd, once.
func (m *Message) problem(text string) {
	for _, p := range m.Problems {
		if p == text {
			return
		}
	}
	m.Problems = append(m.Problems, text)
}
