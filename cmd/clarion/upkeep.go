package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

type stopCmd struct {
	Reason string `help:"Why." required:"" placeholder:"TEXT"`
}

func (*stopCmd) Help() string { return examples(`clarion stop --reason "wrong date in the notice"`) }

func (c *stopCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Stop(s.ctx, s.As, c.Reason); err != nil {
		return err
	}
	return s.tell("Stopped. No letter goes after the one now on the wire, until clarion resume.")
}

type resumeCmd struct {
	Reason string `help:"Why." required:"" placeholder:"TEXT"`
}

func (*resumeCmd) Help() string {
	return examples(`clarion resume --reason "date mended" --as secretary`)
}

func (c *resumeCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Resume(s.ctx, s.As, c.Reason); err != nil {
		return err
	}
	return s.tell("Letters go again, with the next run.")
}

type daemonCmd struct{}

func (*daemonCmd) Help() string { return examples(`clarion daemon`, `clarion -C /srv/party daemon`) }

func (*daemonCmd) Run(s *session) error {
	collectEarly()
	o, err := s.open(true)
	if err != nil {
		return err
	}
	defer o.Close()
	if s.On != "" {
		return usage("the daemon lives by the wall clock; --on is not for it")
	}
	if isDemo(o.Folder) {
		return usage("this is the demo, which has a day of its own, and a daemon lives by the wall clock. Let days pass with clarion demo --on +7")
	}
	lease, err := o.store.Lease(s.ctx, "daemon", fmt.Sprintf("daemon, process %d", os.Getpid()), 2*engine.Beat)
	if err != nil {
		return err
	}
	defer lease.Release(s.ctx)
	listener, err := s.openWeb(o, o.Set().Constituency.Web, true)
	if err != nil {
		return err
	}
	going, stop := context.WithCancel(s.ctx)
	defer stop()
	s.out.say("Running; Ctrl-C stops after the letter now on the wire.")
	listener.serve(going)
	said, mailSaid := fmt.Sprint([]engine.Waiting(nil), []error(nil)), ""
	err = o.Daemon(s.ctx, func(p engine.Pass, err error) {
		listener.renew(o, p, err)
		s.beat(o, p, err, &said, &mailSaid)
	})
	stop()
	listener.wait()
	s.out.say("Stopped; nothing is half done.")
	return err
}

// beat prints one line for a pass that did something.
func (s *session) beat(o *office, p engine.Pass, err error, said, mailSaid *string) {
	if err != nil && s.ctx.Err() == nil {
		fmt.Fprintln(s.err, "clarion: "+err.Error())
	}
	for _, r := range p.Imports {
		s.out.say("%s  imported %s: %d records, %d new", o.Clock().Words(o.Now()), r.Dataset, r.Rows, r.New)
	}
	// What lies there and is not taken is said when it is something else.
	if now := fmt.Sprint(p.Waiting, p.Refused); now != *said {
		*said = now
		s.printWaiting(p.Waiting, p.Refused)
	}
	if p.Mail.Problem != *mailSaid {
		if *mailSaid = p.Mail.Problem; *mailSaid != "" {
			fmt.Fprintln(s.err, "clarion: the mailbox was not read to its end: "+*mailSaid)
		}
	}
	d := p.Delivery
	if d.Sent+d.Deferred+d.Failed+d.Uncertain+d.Proven+d.Again > 0 || d.Stopped != "" {
		why := d.Stopped
		if why == "" {
			why = d.PutOff
		}
		s.out.say("%s  %d sent, %d deferred, %d refused, %d uncertain%s", o.Clock().Words(o.Now()), d.Sent+d.Proven, d.Deferred, d.Failed, d.Uncertain, because(why))
	}
}

type backupCmd struct {
	File string `arg:"" help:"Where to; it must not exist yet." type:"path"`
}

func (*backupCmd) Help() string { return examples(`clarion backup ~/backups/clarion-2026-11-22.db`) }

func (c *backupCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Backup(s.ctx, c.File); err != nil {
		return err
	}
	return s.tell("Copied to %s. It holds members' data: keep it where only you can read it.", c.File)
}

type restoreCmd struct {
	File    string `arg:"" help:"The backup." type:"existingfile"`
	Replace bool   `help:"Put the present database aside first; it is kept beside the new one."`
}

func (*restoreCmd) Help() string {
	return examples(`clarion restore ~/backups/clarion-2026-11-22.db`, `clarion restore --replace ~/backups/clarion-2026-11-22.db`)
}

func (c *restoreCmd) Run(s *session) error {
	folder, err := filepath.Abs(s.Folder)
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	path := s.databasePath(folder)
	kept := ""
	if _, err := os.Stat(path); err == nil {
		if !c.Replace {
			return fmt.Errorf("there is a database already, %s. To put it aside and take the backup: clarion restore --replace %s", rel(path), shell(rel(c.File)))
		}
		if kept, err = s.aside(path); err != nil {
			return err
		}
	}
	if err := store.RestoreFile(s.ctx, c.File, path); err != nil {
		if kept == "" {
			return err
		}
		if berr := move(kept, path); berr != nil {
			return fmt.Errorf("%w; the present database is kept as %s, and could not be put back: %w", err, rel(kept), berr)
		}
		return fmt.Errorf("%s was not restored, and the present database is as it was: %w", rel(c.File), err)
	}
	if id, _ := idOf(folder); s.Database == "" && !isDemo(folder) {
		if err := note(filepath.Join(dataDir(), id), folder); err != nil {
			return err
		}
	}
	if kept != "" && !s.JSON {
		s.out.say("The database of before is kept as %s.", rel(kept))
	}
	return s.tell("Restored. It may not know of letters sent since: it plans, and sends nothing before clarion takeover.")
}

// aside renames a database that nobody is at work on, and says what it is called
// now.
func (s *session) aside(path string) (string, error) {
	st, err := store.Open(s.ctx, path, store.Options{Machine: machine(), ConfigDir: configDir(), Now: time.Now})
	if err == nil { // one that cannot be opened is the very reason to restore
		err = atWork(s.ctx, st)
		st.Close()
		if err != nil {
			return "", err
		}
	}
	kept := path + ".replaced-" + time.Now().UTC().Format("20060102-150405")
	if err := move(path, kept); err != nil {
		return "", fmt.Errorf("putting the present database aside: %w", err)
	}
	return kept, nil
}

// move renames a database. What SQLite has beside it goes with it: left behind,
// it would spoil the one that comes in its place.
func move(from, to string) error {
	for _, end := range []string{"", "-wal", "-shm"} {
		if err := os.Rename(from+end, to+end); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// atWork says who is at work on a database, if anybody is.
func atWork(ctx context.Context, st *store.Store) error {
	for _, name := range []string{"daemon", "deliver"} {
		lease, err := st.Lease(ctx, name, "restore", time.Minute)
		if err != nil {
			return err
		}
		if err := lease.Release(ctx); err != nil {
			return err
		}
	}
	return nil
}

type takeoverCmd struct {
	Yes bool `help:"You have looked in the mailbox's Sent folder for letters sent since the backup."`
}

func (*takeoverCmd) Help() string { return examples(`clarion takeover`, `clarion takeover --yes`) }

func (c *takeoverCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	st, err := o.store.Stand(s.ctx)
	if err != nil {
		return err
	}
	if st.Sending() {
		return s.tell("This computer is the one that sends; there is nothing to take over.")
	}
	found, err := o.LookInSent(s.ctx)
	if err != nil {
		return err
	}
	if !s.JSON {
		s.out.say("%s.", strings.TrimSuffix(st.Why, "."))
	}
	if found > 0 && !s.JSON {
		s.out.say("%s found where letters are delivered that this database did not know to have gone.", plural(found, "letter was", "letters were"))
	}
	if !c.Yes && s.JSON {
		if err := s.out.json(object{"taken_over": false, "why": st.Why, "found": found}); err != nil {
			return err
		}
		return errFaults
	}
	if !c.Yes {
		s.out.say("Letters may have gone that this database does not know of, and it would send them again.\nLook in the mailbox's Sent folder, then: clarion takeover --yes")
		return errFaults
	}
	if err := o.Takeover(s.ctx, s.As); err != nil {
		return err
	}
	return s.tell("Taken over: letters go from here, and from no other copy.")
}

type forgetCmd struct {
	Key     string `arg:"" help:"The membership number, or another record's key."`
	Dataset string `help:"Where the record is." default:"members"`
	Really  bool   `help:"Do it. It cannot be undone."`
}

func (*forgetCmd) Help() string {
	return examples(`clarion forget A200001`, `clarion forget A200001 --really --as secretary`)
}

func (c *forgetCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	items, err := o.Forget(s.ctx, s.As, c.Dataset, c.Key, c.Really)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"erased": c.Really, "items": each(items, forgetView)})
	}
	verb := "Would be erased"
	if c.Really {
		verb = "Erased"
	}
	for _, part := range []struct {
		title string
		kept  bool
	}{{verb, false}, {"Kept", true}} {
		var rows [][]string
		for _, i := range items {
			if i.Kept == part.kept {
				n := ""
				if i.Count > 0 {
					n = fmt.Sprint(i.Count)
				}
				rows = append(rows, []string{n, i.What, i.Why})
			}
		}
		if len(rows) > 0 {
			s.out.say("%s:", part.title)
			s.out.table("  ", 50, rows)
		}
	}
	if !c.Really {
		s.out.say("Nothing has changed. To do it: clarion forget %s --really", shell(dataset.Plain(c.Key)))
		return nil
	}
	s.out.say("The lists in your folder, and backups made before, still hold the person: delete the row there and the old copies.")
	return nil
}

type dossierCmd struct {
	Key     string `arg:"" help:"The membership number, or another record's key."`
	Dataset string `help:"Where the record is." default:"members"`
}

func (*dossierCmd) Help() string {
	return examples(`clarion dossier A200001`, `clarion dossier A200001 --json`)
}

func (c *dossierCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	d, err := o.Dossier(s.ctx, c.Dataset, c.Key)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(dossierView(o, d))
	}
	s.out.say("%s", s.out.paint("1", "All that is held on "+dataset.Plain(d.Key)+" of "+d.Dataset))
	for _, sec := range d.Sections {
		s.out.head(sec.Title)
		if sec.Note != "" {
			s.out.say("  %s", sec.Note)
		}
		var rows [][]string
		for _, l := range sec.Lines {
			at := ""
			if !l.At.IsZero() {
				at = o.Clock().Words(l.At)
			}
			rows = append(rows, []string{readable(l.Label), at, dataset.Plain(l.Value.Words(o.Clock())), dataset.Plain(l.Source)})
		}
		s.out.table("  ", 60, rows)
	}
	return nil
}

type versionCmd struct{}

func (*versionCmd) Help() string { return examples(`clarion version`) }

func (*versionCmd) Run(s *session) error {
	v := "(built from source)"
	if i, ok := debug.ReadBuildInfo(); ok && i.Main.Version != "" {
		v = i.Main.Version
	}
	if s.JSON {
		return s.out.json(object{"version": v})
	}
	s.out.say("clarion %s", v)
	return nil
}
