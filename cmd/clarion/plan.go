package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/plan"
)

type planCmd struct {
	All   bool   `help:"Show every line, however many."`
	HTML  string `name:"html" help:"Write the plan as a page into this file: initials and branches, and one letter of each playbook with its people masked." placeholder:"FILE" type:"path"`
	Names bool   `help:"With --html: every name, the records, and every letter whole as it will look."`
	Diff  bool   `help:"Show only what is other than in the last plan: new, gone, in other words."`
	Since string `help:"With --diff: since the beginning of this day." placeholder:"DATE"`
}

func (*planCmd) Help() string {
	return examples(`clarion plan`, `clarion plan --on +7 --all`, `clarion plan --json`, `clarion plan --diff`,
		`clarion plan --diff --since 2026-11-01`, `clarion plan --html plan.html --names`)
}

func (c *planCmd) Run(s *session) error {
	switch {
	case c.Names && c.HTML == "":
		return usage("--names is for --html: clarion plan --html plan.html --names")
	case c.Since != "" && !c.Diff:
		return usage("--since is for --diff: clarion plan --diff --since %s", dataset.Plain(c.Since))
	}
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Diff {
		return c.diff(s, o)
	}
	if c.HTML != "" {
		return c.page(s, o)
	}
	p, err := o.Plan(s.ctx)
	if err != nil {
		return err
	}
	return s.show(o, p, c.All)
}

// page writes the plan as a page.
func (c *planCmd) page(s *session, o *office) error {
	l, err := o.Look(s.ctx)
	if err != nil {
		return err
	}
	p := l.Plan.For(o.Set(), s.As)
	body, err := document.Plan(l.In, p, c.Names)
	if err != nil {
		return err
	}
	if err := writePrivate(c.HTML, body); err != nil {
		return fmt.Errorf("writing the plan: %w", err)
	}
	what := "It names nobody."
	if c.Names {
		what = "It names members and holds their letters: keep it to yourself, and delete it when you have looked."
	}
	return s.tell("Written: %s. %s", dataset.Plain(c.HTML), what)
}

// writePrivate writes a file that its owner alone can read, whole or not at all;
// one that lay there with other rights is replaced.
func writePrivate(name string, body []byte) error {
	if at, err := os.Stat(name); err == nil && at.IsDir() {
		return fmt.Errorf("%s is a folder", dataset.Plain(name))
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".clarion-*") // for its owner alone
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(body)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}

// diff shows in what the plan of now differs from the last.
func (c *planCmd) diff(s *session, o *office) error {
	var since time.Time
	if c.Since != "" {
		day, err := calendar.ParseDate(c.Since)
		if err != nil {
			return usage("--since %s: write a day, 2026-11-30", dataset.Plain(c.Since))
		}
		since = o.Clock().On(day, 0)
	}
	d, err := o.PlanDiff(s.ctx, since, s.As)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(planDiffView(o, d))
	}
	s.printPlanDiff(o, d)
	return nil
}

func (s *session) show(o *office, p *plan.Plan, all bool) error {
	p = p.For(o.Set(), s.As)
	if s.JSON {
		return s.out.json(planView(o, p))
	}
	s.printPlan(p, o.Clock(), all)
	s.faults(o)
	why, err := o.Barred(s.ctx)
	if why != "" {
		s.out.say("")
		s.out.note("", "%s", s.out.paint("33", "Nothing is sent: "+why+"."))
	}
	return err
}

// faults says that playbooks are switched off because of faults.
func (s *session) faults(o *office) {
	if n := len(o.Set().Disabled); n > 0 {
		s.out.say("\n%s not running because of faults: clarion check says which.", plural(n, "playbook is", "playbooks are"))
	}
}
