package plan

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/playbook"
)

// drawnFrom names the lists that a derived dataset is worked out from, where one
// that is too old makes it say what is no longer so.
var drawnFrom = map[string]string{"changes": "members", "people": "members", "gift_groups": "donations"}

// staleFor says that a list is older than it may be which a playbook reads: the
// one it is for, or another it looks things up in, writes to, or counts.
func (p *planner) staleFor(pb *playbook.Playbook) (why, list string) {
	old := p.staleLists()
	if len(old) == 0 {
		return "", ""
	}
	lists := pb.Lists()
	if pb.For != nil { // of several the one it is for is named
		lists = append([]string{pb.For.Dataset}, lists...)
	}
	for _, name := range lists {
		for _, n := range []string{name, drawnFrom[name]} {
			if why := old[n]; why != "" {
				return why, n
			}
		}
	}
	return "", ""
}

// staleLists says of each list that is too old to act on why it is. One that is
// not yet is looked at again on the day on which it will be.
func (p *planner) staleLists() map[string]string {
	if p.old != nil {
		return p.old
	}
	p.old = map[string]string{}
	var names []string
	for name := range p.set.Constituency.Data {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if why := p.stale(name); why != "" {
			p.old[name] = why
		}
	}
	return p.old
}

// stale says, in words, that a dataset is older than it may be. Its age counts
// from the day it was drawn, where that is known, or else from its import.
func (p *planner) stale(name string) string {
	after := p.set.Constituency.Data[name].StaleAfter
	t := p.in.Tables[name]
	if after.N == 0 || t == nil || t.Imported.IsZero() {
		return ""
	}
	drawn := p.clock.Day(t.Imported)
	if t.Drawn != 0 {
		drawn = min(drawn, t.Drawn)
	}
	end, err := p.clock.ShiftDate(drawn, after, false)
	if err != nil || p.today <= end {
		p.wake(p.clock.AtHour(end + 1))
		return ""
	}
	return "the list of " + name + " is from " + drawn.Words() + ", older than " + after.String()
}
