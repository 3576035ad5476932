package main

import (
	"context"

	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// headings says to the engine which columns of a file are which of a list's.
func headings(ctx context.Context, folder string, src playbook.Source, schema *dataset.Schema, clock calendar.Clock) (engine.Headings, error) {
	p, err := sheet.Propose(ctx, folder, specOf(src), schema, clock)
	h := engine.Headings{Sheet: p.Sheet, Row: p.HeaderRow, Layout: p.Layout, Missing: p.Missing, Lost: p.Lost}
	for _, c := range p.Columns {
		h.Columns = append(h.Columns, engine.Heading(c))
	}
	return h, err
}
