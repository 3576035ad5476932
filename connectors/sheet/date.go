package sheet

import (
	"fmt"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// An in is what was found in a cell of a date.
type in struct {
	year, month, day int
	twoDigits        bool // the year had two
	slash            bool // two numbers whose order the cell does not say
}

// readDay reads a date, or a date and time of day.
func (t *typer) readDay(c *column, s string) (v dataset.Value, why string, unsure bool) {
	if f, minutes, ok := plainDay(s, c.kind); ok { // the commonest forms, quickly
		return t.finish(c, f, minutes, c.kind == dataset.Time)
	}
	s = unwrap(s)
	if n, minutes, ok := serial(s); ok {
		return t.dayValue(c, t.zero.AddDays(n), minutes, strings.Contains(s, "."))
	}
	if onlyDigits(s) && len(s) != 8 {
		return v, "a number, not a date; write it like 1 Feb 2026", false
	}
	if at, ok := instant(s); ok {
		if c.kind == dataset.Date {
			return dataset.DateValue(t.clock.Day(at)), "", false
		}
		return dataset.TimeValue(at), "", false
	}
	day, clockText := splitTime(s)
	f, why := parseDay(day)
	if why != "" {
		return v, why, false
	}
	if f.twoDigits {
		if f.year, why = century(f.year, t.year); why != "" {
			return v, why, false
		}
	}
	minutes, given, why := minutesOf(c, clockText)
	if why != "" {
		return v, why, false
	}
	return t.finish(c, f, minutes, given)
}

// finish decides which number is the day, and makes the value.
func (t *typer) finish(c *column, f in, minutes int, given bool) (v dataset.Value, why string, unsure bool) {
	if f.slash {
		switch {
		case f.day > 12 && f.month <= 12:
			c.dates.provesDay()
		case f.month > 12 && f.day <= 12:
			c.dates.month++
			if t.order != dayFirst {
				f.day, f.month = f.month, f.day
				unsure = t.order == undecided
			}
		case f.day != f.month && f.day <= 12:
			c.dates.unsure++
			switch t.order {
			case monthFirst:
				f.day, f.month = f.month, f.day
			case undecided:
				unsure = !c.dates.sure
			}
		}
	}
	if why = impossible(f); why != "" {
		return v, why, false
	}
	v, why, _ = t.dayValue(c, t.day(f.year, f.month, f.day), minutes, given)
	return v, why, unsure && why == ""
}

// dayValue makes the value of a day, and of its time of day where the column
// wants one.
func (t *typer) dayValue(c *column, d calendar.Date, minutes int, given bool) (dataset.Value, string, bool) {
	if c.kind == dataset.Date {
		return dataset.DateValue(d), "", false
	}
	if !given {
		return dataset.Value{}, "a date without a time of day; write it like 12 Nov 2026 19:30", false
	}
	return dataset.TimeValue(t.clock.On(d, minutes)), "", false
}

// plainDay reads 2026-02-01 and 01/02/2026, followed by 19:30 where a time is
// wanted, and leaves all other forms to be looked at.
func plainDay(s string, kind dataset.Kind) (f in, minutes int, ok bool) {
	switch {
	case kind == dataset.Date && len(s) == 10:
	case kind == dataset.Time && len(s) == 16 && s[13] == ':':
		h, m := two(s, 11), two(s, 14)
		if s[10] != ' ' && s[10] != 'T' || h < 0 || h > 23 || m < 0 || m > 59 {
			return f, 0, false
		}
		minutes = h*60 + m
	default:
		return f, 0, false
	}
	var a, b int
	switch {
	case s[2] == '/' && s[5] == '/':
		f.day, f.month, a, b = two(s, 0), two(s, 3), two(s, 6), two(s, 8)
		f.slash = true
	case s[4] == '-' && s[7] == '-':
		a, b, f.month, f.day = two(s, 0), two(s, 2), two(s, 5), two(s, 8)
	default:
		return f, 0, false
	}
	f.year = a*100 + b
	return f, minutes, a >= 0 && b >= 0 && f.day >= 0 && f.month >= 0
}

// quickDay reads the dates of which nothing is to be asked: 2026-02-01, and
// 13/02/2026 or, where the order is known, 01/02/2026. It is wrong about none,
// and leaves the last days of months to others.
func (t *typer) quickDay(c *column, s string) (calendar.Date, bool) {
	var a, b, month, day int
	switch {
	case s[4] == '-' && s[7] == '-':
		a, b, month, day = two(s, 0), two(s, 2), two(s, 5), two(s, 8)
	case s[2] == '/' && s[5] == '/':
		a, b, month, day = two(s, 6), two(s, 8), two(s, 3), two(s, 0)
		if t.order != dayFirst && !c.dates.sure && day <= 12 {
			return 0, false
		}
	default:
		return 0, false
	}
	if a < 18 || a > 29 || b < 0 || month < 1 || month > 12 || day < 1 || day > 28 {
		return 0, false
	}
	if s[2] == '/' {
		if day > 12 {
			c.dates.provesDay()
		} else if day != month {
			c.dates.unsure++
		}
	}
	return t.day(a*100+b, month, day), true
}

// two reads two figures, or gives -1.
func two(s string, i int) int {
	a, b := s[i]-'0', s[i+1]-'0'
	if a > 9 || b > 9 {
		return -1
	}
	return int(a)*10 + int(b)
}

// number reads figures that are known to be figures, and few.
func number(s string) int {
	n := 0
	for i := range len(s) {
		n = n*10 + int(s[i]-'0')
	}
	return n
}

// serial reads the number of a day as spreadsheets count them, from 1910 to
// 2119; smaller numbers could be years.
func serial(s string) (days, minutes int, ok bool) {
	whole, part, dotted := strings.Cut(s, ".")
	if len(whole) < 4 || len(whole) > 5 || !onlyDigits(whole) || dotted && !onlyDigits(part) {
		return 0, 0, false
	}
	days = number(whole)
	if days < 3654 || days > 80_000 {
		return 0, 0, false
	}
	if dotted {
		scale, n := 1, 0
		for i := 0; i < len(part) && i < 9; i++ {
			scale, n = scale*10, n*10+int(part[i]-'0')
		}
		minutes = (n*1440 + scale/2) / scale
		if minutes >= 1440 {
			minutes = 1439
		}
	}
	return days, minutes, true
}

// parseDay reads a day in words or figures. For two numbers of unknown order
// the first is taken for the day.
func parseDay(s string) (in, string) {
	const why = "not a date; write it like 1 Feb 2026 or 2026-02-01"
	if onlyDigits(s) && len(s) == 8 {
		return in{year: number(s[:4]), month: number(s[4:6]), day: number(s[6:])}, ""
	}
	parts, ok := pieces(s)
	if !ok {
		return in{}, why
	}
	if len(parts) == 4 && weekday(parts[0]) {
		parts = parts[1:]
	}
	if len(parts) != 3 {
		return in{}, why
	}
	a, b, c := ordinal(parts[0]), ordinal(parts[1]), parts[2]
	if m := monthNamed(b); m > 0 && onlyDigits(a) && onlyDigits(c) {
		if len(a) == 4 && len(c) <= 2 { // 2026-Feb-01
			return in{year: number(a), month: m, day: number(c)}, ""
		}
		return years(in{day: few(a), month: m}, c, why)
	}
	if m := monthNamed(a); m > 0 && onlyDigits(b) && onlyDigits(c) {
		return years(in{day: few(b), month: m}, c, why)
	}
	if !onlyDigits(a) || !onlyDigits(b) || !onlyDigits(c) || a != parts[0] || b != parts[1] {
		return in{}, why
	}
	if len(a) == 4 && len(b) <= 2 && len(c) <= 2 {
		return in{year: number(a), month: few(b), day: few(c)}, ""
	}
	if len(a) > 2 || len(b) > 2 {
		return in{}, why
	}
	return years(in{day: few(a), month: few(b), slash: true}, c, why)
}

func years(f in, year, why string) (in, string) {
	switch len(year) {
	case 2:
		f.twoDigits = true
	case 4:
	default:
		return in{}, why
	}
	f.year = number(year)
	return f, ""
}

// few reads up to two figures; more are no day and no month.
func few(s string) int {
	if len(s) > 2 {
		return 99
	}
	return number(s)
}

// pieces cuts a date at its separators, which must be of the usual kind.
func pieces(s string) ([]string, bool) {
	if len(s) > 40 {
		return nil, false
	}
	parts := strings.FieldsFunc(s, func(r rune) bool {
		return r == '/' || r == '-' || r == '.' || r == ',' || r == ' ' || r == '\u00a0' || r == '‑' || r == '–'
	})
	return parts, len(parts) >= 3 && len(parts) <= 4
}

// ordinal takes the ending off 1st, 2nd, 3rd, 4th.
func ordinal(s string) string {
	if len(s) > 2 && len(s) <= 4 && s[0] >= '0' && s[0] <= '9' {
		switch end := s[len(s)-2:]; {
		case strings.EqualFold(end, "st"), strings.EqualFold(end, "nd"), strings.EqualFold(end, "rd"), strings.EqualFold(end, "th"):
			return s[:len(s)-2]
		}
	}
	return s
}

var months = [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}

// monthNamed is the month of a name in full or its first three letters, or 0.
func monthNamed(s string) int {
	if len(s) < 3 || len(s) > 9 {
		return 0
	}
	s = strings.ToLower(s)
	for i, m := range months {
		if s == m || s == m[:3] || s == "sept" && i == 8 {
			return i + 1
		}
	}
	return 0
}

func weekday(s string) bool {
	if len(s) < 3 || len(s) > 9 {
		return false
	}
	s = strings.ToLower(s)
	for d := time.Sunday; d <= time.Saturday; d++ {
		name := strings.ToLower(d.String())
		if strings.HasPrefix(name, s) {
			return true
		}
	}
	return false
}

// century completes a year of two digits, seen from the year of the file.
func century(yy, now int) (int, string) {
	year := now - now%100 + yy
	switch {
	case year > now+15:
		year -= 100
	case year <= now-85:
		year += 100
	}
	if year > now+3 {
		return 0, fmt.Sprintf("the year could be %d or %d; write it in full", year-100, year)
	}
	return year, ""
}

// impossible says why there is no such day.
func impossible(f in) string {
	switch {
	case f.year == 1900 && f.month <= 1 && f.day == 0, f.year == 0 && f.month == 0 && f.day == 0, f.year == 1899 && f.month == 12 && f.day >= 30:
		return "an empty cell that a spreadsheet turned into a date"
	case f.month < 1 || f.month > 12:
		return "no such date: there is no such month"
	case f.day < 1 || f.day > daysIn(f.year, f.month):
		return "no such date: the month has no such day"
	case f.year < 1800 || f.year > 2999:
		return "the year cannot be right"
	}
	return ""
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// oldest is how many years ago a member may have been born.
const oldest = 115

// noBirth says why nobody on this list can have been born on a day, or is empty.
// 1900 is what a spreadsheet makes of a blank cell.
func (t *typer) noBirth(day calendar.Date) string {
	switch year, _, _ := day.Civil(); {
	case year > t.year:
		return "nobody is born yet on that day"
	case year < t.year-oldest:
		return "too long ago for a day of birth"
	}
	return ""
}
