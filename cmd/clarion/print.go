package main

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// colours are those of the parts of a printed plan.
var colours = map[plan.Verb]string{plan.Sends: "32", plan.Asks: "33", plan.Tells: "36", plan.Lists: "36", plan.HeldBack: "33", plan.Withholds: "33", plan.Misses: "31"}

// printPlan prints a plan as a document: what goes, to whom and why, and for
// everything that does not go, why not. Long parts are gathered unless every
// line is asked for.
func (s *session) printPlan(p *plan.Plan, c calendar.Clock, all bool) {
	s.out.say("%s", s.out.paint("1", "Plan of "+c.Words(p.Now)))
	s.printGroups(p, p.Lines, all)
	s.printDoubts(p, all)
	s.printHolds(p.Holds)
	s.printCounts(p, all)
	s.private(p.Private)
	switch {
	case p.Private+len(p.Lines)+len(p.CannotTell)+len(p.Holds) == 0:
		s.out.say("\nNothing is due.")
	case hidden(p, all):
		s.out.say("\nEvery line, and what is not due yet: --all")
	}
	if !p.Wake.IsZero() {
		s.out.say("\nNothing changes by itself before %s.", c.Words(p.Wake))
	}
}

// printGroups prints lines of a plan, part by part, and reports whether
// there were any.
func (s *session) printGroups(p *plan.Plan, list []plan.Line, all bool) (any bool) {
	for _, g := range document.Parts {
		lines := pick(list, g.Verb)
		if len(lines) == 0 || g.Verb == plan.Later && !all {
			continue
		}
		any = true
		title := fmt.Sprintf("%s (%d)", g.Title, len(lines))
		if n := digests(p); g.Verb == plan.Tells && n > 0 {
			title = fmt.Sprintf("%s (%s in %s)", g.Title, plural(len(lines), "thing", "things"), plural(n, "letter", "letters"))
		}
		s.out.say("\n%s", s.out.paint("1;"+colours[g.Verb], title))
		s.printLines(g.Verb, lines, all)
	}
	return any
}

// digests counts the officers' digests of a plan.
func digests(p *plan.Plan) int {
	n := 0
	for _, m := range p.Messages {
		if m.Kind == ledger.Digest && !m.Stands {
			n++
		}
	}
	return n
}

func pick(lines []plan.Line, v plan.Verb) []plan.Line {
	var out []plan.Line
	for _, l := range lines {
		if l.Verb == v {
			out = append(out, l)
		}
	}
	return out
}

// shown is how many lines of one part are printed unless all are asked for.
const shown = 12

// gathered tells that the lines of a part are printed in groups.
func gathered(v plan.Verb, lines int, all bool) bool {
	return !all && (lines > shown || v == plan.Tells && lines > 3)
}

// hidden tells that a plan was not printed line by line.
func hidden(p *plan.Plan, all bool) bool {
	for _, g := range document.Parts {
		n := len(pick(p.Lines, g.Verb))
		if gathered(g.Verb, n, all) || g.Verb == plan.Later && n > 0 && !all {
			return true
		}
	}
	return !all && len(p.CannotTell) > shown
}

// printLines prints the lines of one part under the playbook, or the officer,
// that they belong to.
func (s *session) printLines(v plan.Verb, lines []plan.Line, all bool) {
	gathered := gathered(v, len(lines), all)
	by := map[string][]plan.Line{}
	for _, l := range lines {
		k := l.Playbook
		if v == plan.Tells {
			k = dataset.Plain(l.To)
		}
		by[k] = append(by[k], l)
	}
	for _, k := range sortedKeys(by) {
		part := by[k]
		title := k
		if gathered {
			title += fmt.Sprintf(" (%d)", len(part))
		}
		s.out.say("  %s", title)
		var rows [][]string
		if gathered {
			rows = gathering(part)
		} else {
			for _, l := range part {
				rows = append(rows, []string{l.Playbook, readable(l.Step), dataset.Plain(l.To), dataset.Plain(document.Subject(l)), dataset.Plain(l.Why)})
			}
		}
		for i, r := range rows { // what the title says is not said again
			if v == plan.Tells && !gathered {
				rows[i] = append(r[:2:2], r[3:]...)
			} else if v != plan.Tells {
				rows[i] = r[1:]
			}
		}
		s.out.table("    ", 30, rows)
	}
}

// gathering makes one row of all lines of the same step with the same reason:
// playbook, step, how many, and the rest.
func gathering(lines []plan.Line) [][]string {
	var rows [][]string
	for _, a := range document.Gather(lines) {
		text := names(a.Who, 3)
		if a.Why != "" {
			text += ": " + a.Why
		}
		rows = append(rows, []string{a.Playbook, readable(a.Step), fmt.Sprint(a.Count), text})
	}
	return rows
}

func (s *session) printDoubts(p *plan.Plan, all bool) {
	if len(p.CannotTell) == 0 {
		return
	}
	s.out.say("\n%s", s.out.paint("1;31", fmt.Sprintf("Cannot tell (%d)", len(p.CannotTell))))
	by := map[string][][]string{}
	for i, d := range p.CannotTell {
		if i == shown && !all {
			break
		}
		by[d.Playbook] = append(by[d.Playbook], []string{dataset.Plain(d.About), d.What + ": " + document.Doubt(d)})
	}
	for _, name := range sortedKeys(by) {
		s.out.say("  %s", name)
		s.out.table("    ", 30, by[name])
	}
	if n := len(p.CannotTell) - shown; n > 0 && !all {
		s.out.say("  … and %d more", n)
	}
}
