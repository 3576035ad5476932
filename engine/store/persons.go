package store

import (
	"cmp"
	"database/sql"
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Numbered is a record that was seen once and has not been forgotten, whether
// it still stands in a list or not.
type Numbered struct {
	Dataset, Key string
	Ref          dataset.Ref
}

// ByNumber gives the records of some numbers, as far as they are known.
func (t *Tx) ByNumber(refs ...dataset.Ref) (map[dataset.Ref]Numbered, error) {
	known := map[dataset.Ref]Numbered{}
	for _, ref := range refs {
		n := Numbered{Ref: ref}
		var key sql.NullString
		found, err := t.one(`select dataset, key_text from identities where constituency = ? and ref = ?`,
			[]any{here, int64(ref)}, &n.Dataset, &key)
		if err != nil {
			return nil, explain("looking up a number", err)
		}
		if n.Key = key.String; found && key.Valid {
			known[ref] = n
		}
	}
	return known, nil
}

// ByKey gives the number of a record that was ever seen; 0: there is none.
func (t *Tx) ByKey(name, key string) (dataset.Ref, error) {
	var ref dataset.Ref
	_, err := t.one(`select ref from identities where constituency = ? and dataset = ? and key_text = ?`,
		[]any{here, name, key}, &ref)
	return ref, explain("looking up a key of "+name, err)
}

// Former gives the records of a dataset that stood in a list once and stand in
// the current one no longer, as the last list that had them shows them, with
// their local facts. Only those of some numbers, where any are given. It reads
// the old lists, newest first, until all are found.
func (t *Tx) Former(schema *dataset.Schema, current *dataset.Table, only ...dataset.Ref) (*dataset.Table, error) {
	rows, err := t.former(schema, current, only)
	if err != nil {
		return nil, explain("reading old lists of "+schema.Name, err)
	}
	facts, err := t.Facts(schema.Name)
	if err != nil {
		return nil, err
	}
	return dataset.Overlay(dataset.NewTable(schema, rows, current.Imported, current.First, "", ""), factsByRef(facts)), nil
}

func (t *Tx) former(schema *dataset.Schema, current *dataset.Table, only []dataset.Ref) (rows []*dataset.Row, err error) {
	sought := map[dataset.Ref]bool{}
	err = t.each(`select ref from identities where constituency = ? and dataset = ? and key_text is not null`,
		[]any{here, schema.Name}, func(scan func(...any) error) error {
			var ref dataset.Ref
			err := scan(&ref)
			if current.ByRef(ref) == nil && (len(only) == 0 || slices.Contains(only, ref)) {
				sought[ref] = true
			}
			return err
		})
	if err != nil || len(sought) == 0 {
		return nil, err
	}
	imports, err := t.Imports()
	if err != nil {
		return nil, err
	}
	for _, r := range slices.Backward(imports) {
		if r.Dataset != schema.Name || !r.Undone.IsZero() {
			continue
		}
		past, err := t.readSnapshot(r.ID, schema, nil)
		if err != nil {
			return nil, err
		}
		for _, row := range past.table.Rows {
			if sought[row.Ref] {
				delete(sought, row.Ref)
				old := *row
				old.Line = 0 // its file is read no more
				rows = append(rows, &old)
			}
		}
		if len(sought) == 0 {
			break
		}
	}
	slices.SortFunc(rows, func(a, b *dataset.Row) int { return cmp.Compare(a.Ref, b.Ref) })
	return rows, nil
}
