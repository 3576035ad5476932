package sheet

import (
	"fmt"
	"strings"
)

// A scanner cuts text into rows of cells. Cells are pieces of the text itself
// wherever possible, and valid for ever; the slice that holds them is used
// again for the next row.
type scanner struct {
	src   string
	pos   int
	comma byte
	row   int // of the last row given, from 1
	cells []string
	stop  [256]bool // the bytes at which a cell without marks ends
	fault string    // why the last row cannot be trusted
	err   error     // why the file cannot be cut any further
}

// newScanner takes a leading "sep=;" as an order and not as a row, as
// spreadsheets do.
func newScanner(src string, comma byte) *scanner {
	s := &scanner{src: src, comma: comma, cells: make([]string, 0, 32)}
	s.stop['\n'], s.stop['\r'], s.stop[comma] = true, true, true
	if _, rest, ok := cutSep(src); ok {
		s.pos = len(src) - rest
	}
	return s
}

// cutSep recognises a first line sep=X, and says how many bytes follow it.
func cutSep(src string) (comma byte, rest int, ok bool) {
	line := src
	if i := strings.IndexAny(src, "\r\n"); i >= 0 {
		line = src[:i]
	}
	word := strings.TrimPrefix(line, `"`)
	if len(word) < 5 || !strings.EqualFold(word[:4], "sep=") || len(strings.TrimSuffix(word[5:], `"`)) > 0 {
		return 0, 0, false
	}
	comma = word[4]
	if !strings.ContainsRune(",;\t|", rune(comma)) {
		return 0, 0, false
	}
	after := src[len(line):]
	switch {
	case strings.HasPrefix(after, "\r\n"):
		after = after[2:]
	case after != "":
		after = after[1:]
	}
	return comma, len(after), true
}

// next reads one row into s.cells; false at the end of the text or at an error.
func (s *scanner) next() bool {
	if s.err != nil || s.pos >= len(s.src) {
		return false
	}
	s.row++
	s.fault = ""
	cells := s.cells[:0]
	for {
		var cell string
		var end byte
		if c := s.first(); (c == '"' || c == ' ') && s.opens() {
			s.cells = cells
			cell, end = s.quoted()
			if s.err != nil {
				return false
			}
		} else {
			cell, end = s.bare()
		}
		if len(cells) < maxColumns {
			cells = append(cells, cell)
		} else if trim(cell) != "" {
			s.fault = "the row has more cells than a spreadsheet has columns"
		}
		if end != s.comma {
			s.cells = cells
			return true
		}
	}
}

// unended reports whether the text ended with the last row, and without a line
// end.
func (s *scanner) unended() bool {
	return s.pos >= len(s.src) && !strings.HasSuffix(s.src, "\n") && !strings.HasSuffix(s.src, "\r")
}

// first is the byte with which the next cell starts.
func (s *scanner) first() byte {
	if s.pos < len(s.src) {
		return s.src[s.pos]
	}
	return '\n'
}

// opens reports whether a quoted cell starts here, spaces before its mark
// allowed.
func (s *scanner) opens() bool {
	i := s.pos
	for i < len(s.src) && s.src[i] == ' ' {
		i++
	}
	return i < len(s.src) && s.src[i] == '"'
}

// bare reads up to the next separator or line end and consumes it. It returns
// the separator, or '\n' for a line end and the end of the text.
func (s *scanner) bare() (string, byte) {
	rest := s.src[s.pos:]
	i := 0
	for i < len(rest) && !s.stop[rest[i]] {
		i++
	}
	s.pos += i
	if i < len(rest) && rest[i] == s.comma {
		s.pos++
		return rest[:i], s.comma
	}
	s.lineEnd()
	return rest[:i], '\n'
}

func (s *scanner) lineEnd() {
	if s.pos < len(s.src) {
		if s.src[s.pos] == '\r' && s.pos+1 < len(s.src) && s.src[s.pos+1] == '\n' {
			s.pos++
		}
		s.pos++
	}
}

// quoted reads a cell in quotation marks. Text after the closing mark spoils
// the row; if the cell ran over lines it spoils the file, because then nobody
// can tell how many rows went into it.
func (s *scanner) quoted() (string, byte) {
	start := s.pos + strings.IndexByte(s.src[s.pos:], '"') + 1
	i, doubled := start, false
	for {
		k := strings.IndexByte(s.src[i:], '"')
		if k < 0 {
			s.err = fmt.Errorf("a quotation mark opens in row %d, column %s, and never closes, so the rows below it cannot be told apart. "+
				"The file may be cut off, or someone typed a single mark: open it in a spreadsheet, look at that cell, and save it again", s.row, letters(len(s.cells)))
			return "", '\n'
		}
		i += k
		if i+1 < len(s.src) && s.src[i+1] == '"' {
			doubled = true
			i += 2
			continue
		}
		break
	}
	cell := s.src[start:i]
	if doubled {
		cell = strings.ReplaceAll(cell, `""`, `"`)
	}
	s.pos = i + 1
	tail, end := s.bare()
	if trim(tail) != "" {
		if strings.ContainsAny(cell, "\r\n") {
			s.err = fmt.Errorf("the quotation marks do not match in row %d, column %s: a cell opens there, runs over several lines, and goes on after it closed. "+
				"Open the file in a spreadsheet, look at that cell, and save it again", s.row, letters(len(s.cells)))
			return "", '\n'
		}
		s.fault = "column " + letters(len(s.cells)) + " has text after a closing quotation mark, so its cells cannot be told apart"
		cell += tail
	}
	return cell, end
}

// letters is the name that a spreadsheet gives the i-th column, from 0.
func letters(i int) string {
	var b [8]byte
	p := len(b)
	for i++; i > 0; i = (i - 1) / 26 {
		p--
		b[p] = byte('A' + (i-1)%26)
	}
	return string(b[p:])
}
