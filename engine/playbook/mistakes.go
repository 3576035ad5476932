package playbook

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// top makes the mistakes of a whole playbook.
func (m *mutator) top() {
	pairs(m.root, func(key string, at int, n *yaml.Node) {
		switch key {
		case "settings":
			pairs(n, func(name string, _ int, def *yaml.Node) { m.setting("settings."+name, def) })
		case "let":
			pairs(n, func(name string, _ int, x *yaml.Node) { m.expr("let."+name, x) })
		case "when":
			m.expr(key, n)
		case "while", "done", "stop", "pause":
			m.expr(key, n)
			m.drop(key, m.root, at, at+2, "it is gone")
		case "again":
			if n.Kind == yaml.ScalarNode && n.Value != "never" {
				m.text(key, n, "never", "it is never")
				if rest, ok := strings.CutPrefix(n.Value, "after "); ok {
					m.duration(key, n, rest, func(d string) string { return "after " + d })
				}
			}
			m.items(key, n, "what makes an occasion,")
		case "deadline":
			m.moment(key, n)
			m.drop(key, m.root, at, at+2, "it is gone")
		case "every":
			m.schedule(key, n)
		case "steps":
			for i, s := range n.Content {
				m.step(n, i, s)
			}
		}
	})
}

// step makes the mistakes of one step.
func (m *mutator) step(list *yaml.Node, i int, s *yaml.Node) {
	id := ""
	pairs(s, func(key string, _ int, n *yaml.Node) {
		if key == "email" || key == "task" {
			id = "steps." + n.Value
		}
	})
	if len(list.Content) > 1 {
		m.drop(id, list, i, i+1, "the step is gone")
	}
	pairs(s, func(key string, at int, n *yaml.Node) {
		where := id + "." + key
		switch key {
		case "when", "done":
			m.expr(where, n)
			m.drop(where, s, at, at+2, "it is gone")
		case "rows", "most", "attach":
			m.expr(where, n)
		case "each":
			if name, list, ok := strings.Cut(n.Value, " in "); ok {
				m.within(where, n, list, func(x string) string { return name + " in " + x })
			}
		case "at", "due":
			m.moment(where, n)
		case "late":
			if !strings.HasPrefix(n.Value, "until ") {
				m.duration(where, n, n.Value, func(d string) string { return d })
			}
			m.drop(where, s, at, at+2, "it is gone")
		case "again", "basis":
			m.drop(where, s, at, at+2, "it is gone")
		case "to":
			m.items(where, n, "the reader")
		case "answers":
			pairs(n, func(answer string, _ int, effect *yaml.Node) { m.effects(where+"."+answer, effect) })
		case "chase":
			m.chase(where, n)
		}
	})
}

// effects takes away what an answer does, one thing at a time.
func (m *mutator) effects(where string, n *yaml.Node) {
	pairs(n, func(key string, at int, val *yaml.Node) {
		if key != "set" {
			m.drop(where, n, at, at+2, key+" is gone")
			return
		}
		pairs(val, func(column string, at int, _ *yaml.Node) {
			m.drop(where, val, at, at+2, "setting "+column+" is gone")
		})
	})
}

// chase moves and takes away reminders, and leaves out whom they reach.
func (m *mutator) chase(where string, n *yaml.Node) {
	pairs(n, func(key string, at int, to *yaml.Node) {
		k := n.Content[at]
		m.drop(where+"."+key, n, at, at+2, "it is gone")
		m.items(where+"."+key, to, "the reader")
		off, err := calendar.ParseOffset(key)
		if err != nil {
			return
		}
		switch {
		case key == "each day after":
			m.text(where+"."+key, k, "each week after", "it is each week after")
		case key == "each week after":
			m.text(where+"."+key, k, "each day after", "it is each day after")
		case off.Duration.N == 0:
			m.text(where+"."+key, k, "1 day after", "it is 1 day after")
			m.text(where+"."+key, k, "1 day before", "it is 1 day before")
		default:
			way := "after"
			if off.Before {
				way = "before"
			}
			for _, d := range beside(off.Duration) {
				if d.N > 0 {
					m.text(where+"."+key, k, d.String()+" "+way, "it is "+d.String()+" "+way)
				}
			}
		}
	})
}

// beside gives the durations a day longer and shorter; for units that have no
// fixed number of days, one unit.
func beside(d calendar.Duration) []calendar.Duration {
	if d.Unit == calendar.Week {
		d = calendar.Duration{N: d.N * 7, Unit: calendar.Day}
	}
	more, less := d, d
	more.N++
	less.N--
	if less.N < 0 {
		return []calendar.Duration{more}
	}
	return []calendar.Duration{more, less}
}

// duration makes a written duration a day longer and shorter.
func (m *mutator) duration(where string, n *yaml.Node, text string, write func(string) string) {
	if d, err := calendar.ParseDuration(text); err == nil {
		for _, o := range beside(d) {
			m.text(where, n, write(o.String()), fmt.Sprintf("%s becomes %s", d, o))
		}
	}
}

// moment moves a moment by a day, turns it round, and takes away its roll.
func (m *mutator) moment(where string, n *yaml.Node) {
	t, err := calendar.ParseMoment(n.Value)
	if err != nil {
		return
	}
	put := func(now calendar.MomentText, what string) { m.text(where, n, now.String(), what) }
	if d, ok := t.Fixed(); ok {
		for _, o := range beside(d) {
			now := t
			now.Offset = o.String()
			put(now, fmt.Sprintf("%s becomes %s", d, o))
		}
	}
	switch now := t; {
	case t.HasOffset:
		now.Before = !t.Before
		put(now, "before and after change places")
	default:
		now.HasOffset, now.Offset = true, "1 day"
		put(now, "it is a day later")
		now.Before = true
		put(now, "it is a day earlier")
	}
	if t.Roll != calendar.NoRoll {
		now := t
		now.Roll = calendar.NoRoll
		put(now, "the working day is gone")
		now.Roll = calendar.RollBefore + calendar.RollAfter - t.Roll
		put(now, "the working day is on the other side")
	}
	if t.At >= 0 {
		now := t
		now.At = -1
		put(now, "the hour is gone")
	}
	if !t.HasOffset || !isFixed(t) {
		m.within(where, n, t.Anchor, func(x string) string {
			now := t
			now.Anchor = x
			return now.String()
		})
	}
}

func isFixed(t calendar.MomentText) bool { _, ok := t.Fixed(); return ok }

// schedule moves a beat by a day.
func (m *mutator) schedule(where string, n *yaml.Node) {
	week := []string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
	for i, day := range week {
		if next := week[(i+1)%7]; strings.Contains(n.Value, day) {
			m.text(where, n, strings.Replace(n.Value, day, next, 1), day+" becomes "+next)
		}
	}
	for _, w := range [][2]string{{"the 1st", "the 2nd"}, {"the last day", "the 1st"}} {
		if strings.Contains(n.Value, w[0]) {
			m.text(where, n, strings.Replace(n.Value, w[0], w[1], 1), w[0]+" becomes "+w[1])
		}
	}
}

// setting moves the default of a setting by one, or takes rows out of a table.
func (m *mutator) setting(where string, def *yaml.Node) {
	var kind string
	var val *yaml.Node
	pairs(def, func(key string, _ int, n *yaml.Node) {
		switch key {
		case "type":
			kind = n.Value
		case "default":
			val = n
		}
	})
	if val == nil {
		return
	}
	switch kind {
	case "duration":
		m.duration(where, val, val.Value, func(d string) string { return d })
	case "number", "money", "yes/no":
		m.amount(where, val)
	case "table":
		m.items(where, val, "the row")
	}
}

// amount moves a number or an amount of money by one, and turns a yes or no.
func (m *mutator) amount(where string, n *yaml.Node) {
	was := n.Value
	if was == "yes" || was == "no" {
		now := map[string]string{"yes": "no", "no": "yes"}[was]
		m.text(where, n, now, was+" becomes "+now)
		return
	}
	pence, money := parseMoney(was)
	number, err := strconv.ParseInt(was, 10, 62)
	for _, by := range []int64{1, -1} {
		now := strconv.FormatInt(number+by, 10)
		if money {
			now = fmt.Sprintf("£%d.%02d", (pence+by)/100, (pence+by)%100)
		} else if err != nil {
			return
		}
		m.text(where, n, now, was+" becomes "+now)
	}
}

// rows takes rows out of a table of the law, and moves the durations in them.
func (m *mutator) rows(where string, table *yaml.Node) {
	m.items(where, table, "the row")
	each(table, func(_ int, row *yaml.Node) {
		pairs(row, func(column string, _ int, cell *yaml.Node) {
			m.duration(where+" "+column, cell, cell.Value, func(d string) string { return d })
		})
	})
}

// law moves the figures that a playbook names.
func (m *mutator) law(source string) {
	pairs(m.root, func(name string, _ int, f *yaml.Node) {
		if !strings.Contains(source, "law."+name+"(") {
			return
		}
		pairs(f, func(key string, _ int, entries *yaml.Node) {
			if key != "entries" {
				return
			}
			each(entries, func(i int, e *yaml.Node) {
				pairs(e, func(key string, _ int, v *yaml.Node) {
					if key == "value" {
						where := fmt.Sprintf("law.%s entry %d", name, i+1)
						m.amount(where, v)
						m.duration(where, v, v.Value, func(d string) string { return d })
						m.rows(where, v)
					}
				})
			})
		})
	})
}
