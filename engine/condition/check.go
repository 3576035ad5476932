package condition

import (
	"fmt"
	"sort"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// A checker walks expr's tree once. It builds our own, with our kinds, and
// collects every fault it can: a part that is faulty is marked bad and says
// nothing more.
type checker struct {
	scope   Scope
	text    []rune
	match   []int // of brackets
	reaches map[ast.Node][2]int
	faults  []Fault
	slots   []string
	slotOf  map[string]int
	names   map[string]bool
	uses    map[string]bool
	nodes   int
	law     bool
	moves   bool
	element *dataset.Type // what the closure around us goes through; nil outside
}

func newChecker(s Scope, text []rune) *checker {
	return &checker{scope: s, text: text, match: brackets(text), reaches: map[ast.Node][2]int{},
		slotOf: map[string]int{}, names: map[string]bool{}, uses: map[string]bool{}}
}

// program gives what the checked expression needs at run time.
func (c *checker) program(root *node) program {
	return program{root: root, source: c.text, names: sorted(c.names), slots: c.slots, uses: sorted(c.uses),
		nodes: c.nodes, law: c.law, moves: c.moves}
}

func sorted(set map[string]bool) []string {
	list := make([]string, 0, len(set))
	for s := range set {
		list = append(list, s)
	}
	sort.Strings(list)
	return list
}

// expression checks the whole.
func (c *checker) expression(tree ast.Node) *node {
	n := c.check(tree)
	if !n.bad && n.op == opArray {
		c.fault(n, "a list of values is not an answer by itself", "write what should be in it: x in [...]")
	}
	return n
}

// make gives a node for a part of the tree.
func (c *checker) make(t ast.Node, o op, typ dataset.Type, kids ...*node) *node {
	n := &node{op: o, typ: typ, kids: kids, id: c.nodes}
	n.from, n.to = c.span(t)
	c.nodes++
	for _, k := range kids {
		n.bad = n.bad || k.bad
		n.inner = n.inner || k.inner
	}
	return n
}

// fault reports one fault at a node, unless a part of it is faulty already.
func (c *checker) fault(n *node, text, hint string) *node {
	if !n.bad {
		c.faults = append(c.faults, Fault{Offset: n.from, Length: n.to - n.from, Text: text, Hint: hint})
	}
	n.bad = true
	return n
}

// refuse reports a part of the tree that is not in the language.
func (c *checker) refuse(t ast.Node, text, hint string) *node {
	return c.fault(c.make(t, opLiteral, dataset.Type{}), text, hint)
}

func kindType(k dataset.Kind) dataset.Type { return dataset.Type{Kind: k} }

// check checks one part of the tree.
func (c *checker) check(t ast.Node) *node {
	switch t := t.(type) {
	case *ast.BoolNode:
		n := c.make(t, opLiteral, kindType(dataset.YesNo))
		n.value = dataset.Value{Kind: dataset.YesNo}
		if t.Value {
			n.value.N = 1
		}
		return n
	case *ast.IntegerNode:
		n := c.make(t, opLiteral, kindType(dataset.Number))
		n.value = dataset.Value{Kind: dataset.Number, N: int64(t.Value)}
		return n
	case *ast.StringNode:
		n := c.make(t, opLiteral, kindType(dataset.Text))
		n.value = dataset.Value{Kind: dataset.Text, S: t.Value}
		return n
	case *ast.FloatNode:
		return c.refuse(t, "only whole numbers stand in a condition", "for money write pounds(12.50)")
	case *ast.IdentifierNode:
		return c.identifier(t)
	case *ast.MemberNode:
		return c.member(t)
	case *ast.UnaryNode:
		return c.unary(t)
	case *ast.BinaryNode:
		return c.binary(t)
	case *ast.CallNode:
		return c.call(t)
	case *ast.BuiltinNode:
		return c.builtin(t)
	case *ast.ArrayNode:
		return c.array(t)
	}
	return c.foreign(t)
}

// foreign refuses what expr has and the language has not.
func (c *checker) foreign(t ast.Node) *node {
	switch t := t.(type) {
	case *ast.NilNode:
		return c.refuse(t, "nil is not in the language", "write present(x) or blank(x)")
	case *ast.PointerNode:
		return c.refuse(t, "# is not in the language", "write the field with a leading dot: .status")
	case *ast.ChainNode:
		return c.refuse(t, "?. is not in the language", "write a plain dot: a record that is not there is handled for you")
	case *ast.ConditionalNode:
		// expr gives an if no place of its own; its condition has one.
		return c.refuse(t.Cond, "there is no if or ? : in a condition", "use `and` and `or`, or two steps with different `when`")
	case *ast.SequenceNode:
		return c.refuse(t, "; is not in the language", "join conditions with `and`")
	case *ast.VariableDeclaratorNode:
		return c.refuse(t, "a name cannot be set inside a condition", "give it its own line under `let:`")
	case *ast.SliceNode:
		return c.refuse(t, "a part of a list cannot be taken", "choose its rows with filter(...)")
	case *ast.MapNode:
		return c.refuse(t, "{ } is not in the language", "a condition names values, it does not build records")
	case *ast.BytesNode:
		return c.refuse(t, "bytes are not in the language", "write the text in double quotes")
	}
	return c.refuse(t, "this is not in the language", "see the list of functions and operators")
}

// identifier checks a bare name.
func (c *checker) identifier(t *ast.IdentifierNode) *node {
	name := t.Value
	switch name {
	case "today":
		c.names[name], c.moves = true, true
		return c.make(t, opToday, kindType(dataset.Date))
	case "now":
		c.names[name], c.moves = true, true
		return c.make(t, opNow, kindType(dataset.Time))
	case "law":
		if _, ok := c.scope.Names["law"]; !ok {
			return c.refuse(t, "law is a collection of figures", "write law."+first(c.scope.Law, "figure")+"(date)")
		}
	}
	typ, ok := c.scope.Names[name]
	if !ok {
		n := c.make(t, opLiteral, dataset.Type{})
		if functions[name] {
			return c.fault(n, fmt.Sprintf("%s is a function", name), fmt.Sprintf("write %s(...) with what it is about in brackets", name))
		}
		return c.fault(n, fmt.Sprintf("there is no %q here", name), c.unknownName(name))
	}
	c.names[name] = true
	if typ.List != nil && typ.List.Record != nil && typ.List.Record.Name == name {
		n := c.make(t, opDataset, typ)
		n.name = name
		return n
	}
	n := c.make(t, opName, typ)
	n.name, n.slot = name, c.slot(name)
	return n
}

// unknownName is the hint for a name that is not in scope.
func (c *checker) unknownName(name string) string {
	candidates := []string{"today", "now"}
	for n := range c.scope.Names {
		candidates = append(candidates, n)
	}
	if near := spelling.Nearest(name, candidates); near != "" {
		return "did you mean " + near + "?"
	}
	if near := spelling.Nearest(name, functionNames); near != "" {
		return fmt.Sprintf("did you mean %s(...)?", near)
	}
	switch name {
	case "yes", "no":
		return "write the condition by itself, or `not` before it"
	}
	return "if this is a text, put it in double quotes: \"" + name + "\""
}

// slot gives the place of a name among those Vars gives.
func (c *checker) slot(name string) int {
	if i, ok := c.slotOf[name]; ok {
		return i
	}
	c.slotOf[name] = len(c.slots)
	c.slots = append(c.slots, name)
	return c.slotOf[name]
}

// array checks a list of literals.
func (c *checker) array(t *ast.ArrayNode) *node {
	kids := make([]*node, len(t.Nodes))
	for i, k := range t.Nodes {
		kids[i] = c.check(k)
		if !kids[i].bad && kids[i].op != opLiteral && kids[i].op != opPounds {
			c.fault(kids[i], "only texts and numbers stand in square brackets", "compare with == and `or` instead")
		}
	}
	n := c.make(t, opArray, dataset.Type{}, kids...)
	if n.bad {
		return n
	}
	if len(kids) == 0 {
		return c.fault(n, "the list is empty", "write what may be in it: [\"active\", \"arrears\"]")
	}
	for _, k := range kids[1:] {
		if k.typ.Kind != kids[0].typ.Kind {
			return c.fault(k, fmt.Sprintf("the list begins with %s, and this is %s", article(kids[0].typ), article(k.typ)),
				"keep one kind of value in a list")
		}
	}
	typ := kids[0].typ
	n.typ = dataset.Type{List: &typ}
	return n
}

func first[V any](m map[string]V, none string) string {
	best := ""
	for k := range m {
		if best == "" || k < best {
			best = k
		}
	}
	if best == "" {
		return none
	}
	return best
}

// quoteAll joins choices for a sentence, the first few of them.
func quoteAll(list []string) string {
	const most = 12
	var b strings.Builder
	for i, s := range list {
		if i == most {
			fmt.Fprintf(&b, " and %d more", len(list)-most)
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "%q", s)
	}
	return b.String()
}
