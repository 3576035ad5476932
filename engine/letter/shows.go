package letter

import "github.com/clarion-clp/clarion/engine/dataset"

// A Show is something that a letter reads, and where: a name, or a column of a
// record. Who may be shown it is decided elsewhere.
type Show struct {
	Line, Column int             // from 1
	Name         string          // a name as such: "member", "rows"
	Schema       *dataset.Schema // else the dataset of the record,
	Field        string          // and its column
}

// Shows lists what a letter reads, in the order of its text.
func (t *Template) Shows(names map[string]dataset.Type) []Show { return t.shows(names) }

// Shows lists what a line reads, in the order of its text.
func (l *Line) Shows(names map[string]dataset.Type) []Show { return l.shows(names) }

func (p *program) shows(names map[string]dataset.Type) []Show {
	var out []Show
	c := &checker{program: p, names: names, see: func(at int, s Show) {
		s.Line, s.Column = place(p.source, at)
		out = append(out, s)
	}}
	c.list(p.nodes, dataset.Type{})
	return out
}

// A Counter gives the words for a number: how many rows the list of a name has,
// or what stands for a name that is a number. Without words the number prints
// itself.
type Counter func(name string, n int64) string

// Counting is the letter with other words for its numbers.
func (t *Template) Counting(c Counter) *Template {
	p := *t.program
	p.count = c
	return &Template{template{&p}}
}

// Counting is the line with other words for its numbers.
func (l *Line) Counting(c Counter) *Line {
	p := *l.program
	p.count = c
	return &Line{line{&p}}
}

// number gives the words for a number that has a name.
func (r *renderer) number(v val) string {
	if r.count == nil || v.of == "" || v.term.Value.Kind != dataset.Number {
		return ""
	}
	return r.count(v.of, v.term.Value.N)
}
