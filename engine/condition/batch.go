package condition

import (
	"slices"

	"github.com/expr-lang/expr/vm"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// maxBatch bounds the steps of one call of Each.
const maxBatch = 1_000_000_000

// Each evaluates the expression once for every row of the table, in order,
// with name bound to the row. The other names are asked of vars once and hold
// for the whole batch; an expression that names something which depends on the
// row, a `let`, is evaluated with Eval instead.
func (e *Expr) Each(w *World, vars Vars, name string, t *dataset.Table, yield func(*dataset.Row, dataset.Term)) {
	f := newFrame(w, vars, &e.program)
	f.batch = true
	for i, s := range e.slots {
		if s == name {
			f.bound = i
		}
	}
	f.varies = make([]bool, e.nodes)
	e.root.varying(f.bound, f.varies)
	m := newMachine(f, &e.program, t)
	budget := maxBatch
	for i, r := range t.Rows {
		if budget <= 0 {
			yield(r, dataset.Term{Unknown: tooLong})
			continue
		}
		yes, known := false, false
		if m != nil {
			f.begin(true)
			if len(m.plan.parts) > 0 {
				f.bind(r, t.Schema)
			}
			yes, known = m.run(i)
			budget -= maxSteps - f.steps + 1
		}
		if known {
			yield(r, dataset.Term{Value: yesNo(yes), LeftOut: f.left})
			continue
		}
		f.bind(r, t.Schema)
		result, ok := f.quickly()
		budget -= maxSteps - f.steps
		if !ok {
			f.begin(false)
			result = f.whole()
			budget -= maxSteps - f.steps
		}
		yield(r, result)
	}
}

// bind lets the name that changes stand for a record.
func (f *frame) bind(r *dataset.Row, s *dataset.Schema) {
	if f.bound >= 0 {
		f.values[f.bound], f.loaded[f.bound] = dataset.Term{Row: r, Schema: s}, true
	}
}

// begin makes the frame ready for another evaluation.
func (f *frame) begin(quiet bool) {
	f.steps, f.over, f.left, f.quiet, f.again = maxSteps, false, nil, quiet, false
}

// quickly evaluates the expression without naming the cells for want of which
// a part is unknown, and so without making anything. Most of the time the rest
// decides; where it does not, the expression is evaluated once more.
func (f *frame) quickly() (result dataset.Term, ok bool) {
	f.begin(true)
	result = f.whole()
	return result, f.over || result.Unknown == nil && !f.again
}

// someBlank and someUnread stand for a blank and for an unreadable cell in a
// quiet evaluation.
var (
	someBlank  = &dataset.Unknown{}
	someUnread = &dataset.Unknown{Why: "a cell cannot be read"}
)

// unnamed tells whether a cell without a value is blank or unreadable.
func unnamed(r *dataset.Row, n *node) *dataset.Unknown {
	for i := range r.Problems {
		if r.Problems[i].Column == n.name && r.Problems[i].Why != "" {
			return someUnread
		}
	}
	return someBlank
}

// someCells reports whether an unknown stands for some cells, and says no less
// than it would together with another.
func someCells(u, other *dataset.Unknown) bool {
	return u == someUnread || u == someBlank && (other == absent || other == someBlank)
}

// whole evaluates the expression and adds what was left out on the way.
func (f *frame) whole() dataset.Term {
	t := f.term(f.p.root)
	if f.over {
		return dataset.Term{Unknown: tooLong}
	}
	t.LeftOut = f.left
	return t
}

// A machine runs a plan over the rows of one table.
type machine struct {
	f       *frame
	plan    *plan
	vm      vm.VM
	columns [][]any // of the plan, by row
	unknown bool    // the walker could not tell a part
}

// newMachine gives a machine, or nil where the walker has to do it all: there
// is nothing to compare, or something that holds for every row is unknown.
func newMachine(f *frame, p *program, t *dataset.Table) *machine {
	if f.bound < 0 || !p.root.yesNo() {
		return nil
	}
	pl := p.plan(f.bound)
	if pl == nil {
		return nil
	}
	m := &machine{f: f, plan: pl}
	m.vm.Variables = make([]any, len(pl.places))
	for _, x := range pl.parts {
		m.vm.Variables[x.at] = func() bool { return m.ask(x.n) }
	}
	for _, x := range pl.fixed {
		v, why := f.value(x.n)
		if why != nil || len(f.left) > 0 {
			return nil // what is left out belongs to the rows that need it: the walker knows which
		}
		m.vm.Variables[x.at] = boxed(v)
	}
	for _, c := range pl.columns {
		m.columns = append(m.columns, f.w.cache.column(t, c.n))
	}
	return m
}

// run evaluates row i; not ok if a cell it needs is missing, or it could not
// tell.
func (m *machine) run(i int) (yes, ok bool) {
	filled := 0
	for _, s := range m.plan.stages {
		for ; filled < s.columns; filled++ {
			v := m.columns[filled][i]
			if v == nil {
				return false, false
			}
			m.vm.Variables[m.plan.columns[filled].at] = v
		}
		if s.oneOf != nil {
			if yes = slices.Contains(s.oneOf, m.columns[0][i]); !yes {
				break
			}
			continue
		}
		m.unknown = false
		out, err := m.vm.Run(s.program, nil)
		if yes, ok = out.(bool); err != nil || !ok || m.unknown || m.f.again {
			return false, false
		}
		if !yes {
			break
		}
	}
	return yes, true
}

// ask evaluates a part that the machine leaves to the walker. Where it cannot
// tell, the machine's result is thrown away.
func (m *machine) ask(n *node) bool {
	v, why := m.f.value(n)
	if why != nil || m.f.over {
		m.unknown = true
	}
	return v.N != 0
}

// column gives the values of a column as the machine takes them, made when
// first asked for.
func (c *cache) column(t *dataset.Table, n *node) []any {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := columnKey{t, n.col}
	if n.col >= 0 && t.Schema != n.schema {
		if col, _, ok := columnOf(t.Schema, n.name); ok {
			key.col = col
		}
	}
	if list, ok := c.columns[key]; ok {
		return list
	}
	list := make([]any, len(t.Rows))
	same := map[dataset.Value]any{} // few texts are many times the same
	for i, r := range t.Rows {
		v := columnValue(t.Schema, r, n)
		if v.Kind == dataset.Choice {
			if same[v] == nil {
				same[v] = boxed(v)
			}
			list[i] = same[v]
			continue
		}
		list[i] = boxed(v)
	}
	if c.columns == nil {
		c.columns = map[columnKey][]any{}
	}
	c.columns[key] = list
	return list
}
