package sheet

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A grid gives the rows of a table, one after the other.
type grid interface {
	next() bool                      // false at the end, and where the rest cannot be told apart
	at() *line                       // the row that next found; it holds until the next
	failed() error                   // why next stopped early
	notes(header int) []dataset.Note // of the table as a whole, once next is through
}

// A line is one row as it was cut. Its cells are pieces of text that stay
// valid; the slices that hold them are used again for the next row.
type line struct {
	row    int // as a spreadsheet counts
	cells  []string
	fault  string // why the row cannot be trusted
	cutOff bool   // the file ends here, and without a line end
	smooth bool   // no cell has a line end of Windows or an old Mac in it

	// Of a workbook only, whose cells say more than their text.
	kinds []cellKind
	bare  map[int]string // the number beneath a cell that shows more than it: 7 of "7 days"
	bad   map[int]string // why a cell cannot be read, whatever it is for
}

// A cellKind is what a workbook says that a cell is.
type cellKind uint8

const (
	textCell cellKind = iota
	numberCell
	dateCell
	truthCell
)

// kind is what the i-th cell is.
func (l *line) kind(i int) cellKind {
	if i < len(l.kinds) {
		return l.kinds[i]
	}
	return textCell
}

// A way is one way to cut a file into rows: at one separator, or one sheet of a
// workbook.
type way struct {
	open   func(sample bool) (grid, error) // all of it, or its beginning
	comma  byte                            // 0: a sheet
	sheet  string
	hidden bool // the sheet
	rows   int  // about so many
}

// A source is a file, recognised: how its letters are written, and the ways in
// which it may be cut.
type source struct {
	encoding string
	ways     []way
	damaged  bool          // letters may have been lost
	zero     calendar.Date // the day from which its day numbers count
}

// The days from which spreadsheets count.
var (
	zero1900 = calendar.NewDate(1899, 12, 30) // right from March 1900 on
	zero1904 = calendar.NewDate(1904, 1, 1)
)

// delimiters are the separators by their names.
var delimiters = map[byte]string{',': "comma", ';': "semicolon", '\t': "tab", '|': "bar"}

// openSource recognises a file by its content.
func openSource(data []byte) (*source, error) {
	if err := refuseForeign(data); err != nil {
		return nil, err
	}
	if isZip(data) {
		src, err := openWorkbook(data)
		if err != nil && torn(data) {
			err = &unfinished{err.Error()}
		}
		return src, err
	}
	return textSource(data)
}

// textSource is a text that may be cut at each separator that occurs in it. A
// first line "sep=;" decides.
func textSource(data []byte) (*source, error) {
	text, encoding := decode(data)
	if blankText(text) {
		return nil, errEmpty
	}
	s := &source{encoding: encoding, damaged: strings.Contains(text, "\uFFFD"), zero: zero1900}
	rows := max(strings.Count(text, "\n"), strings.Count(text, "\r"))
	commas := []byte{',', ';', '\t', '|'}
	if c, _, ok := cutSep(text); ok {
		commas = []byte{c}
	}
	head := text[:min(len(text), sampleBytes)]
	for i, c := range commas {
		if i > 0 && strings.IndexByte(head, c) < 0 {
			continue
		}
		s.ways = append(s.ways, way{comma: c, rows: min(rows, 1+len(text)/8), open: func(sample bool) (grid, error) {
			if sample {
				return newScanner(head, c), nil
			}
			return newScanner(text, c), nil
		}})
	}
	return s, nil
}
