package inbound

import (
	"strings"

	"github.com/emersion/go-message"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Verdict is what a failure says about the address.
type Verdict string

// The verdicts.
const (
	Hard Verdict = "hard" // the address or its domain does not exist
	Soft Verdict = "soft" // it did not arrive, and may another time
	Late Verdict = "late" // it is still being tried
)

// A Failure is what a report says of one recipient.
type Failure struct {
	Recipient  string // to whom it could not be delivered
	Original   string // whom the sender had written to, where the report says so
	Status     string // 5.1.1
	Code       string // 550
	Diagnostic string // the words of the report, fit to show
	Verdict    Verdict
	Reason     string // the verdict in words
	Rule       string // by which rule
}

// A notice is what a report says of one recipient, before it is judged.
type notice struct {
	recipient, original, action, status, diagnostic string
	words                                           string // what the text says of the recipient
	whole                                           string // all of the text, where that says too little
}

// fields are the blocks of a status part: first that of the message, then one
// for each recipient.
func fields(p *part) []message.Header {
	rest := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(p.text())
	var out []message.Header
	for _, block := range strings.Split(rest, "\n\n") {
		if len(out) > maxFailures {
			break
		}
		block = strings.Trim(block, "\n") // more empty lines than one
		if block == "" {
			continue
		}
		h, _, _ := readHeader([]byte(block + "\n\n"))
		if h.Len() > 0 {
			out = append(out, h)
		}
	}
	return out
}

// notices reads the status parts of a report.
func (m *Message) notices(r *reader) []notice {
	var out []notice
	for _, p := range r.status {
		for _, h := range fields(p) {
			m.found(h.Get("Original-Envelope-Id"), Returned)
			m.found(h.Get("X-Original-Message-Id"), Returned)
			if !h.Has("Final-Recipient") && !h.Has("Original-Recipient") && !h.Has("Action") {
				continue
			}
			n := notice{
				recipient:  typed(h.Get("Final-Recipient")),
				original:   typed(h.Get("Original-Recipient")),
				action:     strings.ToLower(strings.TrimSpace(h.Get("Action"))),
				status:     firstCode(h.Get("Status")),
				diagnostic: letters([]byte(h.Get("Diagnostic-Code"))),
			}
			if _, after, ok := strings.Cut(n.diagnostic, ";"); ok {
				n.diagnostic = after
			}
			if n.recipient == "" {
				n.recipient, n.original = n.original, ""
			}
			if strings.EqualFold(n.recipient, n.original) {
				n.original = ""
			}
			if n.recipient == "" && h.Has("Final-Recipient") {
				m.problem("it names a recipient by something that is no mail address")
			}
			if len(out) < maxFailures {
				out = append(out, n)
			}
		}
	}
	return out
}

// typed is the address in a field such as "rfc822; jo@example.org".
func typed(field string) string {
	kind, value, ok := strings.Cut(field, ";")
	if kind = strings.ToLower(strings.TrimSpace(kind)); !ok {
		value = field
	} else if kind != "rfc822" && kind != "utf-8" && kind != "" {
		return ""
	}
	a, _ := bare(value)
	return a
}

// failures judges every recipient that a report names.
func (m *Message) failures(r *reader, h message.Header, known *rules, text said, writtenTo []string) {
	list := m.notices(r)
	for i := range list { // a block that names nobody, where only one can be meant
		if list[i].recipient == "" && len(list) == 1 {
			list[i].recipient = failedField(h)
		}
	}
	if !named(list) {
		list = nil
		for _, f := range h.Values("X-Failed-Recipients") {
			for _, a := range strings.Split(f, ",") {
				if a, ok := bare(a); ok && len(list) < maxFailures {
					list = append(list, notice{recipient: a, action: text.action()})
				}
			}
		}
	}
	if len(list) == 0 || len(r.status) == 0 && !anyOf(writtenTo, list) && text.names(writtenTo) {
		list = nil
		for _, s := range text.list {
			if strings.EqualFold(s.recipient, m.From) { // who reports is not whom it did not reach
				continue
			}
			list = append(list, notice{recipient: s.recipient, action: text.action()})
		}
	}
	for _, n := range list {
		if n.recipient == "" || n.action == "delivered" || n.action == "relayed" || n.action == "expanded" || strings.HasPrefix(n.status, "2.") {
			continue
		}
		n.words, n.whole = text.about(n.recipient, len(list) == 1 && strings.TrimSpace(n.diagnostic) == "")
		m.Failures = append(m.Failures, known.judge(n))
	}
}

// anyOf reports whether one of the recipients is among those that the letter
// was written to.
func anyOf(writtenTo []string, list []notice) bool {
	for _, n := range list {
		for _, a := range writtenTo {
			if strings.EqualFold(a, n.recipient) {
				return true
			}
		}
	}
	return false
}

func named(list []notice) bool {
	for _, n := range list {
		if n.recipient != "" {
			return true
		}
	}
	return false
}

// failedField is the one recipient that the header names as failed.
func failedField(h message.Header) string {
	if all := h.Values("X-Failed-Recipients"); len(all) == 1 {
		a, _ := bare(all[0])
		return a
	}
	return ""
}

// complaint reads what a recipient's provider says in the recipient's name.
func (m *Message) complaint(p *part) {
	for _, h := range fields(p) {
		if t := strings.ToLower(strings.TrimSpace(h.Get("Feedback-Type"))); t != "" && m.Feedback.Type == "" {
			m.Feedback.Type = line(t, 40)
		}
		for _, name := range []string{"Original-Rcpt-To", "Removal-Recipient"} {
			for _, v := range h.Values(name) {
				if a, ok := bare(v); ok {
					m.Feedback.Recipients = appendNew(m.Feedback.Recipients, a, maxFailures)
				}
			}
		}
		m.found(h.Get("Original-Envelope-Id"), Returned)
	}
}

// originals looks for our reference in the letters that came back, and gives to
// whom they were written.
func (m *Message) originals(parts []*part) []string {
	var to []string
	for _, p := range parts {
		data, err := p.decoded(maxHeader + 1)
		if err != nil && len(data) == 0 {
			data = p.body
		}
		h, _, _ := readHeader(withoutEnvelope(data))
		m.foundIn(h, Returned)
		for _, a := range addresses(h, "To") {
			to = append(to, a.Address)
		}
	}
	return to
}

// shortened is a diagnostic on one line, fit to show.
func shortened(s string) string {
	s = dataset.Plain(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > 400 {
		s = string(r[:399]) + "…"
	}
	return s
}
