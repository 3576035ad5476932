package playbook

import (
	"errors"
	"slices"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// moment reads a point in the one grammar of rule 7. The anchors are the words
// that mean something at this place.
func (b *builder) moment(sc condition.Scope, v value, what string, anchors ...string) *Moment {
	if !v.there() {
		return nil
	}
	s, ok := v.text(what)
	if !ok {
		return nil
	}
	text, err := calendar.ParseMoment(s)
	if err != nil {
		syntax(v, 0, err)
		return nil
	}
	m := &Moment{Before: text.Before, At: text.At, Roll: text.Roll, Source: s}
	if text.HasOffset {
		if m.Offset = b.length(sc, v, text.Offset, text.OffsetAt); m.Offset == nil {
			return nil
		}
	}
	if words := []string{"opening", "given", "due", "deadline"}; slices.Contains(words, text.Anchor) {
		switch {
		case text.Anchor == "deadline" && slices.Contains(anchors, "deadline") && !b.m.get("deadline").there():
			v.faultIn(text.AnchorAt, "give the playbook a deadline", "This playbook has no deadline.")
			return nil
		case !slices.Contains(anchors, text.Anchor):
			v.faultIn(text.AnchorAt, "here it can be "+orList(anchors)+", or a date or time", "%s cannot be counted from %s.", sentence(what), text.Anchor)
			return nil
		}
		m.Anchor = text.Anchor
		return m
	}
	if m.Expr = b.ld.expr(sc, v, text.Anchor, text.AnchorAt); m.Expr == nil {
		return nil
	}
	if k := m.Expr.Type().Kind; k != dataset.Date && k != dataset.Time {
		v.faultIn(text.AnchorAt, "", "A moment is counted from a date or a time, and this is %s.", typeWords(m.Expr.Type()))
		return nil
	}
	return m
}

// length reads a duration that is written down or comes from an expression.
func (b *builder) length(sc condition.Scope, v value, text string, at int) *Duration {
	if d, err := calendar.ParseDuration(text); err == nil {
		return &Duration{Fixed: d}
	} else if text != "" && text[0] >= '0' && text[0] <= '9' {
		syntax(v, at, err)
		return nil
	}
	e := b.ld.expr(sc, v, text, at)
	if e == nil {
		return nil
	}
	if e.Type().Kind != dataset.Length {
		v.faultIn(at, "write a number and a unit, 7 days, or a setting of type duration", "This is %s, where a duration is needed.", typeWords(e.Type()))
		return nil
	}
	return &Duration{Expr: e}
}

// syntax notes a fault that the calendar found in a text.
func syntax(v value, at int, err error) {
	var s *calendar.SyntaxError
	if errors.As(err, &s) {
		v.faultIn(at+s.Offset, s.Hint, "%s.", sentence(s.Text))
		return
	}
	v.faultIn(at, "", "%s.", sentence(err.Error()))
}
