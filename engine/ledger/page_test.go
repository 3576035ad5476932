package ledger

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// noon is the moment at which the tests begin.
var noon = time.Date(2026, time.November, 2, 12, 0, 0, 0, time.UTC)

// A pen writes events into a Book, a minute apart.
type pen struct {
	t  testing.TB
	b  *Book
	at time.Time
}

func newPen(t testing.TB) *pen { return &pen{t: t, b: New(), at: noon} }

// try applies a change as the next event.
func (p *pen) try(c Change) error {
	p.at = p.at.Add(time.Minute)
	return p.b.Apply(Event{Seq: p.b.Seq() + 1, At: p.at, By: "clarion", Change: c})
}

// do applies changes that must be accepted.
func (p *pen) do(changes ...Change) *pen {
	p.t.Helper()
	for _, c := range changes {
		if err := p.try(c); err != nil {
			p.t.Fatal(err)
		}
	}
	return p
}

// together applies changes at one moment.
func (p *pen) together(changes ...Change) *pen {
	p.t.Helper()
	at := p.at.Add(time.Minute)
	for _, c := range changes {
		p.at = at.Add(-time.Minute)
		p.do(c)
	}
	return p
}

// refuses applies a change that must be refused with such a reason, and must
// leave the Book and what was touched as they were.
func (p *pen) refuses(c Change, why string) {
	p.t.Helper()
	before := p.b.Clone()
	err := p.try(c)
	var refused *Refused
	if !errors.As(err, &refused) {
		p.t.Fatalf("%#v was not refused but gave %v", c, err)
	}
	if !strings.Contains(refused.Why, why) {
		p.t.Errorf("%s was refused for %q, not for %q", refused.Change, refused.Why, why)
	}
	if !p.b.Equal(before) {
		p.t.Errorf("the refusal of %#v changed the book", c)
	}
}

// A sample case, an action of it, a letter that carries the action.
const (
	samplePlaybook = "arrears-chase"
	sampleRef      = dataset.Ref(17)
)

var sampleCase = NewCaseKey(samplePlaybook, "members", sampleRef, "2026-10-30")

func opened() CaseOpened {
	return CaseOpened{
		Case: sampleCase, Playbook: samplePlaybook, Dataset: "members", Subject: sampleRef,
		Occasion: "2026-10-30", Date: calendar.Date(20756), HasDate: true,
	}
}

func action(step, addressee string) Action {
	return Action{
		Key: NewActionKey(sampleCase, step, "", addressee, ""), Case: sampleCase,
		Step: step, Addressee: addressee, Due: noon,
	}
}

func letter(key string, person dataset.Ref, actions ...Action) MessageProposed {
	return MessageProposed{
		Message: Message{
			Key: key, Kind: Letter, Digest: "d1", Playbook: samplePlaybook, Approver: "membership_officer",
			Basis: "service", Person: person,
		},
		Actions: actions,
	}
}

// forTwo makes a message need two persons.
func forTwo(c MessageProposed) MessageProposed {
	c.Message.Two = true
	return c
}

func digest(key string, person dataset.Ref, actions ...Action) MessageProposed {
	m := letter(key, person, actions...)
	m.Message.Kind, m.Message.Basis, m.Message.Playbook = Digest, "officer", ""
	return m
}

func given(step string) TaskGiven {
	a := action(step, "role:membership_officer")
	return TaskGiven{Key: a.Key, Case: a.Case, Step: step, Addressee: a.Addressee, Due: noon}
}
