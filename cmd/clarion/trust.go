package main

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type trustCmd struct {
	Name  string `arg:"" optional:"" help:"Which playbook."`
	Level string `arg:"" optional:"" help:"What it may do by itself: observe, each, batch or automatic."`
}

func (*trustCmd) Help() string {
	return examples(`clarion trust`, `clarion trust new-member-welcome automatic --as membership_officer`, `clarion trust new-member-welcome each`)
}

// Run gives a playbook trust, or takes it; without a level it shows how all of
// them, or one, stand.
func (c *trustCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Level == "" {
		return c.list(s, o)
	}
	was, is, err := o.Trust(s.ctx, s.As, c.Name, c.Level)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"playbook": c.Name, "was": was.Level.String(), "trust": is.Level.String()})
	}
	if was.Level == is.Level {
		s.out.say("%s: %s, as before. It is written down that you say so.", c.Name, trustWords(is.Level))
		return nil
	}
	s.out.say("%s: %s; before, it was %s.", c.Name, trustWords(is.Level), was.Level)
	return nil
}

// list shows what every playbook may do, and who says so.
func (c *trustCmd) list(s *session, o *office) error {
	all, err := o.Standings(s.ctx)
	if err != nil {
		return err
	}
	var rows []engine.Standing
	for _, st := range all {
		if c.Name == "" || c.Name == st.Playbook.Name {
			rows = append(rows, st)
		}
	}
	if len(rows) == 0 && c.Name != "" {
		return fmt.Errorf("there is no playbook %s that runs: clarion playbooks lists them", c.Name)
	}
	if s.JSON {
		return s.out.json(object{"trust": each(rows, func(st engine.Standing) object {
			pb := st.Playbook
			return object{"playbook": pb.Name, "most": pb.Most.String(), "trust": st.Trust.Level.String()}.
				text("here", hereTrust(o.Set(), pb)).text("earned", st.Trust.Record).
				at("since", st.Trust.Since, o.Clock().Zone).text("why", whyTrust(o.Set(), st))
		})})
	}
	lines := [][]string{{"playbook", "may at most", "here", "on record", "holds"}}
	for _, st := range rows {
		lines = append(lines, []string{st.Playbook.Name, st.Playbook.Most.String(), dash(hereTrust(o.Set(), st.Playbook)), dash(st.Trust.Record), st.Trust.Level.String()})
	}
	s.out.table("", 40, lines)
	s.out.say("")
	for _, st := range rows {
		s.out.note("", "%s: %s.", s.out.paint("1", st.Playbook.Name), whyTrust(o.Set(), st))
	}
	return nil
}

// hereTrust is what playbooks.yaml says of a playbook; empty: nothing.
func hereTrust(set *playbook.Set, pb *playbook.Playbook) string {
	if t, said := set.Constituency.Trust[pb.Name]; said {
		return t.String()
	}
	return ""
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// whyTrust says why a playbook stands as it does.
func whyTrust(set *playbook.Set, st engine.Standing) string {
	pb := st.Playbook
	switch {
	case st.Trust.Why != "":
		return st.Trust.Why
	case pb.Trust < pb.Most && hereTrust(set, pb) == "":
		return trustWords(pb.Trust) + ": playbooks.yaml says nothing of it, and so it asks"
	case pb.Trust < pb.Most:
		return trustWords(pb.Trust) + ": playbooks.yaml trusts it with no more"
	case st.Trust.Record != "":
		return trustWords(st.Trust.Level) + ": a person said so on " + set.Constituency.Clock.Day(st.Trust.Since).Words()
	}
	return trustWords(st.Trust.Level) + ": its file and playbooks.yaml say so"
}
