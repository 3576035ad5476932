package ics

import (
	_ "embed"
	"encoding/binary"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

//go:embed windowszones.txt
var windowsText string

// windows holds the IANA name of each name that Windows and Outlook use, in
// small letters.
var windows = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for l := range strings.Lines(windowsText) {
		f := strings.Split(strings.TrimSpace(l), " | ")
		if len(f) == 3 && !strings.HasPrefix(l, "#") {
			names[strings.ToLower(f[0])], names[strings.ToLower(f[2])] = f[1], f[1]
		}
	}
	return names
})

// zones finds time zones by the names that files use.
type zones struct {
	clock calendar.Clock // of the constituency; floating times are in its zone
	last  calendar.Date  // up to which zones of a file's own are worked out
	work  *int           // left for that
	named map[string]*time.Location
	own   map[*ownZone]ownLocation
}

type ownLocation struct {
	zone *time.Location
	why  string
}

// find gives the zone of a TZID. The remark says that the file's own rules had
// to be used; the reason, that it is not known at all.
func (z *zones) find(id string, of *part) (zone *time.Location, remark, why string) {
	if zone := z.byName(id); zone != nil {
		return zone, "", ""
	}
	own := of.zones[id]
	if own == nil {
		return nil, "", fmt.Sprintf("the time zone %q is not known, and the file does not say what it is", shown(id))
	}
	if zone := z.byName(own.place); zone != nil {
		return zone, "", ""
	}
	got, ok := z.own[own]
	if !ok {
		got.zone, got.why = own.location(z)
		z.own[own] = got
	}
	if got.why != "" {
		return nil, "", fmt.Sprintf("the time zone %q is not known, and what the file says of it cannot be used: %s", shown(id), got.why)
	}
	return got.zone, fmt.Sprintf("the time zone %q is not known by name; the rules that the file gives for it were used", shown(id)), ""
}

// byName knows names of Windows and of the IANA database, also where a program
// has put its own in front: /example.org/20260101_1/Europe/London.
func (z *zones) byName(id string) *time.Location {
	id = strings.TrimSpace(id)
	if zone, ok := z.named[id]; ok {
		return zone
	}
	zone := lookup(id)
	if len(z.named) < maxEvents {
		z.named[id] = zone
	}
	return zone
}

func lookup(id string) *time.Location {
	low := strings.ToLower(id)
	_, cities, ok := strings.Cut(low, ") ") // (UTC+00:00) Dublin, Edinburgh, Lisbon, London
	if _, after, older := strings.Cut(cities, " : "); ok && older {
		cities = after
	}
	for _, name := range []string{low, cities} {
		if iana := windows()[name]; iana != "" {
			return load(iana)
		}
	}
	switch id {
	case "UTC", "GMT", "CET", "EET", "WET", "MET":
		return load(id)
	case "Z":
		return time.UTC
	}
	parts := strings.Split(strings.Trim(id, "/"), "/")
	for n := min(len(parts), 3); n >= 2; n-- {
		if zone := load(strings.Join(parts[len(parts)-n:], "/")); zone != nil {
			return zone
		}
	}
	return nil
}

// load asks the database of zones. It never gives the machine's own.
func load(name string) *time.Location {
	if name == "" || name == "Local" || len(name) > 100 {
		return nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return zone
}

// A change is a moment at which the clocks of a zone are set.
type change struct {
	at     int64
	offset int
}

// location makes a zone of a VTIMEZONE, up to the last day that is needed.
func (o *ownZone) location(z *zones) (*time.Location, string) {
	var changes []change
	first, earliest := 0, int64(0)
	for i, t := range o.turns {
		start, from, got, why := t.changes(z)
		if why != "" {
			return nil, why
		}
		if i == 0 || start < earliest {
			first, earliest = from, start
		}
		if changes = append(changes, got...); len(changes) > maxTurns {
			return nil, "it changes too often"
		}
	}
	if len(changes) == 0 {
		return nil, "it says nothing of its offset"
	}
	sort.Slice(changes, func(i, j int) bool { return changes[i].at < changes[j].at })
	zone, err := time.LoadLocationFromTZData(o.id, zoneFile(first, changes))
	if err != nil {
		return nil, "its rules contradict each other"
	}
	return zone, ""
}

// changes gives the moments of one STANDARD or DAYLIGHT, the offset before the
// first of them, and when that is.
func (t *turn) changes(z *zones) (start int64, from int, out []change, why string) {
	var to int
	var begins stamp
	var rules []*rule
	for _, l := range t.props {
		switch l.name {
		case "DTSTART":
			value := l.value
			if y, ok := figures(value[:min(len(value), 4)]); ok && y < 1970 && len(value) >= 8 {
				value = "1970" + value[4:] // rules are written as if from 1601; nothing so old is asked for
			}
			begins, why = readStamp(value, time.UTC)
		case "TZOFFSETFROM":
			from, why = readOffset(l.value)
		case "TZOFFSETTO":
			to, why = readOffset(l.value)
		case "RRULE":
			var r *rule
			if r, why = readRule(l.value); why == "" {
				rules = append(rules, r)
			}
		}
		if why != "" {
			return 0, 0, nil, why
		}
	}
	if !begins.day.Valid() || begins.day == 0 && begins.zone == nil {
		return 0, 0, nil, "a part of it has no beginning"
	}
	add := func(c civil) bool {
		out = append(out, change{int64(c.day)*86400 + int64(c.secs-from), to})
		return len(out) <= maxTurns
	}
	add(begins.civil)
	for _, l := range t.props {
		if l.name == "RDATE" {
			for _, v := range items(l.value) {
				at, why := readStamp(v, time.UTC)
				if why != "" {
					return 0, 0, nil, why
				}
				add(at.civil)
			}
		}
	}
	for _, r := range rules {
		if why := r.limit(time.FixedZone("", from), time.UTC, false); why != "" {
			return 0, 0, nil, why
		}
		if !r.each(begins.civil, false, z.last, z.work, add) {
			return 0, 0, nil, "its rule takes too long to work out"
		}
	}
	return out[0].at, from, out, ""
}

// readOffset reads +0100, -0430, +013015.
func readOffset(s string) (int, string) {
	s = strings.TrimSpace(s)
	why := shown(s) + " is no offset from UTC"
	if len(s) != 5 && len(s) != 7 || s[0] != '+' && s[0] != '-' {
		return 0, why
	}
	h, okH := figures(s[1:3])
	m, okM := figures(s[3:5])
	sec, okS := 0, true
	if len(s) == 7 {
		sec, okS = figures(s[5:7])
	}
	n := h*3600 + m*60 + sec
	if !okH || !okM || !okS || m > 59 || sec > 59 || h > 15 {
		return 0, why
	}
	if s[0] == '-' {
		n = -n
	}
	return n, ""
}

// zoneFile writes changes of the clock in the form of the zone database (RFC
// 8536), which is the one way to make a zone that is none of the database's.
func zoneFile(first int, changes []change) []byte {
	offsets, index := []int{first}, map[int]byte{}
	for _, c := range changes {
		if _, ok := index[c.offset]; !ok && len(offsets) < 250 {
			index[c.offset] = byte(len(offsets))
			offsets = append(offsets, c.offset)
		}
	}
	const names = "own\x00"
	head := func(times, types, chars int) []byte {
		b := append([]byte("TZif2"), make([]byte, 15)...)
		for _, n := range []int{0, 0, 0, times, types, chars} {
			b = binary.BigEndian.AppendUint32(b, uint32(n))
		}
		return b
	}
	b := append(head(0, 0, 0), head(len(changes), len(offsets), len(names))...)
	for _, c := range changes {
		b = binary.BigEndian.AppendUint64(b, uint64(c.at))
	}
	for _, c := range changes {
		b = append(b, index[c.offset])
	}
	for _, o := range offsets {
		b = append(binary.BigEndian.AppendUint32(b, uint32(int32(o))), 0, 0)
	}
	return append(b, names+"\n\n"...)
}
