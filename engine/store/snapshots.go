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
}

// saveSnapshot keeps a whole table. The current one is kept as it is, so that
// it is read fast; packSnapshot makes it small once another follows. The shape
// is kept with it, so that a snapshot can be read when the schema has changed.
func (t *Tx) saveSnapshot(id int64, name string, schema *dataset.Schema, body []byte) error {
	shape, err := t.saveShape(schema)
	if err != nil {
		return err
	}
	return t.exec(`insert into snapshots (constituency, import, dataset, shape, codec, digest, body) values (?, ?, ?, ?, ?, ?, ?)`,
		here, id, name, shape, codecPlain, sha256Hex(body), body)
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

// packSnapshot begins to make a snapshot small, beside whatever else is done; the
// function that it gives waits for it and keeps it. It is to be called.
func (t *Tx) packSnapshot(id int64) (keep func() error, err error) {
	var body []byte
	var codec int
	found, err := t.one(`select body, codec from snapshots where constituency = ? and import = ?`, []any{here, id}, &body, &codec)
	if err != nil || !found || codec == codecDeflate {
		return func() error { return nil }, err
	}
	type result struct {
		body []byte
		err  error
	}
	done := make(chan result, 1)
	go func() {
		packed, err := deflate(body)
		done <- result{packed, err}
	}()
	return func() error {
		r := <-done
		if r.err != nil {
			return r.err
		}
		return t.exec(`update snapshots set body = ?, codec = ? where constituency = ? and import = ?`, r.body, codecDeflate, here, id)
	}, nil
}

// readSnapshot gives the table of an import and the digest of its bytes: in a
// schema or, with none, in the shape it was imported in.
func (t *Tx) readSnapshot(id int64, schema *dataset.Schema) (*dataset.Table, string, error) {
	return t.readSnapshotLike(id, schema, nil)
}

func (t *Tx) readSnapshotLike(id int64, schema *dataset.Schema, newer []dataset.Record) (*dataset.Table, string, error) {
	var body, shape []byte
	var codec int
	var digest string
	found, err := t.one(`select s.body, s.codec, s.digest, h.body from snapshots s
		join shapes h on h.constituency = s.constituency and h.digest = s.shape
		where s.constituency = ? and s.import = ?`, []any{here, id}, &body, &codec, &digest, &shape)
	if err == nil && !found {
		err = fmt.Errorf("the table of import %d: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, "", err
	}
	table, err := decode(body, codec, shape, schema, newer)
	return table, digest, err
}

// decode makes a table of its bytes.
func decode(body []byte, codec int, shape []byte, schema *dataset.Schema, newer []dataset.Record) (*dataset.Table, error) {
	if codec == codecDeflate {
		var err error
		if body, err = inflate(body); err != nil {
			return nil, err
		}
	}
	if schema == nil {
		schema = new(dataset.Schema)
		if err := json.Unmarshal(shape, schema); err != nil {
			return nil, err
		}
	}
	return dataset.UnmarshalTableLike(schema, body, newer)
}

// Tables are the current tables of the datasets, with local facts laid over
// them. A dataset that was never imported has an empty table.
func (t *Tx) Tables(schemas map[string]*dataset.Schema) (dataset.Tables, error) {
	tables := make(dataset.Tables, len(schemas))
	for name, schema := range schemas {
		last, found, err := t.LastImport(name)
		if err != nil {
			return nil, err
		}
		if !found {
			tables[name] = dataset.NewTable(schema, nil, time.Time{}, time.Time{}, "", "")
			continue
		}
		table, err := t.Table(last.ID, schema)
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
	var digest string
	found, err := t.one(`select digest from snapshots where constituency = ? and import = ?`, []any{here, id}, &digest)
	if err == nil && !found {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading the table of import %d: %w", id, err)
	}
	t.s.mu.Lock()
	have, ok := t.s.tables[schema.Name]
	t.s.mu.Unlock()
	if ok && have.id == id && have.schema == schema && have.digest == digest {
		return have.table, nil
	}
	table, digest, err := t.readSnapshotLike(id, schema, newer)
	if err != nil {
		return nil, explain(fmt.Sprintf("reading the table of import %d", id), err)
	}
	t.s.mu.Lock()
	if have := t.s.tables[schema.Name]; have.id <= id {
		t.s.tables[schema.Name] = loaded{id: id, schema: schema, digest: digest, table: table}
	}
	t.s.mu.Unlock()
	return table, nil
}

// dropTables forgets what was decoded.
func (s *Store) dropTables() {
	s.mu.Lock()
	clear(s.tables)
	s.mu.Unlock()
}
