package calendar

import (
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/spelling"
)

// mostUnits is the largest number a duration may have.
const mostUnits = 99999

// unitWords are the units as they are written, for one.
var unitWords = [...]string{
	Hour: "hour", Day: "day", ClearDay: "clear day", WorkingDay: "working day",
	UKWorkingDay: "uk working day", Week: "week", Month: "month", Year: "year",
}

// String gives the unit as it is written for one: working day.
func (u Unit) String() string {
	if u == 0 || int(u) >= len(unitWords) {
		return ""
	}
	return unitWords[u]
}

// String gives the duration as it is written: 7 days.
func (d Duration) String() string {
	if d.N == 1 {
		return "1 " + d.Unit.String()
	}
	return strconv.Itoa(d.N) + " " + d.Unit.String() + "s"
}

// ParseDuration reads "7 days", "1 month", "19 uk working days". Numbers are
// written in figures and units in full; one and many are both accepted. The
// error is a *SyntaxError.
func ParseDuration(s string) (Duration, error) {
	return durationOf(words(s))
}

// durationOf reads a duration that is already cut into words.
func durationOf(ws []word) (Duration, error) {
	if len(ws) == 0 {
		return Duration{}, &SyntaxError{Text: "a duration is missing", Hint: "write a number and a unit, such as 7 days"}
	}
	n, ok := digits(ws[0].text)
	if !ok {
		return Duration{}, &SyntaxError{Offset: ws[0].at, Text: quoted(ws[0].text) + " is not a whole number", Hint: numberHint(ws[0].low)}
	}
	if n > mostUnits {
		return Duration{}, &SyntaxError{Offset: ws[0].at, Text: quoted(ws[0].text) + " is too many", Hint: "the most is " + strconv.Itoa(mostUnits)}
	}
	if len(ws) == 1 {
		return Duration{}, &SyntaxError{Offset: ws[0].after(), Text: "the unit is missing after " + quoted(ws[0].text), Hint: "write " + ws[0].text + " days, weeks, months or another unit"}
	}
	text := ws[1].low
	for _, w := range ws[2:] {
		text += " " + w.low
	}
	for u := Hour; u <= Year; u++ {
		if name := u.String(); text == name || text == name+"s" {
			return Duration{N: n, Unit: u}, nil
		}
	}
	return Duration{}, &SyntaxError{Offset: ws[1].at, Text: quoted(text) + " is not a unit of time", Hint: unitHint(text)}
}

// numberHint says what to write for a number that is none.
func numberHint(low string) string {
	cut := strings.TrimLeft(low, "0123456789")
	if cut != low && cut != "" && strings.Trim(cut, "abcdefghijklmnopqrstuvwxyz") == "" {
		return "put a space between number and unit: " + low[:len(low)-len(cut)] + " " + cut
	}
	named := []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}
	for i, name := range named {
		if low == name {
			return "write it in figures: " + strconv.Itoa(i)
		}
	}
	if low == "a" || low == "an" {
		return "write it in figures: 1"
	}
	return "write a number in figures and a unit, such as 7 days"
}

// unitHint says what to write for a unit that is none.
func unitHint(text string) string {
	one := strings.TrimSuffix(text, "s")
	switch one {
	case "fortnight":
		return "write weeks: 2 weeks"
	case "quarter":
		return "write months: 3 months"
	case "business day", "weekday", "work day", "workday":
		return "write working days"
	case "calendar day":
		return "write days"
	case "minute", "second":
		return "the smallest unit is the hour"
	}
	if near := spelling.Nearest(one, unitWords[Hour:]); near != "" {
		return "did you mean " + near + "s?"
	}
	return "the units are hours, days, clear days, working days, uk working days, weeks, months and years"
}
