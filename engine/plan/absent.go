package plan

import (
	"maps"
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// absence says why a letter to a person waits: the last list does not have the
// record that it is about, or the person to whom it goes, or two sources do not
// agree on when it is. Nobody knows then whether what the letter says holds.
func (l *look) absence(to addressee) string {
	switch {
	case l.row != nil && l.row.Dispute != nil:
		return l.row.Dispute.Words(l.clock)
	case l.row != nil && l.row.Absence != nil && l.pb.For != nil:
		return l.row.AbsenceWords(l.pb.For.Dataset)
	case to.row != nil && to.row.Absence != nil:
		return to.row.AbsenceWords("members")
	case l.each.Row != nil && l.each.Row.Absence != nil:
		return l.each.Row.AbsenceWords(l.each.Schema.Name)
	}
	return ""
}

// tellAbsences says of each list how many records it no longer has that are held
// all the same.
func (p *planner) tellAbsences() {
	for _, name := range slices.Sorted(maps.Keys(p.set.Schemas)) {
		t := p.in.Tables[name]
		if t == nil {
			continue
		}
		missing, refused, most := 0, 0, 0
		for _, r := range t.Rows {
			if d := r.Dispute; d != nil {
				p.plan.Holds = append(p.plan.Holds, Hold{Kind: "disputed", Dataset: name, Count: 1,
					Why:  p.label(t.Schema, r) + ", " + t.Schema.When(r).Words(p.clock) + ": " + d.Words(p.clock) + "; letters about it wait",
					Hint: "Correct whichever is wrong, and import it again: clarion import " + name})
			}
			switch {
			case r.Absence == nil:
			case r.Absence.Refused:
				refused++
			default:
				missing, most = missing+1, max(most, r.Absence.Lists)
			}
		}
		if missing > 0 {
			p.plan.Holds = append(p.plan.Holds, Hold{Kind: "missing", Dataset: name, Count: missing,
				Why:  dataset.MissingWords(missing, most, p.set.GoneAfter(name)) + "; letters to them wait meanwhile",
				Hint: "The next whole list decides: clarion import " + name + ". A report that says who has left decides at once."})
		}
		if refused > 0 {
			p.plan.Holds = append(p.plan.Holds, Hold{Kind: "refused", Dataset: name, Count: refused,
				Why:  dataset.RefusedWords(refused) + "; letters to them wait meanwhile",
				Hint: "Correct the list, and import it again: clarion import " + name})
		}
	}
}
