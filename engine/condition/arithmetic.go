package condition

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// membership checks x in list.
func (c *checker) membership(n *node) *node {
	x, in := n.kids[0], n.kids[1]
	c.single(x)
	if n.bad = x.bad || in.bad; n.bad {
		return n
	}
	switch {
	case in.typ.List == nil && textual(in.typ.Kind):
		return c.fault(in, fmt.Sprintf("%s is one value, not a list", c.source(in)),
			fmt.Sprintf("write %s == %s, or %s contains %s", c.source(x), c.source(in), c.source(in), c.source(x)))
	case in.typ.List == nil:
		return c.fault(in, fmt.Sprintf("%s is %s, not a list", c.source(in), article(in.typ)), "after `in` comes a list: [\"active\", \"arrears\"]")
	case !plainKind(*in.typ.List):
		return c.fault(in, fmt.Sprintf("%s is %s, not a list of values", c.source(in), article(in.typ)),
			fmt.Sprintf("write any(%s, .field == %s)", c.source(in), c.source(x)))
	}
	if in.op == opArray {
		for _, k := range in.kids {
			if !c.comparable(k, x, k) {
				n.bad = true
			}
		}
		return n
	}
	element := &node{op: opName, typ: *in.typ.List, from: in.from, to: in.to}
	if !c.comparable(n, x, element) {
		return n
	}
	if x.typ.Kind == dataset.Length || x.typ.Kind == dataset.File {
		return c.fault(n, fmt.Sprintf("%s cannot be looked for in a list", article(x.typ)), "compare dates or texts")
	}
	return n
}

// textTest checks contains, startsWith and endsWith.
func (c *checker) textTest(n *node, word string) *node {
	for i, k := range n.kids {
		if k.bad {
			continue
		}
		if k.typ.List != nil {
			hint := "write any(list, ...)"
			if i == 0 {
				hint = fmt.Sprintf("write %s in %s", c.source(n.kids[1]), c.source(k))
			}
			c.fault(k, fmt.Sprintf("%s is about texts, and this is a list", word), hint)
			continue
		}
		c.single(k)
		if !k.bad && !textual(k.typ.Kind) {
			c.fault(k, fmt.Sprintf("%s is about texts, and %s is %s", word, c.source(k), article(k.typ)), "compare it with == or <")
		}
	}
	n.bad = n.kids[0].bad || n.kids[1].bad
	if !n.bad && !c.emptyText(n.kids[1], n.kids[0]) {
		n.bad = true
	}
	return n
}

// otherwise checks x ?? y.
func (c *checker) otherwise(n *node) *node {
	l, r := n.kids[0], n.kids[1]
	if !c.scope.Let {
		return c.fault(n, "?? may only stand in `let`", "give the value a name under `let:` and use the name here")
	}
	c.single(l)
	c.single(r)
	if n.bad = l.bad || r.bad; n.bad {
		return n
	}
	if !c.comparable(n, l, r) {
		return n
	}
	n.typ = l.typ
	if l.typ.Kind != r.typ.Kind {
		n.typ = kindType(dataset.Text)
	}
	return n
}

// arithmetic checks + - * / by the kinds of both sides.
func (c *checker) arithmetic(n *node) *node {
	l, r := n.kids[0], n.kids[1]
	c.single(l)
	c.single(r)
	if n.bad = l.bad || r.bad; n.bad {
		return n
	}
	kind, hint := arithmeticKind(n.op, l.typ.Kind, r.typ.Kind)
	if kind != dataset.Blank {
		n.typ = kindType(kind)
		return n
	}
	switch hint {
	case "between":
		hint = fmt.Sprintf("write days_between(%s, %s)", c.source(r), c.source(l))
	case "pounds":
		what := l
		if r.typ.Kind == dataset.Number {
			what = r
		}
		hint = fmt.Sprintf("write pounds(%s)", c.source(what))
	case "days":
		hint = fmt.Sprintf("write days(%s) or months(%s)", c.source(r), c.source(r))
	}
	sign := map[op]string{opAdd: "+", opSubtract: "-", opMultiply: "*", opDivide: "/"}[n.op]
	return c.fault(n, fmt.Sprintf("%s does not work between %s and %s", sign, article(l.typ), article(r.typ)), hint)
}

// arithmeticKind gives the kind of a result, or a hint.
func arithmeticKind(o op, a, b dataset.Kind) (dataset.Kind, string) {
	number, money, length := dataset.Number, dataset.Money, dataset.Length
	day := func(k dataset.Kind) bool { return k == dataset.Date || k == dataset.Time }
	switch {
	case a == number && b == number:
		return number, ""
	case a == money && b == money && (o == opAdd || o == opSubtract):
		return money, ""
	case a == money && b == number && (o == opMultiply || o == opDivide), a == number && b == money && o == opMultiply:
		return money, ""
	case day(a) && b == length && (o == opAdd || o == opSubtract):
		return a, ""
	case a == length && day(b) && o == opAdd:
		return b, ""
	case day(a) && day(b):
		return dataset.Blank, "between"
	case a == money && b == number, a == number && b == money:
		return dataset.Blank, "pounds"
	case day(a) && b == number:
		return dataset.Blank, "days"
	case textual(a) && textual(b):
		return dataset.Blank, "texts are joined in the letter, not here"
	case a == length || b == length:
		return dataset.Blank, "a length of time is added to a date or taken from one"
	}
	return dataset.Blank, "only numbers, money and dates are reckoned with"
}
