package dataset

import (
	"path"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A Dispute says that another source has an event on another day or at another
// time, under the same key or another. Nobody knows which is right.
type Dispute struct {
	Place Place  // where the other stands
	Key   string // of the record there, if that is another
	When  Value  // what it says
}

// Words says of an event what its dispute is.
func (d *Dispute) Words(c calendar.Clock) string {
	if d == nil {
		return ""
	}
	from := Origin{File: d.Place.File, Sheet: d.Place.Sheet, Row: d.Place.Line}.String()
	return "another source has it as " + d.When.Words(c) + " (" + from + "), and nobody can tell which is right"
}

// Disputable reports whether the records of a dataset are events that two sources
// may have on different days: they have a title, and a day or a time.
func (s *Schema) Disputable() bool {
	_, titled := s.Column("title")
	_, dated := s.Column("date")
	_, timed := s.Column("start")
	return s.Event && titled && (dated || timed)
}

// When is when an event is: its start, or else its day.
func (s *Schema) When(r *Row) Value {
	for _, name := range [...]string{"start", "date"} {
		if i, ok := s.Column(name); ok && !r.cell(i).IsBlank() {
			return r.cell(i)
		}
	}
	return Value{}
}

// SourceOf gives the file from which the day of an event was read.
func (t *Table) SourceOf(r *Row) Place {
	o := t.Origin(r, "start")
	if i, ok := t.Schema.Column("start"); !ok || r.cell(i).IsBlank() {
		o = t.Origin(r, "date")
	}
	return Place{File: o.File, Sheet: o.Sheet, Line: o.Row}
}

// OtherSource reports whether two files are of sources of different kinds: a
// calendar and a sheet. One sheet after another is the same source, brought up to
// date.
func OtherSource(a, b string) bool {
	calendar := func(file string) bool { return strings.EqualFold(path.Ext(file), ".ics") }
	return a != "" && b != "" && calendar(a) != calendar(b)
}

// Agree reports whether two say the same of when an event is: the same time, or
// where one of them gives only the day, the same day.
func Agree(c calendar.Clock, a, b Value) bool {
	if a.Kind == Time && b.Kind == Time {
		return a.N == b.N
	}
	return dayOf(c, a) == dayOf(c, b)
}

// Apart is how many days lie between two.
func Apart(c calendar.Clock, a, b Value) int {
	return max(int(dayOf(c, a)-dayOf(c, b)), int(dayOf(c, b)-dayOf(c, a)))
}

func dayOf(c calendar.Clock, v Value) calendar.Date {
	if v.Kind == Time {
		return c.Day(v.AsTime())
	}
	return v.AsDate()
}

// SameEvent reports whether two records may be one event: their titles are the
// same but for capitals and spaces, and so are their types and branches where
// both say them.
func (s *Schema) SameEvent(a, b *Row) bool {
	for _, name := range [...]string{"title", "type", "kind", s.Branch} {
		i, ok := s.Column(name)
		if !ok {
			continue
		}
		x, y := fold(a.cell(i).S), fold(b.cell(i).S)
		if x != y && (name == "title" || x != "" && y != "") || name == "title" && x == "" {
			return false
		}
	}
	return true
}
