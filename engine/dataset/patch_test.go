package dataset_test

import (
	"bytes"
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

var someBase = dataset.Base{Import: 41, Digest: strings.Repeat("0a", 32)}

// TestPatch: a table that is stored as a patch of any other is what it was, and is
// stored whole where they have little in common.
func TestPatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := anyTable.Draw(t, "base")
		var rows []*dataset.Row
		for _, r := range base.Rows {
			next := *r
			switch rapid.SampledFrom([]string{"same", "same", "same", "same", "moved", "moved", "gone", "else"}).Draw(t, "row") {
			case "gone":
				continue
			case "moved":
				next.Line += 7
			case "else":
				next = *anyTable.Filter(func(t *dataset.Table) bool { return len(t.Rows) > 0 }).Draw(t, "other").Rows[0]
				next.Key = r.Key + rapid.SampledFrom([]string{"", "x"}).Draw(t, "key")
			}
			rows = append(rows, &next)
		}
		want := dataset.NewTable(base.Schema, rows, noon(9), noon(1), "later.csv", "s")
		b, err := want.MarshalPatch(base, someBase)
		if err != nil {
			t.Fatal(err)
		}
		if b == nil {
			return
		}
		if got, ok := dataset.PatchBase(b); !ok || got != someBase {
			t.Errorf("the base is %v", got)
		}
		got, err := dataset.UnmarshalPatch(base.Schema, base, b, nil)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := whole(t, want), whole(t, got); !bytes.Equal(a, b) || !reflect.DeepEqual(want.Imported, got.Imported) {
			t.Errorf("stored as %v, read as %v", want, got)
		}
	})
}

func whole(t interface{ Fatal(...any) }, tab *dataset.Table) []byte {
	b, err := tab.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if _, is := dataset.PatchBase(b); is {
		t.Fatal("a whole table says that it is a patch")
	}
	return b
}

// TestPatchIsSmall: of a large table in which one row in a hundred is another, a
// patch holds no more than those, and gives the others as they are in the base.
func TestPatchIsSmall(t *testing.T) {
	t.Parallel()
	base := big()
	rows := make([]*dataset.Row, 0, len(base.Rows))
	for i, r := range base.Rows {
		next := *r
		next.Line -= i / 1000 // one is gone here and there
		if i%100 == 0 {
			next.Changed = noon(9)
		}
		if i%1000 != 999 {
			rows = append(rows, &next)
		}
	}
	tab := dataset.NewTable(base.Schema, rows, noon(9), noon(1), "members.csv", "")
	b, err := tab.MarshalPatch(base, someBase)
	if err != nil || b == nil || len(b) > len(whole(t, tab))/20 {
		t.Fatalf("%d bytes of %d, %v", len(b), len(whole(t, tab)), err)
	}
	got, err := dataset.UnmarshalPatch(base.Schema, base, b, nil)
	if err != nil || got.Rows[1] != base.Rows[1] || !bytes.Equal(whole(t, got), whole(t, tab)) {
		t.Fatalf("not what was stored: %v", err)
	}
	for i := 0; i < len(b); i += 1 + i/64 {
		hurt := bytes.Clone(b)
		hurt[i] ^= 0x10
		for _, bad := range [][]byte{b[:i], hurt} {
			if _, err := dataset.UnmarshalPatch(base.Schema, base, bad, nil); err == nil {
				t.Errorf("damaged at %d, and read", i)
			}
		}
	}
	if _, err := dataset.UnmarshalTable(base.Schema, b); err == nil {
		t.Error("a patch was read as a table")
	}
	if _, err := dataset.UnmarshalPatch(base.Schema, base, whole(t, tab), nil); err == nil {
		t.Error("a table was read as a patch")
	}
	if other := dataset.NewTable(base.Schema, rows[:9], noon(9), noon(1), "", ""); true {
		if b, err := tab.MarshalPatch(other, someBase); b != nil || err != nil {
			t.Errorf("a table unlike its base: %d bytes, %v", len(b), err)
		}
	}
}

// stored is a table as it was written before there were patches.
const stored = "Q0xUAhUHCwQKBQYGBg0ECQUCBQIOBQYCBQ5tZW1iZXJzbWVtYmVycy5jc3ZuYW1lZmlyc3RfbmFtZWVtYWlsYnJhbmNoc3RhdHVzam9pbmVkYXJyZWFyc19zaW5jZXBhaWRldGhuaWNpdHlidWRkeUExSm8gQTFKb0ExQGV4YW1wbGUub3JnTm9ydGhhY3RpdmVCMkpvIEIyQjJAZXhhbXBsZS5vcmcCgMCqqrzSrwaAwO/MuM2vBgECAAECCgMEBQYHCAkKCwwCAg0CAgAEIQ4hDyEQIREiEhaenwIAAAAABBMCAgAGIRQhDyEVIREiEhaenwIAAAAAMBZ7JA=="

// TestStoredBeforePatches reads it still.
func TestStoredBeforePatches(t *testing.T) {
	b, err := base64.StdEncoding.DecodeString(stored)
	if err != nil {
		t.Fatal(err)
	}
	tab, err := dataset.UnmarshalTable(members(), b)
	if err != nil {
		t.Fatal(err)
	}
	if want := table(2, member("A1", 1, nil), member("B2", 2, nil)); !bytes.Equal(whole(t, tab), whole(t, want)) || !bytes.Equal(whole(t, want), b) {
		t.Errorf("read as %v", tab)
	}
}
