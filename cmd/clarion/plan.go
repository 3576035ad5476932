package main

import "github.com/clarion-clp/clarion/engine/plan"

type planCmd struct {
	All bool `help:"Show every line, however many."`
}

func (*planCmd) Help() string {
	return examples(`clarion plan`, `clarion plan --on +7 --all`, `clarion plan --json`)
}

func (c *planCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	p, err := o.Plan(s.ctx)
	if err != nil {
		return err
	}
	return s.show(o, p, c.All)
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
