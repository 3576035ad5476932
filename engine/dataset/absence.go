package dataset

import (
	"slices"
	"strconv"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A Place is where cells of a record were read that the table's own file does
// not have: of a record that a part of the list left out, or that is missing
// from the whole of it, all of them.
type Place struct {
	File, Sheet string
	Line        int
	Drawn       calendar.Date // the day as of which that file is
	Columns     []string      // nil: all columns
}

// An Absence says that a record is held although the last list does not have it,
// or has it only in rows that were refused. It is as it was, and nobody knows
// whether it still is so.
type Absence struct {
	Lists   int           // whole lists in a row, each of a later day, that did not have it
	Since   calendar.Date // the day of the first of them
	Latest  calendar.Date // the day of the last that counted
	Refused bool          // the last list has it, in rows of which nobody can tell what is right
}

// Kept gives a record of the table as it is in the next one, whose file does not
// have it: with the file from which it was read. Drawn is the day as of which
// this table is.
func (t *Table) Kept(r *Row, drawn calendar.Date) *Row {
	kept := *r
	if !slices.ContainsFunc(r.Places, func(p Place) bool { return p.Columns == nil }) && r.Line != 0 {
		kept.Places = append(slices.Clone(r.Places), Place{File: t.File, Sheet: t.Sheet, Line: r.Line, Drawn: drawn})
		kept.Line = 0
	}
	return &kept
}

// Missing gives a record of the table as it is in the next one, which is the
// whole list of a day and does not have it. A second list of one day says nothing
// that the first did not.
func (t *Table) Missing(r *Row, drawn, today calendar.Date) *Row {
	kept := t.Kept(r, drawn)
	switch was := r.Absence; {
	case was == nil || was.Lists == 0:
		kept.Absence = &Absence{Lists: 1, Since: today, Latest: today}
	case today > was.Latest:
		kept.Absence = &Absence{Lists: was.Lists + 1, Since: was.Since, Latest: today}
	default:
		kept.Absence = &Absence{Lists: was.Lists, Since: was.Since, Latest: was.Latest}
	}
	return kept
}

// Refused gives a record of the table as it is in the next one, whose file has it
// only in rows that were refused: in two, of which one may be right.
func (t *Table) Refused(r *Row, drawn calendar.Date) *Row {
	kept := t.Kept(r, drawn)
	kept.Absence = &Absence{Refused: true}
	return kept
}

// Mixed gives the places of a record of a part of the list whose other columns
// are those of an older row.
func (t *Table) Mixed(r *Row, drawn calendar.Date, columns []string) []Place {
	var out []Place
	for _, c := range columns {
		from := Place{File: t.File, Sheet: t.Sheet, Line: r.Line, Drawn: drawn}
		if p := r.place(c); p != nil {
			from = Place{File: p.File, Sheet: p.Sheet, Line: p.Line, Drawn: p.Drawn}
		}
		i := slices.IndexFunc(out, func(p Place) bool { return p.File == from.File && p.Sheet == from.Sheet && p.Line == from.Line })
		if i < 0 {
			i, out = len(out), append(out, from)
		}
		out[i].Columns = append(out[i].Columns, c)
	}
	return out
}

// place finds where a column was read, if that is not the table's own file.
func (r *Row) place(column string) *Place {
	var all *Place
	for i := range r.Places {
		switch p := &r.Places[i]; {
		case p.Columns == nil:
			all = p
		case slices.Contains(p.Columns, column):
			return p
		}
	}
	return all
}

// Left reports whether a record says itself that it is one no longer: a member
// who resigned.
func (s *Schema) Left(r *Row) bool {
	i, ok := s.Column("status")
	return ok && slices.Contains(s.GoneAs, r.cell(i).S)
}

// AbsenceWords says of a record what is known of its absence from the list of a
// dataset, or nothing.
func (r *Row) AbsenceWords(list string) string {
	a := r.Absence
	switch {
	case a == nil:
		return ""
	case a.Refused:
		return "stands in the last list of " + list + " only in rows that were refused; it is as it was before"
	}
	out := "missing from the list of " + list + " since " + a.Since.Words() + ", " + Times(a.Lists)
	if p := r.place(""); p != nil && p.Drawn != 0 {
		out += "; last seen in that of " + p.Drawn.Words()
	}
	return out
}

// Times says how often: once, twice, 3 times.
func Times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return strconv.Itoa(n) + " times"
}

// MissingWords says of a number of records that are missing from a list, from up
// to so many in a row, what becomes of them: gone after so many.
func MissingWords(n, most, after int) string {
	say, they := strconv.Itoa(n)+" records are", "they stay as they were"
	if n == 1 {
		say, they = "1 record is", "it stays as it was"
	}
	say += " missing from this list"
	if most == 1 {
		say += " for the first time"
	} else {
		say += ", some of them for the " + ordinal(most) + " time"
	}
	return say + ": " + they + " until " + strconv.Itoa(after) + " whole lists in a row, of different days, are without them"
}

// ordinal writes a small number as second, third, 4th.
func ordinal(n int) string {
	switch n {
	case 2:
		return "second"
	case 3:
		return "third"
	}
	return strconv.Itoa(n) + "th"
}

// RefusedWords says of a number of records that their rows in the last list were
// refused.
func RefusedWords(n int) string {
	if n == 1 {
		return "1 record stands in this list only in rows that were refused: it stays as it was"
	}
	return strconv.Itoa(n) + " records stand in this list only in rows that were refused: they stay as they were"
}
