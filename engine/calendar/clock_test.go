package calendar_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"pgregory.net/rapid"
)

func TestDayIsCivil(t *testing.T) {
	c := london(t)
	for at, want := range map[string]string{
		"2027-06-30T23:10:00Z": "2027-07-01", // ten past midnight in London
		"2027-06-30T22:59:59Z": "2027-06-30",
		"2027-01-01T00:00:00Z": "2027-01-01",
		"1969-12-31T22:30:00Z": "1969-12-31", // London was an hour ahead all year then
		"1969-12-31T23:30:00Z": "1970-01-01",
	} {
		if got := c.Day(instant(t, at)).String(); got != want {
			t.Errorf("the day of %s is %s, want %s", at, got, want)
		}
	}
}

func TestOnAtBothChanges(t *testing.T) {
	c := london(t)
	for _, x := range []struct{ day, clock, want string }{
		{"2026-03-29", "00:59", "2026-03-29T00:59:00Z"}, {"2026-03-29", "01:00", "2026-03-29T01:00:00Z"},
		{"2026-03-29", "01:30", "2026-03-29T01:00:00Z"}, {"2026-03-29", "02:00", "2026-03-29T01:00:00Z"},
		{"2026-03-29", "09:00", "2026-03-29T08:00:00Z"},
		{"2026-10-25", "00:30", "2026-10-24T23:30:00Z"}, {"2026-10-25", "01:00", "2026-10-25T00:00:00Z"},
		{"2026-10-25", "01:30", "2026-10-25T00:30:00Z"}, {"2026-10-25", "02:00", "2026-10-25T02:00:00Z"},
		{"2027-03-28", "01:59", "2027-03-28T01:00:00Z"}, {"2027-03-28", "02:01", "2027-03-28T01:01:00Z"},
		{"2028-12-31", "09:00", "2028-12-31T09:00:00Z"}, {"2029-01-01", "00:00", "2029-01-01T00:00:00Z"}, // after a leap year's last day
		{"2027-10-31", "01:30", "2027-10-31T00:30:00Z"}, {"2027-10-31", "23:59", "2027-10-31T23:59:00Z"},
	} {
		minutes, err := calendar.ParseHour(x.clock)
		if err != nil {
			t.Fatal(err)
		}
		got := c.On(date(t, x.day), minutes)
		if !got.Equal(instant(t, x.want)) || got.Location() != time.UTC {
			t.Errorf("%s at %s is %s, want %s", x.day, x.clock, got, x.want)
		}
	}
}

func TestOnInOddZones(t *testing.T) {
	for _, x := range []struct{ zone, day, clock, want string }{
		{"Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00:00Z"},               // a day that was left out: the first moment of the next
		{"America/Havana", "2026-03-08", "00:30", "2026-03-08T05:00:00Z"},             // no midnight
		{"America/St_Johns", "2010-11-07", "00:00", "2010-11-07T02:30:00Z"},           // put back over midnight, at a minute past
		{"Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z"},        // half an hour twice
		{"Asia/Kathmandu", "2026-11-03", "05:45", "2026-11-03T00:00:00Z"},             // never changes
		{"America/Adak", "2026-07-01", "23:59", "2026-07-02T08:59:00Z"},               // far west
		{"Pacific/Kiritimati", "2026-07-01", "00:01", "2026-06-30T10:01:00Z"},         // far east
		{"Europe/London", "1847-11-30", "12:00", "1847-11-30T12:01:15Z"},              // before standard time
		{"Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30:00Z"},          // set back for Ramadan at three
		{"Antarctica/Troll", "2026-03-29", "02:15", "2026-03-29T01:00:00Z"},           // jumps two hours
		{"Europe/London", "2500-07-01", "09:00", "2500-07-01T08:00:00Z"},              // by rule, far ahead
		{"America/Argentina/San_Luis", "2008-01-20", "23:30", "2008-01-21T01:30:00Z"}, // first of two
	} {
		c := calendar.Clock{Zone: zone(t, x.zone)}
		minutes, _ := calendar.ParseHour(x.clock)
		if got := c.On(date(t, x.day), minutes); !got.Equal(instant(t, x.want)) {
			t.Errorf("%s, %s at %s is %s, want %s", x.zone, x.day, x.clock, got, x.want)
		}
	}
}

// Whatever the zone: the clock shows what was asked for and did not show it
// before, or it jumped over it at that moment.
func TestOnShowsTheTime(t *testing.T) {
	zones := []string{"Europe/London", "America/Havana", "Pacific/Apia", "Australia/Lord_Howe", "America/St_Johns", "Africa/Casablanca", "Antarctica/Troll"}
	clocks := map[string]calendar.Clock{}
	for _, z := range zones {
		clocks[z] = calendar.Clock{Zone: zone(t, z)}
	}
	rapid.Check(t, func(t *rapid.T) {
		c := clocks[rapid.SampledFrom(zones).Draw(t, "zone")]
		d := calendar.NewDate(rapid.IntRange(1960, 2040).Draw(t, "year"), time.Month(rapid.IntRange(1, 12).Draw(t, "month")), rapid.IntRange(1, 31).Draw(t, "day"))
		minutes := rapid.IntRange(0, 1439).Draw(t, "minutes")
		at := c.On(d, minutes)
		shown := func(x time.Time) int64 {
			y := x.In(c.Zone)
			return int64(c.Day(y))*1440 + int64(y.Hour()*60+y.Minute())
		}
		want := int64(d)*1440 + int64(minutes)
		if shown(at) == want {
			for _, back := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 24 * time.Hour} {
				if shown(at.Add(-back)) == want {
					t.Fatalf("%s %d is %s, but was %s before", d, minutes, at, back)
				}
			}
			return
		}
		if shown(at) < want || shown(at.Add(-time.Second)) >= want {
			t.Fatalf("%s %d is %s, which is not the next time that exists", d, minutes, at)
		}
	})
}

// The published timetables of polls, counted back from polling day.
func TestTimetablesOfPolls(t *testing.T) {
	c := london(t)
	for _, x := range []struct{ poll, by, want string }{
		{"2024-05-02", "19 working days", "2024-04-05"}, {"2024-05-02", "12 working days", "2024-04-16"},
		{"2024-05-02", "11 working days", "2024-04-17"}, {"2024-05-02", "6 working days", "2024-04-24"}, {"2024-05-02", "5 working days", "2024-04-25"},
		{"2026-05-07", "25 working days", "2026-03-30"}, {"2026-05-07", "19 working days", "2026-04-09"},
		{"2026-05-07", "12 working days", "2026-04-20"}, {"2026-05-07", "11 working days", "2026-04-21"},
		{"2026-05-07", "6 working days", "2026-04-28"}, {"2026-05-07", "5 working days", "2026-04-29"},
		{"2027-05-06", "19 working days", "2027-04-08"}, {"2027-05-06", "12 working days", "2027-04-19"},
		{"2027-05-06", "11 working days", "2027-04-20"}, {"2027-05-06", "6 working days", "2027-04-27"}, {"2027-05-06", "5 working days", "2027-04-28"},
		// The trap: St Andrew's Day counts for the timetable of a general
		// election everywhere, but not for registration in England.
		{"2019-12-12", "19 uk working days", "2019-11-14"}, {"2019-12-12", "12 working days", "2019-11-26"},
		{"2019-12-12", "11 uk working days", "2019-11-26"}, {"2019-12-12", "6 uk working days", "2019-12-04"}, {"2019-12-12", "5 uk working days", "2019-12-05"},
		{"2019-12-12", "11 working days", "2019-11-27"}, {"2019-12-12", "0 working days", "2019-12-12"},
	} {
		got, err := c.ShiftDate(date(t, x.poll), span(t, x.by), true)
		if err != nil || got.String() != x.want {
			t.Errorf("%s before the poll of %s: %s, %v; want %s", x.by, x.poll, got, err, x.want)
		}
	}
	c.Nation = calendar.Scotland
	if got, err := c.ShiftDate(date(t, "2019-12-12"), span(t, "12 working days"), true); err != nil || got.String() != "2019-11-25" {
		t.Errorf("in Scotland registration ends on %s, %v; want 25 November 2019", got, err)
	}
}

func TestShiftDate(t *testing.T) {
	c := london(t)
	for _, x := range []struct {
		from, by string
		before   bool
		want     string
	}{
		{"2027-02-01", "29 days", false, "2027-03-02"}, {"2027-01-02", "29 days", false, "2027-01-31"}, {"2028-02-01", "29 days", false, "2028-03-01"},
		{"2027-11-20", "28 days", true, "2027-10-23"}, {"2027-11-20", "28 clear days", true, "2027-10-22"},
		{"2027-11-20", "35 clear days", true, "2027-10-15"}, {"2027-11-20", "60 days", true, "2027-09-21"},
		{"2026-08-31", "6 months", false, "2027-02-28"}, {"2027-01-31", "1 month", false, "2027-02-28"},
		{"2027-01-11", "8 weeks", false, "2027-03-08"}, {"2028-02-29", "1 year", false, "2029-02-28"},
		{"2026-12-24", "1 working day", false, "2026-12-29"}, {"2026-12-29", "1 working day", true, "2026-12-24"},
		{"2026-12-26", "1 working day", false, "2026-12-29"}, {"2022-05-06", "35 days", false, "2022-06-10"},
		{"2026-11-03", "1 clear day", false, "2026-11-05"}, {"2026-11-03", "0 clear days", true, "2026-11-02"},
	} {
		got, err := c.ShiftDate(date(t, x.from), span(t, x.by), x.before)
		if err != nil || got.String() != x.want {
			t.Errorf("%s from %s (before %v): %s, %v; want %s", x.by, x.from, x.before, got, err, x.want)
		}
	}
	for _, by := range []string{"2 hours", "2000 years", "99999 weeks"} {
		if got, err := c.ShiftDate(date(t, "2026-11-03"), span(t, by), false); err == nil {
			t.Errorf("%s from a day gives %s; want an error", by, got)
		}
	}
}

func TestRollDate(t *testing.T) {
	c := london(t)
	for _, x := range []struct {
		from string
		roll calendar.Roll
		want string
	}{
		{"2027-01-31", calendar.RollBefore, "2027-01-29"}, {"2027-01-31", calendar.RollAfter, "2027-02-01"},
		{"2026-12-28", calendar.RollBefore, "2026-12-24"}, {"2026-12-28", calendar.RollAfter, "2026-12-29"},
		{"2027-12-27", calendar.RollAfter, "2027-12-29"}, {"2026-11-03", calendar.RollBefore, "2026-11-03"},
		{"2026-12-26", calendar.NoRoll, "2026-12-26"}, {"2022-06-05", calendar.RollBefore, "2022-06-01"},
	} {
		if got, err := c.RollDate(date(t, x.from), x.roll); err != nil || got.String() != x.want {
			t.Errorf("%s rolled %d: %s, %v; want %s", x.from, x.roll, got, err, x.want)
		}
	}
}

func TestShiftTime(t *testing.T) {
	c := london(t)
	meeting := c.On(date(t, "2026-10-29"), 19*60+30) // after the clocks went back
	for _, x := range []struct {
		by     string
		before bool
		want   string
	}{
		{"7 days", true, "2026-10-22T08:00:00Z"}, {"0 days", true, "2026-10-29T09:00:00Z"},
		{"2 hours", true, "2026-10-29T17:30:00Z"}, {"168 hours", true, "2026-10-22T19:30:00Z"},
		{"1 month", true, "2026-09-29T08:00:00Z"}, {"5 months", false, "2027-03-29T08:00:00Z"},
		{"3 working days", true, "2026-10-26T09:00:00Z"}, {"7 clear days", true, "2026-10-21T08:00:00Z"},
	} {
		got, err := c.ShiftTime(meeting, span(t, x.by), x.before)
		if err != nil || !got.Equal(instant(t, x.want)) || got.Location() != time.UTC {
			t.Errorf("%s (before %v): %s, %v; want %s", x.by, x.before, got, err, x.want)
		}
	}
	if got := c.Words(meeting); got != "29 October 2026 at 19:30" {
		t.Errorf("words: %s", got)
	}
}

func TestOutsideTheTable(t *testing.T) {
	c := london(t)
	var outside *calendar.OutsideTable
	for _, f := range []func() error{
		func() error { _, err := c.WorkingDay(date(t, "2029-01-01")); return err },
		func() error {
			_, err := c.ShiftDate(date(t, "2028-12-28"), span(t, "5 working days"), false)
			return err
		},
		func() error {
			_, err := c.ShiftDate(date(t, "2018-01-02"), span(t, "1 uk working day"), true)
			return err
		},
		func() error {
			_, err := c.ShiftTime(instant(t, "2030-01-01T12:00:00Z"), span(t, "99999 working days"), true)
			return err
		},
		func() error { _, err := c.RollDate(date(t, "2018-01-01"), calendar.RollBefore); return err },
	} {
		err := f()
		if !errors.As(err, &outside) || !strings.Contains(err.Error(), "31 December 2028") || !strings.Contains(err.Error(), "install a newer Clarion") {
			t.Errorf("outside the table: %v", err)
		}
	}
	if yes, err := c.WorkingDay(date(t, "2028-12-29")); err != nil || !yes {
		t.Errorf("the last Friday of the table: %v, %v", yes, err)
	}
	from, to, ok := c.Holidays.Covers()
	if got := fmt.Sprint(from, to, ok); got != "2018-01-01 2028-12-31 true" {
		t.Errorf("covers %s", got)
	}
	for _, bare := range []calendar.Clock{
		{Zone: time.UTC, Nation: calendar.Scotland},
		{Zone: time.UTC, Holidays: c.Holidays},
		{Zone: time.UTC, Nation: 9, Holidays: c.Holidays},
		{Zone: time.UTC, Nation: calendar.Scotland, Holidays: calendar.NewHolidays(map[calendar.Nation][]calendar.Date{calendar.EnglandAndWales: nil}, from, to)},
	} {
		if _, err := bare.WorkingDay(date(t, "2026-11-03")); !errors.As(err, &outside) || !strings.Contains(err.Error(), "no bank holidays are known") {
			t.Errorf("a nation without a table: %v", err)
		}
	}
}

func TestHolidaysDifferByNation(t *testing.T) {
	c := london(t)
	for day, want := range map[string]string{
		"2026-04-06": "yes no yes", // Easter Monday
		"2026-01-02": "no yes no", "2026-03-17": "no no yes", "2026-07-13": "no no yes", "2026-08-03": "no yes no", "2026-08-31": "yes no yes",
		"2026-11-30": "no yes no", "2026-12-28": "yes yes yes", "2022-09-19": "yes yes yes", "2026-11-03": "no no no",
	} {
		var got []string
		for n := calendar.EnglandAndWales; n <= calendar.NorthernIreland; n++ {
			c.Nation = n
			yes, err := c.Holiday(date(t, day))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, map[bool]string{true: "yes", false: "no"}[yes])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", day, strings.Join(got, " "), want)
		}
	}
}

// Counting on from a working day and back again comes to where one started,
// and a working day more is always further.
func TestWorkingDaysThereAndBack(t *testing.T) {
	c := london(t)
	first := date(t, "2020-01-01")
	rapid.Check(t, func(t *rapid.T) {
		d, err := c.RollDate(first.AddDays(rapid.IntRange(0, 2500).Draw(t, "day")), calendar.RollAfter)
		if err != nil {
			t.Fatal(err)
		}
		by := calendar.Duration{N: rapid.IntRange(0, 60).Draw(t, "n"), Unit: calendar.WorkingDay}
		there, err := c.ShiftDate(d, by, false)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := c.ShiftDate(there, by, true); err != nil || back != d {
			t.Fatalf("%s on from %s is %s, and back %s, %v", by, d, there, back, err)
		}
		uk, err := c.ShiftDate(d, calendar.Duration{N: by.N, Unit: calendar.UKWorkingDay}, false)
		if err != nil || uk < there {
			t.Fatalf("%s on from %s: %s, but %s where all the kingdom works, %v", by, d, there, uk, err)
		}
	})
}

// The shipped table names working days only: a holiday on a weekend stands on
// the day that replaces it. Each nation has at least its usual number a year.
func TestShippedHolidays(t *testing.T) {
	c := london(t)
	usual := map[calendar.Nation]int{calendar.EnglandAndWales: 8, calendar.Scotland: 9, calendar.NorthernIreland: 10}
	extra := map[int]int{2022: 2, 2023: 1} // the jubilee and the funeral, the coronation
	for n, least := range usual {
		c.Nation = n
		for y := 2018; y <= 2028; y++ {
			count := 0
			for d := calendar.NewDate(y, time.January, 1); d <= calendar.NewDate(y, time.December, 31); d++ {
				yes, err := c.Holiday(d)
				if err != nil {
					t.Fatal(err)
				}
				if yes {
					count++
				}
				if w := d.Weekday(); yes && (w == time.Saturday || w == time.Sunday) {
					t.Errorf("%s: %s is a %s", n, d, w)
				}
			}
			want := least + extra[y]
			if n == calendar.Scotland && y == 2026 {
				want++ // the World Cup
			}
			if count != want {
				t.Errorf("%s has %d holidays in %d, want %d", n, count, y, want)
			}
		}
	}
}
