package playbook

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"gopkg.in/yaml.v3"
)

// A Mutant is a playbook, or a figure of the law that it reads, with one small
// mistake in it: the mistakes that people make. Tests are as good as the share
// of mutants that they catch.
type Mutant struct {
	Playbook string
	File     string
	Line     int
	Where    string // steps.phone.when
	What     string // ">" becomes ">="
	Name     string // identifies it: the two together, numbered where they are the same
	shelf    *shelf
	data     []byte // the file with the mistake
}

// Library is what the playbook and its tests rest on, with the mistake in it.
func (m Mutant) Library() fs.FS { return m.shelf.with(m.File, m.data) }

// An Equivalent is a mutant that no test can catch, with the reason: it does
// what the playbook does. Tests name them under equivalent:.
type Equivalent struct {
	Mutant, Because string
	File            string
	Line            int
}

// Equivalents reads which mutants the tests of a playbook call equivalent.
func Equivalents(library fs.FS, name string) ([]Equivalent, error) {
	rests, err := only(library, name)
	if err != nil {
		return nil, err
	}
	var out []Equivalent
	for _, file := range rests.names {
		if path.Base(file) != name+".test.yaml" {
			continue
		}
		var faults []Fault
		r := &testReader{doc: &doc{file: file, out: &faults}}
		if v, ok := r.doc.parse(rests.files[file]); ok {
			m, _ := v.mapping("a file of tests")
			out = append(out, r.equivalents(m.get("equivalent"))...)
		}
	}
	return out, nil
}

// equivalents reads the mutants that no test can catch, and why.
func (r *testReader) equivalents(v value) []Equivalent {
	if !v.there() {
		return nil
	}
	var out []Equivalent
	list, _ := v.items("equivalent")
	for _, item := range list {
		m, good := item.form(equivalentForm)
		for _, key := range []string{"mutant", "because"} {
			if good && !m.get(key).there() {
				m.fault("", "A mutant that no test can catch must have %s.", key)
				good = false
			}
		}
		if !good {
			continue
		}
		e := Equivalent{File: r.doc.file, Line: item.n.Line}
		setText(m, "mutant", &e.Mutant)
		setText(m, "because", &e.Because)
		out = append(out, e)
	}
	return out
}

// Mutants makes all mutants of one playbook, in the order of its file, and of
// the figures of the law that it names. The first, with an empty name, is the
// playbook without a mistake, written anew in the way of all the others: if its
// tests fail, nothing can be said about the rest.
func Mutants(library fs.FS, name string) ([]Mutant, error) {
	rests, err := only(library, name)
	if err != nil {
		return nil, err
	}
	m := &mutator{playbook: name, shelf: rests, count: map[string]int{}}
	var source string
	for _, file := range rests.names {
		if dir, base := path.Split(file); dir != "data/" && dir != "law/" && base == name+".yaml" {
			source = string(rests.files[file])
			if !m.begin(file) {
				return nil, nil
			}
			m.add("", m.root, "", func() func() { return func() {} })
			m.top()
		}
	}
	for _, file := range rests.names {
		if dir, base := path.Split(file); dir == "law/" && base != "bank-holidays.yaml" && m.begin(file) {
			m.law(source)
		}
	}
	return m.out, nil
}

// A mutator makes mistakes in one file, one at a time.
type mutator struct {
	playbook, file string
	shelf          *shelf
	doc, root      *yaml.Node
	out            []Mutant
	count          map[string]int
}

// begin takes a file in hand, if it can be read.
func (m *mutator) begin(file string) bool {
	data := m.shelf.files[file]
	var faults []Fault
	if _, ok := (&doc{file: file, out: &faults}).parse(data); !ok {
		return false
	}
	m.file, m.doc = file, &yaml.Node{}
	if err := yaml.Unmarshal(data, m.doc); err != nil || len(m.doc.Content) != 1 {
		return false
	}
	m.root = m.doc.Content[0]
	return true
}

// add makes one mistake, writes the file down, and takes it back.
func (m *mutator) add(where string, at *yaml.Node, what string, make func() (undo func())) {
	undo := make()
	var b bytes.Buffer
	err := yaml.NewEncoder(&b).Encode(m.doc)
	undo()
	if err != nil {
		return // YAML cannot even write it
	}
	name := ""
	if what != "" {
		name = where + ": " + what
		if m.count[name]++; m.count[name] > 1 {
			name = fmt.Sprintf("%s (no. %d)", name, m.count[name])
		}
	}
	m.out = append(m.out, Mutant{Playbook: m.playbook, File: m.file, Line: at.Line, Where: where, What: what,
		Name: name, shelf: m.shelf, data: b.Bytes()})
}

// text makes a mistake in a scalar.
func (m *mutator) text(where string, n *yaml.Node, now, what string) {
	m.add(where, n, what, func() func() {
		was := n.Value
		n.Value = now
		return func() { n.Value = was }
	})
}

// drop takes parts of a node out: a key with its value, or an item.
func (m *mutator) drop(where string, in *yaml.Node, from, to int, what string) {
	m.add(where, in.Content[from], what, func() func() {
		was := in.Content
		in.Content = slices.Delete(slices.Clone(was), from, to)
		return func() { in.Content = was }
	})
}

// pairs goes through the keys of a mapping.
func pairs(n *yaml.Node, yield func(key string, at int, val *yaml.Node)) {
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		yield(n.Content[i].Value, i, n.Content[i+1])
	}
}

// each goes through a list, of which one value alone is one.
func each(n *yaml.Node, yield func(i int, item *yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		yield(0, n)
		return
	}
	for i, c := range n.Content {
		yield(i, c)
	}
}

// items takes each item of a list out, where others stay.
func (m *mutator) items(where string, n *yaml.Node, what string) {
	if n.Kind == yaml.SequenceNode && len(n.Content) > 1 {
		for i, c := range n.Content {
			word := c.Value
			if c.Kind != yaml.ScalarNode && len(c.Content) > 1 {
				word = c.Content[1].Value
			}
			m.drop(where, n, i, i+1, what+" "+word+" is gone")
		}
	}
}
