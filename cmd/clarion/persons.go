package main

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

type peopleCmd struct {
	List      peopleListCmd      `cmd:"" default:"withargs" help:"List the records that may be of one person, with the reasons."`
	Same      peopleSameCmd      `cmd:"" help:"Say that one person stands behind two records: from then on they count as one."`
	Different peopleDifferentCmd `cmd:"" help:"Say that two records are of two people: they are proposed no more."`
	Undo      peopleUndoCmd      `cmd:"" help:"Take back what was said of two records."`
}

type peopleListCmd struct {
	Said bool `help:"List what was said so far."`
}

func (*peopleListCmd) Help() string {
	return examples(`clarion people --as membership_officer`, `clarion people --said --as membership_officer`)
}

func (c *peopleListCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	pairs, said, err := o.People(s.ctx)
	if err != nil {
		return err
	}
	private := 0
	why := o.MaySeePeople(s.As)
	if why != "" { // that there is something may be known, and no more
		private, pairs, said = len(pairs), nil, nil
	}
	if s.JSON {
		return s.out.json(object{"pairs": each(pairs, likenessView), "private": private,
			"said": each(said, func(x engine.Saying) object { return sayingView(o, x) })})
	}
	switch {
	case why != "":
		s.out.say("%s may be of one person: %s.", plural(private, "pair of records", "pairs of records"), why)
	case c.Said:
		s.printSaid(o, said)
	case len(pairs) == 0:
		s.out.say("Nobody seems to be on the lists twice. What was said before: clarion people --said")
	default:
		s.printPairs(pairs)
	}
	return nil
}

// printPairs lists who may be one person.
func (s *session) printPairs(pairs []dataset.Likeness) {
	s.out.say("%s may be of one person. Nothing is joined before you say so:", plural(len(pairs), "pair of records", "pairs of records"))
	for _, l := range pairs {
		a, b := recordName(l.One.Dataset, l.One.Key), recordName(l.Other.Dataset, l.Other.Key)
		s.out.say("\n  %s: %s, and %s", s.out.paint("1", l.Strength), likened(l.One), likened(l.Other))
		s.out.note("    ", "%s", strings.Join(l.Why, ", "))
		s.out.note("    ", "clarion people same %s %s", shell(a), shell(b))
	}
	s.out.say("")
	s.out.note("", "If they are two people, say different in the place of same, and they are proposed no more. Either can be taken back with undo.")
}

// likened says which record it is, for people.
func likened(l dataset.Likened) string {
	text := dataset.Plain(l.Name) + " (" + recordName(l.Dataset, l.Key)
	if l.Former {
		text += ", no longer on the list"
	}
	if l.More > 0 {
		text += fmt.Sprintf(", and %d more like it", l.More)
	}
	return text + ")"
}

// recordName is how people name a record: a member by the number alone.
func recordName(name, key string) string {
	if name == "members" {
		return dataset.Plain(key)
	}
	return name + "/" + dataset.Plain(key)
}

// printSaid lists what was said of records.
func (s *session) printSaid(o *office, said []engine.Saying) {
	if len(said) == 0 {
		s.out.say("Nothing was said of anybody yet.")
		return
	}
	for _, x := range said {
		is := "is not"
		if x.Same {
			is = "is"
		}
		s.out.say("%s %s %s: said on %s", persona(x.One), is, persona(x.Other), o.Clock().Day(x.At).Words())
	}
	s.out.say("To take one back: clarion people undo ONE OTHER")
}

func persona(p engine.Persona) string {
	if p.Key == "" {
		return "somebody who was forgotten"
	}
	if p.Name == "" {
		return recordName(p.Dataset, p.Key)
	}
	return dataset.Plain(p.Name) + " (" + recordName(p.Dataset, p.Key) + ")"
}

// pairArgs are the two records that something is said of.
type pairArgs struct {
	One   string `arg:"" help:"A membership number, of now or before; or a list and a key in it: donations/R9001."`
	Other string `arg:"" help:"The other record."`
}

type peopleSameCmd struct{ pairArgs }

func (*peopleSameCmd) Help() string {
	return examples(`clarion people same A150001 A200001 --as membership_officer`, `clarion people same A150001 donations/R9001 --as membership_officer`)
}

func (c *peopleSameCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	said, held, err := o.SaySame(s.ctx, s.As, c.One, c.Other)
	if err != nil {
		return err
	}
	if s.JSON {
		v := sayingView(o, said)
		v["held"] = len(held)
		return s.out.json(v)
	}
	s.out.say("Noted: %s and %s are one person.", persona(said.One), persona(said.Other))
	s.out.note("", "What was sent to either, talks, replies and wishes not to be written to count for both from now on. To take it back: clarion people undo %s %s", shell(c.One), shell(c.Other))
	for _, h := range held {
		if h.Why == "deceased" {
			s.out.note("", "A list says that this person has died. Nothing is sent to any of their numbers.")
			continue
		}
		s.out.note("", "One of the records had resigned. Nothing is sent to this person before somebody lifts that: clarion record suppress %s --lift", shell(c.Other))
	}
	return nil
}

type peopleDifferentCmd struct{ pairArgs }

func (*peopleDifferentCmd) Help() string {
	return examples(`clarion people different A150001 A200001 --as membership_officer`)
}

func (c *peopleDifferentCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	said, err := o.SayDifferent(s.ctx, s.As, c.One, c.Other)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(sayingView(o, said))
	}
	s.out.say("Noted: %s and %s are two people. They are proposed no more.", persona(said.One), persona(said.Other))
	return nil
}

type peopleUndoCmd struct{ pairArgs }

func (*peopleUndoCmd) Help() string {
	return examples(`clarion people undo A150001 A200001 --as membership_officer`)
}

func (c *peopleUndoCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	said, err := o.Unsay(s.ctx, s.As, c.One, c.Other)
	if err != nil {
		return err
	}
	if s.JSON {
		v := sayingView(o, said)
		v["undone"] = true
		return s.out.json(v)
	}
	s.out.note("", "Taken back: nothing is said of %s and %s any more. What was sent and written down under each of them stays with it.", persona(said.One), persona(said.Other))
	return nil
}

func likenessView(l dataset.Likeness) object {
	one := func(l dataset.Likened) object {
		return object{"dataset": l.Dataset, "key": l.Key, "name": l.Name, "former": l.Former, "more": l.More}
	}
	return object{"strength": l.Strength, "one": one(l.One), "other": one(l.Other), "why": some(l.Why)}
}

func sayingView(o *office, x engine.Saying) object {
	one := func(p engine.Persona) object {
		return object{}.text("dataset", p.Dataset).text("key", p.Key).text("name", p.Name)
	}
	return object{"one": one(x.One), "other": one(x.Other), "same": x.Same}.at("at", x.At, o.Clock().Zone)
}
