package main

import (
	"time"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// noClock is for values that no zone matters to, such as money.
var noClock = calendar.Clock{Zone: time.UTC}

// lookView is what --json prints of a file that was looked at.
func lookView(l *sheet.Look, clock calendar.Clock) object {
	o := object{"file": l.File, "sha256": l.SHA256, "encoding": l.Encoding, "header_row": l.HeaderRow, "header": some(l.Header),
		"rows":   object{"all": l.Lines, "kept": len(l.Records), "refused": len(l.Refused), "passed_over": len(l.Skipped)},
		"sheets": each(l.Sheets, func(t sheet.Tab) object { return object{"name": t.Name, "hidden": t.Hidden, "read": t.Read} }),
		"columns": each(l.Columns, func(c sheet.Column) object {
			v := object{"letter": c.Letter, "heading": c.Heading, "why": c.Why}.text("is", c.As).text("kind", c.Kind)
			if c.Kind != "" {
				v["filled"], v["blank"], v["unread"] = c.Filled, c.Blank, c.Unread
			}
			if c.Kind == dataset.Money.String() {
				v["pence"] = c.Pence
			}
			return v
		}),
		"refused": each(l.Refused, refusalView), "passed_over": each(l.Skipped, refusalView),
		"notes": each(l.Notes, func(n dataset.Note) object {
			return refusalView(dataset.Refusal{Line: n.Line, Column: n.Column, Text: n.Text, Why: n.Why})
		})}
	cells := []object{}
	for _, r := range l.Records {
		for _, p := range r.Problems {
			cells = append(cells, object{"row": r.Line, "column": p.Column, "text": p.Text, "why": p.Why})
		}
	}
	o["unread_cells"] = cells
	if l.HasDate {
		o["list_date"] = l.ListDate.String()
	}
	return o.text("delimiter", l.Delimiter).text("sheet", l.Sheet).text("layout", l.Profile).at("modified", l.Modified, clock.Zone)
}

func refusalView(x dataset.Refusal) object {
	o := object{"why": x.Why}.text("column", x.Column).text("text", x.Text)
	if x.Line > 0 {
		o["row"] = x.Line
	}
	return o
}
