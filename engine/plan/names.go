package plan

import (
	"time"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// vars gives the names that this case's expressions see, at a moment.
func (l *look) vars(w *world) condition.Vars {
	if l.lets == nil {
		l.lets = map[*world]condition.Vars{}
	}
	vars := l.lets[w]
	if vars != nil {
		return vars
	}
	cache := map[string]dataset.Term{}
	vars = func(name string) dataset.Term {
		if l.eachVar != "" && name == l.eachVar {
			return l.each
		}
		if t, ok := l.extra[name]; ok {
			return t
		}
		if l.pb.For != nil && name == l.pb.For.Var {
			return dataset.Term{Row: l.row, Schema: l.pb.For.Schema}
		}
		switch name {
		case "settings":
			return l.settings()
		case "steps":
			if l.eachVar != "" {
				return l.stepRecords()
			}
			if l.went == nil {
				l.went = l.stepRecords().Fields
			}
			return dataset.Term{Fields: l.went}
		case "period", "since":
			return l.beat(name)
		case "opening", "opened":
			return dataset.Term{Value: dataset.TimeValue(l.c.Opened)}
		}
		if t, ok := cache[name]; ok {
			return t
		}
		for _, x := range l.pb.Let {
			if x.Name == name {
				t := x.Expr.Eval(w.World, vars)
				cache[name] = t
				return t
			}
		}
		return l.constant(name)
	}
	l.lets[w] = vars
	return vars
}

func (d *duty) settings() dataset.Term {
	if d.chosen == nil {
		d.chosen = make(map[string]dataset.Term, len(d.pb.Settings))
		for n, s := range d.pb.Settings {
			d.chosen[n] = s.Term
		}
	}
	return dataset.Term{Fields: d.chosen}
}

// beat gives period and since of a scheduled playbook.
func (l *look) beat(name string) dataset.Term {
	if l.slot == nil {
		return dataset.Term{Unknown: &dataset.Unknown{Absent: true}}
	}
	if name == "period" {
		p := l.slotOf().Period
		return dataset.Term{Fields: map[string]dataset.Term{
			"start": {Value: dataset.DateValue(p.Start)}, "end": {Value: dataset.DateValue(p.End)},
			"label": {Value: dataset.TextValue(p.Label)}, "number": {Value: dataset.NumberValue(int64(p.Number))},
		}}
	}
	if l.seen.IsZero() {
		l.seen = l.since()
	}
	return dataset.Term{Value: dataset.TimeValue(l.seen)}
}

// stepRecords gives steps.<id>: done, missed, answer, on, open.
func (l *look) stepRecords() dataset.Term {
	f := make(map[string]dataset.Term, len(l.pb.Steps))
	for _, s := range l.pb.Steps {
		f[s.ID] = l.stepRecord(s)
	}
	return dataset.Term{Fields: f}
}

func (l *look) stepRecord(s *playbook.Step) dataset.Term {
	var done, missed bool
	var answer string
	var on time.Time
	open := 0
	for _, t := range l.tasksOf(l.c.Key) {
		if t.Step != s.ID || l.eachVar != "" && s.Each != nil && t.Element != l.element {
			continue
		}
		switch t.State {
		case ledger.TaskOpen, ledger.TaskOverdue:
			open++
		case ledger.TaskAnswered:
			done, answer, on = true, t.Answer, later(on, t.Changed)
		case ledger.TaskSettled:
			done, on = true, later(on, t.Changed)
		}
	}
	for _, a := range append(l.actionsOf(l.c.Key), l.lost...) {
		if a.Step != s.ID || isNews(a.Occurrence) || l.eachVar != "" && s.Each != nil && a.Element != l.element {
			continue
		}
		switch {
		case a.State == ledger.Missed:
			missed = true
		case a.State == ledger.Settled && s.Kind == playbook.Email && len(a.Messages) > 0:
			done, on = true, later(on, a.Changed)
		}
	}
	if open > 0 {
		done = false
	}
	rec := map[string]dataset.Term{
		"done": {Value: dataset.YesNoValue(done)}, "missed": {Value: dataset.YesNoValue(missed)},
		"answer": {}, "on": {}, "open": {Value: dataset.NumberValue(int64(open))},
	}
	if answer != "" {
		rec["answer"] = dataset.Term{Value: dataset.ChoiceValue(answer)}
	}
	if !on.IsZero() {
		rec["on"] = dataset.Term{Value: dataset.DateValue(l.clock.Day(on))}
	}
	return dataset.Term{Fields: rec}
}
