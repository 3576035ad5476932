package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// laid is what lies on the bench of eval and when.
type laid struct {
	Record string `help:"Lay a record on the bench, under the name of one of its kind: members/A1 is member." placeholder:"DATASET/KEY"`
	Nation string `help:"Count working days as there: england_and_wales, scotland or northern_ireland." placeholder:"NATION"`
}

type evalCmd struct {
	Expression string `arg:"" help:"What to work out, as a playbook would write it. A day may be written out: 2026-05-07."`
	laid
}

func (*evalCmd) Help() string {
	return examples(`clarion eval 'pounds(600) > law.donation_check_over(2026-05-07)'`, `clarion eval 'member.joined > today - days(90)' --record members/A1`,
		`clarion eval 'count(members, .status == "arrears")'`, `clarion eval 'birthday(2008-02-29, 18)' --json`)
}

func (c *evalCmd) Run(s *session) error {
	return s.bench(c.laid, func(b *plan.Bench, clock calendar.Clock) error {
		typ, x, faults := b.Eval(strings.TrimSpace(c.Expression))
		if len(faults) > 0 {
			return s.faulty(faults)
		}
		kind := kindOf(typ)
		if s.JSON {
			v := evalView(x, clock)
			v["kind"] = kind
			return s.out.json(v)
		}
		s.out.say("%s", s.out.paint("1", x.Words))
		s.out.say("  %s", kind)
		printParts(s, x.Parts, "  ")
		for _, cell := range x.Cells {
			s.out.say("  read from %s", cellWords(cell))
		}
		return nil
	})
}

// bench lays a record on a bench: of the constituency of the folder with all
// that was imported, or of the library alone where there is no constituency.
func (s *session) bench(l laid, try func(*plan.Bench, calendar.Clock) error) error {
	folder, own, err := s.ownFiles()
	if err != nil {
		return err
	}
	name, key, both := strings.Cut(l.Record, "/")
	if l.Record != "" && (!both || name == "" || key == "") {
		return usage("--record %s: write the dataset and the key, members/A1", l.Record)
	}
	nation := calendar.Nation(0)
	if l.Nation != "" {
		if nation, err = calendar.ParseNation(l.Nation); err != nil {
			return usage("--nation: %v", err)
		}
	}
	if own == nil && l.Record != "" {
		return usage("--record needs a constituency's folder, and %s is none: say where it is with -C FOLDER", folder)
	}
	if own != nil && (l.Record != "" || exists(s.databasePath(folder))) {
		return s.benchOf(name, key, nation, try)
	}
	set, err := playbook.Load(playbooks.Library, own)
	if err != nil {
		return err
	}
	if set.Fatal() {
		return &engine.NotReady{Faults: set.Faults}
	}
	settle(set, nation)
	clock := set.Constituency.Clock
	now, err := s.clock(folder, clock)
	if err != nil {
		return err
	}
	b, err := plan.NewBench(plan.Input{Set: set, Now: now()}, "", "")
	if err != nil {
		return err
	}
	return try(b, clock)
}

// benchOf opens the constituency for what was imported.
func (s *session) benchOf(name, key string, nation calendar.Nation, try func(*plan.Bench, calendar.Clock) error) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	settle(o.Set(), nation)
	return o.Bench(s.ctx, name, key, func(b *plan.Bench) error { return try(b, o.Clock()) })
}

// settle moves a constituency to another nation, for once.
func settle(set *playbook.Set, nation calendar.Nation) {
	if nation != 0 {
		set.Constituency.Clock.Nation = nation
	}
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return !errors.Is(err, fs.ErrNotExist)
}

// faulty shows what is wrong with something that was typed, and where.
func (s *session) faulty(faults []playbook.Fault) error {
	if s.JSON {
		if err := s.out.json(object{"faults": each(faults, func(f playbook.Fault) object {
			return object{"column": f.Column, "text": f.Text}.text("hint", f.Hint)
		})}); err != nil {
			return err
		}
		return errFaults
	}
	for _, f := range faults {
		if c := f.Caret(); c != "" {
			s.out.say("%s", c)
		}
		s.out.say("%s", f.Text)
		if f.Hint != "" {
			s.out.note("  ", "%s", f.Hint)
		}
	}
	return errFaults
}

// kindOf names what an expression comes to.
func kindOf(t dataset.Type) string {
	switch {
	case t.List != nil && t.List.Record != nil:
		return "list of " + t.List.Record.Name
	case t.List != nil:
		return "list of " + kindOf(*t.List)
	case t.Record != nil:
		return "record of " + t.Record.Name
	case t.Fields != nil:
		return "structure"
	}
	return t.Kind.String()
}

// printParts shows the parts of an expression, each with what it came to.
func printParts(s *session, parts []condition.Explanation, indent string) {
	for _, p := range parts {
		from := ""
		if len(p.Cells) == 1 && len(p.Parts) == 0 && p.Cells[0].Origin.File != "" {
			from = "  (" + p.Cells[0].Origin.String() + ")"
		}
		s.out.say("%s%s: %s%s", indent, oneLine(p.Source), p.Words, from)
		printParts(s, p.Parts, indent+"  ")
	}
}

// cellWords says where a cell stands.
func cellWords(c dataset.Cell) string {
	where := c.Dataset + " " + dataset.Plain(c.Key) + ", " + c.Column
	if c.Origin.File != "" {
		where += " (" + c.Origin.String() + ")"
	}
	return where
}

// evalView is what --json prints of an expression and each of its parts.
func evalView(x condition.Explanation, clock calendar.Clock) object {
	v := object{"expression": oneLine(x.Source), "words": x.Words, "known": x.Value.Unknown == nil,
		"cells": each(x.Cells, cellView), "left_out": each(x.Value.LeftOut, cellView),
		"parts": each(x.Parts, func(p condition.Explanation) object { return evalView(p, clock) })}
	if x.Value.Unknown == nil {
		v["value"] = valueView(x.Value, clock)
	}
	return v
}

// valueView is a value as JSON: money in pence, days as 2026-11-30, moments in
// the constituency's time, records by their keys.
func valueView(t dataset.Term, clock calendar.Clock) any {
	switch {
	case t.Row != nil:
		return t.Row.Key
	case t.IsList:
		list := []any{}
		for _, r := range t.Rows {
			list = append(list, r.Key)
		}
		for _, x := range t.List {
			list = append(list, valueView(x, clock))
		}
		return list
	case t.Fields != nil:
		o := object{}
		for name, x := range t.Fields {
			o[name] = valueView(x, clock)
		}
		return o
	}
	switch v := t.Value; v.Kind {
	case dataset.Blank:
		return nil
	case dataset.YesNo:
		return v.N != 0
	case dataset.Number, dataset.Money:
		return v.N
	case dataset.Date:
		return v.AsDate().String()
	case dataset.Time:
		return v.AsTime().In(clock.Zone).Format(time.RFC3339)
	default:
		return v.Words(clock)
	}
}
