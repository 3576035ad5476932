package plan

import (
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A History is what a constituency knew, and when: each list that was imported
// and each fact that was written down over it.
type History struct {
	Lists []Snapshot // by the moment of their import
	Facts []Known    // by the moment at which they were written down
}

// A Snapshot is a list as it stood after an import.
type Snapshot struct {
	dataset.Import
	Table *dataset.Table
}

// A Known is a fact that an officer wrote down.
type Known struct {
	Dataset string
	Ref     dataset.Ref
	Fact    dataset.Fact
}

// A Contrast is what one set of playbooks would have done over a history and
// another would not.
type Contrast struct {
	From, Until calendar.Date
	Assumed     []string
	Playbooks   []string          // those that are not the same in both
	Ours        []Happening       // only in the first, by day
	Theirs      []Happening       // only in the second, by day
	Moved       []Shift           // in both, on different days
	Reworded    []Shift           // letters in both, on the same day, in other words
	Private     int               // things left out because they are private to another role (For)
	Counts      map[string][2]int // letters and tasks by playbook: the first's, the second's
}

// A Shift is one thing in both sets.
type Shift struct{ Ours, Theirs Happening }

// Compare plays two sets of playbooks over a history, a look a day until a
// moment, each from an empty Book, and sets side by side the letters and tasks
// of both. A playbook that only observes is taken to ask for its letters.
func Compare(ours, theirs *playbook.Set, h History, until time.Time) (Contrast, error) {
	out := Contrast{Counts: map[string][2]int{}, Assumed: append([]string(nil), assumed...)}
	out.Assumed = append(out.Assumed, "Each list was imported when it really was, and each fact was known when it was written down. Replies, wishes not to be written to and answers of the past are left out.")
	if len(h.Lists) == 0 {
		return out, nil
	}
	clock := ours.Constituency.Clock
	out.From, out.Until = clock.Day(h.Lists[0].At), clock.Day(until)
	out.Playbooks = edited(ours, theirs)
	mine, err := replay(ours, h, until)
	if err != nil {
		return out, fmt.Errorf("playing your playbooks: %w", err)
	}
	other, err := replay(theirs, h, until)
	if err != nil {
		return out, fmt.Errorf("playing the playbooks to compare with: %w", err)
	}
	out.contrast(mine, other)
	return out, nil
}

// edited lists the playbooks that are not the same in both sets, or only in one.
func edited(ours, theirs *playbook.Set) []string {
	digests := map[string]string{}
	for _, pb := range theirs.Playbooks {
		digests[pb.Name] = pb.Digest
	}
	names := map[string]bool{}
	for _, pb := range ours.Playbooks {
		if d, ok := digests[pb.Name]; !ok || d != pb.Digest {
			names[pb.Name] = true
		}
		delete(digests, pb.Name)
	}
	for name := range digests {
		names[name] = true
	}
	return sorted(names)
}

// replay plays one set over a history, and gives its letters and tasks by their
// actions.
func replay(set *playbook.Set, h History, until time.Time) (map[ledger.ActionKey]Happening, error) {
	for _, pb := range set.Playbooks {
		pb.Trust = max(pb.Trust, playbook.Each)
	}
	done := map[ledger.ActionKey]Happening{}
	c := newCourse(NewPlay(set), func(x Happening) {
		if x.What != LetterGoes && x.What != TaskComes && x.What != CallSheet {
			return
		}
		if old, ok := done[x.action]; ok { // for several holders of one role
			if !slices.Contains(old.To, x.To[0]) {
				old.To = append(old.To, x.To[0])
			}
			x = old
		}
		done[x.action] = x
	})
	clock := set.Constituency.Clock
	at := h.Lists[0].At
	c.Now = at
	if err := c.Entrust(); err != nil {
		return nil, err
	}
	for !at.After(until) {
		for len(h.Lists) > 0 && !h.Lists[0].At.After(at) {
			c.Now = at
			c.Take(h.Lists[0].Import, h.Lists[0].Table)
			h.Lists = h.Lists[1:]
		}
		for len(h.Facts) > 0 && !h.Facts[0].Fact.At.After(at) {
			c.know(h.Facts[0])
			h.Facts = h.Facts[1:]
		}
		if err := c.day(at); err != nil {
			return nil, fmt.Errorf("on %s: %w", clock.Day(at).Words(), err)
		}
		next := clock.AtHour(clock.Day(c.Now) + 1)
		if len(h.Lists) > 0 && h.Lists[0].At.Before(next) && h.Lists[0].At.After(c.Now) {
			next = h.Lists[0].At
		}
		at = next
	}
	return done, nil
}

// know lays a fact of the past over a cell.
func (p *Play) know(k Known) {
	if p.facts[k.Dataset] == nil {
		p.facts[k.Dataset] = map[dataset.Ref][]dataset.Fact{}
	}
	p.facts[k.Dataset][k.Ref] = append(p.facts[k.Dataset][k.Ref], k.Fact)
	if h := p.held[k.Dataset]; len(h) > 0 {
		p.stand(k.Dataset, h[len(h)-1])
	}
}

// contrast sets what two sets did side by side.
func (out *Contrast) contrast(mine, other map[ledger.ActionKey]Happening) {
	count := func(x Happening, which int) {
		n := out.Counts[x.Playbook]
		n[which]++
		out.Counts[x.Playbook] = n
	}
	for k, x := range mine {
		count(x, 0)
		y, both := other[k]
		switch {
		case !both:
			out.Ours = append(out.Ours, x)
		case x.On != y.On:
			out.Moved = append(out.Moved, Shift{x, y})
		case x.words != y.words:
			out.Reworded = append(out.Reworded, Shift{x, y})
		}
	}
	for k, y := range other {
		count(y, 1)
		if _, both := mine[k]; !both {
			out.Theirs = append(out.Theirs, y)
		}
	}
	for _, list := range [][]Happening{out.Ours, out.Theirs} {
		sort.Slice(list, func(i, j int) bool { return earlier(list[i], list[j]) })
	}
	for _, list := range [][]Shift{out.Moved, out.Reworded} {
		sort.Slice(list, func(i, j int) bool { return earlier(list[i].Ours, list[j].Ours) })
	}
}

// earlier orders happenings by day, and then by what they are.
func earlier(a, b Happening) bool {
	switch {
	case a.On != b.On:
		return a.On < b.On
	case a.Playbook != b.Playbook:
		return a.Playbook < b.Playbook
	case a.Step != b.Step:
		return a.Step < b.Step
	case a.About != b.About:
		return a.About < b.About
	}
	return a.action < b.action
}

// Of is what a contrast says about one playbook.
func (out Contrast) Of(name string) Contrast {
	other := func(h Happening) bool { return h.Playbook != name }
	shifted := func(s Shift) bool { return s.Ours.Playbook != name }
	out.Playbooks = slices.DeleteFunc(slices.Clone(out.Playbooks), func(p string) bool { return p != name })
	out.Ours, out.Theirs = slices.DeleteFunc(slices.Clone(out.Ours), other), slices.DeleteFunc(slices.Clone(out.Theirs), other)
	out.Moved, out.Reworded = slices.DeleteFunc(slices.Clone(out.Moved), shifted), slices.DeleteFunc(slices.Clone(out.Reworded), shifted)
	out.Counts = map[string][2]int{name: out.Counts[name]}
	return out
}
