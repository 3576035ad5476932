package engine

import (
	"context"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Health is how something that the doctor looked at does.
type Health string

// The healths.
const (
	Healthy  Health = "ok"
	Doubtful Health = "warn" // it works, and may not always
	Unwell   Health = "bad"  // it does not work, or others can see what they must not
)

// A Finding is one thing that the doctor looked at, in words.
type Finding struct {
	About  string // Log-in, SPF, Disk ...
	Health Health
	Text   string
	Hint   string // what to do
}

// A Line says how a mail server took us in.
type Line struct {
	TLS   string // the version; empty: in the open
	Login string // by what: password, access token; empty: without
}

// A Letterbox is the mailbox as the doctor looks at it.
type Letterbox interface {
	// Look logs in and looks round. What comes afterwards is new to Await.
	Look(ctx context.Context) (BoxView, error)
	// Await waits for the letter with our reference, until the context ends.
	Await(ctx context.Context, ref string) (Arrival, error)
	// Sent tells that a letter lies among the sent ones.
	Sent(ctx context.Context, messageID string) (bool, error)
	Close() error
}

// A BoxView says how a mailbox looks from here.
type BoxView struct {
	Line
	Messages  int
	Sent      string // the folder of sent letters; empty: none is known
	Moves     bool   // messages can be moved
	Announces bool   // the server says when mail comes
	Keywords  bool   // messages can be marked
}

// An Arrival is the doctor's letter as it came back.
type Arrival struct {
	At               time.Time // when it came, by the server's clock
	MessageID        string    // without angle brackets
	StampedBy        string    // who checked its sender: the server's name for itself; - for one that gives none
	Own              bool      // that is the name which the settings give
	SPF, DKIM, DMARC string    // pass, fail, none ...; empty: not said
}

// Instruments are what Examine looks with.
type Instruments struct {
	Secrets  []Secret
	Line     func(ctx context.Context) (Line, error) // reaches the mail server and logs in; nil: no mail is to be tried
	Box      func() (Letterbox, error)               // opens the mailbox; nil: none is named
	Patience time.Duration                           // how long the letter may take
}

// A Secret is a file that nobody else may read.
type Secret struct {
	Name string // Password, Log-in ...
	Path string
	Does string // what can be done with it: opens the mail account
	Make string // the command that makes it
}

// Examine looks at everything that letters depend on and says what it found, one
// thing after the other: this computer and what is kept on it, and then, where
// Instruments has a Line, the mail, by one letter from the constituency to
// itself. Nothing is written down of it but when that letter came back, and no
// letter goes to anybody else.
//
// The error is the context's, or that the database cannot be read.
func (e *Engine) Examine(ctx context.Context, in Instruments, found func(Finding)) error {
	d := &doctor{Engine: e, Instruments: in, tell: found}
	for _, look := range []func(context.Context) error{d.places, d.database, d.clock, d.work, d.mail} {
		if err := look(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// doctor is one examination.
type doctor struct {
	*Engine
	Instruments
	tell func(Finding)
}

func (d *doctor) well(about, format string, args ...any) {
	d.tell(Finding{About: about, Health: Healthy, Text: fmt.Sprintf(format, args...)})
}

func (d *doctor) doubt(about, hint, format string, args ...any) {
	d.tell(Finding{about, Doubtful, fmt.Sprintf(format, args...), hint})
}

func (d *doctor) unwell(about, hint, format string, args ...any) {
	d.tell(Finding{about, Unwell, fmt.Sprintf(format, args...), hint})
}

// settings are the mail settings.
func (d *doctor) settings() playbook.Mail { return d.set.Constituency.Mail }

// lastBackup is the name under which the store notes when it was copied.
const lastBackup = "backup.last"

// Backup copies the database as it is now into a new file, and notes when, so
// that the doctor can tell how old the newest copy is.
func (e *Engine) Backup(ctx context.Context, file string) error {
	if err := e.Store.Backup(ctx, file); err != nil {
		return err
	}
	err := e.Store.Update(ctx, func(tx *store.Tx) error {
		return tx.SetMeta(lastBackup, e.Now().UTC().Format(time.RFC3339))
	})
	if err != nil {
		return fmt.Errorf("the copy was made, but not that it was: %w", err)
	}
	return nil
}

// database looks at the database: whether it may send, and how old its newest
// copy is.
func (d *doctor) database(ctx context.Context) error {
	var noted string
	now := d.Now()
	err := d.Store.View(ctx, func(tx *store.Tx) (err error) {
		noted, err = tx.Meta(lastBackup)
		return err
	})
	if err != nil {
		return err
	}
	stand, err := d.Store.Stand(ctx)
	if err != nil {
		return err
	}
	if stand.Sending() {
		d.well("Database", "It is this computer's own, and the one that letters are sent from.")
	} else {
		d.unwell("Database", stand.Hint, "Nothing is sent from it: %s.", stand.Why)
	}
	at, err := time.Parse(time.RFC3339, noted)
	const hint = "clarion backup FILE, onto another disk; once a week at least"
	days := int(d.Clock().Day(now) - d.Clock().Day(at))
	switch {
	case err != nil:
		d.doubt("Backup", hint, "None was ever made of the database on this computer.")
	case days < -1:
		d.doubt("Backup", hint, "The newest is of %s, which is still to come: the computer's date was wrong then, or is now.", d.Clock().Day(at))
	case days > 7:
		d.doubt("Backup", hint, "The newest is %d days old.", days)
	default:
		d.well("Backup", "The newest is of %s.", d.Clock().Words(at))
	}
	return nil
}

// work looks at who is at work and whether letters may go.
func (d *doctor) work(ctx context.Context) error {
	held, err := d.Store.Holder(ctx, "daemon")
	if err != nil {
		return err
	}
	var last time.Time
	halted := false
	err = d.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		if runs := book.Runs(); len(runs) > 0 {
			last = runs[len(runs)-1].Logical
		}
		_, halted = book.Halted()
		return nil
	})
	if err != nil {
		return err
	}
	const hint = "start clarion daemon when the computer starts, or say clarion run every day"
	ago := d.Now().Sub(last)
	switch {
	case held != nil && !held.Since.IsZero():
		d.well("Daemon", "It runs since %s.", d.Clock().Words(held.Since))
	case held != nil:
		d.well("Daemon", "It runs.")
	case last.IsZero():
		d.doubt("Daemon", hint, "It does not run, and there was no pass yet.")
	case ago > 48*time.Hour:
		d.doubt("Daemon", hint, "It does not run, and the last pass was on %s.", d.Clock().Words(last))
	default:
		d.well("Daemon", "It does not run; the last pass by hand was on %s.", d.Clock().Words(last))
	}
	if halted {
		d.doubt("Stopped", "clarion resume --reason TEXT, once that is mended", "Somebody has stopped everything: no letter goes.")
	}
	return nil
}

// clock looks at the computer's date and zone, as far as they can be told
// without asking anybody.
func (d *doctor) clock(ctx context.Context) error {
	st, err := d.Status(ctx)
	if err != nil {
		return err
	}
	now, civil := d.Now(), d.Clock()
	for _, h := range st.Holds {
		if h.Kind == "date" {
			d.unwell("Clock", "Set the computer's clock. "+h.Hint, "Nothing is planned: %s.", h.Why)
			return nil
		}
	}
	zone := civil.Zone.String()
	_, here := now.Local().Zone()
	_, there := now.In(civil.Zone).Zone()
	if here == there {
		d.well("Clock", "It is %s, in the zone %s.", civil.Words(now), zone)
		return nil
	}
	d.well("Clock", "It is %s in the zone %s, which constituency.yaml gives. This computer is set to another zone; letters go by the first.", civil.Words(now), zone)
	return nil
}

// limits says how many letters the provider takes, and how long one to all
// members takes.
func (d *doctor) limits(ctx context.Context) error {
	m := d.settings()
	sent, members := 0, 0
	today := d.Clock().Day(d.Now())
	err := d.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		sent = d.spentOn(book, today)
		tables, err := tx.Tables(d.set.Schemas)
		if t := tables["members"]; t != nil {
			members = len(t.Rows)
		}
		return err
	})
	switch {
	case err != nil:
		return err
	case m.ADay == 0:
		d.doubt("Daily limit", "write a_day: under send, by your provider's help page (at Google 500, or 2,000 for an organisation)",
			"constituency.yaml gives none, and most providers have one: letters beyond it are refused, or the account is locked.")
	case sent >= m.ADay:
		d.doubt("Daily limit", "the rest goes tomorrow by itself", "All %d letters of today are used up.", m.ADay)
	case members > m.ADay:
		d.well("Daily limit", "%d a day, %d of them used today. A letter to all %d members takes %d days.", m.ADay, sent, members, (members+m.ADay-1)/m.ADay)
	default:
		d.well("Daily limit", "%d a day, %d of them used today.", m.ADay, sent)
	}
	return nil
}
