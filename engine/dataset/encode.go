package dataset

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"
)

// The stored form of a table, version 1. Numbers are variable-length integers,
// signed ones in zigzag.
//
//	"CLT", the version as a byte
//	strings: how many, the length of each, then all of them in one piece;
//	         number 0 is the empty one and is not stored
//	times:   how many, then microseconds since 1970; number 0 is the zero time
//	header:  schema, file, sheet as strings; imported and first as times;
//	         how many columns and their names as strings
//	rows:    how many, then each: ref, key, first seen, changed, flags, line,
//	         one cell for each column, and the problems if a flag says so
//	cell:    a byte with the kind and which of N, S and unit follow
//	CRC-32 of all that stands before it, little-endian
//
// Columns are found by name, so that an older table is read by a newer schema:
// a column that is new is blank, one that is gone is passed over, and one that
// is of another kind now is a cell that cannot be read. Local facts are not
// part of a table's stored form: what lies beneath them is.
const (
	formatMark    = "CLT"
	formatVersion = 1

	cellN    = 0x10
	cellS    = 0x20
	cellUnit = 0x40

	rowBaseline = 1
	rowProblems = 2
)

// An encoder numbers strings and times while it writes.
type encoder struct {
	body    []byte
	strings map[string]uint64
	list    []string
	times   map[int64]uint64
	moments []int64
}

// MarshalBinary gives the stored form. Equal tables give equal bytes.
func (t *Table) MarshalBinary() ([]byte, error) {
	if t.Schema == nil {
		return nil, fmt.Errorf("storing a table: it has no schema")
	}
	e := encoder{strings: map[string]uint64{}, times: map[int64]uint64{}}
	e.body = make([]byte, 0, len(t.Rows)*(12+4*len(t.Schema.Columns)))
	e.string(t.Schema.Name)
	e.string(t.File)
	e.string(t.Sheet)
	e.time(t.Imported)
	e.time(t.First)
	e.unsigned(uint64(len(t.Schema.Columns)))
	for i := range t.Schema.Columns {
		e.string(t.Schema.Columns[i].Name)
	}
	e.unsigned(uint64(len(t.Rows)))
	for _, r := range t.Rows {
		if err := e.row(t.Schema, r); err != nil {
			return nil, fmt.Errorf("storing %s, row %d: %w", t.Schema.Name, r.Line, err)
		}
	}
	return e.assemble(), nil
}

// assemble puts strings, times and body together.
func (e *encoder) assemble() []byte {
	size := len(e.body) + 16 + 10*len(e.moments)
	for _, s := range e.list {
		size += len(s) + 3
	}
	out := append(make([]byte, 0, size), formatMark...)
	out = append(out, formatVersion)
	out = binary.AppendUvarint(out, uint64(len(e.list)))
	for _, s := range e.list {
		out = binary.AppendUvarint(out, uint64(len(s)))
	}
	for _, s := range e.list {
		out = append(out, s...)
	}
	out = binary.AppendUvarint(out, uint64(len(e.moments)))
	for _, m := range e.moments {
		out = binary.AppendVarint(out, m)
	}
	out = append(out, e.body...)
	return binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

func (e *encoder) unsigned(n uint64) { e.body = binary.AppendUvarint(e.body, n) }
func (e *encoder) signed(n int64)    { e.body = binary.AppendVarint(e.body, n) }

// string writes the number of a string.
func (e *encoder) string(s string) {
	if s == "" {
		e.body = append(e.body, 0)
		return
	}
	n, ok := e.strings[s]
	if !ok {
		e.list = append(e.list, s)
		n = uint64(len(e.list))
		e.strings[s] = n
	}
	e.unsigned(n)
}

// time writes the number of a time.
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		e.body = append(e.body, 0)
		return
	}
	micro := t.UnixMicro()
	n, ok := e.times[micro]
	if !ok {
		e.moments = append(e.moments, micro)
		n = uint64(len(e.moments))
		e.times[micro] = n
	}
	e.unsigned(n)
}

// row writes a record.
func (e *encoder) row(s *Schema, r *Row) error {
	e.signed(int64(r.Ref))
	e.string(r.Key)
	e.time(r.FirstSeen)
	e.time(r.Changed)
	flags := byte(0)
	if r.Baseline {
		flags |= rowBaseline
	}
	if len(r.Problems) > 0 {
		flags |= rowProblems
	}
	e.body = append(e.body, flags)
	e.signed(int64(r.Line))
	for i := range s.Columns {
		if err := e.cell(r.imported(s.Columns[i].Name, i)); err != nil {
			return fmt.Errorf("column %s: %w", s.Columns[i].Name, err)
		}
	}
	if len(r.Problems) > 0 {
		e.unsigned(uint64(len(r.Problems)))
		for _, p := range r.Problems {
			e.string(p.Column)
			e.string(p.Text)
			e.string(p.Why)
		}
	}
	return nil
}

// cell writes a value: its kind, and whatever of it is not zero.
func (e *encoder) cell(v Value) error {
	if int(v.Kind) >= len(kindWords) {
		return fmt.Errorf("a value of unknown kind %d", v.Kind)
	}
	tag := byte(v.Kind)
	if v.N != 0 {
		tag |= cellN
	}
	if v.S != "" {
		tag |= cellS
	}
	if v.Unit != 0 {
		tag |= cellUnit
	}
	e.body = append(e.body, tag)
	if v.N != 0 {
		e.signed(v.N)
	}
	if v.S != "" {
		e.string(v.S)
	}
	if v.Unit != 0 {
		e.body = append(e.body, byte(v.Unit))
	}
	return nil
}
