package playbook

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// recipients says who a step is for.
func (w *describer) recipients(r Recipients) string { return and(w.each(r)) }

// each says them one by one.
func (w *describer) each(r Recipients) []string {
	var words []string
	for _, name := range r.Roles {
		words = append(words, "the "+w.role(name))
	}
	for _, e := range r.Exprs {
		words = append(words, w.recipient(e))
	}
	return words
}

// recipient says who an expression means.
func (w *describer) recipient(e *condition.Expr) string {
	source := e.Source()
	if name, ok := strings.CutPrefix(source, "settings."); ok {
		if s := w.pb.Settings[name]; s != nil && s.Set && s.Type != "table" {
			return and(w.roles(s))
		}
	}
	if row, column, ok := strings.Cut(source, "."); ok && w.copies(row) == itsRow && e.Type().Kind == dataset.Choice {
		if slices.Contains([]string{"who", "by", "officer", "role"}, column) {
			return "the officer named in its row"
		}
		return "the " + readable(column) + " named in its row"
	}
	return e.Phrase(w.words)
}

// moment says a point in time.
func (w *describer) moment(m *Moment) string {
	anchor := map[string]string{"opening": "it begins", "given": "it is given", "due": "it is due", "deadline": "the deadline"}[m.Anchor]
	if m.Expr != nil {
		if anchor = m.Expr.Phrase(w.words); strings.Contains(anchor, itsRow) && len(strings.Fields(anchor)) > 12 {
			anchor = "the day that its row gives"
		}
	}
	var say string
	if m.Offset != nil && m.Offset.Expr != nil {
		if row, _, ok := strings.Cut(m.Offset.Expr.Source(), "."); ok && w.copies(row) == itsRow {
			return "as long " + map[bool]string{true: "before ", false: "after "}[m.Before] + anchor + " as its row says"
		}
	}
	switch {
	case m.Offset == nil && m.Anchor == "deadline":
		say = "by the deadline"
	case m.Offset == nil && (m.Anchor == "opening" || m.Anchor == "given"):
		say = "the day " + anchor
	case m.Offset == nil:
		say = "on " + anchor
	case m.Before:
		say = w.length(m.Offset) + " before " + anchor
	default:
		say = w.length(m.Offset) + " after " + anchor
	}
	if m.At >= 0 {
		say += " at " + hourWords(calendar.HourWords(m.At))
	}
	switch m.Roll {
	case calendar.RollBefore:
		say += ", or on the working day before"
	case calendar.RollAfter:
		say += ", or on the working day after"
	}
	return say
}

// length says how long.
func (w *describer) length(d *Duration) string {
	if d.Expr == nil {
		return d.Fixed.String()
	}
	return d.Expr.Phrase(w.words)
}

// subject is the subject as it is written, without the marks of the template.
func (w *describer) subject(st *Step) string {
	for _, o := range w.pb.origins {
		if o.Path == "steps."+st.ID+".subject" {
			return template(o.Value)
		}
	}
	return ""
}

// template puts the marks of a subject into words: [title]. Of a choice both
// sides are shown, with a stroke between them.
func template(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{")
		b.WriteString(before)
		mark, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			return strings.ReplaceAll(strings.Join(strings.Fields(b.String()), " "), " /", "/")
		}
		b.WriteString(markWords(strings.Fields(mark)))
		text = after
	}
}

// markWords puts one mark of a template into words.
func markWords(words []string) string {
	if len(words) == 0 {
		return ""
	}
	name := words[0]
	switch name {
	case "if", "end", "with", "range":
		return ""
	case "else":
		return "/"
	case "len":
		return "[how many]"
	case "or", "day", "money", "date", "time":
		if len(words) > 1 {
			name = words[1]
		}
	}
	if name == "constituency.name" {
		return "[our name]"
	}
	return "[" + readable(name[strings.LastIndexByte(name, '.')+1:]) + "]"
}

// chase says who is reminded when: the owner of the task, if nobody is named.
func (w *describer) chase(st *Step) string {
	var words, times []string
	flush := func(to string) {
		if len(times) > 0 {
			words = append(words, and(times)+to)
			times = nil
		}
	}
	last := ""
	for _, r := range st.Chase {
		if to := w.reminded(st.To, r.To); to != last {
			flush(last)
			last = to
		}
		times = append(times, r.Key)
	}
	flush(last)
	if len(words) == 0 {
		return ""
	}
	return " Reminders: " + strings.Join(words, "; ") + "."
}

// reminded says who gets a reminder beside, or in place of, the task's owner.
func (w *describer) reminded(owner, r Recipients) string {
	mine, theirs := w.each(owner), w.each(r)
	var more []string
	for _, t := range theirs {
		if !slices.Contains(mine, t) {
			more = append(more, t)
		}
	}
	switch {
	case len(more) == 0:
		return ""
	case len(more) == len(theirs):
		return ", to " + and(more)
	}
	return ", also to " + and(more)
}

// answers says what can be answered; what ends all letters is said as well.
func (w *describer) answers(st *Step) string {
	var answers []string
	for _, a := range st.Answers {
		text := quoted(a.Text)
		if a.Suppress != nil {
			text += " (which ends all letters to them)"
		}
		answers = append(answers, text)
	}
	if len(answers) > 1 {
		return " Answers: " + strings.Join(answers, ", ") + "."
	}
	return ""
}
