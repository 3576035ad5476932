package engine

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// importsOf gives all imports of a dataset, undone ones too, oldest first.
func importsOf(tx *store.Tx, name string) ([]store.ImportRecord, error) {
	all, err := tx.Imports()
	return slices.DeleteFunc(all, func(r store.ImportRecord) bool { return r.Dataset != name }), err
}

// standing are those of some imports that were not undone.
func standing(past []store.ImportRecord) []store.ImportRecord {
	return slices.DeleteFunc(slices.Clone(past), func(r store.ImportRecord) bool { return !r.Undone.IsZero() })
}

// undone reports whether the file is one whose import was undone since the last
// that stands.
func undone(past []store.ImportRecord, sha string, standing int64) bool {
	return slices.ContainsFunc(past, func(r store.ImportRecord) bool {
		return r.ID > standing && !r.Undone.IsZero() && r.SHA256 == sha
	})
}

// returned finds records that the last list did not have and an earlier one did:
// a row that could not be read for a week, or a list that was only a part. Who
// was history is history still, and is not new.
func returned(tx *store.Tx, name string, unheld []string, schema *dataset.Schema, past []store.ImportRecord) (map[string]*dataset.Row, error) {
	missing, err := tx.Known(name, unheld)
	if err != nil || len(missing) == 0 {
		return nil, err
	}
	back := map[string]*dataset.Row{}
	for _, rec := range slices.Backward(standing(past)) {
		t, err := tx.Table(rec.ID, schema)
		if err != nil {
			return nil, err
		}
		for _, r := range t.Rows {
			if missing[r.Key] {
				back[r.Key] = r
				delete(missing, r.Key)
			}
		}
		if len(missing) == 0 {
			break
		}
	}
	return back, nil
}

// unreadSince gives the day of a list's first import if rows of it were refused,
// and of every whole list since, so that a record that is new may have stood there
// unread all the time; 0: it cannot have. Where as many rows are refused as in the
// last list and nobody is missing, they are the same ones, and all of them are
// unread still.
func (e *Engine) unreadSince(m *merging, past []store.ImportRecord) calendar.Date {
	last := 0
	for i, r := range past {
		if i > 0 && !r.Full {
			continue
		}
		if last = r.Refused; last == 0 {
			return 0
		}
	}
	if len(past) == 0 || m.Full && len(m.Reading.Refused) >= last && !slices.Contains(m.taken, false) {
		return 0
	}
	return e.drawn(past[0])
}

// dated tells of each list that may grow too old as of which day it is known. A
// part that was taken since of what is otherwise the whole list makes the rest of
// it no fresher.
func (e *Engine) dated(tx *store.Tx, tables dataset.Tables) error {
	for name, src := range e.set.Constituency.Data {
		t := tables[name]
		if src.StaleAfter.N == 0 || t == nil || t.Imported.IsZero() {
			continue
		}
		last, found, err := tx.LastImport(name)
		if err != nil {
			return err
		}
		if found && src.Full && !last.Full {
			all, err := importsOf(tx, name)
			if err != nil {
				return err
			}
			for _, r := range slices.Backward(standing(all)) {
				if r.Full {
					last = r
					break
				}
			}
		}
		if d := e.drawn(last); found && d < e.Clock().Day(t.Imported) {
			tables[name] = t.DrawnOn(d)
		}
	}
	return nil
}

// drawn is the day as of which the file of an import is: its own, if it has one,
// and no later than its import.
func (e *Engine) drawn(r store.ImportRecord) calendar.Date {
	d := e.Clock().Day(r.At)
	if r.HasDate {
		d = min(d, r.ListDate)
	}
	return d
}
