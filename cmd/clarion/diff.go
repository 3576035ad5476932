package main

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type diffCmd struct {
	Name string `arg:"" optional:"" help:"Which playbook; without it, all of which something is different."`
}

func (*diffCmd) Help() string {
	return examples(`clarion diff new-member-welcome`, `clarion diff`, `clarion diff arrears-chase --json`)
}

// fates are the parts of a comparison, in order.
var fates = []struct {
	fate   playbook.Fate
	title  string
	colour string
}{
	{playbook.Both, "The library has changed it, and you have your own: look at these", "31"},
	{playbook.Theirs, "The library has changed it, and you follow", "33"},
	{playbook.Ours, "You have changed it", "36"},
	{playbook.Standing, "Yours, as before", ""},
}

// Run compares three ways: the library now, the version that was adopted, ours.
func (c *diffCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	names := []string{c.Name}
	if c.Name == "" {
		names = nil
		for _, pb := range o.Set().Playbooks {
			names = append(names, pb.Name)
		}
	}
	var all []engine.Comparison
	for _, name := range names {
		d, err := o.SinceAdopted(s.ctx, name)
		if err != nil {
			return err
		}
		if len(d.Changes) > 0 || c.Name != "" {
			all = append(all, d)
		}
	}
	if s.JSON {
		return s.out.json(object{"playbooks": each(all, func(d engine.Comparison) object { return comparisonView(d, o.Clock()) })})
	}
	if len(all) == 0 {
		s.out.say("Every playbook is as the library has it, and as it was.")
	}
	for i, d := range all {
		if i > 0 {
			s.out.say("")
		}
		s.comparison(d, o.Clock())
	}
	return nil
}

// comparison prints what is different.
func (s *session) comparison(d engine.Comparison, c calendar.Clock) {
	with := "Nothing earlier was kept of it; what is yours is shown."
	switch {
	case d.Adopted:
		with = "Compared with what was adopted on " + c.Day(d.With).Words()
		if d.Minute != "" {
			with += " (" + dataset.Plain(d.Minute) + ")"
		}
		with += "."
	case !d.With.IsZero():
		with = "Never adopted; compared with what it said on " + c.Day(d.With).Words() + "."
	}
	s.out.say("%s", s.out.paint("1", d.Playbook.Name))
	s.out.note("  ", "%s", with)
	if len(d.Changes) == 0 {
		s.out.say("  It is as the library has it, and as it was.")
	}
	for _, f := range fates {
		said := false
		for _, x := range d.Changes {
			if x.Fate != f.fate {
				continue
			}
			if !said {
				s.out.say("\n  %s", s.out.paint(f.colour, f.title))
				said = true
			}
			s.difference(x)
		}
	}
}

// difference prints one value in its versions; of a letter, the lines that differ.
func (s *session) difference(x playbook.Difference) {
	from := ""
	if x.From != "" && x.From != "library" {
		from = " (" + x.From + ")"
	}
	s.out.say("    %s%s", s.out.paint("1", dataset.Plain(x.Path)), dataset.Plain(from))
	pairs := [][3]string{{"then", "now", ""}}
	switch x.Fate {
	case playbook.Both:
		pairs = [][3]string{{"library then", "library now", ""}, {"library now", "yours", ""}}
	case playbook.Standing:
		pairs = [][3]string{{"library", "yours", ""}}
	}
	of := map[string]string{"then": x.Then, "now": x.Now, "yours": x.Now, "library": x.Library, "library now": x.Library, "library then": x.Before}
	long := strings.Contains(x.Then+x.Before+x.Library+x.Now, "\n")
	said := map[string]bool{}
	for _, p := range pairs {
		if long {
			s.out.say("      %s to %s:", p[0], p[1])
			for _, line := range lineDifference(of[p[0]], of[p[1]]) {
				s.out.say("        %s", dataset.Plain(line))
			}
			continue
		}
		for _, name := range p[:2] {
			if !said[name] {
				s.out.say("      %s: %s", name, orNothing(of[name]))
			}
			said[name] = true
		}
	}
}

func orNothing(text string) string {
	if text == "" {
		return "nothing"
	}
	return dataset.Plain(text)
}

// lineDifference lists the lines that only one of two texts has, in their order:
// "- " those of the first, "+ " those of the second.
func lineDifference(before, after string) []string {
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	if before == "" {
		a = nil
	}
	if after == "" {
		b = nil
	}
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var out []string
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && longest[i+1][j] >= longest[i][j+1]:
			out = append(out, fmt.Sprintf("- %s", a[i]))
			i++
		default:
			out = append(out, fmt.Sprintf("+ %s", b[j]))
			j++
		}
	}
	return out
}

// comparisonView is a comparison for programs.
func comparisonView(d engine.Comparison, c calendar.Clock) object {
	return object{"playbook": d.Playbook.Name, "adopted": d.Adopted, "changes": each(d.Changes, func(x playbook.Difference) object {
		return object{"path": x.Path, "fate": string(x.Fate)}.text("then", x.Then).text("library_then", x.Before).
			text("library_now", x.Library).text("now", x.Now).text("from", x.From)
	})}.at("with", d.With, c.Zone).text("minute", d.Minute)
}
