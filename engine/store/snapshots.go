package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A loaded table was decoded from a snapshot, which never changes except by
// Forget.
type loaded struct {
	id     int64
	schema *dataset.Schema
	digest string
	table  *dataset.Table
	base   dataset.Base   // what it is stored as a patch of; none: it is stored whole
	under  *dataset.Table // its base
}

// saveTable keeps a table: as a patch where most of it is in the list before, of
// the same shape, or in that list's own base; else whole. The current list is kept
// as it is, and so is its base, so that they are read fast; what they follow is
// made small.
func (t *Tx) saveTable(id, before int64, table *dataset.Table) error {
	shape, err := t.saveShape(table.Schema)
	if err != nil {
		return err
	}
	var body []byte
	var base dataset.Base
	if before != 0 {
		if body, base, err = t.patch(before, shape, table); err != nil {
			return err
		}
	}
	pack, err := t.packSnapshots(table.Schema.Name, base.Import)
	if err != nil {
		return err
	}
	if body == nil {
		body, err = table.MarshalBinary()
	}
	if err2 := pack(); err == nil {
		err = err2
	}
	if err != nil {
		return err
	}
	return t.exec(`insert into snapshots (constituency, import, dataset, shape, codec, digest, body) values (?, ?, ?, ?, ?, ?, ?)`,
		here, id, table.Schema.Name, shape, codecPlain, sha256Hex(body), body)
}

// patch gives a table as a patch of the list before or of its base, and that base;
// nil: it is to be stored whole.
func (t *Tx) patch(before int64, shape string, table *dataset.Table) ([]byte, dataset.Base, error) {
	var codec int
	var had string
	found, err := t.one(`select codec, shape from snapshots where constituency = ? and import = ?`, []any{here, before}, &codec, &had)
	if err != nil || !found || codec != codecPlain || had != shape {
		return nil, dataset.Base{}, err
	}
	last, err := t.load(before, table.Schema, nil)
	if err != nil {
		return nil, dataset.Base{}, err
	}
	over, base := last.under, last.base
	if over == nil {
		over, base = last.table, dataset.Base{Import: before, Digest: last.digest}
	}
	body, err := table.MarshalPatch(over, base)
	if body == nil {
		base = dataset.Base{}
	}
	return body, base, err
}

// saveShape keeps a schema once and gives its digest.
func (t *Tx) saveShape(s *dataset.Schema) (string, error) {
	body, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	digest := sha256Hex(body)
	return digest, t.exec(`insert into shapes (constituency, digest, dataset, body) values (?, ?, ?, ?)
		on conflict (constituency, digest) do nothing`, here, digest, s.Name, string(body))
}

// packSnapshots begins to make a dataset's snapshots small, but for one, beside
// whatever else is done; the function that it gives waits for it and keeps them. It
// is to be called.
func (t *Tx) packSnapshots(name string, but int64) (keep func() error, err error) {
	type snapshot struct {
		id           int64
		body, packed []byte
		err          error
	}
	var all []*snapshot
	err = t.each(`select import, body from snapshots where constituency = ? and dataset = ? and codec = ? and import <> ?`,
		[]any{here, name, codecPlain, but}, func(scan func(...any) error) error {
			s := new(snapshot)
			all = append(all, s)
			return scan(&s.id, &s.body)
		})
	if err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, s := range all {
			s.packed, s.err = deflate(s.body)
		}
	}()
	return func() error {
		<-done
		for _, s := range all {
			if s.err != nil {
				return s.err
			}
			if err := t.exec(`update snapshots set body = ?, codec = ? where constituency = ? and import = ?`, s.packed, codecDeflate, here, s.id); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

// readSnapshot gives the table of an import: in a schema or, with none, in the
// shape it was imported in. Newer is a newer list of the same records, or nil.
func (t *Tx) readSnapshot(id int64, schema *dataset.Schema, newer []dataset.Record) (loaded, error) {
	body, digest, shape, err := t.snapshotBody(id)
	if err != nil {
		return loaded{}, err
	}
	if schema == nil {
		schema = new(dataset.Schema)
		if err := json.Unmarshal(shape, schema); err != nil {
			return loaded{}, err
		}
	}
	l := loaded{id: id, schema: schema, digest: digest}
	var patched bool
	if l.base, patched = dataset.PatchBase(body); !patched {
		l.table, err = dataset.UnmarshalTableLike(schema, body, newer)
		return l, err
	}
	if l.under, err = t.baseTable(l.base, schema, newer); err == nil {
		l.table, err = dataset.UnmarshalPatch(schema, l.under, body, newer)
	}
	return l, err
}

// baseTable gives the table that a patch is laid over.
func (t *Tx) baseTable(base dataset.Base, schema *dataset.Schema, newer []dataset.Record) (*dataset.Table, error) {
	t.s.mu.Lock()
	have := t.s.tables[schema.Name]
	t.s.mu.Unlock()
	switch {
	case have.schema == schema && have.base == base && have.under != nil:
		return have.under, nil
	case have.schema == schema && have.id == base.Import && have.digest == base.Digest:
		return have.table, nil
	}
	body, digest, _, err := t.snapshotBody(base.Import)
	if err == nil && digest != base.Digest {
		err = fmt.Errorf("the table of import %d is not the one that later ones were stored by", base.Import)
	}
	if err != nil {
		return nil, err
	}
	return dataset.UnmarshalTableLike(schema, body, newer)
}

// snapshotBody gives the stored form of the table of an import, its digest, and
// the shape it was imported in.
func (t *Tx) snapshotBody(id int64) (body []byte, digest string, shape []byte, err error) {
	var codec int
	found, err := t.one(`select s.body, s.codec, s.digest, h.body from snapshots s
		join shapes h on h.constituency = s.constituency and h.digest = s.shape
		where s.constituency = ? and s.import = ?`, []any{here, id}, &body, &codec, &digest, &shape)
	if err == nil && !found {
		err = fmt.Errorf("the table of import %d: %w", id, ErrNotFound)
	}
	if err == nil && codec == codecDeflate {
		body, err = inflate(body)
	}
	return body, digest, shape, err
}

// Tables are the current tables of the datasets, with local facts laid over
// them. A dataset that was never imported has an empty table.
func (t *Tx) Tables(schemas map[string]*dataset.Schema) (dataset.Tables, error) {
	tables := make(dataset.Tables, len(schemas))
	last := map[string]int64{}
	err := t.each(`select dataset, max(id) from imports where constituency = ? and undone is null group by dataset`, []any{here}, func(scan func(...any) error) error {
		var name string
		var id int64
		err := scan(&name, &id)
		last[name] = id
		return err
	})
	if err != nil {
		return nil, explain("reading which imports are the last", err)
	}
	for name, schema := range schemas {
		id, found := last[name]
		if !found {
			tables[name] = dataset.NewTable(schema, nil, time.Time{}, time.Time{}, "", "")
			continue
		}
		table, err := t.Table(id, schema)
		if err != nil {
			return nil, err
		}
		facts, err := t.Facts(name)
		if err != nil {
			return nil, err
		}
		if len(facts) > 0 {
			table = dataset.Overlay(table, factsByRef(facts))
		}
		tables[name] = table
	}
	return tables, nil
}

// Table is the table of one import, also an undone one, without local facts.
// Columns that schema has and the import had not are blank.
func (t *Tx) Table(id int64, schema *dataset.Schema) (*dataset.Table, error) {
	return t.TableLike(id, schema, nil)
}

// TableLike is Table where a newer list of the same records is in memory: what a
// row and its record say alike is held once. Nobody may change those records.
func (t *Tx) TableLike(id int64, schema *dataset.Schema, newer []dataset.Record) (*dataset.Table, error) {
	l, err := t.load(id, schema, newer)
	return l.table, err
}

// load is TableLike with what else is known of the table.
func (t *Tx) load(id int64, schema *dataset.Schema, newer []dataset.Record) (loaded, error) {
	var digest string
	found, err := t.one(`select digest from snapshots where constituency = ? and import = ?`, []any{here, id}, &digest)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return loaded{}, fmt.Errorf("reading the table of import %d: %w", id, err)
	}
	t.s.mu.Lock()
	have, ok := t.s.tables[schema.Name]
	t.s.mu.Unlock()
	if ok && have.id == id && have.schema == schema && have.digest == digest {
		return have, nil
	}
	l, err := t.readSnapshot(id, schema, newer)
	if err != nil {
		return loaded{}, explain(fmt.Sprintf("reading the table of import %d", id), err)
	}
	t.s.mu.Lock()
	if have := t.s.tables[schema.Name]; have.id <= id {
		t.s.tables[schema.Name] = l
	}
	t.s.mu.Unlock()
	return l, nil
}

// dropTables forgets what was decoded.
func (s *Store) dropTables() {
	s.mu.Lock()
	clear(s.tables)
	s.mu.Unlock()
}
