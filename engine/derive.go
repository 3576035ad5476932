package engine

import (
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// history gives the imports that stand, if some playbook reads them or what they
// changed.
func (e *Engine) history(tx *store.Tx) ([]store.ImportRecord, error) {
	if !e.set.Reads("changes") && !e.set.Reads("imports") {
		return nil, nil
	}
	all, err := tx.Imports()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(r store.ImportRecord) bool { return !r.Undone.IsZero() }), nil
}

// derive finds the members whom other lists name, and adds the derived datasets
// that some playbook reads: people, imports, and the changes of the members
// list from import to import.
func (e *Engine) derive(tx *store.Tx, tables dataset.Tables, records []store.ImportRecord, now time.Time) error {
	for name, t := range tables { // who is in the members list now may be newer than the list that names them
		tables[name] = t.MatchPeople(tables["members"])
	}
	if err := e.asOne(tx, tables); err != nil {
		return err
	}
	if e.set.Reads("people") {
		tables["people"] = dataset.People(tables, e.Clock().Day(now))
	}
	if e.set.Reads("gift_groups") {
		if err := e.giftGroups(tx, tables); err != nil {
			return err
		}
	}
	reads := e.set.Reads("changes")
	if !reads && !e.set.Reads("imports") {
		return nil
	}
	var list []dataset.Import
	for _, r := range records {
		list = append(list, importOf(r))
	}
	imports, err := numbered(tx, dataset.Imports(list))
	if err != nil {
		return err
	}
	tables["imports"] = imports
	if !reads {
		return nil
	}
	changes, err := e.changes(tx, records)
	if changes == nil {
		changes = dataset.NewTable(dataset.ChangesSchema(e.set.Schemas["members"]), nil, now, now, "", "")
	}
	tables["changes"] = changes
	return err
}

// importOf gives an import as the derived dataset imports shows it.
func importOf(r store.ImportRecord) dataset.Import {
	return dataset.Import{Ref: dataset.Ref(r.ID), Dataset: r.Dataset, Kind: r.Kind, File: r.File, Sheet: r.Sheet, At: r.At,
		ListDate: r.ListDate, HasDate: r.HasDate, Full: r.Full, Baseline: r.Baseline, Rows: r.Rows, New: r.New, Gone: r.Gone,
		Changed: r.Changed, Refused: r.Refused, CannotBeRead: r.Unread}
}

// giftGroups adds up the gifts of each source.
func (e *Engine) giftGroups(tx *store.Tx, tables dataset.Tables) (err error) {
	book, err := tx.LoadBook()
	if err != nil {
		return err
	}
	tables["gift_groups"], err = numbered(tx, dataset.GiftGroups(tables, e.set.Law.At, book.Person))
	return err
}

// numbered gives the records of a derived dataset numbers of their own by their
// keys, because cases may be about them: a number that a person has too would
// be forgotten with the person.
func numbered(tx *store.Tx, t *dataset.Table) (*dataset.Table, error) {
	keys := make([]string, len(t.Rows))
	for i, r := range t.Rows {
		keys[i] = r.Key
	}
	refs, err := tx.Refs(t.Schema.Name, keys)
	if err != nil {
		return nil, err
	}
	return t.WithRefs(refs), nil
}
