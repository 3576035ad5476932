package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Mailbox is where answers come back. Its errors are sentences for people.
// Nothing in it is ever deleted.
type Mailbox interface {
	// Fetch gives what came after a place, in the order in which it came.
	Fetch(ctx context.Context, after MailPlace) (Post, error)
	// File moves a message into a folder. That it is gone is no error.
	File(ctx context.Context, at MailPlace, folder string) error
	// Sent tells that a letter lies among the sent ones. That it does not
	// proves nothing.
	Sent(ctx context.Context, messageID string) (bool, error)
	// Wait returns when something came after a place.
	Wait(ctx context.Context, after MailPlace) error
	Close() error
}

// A MailPlace is how far a mailbox was read, or where one message lies: the
// server's number of its own numbering, and the message's number in it.
type MailPlace struct {
	Validity, UID uint32
	Since         time.Time // what is older is left out when all is read anew
}

// A Post is what came.
type Post struct {
	Letters []Incoming
	Next    MailPlace // for the next Fetch, once these are dealt with
	More    bool
}

// A MailKind is what a message is taken for.
type MailKind string

// The kinds of messages that something is done about.
const (
	MailComplaint   MailKind = "complaint"
	MailReport      MailKind = "delivery report"
	MailDelayed     MailKind = "delay"
	MailAutoReply   MailKind = "automatic reply"
	MailUnsubscribe MailKind = "unsubscribe"
	MailAnswer      MailKind = "answer to a task"
	MailReply       MailKind = "reply to a letter"
	MailList        MailKind = "list"
	MailDocument    MailKind = "document"
)

// An Incoming is a message that came, and what it is.
type Incoming struct {
	At       MailPlace
	Received time.Time
	Whole    bool // not only its beginning was fetched
	Kind     MailKind

	SHA256, MessageID string
	From, Subject     string
	Date              time.Time

	About      []string      // our references in the letter that came back
	Answers    []string      // our references in what it says it answers
	Failures   []MailFailure // of a report
	Recipients []string      // of a complaint, where it names them
	Token      string        // of an unsubscribe or an answer
	Text       string        // what a person wrote, above what is quoted
	Genuine    bool          // our own server says that the sender is the sender
	Fake       bool          // it says that the sender is not
	Files      []MailFile
}

// A MailFailure is what a report says of one recipient.
type MailFailure struct {
	Recipient, Original string
	Status              string // 5.1.1
	Code                int    // 550
	Hard                bool   // the address does not exist
	Reason              string
}

// A MailFile is an attachment that may be a list or a paper.
type MailFile struct {
	Name    string // safe to save under
	SHA256  string
	Size    int
	Refused string // why it must not be taken
	Bytes   func() ([]byte, error)
}

// A Collection says what one look into the mailbox came to.
type Collection struct {
	Results  map[string]int // messages, by what became of them
	Waiting  int            // messages that now wait for a person
	Laid     []string       // files that were laid into the inbox
	Problem  string         // why the mailbox could not be used, for a person
	Unlisted int            // messages for a person that were left in the mailbox: too many wait
	Proven   int            // uncertain letters that were found to have gone

	again time.Duration // before which another look is of no use
	read  bool          // to the end: what comes from now on is new
}

// What becomes of messages.
const (
	wasBounced  = "address given up"
	wasKnown    = "came back again"
	wasSoft     = "did not arrive"
	wasLate     = "late"
	wasDesk     = "officer not reached"
	wasHeld     = "held"
	wasComplain = "complaint"
	wasLeaving  = "unsubscribed"
	wasAnswer   = "task answered"
	wasYes      = "letters approved"
	wasNo       = "letters held"
	wasReply    = "replied"
	wasMachine  = "automatic"
	wasFiles    = "files taken"
	wasUnclear  = "for a person"
	wasSeen     = "seen to"
)

// The folders of the mailbox into which messages are filed. A reply is not filed:
// somebody is to read it, and reads the inbox.
const (
	reportsFolder   = "Clarion/Reports"
	automaticFolder = "Clarion/Automatic replies"
	leavingFolder   = "Clarion/Unsubscribed"
	answersFolder   = "Clarion/Answers"
	filesFolder     = "Clarion/Files"
)

// firstLook is how far back the first look into a mailbox goes.
const firstLook = 30 * 24 * time.Hour

// A collecting is one look into the mailbox.
type collecting struct {
	*Engine
	box  Mailbox
	name string // of the mailbox
	said *Collection
}

// Collect takes what came back to the mailbox, each message once. What became of
// a message is on the disk before it is filed; a look that broke off between the
// two files it the next time. Where nothing can be done without a person, the
// message stays where it lies and is listed. Nothing is ever answered.
func (e *Engine) Collect(ctx context.Context) (Collection, error) {
	said := Collection{Results: map[string]int{}}
	settings := e.set.Constituency.Mail.Mailbox
	if settings == nil || e.Options.Mailbox == nil {
		return said, nil
	}
	stand, err := e.Store.Stand(ctx)
	if err != nil {
		return said, err
	}
	if !stand.Sending() { // two copies would take each other's mail
		said.Problem = "no mail is collected: " + stand.Why
		return said, nil
	}
	lease, err := e.Store.Lease(ctx, "collect", fmt.Sprintf("process %d", os.Getpid()), leaseTime)
	if errors.As(err, new(*store.Held)) {
		return said, nil // another is at it
	}
	if err != nil {
		return said, err
	}
	defer lease.Release(context.WithoutCancel(ctx))
	c := &collecting{Engine: e, name: mailboxName(settings), said: &said}
	if c.box, err = e.Options.Mailbox(ctx, e.set.Constituency); err != nil {
		c.trouble(ctx, err)
		return said, nil
	}
	defer c.box.Close()
	problem, err := c.look(ctx)
	c.trouble(ctx, problem)
	said.read = problem == nil && err == nil && said.again == 0 && ctx.Err() == nil
	return said, err
}

// trouble notes why the mailbox could not be used.
func (c *collecting) trouble(ctx context.Context, problem error) {
	if problem != nil && ctx.Err() == nil && c.said.Problem == "" {
		c.said.Problem, c.said.again = strings.TrimSuffix(problem.Error(), "."), retry
	}
}

// mailboxName tells one mailbox from another.
func mailboxName(m *playbook.Mailbox) string {
	return strings.ToLower(m.User+" "+m.Server) + " " + m.Folder
}

// ErrRenumbered says that the server has numbered a folder anew since it was read:
// the numbers that are known may be other messages' now.
var ErrRenumbered = errors.New("the mailbox was numbered anew")

// errLater says that a message is about a letter that another process is just
// sending.
var errLater = errors.New("a letter is on its way at this moment")

// look takes all that came. A problem is the mailbox's, an error ours.
func (c *collecting) look(ctx context.Context) (problem, err error) {
	place, err := c.mailPlace(ctx, c.name)
	if err != nil {
		return nil, err
	}
	for more := true; more && ctx.Err() == nil; {
		var post Post
		if post, problem = c.box.Fetch(ctx, place); problem != nil {
			return problem, nil
		}
		for _, in := range post.Letters {
			if ctx.Err() != nil {
				return nil, nil
			}
			switch err := c.take(ctx, in); {
			case errors.Is(err, errLater):
				c.said.again = Beat
				return nil, c.fileAll(ctx, post.Next.Validity, true)
			case err != nil:
				return nil, err
			}
		}
		if err := c.move(ctx, post.Next); err != nil {
			return nil, err
		}
		place, more = post.Next, post.More
		if err := c.fileAll(ctx, place.Validity, more); err != nil {
			return nil, err
		}
	}
	return c.prove(ctx)
}

// mailPlace is how far a mailbox was read.
func (e *Engine) mailPlace(ctx context.Context, name string) (p MailPlace, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		p.Validity, p.UID, _, err = tx.Cursor(name)
		return err
	})
	p.Since = e.Now().Add(-firstLook)
	return p, err
}

// move notes how far the mailbox was read, and now and then that it was looked
// into.
func (c *collecting) move(ctx context.Context, to MailPlace) error {
	now := c.Now()
	return c.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		validity, uid, looked, err := tx.Cursor(c.name)
		if err != nil || validity == to.Validity && uid == to.UID && now.Sub(looked) < time.Hour && !now.Before(looked) {
			return err
		}
		return tx.MoveCursor(c.name, to.Validity, to.UID, now)
	})
}

// fileAll files what was decided. It is done once what became of a message is on
// the disk, and again where a look broke off. What cannot be filed now does not
// keep from reading on. Where the server has numbered the folder anew, a message
// is filed once it was met under its new number; one that is not met by the end is
// there no more.
func (c *collecting) fileAll(ctx context.Context, validity uint32, more bool) error {
	var list []store.Inbound
	err := c.Store.View(ctx, func(tx *store.Tx) (err error) {
		list, err = tx.Unfiled(c.name)
		return err
	})
	for _, m := range list {
		if err != nil || ctx.Err() != nil {
			break
		}
		switch stale := m.Validity != validity; {
		case stale && more:
			continue
		case stale:
		default:
			problem := c.box.File(ctx, MailPlace{Validity: m.Validity, UID: m.UID}, m.Folder)
			if errors.Is(problem, ErrRenumbered) {
				c.said.again = Beat
				return nil
			}
			if problem != nil {
				c.trouble(ctx, problem)
				return nil
			}
		}
		err = c.Store.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.Filed(m.ID, c.Now()) })
	}
	return err
}
