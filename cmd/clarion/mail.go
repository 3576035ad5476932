package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail/inbound"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// mailCmd are the commands about mail itself.
type mailCmd struct {
	List    mailListCmd    `cmd:"" default:"withargs" help:"List what came back and waits for a person (what clarion mail does by itself)."`
	Collect mailCollectCmd `cmd:"" help:"Look into the mailbox now: reports, replies, answers, files."`
	Take    mailTakeCmd    `cmd:"" help:"Do what a waiting message asks for: lay its file into the inbox, give up an address, stop marketing."`
	Done    mailDoneCmd    `cmd:"" help:"Say that you have seen to a waiting message."`
	Read    mailReadCmd    `cmd:"" help:"Say what the mailbox would make of a message: who was not reached and why, what is answered, what is attached. Changes nothing."`
	DKIM    mailDKIMCmd    `cmd:"" help:"Make the key that letters are signed with, and say what to publish." name:"dkim"`
	Login   mailLoginCmd   `cmd:"" help:"Log the mail account in: by a code at Microsoft, by a password elsewhere."`
}

type mailReadCmd struct {
	Files     []string `arg:"" name:"file" help:"Messages as saved by a mail program, .eml; - reads one from standard input." placeholder:"FILE"`
	StampedBy string   `help:"The name under which your mail server stamps what it checked (the first word of Authentication-Results; *.example.org for any of its hosts; - for one that gives no name, such as Microsoft 365)." placeholder:"NAME"`
}

func (*mailReadCmd) Help() string {
	return examples(`clarion mail read ~/Downloads/undelivered.eml`, `clarion mail read *.eml --json`, `clarion mail read export.eml --stamped-by mx.example.org`)
}

// Run needs no constituency: what a message is stands in it.
func (c *mailReadCmd) Run(s *session) error {
	var views []object
	for i, name := range c.Files {
		raw, err := s.message(name)
		if err != nil {
			return err
		}
		m := inbound.Read(raw, inbound.Own{Server: c.StampedBy})
		if s.JSON {
			views = append(views, inboundView(name, m))
			continue
		}
		if i > 0 {
			s.out.say("")
		}
		s.printInbound(name, m)
	}
	if s.JSON {
		return s.out.json(object{"messages": views})
	}
	return nil
}

// message reads a saved message, and no more of it than would be read anyway.
func (s *session) message(name string) ([]byte, error) {
	in := s.in
	if name != "-" {
		f, err := os.Open(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("there is no file %s. Save the message in your mail program as .eml, and name that file", dataset.Plain(name))
		}
		if err != nil {
			return nil, fmt.Errorf("opening the message: %w", err)
		}
		defer f.Close()
		if at, err := f.Stat(); err == nil && at.IsDir() {
			return nil, usage("%s is a folder; name the messages in it", dataset.Plain(name))
		}
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, inbound.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the message: %w", err)
	}
	return raw, nil
}

// printInbound prints what a message is.
func (s *session) printInbound(name string, m *inbound.Message) {
	s.out.say("%s %s", s.out.paint("1", dataset.Plain(name)+":"), m.Kind)
	s.out.note("  ", "%s", m.Why)
	date := ""
	if !m.Date.IsZero() {
		date = m.Date.Format("2 January 2006 15:04 -0700")
	}
	rows := [][]string{}
	for _, r := range [][2]string{{"from", strings.TrimSpace(m.FromName + " " + m.From)}, {"to", names(m.To, 3)}, {"subject", m.Subject}, {"date", date},
		{"checked", checked(m.Auth)}, {"about", references(m.Refs)}, {"task", m.Task}, {"token", m.Unsubscribe}, {"answer", answered(m)}} {
		if r[1] != "" {
			rows = append(rows, []string{r[0], r[1]})
		}
	}
	if m.Auto != "" {
		rows = append(rows, []string{"no answer", "It gets no automatic answer: " + m.Auto + "."})
	}
	s.out.table("  ", 60, rows)
	if f := m.Feedback; f.Type != "" {
		s.out.note("  ", "The complaint is of %s: %s.", names(f.Recipients, 3), f.Type)
	}
	if len(m.Failures) > 0 {
		s.out.head("Recipients who were not reached")
		rows := [][]string{{"address", "", "status", "why"}}
		for _, f := range m.Failures {
			rows = append(rows, []string{f.Recipient, string(f.Verdict), f.Status, f.Reason})
		}
		s.out.table("  ", 50, rows)
		for _, f := range m.Failures {
			if f.Diagnostic != "" {
				s.out.note("  ", "%s: %s", f.Recipient, s.out.paint("2", f.Diagnostic))
			}
		}
	}
	if len(m.Attachments) > 0 {
		s.out.head("Attached")
		rows := [][]string{{"name", "", "size", ""}}
		for _, a := range m.Attachments {
			rows = append(rows, []string{a.Name, string(a.Kind), size(a.Size), taken(a)})
		}
		s.out.table("  ", 60, rows)
	}
	for _, p := range m.Problems {
		s.out.note("  ", "Note: %s.", p)
	}
}

func checked(a inbound.Auth) string {
	var all []string
	for _, v := range [][2]string{{"DMARC", a.DMARC}, {"SPF", a.SPF}, {"DKIM", a.DKIM}} {
		if v[1] != "" {
			all = append(all, v[0]+" "+v[1])
		}
	}
	if a.Server == "" {
		return ""
	}
	if len(all) == 0 {
		return "nothing, by " + a.Server
	}
	return strings.Join(all, ", ") + ", by " + a.Server
}

// answered is the first line of what a person wrote, where it is one that counts.
func answered(m *inbound.Message) string {
	switch m.Kind {
	case inbound.TaskAnswer, inbound.Reply, inbound.Unsubscribe:
		if m.Answer.First == "" {
			return "Unclear: nothing stands above what is quoted."
		}
		return m.Answer.First
	}
	return ""
}

// references are the letters of ours that a message is about.
func references(refs []inbound.Ref) string {
	var all []string
	for _, r := range refs {
		all = append(all, r.Ref+" ("+string(r.Where)+")")
	}
	return names(all, 3)
}

func taken(a inbound.Attachment) string {
	if a.Refused == "" {
		return ""
	}
	return "Not taken: " + a.Refused + "."
}

// size is a number of bytes as people say it.
func size(n int) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%d KB", n>>10)
	}
	return plural(n, "byte", "bytes")
}

// inboundView is what --json prints of a message.
func inboundView(name string, m *inbound.Message) object {
	o := object{"file": name, "kind": string(m.Kind), "why": m.Why, "sha256": m.SHA256, "to": some(m.To), "problems": some(m.Problems),
		"refs": each(m.Refs, func(r inbound.Ref) object { return object{"ref": r.Ref, "where": string(r.Where)} }),
		"failures": each(m.Failures, func(f inbound.Failure) object {
			return object{"recipient": f.Recipient, "verdict": string(f.Verdict), "reason": f.Reason, "rule": f.Rule}.
				text("original", f.Original).text("status", f.Status).text("code", f.Code).text("diagnostic", f.Diagnostic)
		}),
		"attachments": each(m.Attachments, func(a inbound.Attachment) object {
			return object{"name": a.Name, "type": a.Type, "kind": string(a.Kind), "size": a.Size, "sha256": a.SHA256}.text("refused", a.Refused)
		})}
	if m.Feedback.Type != "" {
		o["complaint"] = object{"type": m.Feedback.Type, "recipients": some(m.Feedback.Recipients)}
	}
	if m.Kind == inbound.Unsubscribe {
		o["unsubscribe"] = object{}.text("token", m.Unsubscribe)
	}
	if m.Answer.Text != "" || m.Answer.Quoted {
		o["answer"] = object{"first_line": m.Answer.First, "text": m.Answer.Text, "quotes": m.Answer.Quoted}
	}
	if m.Auth.Server != "" {
		o["checked"] = object{"by": m.Auth.Server}.text("dmarc", m.Auth.DMARC).text("spf", m.Auth.SPF).text("dkim", m.Auth.DKIM)
	}
	if !m.Date.IsZero() {
		o["date"] = m.Date.Format(time.RFC3339)
	}
	return o.text("message_id", m.MessageID).text("from", m.From).text("from_name", m.FromName).text("subject", m.Subject).
		text("task", m.Task).text("automatic", m.Auto)
}
