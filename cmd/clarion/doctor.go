package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail/account"
	"github.com/clarion-clp/clarion/connectors/mail/inbound"
	"github.com/clarion-clp/clarion/connectors/mail/mailbox"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type doctorCmd struct {
	NoMail bool          `help:"Look at this computer only; reach no server and send nothing." name:"no-mail"`
	Wait   time.Duration `help:"How long the letter may take until it is back." default:"2m" placeholder:"TIME"`
}

func (*doctorCmd) Help() string {
	return "Sends one letter from your constituency to itself, reads it back, and says in words how mail stands here, and the computer, its clock and disk, the backup, and who can read your files. Nobody else is written to. Ends with 1 if something is bad.\n\n" +
		examples(`clarion doctor`, `clarion doctor --no-mail`, `clarion doctor --wait 10m --json`)
}

// Run says each thing as soon as it is known.
func (c *doctorCmd) Run(s *session) error {
	if s.On != "" {
		return usage("the doctor looks at the real clock; --on is not for it")
	}
	if c.Wait <= 0 || c.Wait > time.Hour {
		return usage("--wait %s: write a time of up to an hour, such as 2m or 90s", c.Wait)
	}
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	m := o.Set().Constituency.Mail
	in := engine.Instruments{Secrets: secrets(o.Folder, o.Set().Constituency), Patience: c.Wait}
	if !c.NoMail && m.Server != "" {
		in.Line = func(ctx context.Context) (engine.Line, error) { return line(ctx, o) }
		if m.Mailbox != nil {
			in.Box = func() (engine.Letterbox, error) { return newLetterbox(o.Folder, *m.Mailbox) }
		}
	}
	var all []engine.Finding
	count := map[engine.Health]int{}
	doing := "Looking"
	if in.Line != nil {
		doing += "; the letter may take a few minutes"
	}
	still := s.busy("%s", doing)
	err = o.Examine(s.ctx, in, func(f engine.Finding) {
		all = append(all, f)
		count[f.Health]++
		if !s.JSON {
			still()
			s.printFinding(f)
			still = s.busy("%s", doing)
		}
	})
	still()
	if err != nil {
		return err
	}
	if s.JSON {
		err = s.out.json(object{"findings": each(all, findingView), "ok": count[engine.Healthy], "warn": count[engine.Doubtful], "bad": count[engine.Unwell]})
	} else {
		s.out.say("\n%s.", diagnosis(count))
	}
	if err == nil && count[engine.Unwell] > 0 {
		return errors.New("something is not well: it is marked bad, and below it stands what to do")
	}
	return err
}

// findings are painted as a traffic light is.
var findingColour = map[engine.Health]string{engine.Healthy: "32", engine.Doubtful: "33", engine.Unwell: "31"}

// printFinding prints one thing that the doctor found, and what to do.
func (s *session) printFinding(f engine.Finding) {
	begin := fmt.Sprintf("  %s  %-15s", s.out.paint(findingColour[f.Health], fmt.Sprintf("%-4s", f.Health)), f.About)
	indent := strings.Repeat(" ", 23)
	for _, l := range wrap(f.Text, s.out.wide-len(indent)) {
		s.out.say("%s%s", begin, l)
		begin = indent
	}
	if f.Hint != "" {
		s.out.note(indent, "-> %s", f.Hint)
	}
}

func diagnosis(count map[engine.Health]int) string {
	switch bad, warn := count[engine.Unwell], count[engine.Doubtful]; {
	case bad > 0:
		return plural(bad, "thing is bad", "things are bad") + ", and " + plural(warn, "to look at", "to look at")
	case warn > 0:
		return "Nothing is bad, and " + plural(warn, "thing is to look at", "things are to look at")
	}
	return "All is well"
}

func findingView(f engine.Finding) object {
	return object{"about": f.About, "state": string(f.Health), "text": f.Text}.text("hint", f.Hint)
}

// secrets are the files that the settings name and nobody else may read.
func secrets(folder string, c *playbook.Constituency) []engine.Secret {
	var out []engine.Secret
	seen := map[string]bool{"": true}
	add := func(name, file, does, make string) {
		if !seen[file] {
			out = append(out, engine.Secret{Name: name, Path: within(folder, file), Does: does, Make: make})
		}
		seen[file] = true
	}
	m := c.Mail
	const opens, login = "opens the mail account", "clarion mail login"
	add("Password", m.PasswordFile, opens, login)
	add("Log-in", m.TokenFile, opens, login)
	if m.Mailbox != nil {
		add("Password", m.Mailbox.PasswordFile, opens, login)
		add("Log-in", m.Mailbox.TokenFile, opens, login)
	}
	if m.DKIM != nil {
		add("Signing key", m.DKIM.KeyFile, "signs letters as yours", "clarion mail dkim")
	}
	add("Web key", c.Web.Key, "speaks for your web address", "get it anew from who gave you the certificate")
	return out
}

// line reaches the mail server and logs in, as before a letter.
func line(ctx context.Context, o *office) (engine.Line, error) {
	sender, err := o.Sender(ctx, o.Set().Constituency)
	if err != nil {
		return engine.Line{}, err
	}
	defer sender.Close()
	m := o.Set().Constituency.Mail
	server, is := sender.(interface {
		Probe(ctx context.Context, sender string) (tls string, err error)
	})
	if !is {
		return engine.Line{}, errors.New("letters do not leave by a mail server")
	}
	version, err := server.Probe(ctx, m.From)
	l := engine.Line{TLS: version}
	switch {
	case m.PasswordFile != "" || m.PasswordEnv != "":
		l.Login = "password"
	case m.TokenFile != "":
		l.Login = "access token"
	}
	return l, err
}

// A letterbox is the constituency's mailbox, as the doctor looks at it.
type letterbox struct {
	*mailbox.Mailbox
	stamp string // the name of the server that stamps, as the settings give it
	place mailbox.Cursor
}

// newLetterbox opens the constituency's mailbox. It does not connect.
func newLetterbox(folder string, b playbook.Mailbox) (*letterbox, error) {
	m, err := openMailbox(folder, b)
	if err != nil {
		return nil, err
	}
	return &letterbox{Mailbox: m, stamp: b.Stamp, place: mailbox.Cursor{Since: time.Now().AddDate(0, 0, -1)}}, nil
}

// openMailbox is the mailbox that the settings name. It does not connect.
func openMailbox(folder string, b playbook.Mailbox) (*mailbox.Mailbox, error) {
	a := mailbox.Account{Server: b.Server, Port: b.Port, TLS: b.TLS, User: b.User, Folder: b.Folder, Sent: b.Sent}
	if b.TokenFile != "" {
		log, err := account.Open(within(folder, b.TokenFile))
		if err != nil {
			return nil, err
		}
		a.Token = log.Token
		return mailbox.New(a)
	}
	password, err := secret(folder, b.PasswordFile, b.PasswordEnv)
	if err != nil {
		return nil, err
	}
	a.Password = password
	return mailbox.New(a)
}

// Look looks round, and remembers how far the mailbox is filled.
func (b *letterbox) Look(ctx context.Context) (engine.BoxView, error) {
	r, err := b.Probe(ctx)
	if err != nil {
		return engine.BoxView{}, err
	}
	for more := true; more; {
		batch, err := b.Fetch(ctx, b.place)
		if err != nil {
			return engine.BoxView{}, err
		}
		b.place, more = batch.Cursor, batch.More
	}
	how := "password"
	if strings.Contains(r.Login, "OAUTH") {
		how = "access token"
	}
	return engine.BoxView{Line: engine.Line{TLS: r.TLS, Login: how}, Messages: r.Messages, Sent: r.Sent, Moves: r.Moves, Announces: r.Announces, Keywords: r.Keywords}, nil
}

// Await waits for the letter with a reference.
func (b *letterbox) Await(ctx context.Context, ref string) (engine.Arrival, error) {
	for {
		batch, err := b.Fetch(ctx, b.place)
		if err != nil {
			return engine.Arrival{}, ended(ctx, err)
		}
		for _, m := range batch.Messages {
			if a, ok := b.arrival(m, ref); ok {
				return a, nil
			}
		}
		if b.place = batch.Cursor; batch.More {
			continue
		}
		if err := b.Wait(ctx, b.place); err != nil {
			return engine.Arrival{}, ended(ctx, err)
		}
	}
}

// ended is why waiting ended: the context's error, whatever else broke with it.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// arrival reads a message, and tells whether it is the letter with a reference.
func (b *letterbox) arrival(m mailbox.Message, ref string) (engine.Arrival, bool) {
	name := inbound.StampedBy(m.Bytes)
	r := inbound.Read(m.Bytes, inbound.Own{Server: name})
	for _, x := range r.Refs {
		if x.Ref == ref && x.Where == inbound.Itself {
			own := inbound.Read(m.Bytes, inbound.Own{Server: b.stamp}).Auth.Server != ""
			return engine.Arrival{At: m.Received, MessageID: r.MessageID, StampedBy: name, Own: own,
				SPF: r.Auth.SPF, DKIM: r.Auth.DKIM, DMARC: r.Auth.DMARC}, true
		}
	}
	return engine.Arrival{}, false
}
