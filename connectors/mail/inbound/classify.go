package inbound

import (
	"strings"

	"github.com/emersion/go-message"
)

// classify says what the message is. What machines send is asked first: a
// report that looks like an answer is a report.
func (m *Message) classify(top *part, r *reader) {
	h, k := top.header, known()
	text := r.plain.String()
	if strings.TrimSpace(text) == "" {
		text = pageText(r.html.String())
	}
	m.foundIn(h, Itself)
	for _, id := range m.InReplyTo {
		m.found(id, Answered)
	}
	for _, id := range m.References {
		m.found(id, Answered)
	}
	m.Auto = automatic(m, h, r)
	switch {
	case r.feedback != nil:
		m.originals(r.originals)
		m.complaint(r.feedback)
		m.complained()
		return
	case len(r.status) > 0 || m.fromDaemon(h) && !k.away.in(strings.ToLower(m.Subject)):
		if m.reported(r, h, k, text) {
			return
		}
	}
	if r.receipt {
		m.Why, m.Auto = "It says that a letter was opened.", "it is a receipt"
		return
	}
	m.personal(h, k, text)
}

// reported takes the message for a report, if it says of somebody that a letter
// did not arrive.
func (m *Message) reported(r *reader, h message.Header, k *rules, text string) bool {
	s := k.hear(m.Subject, text)
	if len(r.status) == 0 && !h.Has("X-Failed-Recipients") && !s.failed && !s.late {
		return false
	}
	writtenTo := m.originals(r.originals)
	for _, p := range r.files { // a report that is not declared as one carries the letter as a file
		if p.media == "message/rfc822" {
			writtenTo = append(writtenTo, m.originals([]*part{p})...)
		}
	}
	if s.returned != "" {
		inner, _, _ := readHeader([]byte(afterRuler(s.returned)))
		m.foundIn(inner, Returned)
		for _, a := range addresses(inner, "To") {
			writtenTo = append(writtenTo, a.Address)
		}
	}
	m.failures(r, h, k, s, writtenTo)
	if m.Auto == "" {
		m.Auto = "it is a report of a mail system"
	}
	if len(m.Failures) == 0 {
		if len(r.status) > 0 {
			m.Kind, m.Why = Other, "It is a report that names nobody whom a letter did not reach."
			return true
		}
		return false
	}
	m.Attachments = nil // what came back is not what somebody sends
	m.Kind, m.Why = Delayed, "A mail system says that a letter has not been delivered yet."
	for _, f := range m.Failures {
		if f.Verdict != Late {
			m.Kind, m.Why = Report, "A mail system says that a letter could not be delivered."
		}
	}
	return true
}

// afterRuler is a letter that came back in the text, without what is drawn
// above its header.
func afterRuler(s string) string {
	for {
		l, rest, ok := strings.Cut(s, "\n")
		if strings.Trim(l, "-=_ \t\r") != "" || !ok {
			return s
		}
		s = rest
	}
}

func (m *Message) complained() {
	m.Attachments = nil
	m.Kind, m.Why, m.Auto = Complaint, "A mail provider passes on that somebody called a letter unwanted.", "it is a report of a mail system"
	switch m.Feedback.Type {
	case "not-spam":
		m.Kind, m.Why = Other, "A mail provider passes on that somebody called a letter wanted."
	case "auth-failure", "dmarc", "auth_failure":
		m.Kind, m.Why = Other, "A mail provider reports a message that failed its checks of the sender."
	}
}

// daemons are the names under which mail systems write.
var daemons = map[string]bool{"mailer-daemon": true, "mailerdaemon": true, "mail-daemon": true, "postmaster": true, "mailer": true, "mmdf": true}

// fromDaemon reports whether a mail system wrote the message, or one that wants
// no answer where mail systems want none.
func (m *Message) fromDaemon(h message.Header) bool {
	name, _, _ := strings.Cut(strings.ToLower(m.From), "@")
	if daemons[name] || h.Has("X-Failed-Recipients") || nullPath(h) {
		return true
	}
	from := strings.ToLower(fieldsText(h, "From"))
	return m.From == "" && (strings.Contains(from, "mailer-daemon") || strings.TrimSpace(from) == "<>")
}

// nullPath reports whether the message went out without a sender to tell of
// failures, as reports and automatic answers must.
func nullPath(h message.Header) bool {
	for _, v := range h.Values("Return-Path") {
		v = strings.ToLower(strings.Trim(v, " <>\t\r\n"))
		return v == "" || strings.HasPrefix(v, "mailer-daemon")
	}
	return false
}

// automatic says why a message must not be answered, if there is a reason.
func automatic(m *Message, h message.Header, r *reader) string {
	sent, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted"))), ";")
	sent, _, _ = strings.Cut(strings.TrimSpace(sent), " ")
	precedence := strings.ToLower(strings.TrimSpace(h.Get("Precedence")))
	name, _, _ := strings.Cut(strings.ToLower(m.From), "@")
	name = strings.NewReplacer("-", "", "_", "", ".", "").Replace(name)
	switch {
	case sent != "" && sent != "no":
		return "it says that a machine sent it (Auto-Submitted)"
	case r.report:
		return "it is a report of a mail system"
	case h.Has("X-Clarion-Ref"):
		return "it is a letter of ours"
	case autoReplied(h):
		return "it says that a machine answered"
	case precedence == "bulk" || precedence == "list" || precedence == "junk":
		return "it went to many (Precedence)"
	case h.Has("List-Id") || h.Has("List-Post") || h.Has("List-Unsubscribe") || h.Has("Mailing-List"):
		return "it came from a mailing list"
	case nullPath(h):
		return "it was sent so that no answer can reach its sender"
	case m.From == "":
		return "there is no one sender to answer"
	case daemons[strings.ToLower(m.From[:strings.IndexByte(m.From, '@')])]:
		return "it comes from a mail system"
	case strings.HasPrefix(name, "noreply") || strings.HasPrefix(name, "donotreply") || strings.HasSuffix(name, "noreply"):
		return "its sender takes no answers"
	case h.Has("X-Auto-Response-Suppress") && !strings.EqualFold(strings.TrimSpace(h.Get("X-Auto-Response-Suppress")), "none"):
		return "it asks for no automatic answer"
	case h.Has("X-Loop"):
		return "it has been round before (X-Loop)"
	case known().away.in(strings.ToLower(m.Subject)):
		return "its subject is that of an automatic answer"
	}
	return ""
}

// autoReplied reports whether the header says that a machine answered a letter.
func autoReplied(h message.Header) bool {
	sent := strings.ToLower(strings.TrimSpace(h.Get("Auto-Submitted")))
	precedence := strings.ToLower(strings.TrimSpace(h.Get("Precedence")))
	return strings.HasPrefix(sent, "auto-replied") || precedence == "auto_reply" ||
		h.Has("X-Autoreply") || h.Has("X-Autorespond") || h.Has("X-Autoresponder") || h.Has("X-Autogenerated")
}

// personal takes the message for what a person may have written.
func (m *Message) personal(h message.Header, k *rules, text string) {
	m.Answer = readAnswer(text)
	answers := false
	for _, r := range m.Refs {
		answers = answers || r.Where == Answered
	}
	m.Task, m.Unsubscribe = m.token(taskTo(), taskToken()), m.token(leaveTo(), leaveToken())
	switch {
	case h.Has("X-Clarion-Ref"):
		m.Why = "It is a letter of ours."
	case autoReplied(h) || m.Auto != "" && (k.away.in(strings.ToLower(m.Subject)) || answers):
		m.Kind, m.Why = AutoReply, "A machine answered, not a person."
	case m.Unsubscribe != "" || m.Auto == "" && m.Task == "" && m.wantsOut():
		m.Kind, m.Why = Unsubscribe, "Somebody wants no more letters."
	case m.Auto == "" && m.Task != "":
		m.Kind, m.Why = TaskAnswer, "It answers a task."
	case m.Auto == "" && answers:
		m.Kind, m.Why = Reply, "It answers a letter of ours."
	case m.has(SheetFile) || m.has(CalendarFile):
		m.Kind, m.Why = List, "It brings a file that may be a list."
	case m.has(DocumentFile):
		m.Kind, m.Why = Document, "It brings a document."
	default:
		m.Why = "There is nothing in it for the mailbox; it is left alone."
	}
	if m.Kind != TaskAnswer {
		m.Task = ""
	}
	if m.Kind != Unsubscribe {
		m.Unsubscribe = ""
	}
}

// token is the one token in the addresses written to or in the subject. Two
// different ones are none.
func (m *Message) token(to, subject interface{ FindStringSubmatch(string) []string }) string {
	one := ""
	look := func(f []string) bool {
		if f == nil {
			return true
		}
		t := strings.ToLower(f[1])
		if one != "" && one != t {
			m.problem("it carries two different tokens, and so counts as carrying none")
			return false
		}
		one = t
		return true
	}
	for _, a := range m.To {
		if !look(to.FindStringSubmatch(a)) {
			return ""
		}
	}
	subjectText := m.Subject
	if !look(subject.FindStringSubmatch(subjectText)) {
		return ""
	}
	return one
}

// leaving are the words of people who want no more letters, alone in the first
// line or the subject.
var leaving = map[string]bool{"unsubscribe": true, "unsubscribe me": true, "please unsubscribe": true, "please unsubscribe me": true,
	"stop": true, "remove me": true, "please remove me": true, "take me off your list": true, "please take me off your list": true,
	"remove me from your list": true, "please remove me from your list": true, "opt out": true, "no more emails": true, "no more emails please": true}

func (m *Message) wantsOut() bool {
	for _, s := range []string{m.Subject, m.Answer.First} {
		if leaving[strings.Trim(strings.ToLower(strings.Join(strings.Fields(s), " ")), ".!, ")] {
			return true
		}
	}
	return false
}

func (m *Message) has(kind FileKind) bool {
	for _, a := range m.Attachments {
		if a.Kind == kind {
			return true
		}
	}
	return false
}
