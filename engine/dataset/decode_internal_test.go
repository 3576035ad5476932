package dataset

import (
	"bytes"
	"runtime"
	"testing"
	"time"
)

// fuzzSchema is the shape that arbitrary bytes are read in.
var fuzzSchema = &Schema{Name: "t", Columns: []Column{{Name: "a", Kind: Text}, {Name: "b", Kind: Date}, {Name: "c", Kind: Length}}}

const sumOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

// Arbitrary bytes, with version and checksum out of the way, never panic, never
// set more aside than their size warrants, and what is read can be stored.
func FuzzUnmarshalTable(f *testing.F) {
	rows := []*Row{
		{Ref: 1, Key: "A", FirstSeen: time.Unix(9, 0), Baseline: true, Line: 2, Cells: []Value{TextValue("x"), DateValue(-5), {Kind: Length, N: 3, Unit: 2}}},
		{Ref: 2, Key: "B", Cells: []Value{{}, {}, {}}, Problems: []Problem{{"b", "?", "not a date"}}},
	}
	b, err := NewTable(fuzzSchema, rows, time.Unix(8, 0), time.Unix(7, 0), "f.csv", "s").MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b[4 : len(b)-4])
	f.Add([]byte{1, 1, 't', 0, 1, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1})
	f.Add([]byte{1, 1, 't', 0, 1, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0x7f})
	over := NewTable(fuzzSchema, rows, time.Unix(8, 0), time.Unix(7, 0), "f.csv", "s")
	if b, err = over.MarshalPatch(over, Base{7, sumOfNothing}); err != nil {
		f.Fatal(err)
	}
	f.Add(b[4+baseSize : len(b)-4])
	f.Fuzz(func(t *testing.T, in []byte) {
		if tab, err := unmarshalBody(fuzzSchema, in, nil, over); err == nil {
			if _, err := tab.MarshalBinary(); err != nil {
				t.Fatal(err)
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		tab, err := unmarshalBody(fuzzSchema, in, nil, nil)
		runtime.ReadMemStats(&after)
		// A row of a few bytes becomes a Row and its cells; a first block of rows is free.
		if took := after.TotalAlloc - before.TotalAlloc; took > uint64(len(in))*100+256*400+64<<10 {
			t.Fatalf("%d bytes for %d bytes of input", took, len(in))
		}
		if err != nil {
			return
		}
		out, err := tab.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		again, err := UnmarshalTable(fuzzSchema, out)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := again.MarshalBinary(); err != nil || !bytes.Equal(out, twice) {
			t.Fatalf("not the same when stored again: %v", err)
		}
	})
}
