package ledger

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// unasked says which message came further than the yes that it has allows.
func unasked(b *Book) string {
	for _, m := range b.Messages() {
		if m.State == Proposed && (m.Yes != (Yes{}) || m.Auto || !m.Until.IsZero()) {
			return fmt.Sprintf("message %d is proposed and has a yes", m.ID)
		}
		if m.Two && m.Yes != (Yes{}) && (m.First.By == "" || m.First.By == m.Yes.By || m.First.Person != 0 && m.First.Person == m.Yes.Person) {
			return fmt.Sprintf("message %d needs two persons and has %+v and %+v", m.ID, m.First, m.Yes)
		}
		if m.Attempts == 0 {
			continue
		}
		switch {
		case m.Auto == (m.Yes != (Yes{})):
			return fmt.Sprintf("message %d went by trust: %v, by %+v", m.ID, m.Auto, m.Yes)
		case m.Two && m.Auto:
			return fmt.Sprintf("message %d needs two persons and went by trust", m.ID)
		case m.At.Before(m.Until):
			return fmt.Sprintf("message %d was claimed within its undo window", m.ID)
		}
	}
	for _, p := range b.SavedPlans() {
		var letters []Message
		for _, id := range p.Letters {
			m, _ := b.Message(id)
			letters = append(letters, m)
		}
		if PlanDigest(p.Number, letters) != p.Digest || p.Expired && b.Last().Before(p.Expires) {
			return fmt.Sprintf("plan %d is not what was saved", p.Number)
		}
	}
	return ""
}

// as makes a change in a role.
func (p *pen) as(by string, c Change) error {
	p.at = p.at.Add(time.Minute)
	return p.b.Apply(Event{Seq: p.b.Seq() + 1, At: p.at, By: by, Change: c})
}

// TestTwoPersons: of a letter that needs two, one yes is none, and neither trust,
// the same role again nor the same person in another role is the second.
func TestTwoPersons(t *testing.T) {
	yes := func(person int64) MessageApproved {
		return MessageApproved{ID: 1, Digest: "d1", Person: dataset.Ref(person)}
	}
	for _, c := range []struct {
		name        string
		first       int64 // person
		by          string
		second      MessageApproved
		want        string // of a refusal
		none, twins bool   // no first yes; two numbers are one person
	}{
		{"another role and person", 40, "chair", yes(41), "", false, false},
		{"another role, at the computer", 0, "chair", yes(0), "", false, false},
		{"nobody said the first", 40, "chair", yes(41), "has none", true, false},
		{"the same role", 40, "secretary", yes(41), "another role's", false, false},
		{"the same person", 40, "chair", yes(40), "another person's", false, false},
		{"the same person under another number", 40, "chair", yes(41), "another person's", false, true},
		{"trust", 40, "clarion", MessageApproved{ID: 1, Digest: "d1", Auto: true}, "trust is none", false, false},
		{"other words", 40, "chair", MessageApproved{ID: 1, Digest: "d2", Person: 41}, "not those", false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPen(t).do(opened(), forTwo(letter("k", sampleRef, action("letter", "members#17"))))
			if c.twins {
				p.do(SaidSame{40, 41})
			}
			if !c.none {
				if err := p.as("secretary", MessageGotYes{ID: 1, Digest: "d1", Person: dataset.Ref(c.first), Via: "console"}); err != nil {
					t.Fatal(err)
				}
				if m, _ := p.b.Message(1); m.State != Proposed || m.First.By != "secretary" || m.First.Person != dataset.Ref(c.first) || m.First.Via != "console" {
					t.Fatalf("after the first yes: %+v", m)
				}
				p.refuses(MessageGotYes{ID: 1, Digest: "d1", Person: 50}, "already")
				p.refuses(MessageClaimed{1, 1}, "proposed")
			}
			err := p.as(c.by, c.second)
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Fatalf("the second yes: %v, want %q", err, c.want)
			}
			if m, _ := p.b.Message(1); c.want == "" && (m.State != Approved || m.Yes.By != c.by || m.Auto) {
				t.Errorf("after both: %+v", m)
			}
		})
	}
	p := newPen(t).do(opened(), letter("k", sampleRef, action("letter", "members#17")))
	p.refuses(MessageGotYes{ID: 1, Digest: "d1"}, "one person only")
	p.refuses(MessageApproved{ID: 1, Digest: "d1", Via: "pigeon"}, "terminal, console, mail or link")
	p.refuses(MessageApproved{ID: 1, Digest: "d1", Auto: true, Person: 40}, "no person")
	p.refuses(MessageApproved{ID: 1, Digest: "d1", Plan: 4}, "no saved plan")
	officers := forTwo(letter("o", sampleRef, action("officers", "members#17"))) // a playbook for officers may write to members, too
	officers.Message.Basis = basisOfficer
	newPen(t).do(opened(), officers)
	p.refuses(forTwo(digest("t", 1, action("phone", "role:chair"))), "letter to a person")
}

// TestTwoYesesTable holds the table of the package comment against a Book.
func TestTwoYesesTable(t *testing.T) {
	state := func(p *pen) string {
		switch m, _ := p.b.Message(1); {
		case m.State == Approved:
			return "appr"
		case m.First != (Yes{}):
			return "first"
		}
		return "prop"
	}
	first, second := MessageGotYes{ID: 1, Digest: "d1", Person: 40}, MessageApproved{ID: 1, Digest: "d1", Person: 41}
	same := second
	same.Person = 40
	var out strings.Builder
	fmt.Fprintf(&out, "//\t%-30s %-8s %-8s %s", "of a message that needs two", "prop", "first", "appr")
	for _, row := range []struct {
		name, by string
		c        Change
	}{
		{"MessageGotYes", "treasurer", first}, {"MessageApproved, another's", "chair", second},
		{"... the same role's", "secretary", second}, {"... the same person's", "chair", same},
		{"... by trust", "clarion", MessageApproved{ID: 1, Digest: "d1", Auto: true}},
	} {
		fmt.Fprintf(&out, "\n//\t%-30s", row.name)
		for way := range 3 {
			p := newPen(t).do(opened(), forTwo(letter("k", sampleRef, action("letter", "members#17"))))
			for i, c := range []Change{first, second}[:way] {
				if err := p.as([]string{"secretary", "chair"}[i], c); err != nil {
					t.Fatal(err)
				}
			}
			cell := "."
			if p.as(row.by, row.c) == nil {
				cell = state(p)
			}
			fmt.Fprintf(&out, " %-8s", cell)
		}
	}
	source, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.SplitSeq(out.String(), "\n") {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	if table := strings.Join(lines, "\n"); !strings.Contains(string(source), table+"\n") {
		t.Errorf("the two yeses are not as doc.go says; they are:\n%s", table)
	}
}

// TestUndoWindow: nothing is claimed before its yes can no longer be taken back,
// whatever else moves, and until then it can be.
func TestUndoWindow(t *testing.T) {
	p := newPen(t).do(opened(), letter("k", sampleRef, action("letter", "members#17")))
	until := p.at.Add(15 * time.Minute)
	p.refuses(MessageApproved{ID: 1, Digest: "d1", Until: p.at.Add(-time.Hour)}, "before it begins")
	p.do(MessageApproved{ID: 1, Digest: "d1", Until: until})
	m, _ := p.b.Message(1)
	if !m.Earliest().Equal(until) {
		t.Errorf("it goes at %s, not from %s on", m.Earliest(), until)
	}
	p.refuses(MessageClaimed{1, 1}, "taken back")
	p.do(MessageRetimed{ID: 1, NotBefore: noon, Expires: until.Add(time.Hour)})
	p.refuses(MessageClaimed{1, 1}, "taken back")
	b := p.b.Clone()
	if err := b.Apply(Event{b.Seq() + 1, until.Add(-time.Microsecond), "chair", MessageRejected{ID: 1}}); err != nil {
		t.Errorf("it cannot be taken back: %v", err)
	}
	p.at = until.Add(-time.Minute)
	p.do(MessageClaimed{1, 1})

	p = newPen(t).do(opened(), letter("k", sampleRef, action("letter", "members#17")), MessageRetimed{ID: 1, Expires: noon.Add(10 * time.Minute)})
	p.refuses(MessageApproved{ID: 1, Digest: "d1", Until: noon.Add(11 * time.Minute)}, "too late")
}

// TestSavedPlans: a plan is the letters that waited, by their digests; it is
// named by a yes until it expires, and expires once, and late.
func TestSavedPlans(t *testing.T) {
	p := newPen(t).do(opened())
	for i := range 3 {
		c := letter(fmt.Sprint("k", i), sampleRef, action(fmt.Sprint("letter", i), "members#17"))
		c.Message.Digest = fmt.Sprint("d", i)
		p.do(c)
	}
	plan := func(ids ...int64) PlanSaved {
		var ms []Message
		for _, id := range ids {
			ms = append(ms, Message{Digest: fmt.Sprint("d", id-1)})
		}
		n := p.b.NextPlan()
		return PlanSaved{Plan: n, Digest: PlanDigest(n, ms), Letters: ids, Expires: p.at.Add(time.Hour)}
	}
	if plan(1, 2).Digest == plan(2, 1).Digest || PlanDigest(1, nil) == PlanDigest(2, nil) {
		t.Error("the order, or the number, is no part of the digest")
	}
	ahead := plan(1)
	ahead.Plan++
	p.refuses(ahead, "does not follow")
	wrong := plan(1, 2)
	wrong.Letters = []int64{1, 3}
	p.refuses(wrong, "not that of the letters")
	p.refuses(PlanSaved{Plan: 1, Digest: PlanDigest(1, nil), Expires: p.at.Add(time.Hour)}, "has letters")
	p.refuses(plan(1, 1), "twice")
	p.do(plan(1, 2, 3), MessageApproved{ID: 1, Digest: "d0", Plan: 1})
	p.do(plan(2, 3))
	p.refuses(plan(1, 2), "approved")
	if open := p.b.OpenPlans(); len(open) != 2 || open[1].Number != 2 || !slices.Equal(open[1].Letters, []int64{2, 3}) {
		t.Fatalf("open: %+v", open)
	}
	p.refuses(PlanExpired{1}, "not reached its end")
	p.refuses(PlanExpired{3}, "no saved plan")
	p.at = p.at.Add(2 * time.Hour)
	p.refuses(MessageApproved{ID: 2, Digest: "d1", Plan: 1}, "past its end")
	p.do(PlanExpired{1})
	p.refuses(PlanExpired{1}, "already")
	p.refuses(MessageApproved{ID: 2, Digest: "d1", Plan: 1}, "expired")
	p.do(MessageApproved{ID: 2, Digest: "d1"}, MessageRejected{ID: 3})
	p.refuses(PlanExpired{2}, "decided")
	if open := p.b.OpenPlans(); len(open) != 0 {
		t.Errorf("open after all: %+v", open)
	}
	p.do(letter("more", sampleRef, action("more", "members#17")))
	for range 3 * keptPlans {
		again := PlanSaved{Plan: p.b.NextPlan(), Letters: []int64{4}, Expires: p.at.Add(time.Hour)}
		again.Digest = PlanDigest(again.Plan, []Message{{Digest: "d1"}})
		p.do(again)
	}
	if all := p.b.SavedPlans(); len(all) < 3*keptPlans {
		t.Errorf("%d plans are kept, and %d are open", len(all), 3*keptPlans)
	}
	last := p.b.NextPlan()
	p.do(MessageRejected{ID: 4}, letter("last", sampleRef, action("last", "members#17")),
		PlanSaved{Plan: last, Digest: PlanDigest(last, []Message{{Digest: "d1"}}), Letters: []int64{5}, Expires: p.at.Add(time.Hour)})
	if all := p.b.SavedPlans(); len(all) != keptPlans || all[len(all)-1].Number != 2+3*keptPlans+1 {
		t.Errorf("%d plans are kept, the last is %d", len(all), all[len(all)-1].Number)
	}
}
