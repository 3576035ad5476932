package ledger

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// A walk leads a new Book to a state of a machine, makes something happen and
// says where the thing is then.
type walk struct {
	name   string
	states []route
	events []happening
	now    func(b *Book) string // the state of the thing
	width  int
}

// A route is the way to a state.
type route struct {
	state string
	way   []Change
	live  int64 // the message that carries the action, if there is one
}

// A happening is one or several changes; the last is the one that counts.
type happening struct {
	name    string
	changes func(live int64) []Change
}

// just is a happening that is the same whatever carries the action.
func just(name string, changes ...Change) happening {
	return happening{name, func(int64) []Change { return changes }}
}

// table walks every pair and writes what became of it, as in the package
// comment: "." where the change is refused.
func (w walk) table(t *testing.T) string {
	var out strings.Builder
	out.WriteString(fmt.Sprintf("%-30s", w.name))
	for _, r := range w.states {
		fmt.Fprintf(&out, " %-*s", w.width, r.state)
	}
	for _, h := range w.events {
		fmt.Fprintf(&out, "\n%-30s", h.name)
		for _, r := range w.states {
			fmt.Fprintf(&out, " %-*s", w.width, w.cell(t, r, h))
		}
	}
	lines := strings.Split(out.String(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// cell is what becomes of one state when one thing happens.
func (w walk) cell(t *testing.T, r route, h happening) string {
	p := newPen(t).do(r.way...)
	if got := w.now(p.b); got != r.state {
		t.Fatalf("%s: the way to %s leads to %s", w.name, r.state, got)
	}
	for _, c := range h.changes(r.live) {
		before := p.b.Clone()
		if err := p.try(c); err != nil {
			if !p.b.Equal(before) {
				t.Errorf("%s in %s: a refusal changed the book", h.name, r.state)
			}
			return "."
		}
	}
	return w.now(p.b)
}

var (
	phone  = action("phone", "role:membership_officer")
	other  = action("letter", "members#17")
	reopen = CaseReopened{Case: sampleCase}
	over   = CaseClosed{Case: sampleCase, Result: Over}
)

func caseWalk() walk {
	backlog := opened()
	backlog.Backlog = true
	freeze := CaseFrozen{Case: sampleCase, Reason: "members.status is blank"}
	return walk{
		name: "case", width: 8,
		now: func(b *Book) string {
			c, known := b.Case(sampleCase)
			switch {
			case !known:
				return "-"
			case c.State == Closed && c.Result == Over:
				return "over"
			}
			return string(c.State)
		},
		states: []route{
			{state: "-"},
			{state: "open", way: []Change{backlog}},
			{state: "frozen", way: []Change{backlog, freeze}},
			{state: "over", way: []Change{backlog, over}},
			{state: "closed", way: []Change{backlog, CaseClosed{Case: sampleCase, Result: Stopped}}},
		},
		events: []happening{
			just("CaseOpened", opened()),
			just("CaseRetimed", CaseRetimed{Case: sampleCase, Date: opened().Date + 20}),
			just("CaseFrozen", CaseFrozen{Case: sampleCase, Reason: "members.paid is blank"}),
			just("CaseThawed", CaseThawed{Case: sampleCase}),
			just("CaseClosed as over", over),
			just("CaseClosed otherwise", CaseClosed{Case: sampleCase, Result: Done}),
			just("CaseReopened", reopen),
			just("BacklogApproved", BacklogApproved{Playbook: samplePlaybook, Cases: []CaseKey{sampleCase}}),
			just("Erased, its subject", Erased{Person: sampleRef}),
		},
	}
}

func taskWalk() walk {
	give := []Change{opened(), given("phone")}
	late := TaskRetimed{Number: 1, Due: noon.Add(240 * time.Hour)}
	return walk{
		name: "task", width: 9,
		now: func(b *Book) string {
			task, known := b.Task(1)
			if !known {
				return "-"
			}
			return string(task.State)
		},
		states: []route{
			{state: "-", way: give[:1]},
			{state: "open", way: give},
			{state: "overdue", way: append(give[:2:2], TaskFellDue{1})},
			{state: "answered", way: append(give[:2:2], TaskGotAnswer{1, "spoke"})},
			{state: "settled", way: append(give[:2:2], TaskWasSettled{1, "members.paid"})},
			{state: "withdrawn", way: append(give[:2:2], TaskWasWithdrawn{1, "by hand"})},
		},
		events: []happening{
			just("TaskGiven", given("phone")),
			just("TaskFellDue", TaskFellDue{1}),
			just("TaskRetimed, to come", late),
			just("TaskRetimed, past", TaskRetimed{1, noon.Add(-time.Hour)}),
			just("TaskReassigned", TaskReassigned{1, "role:secretary"}),
			just("TaskGotAnswer", TaskGotAnswer{1, "wrong number"}),
			just("TaskUnanswered", TaskUnanswered{1}),
			just("TaskWasSettled", TaskWasSettled{1, "members.paid"}),
			just("TaskWasWithdrawn", TaskWasWithdrawn{1, "by hand"}),
			just("CaseClosed", over),
			just("CaseReopened", over, reopen),
			just("Erased, the case's subject", Erased{sampleRef}),
		},
	}
}

func messageWalk() walk {
	propose := []Change{opened(), letter("k", sampleRef, other)}
	approve := MessageApproved{ID: 1, Digest: "d1"}
	claim := MessageClaimed{ID: 1, Fence: 1}
	way := func(more ...Change) []Change { return append(propose[:2:2], more...) }
	doubt := MessageUncertain{ID: 1}
	return walk{
		name: "message", width: 4,
		now: func(b *Book) string {
			if _, again := b.Message(2); again {
				return "new"
			}
			m, known := b.Message(1)
			if !known {
				return "-"
			}
			return shortState[m.State]
		},
		states: []route{
			{state: "-", way: propose[:1]},
			{state: "prop", way: way()},
			{state: "appr", way: way(approve)},
			{state: "clai", way: way(approve, claim)},
			{state: "defe", way: way(approve, claim, MessageDeferred{ID: 1, Code: 451})},
			{state: "unce", way: way(approve, claim, doubt)},
			{state: "sent", way: way(approve, claim, MessageSent{ID: 1})},
			{state: "boun", way: way(approve, claim, MessageSent{ID: 1}, MessageBounced{ID: 1, Code: 550})},
			{state: "fail", way: way(approve, claim, MessageFailed{ID: 1, Code: 550})},
			{state: "reje", way: way(MessageRejected{ID: 1})},
			{state: "supe", way: way(MessageSuperseded{ID: 1})},
			{state: "expi", way: way(MessageExpired{ID: 1})},
		},
		events: []happening{
			just("MessageProposed, same key", letter("k", sampleRef, action("second", "members#17"))),
			just("MessageApproved", approve),
			just("MessageRejected", MessageRejected{ID: 1}),
			just("MessageSuperseded", MessageSuperseded{ID: 1}),
			just("MessageExpired", MessageExpired{ID: 1}),
			just("MessageRetimed", MessageRetimed{ID: 1, NotBefore: noon}),
			just("MessageClaimed", MessageClaimed{ID: 1, Fence: 2}),
			just("MessageSent, with proof", MessageSent{ID: 1, Proof: "250 queued as 42"}),
			just("MessageSent, without", MessageSent{ID: 1}),
			just("MessageDeferred", MessageDeferred{ID: 1, Code: 451}),
			just("MessageFailed", MessageFailed{ID: 1, Code: 550}),
			just("MessageUncertain", doubt),
			just("MessageBounced", MessageBounced{ID: 1, Code: 550}),
			just("Erased, the reader", Erased{sampleRef}),
		},
	}
}

var shortState = map[MessageState]string{
	Proposed: "prop", Approved: "appr", Claimed: "clai", Sent: "sent", Deferred: "defe", Failed: "fail",
	Uncertain: "unce", Rejected: "reje", Superseded: "supe", Expired: "expi", Bounced: "boun",
}

// actionWalk follows one action in digests to the holders of a shared role.
func actionWalk() walk {
	first, second := digest("a", 1, phone), digest("b", 2, phone)
	wire := func(id int64, more ...Change) []Change {
		return append([]Change{MessageApproved{ID: id, Digest: "d1"}, MessageClaimed{ID: id}}, more...)
	}
	closed := func(s ActionState) ActionClosed {
		a := phone
		a.State = s
		return ActionClosed{a}
	}
	lone := []Change{opened(), first}
	with := func(c ...Change) []Change { return append(lone[:2:2], c...) }
	on := func(name string, changes func(id int64) []Change) happening {
		return happening{name, func(live int64) []Change { return changes(live) }}
	}
	return walk{
		name: "action", width: 10,
		now: func(b *Book) string {
			a, known := b.Action(phone.Key)
			if !known {
				return "-"
			}
			return string(a.State)
		},
		states: []route{
			{state: "-", way: lone[:1]},
			{state: "owed", way: with(MessageSuperseded{ID: 1})},
			{state: "in message", way: lone, live: 1},
			{state: "done", way: append(with(second), wire(1, MessageSent{ID: 1})...), live: 2},
			{state: "missed", way: with(closed(Missed)), live: 1},
			{state: "withdrawn", way: with(closed(Withdrawn)), live: 1},
		},
		events: []happening{
			just("message proposed", digest("c", 3, phone)),
			just("... to the same reader", digest("c", 1, phone)),
			on("message claimed", func(id int64) []Change { return wire(id) }),
			on("message sent", func(id int64) []Change { return wire(id, MessageSent{ID: id}) }),
			on("message uncertain", func(id int64) []Change { return wire(id, MessageUncertain{ID: id}) }),
			on("... and bounced", func(id int64) []Change {
				return wire(id, MessageUncertain{ID: id}, MessageBounced{ID: id})
			}),
			on("message deferred", func(id int64) []Change { return wire(id, MessageDeferred{ID: id}) }),
			on("message failed", func(id int64) []Change { return wire(id, MessageFailed{ID: id}) }),
			on("message superseded", func(id int64) []Change { return []Change{MessageSuperseded{ID: id}} }),
			on("message rejected", func(id int64) []Change { return []Change{MessageRejected{ID: id}} }),
			on("message expired", func(id int64) []Change { return []Change{MessageExpired{ID: id}} }),
			on("... any, another carries it", func(id int64) []Change {
				return []Change{digest("c", 3, phone), MessageRejected{ID: id}}
			}),
			just("ActionClosed as done", closed(Settled)),
			just("ActionClosed as missed", closed(Missed)),
			just("ActionClosed as withdrawn", closed(Withdrawn)),
			on("... while it is claimed", func(id int64) []Change { return wire(id, closed(Withdrawn)) }),
			on("... while it is uncertain", func(id int64) []Change {
				return wire(id, MessageUncertain{ID: id}, closed(Withdrawn))
			}),
			just("Erased, the case's subject", Erased{sampleRef}),
		},
	}
}

// TestMachines walks every state against every event and compares what became
// of it with the tables in the package comment, which is the specification.
func TestMachines(t *testing.T) {
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []walk{caseWalk(), actionWalk(), taskWalk(), messageWalk()} {
		table := "//\t" + strings.ReplaceAll(w.table(t), "\n", "\n//\t")
		if !strings.Contains(string(source), table+"\n") {
			t.Errorf("the machine of a %s is not as doc.go says; it is:\n%s", w.name, table)
		}
	}
}
