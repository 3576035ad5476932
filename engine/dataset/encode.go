package dataset

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"time"
)

// The stored form of a table, version 2. Numbers are variable-length integers,
// signed ones in zigzag.
//
//	"CLT", the version as a byte
//	strings: how many, the length of each, then all of them in one piece;
//	         number 0 is the empty one and is not stored
//	times:   how many, then microseconds since 1970; number 0 is the zero time
//	header:  schema, file, sheet as strings; imported and first as times;
//	         how many columns and their names as strings
//	rows:    how many, then each: ref, key, first seen, changed, flags, line,
//	         one cell for each column, and if a flag says so the problems, the
//	         places, the absence and the dispute
//	cell:    a byte with the kind and which of N, S and unit follow
//	CRC-32 of all that stands before it, little-endian
//
// Columns are found by name, so that an older table is read by a newer schema:
// a column that is new is blank, one that is gone is passed over, and one that
// is of another kind now is a cell that cannot be read. Local facts are not
// part of a table's stored form: what lies beneath them is.
const (
	formatMark    = "CLT"
	formatVersion = 2 // version 1 has no places, absences and disputes
	patchVersion  = 3 // of a table that is stored as a patch

	cellN    = 0x10
	cellS    = 0x20
	cellUnit = 0x40

	rowBaseline = 1
	rowProblems = 2
	rowPlaces   = 4
	rowAbsent   = 8
	rowRefused  = 16
	rowDisputed = 32
)

// An encoder numbers strings and times while it writes. Large tables are written
// in pieces, so that no more is set aside for them than they take.
type encoder struct {
	version byte
	base    []byte   // what a patch is laid over
	pieces  [][]byte // that are full
	body    []byte
	strings map[string]uint64
	list    []string
	times   map[int64]uint64
	moments []int64

	keys  told
	cells []told // by column

	micro int64  // of the time before
	nth   uint64 // and its number
}

// A told is what was written last in some place, which is often what comes next,
// and how often strings in that place were new: where nearly all are, none is
// looked for among the others any more, and one that comes again is kept twice.
type told struct {
	s          string
	n          uint64
	new, again int
}

// pieceSize is about how large the pieces are.
const pieceSize = 1 << 20

// MarshalBinary gives the stored form. Equal tables give equal bytes.
func (t *Table) MarshalBinary() ([]byte, error) {
	if t.Schema == nil {
		return nil, fmt.Errorf("storing a table: it has no schema")
	}
	e := t.encoder(formatVersion, len(t.Rows))
	if err := e.rows(t.Schema, t.Rows); err != nil {
		return nil, err
	}
	return e.assemble(), nil
}

// encoder begins to store the table, of which so many rows will be written.
func (t *Table) encoder(version byte, rows int) *encoder {
	e := &encoder{version: version, strings: map[string]uint64{}, times: map[int64]uint64{}, cells: make([]told, len(t.Schema.Columns))}
	e.body = make([]byte, 0, 256+min(rows*(12+4*len(t.Schema.Columns)), pieceSize+pieceSize/8))
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
	return e
}

// rows writes records.
func (e *encoder) rows(s *Schema, rows []*Row) error {
	for _, r := range rows {
		if err := e.row(s, r); err != nil {
			return fmt.Errorf("storing %s, row %d: %w", s.Name, r.Line, err)
		}
		if len(e.body) >= pieceSize {
			e.pieces, e.body = append(e.pieces, e.body), make([]byte, 0, pieceSize+pieceSize/8)
		}
	}
	return nil
}

// assemble puts strings, times and body together.
func (e *encoder) assemble() []byte {
	e.pieces = append(e.pieces, e.body)
	size := 32 + len(e.base) + 10*len(e.moments)
	for _, p := range e.pieces {
		size += len(p)
	}
	for _, s := range e.list {
		if size += len(s) + 1; len(s) >= 1<<7 {
			size += 2
		}
	}
	out := append(make([]byte, 0, size), formatMark...)
	out = append(append(out, e.version), e.base...)
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
	for i, p := range e.pieces {
		out = append(out, p...)
		e.pieces[i] = nil
	}
	return binary.LittleEndian.AppendUint32(out, crc32.ChecksumIEEE(out))
}

func (e *encoder) unsigned(n uint64) { e.body = binary.AppendUvarint(e.body, n) }
func (e *encoder) signed(n int64)    { e.body = binary.AppendVarint(e.body, n) }

// string writes the number of a string, and gives it.
func (e *encoder) string(s string) uint64 {
	if s == "" {
		e.body = append(e.body, 0)
		return 0
	}
	n, ok := e.strings[s]
	if !ok {
		e.list = append(e.list, s)
		n = uint64(len(e.list))
		e.strings[s] = n
	}
	e.unsigned(n)
	return n
}

// stringAt writes the number of a string in a place.
func (e *encoder) stringAt(t *told, s string) {
	const many = 4096
	if s == t.s && s != "" {
		e.unsigned(t.n)
		return
	}
	before := len(e.list)
	if t.new > many && t.again < t.new/8 && s != "" {
		e.list = append(e.list, s)
		t.n = uint64(len(e.list))
		e.unsigned(t.n)
	} else {
		t.n = e.string(s)
	}
	if t.s = s; len(e.list) > before {
		t.new++
	} else {
		t.again++
	}
}

// time writes the number of a time.
func (e *encoder) time(t time.Time) {
	if t.IsZero() {
		e.body = append(e.body, 0)
		return
	}
	micro := t.UnixMicro()
	if micro == e.micro && e.nth > 0 {
		e.unsigned(e.nth)
		return
	}
	n, ok := e.times[micro]
	if !ok {
		e.moments = append(e.moments, micro)
		n = uint64(len(e.moments))
		e.times[micro] = n
	}
	e.micro, e.nth = micro, n
	e.unsigned(n)
}

// row writes a record.
func (e *encoder) row(s *Schema, r *Row) error {
	e.signed(int64(r.Ref))
	e.stringAt(&e.keys, r.Key)
	e.time(r.FirstSeen)
	e.time(r.Changed)
	flags := byte(0)
	if r.Baseline {
		flags |= rowBaseline
	}
	if len(r.Problems) > 0 {
		flags |= rowProblems
	}
	if len(r.Places) > 0 {
		flags |= rowPlaces
	}
	if r.Absence != nil {
		flags |= rowAbsent
		if r.Absence.Refused {
			flags |= rowRefused
		}
	}
	if r.Dispute != nil {
		flags |= rowDisputed
	}
	e.body = append(e.body, flags)
	e.signed(int64(r.Line))
	for i := range s.Columns {
		if err := e.cell(&e.cells[i], r.imported(s.Columns[i].Name, i)); err != nil {
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
	return e.whereabouts(r)
}

// whereabouts writes where a record was read if not in the table's file, whether
// the last list has it, and what another source says of it.
func (e *encoder) whereabouts(r *Row) error {
	if len(r.Places) > 0 {
		e.unsigned(uint64(len(r.Places)))
		for _, p := range r.Places {
			e.place(p)
		}
	}
	if a := r.Absence; a != nil {
		e.unsigned(uint64(a.Lists))
		e.signed(int64(a.Since))
		e.signed(int64(a.Latest))
	}
	if d := r.Dispute; d != nil {
		e.place(d.Place)
		e.string(d.Key)
		return e.cell(new(told), d.When)
	}
	return nil
}

// place writes where cells were read.
func (e *encoder) place(p Place) {
	e.string(p.File)
	e.string(p.Sheet)
	e.signed(int64(p.Line))
	e.signed(int64(p.Drawn))
	e.unsigned(uint64(len(p.Columns)))
	for _, c := range p.Columns {
		e.string(c)
	}
}

// cell writes a value: its kind, and whatever of it is not zero.
func (e *encoder) cell(t *told, v Value) error {
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
	switch {
	case v.S == "":
	case v.S == e.keys.s:
		e.unsigned(e.keys.n)
	default:
		e.stringAt(t, v.S)
	}
	if v.Unit != 0 {
		e.body = append(e.body, byte(v.Unit))
	}
	return nil
}
