package sheet

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// An order says which of two numbers is the day.
type order uint8

const (
	undecided order = iota
	dayFirst
	monthFirst
	mixed // the column holds proof of both
)

func parseOrder(s string) (order, error) {
	switch s {
	case "":
		return undecided, nil
	case "day-first":
		return dayFirst, nil
	case "month-first":
		return monthFirst, nil
	}
	return undecided, fmt.Errorf("dates: is %q; write day-first or month-first, or leave it out", shown(s))
}

// A dateColumn gathers what a column of dates proves, and the cells that wait
// for a proof.
type dateColumn struct {
	day, month int  // cells that prove the day, or the month, to stand first
	unsure     int  // cells that prove nothing, and could be read both ways
	sure       bool // the day stands first beyond doubt, and cells wait no longer
	waiting    []waitingCell
	times      []waitingTime
}

// A waitingCell can be read only once the order is known. It may be one that
// has no meaning unless the month stands first.
type waitingCell struct {
	record int
	text   string
	month  bool
}

// A waitingTime is a time of day without a date, in a column that wants both.
type waitingTime struct {
	record, minutes int
	text            string
}

// provesDay notes a cell that has no meaning unless the day stands first. Fifty
// of them with nothing against them decide.
func (d *dateColumn) provesDay() {
	if d.day++; d.day >= 50 && d.month == 0 {
		d.sure = true
	}
}

// proof is what the column proves by itself. A few cells against many are
// slips, and stay problems.
func (d *dateColumn) proof() order {
	switch {
	case d.sure:
		return dayFirst
	case d.day == 0 && d.month <= 1:
		return undecided
	case d.day > 0 && d.day >= 10*d.month:
		return dayFirst
	case d.day == 0 && d.month >= 2, d.month >= 2 && d.month >= 10*d.day:
		return monthFirst
	}
	return mixed
}

// settleDates decides the cells whose order was not known when they were read:
// they hold the day that is right if the day stands first.
func (t *typer) settleDates(reading *dataset.Reading) {
	elsewhere := undecided
	for i := range t.cols {
		switch t.cols[i].dates.proof() {
		case dayFirst:
			if elsewhere == undecided {
				elsewhere = dayFirst
			}
		case monthFirst, mixed:
			elsewhere = mixed
		}
	}
	for i := range t.cols {
		c := &t.cols[i]
		way := c.dates.proof()
		if way == undecided && elsewhere == dayFirst {
			way = dayFirst
		}
		for _, w := range c.dates.waiting {
			t.settleCell(&reading.Records[w.record], i, w, way)
		}
		c.dates.waiting = nil
	}
}

// settleCell decides one cell.
func (t *typer) settleCell(rec *dataset.Record, i int, w waitingCell, way order) {
	c := &t.cols[i]
	var why string
	switch {
	case way == dayFirst && !w.month:
		return
	case way == dayFirst:
		why = "no such date: there is no such month"
	case way == monthFirst:
		again := *t
		again.order = monthFirst
		other := column{name: c.name, kind: c.kind}
		v, no, _ := again.readDay(&other, w.text)
		if no == "" {
			rec.Cells[i] = v
			return
		}
		why = no
	case w.month:
		why = "there is no such month, unless the month stands first; write the month in letters"
	case way == mixed:
		why = "the column has dates with the day first and dates with the month first, so this one could be either; write the month in letters"
	default:
		why = "the day could be the first number or the second, and nothing in the column decides; write dates: day-first at this dataset in constituency.yaml, or the month in letters"
	}
	rec.Cells[i] = dataset.Value{}
	rec.Problems = append(rec.Problems, dataset.Problem{Column: c.name, Text: shown(w.text), Why: why})
}

// settleTimes gives a time of day that stands alone the date of its row: of
// the column called date or, where there is only one column of dates, of that.
func (t *typer) settleTimes(reading *dataset.Reading) {
	day, dates := -1, 0
	for i := range t.cols {
		if t.cols[i].kind == dataset.Date {
			if dates++; day < 0 || t.cols[i].name == "date" {
				day = i
			}
		}
	}
	if dates > 1 && t.cols[day].name != "date" {
		day = -1
	}
	for i := range t.cols {
		c := &t.cols[i]
		for _, w := range c.dates.times {
			rec := &reading.Records[w.record]
			if day >= 0 && rec.Cells[day].Kind == dataset.Date {
				rec.Cells[i] = dataset.TimeValue(t.clock.On(calendar.Date(rec.Cells[day].N), w.minutes))
				continue
			}
			rec.Problems = append(rec.Problems, dataset.Problem{Column: c.name, Text: shown(w.text), Why: "a time of day without a date; write it like 12 Nov 2026 19:30"})
		}
		c.dates.times = nil
	}
}
