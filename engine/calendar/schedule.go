package calendar

import (
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/spelling"
)

// A beat is the stretch of time that a schedule counts.
type beat uint8

const (
	byDay beat = iota
	byWeekday
	byWeek
	byMonth
	byQuarter
	byYear
)

// beatWords are the beats as they are written.
var beatWords = [...]string{"day", "weekday", "week", "month", "quarter", "year"}

// scheduleWords are all first words a schedule may have.
var scheduleWords = append([]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}, beatWords[:]...)

// lastDay stands for the last day of a month, quarter or year.
const lastDay = 32

// A Schedule is a regular beat:
//
//	schedule = [N] unit ["on" which] ["at" HH:MM]
//	unit     = day | weekday | week | monday … sunday | month | quarter | year
//	which    = the 1st … the 31st | the last day | 1 october | monday
//
// Weekdays are Monday to Friday, holidays or not. Without "on" it is Monday, or
// the first day. Without "at" it is the hour of the constituency. Days and weeks
// are counted from Monday 5 January 1970, months, quarters and years from
// January 1970, so that "2 weeks" needs no first day. A day that a month does
// not have is its last. The 15th of a quarter is that of its first month.
// Schedules are comparable by value.
type Schedule struct {
	every   int
	beat    beat
	weekday time.Weekday // of weeks
	day     int          // of months, quarters and years: 1 to 31, or lastDay
	month   time.Month   // of years
	at      int          // minutes after midnight, or -1
}

// String writes the schedule so that it reads back as the same.
func (s *Schedule) String() string {
	var b strings.Builder
	if s.every != 1 {
		b.WriteString(strconv.Itoa(s.every) + " " + beatWords[s.beat] + "s")
	} else {
		b.WriteString(beatWords[s.beat])
	}
	switch s.beat {
	case byWeek:
		if s.weekday != time.Monday {
			b.WriteString(" on " + strings.ToLower(s.weekday.String()))
		}
	case byYear:
		if s.day == lastDay {
			b.WriteString(" on the last day")
		} else if s.day != 1 || s.month != time.January {
			b.WriteString(" on " + strconv.Itoa(s.day) + " " + strings.ToLower(s.month.String()))
		}
	case byMonth, byQuarter:
		if s.day == lastDay {
			b.WriteString(" on the last day")
		} else if s.day != 1 {
			b.WriteString(" on the " + ordinal(s.day))
		}
	}
	if s.at >= 0 {
		b.WriteString(" at " + HourWords(s.at))
	}
	return b.String()
}

// ordinal writes 1st, 2nd, 3rd, 4th.
func ordinal(n int) string {
	end := "th"
	if n/10%10 != 1 {
		switch n % 10 {
		case 1:
			end = "st"
		case 2:
			end = "nd"
		case 3:
			end = "rd"
		}
	}
	return strconv.Itoa(n) + end
}

// ParseSchedule reads a schedule. The error is a *SyntaxError.
func ParseSchedule(text string) (*Schedule, error) {
	ws := words(text)
	s := &Schedule{every: 1, weekday: time.Monday, day: 1, month: time.January, at: -1}
	if len(ws) == 0 {
		return nil, &SyntaxError{Text: "a schedule is missing", Hint: "write one such as monday at 07:00, or month on the 1st"}
	}
	var err error
	if ws, err = s.count(ws); err != nil {
		return nil, err
	}
	if ws, err = s.unit(ws); err != nil {
		return nil, err
	}
	if len(ws) > 0 && ws[0].low == "on" {
		if ws, err = s.which(ws); err != nil {
			return nil, err
		}
	}
	if len(ws) > 0 && ws[0].low == "at" {
		if len(ws) == 1 {
			return nil, &SyntaxError{Offset: ws[0].after(), Text: `the time is missing after "at"`, Hint: "write a time such as at 07:00"}
		}
		if s.at, err = hourAt(ws[1]); err != nil {
			return nil, err
		}
		ws = ws[2:]
	}
	if len(ws) > 0 {
		return nil, &SyntaxError{Offset: ws[0].at, Text: quoted(ws[0].text) + " does not belong here",
			Hint: "a schedule is a unit, then on which day, then at what time: 2 weeks on monday at 07:00"}
	}
	return s, nil
}

// count reads the number before the unit, if there is one.
func (s *Schedule) count(ws []word) ([]word, error) {
	w := ws[0]
	if w.text[0] < '0' || w.text[0] > '9' {
		return ws, nil
	}
	n, ok := digits(w.text)
	if !ok {
		return nil, &SyntaxError{Offset: w.at, Text: quoted(w.text) + " is not a whole number", Hint: numberHint(w.low)}
	}
	if n < 1 || n > 1000 {
		return nil, &SyntaxError{Offset: w.at, Text: "a schedule cannot count in steps of " + w.text, Hint: "write a number from 1 to 1000"}
	}
	if len(ws) == 1 {
		return nil, &SyntaxError{Offset: w.after(), Text: "the unit is missing after " + w.text, Hint: "write " + w.text + " weeks, months or another unit"}
	}
	s.every = n
	return ws[1:], nil
}

// unit reads the unit, or a day of the week that stands for a week.
func (s *Schedule) unit(ws []word) ([]word, error) {
	w := ws[0]
	if day, ok := weekdayByName(strings.TrimSuffix(w.low, "s")); ok {
		s.beat, s.weekday = byWeek, day
		if len(ws) > 1 && ws[1].low == "on" {
			return nil, &SyntaxError{Offset: ws[1].at, Text: "the day is given twice", Hint: "write " + strings.ToLower(day.String()) + " alone, or week on " + strings.ToLower(day.String())}
		}
		return ws[1:], nil
	}
	for b, name := range beatWords {
		if w.low != name && w.low != name+"s" {
			continue
		}
		s.beat = beat(b)
		if s.beat == byWeekday && s.every != 1 {
			return nil, &SyntaxError{Offset: w.at, Text: "weekdays cannot be counted", Hint: "write weekday, or a number of days or weeks"}
		}
		return ws[1:], nil
	}
	return nil, &SyntaxError{Offset: w.at, Text: quoted(w.text) + " is not a unit of a schedule", Hint: beatHint(w.low)}
}

// beatHint says what to write for a unit of a schedule that is none.
func beatHint(low string) string {
	switch low {
	case "fortnight", "fortnightly", "biweekly":
		return "write 2 weeks"
	case "daily":
		return "write day"
	case "weekly":
		return "write week"
	case "monthly":
		return "write month"
	case "quarterly":
		return "write quarter"
	case "yearly", "annually":
		return "write year"
	case "hour", "hours", "minute", "minutes", "hourly":
		return "the shortest beat of a schedule is a day"
	}
	if near := spelling.Nearest(low, scheduleWords); near != "" {
		return "did you mean " + near + "?"
	}
	return "the units are day, weekday, week, monday to sunday, month, quarter and year"
}
