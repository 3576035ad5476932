package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// anchors are the moments a step's grammar may count from.
type anchors struct {
	opening, given, due, deadline time.Time // zero: not there
}

// moment works out a point in time (rule 7). A date means that day at the hour
// of the constituency; arithmetic is civil. Ok is false while it cannot be
// told, and u says why.
func (l *look) moment(w *world, m *playbook.Moment, a anchors) (at time.Time, u *dataset.Unknown) {
	at, day, isDay, u := l.anchor(w, m, a)
	if u != nil {
		return at, u
	}
	civil := isDay // whether the result is a day at the hour, rather than a clock time
	if m.Offset != nil {
		by, ok := l.duration(w, m.Offset)
		if !ok {
			return at, &dataset.Unknown{Why: "its offset is blank"}
		}
		var err error
		switch {
		case by.Unit == calendar.Hour:
			if isDay {
				at, isDay, civil = l.clock.AtHour(day), false, false
			}
			at, err = l.clock.ShiftTime(at, by, m.Before)
		default:
			if !isDay {
				day, isDay, civil = l.clock.Day(at), true, true
			}
			day, err = l.clock.ShiftDate(day, by, m.Before)
		}
		if err != nil {
			return at, &dataset.Unknown{Why: err.Error()}
		}
	}
	if !isDay {
		day = l.clock.Day(at)
	}
	if m.Roll != calendar.NoRoll {
		rolled, err := l.clock.RollDate(day, m.Roll)
		if err != nil {
			return at, &dataset.Unknown{Why: err.Error()}
		}
		if rolled != day {
			day, civil = rolled, true
		}
	}
	switch {
	case m.At >= 0:
		return l.clock.On(day, m.At), nil
	case civil:
		return l.clock.AtHour(day), nil
	}
	return at, nil
}

// anchor gives what a moment counts from: a time, or a day.
func (l *look) anchor(w *world, m *playbook.Moment, a anchors) (at time.Time, day calendar.Date, isDay bool, u *dataset.Unknown) {
	switch m.Anchor {
	case "opening":
		at = a.opening
	case "given":
		at = a.given
	case "due":
		at = a.due
	case "deadline":
		at = a.deadline
	default:
		t := m.Expr.Eval(w.World, l.vars(w))
		switch {
		case t.Unknown != nil:
			return at, 0, false, t.Unknown
		case t.Value.Kind == dataset.Date:
			return at, t.Value.AsDate(), true, nil
		case t.Value.Kind == dataset.Time:
			at = t.Value.AsTime()
		default:
			return at, 0, false, &dataset.Unknown{Why: m.Expr.Source() + " is blank"}
		}
	}
	if at.IsZero() {
		return at, 0, false, &dataset.Unknown{Absent: true}
	}
	return at, 0, false, nil
}

// duration gives a length that is written down, or that a setting or a table's
// row holds.
func (l *look) duration(w *world, d *playbook.Duration) (calendar.Duration, bool) {
	if d.Expr == nil {
		return d.Fixed, true
	}
	t := d.Expr.Eval(w.World, l.vars(w))
	if t.Unknown != nil || t.Value.Kind != dataset.Length {
		return calendar.Duration{}, false
	}
	return calendar.Duration{N: int(t.Value.N), Unit: t.Value.Unit}, true
}

// anchorsOf gives the anchors of this case; given and due are those of a task.
func (l *look) anchorsOf(w *world) anchors {
	a := anchors{opening: l.c.Opened}
	if l.slot != nil {
		a.opening = l.slotOf().At
	}
	if l.pb.Deadline != nil {
		if t, u := l.moment(w, l.pb.Deadline, a); u == nil {
			a.deadline = t
		}
	}
	return a
}

// slotOf gives the slot that this case stands for, which need not be the
// latest.
func (l *look) slotOf() calendar.Slot { return l.slotAt(l.c.Occasion) }

// slotAt gives the slot of an occasion.
func (l *look) slotAt(occasion string) calendar.Slot {
	if occasion == l.slot.Key || occasion == "" {
		return *l.slot
	}
	if d, err := calendar.ParseDate(occasion); err == nil {
		if s, ok := l.pb.Every.Last(l.clock, l.clock.On(d, 24*60-1)); ok {
			return s
		}
	}
	return *l.slot
}

// window is the stretch of time in which a step is worth doing.
type window struct {
	moment time.Time // when it is due
	start  time.Time // from when lateness counts
	end    time.Time // zero: no end
}

func (v window) over(now time.Time) bool { return !v.end.IsZero() && now.After(v.end) }

// windowOf works out the window of a step. Where the facts became known later
// than the moment, lateness counts from then (rule 9); so does that of a
// letter which speaks again.
func (l *look) windowOf(w *world, s *playbook.Step, a anchors, repeat bool) (v window, u *dataset.Unknown) {
	v.moment = a.opening
	if s.At != nil && s.At.Anchor == "due" && s.Due != nil {
		if a.due, u = l.moment(w, s.Due, a); u != nil {
			return v, u
		}
	}
	if s.At != nil {
		if v.moment, u = l.moment(w, s.At, a); u != nil {
			return v, u
		}
	}
	v.start = later(v.moment, l.c.Opened)
	if l.c.State == ledger.Open { // frozen or paused until then
		v.start = later(v.start, l.c.Changed)
	}
	if l.row != nil && (repeat || s.At != nil && s.At.Expr != nil) {
		v.start = later(v.start, l.row.Changed)
	}
	switch {
	case s.Late != nil && s.Late.Until != nil:
		t := s.Late.Until.Eval(w.World, l.vars(w))
		switch {
		case t.Unknown != nil:
			return v, t.Unknown
		case t.Value.Kind == dataset.Date:
			v.end = l.clock.On(t.Value.AsDate(), 24*60-1)
		case t.Value.Kind == dataset.Time:
			v.end = t.Value.AsTime()
		}
	case s.Late != nil:
		by, ok := l.duration(w, s.Late.For)
		if !ok {
			return v, &dataset.Unknown{Why: "late is blank"}
		}
		v.end, u = l.endAfter(v.start, by)
	case s.Kind == playbook.Email && l.slot != nil:
		v.end = l.pb.Every.Next(l.clock, later(l.slotOf().At, v.moment)).At.Add(-time.Second)
	case s.Kind == playbook.Email:
		v.end, u = l.endAfter(v.start, calendar.Duration{N: 7, Unit: calendar.Day})
	}
	return v, u
}

// endAfter is the end of a window: so many hours on, or the end of the day so
// many days on.
func (l *look) endAfter(start time.Time, by calendar.Duration) (time.Time, *dataset.Unknown) {
	if by.Unit == calendar.Hour {
		t, err := l.clock.ShiftTime(start, by, false)
		if err != nil {
			return t, &dataset.Unknown{Why: err.Error()}
		}
		return t, nil
	}
	d, err := l.clock.ShiftDate(l.clock.Day(start), by, false)
	if err != nil {
		return start, &dataset.Unknown{Why: err.Error()}
	}
	return l.clock.On(d, 24*60-1), nil
}
