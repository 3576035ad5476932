package calendar_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"pgregory.net/rapid"
)

// anyDate draws a valid day, often one at the end of a month.
var anyDate = rapid.Custom(func(t *rapid.T) calendar.Date {
	y := rapid.IntRange(1801, 2998).Draw(t, "year")
	m := time.Month(rapid.IntRange(1, 12).Draw(t, "month"))
	return calendar.NewDate(y, m, rapid.IntRange(1, 31).Draw(t, "day"))
})

func TestDatesAgreeWithTheStandardLibrary(t *testing.T) {
	start := time.Date(1800, time.January, 1, 0, 0, 0, 0, time.UTC)
	last := calendar.NewDate(2999, time.December, 31)
	for d, at := calendar.NewDate(1800, time.January, 1), start; d <= last; d, at = d+1, at.AddDate(0, 0, 1) {
		y, m, day := d.Civil()
		wy, wm, wd := at.Date()
		if y != wy || m != wm || day != wd || d.Weekday() != at.Weekday() || int64(d)*86400 != at.Unix() || calendar.NewDate(y, m, day) != d {
			t.Fatalf("day %d is %d-%d-%d %s, want %s", d, y, m, day, d.Weekday(), at.Format(time.DateOnly))
		}
	}
	if !last.Valid() || last.AddDays(1).Valid() || calendar.NewDate(1799, time.December, 31).Valid() {
		t.Error("valid days must be those of the years 1800 to 2999")
	}
}

func TestNewDateCarriesOver(t *testing.T) {
	for _, c := range []struct {
		y    int
		m    time.Month
		d    int
		want string
	}{
		{2026, 4, 31, "2026-05-01"}, {2026, 13, 1, "2027-01-01"}, {2026, 0, 15, "2025-12-15"},
		{2026, 3, 0, "2026-02-28"}, {2028, 3, 0, "2028-02-29"}, {2026, -11, 1, "2025-01-01"},
	} {
		if got := calendar.NewDate(c.y, c.m, c.d).String(); got != c.want {
			t.Errorf("NewDate(%d, %d, %d) = %s, want %s", c.y, c.m, c.d, got, c.want)
		}
	}
	for _, d := range []calendar.Date{
		calendar.NewDate(math.MaxInt, 1, 1), calendar.NewDate(math.MinInt, 1, 1), calendar.NewDate(2026, 1, math.MaxInt),
		date(t, "2026-01-01").AddDays(math.MaxInt), date(t, "2026-01-01").AddMonths(math.MinInt),
	} {
		if d.Valid() {
			t.Errorf("%s came of numbers out of reach, and must not be valid", d)
		}
	}
}

func TestParseDate(t *testing.T) {
	if got := date(t, "2026-11-03").Words(); got != "3 November 2026" {
		t.Errorf("words: %s", got)
	}
	for in, hint := range map[string]string{
		"":           "2026-11-03",
		"03/11/2026": "2026-11-03",
		"2026-11-3":  "2026-11-03",
		"2026-02-30": "February 2026 has 28 days",
		"2100-02-29": "February 2100 has 28 days",
		"2026-13-01": "year, month, day",
		"1799-12-31": "1800 to 2999",
		"3000-01-01": "1800 to 2999",
		"２026-01-01": "2026-11-03",
		"2026-1 -01": "2026-11-03",
	} {
		_, err := calendar.ParseDate(in)
		if err == nil || !strings.Contains(err.Error(), hint) {
			t.Errorf("ParseDate(%q): %v, want a hint with %q", in, err, hint)
		}
	}
}

func TestAddMonthsClamps(t *testing.T) {
	for _, c := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-08-31", 6, "2027-02-28"}, {"2027-08-31", 6, "2028-02-29"}, {"2026-01-31", 1, "2026-02-28"},
		{"2028-01-31", 1, "2028-02-29"}, {"2026-01-31", 2, "2026-03-31"}, {"2026-03-31", -1, "2026-02-28"},
		{"2028-02-29", 12, "2029-02-28"}, {"2028-02-29", 48, "2032-02-29"}, {"2096-02-29", 48, "2100-02-28"},
		{"2026-01-15", -13, "2024-12-15"}, {"2026-12-31", 4, "2027-04-30"},
	} {
		if got := date(t, c.from).AddMonths(c.n).String(); got != c.want {
			t.Errorf("%s and %d months: %s, want %s", c.from, c.n, got, c.want)
		}
	}
}

func TestMonthsAreCountedFromTheAnchor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate.Draw(t, "date")
		n := rapid.IntRange(-12000, 12000).Draw(t, "months")
		got := d.AddMonths(n)
		if !got.Valid() {
			return
		}
		y, m, day := d.Civil()
		gy, gm, gd := got.Civil()
		if gy*12+int(gm) != y*12+int(m)+n {
			t.Fatalf("%s and %d months is %s", d, n, got)
		}
		if _, _, tomorrow := (got + 1).Civil(); gd != day && (gd > day || tomorrow != 1) {
			t.Fatalf("%s and %d months is %s, neither the day nor the last of the month", d, n, got)
		}
	})
}

func TestDatesRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate.Draw(t, "date")
		if got, err := calendar.ParseDate(d.String()); err != nil || got != d {
			t.Fatalf("%s reads back as %s, %v", d, got, err)
		}
		n := rapid.IntRange(-1000, 1000).Draw(t, "days")
		if got := calendar.DaysBetween(d, d.AddDays(n)); d.AddDays(n).Valid() && got != n {
			t.Fatalf("%d days on, %d lie between", n, got)
		}
	})
}

func TestBirthday(t *testing.T) {
	for _, c := range []struct {
		born  string
		n     int
		march bool
		want  string
	}{
		{"2008-02-29", 18, true, "2026-03-01"}, {"2008-02-29", 18, false, "2026-02-28"},
		{"2008-02-29", 20, true, "2028-02-29"}, {"2008-02-29", 20, false, "2028-02-29"},
		{"2008-02-28", 18, true, "2026-02-28"}, {"2008-11-03", 18, true, "2026-11-03"}, {"2000-02-29", 100, true, "2100-03-01"},
	} {
		if got := calendar.Birthday(date(t, c.born), c.n, c.march).String(); got != c.want {
			t.Errorf("born %s, %d (March %v): %s, want %s", c.born, c.n, c.march, got, c.want)
		}
	}
}

func TestDurations(t *testing.T) {
	for _, s := range []string{"7 days", "1 day", "0 days", "2 clear days", "1 working day", "19 uk working days", "8 weeks", "1 month", "2 years", "36 hours"} {
		if got := span(t, s).String(); got != s {
			t.Errorf("%q prints as %q", s, got)
		}
	}
	if span(t, "  1   Working  days ") != (calendar.Duration{N: 1, Unit: calendar.WorkingDay}) {
		t.Error("spaces, capitals and the plural do not matter")
	}
	for _, c := range []struct {
		in, want string
		at       int
	}{
		{"", "number and a unit", 0}, {"seven days", "in figures: 7", 0}, {"7days", "put a space between number and unit: 7 days", 0},
		{"7", "write 7 days", 1}, {"7 dyas", "did you mean days?", 2}, {"2 fortnights", "write weeks", 2}, {"5 business days", "working days", 2},
		{"-3 days", "in figures", 0}, {"1.5 days", "in figures", 0}, {"100000 days", "the most is", 0}, {"3 uk days", "the units are", 2},
		{"30 minutes", "smallest unit", 3}, {"a week", "in figures: 1", 0}, {"７ days", "in figures", 0},
	} {
		_, err := calendar.ParseDuration(c.in)
		e, ok := err.(*calendar.SyntaxError)
		if !ok || !strings.Contains(e.Error(), c.want) || e.Offset != c.at {
			t.Errorf("ParseDuration(%q): %v, want %q at %d", c.in, err, c.want, c.at)
		}
	}
}
