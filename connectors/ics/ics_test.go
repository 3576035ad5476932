package ics

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/clarion-clp/clarion/engine/calendar"
)

func london(tb testing.TB) calendar.Clock {
	tb.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		tb.Fatal(err)
	}
	return calendar.Clock{Zone: zone}
}

func days(tb testing.TB, from, to string) Window {
	tb.Helper()
	a, err := calendar.ParseDate(from)
	b, err2 := calendar.ParseDate(to)
	if err != nil || err2 != nil {
		tb.Fatal(err, err2)
	}
	return Window{a, b}
}

// wrap makes a calendar of lines that are joined by |. Lines that do not say
// otherwise are one event.
func wrap(text string) []byte {
	if !strings.Contains(text, "BEGIN:VEVENT") {
		text = "BEGIN:VEVENT|UID:a@example.org|SUMMARY:Meeting|" + text + "|END:VEVENT"
	}
	if !strings.Contains(text, "BEGIN:VCALENDAR") {
		text = "BEGIN:VCALENDAR|VERSION:2.0|" + text + "|END:VCALENDAR"
	}
	return []byte(strings.ReplaceAll(text, "|", "\r\n") + "\r\n")
}

// told writes a listing as a table does: one occurrence a line, then remarks.
func told(l Listing, clock calendar.Clock) string {
	var out []string
	at := func(t time.Time) string {
		if t.IsZero() {
			return "?"
		}
		return t.In(clock.Zone).Format("2006-01-02 15:04")
	}
	for _, o := range l.Occurrences {
		when := at(o.Start) + " - " + at(o.End)
		if o.Whole {
			when = o.Day.String() + " to " + o.Last.String()
		}
		more := ""
		if o.Status != "" {
			more += " " + o.Status
		}
		if o.Doubt != "" {
			more += " doubtful"
		}
		if o.Moved {
			more += " moved"
		}
		out = append(out, fmt.Sprintf("%s %s [%s]%s", when, o.Title, o.Key, more))
	}
	for _, list := range []struct {
		name string
		of   []Remark
	}{{"refused", l.Refused}, {"replaced", l.Replaced}, {"outside", l.Outside}, {"passed", l.Passed}, {"odd", l.Odd}} {
		for _, r := range list.of {
			out = append(out, fmt.Sprintf("%s %d: %s", list.name, r.Line, r.Why))
		}
	}
	return strings.Join(out, "\n")
}

// account fails unless every event of the file is accounted for, once.
func account(t interface{ Fatalf(string, ...any) }, l Listing) {
	seen := map[int]string{}
	for _, list := range []struct {
		name string
		of   []Remark
	}{{"refused", l.Refused}, {"replaced", l.Replaced}, {"outside", l.Outside}} {
		for _, r := range list.of {
			if was := seen[r.Line]; was != "" || r.Why == "" {
				t.Fatalf("the event of line %d is %s and %s (%q)", r.Line, was, list.name, r.Why)
			}
			seen[r.Line] = list.name
		}
	}
	keys := map[string]bool{}
	for _, o := range l.Occurrences {
		if was := seen[o.Line]; was != "" && was != "shown" {
			t.Fatalf("the event of line %d is shown and %s", o.Line, was)
		}
		if seen[o.Line] = "shown"; keys[o.Key] && !strings.Contains(o.UID, "/") {
			t.Fatalf("two occurrences have the key %q", o.Key)
		}
		if keys[o.Key] = true; o.Last < o.Day && o.Last.Valid() {
			t.Fatalf("%q ends on %s and begins on %s", o.Key, o.Last, o.Day)
		}
	}
	if len(seen) != l.Events {
		t.Fatalf("%d events, %d accounted for", l.Events, len(seen))
	}
}

// check lays out a calendar and compares what is told of it.
func check(t *testing.T, text, from, to string, want ...string) {
	t.Helper()
	clock := london(t)
	l, err := Read(wrap(text), days(t, from, to), clock)
	if err != nil {
		t.Fatal(err)
	}
	account(t, l)
	if got := told(l, clock); got != strings.Join(want, "\n") {
		t.Errorf("%s\n\ngot:\n%s\n\nwant:\n%s", strings.ReplaceAll(text, "|", "\n"), got, strings.Join(want, "\n"))
	}
}

func TestSingleEvents(t *testing.T) {
	const a = " Meeting [a@example.org]"
	for name, x := range map[string]struct{ text, want string }{
		"UTC in winter":           {"DTSTART:20261105T193000Z|DTEND:20261105T210000Z", "2026-11-05 19:30 - 2026-11-05 21:00" + a},
		"UTC in summer":           {"DTSTART:20260705T193000Z|DTEND:20260705T210000Z", "2026-07-05 20:30 - 2026-07-05 22:00" + a},
		"the first hour of a day": {"DTSTART:20270630T231000Z", "2027-07-01 00:10 - ?" + a},
		"a zone by IANA name":     {"DTSTART;TZID=Europe/Paris:20261105T193000|DURATION:PT1H30M", "2026-11-05 18:30 - 2026-11-05 20:00" + a},
		"a zone by Windows name":  {"DTSTART;TZID=GMT Standard Time:20260705T193000|DURATION:PT90M", "2026-07-05 19:30 - 2026-07-05 21:00" + a},
		"quoted, as Outlook does": {`DTSTART;TZID="W. Europe Standard Time":20260705T193000|DTEND;TZID="W. Europe Standard Time":20260705T200000`, "2026-07-05 18:30 - 2026-07-05 19:00" + a},
		"by its cities":           {`DTSTART;TZID="(UTC+00:00) Dublin, Edinburgh, Lisbon, London":20260705T193000`, "2026-07-05 19:30 - ?" + a},
		"by its cities, older":    {`DTSTART;TZID="(GMT) Greenwich Mean Time : Dublin, Edinburgh, Lisbon, London":20260705T193000`, "2026-07-05 19:30 - ?" + a},
		"with a prefix":           {"DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Europe/London:20260705T193000", "2026-07-05 19:30 - ?" + a},
		"floating":                {"DTSTART:20260705T193000|DTEND:20260705T210000", "2026-07-05 19:30 - 2026-07-05 21:00" + a},
		"one whole day":           {"DTSTART;VALUE=DATE:20260705|DTEND;VALUE=DATE:20260706", "2026-07-05 to 2026-07-05" + a},
		"whole days":              {"DTSTART;VALUE=DATE:20260926|DTEND;VALUE=DATE:20260930", "2026-09-26 to 2026-09-29" + a},
		"a whole day without end": {"DTSTART;VALUE=DATE:20260705", "2026-07-05 to 2026-07-05" + a},
		"an end that is its day":  {"DTSTART;VALUE=DATE:20260705|DTEND;VALUE=DATE:20260705", "2026-07-05 to 2026-07-05" + a},
		"whole days by length":    {"DTSTART;VALUE=DATE:20260705|DURATION:P1W", "2026-07-05 to 2026-07-11" + a},
		"without VALUE=DATE":      {"DTSTART:20260705|DTEND:20260707", "2026-07-05 to 2026-07-06" + a},
		"a day over the change":   {"DTSTART;TZID=Europe/London:20261024T190000|DURATION:P1D", "2026-10-24 19:00 - 2026-10-25 19:00" + a},
		"24 hours over it":        {"DTSTART;TZID=Europe/London:20261024T190000|DURATION:PT24H", "2026-10-24 19:00 - 2026-10-25 18:00" + a},
		"cancelled":               {"DTSTART:20261105T193000Z|STATUS:CANCELLED", "2026-11-05 19:30 - ?" + a + " cancelled"},
		"tentative":               {"DTSTART:20261105T193000Z|STATUS:TENTATIVE", "2026-11-05 19:30 - ?" + a + " tentative"},
		"small letters":           {"dtstart;tzid=Europe/London:20261105t193000|status:confirmed", "2026-11-05 19:30 - ?" + a + " confirmed"},
		"an hour that is not":     {"DTSTART;TZID=Europe/London:20260329T013000", "2026-03-29 02:00 - ?" + a + "\nodd 3: no clock shows 01:30 on 29 March 2026, when the clocks change; the next time that exists was taken"},
		"an hour that is twice":   {"DTSTART;TZID=Europe/London:20261025T013000|DTEND;TZID=Europe/London:20261025T023000", "2026-10-25 01:30 - 2026-10-25 02:30" + a},
		"an end before it":        {"DTSTART:20261105T193000Z|DTEND:20261105T183000Z", "2026-11-05 19:30 - ?" + a + "\nodd 3: it ends before it begins; its end was left blank"},
		"a day with a Z":          {"DTSTART:20261105Z", "2026-11-05 to 2026-11-05" + a + "\nodd 3: the day 20261105 is written with a Z, as only times are; it was read as that day"},
		"a zone and a Z":          {"DTSTART;TZID=Europe/London:20260705T193000Z", "2026-07-05 20:30 - ?" + a + "\nodd 3: the time 20260705T193000Z has both a zone and the Z of UTC; it was read as UTC"},

		"no start":                 {"DTEND:20261105T193000Z", "refused 3: it has no start"},
		"no such day":              {"DTSTART:20260230T193000Z", "refused 3: its start cannot be used: 20260230T193000Z cannot be read as a date or time: there is no such day"},
		"no such hour":             {"DTSTART:20261105T250000Z", "refused 3: its start cannot be used: 20261105T250000Z cannot be read as a date or time"},
		"a zone that nobody knows": {"DTSTART;TZID=Customised 1:20261105T193000", `refused 3: its start cannot be used: the time zone "Customised 1" is not known, and the file does not say what it is`},
		"the machine's own zone":   {"DTSTART;TZID=Local:20261105T193000", `refused 3: its start cannot be used: the time zone "Local" is not known, and the file does not say what it is`},
		"two starts":               {"DTSTART:20261105T193000Z|DTSTART:20261106T193000Z", "refused 3: it has two of DTSTART, and nobody can tell which is right"},
		"a start without colon":    {"DTSTART 20261105T193000Z|DTSTART:20261105T193000Z", "refused 3: line 6 of the file, DTSTART 20261105T193000Z, cannot be read"},
		"a length that is none":    {"DTSTART:20261105T193000Z|DURATION:2 hours", "refused 3: how long it lasts cannot be used: 2 hours cannot be read as a length of time"},
	} {
		t.Run(name, func(t *testing.T) { check(t, x.text, "2026-01-01", "2027-12-31", x.want) })
	}
}

func TestSeries(t *testing.T) {
	line := func(when, day string) string { return when + " Meeting [a@example.org/" + day + "]" }
	for name, x := range map[string]struct {
		text, from, to string
		want           []string
	}{
		"weekly over both changes": {"DTSTART;TZID=Europe/London:20261015T193000|DTEND;TZID=Europe/London:20261015T210000|RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=3", "2026-10-01", "2026-12-01", []string{
			line("2026-10-15 19:30 - 2026-10-15 21:00", "2026-10-15"), line("2026-10-22 19:30 - 2026-10-22 21:00", "2026-10-22"), line("2026-10-29 19:30 - 2026-10-29 21:00", "2026-10-29")}},
		"spring": {"DTSTART;TZID=Europe/London:20270321T100000|RRULE:FREQ=WEEKLY;UNTIL=20270404T090000Z", "2027-03-01", "2027-05-01", []string{
			line("2027-03-21 10:00 - ?", "2027-03-21"), line("2027-03-28 10:00 - ?", "2027-03-28"), line("2027-04-04 10:00 - ?", "2027-04-04")}},
		"written in UTC": {"DTSTART:20261022T183000Z|RRULE:FREQ=WEEKLY;COUNT=2", "2026-10-01", "2026-12-01", []string{
			line("2026-10-22 19:30 - ?", "2026-10-22"), line("2026-10-29 18:30 - ?", "2026-10-29"),
			"odd 3: it repeats at an hour of UTC, so that here it moves by an hour when the clocks change; give it the time zone of the constituency"}},
		"the second Thursday": {"DTSTART;TZID=GMT Standard Time:20260910T193000|RRULE:FREQ=MONTHLY;BYDAY=2TH", "2026-11-01", "2027-01-31", []string{
			line("2026-11-12 19:30 - ?", "2026-11-12"), line("2026-12-10 19:30 - ?", "2026-12-10"), line("2027-01-14 19:30 - ?", "2027-01-14")}},
		"the last weekday": {"DTSTART;TZID=Europe/London:20261030T190000|RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=3", "2026-10-01", "2027-12-31", []string{
			line("2026-10-30 19:00 - ?", "2026-10-30"), line("2026-11-30 19:00 - ?", "2026-11-30"), line("2026-12-31 19:00 - ?", "2026-12-31")}},
		"the 31st": {"DTSTART;VALUE=DATE:20261031|RRULE:FREQ=MONTHLY;COUNT=3", "2026-10-01", "2027-12-31", []string{
			line("2026-10-31 to 2026-10-31", "2026-10-31"), line("2026-12-31 to 2026-12-31", "2026-12-31"), line("2027-01-31 to 2027-01-31", "2027-01-31")}},
		"a leap day": {"DTSTART;VALUE=DATE:20240229|RRULE:FREQ=YEARLY", "2024-01-01", "2033-01-01", []string{
			line("2024-02-29 to 2024-02-29", "2024-02-29"), line("2028-02-29 to 2028-02-29", "2028-02-29"), line("2032-02-29 to 2032-02-29", "2032-02-29")}},
		"until a day, that day too": {"DTSTART;TZID=Europe/London:20261105T193000|RRULE:FREQ=DAILY;UNTIL=20261106", "2026-11-01", "2026-12-01", []string{
			line("2026-11-05 19:30 - ?", "2026-11-05"), line("2026-11-06 19:30 - ?", "2026-11-06")}},
		"days left out, in three dresses": {"DTSTART;TZID=Europe/London:20261105T193000|RRULE:FREQ=WEEKLY;COUNT=5|EXDATE;TZID=Europe/London:20261112T193000|EXDATE:20261119T193000Z|EXDATE;VALUE=DATE:20261126", "2026-11-01", "2027-12-31", []string{
			line("2026-11-05 19:30 - ?", "2026-11-05"), line("2026-12-03 19:30 - ?", "2026-12-03")}},
		"left out at the wrong hour": {"DTSTART;TZID=Europe/London:20261105T193000|RRULE:FREQ=WEEKLY;COUNT=2|EXDATE;TZID=Europe/London:20261112T190000", "2026-11-01", "2027-12-31", []string{
			line("2026-11-05 19:30 - ?", "2026-11-05"), line("2026-11-12 19:30 - ?", "2026-11-12"), "odd 3: it leaves out 12 November 2026, on which it would not be anyway"}},
		"all left out": {"DTSTART:20261105T193000Z|RRULE:FREQ=WEEKLY;COUNT=1|EXDATE:20261105T193000Z", "2026-11-01", "2027-12-31", []string{"outside 3: it leaves out all of its days"}},
		"days added": {"DTSTART;TZID=Europe/London:20261105T193000|DURATION:PT1H|RDATE;TZID=Europe/London:20261117T193000,20261118T180000|RDATE;VALUE=PERIOD:20261120T190000Z/PT3H,20261121T190000Z/20261121T193000Z", "2026-11-01", "2027-12-31", []string{
			line("2026-11-05 19:30 - 2026-11-05 20:30", "2026-11-05"), line("2026-11-17 19:30 - 2026-11-17 20:30", "2026-11-17"), line("2026-11-18 18:00 - 2026-11-18 19:00", "2026-11-18"),
			line("2026-11-20 19:00 - 2026-11-20 22:00", "2026-11-20"), line("2026-11-21 19:00 - 2026-11-21 19:30", "2026-11-21")}},
		"an old rule of exceptions": {"DTSTART;TZID=Europe/London:20261105T193000|RRULE:FREQ=WEEKLY;COUNT=4|EXRULE:FREQ=WEEKLY;INTERVAL=2", "2026-11-01", "2027-12-31", []string{
			line("2026-11-12 19:30 - ?", "2026-11-12"), line("2026-11-26 19:30 - ?", "2026-11-26")}},
		"twice a day": {"DTSTART;TZID=Europe/London:20261105T100000|RRULE:FREQ=DAILY;BYHOUR=10,19;COUNT=3", "2026-11-01", "2027-12-31", []string{
			line("2026-11-05 10:00 - ?", "2026-11-05"), line("2026-11-05 19:00 - ?", "2026-11-05T19:00"), line("2026-11-06 10:00 - ?", "2026-11-06")}},
		"a start outside of its rule": {"DTSTART;TZID=Europe/London:20261103T193000|RRULE:FREQ=WEEKLY;BYDAY=TH;COUNT=2", "2026-11-01", "2027-12-31", []string{
			line("2026-11-03 19:30 - ?", "2026-11-03"), line("2026-11-05 19:30 - ?", "2026-11-05"), line("2026-11-12 19:30 - ?", "2026-11-12"),
			"odd 3: it begins on 3 November 2026, which is not a day of its rule; that day was taken, too"}},
		"days that the window cuts":      {"DTSTART;VALUE=DATE:20261030|DTEND;VALUE=DATE:20261102|RRULE:FREQ=YEARLY", "2026-11-01", "2026-12-01", []string{line("2026-10-30 to 2026-11-01", "2026-10-30")}},
		"a night here, an evening there": {"DTSTART;TZID=America/New_York:20261105T200000|RRULE:FREQ=WEEKLY;COUNT=2", "2026-11-06", "2026-11-12", []string{line("2026-11-06 01:00 - ?", "2026-11-06")}},
		"an hour that is not": {"DTSTART;TZID=Europe/London:20270321T013000|RRULE:FREQ=WEEKLY;COUNT=2", "2027-03-22", "2027-04-30", []string{line("2027-03-28 02:00 - ?", "2027-03-28"),
			"odd 3: no clock shows 01:30 on 28 March 2027, when the clocks change; the next time that exists was taken"}},
	} {
		t.Run(name, func(t *testing.T) { check(t, x.text, x.from, x.to, x.want...) })
	}
}

// weekly is a series on Thursdays at 19:30 with room for changes of it.
const weekly = "BEGIN:VEVENT|UID:w@example.org|SEQUENCE:1|SUMMARY:Executive|LOCATION:Town Hall|STATUS:CONFIRMED|DTSTART;TZID=Europe/London:20261105T193000|DTEND;TZID=Europe/London:20261105T210000|RRULE:FREQ=WEEKLY;COUNT=4|END:VEVENT|"

func TestChanges(t *testing.T) {
	line := func(when, day, more string) string { return when + " Executive [w@example.org/" + day + "]" + more }
	first := line("2026-11-05 19:30 - 2026-11-05 21:00", "2026-11-05", " confirmed")
	second := line("2026-11-12 19:30 - 2026-11-12 21:00", "2026-11-12", " confirmed")
	third := line("2026-11-19 19:30 - 2026-11-19 21:00", "2026-11-19", " confirmed")
	last := line("2026-11-26 19:30 - 2026-11-26 21:00", "2026-11-26", " confirmed")
	change := func(lines string) string { return weekly + "BEGIN:VEVENT|UID:w@example.org|" + lines + "|END:VEVENT" }
	for name, x := range map[string]struct {
		text string
		want []string
	}{
		"moved to another day": {change("RECURRENCE-ID;TZID=Europe/London:20261112T193000|DTSTART;TZID=Europe/London:20261117T200000|DTEND;TZID=Europe/London:20261117T210000"), []string{
			first, line("2026-11-17 20:00 - 2026-11-17 21:00", "2026-11-12", " confirmed moved"), third, last}},
		"the change named in UTC, and first in the file": {"BEGIN:VEVENT|UID:w@example.org|RECURRENCE-ID:20261112T193000Z|DTSTART:20261112T200000Z|END:VEVENT|" + weekly, []string{
			first, line("2026-11-12 20:00 - ?", "2026-11-12", " confirmed moved"), third, last}},
		"called off": {change("RECURRENCE-ID;TZID=Europe/London:20261112T193000|DTSTART;TZID=Europe/London:20261112T193000|DTEND;TZID=Europe/London:20261112T210000|STATUS:CANCELLED"), []string{
			first, line("2026-11-12 19:30 - 2026-11-12 21:00", "2026-11-12", " cancelled"), third, last}},
		"named by its day": {change("RECURRENCE-ID;VALUE=DATE:20261112|DTSTART;TZID=Europe/London:20261113T193000"), []string{
			first, line("2026-11-13 19:30 - ?", "2026-11-12", " confirmed moved"), third, last}},
		"moved out of the window": {change("RECURRENCE-ID;TZID=Europe/London:20261112T193000|DTSTART;TZID=Europe/London:20280101T193000"), []string{
			first, third, last, "outside 13: it does not happen in these days"}},
		"changed twice, the newer counts": {change("RECURRENCE-ID:20261112T193000Z|SEQUENCE:2|DTSTART:20261113T193000Z|END:VEVENT|BEGIN:VEVENT|UID:w@example.org|RECURRENCE-ID:20261112T193000Z|SEQUENCE:3|DTSTART:20261114T193000Z"), []string{
			first, line("2026-11-14 19:30 - ?", "2026-11-12", " confirmed moved"), third, last, "replaced 13: the file has a newer version of it in line 19"}},
		"this and all that follow": {change("RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/London:20261119T193000|STATUS:CONFIRMED|DTSTART;TZID=Europe/London:20261120T190000|DTEND;TZID=Europe/London:20261120T200000"), []string{
			first, second, line("2026-11-20 19:00 - 2026-11-20 20:00", "2026-11-19", " confirmed moved"), line("2026-11-27 19:00 - 2026-11-27 20:00", "2026-11-26", " confirmed moved")}},
		"this and all that went before": {change("RECURRENCE-ID;RANGE=THISANDPRIOR;TZID=Europe/London:20261119T193000|DTSTART;TZID=Europe/London:20261120T190000"), []string{
			first, second, last, "refused 13: it changes THISANDPRIOR of a series, which is not understood; the occurrence that it changes is left out"}},
		"a day that the series has not": {change("RECURRENCE-ID;TZID=Europe/London:20261113T193000|DTSTART;TZID=Europe/London:20261114T193000"), []string{
			first, second, line("2026-11-14 19:30 - ?", "2026-11-13", " confirmed moved"), third, last,
			"odd 13: it changes the occurrence of 13 November 2026, which its series does not have; it was taken by itself"}},
		"a change that cannot be read": {change("RECURRENCE-ID;TZID=Europe/London:20261112T193000|DTSTART;TZID=Nowhere:20261114T193000"), []string{
			first, third, last, `refused 13: its start cannot be used: the time zone "Nowhere" is not known, and the file does not say what it is; the occurrence that it changes is left out`}},
		"a change of nobody knows which": {change("RECURRENCE-ID;TZID=Nowhere:20261112T193000|DTSTART:20261114T193000Z"), []string{
			"refused 3: the event in line 13 changes one of its occurrences, and it cannot be told which",
			`refused 13: its RECURRENCE-ID cannot be used: the time zone "Nowhere" is not known, and the file does not say what it is`}},
		"a change without its series": {"BEGIN:VEVENT|UID:w@example.org|SUMMARY:Executive|RECURRENCE-ID:20261112T193000Z|DTSTART:20261113T193000Z|END:VEVENT", []string{
			line("2026-11-13 19:30 - ?", "2026-11-12", " moved")}},
		"an older copy of the series": {"BEGIN:VEVENT|UID:w@example.org|SUMMARY:Old|DTSTART:20261101T193000Z|END:VEVENT|" + weekly, []string{first, second, third, last, "replaced 3: the file has a newer version of it in line 8"}},
		"the same event twice":        {weekly + weekly, []string{first, second, third, last, "replaced 13: the file has a newer version of it in line 3"}},
		"one UID for two events": {"BEGIN:VEVENT|UID:x@example.org|SUMMARY:A|DTSTART:20261101T193000Z|END:VEVENT|BEGIN:VEVENT|UID:x@example.org|SUMMARY:B|DTSTART:20261102T193000Z|END:VEVENT", []string{
			"refused 3: the file has 2 different events of the same UID, in lines 3, 8, and nobody can tell which is right", "refused 8: the file has 2 different events of the same UID, in lines 3, 8, and nobody can tell which is right"}},
		"called off by a later calendar": {"BEGIN:VCALENDAR|BEGIN:VEVENT|UID:x@example.org|SUMMARY:A|DTSTART:20261101T193000Z|END:VEVENT|END:VCALENDAR|BEGIN:VCALENDAR|METHOD:CANCEL|BEGIN:VEVENT|UID:x@example.org|SUMMARY:A|DTSTART:20261101T193000Z|END:VEVENT|END:VCALENDAR", []string{
			"2026-11-01 19:30 - ? A [x@example.org] cancelled", "replaced 2: the file has a newer version of it in line 10"}},
		"the title says so, the status not": {"BEGIN:VEVENT|UID:x@example.org|STATUS:CONFIRMED|SUMMARY:CANCELLED - General Meeting|DTSTART:20261101T193000Z|END:VEVENT", []string{
			"2026-11-01 19:30 - ? CANCELLED - General Meeting [x@example.org] confirmed doubtful", "odd 3: the title says that it is off, and the status does not; settle it in the calendar"}},
	} {
		t.Run(name, func(t *testing.T) { check(t, x.text, "2026-10-01", "2027-12-31", x.want...) })
	}
}

// TestMovedIntoTheWindow: where an occurrence was to be does not count, only
// where it is.
func TestMovedIntoTheWindow(t *testing.T) {
	check(t, weekly+"BEGIN:VEVENT|UID:w@example.org|SUMMARY:Executive|RECURRENCE-ID:20261126T193000Z|DTSTART:20261030T193000Z|END:VEVENT", "2026-10-25", "2026-10-31",
		"2026-10-30 19:30 - ? Executive [w@example.org/2026-11-26] confirmed moved", "outside 3: it does not happen in these days")
}

const copenhagen = "BEGIN:VTIMEZONE|TZID:Our Zone|BEGIN:STANDARD|DTSTART:16011028T030000|RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10|TZOFFSETFROM:+0200|TZOFFSETTO:+0100|END:STANDARD|" +
	"BEGIN:DAYLIGHT|DTSTART:16010325T020000|RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3|TZOFFSETFROM:+0100|TZOFFSETTO:+0200|END:DAYLIGHT|END:VTIMEZONE|"

func TestZonesOfTheFile(t *testing.T) {
	event := "BEGIN:VEVENT|UID:a@example.org|SUMMARY:Meeting|DTSTART;TZID=Our Zone:20261023T193000|RRULE:FREQ=DAILY;COUNT=4|END:VEVENT"
	odd := `the time zone "Our Zone" is not known by name; the rules that the file gives for it were used`
	check(t, copenhagen+event, "2026-10-01", "2026-12-01",
		"2026-10-23 18:30 - ? Meeting [a@example.org/2026-10-23]", "2026-10-24 18:30 - ? Meeting [a@example.org/2026-10-24]",
		"2026-10-25 18:30 - ? Meeting [a@example.org/2026-10-25]", "2026-10-26 18:30 - ? Meeting [a@example.org/2026-10-26]", "odd 18: "+odd)
	check(t, "BEGIN:VTIMEZONE|TZID:Our Zone|BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETFROM:+0530|TZOFFSETTO:+0530|END:STANDARD|END:VTIMEZONE|"+event, "2026-10-23", "2026-10-23",
		"2026-10-23 15:00 - ? Meeting [a@example.org/2026-10-23]", "odd 11: "+odd)
	check(t, "BEGIN:VTIMEZONE|TZID:Our Zone|X-LIC-LOCATION:Europe/London|END:VTIMEZONE|"+event, "2026-10-23", "2026-10-23", "2026-10-23 19:30 - ? Meeting [a@example.org/2026-10-23]")
	check(t, "BEGIN:VTIMEZONE|TZID:Our Zone|BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETFROM:+0530|TZOFFSETTO:soon|END:STANDARD|END:VTIMEZONE|"+event, "2026-10-23", "2026-10-23",
		`refused 11: its start cannot be used: the time zone "Our Zone" is not known, and what the file says of it cannot be used: soon is no offset from UTC`)

	// The file's own rules give what the database gives, hour by hour.
	zone, clock := mustLoad(t, "Europe/Copenhagen"), london(t)
	for day := calendar.NewDate(2026, 3, 20); day < calendar.NewDate(2026, 11, 10); day += 12 {
		for hour := 0; hour < 24; hour += 5 {
			text := fmt.Sprintf("%s%sT%02d3000", "DTSTART;TZID=Our Zone:", strings.ReplaceAll(day.String(), "-", ""), hour)
			l, err := Read(wrap(copenhagen+"BEGIN:VEVENT|UID:a|"+text+"|END:VEVENT"), Window{day - 2, day + 2}, clock)
			if err != nil || len(l.Occurrences) != 1 {
				t.Fatal(err, told(l, clock))
			}
			if want, _ := instant(civil{day, hour*3600 + 1800}, zone); !l.Occurrences[0].Start.Equal(want) {
				t.Fatalf("%s is %s, want %s", text, l.Occurrences[0].Start, want)
			}
		}
	}
}

func mustLoad(t *testing.T, name string) *time.Location {
	t.Helper()
	zone := load(name)
	if zone == nil {
		t.Fatalf("there is no zone %s", name)
	}
	return zone
}

func TestWindowsZones(t *testing.T) {
	if len(windows()) < 140 {
		t.Fatalf("only %d names", len(windows()))
	}
	for name, iana := range windows() {
		if load(iana) == nil {
			t.Errorf("%s: there is no zone %s", name, iana)
		}
	}
	if windows()["gmt standard time"] != "Europe/London" {
		t.Error("London has moved")
	}
}

func TestDresses(t *testing.T) {
	for name, x := range map[string]struct {
		text string
		want []string
	}{
		"folded within a letter": {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\n @example.org\nSUMMARY:Caf\xc3\n \xa9\n\t night\\, upstairs\\; really\\nnow\nDTSTART:20261105T193000Z\nEND:VEVENT\nEND:VCALENDAR",
			[]string{"2026-11-05 19:30 - ? Café night, upstairs; really now [a@example.org]"}},
		"Windows-1252": {"BEGIN:VCALENDAR\rBEGIN:VEVENT\rUID:a\rSUMMARY:Caf\xe9 \x96 night\rDTSTART:20261105T193000Z\rEND:VEVENT\rEND:VCALENDAR\r", []string{"2026-11-05 19:30 - ? Café – night [a]"}},
		"Outlook's extras": {"\xef\xbb\xbfBEGIN:VCALENDAR\nMETHOD:PUBLISH\nX-WR-RELCALID:{0}\nBEGIN:VEVENT\nUID:a\nSUMMARY;LANGUAGE=en-gb:GM\nDTSTART;TZID=GMT Standard Time:20261105T193000\nDESCRIPTION:Come\\n\nX-ALT-DESC;FMTTYPE=text/html:<html>\\n<p>Come: all</p>\nBEGIN:VALARM\nTRIGGER:-PT15M\nDESCRIPTION:Reminder\nEND:VALARM\nEND:VEVENT\nEND:VCALENDAR",
			[]string{"2026-11-05 19:30 - ? GM [a]"}},
		"several calendars, tasks and a stray line": {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nSUMMARY:A\nDTSTART:20261105T193000Z\nDESCRIPTION:broken\nhere it goes on\nEND:VEVENT\nEND:VCALENDAR\nBEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nEND:VTODO\nBEGIN:VEVENT\nUID:b\nSUMMARY:B\nDTSTART:20261106T193000Z\nEND:VEVENT\nEND:VCALENDAR",
			[]string{"2026-11-05 19:30 - ? A [a]", "2026-11-06 19:30 - ? B [b]", "passed 11: a task, not an event", "odd 2: line 7 of the file cannot be read; perhaps a text was broken there"}},
		"cut off": {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20261105T193000Z\nEND:VEVENT\nBEGIN:VEVENT\nUID:b\nSUMMARY:B\nDTSTART:2026",
			[]string{"2026-11-05 19:30 - ?  [a]", "refused 6: it begins here and the file ends before it does, so the file may be cut off; download it again", "odd 1: the calendar that begins here never ends, so the file may be cut off"}},
		"an end that is missing": {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nUID:a\nDTSTART:20261105T193000Z\nBEGIN:VEVENT\nUID:b\nDTSTART:20261105T193000Z\nEND:VEVENT\nEND:VCALENDAR",
			[]string{"2026-11-05 19:30 - ?  [b]", "refused 2: it begins here and never ends: its END line is missing"}},
		"no UID": {"BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261105T193000Z\nEND:VEVENT\nEND:VCALENDAR", []string{"refused 2: it has no UID, and without it nobody can tell which event it is"}},
	} {
		t.Run(name, func(t *testing.T) {
			clock := london(t)
			l, err := Read([]byte(x.text), days(t, "2026-01-01", "2026-12-31"), clock)
			if err != nil {
				t.Fatal(err)
			}
			account(t, l)
			if got := told(l, clock); got != strings.Join(x.want, "\n") {
				t.Errorf("got:\n%s\nwant:\n%s", got, strings.Join(x.want, "\n"))
			}
		})
	}
	for text, want := range map[string]string{
		"": "empty", "<!DOCTYPE html><html>": "web page", "PK\x03\x04": "ZIP", "\xff\xfeB\x00": "UTF-16", "Date,Title\n": "not a calendar", "BEGIN:VCARD\nEND:VCARD\n": "not a calendar",
	} {
		if _, err := Read([]byte(text), days(t, "2026-01-01", "2026-12-31"), london(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	if _, err := Read(wrap("DTSTART:20261105T193000Z"), days(t, "2026-12-31", "2026-01-01"), london(t)); err == nil {
		t.Error("a window that ends before it begins is no error")
	}
}

func TestWhatAnEventSays(t *testing.T) {
	l, err := Read(wrap(`DTSTART:20261105T193000Z|LOCATION:Town Hall\nHigh Street\, Overton|CATEGORIES:Meetings,Executive\, full|CATEGORIES:Red|X-GOOGLE-CONFERENCE:https://meet.example.com/abc`), days(t, "2026-11-01", "2026-12-31"), london(t))
	if err != nil {
		t.Fatal(err)
	}
	o := l.Occurrences[0]
	if o.Venue != "Town Hall, High Street, Overton" || o.URL != "https://meet.example.com/abc" || !reflect.DeepEqual(o.Categories, []string{"Meetings", "Executive, full", "Red"}) {
		t.Errorf("%+v", o)
	}
}
