package plan

import (
	"slices"
	"sort"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
)

// asking is what waits for one officer's yes or no.
type asking struct {
	holders []holder // one for each role in which the officer is asked
	counts  map[string]int
	news    []word // of trust that was earned, of files and of the mailbox, which the officer has not heard
	fresh   bool
}

// asked gives what waits for one officer.
func asked(out map[string]*asking, h holder) *asking {
	a := out[h.key()]
	if a == nil {
		a = &asking{counts: map[string]int{}}
		out[h.key()] = a
	}
	if !slices.Contains(a.holders, h) {
		a.holders = append(a.holders, h)
	}
	return a
}

// approvals counts, per approver, the letters that wait for a decision. They
// make a digest by themselves only if one of them was proposed after the
// approver's last digest had left.
func (p *planner) approvals() map[string]*asking {
	out := map[string]*asking{}
	if p.steady { // every letter has its yes as soon as it asks for it
		return out
	}
	left := p.in.Book.LastLeft(ledger.Digest)
	for _, m := range p.desired {
		if m.Kind != ledger.Letter || m.Release && p.underWay(m) != 1 { // what was asked for is still asked for
			continue
		}
		proposed := p.now
		if old, ok := p.in.Book.MessageAt(m.Key); ok && old.Digest == m.Digest {
			if (old.State == ledger.Approved || old.State == ledger.Deferred) && !p.untrusted(old) {
				continue
			}
			if old.State == ledger.Proposed {
				proposed = old.At
			}
		}
		hs, _ := p.holders(m.Approver, "")
		for _, h := range hs {
			a := asked(out, h)
			a.counts[p.asksOf(m, h)]++
			a.fresh = a.fresh || left[p.hash(h.email)].Before(proposed)
		}
	}
	p.merits(out, left)
	p.untaken(out, left)
	p.post(out, left)
	for k, a := range out {
		if !a.fresh {
			delete(out, k)
		}
	}
	return out
}

// Deciders gives the roles that say yes or no where a role's word is asked for:
// that role and, while nobody holds it, the one that it falls to. Of a branch's
// role any branch's officer will do, and the one that is asked.
func Deciders(in Input, role string) []string {
	p := newPlanner(in)
	var out []string
	for seen := map[string]bool{}; role != "" && !seen[role]; {
		seen[role] = true
		r := p.set.Roles[role]
		if p.held(role) {
			if out = append(out, role); r == nil || !r.Branch {
				return out
			}
		}
		if r == nil {
			break
		}
		role = r.FallsTo
	}
	return out
}

// held tells that somebody holds a role today, whether or not mail goes there.
func (p *planner) held(role string) bool {
	t := p.in.Tables["officers"]
	if t == nil {
		return false
	}
	return slices.ContainsFunc(t.Rows, func(r *dataset.Row) bool {
		branch, _ := r.Get(t.Schema, "branch")
		h, _, ok := p.officer(t.Schema, r, role, branch.S)
		return ok && h.name+h.email != ""
	})
}

func (a *asking) items(p *planner) []letter.Item {
	names := make([]string, 0, len(a.counts))
	for n := range a.counts {
		names = append(names, n)
	}
	sort.Strings(names)
	var out []letter.Item
	for _, n := range names {
		c := a.counts[n]
		if n == "" {
			out = append(out, waitsUnseen(c))
			continue
		}
		out = append(out, letter.Item{Line: itoa(int64(c)) + " " + plural(c, "letter", "letters") + " of " + n,
			Detail: "clarion review shows them whole; nothing goes before you say so."})
	}
	return out
}
