package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// groups are the parts of a printed plan, in order.
var groups = []struct {
	verb   plan.Verb
	title  string
	column string // in the sums
	colour string
}{
	{plan.Sends, "Goes by itself", "goes", "32"},
	{plan.Asks, "Waits for an officer's yes", "asks", "33"},
	{plan.Tells, "In officers' digests", "digests", "36"},
	{plan.Lists, "Cannot go by mail: to ring or write to", "by hand", "36"},
	{plan.HeldBack, "Held", "held", "33"},
	{plan.Withholds, "Withheld", "withheld", "33"},
	{plan.Misses, "Missed", "missed", "31"},
	{plan.Waits, "Due, but not today", "waits", ""},
	{plan.Observed, "Only observed: due, and nothing of it leaves", "observed", ""},
	{plan.Later, "Later", "later", ""},
	{plan.Closes, "Cases that closed", "closed", ""},
}

// titleOf is what a plan calls lines of a kind.
func titleOf(v plan.Verb) string {
	for _, g := range groups {
		if g.verb == v {
			return g.title
		}
	}
	return string(v)
}

// printPlan prints a plan as a document: what goes, to whom and why, and for
// everything that does not go, why not. Long parts are gathered unless every
// line is asked for.
func (s *session) printPlan(p *plan.Plan, c calendar.Clock, all bool) {
	s.out.say("%s", s.out.paint("1", "Plan of "+c.Words(p.Now)))
	s.printGroups(p, p.Lines, all)
	s.printDoubts(p, all)
	s.printHolds(p.Holds)
	s.printCounts(p)
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
	for _, g := range groups {
		lines := pick(list, g.verb)
		if len(lines) == 0 || g.verb == plan.Later && !all {
			continue
		}
		any = true
		title := fmt.Sprintf("%s (%d)", g.title, len(lines))
		if n := digests(p); g.verb == plan.Tells && n > 0 {
			title = fmt.Sprintf("%s (%s in %s)", g.title, plural(len(lines), "thing", "things"), plural(n, "letter", "letters"))
		}
		s.out.say("\n%s", s.out.paint("1;"+g.colour, title))
		s.printLines(g.verb, lines, all)
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
	for _, g := range groups {
		n := len(pick(p.Lines, g.verb))
		if gathered(g.verb, n, all) || g.verb == plan.Later && n > 0 && !all {
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
			rows = gather(part)
		} else {
			for _, l := range part {
				rows = append(rows, []string{l.Playbook, readable(l.Step), dataset.Plain(l.To), dataset.Plain(subjectOf(l)), dataset.Plain(l.Why)})
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

// gather makes one row of all lines of the same step with the same reason, in
// the order in which they first come: playbook, step, how many, and the rest.
func gather(lines []plan.Line) [][]string {
	type same struct{ playbook, step, why string }
	var order []same
	count, who := map[same]int{}, map[same][]string{}
	for _, l := range lines {
		k := same{l.Playbook, l.Step, l.Why}
		if count[k] == 0 {
			order = append(order, k)
		}
		count[k]++
		name := subjectOf(l)
		if name == "" {
			name = l.To
		}
		if name = dataset.Plain(name); !slices.Contains(who[k], name) {
			who[k] = append(who[k], name)
		}
	}
	sort.SliceStable(order, func(i, j int) bool {
		a, b := order[i], order[j]
		return a.playbook < b.playbook || a.playbook == b.playbook && a.step < b.step
	})
	var rows [][]string
	for _, k := range order {
		text := names(who[k], 3)
		if k.why != "" {
			text += ": " + dataset.Plain(k.why)
		}
		rows = append(rows, []string{k.playbook, readable(k.step), fmt.Sprint(count[k]), text})
	}
	return rows
}

// subjectOf is whom a line is about, unless that is the addressee herself.
func subjectOf(l plan.Line) string {
	if l.About == l.To {
		return ""
	}
	return l.About
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
		by[d.Playbook] = append(by[d.Playbook], []string{dataset.Plain(d.About), d.What + ": " + doubt(d)})
	}
	for _, name := range sortedKeys(by) {
		s.out.say("  %s", name)
		s.out.table("    ", 30, by[name])
	}
	if n := len(p.CannotTell) - shown; n > 0 && !all {
		s.out.say("  … and %d more", n)
	}
}

// doubt says which cells were missing, and where they are.
func doubt(d plan.CannotTell) string {
	var out []string
	for _, c := range d.Cells {
		t := readable(c.Column) + " is blank"
		if c.Why != "" {
			t = readable(c.Column) + " cannot be read: " + strings.TrimSuffix(dataset.Plain(c.Why), ".")
		}
		if c.Origin.Row > 0 {
			t += " (" + dataset.Where(dataset.Plain(c.Origin.File), c.Origin.Row) + ")"
		}
		out = append(out, t)
	}
	if d.Why != "" {
		out = append(out, dataset.Plain(d.Why))
	}
	return strings.Join(out, "; ")
}

// sums are the numbers of a part's column in a Count, in the order of groups.
func sums(c plan.Count) []int {
	return []int{c.Send, c.Review, c.Tasks, c.Sheet, c.Held, c.Withheld, c.Missed, c.Wait, c.Observed, c.Later, c.Closed}
}

// printCounts prints the sums, which reconcile: looked at = matched + not
// matched + cannot tell, and each further column with the part of its name.
func (s *session) printCounts(p *plan.Plan) {
	if len(p.Counts) == 0 {
		return
	}
	s.out.head("In numbers")
	head := []string{"", "records", "= match", "+ not", "+ unclear"}
	for _, g := range groups {
		head = append(head, g.column)
	}
	total := make([]int, len(head)-1)
	var rows [][]string
	for _, name := range sortedKeys(p.Counts) {
		c := p.Counts[name]
		row := append([]int{c.Looked, c.Matched, c.NotMatched, c.Unknown}, sums(c)...)
		for i, n := range row {
			total[i] += n
		}
		rows = append(rows, cells(name, row))
	}
	if len(rows) > 1 {
		rows = append(rows, cells("together", total))
	}
	rows = append([][]string{head}, rows...)
	for i := len(total) - 1; i >= 4; i-- { // columns without a number are left out
		if total[i] == 0 {
			for n := range rows {
				rows[n] = append(rows[n][:i+1:i+1], rows[n][i+2:]...)
			}
		}
	}
	wide := 0
	for i, h := range rows[0] {
		wide += 2 + max(len(h), 5)
		if i == 0 {
			for _, r := range rows {
				wide = max(wide, 2+len(r[0]))
			}
		}
	}
	if wide <= s.out.wide {
		s.out.table("  ", 30, rows)
		return
	}
	var second [][]string
	for i, r := range rows {
		second = append(second, append([]string{r[0]}, r[5:]...))
		rows[i] = r[:5]
	}
	s.out.table("  ", 30, rows)
	s.out.say("")
	s.out.table("  ", 30, second)
}

func cells(name string, numbers []int) []string {
	row := []string{name}
	for _, n := range numbers {
		if n == 0 {
			row = append(row, "-")
		} else {
			row = append(row, fmt.Sprint(n))
		}
	}
	return row
}
