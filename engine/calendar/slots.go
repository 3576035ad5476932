package calendar

import (
	"strconv"
	"time"
)

// monday is Monday 5 January 1970, from which weeks are counted.
const monday Date = 4

// january is January 1970, in months from January of the year 0.
const january = 1970 * 12

// Last gives the latest slot at or before an instant. It is false when that
// would lie before the year 1800.
func (s *Schedule) Last(c Clock, at time.Time) (Slot, bool) {
	// The day of an instant can be one behind the slots already struck, where
	// clocks are put back over midnight; so the search starts one slot on.
	k := s.index(c.Day(at)) + 1
	slot := s.slot(c, k)
	for slot.At.After(at) {
		k--
		if !s.dayOf(k).Valid() {
			return Slot{}, false
		}
		slot = s.slot(c, k)
	}
	return slot, true
}

// Next gives the first slot after an instant.
func (s *Schedule) Next(c Clock, after time.Time) Slot {
	k := s.index(c.Day(after)) - 1
	slot := s.slot(c, k)
	for !slot.At.After(after) {
		k++
		slot = s.slot(c, k)
	}
	return slot
}

// slot gives the k-th slot.
func (s *Schedule) slot(c Clock, k int64) Slot {
	minutes := s.at
	if minutes < 0 {
		minutes = c.Hour
	}
	day := s.dayOf(k)
	at := c.On(day, minutes)
	return Slot{At: at, Period: s.period(k, day), Key: c.Day(at).String()}
}

// index gives the number of the slot whose period a day lies in.
func (s *Schedule) index(d Date) int64 {
	days, n := int64(d-monday), int64(s.every)
	switch s.beat {
	case byDay:
		return floorDiv(days, n)
	case byWeekday:
		week := floorDiv(days, 7)
		return week*5 + min(days-week*7, 4)
	case byWeek:
		return floorDiv(days, 7*n)
	}
	y, m, _ := d.Civil()
	return floorDiv(int64(y)*12+int64(m)-1-january, n*s.months())
}

// months gives how many months the beat has.
func (s *Schedule) months() int64 {
	switch s.beat {
	case byQuarter:
		return 3
	case byYear:
		return 12
	}
	return 1
}

// dayOf gives the day of the k-th slot. It lies within the first beat of the
// slot's period, and rises with k.
func (s *Schedule) dayOf(k int64) Date {
	n := int64(s.every)
	switch s.beat {
	case byDay:
		return held(int64(monday) + k*n)
	case byWeekday:
		week := floorDiv(k, 5)
		return held(int64(monday) + week*7 + k - week*5)
	case byWeek:
		return held(int64(monday) + k*n*7 + int64(s.weekday+6)%7)
	}
	first := january + k*n*s.months()
	if s.day == lastDay {
		return held(firstOf(first+s.months()) - 1)
	}
	if s.beat == byYear {
		first += int64(s.month) - 1
	}
	start := firstOf(first)
	return held(start + min(int64(s.day), firstOf(first+1)-start) - 1)
}

// period gives the stretch of days of the k-th slot, whose day is given.
func (s *Schedule) period(k int64, day Date) Period {
	n := s.every
	switch s.beat {
	case byDay, byWeekday:
		p := Period{Start: day, End: day.AddDays(n - 1), Label: day.Words()}
		if n > 1 {
			p.Label = strconv.Itoa(n) + " days from " + p.Label
		}
		return p
	case byWeek:
		start := held(int64(monday) + k*int64(n)*7)
		p := Period{Start: start, End: start.AddDays(7*n - 1), Label: "week of " + start.Words()}
		if n > 1 {
			p.Label = strconv.Itoa(n) + " weeks from " + start.Words()
		}
		return p
	case byYear:
		return yearPeriod(1970+int(k)*n, n)
	}
	first := january + k*int64(n)*s.months()
	p := Period{Start: held(firstOf(first)), End: held(firstOf(first+int64(n)*s.months()) - 1)}
	p.Label = monthSpan(p.Start, p.End)
	p.Number = int((first%12+12)%12) + 1
	if s.beat == byQuarter {
		p.Number = (p.Number + 2) / 3
	}
	return p
}

// yearPeriod gives n calendar years from y.
func yearPeriod(y, n int) Period {
	p := Period{Start: NewDate(y, time.January, 1), End: NewDate(y+n-1, time.December, 31), Label: strconv.Itoa(y), Number: y}
	if n > 1 {
		p.Label += " to " + strconv.Itoa(y+n-1)
	}
	return p
}

// monthSpan names the months from one day to another: March 2026, January to
// March 2026, December 2026 to January 2027.
func monthSpan(from, to Date) string {
	y1, m1, _ := from.Civil()
	y2, m2, _ := to.Civil()
	last := m2.String() + " " + strconv.Itoa(y2)
	switch {
	case y1 == y2 && m1 == m2:
		return last
	case y1 == y2:
		return m1.String() + " to " + last
	}
	return m1.String() + " " + strconv.Itoa(y1) + " to " + last
}
