package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// mostStrangers is how many of the names that a list does not have are shown.
const mostStrangers = 3

// strangers warns of cells that name a record which another list does not have:
// a member's branch that is not among the branches. Nobody of such a branch is
// told of such a member.
func strangers(in Input) []playbook.Fault {
	var out []playbook.Fault
	names := make([]string, 0, len(in.Tables))
	for name := range in.Tables {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		t := in.Tables[name]
		for i := range t.Schema.Columns {
			c := &t.Schema.Columns[i]
			if of := in.Tables[c.Of]; c.Kind == dataset.Reference && of != nil && len(of.Rows) > 0 {
				out = append(out, strangersIn(t, c, i, of)...)
			}
		}
	}
	return out
}

// strangersIn looks through one column.
func strangersIn(t *dataset.Table, c *dataset.Column, at int, of *dataset.Table) []playbook.Fault {
	known := map[string]bool{}
	var called []string
	for _, r := range of.Rows {
		for _, n := range []string{r.Key, text(of, r, "name")} {
			if n != "" && !known[slug(n)] {
				known[slug(n)] = true
				called = append(called, n)
			}
		}
	}
	var order []string
	count, first := map[string]int{}, map[string]*dataset.Row{}
	rows := 0
	for _, r := range t.Rows {
		if at >= len(r.Cells) || r.Cells[at].Kind != dataset.Reference || known[slug(r.Cells[at].S)] {
			continue
		}
		n := r.Cells[at].S
		if count[n]++; count[n] == 1 {
			order, first[n] = append(order, n), r
		}
		rows++
	}
	if rows == 0 {
		return nil
	}
	slices.SortStableFunc(order, func(a, b string) int { return count[b] - count[a] })
	var said []string
	for _, n := range order[:min(len(order), mostStrangers)] {
		word := fmt.Sprintf("%s (%d, first in row %d)", dataset.Plain(n), count[n], first[n].Line)
		if near := spelling.Nearest(n, called); near != "" {
			word += ", perhaps " + dataset.Plain(near)
		}
		said = append(said, word)
	}
	if n := len(order) - mostStrangers; n > 0 {
		said = append(said, fmt.Sprintf("and %d more", n))
	}
	what := strings.ReplaceAll(c.Name, "_", " ")
	return []playbook.Fault{{File: t.File, Line: first[order[0]].Line,
		Text: fmt.Sprintf("%d of %s name as their %s what the list of %s does not have: %s.", rows, t.Schema.Name, what, c.Of, strings.Join(said, "; ")),
		Hint: "correct the list, or add what is missing to the list of " + c.Of}}
}

// text is the text of a cell, or empty.
func text(t *dataset.Table, r *dataset.Row, column string) string {
	v, _ := r.Get(t.Schema, column)
	return v.S
}
