package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A home is a mail address and the members who use it: a couple, say, or a
// parent and a child.
type home struct {
	members []dataset.Ref
	died    bool // one of them has
}

// homeOf is the home of an address; that of no address has nobody.
func (p *planner) homeOf(email string) *home {
	if p.homes == nil {
		p.homes, p.mourning = map[string]*home{}, map[string]bool{}
		if t := p.in.Tables["members"]; t != nil {
			for _, r := range t.Rows {
				p.settleIn(t.Schema, r)
			}
		}
	}
	if h := p.homes[address(email)]; h != nil {
		return h
	}
	return &home{}
}

// settleIn adds a member to the home of their address.
func (p *planner) settleIn(s *dataset.Schema, r *dataset.Row) {
	v, _ := r.Get(s, s.Email)
	if v.IsBlank() {
		return
	}
	at := address(v.S)
	h := p.homes[at]
	if h == nil {
		h = &home{}
		p.homes[at] = h
	}
	h.members = append(h.members, r.Ref)
	if status, _ := r.Get(s, "status"); status.S == "deceased" {
		h.died = true
		p.mourning[p.hash(at)] = true
	}
}

// shared says how many members use an address.
func (p *planner) shared(email string) int { return len(p.homeOf(email).members) }

// mourns reports an address, by its hash, that a member who has died used too.
// Whatever is sent there is opened by somebody who mourns: a person looks at it
// first, however much its playbook is trusted.
func (p *planner) mourns(hash string) bool {
	p.homeOf("")
	return p.mourning[hash]
}

// replied reports whether a person has written back since, or somebody else
// from the same address: whoever of them wrote, an officer is in touch with that
// house now.
func (p *planner) replied(person dataset.Ref, since time.Time) bool {
	if p.in.Book.RepliedSince(person, since) {
		return true
	}
	t := p.in.Tables["members"]
	if t == nil {
		return false
	}
	r := t.ByRef(person)
	if r == nil {
		return false
	}
	v, _ := r.Get(t.Schema, t.Schema.Email)
	for _, other := range p.homeOf(v.S).members {
		if p.in.Book.RepliedSince(other, since) {
			return true
		}
	}
	return false
}
