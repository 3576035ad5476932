package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// late is a bench of so many members, of whom the first fell into arrears since
// the day before, when nobody was.
func late(t *testing.T, brakes, cap string, all, n int) (*bench, *plan.Plan) {
	t.Helper()
	text := strings.Replace(arrears, "    at: 1 day after opening\n", "", 1)
	b := ask(t, "2026-03-02", "brakes: "+brakes+"\nreview: {stages: {from: 0}}\n", strings.Replace(text, "steps:\n", cap+"steps:\n", 1), "Hello.\n")
	b.list("members", crowd(all, 0)...)
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", crowd(all, n)...)
	return b, b.propose()
}

// twofold counts the letters to members that a plan has, those of them that need
// two persons, and those that trust would let go.
func twofold(p *plan.Plan) (all, two, release int) {
	for _, m := range p.Messages {
		if m.Person == 0 {
			continue
		}
		all++
		if m.Two {
			two++
		}
		if m.Release {
			release++
		}
	}
	return all, two, release
}

const loose = "{most_at_once: 500, share: 100 percent, times_usual: 100, floor: 4}"

// A batch that goes to most of those who can be written to needs two persons, as
// does one of a playbook for everybody that is larger than any other may be, and
// no trust stands in for them. A few letters need one, however few members there
// are.
func TestLettersToAllNeedTwoPersons(t *testing.T) {
	for _, c := range []struct {
		name, brakes, cap string
		all, late, two    int
	}{
		{"half", loose, "", 20, 10, 0},
		{"more than half", loose, "", 20, 11, 11},
		{"a handful is all of them", loose, "", 4, 4, 0},
		{"for everybody, and few", "{most_at_once: 9, share: 100 percent, times_usual: 100, floor: 4}", "cap: all\n", 40, 9, 0},
		{"for everybody, and many", "{most_at_once: 9, share: 100 percent, times_usual: 100, floor: 4}", "cap: all\n", 40, 10, 10},
		{"a limit of its own", loose, "cap: 30\n", 20, 11, 11},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, p := late(t, c.brakes, c.cap, c.all, c.late)
			all, two, release := twofold(p)
			if all != c.late || two != c.two || release != c.late-c.two {
				t.Errorf("of %d letters %d need two, and %d go by trust; want %d and %d", all, two, release, c.two, c.late-c.two)
			}
			said := 0
			for _, l := range p.Lines {
				if l.Verb == plan.Asks && strings.HasSuffix(l.Why, "; two persons must say yes") {
					said++
				}
			}
			if said != c.two {
				t.Errorf("the plan says so of %d", said)
			}
		})
	}
}

// Letters to all do not slip through in portions; one that is asked for is asked
// for anew once so many go, trust that let one go holds no longer, and what
// needed two goes on needing two.
func TestAllMembersInPortions(t *testing.T) {
	b, p := late(t, loose, "", 20, 9)
	if _, two, _ := twofold(p); two != 0 {
		t.Fatalf("%d of nine letters need two persons", two)
	}
	for i, m := range b.book.MessagesIn(ledger.Proposed) {
		switch {
		case m.Person == 0:
		case i < 5: // left
			b.apply("clarion", ledger.MessageApproved{ID: m.ID, Digest: m.Digest, Auto: true}, ledger.MessageClaimed{ID: m.ID, Fence: 1}, ledger.MessageSent{ID: m.ID, Proof: "test"})
		case i < 6: // let go by trust
			b.apply("clarion", ledger.MessageApproved{ID: m.ID, Digest: m.Digest, Auto: true})
		case i < 7: // let go by a person
			b.apply("secretary", ledger.MessageApproved{ID: m.ID, Digest: m.Digest})
		}
	}
	b.now = b.now.Add(time.Hour)
	b.list("members", crowd(20, 12)...)
	p = b.propose()
	state := map[string]int{}
	for _, m := range b.book.Messages() {
		if m.Person != 0 {
			state[fmt.Sprint(m.State, " ", m.Two)]++
		}
	}
	if got := fmt.Sprint(state); got != "map[approved false:1 proposed true:6 sent false:5 superseded false:3]" {
		t.Errorf("five have left, one had a person's yes, and twelve would go: %s", got)
	}
	if again := plan.Compute(b.input()); len(again.Changes) > 0 || again.Digest != p.Digest {
		t.Errorf("planned again, there are changes: %+v", again.Changes)
	}
	b.on("2026-03-04") // the day is over, and few of them are left
	for _, m := range b.book.MessagesIn(ledger.Proposed)[:4] {
		b.apply("secretary", ledger.MessageRejected{ID: m.ID})
	}
	p = plan.Compute(b.input())
	if all, two, release := twofold(p); all != 3 || two != 2 || release != 0 {
		t.Errorf("of the %d that are left %d need two, %d go by trust", all, two, release)
	}
}

// What a brake holds is not asked for, and counts towards nothing.
func TestHeldLettersNeedNobodyYet(t *testing.T) {
	_, p := late(t, "{most_at_once: 9, share: 100 percent, times_usual: 100, floor: 4}", "", 20, 12)
	if all, _, _ := twofold(p); all != 0 || hold(p, "brake") == "" {
		t.Errorf("%d letters are proposed behind a brake", all)
	}
}
