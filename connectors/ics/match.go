package ics

import (
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A matcher tells which days of a period a rule means. What the rule does not
// say is taken from its start, as RFC 5545 has it.
type matcher struct {
	*rule
	inMonth  bool // the n-th weekday is counted within its month
	days     map[int]bool
	months   map[int]bool
	weekdays map[time.Weekday]bool
	times    []int // seconds after midnight, in order
	buffer   []civil
}

func newMatcher(r *rule, start civil, whole bool) *matcher {
	m := &matcher{rule: r, days: r.days, months: r.months, weekdays: r.weekdays}
	m.inMonth = r.freq == "MONTHLY" || len(r.months) > 0
	_, month, day := start.day.Civil()
	if len(r.days)+len(r.yearDays)+len(r.weekdays)+len(r.nth) == 0 {
		switch {
		case r.freq == "WEEKLY", len(r.weeks) > 0:
			m.weekdays = map[time.Weekday]bool{start.day.Weekday(): true}
		case r.freq == "MONTHLY":
			m.days = map[int]bool{day: true}
		case r.freq == "YEARLY":
			m.days = map[int]bool{day: true}
			if len(r.months) == 0 {
				m.months = map[int]bool{int(month): true}
			}
		}
	}
	if whole {
		m.times = []int{0}
		return m
	}
	or := func(list []int, own int) []int {
		if len(list) == 0 {
			return []int{own}
		}
		return list
	}
	for _, h := range or(r.hours, start.secs/3600) {
		for _, mi := range or(r.minutes, start.secs/60%60) {
			for _, s := range or(r.seconds, start.secs%60) {
				m.times = append(m.times, h*3600+mi*60+min(s, 59))
			}
		}
	}
	m.times = slices.Compact(m.times)
	return m
}

// set gives what the rule means of the days from first to before end, in order.
// It is valid until the next call.
func (m *matcher) set(first, end calendar.Date) []civil {
	all := m.buffer[:0]
	for d := first; d < end; d++ {
		if m.matches(d) {
			for _, t := range m.times {
				all = append(all, civil{d, t})
			}
		}
	}
	m.buffer = all
	if len(m.places) == 0 {
		return all
	}
	var chosen []int
	for _, p := range m.places {
		if p < 0 {
			p += len(all) + 1
		}
		if p >= 1 && p <= len(all) {
			chosen = append(chosen, p-1)
		}
	}
	slices.Sort(chosen)
	var out []civil
	for _, i := range slices.Compact(chosen) {
		out = append(out, all[i])
	}
	return out
}

// matches reports whether a day is one that the rule means.
func (m *matcher) matches(d calendar.Date) bool {
	y, month, day := d.Civil()
	if len(m.months) > 0 && !m.months[int(month)] {
		return false
	}
	if len(m.days) > 0 && !m.days[day] {
		if ends := calendar.NewDate(y, month+1, 1); !m.days[-int(ends-d)] {
			return false
		}
	}
	if len(m.yearDays) > 0 && !m.yearDays[int(d-calendar.NewDate(y, time.January, 1))+1] && !m.yearDays[-int(calendar.NewDate(y+1, time.January, 1)-d)] {
		return false
	}
	if len(m.weeks) > 0 && !m.inWeek(d) {
		return false
	}
	if len(m.weekdays)+len(m.nth) == 0 || m.weekdays[d.Weekday()] {
		return true
	}
	for _, n := range m.nth {
		if n.day == d.Weekday() && m.isNth(n.n, d, y, month) {
			return true
		}
	}
	return false
}

// isNth reports whether a day is the n-th of its weekday in its month or year,
// from the end if n is negative.
func (m *matcher) isNth(n int, d calendar.Date, y int, month time.Month) bool {
	first, end := calendar.NewDate(y, time.January, 1), calendar.NewDate(y+1, time.January, 1)
	if m.inMonth {
		first, end = calendar.NewDate(y, month, 1), calendar.NewDate(y, month+1, 1)
	}
	if n > 0 {
		return int(d-first)/7+1 == n
	}
	return -(int(end-d-1)/7 + 1) == n
}

// inWeek reports whether a day lies in one of the weeks of BYWEEKNO. The first
// week of a year is the one with at least four days in it.
func (m *matcher) inWeek(d calendar.Date) bool {
	start := d.AddDays(-(int(d.Weekday()-m.wkst) + 7) % 7)
	y, _, _ := start.AddDays(3).Civil()
	firstWeek := func(y int) calendar.Date {
		fourth := calendar.NewDate(y, time.January, 4)
		return fourth.AddDays(-(int(fourth.Weekday()-m.wkst) + 7) % 7)
	}
	n := int(start-firstWeek(y))/7 + 1
	weeks := int(firstWeek(y+1)-firstWeek(y)) / 7
	return m.weeks[n] || m.weeks[n-weeks-1]
}
