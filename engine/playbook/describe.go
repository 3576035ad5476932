package playbook

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// recipients says who a step is for.
func (w *describer) recipients(r Recipients) string {
	var words []string
	for _, name := range r.Roles {
		words = append(words, "the "+w.role(name))
	}
	for _, e := range r.Exprs {
		words = append(words, w.recipient(e))
	}
	return and(words)
}

// recipient says who an expression means.
func (w *describer) recipient(e *condition.Expr) string {
	source := e.Source()
	if name, ok := strings.CutPrefix(source, "settings."); ok {
		if s := w.pb.Settings[name]; s != nil && s.Set {
			var words []string
			for _, t := range append([]dataset.Term{s.Term}, s.Term.List...) {
				if t.Value.S != "" {
					words = append(words, "the "+w.role(t.Value.S))
				}
			}
			return and(words)
		}
	}
	if t := e.Type(); t.Record != nil && isWord(source) {
		return "the " + readable(t.Record.Singular)
	}
	return w.phrase(source)
}

// role gives a role's title.
func (w *describer) role(name string) string {
	if r := w.set.Roles[name]; r != nil {
		if r.Branch {
			return r.Title + " of the branch"
		}
		return r.Title
	}
	return strings.ReplaceAll(name, "_", " ")
}

// moment says a point in time.
func (w *describer) moment(m *Moment) string {
	anchor := map[string]string{"opening": "it begins", "given": "it is given", "due": "it is due", "deadline": "the deadline"}[m.Anchor]
	if m.Expr != nil {
		anchor = w.phrase(m.Expr.Source())
	}
	var say string
	switch {
	case m.Offset == nil && m.Anchor == "deadline":
		say = "by the deadline"
	case m.Offset == nil && m.Anchor == "opening", m.Offset == nil && m.Anchor == "given":
		say = "the day " + anchor
	case m.Offset == nil:
		say = "on " + anchor
	case m.Before:
		say = w.length(m.Offset) + " before " + anchor
	default:
		say = w.length(m.Offset) + " after " + anchor
	}
	if m.At >= 0 {
		say += " at " + calendar.HourWords(m.At)
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
	return w.phrase(d.Expr.Source())
}

// readable is a name without its underscores.
func readable(name string) string { return strings.ReplaceAll(name, "_", " ") }

func readableAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = readable(n)
	}
	return out
}

// a is a word with the article before it.
func a(word string) string {
	if strings.ContainsAny(word[:min(1, len(word))], "aeiou") {
		return "an " + word
	}
	return "a " + word
}

// and joins words as a sentence does.
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
