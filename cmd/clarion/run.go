package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

type runCmd struct {
	DryRun      bool   `help:"Only show what would be done: the same as clarion plan." name:"dry-run"`
	ConfirmDate string `help:"Say that the clock is right, after a hold on the date." placeholder:"DATE" name:"confirm-date"`
	All         bool   `help:"Show every line, however many."`
}

func (*runCmd) Help() string {
	return examples(`clarion run --dry-run`, `clarion run`, `clarion run --confirm-date 2026-11-30`)
}

func (c *runCmd) Run(s *session) error {
	if c.DryRun {
		return (&planCmd{All: c.All}).Run(s)
	}
	o, err := s.open(true)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.ConfirmDate != "" {
		if today := o.Clock().Day(o.Now()); c.ConfirmDate != today.String() {
			return usage("--confirm-date %s: the clock says %s. Set the clock right, or confirm that day", c.ConfirmDate, today)
		}
		if err := o.ConfirmDate(s.ctx, s.As); err != nil {
			return err
		}
	}
	p, err := o.Run(s.ctx)
	if rerr := o.remember(); err == nil {
		err = rerr
	}
	p.Plan = p.Plan.For(o.Set(), s.As)
	if s.JSON {
		if jerr := s.out.json(passView(o, p)); jerr != nil {
			return jerr
		}
	} else {
		s.printPass(o, p, c.All)
	}
	if err != nil {
		return err
	}
	if len(p.Refused) > 0 {
		return errFaults
	}
	return nil
}

// printPass says what one pass did.
func (s *session) printPass(o *office, p engine.Pass, all bool) {
	for _, r := range p.Imports {
		s.out.note("", "Imported %s from %s: %s.", r.Dataset, dataset.Plain(r.File), found(r))
		if ext := strings.ToLower(filepath.Ext(r.File)); r.Refused > 0 && (ext == ".csv" || ext == ".xlsx") {
			s.out.say("  Which rows, and why: clarion -C %s sheet %s --as %s", asTyped(s.Folder), asTyped(filepath.Join(s.Folder, r.File)), r.Dataset)
		}
	}
	if len(p.Imports) > 0 {
		s.out.say("")
	}
	for _, err := range p.Refused {
		fmt.Fprintln(s.err, "clarion: "+err.Error())
	}
	if p.Plan == nil {
		return
	}
	s.printPlan(p.Plan, o.Clock(), all)
	d := p.Delivery
	if d.Stopped == "" { // a round with nothing to do did not ask
		if why, err := o.Barred(s.ctx); err == nil {
			d.Stopped = why
		}
	}
	s.printDelivery(d)
	s.faults(o)
}

// asTyped shows a path as it is typed in a command.
func asTyped(path string) string {
	if path = dataset.Plain(path); strings.ContainsAny(path, " '\"") {
		return quote(path)
	}
	return path
}

// found says in few words what an import brought.
func found(r store.ImportRecord) string {
	out := plural(r.Rows, "record", "records")
	if r.Baseline {
		out += ", the first list: history"
	}
	for _, x := range []struct {
		n    int
		what string
	}{{r.New, "new"}, {r.Changed, "changed"}, {r.Gone, "gone"}, {r.Refused, "refused"}} {
		if x.n > 0 && !(r.Baseline && x.what == "new") {
			out += fmt.Sprintf(", %d %s", x.n, x.what)
		}
	}
	return out
}

// printDelivery says what was sent and what was not.
func (s *session) printDelivery(d engine.Delivery) {
	var did []string
	add := func(n int, what string) {
		if n > 0 {
			did = append(did, fmt.Sprintf("%d %s", n, what))
		}
	}
	add(d.Sent, "sent")
	add(d.Proven, "found to have gone in a run that broke off")
	add(d.Again, "to officers go again")
	add(d.Deferred, "to be tried again later")
	add(d.Failed, "refused by the server")
	add(d.Uncertain, "uncertain: clarion review uncertain")
	if len(did) == 0 {
		did = []string{"nothing to send"}
	}
	s.out.say("\n%s %s.", s.out.paint("1", "Delivery:"), strings.Join(did, ", "))
	for _, f := range d.Fell {
		s.out.say("  message %d did not go: %s", f.ID, f.Why)
	}
	if d.PutOff != "" && d.Stopped == "" {
		s.out.note("  ", "put off: %s", d.PutOff)
	}
	if d.Stopped != "" {
		s.out.say("  %s", s.out.paint("33", "Stopped: "+d.Stopped+"."))
	}
}
