package condition

import (
	"strings"
	"sync"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A frame is one evaluation under way: the walker's state.
type frame struct {
	w      *World
	vars   Vars
	p      *program
	values []dataset.Term // of slots
	loaded []bool
	day    dataset.Value // today, once asked for
	steps  int           // left
	over   bool
	left   []dataset.Cell // what filters and finds left out

	rowSchema *dataset.Schema // the closure's row
	row       *dataset.Row
	fields    map[string]dataset.Term // or its structure
	item      *dataset.Term           // or the element of a list of other things

	fixed  map[int]fixture // parts that are the same for a whole batch, by node
	sets   map[int]map[dataset.Value]bool
	bound  int // slot that changes within the batch; -1: none
	batch  bool
	varies []bool // of a batch: by node, whether it reads the slot that changes
	quiet  bool   // cells are not named: see quickly
	again  bool   // something was lost that a quiet evaluation does not name
}

// maxSteps bounds one evaluation.
const maxSteps = 5_000_000

func newFrame(w *World, vars Vars, p *program) *frame {
	return &frame{w: w, vars: vars, p: p, values: make([]dataset.Term, len(p.slots)), loaded: make([]bool, len(p.slots)),
		steps: maxSteps, bound: -1}
}

// frames are the frames of an expression that are not in use. What a result
// holds is never part of a frame.
type frames struct{ free sync.Pool }

func (p *frames) take(w *World, vars Vars, of *program) *frame {
	f, ok := p.free.Get().(*frame)
	if !ok {
		return newFrame(w, vars, of)
	}
	f.w, f.vars, f.p, f.steps, f.bound = w, vars, of, maxSteps, -1
	return f
}

func (p *frames) give(f *frame) {
	clear(f.values)
	clear(f.loaded)
	*f = frame{values: f.values, loaded: f.loaded}
	p.free.Put(f)
}

// step counts one step and reports whether there are any left.
func (f *frame) step() bool {
	if f.steps <= 0 {
		f.over = true
		return false
	}
	f.steps--
	return true
}

var tooLong = &dataset.Unknown{Why: "the condition takes too many steps to work out"}

// absent is the quiet unknown: not there, not yet.
var absent = &dataset.Unknown{Absent: true}

// slot gives the value of a name, asked for once.
func (f *frame) slot(i int) *dataset.Term {
	if !f.loaded[i] {
		f.loaded[i] = true
		if f.vars == nil {
			f.values[i] = dataset.Term{Unknown: absent}
		} else {
			f.values[i] = f.vars(f.p.slots[i])
		}
	}
	return &f.values[i]
}

func yesNo(b bool) dataset.Value {
	if b {
		return dataset.Value{Kind: dataset.YesNo, N: 1}
	}
	return dataset.Value{Kind: dataset.YesNo}
}

// value evaluates a part whose type is one plain value. What is not unknown is
// not blank.
func (f *frame) value(n *node) (dataset.Value, *dataset.Unknown) {
	if !f.step() {
		return dataset.Value{}, tooLong
	}
	switch n.op {
	case opLiteral:
		return n.value, nil
	case opToday:
		return f.today(), nil
	case opNow:
		return dataset.Value{Kind: dataset.Time, N: f.w.Now.UnixMicro()}, nil
	case opName:
		t := f.slot(n.slot)
		f.left = addCells(f.left, t.LeftOut...)
		return plain(t)
	case opRow:
		return f.cell(f.rowSchema, f.row, n)
	case opRowField:
		t := f.fields[n.name]
		return plain(&t)
	case opColumn:
		schema, row, why := f.record(n.kids[0])
		if why != nil {
			return dataset.Value{}, why
		}
		return f.cell(schema, row, n)
	case opField:
		t := f.term(n)
		return plain(&t)
	case opNot, opAnd, opOr:
		return f.logic(n)
	case opEqual, opUnequal, opLess, opLessOrEqual, opMore, opMoreOrEqual:
		return f.compare(n)
	case opContains, opStartsWith, opEndsWith:
		return f.text(n)
	case opIn:
		return f.in(n)
	case opElse:
		v, why := f.value(n.kids[0])
		if why != nil && missing(why) {
			return f.value(n.kids[1])
		}
		return v, why
	case opFind:
		t := f.term(n)
		return plain(&t)
	case opAny, opAll, opNone, opCount, opSum, opLen, opMin, opMax, opLatest:
		return f.onceAggregate(n)
	case opPresent, opBlank:
		return yesNo(f.present(n.kids[0]) == (n.op == opPresent)), nil
	case opAdd, opSubtract, opMultiply, opDivide, opNegate:
		return f.reckon(n)
	}
	return f.function(n)
}

// today is the civil day of Now, worked out once.
func (f *frame) today() dataset.Value {
	if f.day.Kind == dataset.Blank {
		f.day = dataset.DateValue(f.w.Clock.Day(f.w.Now))
	}
	return f.day
}

// plain takes the plain value out of a term.
func plain(t *dataset.Term) (dataset.Value, *dataset.Unknown) {
	if t.Unknown != nil {
		return dataset.Value{}, t.Unknown
	}
	if t.Value.Kind == dataset.Blank {
		return dataset.Value{}, absent
	}
	return t.Value, nil
}

// missing reports whether an unknown is only for want of something: a blank
// cell or a record that is not there, nothing unreadable.
func missing(u *dataset.Unknown) bool {
	if u.Why != "" {
		return false
	}
	for _, c := range u.Cells {
		if c.Why != "" {
			return false
		}
	}
	return true
}

// record evaluates a part whose type is a record.
func (f *frame) record(n *node) (*dataset.Schema, *dataset.Row, *dataset.Unknown) {
	var t *dataset.Term
	if n.op == opName {
		t = f.slot(n.slot)
		f.left = addCells(f.left, t.LeftOut...)
	} else {
		other := f.term(n)
		t = &other
	}
	if t.Unknown != nil {
		return nil, nil, t.Unknown
	}
	if t.Row == nil {
		return nil, nil, absent
	}
	return t.Schema, t.Row, nil
}

// cell reads one cell.
func (f *frame) cell(s *dataset.Schema, r *dataset.Row, n *node) (dataset.Value, *dataset.Unknown) {
	if r == nil {
		return dataset.Value{}, absent
	}
	if v := columnValue(s, r, n); v.Kind != dataset.Blank {
		return v, nil
	}
	if f.quiet {
		return dataset.Value{}, unnamed(r, n)
	}
	return dataset.Value{}, &dataset.Unknown{Cells: []dataset.Cell{f.name(s, r, n)}}
}

// columnValue is the value in a row of a column; blank if it has none.
func columnValue(s *dataset.Schema, r *dataset.Row, n *node) dataset.Value {
	switch n.col {
	case colKey:
		if r.Key == "" {
			return dataset.Value{}
		}
		return dataset.Value{Kind: dataset.Reference, S: r.Key}
	case colFirstSeen:
		if r.FirstSeen.IsZero() {
			return dataset.Value{}
		}
		return dataset.Value{Kind: dataset.Time, N: r.FirstSeen.UnixMicro()}
	case colBaseline:
		return yesNo(r.Baseline)
	}
	col := n.col
	if s != n.schema && s != nil {
		var ok bool
		if col, _, ok = columnOf(s, n.name); !ok || col < 0 {
			return dataset.Value{}
		}
	}
	if col >= len(r.Cells) {
		return dataset.Value{}
	}
	return r.Cells[col]
}

// name says which cell it is, for people.
func (f *frame) name(s *dataset.Schema, r *dataset.Row, n *node) dataset.Cell {
	if s == nil {
		s = n.schema
	}
	c := dataset.Cell{Dataset: s.Name, Ref: r.Ref, Key: r.Key, Column: n.name}
	if t := f.w.Tables[s.Name]; t != nil {
		c.Origin = t.Origin(r, n.name)
	}
	for _, p := range r.Problems {
		if p.Column == n.name && columnValue(s, r, n).Kind == dataset.Blank {
			c.Why = p.Why
		}
	}
	return c
}

// logic is not, and, or, in Kleene's logic.
func (f *frame) logic(n *node) (dataset.Value, *dataset.Unknown) {
	a, why := f.value(n.kids[0])
	if n.op == opNot {
		return yesNo(a.N == 0), why
	}
	decides := int64(0) // and is decided by a no, or by a yes
	if n.op == opOr {
		decides = 1
	}
	if why == nil && a.N == decides {
		return a, nil
	}
	b, why2 := f.value(n.kids[1])
	if why2 == nil && b.N == decides {
		return b, nil
	}
	if why == nil && why2 == nil {
		return b, nil
	}
	return dataset.Value{}, join(why, why2)
}

// join puts the causes of two unknowns together; either may be nil.
func join(a, b *dataset.Unknown) *dataset.Unknown {
	if a == nil || a == b {
		return b
	}
	if b == nil || someCells(a, b) {
		return a
	}
	if someCells(b, a) {
		return b
	}
	u := *a
	u.Cells = append([]dataset.Cell(nil), a.Cells...)
	add(&u, b)
	return &u
}

// add puts the causes of b to those of u, in place.
func add(u, b *dataset.Unknown) {
	u.Absent = u.Absent && b.Absent
	if u.Why == "" {
		u.Why = b.Why
	}
	u.Cells = addCells(u.Cells, b.Cells...)
}

// maxCells bounds how many cells one answer names.
const maxCells = 200

// addCells adds cells that are not yet in the list. It never writes into a
// list that somebody else may hold.
func addCells(list []dataset.Cell, cells ...dataset.Cell) []dataset.Cell {
	if len(list) == 0 {
		n := min(len(cells), maxCells)
		return cells[:n:n]
	}
next:
	for _, c := range cells {
		if len(list) >= maxCells {
			break
		}
		for i := range list {
			if l := &list[i]; l.Ref == c.Ref && l.Key == c.Key && l.Column == c.Column && l.Dataset == c.Dataset {
				continue next
			}
		}
		list = append(list, c)
	}
	return list
}

// text is contains, startsWith, endsWith.
func (f *frame) text(n *node) (dataset.Value, *dataset.Unknown) {
	a, why := f.value(n.kids[0])
	b, why2 := f.value(n.kids[1])
	if why != nil || why2 != nil {
		return dataset.Value{}, join(why, why2)
	}
	switch n.op {
	case opContains:
		return yesNo(strings.Contains(a.S, b.S)), nil
	case opStartsWith:
		return yesNo(strings.HasPrefix(a.S, b.S)), nil
	}
	return yesNo(strings.HasSuffix(a.S, b.S)), nil
}
