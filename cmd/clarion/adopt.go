package main

type adoptCmd struct {
	Name   string `arg:"" help:"Which playbook."`
	Minute string `required:"" help:"Where the decision is minuted." placeholder:"TEXT"`
	Trust  string `help:"What it may do by itself from now on: observe, each, batch or automatic; one that only observed asks for each letter." placeholder:"LEVEL"`
}

func (*adoptCmd) Help() string {
	return examples(`clarion show new-member-welcome --words > for-the-meeting.txt`,
		`clarion adopt new-member-welcome --minute "Executive Committee, 3 November 2026, item 7" --as secretary`)
}

// Run records that a committee has adopted a playbook as it now is.
func (c *adoptCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	was, is, err := o.Adopt(s.ctx, s.As, c.Name, c.Minute, c.Trust)
	if err != nil {
		return err
	}
	pb := o.Set().Playbook(c.Name)
	if s.JSON {
		return s.out.json(object{"playbook": pb.Name, "digest": pb.Digest, "adopted": true, "was": was.Level.String(), "trust": is.Level.String()})
	}
	s.out.say("%s is adopted as it now is, with its letters and settings.", pb.Name)
	s.out.say("When any of that changes, clarion diff %s says what.", pb.Name)
	if was.Level != is.Level {
		s.given(pb.Name, was, is)
	}
	return nil
}
