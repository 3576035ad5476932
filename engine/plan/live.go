package plan

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// Live lets the days from one to another happen to a Play, a look a day at the
// constituency's hour and whenever else something could change. Before the
// first look of a day bring is called, to import the lists of that day. The
// course is that of a forecast: every letter gets its yes at once, a batch that
// a brake holds is let go, every task is answered on its due day with the first
// of its answers, and every message arrives. It tells of everything that
// happens, in order. The error is of bring, or of the Book, which refused what
// the planner found.
func Live(p *Play, from, until calendar.Date, bring func(calendar.Date) error, tell func(Happening)) error {
	c := newCourse(p, tell)
	clock := p.Set.Constituency.Clock
	for day := from; day <= until; day++ {
		p.Now = clock.AtHour(day)
		if bring != nil {
			if err := bring(day); err != nil {
				return err
			}
		}
		if err := c.day(p.Now); err != nil {
			return fmt.Errorf("playing %s: %w", day.Words(), err)
		}
	}
	return nil
}
