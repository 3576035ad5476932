package store

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// SaveChanges keeps what an import changed, in the place of what was kept of it.
// The stamp says by which rules that was worked out.
func (t *Tx) SaveChanges(id int64, stamp string, changes *dataset.Table) error {
	doing := fmt.Sprintf("keeping what import %d changed", id)
	body, err := changes.MarshalBinary()
	if err == nil {
		body, err = deflate(body)
	}
	if err != nil {
		return explain(doing, err)
	}
	return explain(doing, t.exec(`insert into changes (constituency, import, stamp, body) values (?, ?, ?, ?)
		on conflict (constituency, import) do update set stamp = excluded.stamp, body = excluded.body`, here, id, stamp, body))
}

// Changes gives what imports that stand changed, as far as it was kept by the
// rules of a stamp.
func (t *Tx) Changes(stamp string, schema *dataset.Schema) (map[int64]*dataset.Table, error) {
	kept := map[int64]*dataset.Table{}
	err := t.each(`select c.import, c.body from changes c join imports i on i.constituency = c.constituency and i.id = c.import
		where c.constituency = ? and c.stamp = ? and i.undone is null`, []any{here, stamp}, func(scan func(...any) error) error {
		var id int64
		var body []byte
		if err := scan(&id, &body); err != nil {
			return err
		}
		body, err := inflate(body)
		if err == nil {
			kept[id], err = dataset.UnmarshalTable(schema, body)
		}
		return err
	})
	return kept, explain("reading what the imports changed", err)
}

// ChangesKept says of which imports it is kept what they changed, by the rules
// of a stamp.
func (t *Tx) ChangesKept(stamp string) (map[int64]bool, error) {
	kept := map[int64]bool{}
	err := t.each(`select import from changes where constituency = ? and stamp = ?`, []any{here, stamp}, func(scan func(...any) error) error {
		var id int64
		err := scan(&id)
		kept[id] = true
		return err
	})
	return kept, explain("looking what the imports changed", err)
}

// dropChanges throws away what was kept of what imports changed.
func (t *Tx) dropChanges() error {
	return t.exec(`delete from changes where constituency = ?`, here)
}
