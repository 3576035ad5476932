package condition

import (
	"github.com/clarion-clp/clarion/engine/dataset"
)

// term evaluates a part of any type.
func (f *frame) term(n *node) dataset.Term {
	if f.batch && n.op != opName && n.op != opDataset && n.typ.Kind == dataset.Blank {
		return f.once(n, f.evaluate)
	}
	return f.evaluate(n)
}

// onceAggregate evaluates what makes one value of a list.
func (f *frame) onceAggregate(n *node) (dataset.Value, *dataset.Unknown) {
	if !f.batch || !n.closure() {
		return f.aggregate(n)
	}
	t := f.once(n, func(n *node) dataset.Term {
		v, why := f.aggregate(n)
		return dataset.Term{Value: v, Unknown: why}
	})
	return t.Value, t.Unknown
}

// once evaluates a part that does not depend on the batch's record a single
// time for the batch. What was left out on the way belongs to every record.
func (f *frame) once(n *node, evaluate func(*node) dataset.Term) dataset.Term {
	if n.inner || n.op == opLiteral {
		return evaluate(n)
	}
	done, ok := f.fixed[n.id]
	if !ok {
		if f.varies[n.id] {
			return evaluate(n)
		}
		before, quiet := f.left, f.quiet
		f.left, f.quiet = nil, false
		done = fixture{evaluate(n), f.left}
		f.left, f.quiet = before, quiet
		if f.fixed == nil {
			f.fixed = map[int]fixture{}
		}
		f.fixed[n.id] = done
	}
	f.left = addCells(f.left, done.left...)
	return done.term
}

// A fixture is what a part comes to for a whole batch.
type fixture struct {
	term dataset.Term
	left []dataset.Cell
}

func (f *frame) evaluate(n *node) dataset.Term {
	if !f.step() {
		return dataset.Term{Unknown: tooLong}
	}
	switch n.op {
	case opName:
		t := *f.slot(n.slot)
		f.left = addCells(f.left, t.LeftOut...)
		return t
	case opDataset:
		t := f.w.Tables[n.name]
		if t == nil {
			return dataset.Term{Unknown: &dataset.Unknown{Why: "there is no list of " + n.name + " yet"}}
		}
		return dataset.Term{IsList: true, Rows: t.Rows, Schema: t.Schema}
	case opField:
		of := f.term(n.kids[0])
		if of.Unknown != nil {
			return dataset.Term{Unknown: of.Unknown}
		}
		t, ok := of.Fields[n.name]
		if !ok {
			return dataset.Term{Unknown: absent}
		}
		return t
	case opRowField:
		t, ok := f.fields[n.name]
		if !ok {
			return dataset.Term{Unknown: absent}
		}
		return t
	case opPersonRecord:
		return f.personRecord(n)
	case opArray:
		return f.array(n)
	case opFilter:
		return f.filter(n)
	case opFind:
		return f.find(n)
	case opMap:
		return f.mapped(n)
	case opYear:
		return f.year(n)
	case opAudience:
		return f.audience(n)
	case opLaw:
		if n.typ.List != nil {
			return f.lawTable(n)
		}
	}
	v, why := f.value(n)
	if why != nil {
		return dataset.Term{Unknown: why}
	}
	return dataset.Term{Value: v}
}

// personRecord finds the record of a person in people.
func (f *frame) personRecord(n *node) dataset.Term {
	v, why := f.value(n.kids[0])
	if why != nil {
		return dataset.Term{Unknown: why}
	}
	t := f.w.Tables["people"]
	if t == nil || v.N == 0 {
		u := &dataset.Unknown{Absent: true}
		if v.N == 0 {
			u = f.unmatched(n.kids[0])
		}
		return dataset.Term{Schema: n.typ.Record, Unknown: u}
	}
	row := t.ByRef(dataset.Ref(v.N))
	if row == nil {
		return dataset.Term{Schema: t.Schema, Unknown: absent}
	}
	return dataset.Term{Row: row, Schema: t.Schema}
}

// unmatched is the unknown of a person cell that is no known person.
func (f *frame) unmatched(n *node) *dataset.Unknown {
	if f.quiet && (n.op == opRow || n.op == opColumn) {
		return someUnread
	}
	c, ok := f.cellOf(n)
	if !ok {
		return absent
	}
	c.Why = "no known person goes by this name"
	return &dataset.Unknown{Cells: []dataset.Cell{c}}
}

// cellOf names the cell a part reads, if it reads just one.
func (f *frame) cellOf(n *node) (dataset.Cell, bool) {
	switch n.op {
	case opRow:
		if f.row != nil {
			return f.name(f.rowSchema, f.row, n), true
		}
	case opColumn:
		if s, r, why := f.record(n.kids[0]); why == nil && r != nil {
			return f.name(s, r, n), true
		}
	}
	return dataset.Cell{}, false
}

func (f *frame) array(n *node) dataset.Term {
	t := dataset.Term{IsList: true, List: make([]dataset.Term, 0, len(n.kids))}
	for _, k := range n.kids {
		v, why := f.value(k)
		if why != nil {
			return dataset.Term{Unknown: why}
		}
		t.List = append(t.List, dataset.Term{Value: v})
	}
	return t
}

// each calls yield with the closure standing at each element of the list in
// turn, until it returns false. Where an index can tell which rows may satisfy
// the closure, only those are visited.
func (f *frame) each(n *node, of *dataset.Term, yield func() bool) {
	schema, row, fields, item := f.rowSchema, f.row, f.fields, f.item
	defer func() { f.rowSchema, f.row, f.fields, f.item = schema, row, fields, item }()
	if of.Schema == nil {
		for i := range of.List {
			e := &of.List[i]
			f.rowSchema, f.row, f.fields, f.item = e.Schema, e.Row, e.Fields, e
			if !f.step() || !yield() {
				return
			}
		}
		return
	}
	f.rowSchema, f.item = of.Schema, nil
	known, unknown, ok := f.candidates(n, of)
	if !ok {
		for _, r := range of.Rows {
			if f.row = r; !f.step() || !yield() {
				return
			}
		}
		return
	}
	for len(known)+len(unknown) > 0 {
		next := &known
		if len(known) == 0 || len(unknown) > 0 && unknown[0] < known[0] {
			next = &unknown
		}
		f.row = of.Rows[(*next)[0]]
		if *next = (*next)[1:]; !f.step() || !yield() {
			return
		}
	}
}

// element is what the closure stands at.
func (f *frame) element() dataset.Term {
	if f.item != nil {
		return *f.item
	}
	return dataset.Term{Row: f.row, Schema: f.rowSchema}
}

// rows evaluates the list a closure goes through.
func (f *frame) rows(n *node) (dataset.Term, *dataset.Unknown) {
	of := f.term(n.kids[0])
	return of, of.Unknown
}

// left notes the cells for want of which an element was left out.
func (f *frame) leaveOut(t *dataset.Term, why *dataset.Unknown) {
	if f.quiet {
		f.again = true
		return
	}
	t.LeftOut = addCells(t.LeftOut, why.Cells...)
	if len(why.Cells) == 0 && !why.Absent && t.Unknown == nil {
		t.Unknown = why // the law table, the calendar or the steps ran out: nothing is known of any row
	}
}

func (f *frame) filter(n *node) dataset.Term {
	of, why := f.rows(n)
	if why != nil {
		return dataset.Term{Unknown: why}
	}
	t := dataset.Term{IsList: true, Schema: of.Schema, LeftOut: of.LeftOut[:len(of.LeftOut):len(of.LeftOut)]}
	f.each(n, &of, func() bool {
		v, why := f.value(n.kids[1])
		switch {
		case why != nil:
			f.leaveOut(&t, why)
		case v.N == 0:
		case of.Schema != nil:
			t.Rows = append(t.Rows, f.row)
		default:
			t.List = append(t.List, f.element())
		}
		return t.Unknown == nil
	})
	return f.finish(t)
}

// finish ends a list: the steps may have run out, and what was left out is
// noted for the whole expression.
func (f *frame) finish(t dataset.Term) dataset.Term {
	if f.over {
		return dataset.Term{Unknown: tooLong}
	}
	if t.Unknown != nil && !t.Unknown.Absent {
		return dataset.Term{Unknown: t.Unknown}
	}
	f.left = addCells(f.left, t.LeftOut...)
	return t
}

func (f *frame) find(n *node) dataset.Term {
	of, why := f.rows(n)
	if why != nil {
		return dataset.Term{Unknown: why}
	}
	t := dataset.Term{LeftOut: of.LeftOut[:len(of.LeftOut):len(of.LeftOut)]}
	var hit *dataset.Term
	f.each(n, &of, func() bool {
		v, why := f.value(n.kids[1])
		if why != nil {
			f.leaveOut(&t, why)
		} else if v.N != 0 {
			e := f.element()
			hit = &e
		}
		return hit == nil && t.Unknown == nil
	})
	if hit != nil {
		hit.LeftOut = t.LeftOut
		return f.finish(*hit)
	}
	t.Schema = of.Schema
	if t.Unknown == nil {
		t.Unknown = absent
	}
	return f.finish(t)
}

// mapped is map: blank values are dropped, and listed.
func (f *frame) mapped(n *node) dataset.Term {
	of, why := f.rows(n)
	if why != nil {
		return dataset.Term{Unknown: why}
	}
	t := dataset.Term{IsList: true, LeftOut: of.LeftOut[:len(of.LeftOut):len(of.LeftOut)]}
	f.each(n, &of, func() bool {
		v, why := f.value(n.kids[1])
		if why != nil {
			f.leaveOut(&t, why)
		} else {
			t.List = append(t.List, dataset.Term{Value: v})
		}
		return t.Unknown == nil
	})
	return f.finish(t)
}
