package plan

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// blanks warns of a playbook that cannot be told for a record because a cell of
// another record is blank: it asks any, none, count, sum or len of a whole list,
// and one row of it is enough to leave that open for all.
func blanks(cannot []CannotTell, set *playbook.Set) []playbook.Fault {
	type cause struct{ playbook, list, column string }
	var order []cause
	records, rows, first := map[cause]map[string]bool{}, map[cause]map[string]bool{}, map[cause]string{}
	for _, d := range cannot {
		pb := set.Playbook(d.Playbook)
		if pb == nil {
			continue
		}
		for _, x := range d.Cells {
			if pb.For != nil && x.Dataset == pb.For.Dataset && x.Ref == d.ref || x.Why != "" { // its own cell, or one that is not blank
				continue
			}
			k := cause{d.Playbook, x.Dataset, x.Column}
			if records[k] == nil {
				order = append(order, k)
				records[k], rows[k], first[k] = map[string]bool{}, map[string]bool{}, x.Origin.String()
			}
			records[k][fmt.Sprint(d.ref, d.About)] = true
			rows[k][fmt.Sprint(x.Ref, x.Key)] = true
		}
	}
	slices.SortStableFunc(order, func(a, b cause) int { return strings.Compare(a.playbook, b.playbook) })
	var out []playbook.Fault
	for _, k := range order {
		n := len(records[k])
		out = append(out, playbook.Fault{File: set.Playbook(k.playbook).File, Line: 1, Column: 1, Playbook: k.playbook,
			Text: fmt.Sprintf("%s cannot be told for %d %s, because %s is blank in %d of the %s (%s).", k.playbook, n, plural(n, "record", "records"),
				readable(k.column), len(rows[k]), k.list, first[k]),
			Hint: fmt.Sprintf("if a blank is to count as no, write present(.%s) and ... in what asks the whole list (any, none, count, sum, len(filter(...)))", k.column)})
	}
	return out
}
