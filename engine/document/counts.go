package document

import (
	"fmt"
	"slices"

	"github.com/clarion-clp/clarion/engine/plan"
)

// A Column is one part of a sum: its head in a table, and what it is called in a
// sentence.
type Column struct {
	Head, Words string
	Of          func(plan.Count) int
}

// Records are the parts of the records that were looked at, and Actions those of
// the actions of open cases.
var (
	Records = []Column{
		{"records", "looked at", func(c plan.Count) int { return c.Looked }},
		{"matched", "matched", func(c plan.Count) int { return c.Matched }},
		{"not matched", "not matched", func(c plan.Count) int { return c.NotMatched }},
		{"cannot tell", "cannot be told", func(c plan.Count) int { return c.Unknown }},
	}
	Actions = []Column{
		{"actions", "of open cases", func(c plan.Count) int { return c.Actions.All }},
		{"done", "done", func(c plan.Count) int { return c.Actions.Done }},
		{"over", "missed or withdrawn before", func(c plan.Count) int { return c.Actions.Over }},
		{"on its way", "on its way", func(c plan.Count) int { return c.Actions.Way }},
		{"goes", "to go by itself", func(c plan.Count) int { return c.Actions.Send }},
		{"asks", "to ask for", func(c plan.Count) int { return c.Actions.Review }},
		{"digests", "in digests", func(c plan.Count) int { return c.Actions.Tasks }},
		{"by hand", "by hand", func(c plan.Count) int { return c.Actions.Sheet }},
		{"held", "held", func(c plan.Count) int { return c.Actions.Held }},
		{"withheld", "withheld", func(c plan.Count) int { return c.Actions.Withheld }},
		{"missed", "missed", func(c plan.Count) int { return c.Actions.Missed }},
		{"waits", "not today", func(c plan.Count) int { return c.Actions.Wait }},
		{"observed", "only observed", func(c plan.Count) int { return c.Actions.Observed }},
		{"later", "not yet due", func(c plan.Count) int { return c.Actions.Later }},
	}
)

// Total adds up the counts of a plan.
func Total(p *plan.Plan) (sum plan.Count) {
	for _, c := range p.Counts {
		sum.Looked, sum.Matched, sum.NotMatched, sum.Unknown = sum.Looked+c.Looked, sum.Matched+c.Matched, sum.NotMatched+c.NotMatched, sum.Unknown+c.Unknown
		sum.Actions = sum.Actions.Plus(c.Actions)
	}
	return sum
}

// Sums says a count as sentences, which reconcile: 612 records looked at = 21
// matched + 591 not matched.
func Sums(c plan.Count) []string {
	return []string{sum(c, Records), sum(c, Actions)}
}

func sum(c plan.Count, columns []Column) string {
	out := fmt.Sprintf("%d %s %s", columns[0].Of(c), columns[0].Head, columns[0].Words)
	sign := " = "
	for _, x := range columns[1:] {
		if n := x.Of(c); n > 0 {
			out += fmt.Sprintf("%s%d %s", sign, n, x.Words)
			sign = " + "
		}
	}
	return out
}

// CountTable is a table of counts: its heads, and a row of numbers for each
// playbook, by name, and for all together, where there are several. A part in
// which nobody has a number is left out.
func CountTable(p *plan.Plan, columns []Column) (heads []string, rows []CountRow) {
	var names []string
	for name := range p.Counts {
		names = append(names, name)
	}
	slices.Sort(names)
	of := make([]plan.Count, len(names))
	for i, name := range names {
		of[i] = p.Counts[name]
	}
	if len(names) > 1 {
		names, of = append(names, "together"), append(of, Total(p))
	}
	for _, name := range names {
		rows = append(rows, CountRow{Name: name})
	}
	for n, x := range columns {
		if n > 0 && !slices.ContainsFunc(of, func(c plan.Count) bool { return x.Of(c) > 0 }) {
			continue
		}
		heads = append(heads, x.Head)
		for i, c := range of {
			rows[i].Numbers = append(rows[i].Numbers, x.Of(c))
		}
	}
	return heads, rows
}

// A CountRow is the numbers of a playbook, or of all together.
type CountRow struct {
	Name    string
	Numbers []int
}
