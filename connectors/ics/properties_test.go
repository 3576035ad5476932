package ics

import (
	"bytes"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ical "github.com/emersion/go-ical"
	"github.com/teambition/rrule-go"
	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// drawRule draws a rule of the kinds that both implementations understand alike.
func drawRule(t *rapid.T) string {
	freq := rapid.SampledFrom([]string{"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}).Draw(t, "freq")
	parts := []string{"FREQ=" + freq}
	some := func(name, label string, least, most int) {
		n := rapid.SliceOfNDistinct(rapid.IntRange(least, most).Filter(func(n int) bool { return n != 0 }), 1, 3, rapid.ID[int]).Draw(t, label)
		parts = append(parts, name+"="+strings.Trim(strings.ReplaceAll(fmt.Sprint(n), " ", ","), "[]"))
	}
	maybe := func(label string) bool { return rapid.IntRange(0, 3).Draw(t, label) == 0 }
	by := false
	if maybe("interval") {
		parts = append(parts, fmt.Sprintf("INTERVAL=%d", rapid.IntRange(1, 5).Draw(t, "n")))
	}
	if maybe("months") {
		by = true
		some("BYMONTH", "month", 1, 12)
	}
	if freq != "WEEKLY" && maybe("days") {
		by = true
		some("BYMONTHDAY", "day", -31, 31)
	}
	weekdays := []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
	switch rapid.IntRange(0, 3).Draw(t, "weekdays") {
	case 0:
		by = true
		parts = append(parts, "BYDAY="+strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(weekdays), 1, 3, rapid.ID[string]).Draw(t, "weekday"), ","))
	case 1:
		if freq == "MONTHLY" || freq == "YEARLY" {
			by = true
			parts = append(parts, fmt.Sprintf("BYDAY=%d%s,%d%s", rapid.SampledFrom([]int{1, 2, 3, 4, 5, -1, -2}).Draw(t, "nth"), rapid.SampledFrom(weekdays).Draw(t, "a"), rapid.SampledFrom([]int{1, -1}).Draw(t, "nth2"), rapid.SampledFrom(weekdays).Draw(t, "b")))
		}
	case 2:
		if freq == "YEARLY" && !by {
			by = true
			n := rapid.IntRange(2, 51).Draw(t, "week") // at the turn of the year the two count differently
			parts = append(parts, fmt.Sprintf("BYWEEKNO=%d,-%d", n, rapid.IntRange(2, 51).Draw(t, "week back")))
			parts = append(parts, "BYDAY="+strings.Join(weekdays[:rapid.IntRange(1, 7).Draw(t, "to")], ","))
		}
	case 3:
		if freq == "YEARLY" && !by {
			by = true
			some("BYYEARDAY", "year day", -366, 366)
		}
	}
	if maybe("hours") {
		by = true
		some("BYHOUR", "hour", 1, 23)
	}
	// The other does not count the days of the first week before the start.
	if by && freq != "WEEKLY" && maybe("places") {
		some("BYSETPOS", "place", -4, 4)
	}
	if maybe("week start") {
		parts = append(parts, "WKST="+rapid.SampledFrom(weekdays).Draw(t, "wkst"))
	}
	switch rapid.IntRange(0, 2).Draw(t, "end") {
	case 0:
		parts = append(parts, fmt.Sprintf("COUNT=%d", rapid.IntRange(1, 40).Draw(t, "count")))
	case 1:
		parts = append(parts, "UNTIL=20280601T120000Z")
	}
	return strings.Join(parts, ";")
}

// TestRulesAgree compares rules with another implementation of them.
func TestRulesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawRule(t)
		start := civil{calendar.NewDate(2024, time.January, 1).AddDays(rapid.IntRange(0, 1500).Draw(t, "start")), 19*3600 + 1800}
		last := start.day.AddDays(2000)
		r, why := readRule(text)
		if why != "" {
			t.Fatalf("%s: %s", text, why)
		}
		if why := r.limit(time.UTC, time.UTC, false); why != "" {
			t.Fatal(why)
		}
		var got []time.Time
		work := maxWork
		if !r.each(start, false, last, &work, func(c civil) bool {
			at, _ := instant(c, time.UTC)
			got = append(got, at)
			return true
		}) {
			t.Fatalf("%s took too long", text)
		}
		opt, err := rrule.StrToROption(text)
		if err != nil {
			t.Fatal(err)
		}
		opt.Dtstart, _ = instant(start, time.UTC)
		if end, _ := instant(civil{last, 86399}, time.UTC); opt.Until.IsZero() || opt.Until.After(end) {
			opt.Until = end
		}
		other, err := rrule.NewRRule(*opt)
		if err != nil {
			t.Fatal(err)
		}
		if want := other.All(); !slices.EqualFunc(got, want, time.Time.Equal) {
			t.Fatalf("%s from %s:\n%v\nthe other says\n%v", text, opt.Dtstart, got, want)
		}
	})
}

// TestMovedOnce moves one occurrence of any series: it is there once, at its new
// time and under its old key, and all others are as they were.
func TestMovedOnce(t *testing.T) {
	clock := london(t)
	in := days(t, "2026-06-01", "2027-06-30")
	rapid.Check(t, func(t *rapid.T) {
		zone := rapid.SampledFrom([]string{"Europe/London", "GMT Standard Time", "America/New_York", "Asia/Kolkata"}).Draw(t, "zone")
		day := calendar.NewDate(2026, time.June, 1).AddDays(rapid.IntRange(1, 300).Draw(t, "day"))
		hour := rapid.IntRange(3, 23).Draw(t, "hour")
		stamp := func(d calendar.Date, h int) string {
			return fmt.Sprintf("%sT%02d0000", strings.ReplaceAll(d.String(), "-", ""), h)
		}
		series := fmt.Sprintf("BEGIN:VEVENT|UID:s|SUMMARY:S|DTSTART;TZID=%s:%s|DURATION:PT1H|RRULE:FREQ=WEEKLY;COUNT=8|END:VEVENT|", zone, stamp(day, hour))
		n, to := rapid.IntRange(0, 7).Draw(t, "which"), rapid.IntRange(-20, 20).Draw(t, "by")
		off := rapid.Bool().Draw(t, "off")
		change := fmt.Sprintf("BEGIN:VEVENT|UID:s|SUMMARY:S|SEQUENCE:1|RECURRENCE-ID;TZID=%s:%s|DTSTART;TZID=%s:%s|DURATION:PT1H|END:VEVENT|", zone, stamp(day.AddDays(7*n), hour), zone, stamp(day.AddDays(7*n+to), 12))
		if off {
			change = strings.Replace(change, "SEQUENCE:1", "STATUS:CANCELLED", 1)
		}
		both := []string{series, change}
		if rapid.Bool().Draw(t, "first") {
			slices.Reverse(both)
		}
		plain, err := Read(wrap(series), in, clock)
		if err != nil {
			t.Fatal(err)
		}
		moved, err := Read(wrap(strings.Join(both, "")), Window{in.From - 30, in.To + 30}, clock)
		if err != nil {
			t.Fatal(err)
		}
		account(t, moved)
		if len(moved.Occurrences) != 8 || len(moved.Odd) > 1 {
			t.Fatalf("%s", told(moved, clock))
		}
		key := plain.Occurrences[n].Key
		was := map[string]Occurrence{}
		for _, o := range plain.Occurrences {
			was[o.Key] = o
		}
		for _, o := range moved.Occurrences {
			if o.Key != key {
				if o.Line = was[o.Key].Line; !reflect.DeepEqual(o, was[o.Key]) {
					t.Fatalf("%s has changed: %+v, %+v", o.Key, o, was[o.Key])
				}
				continue
			}
			there := civilOf(o.Start, lookup(zone))
			if there != (civil{day.AddDays(7*n + to), 12 * 3600}) || (o.Status == "cancelled") != off || o.End.Sub(o.Start) != time.Hour {
				t.Fatalf("%+v", o)
			}
		}
	})
}

// TestWindowsAddUp: what happens in two neighbouring windows is what happens in
// both, under the same keys, and the zone of the machine is nothing to it.
func TestWindowsAddUp(t *testing.T) {
	clock := london(t)
	here := time.Local
	t.Cleanup(func() { time.Local = here })
	rapid.Check(t, func(t *rapid.T) {
		rule := drawRule(t)
		at := rapid.SampledFrom([]string{":20260401T193000Z", ";TZID=Europe/London:20260401T193000", ";TZID=W. Europe Standard Time:20260401T233000", ":20260401T100000", ";VALUE=DATE:20260401"}).Draw(t, "at")
		if strings.Contains(at, "DATE") {
			rule = strings.ReplaceAll(rule, "T120000Z", "")
		}
		file := wrap("DTSTART" + at + "|RRULE:" + rule)
		from := calendar.NewDate(2026, time.March, 1)
		mid := from.AddDays(rapid.IntRange(1, 500).Draw(t, "mid"))
		read := func(in Window, machine *time.Location) []Occurrence {
			time.Local = machine
			l, err := Read(file, in, clock)
			if err != nil || len(l.Refused) > 0 {
				t.Fatal(err, told(l, clock))
			}
			account(t, l)
			return l.Occurrences
		}
		whole := read(Window{from, from + 600}, time.UTC)
		parts := append(read(Window{from, mid}, load("Asia/Tokyo")), read(Window{mid + 1, from + 600}, load("America/Los_Angeles"))...)
		if len(whole)+len(parts) > 0 && !reflect.DeepEqual(whole, parts) {
			t.Fatalf("%s: %d occurrences, %d in parts", rule, len(whole), len(parts))
		}
	})
}

// TestReadsWhatOthersWrite reads texts that another program has escaped and
// folded.
func TestReadsWhatOthersWrite(t *testing.T) {
	clock := london(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("aé漢😀 ,;:\\\"nN=-#"))).Filter(func(s string) bool { return oneLine(s, " ") == s }).Draw(t, "title")
		at := time.Unix(rapid.Int64Range(1_700_000_000, 1_900_000_000).Draw(t, "at"), 0).UTC()
		e := ical.NewEvent()
		e.Props.SetText(ical.PropUID, "u@example.org")
		e.Props.SetText(ical.PropSummary, text)
		e.Props.SetDateTime(ical.PropDateTimeStamp, at)
		e.Props.SetDateTime(ical.PropDateTimeStart, at)
		c := ical.NewCalendar()
		c.Props.SetText(ical.PropVersion, "2.0")
		c.Props.SetText(ical.PropProductID, "-//example.org//EN")
		c.Children = append(c.Children, e.Component)
		var b bytes.Buffer
		if err := ical.NewEncoder(&b).Encode(c); err != nil {
			t.Fatal(err)
		}
		l, err := Read(b.Bytes(), Window{clock.Day(at), clock.Day(at)}, clock)
		if err != nil || len(l.Occurrences) != 1 || len(l.Odd) > 0 {
			t.Fatal(err, told(l, clock))
		}
		if o := l.Occurrences[0]; o.Title != text || !o.Start.Equal(at) {
			t.Fatalf("%q at %s, want %q at %s", o.Title, o.Start, text, at)
		}
	})
}

// bombs are files that are made to keep a program busy, and what is said.
func bombs() map[string]struct{ text, want string } {
	event := func(lines string) string {
		return "BEGIN:VEVENT|UID:a|SUMMARY:A|DTSTART:18000101T000000Z|" + lines + "|END:VEVENT|"
	}
	var many strings.Builder
	for i := range 300 {
		many.WriteString(strings.Replace(event("RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "UID:a", fmt.Sprint("UID:a", i), 1))
	}
	return map[string]struct{ text, want string }{
		"every second":           {event("RRULE:FREQ=SECONDLY"), "by the hour or more often"},
		"every minute":           {event("RRULE:FREQ=MINUTELY;INTERVAL=1;BYSECOND=0"), "by the hour or more often"},
		"every hour":             {event("RRULE:FREQ=HOURLY"), "by the hour or more often"},
		"every second of a day":  {event("RRULE:FREQ=DAILY;BYHOUR=1,2,3;BYMINUTE=1,2,3,4,5,6,7,8,9,10;BYSECOND=1,2,3,4"), "too often on one day"},
		"every day for ever":     {event("RRULE:FREQ=DAILY"), "more than 20000 times"},
		"a hundred million":      {event("RRULE:FREQ=DAILY;COUNT=100000000"), "more than 20000 times"},
		"more than is a number":  {event("RRULE:FREQ=DAILY;COUNT=99999999999999999999"), "not understood: COUNT=99999999999999999999"},
		"no step":                {event("RRULE:FREQ=DAILY;INTERVAL=0"), "not understood: INTERVAL=0"},
		"a day that never comes": {many.String(), "takes too long"},
		"a line without end":     {event("SUMMARY2:x|RDATE:" + strings.Repeat("20260101T000000Z,", 60_000) + "20260101T000000Z"), "is longer than any that can be right"},
		"many lines":             {event(strings.Repeat("EXDATE:20260101T000000Z|", 6000) + "RRULE:FREQ=YEARLY"), "more than 5000 lines"},
		"deep":                   {strings.Repeat("BEGIN:X|", 300_000) + event(""), "more than 10 other blocks"},
		"a zone that never ends": {"BEGIN:VTIMEZONE|TZID:Z1|BEGIN:STANDARD|DTSTART:19700101T000000|TZOFFSETFROM:+0000|TZOFFSETTO:+0000|RRULE:FREQ=DAILY|END:STANDARD|END:VTIMEZONE|BEGIN:VEVENT|UID:a|DTSTART;TZID=Z1:20260101T000000|END:VEVENT", "changes too often"},
	}
}

func TestBombs(t *testing.T) {
	for name, x := range bombs() {
		t.Run(name, func(t *testing.T) {
			l, err := Read(wrap(x.text), Window{calendar.NewDate(1800, 1, 1), calendar.NewDate(2999, 12, 31)}, london(t))
			if err != nil {
				t.Fatal(err)
			}
			account(t, l)
			for _, r := range l.Refused {
				if strings.Contains(r.Why, x.want) && r.Line > 0 {
					return
				}
			}
			t.Errorf("%d refused, %d outside, none of them because %s: %.300q", len(l.Refused), len(l.Outside), x.want, told(l, london(t)))
		})
	}
	var all strings.Builder
	for i := range maxEvents + 1 {
		fmt.Fprintf(&all, "BEGIN:VEVENT|UID:%d|END:VEVENT|", i)
	}
	if _, err := Read(wrap(all.String()), days(t, "2026-01-01", "2026-12-31"), london(t)); err == nil || !strings.Contains(err.Error(), "100000 events") {
		t.Error("too many events:", err)
	}
}

// FuzzRead reads any bytes: nothing panics, every event is accounted for, what
// is said is plain, and saying it again gives the same.
func FuzzRead(f *testing.F) {
	for name, x := range bombs() {
		if len(x.text) < 2000 {
			f.Add(wrap(x.text), name == "every second")
		}
	}
	f.Add(wrap(weekly+"BEGIN:VEVENT|UID:w@example.org|RECURRENCE-ID;RANGE=THISANDFUTURE:20261112T193000Z|DTSTART:20261113T193000Z|END:VEVENT"), false)
	f.Add(wrap(copenhagen+"BEGIN:VEVENT|UID:a|DTSTART;TZID=Our Zone:20261023T193000|RRULE:FREQ=DAILY;COUNT=4|EXDATE;VALUE=DATE:20261024|RDATE;VALUE=PERIOD:20261120T190000Z/PT3H|END:VEVENT"), true)
	f.Add(wrap("BEGIN:VEVENT|UID:a|DTSTART;VALUE=DATE:20261023|DURATION:P3650D|RRULE:FREQ=YEARLY;BYWEEKNO=1,-1;BYDAY=MO|STATUS:X|END:VEVENT|BEGIN:VTODO|END:VTODO|END:NOTHING"), false)
	f.Add(wrap(`DTSTART;TZID="(UTC+00:00) Dublin, Edinburgh, Lisbon, London":20261105T193000|DTEND:20261105|CATEGORIES:A\,B,C`), false)
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Z1\nBEGIN:STANDARD\nDTSTART:0\nBEGIN:VEVENT\nDTSTART;TZID=Z1:000000000"), false)
	clock := london(f)
	f.Fuzz(func(t *testing.T, data []byte, wide bool) {
		in := Window{calendar.NewDate(2026, 1, 1), calendar.NewDate(2027, 12, 31)}
		if wide {
			in = Window{calendar.NewDate(1800, 1, 1), calendar.NewDate(2999, 12, 31)}
		}
		l, err := Read(data, in, clock)
		if err != nil {
			if s := err.Error(); !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\x1b\u202e\r\n") {
				t.Fatalf("the error is not plain: %q", s)
			}
			return
		}
		account(t, l)
		for _, list := range [][]Remark{l.Refused, l.Replaced, l.Outside, l.Passed, l.Odd} {
			for _, r := range list {
				if r.Line < 1 || r.Why == "" || strings.ContainsAny(r.Why+r.Title, "\x00\x1b\u202e\r\n") {
					t.Fatalf("%+v", r)
				}
			}
		}
		for _, o := range l.Occurrences {
			if o.Last < in.From || o.Day > in.To || o.Whole != o.Start.IsZero() {
				t.Fatalf("%+v", o)
			}
		}
		again, err := Read(data, in, clock)
		if err != nil || !reflect.DeepEqual(l, again) {
			t.Fatalf("reading again gives something else (%v)", err)
		}
	})
}
