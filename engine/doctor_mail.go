package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
)

// How far the computer's clock may be from the server's: then letters come at
// odd hours, or on the wrong day.
const (
	clockOff   = 2 * time.Minute
	clockWrong = time.Hour
)

// sentLooks is how often the doctor looks for the copy of its letter, which may
// come a moment after the letter.
const sentLooks = 3

// mail tries the mail by one letter from the constituency to itself.
func (d *doctor) mail(ctx context.Context) error {
	m := d.settings()
	switch {
	case m.Drop != "":
		d.doubt("Mail", "write send in its place once you trust it", "Letters are put into the folder %s, and nobody is written to.", dataset.Plain(m.Drop))
		return nil
	case m.Server == "":
		d.unwell("Mail", "add mail, with send or drop", "constituency.yaml does not say how letters leave.")
		return nil
	}
	if err := d.limits(ctx); err != nil || d.Line == nil {
		return err
	}
	out := d.server(ctx)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	in := d.box(ctx)
	if in != nil {
		defer in.Close()
	}
	if !out || ctx.Err() != nil {
		return ctx.Err()
	}
	barred, err := d.Barred(ctx)
	if err != nil {
		return err
	}
	if barred != "" {
		d.doubt("Letter", "", "None was sent to try it: %s.", strings.TrimSuffix(barred, "."))
		return nil
	}
	return d.letter(ctx, in)
}

// server looks at the way out, and tells whether it is open.
func (d *doctor) server(ctx context.Context) bool {
	at := dataset.Plain(fmt.Sprintf("%s:%d", d.settings().Server, d.settings().Port))
	line, err := d.Line(ctx)
	if ctx.Err() != nil {
		return false
	}
	if err != nil {
		d.unwell("Sending", "see the README, Real mail", "%s", err)
		return false
	}
	d.taken("Sending", at, line)
	return true
}

// taken says how a server took us in.
func (d *doctor) taken(about, at string, l Line) {
	how := "without a log-in"
	if l.Login != "" {
		how = "with the " + l.Login
	}
	safe := "and all is encrypted (" + l.TLS + ")"
	if l.TLS == "" {
		safe = "and nothing is encrypted: it is this computer itself"
	}
	d.well(about, "%s lets us in %s, %s.", at, how, safe)
}

// box looks at the mailbox, and gives it if letters can be read there.
func (d *doctor) box(ctx context.Context) Letterbox {
	if d.Box == nil {
		d.doubt("Mailbox", "add mailbox under mail, with server and user", "constituency.yaml names none: nothing that comes back is read, and no letter in doubt can be proved to have gone.")
		return nil
	}
	box, err := d.Box()
	if err != nil {
		d.unwell("Mailbox", "see the README, Real mail", "%s", err)
		return nil
	}
	v, err := box.Look(ctx)
	if err != nil {
		_ = box.Close()
	}
	if ctx.Err() != nil {
		return nil
	}
	if err != nil {
		d.unwell("Mailbox", "see the README, Real mail", "%s", err)
		return nil
	}
	d.taken("Mailbox", dataset.Plain(d.settings().Mailbox.Server), v.Line)
	switch {
	case !v.Moves && !v.Keywords:
		d.doubt("Filing", "file by hand, or by a rule of the provider's", "The mailbox can neither move nor mark messages: what was dealt with stays where it is.")
	case !v.Moves:
		d.well("Filing", "The mailbox cannot move messages; what was dealt with is marked.")
	default:
		d.well("Filing", "What was dealt with is moved into folders.")
	}
	if v.Announces {
		d.well("New mail", "The mailbox says when mail comes.")
	} else {
		d.well("New mail", "The mailbox does not say when mail comes; it is looked at every few minutes.")
	}
	return box
}

// letter sends the letter, waits until it has come, and looks at it.
func (d *doctor) letter(ctx context.Context, box Letterbox) error {
	o, err := d.trial()
	if err != nil {
		return err
	}
	sender, err := d.Sender(ctx, d.set.Constituency)
	if err != nil {
		return err
	}
	defer sender.Close()
	before := d.Now()
	switch out := sender.Send(ctx, o); {
	case ctx.Err() != nil:
		return ctx.Err()
	case out.Kind == letter.Unknown:
		d.unwell("Letter", "try again in an hour", "%s", out.Text)
	case out.Kind != letter.Delivered && out.Code == 0:
		d.unwell("Letter", "see the README, Real mail", "%s", out.Text)
		return nil
	case out.Kind != letter.Delivered:
		d.unwell("Letter", "see the README, Real mail", "The mail server did not take one from %s to itself: it said “%s”.", dataset.Plain(o.Content.From), said(out))
		return nil
	case box == nil:
		d.doubt("Letter", "look for it in the inbox, and let clarion mail read FILE say what it makes of it", "The mail server took one to %s; nobody read whether it came.", dataset.Plain(o.Content.To))
		return nil
	}
	if box == nil {
		return nil
	}
	within, done := context.WithTimeout(ctx, d.Patience)
	defer done()
	a, err := box.Await(within, o.Ref)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.DeadlineExceeded):
		d.unwell("Letter", "look for it in the inbox and among the spam, and whether this is the mailbox of that address; some providers take longer: --wait 10m",
			"One was sent to %s, and had not come within %s.", dataset.Plain(o.Content.To), lasting(d.Patience))
		return nil
	case err != nil:
		d.unwell("Letter", "try again", "%s", err)
		return nil
	}
	d.arrived(o, a, before)
	if err := d.noteTested(ctx); err != nil {
		return err
	}
	d.copied(ctx, box, o)
	return ctx.Err()
}

// lasting is a length of time without the parts of it that are nothing: 2m, 3h.
func lasting(t time.Duration) string {
	s := t.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// trial is the doctor's letter.
func (d *doctor) trial() (letter.Outgoing, error) {
	return d.aside(letter.Content{From: d.settings().From, FromName: d.set.Constituency.Name, To: d.settings().From, Subject: "A letter to ourselves, from clarion doctor",
		Text: "This letter was sent by clarion doctor, to see whether letters go out and come back.\nNobody else has it, and nothing needs to be done. You may delete it.\n"})
}

// arrived says what the letter shows.
func (d *doctor) arrived(o letter.Outgoing, a Arrival, before time.Time) {
	after := d.Now()
	d.well("Letter", "One was sent to %s and came back within %s.", dataset.Plain(o.Content.To), lasting(max(after.Sub(before).Round(time.Second), time.Second)))
	if id := strings.Trim(o.MessageID, "<>"); a.MessageID == id {
		d.well("Message-ID", "It was kept: a letter can be found again by it.")
	} else {
		d.doubt("Message-ID", "nothing can be done; letters are known by X-Clarion-Ref", "The server gave the letter another one: answers and reports are known by our reference alone.")
	}
	d.checked(o.Content.From, a)
	d.serverClock(a.At, before, after)
}

// checked says what the receiving server found when it checked the sender.
func (d *doctor) checked(from string, a Arrival) {
	if a.StampedBy == "" {
		d.doubt("SPF and DKIM", "send one to an account elsewhere, save it there, and: clarion mail read FILE --stamped-by NAME",
			"The receiving server does not say what it found; between two addresses of its own many do not check.")
		return
	}
	if !a.Own {
		d.doubt("Stamp", "if that is your mail server's own name, write authserv: "+a.StampedBy+" under mailbox", "The letter was checked by %s, which constituency.yaml does not name: attachments wait for a person.", dataset.Plain(a.StampedBy))
	}
	_, domain, _ := strings.Cut(from, "@")
	domain = dataset.Plain(domain)
	for _, v := range []struct{ about, verdict, hint string }{
		{"SPF", a.SPF, "whoever keeps the domain " + domain + " adds your mail server to its SPF record (TXT of " + domain + ")"},
		{"DKIM", a.DKIM, "switch DKIM on in your provider's administration, or: clarion mail dkim"},
		{"DMARC", a.DMARC, "whoever keeps the domain " + domain + " adds a DMARC record (TXT of _dmarc." + domain + "); it needs SPF or DKIM to pass for the same domain"},
	} {
		by := dataset.Plain(a.StampedBy)
		if by == "-" {
			by = "the receiving server"
		}
		switch v.verdict {
		case "pass":
			d.well(v.about, "Passed, says %s.", by)
		case "fail", "permerror":
			d.unwell(v.about, v.hint, "Failed (%s), says %s: letters to members may end as spam.", v.verdict, by)
		case "":
			d.doubt(v.about, "send one to an account elsewhere, and: clarion mail read FILE", "Nothing is said of it by %s.", by)
		default:
			d.doubt(v.about, v.hint, "“%s”, says %s.", dataset.Plain(v.verdict), by)
		}
	}
}

// copied looks for the copy among the sent letters, which may come a little later.
func (d *doctor) copied(ctx context.Context, box Letterbox, o letter.Outgoing) {
	for i := range sentLooks {
		found, err := box.Sent(ctx, o.MessageID)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			d.doubt("Sent", "", "%s", err)
			return
		case found:
			d.well("Sent", "A copy lies among the sent letters: one in doubt can be proved to have gone.")
			return
		case i < sentLooks-1:
			d.Pause(ctx, d.Patience/60)
		}
	}
	d.doubt("Sent", "a letter in doubt waits for a person; look whether the provider can be set to keep a copy", "The server puts no copy among the sent letters.")
}

// serverClock holds the computer's clock against the server's, which stamped the
// letter between the two moments.
func (d *doctor) serverClock(stamp, before, after time.Time) {
	if stamp.IsZero() {
		return
	}
	off, which := time.Duration(0), ""
	switch {
	case stamp.Before(before):
		off, which = before.Sub(stamp), "ahead of"
	case stamp.After(after):
		off, which = stamp.Sub(after), "behind"
	}
	const hint = "let the computer set its clock by itself (network time)"
	switch text := fmt.Sprintf("This computer's clock is %s %s the mail server's.", lasting(off.Round(time.Second)), which); {
	case off >= clockWrong:
		d.unwell("Server's clock", hint, "%s Letters would go at the wrong hour, or on the wrong day.", text)
	case off >= clockOff:
		d.doubt("Server's clock", hint, "%s", text)
	default:
		d.well("Server's clock", "It agrees with this computer's.")
	}
}
