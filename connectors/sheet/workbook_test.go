package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

// A tab is a sheet of a workbook that a test writes. A cell is a text, which is
// shared, a cellXML as it stands in the file, or nil.
type tab struct {
	name, state string
	rows        [][]any
	hidden      []int  // rows
	xml         string // in place of rows
	before      string // the cells
	after       string
}

type cellXML string

// numeral is a cell with a number, in one of the styles of the test's workbooks.
func numeral(v any, style int) cellXML { return cellXML(fmt.Sprintf(`s="%d"><v>%v</v>`, style, v)) }

// The styles of the test's workbooks, by their place.
var styles = []string{"General", "dd/mm/yyyy", `[$-809]d mmmm yyyy\ hh:mm;@`, "h:mm AM/PM", "000000", `"A"000000`, `0" days"`, "[$€-2] #,##0.00",
	"£#,##0.00;[Red]-£#,##0.00", "0.00%", "mmm-yy", "@", `_-"£"* #,##0.00_-;\-"£"* #,##0.00_-`, "00000 000000", "0.00E+00", `"$"#,##0`}

// book writes a workbook. Parts that a test names replace those that are made.
func book(tb testing.TB, parts map[string]string, tabs ...tab) []byte {
	tb.Helper()
	files := map[string]string{
		"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
		"_rels/.rels":         `<Relationships><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
	}
	var list, links, shared strings.Builder
	at := map[string]int{}
	for i, t := range tabs {
		fmt.Fprintf(&list, `<sheet name="%s" sheetId="%d" state="%s" r:id="rId%d"/>`, t.name, i+1, t.state, i+1)
		fmt.Fprintf(&links, `<Relationship Id="rId%d" Type="x/relationships/worksheet" Target="worksheets/sheet%d.xml"/>`, i+1, i+1)
		files[fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1)] = `<?xml version="1.0" encoding="UTF-8"?><worksheet><dimension ref="A1:XFD1048576"/>` + t.before +
			"<sheetData>" + t.cells(at, &shared) + "</sheetData>" + t.after + "</worksheet>"
	}
	var formats, xfs strings.Builder
	for i, code := range styles {
		fmt.Fprintf(&formats, `<numFmt numFmtId="%d" formatCode="%s"/>`, 200+i, quoted(code))
		fmt.Fprintf(&xfs, `<xf numFmtId="%d" fontId="0"/>`, 200+i)
	}
	files["xl/workbook.xml"] = `<workbook xmlns:r="r"><workbookPr/><sheets>` + list.String() + `</sheets></workbook>`
	files["xl/_rels/workbook.xml.rels"] = "<Relationships>" + links.String() + `<Relationship Id="s" Type="x/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="t" Type="x/styles" Target="styles.xml"/></Relationships>`
	files["xl/sharedStrings.xml"] = "<sst>" + shared.String() + "</sst>"
	files["xl/styles.xml"] = "<styleSheet><numFmts>" + formats.String() + `</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>` + xfs.String() + "</cellXfs></styleSheet>"
	for name, text := range parts {
		files[name] = text
	}
	return archive(tb, files)
}

func archive(tb testing.TB, files map[string]string) []byte {
	tb.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func quoted(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

func (t *tab) cells(at map[string]int, shared *strings.Builder) string {
	if t.xml != "" {
		return t.xml
	}
	var b strings.Builder
	for i, row := range t.rows {
		hidden := ""
		for _, h := range t.hidden {
			if h == i+1 {
				hidden = ` hidden="1"`
			}
		}
		fmt.Fprintf(&b, `<row r="%d"%s>`, i+1, hidden)
		for c, v := range row {
			switch v := v.(type) {
			case string:
				n, ok := at[v]
				if !ok {
					n = len(at)
					at[v] = n
					shared.WriteString(`<si><t xml:space="preserve">` + quoted(v) + `</t></si>`)
				}
				fmt.Fprintf(&b, `<c r="%s%d" t="s"><v>%d</v></c>`, letters(c), i+1, n)
			case cellXML:
				fmt.Fprintf(&b, `<c r="%s%d" %s</c>`, letters(c), i+1, v)
			}
		}
		b.WriteString("</row>")
	}
	return b.String()
}

// readBook reads a workbook as members.
func readBook(tb testing.TB, spec Spec, data []byte) dataset.Reading {
	tb.Helper()
	r, err := ReadBytes("list.xlsx", data, changedOn, spec, members(), london(tb))
	if err != nil {
		tb.Fatal(err)
	}
	account(tb, r)
	return r
}

func TestAWorkbookIsTheSameTable(t *testing.T) {
	want := table(t, members(), Spec{}, "Membership list\n\nMem No,Surname,Joined,Subscription,No post,Months in arrears\n00123,Café,2026-02-01,12.50,yes,3\nA2,\"O'Neill\nand sons\",2026-03-31,,no,\nTotal,,,12.50,,\n")
	got := readBook(t, Spec{}, book(t, nil, tab{name: "Members", rows: [][]any{
		{"Membership list"}, {},
		{"Mem No", "Surname", "Joined", "Subscription", "No post", "Months in arrears"},
		{"00123", cellXML(`t="inlineStr"><is><r><rPr><b/></rPr><t>Ca</t></r><r><t>fé</t></r><rPh sb="0"><t>spoken</t></rPh></is>`), numeral(46054, 1), numeral(12.5, 8), cellXML(`t="b"><v>1</v>`), numeral(3, 0)},
		{"A2", "O'Neill_x000D_\nand sons", numeral(46112, 1), nil, cellXML(`t="b"><v>0</v>`), cellXML(`s="0"><v></v>`)},
		{"Total", nil, nil, cellXML(`><f>SUM(D4:D5)</f><v>12.5</v>`)},
	}}))
	for i := range got.Records {
		if !reflect.DeepEqual(got.Records[i], want.Records[i]) {
			t.Errorf("got  %v\nwant %v", got.Records[i], want.Records[i])
		}
	}
	if len(got.Records) != 2 || got.Sheet != "Members" || got.Encoding != "Excel workbook" || got.Delimiter != "" || got.HeaderRow != 3 || len(got.Notes) != 0 {
		t.Errorf("%d records of sheet %q, %q, %q, headings in row %d, notes %v", len(got.Records), got.Sheet, got.Encoding, got.Delimiter, got.HeaderRow, got.Notes)
	}
	if !reflect.DeepEqual(got.Columns, want.Columns) || len(got.Skipped) != 2 {
		t.Errorf("columns %v, skipped %v", got.Columns, got.Skipped)
	}
}

func TestCellsOfWorkbooks(t *testing.T) {
	day := dataset.DateValue(calendar.NewDate(2026, 2, 1))
	for _, c := range []struct {
		column string
		cell   any
		want   dataset.Value
		why    string
	}{
		{"joined", numeral(46054, 1), day, ""},
		{"joined", numeral("46054.0", 1), day, ""},
		{"joined", numeral("4.6054E4", 1), day, ""},
		{"joined", numeral("46054.75", 2), day, ""},
		{"joined", numeral("46053.999999", 1), day, ""},
		{"joined", numeral(46054, 0), day, ""},
		{"joined", numeral(46054, 10), day, ""},
		{"joined", cellXML(`t="d"><v>2026-02-01T00:00:00</v>`), day, ""},
		{"joined", "01/02/2026", dataset.Value{}, "dates: day-first"},
		{"joined", numeral(0, 1), dataset.Value{}, "spreadsheet turned"},
		{"joined", numeral(60, 1), dataset.Value{}, "no such day"},
		{"joined", numeral(59, 1), dataset.DateValue(calendar.NewDate(1900, 2, 28)), ""},
		{"joined", numeral(1, 1), dataset.DateValue(calendar.NewDate(1900, 1, 1)), ""},
		{"joined", numeral(-1, 1), dataset.Value{}, "no spreadsheet can show"},
		{"joined", numeral(9e9, 1), dataset.Value{}, "no spreadsheet can show"},
		{"seen", numeral("46338.8125", 2), dataset.TimeValue(calendarTime(t, 2026, 11, 12, 19*60+30)), ""},
		{"notice", numeral(7, 6), dataset.LengthValue(calendar.Duration{N: 7, Unit: calendar.Day}), ""},
		{"months_in_arrears", numeral(7, 6), dataset.NumberValue(7), ""},
		{"months_in_arrears", numeral(0.5, 9), dataset.Value{}, "not a whole number"},
		{"months_in_arrears", numeral(46054, 1), dataset.Value{}, "not a whole number"},
		{"rate", numeral("19.990000000000002", 8), dataset.MoneyValue(1999), ""},
		{"rate", numeral("-12", 8), dataset.MoneyValue(-1200), ""},
		{"rate", numeral("1234.5", 12), dataset.MoneyValue(123450), ""},
		{"rate", numeral(5, 7), dataset.Value{}, "not in pounds"},
		{"rate", numeral(5, 15), dataset.Value{}, "not in pounds"},
		{"rate", numeral(12.345, 0), dataset.Value{}, "more than two figures"},
		{"rate", cellXML(`><f>A1*2</f>`), dataset.Value{}, "formula whose result"},
		{"rate", cellXML(`><f>A1*2</f><v>5</v>`), dataset.MoneyValue(500), ""},
		{"rate", cellXML(`t="str"><f>A1&amp;""</f><v>£5</v>`), dataset.MoneyValue(500), ""},
		{"rate", cellXML(`t="str"><f>IF(A1,"","")</f><v></v>`), dataset.Value{}, ""},
		{"rate", cellXML(`t="e"><v>#REF!</v>`), dataset.Value{}, "error message"},
		{"title", cellXML(`t="e"><v>#N/A</v>`), dataset.Value{}, "error message"},
		{"rate", cellXML(`><v>0x1p4</v>`), dataset.Value{}, "it is none"},
		{"title", cellXML(`t="s"><v>999</v>`), dataset.Value{}, "does not hold the text"},
		{"title", cellXML(`t="s"><v>-1</v>`), dataset.Value{}, "does not hold the text"},
		{"title", numeral(123, 5), dataset.TextValue("A000123"), ""},
		{"title", numeral(123, 4), dataset.TextValue("000123"), ""},
		{"title", numeral(1234567, 4), dataset.TextValue("1234567"), ""},
		{"title", numeral(123.5, 4), dataset.TextValue("123.5"), ""},
		{"title", numeral("0.30000000000000004", 0), dataset.TextValue("0.3"), ""},
		{"phone", numeral("7700900123", 13), dataset.TextValue("+447700900123"), ""},
		{"phone", numeral("447700900123", 0), dataset.TextValue("+447700900123"), ""},
		{"phone", numeral("4.47700900123E11", 14), dataset.TextValue("+447700900123"), ""},
		{"no_post", cellXML(`t="b"><v>1</v>`), dataset.YesNoValue(true), ""},
		{"title", cellXML(`t="inlineStr"><is><t>a</t><phoneticPr/></is>`), dataset.TextValue("a"), ""},
		{"title", cellXML(`t="inlineStr"><is><t>a_x0041_b_x00_&amp;<![CDATA[<]]></t></is>`), dataset.TextValue("aAb_x00_&<"), ""},
	} {
		r := readBook(t, Spec{}, book(t, nil, tab{name: "S", rows: [][]any{{"Membership Number", c.column}, {"A1", c.cell}}}))
		v, why := cellOf(t, members(), r, 2, c.column)
		if v != c.want || c.why == "" && why != "" || !strings.Contains(why, c.why) {
			t.Errorf("%s with %v is %v (%s), want %v (%s)", c.column, c.cell, v, why, c.want, c.why)
		}
	}
}

func calendarTime(tb testing.TB, y int, m time.Month, d, minutes int) time.Time {
	tb.Helper()
	return london(tb).On(calendar.NewDate(y, m, d), minutes)
}

func TestTheOtherDateSystem(t *testing.T) {
	parts := map[string]string{"xl/workbook.xml": `<workbook xmlns:r="r"><workbookPr date1904="1"/><sheets><sheet name="S" r:id="rId1"/></sheets></workbook>`}
	r := readBook(t, Spec{}, book(t, parts, tab{name: "S", rows: [][]any{{"Mem No", "Joined", "Born", "Last seen"},
		{"A1", numeral(44592, 1), numeral(44592, 0), numeral("44876.8125", 2)}, {"A2", numeral(0, 1)}}}))
	want := dataset.DateValue(calendar.NewDate(2026, 2, 1))
	for _, c := range []string{"joined", "born"} {
		if v, why := cellOf(t, members(), r, 2, c); v != want {
			t.Errorf("%s is %v (%s), want %v", c, v, why, want)
		}
	}
	if v, _ := cellOf(t, members(), r, 2, "seen"); v != dataset.TimeValue(calendarTime(t, 2026, 11, 12, 19*60+30)) {
		t.Errorf("seen %v", v)
	}
	if v, _ := cellOf(t, members(), r, 3, "joined"); v != dataset.DateValue(calendar.NewDate(1904, 1, 1)) {
		t.Errorf("day 0 is %v", v)
	}
}

func TestWhichSheet(t *testing.T) {
	list := func(name, state string, key string) tab {
		return tab{name: name, state: state, rows: [][]any{{"Mem No", "Surname"}, {key, "Sample"}}}
	}
	notes := tab{name: "Notes", rows: [][]any{{"Ask Jo about this"}}}
	blank := tab{name: "Template", rows: [][]any{{"Mem No", "Surname"}}}
	few := tab{name: "Left", rows: [][]any{{"Mem No", "Reason"}, {"A9", "moved"}}}
	for name, c := range map[string]struct {
		spec Spec
		tabs []tab
		want string // the sheet, or part of the error
		note string
	}{
		"the one whose headings match": {Spec{}, []tab{notes, list("2026", "", "A1")}, "2026", `the sheets "Notes" and "2026"; only "2026" was read`},
		"a blank form beside it":       {Spec{}, []tab{blank, list("2026", "", "A1")}, "2026", "Template"},
		"another with fewer columns":   {Spec{}, []tab{few, list("2026", "", "A1")}, "2026", "Left"},
		"two that could be it":         {Spec{}, []tab{list("2025", "", "A1"), list("2026", "", "A2")}, `sheets "2025" and "2026" of the workbook could both be`, ""},
		"the one that is named":        {Spec{Sheet: " 2026 "}, []tab{list("2025", "", "A1"), list("2026", "", "A2")}, "2026", "2025"},
		"one hidden":                   {Spec{}, []tab{list("2025", "hidden", "A1"), list("2026", "", "A2")}, "2026", `"2025" (hidden)`},
		"only a hidden one":            {Spec{}, []tab{list("2025", "veryHidden", "A1")}, "2025", "is hidden in the workbook, and was read all the same"},
		"none of that name":            {Spec{Sheet: "2024"}, []tab{notes, list("2026", "", "A1")}, `no sheet called "2024"; it has "Notes" and "2026"`, ""},
		"no list at all":               {Spec{}, []tab{notes}, "no heading was recognised", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := ReadBytes("list.xlsx", book(t, nil, c.tabs...), changedOn, c.spec, members(), london(t))
			if err != nil {
				if !strings.Contains(err.Error(), c.want) {
					t.Fatalf("error %v, want %q", err, c.want)
				}
				return
			}
			if r.Sheet != c.want || len(r.Records) != 1 || !strings.Contains(fmt.Sprint(r.Notes), c.note) {
				t.Errorf("sheet %q, %d records, notes %v", r.Sheet, len(r.Records), r.Notes)
			}
		})
	}
}

func TestWhatASheetHides(t *testing.T) {
	var rows [][]any
	rows = append(rows, []any{"Mem No", "Surname", "Branch"})
	for i := range 9 {
		rows = append(rows, []any{fmt.Sprintf("A%d", i), "Sample", "North"})
	}
	rows[4] = []any{} // row 5: hidden and blank
	r := readBook(t, Spec{}, book(t, nil, tab{name: "S", rows: rows, hidden: []int{3, 5, 7, 8, 9},
		before: `<cols><col min="2" max="3" hidden="1"/><col min="9" max="16384" hidden="1"/></cols>`, after: `<mergeCells count="2"><mergeCell ref="A1:C1"/><mergeCell ref="C2:C4"/></mergeCells>`}))
	if len(r.Records) != 8 {
		t.Errorf("%d records", len(r.Records))
	}
	got := ""
	for _, n := range r.Notes {
		got += fmt.Sprintf("%d %s %s\n", n.Line, n.Column, n.Why)
	}
	want := "0  rows 3 and 7 to 9 are hidden in the sheet, and read all the same\n0  columns B to C are hidden in the sheet, and read all the same\n" +
		"2 C one cell stretches over the rows 2 to 4; what stands in it was read for the first of them only\n"
	if got != want {
		t.Errorf("notes\n%s\nwant\n%s", got, want)
	}
}

func TestDamagedNumbers(t *testing.T) {
	r := readBook(t, Spec{}, book(t, nil, tab{name: "S", rows: [][]any{{"Mem No", "Surname"},
		{numeral("1.2345678901234568E+18", 0), "a"}, {numeral(46054, 1), "b"}, {numeral(12345, 0), "c"}, {numeral("123456789012345", 0), "d"}, {numeral(77, 5), "e"}}}))
	var keys []string
	for _, rec := range r.Records {
		keys = append(keys, rec.Key)
	}
	if want := []string{"12345", "123456789012345", "A000077"}; !reflect.DeepEqual(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	if len(r.Refused) != 2 || !strings.Contains(r.Refused[0].Why, "shortened") || !strings.Contains(r.Refused[1].Why, "into a date") {
		t.Errorf("refused %v", r.Refused)
	}
}

// TestAWorkbookComesBack writes random lists as workbooks and as text, and
// finds the same in both; every row is kept or refused.
func TestAWorkbookComesBack(t *testing.T) {
	clock, schema := london(t), members()
	rapid.Check(t, func(r *rapid.T) {
		var text strings.Builder
		rows := [][]any{{"Status", "Address", "Mem No", "Subscription"}}
		text.WriteString("Status,Address,Mem No,Subscription\n")
		n := rapid.IntRange(1, 12).Draw(r, "rows")
		for range n {
			status := rapid.SampledFrom([]string{"active", "lapsed", "unheard of"}).Draw(r, "status")
			address := rapid.StringMatching(`[a-z<&"é]{0,6}[a-z]`).Draw(r, "address")
			key := rapid.StringMatching(`[A-Z][0-9]{1,2}|`).Draw(r, "key")
			pence := rapid.IntRange(-99999, 99999).Draw(r, "pence")
			row := []any{status, address, key, numeral(fmt.Sprintf("%g", float64(pence)/100), 8)}
			if key == "" {
				row[2] = nil
			}
			rows = append(rows, row)
			fmt.Fprintf(&text, "%s,\"%s\",%s,%g\n", status, strings.ReplaceAll(address, `"`, `""`), key, float64(pence)/100)
		}
		want, err := ReadBytes("x.csv", []byte(text.String()), changedOn, Spec{}, schema, clock)
		if err != nil {
			r.Fatal(err)
		}
		got, err := ReadBytes("x.xlsx", book(t, nil, tab{name: "S", rows: rows}), changedOn, Spec{}, schema, clock)
		if err != nil {
			r.Fatal(err)
		}
		if len(got.Records)+len(got.Refused)+len(got.Skipped) != n || !reflect.DeepEqual(got.Records, want.Records) || !reflect.DeepEqual(got.Refused, want.Refused) {
			r.Fatalf("got  %v, refused %v\nwant %v, refused %v", got.Records, got.Refused, want.Records, want.Refused)
		}
	})
}

// FuzzWorksheet puts any XML in the place of a sheet's: nothing panics, and no
// row is lost.
func FuzzWorksheet(f *testing.F) {
	for _, s := range []string{
		`<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" s="1"><v>46054</v></c></row>`,
		`<row><c t="inlineStr"><is><t>Mem No</t></is></c></row><row hidden="1"><c><f>A1</f></c></row>`,
		`<row><c t="inlineStr"><is><t>Mem No</t></is></c></row><row><c s="5"><v>1E3</v></c><c t="e"><v>#N/A</v></c><c t="b"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A2:A9"/>`,
	} {
		f.Add(s, "<si><t>Mem No</t></si>", `"A"000;[Red]dd`)
	}
	clock, schema := london(f), members()
	f.Fuzz(func(t *testing.T, cells, shared, code string) {
		data := book(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + shared + "</sst>",
			"xl/styles.xml": `<x><numFmt numFmtId="9" formatCode="` + quoted(code) + `"/><cellXfs><xf/><xf numFmtId="14"/><xf numFmtId="9"/><xf numFmtId="9"/><xf numFmtId="9"/><xf numFmtId="9"/></cellXfs></x>`}, tab{name: "S", xml: cells})
		r, err := ReadBytes("x.xlsx", data, changedOn, Spec{}, schema, clock)
		if err != nil {
			if strings.ContainsAny(err.Error(), "\x00\x1b\u202e\r\n") {
				t.Fatalf("the error is not plain: %q", err)
			}
			return
		}
		account(t, r)
		again, err := ReadBytes("x.xlsx", data, changedOn, Spec{}, schema, clock)
		if err != nil || !reflect.DeepEqual(r, again) {
			t.Fatalf("reading again gives something else (%v)", err)
		}
	})
}
