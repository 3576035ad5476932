package main

import (
	"slices"
	"strconv"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/plan"
)

type compareCmd struct {
	Playbook string `arg:"" optional:"" help:"Which playbook; without it, all of them."`
	With     string `help:"Compare with the playbooks of this folder, such as an earlier copy of yours, in place of the library's." placeholder:"FOLDER" type:"existingdir" xor:"other"`
	Adopted  bool   `help:"Compare with what was adopted, in place of the library." xor:"other"`
	All      bool   `help:"Show every line, however many."`
}

func (*compareCmd) Help() string {
	return examples(`clarion compare`, `clarion compare new-member-welcome`, `clarion compare --adopted`, `clarion compare arrears-chase --all --json`)
}

// Run says what the playbooks of the folder would have done differently.
func (c *compareCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Playbook != "" && o.Set().Playbook(c.Playbook) == nil && !slices.Contains(o.Set().Off, c.Playbook) {
		return usage("there is no playbook %s that runs: clarion playbooks lists them", dataset.Plain(c.Playbook))
	}
	var x plan.Contrast
	if c.Adopted {
		x, err = o.CompareAdopted(s.ctx, c.Playbook)
	} else {
		x, err = o.Compare(s.ctx, c.With)
	}
	if err != nil {
		return err
	}
	if c.Playbook != "" {
		x = x.Of(c.Playbook)
	}
	x = x.For(o.Set(), s.As)
	if s.JSON {
		return s.out.json(contrastView(o, x))
	}
	s.printContrast(x, c)
	s.private(x.Private)
	s.faults(o)
	return nil
}

func (s *session) printContrast(x plan.Contrast, c *compareCmd) {
	other := "the library's"
	if c.With != "" {
		other = "those of " + dataset.Plain(c.With)
	}
	if c.Adopted {
		other = "those that were adopted"
	}
	if x.From == 0 {
		s.out.say("Nothing has been imported yet, so there is nothing to compare over: clarion import")
		return
	}
	s.out.say("%s", s.out.paint("1", "Your playbooks and "+other+", from "+x.From.Words()+" to "+x.Until.Words()+", as they would have done if:"))
	for _, a := range x.Assumed {
		s.note("- ", a)
	}
	if len(x.Playbooks) == 0 {
		s.out.say("\nNo playbook is different.")
		return
	}
	s.out.say("\nDifferent: %s.", names(x.Playbooks, 12))
	rows := [][]string{{"playbook", "yours", "other"}}
	for _, n := range sortedKeys(x.Counts) {
		rows = append(rows, []string{n, strconv.Itoa(x.Counts[n][0]), strconv.Itoa(x.Counts[n][1])})
	}
	if len(rows) > 1 {
		s.out.head("Letters and tasks")
		s.out.table("  ", 40, rows)
	}
	s.printHappenings("Only yours", x.Ours, c.All)
	s.printHappenings("Only "+other, x.Theirs, c.All)
	s.printShifts("On another day", x.Moved, c.All, true)
	s.printShifts("On the same day, in other words", x.Reworded, c.All, false)
	if len(x.Ours)+len(x.Theirs)+len(x.Moved)+len(x.Reworded) == 0 {
		s.out.say("\nOver these lists both would have done the same.")
	}
}

// mostCompared is how many lines of a part are shown unless all are asked for.
const mostCompared = 20

func (s *session) printHappenings(title string, list []plan.Happening, all bool) {
	if len(list) == 0 {
		return
	}
	s.out.head(title + " (" + strconv.Itoa(len(list)) + ")")
	var rows [][]string
	for i, h := range list {
		if i == mostCompared && !all && len(list) > mostCompared+1 {
			break
		}
		rows = append(rows, []string{h.On.String(), document.Kind(h.What), h.Playbook + "." + h.Step, document.Whose(h), document.Happens(h)})
	}
	s.out.table("  ", 40, rows)
	s.more(len(list) - len(rows))
}

func (s *session) printShifts(title string, list []plan.Shift, all, days bool) {
	if len(list) == 0 {
		return
	}
	s.out.head(title + " (" + strconv.Itoa(len(list)) + ")")
	var rows [][]string
	for i, x := range list {
		if i == mostCompared && !all && len(list) > mostCompared+1 {
			break
		}
		when := x.Ours.On.String()
		if days {
			when += ", not " + x.Theirs.On.String()
		}
		rows = append(rows, []string{when, document.Kind(x.Ours.What), x.Ours.Playbook + "." + x.Ours.Step, document.Whose(x.Ours), document.Happens(x.Ours)})
	}
	s.out.table("  ", 40, rows)
	s.more(len(list) - len(rows))
}

func (s *session) more(n int) {
	if n > 0 {
		s.out.say("  and %d more: --all shows them", n)
	}
}

func contrastView(o *office, x plan.Contrast) object {
	counts := object{}
	for n, c := range x.Counts {
		counts[n] = object{"ours": c[0], "theirs": c[1]}
	}
	happening := func(h plan.Happening) object { return happeningView(o, h) }
	shift := func(x plan.Shift) object {
		return object{"ours": happening(x.Ours), "theirs": happening(x.Theirs)}
	}
	v := object{"assumed": some(x.Assumed), "different": some(x.Playbooks), "counts": counts, "only_ours": each(x.Ours, happening),
		"only_theirs": each(x.Theirs, happening), "moved": each(x.Moved, shift), "reworded": each(x.Reworded, shift)}
	if x.From != 0 {
		v["from"], v["until"] = x.From.String(), x.Until.String()
	}
	return v
}
