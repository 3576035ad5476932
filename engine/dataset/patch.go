package dataset

import (
	"crypto/sha256"
	"encoding/binary"
	digits "encoding/hex"
	"slices"
	"time"
)

// A table is stored as a patch where it is nearly the one that was imported
// before: a list of which one row in a hundred has changed takes the hundredth
// part, and no more time to write. Its form is version 3, that of a table but for
//
//	the base: behind the version, the number of its import in 8 bytes,
//	          little-endian, and the SHA-256 of its stored form
//	rows:     how many, then runs until there are so many: how many rows of the
//	          base to pass over, how many to take from there, by how much their
//	          lines differ, how many new ones follow, and those
//
// The base is never a patch itself.
const baseSize = 8 + sha256.Size

// A Base is what a patch is laid over.
type Base struct {
	Import int64
	Digest string // the SHA-256 of its stored form, in hexadecimal
}

// PatchBase gives the base of a stored table; false: it is stored whole.
func PatchBase(b []byte) (Base, bool) {
	begin := len(formatMark) + 1
	if len(b) < begin+baseSize || string(b[:len(formatMark)]) != formatMark || b[begin-1] != patchVersion {
		return Base{}, false
	}
	return Base{int64(binary.LittleEndian.Uint64(b[begin:])), digits.EncodeToString(b[begin+8 : begin+baseSize])}, true
}

// A run is a part of a patch.
type run struct {
	skip, take, shift int
	fresh             []*Row
}

// MarshalPatch gives the stored form of the table as a patch of another with the
// same columns. It is nil where a quarter of the rows and more are not the same:
// such a table is stored whole.
func (t *Table) MarshalPatch(over *Table, base Base) ([]byte, error) {
	digest, err := digits.DecodeString(base.Digest)
	if err != nil || len(digest) != sha256.Size {
		return nil, errDamaged
	}
	runs, fresh := t.runs(over.Rows)
	if fresh*4 >= len(t.Rows) {
		return nil, nil
	}
	e := t.encoder(patchVersion, fresh)
	e.base = append(binary.LittleEndian.AppendUint64(nil, uint64(base.Import)), digest...)
	for _, r := range runs {
		e.unsigned(uint64(r.skip))
		e.unsigned(uint64(r.take))
		e.signed(int64(r.shift))
		e.unsigned(uint64(len(r.fresh)))
		if err := e.rows(t.Schema, r.fresh); err != nil {
			return nil, err
		}
	}
	return e.assemble(), nil
}

// runs says how the rows are made of those of a base, and how many are new.
func (t *Table) runs(base []*Row) (runs []run, fresh int) {
	var now run
	at, to := 0, 0 // in the base: behind what now takes, and the next to take
	for i, r := range t.Rows {
		for to < len(base) && base[to].Key < r.Key {
			to++
		}
		if to == len(base) || !sameRow(base[to], r, len(t.Schema.Columns)) {
			if fresh++; fresh*4 >= len(t.Rows) {
				return nil, fresh
			}
			now.fresh = t.Rows[i-len(now.fresh) : i+1]
			continue
		}
		shift := r.Line - base[to].Line
		if to > at || len(now.fresh) > 0 || now.take > 0 && shift != now.shift {
			if now.take+len(now.fresh) > 0 {
				runs = append(runs, now)
			}
			now = run{skip: to - at}
		}
		now.take, now.shift = now.take+1, shift
		to++
		at = to
	}
	if now.take+len(now.fresh) > 0 {
		runs = append(runs, now)
	}
	return runs, fresh
}

// sameRow reports two rows that are stored alike but for their line. Where there
// is more to them than cells, they are not: that is rare.
func sameRow(a, b *Row, width int) bool {
	return a.Key == b.Key && a.Ref == b.Ref && sameTime(a.FirstSeen, b.FirstSeen) && sameTime(a.Changed, b.Changed) && a.Baseline == b.Baseline &&
		a.plain() && b.plain() && len(a.Cells) == width && len(b.Cells) == width &&
		(width == 0 || &a.Cells[0] == &b.Cells[0] || slices.Equal(a.Cells, b.Cells)) && slices.Equal(a.Problems, b.Problems)
}

// sameTime reports two times that are stored alike.
func sameTime(a, b time.Time) bool {
	return a.IsZero() == b.IsZero() && a.UnixMicro() == b.UnixMicro()
}

// plain reports a row of its table's file, without anything to say of it.
func (r *Row) plain() bool {
	return len(r.Local) == 0 && len(r.Places) == 0 && r.Absence == nil && r.Dispute == nil
}

// UnmarshalPatch reads a table that was stored as a patch, with its base in the
// same schema. Rows that are in both are held once. Newer is as in
// UnmarshalTableLike.
func UnmarshalPatch(schema *Schema, base *Table, b []byte, newer []Record) (*Table, error) {
	return unmarshal(schema, b, newer, base)
}

// patched reads the rows of a patch.
func (d *decoder) patched(s *Schema, places []int, newer *order, base []*Row) []*Row {
	n := d.unsigned()
	if n > uint64(len(base)+d.left()) {
		d.bad = true
		return nil
	}
	out := make([]*Row, 0, n)
	for uint64(len(out)) < n {
		skip, take := d.unsigned(), d.unsigned()
		shift := int(d.signed())
		fresh := d.count(6 + len(places))
		if d.bad || skip > uint64(len(base)) || take > uint64(len(base))-skip || take+uint64(fresh) == 0 || take+uint64(fresh) > n-uint64(len(out)) {
			d.bad = true
			return nil
		}
		base = base[skip:]
		for _, r := range base[:take] {
			if len(out) > 0 && r.Key < out[len(out)-1].Key {
				d.bad = true
				return nil
			}
			if shift != 0 {
				moved := *r
				moved.Line += shift
				r = &moved
			}
			out = append(out, r)
		}
		base = base[take:]
		if out = d.rows(s, places, newer, out, fresh); d.bad {
			return nil
		}
	}
	return out
}
