package sheet

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A scanner cuts text into rows of cells. Cells are pieces of the text itself
// wherever possible.
type scanner struct {
	line
	src   string
	pos   int
	comma byte
	stop  [256]bool // the bytes at which a cell without marks ends
	err   error     // why the file cannot be cut any further
}

func (s *scanner) at() *line                { return &s.line }
func (s *scanner) failed() error            { return s.err }
func (s *scanner) notes(int) []dataset.Note { return nil }

// newScanner takes a leading "sep=;" as an order and not as a row, as
// spreadsheets do.
func newScanner(src string, comma byte) *scanner {
	s := &scanner{src: src, comma: comma, line: line{cells: make([]string, 0, 32)}}
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
	s.fault, s.smooth = "", true
	src, cells := s.src, s.cells[:0]
	for i := s.pos; ; {
		var cell string
		if i < len(src) && (src[i] == '"' || src[i] == ' ' && opens(src[i:])) {
			s.cells, s.pos = cells, i
			if cell = s.quoted(); s.err != nil {
				return false
			}
			i = s.pos
		} else {
			start := i
			for i < len(src) && !s.stop[src[i]] {
				i++
			}
			cell = src[start:i]
		}
		if len(cells) < maxColumns {
			cells = append(cells, cell)
		} else if trim(cell) != "" {
			s.fault = "the row has more cells than a spreadsheet has columns"
		}
		if i < len(src) && src[i] == s.comma {
			i++
			continue
		}
		s.cells, s.pos = cells, i
		s.cutOff = i >= len(src)
		s.lineEnd()
		return true
	}
}

// opens reports whether a cell in quotation marks starts here, behind spaces.
func opens(rest string) bool {
	rest = strings.TrimLeft(rest, " ")
	return rest != "" && rest[0] == '"'
}

func (s *scanner) lineEnd() {
	if s.pos < len(s.src) {
		if s.src[s.pos] == '\r' && s.pos+1 < len(s.src) && s.src[s.pos+1] == '\n' {
			s.pos++
		}
		s.pos++
	}
}

// quoted reads a cell in quotation marks up to the separator or line end behind
// it. Text after the closing mark spoils
// the row; if the cell ran over lines it spoils the file, because then nobody
// can tell how many rows went into it.
func (s *scanner) quoted() string {
	start := s.pos + strings.IndexByte(s.src[s.pos:], '"') + 1
	i, doubled := start, false
	for {
		k := strings.IndexByte(s.src[i:], '"')
		if k < 0 {
			s.err = fmt.Errorf("a quotation mark opens in row %d, column %s, and never closes, so the rows below it cannot be told apart. "+
				"The file may be cut off, or someone typed a single mark: open it in a spreadsheet, look at that cell, and save it again", s.row, letters(len(s.cells)))
			return ""
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
	s.smooth = s.smooth && strings.IndexByte(cell, '\r') < 0
	if doubled {
		cell = strings.ReplaceAll(cell, `""`, `"`)
	}
	start = i + 1
	for i++; i < len(s.src) && !s.stop[s.src[i]]; i++ {
	}
	s.pos = i
	if tail := s.src[start:i]; tail != "" && trim(tail) != "" {
		if strings.ContainsAny(cell, "\r\n") {
			s.err = fmt.Errorf("the quotation marks do not match in row %d, column %s: a cell opens there, runs over several lines, and goes on after it closed. "+
				"Open the file in a spreadsheet, look at that cell, and save it again", s.row, letters(len(s.cells)))
			return ""
		}
		s.fault = "column " + letters(len(s.cells)) + " has text after a closing quotation mark, so its cells cannot be told apart"
		cell += tail
	}
	return cell
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
