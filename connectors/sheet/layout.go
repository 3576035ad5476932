package sheet

import (
	"errors"
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A layout is the way to cut a file, and where its headings are.
type layout struct {
	way
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
	data   bool // a row that is not blank follows them
	err    error
}

// better reports whether c has more proof than d.
func (c *candidate) better(d *candidate) bool {
	switch {
	case c.proof() != d.proof():
		return c.proof() > d.proof()
	case (c.filled > 1) != (d.filled > 1):
		return c.filled > 1
	case c.hidden != d.hidden:
		return d.hidden
	case c.comma == 0 && c.data != d.data:
		return c.data
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

// findLayout finds the way to cut a file and the row of headings: the pair with
// which most of the schema's columns are recognised. Of a workbook it takes the
// sheet that the source names or the one that has the list; where two have it,
// the officer decides.
func findLayout(src *source, m *mapper) (layout, []dataset.Note, error) {
	var all []candidate
	for _, w := range src.ways {
		if w.comma == 0 && m.spec.Sheet != "" && !sameSheet(w.sheet, m.spec.Sheet) {
			continue
		}
		c, err := headings(w, m)
		if err != nil {
			return layout{}, nil, err
		}
		all = append(all, c)
	}
	if len(all) == 0 {
		return layout{}, nil, fmt.Errorf("the workbook has no sheet called %q; it has %s", shown(m.spec.Sheet), sheetNames(src.ways))
	}
	best := &all[0]
	for i := range all[1:] {
		if c := &all[i+1]; c.better(best) {
			best = c
		}
	}
	switch {
	case best.score > 0:
		if err := best.rival(all, m); err != nil {
			return layout{}, nil, err
		}
		return best.layout, sheetNotes(best, src), nil
	case best.err != nil && best.filled == 0:
		return layout{}, nil, best.err
	}
	return layout{}, nil, noHeadings(best, m)
}

// headings finds the row of headings, given the way to cut the file.
func headings(w way, m *mapper) (candidate, error) {
	best := candidate{layout: layout{way: w}}
	g, err := w.open(true)
	if err != nil {
		return best, err
	}
	var widths []int
	var above []string
	for len(widths) < headingRows && g.next() {
		at := g.at()
		widths = append(widths, len(at.cells))
		c := candidate{layout: layout{way: w, row: at.row}}
		c.keys, c.score, c.filled = m.score(at.cells)
		best.data = best.data || c.filled > 0 && best.filled > 0
		if c.filled > 0 && (best.filled == 0 || c.proof() > best.proof() ||
			c.proof() == best.proof() && best.score < 2 && best.filled == 1 && c.filled > 1) {
			c.header = clean(at.cells)
			best = c
		}
		if best.keys && best.row+1 < at.row { // what follows the headings is data
			continue
		}
		if two := stacked(above, at.cells, m.knows); two != nil {
			c.keys, c.score, c.filled = m.score(two)
			if c.proof() > best.proof() {
				c.data, c.header = best.data, two
				best = c
			}
		}
		above = clean(at.cells)
	}
	best.err = g.failed()
	for _, w := range widths {
		if w == len(best.header) && w > 1 {
			best.even++
		}
	}
	return best, nil
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
