package ics

import (
	"reflect"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// meetings is a schema with a column of types.
var meetings = &dataset.Schema{Name: "meetings", Key: []string{"uid"}, Columns: []dataset.Column{
	{Name: "uid", Kind: dataset.Text},
	{Name: "type", Kind: dataset.Choice, Choices: []string{"gm", "agm", "ec", "all_member", "other"},
		Meanings: map[string][]string{"gm": {"general meeting"}, "agm": {"annual general meeting"}, "ec": {"executive committee"}}},
}}

func TestTypes(t *testing.T) {
	types := map[string]string{"GM": "gm", "Executive": "ec", "General Meeting": "gm", "Annual General Meeting": "agm", "Open Night": "gm", "Long Night": "ec"}
	for _, x := range []struct {
		title      string
		categories []string
		want       string
	}{
		{"GM", nil, "gm"}, {"CLP GM (hybrid)", nil, "gm"}, {"AGM", nil, "agm"}, {"EGM", nil, ""}, {"November executive", nil, "ec"},
		{"Annual General Meeting 2027", nil, "agm"}, {"general-meeting", nil, "gm"}, {"Executive Committee", nil, "ec"}, {"All member", nil, "all_member"},
		{"All member barbecue", nil, ""}, {"Quiz night", []string{"Executive"}, "ec"}, {"Quiz night", []string{"Red", "executive committee"}, "ec"},
		{"GM", []string{"Annual general meeting"}, "agm"}, {"Quiz night", []string{"Social"}, ""}, {"Open night, long night", nil, ""}, {"Programme", nil, ""}, {"", nil, ""},
	} {
		o := Occurrence{Title: x.title, Categories: x.categories}
		if got := newTyper(meetings, types).typeOf(&o); got != x.want {
			t.Errorf("%q %q is %q, want %q", x.title, x.categories, got, x.want)
		}
	}
	types["*"] = "other"
	for title, want := range map[string]string{"Quiz night": "other", "GM": "gm", "All member": "all_member", "Open night, long night": ""} {
		if got := newTyper(meetings, types).typeOf(&Occurrence{Title: title}); got != want {
			t.Errorf("%q is %q, want %q", title, got, want)
		}
	}
	if got := newTyper(&dataset.Schema{}, nil).typeOf(&Occurrence{Title: "GM"}); got != "" {
		t.Errorf("without a column of types it is %q", got)
	}
}

func TestTable(t *testing.T) {
	file := "BEGIN:VEVENT|UID:b|SUMMARY:Conference|DTSTART;VALUE=DATE:20260926|DTEND;VALUE=DATE:20260930|LOCATION:Hall|URL:https://example.org/c|END:VEVENT|" +
		"BEGIN:VEVENT|UID:a|SUMMARY:GM cancelled|STATUS:CONFIRMED|DTSTART;TZID=Europe/London:20260702T193000|DURATION:PT2H|RRULE:FREQ=MONTHLY;BYDAY=1TH;COUNT=2|END:VEVENT"
	l, err := Read(wrap(file), days(t, "2026-01-01", "2026-12-31"), london(t))
	if err != nil {
		t.Fatal(err)
	}
	rows := l.Table(meetings, map[string]string{"GM": "gm"})
	unsure := map[int]string{statusAt: "the title says that it is off, and the status does not; settle it in the calendar"}
	want := []Row{
		{3, []string{"b", "Conference", "", "2026-09-26", "", "", "2026-09-29", "Hall", "", "https://example.org/c", ""}, nil},
		{11, []string{"a/2026-07-02", "GM cancelled", "gm", "2026-07-02", "2026-07-02T18:30:00Z", "2026-07-02T20:30:00Z", "", "", "confirmed", "", "gm-2026-07-02"}, unsure},
		{11, []string{"a/2026-08-06", "GM cancelled", "gm", "2026-08-06", "2026-08-06T18:30:00Z", "2026-08-06T20:30:00Z", "", "", "confirmed", "", "gm-2026-08-06"}, unsure},
	}
	if !reflect.DeepEqual(rows, want) {
		t.Errorf("got\n%+v\nwant\n%+v", rows, want)
	}
	for _, r := range rows {
		if len(r.Cells) != len(Headings) || Headings[statusAt] != "status" {
			t.Fatalf("%d cells under %d headings", len(r.Cells), len(Headings))
		}
	}

	// Another export of the same calendar has the same digest; another hour has not.
	digest := func(file string) string {
		l, err := Read(wrap(file), days(t, "2026-01-01", "2026-12-31"), london(t))
		if err != nil {
			t.Fatal(err)
		}
		return l.Digest(l.Table(meetings, nil))
	}
	stamped := strings.ReplaceAll(file, "|END:VEVENT", "|DTSTAMP:20260101T000000Z|END:VEVENT")
	if digest(stamped) != digest(strings.ReplaceAll(stamped, "DTSTAMP:2026", "DTSTAMP:2027")) || digest(file) != digest(stamped) {
		t.Error("the moment of the export counts")
	}
	if digest(file) == digest(strings.Replace(file, "T193000", "T190000", 1)) {
		t.Error("the hour does not count")
	}
}
