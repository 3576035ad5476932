package condition

import (
	"fmt"
	"sort"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// member checks `thing.field`.
func (c *checker) member(t *ast.MemberNode) *node {
	property, ok := t.Property.(*ast.StringNode)
	if t.Optional {
		return c.refuse(t, "?. is not in the language", "write a plain dot: a record that is not there is handled for you")
	}
	if at := c.char(t.Property.Location().From); !ok || at == '"' || at == '\'' || at == '`' {
		return c.refuse(t, "fields are named with a dot, not in square brackets", "write member.status; to choose a row use find(...)")
	}
	name := property.Value
	if p, ok := t.Node.(*ast.PointerNode); ok {
		return c.ofRow(t, p, name)
	}
	if id, ok := t.Node.(*ast.IdentifierNode); ok && id.Value == "law" {
		if typ, ok := c.scope.Law[name]; ok {
			return c.refuse(t, fmt.Sprintf("law.%s changes with time and needs a date (it is %s)", name, article(typ)),
				fmt.Sprintf("write law.%s(date), with the date the law looks at", name))
		}
		if law, ok := c.scope.Names["law"]; !ok || !has(law.Fields, name) {
			return c.refuse(t, fmt.Sprintf("there is no law figure %q", name), didYouMean(name, keys(c.scope.Law)))
		}
	}
	return c.field(t, property, c.check(t.Node), name)
}

func has(m map[string]dataset.Type, name string) bool { _, ok := m[name]; return ok }

func keys[V any](m map[string]V) []string {
	list := make([]string, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}

// field checks a field of a thing already checked.
func (c *checker) field(t ast.Node, at ast.Node, of *node, name string) *node {
	n := c.make(t, opColumn, dataset.Type{}, of)
	if of.bad {
		return n
	}
	switch typ := of.typ; {
	case typ.Record != nil:
		return c.column(n, at, typ.Record, name)
	case typ.Fields != nil:
		ft, ok := typ.Fields[name]
		if !ok {
			return c.noField(n, at, name, keys(typ.Fields), c.source(of))
		}
		n.op, n.name, n.typ = opField, name, ft
		return n
	case typ.List != nil:
		return c.fault(n, fmt.Sprintf("%s is a list, and a list has no fields", c.source(of)),
			fmt.Sprintf("write any(%[1]s, .%[2]s == ...), or map(%[1]s, .%[2]s)", c.source(of), name))
	case typ.Kind == dataset.Person:
		people := c.people()
		if people == nil {
			return c.fault(n, "nothing is known here about the people", "compare the person, or use a column of the record itself")
		}
		record := c.make(t, opPersonRecord, dataset.Type{Record: people}, of)
		n.kids[0] = record
		return c.column(n, at, people, name)
	case typ.Kind == dataset.Reference && typ.Column != nil && typ.Column.Of != "":
		return c.fault(n, fmt.Sprintf("%s is the key of a record, not the record", c.source(of)),
			fmt.Sprintf("give it a name in `let`: find(%s, .key == %s)", typ.Column.Of, c.source(of)))
	}
	hint := "take the field away"
	if of.typ.Kind == dataset.Date && (name == "year" || name == "Year") {
		hint = fmt.Sprintf("write year(%s).number", c.source(of))
	}
	return c.fault(n, fmt.Sprintf("%s is %s and has no fields", c.source(of), article(of.typ)), hint)
}

// column makes n a column of a record.
func (c *checker) column(n *node, at ast.Node, s *dataset.Schema, name string) *node {
	col, typ, ok := columnOf(s, name)
	if !ok {
		return c.noField(n, at, name, columnNames(s), article(dataset.Type{Record: s}))
	}
	n.col, n.typ, n.schema, n.name = col, typ, s, name
	if col >= 0 {
		c.uses[s.Name+"."+name] = true
	}
	return n
}

// ofRow checks `.field` inside a closure.
func (c *checker) ofRow(t ast.Node, p *ast.PointerNode, name string) *node {
	n := c.make(t, opRow, dataset.Type{})
	n.inner = true
	if c.char(p.Location().From) == '#' || p.Name != "" {
		return c.fault(n, "# is not in the language", "write the field with a leading dot: ."+name)
	}
	switch e := c.element; {
	case e == nil: // the list was faulty, and said so
		n.bad = true
		return n
	case e.Record != nil:
		return c.column(n, t.(*ast.MemberNode).Property, e.Record, name)
	case e.Fields != nil:
		ft, ok := e.Fields[name]
		if !ok {
			return c.noField(n, t.(*ast.MemberNode).Property, name, keys(e.Fields), "a row")
		}
		n.op, n.name, n.typ = opRowField, name, ft
		return n
	}
	return c.fault(n, fmt.Sprintf("the list holds %s, which has no fields", article(*c.element)), "use `in`, len, min, max or latest on it")
}

// noField reports a field that is not there.
func (c *checker) noField(n *node, at ast.Node, name string, names []string, of string) *node {
	n.from, n.to = c.reach(at)
	hint := ""
	if near := spelling.Nearest(name, names); near != "" {
		hint = "did you mean " + near + "?"
	} else if len(names) <= 24 {
		hint = "it has " + strings.Join(names, ", ")
	}
	return c.fault(n, fmt.Sprintf("%s has no field %q", of, name), hint)
}

// people is the schema a person column leads to; nil if there is none.
func (c *checker) people() *dataset.Schema {
	if p, ok := c.scope.Names["people"]; ok && p.List != nil {
		return p.List.Record
	}
	return nil
}

// columnOf finds a column by name, key, first_seen and baseline included.
func columnOf(s *dataset.Schema, name string) (int, dataset.Type, bool) {
	for i := range s.Columns {
		if s.Columns[i].Name == name {
			return i, dataset.Type{Kind: s.Columns[i].Kind, Column: &s.Columns[i]}, true
		}
	}
	switch name {
	case "key":
		return colKey, dataset.Type{Kind: dataset.Reference, Column: &dataset.Column{Name: "key", Kind: dataset.Reference, Of: s.Name}}, true
	case "first_seen":
		return colFirstSeen, kindType(dataset.Time), true
	case "baseline":
		return colBaseline, kindType(dataset.YesNo), true
	}
	return 0, dataset.Type{}, false
}

func columnNames(s *dataset.Schema) []string {
	names := make([]string, 0, len(s.Columns)+3)
	for i := range s.Columns {
		names = append(names, s.Columns[i].Name)
	}
	return append(names, "key", "first_seen", "baseline")
}

// source is a part as it was written, cut to a readable length.
func (c *checker) source(n *node) string {
	const most = 60
	if n.to-n.from > most {
		return line(c.text[n.from:n.from+most]) + "…"
	}
	return line(c.text[n.from:n.to])
}

// line is a stretch of source on one line, with nothing in it that cannot be
// seen.
func line(text []rune) string {
	return dataset.Plain(strings.Join(strings.Fields(string(text)), " "))
}
