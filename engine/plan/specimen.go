package plan

import (
	"sort"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A Specimen is a letter of a playbook as an invented person would get it.
type Specimen struct {
	Step    string
	Content letter.Content
}

// Specimens plays a playbook's test with the playbooks of a set and gives the
// first letter of each step, in the order of the steps. Whom they are about is
// who stands in the test.
func Specimens(t *playbook.Test, set *playbook.Set) []Specimen {
	if set != nil {
		as := *t
		as.Set = set
		t = &as
	}
	r := try(t, false)
	var out []Specimen
	seen := map[string]bool{}
	for _, m := range r.Book.Messages() {
		a, ok := r.Book.Action(first(m.Actions))
		if !ok || m.Kind != ledger.Letter || m.Playbook != t.Playbook || seen[a.Step] {
			continue
		}
		seen[a.Step] = true
		out = append(out, Specimen{a.Step, r.Words(m.ID)})
	}
	place := map[string]int{}
	if pb := t.Set.Playbook(t.Playbook); pb != nil {
		for i, s := range pb.Steps {
			place[s.ID] = i
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return place[out[i].Step] < place[out[j].Step] })
	return out
}

// An Officer holds a role today, at an address.
type Officer struct {
	Name, Email string
	Branch      string // for which the role is held, if it is a branch's
}

// Officers lists who holds exactly this role today and can be written to; of a
// branch's role, in every branch. Deputies are listed only where there is nobody
// else.
func Officers(in Input, role string) []Officer {
	p := newPlanner(in)
	branches := []string{""}
	if r := in.Set.Roles[role]; r != nil && r.Branch {
		branches = nil
		if t := in.Tables["officers"]; t != nil {
			seen := map[string]bool{}
			for _, row := range t.Rows {
				v, _ := row.Get(t.Schema, "branch")
				if !seen[v.S] {
					seen[v.S] = true
					branches = append(branches, v.S)
				}
			}
		}
	}
	var out []Officer
	for _, b := range branches {
		for _, h := range p.holdersOf(role, b) {
			out = append(out, Officer{Name: dataset.Plain(h.name), Email: h.email, Branch: h.branch})
		}
	}
	return out
}
