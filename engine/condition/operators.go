package condition

import (
	"fmt"

	"github.com/expr-lang/expr/ast"

	"github.com/clarion-clp/clarion/engine/dataset"
)

var compareOps = map[string]op{"==": opEqual, "!=": opUnequal, "<": opLess, "<=": opLessOrEqual, ">": opMore, ">=": opMoreOrEqual}

// unary checks `not x` and `-x`.
func (c *checker) unary(t *ast.UnaryNode) *node {
	switch t.Operator {
	case "!":
		return c.refuse(t, "! is not in the language", "write `not`")
	case "+":
		return c.refuse(t, "a plus sign before a value means nothing", "take it out")
	case "-":
		k := c.check(t.Node)
		n := c.make(t, opNegate, k.typ, k)
		if !n.bad && k.typ.Kind != dataset.Number && k.typ.Kind != dataset.Money {
			return c.fault(n, fmt.Sprintf("%s is %s and cannot be negative", c.source(k), article(k.typ)), "take the minus out")
		}
		if k.op == opLiteral && !n.bad {
			k.value.N, k.from, k.to = -k.value.N, n.from, n.to
			return k
		}
		return n
	}
	k := c.check(t.Node)
	n := c.make(t, opNot, kindType(dataset.YesNo), k)
	c.truth(k, "not")
	n.bad = k.bad
	return n
}

// truth demands that a node is yes or no.
func (c *checker) truth(n *node, where string) {
	if n.bad || n.yesNo() {
		return
	}
	hint := "compare it with something, or write present(" + c.source(n) + ")"
	c.fault(n, fmt.Sprintf("%q needs a yes or no, and %s is %s", where, c.source(n), article(n.typ)), hint)
}

// binary checks an operator between two parts.
func (c *checker) binary(t *ast.BinaryNode) *node {
	switch t.Operator {
	case "&&":
		if c.char(t.Location().From) != '&' {
			return c.refuse(t, "comparisons do not chain", "write a < b and b < c")
		}
		return c.refuse(t, "&& is not in the language", "write `and`")
	case "||":
		return c.refuse(t, "|| is not in the language", "write `or`")
	case "..":
		return c.refuse(t, "ranges are not in the language", "write x >= 1 and x <= 9")
	case "matches":
		return c.refuse(t, "patterns are not in the language", "use contains, startsWith or endsWith")
	case "%", "^", "**":
		return c.refuse(t, t.Operator+" is not in the language", "there is + - * /")
	}
	if n := c.notFirst(t); n != nil {
		return n
	}
	l, r := c.check(t.Left), c.check(t.Right)
	n := c.make(t, opAnd, kindType(dataset.YesNo), l, r)
	if o, ok := compareOps[t.Operator]; ok {
		n.op = o
		return c.comparison(n, t.Operator)
	}
	switch t.Operator {
	case "and", "or":
		if t.Operator == "or" {
			n.op = opOr
		}
		c.truth(l, t.Operator)
		c.truth(r, t.Operator)
		n.bad = l.bad || r.bad
		return n
	case "in":
		n.op = opIn
		return c.membership(n)
	case "contains", "startsWith", "endsWith":
		n.op = map[string]op{"contains": opContains, "startsWith": opStartsWith, "endsWith": opEndsWith}[t.Operator]
		return c.textTest(n, t.Operator)
	case "??":
		n.op = opElse
		return c.otherwise(n)
	case "+", "-", "*", "/":
		n.op = map[string]op{"+": opAdd, "-": opSubtract, "*": opMultiply, "/": opDivide}[t.Operator]
		return c.arithmetic(n)
	}
	return c.fault(n, t.Operator+" is not in the language", "see the list of operators")
}

// notFirst catches `not x == y`, which expr reads as (not x) == y.
func (c *checker) notFirst(t *ast.BinaryNode) *node {
	u, ok := t.Left.(*ast.UnaryNode)
	if !ok || u.Operator == "-" || u.Operator == "+" || t.Operator == "and" || t.Operator == "or" || t.Operator == "??" {
		return nil
	}
	if _, inner := u.Node.(*ast.BinaryNode); inner {
		return nil // not (a in b) == c: the kinds will say what is wrong
	}
	from, to := c.span(u.Node)
	what := line(c.text[from:to])
	from, to = c.span(t.Right)
	with := line(c.text[from:to])
	n := c.make(t, opLiteral, dataset.Type{})
	opposite := map[string]string{"==": "!=", "!=": "==", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}[t.Operator]
	if opposite == "" {
		opposite = "not " + t.Operator
	}
	return c.fault(n, fmt.Sprintf("`not` here belongs to %s alone, not to the whole comparison", what),
		fmt.Sprintf("write %s %s %s", what, opposite, with))
}

// single demands that a node is one plain value.
func (c *checker) single(n *node) {
	if n.bad || plainKind(n.typ) {
		return
	}
	what := c.source(n)
	switch t := n.typ; {
	case t.Record != nil:
		c.fault(n, fmt.Sprintf("%s is a whole record", what), fmt.Sprintf("name one of its fields: %s.key", what))
	case t.Fields != nil:
		hint := "name one of its fields"
		if names := keys(t.Fields); len(names) > 0 {
			hint += ": " + what + "." + names[0]
		}
		c.fault(n, what+" is a group of fields", hint)
	case n.op == opArray:
		c.fault(n, "a list of values cannot stand here", "write x in [...]")
	default:
		c.fault(n, what+" is a list", fmt.Sprintf("write len(%s), or any(%s, ...)", what, what))
	}
}

// comparison checks == != < <= > >=.
func (c *checker) comparison(n *node, sign string) *node {
	l, r := n.kids[0], n.kids[1]
	if c.samePerson(n) {
		return n
	}
	c.single(l)
	c.single(r)
	if n.bad = l.bad || r.bad; n.bad {
		return n
	}
	if !c.comparable(n, l, r) {
		return n
	}
	k := l.typ.Kind
	switch {
	case n.op != opEqual && n.op != opUnequal && !ordered(k):
		hint := "only numbers, money, dates and times have an order"
		if k == dataset.Length {
			hint = "compare dates instead: date + length < other date"
		}
		return c.fault(n, fmt.Sprintf("%s does not work with %s", sign, article(l.typ)), hint)
	case k == dataset.Length:
		return c.fault(n, "two lengths of time cannot be compared", "compare dates instead: a month has no fixed number of days")
	case k == dataset.File:
		return c.fault(n, "files cannot be compared", "write present(x) or blank(x)")
	case l.op == opLiteral && r.op == opLiteral:
		return c.fault(n, "this compares two fixed values", "one side should be a field or a name; fields are written without quotes")
	case k == dataset.YesNo && (l.op == opLiteral || r.op == opLiteral):
		what := l
		if l.op == opLiteral {
			what = r
		}
		return c.fault(n, "a yes or no needs no comparison", fmt.Sprintf("write %[1]s by itself, or not %[1]s", c.source(what)))
	}
	return n
}

// samePerson allows comparing a person with the record of a person.
func (c *checker) samePerson(n *node) bool {
	l, r := n.kids[0], n.kids[1]
	if n.bad || n.op != opEqual && n.op != opUnequal {
		return false
	}
	is := func(t dataset.Type) bool { return t.Record != nil && t.Record.Person }
	return l.typ.Kind == dataset.Person && is(r.typ) || is(l.typ) && r.typ.Kind == dataset.Person || is(l.typ) && is(r.typ)
}

// comparable checks that two plain values are of kinds that belong together,
// and reports a fault at n if not.
func (c *checker) comparable(n, l, r *node) bool {
	a, b := l.typ.Kind, r.typ.Kind
	switch {
	case textual(a) && textual(b):
		return c.choice(l, r) && c.choice(r, l) && c.alike(n, l, r)
	case a == b:
		return true
	}
	if a > b {
		a, b, l, r = b, a, r, l
	}
	hint := "compare things of the same kind"
	switch {
	case a == dataset.Number && b == dataset.Money:
		hint = fmt.Sprintf("write pounds(%s)", c.source(l))
	case a == dataset.Date && b == dataset.Time:
		hint = fmt.Sprintf("write day(%s)", c.source(r))
	case a == dataset.Text && (b == dataset.Date || b == dataset.Time):
		hint = "a date does not stand in quotes: use a setting of type date, or today"
	case a == dataset.Text && (b == dataset.Number || b == dataset.Money) && l.op == opLiteral:
		hint = "a number does not stand in quotes"
	case a == dataset.YesNo || b == dataset.YesNo:
		hint = "a yes or no stands by itself: write x or not x"
	case b == dataset.Length:
		hint = "compare two dates, or two numbers with days_between(date, date)"
	case b == dataset.Person:
		hint = fmt.Sprintf("name a column of the person: %s.key, or compare two persons", c.source(r))
	}
	c.fault(n, fmt.Sprintf("%s is %s, and %s is %s", c.source(l), article(l.typ), c.source(r), article(r.typ)), hint)
	return false
}

// choice checks a literal against the choices of what it is compared with.
func (c *checker) choice(literal, with *node) bool {
	allowed := choices(with.typ)
	if literal.op != opLiteral || allowed == nil {
		return c.emptyText(literal, with)
	}
	for _, a := range allowed {
		if a == literal.value.S {
			return true
		}
	}
	c.fault(literal, fmt.Sprintf("%s is never %q", c.source(with), dataset.Plain(literal.value.S)), didYouMean(literal.value.S, allowed))
	return false
}

// emptyText refuses "" where a blank cell is meant.
func (c *checker) emptyText(literal, with *node) bool {
	if literal.op == opLiteral && literal.value.Kind == dataset.Text && literal.value.S == "" {
		c.fault(literal, "an empty text is never found: a cell without text is blank", fmt.Sprintf("write blank(%s)", c.source(with)))
		return false
	}
	return true
}

// alike checks that two choices share a value and two keys a dataset.
func (c *checker) alike(n, l, r *node) bool {
	if l.typ.Kind == dataset.Reference && r.typ.Kind == dataset.Reference && l.typ.Column != nil && r.typ.Column != nil {
		a, b := l.typ.Column.Of, r.typ.Column.Of
		if a != b && a != "" && b != "" && a != "people" && b != "people" { // a member's key among people is the member's
			c.fault(n, fmt.Sprintf("%s is a key of %s, and %s is a key of %s", c.source(l), a, c.source(r), b),
				"compare keys of the same dataset")
			return false
		}
	}
	x, y := choices(l.typ), choices(r.typ)
	if x == nil || y == nil {
		return true
	}
	for _, a := range x {
		for _, b := range y {
			if a == b {
				return true
			}
		}
	}
	c.fault(n, fmt.Sprintf("%s and %s have no choice in common", c.source(l), c.source(r)), "compare columns with the same choices")
	return false
}
