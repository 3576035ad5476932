package main

import (
	"fmt"
	"sort"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

type reviewBacklogCmd struct {
	Playbook string   `arg:"" optional:"" help:"The playbook."`
	Keys     []string `arg:"" optional:"" help:"Records' keys, to approve only these."`
	Approve  bool     `help:"Let them act; their clocks count from today."`
}

func (*reviewBacklogCmd) Help() string {
	return examples(`clarion review backlog`, `clarion review backlog arrears-chase`, `clarion review backlog arrears-chase --approve`, `clarion review backlog arrears-chase A150001 --approve`)
}

func (c *reviewBacklogCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Playbook == "" {
		st, err := o.Status(s.ctx)
		if err != nil {
			return err
		}
		var private int
		st.Backlog, private = s.sums(o, st.Backlog)
		if s.JSON {
			return s.out.json(object{"backlog": counts(st.Backlog), "private": private})
		}
		s.private(private)
		for _, n := range sortedKeys(st.Backlog) {
			s.out.say("%s: %s; clarion review backlog %s lists them", n, plural(st.Backlog[n], "case", "cases"), n)
		}
		if len(st.Backlog)+private == 0 {
			s.out.say("There is no backlog.")
		}
		return nil
	}
	if err := o.knows(c.Playbook); err != nil {
		return err
	}
	if err := s.mayList(o, c.Playbook); err != nil {
		return err
	}
	cases, err := o.Backlog(s.ctx, c.Playbook)
	if err != nil {
		return err
	}
	if len(c.Keys) > 0 {
		if cases, err = keyed(cases, c.Keys); err != nil {
			return err
		}
	}
	if !c.Approve {
		if s.JSON {
			return s.out.json(object{"cases": each(cases, func(b engine.BacklogCase) object { return backlogView(o, b) })})
		}
		for _, b := range cases {
			s.out.say("  %s", b.About)
		}
		if len(cases) == 0 {
			s.out.say("%s has no backlog.", c.Playbook)
			return nil
		}
		s.out.say("%s. Nothing goes to a member for them before: clarion review backlog %s --approve", plural(len(cases), "case", "cases"), c.Playbook)
		return nil
	}
	var keys []ledger.CaseKey
	if len(c.Keys) > 0 {
		for _, b := range cases {
			keys = append(keys, b.Case.Key)
		}
	}
	n, err := o.ApproveBacklog(s.ctx, s.As, c.Playbook, keys)
	if err != nil {
		return err
	}
	return s.tell("%s of %s may act, counted from today. clarion plan shows what comes of it.", plural(n, "case", "cases"), c.Playbook)
}

func keyed(cases []engine.BacklogCase, keys []string) ([]engine.BacklogCase, error) {
	var out []engine.BacklogCase
	for _, k := range keys {
		found := false
		for _, b := range cases {
			if b.Key == k {
				out, found = append(out, b), true
			}
		}
		if !found {
			return nil, fmt.Errorf("%s is not in the backlog", dataset.Plain(k))
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out, nil
}

type reviewReleaseCmd struct {
	Playbook string `arg:"" help:"The playbook whose batch is held, by a brake or because of its first letters."`
}

func (*reviewReleaseCmd) Help() string { return examples(`clarion review release arrears-chase`) }

func (c *reviewReleaseCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.knows(c.Playbook); err != nil {
		return err
	}
	n, err := o.Release(s.ctx, s.As, c.Playbook, 0)
	if err != nil {
		return err
	}
	return s.tell("What held %s of %s lets them go on. They still need what approval they needed.", plural(n, "letter", "letters"), c.Playbook)
}

type reviewUncertainCmd struct {
	Number  int64 `arg:"" help:"The letter's number."`
	Sent    bool  `help:"It was found: it went." xor:"verdict" required:""`
	NotSent bool  `help:"It did not go: it is owed again." xor:"verdict" required:"" name:"not-sent"`
}

func (*reviewUncertainCmd) Help() string {
	return examples(`clarion review uncertain 12 --sent`, `clarion review uncertain 12 --not-sent`)
}

func (c *reviewUncertainCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	m, err := o.Message(s.ctx, c.Number)
	if err != nil {
		return err
	}
	if m.State != ledger.Uncertain {
		return fmt.Errorf("letter %d is not uncertain: it is %s", c.Number, m.State)
	}
	if err := o.Settle(s.ctx, s.As, c.Number, c.Sent); err != nil {
		return err
	}
	if c.Sent {
		return s.tell("Noted: it went.")
	}
	return s.tell("Noted: it did not go. It is owed again; clarion plan shows it.")
}
