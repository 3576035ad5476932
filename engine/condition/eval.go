package condition

import "github.com/clarion-clp/clarion/engine/dataset"

// Type is what the expression comes to.
func (e *Expr) Type() dataset.Type { return e.typ }

// Source is the expression as it was written.
func (e *Expr) Source() string { return e.source }

// Names are the top-level names the expression reads, sorted: datasets, today,
// now and law included.
func (e *Expr) Names() []string { return append([]string(nil), e.names...) }

// Uses are the columns of datasets the expression reads, "members.status",
// sorted.
func (e *Expr) Uses() []string { return append([]string(nil), e.uses...) }

// Lawful reports whether the expression names a figure of the law.
func (e *Expr) Lawful() bool { return e.law }

// TimeMoves reports whether time alone can change the expression's value: it
// reads today or now.
func (e *Expr) TimeMoves() bool { return e.moves }

// Eval evaluates the expression once. What filters and finds left out on the
// way is listed in the result's LeftOut, whatever its type.
func (e *Expr) Eval(w *World, vars Vars) dataset.Term {
	f := e.frames.take(w, vars, &e.program)
	t := f.whole()
	e.frames.give(f)
	return t
}

// Truth reads a condition's result: whether it holds, and whether that is
// known at all.
func Truth(t dataset.Term) (yes, known bool) {
	if t.Unknown != nil || t.Value.Kind != dataset.YesNo {
		return false, false
	}
	return t.Value.N != 0, true
}
