package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestHostileWorkbooks(t *testing.T) {
	row := `<row r="1"><c r="A1" t="inlineStr"><is><t>Mem No</t></is></c><c r="B1" t="inlineStr"><is><t>Surname</t></is></c></row>`
	sheet := func(s string) []byte { return book(t, nil, tab{name: "S", xml: row + s}) }
	good := sheet(`<row r="2"><c r="A2"><v>1</v></c></row>`)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"swelling rows":      {sheet(strings.Repeat("<!--"+strings.Repeat("x", 900)+"-->", 30_000)), "swells"},
		"a giant cell":       {sheet(`<row r="2"><c r="A2" t="inlineStr"><is><t>` + strings.Repeat("x", 3<<20) + `</t></is></c></row>`), "longer than any"},
		"a cell in pieces":   {sheet(`<row r="2"><c r="A2" t="inlineStr"><is><t>` + strings.Repeat(strings.Repeat("x", 60_000)+"<!-- -->", 40) + `</t></is></c></row>`), "longer than any"},
		"a giant attribute":  {sheet(`<row r="2" x="` + strings.Repeat("x", 3<<20) + `"/>`), "longer than any"},
		"a giant string":     {book(t, map[string]string{"xl/sharedStrings.xml": "<sst><si><t>" + strings.Repeat("x", 3<<20) + "</t></si></sst>"}, tab{name: "S", xml: row}), "longer than any"},
		"swelling strings":   {book(t, map[string]string{"xl/sharedStrings.xml": "<sst>" + strings.Repeat("<si><!--"+strings.Repeat("x", 900)+"--></si>", 30_000) + "</sst>"}, tab{name: "S", xml: row}), "swells"},
		"a row too far":      {sheet(`<row r="1048577"><c><v>1</v></c></row>`), "not in their order"},
		"a column too far":   {sheet(`<row r="2"><c r="XFE2"><v>1</v></c></row>`), "not in their order"},
		"rows backwards":     {sheet(`<row r="1"><c r="A1"><v>1</v></c></row>`), "not in their order"},
		"cells backwards":    {sheet(`<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>`), "not in their order"},
		"another row's cell": {sheet(`<row r="2"><c r="A3"><v>1</v></c></row>`), "not in their order"},
		"too wide rows":      {sheet(strings.Repeat(`<row><c/></row><row><c r=""><v>1</v></c></row>`, 2) + wide(7000)), "swells"},
		"an entity":          {book(t, map[string]string{"xl/worksheets/sheet1.xml": `<!DOCTYPE x [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>`}, tab{name: "S"}), "damaged"},
		"no such entity":     {sheet(`<row r="2"><c r="A2"><v>&lol;</v></c></row>`), "damaged"},
		"cut off":            {good[:len(good)-30], "damaged"},
		"no sheet":           {book(t, map[string]string{"xl/workbook.xml": "<workbook/>"}, tab{name: "S"}), "no sheet with cells"},
		"cut-off XML":        {book(t, map[string]string{"xl/worksheets/sheet1.xml": "<worksheet><sheetData>" + row}, tab{name: "S"}), "damaged"},
		"a flipped byte":     {flipped(good), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadBytes("list.xlsx", c.data, changedOn, Spec{}, members(), london(t))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
		})
	}
	r := readBook(t, Spec{}, sheet(`<row r="3"/><row r="1048576"><c r="A1048576"><v>1</v></c></row>`))
	if len(r.Records) != 1 || r.Records[0].Line != 1048576 || r.Lines != 1 {
		t.Errorf("a lone row at the end: %v of %d", r.Records, r.Lines)
	}
}

// wide is rows with one cell, in the last column there is.
func wide(rows int) string {
	var b strings.Builder
	for i := range rows {
		fmt.Fprintf(&b, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, i+10, i+10)
	}
	return b.String()
}

// flipped changes a byte in the middle of the data of a part.
func flipped(data []byte) []byte {
	out := bytes.Clone(data)
	i := bytes.Index(out, []byte("xl/worksheets/sheet1.xml"))
	out[i+60] ^= 0x10
	return out
}

func TestForeignFiles(t *testing.T) {
	ods := archive(t, map[string]string{"content.xml": "x"})
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"LibreOffice":      {append([]byte("PK\x03\x04....................mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), ods...), "(.ods), which cannot be read. Open it, choose Save As"},
		"Numbers":          {archive(t, map[string]string{"Index/Document.iwa": "x"}), "(.numbers)"},
		"binary":           {archive(t, map[string]string{"xl/workbook.bin": "x"}), "(.xlsb)"},
		"Word":             {archive(t, map[string]string{"word/document.xml": "x"}), "word processor"},
		"a plain archive":  {archive(t, map[string]string{"members.csv": "x"}), "ZIP archive"},
		"with a password":  {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00"), "password"},
		"an old workbook":  {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "(.xls), which cannot be read. Open it, choose Save As"},
		"PDF":              {[]byte("%PDF-1.4"), "PDF, not a table"},
		"XML of Excel":     {[]byte("<?xml version=\"1.0\"?><?mso-application progid=\"Excel.Sheet\"?>"), "XML or HTML"},
		"an empty one":     {nil, "kept in the cloud, open it once"},
		"only zeros":       {make([]byte, 5000), "has not come down from the cloud yet"},
		"a calendar":       {[]byte("BEGIN:VCALENDAR\r\n"), "from: data/meetings.ics"},
		"a compressed one": {[]byte("\x1f\x8b\x08"), "unpack it first"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadBytes("list.csv", c.data, changedOn, Spec{}, members(), london(t))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
		})
	}
}
