package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// printPlanDiff says in what a plan is another than the last.
func (s *session) printPlanDiff(o *office, d engine.PlanDiff) {
	clock := o.Clock()
	switch {
	case d.Since.IsZero():
		s.out.say("%s", s.out.paint("1", "There was no plan before: all is new"))
	case d.Run:
		s.out.say("%s", s.out.paint("1", "Since the last plan, of "+clock.Words(d.Since)))
	default:
		s.out.say("%s", s.out.paint("1", "Since "+clock.Words(d.Since)))
	}
	for _, part := range []struct {
		title, colour string
		list          []engine.PlanChange
	}{{"New", "32", d.New}, {"In other words", "33", d.Changed}, {"Gone", "31", d.Gone}, {"Sent in between", "36", d.Sent}} {
		if len(part.list) == 0 {
			continue
		}
		s.out.say("\n%s", s.out.paint("1;"+part.colour, fmt.Sprintf("%s (%d)", part.title, len(part.list))))
		s.printChanges(part.list)
	}
	if len(d.Decided) > 0 {
		s.out.head(fmt.Sprintf("Decided in between (%d)", len(d.Decided)))
		var rows [][]string
		for _, l := range d.Decided {
			rows = append(rows, []string{clock.Words(l.At), l.By, strings.TrimPrefix(l.Playbook+": "+l.Words, ": ")})
		}
		s.out.table("  ", 34, rows)
	}
	s.printMoved(d)
	s.private(d.Private)
	if len(d.New)+len(d.Changed)+len(d.Gone)+len(d.Sent)+len(d.Decided)+d.Private == 0 {
		s.out.say("\nNothing is different.")
	}
}

// printChanges prints messages by playbook, and the lines that changed in them.
func (s *session) printChanges(list []engine.PlanChange) {
	last := "-"
	for i := 0; i < len(list); {
		name := list[i].Playbook
		if name != last {
			title := name
			if name == "" {
				title = "officers' digests"
			}
			s.out.say("  %s", title)
			last = name
		}
		var rows [][]string
		for ; i < len(list) && list[i].Playbook == name; i++ {
			c := list[i]
			why := c.Why
			if why == "" && len(c.Was)+len(c.Is) == 0 {
				why = c.Content.Why
			}
			rows = append(rows, []string{numbered(c.ID), dataset.Plain(c.Content.ToName), dataset.Plain(c.Content.Subject), dataset.Plain(why)})
			if len(c.Was)+len(c.Is) > 0 {
				i++
				break
			}
		}
		s.out.table("    ", 40, rows)
		switch c := list[i-1]; {
		case len(c.Was)+len(c.Is) == 0 || c.Kind != ledger.Letter:
		case i > 1 && slices.Equal(c.Was, list[i-2].Was) && slices.Equal(c.Is, list[i-2].Is):
			s.out.say("      in the same lines")
		default:
			s.printLinesOf("- ", "31", c.Was)
			s.printLinesOf("+ ", "32", c.Is)
		}
	}
}

// mostLines are as many changed lines of one letter as are printed.
const mostLines = 8

func (s *session) printLinesOf(mark, colour string, lines []string) {
	for i, l := range lines {
		if i == mostLines {
			s.out.say("        … and %s", plural(len(lines)-i, "more line", "more lines"))
			return
		}
		s.out.say("      %s", s.out.paint(colour, mark+dataset.Plain(l)))
	}
}

// printMoved counts cases and tasks.
func (s *session) printMoved(d engine.PlanDiff) {
	var rows [][]string
	names := map[string]bool{}
	for _, of := range []map[string]int{d.Opened, d.Closed, d.Given, d.Ended} {
		for name := range of {
			names[name] = true
		}
	}
	for _, name := range sortedKeys(names) {
		rows = append(rows, cells(name, []int{d.Opened[name], d.Closed[name], d.Given[name], d.Ended[name]}))
	}
	if len(rows) > 0 {
		s.out.head("Cases and tasks")
		s.out.table("  ", 30, append([][]string{{"", "opened", "closed", "tasks given", "tasks ended"}}, rows...))
	}
}

// numbered is the number of a message; one that is not written down has none.
func numbered(id int64) string {
	if id == 0 {
		return "-"
	}
	return fmt.Sprint(id)
}

func planDiffView(o *office, d engine.PlanDiff) object {
	change := func(c engine.PlanChange) object {
		v := object{"kind": string(c.Kind), "to": c.Content.To, "to_name": c.Content.ToName, "subject": c.Content.Subject, "digest": c.Digest}.
			text("playbook", c.Playbook).text("why", c.Why)
		if c.ID > 0 {
			v["number"] = c.ID
		}
		if len(c.Was)+len(c.Is) > 0 {
			v["was"], v["is"] = some(c.Was), some(c.Is)
		}
		return v
	}
	return object{"new": each(d.New, change), "changed": each(d.Changed, change), "gone": each(d.Gone, change), "sent": each(d.Sent, change),
		"decided":      each(d.Decided, func(l engine.LogLine) object { return logView(o, l) }),
		"cases_opened": counts(d.Opened), "cases_closed": counts(d.Closed), "tasks_given": counts(d.Given), "tasks_ended": counts(d.Ended),
		"private": d.Private, "last_run": d.Run}.at("since", d.Since, o.Clock().Zone)
}
