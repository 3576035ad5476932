package condition

import (
	"github.com/clarion-clp/clarion/engine/dataset"
)

// aggregate evaluates what makes one value of a list.
func (f *frame) aggregate(n *node) (dataset.Value, *dataset.Unknown) {
	if (n.op == opMin || n.op == opMax) && n.kids[0].typ.List == nil {
		return f.extremeOf(n)
	}
	of, why := f.rows(n)
	if why != nil {
		return dataset.Value{}, why
	}
	switch n.op {
	case opAny, opAll, opNone:
		return f.quantify(n, &of)
	case opCount:
		return f.count(n, &of)
	case opSum:
		return f.sum(n, &of)
	case opLen:
		if why := leftOut(&of); why != nil {
			return dataset.Value{}, why
		}
		return dataset.NumberValue(int64(len(of.Rows) + len(of.List))), nil
	}
	return f.extreme(n, &of)
}

// leftOut is why nothing that depends on every row of a list is known; nil if
// the list is whole.
func leftOut(t *dataset.Term) *dataset.Unknown {
	if len(t.LeftOut) == 0 {
		return nil
	}
	return &dataset.Unknown{Cells: t.LeftOut}
}

// quantify is any, all and none. Any and none are decided by a row that holds,
// all by one that does not.
func (f *frame) quantify(n *node, of *dataset.Term) (dataset.Value, *dataset.Unknown) {
	decides := int64(1)
	if n.op == opAll {
		decides = 0
	}
	decided := false
	var u causes
	f.each(n, of, func() bool {
		v, why := f.value(n.kids[1])
		if why != nil {
			u.add(why)
		} else if v.N == decides {
			decided = true
		}
		return !decided
	})
	switch {
	case f.over:
		return dataset.Value{}, tooLong
	case decided:
		return yesNo(n.op == opAny), nil
	}
	u.add(leftOut(of))
	return yesNo(n.op != opAny), u.why
}

// causes gathers why something is unknown, over many rows. A single cause is
// kept as it is, several are put together in a copy.
type causes struct {
	why *dataset.Unknown
	own bool
}

func (c *causes) add(u *dataset.Unknown) {
	switch {
	case u == nil || u == c.why:
	case c.why == nil:
		c.why = u
	case c.own:
		add(c.why, u)
	default:
		if joined := join(c.why, u); joined != c.why && joined != u {
			c.why, c.own = joined, true
		} else {
			c.why = joined
		}
	}
}

func (f *frame) count(n *node, of *dataset.Term) (dataset.Value, *dataset.Unknown) {
	var u causes
	total := int64(0)
	f.each(n, of, func() bool {
		v, why := f.value(n.kids[1])
		u.add(why)
		if why == nil {
			total += v.N
		}
		return true
	})
	if f.over {
		return dataset.Value{}, tooLong
	}
	u.add(leftOut(of))
	return dataset.NumberValue(total), u.why
}

func (f *frame) sum(n *node, of *dataset.Term) (dataset.Value, *dataset.Unknown) {
	var u causes
	total := dataset.Value{Kind: n.typ.Kind}
	add := func(v dataset.Value, why *dataset.Unknown) {
		u.add(why)
		if why == nil {
			var fits bool
			if total.N, fits = plus(total.N, v.N); !fits {
				u.add(tooLarge)
			}
		}
	}
	if len(n.kids) == 2 {
		f.each(n, of, func() bool {
			add(f.value(n.kids[1]))
			return true
		})
	} else {
		for i := range of.List {
			f.step()
			add(plain(&of.List[i]))
		}
	}
	if f.over {
		return dataset.Value{}, tooLong
	}
	u.add(leftOut(of))
	return total, u.why
}

// extreme is min, max and latest of a list. Latest skips what is missing.
func (f *frame) extreme(n *node, of *dataset.Term) (dataset.Value, *dataset.Unknown) {
	if why := leftOut(of); why != nil && n.op != opLatest {
		return dataset.Value{}, why
	}
	var best dataset.Value
	var u causes
	for i := range of.List {
		if !f.step() {
			return dataset.Value{}, tooLong
		}
		v, why := plain(&of.List[i])
		if why != nil {
			u.add(why)
			continue
		}
		best = better(n.op, best, v)
	}
	if n.op != opLatest && u.why != nil {
		return dataset.Value{}, u.why
	}
	if best.Kind == dataset.Blank {
		return dataset.Value{}, absent
	}
	return best, nil
}

// extremeOf is min and max of several values.
func (f *frame) extremeOf(n *node) (dataset.Value, *dataset.Unknown) {
	var best dataset.Value
	var u causes
	for _, k := range n.kids {
		v, why := f.value(k)
		u.add(why)
		if why == nil {
			best = better(n.op, best, v)
		}
	}
	return best, u.why
}

func better(o op, best, v dataset.Value) dataset.Value {
	if best.Kind == dataset.Blank || o == opMin && v.N < best.N || o != opMin && v.N > best.N {
		return v
	}
	return best
}

// in is x in list: yes if it is there, else unknown if the list lost a value.
func (f *frame) in(n *node) (dataset.Value, *dataset.Unknown) {
	x, why := f.value(n.kids[0])
	if n.kids[1].op == opArray {
		if why != nil {
			return dataset.Value{}, why
		}
		for _, k := range n.kids[1].kids {
			if v, why := f.value(k); why == nil && alike(x, v) {
				return yesNo(true), nil
			}
		}
		return yesNo(false), nil
	}
	of, whyList := f.rowsOf(n.kids[1])
	if why != nil || whyList != nil {
		return dataset.Value{}, join(why, whyList)
	}
	if set := f.set(n.kids[1], &of); set != nil {
		if set[normal(x)] {
			return yesNo(true), nil
		}
		return yesNo(false), leftOut(&of)
	}
	for i := range of.List {
		if !f.step() {
			return dataset.Value{}, tooLong
		}
		if v, why := plain(&of.List[i]); why == nil && alike(x, v) {
			return yesNo(true), nil
		}
	}
	return yesNo(false), leftOut(&of)
}

func (f *frame) rowsOf(n *node) (dataset.Term, *dataset.Unknown) {
	of := f.term(n)
	return of, of.Unknown
}

// set gives a list that is the same for a whole batch as a set; nil if it is
// short or may change.
func (f *frame) set(n *node, of *dataset.Term) map[dataset.Value]bool {
	const short = 8
	if _, same := f.fixed[n.id]; !same || len(of.List) <= short {
		return nil
	}
	if set := f.sets[n.id]; set != nil {
		return set
	}
	set := make(map[dataset.Value]bool, len(of.List))
	for i := range of.List {
		set[normal(of.List[i].Value)] = true
	}
	if f.sets == nil {
		f.sets = map[int]map[dataset.Value]bool{}
	}
	f.sets[n.id] = set
	return set
}
