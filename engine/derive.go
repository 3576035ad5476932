package engine

import (
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// history gives the imports that stand, if some playbook reads them or what they
// changed, and begins to read the oldest list of members.
func (e *Engine) history(tx *store.Tx) ([]store.ImportRecord, error) {
	if !e.set.Reads("changes") && !e.set.Reads("imports") {
		return nil, nil
	}
	all, err := tx.Imports()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(r store.ImportRecord) bool { return !r.Undone.IsZero() })
	if e.set.Reads("changes") {
		e.readAhead(tx, all)
	}
	return all, nil
}

// readAhead begins to read the first list of members among some imports, unless
// it is the current one, which is read anyway.
func (e *Engine) readAhead(tx *store.Tx, records []store.ImportRecord) {
	isMembers := func(r store.ImportRecord) bool { return r.Dataset == "members" }
	if i := slices.IndexFunc(records, isMembers); i >= 0 && slices.ContainsFunc(records[i+1:], isMembers) {
		tx.ReadAhead(records[i].ID, e.set.Schemas["members"])
	}
}

// derive finds the members whom other lists name, and adds the derived datasets
// that some playbook reads: people, imports, and the changes of the members
// list from import to import.
func (e *Engine) derive(tx *store.Tx, tables dataset.Tables, records []store.ImportRecord, now time.Time) error {
	for name, t := range tables { // who is in the members list now may be newer than the list that names them
		tables[name] = t.MatchPeople(tables["members"])
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
	var snapshots []*dataset.Table
	for i, r := range records {
		list = append(list, dataset.Import{Ref: dataset.Ref(r.ID), Dataset: r.Dataset, File: r.File, Sheet: r.Sheet, At: r.At,
			ListDate: r.ListDate, HasDate: r.HasDate, Full: r.Full, Baseline: r.Baseline, Rows: r.Rows})
		if reads && r.Dataset == "members" {
			e.readAhead(tx, records[i+1:])
			t, err := tx.Table(r.ID, e.set.Schemas["members"])
			if err != nil {
				return err
			}
			snapshots = append(snapshots, t)
		}
	}
	tables["imports"] = dataset.Imports(list)
	if reads {
		if tables["changes"] = dataset.Changes(e.Clock(), snapshots...); tables["changes"] == nil {
			tables["changes"] = dataset.NewTable(dataset.ChangesSchema(e.set.Schemas["members"]), nil, now, now, "", "")
		}
	}
	return nil
}

// giftGroups adds up the gifts of each source. The groups get numbers of their
// own by their keys, because cases may be about them.
func (e *Engine) giftGroups(tx *store.Tx, tables dataset.Tables) error {
	t := dataset.GiftGroups(tables, e.set.Law.At)
	keys := make([]string, len(t.Rows))
	for i, r := range t.Rows {
		keys[i] = r.Key
	}
	refs, err := tx.Refs("gift_groups", keys)
	if err != nil {
		return err
	}
	tables["gift_groups"] = t.WithRefs(refs)
	return nil
}
