package sheet

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

// FuzzReadBytes reads any bytes: nothing panics, no line is lost, and a cell
// with a problem is blank.
func FuzzReadBytes(f *testing.F) {
	register, err := os.ReadFile("testdata/register.csv")
	if err != nil {
		f.Fatal(err)
	}
	f.Add("register.csv", register)
	f.Add("members 2026-11-02.csv", export(3))
	for _, s := range []string{
		oneMember, "sep=;\nMem No;Joined\nA1;01/02/2026\n", "Mem No\tEmail\r1\tjo@gmial.com\r", "\xff\xfeM\x00e\x00m\x00 \x00N\x00o\x00\n\x001\x00",
		"Mem No,Last seen,Rate,Notice\n1,46338.99999,(£1,234.50),7 days\n", "Mem No,\"a\"\"b\nc\",x\n\"1\"z,,\n", "Total,,\nMem No,Phone\n,,\n1.2E+05,4.4E+11\n", "Mem No,\"",
		"Mem No,Joined\n1,02/13/2026\n2,02/14/2026\n3,31/02/26\n4,1900-01-00\n", "Mem No,Status\n1,\x80\n2,\x81\n", "DonorName,Value,ECRef\nx,1,2\n",
	} {
		f.Add("list.csv", []byte(s))
	}
	f.Add("list.xlsx", book(f, nil, tab{name: "S", rows: [][]any{{"Mem No", "Joined"}, {"A1", numeral(46054, 1)}}, hidden: []int{2}}))
	clock := london(f)
	schemas := []*dataset.Schema{members(), donations(), documents()}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		var l Look
		if err := l.read(data, Spec{}, nil, schemas, clock); err == nil {
			account2(t, l.Reading)
		} else if s := err.Error(); !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b\u202e\r\n") {
			t.Fatalf("the error is not plain: %q", s)
		}
		for _, schema := range schemas {
			r, err := ReadBytes(name, data, changedOn, Spec{}, schema, clock)
			if err != nil {
				if s := err.Error(); !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b\u202e\r\n") {
					t.Fatalf("the error is not plain: %q", s)
				}
				continue
			}
			account(t, r)
			last := 0
			for _, rec := range r.Records {
				if rec.Line <= last {
					t.Fatalf("row %d after row %d", rec.Line, last)
				}
				last = rec.Line
				for _, p := range rec.Problems {
					if !rec.Cells[columnOf(schema, p.Column)].IsBlank() {
						t.Fatalf("row %d: %s has a problem and is not blank", rec.Line, p.Column)
					}
					if p.Why == "" || strings.ContainsAny(p.Text, "\x00\x1b\u202e\n") {
						t.Fatalf("problem %q", p)
					}
				}
			}
			again, err := ReadBytes(name, data, changedOn, Spec{}, schema, clock)
			if err != nil || !reflect.DeepEqual(r, again) {
				t.Fatalf("reading again gives something else (%v)", err)
			}
		}
	})
}

// TestATableComesBack writes random tables in every dialect and finds in the
// reading what went in, row by row.
func TestATableComesBack(t *testing.T) {
	clock := london(t)
	schema := members()
	address, status := columnOf(schema, "address"), columnOf(schema, "status")
	rapid.Check(t, func(t *rapid.T) {
		comma := rapid.SampledFrom([]string{",", ";", "\t"}).Draw(t, "separator")
		end := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "line end")
		above := rapid.IntRange(0, 5).Draw(t, "rows above")
		text := strings.Repeat("Membership list"+end, above) + "Status" + comma + "Address" + comma + "Mem No" + end
		type row struct {
			key, address, status string
		}
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
			return row{
				key:     rapid.StringMatching(`[A-Z][0-9]{1,2}|`).Draw(t, "key"),
				address: rapid.StringMatching(`([a-z"',;é|]|\n|\t){0,8}`).Draw(t, "address"),
				status:  rapid.SampledFrom([]string{"", "active", "lapsed", "unheard of"}).Draw(t, "status"),
			}
		}), 0, 20).Draw(t, "rows")
		count := make(map[string]int)
		for _, r := range rows {
			count[r.key]++
			text += r.status + comma + `"` + strings.ReplaceAll(r.address, `"`, `""`) + `"` + comma + r.key + end
		}
		got, err := ReadBytes("x.csv", []byte(text), changedOn, Spec{}, schema, clock)
		if err != nil {
			t.Fatal(err)
		}
		if got.Lines != above+len(rows) || len(got.Records)+len(got.Refused)+len(got.Skipped) != got.Lines {
			t.Fatalf("%d lines of %d", got.Lines, above+len(rows))
		}
		byLine := make(map[int]dataset.Record)
		for _, rec := range got.Records {
			byLine[rec.Line] = rec
		}
		for i, r := range rows {
			rec, kept := byLine[above+2+i]
			if kept != (r.key != "" && count[r.key] == 1) {
				t.Fatalf("row %d with the key %q, %d times: kept is %t", above+2+i, r.key, count[r.key], kept)
			}
			if !kept {
				continue
			}
			if want := trim(r.address); rec.Key != r.key || rec.Cells[address].S != want {
				t.Fatalf("row %d: %q %q, want %q %q", rec.Line, rec.Key, rec.Cells[address].S, r.key, want)
			}
			if bad := r.status == "unheard of"; bad != (len(rec.Problems) == 1) || !bad && rec.Cells[status].S != r.status {
				t.Fatalf("row %d: status %v %v, want %q", rec.Line, rec.Cells[status], rec.Problems, r.status)
			}
		}
	})
}
