package ics

import (
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// A civil time is what a calendar on the wall and a clock beside it show.
type civil struct {
	day  calendar.Date
	secs int // after midnight
}

// before orders civil times.
func (c civil) before(d civil) bool { return c.day < d.day || c.day == d.day && c.secs < d.secs }

// A stamp is a date or a time of the file.
type stamp struct {
	civil
	whole bool           // a day, without a time
	utc   bool           // written with Z
	zone  *time.Location // in which it is written
	at    time.Time      // the instant; of a whole day its midnight in that zone
	odd   string
}

// in gives what clocks of a zone show at the instant of a stamp. A whole day is
// the same day everywhere.
func (s stamp) in(zone *time.Location) civil {
	if s.whole || s.zone == zone {
		return s.civil
	}
	return civilOf(s.at, zone)
}

func civilOf(at time.Time, zone *time.Location) civil {
	t := at.In(zone)
	return civil{calendar.Clock{Zone: zone}.Day(at), t.Hour()*3600 + t.Minute()*60 + t.Second()}
}

// instant gives the instant at which clocks of a zone show a civil time. One
// that they jump over is the next that exists; one that they show twice is the
// first. Jumped tells that they do not show it.
func instant(c civil, zone *time.Location) (at time.Time, jumped bool) {
	at = calendar.Clock{Zone: zone}.On(c.day, c.secs/60)
	if jumped = civilOf(at, zone) != (civil{c.day, c.secs / 60 * 60}); !jumped {
		at = at.Add(time.Duration(c.secs%60) * time.Second)
	}
	return at, jumped
}

// readStamp reads a date or a time written in a zone: 20261105,
// 20261105T193000, 20261105T193000Z.
func readStamp(s string, zone *time.Location) (stamp, string) {
	s = strings.TrimSpace(s)
	const why = "cannot be read as a date or time"
	st := stamp{zone: zone}
	if len(s) < 8 {
		return st, shown(s) + " " + why
	}
	if _, ok := figures(s[:8]); !ok {
		return st, shown(s) + " " + why
	}
	day, err := calendar.ParseDate(s[:4] + "-" + s[4:6] + "-" + s[6:8])
	if err != nil {
		return st, shown(s) + " " + why + ": there is no such day"
	}
	st.day = day
	switch rest := s[8:]; {
	case rest == "" || rest == "Z" || rest == "z":
		st.whole = true
		if rest != "" {
			st.odd = "the day " + s[:8] + " is written with a Z, as only times are; it was read as that day"
		}
	case len(rest) >= 7 && (rest[0] == 'T' || rest[0] == 't') && (len(rest) == 7 || len(rest) == 8 && (rest[7] == 'Z' || rest[7] == 'z')):
		h, okH := figures(rest[1:3])
		m, okM := figures(rest[3:5])
		sec, okS := figures(rest[5:7])
		if !okH || !okM || !okS || h > 23 || m > 59 || sec > 60 {
			return st, shown(s) + " " + why
		}
		st.secs = h*3600 + m*60 + min(sec, 59)
		if len(rest) == 8 {
			st.utc, st.zone = true, time.UTC
		}
	default:
		return st, shown(s) + " " + why
	}
	var jumped bool
	if st.at, jumped = instant(st.civil, st.zone); jumped && !st.whole {
		st.odd = jumpedWords(st.civil)
	}
	return st, ""
}

func jumpedWords(c civil) string {
	return "no clock shows " + clockWords(c.secs) + " on " + c.day.Words() + ", when the clocks change; the next time that exists was taken"
}

func clockWords(secs int) string { return calendar.HourWords(secs / 60) }

// figures reads a short number of figures and nothing else.
func figures(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// A length is how long an event lasts: days of the calendar and then time that
// passes.
type length struct {
	days int
	more time.Duration
}

// readLength reads P1D, PT1H30M, P1DT2H, P2W. What is negative is no length.
func readLength(s string) (length, string) {
	text := strings.ToUpper(strings.TrimSpace(s))
	bad := shown(s) + " cannot be read as a length of time"
	text = strings.TrimPrefix(text, "+")
	rest, ok := strings.CutPrefix(text, "P")
	if !ok || rest == "" || rest == "T" {
		return length{}, bad
	}
	var l length
	timed := false
	for rest != "" {
		if rest[0] == 'T' && !timed {
			timed = true
			if rest = rest[1:]; rest == "" {
				return length{}, bad
			}
		}
		i := strings.IndexAny(rest, "WDHMS")
		if i < 1 {
			return length{}, bad
		}
		n, ok := figures(rest[:i])
		unit := rest[i]
		if !ok || n > 1_000_000 || timed != (unit == 'H' || unit == 'M' || unit == 'S') {
			return length{}, bad
		}
		switch unit {
		case 'W':
			l.days += 7 * n
		case 'D':
			l.days += n
		case 'H':
			l.more += time.Duration(n) * time.Hour
		case 'M':
			l.more += time.Duration(n) * time.Minute
		case 'S':
			l.more += time.Duration(n) * time.Second
		}
		rest = rest[i+1:]
		if l.days > maxDays || l.more > maxDays*24*time.Hour {
			return length{}, shown(s) + " is longer than any event that can be right"
		}
	}
	return l, ""
}
