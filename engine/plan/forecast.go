package plan

import (
	"fmt"
	"slices"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// A Forecast is the days ahead, as they would be on today's lists and on some
// assumptions, which a reader must see first.
type Forecast struct {
	From, Until calendar.Date
	Assumed     []string
	Holds       []Hold       // what stands in the way today, and is not assumed away
	CannotTell  []CannotTell // today
	Days        []Day        // those on which something happens
	Private     int          // things left out because they are private to another role (For)
}

// A Day is what happens on one day, in order.
type Day struct {
	Date  calendar.Date
	Items []Happening
}

// assumed is what every course assumes, in words.
var assumed = []string{
	"Every letter that waits for a yes or no gets its yes at once, and a batch that a brake holds is let go. Cases held from the start stay held.",
	"Every task is answered on the day it is due, with the first of its answers, and what that answer records is recorded. What is overdue today is answered today.",
	"Every message arrives, and nobody replies.",
}

// ForecastUntil plays the days from an Input's moment to the end of a day, a look a
// day at the constituency's hour and whenever else something could change. The
// Input is not changed. The error is of the Book, which refused what the planner
// found.
func ForecastUntil(in Input, until calendar.Date) (Forecast, error) {
	clock := in.Set.Constituency.Clock
	f := Forecast{From: clock.Day(in.Now), Until: until, Assumed: append([]string(nil), assumed...)}
	f.Assumed = append(f.Assumed, "The lists stay as they are: they are brought in anew before they grow old, and say the same.")
	p := Continue(in)
	if err := f.clear(p); err != nil || len(f.Holds) > 0 {
		return f, err
	}
	c := newCourse(p, f.add)
	for day := f.From; day <= until; day++ {
		at := in.Now
		if day > f.From {
			at = clock.AtHour(day)
		}
		if err := c.day(at); err != nil {
			return f, fmt.Errorf("playing %s: %w", day.Words(), err)
		}
	}
	for _, h := range c.holds {
		if h.Kind != "brake" && h.Kind != "stale" {
			f.Holds = append(f.Holds, h)
		}
	}
	f.CannotTell = c.doubts
	return f, nil
}

// clear takes away what keeps everything from going today, and says so among
// the assumptions. A clock that is behind cannot be helped.
func (f *Forecast) clear(p *Play) error {
	if hold, doubt := DateInDoubt(p.Input()); doubt {
		runs := p.Book.Runs()
		if p.Now.Before(runs[len(runs)-1].Logical) {
			f.Holds = append(f.Holds, hold)
			return nil
		}
		f.Assumed = append(f.Assumed, "The date is right, though "+hold.Why+".")
		if err := p.Do("officer", ledger.DateConfirmed{Now: p.Now}); err != nil {
			return err
		}
	}
	if _, halted := p.Book.Halted(); halted {
		f.Assumed = append(f.Assumed, "Letters go again from today on, though everything is stopped now.")
		return p.Do("officer", ledger.ResumedAll{})
	}
	return nil
}

// add puts a happening into its day; what goes to several is one.
func (f *Forecast) add(h Happening) {
	if n := len(f.Days); n == 0 || f.Days[n-1].Date != h.On {
		f.Days = append(f.Days, Day{Date: h.On})
	}
	last := &f.Days[len(f.Days)-1]
	for i := range last.Items {
		if x := &last.Items[i]; x.What == h.What && x.key == h.key {
			for _, to := range h.To { // one person may read for two offices
				if !slices.Contains(x.To, to) {
					x.To = append(x.To, to)
				}
			}
			return
		}
	}
	last.Items = append(last.Items, h)
}
