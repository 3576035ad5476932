package mailbox

import (
	"context"
	"slices"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// places is how a server's folders are called.
type places struct {
	delim  string // between a folder and the one within it; empty: there is no within
	prefix string // what the names of one's own folders begin with
	all    []imap.ListData
}

// look asks the server for its folders, once in a session.
func (s *session) look(ctx context.Context) (*places, error) {
	if s.places != nil {
		return s.places, nil
	}
	p := &places{}
	options := &imap.ListOptions{ReturnSpecialUse: s.caps.Has(imap.CapListExtended) && s.caps.Has(imap.CapSpecialUse)}
	err := s.ask(ctx, 0, func(c *imapclient.Client) error {
		list, err := c.List("", "*", options).Collect()
		for _, l := range list {
			if l.Delim != 0 {
				p.delim = string(l.Delim)
			}
			p.all = append(p.all, *l)
		}
		return err
	})
	if err == nil && s.caps.Has(imap.CapNamespace) {
		err = s.ask(ctx, 0, func(c *imapclient.Client) error {
			d, err := c.Namespace().Wait()
			if err == nil && len(d.Personal) > 0 {
				p.prefix = d.Personal[0].Prefix
			}
			return err
		})
	}
	if err != nil {
		return nil, err
	}
	slices.SortFunc(p.all, func(a, b imap.ListData) int { return strings.Compare(a.Mailbox, b.Mailbox) })
	s.places = p
	return p, nil
}

// name is the server's name of a folder that we call by a path with slashes:
// Clarion/Reports is Clarion.Reports or INBOX.Clarion.Reports on some.
func (p *places) name(path string) string {
	if path == "" || strings.EqualFold(path, "INBOX") || p.has(path) {
		return path
	}
	if p.delim != "" && p.delim != "/" {
		parts := strings.Split(path, "/")
		for i := range parts {
			parts[i] = strings.ReplaceAll(parts[i], p.delim, "-")
		}
		path = strings.Join(parts, p.delim)
	}
	if !strings.HasPrefix(path, p.prefix) {
		path = p.prefix + path
	}
	return path
}

func (p *places) has(name string) bool {
	return slices.ContainsFunc(p.all, func(l imap.ListData) bool { return l.Mailbox == name })
}

// sentNames is what servers that do not say which folder holds the sent letters
// call it.
var sentNames = []string{"Sent", "Sent Items", "Sent Messages", "Sent Mail", "[Gmail]/Sent Mail", "[Google Mail]/Sent Mail"}

// sent is the folder of sent letters, or empty.
func (p *places) sent(named string) string {
	if named != "" {
		return p.name(named)
	}
	for _, l := range p.all {
		if slices.Contains(l.Attrs, imap.MailboxAttrSent) {
			return l.Mailbox
		}
	}
	for _, n := range sentNames {
		for _, name := range []string{n, p.name(n)} {
			if p.has(name) {
				return name
			}
		}
	}
	return ""
}
