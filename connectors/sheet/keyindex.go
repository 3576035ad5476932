package sheet

import (
	"hash/maphash"
	"math/bits"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A keyIndex finds records by their key. A map would hold every key once more;
// this holds eight bytes a place: half of the key's hash, and which record it is.
type keyIndex struct {
	seed    maphash.Seed
	records []dataset.Record
	places  []uint64 // 0 is a free one; always fewer than half are taken
}

func newKeyIndex(records []dataset.Record) *keyIndex {
	return &keyIndex{seed: maphash.MakeSeed(), records: records, places: make([]uint64, 2<<bits.Len(uint(len(records))))}
}

// add takes in the i-th record, which has its key by now, and gives the first
// that has the same one: itself, if it is new.
func (x *keyIndex) add(i int) int {
	key := x.records[i].Key
	hash := maphash.String(x.seed, key)
	last := uint64(len(x.places) - 1)
	for at := hash & last; ; at = (at + 1) & last {
		p := x.places[at]
		if p == 0 {
			x.places[at] = hash&^(1<<32-1) | uint64(i+1)
			return i
		}
		if first := int(uint32(p)) - 1; p>>32 == hash>>32 && x.records[first].Key == key {
			return first
		}
	}
}
