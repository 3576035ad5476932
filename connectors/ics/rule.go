package ics

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A rule is an RRULE. Rules by the hour, the minute and the second are refused:
// nothing that people come to repeats like that.
type rule struct {
	freq     string
	interval int
	count    int // 0: without end
	untilRaw string
	until    *civil // in the zone of the series; set by limit
	wkst     time.Weekday
	months   map[int]bool
	days     map[int]bool // of the month
	yearDays map[int]bool
	weeks    map[int]bool
	weekdays map[time.Weekday]bool
	nth      []nth
	hours    []int
	minutes  []int
	seconds  []int
	places   []int // BYSETPOS
}

// nth is a weekday such as the second Thursday, or the last.
type nth struct {
	n   int
	day time.Weekday
}

var weekdayNames = map[string]time.Weekday{"SU": time.Sunday, "MO": time.Monday, "TU": time.Tuesday, "WE": time.Wednesday,
	"TH": time.Thursday, "FR": time.Friday, "SA": time.Saturday}

// readRule reads an RRULE. A part that is not known makes it unreadable,
// because nobody can tell which days it means.
func readRule(s string) (*rule, string) {
	r := &rule{interval: 1, wkst: time.Monday}
	bad := func(part string) (*rule, string) {
		return nil, fmt.Sprintf("it repeats by a rule that is not understood: %s (%s)", shown(part), shown(s))
	}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.ToUpper(strings.TrimSpace(s)), ";"), ";") {
		name, value, ok := strings.Cut(part, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || seen[name] || !r.part(name, value) {
			return bad(part)
		}
		seen[name] = true
	}
	if why := r.fits(); why != "" {
		return nil, "it repeats " + why + " (" + shown(s) + ")"
	}
	return r, ""
}

// part reads one part of a rule.
func (r *rule) part(name, value string) bool {
	ok := true
	switch name {
	case "FREQ":
		r.freq = value
		return slices.Contains([]string{"YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY", "MINUTELY", "SECONDLY"}, value)
	case "INTERVAL":
		r.interval, ok = figures(value)
		return ok && r.interval > 0 && r.interval <= 1_000_000
	case "COUNT":
		r.count, ok = figures(value)
		return ok && r.count > 0
	case "UNTIL":
		r.untilRaw = value
		return true
	case "WKST":
		r.wkst, ok = weekdayNames[value]
		return ok
	case "BYMONTH":
		r.months, ok = numbers(value, 1, 12)
	case "BYMONTHDAY":
		r.days, ok = numbers(value, -31, 31)
	case "BYYEARDAY":
		r.yearDays, ok = numbers(value, -366, 366)
	case "BYWEEKNO":
		r.weeks, ok = numbers(value, -53, 53)
	case "BYHOUR":
		r.hours, ok = list(value, 0, 23)
	case "BYMINUTE":
		r.minutes, ok = list(value, 0, 59)
	case "BYSECOND":
		r.seconds, ok = list(value, 0, 60)
	case "BYSETPOS":
		r.places, ok = list(value, -366, 366)
		ok = ok && !slices.Contains(r.places, 0)
	case "BYDAY":
		r.weekdays = map[time.Weekday]bool{}
		for word := range strings.SplitSeq(value, ",") {
			if word = strings.TrimSpace(word); len(word) < 2 {
				return false
			}
			day, known := weekdayNames[word[len(word)-2:]]
			if !known || len(r.nth) > 400 {
				return false
			}
			if len(word) == 2 {
				r.weekdays[day] = true
				continue
			}
			n, err := strconv.Atoi(word[:len(word)-2])
			if err != nil || n == 0 || n < -53 || n > 53 {
				return false
			}
			r.nth = append(r.nth, nth{n, day})
		}
	default:
		return false
	}
	return ok
}

// fits says what a rule asks for that cannot be.
func (r *rule) fits() string {
	yearly, monthly := r.freq == "YEARLY", r.freq == "MONTHLY"
	switch {
	case r.freq == "":
		return "by a rule that does not say how often"
	case r.freq == "HOURLY", r.freq == "MINUTELY", r.freq == "SECONDLY":
		return "by the hour or more often, which no meeting does"
	case r.count > 0 && r.untilRaw != "":
		return "both a number of times and until a day"
	case len(r.nth) > 0 && (!yearly && !monthly || len(r.weeks) > 0),
		len(r.weeks) > 0 && !yearly, len(r.yearDays) > 0 && !yearly, len(r.days) > 0 && r.freq == "WEEKLY":
		return "by a rule whose parts do not go together"
	case len(r.places) > 0 && len(r.months)+len(r.days)+len(r.yearDays)+len(r.weeks)+len(r.weekdays)+len(r.nth)+len(r.hours)+len(r.minutes)+len(r.seconds) == 0:
		return "by a rule whose parts do not go together"
	case max(len(r.hours), 1)*max(len(r.minutes), 1)*max(len(r.seconds), 1) > maxTimes:
		return "too often on one day"
	}
	return ""
}

// numbers reads a list of numbers, none of them 0 if they may be negative.
func numbers(value string, least, most int) (map[int]bool, bool) {
	all, ok := list(value, least, most)
	m := map[int]bool{}
	for _, n := range all {
		m[n] = true
	}
	return m, ok && !m[0]
}

func list(value string, least, most int) ([]int, bool) {
	var out []int
	for word := range strings.SplitSeq(value, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(word))
		if err != nil || n < least || n > most || len(out) > 1000 {
			return nil, false
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return slices.Compact(out), true
}

// limit works out UNTIL in the zone of the series, in which a time without a
// zone is meant. A day alone lasts until its end.
func (r *rule) limit(zone, floating *time.Location, whole bool) string {
	if r.untilRaw == "" {
		return ""
	}
	st, why := readStamp(r.untilRaw, floating)
	if why != "" {
		return "it repeats until a day that is none: " + why
	}
	c := st.civil
	switch {
	case st.whole || whole:
		c.secs = 86399
	case st.utc:
		c = civilOf(st.at, zone)
	}
	r.until = &c
	return ""
}

// each gives the civil times of a rule that begins at start, up to the end of
// the last day, in their order, until yield says no. False means that it used
// up the work that was left: rules can be made that never come to an end.
func (r *rule) each(start civil, whole bool, last calendar.Date, work *int, yield func(civil) bool) bool {
	last = min(last, calendar.NewDate(2999, time.December, 31))
	m := newMatcher(r, start, whole)
	n := 0
	for first, end := range r.periods(start.day) {
		if first > last {
			return true
		}
		if *work -= int(end-first) + 1; *work < 0 {
			return false
		}
		all := m.set(first, end)
		*work -= 10 * len(all)
		for _, c := range all {
			if c.before(start) {
				continue
			}
			if c.day > last || r.until != nil && r.until.before(c) || !yield(c) {
				return true
			}
			if n++; n == r.count {
				return true
			}
		}
	}
	return true
}

// periods gives the first days of the days, weeks, months or years of a rule
// and of those that follow them, without end.
func (r *rule) periods(start calendar.Date) func(yield func(first, end calendar.Date) bool) {
	y, month, _ := start.Civil()
	week := start.AddDays(-(int(start.Weekday()-r.wkst) + 7) % 7)
	return func(yield func(first, end calendar.Date) bool) {
		for i := 0; ; i += r.interval {
			var first, end calendar.Date
			switch r.freq {
			case "DAILY":
				first = start.AddDays(i)
				end = first.AddDays(1)
			case "WEEKLY":
				first = week.AddDays(7 * i)
				end = first.AddDays(7)
			case "MONTHLY":
				first = calendar.NewDate(y, month, 1).AddMonths(i)
				end = first.AddMonths(1)
			default:
				first = calendar.NewDate(y, time.January, 1).AddMonths(12 * i)
				end = first.AddMonths(12)
			}
			if !yield(first, end) {
				return
			}
		}
	}
}
