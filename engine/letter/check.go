package letter

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A checker walks a program with the kinds of its names, as a renderer walks
// it with their values. A type with nothing set is one already found faulty:
// it draws no second fault.
type checker struct {
	*program
	names  map[string]dataset.Type
	see    func(at int, s Show) // told of what is read; nil: nobody asks
	faults []Fault
}

// check finds every name, column and kind that does not fit.
func (p *program) check(names map[string]dataset.Type) []Fault {
	c := &checker{program: p, names: names}
	c.list(p.nodes, dataset.Type{})
	sortFaults(c.faults)
	return c.faults
}

func (c *checker) fault(at int, text, hint string) dataset.Type {
	line, column := place(c.source, at)
	c.faults = append(c.faults, Fault{Line: line, Column: column, Text: text, Hint: hint})
	return dataset.Type{}
}

func (c *checker) list(nodes []node, dot dataset.Type) {
	for _, n := range nodes {
		switch n.form {
		case textForm:
		case printForm:
			c.printable(n.what, c.expr(n.what, dot))
		case ifForm:
			c.expr(n.what, dot)
			c.list(n.nodes, dot)
			c.list(n.other, dot)
		case withForm:
			c.list(n.nodes, c.expr(n.what, dot))
			c.list(n.other, dot)
		case rangeForm:
			t := c.expr(n.what, dot)
			if t.List == nil && !void(t) {
				t = c.fault(n.what.at, c.says(n.what)+" is not a list: {{ range }} cannot walk it.", "{{ with }} takes one thing, {{ range }} many.")
			}
			element := dataset.Type{}
			if t.List != nil {
				element = *t.List
			}
			c.list(n.nodes, element)
			c.list(n.other, dot)
		}
	}
}

func (c *checker) printable(e *expr, t dataset.Type) {
	what := c.says(e)
	switch {
	case t.List != nil:
		c.fault(e.at, what+" is a list and cannot be printed.", "Write {{ range "+what+" }} … {{ end }}, or {{ len "+what+" }} for how many.")
	case t.Record != nil:
		c.fault(e.at, what+" is a whole record and cannot be printed.", "Print one of its columns. "+didYouMean("", columnsOf(t)))
	case t.Fields != nil:
		c.fault(e.at, what+" has parts and cannot be printed.", "Print one of them. "+didYouMean("", columnsOf(t)))
	case t.Kind == dataset.File:
		c.fault(e.at, what+" is a file and cannot be printed.", "Files travel with a letter under attach.")
	}
}

func (c *checker) expr(e *expr, dot dataset.Type) dataset.Type {
	switch {
	case e.lit.is:
		return literalType(e.lit)
	case e.call != "":
		return c.called(e, dot)
	case e.of != nil:
		return c.fields(e, c.says(e.of), c.expr(e.of, dot), e.fields)
	case e.name == "":
		return c.fields(e, "the row", dot, e.fields)
	}
	t, known := c.names[e.name]
	if !known {
		return c.fault(e.at, "There is no "+e.name+" here.", didYouMean(e.name, slices.Collect(maps.Keys(c.names))))
	}
	if c.see != nil {
		c.see(e.at, Show{Name: e.name})
	}
	return c.fields(e, e.name, t, e.fields)
}

// fields steps from a type down a path.
func (c *checker) fields(e *expr, said string, t dataset.Type, fields []string) dataset.Type {
	for _, f := range fields {
		if void(t) {
			return t
		}
		if t.List != nil {
			return c.fault(e.at, said+" is a list; it has no "+f+" of its own.", "Write {{ range "+said+" }} {{ ."+f+" }} {{ end }}.")
		}
		if t.Kind == dataset.Person {
			if people, is := c.names[peopleName]; is && people.List != nil {
				t = *people.List
			}
		}
		next, known := dataset.Type{}, false
		switch {
		case t.Record != nil:
			next, known = t.Record.Types()[f]
		case t.Fields != nil:
			next, known = t.Fields[f]
		default:
			return c.fault(e.at, said+" is "+kindWords(t)+"; it has no "+f+".", "")
		}
		if !known {
			return c.fault(e.at, said+" has no "+f+".", didYouMean(f, columnsOf(t)))
		}
		if c.see != nil && t.Record != nil {
			c.see(e.at, Show{Schema: t.Record, Field: f})
		}
		said, t = said+"."+f, next
	}
	return t
}

func (c *checker) called(e *expr, dot dataset.Type) dataset.Type {
	var types []dataset.Type
	for _, a := range e.args {
		types = append(types, c.expr(a, dot))
	}
	switch e.call {
	case "and", "or":
		return oneType(types)
	case "eq", "ne", "lt", "gt":
		for i := 1; i < len(types); i++ {
			c.comparable(e, e.args[0], types[0], e.args[i], types[i])
		}
	case "len":
		if t := types[0]; !void(t) && t.List == nil && !isText(t.Kind) {
			c.fault(e.args[0].at, c.says(e.args[0])+" has no length.", "len counts the rows of a list or the letters of a text.")
		}
		return dataset.Type{Kind: dataset.Number}
	case "index":
		return c.indexed(e, types)
	}
	return dataset.Type{Kind: dataset.YesNo}
}

func (c *checker) indexed(e *expr, types []dataset.Type) dataset.Type {
	t, by := types[0], types[1]
	switch {
	case void(t) || void(by):
		return dataset.Type{}
	case t.List != nil && by.Kind == dataset.Number:
		return *t.List
	case t.List != nil:
		return c.fault(e.args[1].at, "A row of a list is named by its number, from 0.", "")
	case e.args[1].lit.kind == 's' && (t.Record != nil || t.Fields != nil):
		return c.fields(e.args[1], c.says(e.args[0]), t, []string{e.args[1].lit.text})
	}
	return c.fault(e.at, "index takes a list and a number: {{ index rows 0 }}.", "")
}

// comparable finds comparisons of kinds that do not belong together.
func (c *checker) comparable(e, a *expr, x dataset.Type, b *expr, y dataset.Type) {
	if void(x) || void(y) {
		return
	}
	if structured(x) || structured(y) {
		c.fault(e.at, "Records and lists cannot be compared.", "Compare one of their columns, for example .key.")
		return
	}
	ordered := e.call == "lt" || e.call == "gt"
	group := comparison(x.Kind)
	switch {
	case group == 0 || group != comparison(y.Kind):
		c.fault(b.at, fmt.Sprintf("%s is %s and cannot be compared with %s.", c.says(a), kindWords(x), kindWords(y)), "Compute it under let in the playbook.")
	case ordered && !isOrdered(x.Kind):
		c.fault(e.at, fmt.Sprintf("%s is %s, of which none is less or greater than another.", c.says(a), kindWords(x)), "Use eq or ne.")
	default:
		c.choice(x, b)
		c.choice(y, a)
	}
}

// choice finds a literal that a choice column does not have.
func (c *checker) choice(t dataset.Type, e *expr) {
	if t.Kind != dataset.Choice || t.Column == nil || e.lit.kind != 's' || slices.Contains(t.Column.Choices, e.lit.text) {
		return
	}
	c.fault(e.at, fmt.Sprintf("%s is never %q.", t.Column.Name, e.lit.text), didYouMean(e.lit.text, slices.Clone(t.Column.Choices)))
}

func (c *checker) says(e *expr) string {
	switch {
	case e.lit.is:
		return "this"
	case e.call != "":
		return "(" + e.call + " …)"
	case e.of != nil:
		return c.says(e.of) + "." + strings.Join(e.fields, ".")
	case e.name == "":
		return "." + strings.Join(e.fields, ".")
	}
	return strings.Join(append([]string{e.name}, e.fields...), ".")
}

func columnsOf(t dataset.Type) []string {
	if t.Record == nil {
		return slices.Collect(maps.Keys(t.Fields))
	}
	return slices.Collect(maps.Keys(t.Record.Types()))
}
