package ics

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// An event is a VEVENT, read: one occurrence, a series, or a change of one.
type event struct {
	*raw
	uid, title, venue, url string
	status                 string
	categories             []string
	start                  stamp
	end                    *stamp
	lasts                  *length
	rules, not             []*rule
	more                   []extra
	less                   []stamp
	id                     *stamp // RECURRENCE-ID: which occurrence of a series it changes
	changes                bool   // it has one, even if it could not be read
	onwards                bool   // it changes all that follow, too
	version                [3]int64
	odd                    []string
	has                    map[string]bool
}

// An extra is a further occurrence of a series, which may have its own end.
type extra struct {
	stamp
	end   *stamp
	lasts *length
}

// many are the properties that an event may have several of; decisive are those
// of which two that differ make it unreadable.
var (
	many     = map[string]bool{"RRULE": true, "EXRULE": true, "RDATE": true, "EXDATE": true, "CATEGORIES": true}
	decisive = map[string]bool{"UID": true, "DTSTART": true, "DTEND": true, "DURATION": true, "RECURRENCE-ID": true, "STATUS": true, "SEQUENCE": true}
)

// readEvent reads an event. What cannot be read makes it bad; all else is read
// all the same, to tell which other events it belongs to.
func readEvent(r *raw, z *zones) *event {
	e := &event{raw: r, has: map[string]bool{}}
	first := map[string]*line{}
	if r.stray != 0 {
		e.odd = append(e.odd, fmt.Sprintf("line %d of the file cannot be read; perhaps a text was broken there", r.stray))
	}
	for i := range r.props {
		l := &r.props[i]
		if was := first[l.name]; was != nil && !many[l.name] {
			if was.value != l.value && decisive[l.name] {
				e.spoil(fmt.Sprintf("it has two of %s, and nobody can tell which is right", l.name))
			}
			continue
		}
		first[l.name] = l
		e.has[l.name] = true
		e.text(l)
	}
	e.times(z)
	if e.url == "" {
		e.url = e.meeting()
	}
	if r.of.method == "CANCEL" {
		e.status = "cancelled"
	}
	if e.uid == "" {
		e.spoil("it has no UID, and without it nobody can tell which event it is")
	}
	return e
}

// spoil notes why the event cannot be read, unless that is known already.
func (e *event) spoil(why string) {
	if e.bad == "" {
		e.bad = why
	}
}

func (e *event) strange(why string) {
	if why != "" && !slices.Contains(e.odd, why) && len(e.odd) < 20 {
		e.odd = append(e.odd, why)
	}
}

// text reads what is no time.
func (e *event) text(l *line) {
	switch l.name {
	case "UID":
		e.uid = oneLine(plainText(l.value), " ")
	case "SUMMARY":
		e.title = oneLine(plainText(l.value), " ")
	case "LOCATION":
		e.venue = oneLine(plainText(l.value), ", ")
	case "URL":
		e.url = strings.TrimSpace(l.value)
	case "CATEGORIES":
		for _, c := range items(l.value) {
			if c = oneLine(plainText(c), " "); c != "" && len(e.categories) < 100 {
				e.categories = append(e.categories, c)
			}
		}
	case "STATUS":
		switch s := strings.ToUpper(strings.TrimSpace(l.value)); s {
		case "TENTATIVE", "CONFIRMED", "CANCELLED":
			e.status = strings.ToLower(s)
		case "CANCELED":
			e.status = "cancelled"
		default:
			e.strange("its status, " + shown(l.value) + ", is none that calendars know")
		}
	case "SEQUENCE":
		n, _ := figures(strings.TrimSpace(l.value))
		e.version[0] = int64(n)
	case "LAST-MODIFIED", "DTSTAMP":
		if st, why := readStamp(l.value, time.UTC); why == "" {
			e.version[map[string]int{"LAST-MODIFIED": 1, "DTSTAMP": 2}[l.name]] = st.at.Unix()
		}
	}
}

// meeting is the address of an online meeting, where URL does not say it.
func (e *event) meeting() string {
	for _, name := range []string{"X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "CONFERENCE"} {
		for i := range e.props {
			if v := strings.TrimSpace(e.props[i].value); e.props[i].name == name && strings.HasPrefix(v, "https://") {
				return v
			}
		}
	}
	return ""
}

// times reads when it is. The times that say how a series goes are in the zone
// of its start where they name no other.
func (e *event) times(z *zones) {
	floating := z.clock.Zone
	for _, name := range []string{"RECURRENCE-ID", "DTSTART"} { // a change may be without a start of its own
		for i := range e.props {
			l := &e.props[i]
			if l.name != name {
				continue
			}
			st, why := e.stamp(l, l.value, floating, z)
			if why != "" {
				e.spoil("its " + map[string]string{"DTSTART": "start", "RECURRENCE-ID": "RECURRENCE-ID"}[name] + " cannot be used: " + why)
			}
			if name == "RECURRENCE-ID" {
				e.changes = true
				e.onwards = strings.EqualFold(l.param("RANGE"), "THISANDFUTURE")
				if l.param("RANGE") != "" && !e.onwards {
					e.spoil("it changes " + shown(l.param("RANGE")) + " of a series, which is not understood")
				}
				if why == "" {
					e.id = &st
				}
			}
			e.start = st
			break
		}
	}
	if !e.has["DTSTART"] && e.id == nil {
		e.spoil("it has no start")
	}
	if e.start.zone == nil { // already bad
		e.start.zone = floating
	}
	for i := range e.props {
		e.time(&e.props[i], z)
	}
	if e.end != nil && e.lasts != nil {
		e.strange("it has both an end and a length; the end was taken")
		e.lasts = nil
	}
	if e.changes && len(e.rules)+len(e.more) > 0 {
		e.spoil("it changes one occurrence of a series and is a series itself, which is not understood")
	}
}

// time reads one of the properties that depend on the start.
func (e *event) time(l *line, z *zones) {
	fail := func(what, why string) {
		if why != "" {
			e.spoil(what + ": " + why)
		}
	}
	switch l.name {
	case "DTEND":
		st, why := e.stamp(l, l.value, e.start.zone, z)
		if fail("its end cannot be used", why); why == "" {
			e.end = &st
		}
	case "DURATION":
		n, why := readLength(l.value)
		if fail("how long it lasts cannot be used", why); why == "" {
			e.lasts = &n
		}
	case "RRULE", "EXRULE":
		r, why := readRule(l.value)
		if why == "" {
			why = r.limit(e.start.zone, e.start.zone, e.start.whole)
		}
		if why != "" {
			e.spoil(why)
			return
		}
		if len(e.rules)+len(e.not) > 20 {
			e.spoil("it has more than 20 rules")
		} else if l.name == "RRULE" {
			e.rules = append(e.rules, r)
		} else {
			e.not = append(e.not, r)
		}
	case "EXDATE":
		for _, v := range items(l.value) {
			st, why := e.stamp(l, v, e.start.zone, z)
			fail("a day that it leaves out cannot be used", why)
			e.less = append(e.less, st)
		}
	case "RDATE":
		for _, v := range items(l.value) {
			from, until, period := strings.Cut(v, "/")
			st, why := e.stamp(l, from, e.start.zone, z)
			x := extra{stamp: st}
			if why == "" && period {
				if strings.HasPrefix(strings.TrimSpace(until), "P") {
					var n length
					n, why = readLength(until)
					x.lasts = &n
				} else {
					var end stamp
					end, why = e.stamp(l, until, e.start.zone, z)
					x.end = &end
				}
			}
			fail("a day that it adds cannot be used", why)
			e.more = append(e.more, x)
		}
	}
}

// stamp reads a date or time with the zone that its line names.
func (e *event) stamp(l *line, value string, floating *time.Location, z *zones) (stamp, string) {
	zone := floating
	id := l.param("TZID")
	if id != "" && len(strings.TrimSpace(value)) > 8 {
		found, remark, why := z.find(id, e.of)
		if why != "" {
			return stamp{}, why
		}
		e.strange(remark)
		zone = found
	}
	st, why := readStamp(value, zone)
	if why != "" {
		return stamp{}, why
	}
	if strings.EqualFold(l.param("VALUE"), "DATE") && !st.whole {
		st.whole, st.secs = true, 0
	}
	if st.utc && id != "" && !st.whole {
		if found, _, _ := z.find(id, e.of); found != nil && civilOf(st.at, found) != st.civil {
			e.strange("the time " + shown(value) + " has both a zone and the Z of UTC; it was read as UTC")
		}
	}
	e.strange(st.odd)
	return st, ""
}
