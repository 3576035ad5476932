package condition

import (
	"fmt"
	"math"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// closures are the functions of expr's that the language keeps.
var closures = map[string]op{"any": opAny, "all": opAll, "none": opNone, "count": opCount, "filter": opFilter, "find": opFind,
	"map": opMap, "sum": opSum}

// plainCalls are the functions that take plain values, and what they take.
var plainCalls = map[string]struct {
	op    op
	takes []dataset.Kind
	gives dataset.Kind
}{
	"days":         {opDays, []dataset.Kind{dataset.Number}, dataset.Length},
	"months":       {opMonths, []dataset.Kind{dataset.Number}, dataset.Length},
	"day":          {opDay, []dataset.Kind{dataset.Time}, dataset.Date},
	"year":         {opYear, []dataset.Kind{dataset.Date}, dataset.Blank},
	"days_between": {opDaysBetween, []dataset.Kind{dataset.Date, dataset.Date}, dataset.Number},
	"birthday":     {opBirthday, []dataset.Kind{dataset.Date, dataset.Number}, dataset.Date},
	"share":        {opShare, []dataset.Kind{dataset.Number, dataset.Number}, dataset.Number},
	"pounds":       {opPounds, []dataset.Kind{dataset.Number}, dataset.Money},
}

var functionNames = []string{"all", "any", "audience", "birthday", "blank", "count", "day", "days", "days_between", "filter",
	"find", "latest", "len", "map", "max", "min", "months", "none", "open_case", "pounds", "present", "replied", "share", "sum", "year"}

var functions = func() map[string]bool {
	m := make(map[string]bool, len(functionNames))
	for _, n := range functionNames {
		m[n] = true
	}
	return m
}()

// periodType is what year(date) gives, and what `period` is.
var periodType = dataset.Type{Fields: map[string]dataset.Type{
	"start": {Kind: dataset.Date}, "end": {Kind: dataset.Date}, "label": {Kind: dataset.Text}, "number": {Kind: dataset.Number}}}

// call checks a function of ours, and law.figure(date).
func (c *checker) call(t *ast.CallNode) *node {
	switch callee := t.Callee.(type) {
	case *ast.IdentifierNode:
		return c.function(t, callee.Value, t.Arguments)
	case *ast.MemberNode:
		id, isName := callee.Node.(*ast.IdentifierNode)
		property, isWord := callee.Property.(*ast.StringNode)
		if isName && isWord && id.Value == "law" && !callee.Optional {
			return c.lawFigure(t, property, t.Arguments)
		}
		if isWord {
			return c.refuse(t, fmt.Sprintf("%s(...) after a dot is not in the language", property.Value), "functions stand before what they are about: day(x), year(x)")
		}
	}
	return c.refuse(t, "this cannot be called like a function", "functions stand before what they are about: day(x), year(x)")
}

// lawFigure checks law.figure(date).
func (c *checker) lawFigure(t ast.Node, property *ast.StringNode, args []ast.Node) *node {
	name := property.Value
	kids := c.checkAll(args)
	n := c.make(t, opLaw, dataset.Type{}, kids...)
	n.name = name
	typ, ok := c.scope.Law[name]
	if !ok {
		n.from, n.to = c.reach(property)
		return c.fault(n, fmt.Sprintf("there is no law figure %q", name), didYouMean(name, keys(c.scope.Law)))
	}
	c.law, c.names["law"] = true, true
	n.typ = typ
	return c.takes(n, "law."+name, []dataset.Kind{dataset.Date})
}

func (c *checker) checkAll(args []ast.Node) []*node {
	kids := make([]*node, len(args))
	for i, a := range args {
		kids[i] = c.check(a)
	}
	return kids
}

// takes checks the arguments of a function of plain values.
func (c *checker) takes(n *node, name string, kinds []dataset.Kind) *node {
	if n.bad {
		return n
	}
	if len(n.kids) != len(kinds) {
		words := make([]string, len(kinds))
		for i, k := range kinds {
			words[i] = strings.TrimPrefix(kindWords[k], "a ")
		}
		return c.fault(n, fmt.Sprintf("%s takes %d value(s), and here are %d", name, len(kinds), len(n.kids)),
			fmt.Sprintf("write %s(%s)", name, strings.Join(words, ", ")))
	}
	for i, k := range n.kids {
		c.single(k)
		if k.bad || k.typ.Kind == kinds[i] {
			continue
		}
		hint := ""
		switch {
		case kinds[i] == dataset.Date && k.typ.Kind == dataset.Time:
			hint = fmt.Sprintf("write day(%s)", c.source(k))
		case kinds[i] == dataset.Time && k.typ.Kind == dataset.Date:
			hint = fmt.Sprintf("it is a date already: write %s alone", c.source(k))
		case kinds[i] == dataset.Number && k.typ.Kind == dataset.Text && k.op == opLiteral:
			hint = "a number does not stand in quotes"
		case kinds[i] == dataset.Number && k.typ.Kind == dataset.Length:
			hint = fmt.Sprintf("it is a length of time already: write %s alone", c.source(k))
		}
		c.fault(k, fmt.Sprintf("%s takes %s here, and %s is %s", name, kindWords[kinds[i]], c.source(k), article(k.typ)), hint)
	}
	for _, k := range n.kids {
		n.bad = n.bad || k.bad
	}
	return n
}

// function checks a function of ours by name.
func (c *checker) function(t ast.Node, name string, args []ast.Node) *node {
	if p, ok := plainCalls[name]; ok {
		if name == "pounds" && len(args) == 1 {
			if f, ok := args[0].(*ast.FloatNode); ok {
				return c.poundsAndPence(t, f)
			}
		}
		n := c.make(t, p.op, kindType(p.gives), c.checkAll(args)...)
		if p.op == opYear {
			n.typ = periodType
		}
		return c.takes(n, name, p.takes)
	}
	switch name {
	case "present", "blank":
		return c.presence(t, name, args)
	case "latest":
		return c.latest(t, args)
	case "replied":
		return c.replied(t, args)
	case "open_case":
		return c.openCase(t, args)
	case "audience":
		return c.audience(t, args)
	}
	n := c.make(t, opLiteral, dataset.Type{})
	if _, ok := c.scope.Names[name]; ok {
		return c.fault(n, fmt.Sprintf("%s is not a function", name), "take the brackets away")
	}
	if near := spelling.Nearest(name, functionNames); near != "" {
		return c.fault(n, fmt.Sprintf("there is no function %q", name), fmt.Sprintf("did you mean %s(...)?", near))
	}
	return c.fault(n, fmt.Sprintf("there is no function %q", name), "there is "+strings.Join(functionNames, ", "))
}

// poundsAndPence is pounds(12.50), the one place for a decimal point.
func (c *checker) poundsAndPence(t ast.Node, f *ast.FloatNode) *node {
	n := c.make(t, opLiteral, kindType(dataset.Money))
	pence := math.Round(f.Value * 100)
	if math.Abs(f.Value*100-pence) > 1e-6 || math.Abs(pence) > 1e14 {
		return c.fault(n, "this is not an amount in pounds and pence", "write at most two figures after the point: pounds(12.50)")
	}
	n.value = dataset.Value{Kind: dataset.Money, N: int64(pence)}
	return n
}

// presence checks present(x) and blank(x).
func (c *checker) presence(t ast.Node, name string, args []ast.Node) *node {
	o := opPresent
	if name == "blank" {
		o = opBlank
	}
	n := c.make(t, o, kindType(dataset.YesNo), c.checkAll(args)...)
	switch {
	case n.bad:
		return n
	case len(args) != 1:
		return c.fault(n, fmt.Sprintf("%s takes one value, and here are %d", name, len(args)), fmt.Sprintf("write %s(member.joined)", name))
	case n.kids[0].op == opLiteral || n.kids[0].op == opArray:
		return c.fault(n, fmt.Sprintf("%s is always there", c.source(n.kids[0])), "fields are written without quotes: "+name+"(member.joined)")
	case n.kids[0].op >= opNot && n.kids[0].op <= opEndsWith || n.kids[0].op == opPresent || n.kids[0].op == opBlank:
		return c.fault(n, fmt.Sprintf("%s asks about a cell, a record or a list, and this is a condition", name),
			fmt.Sprintf("write %s(x) and the condition, joined with `and`", name))
	}
	return n
}

// latest checks latest(list of dates).
func (c *checker) latest(t ast.Node, args []ast.Node) *node {
	n := c.make(t, opLatest, dataset.Type{}, c.checkAll(args)...)
	if n.bad {
		return n
	}
	if len(args) != 1 || n.kids[0].typ.List == nil || n.kids[0].typ.List.Kind != dataset.Date && n.kids[0].typ.List.Kind != dataset.Time {
		return c.fault(n, "latest takes one list of dates", "write latest(map(meetings, .date))")
	}
	n.typ = kindType(n.kids[0].typ.List.Kind)
	return n
}

// replied checks replied(person).
func (c *checker) replied(t ast.Node, args []ast.Node) *node {
	n := c.make(t, opReplied, kindType(dataset.YesNo), c.checkAll(args)...)
	if !n.bad && (len(args) != 1 || !person(n.kids[0].typ)) {
		return c.fault(n, "replied takes one person", "write replied(member), or a column that holds a person")
	}
	return n
}

// openCase checks open_case("playbook", record).
func (c *checker) openCase(t ast.Node, args []ast.Node) *node {
	n := c.make(t, opOpenCase, kindType(dataset.YesNo), c.checkAll(args)...)
	switch {
	case n.bad:
		return n
	case len(args) != 2 || n.kids[0].op != opLiteral || n.kids[0].typ.Kind != dataset.Text || n.kids[1].typ.Record == nil:
		return c.fault(n, "open_case takes the name of a playbook in quotes, and a record", "write open_case(\"arrears-chase\", member)")
	}
	n.name = n.kids[0].value.S
	if c.scope.Playbooks != nil && !c.scope.Playbooks[n.name] {
		return c.fault(n.kids[0], fmt.Sprintf("there is no playbook %q", dataset.Plain(n.name)), didYouMean(n.name, keys(c.scope.Playbooks)))
	}
	n.kids = n.kids[1:]
	return n
}

// audience checks audience("name").
func (c *checker) audience(t ast.Node, args []ast.Node) *node {
	typ := list(kindType(dataset.Person))
	if p := c.people(); p != nil {
		typ = list(dataset.Type{Record: p})
	}
	n := c.make(t, opAudience, typ, c.checkAll(args)...)
	switch {
	case n.bad:
		return n
	case len(args) != 1 || !textual(n.kids[0].typ.Kind):
		return c.fault(n, "audience takes the name of an audience", "write audience(\"members\")")
	}
	if k := n.kids[0]; k.op == opLiteral && c.scope.Audiences != nil && !c.scope.Audiences[k.value.S] {
		return c.fault(k, fmt.Sprintf("there is no audience %q", dataset.Plain(k.value.S)), didYouMean(k.value.S, keys(c.scope.Audiences)))
	}
	return n
}
