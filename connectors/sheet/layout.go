package sheet

import (
	"errors"
	"fmt"
	"strings"
)

// A layout is how a text is cut, and where its headings are.
type layout struct {
	text   string
	comma  byte
	row    int      // of the headings, as a spreadsheet counts
	header []string // trimmed, without empty cells at the end
}

// sampleBytes is how much of a text is looked at to find its layout.
const sampleBytes = 256 << 10

// A candidate is one way to cut the text, and what speaks for it.
type candidate struct {
	layout
	keys   bool // all key columns are among the headings
	score  int  // columns recognised
	even   int  // rows with as many cells as the headings
	filled int  // headings that are not blank
	err    error
}

// better reports whether c has more proof than d.
func (c *candidate) better(d *candidate) bool {
	switch {
	case c.proof() != d.proof():
		return c.proof() > d.proof()
	case (c.filled > 1) != (d.filled > 1):
		return c.filled > 1
	case c.even != d.even:
		return c.even > d.even
	}
	return c.filled > d.filled
}

// proof weighs columns and key: a key alone is little, because a cell of data
// may look like its heading.
func (c *candidate) proof() int {
	if c.keys {
		return 2*c.score + 3
	}
	return 2 * c.score
}

// findLayout finds the separator and the row of headings: the pair with which
// most of the schema's columns are recognised. A first line "sep=;" decides
// the separator.
func findLayout(text string, m *mapper) (layout, error) {
	commas := []byte{',', ';', '\t', '|'}
	if c, _, ok := cutSep(text); ok {
		commas = []byte{c}
	}
	var best candidate
	for i, c := range commas {
		if i > 0 && strings.IndexByte(text[:min(len(text), sampleBytes)], c) < 0 {
			continue
		}
		found := headings(text, c, m)
		if i == 0 || found.better(&best) {
			best = found
		}
	}
	if best.score > 0 {
		return best.layout, nil
	}
	if best.err != nil && best.filled == 0 {
		return layout{}, best.err
	}
	return layout{}, noHeadings(&best, m)
}

// headings finds the row of headings, given the separator.
func headings(text string, comma byte, m *mapper) candidate {
	best := candidate{layout: layout{text: text, comma: comma}}
	sc := newScanner(text[:min(len(text), sampleBytes)], comma)
	var widths []int
	for len(widths) < headingRows && sc.next() {
		widths = append(widths, len(sc.cells))
		c := candidate{layout: layout{text: text, comma: comma, row: sc.row}}
		c.keys, c.score, c.filled = m.score(sc.cells)
		if c.filled > 0 && (best.filled == 0 || c.proof() > best.proof() ||
			c.proof() == best.proof() && best.score < 2 && best.filled == 1 && c.filled > 1) {
			c.header = clean(sc.cells)
			best = c
		}
	}
	best.err = sc.err
	for _, w := range widths {
		if w == len(best.header) && w > 1 {
			best.even++
		}
	}
	return best
}

// clean gives the headings as they are shown and kept.
func clean(cells []string) []string {
	n := len(cells)
	for n > 0 && trim(cells[n-1]) == "" {
		n--
	}
	header := make([]string, n)
	for i, c := range cells[:n] {
		header[i] = strings.Join(strings.Fields(trim(c)), " ")
	}
	return header
}

// noHeadings says what is missing where nothing was recognised. A first row
// that looks like a person's is not repeated: messages travel.
func noHeadings(c *candidate, m *mapper) error {
	want := "a column " + m.keyNames()
	for _, h := range c.header {
		if strings.ContainsRune(h, '@') || digits(h) > 4 {
			return fmt.Errorf("the first row looks like data: there is no row of headings. Put one above it, with at least %s", want)
		}
	}
	if len(c.header) == 0 {
		return errors.New("no row of headings was found; export the list again, with its headings")
	}
	key := "key"
	if len(m.schema.Key) > 0 {
		key = m.schema.Key[0]
	}
	return fmt.Errorf("no heading was recognised among %s. The list needs at least %s; %s", found(c.header), want, m.advice(key))
}

func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// found lists headings for a message.
func found(header []string) string {
	var b strings.Builder
	for i, h := range header {
		if i == 30 {
			fmt.Fprintf(&b, ", and %d more", len(header)-i)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		if h == "" {
			b.WriteString("(blank)")
			continue
		}
		b.WriteString(`"` + shown(h) + `"`)
	}
	return b.String()
}
