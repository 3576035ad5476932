package letter

import (
	"cmp"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// truth is what `if` makes of a value: no for what is blank, empty, zero or
// not there, as in Go templates; but a yes or no that is blank, a cell that
// could not be read, and a comparison with either, cannot be told (law 3).
func (v val) truth() (yes, sure bool) {
	t := v.term
	switch {
	case t.Unknown != nil:
		return false, t.Unknown.Absent
	case t.IsList:
		return v.size() > 0, true
	case t.Schema != nil:
		return t.Row != nil, true
	case t.Fields != nil:
		return len(t.Fields) > 0, true
	case t.Value.IsBlank():
		return false, v.kind != dataset.YesNo
	}
	switch t.Value.Kind {
	case dataset.YesNo, dataset.Number, dataset.Money:
		return t.Value.N != 0, true
	case dataset.Text, dataset.Choice, dataset.Reference:
		return t.Value.S != "", true
	}
	return true, true
}

func (v val) size() int { return len(v.term.Rows) + len(v.term.List) }

// element is the i-th of a list; the cells of a row are named by its path.
func (v val) element(i int) val {
	e := val{path: v.path, at: v.at}
	if i < len(v.term.Rows) {
		e.term = dataset.Term{Row: v.term.Rows[i], Schema: v.term.Schema}
		return e
	}
	e.term = v.term.List[i-len(v.term.Rows)]
	e.kind = e.term.Value.Kind
	return e
}

func (r *renderer) call(e *expr, dot val) val {
	switch e.call {
	case "and", "or":
		return r.either(e, dot)
	case "not":
		v := r.expr(e.args[0], dot)
		yes, sure := v.truth()
		return answer(e, !yes, sure, v)
	case "len":
		return r.length(e, dot)
	case "index":
		return r.index(e, dot)
	}
	return r.compare(e, dot)
}

// either is `and` and `or`, which give back one of their values. One that
// cannot be told is passed over; if no other decides, nothing can be told.
func (r *renderer) either(e *expr, dot val) val {
	var last, doubtful val
	doubt := false
	for _, a := range e.args {
		v := r.expr(a, dot)
		yes, sure := v.truth()
		if sure && yes == (e.call == "or") {
			return v
		}
		if !sure && !doubt {
			doubtful, doubt = v, true
		}
		last = v
	}
	if doubt {
		return doubtful
	}
	return last
}

// answer is a yes or no, or the doubt about the values it was made from.
func answer(e *expr, yes, sure bool, from ...val) val {
	v := val{kind: dataset.YesNo, at: e.at}
	if sure {
		v.term.Value = dataset.YesNoValue(yes)
		return v
	}
	for _, f := range from {
		if f.term.Unknown == nil && !f.term.Value.IsBlank() {
			continue
		}
		v.path, v.at = f.path, f.at
		v.term.Unknown = &dataset.Unknown{Cells: f.cell, Why: "it is blank"}
		if u := f.term.Unknown; u != nil {
			v.term.Unknown = &dataset.Unknown{Cells: u.Cells, Why: u.Why}
			if u.Absent {
				v.term.Unknown.Why = "there is no such record yet"
			}
		}
		return v
	}
	v.term.Unknown = &dataset.Unknown{Why: "these cannot be compared"}
	return v
}

func (r *renderer) compare(e *expr, dot val) val {
	first := r.expr(e.args[0], dot)
	all := []val{first}
	same, certain := false, true
	order := 0
	for _, a := range e.args[1:] {
		v := r.expr(a, dot)
		all = append(all, v)
		x, y := first.term.Value, v.term.Value
		if first.term.Unknown != nil || v.term.Unknown != nil || comparison(x.Kind) == 0 || comparison(x.Kind) != comparison(y.Kind) {
			certain = false
			continue
		}
		if isText(x.Kind) {
			order = cmp.Compare(x.S, y.S)
		} else {
			order = cmp.Or(cmp.Compare(x.N, y.N), cmp.Compare(x.Unit, y.Unit))
		}
		same = same || order == 0
	}
	if !isOrdered(first.term.Value.Kind) && (e.call == "lt" || e.call == "gt") {
		certain = false
	}
	switch e.call {
	case "ne":
		return answer(e, !same, certain, all...)
	case "lt":
		return answer(e, order < 0, certain, all...)
	case "gt":
		return answer(e, order > 0, certain, all...)
	}
	return answer(e, same, certain || same, all...)
}

func (r *renderer) length(e *expr, dot val) val {
	v := r.expr(e.args[0], dot)
	n := v.size()
	if v.term.Unknown != nil {
		v.at = e.at
		return v
	}
	if isText(v.term.Value.Kind) {
		n = utf8.RuneCountInString(v.term.Value.S)
	}
	return val{term: dataset.Term{Value: dataset.NumberValue(int64(n))}, kind: dataset.Number, of: v.of, at: e.at}
}

func (r *renderer) index(e *expr, dot val) val {
	v, by := r.expr(e.args[0], dot), r.expr(e.args[1], dot)
	switch {
	case v.term.Unknown != nil:
		return v
	case by.term.Unknown != nil:
		return by
	case by.term.Value.Kind == dataset.Text:
		return r.field(v, by.term.Value.S)
	}
	if n := by.term.Value.N; n >= 0 && n < int64(v.size()) {
		return r.inTime(v).element(int(n))
	}
	return val{term: dataset.Term{Unknown: &dataset.Unknown{Absent: true}}, path: v.path, at: e.at}
}
