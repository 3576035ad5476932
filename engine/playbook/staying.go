package playbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A horizon is how long a staying condition can hold at most: so many days after
// a moment of the record.
type horizon struct {
	from string  // "member.joined"; empty: the day of opening
	days float64 // after it
	part string  // the part of the condition that says so
}

// staying warns where time alone makes the staying condition false before the
// last step (rule 5): the case would close by itself with work undone.
func (l *linter) staying(pb *Playbook) {
	if pb.While == nil || pb.Every != nil {
		return
	}
	for _, h := range pb.horizons(pb.While.Source()) {
		for _, st := range pb.Steps {
			last, what := l.lastMoment(pb, st, h)
			if st.Off || last < 0 || last < h.days {
				continue
			}
			l.warnStep(pb, st, "write while: with what keeps a case open, without the part that time makes false",
				"Time alone closes a case of %s before %s of the step %s: %s holds for %s at most.", pb.Name, what, st.ID, h.part, daysWords(h.days))
			break
		}
	}
}

// daysWords says a number of days.
func daysWords(n float64) string {
	if n <= 1 {
		return "a day"
	}
	return fmt.Sprintf("%.0f days", n)
}

// horizons finds the parts of a condition that only time makes false:
// "x > today - days(90)", "x > now", "x == today".
func (pb *Playbook) horizons(source string) []horizon {
	var out []horizon
	for _, part := range conjuncts(conditionTokens(source)) {
		text := rejoined(part)
		at := slices.IndexFunc(part, func(t string) bool { return t == ">" || t == ">=" || t == "==" || t == "<" || t == "<=" })
		if at < 1 || slices.Contains(part, "or") {
			continue
		}
		left, right, sign := part[:at], part[at+1:], part[at]
		if sign == "<" || sign == "<=" {
			left, right, sign = right, left, ">"
		}
		switch {
		case sign == "==" && len(right) == 1 && right[0] == "today", sign == "==" && len(left) == 1 && left[0] == "today":
			out = append(out, horizon{days: 1, part: text})
		case sign == "==" || len(left) != 1 || !isPath(left[0]):
		case len(right) == 1 && (right[0] == "today" || right[0] == "now"):
			out = append(out, horizon{from: left[0], part: text})
		case len(right) > 2 && right[0] == "today" && right[1] == "-":
			if n, ok := pb.lengthOf(right[2:]); ok {
				out = append(out, horizon{from: left[0], days: n, part: text})
			}
		}
	}
	return out
}

// rejoined writes tokens as a condition is written.
func rejoined(tokens []string) string {
	var b strings.Builder
	for i, t := range tokens {
		call := t == "(" && i > 0 && isPath(tokens[i-1]) && !signs[tokens[i-1]]
		if i > 0 && !call && t != ")" && t != "]" && t != "," && tokens[i-1] != "(" && tokens[i-1] != "[" {
			b.WriteByte(' ')
		}
		b.WriteString(t)
	}
	return b.String()
}

// conjuncts cuts a condition at the ands that stand in no bracket.
func conjuncts(tokens []string) [][]string {
	var out [][]string
	var part []string
	depth := 0
	for _, t := range tokens {
		switch {
		case t == "(" || t == "[":
			depth++
		case t == ")" || t == "]":
			depth--
		case t == "and" && depth == 0:
			out, part = append(out, part), nil
			continue
		}
		part = append(part, t)
	}
	return append(out, part)
}

// lengthOf gives the days of "days(90)", "months(3)" or a setting.
func (pb *Playbook) lengthOf(tokens []string) (float64, bool) {
	switch {
	case len(tokens) == 4 && tokens[1] == "(" && (tokens[0] == "days" || tokens[0] == "months"):
		var n float64
		if _, err := fmt.Sscan(tokens[2], &n); err != nil {
			return 0, false
		}
		if tokens[0] == "months" {
			n *= 30
		}
		return n, true
	case len(tokens) == 1 && strings.HasPrefix(tokens[0], "settings."):
		if s := pb.Settings[strings.TrimPrefix(tokens[0], "settings.")]; s != nil && s.Term.Value.Kind == dataset.Length {
			return size(s.Term.Value) / 24, true
		}
	}
	return 0, false
}

// lastMoment is how many days after a horizon's beginning a step is last at
// work, and which of its moments that is; -1 where it cannot be told. Moments
// counted from opening are counted from the horizon's beginning: a case that
// opens later has less time still.
func (l *linter) lastMoment(pb *Playbook, st *Step, h horizon) (float64, string) {
	at, ok := pb.after(st.At, h)
	if st.At == nil {
		at, ok = 0, h.from == "" || h.days > 0
	}
	last, what := -1.0, ""
	if ok {
		last, what = at, "the moment"
	}
	if st.Due == nil {
		return last, what
	}
	due, known := pb.after(st.Due, h)
	if st.Due.Anchor == "given" && ok {
		due, known = at+pb.lengthDays(st.Due.Offset), true
	}
	if known && due > last {
		last, what = due, "the due day"
	}
	return last, what
}

// after gives the days from a horizon's beginning to a moment.
func (pb *Playbook) after(m *Moment, h horizon) (float64, bool) {
	if m == nil || m.Before {
		return 0, false
	}
	same := m.Expr != nil && h.from != "" && strings.TrimSpace(m.Expr.Source()) == h.from
	if same && m.Offset == nil && h.days == 0 {
		return 0, false // due at the very moment: the step is then over
	}
	if m.Anchor == "opening" && h.from != "" && h.days == 0 || m.Anchor != "opening" && !same {
		return 0, false
	}
	return pb.lengthDays(m.Offset), true
}

// lengthDays gives the days of a length, as it is set here.
func (pb *Playbook) lengthDays(d *Duration) float64 {
	switch {
	case d == nil:
		return 0
	case d.Expr == nil:
		return size(dataset.LengthValue(d.Fixed)) / 24
	}
	n, _ := pb.lengthOf(conditionTokens(d.Expr.Source()))
	return n
}
