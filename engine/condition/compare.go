package condition

import (
	"math"
	"math/bits"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// normal is the form in which values are alike exactly if they are equal:
// texts, choices and keys by what they say, persons by their number.
func normal(v dataset.Value) dataset.Value {
	switch {
	case textual(v.Kind):
		return dataset.Value{Kind: dataset.Text, S: v.S}
	case v.Kind == dataset.Person:
		return dataset.Value{Kind: dataset.Person, N: v.N}
	}
	return v
}

// alike reports whether two values of kinds that belong together are equal.
func alike(a, b dataset.Value) bool {
	if textual(a.Kind) {
		return a.S == b.S
	}
	return a.N == b.N
}

// compare is == != < <= > >=.
func (f *frame) compare(n *node) (dataset.Value, *dataset.Unknown) {
	a, why := f.operand(n.kids[0])
	b, why2 := f.operand(n.kids[1])
	if why != nil || why2 != nil {
		return dataset.Value{}, join(why, why2)
	}
	switch n.op {
	case opEqual:
		return yesNo(alike(a, b)), nil
	case opUnequal:
		return yesNo(!alike(a, b)), nil
	case opLess:
		return yesNo(a.N < b.N), nil
	case opLessOrEqual:
		return yesNo(a.N <= b.N), nil
	case opMore:
		return yesNo(a.N > b.N), nil
	}
	return yesNo(a.N >= b.N), nil
}

// operand is a side of a comparison: a value, where the record of a person
// stands for the person. A person nobody was matched with is unknown.
func (f *frame) operand(n *node) (dataset.Value, *dataset.Unknown) {
	if n.typ.Record != nil {
		_, row, why := f.record(n)
		if why != nil {
			return dataset.Value{}, why
		}
		if row.Ref == 0 {
			return dataset.Value{}, absent
		}
		return dataset.Value{Kind: dataset.Person, N: int64(row.Ref)}, nil
	}
	v, why := f.value(n)
	if why == nil && v.Kind == dataset.Person && v.N == 0 {
		return v, f.unmatched(n)
	}
	return v, why
}

var (
	tooLarge = &dataset.Unknown{Why: "the number is too large"}
	nought   = &dataset.Unknown{Why: "nothing can be divided by nought"}
)

func plus(a, b int64) (int64, bool) {
	c := a + b
	return c, (c > a) == (b > 0)
}

func times(a, b int64) (int64, bool) {
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high != 0 || low > math.MaxInt64 {
		return 0, false
	}
	if (a < 0) != (b < 0) {
		return -int64(low), true
	}
	return int64(low), true
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return uint64(-(a + 1)) + 1
	}
	return uint64(a)
}

// divide rounds down.
func divide(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// reckon is + - * / and the minus sign, by the kinds of both sides.
func (f *frame) reckon(n *node) (dataset.Value, *dataset.Unknown) {
	a, why := f.value(n.kids[0])
	if n.op == opNegate {
		if why == nil && a.N == math.MinInt64 {
			return a, tooLarge
		}
		a.N = -a.N
		return a, why
	}
	b, why2 := f.value(n.kids[1])
	if why != nil || why2 != nil {
		return dataset.Value{}, join(why, why2)
	}
	if a.Kind == dataset.Length {
		a, b = b, a
	}
	if b.Kind == dataset.Length {
		return f.shift(a, b, n.op == opSubtract)
	}
	v, fits := dataset.Value{Kind: n.typ.Kind}, true
	switch n.op {
	case opAdd:
		v.N, fits = plus(a.N, b.N)
	case opSubtract:
		if fits = b.N != math.MinInt64; fits {
			v.N, fits = plus(a.N, -b.N)
		}
	case opMultiply:
		v.N, fits = times(a.N, b.N)
	case opDivide:
		if b.N == 0 {
			return v, nought
		}
		if fits = a.N != math.MinInt64; fits {
			v.N = divide(a.N, b.N)
		}
	}
	if !fits {
		return v, tooLarge
	}
	return v, nil
}

// shift moves a date or a time by a length of time.
func (f *frame) shift(v, by dataset.Value, before bool) (dataset.Value, *dataset.Unknown) {
	length := by.AsLength()
	if length.N < 0 {
		length.N, before = -length.N, !before
	}
	if v.Kind == dataset.Time {
		t, err := f.w.Clock.ShiftTime(v.AsTime(), length, before)
		if err != nil {
			return v, &dataset.Unknown{Why: err.Error()}
		}
		return dataset.TimeValue(t), nil
	}
	d, err := f.w.Clock.ShiftDate(v.AsDate(), length, before)
	if err != nil {
		return v, &dataset.Unknown{Why: err.Error()}
	}
	return day(d)
}

// day is a date as a value, unless it lies outside the calendar.
func day(d calendar.Date) (dataset.Value, *dataset.Unknown) {
	if !d.Valid() {
		return dataset.Value{}, &dataset.Unknown{Why: "the date lies outside the calendar"}
	}
	return dataset.DateValue(d), nil
}
