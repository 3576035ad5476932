package calendar_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"pgregory.net/rapid"
)

// beat reads a schedule.
func beat(t testing.TB, s string) *calendar.Schedule {
	t.Helper()
	got, err := calendar.ParseSchedule(s)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestSlots(t *testing.T) {
	c := london(t)
	for _, x := range []struct {
		schedule, at string
		last, next   string // instants
		period       string // of the last
	}{
		{"monday at 07:00", "2026-11-02T07:00:00Z", "2026-11-02T07:00:00Z", "2026-11-09T07:00:00Z", "2026-11-02 2026-11-08 week of 2 November 2026 0"},
		{"monday at 07:00", "2026-11-02T06:59:59Z", "2026-10-26T07:00:00Z", "2026-11-02T07:00:00Z", "2026-10-26 2026-11-01 week of 26 October 2026 0"},
		{"sunday at 18:00", "2026-11-03T12:00:00Z", "2026-11-01T18:00:00Z", "2026-11-08T18:00:00Z", "2026-10-26 2026-11-01 week of 26 October 2026 0"},
		{"week", "2026-06-03T12:00:00Z", "2026-06-01T08:00:00Z", "2026-06-08T08:00:00Z", "2026-06-01 2026-06-07 week of 1 June 2026 0"},
		{"2 weeks on monday", "2026-11-03T12:00:00Z", "2026-10-26T09:00:00Z", "2026-11-09T09:00:00Z", "2026-10-26 2026-11-08 2 weeks from 26 October 2026 0"},
		{"2 weeks", "1970-01-06T12:00:00Z", "1970-01-05T08:00:00Z", "1970-01-19T08:00:00Z", "1970-01-05 1970-01-18 2 weeks from 5 January 1970 0"},
		{"2 weeks on sunday", "1970-01-06T12:00:00Z", "1969-12-28T08:00:00Z", "1970-01-11T08:00:00Z", "1969-12-22 1970-01-04 2 weeks from 22 December 1969 0"},
		{"weekday", "2026-11-07T12:00:00Z", "2026-11-06T09:00:00Z", "2026-11-09T09:00:00Z", "2026-11-06 2026-11-06 6 November 2026 0"},
		{"weekday", "2026-12-25T12:00:00Z", "2026-12-25T09:00:00Z", "2026-12-28T09:00:00Z", "2026-12-25 2026-12-25 25 December 2026 0"},
		{"day at 01:30", "2026-03-29T02:00:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z", "2026-03-29 2026-03-29 29 March 2026 0"},
		{"day at 01:30", "2026-10-25T01:45:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z", "2026-10-25 2026-10-25 25 October 2026 0"},
		{"3 days", "1970-01-06T12:00:00Z", "1970-01-05T08:00:00Z", "1970-01-08T08:00:00Z", "1970-01-05 1970-01-07 3 days from 5 January 1970 0"},
		{"month", "2026-11-03T12:00:00Z", "2026-11-01T09:00:00Z", "2026-12-01T09:00:00Z", "2026-11-01 2026-11-30 November 2026 11"},
		{"month on the 31st", "2026-11-03T12:00:00Z", "2026-10-31T09:00:00Z", "2026-11-30T09:00:00Z", "2026-10-01 2026-10-31 October 2026 10"},
		{"month on the 31st", "2028-02-29T09:00:00Z", "2028-02-29T09:00:00Z", "2028-03-31T08:00:00Z", "2028-02-01 2028-02-29 February 2028 2"},
		{"month on the last day at 23:00", "2026-02-10T12:00:00Z", "2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z", "2026-01-01 2026-01-31 January 2026 1"},
		{"2 months on the 15th", "2026-02-20T12:00:00Z", "2026-01-15T09:00:00Z", "2026-03-15T09:00:00Z", "2026-01-01 2026-02-28 January to February 2026 1"},
		{"5 months", "1970-12-31T12:00:00Z", "1970-11-01T08:00:00Z", "1971-04-01T08:00:00Z", "1970-11-01 1971-03-31 November 1970 to March 1971 11"},
		{"quarter", "2026-05-03T12:00:00Z", "2026-04-01T08:00:00Z", "2026-07-01T08:00:00Z", "2026-04-01 2026-06-30 April to June 2026 2"},
		{"quarter on the last day", "2026-05-03T12:00:00Z", "2026-03-31T08:00:00Z", "2026-06-30T08:00:00Z", "2026-01-01 2026-03-31 January to March 2026 1"},
		{"quarter on the 15th", "2026-05-03T12:00:00Z", "2026-04-15T08:00:00Z", "2026-07-15T08:00:00Z", "2026-04-01 2026-06-30 April to June 2026 2"},
		{"year", "2027-03-01T12:00:00Z", "2027-01-01T09:00:00Z", "2028-01-01T09:00:00Z", "2027-01-01 2027-12-31 2027 2027"},
		{"year on 1 october", "2026-11-03T12:00:00Z", "2026-10-01T08:00:00Z", "2027-10-01T08:00:00Z", "2026-01-01 2026-12-31 2026 2026"},
		{"year on 1 october", "2026-09-03T12:00:00Z", "2025-10-01T08:00:00Z", "2026-10-01T08:00:00Z", "2025-01-01 2025-12-31 2025 2025"},
		{"year on 29 february", "2027-03-01T12:00:00Z", "2027-02-28T09:00:00Z", "2028-02-29T09:00:00Z", "2027-01-01 2027-12-31 2027 2027"},
		{"year on the last day", "2027-03-01T12:00:00Z", "2026-12-31T09:00:00Z", "2027-12-31T09:00:00Z", "2026-01-01 2026-12-31 2026 2026"},
		{"2 years on 1 may", "2027-04-01T12:00:00Z", "2026-05-01T08:00:00Z", "2028-05-01T08:00:00Z", "2026-01-01 2027-12-31 2026 to 2027 2026"},
	} {
		s := beat(t, x.schedule)
		last, ok := s.Last(c, instant(t, x.at))
		if !ok || !last.At.Equal(instant(t, x.last)) {
			t.Errorf("%s: the last at %s is %s %v, want %s", x.schedule, x.at, last.At, ok, x.last)
		}
		if next := s.Next(c, instant(t, x.at)); !next.At.Equal(instant(t, x.next)) || next.Key != c.Day(next.At).String() {
			t.Errorf("%s: the next after %s is %s (%s), want %s", x.schedule, x.at, next.At, next.Key, x.next)
		}
		p := last.Period
		if got := fmt.Sprint(p.Start, " ", p.End, " ", p.Label, " ", p.Number); got != x.period {
			t.Errorf("%s at %s: period %s, want %s", x.schedule, x.at, got, x.period)
		}
	}
	if _, ok := beat(t, "year").Last(c, c.On(calendar.NewDate(1800, time.January, 1), 0)); ok {
		t.Error("a slot before the first day there is")
	}
	if p := c.YearOf(date(t, "2026-11-03")); p.Label != "2026" || p.Number != 2026 || p.Start.String() != "2026-01-01" || p.End.String() != "2026-12-31" {
		t.Errorf("the year of 3 November 2026: %+v", p)
	}
}

// anySchedule draws a schedule as text.
var anySchedule = rapid.Custom(func(t *rapid.T) string {
	unit := rapid.SampledFrom([]string{"day", "weekday", "week", "month", "quarter", "year", "monday", "friday", "sunday"}).Draw(t, "unit")
	which := ""
	switch unit {
	case "week":
		which = rapid.SampledFrom([]string{"", " on monday", " on wednesday", " on sunday"}).Draw(t, "which")
	case "month", "quarter":
		which = rapid.SampledFrom([]string{"", " on the 1st", " on the 2nd", " on the 23rd", " on the 31st", " on the last day"}).Draw(t, "which")
	case "year":
		which = rapid.SampledFrom([]string{"", " on 1 october", " on 29 february", " on 31 december", " on the last day"}).Draw(t, "which")
	}
	if n := rapid.IntRange(1, 9).Draw(t, "n"); n > 1 && unit != "weekday" {
		unit = fmt.Sprint(n, " ", unit, "s")
	}
	return unit + which + rapid.SampledFrom([]string{"", " at 00:00", " at 01:30", " at 07:00", " at 23:59"}).Draw(t, "at")
})

// Walking on from a slot, each is after the one before, bears a key of its own,
// lies in the period of its own, and is what Last finds until the next.
func TestSlotsFollowOneAnother(t *testing.T) {
	c := london(t)
	odd := map[string]*time.Location{}
	for _, z := range []string{"Europe/London", "America/St_Johns", "America/Havana", "Australia/Lord_Howe"} {
		odd[z] = zone(t, z)
	}
	rapid.Check(t, func(t *rapid.T) {
		c := c
		c.Zone = odd[rapid.SampledFrom([]string{"Europe/London", "America/St_Johns", "America/Havana", "Australia/Lord_Howe"}).Draw(t, "zone")]
		text := anySchedule.Draw(t, "schedule")
		s, err := calendar.ParseSchedule(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := calendar.ParseSchedule(s.String()); err != nil || *again != *s {
			t.Fatalf("%q prints as %q, which is another: %v", text, s, err)
		}
		at := time.Unix(rapid.Int64Range(0, 2_000_000_000).Draw(t, "at"), 0)
		slot, ok := s.Last(c, at)
		if !ok || slot.At.After(at) {
			t.Fatalf("%s: the last at %s is %s", text, at, slot.At)
		}
		for range 20 {
			next := s.Next(c, slot.At)
			if !next.At.After(slot.At) || next.Key == slot.Key {
				t.Fatalf("%s: after %s (%s) comes %s (%s)", text, slot.At, slot.Key, next.At, next.Key)
			}
			if next.Period.Start != slot.Period.End+1 && !strings.HasPrefix(text, "weekday") {
				t.Fatalf("%s: after %+v comes %+v", text, slot.Period, next.Period)
			}
			if d := c.Day(next.At); d < next.Period.Start || d > next.Period.End {
				t.Fatalf("%s: %s lies outside %+v", text, d, next.Period)
			}
			if got, _ := s.Last(c, next.At); got != next {
				t.Fatalf("%s: the last at %s is %+v", text, next.At, got)
			}
			if got, _ := s.Last(c, next.At.Add(-time.Nanosecond)); got != slot {
				t.Fatalf("%s: the last just before %s is %+v, want %+v", text, next.At, got, slot)
			}
			slot = next
		}
	})
}

// Looking every half hour through a year with both changes of the clock, each
// slot is found, and once.
func TestNoSlotTwiceInAYear(t *testing.T) {
	c := london(t)
	for text, want := range map[string]int{"day at 01:30": 365, "day": 365, "weekday at 01:00": 261, "monday at 02:00": 52, "sunday at 01:30": 52, "month on the 29th at 01:30": 12, "quarter": 4} {
		s := beat(t, text)
		seen := map[string]time.Time{}
		for at := instant(t, "2026-01-01T00:00:00Z"); at.Before(instant(t, "2027-01-01T00:00:00Z")); at = at.Add(30 * time.Minute) {
			slot, _ := s.Last(c, at)
			if old, ok := seen[slot.Key]; ok && !old.Equal(slot.At) {
				t.Fatalf("%s: %s is both %s and %s", text, slot.Key, old, slot.At)
			}
			if strings.HasPrefix(slot.Key, "2026") {
				seen[slot.Key] = slot.At
			}
		}
		if len(seen) != want {
			t.Errorf("%s has %d slots in 2026, want %d", text, len(seen), want)
		}
	}
}

func TestScheduleFaults(t *testing.T) {
	for _, x := range []struct {
		in, want string
		at       int
	}{
		{"", "a schedule is missing", 0}, {"mondy at 07:00", "did you mean monday?", 0}, {"fortnight", "write 2 weeks", 0},
		{"monthly", "write month", 0}, {"2", "the unit is missing", 1}, {"0 weeks", "from 1 to 1000", 0}, {"2x weeks", "whole number", 0},
		{"2 weekdays", "cannot be counted", 2}, {"hour", "shortest beat", 0}, {"week on the 1st", "not a day of a week", 8},
		{"month on monday", "the 1st to the 31st", 9}, {"month on the 32nd", "not a day of a month", 13}, {"month on the 2st", "write the 2nd", 13},
		{"month on the 11st", "write the 11th", 13}, {"month on the last", "write the last day", 13}, {"month on", "the day is missing", 8},
		{"year on 31 april", "April has no day 31", 8}, {"year on 1 octobre", "did you mean october?", 10}, {"year on october", "write a day and a month", 8},
		{"year on 1", "the month is missing", 9}, {"day on monday", "not a day of a day", 7}, {"monday on tuesday", "given twice", 7},
		{"monday at 7:00", "two figures", 10}, {"monday at 24:00", "23:59", 10}, {"monday at", "the time is missing", 9},
		{"monday 07:00", "does not belong here", 7}, {"monday at 07:00 please", "does not belong here", 16}, {"\u202emonday", "not a unit", 0},
	} {
		_, err := calendar.ParseSchedule(x.in)
		e, ok := err.(*calendar.SyntaxError)
		if !ok || !strings.Contains(e.Error(), x.want) || e.Offset != x.at {
			t.Errorf("ParseSchedule(%q): %v at %d, want %q at %d", x.in, err, offsetOf(err), x.want, x.at)
		}
	}
}

// offsetOf gives the offset of a syntax error, or -1.
func offsetOf(err error) int {
	if e, ok := err.(*calendar.SyntaxError); ok {
		return e.Offset
	}
	return -1
}

func FuzzSchedule(f *testing.F) {
	for _, s := range []string{"2 weeks on monday at 07:00", "month on the 31st", "year on 1 october", "quarter on the last day", "weekday at 09:00", "1000 years", "Friday", "month on the ٣1st", "00A00\x000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := calendar.ParseSchedule(text)
		if err != nil {
			checkFault(t, text, err)
			return
		}
		if again, err := calendar.ParseSchedule(s.String()); err != nil || *again != *s {
			t.Fatalf("%q prints as %q, which is another: %v", text, s, err)
		}
		c := calendar.Clock{Zone: time.UTC}
		at := time.Unix(1_800_000_000, 0)
		if next := s.Next(c, at); !next.At.After(at) {
			t.Fatalf("%s: the next after %s is %s", text, at, next.At)
		}
	})
}

// checkFault looks that a fault points into its text and says something plain.
func checkFault(t *testing.T, text string, err error) {
	e, ok := err.(*calendar.SyntaxError)
	if !ok {
		t.Fatalf("%q: %T is not a syntax error", text, err)
	}
	if e.Offset < 0 || e.Offset > len([]rune(text)) || e.Text == "" || e.Hint == "" {
		t.Fatalf("%q: %+v", text, e)
	}
	if strings.ContainsAny(e.Error(), "\n\x00\u202e\u200b") {
		t.Fatalf("%q: hidden characters in %q", text, e.Error())
	}
}
