package plan_test

import (
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// reconciles holds the numbers of a plan against what they are numbers of: the
// lines of the plan, and the ledger after it. It is a plan made again at the
// same moment, which changes nothing.
func reconciles(fail func(format string, args ...any), b *ledger.Book, pl *plan.Plan) {
	open := map[ledger.CaseKey]string{}
	for _, c := range b.Cases() {
		if c.State != ledger.Closed {
			open[c.Key] = c.Playbook
		}
	}
	want, said := map[string]plan.Actions{}, map[ledger.ActionKey]bool{}
	for _, l := range pl.Lines {
		name, live := open[l.Case]
		if !live || l.Action == "" || said[l.Action] {
			continue
		}
		said[l.Action] = true
		n := want[name]
		switch l.Verb {
		case plan.Sends:
			n.Send++
		case plan.Asks:
			n.Review++
		case plan.Tells:
			n.Tasks++
		case plan.Lists:
			n.Sheet++
		case plan.Withholds:
			n.Withheld++
		case plan.Misses:
			n.Missed++
		case plan.Observed:
			n.Observed++
		}
		n.All++
		want[name] = n
	}
	for of, name := range open {
		for _, a := range b.ActionsOf(of) {
			if said[a.Key] {
				continue
			}
			n := want[name]
			n.All++
			switch a.State {
			case ledger.Settled:
				n.Done++
			case ledger.Missed, ledger.Withdrawn:
				n.Over++
			default:
				for _, id := range a.Messages {
					if m, _ := b.Message(id); m.State == ledger.Claimed || m.State == ledger.Uncertain {
						n.Way++
						break
					}
				}
			}
			want[name] = n
		}
	}
	for name, c := range pl.Counts {
		if c.Looked != c.Matched+c.NotMatched+c.Unknown {
			fail("%s: looked at %d records, of which %d matched, %d did not and %d cannot be told", name, c.Looked, c.Matched, c.NotMatched, c.Unknown)
		}
		got, want := c.Actions, want[name]
		if got.All != got.Sum() || got.All < want.All {
			fail("%s: %d actions, of which %d are accounted for: %+v; by the ledger and the lines %d at least", name, got.All, got.Sum(), got, want.All)
		}
		got.All, got.Held, got.Wait, got.Later, want.All = 0, 0, 0, 0, 0 // these a look may note without a line
		if got != want {
			fail("%s: the actions are counted as %+v,\nby the ledger and the lines as %+v", name, got, want)
		}
	}
	for name, n := range want {
		if _, counted := pl.Counts[name]; !counted && n.All > 0 {
			fail("%s has %d actions, and no count", name, n.All)
		}
	}
}
