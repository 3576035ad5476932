package mailbox

import (
	"bytes"
	"context"
	"net/mail"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// noSent is that the account has no folder of sent letters.
var noSent = &Fault{Kind: Setup, Text: "The mailbox has no folder that is known to hold the sent letters. Say which it is."}

// Sent tells that a letter with this Message-ID lies among the sent ones: the
// proof that it went. That it does not lie there proves nothing: not every
// server keeps a copy, and a copy may come late.
func (m *Mailbox) Sent(ctx context.Context, messageID string) (bool, error) {
	id, err := bare(messageID)
	if err != nil {
		return false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	found := false
	err = m.perform(ctx, func(s *session) (err error) {
		found, _, err = m.sent(ctx, s, id)
		return err
	})
	return found && err == nil, err
}

// Keep puts a copy of a letter among the sent ones, unless one lies there. It
// tells whether it did.
func (m *Mailbox) Keep(ctx context.Context, messageID string, message []byte, at time.Time) (bool, error) {
	id, err := bare(messageID)
	if err != nil {
		return false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	kept := false
	err = m.perform(ctx, func(s *session) error {
		found, folder, err := m.sent(ctx, s, id)
		if err != nil || found {
			return err
		}
		err = s.ask(ctx, 0, func(c *imapclient.Client) error {
			put := c.Append(folder, int64(len(message)), &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen}, Time: at})
			_, wrong := put.Write(message)
			if err := put.Close(); wrong == nil {
				wrong = err
			}
			if _, err := put.Wait(); err != nil {
				return err
			}
			return wrong
		})
		kept = err == nil
		return err
	})
	return kept, err
}

// bare is a Message-ID without its brackets.
func bare(messageID string) (string, error) {
	id := strings.Trim(messageID, "<> ")
	if id == "" || strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r >= 0x7f }) {
		return "", &Fault{Kind: Setup, Text: "That is no Message-ID, so it cannot be looked for among the sent letters."}
	}
	return id, nil
}

// sent looks for a letter in the folder of sent ones.
func (m *Mailbox) sent(ctx context.Context, s *session, id string) (found bool, folder string, err error) {
	p, err := s.look(ctx)
	if err != nil {
		return false, "", err
	}
	if folder = p.sent(m.account.Sent); folder == "" {
		return false, "", noSent
	}
	s.open = ""
	err = s.ask(ctx, 0, func(c *imapclient.Client) error {
		_, err := c.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
		return err
	})
	if err != nil {
		return false, "", err
	}
	var uids []imap.UID
	err = s.ask(ctx, 0, func(c *imapclient.Client) error {
		d, err := c.UIDSearch(&imap.SearchCriteria{Header: []imap.SearchCriteriaHeaderField{{Key: "Message-ID", Value: id}}}, nil).Wait()
		if err == nil {
			uids = d.AllUIDs()
		}
		return err
	})
	if err != nil || len(uids) == 0 {
		return false, folder, err
	}
	found, err = s.exactly(ctx, uids[:min(len(uids), atOnce)], id)
	return found, folder, err
}

// exactly tells that one of the messages has the Message-ID: the server looks
// for a part of it.
func (s *session) exactly(ctx context.Context, uids []imap.UID, id string) (found bool, err error) {
	section := &imap.FetchItemBodySection{Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Message-ID"}, Peek: true}
	err = s.ask(ctx, 0, func(c *imapclient.Client) error {
		return gather(c.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}), func(p piece) {
			header, err := mail.ReadMessage(bytes.NewReader(append(bytes.TrimRight(p.bytes, "\r\n"), "\r\n\r\n"...)))
			found = found || err == nil && strings.Trim(header.Header.Get("Message-ID"), "<> ") == id
		})
	})
	return found, err
}
