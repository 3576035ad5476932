package sheet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// rows reads all rows of the layout into reading.
func (t *typer) rows(reading *dataset.Reading, lay layout) error {
	reading.Records = make([]dataset.Record, 0, min(lay.rows, maxRows))
	cut, err := lay.open(false)
	if err != nil {
		return err
	}
	g := readAhead(cut, len(lay.header))
	defer g.close()
	width := len(lay.header)
	var slab []dataset.Value
	least := maxColumns // cells that every row before had
	for g.next() {
		at := g.at()
		if at.row == lay.row {
			continue
		}
		if reading.Lines++; reading.Lines > maxRows {
			return fmt.Errorf("more than %d rows, too many for a list; check that it is the right file", maxRows)
		}
		if at.row < lay.row {
			reading.Skipped = append(reading.Skipped, dataset.Refusal{Line: at.row, Text: firstText(at.cells), Why: aboveWhy(at.cells)})
			continue
		}
		if skip := t.skip(at.cells, lay.header); skip != "" {
			reading.Skipped = append(reading.Skipped, dataset.Refusal{Line: at.row, Text: firstText(at.cells), Why: skip})
			continue
		}
		no := t.refuse(at, width)
		if no.Why == "" && at.cutOff && len(at.cells) < least && len(reading.Records) > 0 {
			no = dataset.Refusal{Line: at.row, Text: firstText(at.cells),
				Why: "the file ends in the middle of this row, so it may be cut off; save the export again"}
		}
		if no.Why != "" {
			reading.Refused = append(reading.Refused, no)
			continue
		}
		least = min(least, len(at.cells))
		if len(slab) < len(t.cols) {
			slab = make([]dataset.Value, 256*len(t.cols))
		}
		cells := slab[:len(t.cols):len(t.cols)]
		t.record(reading, at, cells)
		if !t.forget(reading, cells) {
			slab = slab[len(t.cols):]
		}
	}
	if err := g.failed(); err != nil {
		return err
	}
	reading.Notes = append(reading.Notes, g.notes(lay.row)...)
	slices.SortStableFunc(reading.Notes, func(a, b dataset.Note) int { return cmp.Compare(a.Line, b.Line) })
	t.settle(reading)
	return nil
}

// record types the cells of one row.
func (t *typer) record(reading *dataset.Reading, at *line, cells []dataset.Value) {
	rec := dataset.Record{Line: at.row, Cells: cells}
	texts := at.cells
	for i := range t.cols {
		c := &t.cols[i]
		if c.at < 0 || c.at >= len(texts) {
			continue
		}
		s := texts[c.at]
		if s == "" {
			continue
		}
		if a, z := s[0], s[len(s)-1]; a <= ' ' || z <= ' ' || a >= utf8.RuneSelf || z >= utf8.RuneSelf {
			if s = trim(s); s == "" {
				continue
			}
		}
		if at.bad != nil && at.bad[c.at] != "" {
			rec.Problems = append(rec.Problems, dataset.Problem{Column: c.name, Text: shown(s), Why: at.bad[c.at]})
			continue
		}
		if at.bare == nil && t.quick(c, s, at.smooth, &cells[i]) {
			continue
		}
		if at.bare != nil && (c.kind == dataset.Number || c.kind == dataset.Money) && at.bare[c.at] != "" {
			s = at.bare[c.at]
		}
		if c.kind == dataset.Time && len(s) < 15 {
			if minutes, ok := timeOfDay(s); ok {
				c.dates.times, t.waits = append(c.dates.times, waitingTime{len(reading.Records), minutes, s}), true
				continue
			}
		}
		months := c.dates.month
		why, unsure := t.read(c, s, &cells[i])
		switch {
		case why != "":
			cells[i] = dataset.Value{}
			rec.Problems = append(rec.Problems, dataset.Problem{Column: c.name, Text: shown(s), Why: why})
		case unsure:
			c.dates.waiting, t.waits = append(c.dates.waiting, waitingCell{record: len(reading.Records), text: s, month: c.dates.month > months}), true
		case c.kind == dataset.Choice, c.kind == dataset.Length, c.kind == dataset.Reference:
			*c.before(s) = meant{s, cells[i]}
		}
		if t.note != "" {
			reading.Notes = append(reading.Notes, dataset.Note{Line: at.row, Column: c.name, Text: shown(s), Why: t.note})
			t.note = ""
		}
	}
	reading.Records = append(reading.Records, rec)
}

// skip says why a row is no record at all: it is blank, repeats the headings,
// or sums up.
func (t *typer) skip(cells, header []string) string {
	filled, first := 0, ""
	for _, c := range cells {
		if trim(c) != "" {
			if filled++; filled == 1 {
				first = trim(c)
			}
			if filled == 2 && !maybeTotal(first) {
				break
			}
		}
	}
	if filled == 0 {
		return "a blank row"
	}
	if len(header) > 1 && first == header[0] && same(cells, header) {
		return "the headings again"
	}
	if maybeTotal(first) && t.isTotal(cells, first) {
		return "a row of totals"
	}
	return ""
}

func same(cells, header []string) bool {
	got := clean(cells)
	if len(got) != len(header) {
		return false
	}
	for i := range got {
		if got[i] != header[i] {
			return false
		}
	}
	return true
}

// maybeTotal is a quick look for the words that isTotal knows.
func maybeTotal(first string) bool {
	switch first[0] {
	case 't', 'T', 'g', 'G', 's', 'S', 'o', 'O', 'n', 'N', 'c', 'C':
		return len(first) < 60
	}
	return false
}

// isTotal reports whether a row sums up: its first words say total, and they
// stand in the place of the key, or the key is blank.
func (t *typer) isTotal(cells []string, first string) bool {
	words := strings.FieldsFunc(strings.ToLower(first), func(r rune) bool { return r == ' ' || r == ':' || r == '=' || r == '\u00a0' })
	if len(words) == 0 {
		return false
	}
	switch word := words[0]; {
	case word == "total", word == "totals", word == "subtotal", word == "sub-total":
	case len(words) > 1 && (word == "grand" || word == "overall" || word == "sub" || word == "net") && (words[1] == "total" || words[1] == "totals"):
	case len(words) > 1 && (word == "number" || word == "count") && words[1] == "of":
	case (word == "sum" || word == "count") && len(words) == 1:
	default:
		return false
	}
	for _, k := range t.key {
		if at := t.cols[k].at; at >= 0 && at < len(cells) {
			if s := trim(cells[at]); s != "" && s != first {
				return false
			}
		}
	}
	return true
}

// refuse says why a row cannot be a record, from the shape of it.
func (t *typer) refuse(at *line, width int) (no dataset.Refusal) {
	if at.fault != "" {
		return dataset.Refusal{Line: at.row, Text: firstText(at.cells), Why: at.fault}
	}
	for i := width; i < len(at.cells); i++ {
		if s := trim(at.cells[i]); s != "" {
			return dataset.Refusal{Line: at.row, Column: letters(i), Text: shown(s),
				Why: fmt.Sprintf("the row has %d cells but there are %d headings, so its cells may have moved; a comma in a cell without quotation marks does that", lastFilled(at.cells), width)}
		}
	}
	for _, k := range t.key {
		c := &t.cols[k]
		if c.at < 0 || c.at >= len(at.cells) {
			continue
		}
		s := trim(at.cells[c.at])
		if s != "" && (c.kind == dataset.Text || c.kind == dataset.Reference) && damagedNumber(unwrap(s)) {
			return dataset.Refusal{Line: at.row, Column: c.name, Text: shown(s), Why: damagedWhy}
		}
		if c.kind == dataset.Text && at.kind(c.at) == dateCell {
			return dataset.Refusal{Line: at.row, Column: c.name, Text: shown(s), Why: datedWhy}
		}
		if t.mapped > 2 && s != "" && loneNote(at.cells, c.at, s) {
			return dataset.Refusal{Line: at.row, Column: c.name, Text: shown(s), Why: "only one cell of the row is filled, so it looks like a note and not like a record"}
		}
	}
	return no
}

// loneNote reports whether a cell of several words, or of many letters, stands
// all alone in its row.
func loneNote(cells []string, at int, s string) bool {
	for i, c := range cells {
		if i != at && trim(c) != "" {
			return false
		}
	}
	return strings.ContainsAny(s, " \t\n\u00a0") || len(s) > 40
}

func lastFilled(cells []string) int {
	n := len(cells)
	for n > 0 && trim(cells[n-1]) == "" {
		n--
	}
	return n
}

func aboveWhy(cells []string) string {
	if firstText(cells) == "" {
		return "a blank row"
	}
	return "above the headings"
}

// firstText is the first filled cell of a row, as people may see it.
func firstText(cells []string) string {
	for _, c := range cells {
		if s := trim(c); s != "" {
			return shown(s)
		}
	}
	return ""
}

// settle decides what could only be decided with all rows read: the order of
// dates, and which keys are shared.
func (t *typer) settle(reading *dataset.Reading) {
	t.settleDates(reading)
	t.settleTimes(reading)
	t.names(reading)
	if len(t.key) > 0 {
		t.keys(reading)
	}
}
