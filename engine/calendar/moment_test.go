package calendar_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"pgregory.net/rapid"
)

func TestMoments(t *testing.T) {
	for in, want := range map[string]calendar.MomentText{
		"opening":                         {Anchor: "opening", At: -1},
		"5 days after opening":            {HasOffset: true, Offset: "5 days", Anchor: "opening", AnchorAt: 13, At: -1},
		"settings.check_in after opening": {HasOffset: true, Offset: "settings.check_in", Anchor: "opening", AnchorAt: 24, At: -1},
		"29 days after donation.received_on, or the working day before": {HasOffset: true, Offset: "29 days", Anchor: "donation.received_on", AnchorAt: 14, At: -1, Roll: calendar.RollBefore},
		"milestone.before before election.poll":                         {HasOffset: true, Offset: "milestone.before", Before: true, Anchor: "election.poll", AnchorAt: 24, At: -1},
		"stage.after after books.end, or the working day before":        {HasOffset: true, Offset: "stage.after", Anchor: "books.end", AnchorAt: 18, At: -1, Roll: calendar.RollBefore},
		"  1  Working   day before  due at 18:00 ":                      {HasOffset: true, Offset: "1 working day", OffsetAt: 2, Before: true, Anchor: "due", AnchorAt: 27, At: 1080},
		"meeting.start": {Anchor: "meeting.start", At: -1},
		"birthday(member.dob, 18) at 07:00, or the working day after": {Anchor: "birthday(member.dob, 18)", At: 420, Roll: calendar.RollAfter},
		"7 clear days before first(\"before at 09:00\", x)":           {HasOffset: true, Offset: "7 clear days", Before: true, Anchor: "first(\"before at 09:00\", x)", AnchorAt: 20, At: -1},
		"14 days after steps.letter.on":                               {HasOffset: true, Offset: "14 days", Anchor: "steps.letter.on", AnchorAt: 14, At: -1},
		"law.grace(donation.on) after books.end + months(3)":          {HasOffset: true, Offset: "law.grace(donation.on)", Anchor: "books.end + months(3)", AnchorAt: 29, At: -1},
		"2 hours after given":                                         {HasOffset: true, Offset: "2 hours", Anchor: "given", AnchorAt: 14, At: -1},
		"ééé.au after ouverture.été":                                  {HasOffset: true, Offset: "ééé.au", Anchor: "ouverture.été", AnchorAt: 13, At: -1},
	} {
		got, err := calendar.ParseMoment(in)
		if err != nil || got != want {
			t.Errorf("ParseMoment(%q) = %+v, %v; want %+v", in, got, err, want)
		}
		if r := []rune(in); string(r[got.AnchorAt:got.AnchorAt+len([]rune(got.Anchor))]) != got.Anchor {
			t.Errorf("ParseMoment(%q): the anchor is not at %d", in, got.AnchorAt)
		}
	}
	m, _ := calendar.ParseMoment("7 days before due")
	if d, ok := m.Fixed(); !ok || d != (calendar.Duration{N: 7, Unit: calendar.Day}) {
		t.Errorf("7 days before due: %v %v", d, ok)
	}
	for _, s := range []string{"due", "settings.notice before due"} {
		m, _ := calendar.ParseMoment(s)
		if d, ok := m.Fixed(); ok {
			t.Errorf("%s has no fixed duration, and gives %v", s, d)
		}
	}
}

func TestMomentFaults(t *testing.T) {
	for _, x := range []struct {
		in, want string
		at       int
	}{
		{"", "a moment is missing", 0}, {"  ", "a moment is missing", 0},
		{"before due", "how long before is missing", 0}, {"7 days before", "the anchor is missing", 13},
		{"7 days from opening", "before or after what", 0}, {"7 dyas before due", "did you mean days?", 2},
		{"seven days before due", "in figures: 7", 0}, {"7 before due", "the unit is missing", 1},
		{"7 days before due at", "the time is missing", 20}, {"7 days before due at 7pm", "two figures", 21},
		{"7 days before due at 18:00 sharp", "the time of day stands last", 27},
		{"7 days before due or the working day before", "put a comma in front", 18},
		{"7 days before 3 days after due", "a second time", 21},
		{"due, or working day before", "behind the comma write", 8}, {"due, or the working day", "end of the moment", 23},
		{"due, or the working day before noon", "does not belong here", 31}, {"due,", "nothing stands behind", 3},
		{"due, or the working day before, then", "second comma", 30}, {", or the working day after", "a moment is missing", 0},
		{"birthday(member.dob", "never closed", 8}, {"due)", "not opened", 3}, {"f([due)]", "not opened", 6}, {"f(\"due)", "never closed", 2},
		{"a at 09:00 before due", "whole number", 0}, {"at 09:00", "the anchor is missing", 0},
	} {
		_, err := calendar.ParseMoment(x.in)
		e, ok := err.(*calendar.SyntaxError)
		if !ok || !strings.Contains(e.Error(), x.want) || e.Offset != x.at {
			t.Errorf("ParseMoment(%q): %v at %d, want %q at %d", x.in, err, offsetOf(err), x.want, x.at)
		}
	}
}

func TestMomentsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := calendar.MomentText{
			Anchor: rapid.SampledFrom([]string{"opening", "due", "meeting.start", "books.end + months(3)", "f(a, \"before at\")", "row['at before']"}).Draw(t, "anchor"),
			At:     rapid.IntRange(-1, 1439).Draw(t, "at"),
			Roll:   calendar.Roll(rapid.IntRange(0, 2).Draw(t, "roll")),
		}
		if rapid.Bool().Draw(t, "offset") {
			m.HasOffset, m.Before = true, rapid.Bool().Draw(t, "before")
			m.Offset = rapid.SampledFrom([]string{"1 day", "7 clear days", "19 uk working days", "settings.x", "stage.after", "law.x(a, b)"}).Draw(t, "by")
			m.AnchorAt = len(m.Offset) + len(" before ")
			if !m.Before {
				m.AnchorAt--
			}
		}
		if got, err := calendar.ParseMoment(m.String()); err != nil || got != m {
			t.Fatalf("%q reads as %+v, %v; want %+v", m.String(), got, err, m)
		}
	})
}

func TestOffsets(t *testing.T) {
	days := func(n int) calendar.Duration { return calendar.Duration{N: n, Unit: calendar.Day} }
	week := calendar.Duration{N: 1, Unit: calendar.Week}
	for in, want := range map[string]calendar.OffsetText{
		"16 days before":           {Duration: days(16), Before: true},
		"1 day after":              {Duration: days(1)},
		"on the day":               {Duration: days(0)},
		"each day after":           {Duration: days(1), Repeat: days(1)},
		"each week after":          {Duration: week, Repeat: week},
		"2 working days before":    {Duration: calendar.Duration{N: 2, Unit: calendar.WorkingDay}, Before: true},
		" 3  Uk working day After": {Duration: calendar.Duration{N: 3, Unit: calendar.UKWorkingDay}},
	} {
		got, err := calendar.ParseOffset(in)
		if err != nil || got != want {
			t.Errorf("ParseOffset(%q) = %+v, %v; want %+v", in, got, err, want)
		}
		if again, err := calendar.ParseOffset(got.String()); err != nil || again != got {
			t.Errorf("%q prints as %q, which is another: %v", in, got, err)
		}
	}
	for _, x := range []struct {
		in, want string
		at       int
	}{
		{"", "is missing", 0}, {"16 days", "before or after is missing", 7}, {"before", "how long before", 0}, {"on day", "write: on the day", 0},
		{"every day after", "only these repeat", 0}, {"each month after", "only these repeat", 0}, {"x days before", "whole number", 0},
		{"5 dais after", "did you mean days?", 2}, {"soon", "write one such as", 0}, {"each day before", "only these repeat", 0},
	} {
		_, err := calendar.ParseOffset(x.in)
		e, ok := err.(*calendar.SyntaxError)
		if !ok || !strings.Contains(e.Error(), x.want) || e.Offset != x.at {
			t.Errorf("ParseOffset(%q): %v at %d, want %q at %d", x.in, err, offsetOf(err), x.want, x.at)
		}
	}
}

func FuzzMoment(f *testing.F) {
	for _, s := range []string{"7 days before meeting.start at 18:00, or the working day after", "stage.after after books.end", "f(\"a\\\"b\", ['c'])", "`x` at 09:00", "1 day after a,b", "settings . x after due", "(((", "7 days before before", "1 DAY AFTER ß"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := calendar.ParseMoment(text)
		if err != nil {
			checkFault(t, text, err)
			return
		}
		again, err := calendar.ParseMoment(m.String())
		if err != nil {
			t.Fatalf("%q prints as %q: %v", text, m, err)
		}
		again.AnchorAt, again.OffsetAt, m.AnchorAt, m.OffsetAt = 0, 0, 0, 0
		if again != m {
			t.Fatalf("%q reads as %+v, and printed as %+v", text, m, again)
		}
	})
}

func FuzzOffset(f *testing.F) {
	for _, s := range []string{"16 days before", "on the day", "each week after", "0 days before", "٣ days after", "1\u00a0day after"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := calendar.ParseOffset(text)
		if err != nil {
			checkFault(t, text, err)
			return
		}
		if again, err := calendar.ParseOffset(o.String()); err != nil || again != o {
			t.Fatalf("%q prints as %q, which is another: %v", text, o, err)
		}
	})
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"7 days", "1 uk working day", "99999 years", "007 days", "7 d\u202eays", "0A0\x0000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := calendar.ParseDuration(text)
		if err != nil {
			checkFault(t, text, err)
			return
		}
		if again, err := calendar.ParseDuration(d.String()); err != nil || again != d {
			t.Fatalf("%q prints as %q, which is another: %v", text, d, err)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"2026-11-03", "2028-02-29", "1800-01-01", "2999-12-31", "0000-00-00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := calendar.ParseDate(text)
		if err != nil {
			checkFault(t, text, err)
			return
		}
		if d.String() != text || !d.Valid() {
			t.Fatalf("%q prints as %q", text, d)
		}
	})
}
