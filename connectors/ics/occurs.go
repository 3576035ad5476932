package ics

import (
	"math"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// follow lays out an occurrence behind a change of this and all that follow: it
// is moved by as much, and lasts as long.
func (s *series) follow(x *slot, c *event) {
	if c.start.whole != s.main.start.whole {
		s.main.strange("from " + c.id.day.Words() + " on it changes between whole days and times, and only that first day was taken from there")
		return
	}
	from, to := c.id.in(s.main.start.zone), c.start.in(s.main.start.zone)
	moved := int(to.day-from.day)*86400 + to.secs - from.secs
	secs := x.secs + moved
	days := int(math.Floor(float64(secs) / 86400))
	st := s.main.start
	st.civil = civil{x.civil.day.AddDays(days), secs - days*86400}
	if !st.whole {
		st.at, _ = instant(st.civil, st.zone)
	}
	s.occurs(x, c, st, c.end, c.lasts)
}

// account says of each event what became of it.
func (s *series) account() {
	for _, e := range append([]*event{s.main}, s.changes...) {
		if e == nil || e.bad != "" {
			continue
		}
		if s.shown[e] > 0 {
			for _, why := range e.odd {
				s.out.Odd = append(s.out.Odd, Remark{e.line, shown(e.title), why})
			}
			continue
		}
		why := "it does not happen in these days"
		if len(s.slots) == 0 && len(e.less)+len(e.not) > 0 && e.start.day <= s.window.To {
			why = "it leaves out all of its days"
		}
		s.out.Outside = append(s.out.Outside, Remark{e.line, shown(e.title), why})
	}
}

// occurs makes the occurrence of a slot, by the event that says how it is. It
// reports whether it lies in the window.
func (s *series) occurs(x *slot, e *event, st stamp, end *stamp, lasts *length) bool {
	base := e
	if s.main != nil {
		base = s.main
	}
	o := Occurrence{Key: x.key, UID: e.uid, Line: e.line, Title: e.title, Categories: e.categories, Venue: e.venue, URL: e.url, Status: e.status, Was: x.day, Whole: st.whole}
	if !e.has["SUMMARY"] {
		o.Title = base.title
	}
	if !e.has["LOCATION"] {
		o.Venue = base.venue
	}
	if !e.has["CATEGORIES"] {
		o.Categories = base.categories
	}
	if !e.has["STATUS"] && o.Status == "" {
		o.Status = base.status
	}
	if o.URL == "" {
		o.URL = base.url
	}
	if st.whole {
		o.Day = st.day
		o.Last = s.lastDay(e, st, end, lasts)
	} else {
		o.Start = st.at.UTC()
		o.Day = s.clock.Day(o.Start)
		o.End = s.endOf(e, st, end, lasts)
		if o.Last = o.Day; o.End.After(o.Start) {
			o.Last = max(o.Day, s.clock.Day(o.End.Add(-time.Second)))
		}
	}
	if o.Last < s.window.From || o.Day > s.window.To {
		return false
	}
	if o.Status != "cancelled" && saysOff(o.Title) {
		o.Doubt = "the title says that it is off, and the status does not; settle it in the calendar"
		e.strange(o.Doubt)
	}
	o.Moved = o.Day != x.day || !st.whole && !x.start.IsZero() && !x.start.Truncate(time.Second).Equal(o.Start)
	s.shown[e]++
	s.out.Occurrences = append(s.out.Occurrences, o)
	return true
}

// lastDay is the last of whole days; the file names the day after it.
func (s *series) lastDay(e *event, st stamp, end *stamp, lasts *length) calendar.Date {
	days := 1
	switch {
	case end != nil && end.whole:
		if days = int(end.day - e.start.day); days < 0 {
			e.strange("it ends before it begins; the day on which it begins was taken alone")
		}
	case end != nil:
		e.strange("it begins with a day and ends with a time; the day on which it begins was taken alone")
	case lasts != nil:
		days = lasts.days + int((lasts.more+24*time.Hour-1)/(24*time.Hour))
	}
	return st.day.AddDays(max(days, 1) - 1)
}

// endOf is when it ends, or zero where that is not known.
func (s *series) endOf(e *event, st stamp, end *stamp, lasts *length) time.Time {
	switch {
	case end != nil && end.whole:
		e.strange("it begins with a time and ends with a day; its end was left blank")
	case end != nil && end.at.Before(e.start.at), lasts != nil && lasts.more < 0:
		e.strange("it ends before it begins; its end was left blank")
	case end != nil:
		return st.at.Add(end.at.Sub(e.start.at)).UTC()
	case lasts != nil:
		at := st.at
		if lasts.days > 0 {
			at, _ = instant(civil{st.day.AddDays(lasts.days), st.secs}, st.zone)
		}
		return at.Add(lasts.more).UTC()
	}
	return time.Time{}
}

// saysOff reports whether a title says that it is not on.
func saysOff(title string) bool {
	words := " " + words(title) + " "
	for _, off := range []string{" cancelled ", " canceled ", " postponed ", " called off "} {
		if strings.HasPrefix(words, off) || strings.HasSuffix(words, off) {
			return true
		}
	}
	return false
}
