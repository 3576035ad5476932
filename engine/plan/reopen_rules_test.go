package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// TestADoorThatOpensOnNothing: a case whose door condition holds while its
// staying condition does not is over once, and is not reopened at each look.
func TestADoorThatOpensOnNothing(t *testing.T) {
	b := bench1(t, "2026-03-01", "", one("when: member.status == \"active\"\nwhile: member.joined > today\nagain: never\n"+
		"steps:\n  - email: hello\n    to: member\n    subject: Hello\n"), "hello")
	b.began("members")
	b.on("2026-03-02")
	b.list("members", jo+"active; joined: 2026-03-01")
	b.propose()
	if c := b.book.Cases()[0]; c.State != ledger.Closed || c.Result != ledger.Over {
		t.Errorf("the case is %s %s", c.State, c.Result)
	}
	if p := plan.Compute(b.input()); len(p.Changes) > 0 {
		t.Errorf("planned again, there are changes: %+v", p.Changes)
	}
	b.on("2026-03-03")
	b.list("members", jo+"active; joined: 2026-03-05")
	b.expect("2026-03-03", "hello to jo@example.org") // now it holds after all
}

// TestWhileOfASlot: the case of a slot lives until it is settled, whatever
// becomes of when; a while that is written down ends it.
func TestWhileOfASlot(t *testing.T) {
	const text = "name: one\ntitle: One\nrole: secretary\nbasis: officer\nevery: month on the 1st\nwhen: count(meetings, .status == \"planned\") > 0\n%" +
		"steps:\n  - task: ring\n    to: secretary\n    subject: Ring\n    due: 40 days after given\n"
	for while, want := range map[string]ledger.TaskState{"": ledger.TaskOpen, "while: today <= period.end\n": ledger.TaskWithdrawn} {
		b := bench1(t, "2026-03-30", "", strings.Replace(text, "%", while, 1))
		b.began("meetings")
		b.on("2026-04-01")
		b.list("meetings", "key: M1; title: A; status: planned")
		b.propose()
		b.on("2026-04-02")
		b.list("meetings")
		b.propose()
		if task := b.book.Tasks()[0]; task.State != ledger.TaskOpen {
			t.Errorf("%q: in its month the task is %s", while, task.State)
		}
		b.on("2026-05-02")
		b.propose()
		if task := b.book.Tasks()[0]; task.State != want {
			t.Errorf("%q: after its month the task is %s, not %s", while, task.State, want)
		}
	}
}
