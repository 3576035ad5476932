package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
)

type sendTestCmd struct {
	Playbook string `arg:"" optional:"" help:"Whose letters: each of its steps, about the invented people of its tests." placeholder:"PLAYBOOK"`
	Step     string `help:"Only the letter of this step." placeholder:"STEP"`
	Letter   int64  `help:"The very letter of this number in clarion review, as it stands." placeholder:"NUMBER"`
	To       string `help:"Which address of the role, where several people hold it." placeholder:"ADDRESS"`
}

func (*sendTestCmd) Help() string {
	return "Sends letters to yourself, so that you see them in your own mail program before anybody else does. They go to the address that the officers list has for the role you name with --as, marked [Test], and to nobody else; they count as no contact, and nothing in them can be answered or ended.\n\n" +
		examples(`clarion send-test new-member-welcome --as membership_officer`, `clarion send-test arrears-chase --step final_letter --as membership_officer`,
			`clarion send-test --letter 12 --as treasurer`)
}

func (c *sendTestCmd) Run(s *session) error {
	switch {
	case (c.Playbook == "") == (c.Letter == 0):
		return usage("say a playbook, or the number of a letter with --letter")
	case c.Letter != 0 && c.Step != "":
		return usage("--letter and --step do not go together: a letter is of one step")
	case s.As == anyOfficer:
		return usage("say who you are with --as ROLE: the letters go to the address of who holds that role")
	}
	o, err := s.open(true)
	if err != nil {
		return err
	}
	defer o.Close()
	to, err := c.address(s, o)
	if err != nil {
		return err
	}
	letters, without, err := c.letters(s, o)
	if err != nil {
		return err
	}
	tested, err := o.SendTest(s.ctx, s.As, to, letters)
	if err != nil {
		return err
	}
	if s.JSON {
		err = s.out.json(object{"to": to, "without": some(without), "letters": each(tested, func(t engine.Tested) object {
			return object{"playbook": t.Playbook, "subject": t.Content.Subject, "sent": t.Kind == letter.Delivered, "answer": t.Text, "letter": t.Number}.text("step", t.Step)
		})})
	} else {
		printTested(s, to, tested, without)
	}
	if err == nil && (len(tested) < len(letters) || slices.ContainsFunc(tested, func(t engine.Tested) bool { return t.Kind != letter.Delivered })) {
		return errFaults
	}
	return err
}

// address is the officer's own, as the officers list has it.
func (c *sendTestCmd) address(s *session, o *office) (string, error) {
	own, err := o.Own(s.ctx, s.As)
	if err != nil {
		return "", err
	}
	var known []string
	for _, h := range own {
		if c.To == "" || strings.EqualFold(c.To, h.Email) {
			known = append(known, h.Email)
		}
	}
	title := o.Set().RoleTitle(s.As)
	switch {
	case len(own) == 0:
		return "", fmt.Errorf("nobody is the %s today, or the officers list has no mail address for them: a test goes only there", title)
	case len(known) == 0:
		return "", usage("--to %s: that is not an address of the %s. A test goes only to %s", dataset.Plain(c.To), title, names(addresses(own), 5))
	case len(known) > 1:
		return "", usage("several people are the %s: say with --to which of them you are, %s", title, names(known, 5))
	}
	return known[0], nil
}

func addresses(own []plan.Officer) []string {
	var out []string
	for _, h := range own {
		out = append(out, h.Email)
	}
	return out
}

// letters are what is to be sent, and the steps that no letter can be made of.
func (c *sendTestCmd) letters(s *session, o *office) (letters []engine.Specimen, without []string, err error) {
	if c.Letter != 0 {
		m, err := o.Message(s.ctx, c.Letter)
		if err == nil {
			err = s.mayRead(o, m)
		}
		if err != nil {
			return nil, nil, err
		}
		one, err := o.SpecimenOf(m)
		return []engine.Specimen{one}, nil, err
	}
	letters, without, err = o.Specimens(s.ctx, c.Playbook)
	if err != nil {
		return nil, nil, err
	}
	if c.Step != "" {
		all := without
		for _, l := range letters {
			all = append(all, l.Step)
		}
		if !slices.Contains(all, c.Step) {
			return nil, nil, usage("--step %s: %s has no such letter. There are: %s", dataset.Plain(c.Step), c.Playbook, names(all, 20))
		}
		letters = slices.DeleteFunc(letters, func(l engine.Specimen) bool { return l.Step != c.Step })
		without = slices.DeleteFunc(without, func(step string) bool { return step != c.Step })
	}
	if len(letters) == 0 && len(without) == 0 {
		return nil, nil, fmt.Errorf("%s writes no letters: it gives tasks", c.Playbook)
	}
	if len(letters) == 0 {
		return nil, nil, errors.New("none of its tests makes a letter of " + names(without, 5) + ": look at a real one with --letter NUMBER; clarion review has the numbers")
	}
	return letters, without, nil
}

// printTested says what became of each letter.
func printTested(s *session, to string, tested []engine.Tested, without []string) {
	for _, t := range tested {
		what := t.Step
		if t.Number != 0 {
			what = fmt.Sprintf("letter %d", t.Number)
		}
		if t.Kind == letter.Delivered {
			s.out.note("", "Sent to %s: %s, “[Test] %s”.", dataset.Plain(to), what, dataset.Plain(t.Content.Subject))
		} else {
			s.out.note("", "Not sent: %s. %s", what, t.Text)
		}
	}
	if len(without) > 0 {
		s.out.note("", "No test makes a letter of %s: look at a real one with --letter NUMBER.", names(without, 5))
	}
}
