package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// letting is a letter to a member, one to a role, and a task with a reminder.
var letting = atOnce + `  - email: note
    to: secretary
    subject: Somebody is in arrears
  - task: ring
    to: membership_officer
    subject: Ring her
    due: 7 days after given
    chase: {3 days before: membership_officer}
`

// observer is a bench whose playbook nobody has trusted with anything.
func observer(t *testing.T) *bench {
	b := newBench(t, "2026-03-02", "", map[string]string{"arrears.yaml": letting, "arrears/ask.md": "Hello.\n", "arrears/note.md": "See.\n", "arrears/ring.md": "Ring.\n"})
	b.book = ledger.New()
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	return b
}

const al = row("key: A2; name: Al; email: al@example.org; status: arrears; arrears_since: 2026-03-05")

// TestTrustStartsAtObserve: nothing leaves, neither letters nor tasks, and the
// plan shows all of it.
func TestTrustStartsAtObserve(t *testing.T) {
	b := observer(t)
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	p := b.propose()
	if len(p.Messages) > 0 || len(b.book.Tasks()) > 0 {
		t.Errorf("%d messages and %d tasks of a playbook that only observes", len(p.Messages), len(b.book.Tasks()))
	}
	shown := map[string]string{}
	for _, l := range p.Lines {
		if l.Verb == plan.Observed {
			shown[l.Step] = l.Why
		}
	}
	if len(shown) != 3 || shown["ask"] != "status arrears, arrears since 1 March 2026" {
		t.Errorf("the plan shows %v", shown)
	}
	if got := hold(p, "observe"); !strings.Contains(got, "nothing of it leaves: 3 things are due") {
		t.Errorf("the plan says %q", got)
	}
	if len(b.book.Cases()) != 1 || p.Counts["arrears"].Observed != 3 {
		t.Errorf("%d cases are open, %d lines are counted", len(b.book.Cases()), p.Counts["arrears"].Observed)
	}
	if p = b.propose(); len(p.Changes) > 0 {
		t.Errorf("planned again, it changes %v", p.Changes)
	}
	b.on("2026-09-01") // long after everything was worth sending
	b.apply("secretary", ledger.DateConfirmed{Now: b.now})
	for _, c := range b.propose().Changes {
		if _, ok := c.(ledger.ActionClosed); ok {
			t.Errorf("what it did not do is held against it: %+v", c)
		}
	}
}

// TestTrustRaisedIsSwitchingOn: what was found while the playbook observed is
// backlog, and what comes after acts.
func TestTrustRaisedIsSwitchingOn(t *testing.T) {
	for _, by := range []string{"a person", "the files"} {
		t.Run(by, func(t *testing.T) {
			b := observer(t)
			if by == "the files" {
				b.set.Playbooks[0].Trust = playbook.Observe
				b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "automatic"})
			}
			b.on("2026-03-03")
			b.list("members", inArrears("2026-03-01"))
			b.expect("2026-03-03", "")
			b.on("2026-03-04")
			b.set.Playbooks[0].Trust = playbook.Automatic
			b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "automatic"})
			if p := plan.Compute(b.input()); len(letters(p)) > 0 || !strings.Contains(hold(p, "backlog"), "1 case held already") {
				t.Errorf("raised, it writes %d letters; the plan says %q", len(letters(p)), hold(p, "backlog"))
			}
			b.expect("2026-03-04", "told mel@example.org")
			b.expect("2026-03-05", "")
			b.on("2026-03-06")
			b.list("members", inArrears("2026-03-01"), al)
			b.expect("2026-03-06", "ask to al@example.org, note to sec@example.org, told mel@example.org")
			b.apply("secretary", ledger.BacklogApproved{Playbook: "arrears", Cases: []ledger.CaseKey{b.book.Cases()[0].Key}})
			b.expect("2026-03-07", "ask to jo@example.org, note to sec@example.org")
		})
	}
}

// TestObservingFallsSilent: set back to observe, what was given stands, and
// nobody hears of it before the playbook acts again.
func TestObservingFallsSilent(t *testing.T) {
	b := observer(t)
	b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "automatic"})
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.propose()
	b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "observe"})
	b.expect("2026-03-03", "")
	for day := 4; day <= 12; day++ { // the reminder's day, and the due day
		b.expect(fmt.Sprintf("2026-03-%02d", day), "")
	}
	if ts := b.book.Tasks(); len(ts) != 1 || ts[0].State != ledger.TaskOverdue {
		t.Errorf("the tasks are %+v", ts)
	}
	b.on("2026-03-13")
	b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "automatic"})
	b.expect("2026-03-13", "told mel@example.org")
}

// decided writes letters that a person approved into the Book, and sends them:
// so many at each of so many moments of a day. Those named bounce.
func (b *bench) decided(moments, each int, bounced ...int) {
	b.t.Helper()
	n := len(b.book.Messages())
	for range moments {
		b.now = b.now.Add(time.Second)
		var ids []int64
		for range each {
			n++
			key := ledger.NewCaseKey("arrears", "members", dataset.Ref(1000+n), "x")
			act := ledger.Action{Key: ledger.NewActionKey(key, "ask", "", "members#1", ""), Case: key, Step: "ask", Addressee: "members#1", Due: b.now}
			b.apply("clarion", ledger.CaseOpened{Case: key, Playbook: "arrears", Dataset: "members", Subject: dataset.Ref(1000 + n), Occasion: "x"},
				ledger.MessageProposed{Message: ledger.Message{Key: string(act.Key), Kind: ledger.Letter, Digest: "d", Playbook: "arrears", Basis: "service",
					Person: dataset.Ref(1000 + n), Address: fmt.Sprint("h", n)}, Actions: []ledger.Action{act}})
			ids = append(ids, int64(n))
		}
		for _, id := range ids {
			b.apply("membership_officer", ledger.MessageApproved{ID: id, Digest: "d"})
		}
		for _, id := range ids {
			b.apply("clarion", ledger.MessageClaimed{ID: id, Fence: 1}, ledger.MessageSent{ID: id, Proof: "p"})
		}
	}
	for _, id := range bounced {
		b.apply("clarion", ledger.MessageBounced{ID: int64(id), Code: 550, Why: "no such user"})
	}
}

// reject strikes a letter out.
func (b *bench) reject() {
	b.t.Helper()
	n := len(b.book.Messages()) + 1
	key := ledger.NewCaseKey("arrears", "members", dataset.Ref(1000+n), "x")
	act := ledger.Action{Key: ledger.NewActionKey(key, "ask", "", "members#1", ""), Case: key, Step: "ask", Addressee: "members#1", Due: b.now}
	b.apply("clarion", ledger.CaseOpened{Case: key, Playbook: "arrears", Dataset: "members", Subject: dataset.Ref(1000 + n), Occasion: "x"},
		ledger.MessageProposed{Message: ledger.Message{Key: string(act.Key), Kind: ledger.Letter, Digest: "d", Playbook: "arrears", Basis: "service", Person: dataset.Ref(1000 + n)}, Actions: []ledger.Action{act}})
	b.apply("membership_officer", ledger.MessageRejected{ID: int64(n), Reason: "r"})
}

func TestTrustIsEarned(t *testing.T) {
	const batch, automatic = "arrears batch earned", "arrears automatic earned"
	for _, c := range []struct {
		name     string
		settings string
		files    playbook.Trust
		level    string
		life     func(b *bench)
		want     string
	}{
		{"nine", "", playbook.Automatic, "each", func(b *bench) { b.decided(9, 1) }, ""},
		{"ten", "", playbook.Automatic, "each", func(b *bench) { b.decided(10, 1) }, batch},
		{"ten at one moment", "", playbook.Automatic, "each", func(b *bench) { b.decided(1, 10) }, batch},
		{"ten, where the files allow no more", "", playbook.Each, "each", func(b *bench) { b.decided(10, 1) }, ""},
		{"ten, where the files allow less than is on record", "", playbook.Each, "batch", func(b *bench) { b.decided(10, 1) }, ""},
		{"ten, and one struck out among them", "", playbook.Automatic, "each", func(b *bench) { b.decided(5, 1); b.reject(); b.decided(9, 1) }, ""},
		{"ten after one struck out", "", playbook.Automatic, "each", func(b *bench) { b.reject(); b.decided(10, 1) }, batch},
		{"ten letters of a batch", "", playbook.Automatic, "batch", func(b *bench) { b.decided(1, 10) }, ""},
		{"nine batches", "", playbook.Automatic, "batch", func(b *bench) { b.decided(9, 2) }, ""},
		{"ten batches", "", playbook.Automatic, "batch", func(b *bench) { b.decided(10, 2) }, automatic},
		{"ten batches, where the files allow no more", "", playbook.Batch, "batch", func(b *bench) { b.decided(10, 2) }, ""},
		{"any number, all by itself", "", playbook.Automatic, "automatic", func(b *bench) { b.decided(20, 1) }, ""},
		{"any number while it observes", "", playbook.Automatic, "observe", func(b *bench) { b.decided(20, 1) }, ""},
		{"five per cent come back", "", playbook.Automatic, "each", func(b *bench) { b.decided(20, 1, 7) }, batch},
		{"more than five per cent come back", "", playbook.Automatic, "each", func(b *bench) { b.decided(19, 1, 7) }, ""},
		{"they came back of letters 13 days ago", "", playbook.Automatic, "each", func(b *bench) { b.decided(10, 1, 7); b.on("2026-03-16"); b.decided(1, 1) }, ""},
		{"they came back of letters 14 days ago", "", playbook.Automatic, "each", func(b *bench) { b.decided(10, 1, 7); b.on("2026-03-17"); b.decided(1, 1) }, batch},
		{"three of twenty come back of one that goes by itself", "", playbook.Automatic, "automatic", func(b *bench) { b.decided(20, 1, 5, 6, 7) }, "arrears each bounces"},
		{"three of twenty come back of one trusted with batches", "", playbook.Automatic, "batch", func(b *bench) { b.decided(20, 1, 5, 6, 7) }, "arrears each bounces"},
		{"two come back, which is no verdict", "", playbook.Automatic, "automatic", func(b *bench) { b.decided(20, 1, 5, 6) }, ""},
		{"three of sixty come back", "", playbook.Automatic, "automatic", func(b *bench) { b.decided(60, 1, 5, 6, 7) }, ""},
		{"three came back of letters 13 days ago", "", playbook.Automatic, "automatic", func(b *bench) { b.decided(20, 1, 5, 6, 7); b.on("2026-03-16") }, "arrears each bounces"},
		{"three came back of letters 14 days ago", "", playbook.Automatic, "automatic", func(b *bench) { b.decided(20, 1, 5, 6, 7); b.on("2026-03-17") }, ""},
		{"three came back, and a person gave the trust again", "", playbook.Automatic, "automatic", func(b *bench) {
			b.decided(20, 1, 5, 6, 7)
			b.now = b.now.Add(time.Minute)
			b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "automatic"})
		}, ""},
		{"twelve are asked for here, and there are eleven", "trust: {decisions: 12}\n", playbook.Automatic, "each", func(b *bench) { b.decided(11, 1) }, ""},
		{"twelve are asked for here, and there are twelve", "trust: {decisions: 12, bounces: 10 percent, days: 7}\n", playbook.Automatic, "each", func(b *bench) { b.decided(12, 1, 3) }, batch},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := ask(t, "2026-03-02", c.settings, atOnce, "Hello.\n")
			b.list("members", jo+"active")
			b.run()
			b.set.Playbooks[0].Trust = c.files
			b.on("2026-03-03")
			b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: c.level})
			c.life(b)
			if got := trusted(plan.Compute(b.input()).Changes); got != c.want {
				r := plan.TrustIn(b.set.Playbooks[0], b.set.Constituency, b.book, b.now).Ramp
				t.Errorf("on record came %q, want %q: %+v", got, c.want, r)
			}
		})
	}
}

// TestTrustThatIsEarnedIsTold: once, in the approver's digest; it holds from the
// next look on, and what was asked for by then is still asked for.
func TestTrustThatIsEarnedIsTold(t *testing.T) {
	b := ask(t, "2026-03-02", "", atOnce, "Hello.\n")
	b.list("members", jo+"active")
	b.run()
	b.on("2026-03-03")
	b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "batch"})
	b.decided(10, 1)
	b.list("members", inArrears("2026-03-01"))
	p := b.propose()
	if len(letters(p)) != 1 || release(p) != 0 {
		t.Errorf("%d letters, and %d go by themselves before anybody has heard of it", len(letters(p)), release(p))
	}
	told := ""
	for _, m := range p.Messages {
		if m.Kind == ledger.Digest {
			told = strings.Join(strings.Fields(m.Content.Text), " ")
		}
	}
	if !strings.Contains(told, "it is trusted with more (automatic)") || !strings.Contains(told, "clarion trust arrears batch") || line(p, plan.Tells) != "earned: automatic" {
		t.Errorf("the officer reads:\n%s\nand the plan says %q", told, line(p, plan.Tells))
	}
	if p = b.propose(); len(p.Changes) > 0 || release(p) != 0 {
		t.Errorf("planned again, it changes %v", p.Changes)
	}
	b.expect("2026-03-04", "ask to jo@example.org") // and the digest, which asked for that too, is written anew
	b.expect("2026-03-05", "told mel@example.org")
	b.on("2026-03-06")
	b.list("members", inArrears("2026-03-01"), al)
	p = b.propose()
	if release(p) != 1 || line(p, plan.Tells) != "" {
		t.Errorf("%d letters go by themselves; the plan says %q", release(p), line(p, plan.Tells))
	}
}

// TestTrustFallsBeforeItIsEarned: at each, a brake, a complaint or other words
// begin the count anew.
func TestTrustFallsBeforeItIsEarned(t *testing.T) {
	b := ask(t, "2026-03-02", "", atOnce, "Hello.\n")
	b.list("members", jo+"active")
	b.run()
	b.apply("secretary", ledger.Trusted{Playbook: "arrears", Level: "each"})
	b.on("2026-03-03")
	b.decided(9, 1)
	b.reworded(t, atOnce, "Hullo.\n")
	if got := trusted(b.propose().Changes); got != "arrears each words" {
		t.Errorf("on record came %q", got)
	}
	b.decided(9, 1)
	if got := trusted(b.propose().Changes); got != "" {
		t.Errorf("nine letters in other words and nine in these earn %q", got)
	}
	b.decided(1, 1)
	if got := trusted(b.propose().Changes); got != "arrears batch earned" {
		t.Errorf("ten letters in these words earn %q", got)
	}
}
