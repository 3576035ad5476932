package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

type sheetCmd struct {
	File  string `arg:"" help:"Any list: CSV in whatever dress, or an Excel workbook (.xlsx). Nothing is taken or changed. With --as members it is read as that list." type:"path"`
	Sheet string `help:"Which sheet of a workbook; left out: the one that looks like the list." placeholder:"NAME"`
	Dates string `help:"Which comes first in dates like 01/02/2026, day-first or month-first; left out: the file must prove it." placeholder:"ORDER"`
}

func (*sheetCmd) Help() string {
	return examples(`clarion sheet ~/Downloads/export.csv`, `clarion sheet members.xlsx --sheet "2026" --as members`,
		`clarion sheet members.csv --as members --dates day-first`, `clarion sheet donations.csv --as donations --json`)
}

func (c *sheetCmd) Run(s *session) error {
	_, own, err := s.ownFiles()
	if err != nil {
		return err
	}
	set, err := playbook.Load(playbooks.Library, own)
	if err != nil {
		return err
	}
	file, err := filepath.Abs(c.File)
	if err != nil {
		return fmt.Errorf("finding the file: %w", err)
	}
	if at, err := os.Stat(file); err == nil && at.IsDir() {
		return usage("%s is a folder; name a file in it", dataset.Plain(file))
	}
	if c.Dates != "" && c.Dates != "day-first" && c.Dates != "month-first" {
		return usage("--dates is day-first or month-first, not %q", dataset.Plain(c.Dates))
	}
	spec := sheet.Spec{From: filepath.Base(file), Sheet: c.Sheet, Dates: c.Dates}
	var as *dataset.Schema
	if s.As != anyOfficer {
		if as = set.Schemas[s.As]; as == nil {
			return usage("there is no list called %q. After --as stands one of these: %s", dataset.Plain(s.As), strings.Join(sortedKeys(set.Schemas), ", "))
		}
		if src, ok := set.Constituency.Data[s.As]; ok { // as this constituency's own list of that name is read
			spec.Profile, spec.Columns = src.Profile, src.Columns
			if spec.Dates == "" {
				spec.Dates = src.Dates
			}
			if spec.Sheet == "" {
				spec.Sheet = src.Sheet
			}
		}
	}
	l, err := sheet.LookAt(s.ctx, filepath.Dir(file), spec, as, lists(set), set.Constituency.Clock)
	if err != nil {
		return err
	}
	if s.JSON {
		err = s.out.json(lookView(&l, set.Constituency.Clock))
	} else {
		s.printLook(&l, c.File, as != nil)
	}
	if err == nil && (len(l.Refused) > 0 || unread(&l) > 0) {
		return errFaults
	}
	return err
}

// anyOfficer is the role in which people act who do not say so. This command
// asks for no role, and --as names a list.
const anyOfficer = "officer"

// lists are the schemas in the order of their names.
func lists(set *playbook.Set) []*dataset.Schema {
	var out []*dataset.Schema
	for _, name := range sortedKeys(set.Schemas) {
		out = append(out, set.Schemas[name])
	}
	return out
}

func unread(l *sheet.Look) int {
	n := 0
	for _, r := range l.Records {
		n += len(r.Problems)
	}
	return n
}

func (s *session) printLook(l *sheet.Look, file string, named bool) {
	how := l.Encoding
	if l.Delimiter != "" {
		how += ", " + l.Delimiter + " between the cells"
	}
	if l.Sheet != "" {
		how += ", sheet " + dataset.Plain(l.Sheet)
	}
	s.out.say("%s %s", s.out.paint("1", dataset.Plain(l.File)+":"), how)
	if l.HeaderRow > 0 {
		s.out.say("  The headings stand in row %d.", l.HeaderRow)
	} else {
		s.out.say("  There is no row of headings.")
	}
	if l.Profile != "" {
		s.out.say("  Read as the layout %q.", l.Profile)
	}
	s.out.say("  %s: %d kept, %d refused, %d passed over.", plural(l.Lines, "row", "rows"), len(l.Records), len(l.Refused), len(l.Skipped))
	for _, n := range l.Notes {
		if n.Line == 0 {
			s.out.note("  ", "Note: %s.", dataset.Plain(n.Why))
		}
	}
	s.printLookColumns(l)
	s.printLookCells(l)
	if named {
		return
	}
	s.out.say("\nThis is a guess from the look of the cells.")
	if l.Like != "" {
		s.out.say("The headings are most like those of %s. To read it as that:", l.Like)
		s.out.hints([][]string{{"clarion sheet " + shell(rel(file)) + " --as " + l.Like}})
	}
}

// printLookColumns prints what each column is read as, and why.
func (s *session) printLookColumns(l *sheet.Look) {
	if len(l.Columns) == 0 {
		return
	}
	s.out.head("Columns")
	rows := [][]string{{"", "heading", "", "read as", "filled", "blank", "unread", "why"}}
	for _, c := range l.Columns {
		if c.As != "" {
			rows[0][2] = "is"
		}
		kind := c.Kind
		if kind == "" {
			kind = "not read"
		}
		n := []string{fmt.Sprint(c.Filled), fmt.Sprint(c.Blank), fmt.Sprint(c.Unread)}
		if c.Kind == "" {
			n = []string{"", "", ""}
		}
		rows = append(rows, append([]string{c.Letter, dataset.Plain(c.Heading), c.As, kind}, append(n, dataset.Plain(c.Why))...))
	}
	s.out.table("  ", 30, rows)
	for _, c := range l.Columns {
		if c.Kind == dataset.Money.String() {
			s.out.say("  Total of %s: %s in %s.", dataset.Plain(columnName(c)), dataset.MoneyValue(c.Pence).Words(noClock), plural(c.Filled, "cell", "cells"))
		}
	}
}

func columnName(c sheet.Column) string {
	if c.Heading != "" {
		return c.Heading
	}
	return "column " + c.Letter
}

// printLookCells prints every row that was not kept, every cell that was not
// read, and every one that was read with a grain of salt.
func (s *session) printLookCells(l *sheet.Look) {
	if len(l.Skipped)+len(l.Refused) > 0 {
		s.out.head("Rows")
		for _, x := range l.Skipped {
			s.out.note("  ", "row %d passed over: %s", x.Line, dataset.Plain(x.Why))
		}
		for _, x := range l.Refused {
			s.out.note("  ", "%s %s", s.out.paint("31", fmt.Sprintf("row %d refused:", x.Line)), place(x.Column, x.Text, x.Why))
		}
	}
	if unread(l) > 0 {
		s.out.head("Cells that cannot be read")
		s.printUnread(l.Records)
	}
	said := false
	for _, n := range l.Notes {
		if n.Line == 0 {
			continue
		}
		if !said {
			s.out.head("To know")
			said = true
		}
		s.out.note("  ", "row %d, %s", n.Line, place(dataset.Plain(n.Column), n.Text, n.Why))
	}
}

// printUnread prints every cell that was not read; what is wrong in the same
// way in many rows of a column is said once.
func (s *session) printUnread(records []dataset.Record) {
	g := newRowGroups()
	for _, r := range records {
		for _, p := range r.Problems {
			g.add(p.Column, p.Why, fmt.Sprintf("row %d (%s)", r.Line, dataset.Plain(p.Text)))
		}
	}
	for _, k := range g.order {
		s.out.note("  ", "%s: %s.", s.out.paint("31", dataset.Plain(k.column)), strings.TrimSuffix(dataset.Plain(k.why), "."))
		s.out.note("    ", "%s", names(g.rows[k], len(g.rows[k])))
	}
}

// printNotes prints what was read all the same: what is the same in many rows of
// a column once.
func (s *session) printNotes(unit string, notes []dataset.Note) {
	g := newRowGroups()
	for _, n := range notes {
		g.add(n.Column, n.Why, whereIn(unit, dataset.Refusal{Line: n.Line, Text: n.Text}))
	}
	for i, k := range g.order {
		if i == shown {
			s.out.say("  … and %d more notes", len(g.order)-i)
			break
		}
		where := ""
		if k.column != "" {
			where = readable(dataset.Plain(k.column)) + " in " + names(g.rows[k], 3) + ": "
		}
		s.out.note("  ", "Note: %s%s.", where, strings.TrimSuffix(dataset.Plain(k.why), "."))
	}
}

// rowGroups gather rows of which the same is to be said.
type rowGroups struct {
	order []rowGroup // as they first came
	rows  map[rowGroup][]string
}

type rowGroup struct{ column, why string }

func newRowGroups() *rowGroups { return &rowGroups{rows: map[rowGroup][]string{}} }

func (g *rowGroups) add(column, why, row string) {
	k := rowGroup{column, why}
	if g.rows[k] == nil {
		g.order = append(g.order, k)
	}
	g.rows[k] = append(g.rows[k], row)
}
