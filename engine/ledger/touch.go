package ledger

import (
	"maps"
	"slices"
)

// Touched lists what changed since the last ResetTouched, so that a store can
// save only that. Seq, Hash and Last change with every event and are not in
// it. Each list is in order.
type Touched struct {
	Cases    []CaseKey
	Actions  []ActionKey
	Tasks    []int64
	Messages []int64
	// Parts names the fields of Rest that changed, as its JSON names them;
	// "halted" stands for halted_for too.
	Parts []string
}

// marks are places counted from 1.
type marks map[int32]struct{}

func (m marks) mark(n int32) { m[n] = struct{}{} }

// touch gathers what Touched lists.
type touch struct {
	cases, actions, tasks, messages marks
	parts                           map[string]struct{}
}

func newTouch() touch {
	return touch{marks{}, marks{}, marks{}, marks{}, map[string]struct{}{}}
}

func (t touch) clone() touch {
	return touch{
		maps.Clone(t.cases), maps.Clone(t.actions), maps.Clone(t.tasks), maps.Clone(t.messages), maps.Clone(t.parts),
	}
}

// part marks a field of Rest.
func (t touch) part(name string) { t.parts[name] = struct{}{} }

// Touched lists what changed since the last ResetTouched.
func (b *Book) Touched() Touched {
	t := Touched{
		Cases: pick(b.touch.cases, func(n int32) CaseKey { return b.cases[n-1].Key }),
		Actions: pick(b.touch.actions, func(n int32) ActionKey {
			return b.actions[n-1].Key
		}),
		Tasks:    pick(b.touch.tasks, func(n int32) int64 { return int64(n) }),
		Messages: pick(b.touch.messages, func(n int32) int64 { return int64(n) }),
		Parts:    slices.Sorted(maps.Keys(b.touch.parts)),
	}
	return t
}

// pick gives what marks stand for, in order.
func pick[K ~string | ~int64](m marks, of func(int32) K) []K {
	var list []K
	for n := range m {
		list = append(list, of(n))
	}
	slices.Sort(list)
	return list
}

// ResetTouched forgets what changed so far.
func (b *Book) ResetTouched() { b.touch = newTouch() }
