// Package ics reads calendar files (RFC 5545) as programs really write them,
// and lays out what happens on which day.
//
// # What it reads
//
// Events, alone or repeated: RRULE by the day, week, month and year with all its
// parts, EXRULE, RDATE (also periods), EXDATE, and single days that were moved or
// called off (RECURRENCE-ID, alone or for all that follow). Times in UTC, in
// zones by their IANA or Windows names, in a zone that only the file knows, or
// without a zone; whole days, of which the file names the day after the last.
// Several calendars in one file, folded lines, escaped text, Windows-1252 where
// a file is not UTF-8.
//
// # What it promises
//
//   - Every event is accounted for: Events = those with an occurrence in the
//     window + len(Refused) + len(Replaced) + len(Outside). Each bears the line
//     at which it begins.
//   - What cannot be understood is refused and said, never guessed: a rule with
//     an unknown part, a zone that nobody knows, two different events that claim
//     to be the same. Where one day of a series was changed and the change
//     cannot be read, that day is not shown as if it had not been.
//   - An occurrence that was moved appears once, at its new time, under the key
//     of its old one.
//   - The result depends on the file, the window and the clock alone.
//   - Nothing that stands in a file can make it panic, or run for ever: rules
//     are worked out only as far as the window reaches, and all of them
//     together only so far.
//
// # Times
//
// A series keeps the hour of its own zone. One that is written in UTC keeps the
// hour of UTC, and is said to. Times without a zone are the constituency's. A
// time that the clocks jump over is the next that exists, which is said; one
// that they show twice is the first.
//
// # Keys
//
// An event is known by its UID; an occurrence of a series by the UID and the day
// on which it first was to be, here: abc@example.org/2026-11-05. The hour is not
// part of it, so that a series whose hour is changed stays what it was. The
// second occurrence of a series on one day has its hour too.
package ics

import (
	"fmt"
	"sort"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// The limits of what is read.
const (
	maxLine        = 100_000    // bytes of one content line
	maxDepth       = 10         // blocks within each other
	maxEvents      = 100_000    // of one file
	maxProps       = 5_000      // lines of one event
	maxTurns       = 2_000      // changes of the clock of a zone, and zones of a calendar
	maxTimes       = 100        // of a rule on one day
	maxDays        = 3_660      // of one event
	maxOccurrences = 20_000     // of one event
	maxTotal       = 200_000    // of one file
	maxWork        = 10_000_000 // days that the rules of one file may look at
	shownRunes     = 60         // of the file, in a remark
)

// A Window is a stretch of days, both of them in it.
type Window struct{ From, To calendar.Date }

// An Occurrence is one event on one day, or over several.
type Occurrence struct {
	Key, UID   string
	Line       int // at which its event begins
	Title      string
	Categories []string
	Day, Last  calendar.Date // here; the same unless it lasts over midnight
	Whole      bool          // whole days, without a time
	Start, End time.Time     // zero of whole days; End is zero where the file does not say it
	Venue, URL string
	Status     string        // tentative, confirmed, cancelled or nothing
	Doubt      string        // why the status cannot be believed
	Was        calendar.Date // the day it first was to be
	Moved      bool          // away from when it first was to be
}

// A Remark is about an event, or another place in the file.
type Remark struct {
	Line  int
	Title string
	Why   string
}

// A Listing is a calendar file, laid out.
type Listing struct {
	Events      int          // in the file
	Occurrences []Occurrence // by time
	Refused     []Remark     // events that could not be read
	Replaced    []Remark     // events of which the file has a newer version
	Outside     []Remark     // events with no occurrence in the window
	Passed      []Remark     // what is no event: tasks, journals
	Odd         []Remark     // what was read and yet should be looked at
}

// Read lays out the calendar file that stands in data: what happens in a
// window, in the civil time of a clock.
func Read(data []byte, in Window, clock calendar.Clock) (Listing, error) {
	if in.To < in.From || !in.From.Valid() || !in.To.Valid() {
		return Listing{}, fmt.Errorf("there are no days from %s to %s", in.From.Words(), in.To.Words())
	}
	if clock.Zone == nil {
		clock.Zone = time.UTC
	}
	p, err := parse(data)
	if err != nil {
		return Listing{}, err
	}
	b := &builder{window: in, clock: clock, work: maxWork}
	b.out = Listing{Events: len(p.events), Passed: p.passed, Odd: p.odd}
	b.zones = &zones{clock: clock, last: in.To.AddDays(400), work: &b.work, named: map[string]*time.Location{}, own: map[*ownZone]ownLocation{}}
	var uids []string
	by := map[string][]*event{}
	for _, r := range p.events {
		e := readEvent(r, b.zones)
		if e.uid == "" {
			b.refuse(e, e.bad)
			continue
		}
		if by[e.uid] == nil {
			uids = append(uids, e.uid)
		}
		by[e.uid] = append(by[e.uid], e)
	}
	for _, uid := range uids {
		if b.lay(by[uid]); len(b.out.Occurrences) > maxTotal {
			return Listing{}, fmt.Errorf("the calendar has more than %d occurrences in these days, too many; choose fewer days, or check that it is the right file", maxTotal)
		}
	}
	b.sort()
	return b.out, nil
}

// sort puts all lists in order: what happens by time, remarks by line.
func (b *builder) sort() {
	o := b.out.Occurrences
	sort.SliceStable(o, func(i, j int) bool {
		x, y := &o[i], &o[j]
		switch {
		case x.Day != y.Day:
			return x.Day < y.Day
		case x.Whole != y.Whole:
			return x.Whole
		case !x.Start.Equal(y.Start):
			return x.Start.Before(y.Start)
		}
		return x.Key < y.Key
	})
	for _, list := range [][]Remark{b.out.Refused, b.out.Replaced, b.out.Outside, b.out.Passed, b.out.Odd} {
		sort.SliceStable(list, func(i, j int) bool { return list[i].Line < list[j].Line })
	}
}
