package store

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Refs gives each key of a dataset its number. A new key gets a new number,
// which no other key ever had or will have. The key of a forgotten record
// answers 0: an import leaves that row out.
//
// In a View a key that is new answers -1, -2 and so on: a number that leads
// nowhere, for a plan that nobody proposes.
func (t *Tx) Refs(name string, keys []string) (map[string]dataset.Ref, error) {
	refs := make(map[string]dataset.Ref, len(keys))
	known, err := t.among(name, keys)
	if err != nil {
		return nil, explain("looking up the keys of "+name, err)
	}
	var fresh []string
	for _, key := range keys {
		if _, done := refs[key]; done {
			continue
		}
		ref, ok := known[key]
		if !ok && key != "" {
			fresh = append(fresh, key)
		}
		refs[key] = ref
	}
	if len(fresh) == 0 {
		return refs, nil
	}
	gone, err := t.erasedKeys(name)
	if err != nil {
		return nil, explain("looking up the forgotten keys of "+name, err)
	}
	if err := t.giveRefs(name, fresh, gone, refs); err != nil {
		return nil, explain("giving numbers to the keys of "+name, err)
	}
	return refs, nil
}

// Known reports which of a dataset's keys have a number already.
func (t *Tx) Known(name string, keys []string) (map[string]bool, error) {
	all, err := t.among(name, keys)
	if err != nil {
		return nil, explain("looking up the keys of "+name, err)
	}
	known := map[string]bool{}
	for _, key := range keys {
		if _, ok := all[key]; ok {
			known[key] = true
		}
	}
	return known, nil
}

// giveRefs gives numbers to keys that were never seen, unless forgotten.
func (t *Tx) giveRefs(name string, fresh []string, gone map[string]bool, refs map[string]dataset.Ref) error {
	last, err := t.number(metaNext + "ref")
	if err != nil {
		return err
	}
	first, imaginary := last, int64(0)
	given := fresh[:0]
	for _, key := range fresh {
		switch {
		case len(gone) > 0 && gone[t.s.keyHash(name, key)]:
			refs[key] = 0
		case !t.writing:
			imaginary--
			refs[key] = dataset.Ref(imaginary)
		default:
			last++
			refs[key] = dataset.Ref(last)
			given = append(given, key)
		}
	}
	if last == first {
		return nil
	}
	if err := t.addKeys(name, given, first+1); err != nil {
		return err
	}
	return t.add(metaNext+"ref", last-first)
}

// addKeys keeps keys under the numbers from first on. Many go in one statement:
// one for each would take four times as long.
func (t *Tx) addKeys(name string, keys []string, first int64) error {
	const many = 50
	now := t.s.options.Now().UnixMicro()
	for len(keys) > 0 {
		n := 1
		if len(keys) >= many {
			n = many
		}
		args := append(make([]any, 0, 3+2*n), here, name, now)
		for i, key := range keys[:n] {
			args = append(args, first+int64(i), key)
		}
		if err := t.exec(insertKeys(n), args...); err != nil {
			return err
		}
		keys, first = keys[n:], first+int64(n)
	}
	return nil
}

// insertKeys is the statement that keeps so many keys.
func insertKeys(n int) string {
	return `insert into identities (constituency, dataset, first_seen, ref, key_text) values (?1, ?2, ?3, ?, ?)` +
		strings.Repeat(`, (?1, ?2, ?3, ?, ?)`, n-1)
}

// keyHash is how a forgotten key is known again.
func (s *Store) keyHash(name, key string) string { return s.keyed("key", name+"\x00"+key) }

const knownKeys = `select key_text, ref from identities where constituency = ? and dataset = ? and key_text `

// identities are the keys of a dataset that are still known.
func (t *Tx) identities(name string) (map[string]dataset.Ref, error) {
	known := map[string]dataset.Ref{}
	return known, t.each(knownKeys+`is not null`, []any{here, name}, addKey(known))
}

// among are the keys of a dataset that are still known: all that are among some
// keys, and others where that is quicker.
func (t *Tx) among(name string, keys []string) (map[string]dataset.Ref, error) {
	const few = 100
	if len(keys) > few {
		return t.identities(name)
	}
	known := map[string]dataset.Ref{}
	for _, key := range keys {
		if err := t.each(knownKeys+`= ?`, []any{here, name, key}, addKey(known)); err != nil {
			return nil, err
		}
	}
	return known, nil
}

func addKey(known map[string]dataset.Ref) func(func(...any) error) error {
	return func(scan func(...any) error) error {
		var key string
		var ref int64
		err := scan(&key, &ref)
		known[key] = dataset.Ref(ref)
		return err
	}
}

func (t *Tx) erasedKeys(name string) (map[string]bool, error) {
	gone := map[string]bool{}
	err := t.each(`select key_hash from erasures where constituency = ? and dataset = ?`,
		[]any{here, name}, func(scan func(...any) error) error {
			var hash string
			if err := scan(&hash); err != nil {
				return err
			}
			gone[hash] = true
			return nil
		})
	return gone, err
}
