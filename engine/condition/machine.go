package condition

import (
	"reflect"
	"slices"
	"strconv"
	"sync"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A plan is an expression made ready for expr's machine, for a batch in which
// one name changes from record to record. The machine does the logic and the
// comparisons on the record's own cells, which it finds among its variables: to
// look them up by name in a map takes longer than all the rest. What does not
// depend on the record is worked out once, before; what looks into other records
// or at the calendar is asked of the walker when the machine comes to it.
type plan struct {
	stages  []stage  // the expression holds if all of them do
	columns []column // cells of the record, which must be present
	fixed   []part   // worked out once
	parts   []part   // asked of the walker: whether they hold
	places  places
}

// places are the machine's variables, by the names under which they stand in
// expr's tree.
type places map[string]int

// of is the variable of a name, a new one for a new name.
func (p places) of(name string) int {
	at, ok := p[name]
	if !ok {
		at = len(p)
		p[name] = at
	}
	return at
}

// A stage is a part of a condition that is asked before the next. The first
// part of an `and` stands by itself, for most records need no more of their
// cells than it reads; and where it only asks whether a cell is one of some
// values, as most do, there is no need to start the machine for it.
type stage struct {
	oneOf   []any       // what the first column may be; nil: ask the program
	program *vm.Program // nil if there are such values
	columns int         // how many of the plan's it and those before it read
}

// A column and a part are values with their place among the variables.
type column struct {
	at int
	n  *node
}

type part struct {
	at int
	n  *node
}

// plans are the plans of an expression by the name that changes.
type plans struct {
	mu     sync.Mutex
	byName map[int]*plan
}

// plan gives the plan for a slot; nil if the machine has nothing to do.
func (p *program) plan(slot int) *plan {
	p.plans.mu.Lock()
	defer p.plans.mu.Unlock()
	if pl, ok := p.plans.byName[slot]; ok {
		return pl
	}
	pl := newPlan(p.root, slot)
	if p.plans.byName == nil {
		p.plans.byName = map[int]*plan{}
	}
	p.plans.byName[slot] = pl
	return pl
}

func newPlan(root *node, slot int) *plan {
	b := newBuilder(slot)
	first, rest := conjuncts(root)
	for _, part := range [][]*node{first, rest} {
		if len(part) == 0 {
			continue
		}
		if values := b.oneOfFirst(part[0]); values != nil && len(part) == 1 && len(b.plan.stages) == 0 {
			b.plan.stages = append(b.plan.stages, stage{oneOf: values, columns: len(b.plan.columns)})
			continue
		}
		tree := b.node(part[0])
		for _, n := range part[1:] {
			tree = typed(&ast.BinaryNode{Operator: "and", Left: tree, Right: b.node(n)}, boolType)
		}
		program, err := machineProgram(tree)
		if err != nil || !b.plan.places.use(program) {
			return nil // the walker can do everything
		}
		b.plan.stages = append(b.plan.stages, stage{program: program, columns: len(b.plan.columns)})
	}
	if len(b.plan.columns) == 0 {
		return nil
	}
	return b.plan
}

// oneOfFirst gives the values that a condition allows a cell of the record, if
// that is all it asks and no cell has been asked for before; else nil.
func (b *builder) oneOfFirst(n *node) (values []any) {
	if n.op != opEqual && (n.op != opIn || n.kids[1].op != opArray) || len(b.plan.columns) > 0 {
		return nil
	}
	x, list := n.kids[0], n.kids[1:]
	if n.op == opIn {
		list = n.kids[1].kids
	}
	if x.op != opColumn || !x.reads(b.slot) || !b.cells(x) {
		return nil
	}
	for _, k := range list {
		if k.op != opLiteral || !b.cells(k) || machineType(k.typ.Kind) != machineType(x.typ.Kind) {
			return nil
		}
		values = append(values, boxed(k.value))
	}
	if values != nil {
		b.cell(x)
	}
	return values
}

// conjuncts gives the first of the conditions that `and` joins, and the others.
func conjuncts(root *node) (first, rest []*node) {
	n := root
	for ; n.op == opAnd; n = n.kids[0] {
		rest = append(rest, n.kids[1])
	}
	slices.Reverse(rest)
	return []*node{n}, rest
}

func machineProgram(tree ast.Node) (*vm.Program, error) {
	config := &conf.Config{ShortCircuit: true, Optimize: true, Expect: reflect.Bool}
	config.WithEnv(map[string]any{})
	return compiler.Compile(&parser.Tree{Node: tree}, config)
}

// use makes a program read variables where it looks names up in a map.
func (p places) use(program *vm.Program) bool {
	for i, code := range program.Bytecode {
		if code != vm.OpLoadFast {
			continue
		}
		name, _ := program.Constants[program.Arguments[i]].(string)
		at, ok := p[name]
		if !ok {
			return false
		}
		program.Bytecode[i], program.Arguments[i] = vm.OpLoadVar, at
	}
	return true
}

// A builder makes expr's tree from ours.
type builder struct {
	slot int
	plan *plan
}

func newBuilder(slot int) *builder { return &builder{slot: slot, plan: &plan{places: places{}}} }

var (
	boolType   = reflect.TypeFor[bool]()
	intType    = reflect.TypeFor[int]()
	stringType = reflect.TypeFor[string]()
	askType    = reflect.TypeFor[func() bool]()
)

var machineOps = map[op]string{opAnd: "and", opOr: "or", opEqual: "==", opUnequal: "!=", opLess: "<", opLessOrEqual: "<=",
	opMore: ">", opMoreOrEqual: ">=", opContains: "contains", opStartsWith: "startsWith", opEndsWith: "endsWith"}

// node makes a node of expr's tree of a condition.
func (b *builder) node(n *node) ast.Node {
	switch {
	case b.cells(n):
		return b.value(n)
	case n.op == opNot:
		return typed(&ast.UnaryNode{Operator: "not", Node: b.node(n.kids[0])}, boolType)
	case n.op == opAnd || n.op == opOr:
		return typed(&ast.BinaryNode{Operator: machineOps[n.op], Left: b.node(n.kids[0]), Right: b.node(n.kids[1])}, boolType)
	case n.op == opIn && n.kids[1].op == opArray && b.cells(n.kids[0]) && b.cells(n.kids[1].kids...):
		return b.oneOf(n.kids[0], n.kids[1].kids)
	case machineOps[n.op] != "" && b.cells(n.kids...):
		return typed(&ast.BinaryNode{Operator: machineOps[n.op], Left: b.value(n.kids[0]), Right: b.value(n.kids[1])}, boolType)
	}
	return b.ask(n)
}

// cells reports whether the machine has these values ready: literals, cells of
// the record, and what does not depend on it.
func (b *builder) cells(list ...*node) bool {
	for _, n := range list {
		ready := n.op == opLiteral || !n.reads(b.slot) || n.op == opColumn && n.kids[0].op == opName
		if !ready || !plainKind(n.typ) || n.typ.Kind == dataset.Person || n.typ.Kind == dataset.Length {
			return false
		}
	}
	return true
}

// value makes a node for what cells reports to be ready.
func (b *builder) value(n *node) ast.Node {
	switch {
	case n.op == opLiteral:
		return literal(n.value)
	case !n.reads(b.slot):
		return b.once(n)
	}
	return b.cell(n)
}

// once makes a name for what does not depend on the record.
func (b *builder) once(n *node) ast.Node {
	key := "fixed" + strconv.Itoa(n.id)
	b.plan.fixed = append(b.plan.fixed, part{b.plan.places.of(key), n})
	return typed(&ast.IdentifierNode{Value: key}, machineType(n.typ.Kind))
}

// cell makes a name for a cell of the record.
func (b *builder) cell(n *node) ast.Node {
	key := n.kids[0].name + "." + n.name
	if _, ok := b.plan.places[key]; !ok {
		b.plan.columns = append(b.plan.columns, column{b.plan.places.of(key), n})
	}
	return typed(&ast.IdentifierNode{Value: key}, machineType(n.typ.Kind))
}

// oneOf writes x in [a, b] as x == a or x == b, which the machine does faster.
func (b *builder) oneOf(x *node, of []*node) ast.Node {
	var all ast.Node
	for _, k := range of {
		one := typed(&ast.BinaryNode{Operator: "==", Left: b.value(x), Right: b.value(k)}, boolType)
		if all == nil {
			all = one
		} else {
			all = typed(&ast.BinaryNode{Operator: "or", Left: all, Right: one}, boolType)
		}
	}
	return all
}

// ask makes a call to the walker. Only conditions are asked, for their result
// can be handed over without making anything.
func (b *builder) ask(n *node) ast.Node {
	key := "ask" + strconv.Itoa(n.id)
	b.plan.parts = append(b.plan.parts, part{b.plan.places.of(key), n})
	return typed(&ast.CallNode{Callee: typed(&ast.IdentifierNode{Value: key}, askType)}, boolType)
}

func typed(n ast.Node, t reflect.Type) ast.Node {
	n.SetType(t)
	return n
}

func literal(v dataset.Value) ast.Node {
	switch {
	case v.Kind == dataset.YesNo:
		return typed(&ast.BoolNode{Value: v.N != 0}, boolType)
	case textual(v.Kind):
		return typed(&ast.StringNode{Value: v.S}, stringType)
	}
	return typed(&ast.IntegerNode{Value: int(v.N)}, intType)
}

func machineType(k dataset.Kind) reflect.Type {
	switch {
	case k == dataset.YesNo:
		return boolType
	case textual(k):
		return stringType
	}
	return intType
}

// boxed is a value as the machine takes it: dates as day numbers, times as
// microseconds, money as pence. It is nil for a blank.
func boxed(v dataset.Value) any {
	switch {
	case v.Kind == dataset.Blank:
		return nil
	case v.Kind == dataset.YesNo:
		return v.N != 0
	case textual(v.Kind):
		return v.S
	}
	return int(v.N)
}
