package console

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// person names somebody with an address.
func person(name, address string) string {
	switch name, address = dataset.Plain(name), dataset.Plain(address); {
	case name == "":
		return address
	case address == "":
		return name
	default:
		return name + " <" + address + ">"
	}
}

// plainLines keeps the line breaks of a text and makes everything else plain.
func plainLines(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	for i, l := range lines {
		lines[i] = dataset.Plain(strings.TrimRight(l, "\r"))
	}
	return strings.Join(lines, "\n")
}

// paragraphs are those of a text that was broken into lines for a mail: within
// one the lines flow, but for those of a list.
func paragraphs(text string) []string {
	var out []string
	for _, p := range strings.Split(plainLines(text), "\n\n") {
		p = strings.Trim(p, "\n")
		lines := strings.Split(p, "\n")
		listed := func(l string) bool {
			return strings.HasPrefix(l, "- ") || strings.HasPrefix(l, "* ") || strings.HasPrefix(l, " ")
		}
		if !slices.ContainsFunc(lines, listed) {
			p = strings.Join(lines, " ")
		}
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}

// sentence makes a sentence of what a verb says.
func sentence(text string) string {
	return document.Capital(strings.TrimSuffix(text, ".")) + "."
}

// columnsOf are the columns of a list that a playbook names.
func columnsOf(pb *playbook.Playbook, list string) []string {
	var out []string
	for _, path := range pb.Data() {
		if name, column, _ := strings.Cut(path, "."); name == list && column != "" {
			out = append(out, column)
		}
	}
	return out
}

// cells are the cells of a record in some columns, or in all that its list has,
// as the seat may see them, and the number of those that it may not.
func (d *desk) cells(t *dataset.Table, row *dataset.Row, columns []string) (out []cellView, hidden int) {
	for _, name := range columns {
		v, problem := row.Get(t.Schema, name)
		if v.IsBlank() && problem == nil && len(columns) == len(t.Schema.Columns) {
			continue // of a whole record, what is blank says nothing
		}
		if !d.sees(t.Schema, name) {
			hidden++
			continue
		}
		c := cellView{Column: document.Capital(document.Readable(name)), Value: "blank"}
		if !v.IsBlank() {
			c.Value = dataset.Plain(v.Words(d.clock()))
		}
		switch o := t.Origin(row, name); { // where the record itself stands is said once
		case o.Row == 0 && o.File == "" && !v.IsBlank():
			c.From = "recorded here"
		case o.File != t.File || o.Row != row.Line:
			c.From = dataset.Plain(o.String())
		}
		if problem != nil {
			c.Value, c.Why = dataset.Plain(problem.Text), dataset.Plain(problem.Why)
		}
		out = append(out, c)
	}
	return out, hidden
}

// allColumns are the columns of a list.
func allColumns(s *dataset.Schema) []string {
	var out []string
	for _, c := range s.Columns {
		out = append(out, c.Name)
	}
	return out
}
