package engine

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
	"github.com/clarion-clp/clarion/engine/store"
)

// nameBranches puts, in the records of a file, the name by which other lists know
// a branch in the place of another that the list of branches has for it under
// also: what it was called before, or what head office calls it. A name that two
// branches have stays as it is.
func (e *Engine) nameBranches(tx *store.Tx, schema *dataset.Schema, records []dataset.Record) error {
	var columns []int
	for i, c := range schema.Columns {
		if c.Kind == dataset.Reference && c.Of == "branches" {
			columns = append(columns, i)
		}
	}
	if len(columns) == 0 {
		return nil
	}
	tables, err := tx.Tables(e.set.Schemas)
	if err != nil {
		return err
	}
	called := alsoCalled(tables["branches"])
	if len(called) == 0 {
		return nil
	}
	for _, r := range records {
		for _, i := range columns {
			if i >= len(r.Cells) || r.Cells[i].Kind != dataset.Reference {
				continue
			}
			if key := called[spelling.Words(r.Cells[i].S)]; key != "" {
				r.Cells[i] = dataset.ReferenceValue(key)
			}
		}
	}
	return nil
}

// alsoCalled gives the branch that each other name means.
func alsoCalled(branches *dataset.Table) map[string]string {
	if branches == nil {
		return nil
	}
	called, own := map[string]string{}, map[string]bool{}
	for _, r := range branches.Rows {
		name, _ := r.Get(branches.Schema, "name")
		own[spelling.Words(r.Key)], own[spelling.Words(name.S)] = true, true
	}
	for _, r := range branches.Rows {
		also, _ := r.Get(branches.Schema, "also")
		for name := range strings.FieldsFuncSeq(also.S, func(c rune) bool { return strings.ContainsRune(",;|\n", c) }) {
			name = spelling.Words(name)
			switch other, taken := called[name]; {
			case name == "" || own[name]:
			case taken && other != r.Key:
				called[name] = "" // nobody can tell which is meant
			default:
				called[name] = r.Key
			}
		}
	}
	return called
}
