package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/store"
)

// changesRules is raised when Changes makes other rows of the same lists.
const changesRules = 2

// changesStamp says by which rules the changes of the members list are worked
// out: the program's, the constituency's clock and the columns of the list.
func (e *Engine) changesStamp() (string, error) {
	columns, err := json.Marshal(e.set.Schemas["members"])
	if err != nil {
		return "", fmt.Errorf("reading the columns of members: %w", err)
	}
	sum := sha256.Sum256(columns)
	return fmt.Sprintf("%d %s %s", changesRules, e.Clock().Zone, hex.EncodeToString(sum[:8])), nil
}

// ofMembers are the imports of the members list among some that stand.
func ofMembers(records []store.ImportRecord) []store.ImportRecord {
	return slices.DeleteFunc(slices.Clone(records), func(r store.ImportRecord) bool {
		return r.Dataset != "members" || !r.Undone.IsZero()
	})
}

// changes puts together what the imports of the members list that stand changed.
// What was not kept is worked out from the lists themselves.
func (e *Engine) changes(tx *store.Tx, records []store.ImportRecord) (*dataset.Table, error) {
	lists := ofMembers(records)
	if len(lists) == 0 {
		return nil, nil
	}
	schema := dataset.ChangesSchema(e.set.Schemas["members"])
	stamp, err := e.changesStamp()
	if err != nil {
		return nil, err
	}
	kept, err := tx.Changes(stamp, schema)
	if err != nil {
		return nil, err
	}
	var rows []*dataset.Row
	for i, r := range lists[1:] {
		t := kept[r.ID]
		if t == nil {
			if t, err = e.between(tx, lists[i], r); err != nil {
				return nil, err
			}
		}
		rows = append(rows, t.Rows...)
	}
	last := lists[len(lists)-1]
	return dataset.NewTable(schema, dataset.TellApart(rows), last.At, lists[0].At, last.File, last.Sheet), nil
}

// between works out what one import changed in the one before it.
func (e *Engine) between(tx *store.Tx, before, after store.ImportRecord) (*dataset.Table, error) {
	var both [2]*dataset.Table
	for i, r := range []store.ImportRecord{before, after} {
		t, err := tx.Table(r.ID, e.set.Schemas["members"])
		if err != nil {
			return nil, err
		}
		both[i] = t
	}
	return dataset.Changes(e.Clock(), both[:]...), nil
}

// keepChanges works out what the imports of the members list changed, where that
// is not kept, and keeps it: so that a plan need not read every list of the past.
func (e *Engine) keepChanges(tx *store.Tx) error {
	if !e.set.Reads("changes") {
		return nil
	}
	records, err := tx.Imports()
	if err != nil {
		return err
	}
	stamp, err := e.changesStamp()
	if err != nil {
		return err
	}
	have, err := tx.ChangesKept(stamp)
	if err != nil {
		return err
	}
	lists := ofMembers(records)
	for i, r := range lists {
		if i == 0 || have[r.ID] {
			continue
		}
		t, err := e.between(tx, lists[i-1], r)
		if err != nil {
			return err
		}
		if err := tx.SaveChanges(r.ID, stamp, t); err != nil {
			return err
		}
	}
	return nil
}
