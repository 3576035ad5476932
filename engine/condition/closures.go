package condition

import (
	"fmt"

	"github.com/expr-lang/expr/ast"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// refused are functions of expr's that a hint helps with.
var refused = map[string]string{
	"reduce": "use sum, count, min or max", "get": "write the field with a dot: member.status", "first": "use find(list, ...)",
	"last": "use latest(...) on dates", "take": "use `most` in the step", "sort": "rows are sorted by `columns` of the step",
	"sortBy": "rows are sorted by `columns` of the step", "one": "write count(list, ...) == 1", "now": "write now, without brackets",
	"date": "use a setting of type date", "duration": "write days(7) or months(1)", "lower": "texts are compared as they are written",
	"upper": "texts are compared as they are written", "trim": "texts are trimmed when they are imported",
	"findLast": "use find(list, ...)", "mean": "use sum and len", "groupBy": "use `each` in a step",
}

// builtin checks the functions that expr's parser knows by itself.
func (c *checker) builtin(t *ast.BuiltinNode) *node {
	from := t.Location().From
	if len(t.Arguments) > 0 && t.Arguments[0] != nil {
		if first, _ := c.reach(t.Arguments[0]); first < from {
			return c.refuse(t, "pipes are not in the language", fmt.Sprintf("write %s(...) with the list inside the brackets", t.Name))
		}
	}
	if c.char(from-1) == ':' {
		return c.refuse(t, ":: is not in the language", "write "+t.Name+"(...)")
	}
	if _, ok := closures[t.Name]; ok {
		return c.closure(t)
	}
	switch t.Name {
	case "len":
		return c.length(t)
	case "min", "max":
		return c.extreme(t)
	}
	n := c.make(t, opLiteral, dataset.Type{})
	hint, ok := refused[t.Name]
	if !ok {
		hint = "see the list of functions"
		if near := spelling.Nearest(t.Name, functionNames); near != "" {
			hint = fmt.Sprintf("did you mean %s(...)?", near)
		}
	}
	return c.fault(n, t.Name+" is not in the language", hint)
}

// closure checks a function that goes through a list row by row.
func (c *checker) closure(t *ast.BuiltinNode) *node {
	o := closures[t.Name]
	if c.element != nil {
		return c.refuse(t, fmt.Sprintf("%s stands inside another list function", t.Name),
			"give the inner list a name under `let:` and use the name here")
	}
	of := c.check(t.Arguments[0])
	kids := []*node{of}
	element := c.elementOf(of, t.Name)
	if len(t.Arguments) > 1 {
		c.element = element
		if element == nil {
			c.element = &dataset.Type{} // keeps nested closures refused; .field is quiet on a faulty list
		}
		if body, ok := t.Arguments[1].(*ast.PredicateNode); ok {
			if element != nil {
				kids = append(kids, c.check(body.Node))
			}
		}
		c.element = nil
	}
	n := c.make(t, o, dataset.Type{}, kids...)
	n.inner = of.inner
	n.bad = n.bad || element == nil
	if n.bad {
		return n
	}
	if len(t.Arguments) == 1 {
		return c.withoutBody(n, t.Name)
	}
	return c.body(n, t.Name)
}

// elementOf is the type of the list's elements; nil after a fault.
func (c *checker) elementOf(of *node, name string) *dataset.Type {
	switch {
	case of.bad:
		return nil
	case of.op == opArray || of.typ.List == nil:
		c.fault(of, fmt.Sprintf("%s goes through a list, and %s is %s", name, c.source(of), article(of.typ)),
			"begin with a dataset or a list: "+name+"(members, ...)")
		return nil
	}
	return of.typ.List
}

// withoutBody is sum(list), and a fault for count(list).
func (c *checker) withoutBody(n *node, name string) *node {
	e := *n.kids[0].typ.List
	if name == "count" {
		return c.fault(n, "count needs a condition", fmt.Sprintf("write len(%s) to count them all", c.source(n.kids[0])))
	}
	if e.Kind != dataset.Number && e.Kind != dataset.Money {
		return c.fault(n, "only numbers and money are added up", fmt.Sprintf("write sum(%s, .amount)", c.source(n.kids[0])))
	}
	n.typ = kindType(e.Kind)
	return n
}

// body checks the part that is asked for each row, and gives the closure its
// type.
func (c *checker) body(n *node, name string) *node {
	of, b := n.kids[0], n.kids[1]
	switch n.op {
	case opMap, opSum:
		c.single(b)
		if b.bad {
			n.bad = true
			return n
		}
		if n.op == opSum && b.typ.Kind != dataset.Number && b.typ.Kind != dataset.Money {
			return c.fault(b, fmt.Sprintf("only numbers and money are added up, and %s is %s", c.source(b), article(b.typ)),
				"use count(list, ...) to count rows")
		}
		n.typ = b.typ
		if n.op == opMap {
			n.typ = list(b.typ)
		}
		return n
	}
	c.truth(b, name)
	if n.bad = b.bad; n.bad {
		return n
	}
	if !b.inner {
		return c.fault(b, fmt.Sprintf("this is the same for every row of %s", c.source(of)),
			"name a field of the row with a leading dot: .status")
	}
	switch n.op {
	case opFilter:
		n.typ = of.typ
	case opFind:
		n.typ = *of.typ.List
	case opCount:
		n.typ = kindType(dataset.Number)
	default:
		n.typ = kindType(dataset.YesNo)
	}
	n.key = lookupOf(n)
	return n
}

// lookupOf finds an equality that the predicate cannot hold without, of a
// column with something outside the row. One that changes from evaluation to
// evaluation is better than a fixed text.
func lookupOf(n *node) *lookup {
	if n.op == opAll || n.kids[0].op != opDataset {
		return nil
	}
	var best *lookup
	var visit func(p *node)
	visit = func(p *node) {
		if p.op == opAnd {
			visit(p.kids[0])
			visit(p.kids[1])
			return
		}
		if p.op != opEqual {
			return
		}
		col, outer := p.kids[0], p.kids[1]
		if col.op != opRow {
			col, outer = outer, col
		}
		if col.op != opRow || outer.inner || col.col == colFirstSeen || col.col == colBaseline {
			return
		}
		if best == nil || best.outer.op == opLiteral && outer.op != opLiteral {
			best = &lookup{col: col.col, name: col.name, outer: outer}
		}
	}
	visit(n.kids[1])
	return best
}

// length checks len(list).
func (c *checker) length(t *ast.BuiltinNode) *node {
	n := c.make(t, opLen, kindType(dataset.Number), c.checkAll(t.Arguments)...)
	switch {
	case n.bad:
		return n
	case len(n.kids) != 1 || n.kids[0].op == opArray:
		return c.fault(n, "len takes one list", "write len(members)")
	case n.kids[0].typ.List == nil:
		return c.fault(n, fmt.Sprintf("len counts a list, and %s is %s", c.source(n.kids[0]), article(n.kids[0].typ)), "write len(members)")
	}
	return n
}

// extreme checks min and max, of one list or of several values.
func (c *checker) extreme(t *ast.BuiltinNode) *node {
	o := opMin
	if t.Name == "max" {
		o = opMax
	}
	n := c.make(t, o, dataset.Type{}, c.checkAll(t.Arguments)...)
	if n.bad {
		return n
	}
	var kinds []dataset.Type
	if len(n.kids) == 1 && n.kids[0].typ.List != nil && n.kids[0].op != opArray {
		kinds = []dataset.Type{*n.kids[0].typ.List}
	} else if len(n.kids) > 1 {
		for _, k := range n.kids {
			kinds = append(kinds, k.typ)
		}
	}
	if len(kinds) == 0 {
		return c.fault(n, t.Name+" takes a list, or two values and more", fmt.Sprintf("write %s(map(donations, .amount))", t.Name))
	}
	for _, k := range kinds {
		if !ordered(k.Kind) || k.Kind != kinds[0].Kind {
			return c.fault(n, t.Name+" takes numbers, money, dates or times, all of one kind", fmt.Sprintf("write %s(map(donations, .amount))", t.Name))
		}
	}
	n.typ = kindType(kinds[0].Kind)
	return n
}
