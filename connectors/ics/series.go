package ics

import (
	"fmt"
	"sort"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A builder lays out events, all of one UID together.
type builder struct {
	window Window
	clock  calendar.Clock
	zones  *zones
	work   int
	out    Listing
}

func (b *builder) refuse(e *event, why string) {
	b.out.Refused = append(b.out.Refused, Remark{e.line, shown(e.title), why})
}

// lay lays out the events that share a UID: a series and the changes of it.
func (b *builder) lay(all []*event) {
	var main *event
	var changes []*event
	spoilt := ""
	for _, same := range versions(all) {
		e := b.newest(same)
		switch {
		case e == nil:
			if id := same[0].id; id != nil { // two changes that contradict each other
				changes = append(changes, &event{raw: &raw{line: same[0].line, bad: "said already"}, id: id, changes: true})
			}
		case e.changes && e.id == nil:
			spoilt = fmt.Sprintf("the event in line %d changes one of its occurrences, and it cannot be told which", e.line)
			b.refuse(e, e.bad)
		case e.changes:
			if e.bad != "" {
				b.refuse(e, e.bad+"; the occurrence that it changes is left out")
			}
			changes = append(changes, e)
		case e.bad != "":
			b.refuse(e, e.bad)
		default:
			main = e
		}
	}
	if spoilt != "" {
		for _, e := range append(changes, main) {
			if e != nil && e.bad == "" {
				b.refuse(e, spoilt)
			}
		}
		return
	}
	s := &series{builder: b, main: main, changes: changes}
	if main != nil {
		if why := s.expand(); why != "" {
			b.refuse(main, why)
			s.main, s.slots, s.at = nil, nil, nil
		}
	}
	s.change()
	s.emit()
}

// A slot is one occurrence of a series, before and after it was changed.
type slot struct {
	civil
	day   calendar.Date // here
	start time.Time     // when it was to be; zero of a whole day
	end   *stamp        // its own, of a period
	lasts *length
	by    *event // the change of it
	key   string
}

// A series is a main event with its slots, and the changes of them. An event
// that does not repeat is a series of one.
type series struct {
	*builder
	main    *event
	changes []*event
	slots   []*slot // by time
	at      map[civil]*slot
	days    map[calendar.Date][]*slot
	shown   map[*event]int // occurrences in the window
}

func (e *event) repeats() bool { return len(e.rules)+len(e.more) > 0 }

// expand works out the slots of the main event, as far as the window reaches.
func (s *series) expand() string {
	m := s.main
	s.at, s.days = map[civil]*slot{}, map[calendar.Date][]*slot{}
	last := s.window.To.AddDays(2)
	for _, c := range s.changes { // what follows a change may have been moved forward
		if c.onwards {
			last = last.AddDays(min(max(int(c.id.day-c.start.day), 0), maxDays))
		}
	}
	add := func(c civil) bool {
		if s.at[c] == nil {
			s.at[c] = &slot{civil: c}
		}
		return len(s.at) <= maxOccurrences
	}
	for _, r := range m.rules {
		if !r.each(m.start.civil, m.start.whole, last, &s.work, add) {
			return "its rule takes too long to work out"
		}
	}
	if m.start.day <= last {
		if len(m.rules) > 0 && s.at[m.start.civil] == nil {
			m.strange("it begins on " + m.start.day.Words() + ", which is not a day of its rule; that day was taken, too")
		}
		add(m.start.civil)
	}
	for _, x := range m.more {
		if x.whole != m.start.whole {
			return "it adds a day of another kind, a whole day or a time, than it begins with"
		}
		if c := x.in(m.start.zone); c.day <= last {
			add(c)
			s.at[c].end, s.at[c].lasts = x.end, x.lasts
		}
	}
	if len(s.at) > maxOccurrences {
		return fmt.Sprintf("it happens more than %d times up to %s", maxOccurrences, s.window.To.Words())
	}
	for _, r := range m.not {
		ok := r.each(m.start.civil, m.start.whole, last, &s.work, func(c civil) bool {
			delete(s.at, c)
			return true
		})
		if !ok {
			return "its rule takes too long to work out"
		}
	}
	s.order()
	for _, x := range m.less {
		if !s.leaveOut(x) && x.day >= max(m.start.day, s.window.From) && x.day <= s.window.To {
			m.strange("it leaves out " + x.day.Words() + ", on which it would not be anyway")
		}
	}
	if len(m.less) > 0 {
		s.order()
	}
	return ""
}

// order puts the slots in order and gives each its key. The second of a series
// on one day has its hour in it.
func (s *series) order() {
	s.slots = s.slots[:0]
	clear(s.days)
	for _, x := range s.at {
		s.slots = append(s.slots, x)
	}
	sort.Slice(s.slots, func(i, j int) bool { return s.slots[i].before(s.slots[j].civil) })
	taken := map[string]bool{}
	for _, x := range s.slots {
		s.days[x.civil.day] = append(s.days[x.civil.day], x)
		x.day, x.key = x.civil.day, s.main.uid
		secs := x.secs
		if !s.main.start.whole {
			x.start, _ = instant(x.civil, s.main.start.zone)
			here := civilOf(x.start, s.clock.Zone)
			x.day, secs = here.day, here.secs
		}
		if s.main.repeats() {
			x.key = keyOf(s.main.uid, x.day, secs, taken)
		}
	}
}

func keyOf(uid string, day calendar.Date, secs int, taken map[string]bool) string {
	key := uid + "/" + day.String()
	if taken[key] {
		key += "T" + clockWords(secs)
	}
	taken[key] = true
	return key
}

// find gives the slots that a stamp of the file means: all of its day where it
// is a day, or where the series has no times.
func (s *series) find(st stamp) []*slot {
	if s.main == nil {
		return nil
	}
	if st.whole || s.main.start.whole {
		return s.days[st.civil.day]
	}
	if x := s.at[st.in(s.main.start.zone)]; x != nil {
		return []*slot{x}
	}
	return nil
}

func (s *series) leaveOut(st stamp) bool {
	found := s.find(st)
	for _, x := range found {
		delete(s.at, x.civil)
	}
	return len(found) > 0
}

// change gives each change its slot. A change of an occurrence that the series
// does not have, or that it leaves out, stands by itself.
func (s *series) change() {
	taken := map[string]bool{}
	for _, x := range s.slots {
		taken[x.key] = true
	}
	sort.SliceStable(s.changes, func(i, j int) bool { return s.changes[i].id.at.Before(s.changes[j].id.at) })
	for _, c := range s.changes {
		found := s.find(*c.id)
		if len(found) > 0 && found[0].by == nil {
			found[0].by = c
			continue
		}
		here := c.id.in(s.clock.Zone)
		if s.main != nil && c.id.day <= s.window.To {
			c.strange("it changes the occurrence of " + here.day.Words() + ", which its series does not have; it was taken by itself")
		}
		if c.bad == "" {
			x := &slot{civil: c.id.civil, day: here.day, by: c, key: keyOf(c.uid, here.day, here.secs, taken)}
			if !c.id.whole {
				x.start = c.id.at
			}
			s.slots = append(s.slots, x)
		}
	}
}

// emit puts what lies in the window into the listing.
func (s *series) emit() {
	s.shown = map[*event]int{}
	var onwards *event
	hours := map[int]bool{}
	for _, x := range s.slots {
		if x.by != nil && x.by.onwards && x.by.bad == "" && s.main != nil {
			onwards = x.by
		}
		switch {
		case x.by != nil && x.by.bad != "":
		case x.by != nil:
			s.occurs(x, x.by, x.by.start, x.by.end, x.by.lasts)
		case onwards != nil:
			s.follow(x, onwards)
		default:
			st := s.main.start
			st.civil, st.at = x.civil, x.start
			end, lasts := s.main.end, s.main.lasts
			if x.end != nil || x.lasts != nil {
				end, lasts = x.end, x.lasts
				if end != nil { // a period is as long as it is, from its own start
					lasts, end = &length{more: end.at.Sub(st.at)}, nil
				}
			}
			if !s.occurs(x, s.main, st, end, lasts) || st.whole {
				continue
			}
			hours[civilOf(st.at, s.clock.Zone).secs] = true
			if civilOf(st.at, st.zone) != x.civil {
				s.main.strange(jumpedWords(x.civil))
			}
		}
	}
	if s.main != nil && s.main.start.utc && len(s.main.rules) > 0 && len(hours) > 1 {
		s.main.strange("it repeats at an hour of UTC, so that here it moves by an hour when the clocks change; give it the time zone of the constituency")
	}
	s.account()
}
