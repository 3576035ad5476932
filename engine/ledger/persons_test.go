package ledger

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/dataset"
)

func TestSayings(t *testing.T) {
	p := newPen(t)
	p.refuses(SaidSame{1, 0}, "have a number")
	p.refuses(SaidSame{1, 1}, "same record twice")
	p.refuses(SaidUndone{1, 2}, "nothing was said")
	p.do(SaidSame{2, 1}, SaidSame{2, 3}, SaidDifferent{4, 3})
	p.refuses(SaidSame{1, 3}, "one person already")
	p.refuses(SaidDifferent{1, 3}, "undo that first")
	p.refuses(SaidSame{1, 4}, "different people: undo that first")
	p.refuses(SaidDifferent{4, 1}, "already")
	p.refuses(SaidUndone{1, 3}, "nothing was said")
	if got := p.b.Numbers(2); !reflect.DeepEqual(got, []dataset.Ref{1, 2, 3}) || p.b.Person(3) != 1 || p.b.Person(4) != 4 {
		t.Errorf("2 stands for %v, 3 counts as %d", got, p.b.Person(3))
	}
	p.do(SaidUndone{1, 2})
	if p.b.Same(1, 2) || !p.b.Same(2, 3) || p.b.Apart(1, 4) || !p.b.Apart(2, 4) {
		t.Errorf("after the undoing stands %+v", p.b.Sayings())
	}
	p.do(Erased{3})
	if said := p.b.Sayings(); len(said) != 0 || p.b.Same(2, 3) {
		t.Errorf("of who was forgotten is still said %+v", said)
	}
	p.refuses(SaidSame{2, 3}, "erased")
}

// TestOnePersonSharesAll: what is laid on one number holds for all, what went to
// one counts for all, and neither once they are parted.
func TestOnePersonSharesAll(t *testing.T) {
	p := newPen(t).do(Suppressed{1, "", "marketing", ""}, Suppressed{1, "h1", "bounced", ""}, Contacted{1, "phone"}, Replied{1})
	shared := func(b *Book) [4]bool {
		return [4]bool{b.suppresses(2, "h2", "marketing"), b.suppresses(2, "h1", "service"), len(b.ContactsSince(2, "", noon)) == 1, b.RepliedSince(2, noon)}
	}
	alone := [4]bool{false, true, false, false} // the address does not work, whoever has it
	if got := shared(p.b); got != alone {
		t.Errorf("nobody has said anything: %v", got)
	}
	p.do(SaidSame{1, 2})
	if got := shared(p.b); got != [4]bool{true, true, true, true} {
		t.Errorf("one person: %v", got)
	}
	if p.b.suppresses(2, "h2", "service") {
		t.Error("that an address does not work says nothing of another")
	}
	p.do(SaidUndone{1, 2})
	if got := shared(p.b); got != alone {
		t.Errorf("parted again: %v", got)
	}
	p.do(SaidSame{1, 2}, Unsuppressed{2, "", "marketing", ""})
	if left := p.b.Suppression(1, ""); len(left) != 1 || left[0].Scope != "bounced" {
		t.Errorf("a wish that was lifted for one number stands for the other: %+v", left)
	}
}

// TestNothingGoesTwiceToOnePerson: what went to the old number is not claimed for
// the new one, whatever was approved.
func TestNothingGoesTwiceToOnePerson(t *testing.T) {
	of := func(ref dataset.Ref, addressee string) (CaseOpened, Action) {
		c := opened()
		c.Subject, c.Case = ref, NewCaseKey(samplePlaybook, "members", ref, c.Occasion)
		a := action("letter", addressee)
		a.Case, a.Key = c.Case, NewActionKey(c.Case, "letter", "", addressee, "")
		return c, a
	}
	c1, a1 := of(1, "members#1")
	c2, a2 := of(2, "members#2")
	p := newPen(t).do(c1, c2, letter("k1", 1, a1), letter("k2", 2, a2), MessageApproved{ID: 1, Digest: "d1"}, MessageApproved{ID: 2, Digest: "d1"},
		MessageClaimed{1, 1}, SaidSame{1, 2})
	p.refuses(MessageClaimed{2, 1}, "same person under another number")
	p.do(MessageSent{1, ""})
	p.refuses(MessageClaimed{2, 1}, "same person under another number")
	p.do(SaidUndone{1, 2}, MessageClaimed{2, 1})
}

func TestTwins(t *testing.T) {
	p := newPen(t).do(SaidSame{17, 3}, SaidSame{3, 40})
	c := Case{Playbook: samplePlaybook, Dataset: "members", Subject: 17, Occasion: "x"}
	key := func(subject dataset.Ref, element, addressee string) ActionKey {
		return NewActionKey(NewCaseKey(samplePlaybook, "members", subject, "x"), "s", element, addressee, "")
	}
	for _, x := range []struct {
		element, addressee string
		want               []ActionKey
	}{
		{"", "members#17", []ActionKey{key(3, "", "members#3"), key(40, "", "members#40")}},
		{"", "role:chair", []ActionKey{key(3, "", "role:chair"), key(40, "", "role:chair")}},
		{"members#17", "members#5", []ActionKey{key(3, "members#3", "members#5"), key(40, "members#40", "members#5")}},
	} {
		a := Action{Key: key(17, x.element, x.addressee), Step: "s", Element: x.element, Addressee: x.addressee}
		if got := p.b.Twins(c, a); !reflect.DeepEqual(got, x.want) {
			t.Errorf("%s %s has the twins %v, not %v", x.element, x.addressee, got, x.want)
		}
	}
	c.Subject = 5
	if got := p.b.Twins(c, Action{Key: key(5, "", "role:chair"), Step: "s", Addressee: "role:chair"}); len(got) != 0 {
		t.Errorf("who is alone has the twins %v", got)
	}
}

// TestUndoingRestores: after whatever was said, to say one thing more and to take
// it back leaves everybody with whom they were.
func TestUndoingRestores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := New()
		ref := rapid.Custom(func(t *rapid.T) dataset.Ref { return dataset.Ref(rapid.IntRange(1, 7).Draw(t, "ref")) })
		say := func(c Change) bool {
			return b.Apply(Event{b.Seq() + 1, noon, "officer", c}) == nil
		}
		for range rapid.IntRange(0, 12).Draw(t, "sayings") {
			one, other := ref.Draw(t, "one"), ref.Draw(t, "other")
			say(rapid.SampledFrom([]Change{SaidSame{one, other}, SaidSame{one, other}, SaidDifferent{one, other}, SaidUndone{one, other}}).Draw(t, "saying"))
		}
		who := func() (out [8][8][2]bool) {
			for x := range dataset.Ref(8) {
				for y := range dataset.Ref(8) {
					out[x][y] = [2]bool{b.Same(x, y), b.Apart(x, y)}
					if b.Same(x, y) && b.Apart(x, y) {
						t.Fatalf("%d and %d are one and two people: %+v", x, y, b.Sayings())
					}
				}
			}
			return out
		}
		before, said := who(), b.Sayings()
		one, other := ref.Draw(t, "one"), ref.Draw(t, "other")
		if say(rapid.SampledFrom([]Change{SaidSame{one, other}, SaidDifferent{one, other}}).Draw(t, "last")) && !say(SaidUndone{other, one}) {
			t.Fatal("what was said cannot be taken back")
		}
		if who() != before || !reflect.DeepEqual(b.Sayings(), said) {
			t.Fatalf("it is left with %+v, not with %+v", b.Sayings(), said)
		}
	})
}
