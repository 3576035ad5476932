package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A worksheet gives the rows of a sheet that have a filled cell, as they come
// out of the workbook.
type worksheet struct {
	line
	book    *workbook
	part    *part
	err     error
	through bool // all cells have come
	budget  int  // cells that may still come
	text    []byte
	formula []byte

	widest  int
	rows    []span // hidden, and not blank
	columns []span // hidden
	merged  []merge
}

// A span is some rows or columns, from 1.
type span struct{ from, to int }

// A merge is cells of several rows that are one.
type merge struct {
	column int // from 0
	span
}

var errOrder = errors.New("the rows or cells of the sheet are not in their order, so the workbook is damaged. Open it and save it again")

func (b *workbook) open(name string) (grid, error) {
	p, err := openPart(b.files[name], b.size)
	if err != nil {
		return nil, err
	}
	return &worksheet{book: b, part: p, budget: maxGrid}, nil
}

func (w *worksheet) at() *line     { return &w.line }
func (w *worksheet) failed() error { return w.err }

// next goes to the next row that is not blank.
func (w *worksheet) next() bool {
	for w.err == nil {
		tok, err := w.part.token()
		if err == io.EOF {
			if !w.through {
				w.err = errDamaged
			}
			return false
		}
		if err != nil {
			w.err = err
			return false
		}
		switch e := tok.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "row":
				if !w.through && w.readRow(e) {
					return true
				}
			case "col":
				w.column(e)
			case "mergeCell":
				w.merge(attribute(e, "ref"))
			case "sheetData":
				w.through = false
			}
		case xml.EndElement:
			if e.Name.Local == "sheetData" {
				w.through = true
			}
		}
	}
	return false
}

// readRow reads the cells of a row; true if one is filled.
func (w *worksheet) readRow(e xml.StartElement) bool {
	number := w.row + 1
	if r := attribute(e, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < number || n > lastRow {
			w.err = errOrder
			return false
		}
		number = n
	}
	w.row, w.fault, w.bare, w.bad = number, "", nil, nil
	w.cells, w.kinds = w.cells[:0], w.kinds[:0]
	next := 0
	for {
		tok, err := w.part.token()
		if err != nil {
			w.err = err
			if err == io.EOF {
				w.err = errDamaged
			}
			return false
		}
		switch c := tok.(type) {
		case xml.StartElement:
			if c.Name.Local != "c" {
				continue
			}
			at, ok := cellPlace(attribute(c, "r"), next, number)
			if !ok || at >= maxColumns {
				w.err = errOrder
				return false
			}
			next = at + 1
			if w.readCell(c, at); w.err != nil {
				return false
			}
		case xml.EndElement:
			if c.Name.Local == "row" {
				return w.rowDone(truth(attribute(e, "hidden")))
			}
		}
	}
}

// rowDone reports whether a row has a filled cell, and notes if it is hidden.
func (w *worksheet) rowDone(hidden bool) bool {
	if w.budget -= len(w.cells); w.budget < 0 {
		w.err = errBomb
		return false
	}
	if len(w.cells) == 0 {
		return false
	}
	w.widest = max(w.widest, len(w.cells))
	if hidden {
		if n := len(w.rows); n > 0 && w.rows[n-1].to == w.row-1 {
			w.rows[n-1].to++
		} else {
			w.rows = append(w.rows, span{w.row, w.row})
		}
	}
	return true
}

// cellPlace reads "BC12" as the place of that column, from 0. A cell without
// one stands behind the last; none stands before it, and none in another row.
func cellPlace(ref string, next, row int) (int, bool) {
	if ref == "" {
		return next, true
	}
	n, i := 0, 0
	for ; i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	r, err := strconv.Atoi(ref[i:])
	return n - 1, i > 0 && n-1 >= next && err == nil && r == row
}

// readCell reads one cell, which ends with its element.
func (w *worksheet) readCell(e xml.StartElement, at int) {
	w.text, w.formula = w.text[:0], w.formula[:0]
	kind, style := attribute(e, "t"), attribute(e, "s")
	var in string // the element whose text counts
	formula, spoken := false, false
	for {
		tok, err := w.part.token()
		if err != nil {
			if w.err = err; err == io.EOF {
				w.err = errDamaged
			}
			return
		}
		switch c := tok.(type) {
		case xml.StartElement:
			in = c.Name.Local
			formula = formula || in == "f"
			spoken = spoken || in == "rPh"
		case xml.CharData:
			switch {
			case in == "v" && kind != "inlineStr", in == "t" && kind == "inlineStr" && !spoken:
				w.text = append(w.text, c...)
			case in == "f":
				w.formula = append(w.formula, c...)
			}
			if len(w.text) > maxToken || len(w.formula) > maxToken {
				w.err = errGiant
				return
			}
		case xml.EndElement:
			in = ""
			switch c.Name.Local {
			case "rPh":
				spoken = false
			case "c":
				w.put(at, kind, style, formula)
				return
			}
		}
	}
}

// put gives a cell its text.
func (w *worksheet) put(at int, kind, style string, formula bool) {
	text := string(w.text)
	var is cellKind
	var bare, bad string
	switch kind {
	case "s":
		var ok bool
		if text, ok = w.book.shared(strings.TrimSpace(text)); !ok {
			text, bad = "?", "the workbook does not hold the text of this cell; open it and save it again"
		}
	case "inlineStr", "str":
		text = unescape(text)
	case "b":
		is = truthCell
		if truth(text) {
			text = "TRUE"
		} else if text != "" {
			text = "FALSE"
		}
	case "e":
		bad = "an error message of the spreadsheet, not a value"
	case "d":
		is, text = dateCell, strings.TrimSuffix(text, "T00:00:00")
	default:
		if text == "" && formula {
			text, bad = "="+string(w.formula), "a formula whose result the file does not hold; open it in a spreadsheet and save it again"
			break
		}
		if text == "" {
			return
		}
		text, is, bare, bad = w.book.show(strings.TrimSpace(text), style)
	}
	if text == "" {
		return
	}
	if gap := len(w.cells); gap < at {
		w.cells, w.kinds = slices.Grow(w.cells, at-gap)[:at], slices.Grow(w.kinds, at-gap)[:at]
		clear(w.cells[gap:])
		clear(w.kinds[gap:])
	}
	w.cells, w.kinds = append(w.cells, text), append(w.kinds, is)
	if bare != "" {
		if w.bare == nil {
			w.bare = make(map[int]string)
		}
		w.bare[at] = bare
	}
	if bad != "" {
		if w.bad == nil {
			w.bad = make(map[int]string)
		}
		w.bad[at] = bad
	}
}

// show gives a number as the sheet shows it, where that matters.
func (b *workbook) show(text, style string) (shown string, is cellKind, bare, bad string) {
	f := &general
	if i, err := strconv.Atoi(style); err == nil && i >= 0 && i < len(b.styles) {
		f = &b.styles[i]
	}
	return f.show(text, b.is1904)
}

// column notes hidden columns.
func (w *worksheet) column(e xml.StartElement) {
	from, err := strconv.Atoi(attribute(e, "min"))
	to, err2 := strconv.Atoi(attribute(e, "max"))
	if truth(attribute(e, "hidden")) && err == nil && err2 == nil && 0 < from && from <= to && to <= maxColumns && len(w.columns) < maxColumns {
		w.columns = append(w.columns, span{from, to})
	}
}

// merge notes cells that stretch over several rows.
func (w *worksheet) merge(ref string) {
	a, b, ok := strings.Cut(ref, ":")
	col, from, ok1 := corner(a)
	_, to, ok2 := corner(b)
	if ok && ok1 && ok2 && from < to && len(w.merged) < maxRows {
		w.merged = append(w.merged, merge{col, span{from, to}})
	}
}

func corner(ref string) (col, row int, ok bool) {
	digits := strings.TrimLeft(ref, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	row, err := strconv.Atoi(digits)
	if err != nil || row < 1 || row > lastRow {
		return 0, 0, false
	}
	col, ok = cellPlace(ref, 0, row)
	return col, row, ok && col < maxColumns
}

// notes says what a reader of the sheet does not see or takes for more than it
// is.
func (w *worksheet) notes(header int) []dataset.Note {
	var out []dataset.Note
	if len(w.rows) > 0 {
		out = append(out, dataset.Note{Why: spans("row", w.rows, strconv.Itoa) + " hidden in the sheet, and read all the same"})
	}
	var seen []span
	for _, c := range w.columns {
		if c.from <= w.widest {
			seen = append(seen, span{c.from, min(c.to, w.widest)})
		}
	}
	if len(seen) > 0 {
		out = append(out, dataset.Note{Why: spans("column", seen, func(n int) string { return letters(n - 1) }) + " hidden in the sheet, and read all the same"})
	}
	for _, m := range w.merged {
		if m.to > header && m.column < w.widest {
			out = append(out, dataset.Note{Line: m.from, Column: letters(m.column),
				Why: fmt.Sprintf("one cell stretches over the rows %d to %d; what stands in it was read for the first of them only", m.from, m.to)})
		}
	}
	return out
}

// spans lists rows or columns: rows 3 and 7 to 9 are.
func spans(what string, all []span, name func(int) string) string {
	var names []string
	for i, s := range all {
		if i == 10 {
			names = append(names, fmt.Sprintf("%d more", len(all)-i))
			break
		}
		if s.from == s.to {
			names = append(names, name(s.from))
		} else {
			names = append(names, name(s.from)+" to "+name(s.to))
		}
	}
	if len(all) == 1 && all[0].from == all[0].to {
		return what + " " + names[0] + " is"
	}
	if n := len(names); n > 1 {
		names = []string{strings.Join(names[:n-1], ", ") + " and " + names[n-1]}
	}
	return what + "s " + names[0] + " are"
}
