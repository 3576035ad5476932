package plan

import (
	"cmp"
	"slices"
	"sort"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A notice with an end is planned back from the slowest batch that the mail
// provider's letters of a day allow. Where those from its due day on do not hold
// all of it, as many letters as would be too late go before that day, and no
// sooner than they must: those of a step whose moment is counted back from what
// it gives notice of ("14 days before meeting.start"), for there the day is the
// last that will do. A letter that goes ahead says what it would say on its own
// day, and is asked for, held and looked at again like any other.

const (
	farthest = 14 // days before its moment that a letter may go ahead
	toDecide = 3  // days more for letters that wait for a yes
)

// goesAhead reports whether a letter to a member could go before its moment, if
// its batch is too large.
func (l *look) goesAhead(s *playbook.Step, win window, to addressee) bool {
	if l.set.Constituency.Mail.ADay == 0 || s.At == nil || !s.At.Before || s.At.Offset == nil || to.row == nil || win.end.IsZero() {
		return false
	}
	if calendar.DaysBetween(l.today, l.clock.Day(win.moment)) > farthest {
		return false
	}
	return l.frozen == nil && !l.paused && !l.observes && l.stale == "" && !l.backlogFor(s, to) && l.absence(to) == ""
}

// letter makes a letter that is owed.
func (l *look) letter(s *playbook.Step, win window, act ledger.Action, to addressee, repeat bool) *want {
	return &want{look: l, step: s, action: act, window: win, to: to, repeat: repeat, basis: basisOf(l.pb, s),
		element: l.element, each: l.each, eachVar: l.eachVar}
}

// A load is the letters of one step that are due on one day and must be out by
// the end of another.
type load struct {
	due, by calendar.Date
	n       int
	ahead   []*want // those whose day has not come, what is under way first
	lead    int     // days by which they must be asked for earlier
}

// bringForward adds to the letters that are due those that must go before their
// day, and says of the others that they are to come.
func (p *planner) bringForward() {
	if len(p.ahead) == 0 {
		return
	}
	loads := p.loads()
	last := p.today
	for _, x := range loads {
		last = max(last, x.by)
	}
	left := make([]int, len(loads))
	for i, x := range loads {
		left[i] = x.n
	}
	// From the last day back to today: each day takes what is due latest, so that
	// as little as may be goes before its day.
	take := map[*want]bool{}
	for d := last; d >= p.today; d-- {
		room := p.roomOn(d)
		for i, x := range loads {
			if x.by < d || x.due > d && len(x.ahead) == 0 {
				continue
			}
			n := min(room, left[i])
			room, left[i] = room-n, left[i]-n
			if x.due > d && d <= p.today+calendar.Date(x.lead) {
				for range n {
					take[x.ahead[0]], x.ahead = true, x.ahead[1:]
					if len(x.ahead) == 0 {
						break
					}
				}
			}
		}
	}
	for _, x := range p.ahead {
		if x.early = take[x] || p.promised(x); x.early {
			x.pending++
			p.wants = append(p.wants, x)
			continue
		}
		p.wake(p.clock.AtHour(p.today + 1))
		p.line(x.lineOf(Later, x.step, x.to, x.window.moment, ""))
	}
}

// promised reports whether a message with a letter is under way.
func (p *planner) promised(x *want) bool {
	a, known := p.actionOf(x.action.Key)
	return known && a.State == ledger.InMessage
}

// roomOn is how many letters may go on a day.
func (p *planner) roomOn(d calendar.Date) int {
	most := p.set.Constituency.Mail.ADay
	switch {
	case p.quietOn(d) != "":
		return 0
	case d == p.today:
		return max(0, most-p.sentToday())
	}
	return most
}

// loads gathers the letters to members that have an end, those that are due last
// at the beginning.
func (p *planner) loads() []*load {
	type key struct {
		due, by        calendar.Date
		playbook, step string
	}
	all := map[key]*load{}
	var keys []key
	add := func(x *want, due calendar.Date, ahead bool) {
		if x.to.row == nil || x.window.end.IsZero() {
			return
		}
		k := key{due, p.lastDay(x.window.end), x.pb.Name, x.step.ID}
		if ahead {
			k.playbook += " ahead"
		}
		l := all[k]
		if l == nil {
			l = &load{due: k.due, by: k.by}
			if p.trust(x.pb) < playbook.Automatic {
				l.lead = toDecide
			}
			all[k], keys = l, append(keys, k)
		}
		l.n++
		if ahead {
			l.ahead = append(l.ahead, x)
		}
	}
	for _, x := range p.wants {
		add(x, p.today, false)
	}
	for _, x := range p.ahead {
		add(x, p.clock.Day(x.window.moment), true)
	}
	sort.Slice(keys, func(i, j int) bool {
		a, b := keys[i], keys[j]
		if a.due != b.due {
			return a.due > b.due
		}
		if a.by != b.by {
			return a.by > b.by
		}
		return a.playbook+" "+a.step < b.playbook+" "+b.step
	})
	var out []*load
	for _, k := range keys {
		l := all[k]
		slices.SortStableFunc(l.ahead, func(a, b *want) int {
			return cmp.Or(oneIf(p.promised(b))-oneIf(p.promised(a)), cmp.Compare(a.action.Key, b.action.Key))
		})
		out = append(out, l)
	}
	return out
}
