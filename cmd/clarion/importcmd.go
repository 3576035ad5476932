package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

type importCmd struct {
	Dataset string   `arg:"" optional:"" help:"What the list is: members, donations, meetings, documents, officers, branches ... Left out: it is recognised by the files. Both left out: all that constituency.yaml names."`
	Files   []string `arg:"" optional:"" name:"file" help:"The files, in place of the one that constituency.yaml names, taken one after the other." type:"path"`
	Look    bool     `help:"Only show what is different; take nothing."`
	Accept  []string `help:"Take the list in spite of this doubt (gone, half, branch, another, older, stale, grown, header, renamed, empty); once for each." placeholder:"DOUBT"`
	Kind    string   `help:"Which kind of report it is, as playbooks see it: mar. Left out: what constituency.yaml says." placeholder:"WORD"`
	Part    bool     `help:"It is a part of the list only, such as one branch's: who is not in it stays."`
	Undo    bool     `help:"Withdraw the last import of this list."`
}

func (*importCmd) Help() string {
	return examples(`clarion import`, `clarion import members --look`, `clarion import members ~/Downloads/members.csv`,
		`clarion import ~/Downloads/members.csv ~/Downloads/gifts.xlsx`,
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
	if err := c.settleArguments(o); err != nil {
		return err
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
	reports, refused, err := c.each(s, o)
	if err != nil {
		return err
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

// settleArguments makes a file of the first argument where it is no list's name.
func (c *importCmd) settleArguments(o *office) error {
	if c.Dataset == "" || o.Set().Schemas[c.Dataset] != nil || !strings.ContainsAny(c.Dataset, `./\`) {
		return nil
	}
	file, err := filepath.Abs(kong.ExpandPath(c.Dataset))
	if err != nil {
		return fmt.Errorf("finding the file: %w", err)
	}
	c.Files = append([]string{file}, c.Files...)
	c.Dataset = ""
	return nil
}

// A piece is one thing to import: a list's own file, or one that was named.
type piece struct{ dataset, file string }

// pieces are what is to be imported, in order.
func (c *importCmd) pieces(o *office) []piece {
	var all []piece
	switch {
	case len(c.Files) > 0:
		for _, f := range c.Files {
			all = append(all, piece{c.Dataset, f})
		}
	case c.Dataset != "":
		all = []piece{{c.Dataset, ""}}
	default:
		for _, name := range o.Sources() {
			all = append(all, piece{name, ""})
		}
	}
	return all
}

// each imports one piece after the other, each whole or not at all.
func (c *importCmd) each(s *session, o *office) (reports []importReport, refused bool, err error) {
	all := c.pieces(o)
	if len(all) == 0 {
		return nil, false, fmt.Errorf("constituency.yaml names no lists: add them under data, or say which: clarion import members FILE")
	}
	alone := len(all) == 1 && (c.Dataset != "" || len(c.Files) > 0)
	for i, p := range all {
		r, err := c.recognised(s, o, p)
		switch {
		case err == nil:
			reports = append(reports, r)
			refused = refused || len(r.Doubts) > 0 && !r.Taken && !r.Nothing
		case s.ctx.Err() != nil:
			if i > 0 {
				fmt.Fprintf(s.err, "clarion: stopped before file %d of %d; of that and the later ones nothing is taken.\n", i+1, len(all))
			}
			return nil, false, s.ctx.Err()
		case alone:
			return nil, false, err
		case errors.Is(err, fs.ErrNotExist) && p.file == "": // a list that the party has not saved yet
			reports = append(reports, importReport{Dataset: p.dataset, Nothing: true})
			if !s.JSON {
				s.out.note("", "%s %s.", s.out.paint("1", p.dataset+":"), strings.TrimPrefix(err.Error(), "looking for the file of "+p.dataset+": "))
			}
		default: // one list that cannot be read does not keep the others out
			refused = true
			fmt.Fprintln(s.err, "clarion: "+err.Error())
		}
	}
	return reports, refused, nil
}

// recognised imports a piece, of which list it ever is.
func (c *importCmd) recognised(s *session, o *office, p piece) (importReport, error) {
	if p.dataset == "" {
		still := s.busy("looking at %s", dataset.Plain(filepath.Base(p.file)))
		name, err := recognise(s.ctx, filepath.Dir(p.file), filepath.Base(p.file), o.Set())
		still()
		switch {
		case err == nil && name == "":
			return importReport{}, fmt.Errorf("%s is no list: it is a lock file, a half download, or a file of the computer's own", dataset.Plain(filepath.Base(p.file)))
		case err == nil && o.Set().Constituency.Data[name].Folder != "":
			return importReport{}, fmt.Errorf("%s is a paper: put it into %s, from where it is read", dataset.Plain(filepath.Base(p.file)), dataset.Plain(o.Set().Constituency.Data[name].Folder))
		case errors.As(err, new(*sheet.Unrecognised)):
			return importReport{}, fmt.Errorf("%w. If you know which list it is: clarion import members %s", err, asTyped(p.file))
		case err != nil:
			return importReport{}, err
		}
		p.dataset = name
	}
	return c.one(s, o, p.dataset, p.file)
}

// importReport says what an import found and did.
type importReport struct {
	Dataset, File, Kind   string
	Records, New, Changed int
	Gone, Refused, Erased int
	Kept                  int // not in it and held still, for it is a part of the list
	Missing, Doubtful     int // not in the whole list, or only in rows that were refused, and held as they were
	History               int // new, and may have stood in the first list unread
	Disputed              int // events that another source has otherwise
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
		"full": r.Full, "kept": r.Kept, "missing": r.Missing, "kept_for_refused_rows": r.Doubtful, "disputed": r.Disputed, "new_and_history": r.History,
		"columns_not_used": some(r.Unused), "doubts": each(r.Doubts, func(d engine.Doubt) object {
			return object{"word": d.Word, "why": d.Why}
		})}.text("file", r.File).text("kind", r.Kind).text("layout", r.Profile)
}

func (c *importCmd) one(s *session, o *office, name, file string) (importReport, error) {
	read := name
	if file != "" {
		read = filepath.Base(file)
	}
	still := s.busy("reading %s", dataset.Plain(read))
	imp, err := o.PrepareAs(s.ctx, name, file, engine.As{Kind: c.Kind, Part: c.Part})
	still()
	if err != nil {
		return importReport{}, err
	}
	if c.Kind != "" && imp.Same && imp.Kind != c.Kind {
		return importReport{}, fmt.Errorf("this very file of %[1]s was taken already, and not as %[2]s. To take it as %[2]s, withdraw it first: clarion import %[1]s --undo", name, dataset.Plain(c.Kind))
	}
	r := importReport{Dataset: name, Kind: imp.Kind, File: imp.Reading.File, Records: len(imp.Reading.Records), New: len(imp.New),
		Changed: len(imp.Changed), Gone: len(imp.Gone), Refused: len(imp.Reading.Refused), Erased: imp.Erased, Full: imp.Full, Kept: imp.Kept,
		Missing: len(imp.Missing), Doubtful: len(imp.Doubtful), Disputed: len(imp.Disputed), History: len(imp.History),
		First: imp.Baseline, Same: imp.Same, Profile: imp.Reading.Profile, Unused: imp.Reading.Unused, Doubts: imp.Doubts}
	r.Problems = imp.Unread()
	r.Nothing = imp.Nothing() && c.Dataset == "" && file == ""
	if !c.Look && !imp.Same && !r.Nothing {
		still := s.busy("keeping %s", name)
		_, err = o.Commit(s.ctx, imp, s.As, c.Accept...)
		still()
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
		what := "file"
		if unitOf(imp.Reading) == "file" {
			what = "folder"
		}
		s.out.say("  The same %s as last time: nothing to do.", what)
		if what == "folder" { // what was refused lies there still
			s.printRefused(imp.Reading)
		}
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
	if r.Missing > 0 {
		s.out.note("  ", "%s (%s).", dataset.MissingWords(r.Missing, imp.Times, imp.After), dataset.Plain(names(imp.Missing, 3)))
	}
	if n := len(imp.History); n > 0 {
		s.out.note("  ", "%s may have stood in the first list, in a row that could not be read (%s). That is history too: nobody is welcomed for it.",
			plural(n, "new record", "new records"), dataset.Plain(names(imp.History, 3)))
	}
	for _, x := range imp.Disputed {
		s.out.note("  ", "%s.", dataset.Plain(x))
	}
	if r.Doubtful > 0 {
		s.out.note("  ", "%s (%s).", dataset.RefusedWords(r.Doubtful), dataset.Plain(names(imp.Doubtful, 3)))
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
	s.printRefused(imp.Reading)
	unit := unitOf(imp.Reading)
	s.printProblems(schema, unit, imp.Reading.Records)
	s.printNotes(unit, imp.Reading.Notes)
	if r.Taken {
		s.out.say("  %s", s.out.paint("32", "Taken."))
	} else if look {
		s.out.say("  Only looked at; nothing was taken.")
	}
}

// printRefused says what of a file was passed over, and what was refused.
func (s *session) printRefused(r dataset.Reading) {
	unit := unitOf(r)
	for _, x := range r.Skipped {
		s.out.note("  ", "%s passed over: %s", whereIn(unit, x), dataset.Plain(x.Why))
	}
	for i, x := range r.Refused {
		if i == shown {
			s.out.say("  … and %s more refused", plural(len(r.Refused)-i, unit, unit+"s"))
			break
		}
		s.out.note("  ", "%s %s", s.out.paint("31", whereIn(unit, x)+" refused:"), placeIn(unit, x))
	}
}

// printProblems says which cells could not be read, and which mean nothing as
// they stand. What is wrong in the same way in many rows is said once.
func (s *session) printProblems(schema *dataset.Schema, unit string, records []dataset.Record) {
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
			rows[k] = append(rows[k], fmt.Sprintf("%s %d (%s)", unit, rec.Line, dataset.Plain(p.Text)))
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

// unitOf is what the lines of a reading are: rows of a list, lines of a calendar,
// files of a folder.
func unitOf(r dataset.Reading) string { return cmp.Or(r.Unit, "row") }

// whereIn says where something stands in a reading. Nobody counts the files of a
// folder: those are said by their names.
func whereIn(unit string, x dataset.Refusal) string {
	if unit == "file" && x.Text != "" {
		return dataset.Plain(x.Text)
	}
	return fmt.Sprintf("%s %d", unit, x.Line)
}

// placeIn says what is wrong with a row, and with which of its cells.
func placeIn(unit string, x dataset.Refusal) string {
	if unit == "file" {
		return place("", "", x.Why)
	}
	return place(x.Column, x.Text, x.Why)
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
// recognised as, and what to do if one of them is there under another.
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
	return fmt.Sprintf("No heading was recognised as %s. If one is there under another heading, say which: clarion map FILE %s. What to export, and how to ask for it, stands in playbooks/data/README.md.",
		strings.Join(out, ", "), imp.Dataset)
}
