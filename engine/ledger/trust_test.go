package ledger

import (
	"testing"
	"time"
)

// TestDecidedLetters counts what persons decide, as the package comment says.
func TestDecidedLetters(t *testing.T) {
	p := newPen(t).do(opened())
	proposed := int64(0)
	propose := func() int64 {
		proposed++
		p.do(letter("k"+string(rune(int64('a')+proposed)), sampleRef, action("letter-"+string(rune(int64('a')+proposed)), "members#17")))
		return proposed
	}
	check := func(after string, letters, batches int) {
		t.Helper()
		if d := p.b.DecidedOf(samplePlaybook); d.Letters != letters || d.Batches != batches {
			t.Errorf("after %s: %d letters in %d batches, want %d in %d", after, d.Letters, d.Batches, letters, batches)
		}
	}
	approve := func(auto bool) { p.do(MessageApproved{ID: propose(), Digest: "d1", Auto: auto}) }
	check("nothing", 0, 0)
	approve(false)
	check("a yes", 1, 1)
	approve(true)
	check("an approval by trust", 1, 1)
	one, two := propose(), propose()
	p.at = p.at.Add(time.Minute)
	for _, id := range []int64{one, two} {
		if err := p.b.Apply(Event{p.b.Seq() + 1, p.at, "officer", MessageApproved{ID: id, Digest: "d1"}}); err != nil {
			t.Fatal(err)
		}
	}
	check("two at one moment", 3, 2)
	p.do(MessageRejected{propose(), "r"})
	check("a letter struck out", 0, 0)
	approve(false)
	p.do(MessageRejected{one, "r"})
	check("a letter struck out after its yes", 0, 0)
	approve(false)
	p.do(MessageSuperseded{ID: propose(), Reason: "r"})
	check("a letter that nobody decided", 1, 1)
	p.do(Trusted{samplePlaybook, "batch", "earned", ""})
	check("trust that changed", 0, 0)
}

// TestWhatWasFoundWhileObserving: it is backlog once the playbook acts, and
// only then.
func TestWhatWasFoundWhileObserving(t *testing.T) {
	over, done := opened(), opened()
	over.Subject, done.Subject = 18, 19
	over.Case, done.Case = NewCaseKey(over.Playbook, over.Dataset, 18, over.Occasion), NewCaseKey(done.Playbook, done.Dataset, 19, done.Occasion)
	ours := CaseOpened{Case: NewCaseKey(samplePlaybook, "", 0, "2026"), Playbook: samplePlaybook, Occasion: "2026"}
	other := opened()
	other.Playbook = "other"
	other.Case = NewCaseKey("other", other.Dataset, other.Subject, other.Occasion)
	p := newPen(t).do(SwitchedOn{samplePlaybook, "c", "w", true}, opened(), over, done, ours, other,
		CaseClosed{over.Case, Over, ""}, CaseClosed{done.Case, Done, ""})
	backlog := func(want bool) {
		t.Helper()
		for key, held := range map[CaseKey]bool{sampleCase: want, over.Case: want, done.Case: false, ours.Case: false, other.Case: false} {
			if c, _ := p.b.Case(key); c.Backlog != held {
				t.Errorf("%s is backlog: %v, want %v", key, c.Backlog, held)
			}
		}
	}
	p.do(SwitchedOn{samplePlaybook, "c", "v", true})
	backlog(false)
	_, since, _ := p.b.Switched(samplePlaybook)
	p.do(SwitchedOn{samplePlaybook, "c", "x", false})
	backlog(true)
	if s, at, _ := p.b.Switched(samplePlaybook); s.Observes || !at.After(since) {
		t.Errorf("it acts since %s, and is %+v", at, s)
	}
	p.refuses(letter("k", sampleRef, action("letter", "members#17")), "backlog")
	p.do(BacklogApproved{samplePlaybook, []CaseKey{sampleCase}}, SwitchedOn{samplePlaybook, "d", "x", false})
	if c, _ := p.b.Case(sampleCase); c.Backlog {
		t.Error("an edit makes backlog of what was let act")
	}
}
