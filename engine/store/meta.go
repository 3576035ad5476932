package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// The names under which the store keeps its own values. Names of others must
// not begin with "store.".
const (
	metaInstance = "store.instance" // the store's own name
	metaSecret   = "store.secret"   // of address hashes
	metaMachine  = "store.machine"  // hash of the machine it last ran on
	metaEpoch    = "store.epoch"    // takeovers so far
	metaSent     = "store.sent"     // messages claimed so far
	metaChanges  = "store.changes"  // transactions that changed something
	metaLastWall = "store.wall"     // the clock at the last of them
	metaTakeover = "store.takeover" // 1: restored, and not yet taken over
	metaWipe     = "store.wipe"     // 1: erased, and old pages not yet overwritten
	metaNext     = "store.next."    // the last number given, by table
)

// readMeta reads all values.
func readMeta(ctx context.Context, q querier) (map[string]string, error) {
	rows, err := q.QueryContext(ctx, `select name, value from meta where constituency = ?`, here)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	meta := map[string]string{}
	for rows.Next() {
		var name, value string
		if err := rows.Scan(&name, &value); err != nil {
			return nil, err
		}
		meta[name] = value
	}
	return meta, rows.Err()
}

// Meta gives a value kept under a name, or nothing. No personal data is kept so.
func (t *Tx) Meta(name string) (string, error) {
	var value string
	_, err := t.one(`select value from meta where constituency = ? and name = ?`, []any{here, name}, &value)
	return value, explain("reading "+name, err)
}

// SetMeta keeps a value under a name.
func (t *Tx) SetMeta(name, value string) error {
	if strings.HasPrefix(name, "store.") {
		return &Fault{What: "the name " + name + " belongs to the store", Hint: "choose another"}
	}
	return explain("keeping "+name, t.setMeta(name, value))
}

func (t *Tx) setMeta(name, value string) error {
	if t.meta == nil {
		t.meta = map[string]string{}
	}
	t.meta[name] = value
	return t.exec(`insert into meta (constituency, name, value) values (?, ?, ?)
		on conflict (constituency, name) do update set value = excluded.value`, here, name, value)
}

// number reads a counter.
func (t *Tx) number(name string) (int64, error) {
	value, err := t.Meta(name)
	if err != nil || value == "" {
		return 0, err
	}
	return strconv.ParseInt(value, 10, 64)
}

// add moves a counter.
func (t *Tx) add(name string, by int64) error {
	n, err := t.number(name)
	if err != nil {
		return err
	}
	return t.setMeta(name, strconv.FormatInt(n+by, 10))
}

// next gives a number that was never given before in a table.
func (t *Tx) next(table string) (int64, error) {
	if err := t.add(metaNext+table, 1); err != nil {
		return 0, err
	}
	return t.number(metaNext + table)
}

// Counter moves with every transaction that changed something, in any process.
func (t *Tx) Counter() int64 {
	n, err := t.number(metaChanges)
	if err != nil {
		return -1
	}
	return n
}

// AddressHash is the keyed hash under which the ledger knows a mail address. It
// is the same for the same address, whatever its case, and leads back to it
// only by way of the store's secret. Nothing has no hash.
func (t *Tx) AddressHash(address string) string { return t.s.AddressHash(address) }

// AddressHash is that of Tx, which asks the database nothing.
func (s *Store) AddressHash(address string) string {
	address = strings.ToLower(strings.TrimSpace(address))
	if address == "" {
		return ""
	}
	return s.keyed("address", address)
}

// keyed is a keyed hash of a text, for a purpose.
func (s *Store) keyed(purpose, text string) string {
	m := hmac.New(sha256.New, s.secret)
	m.Write([]byte(purpose))
	m.Write([]byte{0})
	m.Write([]byte(text))
	return hex.EncodeToString(m.Sum(nil))
}
