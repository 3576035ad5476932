package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
)

// mostNamed is how many playbooks are named of which the same is to be said.
const mostNamed = 6

// alike are holds of which the same is to be said, of one playbook after another.
type alike struct {
	holds []plan.Hold
	title string // what is said of several
	hint  string
}

// printHolds says what holds a playbook's letters, or everything, as a whole.
// What holds for many playbooks alike is said once.
func (s *session) printHolds(holds []plan.Hold) {
	if len(holds) == 0 {
		return
	}
	s.out.head("Held as a whole")
	for _, a := range gatherHolds(holds) {
		if len(a.holds) > 1 {
			s.printAlike(a)
			continue
		}
		h := a.holds[0]
		s.out.note("  ", "%s: %s.", s.out.paint("33", heldWhat(h)), strings.TrimSuffix(dataset.Plain(h.Why), "."))
		if h.Hint != "" {
			s.out.note("    ", "%s", h.Hint)
		}
	}
}

// heldWhat names what a hold holds: a playbook, what goes to some people of a
// list, or everything.
func heldWhat(h plan.Hold) string { return cmp.Or(h.Playbook, h.Dataset, "everything") }

// printAlike says once what holds for several playbooks.
func (s *session) printAlike(a alike) {
	sum := 0
	var of []string
	for _, h := range a.holds {
		name := heldWhat(h)
		if h.Count > 0 {
			name += fmt.Sprintf(" (%d)", h.Count)
		}
		sum += h.Count
		of = append(of, name)
	}
	s.out.note("  ", "%s: %s.", s.out.paint("33", names(of, mostNamed)), strings.TrimSuffix(strings.ReplaceAll(a.title, "SUM", fmt.Sprint(sum)), "."))
	if a.hint != "" {
		s.out.note("    ", "%s", a.hint)
	}
}

// gatherHolds puts together the holds of which the same is to be said, in the
// order in which they first come.
func gatherHolds(holds []plan.Hold) []alike {
	var out []alike
	var keys []string
	for _, h := range holds {
		key, title, hint := h.Kind+"\x00"+h.Why+"\x00"+h.Hint, dataset.Plain(h.Why), h.Hint
		switch {
		case h.Kind == "backlog":
			key, title, hint = h.Kind, "SUM cases held already when these playbooks were switched on; nothing goes to a member for them",
				"clarion review backlog NAME lists those of one; --approve lets them act, counted from that day"
		case h.Kind == "observe" && h.Count > 0:
			key, title, hint = h.Kind+" due", "they only observe, so nothing of them leaves; SUM things of theirs are due", observeHint
		case h.Kind == "observe":
			key, title, hint = h.Kind, "only observe, and nothing of them is due", observeHint
		}
		i := slices.Index(keys, key)
		if i < 0 {
			i = len(out)
			keys, out = append(keys, key), append(out, alike{title: title, hint: hint})
		}
		out[i].holds = append(out[i].holds, h)
	}
	return out
}

const observeHint = "If one may ask for each of its letters: clarion trust NAME each"
