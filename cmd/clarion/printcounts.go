package main

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/plan"
)

// printCounts prints the sums, which reconcile: of the records looked at, and of
// the actions of open cases; where every line is asked for, by playbook.
func (s *session) printCounts(p *plan.Plan, all bool) {
	if len(p.Counts) == 0 {
		return
	}
	s.out.head("In numbers")
	if !all {
		for _, sum := range document.Sums(document.Total(p)) {
			for i, l := range wrap(sum, s.out.wide-4) {
				s.out.say("%s%s", []string{"  ", "    "}[min(i, 1)], l)
			}
		}
		return
	}
	s.printSums("Records looked at", p, document.Records)
	s.printSums("Actions of open cases", p, document.Actions)
}

// printSums prints one table of counts: in each row the first number is the sum
// of the others.
func (s *session) printSums(title string, p *plan.Plan, columns []document.Column) {
	heads, of := document.CountTable(p, columns)
	heads[0] = "all" // the title says of what
	rows := [][]string{append([]string{""}, heads...)}
	for _, r := range of {
		rows = append(rows, cells(r.Name, r.Numbers))
	}
	s.out.say("  %s", title)
	s.out.table("    ", 30, rows)
}

// cells is a row of numbers; none is a dash.
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
