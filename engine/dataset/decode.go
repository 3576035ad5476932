package dataset

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// errDamaged is what is wrong with bytes that are no stored table.
var errDamaged = errors.New("the stored table is damaged")

// A decoder reads the stored form. Every count is held against the bytes that
// are left before anything is set aside for it. After a fault, bad is set, and
// what is read means nothing.
type decoder struct {
	in      []byte
	at      int
	bad     bool
	strings []string
	times   []time.Time
}

// UnmarshalTable reads a table from its stored form, in the shape of a schema,
// which may have changed since. The error says that the bytes are damaged, of a
// later version, or of another dataset.
func UnmarshalTable(schema *Schema, b []byte) (*Table, error) {
	return UnmarshalTableLike(schema, b, nil)
}

// UnmarshalTableLike is UnmarshalTable where a newer list of the same records is
// in memory: what a row and its record say alike is held once.
func UnmarshalTableLike(schema *Schema, b []byte, newer []Record) (*Table, error) {
	return unmarshal(schema, b, newer, nil)
}

// unmarshal reads a table, or with a base the patch that is laid over it.
func unmarshal(schema *Schema, b []byte, newer []Record, base *Table) (*Table, error) {
	const frame = len(formatMark) + 1 + 4
	if len(b) < frame || string(b[:len(formatMark)]) != formatMark {
		return nil, fmt.Errorf("reading %s: %w", schema.Name, errDamaged)
	}
	v := b[len(formatMark)]
	if v == 0 || v > patchVersion {
		return nil, fmt.Errorf("reading %s: the stored table is of version %d, and this Clarion knows none later than %d", schema.Name, v, patchVersion)
	}
	begin, end := len(formatMark)+1, len(b)-4
	if (v == patchVersion) != (base != nil) || crc32.ChecksumIEEE(b[:end]) != binary.LittleEndian.Uint32(b[end:]) {
		return nil, fmt.Errorf("reading %s: %w", schema.Name, errDamaged)
	}
	if base != nil {
		begin += baseSize
	}
	t, err := unmarshalBody(schema, b[min(begin, end):end], newer, base)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", schema.Name, err)
	}
	return t, nil
}

// unmarshalBody reads what stands between version and checksum, and base if there
// is one.
func unmarshalBody(schema *Schema, b []byte, newer []Record, base *Table) (*Table, error) {
	d := decoder{in: b}
	d.readStrings()
	d.readTimes()
	t := &Table{Schema: schema}
	name := d.string()
	t.File, t.Sheet = d.string(), d.string()
	t.Imported, t.First = d.time(), d.time()
	if d.bad {
		return nil, errDamaged
	}
	if name != schema.Name {
		return nil, fmt.Errorf("the stored table is of %q", name)
	}
	places, err := d.columns(schema)
	if err != nil {
		return nil, err
	}
	if base != nil {
		t.Rows = d.patched(schema, places, newOrder(newer), base.Rows)
	} else {
		t.Rows = d.rows(schema, places, newOrder(newer), nil, d.count(6+len(places)))
	}
	if d.bad || d.at != len(d.in) {
		return nil, errDamaged
	}
	return t, nil
}

// left gives the number of bytes still to be read.
func (d *decoder) left() int { return len(d.in) - d.at }

// unsigned reads a number.
func (d *decoder) unsigned() uint64 {
	if d.at < len(d.in) {
		if b := d.in[d.at]; b < 0x80 {
			d.at++
			return uint64(b)
		}
	}
	n, w := binary.Uvarint(d.in[d.at:])
	if w <= 0 {
		d.bad = true
		d.at = len(d.in)
		return 0
	}
	d.at += w
	return n
}

// signed reads a number in zigzag.
func (d *decoder) signed() int64 {
	n := d.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}

// byte reads a byte.
func (d *decoder) byte() byte {
	if d.at >= len(d.in) {
		d.bad = true
		return 0
	}
	b := d.in[d.at]
	d.at++
	return b
}

// count reads how many of something follow, each of at least so many bytes.
func (d *decoder) count(each int) int {
	n := d.unsigned()
	if n > uint64(d.left()/each) {
		d.bad = true
		return 0
	}
	return int(n)
}

// readStrings reads all strings. They are cut out of one copy of their bytes.
func (d *decoder) readStrings() {
	n := d.count(1)
	lengths := make([]int, n)
	total := 0
	for i := range lengths {
		l := d.unsigned()
		if l > uint64(len(d.in)) || d.bad {
			d.bad = true
			return
		}
		lengths[i] = int(l)
		total += int(l)
		if total > len(d.in) {
			d.bad = true
			return
		}
	}
	if total > d.left() {
		d.bad = true
		return
	}
	all := string(d.in[d.at : d.at+total])
	d.at += total
	d.strings = make([]string, n+1)
	for i, l := range lengths {
		d.strings[i+1] = all[:l]
		all = all[l:]
	}
}

// readTimes reads all times.
func (d *decoder) readTimes() {
	n := d.count(1)
	d.times = make([]time.Time, n+1)
	for i := range n {
		d.times[i+1] = time.UnixMicro(d.signed()).UTC()
	}
}

// string reads the number of a string.
func (d *decoder) string() string {
	n := d.unsigned()
	if n >= uint64(len(d.strings)) {
		d.bad = true
		return ""
	}
	return d.strings[n]
}

// time reads the number of a time.
func (d *decoder) time() time.Time {
	n := d.unsigned()
	if n >= uint64(len(d.times)) {
		d.bad = true
		return time.Time{}
	}
	return d.times[n]
}

// columns reads the names of the stored columns, and gives the place of each in
// the schema, or -1.
func (d *decoder) columns(s *Schema) ([]int, error) {
	n := d.count(1)
	places := make([]int, n)
	taken := make([]bool, len(s.Columns))
	for i := range places {
		places[i] = -1
		if p, ok := s.Column(d.string()); ok {
			if taken[p] {
				d.bad = true
			}
			taken[p] = true
			places[i] = p
		}
	}
	if d.bad {
		return nil, errDamaged
	}
	return places, nil
}

// rows reads so many rows behind others, setting room aside for some hundred at a
// time.
func (d *decoder) rows(s *Schema, places []int, newer *order, out []*Row, n int) []*Row {
	const block = 256
	width := len(s.Columns)
	var rows []Row
	var cells []Value
	for i := range n {
		if len(rows) == 0 {
			rows = make([]Row, min(block, n-i))
		}
		if len(cells) == 0 {
			cells = make([]Value, min(block, n-i)*width)
		}
		r := &rows[0]
		rows = rows[1:]
		r.Cells = cells[:width:width]
		d.row(s, places, r)
		if d.bad || len(out) > 0 && r.Key < out[len(out)-1].Key {
			d.bad = true
			return nil
		}
		if same := newer.find(r.Key); same != nil && slices.Equal(same.Cells, r.Cells) {
			clear(r.Cells)
			r.Key, r.Cells = same.Key, same.Cells
		} else {
			cells = cells[width:]
		}
		if out == nil {
			out = make([]*Row, 0, n)
		}
		out = append(out, r)
	}
	return out
}

// An order gives records by their keys, which are asked for in order.
type order struct {
	records []Record
	by      []int32 // their places by key; nil: they are in that order
	next    int
}

func newOrder(records []Record) *order {
	o := &order{records: records}
	if !slices.IsSortedFunc(records, func(a, b Record) int { return strings.Compare(a.Key, b.Key) }) {
		o.by = make([]int32, len(records))
		for i := range o.by {
			o.by[i] = int32(i)
		}
		slices.SortFunc(o.by, func(a, b int32) int { return strings.Compare(records[a].Key, records[b].Key) })
	}
	return o
}

// find gives the record of a key that is not before that of the last call, or nil.
func (o *order) find(key string) *Record {
	for ; o.next < len(o.records); o.next++ {
		r := &o.records[o.next]
		if o.by != nil {
			r = &o.records[o.by[o.next]]
		}
		if r.Key >= key {
			if r.Key == key {
				return r
			}
			break
		}
	}
	return nil
}

// row reads a record.
func (d *decoder) row(s *Schema, places []int, r *Row) {
	r.Ref = Ref(d.signed())
	r.Key = d.string()
	r.FirstSeen = d.time()
	r.Changed = d.time()
	flags := d.byte()
	r.Baseline = flags&rowBaseline != 0
	r.Line = int(d.signed())
	for _, p := range places {
		if p < 0 {
			var none Value
			d.cell(&none)
			continue
		}
		v := &r.Cells[p]
		d.cell(v)
		if v.Kind != s.Columns[p].Kind && v.Kind != Blank {
			fit(s, p, r)
		}
	}
	if flags&rowProblems != 0 {
		n := d.count(3)
		for range n {
			problem := Problem{Column: d.string(), Text: d.string(), Why: d.string()}
			if _, ok := s.Column(problem.Column); ok {
				r.Problems = append(r.Problems, problem)
			}
		}
	}
	d.whereabouts(flags, r)
}

// whereabouts reads where a record was read if not in the table's file, whether
// the last list has it, and what another source says of it.
func (d *decoder) whereabouts(flags byte, r *Row) {
	if flags&rowPlaces != 0 {
		for range d.count(5) {
			r.Places = append(r.Places, d.place())
		}
	}
	if flags&rowAbsent != 0 {
		r.Absence = &Absence{Lists: int(d.unsigned()), Since: calendar.Date(d.signed()), Latest: calendar.Date(d.signed()), Refused: flags&rowRefused != 0}
	}
	if flags&rowDisputed != 0 {
		r.Dispute = &Dispute{Place: d.place(), Key: d.string()}
		d.cell(&r.Dispute.When)
	}
}

// place reads where cells were read.
func (d *decoder) place() Place {
	p := Place{File: d.string(), Sheet: d.string(), Line: int(d.signed()), Drawn: calendar.Date(d.signed())}
	for range d.count(1) {
		p.Columns = append(p.Columns, d.string())
	}
	return p
}

// cell reads a value.
func (d *decoder) cell(v *Value) {
	tag := d.byte()
	v.Kind = Kind(tag & 0x0f)
	if int(v.Kind) >= len(kindWords) || tag&0x80 != 0 {
		d.bad = true
	}
	if tag&cellN != 0 {
		v.N = d.signed()
	}
	if tag&cellS != 0 {
		v.S = d.string()
	}
	if tag&cellUnit != 0 {
		v.Unit = calendar.Unit(d.byte())
	}
}

// fit deals with a cell whose column is of another kind now. A choice is a text
// as well; anything else cannot be read any more.
func fit(s *Schema, p int, r *Row) {
	v, c := &r.Cells[p], &s.Columns[p]
	if v.Kind == Choice && c.Kind == Text {
		v.Kind = Text
		return
	}
	r.Problems = append(r.Problems, Problem{
		Column: c.Name, Text: v.S,
		Why: "it was stored as " + v.Kind.String() + ", and the column is " + c.Kind.String() + " now; import the file again",
	})
	*v = Value{}
}
