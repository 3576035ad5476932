package document

import (
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/plan"
)

// A month begins on the right weekday, and holds each of its days once.
func TestMonths(t *testing.T) {
	for first := calendar.NewDate(2026, time.January, 1); first < calendar.NewDate(2029, time.January, 1); first = first.AddMonths(1) {
		m := Months(plan.Forecast{From: first, Until: first + 9})[0]
		n := 0
		for _, w := range m.Weeks {
			if len(w) != 7 {
				t.Fatalf("%s: a week of %d days", m.Title, len(w))
			}
			for i, d := range w {
				if d.Number == 0 {
					continue
				}
				n++
				on := first.AddDays(n - 1)
				if d.Number != n || (int(on.Weekday())+6)%7 != i || d.Out != (n > 10) {
					t.Errorf("%s: day %d is %+v in column %d", m.Title, n, d, i)
				}
			}
		}
		if last := calendar.DaysBetween(first, first.AddMonths(1)); n != last || len(m.Weeks) > 6 {
			t.Errorf("%s has %d days in %d weeks, not %d", m.Title, n, len(m.Weeks), last)
		}
	}
}
