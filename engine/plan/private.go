package plan

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// What a playbook makes of special columns is reviewed, listed and explained
// only to the roles that approve it (rules 17 and 27). In every list for others
// it is a number of private items.

// Hidden reports whether a playbook's items are private to others than some
// roles, which one person holds.
func Hidden(set *playbook.Set, name string, roles ...string) bool {
	pb := set.Playbook(name)
	return pb != nil && pb.Special() && !slices.ContainsFunc(roles, pb.Approver)
}

// open parts a list into what roles may read and the number of the rest.
func open[T any](set *playbook.Set, roles []string, list []T, of func(T) string) (shown []T, private int) {
	for _, x := range list {
		if Hidden(set, of(x), roles...) {
			private++
		} else {
			shown = append(shown, x)
		}
	}
	return shown, private
}

// For makes the plan as a role may read it, or who holds several: without what is
// private to others, which is counted in Private, and without its numbers.
func (p *Plan) For(set *playbook.Set, roles ...string) *Plan {
	if p == nil {
		return nil
	}
	v := *p
	var n [3]int
	v.Lines, n[0] = open(set, roles, p.Lines, func(l Line) string { return l.Playbook })
	v.CannotTell, n[1] = open(set, roles, p.CannotTell, func(d CannotTell) string { return d.Playbook })
	v.Holds, n[2] = open(set, roles, p.Holds, func(h Hold) string { return h.Playbook })
	v.Private = n[0] + n[1] + n[2]
	v.Messages = nil
	for _, m := range p.Messages {
		if !m.hidden(set, roles) {
			v.Messages = append(v.Messages, m)
		}
	}
	v.Counts = make(map[string]Count, len(p.Counts))
	for name, c := range p.Counts {
		if !Hidden(set, name, roles...) {
			v.Counts[name] = c
		}
	}
	return &v
}

// hidden reports whether a message is for other eyes: a letter of such a playbook,
// or the digest of another role that carries something of one, or speaks of it.
func (m Message) hidden(set *playbook.Set, roles []string) bool {
	if m.Kind == ledger.Letter || slices.Contains(roles, m.Approver) {
		return Hidden(set, m.Playbook, roles...)
	}
	for _, k := range m.Actions { // an action's key begins with its playbook
		if name, _, _ := strings.Cut(string(k), "|"); Hidden(set, name, roles...) {
			return true
		}
	}
	return slices.ContainsFunc(set.Playbooks, func(pb *playbook.Playbook) bool {
		return Hidden(set, pb.Name, roles...) && (strings.Contains(m.Content.Text, pb.Name) || strings.Contains(m.Content.Text, pb.Title))
	})
}

// For makes the forecast as a role may read it, or who holds several.
func (f Forecast) For(set *playbook.Set, roles ...string) Forecast {
	days := f.Days
	f.Days = nil
	for _, d := range days {
		n := 0
		d.Items, n = open(set, roles, d.Items, func(h Happening) string { return h.Playbook })
		if f.Private += n; len(d.Items) > 0 {
			f.Days = append(f.Days, d)
		}
	}
	n := 0
	f.CannotTell, n = open(set, roles, f.CannotTell, func(d CannotTell) string { return d.Playbook })
	f.Private += n
	f.Holds, n = open(set, roles, f.Holds, func(h Hold) string { return h.Playbook })
	f.Private += n
	return f
}

// For makes the comparison as a role may read it, or who holds several.
func (x Contrast) For(set *playbook.Set, roles ...string) Contrast {
	var n [4]int
	of := func(h Happening) string { return h.Playbook }
	both := func(s Shift) string { return s.Ours.Playbook }
	x.Ours, n[0] = open(set, roles, x.Ours, of)
	x.Theirs, n[1] = open(set, roles, x.Theirs, of)
	x.Moved, n[2] = open(set, roles, x.Moved, both)
	x.Reworded, n[3] = open(set, roles, x.Reworded, both)
	x.Private = n[0] + n[1] + n[2] + n[3]
	counts := x.Counts
	x.Counts = make(map[string][2]int, len(counts))
	for name, c := range counts {
		if !Hidden(set, name, roles...) {
			x.Counts[name] = c
		}
	}
	return x
}

// asksOf names the playbook that an approver is asked about; or nothing, where
// only the approver may know and this is who stands in for a vacancy.
func (p *planner) asksOf(m *Message, h holder) string {
	if h.role != m.Approver && Hidden(p.set, m.Playbook, h.role) {
		return ""
	}
	return m.Playbook
}

// waitsUnseen says that something private waits for a role that nobody holds.
func waitsUnseen(n int) letter.Item {
	return letter.Item{Line: itoa(int64(n)) + " private " + plural(n, "item", "items"),
		Detail: "It is for the eyes of the role that approves it, which nobody holds now: appoint somebody."}
}
