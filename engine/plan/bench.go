package plan

import (
	"fmt"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A Bench is where an author tries out an expression or a moment before it
// stands in a playbook. It sees the functions, the law, the calendar and the
// lists that playbooks see, and one record if one is laid on it.
type Bench struct {
	*playbook.Bench
	look *look
	w    *world
}

// NewBench makes a bench of what a plan would depend on; without lists and a
// Book it has the law and the calendar alone. A dataset and a key lay a record
// on it, under the name of one of the dataset: member.
func NewBench(in Input, name, key string) (*Bench, error) {
	if in.Tables == nil {
		in.Tables = dataset.Tables{}
	}
	if in.Book == nil {
		in.Book = ledger.New()
	}
	l := &look{duty: &duty{planner: newPlanner(in), pb: &playbook.Playbook{}}, extra: map[string]dataset.Term{}}
	b := &Bench{look: l, w: l.worldAt(in.Now)}
	if name == "" {
		b.Bench = in.Set.Bench("", nil)
		return b, nil
	}
	t := in.Tables[name]
	if t == nil || len(t.Rows) == 0 {
		return nil, fmt.Errorf("nothing of %s has been imported", dataset.Plain(name))
	}
	if l.row = t.ByKey(key); l.row == nil {
		return nil, fmt.Errorf("no record of %s has the key %s", name, dataset.Plain(key))
	}
	one := t.Schema.Singular
	if one == "" {
		one = "record"
	}
	l.extra[one] = dataset.Term{Row: l.row, Schema: t.Schema}
	b.Bench = in.Set.Bench(one, t.Schema)
	return b, nil
}

// Now is the moment of the bench.
func (b *Bench) Now() time.Time { return b.look.now }

// vars gives the days written out, and all else as a case sees it.
func (b *Bench) vars(name string) dataset.Term {
	if d, ok := b.Days[name]; ok {
		return dataset.Term{Value: dataset.DateValue(d)}
	}
	if name == "opening" { // there is no case, and replied asks whether they ever did
		return dataset.Term{Value: dataset.TimeValue(time.Unix(0, 0).UTC())}
	}
	return b.look.vars(b.w)(name)
}

// Eval evaluates an expression, with all its parts.
func (b *Bench) Eval(source string) (dataset.Type, condition.Explanation, []playbook.Fault) {
	e, faults := b.Expr(source)
	if len(faults) > 0 {
		return dataset.Type{}, condition.Explanation{}, faults
	}
	return e.Type(), b.plain(e.Explain(b.w.World, b.vars)), nil
}

// plain says the days again as they were written.
func (b *Bench) plain(x condition.Explanation) condition.Explanation {
	x.Source, x.Words = b.Plain(x.Source), b.Plain(x.Words)
	for i := range x.Parts {
		x.Parts[i] = b.plain(x.Parts[i])
	}
	return x
}

// A Reckoning is a moment, and how it was counted.
type Reckoning struct {
	At      time.Time
	From    calendar.Date // the day it was counted from
	By      calendar.Duration
	Before  bool
	Counted bool          // there was a duration
	Rolled  calendar.Date // the day before it was moved to a working day
	Roll    calendar.Roll // NoRoll: it was not moved
	Skipped []Skipped     // days on the way that did not count, by date
}

// Skipped is a day that did not count, and why not: "Saturday", "Good Friday".
type Skipped struct {
	Day     calendar.Date
	Why     string
	Weekend bool
}

// When works out a moment. What cannot be told is an Unknown: a column is
// blank, or no holidays are known for the days that would have to be counted.
func (b *Bench) When(source string) (Reckoning, *dataset.Unknown, []playbook.Fault) {
	var r Reckoning
	m, faults := b.Moment(source)
	if len(faults) > 0 {
		return r, nil, faults
	}
	for name, d := range b.Days {
		b.look.extra[name] = dataset.Term{Value: dataset.DateValue(d)}
	}
	clock := b.look.clock
	from := *m
	from.Offset, from.Roll, from.At = nil, calendar.NoRoll, -1
	at, u := b.look.moment(b.w, &from, anchors{})
	if u != nil {
		return r, u, nil
	}
	if r.At, u = b.look.moment(b.w, m, anchors{}); u != nil {
		return r, u, nil
	}
	r.From = clock.Day(at)
	straight := *m
	straight.Roll = calendar.NoRoll
	before, _ := b.look.moment(b.w, &straight, anchors{})
	day := clock.Day(before)
	if m.Offset != nil {
		r.Counted, r.Before = true, m.Before
		r.By, _ = b.look.duration(b.w, m.Offset)
		if u := r.By.Unit; u == calendar.WorkingDay || u == calendar.UKWorkingDay {
			r.skip(b.look.planner, r.From, day, u == calendar.UKWorkingDay)
		}
	}
	if clock.Day(r.At) != day {
		r.Roll, r.Rolled = m.Roll, day
		if len(r.Skipped) == 0 || r.Skipped[len(r.Skipped)-1].Day != day {
			step := calendar.Date(1)
			if m.Roll == calendar.RollBefore {
				step = -1
			}
			r.skip(b.look.planner, day-step, clock.Day(r.At), false)
		}
	}
	return r, nil, nil
}

// skip notes the days that did not count, from one that is not asked about to
// the last one.
func (r *Reckoning) skip(p *planner, from, to calendar.Date, everywhere bool) {
	step := calendar.Date(1)
	if to < from {
		step = -1
	}
	for d := from; d != to; {
		d += step
		if why, weekend := p.idle(d, everywhere); why != "" {
			r.Skipped = append(r.Skipped, Skipped{Day: d, Why: why, Weekend: weekend})
		}
	}
}

// nations are those with bank holidays of their own, as people call them.
var nations = []struct {
	nation calendar.Nation
	name   string
}{{calendar.EnglandAndWales, "England and Wales"}, {calendar.Scotland, "Scotland"}, {calendar.NorthernIreland, "Northern Ireland"}}

// idle says why nobody works on a day: a day of the weekend, or a bank holiday
// of the constituency's nation or, everywhere, of any.
func (p *planner) idle(d calendar.Date, everywhere bool) (why string, weekend bool) {
	if w := d.Weekday(); w == time.Saturday || w == time.Sunday {
		return w.String(), true
	}
	titles := map[string][]string{}
	var order []string
	for _, n := range nations {
		c := p.clock
		c.Nation = n.nation
		if off, err := c.Holiday(d); err != nil || !off || !everywhere && n.nation != p.clock.Nation {
			continue
		}
		title := p.set.Holiday(n.nation, d)
		if title == "" {
			title = "bank holiday"
		}
		if titles[title] == nil {
			order = append(order, title)
		}
		titles[title] = append(titles[title], n.name)
	}
	for i, title := range order {
		if where := titles[title]; everywhere && len(where) < len(nations) {
			order[i] = title + " (" + strings.Join(where, ", ") + ")"
		}
	}
	return dataset.Plain(strings.Join(order, "; ")), false
}
