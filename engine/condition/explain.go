package condition

import (
	"fmt"
	"sort"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Explain evaluates the expression with all its parts, none skipped because
// another has decided already. Fixed values are not parts.
func (e *Expr) Explain(w *World, vars Vars) Explanation {
	f := newFrame(w, vars, &e.program)
	return f.explain(e.root)
}

// Cells are the cells that Explain would show, in the order in which it would.
func (e *Expr) Cells(w *World, vars Vars) []dataset.Cell {
	f := e.frames.take(w, vars, &e.program)
	list := f.read(e.root, nil)
	e.frames.give(f)
	return list
}

// read adds the cells of one part.
func (f *frame) read(n *node, list []dataset.Cell) []dataset.Cell {
	kids := n.kids
	switch c, ok := f.cellOf(n); {
	case n.closure():
		kids = kids[:1]
	case ok:
		return append(list, c)
	case n.compares():
		for _, k := range kids {
			if c, ok := f.cellOf(k); ok {
				list = append(list, c)
			}
		}
	}
	for _, k := range kids {
		if !k.silent() {
			list = f.read(k, list)
		}
	}
	return list
}

// compares reports whether a part sets others side by side, so that their cells
// are its own as well.
func (n *node) compares() bool {
	return n.op >= opEqual && n.op <= opEndsWith || n.op == opPresent || n.op == opBlank
}

// silent tells what is not worth showing: fixed values, whole datasets, the
// record a column was read from.
func (n *node) silent() bool {
	switch n.op {
	case opLiteral, opArray, opDataset, opPersonRecord:
		return true
	}
	return n.op == opName && n.typ.Record != nil
}

// explain explains one part. All parts share the steps of one evaluation: an
// expression that uses them up is not worth explaining further.
func (f *frame) explain(n *node) Explanation {
	f.left = nil
	x := Explanation{Source: line(f.p.source[n.from:n.to]), Value: f.term(n)}
	if f.over {
		x.Value = dataset.Term{Unknown: tooLong}
	}
	x.Value.LeftOut = f.left
	x.Words = f.words(x.Value)
	if n.closure() {
		x.Words = f.matched(n, x)
		x.Parts = f.parts(n.kids[:1])
		return x
	}
	if c, ok := f.cellOf(n); ok {
		x.Cells = []dataset.Cell{c}
		return x
	}
	x.Parts = f.parts(n.kids)
	if n.compares() {
		for _, k := range n.kids {
			if c, ok := f.cellOf(k); ok {
				x.Cells = append(x.Cells, c)
			}
		}
	}
	return x
}

// parts explains the parts worth showing.
func (f *frame) parts(kids []*node) []Explanation {
	var list []Explanation
	for _, k := range kids {
		if !k.silent() {
			list = append(list, f.explain(k))
		}
	}
	return list
}

// matched adds to the words of a list function how many rows it went by.
func (f *frame) matched(n *node, x Explanation) string {
	of := f.term(n.kids[0])
	if of.Unknown != nil || x.Value.Unknown != nil && !x.Value.Unknown.Absent {
		return x.Words
	}
	total := len(of.Rows) + len(of.List)
	switch n.op {
	case opFilter, opMap:
		return fmt.Sprintf("%d of %d%s", len(x.Value.Rows)+len(x.Value.List), total, leftOutWords(x.Value))
	case opFind, opSum, opCount:
		return fmt.Sprintf("%s, of %d%s", x.Words, total, leftOutWords(x.Value))
	}
	yes := 0
	f.each(n, &of, func() bool {
		if v, why := f.value(n.kids[1]); why == nil && v.N != 0 {
			yes++
		}
		return true
	})
	return fmt.Sprintf("%s: it holds for %d of %d", x.Words, yes, total)
}

// words says a value to a person.
func (f *frame) words(t dataset.Term) string {
	switch {
	case t.Unknown != nil:
		return Why(t.Unknown)
	case t.Row != nil:
		return dataset.Plain(t.Row.Key)
	case t.IsList:
		n := len(t.Rows) + len(t.List)
		what := "values"
		if t.Schema != nil {
			what = t.Schema.Name
			if n == 1 && t.Schema.Singular != "" {
				what = t.Schema.Singular
			}
		}
		return fmt.Sprintf("%d %s%s", n, what, leftOutWords(t))
	case t.Fields != nil:
		names := make([]string, 0, len(t.Fields))
		for name := range t.Fields {
			names = append(names, name)
		}
		sort.Strings(names)
		return strings.Join(names, ", ")
	case t.Value.Kind == dataset.Blank:
		return "blank"
	}
	return dataset.Plain(t.Value.Words(f.w.Clock))
}

func leftOutWords(t dataset.Term) string {
	n := len(t.LeftOut)
	switch {
	case n == 0:
		return ""
	case n >= maxCells:
		return fmt.Sprintf(" (%d or more cells missing)", maxCells)
	case n == 1:
		return " (1 left out: " + readable(t.LeftOut[0].Column) + " is missing)"
	}
	return fmt.Sprintf(" (%d cells missing)", n)
}

// Why says in words why something cannot be told: "cannot tell: joined is
// blank (members.csv, row 12)".
func Why(u *dataset.Unknown) string {
	var parts []string
	for i, c := range u.Cells {
		if i == 3 {
			parts = append(parts, fmt.Sprintf("and %d more", len(u.Cells)-i))
			break
		}
		say := readable(c.Column) + " is blank"
		if c.Why != "" {
			say = readable(c.Column) + " cannot be read (" + dataset.Plain(c.Why) + ")"
		}
		if c.Origin.File != "" {
			say += " in " + dataset.Where(dataset.Plain(c.Origin.File), c.Origin.Row)
		}
		parts = append(parts, say)
	}
	if u.Why != "" {
		parts = append(parts, u.Why)
	}
	if len(parts) == 0 {
		return "not there"
	}
	return "cannot tell: " + strings.Join(parts, "; ")
}
