package engine

import (
	"context"
	"fmt"
	"slices"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// A ListView says how a list stands.
type ListView struct {
	Name    string
	Named   bool // constituency.yaml says where it comes from
	Folder  string
	Records int
	Last    store.ImportRecord // ID 0: nothing of it was ever imported
	Drawn   calendar.Date      // the day as of which it is known
	Until   calendar.Date      // it is fresh to the end of this day; 0: it may grow as old as it likes
	Late    bool               // that day is over
}

// Lists says how each list stands, those of constituency.yaml in the order in
// which they are read, and then what else was ever imported.
func (e *Engine) Lists(ctx context.Context, tables dataset.Tables) ([]ListView, error) {
	names := e.Sources()
	for _, n := range e.Datasets() {
		if t := tables[n]; !slices.Contains(names, n) && t != nil && !t.Imported.IsZero() {
			names = append(names, n)
		}
	}
	var out []ListView
	err := e.Store.View(ctx, func(tx *store.Tx) error {
		for _, n := range names {
			v, err := e.list(tx, n, tables[n])
			if err != nil {
				return err
			}
			if v.Named || v.Last.ID != 0 { // else it is made of others, as the changes of members are
				out = append(out, v)
			}
		}
		return nil
	})
	return out, err
}

// List says how one list stands.
func (e *Engine) List(ctx context.Context, name string, tables dataset.Tables) (v ListView, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		v, err = e.list(tx, name, tables[name])
		return err
	})
	return v, err
}

func (e *Engine) list(tx *store.Tx, name string, t *dataset.Table) (ListView, error) {
	src, named := e.set.Constituency.Data[name]
	v := ListView{Name: name, Named: named, Folder: src.Folder}
	var err error
	if v.Last, _, err = tx.LastImport(name); err != nil || v.Last.ID == 0 || t == nil {
		return v, err
	}
	v.Records = len(t.Rows)
	if v.Drawn = t.Drawn; v.Drawn == 0 {
		v.Drawn = e.Clock().Day(v.Last.At)
	}
	if src.StaleAfter.N > 0 {
		if v.Until, err = e.Clock().ShiftDate(v.Drawn, src.StaleAfter, false); err != nil {
			return v, fmt.Errorf("working out how old %s may be: %w", name, err)
		}
		v.Late = e.Clock().Day(e.Now()) > v.Until
	}
	return v, nil
}

// A History is what was imported of a list, the newest first.
type History struct {
	Imports []store.ImportRecord
	More    bool // there are older ones
	// Undo says why the last cannot be withdrawn; empty: it can.
	Undo string
	// Problems are the rows and cells of the last import that could not be read.
	Problems []store.ProblemRow
	// Back is what would be held again if the last were withdrawn; ID 0: nothing.
	Back store.ImportRecord
}

// HistoryOf gives what was imported of a list, from before an import on or, where
// that is 0, from the newest on.
func (e *Engine) HistoryOf(ctx context.Context, name string, before int64, most int) (h History, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		if h.Imports, err = tx.ImportsOf(name, before, most+1); err != nil {
			return err
		}
		if h.More = len(h.Imports) > most; h.More {
			h.Imports = h.Imports[:most]
		}
		if before > 0 {
			return nil
		}
		last, why, err := e.undoable(tx, name)
		if err != nil || last.ID == 0 {
			return err
		}
		h.Undo = why
		if h.Problems, err = tx.Problems(last.ID); err != nil {
			return err
		}
		for _, r := range h.Imports {
			if r.ID < last.ID && r.Undone.IsZero() {
				h.Back = r
				break
			}
		}
		return nil
	})
	return h, err
}

// FilesStamp stands for the names, sizes and times of all files that a pass
// reads: as long as it is the same, so is what Waits finds in the same store.
func (e *Engine) FilesStamp() string { return e.stamp() }
