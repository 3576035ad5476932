package ledger

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

// A dice throws changes, valid and invalid, in a small world: three subjects,
// two occasions, few steps and readers, so that they meet often.
type dice struct {
	t *rapid.T
	b *Book
}

func (d dice) n(most int) int { return rapid.IntRange(0, most).Draw(d.t, "n") }

func (d dice) one(of ...string) string { return rapid.SampledFrom(of).Draw(d.t, "word") }

func (d dice) reason() string {
	return d.one("", "", "members.status", "row 12", "ann@example.org", "a\nb", "\xff")
}

func (d dice) ref() dataset.Ref { return dataset.Ref(d.n(3)) }

func (d dice) open() CaseOpened {
	c := CaseOpened{Playbook: d.one("a", "b"), Occasion: d.one("x", "y@z"), Dataset: "members", Subject: d.ref()}
	if c.Subject == 0 {
		c.Dataset = ""
	}
	c.Date, c.HasDate, c.Backlog = 100, d.n(2) > 0, d.n(5) == 0
	c.Case = NewCaseKey(c.Playbook, c.Dataset, c.Subject, c.Occasion)
	if d.n(20) == 0 {
		c.Playbook = "c"
	}
	return c
}

func (d dice) caseKey() CaseKey {
	if cases := d.b.Cases(); len(cases) > 0 && d.n(9) > 0 {
		return cases[d.n(len(cases)-1)].Key
	}
	return d.open().Case
}

func (d dice) action() Action {
	a := Action{Case: d.caseKey(), Step: d.one("one", "two"), Element: d.one("", "", "e|"), Addressee: d.one("role:chair", "members#1", "members#2")}
	a.Due = noon.Add(time.Duration(d.n(9)) * time.Nanosecond)
	a.Reason = d.one("", "", "r")
	a.Occurrence = d.one("", "", "", "missed")
	a.Key = NewActionKey(a.Case, a.Step, a.Element, a.Addressee, a.Occurrence)
	if d.n(30) == 0 {
		a.Step = "three"
	}
	return a
}

func (d dice) propose() MessageProposed {
	m := Message{
		Key: fmt.Sprint("k", d.n(12)), Kind: MessageKind(d.one("letter", "digest")), Digest: "d",
		Basis: d.one("officer", "service", "marketing", ""), Person: d.ref(), Address: d.one("", "", "h1", "h2"),
	}
	m.Two = d.n(3) == 0
	if d.n(5) == 0 {
		m.NotBefore, m.Expires = noon.Add(time.Duration(d.n(60))*time.Minute), noon.Add(time.Duration(d.n(90))*time.Minute)
	}
	c := MessageProposed{Message: m}
	for range 1 + d.n(2) {
		c.Actions = append(c.Actions, d.action())
	}
	if all := d.b.Projection().Actions; len(all) > 0 && d.n(2) == 0 {
		c.Actions[0] = all[d.n(len(all)-1)]
	}
	return c
}

func (d dice) id() int64 { return int64(d.n(len(d.b.messages) + 1)) }

func (d dice) task() int64 { return int64(d.n(len(d.b.tasks) + 1)) }

// wire is what may happen to a message; mostly what fits its state.
func (d dice) wire() Change {
	id := d.id()
	m, _ := d.b.Message(id)
	fits := map[MessageState]int{Proposed: d.n(1) * 12, Approved: 3, Deferred: 3, Claimed: 4 + d.n(3), Uncertain: 5 + d.n(3), Sent: 7}
	kind, known := fits[m.State]
	if !known || d.n(3) == 0 {
		kind = d.n(12)
	}
	switch kind {
	case 0, 1:
		c := MessageApproved{ID: id, Digest: d.one("d", "d", "d", "e"), Auto: d.n(1) == 0}
		if !c.Auto || d.n(9) == 0 {
			c.Person, c.Via, c.Plan = d.ref(), d.one("", "terminal", "link", "post"), int64(d.n(3)/2)
			c.Until = noon.Add(time.Duration(d.n(60)) * time.Minute)
		}
		return c
	case 12:
		return MessageGotYes{id, d.one("d", "d", "d", "e"), d.ref(), d.one("", "console"), int64(d.n(3) / 2)}
	case 2, 3:
		return MessageClaimed{id, int64(d.n(3))}
	case 4:
		return MessageUncertain{id, d.reason()}
	case 5:
		return MessageSent{id, d.reason()}
	case 6:
		return MessageFailed{id, 550, d.reason()}
	case 7:
		return MessageBounced{id, 550, d.reason()}
	case 8:
		return MessageDeferred{id, noon.Add(time.Duration(d.n(30)) * time.Minute), 451}
	case 9:
		return MessageRejected{id, d.reason()}
	case 10:
		return MessageSuperseded{id, d.reason()}
	}
	return MessageExpired{id, d.reason()}
}

// plan is a saved plan of some letters, or the end of one.
func (d dice) plan() Change {
	if d.n(2) == 0 {
		return PlanExpired{int64(1 + d.n(3))}
	}
	var ms []Message
	for _, m := range d.b.MessagesIn(Proposed) {
		if d.n(2) > 0 || m.Kind == Digest && d.n(9) > 0 {
			ms = append(ms, m)
		}
	}
	next := d.b.NextPlan() + int64(d.n(9)/9)
	c := PlanSaved{Plan: next, Digest: PlanDigest(next, ms), Expires: noon.Add(time.Duration(d.n(60)) * time.Minute)}
	for _, m := range ms {
		c.Letters = append(c.Letters, m.ID)
	}
	return c
}

func (d dice) office() Change {
	switch d.n(22) {
	case 20, 21:
		return d.plan()
	case 17:
		return SaidSame{d.ref(), d.ref()}
	case 18:
		return SaidDifferent{d.ref(), d.ref()}
	case 19:
		return SaidUndone{d.ref(), d.ref()}
	case 0:
		return HaltedAll{d.reason()}
	case 1, 2:
		return ResumedAll{}
	case 3:
		return Suppressed{d.ref(), d.one("", "h1"), d.one("all", "marketing", "bounced", "x"), d.reason()}
	case 4, 5:
		return Unsuppressed{d.ref(), d.one("", "h1"), d.one("all", "marketing", "bounced"), ""}
	case 6:
		return Contacted{d.ref(), d.one("telephone", "")}
	case 7:
		return Replied{d.ref()}
	case 8:
		return FactRecorded{"members", d.ref(), d.one("p", "q"), "f"}
	case 9:
		return FactWithdrawn{"members", d.ref(), d.one("p", "q")}
	case 10:
		return Imported{Import: int64(d.n(3)), Dataset: "members"}
	case 11:
		return ImportUndone{int64(d.n(3)), "members"}
	case 12:
		return BrakeReleased{d.one("a", "b"), d.n(5), noon.Add(time.Duration(d.n(60)) * time.Minute), noon}
	case 13:
		return RunRecorded{Logical: noon.Add(time.Duration(d.n(9))), Actions: map[string]int{d.one("a/x", "b/y"): 1}, Holds: []string{}}
	case 14:
		return SwitchedOn{d.one("a", "b", ""), "c", d.one("w", "v", ""), d.n(2) == 0}
	case 15:
		return rapid.SampledFrom([]Change{Adopted{"a", "p"}, Trusted{"a", "automatic", "", "m"}, Trusted{"a", "each", "brake", ""}, TakenOver{"m"}, DateConfirmed{noon}}).Draw(d.t, "office")
	case 16:
		return MessageRetimed{d.id(), noon, time.Time{}}
	}
	if d.n(3) > 0 {
		return Replied{1}
	}
	return Erased{d.ref()}
}

func (d dice) throw() Change {
	switch kind := d.n(19); {
	case kind <= 1:
		return d.open()
	case kind <= 4:
		return d.propose()
	case kind <= 11:
		return d.wire()
	case kind == 12:
		a := d.action()
		if d.n(3) == 0 {
			return LineDecided{a.Key, d.n(2) == 0, ""}
		}
		a.State = ActionState(d.one("done", "missed", "withdrawn", "owed"))
		return ActionClosed{a}
	case kind == 13:
		a := d.action()
		return TaskGiven{a.Key, a.Case, a.Step, a.Element, a.Addressee, a.Due}
	case kind == 14:
		return rapid.SampledFrom([]Change{
			TaskFellDue{d.task()}, TaskGotAnswer{d.task(), d.one("yes", "")}, TaskWasSettled{d.task(), d.reason()},
			TaskWasWithdrawn{d.task(), d.reason()}, TaskReassigned{d.task(), "members#2"}, TaskRetimed{d.task(), noon.Add(time.Hour)}, TaskUnanswered{d.task()},
		}).Draw(d.t, "task")
	case kind == 15:
		return CaseClosed{d.caseKey(), Result(d.one("over", "over", "done", "lost")), d.reason()}
	case kind == 16:
		return CaseReopened{d.caseKey()}
	case kind == 17:
		key := d.caseKey()
		return rapid.SampledFrom([]Change{
			CaseFrozen{key, ""}, CaseThawed{key}, CaseRetimed{key, 110}, BacklogApproved{"a", []CaseKey{key}},
		}).Draw(d.t, "case")
	}
	return d.office()
}

// TestRandomSequences throws changes at a Book. After each: a refusal changed
// nothing, and the laws hold. At the end the log gives the same Book again, as
// do the projection and its JSON.
func TestRandomSequences(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, at, taken := New(), noon, []Event{}
		for range rapid.IntRange(20, 200).Draw(t, "steps") {
			at = at.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "minutes"))*time.Minute + 7)
			e := Event{b.Seq() + 1, at, rapid.SampledFrom([]string{"clarion", "chair"}).Draw(t, "by"), dice{t, b}.throw()}
			before := b.Clone()
			if err := b.Apply(e); err != nil {
				if !b.Equal(before) {
					t.Fatalf("the refusal of %#v changed the book: %v", e.Change, err)
				}
				continue
			}
			taken = append(taken, e)
			if why := broken(before, b, e.Change); why != "" {
				t.Fatalf("after %#v %s", e.Change, why)
			}
			if why := unasked(b); why != "" {
				t.Fatalf("after %#v %s", e.Change, why)
			}
		}
		comesBack(t, b, taken)
		foundAlike(t, b)
	})
}

// foundAlike checks that what a Book finds by a short way is what the long way
// finds.
func foundAlike(t *rapid.T, b *Book) {
	var want []ActionKey
	for _, c := range b.Cases() {
		for _, a := range b.ActionsOf(c.Key) {
			if a.Occurrence == "missed" {
				want = append(want, a.Key)
			}
		}
	}
	var got []ActionKey
	for _, a := range b.Saying(func(o string) bool { return o == "missed" }) {
		got = append(got, a.Key)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("what was missed is %v, and one by one %v", got, want)
	}
	last := map[string]time.Time{}
	for _, m := range b.MessagesIn(Claimed, Sent, Uncertain, Bounced) {
		at := m.SentAt
		if at.IsZero() {
			at = m.At
		}
		if strings.HasPrefix(m.Key, "k1") && at.After(last[m.Address]) {
			last[m.Address] = at
		}
	}
	if left := b.LastLeft("k1"); !maps.Equal(left, last) {
		t.Fatalf("digests left at %v, and one by one at %v", left, last)
	}
}

// comesBack checks that replaying the log, as it is on disk, and restoring the
// projection give the Book again.
func comesBack(t *rapid.T, b *Book, log []Event) {
	replayed := New()
	for _, e := range log {
		body, err := Encode(e.Change)
		if err != nil {
			t.Fatal(err)
		}
		c, err := Decode(e.Change.Type(), body)
		if err != nil {
			t.Fatal(err)
		}
		if err := replayed.Apply(Event{e.Seq, time.UnixMicro(e.At.UnixMicro()), e.By, c}); err != nil {
			t.Fatal(err)
		}
	}
	if !replayed.Equal(b) {
		t.Fatal("replaying the log gives another book")
	}
	p := b.Projection()
	whole, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var read Projection
	if err := json.Unmarshal(whole, &read); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(read.Cases)
	slices.Reverse(read.Actions)
	slices.Reverse(read.Tasks)
	slices.Reverse(read.Messages)
	restored, err := Restore(read)
	if err != nil {
		t.Fatal(err)
	}
	if !restored.Equal(b) {
		t.Fatal("restoring the projection gives another book")
	}
	for ref := dataset.Ref(0); ref < 4; ref++ {
		for _, address := range []string{"", "h1", "h2"} {
			x, y := b.ContactsSince(ref, address, noon), restored.ContactsSince(ref, address, noon)
			if !slices.Equal(x, y) {
				t.Fatalf("the contacts of %d, %q are %v before and %v after", ref, address, x, y)
			}
		}
	}
}

// broken says which law does not hold after a change.
func broken(before, b *Book, c Change) string {
	keys := map[string]int64{}
	for _, m := range b.Messages() {
		if !m.State.fallen() {
			if other := keys[m.Key]; other != 0 {
				return fmt.Sprintf("messages %d and %d have one key", other, m.ID)
			}
			keys[m.Key] = m.ID
		}
		onWire := !m.State.fallen() && !m.State.waiting()
		if onWire && m.Attempts == 0 {
			return fmt.Sprintf("message %d is %s without a claim", m.ID, m.State)
		}
		for _, key := range m.Actions {
			a, known := b.Action(key)
			switch {
			case !known || !slices.Contains(a.Messages, m.ID):
				return fmt.Sprintf("message %d carries what does not know it", m.ID)
			case onWire && a.State != InMessage && a.State != Settled:
				return fmt.Sprintf("message %d is %s and carries an action that is %s", m.ID, m.State, a.State)
			case (m.State == Sent || m.State == Bounced) && a.State != Settled:
				return fmt.Sprintf("message %d went and its action is %s", m.ID, a.State)
			}
		}
	}
	for _, a := range b.Projection().Actions {
		if why := brokenAction(before, b, a, c); why != "" {
			return why
		}
	}
	for _, t := range b.Tasks() {
		was, known := before.Task(t.Number)
		over := was.State == TaskAnswered || was.State == TaskSettled
		if back, is := c.(TaskUnanswered); is && back.Number == t.Number {
			was.State, was.Answer, was.Changed = TaskOpen, "", t.Changed
			if was != t {
				return fmt.Sprintf("the answer to task %d was taken back, and it is %+v", t.Number, t)
			}
			continue
		}
		if known && over && was != t {
			return fmt.Sprintf("task %d was %s and is changed", t.Number, was.State)
		}
		if (t.State == TaskOpen || t.State == TaskOverdue) && b.concernsErased(t.Case, t.Addressee) {
			return fmt.Sprintf("task %d of an erased person is %s", t.Number, t.State)
		}
	}
	for _, k := range b.Cases() {
		if b.isErased(k.Subject) && (k.State != Closed || k.Result == Over) {
			return "the case of an erased person may act"
		}
		if (k.State == Closed) != (k.Result != "") {
			return fmt.Sprintf("a case is %s with the result %q", k.State, k.Result)
		}
	}
	return ""
}

// brokenAction says which law about an action does not hold after a change.
func brokenAction(before, b *Book, a Action, c Change) string {
	travels, readers := false, map[string]bool{}
	for _, id := range a.Messages {
		m, _ := b.Message(id)
		if m.State.live() {
			travels = true
		}
		if reader := fmt.Sprint(m.Address, "/", m.Person); !m.State.fallen() && (m.Address != "" || m.Person != 0) {
			if m.Address != "" {
				reader = m.Address
			}
			if readers[reader] {
				return "one action goes twice to one reader: " + string(a.Key)
			}
			readers[reader] = true
		}
	}
	switch {
	case a.State == InMessage && !travels:
		return "an action travels in nothing: " + string(a.Key)
	case a.State == Owed && travels:
		return "an action is owed and travels: " + string(a.Key)
	case a.State == Owed && b.concernsErased(a.Case, a.Addressee):
		return "something is owed to an erased person: " + string(a.Key)
	}
	was, known := before.Action(a.Key)
	if !known || !was.State.terminal() || was.State == a.State {
		return ""
	}
	_, back := c.(CaseReopened)
	_, taken := c.(TaskUnanswered)
	if (back || taken) && was.State == Withdrawn && (a.State == Owed || a.State == InMessage) {
		return ""
	}
	return fmt.Sprintf("an action was %s and is %s", was.State, a.State)
}
