package main

import (
	"errors"
	"fmt"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

type mailCollectCmd struct{}

func (*mailCollectCmd) Help() string { return examples(`clarion mail collect`) }

// Run looks into the mailbox once. Files that came are imported by the next run.
func (*mailCollectCmd) Run(s *session) error {
	o, err := s.open(true)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.Set().Constituency.Mail.Mailbox == nil {
		return errNoMailbox
	}
	c, err := o.Collect(s.ctx)
	if err != nil {
		return err
	}
	problem := c.Problem
	if s.JSON {
		err = s.out.json(mailView(c))
	} else {
		c.Problem = "" // it is the error
		s.printMail(c)
	}
	if err == nil && problem != "" {
		err = errors.New("the mailbox was not read to its end: " + problem)
	}
	if err != nil || s.JSON {
		return err
	}
	if len(c.Results) == 0 {
		s.out.say("Nothing new came back.")
	}
	if len(c.Laid) > 0 {
		s.out.say("  To import it: clarion run")
	}
	return nil
}

type mailListCmd struct {
	All bool `help:"Show all that came back in the last 30 days, and what became of it."`
}

func (*mailListCmd) Help() string {
	return "A message stands here because it could not be matched with a letter of ours, because its file comes from nobody who is named, or because its answer is unclear. It still lies in the mailbox; nothing is ever deleted there.\n\n" +
		examples(`clarion mail`, `clarion mail --all`, `clarion mail take 3`, `clarion mail done 4 5`)
}

func (c *mailListCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.All {
		return s.recentMail(o)
	}
	list, private, err := s.waitingMail(o)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"waiting": each(list, waitingMailView), "private": private})
	}
	s.private(private)
	if len(list) == 0 && private == 0 {
		s.out.say("Nothing that came back waits for a person.")
	}
	for _, m := range list {
		s.out.say("%s  %s  from %s, %s", s.out.paint("1", fmt.Sprint(m.ID)), m.Kind, dataset.Plain(m.Shown.From), o.Clock().Words(m.Received))
		if m.Shown.Subject != "" {
			s.out.note("     ", "%s", dataset.Plain(m.Shown.Subject))
		}
		s.out.note("     ", "%s.", dataset.Plain(m.Shown.Why))
		for _, f := range m.Shown.Files {
			s.out.note("     ", "attached: %s (%s)", f, m.Shown.List)
		}
		if m.Does != "" {
			s.out.note("     ", "clarion mail take %d: %s", m.ID, m.Does)
		}
	}
	if len(list) > 0 {
		s.out.say("When you have seen to one: clarion mail done NUMBER")
	}
	return nil
}

// recentMail lists what came back lately: replies to read, addresses to mend.
func (s *session) recentMail(o *office) error {
	all, err := o.RecentMail(s.ctx, o.Now().AddDate(0, 0, -30))
	if err != nil {
		return err
	}
	all, private := apartFrom(all, func(m engine.WaitingMail) bool { return m.Playbook != "" && o.Hidden(m.Playbook, s.As) })
	if s.JSON {
		return s.out.json(object{"taken": each(all, func(m engine.WaitingMail) object {
			return object{"id": m.ID, "kind": m.Kind, "received": m.Received, "result": m.Result, "waits": m.Waiting, "letter": m.Message}.
				text("playbook", m.Playbook).text("folder", m.Folder)
		}), "private": private})
	}
	s.private(private)
	if len(all) == 0 && private == 0 {
		s.out.say("Nothing came back in the last 30 days.")
	}
	var rows [][]string
	for _, m := range all {
		about := ""
		if m.Message != 0 {
			about = fmt.Sprintf("letter %d %s", m.Message, m.Playbook)
		}
		rows = append(rows, []string{fmt.Sprint(m.ID), o.Clock().Day(m.Received).String(), m.Kind, m.Result, about, m.Folder})
	}
	s.out.table("", 30, rows)
	return nil
}

// waitingMail lists what waits, without what is about letters that the role may
// not see.
func (s *session) waitingMail(o *office) (list []engine.WaitingMail, private int, err error) {
	all, err := o.WaitingMail(s.ctx)
	list, private = apartFrom(all, func(m engine.WaitingMail) bool { return m.Playbook != "" && o.Hidden(m.Playbook, s.As) })
	return list, private, err
}

// waitingMailView is what --json prints of a message that waits.
func waitingMailView(m engine.WaitingMail) object {
	return object{"id": m.ID, "kind": m.Kind, "received": m.Received, "from": m.Shown.From, "subject": m.Shown.Subject, "why": m.Shown.Why,
		"files": some(m.Shown.Files)}.text("dataset", m.Shown.List).text("take", m.Does)
}

type mailTakeCmd struct {
	Numbers []int64 `arg:"" name:"number" help:"Of messages that clarion mail list shows."`
}

func (*mailTakeCmd) Help() string { return examples(`clarion mail take 3`) }

func (c *mailTakeCmd) Run(s *session) error {
	return s.withMail(c.Numbers, func(o *office, id int64) error {
		did, laid, err := o.TakeMail(s.ctx, s.As, id)
		if err != nil {
			return err
		}
		if len(laid) > 0 {
			return s.tell("%d: %s. To import it: clarion run", id, names(laid, len(laid)))
		}
		return s.tell("%d: %s.", id, did)
	})
}

type mailDoneCmd struct {
	Numbers []int64 `arg:"" name:"number" help:"Of messages that clarion mail list shows."`
}

func (*mailDoneCmd) Help() string { return examples(`clarion mail done 4 5`) }

func (c *mailDoneCmd) Run(s *session) error {
	return s.withMail(c.Numbers, func(o *office, id int64) error {
		if err := o.DoneMail(s.ctx, id); err != nil {
			return err
		}
		return s.tell("%d: seen to; it is filed with the next look into the mailbox.", id)
	})
}

// withMail does something with each of some waiting messages that the role may
// see.
func (s *session) withMail(numbers []int64, do func(o *office, id int64) error) error {
	o, err := s.open(true)
	if err != nil {
		return err
	}
	defer o.Close()
	list, _, err := s.waitingMail(o)
	if err != nil {
		return err
	}
	for _, id := range numbers {
		found := false
		for _, m := range list {
			found = found || m.ID == id
		}
		if !found {
			return fmt.Errorf("no message with the number %d waits; clarion mail list lists those that do", id)
		}
		if err := do(o, id); err != nil {
			return err
		}
	}
	return nil
}
