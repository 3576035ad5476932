package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/clarion-clp/clarion/connectors/mail"
	"github.com/clarion-clp/clarion/connectors/mail/inbound"
	"github.com/clarion-clp/clarion/connectors/mail/mailbox"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// errNoMailbox says that constituency.yaml names no mailbox.
var errNoMailbox = errors.New("constituency.yaml names no mailbox: add mailbox under mail, with server, user and password_file")

// mailbox opens the mailbox that the mail settings name. It connects when it is
// first used.
func (s *session) mailbox(folder string) func(context.Context, *playbook.Constituency) (engine.Mailbox, error) {
	if s.On != "" { // what comes back belongs to the day on which it came
		return nil
	}
	return func(_ context.Context, c *playbook.Constituency) (engine.Mailbox, error) {
		if c.Mail.Mailbox == nil {
			return nil, errNoMailbox
		}
		box, err := openMailbox(folder, *c.Mail.Mailbox)
		if err != nil {
			return nil, err
		}
		return &postbox{box, c.Mail.Mailbox.Stamp, cmp.Or(c.Mail.Mailbox.Folder, "INBOX")}, nil
	}
}

// A postbox reads the messages of a mailbox for the engine.
type postbox struct {
	*mailbox.Mailbox
	stamp  string // by which the receiving server says what it checked
	folder string
}

func cursor(p engine.MailPlace) mailbox.Cursor {
	return mailbox.Cursor{UIDValidity: p.Validity, UID: p.UID, Since: p.Since}
}

func (b *postbox) Fetch(ctx context.Context, after engine.MailPlace) (engine.Post, error) {
	batch, err := b.Mailbox.Fetch(ctx, cursor(after))
	if err != nil {
		return engine.Post{}, err
	}
	post := engine.Post{Next: engine.MailPlace{Validity: batch.Cursor.UIDValidity, UID: batch.Cursor.UID, Since: after.Since}, More: batch.More}
	for _, m := range batch.Messages {
		in := incoming(inbound.Read(m.Bytes, inbound.Own{Server: b.stamp}))
		in.At = engine.MailPlace{Validity: m.UIDValidity, UID: m.UID}
		in.Received, in.Whole = m.Received, m.Whole
		post.Letters = append(post.Letters, in)
	}
	return post, nil
}

func (b *postbox) File(ctx context.Context, at engine.MailPlace, folder string) error {
	f, err := b.Mailbox.File(ctx, mailbox.Ref{Folder: b.folder, UIDValidity: at.Validity, UID: at.UID}, folder)
	if err == nil && f == mailbox.Renumbered {
		return engine.ErrRenumbered
	}
	return err
}

func (b *postbox) Wait(ctx context.Context, after engine.MailPlace) error {
	return b.Mailbox.Wait(ctx, cursor(after))
}

// incoming is a message as the engine takes it.
func incoming(m *inbound.Message) engine.Incoming {
	in := engine.Incoming{Kind: engine.MailKind(m.Kind), SHA256: m.SHA256, MessageID: m.MessageID, From: m.From, Subject: m.Subject, Date: m.Date,
		Recipients: m.Feedback.Recipients, Token: m.Task + m.Unsubscribe, Text: m.Answer.Text,
		Genuine: m.Auth.Passed(), Fake: m.Auth.DMARC == "fail"}
	for _, r := range m.Refs {
		switch r.Where {
		case inbound.Returned:
			in.About = append(in.About, r.Ref)
		case inbound.Answered:
			in.Answers = append(in.Answers, r.Ref)
		}
	}
	for _, f := range m.Failures {
		code, _ := strconv.Atoi(f.Code)
		in.Failures = append(in.Failures, engine.MailFailure{Recipient: f.Recipient, Original: f.Original, Status: f.Status, Code: code,
			Hard: f.Verdict == inbound.Hard, Reason: f.Reason})
	}
	for _, a := range m.Attachments {
		if a.Kind == inbound.SheetFile || a.Kind == inbound.CalendarFile || a.Kind == inbound.DocumentFile {
			in.Files = append(in.Files, engine.MailFile{Name: a.Name, SHA256: a.SHA256, Size: a.Size, Refused: a.Refused, Bytes: a.Bytes})
		}
	}
	return in
}

// A proving sender looks for letters of a run that broke off among those that
// the mailbox keeps of what was sent.
type proving struct {
	*mail.SMTP
	folder string
	mail   playbook.Mail
}

// proven is a way out that can look for what went, where there is a mailbox.
func proven(folder string, m playbook.Mail, out *mail.SMTP) engine.Sender {
	if m.Mailbox == nil {
		return out
	}
	return &proving{out, folder, m}
}

// Sent looks among the sent letters. What is found went; what is not may have
// gone all the same.
func (p *proving) Sent(ctx context.Context, messageIDs []string) (map[string]bool, error) {
	box, err := openMailbox(p.folder, *p.mail.Mailbox)
	if err != nil {
		return nil, err
	}
	defer box.Close()
	found := map[string]bool{}
	for _, id := range messageIDs {
		yes, err := box.Sent(ctx, id)
		if err != nil {
			return found, fmt.Errorf("looking among the sent letters: %w", err)
		}
		found[id] = yes
	}
	return found, nil
}

// printMail says what came back.
func (s *session) printMail(c engine.Collection) {
	if c.Problem != "" {
		s.out.note("", "%s %s.", s.out.paint("33", "The mailbox was not read to its end:"), c.Problem)
	}
	var did []string
	for _, r := range sortedKeys(c.Results) {
		did = append(did, fmt.Sprintf("%s: %d", r, c.Results[r]))
	}
	if c.Proven > 0 {
		did = append(did, fmt.Sprintf("found among the sent letters: %d", c.Proven))
	}
	if len(did) > 0 {
		s.out.note("", "%s %s.", s.out.paint("1", "Mail:"), names(did, len(did)))
	}
	for _, f := range c.Laid {
		s.out.note("  ", "laid into the folder: %s", f)
	}
	if c.Unlisted > 0 {
		s.out.note("  ", "%s, for too many wait, or come from one sender in a day.", plural(c.Unlisted, "more lies in the mailbox and is not listed", "more lie in the mailbox and are not listed"))
	}
	if c.Waiting > 0 {
		s.out.say("  %s for a person: clarion mail list", plural(c.Waiting, "message waits", "messages wait"))
	}
}

// mailView is what --json prints of a look into the mailbox.
func mailView(c engine.Collection) object {
	return object{"results": c.Results, "waiting": c.Waiting, "laid": some(c.Laid), "proven": c.Proven, "unlisted": c.Unlisted}.text("problem", c.Problem)
}
