package condition

import (
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// function evaluates our own functions that give a plain value.
func (f *frame) function(n *node) (dataset.Value, *dataset.Unknown) {
	switch n.op {
	case opReplied:
		return f.replied(n)
	case opOpenCase:
		_, row, why := f.record(n.kids[0])
		if why != nil {
			return dataset.Value{}, why
		}
		if f.w.OpenCase == nil {
			return yesNo(false), nil
		}
		return yesNo(f.w.OpenCase(n.name, row.Ref)), nil
	}
	var args [2]dataset.Value
	var why *dataset.Unknown
	for i, k := range n.kids {
		if i >= len(args) {
			break
		}
		v, w := f.value(k)
		why = join(why, w)
		args[i] = v
	}
	if why != nil {
		return dataset.Value{}, why
	}
	a, b := args[0], args[1]
	switch n.op {
	case opDays, opMonths:
		return length(n.op, a.N)
	case opDay:
		return day(f.w.Clock.Day(a.AsTime()))
	case opDaysBetween:
		return dataset.NumberValue(int64(calendar.DaysBetween(a.AsDate(), b.AsDate()))), nil
	case opBirthday:
		if b.N < 0 || b.N > 1000 {
			return a, &dataset.Unknown{Why: "nobody reaches that age"}
		}
		return day(calendar.Birthday(a.AsDate(), int(b.N), !f.w.LeapBefore))
	case opShare:
		if b.N <= 0 {
			return a, nought
		}
		q := divide(a.N, b.N)
		if q*b.N != a.N {
			q++
		}
		return dataset.NumberValue(q), nil
	case opPounds:
		p, fits := times(a.N, 100)
		if !fits {
			return a, tooLarge
		}
		return dataset.MoneyValue(p), nil
	case opLaw:
		t := f.law(n.name, a.AsDate())
		return t.Value, t.Unknown
	}
	return dataset.Value{}, &dataset.Unknown{Why: "this cannot be worked out"}
}

// length is days(n) and months(n), within what the calendar spans.
func length(o op, n int64) (dataset.Value, *dataset.Unknown) {
	const most = 500_000
	if n < -most || n > most {
		return dataset.Value{}, tooLarge
	}
	unit := calendar.Day
	if o == opMonths {
		unit = calendar.Month
	}
	return dataset.LengthValue(calendar.Duration{N: int(n), Unit: unit}), nil
}

// law is a figure of the law, or a table, as it stands on a day.
func (f *frame) law(name string, on calendar.Date) dataset.Term {
	if f.w.Law != nil {
		if t, ok := f.w.Law(name, on); ok && (t.IsList || t.Value.Kind != dataset.Blank) {
			return t
		}
	}
	return dataset.Term{Unknown: &dataset.Unknown{Why: "the law table has no " + name + " for " + on.Words()}}
}

// lawTable is a table of the law, as a list of its rows.
func (f *frame) lawTable(n *node) dataset.Term {
	v, why := f.value(n.kids[0])
	if why != nil {
		return dataset.Term{Unknown: why}
	}
	return f.law(n.name, v.AsDate())
}

// replied asks whether a person has answered since the case opened.
func (f *frame) replied(n *node) (dataset.Value, *dataset.Unknown) {
	ref, why := f.person(n.kids[0])
	if why != nil {
		return dataset.Value{}, why
	}
	if f.w.Replied == nil {
		return yesNo(false), nil
	}
	return yesNo(f.w.Replied(ref, f.vars)), nil
}

// person gives who a part is about: a person column, the record of a person,
// or the only person a record names.
func (f *frame) person(n *node) (dataset.Ref, *dataset.Unknown) {
	if n.typ.Record == nil {
		v, why := f.operand(n)
		return dataset.Ref(v.N), why
	}
	schema, row, why := f.record(n)
	if why != nil || n.typ.Record.Person {
		if why == nil && row.Ref == 0 {
			why = absent
		}
		if why != nil {
			return 0, why
		}
		return row.Ref, nil
	}
	col := &node{op: opColumn, col: onePerson(n.typ.Record), schema: n.typ.Record}
	col.name = n.typ.Record.Columns[col.col].Name
	v, why := f.cell(schema, row, col)
	if why == nil && v.N == 0 {
		if f.quiet {
			return 0, someUnread
		}
		c := f.name(schema, row, col)
		c.Why = "no known person goes by this name"
		why = &dataset.Unknown{Cells: []dataset.Cell{c}}
	}
	return dataset.Ref(v.N), why
}

// present reports whether a cell, a record or a list has something.
func (f *frame) present(n *node) bool {
	switch n.op {
	case opRow:
		return f.row != nil && columnValue(f.rowSchema, f.row, n).Kind != dataset.Blank
	case opColumn:
		s, r, why := f.record(n.kids[0])
		return why == nil && r != nil && columnValue(s, r, n).Kind != dataset.Blank
	}
	t := f.term(n)
	switch {
	case t.Unknown != nil:
		return false
	case t.IsList:
		return len(t.Rows)+len(t.List) > 0
	}
	return t.Row != nil || t.Fields != nil || t.Value.Kind != dataset.Blank
}

// year is the calendar year of a date, as a period.
func (f *frame) year(n *node) dataset.Term {
	v, why := f.value(n.kids[0])
	if why != nil {
		return dataset.Term{Unknown: why}
	}
	p := f.w.Clock.YearOf(v.AsDate())
	return dataset.Term{Fields: map[string]dataset.Term{
		"start":  {Value: dataset.DateValue(p.Start)},
		"end":    {Value: dataset.DateValue(p.End)},
		"label":  {Value: dataset.TextValue(p.Label)},
		"number": {Value: dataset.NumberValue(int64(p.Number))},
	}}
}

// audience is a list of people that the constituency gave a name.
func (f *frame) audience(n *node) dataset.Term {
	v, why := f.value(n.kids[0])
	if why != nil {
		return dataset.Term{Unknown: why}
	}
	if f.w.Audience == nil {
		return dataset.Term{IsList: true, Schema: n.typ.List.Record}
	}
	t := f.w.Audience(v.S)
	f.left = addCells(f.left, t.LeftOut...)
	return t
}
