package main

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

type importCmd struct {
	Dataset string   `arg:"" optional:"" help:"What the list is: members, donations, meetings, documents, officers, branches ... Left out: all that constituency.yaml names."`
	File    string   `arg:"" optional:"" help:"The file, in place of the one that constituency.yaml names." type:"path"`
	Look    bool     `help:"Only show what is different; take nothing."`
	Accept  []string `help:"Take the list in spite of this doubt (gone, half, branch, another, older, stale, grown, header, empty); once for each." placeholder:"DOUBT"`
	Kind    string   `help:"Which kind of report it is, as playbooks see it: mar. Left out: what constituency.yaml says." placeholder:"WORD"`
	Part    bool     `help:"It is a part of the list only, such as one branch's: who is not in it stays."`
	Undo    bool     `help:"Withdraw the last import of this list."`
}

func (*importCmd) Help() string {
	return examples(`clarion import`, `clarion import members --look`, `clarion import members ~/Downloads/members.csv`,
		`clarion import members --accept gone`, `clarion import members ~/Downloads/north.csv --part`,
		`clarion import members ~/Downloads/mar.csv --kind mar`,
		`clarion import members --undo`)
}

func (c *importCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Undo {
		return c.undo(s, o)
	}
	if c.Kind != "" && c.Dataset == "" {
		return usage("say which list is of that kind: clarion import members --kind %s", dataset.Plain(c.Kind))
	}
	if c.Part && c.Dataset == "" {
		return usage("say which list it is a part of: clarion import members FILE --part")
	}
	for _, w := range c.Accept {
		if !slices.Contains(engine.DoubtWords, w) {
			return usage("%q is no doubt that a list is refused for; there are: %s", dataset.Plain(w), strings.Join(engine.DoubtWords, ", "))
		}
	}
	names := []string{c.Dataset}
	if c.Dataset == "" {
		names = o.Sources()
		if len(names) == 0 {
			return fmt.Errorf("constituency.yaml names no lists: add them under data, or say which: clarion import members FILE")
		}
	}
	var reports []importReport
	refused := false
	for _, n := range names {
		r, err := c.one(s, o, n)
		switch {
		case err == nil:
			reports = append(reports, r)
			refused = refused || len(r.Doubts) > 0 && !r.Taken && !r.Nothing
		case c.Dataset != "" || s.ctx.Err() != nil:
			return err
		case errors.Is(err, fs.ErrNotExist): // a list that the party has not saved yet
			reports = append(reports, importReport{Dataset: n, Nothing: true})
			if !s.JSON {
				s.out.note("", "%s %s.", s.out.paint("1", n+":"), strings.TrimPrefix(err.Error(), "looking for the file of "+n+": "))
			}
		default: // one list that cannot be read does not keep the others out
			refused = true
			fmt.Fprintln(s.err, "clarion: "+err.Error())
		}
	}
	if s.JSON {
		if err := s.out.json(object{"lists": each(reports, importReport.view)}); err != nil {
			return err
		}
	}
	if refused && !c.Look {
		return errFaults
	}
	return nil
}

// importReport says what an import found and did.
type importReport struct {
	Dataset, File, Kind   string
	Records, New, Changed int
	Gone, Refused, Erased int
	Kept                  int // not in it and held still, for it is a part of the list
	Problems              int
	First, Same, Taken    bool
	Full                  bool // it is the whole list
	Nothing               bool // there is nothing yet to take
	Profile               string
	Unused                []string
	Doubts                []engine.Doubt
}

// view is what --json prints of a report.
func (r importReport) view() object {
	return object{"dataset": r.Dataset, "records": r.Records, "new": r.New, "changed": r.Changed, "gone": r.Gone, "refused": r.Refused,
		"erased": r.Erased, "unreadable_cells": r.Problems, "first": r.First, "same": r.Same, "taken": r.Taken, "nothing": r.Nothing,
		"full": r.Full, "kept": r.Kept,
		"columns_not_used": some(r.Unused), "doubts": each(r.Doubts, func(d engine.Doubt) object {
			return object{"word": d.Word, "why": d.Why}
		})}.text("file", r.File).text("kind", r.Kind).text("layout", r.Profile)
}

func (c *importCmd) one(s *session, o *office, name string) (importReport, error) {
	imp, err := o.PrepareAs(s.ctx, name, c.File, engine.As{Kind: c.Kind, Part: c.Part})
	if err != nil {
		return importReport{}, err
	}
	if c.Kind != "" && imp.Same && imp.Kind != c.Kind {
		return importReport{}, fmt.Errorf("this very file of %[1]s was taken already, and not as %[2]s. To take it as %[2]s, withdraw it first: clarion import %[1]s --undo", name, dataset.Plain(c.Kind))
	}
	r := importReport{Dataset: name, Kind: imp.Kind, File: imp.Reading.File, Records: len(imp.Reading.Records), New: len(imp.New),
		Changed: len(imp.Changed), Gone: len(imp.Gone), Refused: len(imp.Reading.Refused), Erased: imp.Erased, Full: imp.Full, Kept: imp.Kept,
		First: imp.Baseline, Same: imp.Same, Profile: imp.Reading.Profile, Unused: imp.Reading.Unused, Doubts: imp.Doubts}
	r.Problems = imp.Unread()
	r.Nothing = imp.Nothing() && c.Dataset == ""
	if !c.Look && !imp.Same && !r.Nothing {
		_, err = o.Commit(s.ctx, imp, s.As, c.Accept...)
		r.Taken = err == nil
		if err != nil && !isRefusal(err) {
			return r, err
		}
	}
	if !s.JSON {
		s.printImport(imp, r, o.Set().Schemas[name], unfound(o, imp), c.Look)
		if err != nil {
			fmt.Fprintln(s.err, "clarion: "+err.Error())
		}
	}
	return r, nil
}

func (c *importCmd) undo(s *session, o *office) error {
	if c.Dataset == "" {
		return usage("say which list: clarion import members --undo")
	}
	r, err := o.Undo(s.ctx, c.Dataset, s.As)
	if err != nil {
		return err
	}
	return s.tell("The import of %s from %s on %s is undone. What was held before is held again.", r.Dataset, dataset.Plain(r.File), o.Clock().Words(r.At))
}

func (s *session) printImport(imp *engine.Import, r importReport, schema *dataset.Schema, missed string, look bool) {
	s.out.say("%s %s", s.out.paint("1", r.Dataset+":"), dataset.Plain(r.File))
	switch {
	case r.Same:
		s.out.say("  The same file as last time: nothing to do.")
		return
	case r.Nothing:
		s.out.say("  Nothing is in it yet.")
		return
	case r.First:
		s.out.say("  %s. This is the first import: history, in which nobody is new.", plural(r.Records, "record", "records"))
	case !imp.Full && imp.Kept > 0:
		s.out.say("  %s: %d new, %d changed. It is taken as a part of the list: %d not in it stay.", plural(r.Records, "record", "records"), r.New, r.Changed, imp.Kept)
	default:
		s.out.say("  %s: %d new, %d changed, %d no longer there.", plural(r.Records, "record", "records"), r.New, r.Changed, r.Gone)
	}
	if r.Profile != "" {
		s.out.say("  Read as the layout %q.", r.Profile)
	}
	if len(r.Unused) > 0 {
		s.out.note("  ", "Columns not used: %s", dataset.Plain(strings.Join(r.Unused, ", ")))
		if missed != "" {
			s.out.note("  ", "%s", missed)
		}
	}
	if r.Erased > 0 {
		s.out.say("  %s left out: the people were erased here.", plural(r.Erased, "row was", "rows were"))
	}
	for _, x := range imp.Reading.Skipped {
		s.out.note("  ", "row %d passed over: %s", x.Line, dataset.Plain(x.Why))
	}
	for i, x := range imp.Reading.Refused {
		if i == shown {
			s.out.say("  … and %d more rows refused", r.Refused-i)
			break
		}
		s.out.note("  ", "%s %s", s.out.paint("31", fmt.Sprintf("row %d refused:", x.Line)), place(x.Column, x.Text, x.Why))
	}
	s.printProblems(schema, imp.Reading.Records)
	s.printNotes(imp.Reading.Notes)
	if r.Taken {
		s.out.say("  %s", s.out.paint("32", "Taken."))
	} else if look {
		s.out.say("  Only looked at; nothing was taken.")
	}
}

// printProblems says which cells could not be read, and which mean nothing as
// they stand. What is wrong in the same way in many rows is said once.
func (s *session) printProblems(schema *dataset.Schema, records []dataset.Record) {
	type same struct {
		column, why string
		stays       bool
	}
	var order []same
	rows := map[same][]string{}
	for _, rec := range records {
		for _, p := range rec.Problems {
			at, ok := schema.Column(p.Column)
			k := same{p.Column, p.Why, ok && at < len(rec.Cells) && !rec.Cells[at].IsBlank()}
			if rows[k] == nil {
				order = append(order, k)
			}
			rows[k] = append(rows[k], fmt.Sprintf("row %d (%s)", rec.Line, dataset.Plain(p.Text)))
		}
	}
	for i, k := range order {
		if i == shown {
			s.out.say("  … and %d more kinds of cells that could not be read", len(order)-i)
			break
		}
		says := "%s is blank in %s, for it cannot be read: %s."
		if k.stays {
			says = "%s in %s: %s."
		}
		s.out.note("  ", says, readable(k.column), names(rows[k], 3), strings.TrimSuffix(dataset.Plain(k.why), "."))
	}
}

func place(column, text, why string) string {
	out := dataset.Plain(why)
	if column != "" && text != "" { // of a blank cell the reason says all
		out = fmt.Sprintf("%s (%s): %s", column, dataset.Plain(text), dataset.Plain(why))
	}
	return strings.TrimSuffix(out, ".") + "."
}

func isRefusal(err error) bool {
	_, ok := err.(*engine.Refused)
	return ok
}

// unfound says which columns some playbook reads that no heading of the file was
// recognised as, and what to write if one of them is there under another.
func unfound(o *office, imp *engine.Import) string {
	if len(imp.Reading.Unused) == 0 {
		return ""
	}
	readers := map[string]string{"name": "made of its parts"}
	var order []string
	for _, pb := range o.Set().Playbooks {
		for _, path := range pb.Data() {
			table, column, _ := strings.Cut(path, ".")
			if _, found := imp.Reading.Columns[column]; table != imp.Dataset || column == "" || found || readers[column] != "" {
				continue
			}
			readers[column] = pb.Name
			order = append(order, column)
		}
	}
	if len(order) == 0 {
		return ""
	}
	var out []string
	for _, c := range order {
		out = append(out, c+" ("+readers[c]+")")
	}
	return fmt.Sprintf("No heading was recognised as %s. If one is there under another heading, write in constituency.yaml, under %s in data: columns: {%s: %q}",
		strings.Join(out, ", "), imp.Dataset, order[0], dataset.Plain(imp.Reading.Unused[0]))
}
