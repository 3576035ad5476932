package inbound

import (
	"mime"
	"net/mail"
	"regexp"
	"strings"
	"sync"

	"github.com/emersion/go-message"
	"github.com/emersion/go-message/charset"

	"github.com/clarion-clp/clarion/engine/dataset"
)

var decoder = sync.OnceValue(func() *mime.WordDecoder { return &mime.WordDecoder{CharsetReader: charset.Reader} })

// words is a header's text with its encoded words decoded.
func words(s string) string {
	if s == "" {
		return ""
	}
	if strings.Contains(s, "=?") {
		if out, err := decoder().DecodeHeader(s); err == nil {
			s = out
		}
	}
	return letters([]byte(s))
}

// line is a header's text on one line, fit to show.
func line(s string, most int) string {
	s = dataset.Plain(strings.Join(strings.Fields(words(s)), " "))
	if r := []rune(s); len(r) > most {
		s = string(r[:most-1]) + "…"
	}
	return s
}

// head reads what the header says of who, whom, when and about what.
func (m *Message) head(h message.Header) {
	m.sender(h)
	for _, name := range []string{"To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To"} {
		for _, a := range addresses(h, name) {
			m.To = appendNew(m.To, a.Address, maxIDs)
		}
	}
	m.Subject = line(h.Get("Subject"), 300)
	if t, err := mail.ParseDate(strings.TrimSpace(h.Get("Date"))); err == nil && t.Year() > 1980 && t.Year() < 2200 {
		m.Date = t
	}
	for _, id := range ids(h.Get("Message-Id")) {
		m.MessageID = id
		break
	}
	m.InReplyTo = ids(h.Get("In-Reply-To"))
	m.References = ids(h.Get("References"))
}

// sender reads the one sender. Two fields, or two addresses in one, are a trick:
// one program shows the first and another checks the second.
func (m *Message) sender(h message.Header) {
	all := addresses(h, "From")
	fields := h.FieldsByKey("From")
	switch n := fields.Len(); {
	case n > 1 || len(all) > 1:
		m.problem("it has several senders, and so counts as having none")
	case len(all) == 1:
		m.From, m.FromName = all[0].Address, line(all[0].Name, 100)
	case n == 1 && !strings.Contains(fieldsText(h, "From"), "<>"):
		m.problem("its sender's address cannot be read")
	}
}

func fieldsText(h message.Header, name string) string {
	var all []string
	for f := h.FieldsByKey(name); f.Next(); {
		all = append(all, f.Value())
	}
	return strings.Join(all, ", ")
}

// addresses reads a list of addresses; from a list that is none, what stands in
// angle brackets or alone.
func addresses(h message.Header, name string) []*mail.Address {
	text := fieldsText(h, name)
	if text == "" || len(text) > maxHeader {
		return nil
	}
	p := mail.AddressParser{WordDecoder: decoder()}
	var out []*mail.Address
	list, err := p.ParseList(text)
	if err == nil {
		for _, a := range list {
			if _, ok := bare(a.Address); ok {
				out = append(out, &mail.Address{Name: a.Name, Address: tidy(a.Address)})
			}
		}
		return out
	}
	for _, a := range address().FindAllString(text, maxIDs) {
		if a, ok := bare(a); ok {
			out = append(out, &mail.Address{Address: a})
		}
	}
	return out
}

// anAddress is the form of an address, for rules and for finding one in a line.
const anAddress = `[^\s<>"'(),:;@\[\]\\]{1,64}@[\p{L}\p{N}](?:[\p{L}\p{N}.-]{0,250}[\p{L}\p{N}])?`

var (
	address     = pattern(anAddress)
	addressOnly = pattern(`^` + anAddress + `$`)
	reference   = pattern(`^[0-9a-f]{8}-[0-9a-f]{12}-[0-9a-f]{12}$`)
	anID        = pattern(`<([^<>\s]{1,400})>`)
	taskToken   = pattern(`(?i)\[task ([a-z2-7]{16,52})\]`)
	taskTo      = pattern(`(?i)\+task-([a-z2-7]{16,52})@`)
	leaveToken  = pattern(`(?i)^\s*unsubscribe[ :-]+([a-z2-7]{16,52})\s*$`)
	leaveTo     = pattern(`(?i)\+unsubscribe-([a-z2-7]{16,52})@`)
)

func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

// bare is one address and nothing else.
func bare(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "<") && strings.HasSuffix(s, ">") {
		s = strings.TrimSpace(s[1 : len(s)-1])
	}
	if len(s) > 320 || dataset.Plain(s) != s || !addressOnly().MatchString(s) || strings.Contains(s, "..") && strings.Contains(s[strings.IndexByte(s, '@'):], "..") {
		return "", false
	}
	return tidy(s), true
}

// tidy writes the domain in small letters; what stands before it is its owner's.
func tidy(a string) string {
	i := strings.LastIndexByte(a, '@')
	return a[:i+1] + strings.ToLower(a[i+1:])
}

func appendNew(list []string, s string, most int) []string {
	for _, have := range list {
		if strings.EqualFold(have, s) {
			return list
		}
	}
	if len(list) >= most {
		return list
	}
	return append(list, s)
}

// ids are the message numbers in a field.
func ids(field string) []string {
	var out []string
	for _, f := range anID().FindAllStringSubmatch(field, maxIDs) {
		if dataset.Plain(f[1]) == f[1] {
			out = append(out, f[1])
		}
	}
	return out
}

// ref is our reference within a message number, if it is one of ours.
func ref(id string) string {
	before, _, _ := strings.Cut(strings.Trim(id, "<> \t"), "@")
	if reference().MatchString(before) {
		return before
	}
	return ""
}

// found notes a reference of ours.
func (m *Message) found(id string, where Where) {
	r := ref(id)
	if r == "" {
		return
	}
	for _, have := range m.Refs {
		if have.Ref == r && have.Where == where {
			return
		}
	}
	m.Refs = append(m.Refs, Ref{r, where})
}

// foundIn notes the references in the header of a letter that came back.
func (m *Message) foundIn(h message.Header, where Where) {
	m.found(h.Get("X-Clarion-Ref"), where)
	m.found(h.Get("Message-Id"), where)
}
