package plan

import (
	"slices"
	"sort"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
)

// asking is what waits for one officer's yes or no.
type asking struct {
	holders []holder // one for each role in which the officer is asked
	counts  map[string]int
	fresh   bool
}

// approvals counts, per approver, the letters that wait for a decision. They
// make a digest by themselves only if one of them was proposed after the
// approver's last digest had left.
func (p *planner) approvals() map[string]*asking {
	out := map[string]*asking{}
	left := p.digestsLeft()
	for _, m := range p.desired {
		if m.Kind != ledger.Letter || m.Release {
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
			a := out[h.key()]
			if a == nil {
				a = &asking{counts: map[string]int{}}
				out[h.key()] = a
			}
			if !slices.Contains(a.holders, h) {
				a.holders = append(a.holders, h)
			}
			a.counts[m.Playbook]++
			a.fresh = a.fresh || left[p.hash(h.email)].Before(proposed)
		}
	}
	for k, a := range out {
		if !a.fresh {
			delete(out, k)
		}
	}
	return out
}

// digestsLeft says when the last digest to each address left, or may have.
func (p *planner) digestsLeft() map[string]time.Time {
	out := map[string]time.Time{}
	for _, m := range p.in.Book.MessagesIn(ledger.Claimed, ledger.Sent, ledger.Uncertain, ledger.Bounced) {
		if m.Kind != ledger.Digest {
			continue
		}
		at := m.SentAt
		if at.IsZero() {
			at = m.At
		}
		out[m.Address] = later(out[m.Address], at)
	}
	return out
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
		out = append(out, letter.Item{Line: itoa(int64(c)) + " " + plural(c, "letter", "letters") + " of " + n,
			Detail: "clarion review shows them whole; nothing goes before you say so."})
	}
	return out
}
