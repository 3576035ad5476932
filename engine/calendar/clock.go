package calendar

import (
	"fmt"
	"time"
)

// Day gives the civil day of an instant in the constituency's zone: ten past
// midnight on 1 July is July there, though it is still June in UTC.
func (c Clock) Day(t time.Time) Date {
	unix := t.Unix()
	return held(floorDiv(unix+c.offset(unix), 86400))
}

// On gives the instant, in UTC, at which the clocks there show so many minutes
// after midnight on a day. A time that the clocks jump over is the next that
// exists; one that they show twice is the first.
func (c Clock) On(d Date, minutes int) time.Time {
	// No zone is 16 hours away from UTC, or changes its clocks twice in a day
	// and a half. (Time.ZoneBounds cannot be asked: on the last day of a leap
	// year it names an end that has passed.)
	const reach = 16 * 3600
	shown := int64(d)*86400 + int64(minutes)*60
	before, after := c.offset(shown-reach), c.offset(shown+reach)
	at := shown - before
	if before != after {
		if change := c.change(shown-reach, shown+reach); at >= change {
			at = max(change, shown-after)
		}
	}
	return time.Unix(at, 0).UTC()
}

// offset gives how many seconds the clocks there are ahead of UTC.
func (c Clock) offset(unix int64) int64 {
	_, offset := time.Unix(unix, 0).In(c.Zone).Zone()
	return int64(offset)
}

// change finds the second at which the clocks there are changed, between one
// before and one after it.
func (c Clock) change(before, after int64) int64 {
	old := c.offset(before)
	for after-before > 1 {
		if middle := before + (after-before)/2; c.offset(middle) == old {
			before = middle
		} else {
			after = middle
		}
	}
	return after
}

// AtHour gives the instant at which a day's letters go.
func (c Clock) AtHour(d Date) time.Time { return c.On(d, c.Hour) }

// Words gives an instant as people there write it: 3 November 2026 at 19:30.
func (c Clock) Words(t time.Time) string {
	there := t.In(c.Zone)
	return c.Day(t).Words() + " at " + HourWords(there.Hour()*60+there.Minute())
}

// YearOf gives the calendar year of a day.
func (c Clock) YearOf(d Date) Period {
	y, _, _ := d.Civil()
	return yearPeriod(y, 1)
}

// ShiftDate gives the day that lies a duration before or after another. The
// day itself does not count: one working day before a Monday is the Friday.
// Between the two lie as many clear days as are asked for, so that 7 clear days
// before is 8 days before. Hours cannot shift a day. Working days outside the
// table of holidays are an *OutsideTable.
func (c Clock) ShiftDate(d Date, by Duration, before bool) (Date, error) {
	n := by.N
	if before {
		n = -n
	}
	var to Date
	switch by.Unit {
	case Day:
		to = d.AddDays(n)
	case ClearDay:
		if before {
			to = d.AddDays(n - 1)
		} else {
			to = d.AddDays(n + 1)
		}
	case Week:
		to = d.AddDays(7 * n)
	case Month:
		to = d.AddMonths(n)
	case Year:
		to = d.AddMonths(12 * n)
	case WorkingDay:
		return c.shiftWorking(d, n, c.nationBits())
	case UKWorkingDay:
		return c.shiftWorking(d, n, allNations)
	default:
		return 0, fmt.Errorf("a date has no hours: %s cannot be counted from %s", by, d.Words())
	}
	if !to.Valid() {
		return 0, fmt.Errorf("%s from %s lies outside the years 1800 to 2999", by, d.Words())
	}
	return to, nil
}

// shiftWorking counts n working days on, or back if n is negative. The table
// bounds the count, however many days are asked for.
func (c Clock) shiftWorking(d Date, n int, nations uint8) (Date, error) {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		d = d.AddDays(step)
		yes, err := c.working(d, nations)
		if err != nil {
			return 0, err
		}
		if yes {
			n--
		}
	}
	return d, nil
}

// ShiftTime gives the instant a duration before or after another, in UTC. Hours
// pass on the clock; every other unit counts civil days there, and lands at the
// hour of the constituency.
func (c Clock) ShiftTime(t time.Time, by Duration, before bool) (time.Time, error) {
	if by.Unit == Hour {
		n := min(max(by.N, -mostUnits), mostUnits)
		if before {
			n = -n
		}
		return t.Add(time.Duration(n) * time.Hour).UTC(), nil
	}
	d, err := c.ShiftDate(c.Day(t), by, before)
	if err != nil {
		return time.Time{}, err
	}
	return c.AtHour(d), nil
}

// A Roll says what becomes of a day that is not a working day.
type Roll uint8

// The ways to roll: not at all, back to the working day before, or on to the one after.
const (
	NoRoll Roll = iota
	RollBefore
	RollAfter
)

// RollDate moves a day that is not a working day of the nation to the nearest
// one before or after it; a working day stays where it is.
func (c Clock) RollDate(d Date, r Roll) (Date, error) {
	if r == NoRoll {
		return d, nil
	}
	for {
		yes, err := c.WorkingDay(d)
		if err != nil {
			return 0, err
		}
		if yes {
			return d, nil
		}
		if r == RollBefore {
			d--
		} else {
			d++
		}
	}
}
