package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
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
	p.Before = p.Before.For(o.Set(), s.As)
	if s.JSON {
		if jerr := s.out.json(passView(s, o, p)); jerr != nil {
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
	s.printMail(p.Mail)
	for _, r := range p.Imports {
		s.out.note("", "Imported %s from %s: %s.", r.Dataset, dataset.Plain(r.File), found(r))
		if r.Refused > 0 {
			s.out.say("  Which, and why: %s", s.reader(r))
		}
	}
	if len(p.Imports) > 0 {
		s.out.say("")
	}
	s.printWaiting(p.Waiting, p.Refused)
	if p.Plan == nil {
		return
	}
	if p.Before != nil {
		s.printPlan(p.Before, o.Clock(), all)
		s.out.say("\n%s", s.out.paint("1;33", "Planned once more, for a last look took something away"))
		if !s.printGroups(p.Plan, instead(p.Before, p.Plan), all) {
			s.out.say("  Nothing takes its place.")
		}
	} else {
		s.printPlan(p.Plan, o.Clock(), all)
	}
	s.printGone(o.gone(s, p))
	d := p.Delivery
	if d.Stopped == "" { // a round with nothing to do did not ask
		if why, err := o.Barred(s.ctx); err == nil {
			d.Stopped = why
		}
	}
	s.printDelivery(o, p, d)
	s.faults(o)
}

// A goneLetter was proposed before this pass, and its plan took it away.
type goneLetter struct {
	engine.Pending
	why string
}

// gone lists the letters that a pass took away before anything was sent, each
// with its reason, unless they are private to other roles.
func (o *office) gone(s *session, p engine.Pass) (out []goneLetter) {
	for _, made := range []*plan.Plan{p.Before, p.Plan} {
		if made == nil {
			continue
		}
		fallen := made.Fallen()
		for _, id := range slices.Sorted(maps.Keys(fallen)) {
			m, err := o.Message(s.ctx, id)
			if err == nil && m.Kind == ledger.Letter && !m.Private(o.Engine, s.As) {
				out = append(out, goneLetter{m, fallen[id]})
			}
		}
	}
	return out
}

// printGone lists letters that were shown before, and do not go.
func (s *session) printGone(list []goneLetter) {
	if len(list) == 0 {
		return
	}
	s.out.say("\n%s", s.out.paint("1;33", fmt.Sprintf("Taken away since they were proposed (%d)", len(list))))
	var rows [][]string
	for _, g := range list {
		rows = append(rows, []string{fmt.Sprintf("no. %d", g.ID), g.Playbook, dataset.Plain(g.Content.ToName), dataset.Plain(g.why)})
	}
	s.out.table("  ", 30, rows)
}

// instead gives the lines of a plan that were not in the one before.
func instead(before, after *plan.Plan) []plan.Line {
	same := func(l plan.Line) plan.Line {
		l.Message = ""
		return l
	}
	had := map[plan.Line]bool{}
	for _, l := range before.Lines {
		had[same(l)] = true
	}
	return slices.DeleteFunc(slices.Clone(after.Lines), func(l plan.Line) bool { return had[same(l)] })
}

// reader is the command that shows how an imported file is read.
func (s *session) reader(r store.ImportRecord) string {
	file := asTyped(filepath.Join(s.Folder, r.File))
	switch strings.ToLower(filepath.Ext(r.File)) {
	case "":
		return fmt.Sprintf("clarion -C %s import %s --look", asTyped(s.Folder), r.Dataset)
	case ".ics":
		return "clarion calendar " + file
	}
	return fmt.Sprintf("clarion -C %s sheet %s --as %s", asTyped(s.Folder), file, r.Dataset)
}

// printWaiting says which files are not taken, and why.
func (s *session) printWaiting(waiting []engine.Waiting, refused []error) {
	for _, w := range waiting {
		s.out.note("", "%s %s.", s.out.paint("33", "Not taken yet:"), strings.TrimSuffix(w.String(), "."))
	}
	for _, err := range refused {
		fmt.Fprintln(s.err, "clarion: "+err.Error())
	}
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
func (s *session) printDelivery(o *office, p engine.Pass, d engine.Delivery) {
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
	s.printFell(p, d.Fell)
	for _, b := range d.Staged {
		if !plan.Hidden(o.Set(), b.Playbook, s.As) {
			s.out.note("  ", "%s of %s: %s.", plural(b.Letters, "letter", "letters"), b.Playbook, b.Why)
		}
	}
	if d.PutOff != "" && d.Stopped == "" {
		s.out.note("  ", "put off: %s", d.PutOff)
	}
	if d.Stopped != "" {
		s.out.say("  %s", s.out.paint("33", "Stopped: "+d.Stopped+"."))
	}
}

// printFell lists what was planned and did not go, each against its line of the
// plan.
func (s *session) printFell(p engine.Pass, fell []engine.Fallen) {
	var rows [][]string
	for _, f := range fell {
		what := []string{fmt.Sprintf("no. %d", f.ID), "", ""}
		switch lines := p.Planned(f); {
		case len(lines) == 1:
			what[1], what[2] = lines[0].Playbook+", "+readable(lines[0].Step), dataset.Plain(lines[0].To)
		case len(lines) > 1:
			what[1], what[2] = plural(len(lines), "thing", "things")+" in a digest", dataset.Plain(lines[0].To)
		}
		rows = append(rows, append(what, "did not go: "+dataset.Plain(f.Why)))
	}
	s.out.table("  ", 30, rows)
}
