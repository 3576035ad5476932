package calendar

import (
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/spelling"
)

// which reads "on" and the day of the beat that is meant.
func (s *Schedule) which(ws []word) ([]word, error) {
	on := ws[0]
	ws = ws[1:]
	if len(ws) == 0 {
		return nil, &SyntaxError{Offset: on.after(), Text: `the day is missing after "on"`, Hint: s.whichHint()}
	}
	wrong := &SyntaxError{Offset: ws[0].at, Text: quoted(ws[0].text) + " is not a day of a " + beatWords[s.beat], Hint: s.whichHint()}
	if day, ok := weekdayByName(ws[0].low); ok {
		if s.beat != byWeek {
			return nil, wrong
		}
		s.weekday = day
		return ws[1:], nil
	}
	switch s.beat {
	case byMonth, byQuarter:
		return s.ofMonth(ws, wrong)
	case byYear:
		if ws[0].low == "the" {
			return s.ofMonth(ws, wrong)
		}
		return s.ofYear(ws, wrong)
	}
	return nil, wrong
}

// whichHint says which days the beat has.
func (s *Schedule) whichHint() string {
	switch s.beat {
	case byWeek:
		return "write a day of the week, such as week on monday"
	case byMonth, byQuarter:
		return "write the 1st to the 31st, or the last day"
	case byYear:
		return "write a day and a month, such as year on 1 october, or the last day"
	}
	return "a " + beatWords[s.beat] + " has no days to choose from"
}

// ofMonth reads "the 1st" to "the 31st", or "the last day".
func (s *Schedule) ofMonth(ws []word, wrong error) ([]word, error) {
	if ws[0].low != "the" || len(ws) < 2 {
		return nil, wrong
	}
	w := ws[1]
	if w.low == "last" {
		if len(ws) < 3 || ws[2].low != "day" {
			return nil, &SyntaxError{Offset: w.at, Text: "the last what?", Hint: "write the last day"}
		}
		s.day = lastDay
		return ws[3:], nil
	}
	n, ok := digits(strings.TrimRight(w.low, "stndrh"))
	if !ok || n < 1 || n > 31 {
		return nil, &SyntaxError{Offset: w.at, Text: quoted(w.text) + " is not a day of a month", Hint: s.whichHint()}
	}
	if w.low != ordinal(n) {
		return nil, &SyntaxError{Offset: w.at, Text: quoted(w.text) + " is not a day of a month", Hint: "write the " + ordinal(n)}
	}
	s.day = n
	return ws[2:], nil
}

// ofYear reads "1 october".
func (s *Schedule) ofYear(ws []word, wrong error) ([]word, error) {
	n, ok := digits(ws[0].text)
	if !ok {
		return nil, wrong
	}
	if len(ws) < 2 {
		return nil, &SyntaxError{Offset: ws[0].after(), Text: "the month is missing after " + ws[0].text, Hint: s.whichHint()}
	}
	m, ok := monthByName(ws[1].low)
	if !ok {
		hint := "write the month in full, such as october"
		if near := spelling.Nearest(ws[1].low, monthWords()); near != "" {
			hint = "did you mean " + near + "?"
		}
		return nil, &SyntaxError{Offset: ws[1].at, Text: quoted(ws[1].text) + " is not a month", Hint: hint}
	}
	// A leap year, so that 29 February can be said: it is the 28th otherwise.
	if most := monthLength(2024, m); n < 1 || n > most {
		return nil, &SyntaxError{Offset: ws[0].at, Text: m.String() + " has no day " + ws[0].text, Hint: "it has " + strconv.Itoa(most) + " days"}
	}
	s.day, s.month = n, m
	return ws[2:], nil
}

// monthWords gives the names of the months in lower case.
func monthWords() []string {
	var out []string
	for m := time.January; m <= time.December; m++ {
		out = append(out, strings.ToLower(m.String()))
	}
	return out
}
