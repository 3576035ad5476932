package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

// The limits of what a workbook may swell to.
const (
	maxToken  = 1 << 20   // bytes of one cell or one element; the longest cell of Excel is a tenth of it
	maxPart   = 1 << 30   // bytes of one part
	maxRatio  = 250       // of a part to what it is packed in; lists have 5 to 40
	freeBytes = 16 << 20  // below which the ratio does not count
	maxShared = 128 << 20 // bytes of all shared strings
	maxString = 4_000_000 // shared strings
	maxSheets = 1_000
	maxStyles = 70_000 // of cells; Excel has 65,490
	maxGrid   = 100_000_000
	lastRow   = 1_048_576 // of any sheet
)

var (
	errDamaged = errors.New("this is an Excel workbook (.xlsx), but it is damaged or cut off. Open it, save it again, and if it was a download, download it once more")
	errBomb    = errors.New("the workbook swells to many times its size when it is unpacked, as no list does; check that it is the right file")
	errGiant   = errors.New("a cell of the workbook is longer than any that a spreadsheet writes; check that it is the right file")
)

// A part is one file within a workbook, read token by token. It ends with an
// error sooner than it swells.
type part struct {
	dec    *xml.Decoder
	from   io.ReadCloser
	packed int64
	read   int64 // bytes that came out
	reach  int64 // to which this token may go
	err    error
}

func openPart(f *zip.File, size int) (*part, error) {
	from, err := f.Open()
	if err != nil {
		return nil, errDamaged
	}
	p := &part{from: from, packed: int64(min(f.CompressedSize64, uint64(size))) + 1}
	p.dec = xml.NewDecoder(p)
	return p, nil
}

// Read passes on what the zip gives, and watches how much it is.
func (p *part) Read(b []byte) (int, error) {
	if p.err != nil {
		return 0, p.err
	}
	n, err := p.from.Read(b)
	p.read += int64(n)
	switch {
	case p.read > maxPart, p.read > freeBytes && p.read > maxRatio*p.packed:
		p.err = errBomb
	case p.read > p.reach:
		p.err = errGiant
	case err != nil && err != io.EOF:
		p.err = errDamaged
	}
	if p.err != nil {
		return 0, p.err
	}
	return n, err
}

// token gives the next token; io.EOF at the end. What it points to holds until
// the next.
func (p *part) token() (xml.Token, error) {
	p.reach = p.read + maxToken
	tok, err := p.dec.RawToken()
	switch {
	case err == nil:
		if _, odd := tok.(xml.Directive); odd { // no workbook has one, and entities hide in them
			return nil, errDamaged
		}
		return tok, nil
	case p.err != nil:
		err = p.err
	case err != io.EOF:
		err = errDamaged
	}
	_ = p.from.Close()
	return nil, err
}

// attribute is the value of an attribute, whatever its prefix.
func attribute(e xml.StartElement, name string) string {
	for i := range e.Attr {
		if e.Attr[i].Name.Local == name {
			return e.Attr[i].Value
		}
	}
	return ""
}

func truth(s string) bool { return s == "1" || s == "true" || s == "on" }

// unescape gives the letters that workbooks write as _x000D_.
func unescape(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	var b strings.Builder
	for ; i >= 0; i = strings.Index(s, "_x") {
		b.WriteString(s[:i])
		s = s[i:]
		if r, ok := escaped(s); ok {
			b.WriteRune(r)
			s = s[7:]
		} else {
			b.WriteString(s[:2])
			s = s[2:]
		}
	}
	b.WriteString(s)
	return b.String()
}

func escaped(s string) (rune, bool) {
	if len(s) < 7 || s[6] != '_' {
		return 0, false
	}
	var r rune
	for _, c := range []byte(s[2:6]) {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return r, true
}
