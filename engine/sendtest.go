package engine

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"os"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// A letter can be looked at in one's own mailbox before anybody gets it. Such a
// letter goes by the real way out, and to no address but an officer's own, which
// is looked up in the officers list and not typed. It is no contact with anybody:
// the ledger does not know of it, no budget counts it, and nothing in it ends or
// answers anything.

// A Specimen is a letter to look at.
type Specimen struct {
	Playbook, Step string
	Content        letter.Content
	Number         int64 // of the letter that waits or went, whose words these are; 0: about an invented person
}

// Own lists the addresses of those who hold a role today.
func (e *Engine) Own(ctx context.Context, role string) (out []plan.Officer, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.input(tx, e.Now())
		if err == nil {
			out = plan.Officers(in, role)
		}
		return err
	})
	return out, err
}

// SpecimenOf is a letter that waits or went, as it is.
func (e *Engine) SpecimenOf(p Pending) (Specimen, error) {
	if p.Kind != ledger.Letter {
		return Specimen{}, fmt.Errorf("message %d is an officer's digest, not a letter", p.ID)
	}
	return Specimen{Playbook: p.Playbook, Content: p.Content, Number: p.ID}, nil
}

// Specimens are the letters of a playbook about the invented people of its own
// tests, one of each step, in this constituency's words where it has its own.
// Without are the steps of which no test makes a letter.
func (e *Engine) Specimens(ctx context.Context, name string) (out []Specimen, without []string, err error) {
	own, err := playbook.Load(e.Library, os.DirFS(e.Folder)) // playing a test changes the set
	if err != nil {
		return nil, nil, fmt.Errorf("loading the playbooks: %w", err)
	}
	pb := own.Playbook(name)
	if pb == nil {
		return nil, nil, fmt.Errorf("there is no playbook %s that is switched on here: clarion playbooks lists them", dataset.Plain(name))
	}
	tests, err := e.specimenTests(ctx, name)
	if err != nil {
		return nil, nil, err
	}
	found := map[string]letter.Content{}
	keep := func(some []plan.Specimen) {
		for _, s := range some {
			if _, have := found[s.Step]; !have {
				found[s.Step] = s.Content
			}
		}
	}
	for _, t := range tests {
		keep(plan.Specimens(t, own))
	}
	for _, t := range tests { // in the library's words, what ours did not come to
		t.Set.Constituency.Name, t.Set.Constituency.Imprint = own.Constituency.Name, own.Constituency.Imprint
		keep(plan.Specimens(t, nil))
	}
	for _, s := range pb.Steps {
		if s.Kind != playbook.Email || s.Off {
			continue
		}
		if c, ok := found[s.ID]; ok {
			out = append(out, Specimen{Playbook: name, Step: s.ID, Content: c})
		} else {
			without = append(without, s.ID)
		}
	}
	return out, without, nil
}

// Tested is what became of a specimen.
type Tested struct {
	Specimen
	letter.Outcome
}

// SendTest sends specimens to an officer, and to nobody else.
func (e *Engine) SendTest(ctx context.Context, role, to string, letters []Specimen) ([]Tested, error) {
	who, sender, err := e.ownWay(ctx, role, to)
	if err != nil {
		return nil, err
	}
	defer sender.Close()
	var out []Tested
	for _, s := range letters {
		o, err := e.test(ctx, s, who)
		if err != nil {
			return out, err
		}
		outcome := sender.Send(ctx, o)
		out = append(out, Tested{s, outcome})
		if outcome.Kind == letter.NotTried || outcome.Kind == letter.Unknown {
			return out, nil // the next would fare no better
		}
	}
	return out, nil
}

// ownWay opens the way out for a test to an officer, and to nobody else: the
// address must be one that a holder of the role has today.
func (e *Engine) ownWay(ctx context.Context, role, to string) (plan.Officer, Sender, error) {
	holders, err := e.Own(ctx, role)
	if err != nil {
		return plan.Officer{}, nil, err
	}
	i := slices.IndexFunc(holders, func(o plan.Officer) bool { return strings.EqualFold(o.Email, to) })
	if i < 0 {
		return plan.Officer{}, nil, errors.New("a test goes only to the address of who holds the role, as the officers list has it")
	}
	if why, err := e.Barred(ctx); err != nil || why != "" {
		if err == nil {
			err = errors.New("nothing goes now: " + why)
		}
		return plan.Officer{}, nil, err
	}
	sender, err := e.Sender(ctx, e.set.Constituency)
	return holders[i], sender, err
}

// test makes the message of a specimen: everything that leads to somebody else
// is taken off it.
func (e *Engine) test(ctx context.Context, s Specimen, to plan.Officer) (letter.Outgoing, error) {
	c := s.Content
	whom := "an invented person"
	if s.Number != 0 {
		whom = dataset.Plain(c.ToName)
	}
	note := "This is a test, and nobody else has it. The letter is written to " + whom + "."
	if lost := len(c.Attachments); s.Number == 0 && lost > 0 {
		note += " What it attaches is left out."
		c.Attachments = nil
	}
	c.From = e.set.Constituency.Mail.From
	if c.From == "" {
		c.From = to.Email
	}
	c.To, c.ToName, c.ReplyTo = to.Email, to.Name, to.Email
	c.Subject = "[Test] " + c.Subject
	c.Text = note + "\n\n" + c.Text
	c.HTML = letter.Above(c.HTML, html.EscapeString(note))
	o, err := e.aside(c)
	if err != nil {
		return o, err
	}
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		for _, a := range c.Attachments {
			body, _, err := tx.File(a.SHA256)
			if err != nil {
				return fmt.Errorf("finding the attachment %s: %w", dataset.Plain(a.Name), err)
			}
			o.Files[a.SHA256] = body
		}
		return nil
	})
	return o, err
}

// aside is a message that we send to ourselves and the ledger does not know of.
// Its reference is like all others and is nobody's.
func (e *Engine) aside(c letter.Content) (letter.Outgoing, error) {
	id := make([]byte, 16)
	if _, err := rand.Read(id); err != nil {
		return letter.Outgoing{}, fmt.Errorf("making a reference: %w", err)
	}
	ref := hex.EncodeToString(id)
	ref = ref[:8] + "-" + ref[8:20] + "-" + ref[20:32]
	return letter.Outgoing{Ref: ref, MessageID: "<" + letter.MessageID(ref, c.From) + ">", Date: e.Now().In(e.Clock().Zone), Content: c, Files: map[string][]byte{}}, nil
}
