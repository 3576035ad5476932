package store

import (
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
	known, err := t.identities(name)
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
	all, err := t.identities(name)
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
	now := t.s.options.Now().UnixMicro()
	for _, key := range fresh {
		if len(gone) > 0 && gone[t.s.keyHash(name, key)] {
			refs[key] = 0
			continue
		}
		if !t.writing {
			imaginary--
			refs[key] = dataset.Ref(imaginary)
			continue
		}
		last++
		if err := t.exec(`insert into identities (constituency, ref, dataset, key_text, first_seen) values (?, ?, ?, ?, ?)`,
			here, last, name, key, now); err != nil {
			return err
		}
		refs[key] = dataset.Ref(last)
	}
	if last == first {
		return nil
	}
	return t.add(metaNext+"ref", last-first)
}

// keyHash is how a forgotten key is known again.
func (s *Store) keyHash(name, key string) string { return s.keyed("key", name+"\x00"+key) }

// identities are the keys of a dataset that are still known.
func (t *Tx) identities(name string) (map[string]dataset.Ref, error) {
	known := map[string]dataset.Ref{}
	err := t.each(`select key_text, ref from identities where constituency = ? and dataset = ? and key_text is not null`,
		[]any{here, name}, func(scan func(...any) error) error {
			var key string
			var ref int64
			if err := scan(&key, &ref); err != nil {
				return err
			}
			known[key] = dataset.Ref(ref)
			return nil
		})
	return known, err
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
