package calendar

import (
	"strconv"
	"strings"
	"time"
)

// The days a Date can hold, and one more at each end for whatever lies beyond.
const (
	firstDate Date = -62091 // 1 January 1800
	lastDate  Date = 376199 // 31 December 2999
)

// NewDate gives the day of a year, month and day. Months and days beyond their
// ends carry over, as in time.Date: 31 April is 1 May.
func NewDate(y int, m time.Month, d int) Date {
	const far = 1 << 20
	y, d = min(max(y, -far), far), min(max(d, -far), far)
	months := int64(y)*12 + int64(min(max(int(m), -far), far)) - 1
	return held(firstOf(months) + int64(d) - 1)
}

// held keeps a day number within the range of dates, or just outside it.
func held(days int64) Date {
	return Date(min(max(days, int64(firstDate)-1), int64(lastDate)+1))
}

// firstOf gives the day number of the first of a month, which is counted from
// January of the year 0. Years are counted from March, so that the leap day is
// the last of its year.
func firstOf(months int64) int64 {
	months -= 2
	y := floorDiv(months, 12)
	m := months - y*12
	era := floorDiv(y, 400)
	ofEra := y - era*400
	return era*146097 + ofEra*365 + ofEra/4 - ofEra/100 + (153*m+2)/5 - 719468
}

// floorDiv divides towards minus infinity.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// ParseDate reads a day written as 2026-11-03. A day that does not exist, or
// lies outside the years 1800 to 2999, is a *SyntaxError.
func ParseDate(iso string) (Date, error) {
	bad := func(why string) (Date, error) {
		return 0, &SyntaxError{Text: quoted(iso) + " is not a date", Hint: why}
	}
	if len(iso) != 10 || iso[4] != '-' || iso[7] != '-' {
		return bad("write it as 2026-11-03: year, month, day")
	}
	y, okY := digits(iso[:4])
	m, okM := digits(iso[5:7])
	d, okD := digits(iso[8:])
	if !okY || !okM || !okD {
		return bad("write it as 2026-11-03: year, month, day")
	}
	if y < 1800 || y > 2999 {
		return bad("years from 1800 to 2999 are known")
	}
	if m < 1 || m > 12 {
		return bad("months go from 01 to 12; the order is year, month, day")
	}
	if n := monthLength(y, time.Month(m)); d < 1 || d > n {
		return bad(time.Month(m).String() + " " + strconv.Itoa(y) + " has " + strconv.Itoa(n) + " days")
	}
	return NewDate(y, time.Month(m), d), nil
}

// digits reads a short number written in the figures 0 to 9 and nothing else.
func digits(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// Civil gives the year, month and day.
func (d Date) Civil() (int, time.Month, int) {
	z := int64(d) + 719468
	era := floorDiv(z, 146097)
	day := z - era*146097
	y := (day - day/1460 + day/36524 - day/146096) / 365
	ofYear := day - (365*y + y/4 - y/100)
	m := (5*ofYear + 2) / 153
	first := (153*m + 2) / 5
	y += era * 400
	if m >= 10 {
		return int(y) + 1, time.Month(m - 9), int(ofYear-first) + 1
	}
	return int(y), time.Month(m + 3), int(ofYear-first) + 1
}

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday {
	n := (int64(d) + 4) % 7
	if n < 0 {
		n += 7
	}
	return time.Weekday(n)
}

// AddDays gives the day n days later, or earlier if n is negative.
func (d Date) AddDays(n int) Date {
	const far = 1 << 30
	return held(int64(d) + int64(min(max(n, -far), far)))
}

// AddMonths gives the same day of the month n months later. A day that the
// month does not have becomes its last: one month after 31 January is the end
// of February.
func (d Date) AddMonths(n int) Date {
	const far = 1 << 20
	y, m, day := d.Civil()
	months := int64(y)*12 + int64(m) - 1 + int64(min(max(n, -far), far))
	first := firstOf(months)
	return held(first + min(int64(day), firstOf(months+1)-first) - 1)
}

// monthLength gives the number of days of a month.
func monthLength(y int, m time.Month) int {
	months := int64(y)*12 + int64(m) - 1
	return int(firstOf(months+1) - firstOf(months))
}

// Valid says whether the day lies in the years 1800 to 2999.
func (d Date) Valid() bool { return d >= firstDate && d <= lastDate }

// String gives the day as 2026-11-03.
func (d Date) String() string {
	y, m, day := d.Civil()
	var b [10]byte
	for i := 3; i >= 0; i-- {
		b[i] = byte('0' + y%10)
		y /= 10
	}
	b[4], b[7] = '-', '-'
	b[5], b[6] = byte('0'+m/10), byte('0'+m%10)
	b[8], b[9] = byte('0'+day/10), byte('0'+day%10)
	return string(b[:])
}

// Words gives the day as people write it: 3 November 2026.
func (d Date) Words() string {
	y, m, day := d.Civil()
	return strconv.Itoa(day) + " " + m.String() + " " + strconv.Itoa(y)
}

// DaysBetween counts the days from a to b; it is negative if b is earlier.
func DaysBetween(a, b Date) int { return int(b - a) }

// Birthday gives the day on which someone becomes n years old. Who was born on
// 29 February has it in common years on 1 March if leapMarch is set, and on
// 28 February otherwise: never on neither, never on both.
func Birthday(born Date, n int, leapMarch bool) Date {
	day := born.AddMonths(12 * n)
	if _, m, d := born.Civil(); leapMarch && m == time.February && d == 29 {
		if _, _, got := day.Civil(); got != 29 {
			return day.AddDays(1)
		}
	}
	return day
}

// monthByName finds a month by its English name in lower case.
func monthByName(word string) (time.Month, bool) {
	for m := time.January; m <= time.December; m++ {
		if strings.ToLower(m.String()) == word {
			return m, true
		}
	}
	return 0, false
}

// weekdayByName finds a day of the week by its English name in lower case.
func weekdayByName(word string) (time.Weekday, bool) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if strings.ToLower(d.String()) == word {
			return d, true
		}
	}
	return 0, false
}
