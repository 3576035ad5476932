package ledger

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestCaseRules(t *testing.T) {
	p := newPen(t)
	for _, c := range []struct {
		change func(CaseOpened) CaseOpened
		why    string
	}{
		{func(c CaseOpened) CaseOpened { c.Playbook = ""; return c }, "belongs to a playbook"},
		{func(c CaseOpened) CaseOpened { c.Subject = 0; return c }, "numbered record"},
		{func(c CaseOpened) CaseOpened { c.Dataset = ""; return c }, "numbered record"},
		{func(c CaseOpened) CaseOpened { c.Occasion = "2026-10-31"; return c }, "key is not that"},
	} {
		p.refuses(c.change(opened()), c.why)
	}
	p.do(opened())
	p.refuses(opened(), "opens once")
	p.refuses(CaseRetimed{sampleCase, opened().Date + 21}, "new occasion")
	p.refuses(CaseRetimed{sampleCase, opened().Date - 21}, "new occasion")
	p.refuses(CaseThawed{"p|-|"}, "no such case")
	p.refuses(CaseClosed{sampleCase, "lost", ""}, "closes as")
	p.refuses(BacklogApproved{samplePlaybook, []CaseKey{sampleCase}}, "not backlog")
	p.refuses(BacklogApproved{samplePlaybook, nil}, "no case")

	late := CaseOpened{
		Case: NewCaseKey(samplePlaybook, "members", 18, "x"), Playbook: samplePlaybook, Dataset: "members",
		Subject: 18, Occasion: "x", Backlog: true, Date: 5,
	}
	p.do(late)
	if c, _ := p.b.Case(late.Case); c.Date != 0 || !c.Backlog {
		t.Errorf("the case is %+v", c)
	}
	p.refuses(BacklogApproved{"other", []CaseKey{late.Case}}, "another playbook")
	p.refuses(BacklogApproved{samplePlaybook, []CaseKey{late.Case, late.Case}}, "twice")
	p.refuses(BacklogApproved{samplePlaybook, []CaseKey{late.Case, sampleCase}}, "not backlog")
	p.do(BacklogApproved{samplePlaybook, []CaseKey{late.Case}})
	if c, _ := p.b.Case(late.Case); !c.Opened.Equal(p.at) {
		t.Errorf("the clock of the backlog counts from %s, not from its approval", c.Opened)
	}
	p.do(CaseRetimed{sampleCase, opened().Date + 20})
	p.refuses(CaseRetimed{late.Case, 3}, "not a date")
}

// TestReopening: a case stands where it stood, and no more than that comes back.
func TestReopening(t *testing.T) {
	closed := func(step string) ActionClosed {
		a := action(step, "role:chair")
		a.State = Withdrawn
		return ActionClosed{a}
	}
	missed := closed("missed")
	missed.Action.State = Missed
	p := newPen(t).do(opened(), given("early"), given("late"), given("answered"), TaskGotAnswer{3, "spoke"},
		TaskWasWithdrawn{1, "by hand"}, closed("early"))
	p.do(digest("d", 1, action("late", "role:chair")), digest("r", 1, action("rejected", "role:chair")))
	p.together(over, closed("late"), missed, MessageRejected{2, ""}, TaskWasWithdrawn{2, "no longer applies"})
	p.do(reopen)
	for step, want := range map[string]ActionState{
		"early": Withdrawn, "late": InMessage, "missed": Missed, "rejected": Withdrawn,
	} {
		if a, _ := p.b.Action(action(step, "role:chair").Key); a.State != want {
			t.Errorf("the action %s is %s, not %s", step, a.State, want)
		}
	}
	for i, want := range []TaskState{TaskWithdrawn, TaskOpen, TaskAnswered} {
		if task, _ := p.b.Task(int64(i) + 1); task.State != want {
			t.Errorf("task %d is %s, not %s", i+1, task.State, want)
		}
	}
	if c, _ := p.b.Case(sampleCase); c.Result != "" || c.Opened.Equal(p.at) {
		t.Errorf("the case reopened as %+v", c)
	}
}

// TestAnAnswerTakenBack: within a day, and the case stands open again with what
// it had.
func TestAnAnswerTakenBack(t *testing.T) {
	p := newPen(t).do(opened(), given("ring"), given("visit"), TaskGotAnswer{1, "spoke"})
	p.together(TaskWasWithdrawn{2, "it closed"}, CaseClosed{Case: sampleCase, Result: Done}).do(TaskUnanswered{1})
	one, _ := p.b.Task(1)
	two, _ := p.b.Task(2)
	c, _ := p.b.Case(sampleCase)
	if one.State != TaskOpen || one.Answer != "" || two.State != TaskOpen || c.State != Open || c.Result != "" {
		t.Errorf("the tasks are %s %q and %s, the case %s %q", one.State, one.Answer, two.State, c.State, c.Result)
	}
	p.refuses(TaskUnanswered{1}, "task is open")
	p.do(TaskGotAnswer{1, "wrong number"})
	p.at = p.at.Add(25 * time.Hour)
	p.refuses(TaskUnanswered{1}, "more than a day ago")
	p = newPen(t).do(opened(), given("ring"), TaskGotAnswer{1, "spoke"}, Erased{sampleRef})
	p.refuses(TaskUnanswered{1}, "erased")
}

func TestTaskRules(t *testing.T) {
	p := newPen(t).do(opened())
	stray := given("phone")
	stray.Step = "ring"
	p.refuses(stray, "key is not that")
	nameless := given("phone")
	nameless.Addressee = ""
	p.refuses(nameless, "step and addressee")
	longer := given("phone")
	longer.Key += "a|b"
	p.refuses(longer, "key is not that")
	p.refuses(TaskFellDue{1}, "no task of that number")
	p.refuses(TaskFellDue{-1}, "no task of that number")
	early := given("phone")
	early.Due = noon.Add(240 * time.Hour)
	p.do(early)
	p.refuses(TaskFellDue{1}, "not due yet")
	p.refuses(TaskGotAnswer{1, ""}, "empty")
	p.refuses(TaskReassigned{1, ""}, "nobody")
	p.do(Erased{99})
	p.refuses(TaskReassigned{1, "members#99"}, "erased")
	p.do(over)
	p.refuses(given("visit"), "the case is closed")
	if task, ok := p.b.TaskAt(early.Key); !ok || task.Number != 1 || !task.Due.Equal(early.Due) {
		t.Errorf("the task is %+v, %v", task, ok)
	}
}

func TestProposalRules(t *testing.T) {
	p := newPen(t)
	p.refuses(letter("k", 1, other), "no such case")
	p.do(opened())
	for _, c := range []struct {
		change func(*MessageProposed)
		why    string
	}{
		{func(m *MessageProposed) { m.Message.Key = "" }, "key and a digest"},
		{func(m *MessageProposed) { m.Message.Digest = "" }, "key and a digest"},
		{func(m *MessageProposed) { m.Message.Kind = "card" }, "letter or a digest"},
		{func(m *MessageProposed) { m.Message.Basis = "" }, "basis"},
		{func(m *MessageProposed) { m.Message.Person = -1 }, "negative"},
		{func(m *MessageProposed) { m.Actions = nil }, "at least one action"},
		{func(m *MessageProposed) { m.Actions = append(m.Actions, m.Actions[0]) }, "twice"},
		{func(m *MessageProposed) { m.Message.Actions = []ActionKey{other.Key, other.Key} }, "twice"},
		{func(m *MessageProposed) { m.Message.Actions = []ActionKey{other.Key, "x"} }, "no such action"},
		{func(m *MessageProposed) {
			m.Message.Actions, m.Actions = []ActionKey{other.Key}, []Action{other, phone}
		}, "does not name"},
		{func(m *MessageProposed) { m.Actions[0].Step = "" }, "step and addressee"},
		{func(m *MessageProposed) { m.Actions[0].Element = "North" }, "key is not that"},
		{func(m *MessageProposed) { m.Message.NotBefore, m.Message.Expires = noon.Add(1e9), noon }, "expire before"},
	} {
		m := letter("k", sampleRef, other)
		c.change(&m)
		p.refuses(m, c.why)
	}
	p.do(letter("k", sampleRef, other))
	p.refuses(letter("k", sampleRef, phone), "message of that key is proposed")
	p.refuses(letter("l", sampleRef, other), "same reader")
	p.do(letter("l", 99, other), CaseFrozen{sampleCase, "members.status is blank"})
	p.refuses(letter("m", sampleRef, action("third", "members#17")), "frozen")
	p.do(over)
	p.refuses(letter("m", sampleRef, action("third", "members#17")), "closed")
	p.do(digest("news", 5, action("third", "role:chair")), digest("nothing but news", 5))

	backlog := opened()
	backlog.Backlog = true
	q := newPen(t).do(backlog)
	q.refuses(letter("k", sampleRef, other), "backlog")
	toOfficer := letter("k", 0, phone)
	toOfficer.Message.Basis = "officer"
	q.do(toOfficer)
}

func TestReaders(t *testing.T) {
	for _, c := range []struct {
		a, b Message
		same bool
	}{
		{Message{Person: 1}, Message{Person: 1}, true},
		{Message{Person: 1}, Message{Person: 2}, false},
		{Message{}, Message{}, false},
		{Message{Person: 1, Address: "x"}, Message{Person: 2, Address: "x"}, true},
		{Message{Person: 1, Address: "x"}, Message{Person: 1, Address: "y"}, false},
	} {
		if sameReader(&c.a, &c.b) != c.same {
			t.Errorf("%+v and %+v: want %v", c.a, c.b, c.same)
		}
	}
}

// TestDecisionsAndClaims is about what stands between words and the wire.
func TestDecisionsAndClaims(t *testing.T) {
	timed := letter("k", sampleRef, other)
	timed.Message.NotBefore, timed.Message.Expires = noon.Add(time.Hour), noon.Add(2*time.Hour)
	ready := func() *pen { return newPen(t).do(opened(), timed, MessageApproved{ID: 1, Digest: "d1"}) }
	claim := MessageClaimed{1, 5}

	p := newPen(t).do(opened(), timed)
	p.refuses(MessageApproved{ID: 1, Digest: "d2"}, "not those of the message")
	p.refuses(MessageApproved{ID: 2, Digest: "d1"}, "no such message")
	p.refuses(MessageRetimed{1, noon.Add(1e9), noon}, "expire before")
	closing := other
	closing.State = Withdrawn
	p.do(ActionClosed{closing})
	p.refuses(MessageApproved{ID: 1, Digest: "d1"}, "withdrawn")

	p = ready()
	p.refuses(claim, "may not go yet")
	p.at = noon.Add(3 * time.Hour)
	p.refuses(claim, "too late")
	p.at = noon.Add(time.Hour)
	for _, c := range []struct {
		first []Change
		why   string
	}{
		{[]Change{HaltedAll{""}}, "stopped"},
		{[]Change{ActionClosed{closing}}, "withdrawn"},
		{[]Change{CaseFrozen{sampleCase, ""}}, "frozen"},
		{[]Change{over}, "closed"},
		{[]Change{Suppressed{sampleRef, "", "all", ""}}, "suppressed"},
		{[]Change{Suppressed{sampleRef, "", "bounced", ""}}, "suppressed"},
	} {
		q := &pen{t, p.b.Clone(), p.at}
		q.do(c.first...)
		q.refuses(claim, c.why)
	}
	p.do(HaltedAll{""}, ResumedAll{""}, Suppressed{sampleRef, "", "marketing", ""}, claim)
	p.refuses(ActionClosed{closing}, "claimed")
	p.do(MessageDeferred{1, noon.Add(90 * time.Minute), 451})
	p.refuses(MessageClaimed{1, 5}, "may not go yet")
	p.at = noon.Add(90 * time.Minute)
	p.refuses(MessageClaimed{1, 4}, "later deliverer")
	p.do(MessageClaimed{1, 6})
	if m, _ := p.b.Message(1); m.Attempts != 2 || m.Fence != 6 || !m.At.Equal(p.at) {
		t.Errorf("the message is %+v", m)
	}
	p.refuses(ResumedAll{""}, "nothing is stopped")
}

func TestUncertain(t *testing.T) {
	way := []Change{
		opened(), letter("k", sampleRef, other), MessageApproved{ID: 1, Digest: "d1"}, MessageClaimed{1, 1},
	}
	p := newPen(t).do(way...)
	claimed := p.at
	p.do(MessageUncertain{1, "the line broke"})
	if a, _ := p.b.Action(other.Key); a.State != InMessage {
		t.Errorf("while uncertain the action is %s", a.State)
	}
	if c := p.b.ContactsSince(sampleRef, "", claimed); len(c) != 1 || !c[0].At.Equal(claimed) || c[0].Step != "letter" {
		t.Errorf("an uncertain letter is not the contact it may be: %+v", c)
	}
	proven, denied := p.b.Clone(), p.b.Clone()
	p.b = proven
	p.refuses(MessageSent{1, ""}, "needs a proof")
	p.do(MessageSent{1, "found in Sent"})
	if m, _ := p.b.Message(1); !m.SentAt.Equal(claimed) {
		t.Errorf("it went at %s, not when it was claimed", m.SentAt)
	}
	p.b = denied
	p.do(MessageFailed{1, 0, "not there, says the secretary"})
	if m, _ := p.b.Message(1); !m.SentAt.IsZero() {
		t.Errorf("a message that did not go went at %s", m.SentAt)
	}
	if a, _ := p.b.Action(other.Key); a.State != Owed {
		t.Errorf("after all the action is %s", a.State)
	}
	if c := p.b.ContactsSince(sampleRef, "", noon); len(c) != 0 {
		t.Errorf("a letter that did not go counts: %+v", c)
	}
	p.do(letter("k", sampleRef, other))
	if a, _ := p.b.Action(other.Key); !reflect.DeepEqual(a.Messages, []int64{1, 2}) {
		t.Errorf("the action was in %v", a.Messages)
	}
}

func TestErasure(t *testing.T) {
	second := NewCaseKey("digest", "", 0, "2026-11-02")
	news := Action{Key: NewActionKey(second, "list", "", "role:chair", ""), Case: second, Step: "list", Addressee: "role:chair"}
	toPerson := Action{Key: NewActionKey(second, "ask", "", "members#17", ""), Case: second, Step: "ask", Addressee: "members#17"}
	p := newPen(t).do(opened(), CaseOpened{Case: second, Playbook: "digest", Occasion: "2026-11-02"}, given("phone"),
		letter("k", sampleRef, other),                        // 1 waits
		digest("d", 3, phone, news),                          // 2 speaks of the person and of something else
		letter("w", sampleRef, action("wire", "members#17")), // 3 is on the wire
		digest("e", 3, toPerson),                             // 4 is another's case, to the person
		digest("o", 4, Action{Key: NewActionKey(second, "x", "", "role:chair", ""), Case: second, Step: "x", Addressee: "role:chair"}),
		digest("p", sampleRef), // 6 goes to the person, about nothing
		FactRecorded{"members", sampleRef, "phone_bad", ""},
		MessageApproved{ID: 3, Digest: "d1"}, MessageClaimed{3, 1}, Erased{sampleRef})
	for id, want := range []MessageState{Superseded, Superseded, Claimed, Superseded, Proposed, Superseded} {
		if m, _ := p.b.Message(int64(id) + 1); m.State != want {
			t.Errorf("message %d is %s, not %s", id+1, m.State, want)
		}
	}
	for key, want := range map[ActionKey]ActionState{
		other.Key: Withdrawn, phone.Key: Withdrawn, news.Key: Owed, toPerson.Key: Withdrawn,
		action("wire", "members#17").Key: InMessage,
	} {
		if a, _ := p.b.Action(key); a.State != want {
			t.Errorf("action %s is %s, not %s", key, a.State, want)
		}
	}
	p.do(MessageFailed{3, 550, ""})
	if a, _ := p.b.Action(action("wire", "members#17").Key); a.State != Withdrawn {
		t.Errorf("what did not reach an erased person is %s", a.State)
	}
	if len(p.b.Rest().Facts) != 0 {
		t.Error("a fact about an erased person is left")
	}
	again := opened()
	again.Occasion, again.Case = "later", NewCaseKey(samplePlaybook, "members", sampleRef, "later")
	for _, c := range []Change{
		again, Erased{sampleRef}, digest("f", sampleRef), digest("g", 3, toPerson), Contacted{sampleRef, "post"},
		digest("h", 3, Action{Key: NewActionKey(second, "new", "", "members#17", ""), Case: second, Step: "new", Addressee: "members#17"}),
		Replied{sampleRef}, FactRecorded{"members", sampleRef, "phone_bad", ""},
		TaskGiven{Key: toPerson.Key, Case: second, Step: "ask", Addressee: "members#17"},
	} {
		p.refuses(c, "")
	}
	p.refuses(reopen, "closed as ended")
	p.refuses(Erased{0}, "has a person")
}

func TestSuppressions(t *testing.T) {
	p := newPen(t).do(
		Suppressed{1, "h1", "marketing", "unsubscribed"}, Suppressed{1, "", "all", "asked"},
		Suppressed{0, "h1", "bounced", "550"}, Suppressed{2, "h1", "all", "asked"}, Suppressed{1, "", "all", "asked again"},
	)
	if got, want := p.b.Suppression(1, "h1"), []Suppressed{
		{1, "", "all", "asked again"}, {2, "h1", "all", "asked"}, {0, "h1", "bounced", "550"}, {1, "h1", "marketing", "unsubscribed"},
	}; !reflect.DeepEqual(got, want) {
		t.Errorf("laid on them is %+v", got)
	}
	p.refuses(Suppressed{0, "", "all", ""}, "of a person or of an address")
	p.refuses(Suppressed{1, "", "post", ""}, "scope")
	p.refuses(Unsuppressed{1, "h2", "all", ""}, "no such")
	p.refuses(Unsuppressed{0, "", "all", ""}, "no such")
	p.do(Unsuppressed{1, "", "all", ""}, Unsuppressed{0, "h1", "all", ""})
	if got := p.b.Suppression(2, "h1"); len(got) != 2 || len(p.b.Suppression(1, "")) != 1 {
		t.Errorf("what is left is %+v", got)
	}
	if got := p.b.Suppression(0, "h1"); len(got) != 2 {
		t.Errorf("on the address is left %+v", got)
	}
	p.do(Unsuppressed{1, "", "marketing", ""})
	if got := p.b.Suppression(0, "h1"); len(got) != 1 {
		t.Errorf("what was lifted from the person is left on the address: %+v", got)
	}
	p.do(Suppressed{1, "h1", "marketing", ""})
	if p.b.suppresses(1, "", "service") || !p.b.suppresses(1, "", "marketing") || !p.b.suppresses(0, "h1", "service") {
		t.Error("the scopes hold back the wrong letters")
	}
}

func TestContacts(t *testing.T) {
	ask := letter("k", 1, other)
	ask.Message.Address = "h"
	offer := letter("l", 2, action("offer", "members#2"))
	offer.Message.Address, offer.Message.Basis = "h", "marketing"
	officer := digest("d", 1, phone)
	wire := func(id int64) []Change {
		return []Change{MessageApproved{ID: id, Digest: "d1"}, MessageClaimed{id, 1}}
	}
	p := newPen(t).do(opened(), ask, offer, officer).do(wire(1)...).do(wire(2)...).do(wire(3)...).
		do(MessageSent{1, ""}, MessageSent{3, ""}, Contacted{1, "telephone"}, Replied{1})
	second, _ := p.b.Message(2)
	claimed := second.At
	list := func(c []Contact) string {
		var words []string
		for _, c := range c {
			words = append(words, strings.TrimSpace(c.Basis+" "+c.Step+" "+c.How))
		}
		return strings.Join(words, ", ")
	}
	for _, c := range []struct {
		got  []Contact
		want string
	}{
		{p.b.ContactsSince(1, "", noon), "service letter letter, telephone"},
		{p.b.ContactsSince(0, "h", noon), "marketing offer letter, service letter letter"},
		{p.b.ContactsSince(1, "h", noon), "marketing offer letter, service letter letter, telephone"},
		{p.b.ContactsSince(1, "h", p.at.Add(-time.Minute)), "telephone"},
		{p.b.ContactsSince(3, "x", noon), ""},
		{p.b.ContactsSince(0, "h", claimed), "marketing offer letter, service letter letter"},
		{p.b.ContactsSince(0, "h", claimed.Add(1)), "service letter letter"},
	} {
		if got := list(c.got); got != c.want {
			t.Errorf("the contacts are %s, not %s", got, c.want)
		}
	}
	p.do(MessageDeferred{2, noon, 451}, MessageBounced{1, 550, "full"})
	if got := list(p.b.ContactsSince(1, "h", noon)); got != "service letter letter, telephone" {
		t.Errorf("after a deferral and a bounce the contacts are %s", got)
	}
	if !p.b.RepliedSince(1, noon) || p.b.RepliedSince(1, p.at) || p.b.RepliedSince(2, noon) {
		t.Error("the replies are not as they came")
	}
	replied := p.at
	p.do(Replied{1})
	p.at = noon // the clock is set back
	p.do(Replied{1})
	if last := replied.Add(time.Minute); !p.b.RepliedSince(1, last) || p.b.RepliedSince(1, last.Add(1)) {
		t.Error("an earlier reply hides the latest")
	}
	p.refuses(Contacted{1, ""}, "a person and a way")
	p.refuses(Replied{0}, "has a person")
}

func TestOffice(t *testing.T) {
	p := newPen(t).do(SwitchedOn{"a", "1", "w", false})
	first := p.at
	p.do(SwitchedOn{"a", "2", "w", false}, Adopted{"a", "x"}, Trusted{"a", "automatic", "", "m"}, Trusted{"a", "each", "words", ""}, TakenOver{"m"},
		DateConfirmed{noon}, BrakeReleased{"a", 5, noon.Add(time.Hour), time.Time{}}, BrakeReleased{"a", 6, noon, first}, BrakeReleased{"a", 8, first.Add(10 * time.Minute), time.Time{}}, BrakeReleased{"a", 7, time.Time{}, time.Time{}})
	if s, at, ok := p.b.Switched("a"); !ok || s.Digest != "2" || !at.After(first) {
		t.Errorf("switched on as %+v at %s", s, at)
	}
	if at, ok := p.b.FirstSwitched("a"); !ok || !at.Equal(first) {
		t.Errorf("first switched on at %s", at)
	}
	if a, _, ok := p.b.Adoption("a"); !ok || a.Digest != "x" || p.b.Machine() != "m" || !p.b.DateConfirmed().Equal(noon) {
		t.Error("adoption, machine or date is not as given")
	}
	if on, known := p.b.TrustOf("a"); !known || on.Level != "each" || on.Why != "words" || !on.At.After(first) {
		t.Errorf("trusted as %+v", on)
	}
	if on, known := p.b.TrustOf("b"); known {
		t.Errorf("what nobody trusted is on record as %+v", on)
	}
	_, since, _ := p.b.Switched("a")
	if s, at, _ := p.do(SwitchedOn{"a", "2", "v", false}).b.Switched("a"); s.Words != "v" || !at.Equal(since) {
		t.Errorf("with other words it is switched on as %+v, anew at %s", s, at)
	}
	if r := p.b.Releases("a"); len(r) != 3 || r[0].Actions != 5 || r[1].Actions != 8 || r[2].Actions != 7 {
		t.Errorf("the releases are %+v", r)
	}
	for i := range 70 {
		p.do(RunRecorded{Logical: noon.Add(time.Duration(i) * time.Hour), Actions: map[string]int{"a/b": i}})
	}
	runs := p.b.Runs()
	if len(runs) != 60 || runs[0].Actions["a/b"] != 10 || runs[59].Actions["a/b"] != 69 {
		t.Errorf("%d runs are kept, from %+v", len(runs), runs[0])
	}
	runs[0].Actions["a/b"] = 99
	if p.b.Runs()[0].Actions["a/b"] == 99 {
		t.Error("a run read is the run kept")
	}
	p.do(HaltedAll{"r1"}, HaltedAll{"r2"}, Imported{Import: 1, Dataset: "members"})
	if why, on := p.b.Halted(); !on || why != "r2" {
		t.Errorf("stopped: %v, for %s", on, why)
	}
	p.refuses(Imported{Import: 1, Dataset: "donations"}, "an import of that number")
	p.refuses(ImportUndone{1, "donations"}, "no import")
	p.refuses(ImportUndone{2, "members"}, "no import")
	p.do(ImportUndone{1, "members"})
	p.refuses(ImportUndone{1, "members"}, "undone already")
	p.refuses(FactWithdrawn{"members", 1, "x"}, "no such fact")
	for _, c := range []Change{
		SwitchedOn{}, Adopted{}, Edited{}, Trusted{}, TakenOver{}, DateConfirmed{}, RunRecorded{}, Imported{}, FactRecorded{},
		BrakeReleased{Actions: -1},
	} {
		p.refuses(c, "")
	}
	err := p.b.Apply(Event{p.b.Seq() + 2, noon, "clarion", TakenOver{"m"}})
	if err == nil || !strings.Contains(err.Error(), "does not follow") {
		t.Errorf("a gap in the log gives %v", err)
	}
	if err := p.b.Apply(Event{p.b.Seq() + 1, time.Time{}, "clarion", TakenOver{"m"}}); err == nil {
		t.Error("an event at no moment was accepted")
	}
}
