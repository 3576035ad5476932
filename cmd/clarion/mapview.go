package main

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// printMapping shows which column each heading is proposed to be.
func (s *session) printMapping(m *mapping) {
	s.out.say("%s %s", s.out.paint("1", m.schema.Name+":"), dataset.Plain(m.File))
	where := fmt.Sprintf("  The headings stand in row %d", m.HeaderRow)
	if m.Sheet != "" {
		where += " of the sheet " + dataset.Plain(m.Sheet)
	}
	s.out.say("%s.", where)
	if m.Layout != "" {
		s.out.say("  They are those of the layout %q.", m.Layout)
	}
	s.out.head("Columns")
	rows := [][]string{{"", "heading", "is", "looks like", "such as"}}
	for i := range m.Columns {
		x := &m.Columns[i]
		is := strings.Join(x.Names, ", ")
		if !x.Sure {
			is = "?"
		}
		rows = append(rows, []string{x.Letter, dataset.Plain(x.Heading), is, x.Looks, shownSamples(x)})
	}
	s.out.table("  ", 30, rows)
	for _, x := range m.unsure() {
		s.out.note("  ", "%s could be %s: %s.", upper(headed(x)), strings.Join(x.Could, " or "), x.Why)
	}
	for _, name := range m.Missing {
		s.out.note("  ", "No heading is surely %s, which tells the rows apart.", name)
	}
	for _, name := range m.Lost {
		s.out.note("  ", "constituency.yaml says that %s stands under %q, and there is no such heading any more.", name, dataset.Plain(m.spec.Columns[name]))
	}
}

// only ends without writing.
func (m *mapping) only(s *session, open bool) error {
	if s.JSON {
		if err := s.out.json(m.view()); err != nil {
			return err
		}
	} else if open {
		s.out.say("\nNothing was written. Answer with --column \"HEADER=NAME\", or take what is sure with --yes.")
	} else {
		s.out.say("\nOnly looked at; nothing was written.")
	}
	if open || len(m.unsure()) > 0 || len(m.Missing) > 0 {
		return errFaults
	}
	return nil
}

// done says what was written, and how the file is read by it.
func (m *mapping) done(s *session, l *sheet.Look, edits []playbook.Edit) error {
	if s.JSON {
		o := m.view()
		o["written"] = len(edits) > 0
		o["rows"] = object{"all": l.Lines, "kept": len(l.Records), "refused": len(l.Refused), "passed_over": len(l.Skipped), "unread_cells": unread(l)}
		return s.out.json(o)
	}
	s.out.say("")
	if len(edits) == 0 {
		s.out.say("constituency.yaml says so already; nothing was written.")
	} else {
		s.out.say("%s", s.out.paint("32", "Written into constituency.yaml:"))
		for _, e := range edits {
			for _, line := range e.Now {
				s.out.note("  ", "%s", dataset.Plain(strings.TrimSpace(line)))
			}
		}
	}
	s.out.say("By it %s kept, %d refused, %d passed over; %s cannot be read.", plural(len(l.Records), "row is", "rows are"), len(l.Refused), len(l.Skipped), plural(unread(l), "cell", "cells"))
	s.out.hints([][]string{{s.me + inFolder(m.folder) + " import " + m.schema.Name + " " + shell(rel(m.file)) + " --look", "see what would be taken"}})
	return nil
}

// view is what --json prints of a mapping.
func (m *mapping) view() object {
	return object{"file": m.File, "dataset": m.schema.Name, "header_row": m.HeaderRow, "written": false,
		"missing": some(m.Missing), "headings_gone": some(m.Lost), "mapping": m.columns(),
		"columns": each(m.Columns, func(x sheet.Proposed) object {
			return object{"letter": x.Letter, "heading": x.Heading, "is": some(x.Names), "sure": x.Sure, "could_be": some(x.Could),
				"samples": some(x.Samples), "why": x.Why}.text("looks_like", x.Looks)
		})}.text("sheet", m.Sheet).text("layout", m.Layout)
}
