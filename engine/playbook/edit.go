package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// A Change puts something else at one place of a file: a text, a list of texts,
// or nothing.
type Change struct {
	Path    []string // the keys that lead there; in a list the place, from 0
	Text    string
	List    []string // not nil: a list, instead of Text
	Away    bool     // the key is taken away with what it says
	Instead bool     // where a word stands on the way there, it gives way to the keys
}

// Amend makes changes to a file as a person would who changes nothing else: the
// bytes of each value are replaced, a key that is missing is put behind its
// neighbours with their indentation, and every other byte, each comment and the
// ends of lines stay as they are. The outcome is read back, and it is an error
// if it says anything but what was asked for. A file that is faulty already, or
// written in a way that is left to people, is not touched.
func Amend(data []byte, changes ...Change) ([]byte, error) {
	for _, c := range changes {
		now, err := amend(data, c)
		if err != nil {
			return nil, err
		}
		data = now
	}
	return data, nil
}

// Said gives the text that stands at a place of a file; a list is written in
// brackets.
func Said(data []byte, path ...string) (string, bool) {
	f, err := openText(data)
	if err != nil || f.root == nil {
		return "", false
	}
	n, rest, err := f.find(path)
	if err != nil || len(rest) > 0 {
		return "", false
	}
	if n.Kind == yaml.ScalarNode {
		return n.Value, true
	}
	from, err := f.start(n)
	to, wrong := f.end(n)
	if err != nil || wrong != nil {
		return "", false
	}
	return string(data[from:to]), true
}

// amend makes one change.
func amend(data []byte, c Change) ([]byte, error) {
	if len(c.Path) == 0 {
		return nil, errors.New("a change needs a place in the file")
	}
	f, err := openText(data)
	if err != nil {
		return nil, err
	}
	want := treeOf(f.root)
	if same, err := want.change(c); err != nil || same {
		return data, err
	}
	p, err := f.splice(c)
	if err != nil {
		return nil, err
	}
	now := slices.Concat(data[:p.from], []byte(p.text), data[p.to:])
	after, err := openText(now)
	if err != nil || !want.equal(treeOf(after.root)) {
		return nil, f.byHand(c.Path)
	}
	return now, nil
}

// A text is a file of YAML and where its lines begin.
type text struct {
	data  []byte
	lines []int      // offsets
	root  *yaml.Node // nil: nothing but comments stands there
	eol   string
}

// linesIn finds the lines of a file.
func linesIn(data []byte) *text {
	f := &text{data: data, lines: []int{0}, eol: "\n"}
	if bytes.Contains(data, []byte("\r\n")) {
		f.eol = "\r\n"
	}
	for i, b := range data {
		if b == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	return f
}

// openText reads a file that is to be changed.
func openText(data []byte) (*text, error) {
	f := linesIn(data)
	var faults []Fault
	d := &doc{out: &faults}
	if onlyComments(data) {
		if !d.readable(data) {
			return nil, f.refused(faults[0])
		}
		return f, nil
	}
	v, ok := d.parse(data)
	if !ok || len(faults) > 0 {
		return nil, f.refused(faults[0])
	}
	f.root = v.n
	return f, nil
}

// refused says that a file is faulty and so is not changed.
func (f *text) refused(fault Fault) error {
	at := ""
	if fault.Line > 0 {
		at = "line " + strconv.Itoa(fault.Line) + ": "
	}
	if fault.Hint != "" {
		fault.Text += " (" + fault.Hint + ")"
	}
	return fmt.Errorf("the file has a fault that is to be mended first: %s%s", at, fault.Text)
}

// byHand says that a place is left to people.
func (f *text) byHand(path []string) error {
	return fmt.Errorf("%s is written in a way that is left to people; change it in the file itself", plain(strings.Join(path, ".")))
}

// onlyComments reports a file in which nothing is said.
func onlyComments(data []byte) bool {
	for _, line := range bytes.Split(data, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

// find follows a path as far as it goes; rest is what is missing of it.
func (f *text) find(path []string) (n *yaml.Node, rest []string, err error) {
	n = f.root
	for i, key := range path {
		next := (*yaml.Node)(nil)
		switch n.Kind {
		case yaml.MappingNode:
			if next, err = sole(n, key); err != nil {
				return nil, nil, err
			}
		case yaml.SequenceNode:
			at, err := strconv.Atoi(key)
			if err != nil || at < 0 || at >= len(n.Content) {
				return nil, nil, fmt.Errorf("%s is a list, which has no %s", plain(strings.Join(path[:i], ".")), plain(key))
			}
			next = n.Content[at]
		default:
			return n, path[i:], nil
		}
		if next == nil {
			return n, path[i:], nil
		}
		n = next
	}
	return n, nil, nil
}

// sole gives the value of a key, which must not stand there twice.
func sole(n *yaml.Node, key string) (found *yaml.Node, err error) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			continue
		}
		if found != nil {
			return nil, fmt.Errorf("%s stands twice in the file, on lines %d and %d; keep one of them", plain(key), found.Line, n.Content[i].Line)
		}
		found = n.Content[i+1]
	}
	return found, nil
}

// A splice is a run of bytes, and what stands there instead.
type splice struct {
	from, to int
	text     string
}

// splice finds what to put where.
func (f *text) splice(c Change) (splice, error) {
	if f.root == nil {
		if c.Away {
			return splice{}, f.byHand(c.Path)
		}
		lines, err := f.entry(c, c.Path, "", 2)
		return f.behind(len(f.data), lines), err
	}
	n, rest, err := f.find(c.Path)
	switch {
	case err != nil:
		return splice{}, err
	case c.Away && len(rest) > 0:
		return splice{}, nil
	case c.Away:
		return f.away(c.Path)
	case len(rest) == 0:
		return f.instead(n, c)
	case n.Kind == yaml.MappingNode:
		return f.insert(n, rest, c)
	case !c.Instead:
		return splice{}, fmt.Errorf("%s says %q, so nothing can stand beneath it", plain(strings.Join(c.Path[:len(c.Path)-len(rest)], ".")), plain(n.Value))
	}
	words, err := f.flow(rest, c)
	if err != nil {
		return splice{}, err
	}
	return f.over(n, words)
}

// over puts a text in the place of a node.
func (f *text) over(n *yaml.Node, words string) (splice, error) {
	from, err := f.start(n)
	if err != nil {
		return splice{}, err
	}
	to, err := f.end(n)
	return splice{from, to, words}, err
}

// instead puts another value in the place of one, in the same manner of writing.
func (f *text) instead(n *yaml.Node, c Change) (splice, error) {
	flow := f.inFlow(c.Path)
	var words string
	var err error
	switch {
	case c.List == nil && n.Kind == yaml.ScalarNode:
		words, err = f.like(n, c.Text, flow)
	case c.List == nil:
		words, err = scalarText(c.Text, 0, flow)
	case n.Kind == yaml.SequenceNode && n.Style&yaml.FlowStyle == 0 && len(c.List) > 0:
		words, err = f.rows(c.List, n.Column-1)
	default:
		words, err = listText(c.List)
	}
	if err != nil {
		return splice{}, err
	}
	return f.over(n, words)
}

// rows writes a list on lines of its own.
func (f *text) rows(list []string, indent int) (string, error) {
	var b strings.Builder
	for i, item := range list {
		if i > 0 {
			b.WriteString(f.eol + strings.Repeat(" ", indent))
		}
		words, err := scalarText(item, 0, false)
		if err != nil {
			return "", err
		}
		b.WriteString("- " + words)
	}
	return b.String(), nil
}

// inFlow reports that a place lies between brackets.
func (f *text) inFlow(path []string) bool {
	for i := range path {
		if n, rest, err := f.find(path[:i]); err == nil && len(rest) == 0 && n.Style&yaml.FlowStyle != 0 {
			return true
		}
	}
	return false
}

// insert puts a key that is missing behind the others of a mapping.
func (f *text) insert(m *yaml.Node, rest []string, c Change) (splice, error) {
	if m.Style&yaml.FlowStyle != 0 || len(m.Content) == 0 {
		words, err := f.flow(rest, c)
		if err != nil {
			return splice{}, err
		}
		if len(m.Content) == 0 {
			return f.over(m, words)
		}
		at, err := f.end(m.Content[len(m.Content)-1])
		return splice{at, at, ", " + words[1:len(words)-1]}, err
	}
	lines, err := f.entry(c, rest, strings.Repeat(" ", m.Content[0].Column-1), f.step())
	if err != nil {
		return splice{}, err
	}
	at, err := f.end(m.Content[len(m.Content)-1])
	return f.behind(f.lineEnd(at), lines), err
}

// behind puts lines behind an offset at which a line ends.
func (f *text) behind(at int, lines []string) splice {
	body := strings.Join(lines, f.eol)
	switch {
	case at == len(f.data) && (at == 0 || f.data[at-1] == '\n'):
		return splice{at, at, body + f.eol}
	default:
		return splice{at, at, f.eol + body}
	}
}

// entry writes a key and what is beneath it on lines.
func (f *text) entry(c Change, path []string, indent string, step int) ([]string, error) {
	var lines []string
	for i, key := range path {
		name, err := scalarText(key, 0, false)
		if err != nil {
			return nil, err
		}
		line := indent + name + ":"
		if i == len(path)-1 {
			words, err := c.words(false)
			if err != nil {
				return nil, err
			}
			line += " " + words
		}
		lines = append(lines, line)
		indent += strings.Repeat(" ", step)
	}
	return lines, nil
}

// flow writes keys and what is beneath them in brackets.
func (f *text) flow(path []string, c Change) (string, error) {
	words, err := c.words(true)
	for i := len(path) - 1; i >= 0 && err == nil; i-- {
		var name string
		name, err = scalarText(path[i], 0, true)
		words = "{" + name + ": " + words + "}"
	}
	return words, err
}

// words is what a change puts, written on one line.
func (c Change) words(flow bool) (string, error) {
	if c.List != nil {
		return listText(c.List)
	}
	return scalarText(c.Text, 0, flow)
}

// step is by how much a file indents.
func (f *text) step() int {
	for i := 0; f.root.Kind == yaml.MappingNode && i+1 < len(f.root.Content); i += 2 {
		v := f.root.Content[i+1]
		if v.Kind == yaml.MappingNode && v.Style&yaml.FlowStyle == 0 && len(v.Content) > 0 && v.Column > f.root.Column {
			return v.Column - f.root.Column
		}
	}
	return 2
}

// away takes a key and what it says out of its mapping. Of the last one, empty
// brackets are left.
func (f *text) away(path []string) (splice, error) {
	m, rest, err := f.find(path[:len(path)-1])
	if err != nil || len(rest) > 0 || m.Kind != yaml.MappingNode {
		return splice{}, f.byHand(path)
	}
	i := 0
	for m.Content[i].Value != path[len(path)-1] {
		i += 2
	}
	key, value := m.Content[i], m.Content[i+1]
	from, err := f.start(key)
	if err != nil {
		return splice{}, err
	}
	to, err := f.end(value)
	flow := m.Style&yaml.FlowStyle != 0
	switch {
	case err != nil:
		return splice{}, err
	case len(m.Content) == 2 && flow:
		return f.over(m, "{}")
	case len(m.Content) == 2:
		colon := bytes.LastIndexByte(f.data[:from], ':')
		if colon < 0 || len(bytes.TrimSpace(f.data[colon+1:from])) > 0 {
			return splice{}, f.byHand(path) // a comment stands between
		}
		return splice{colon + 1, to, " {}"}, nil
	case flow && i+2 < len(m.Content):
		next, err := f.start(m.Content[i+2])
		return splice{from, next, ""}, err
	case flow:
		before, err := f.end(m.Content[i-1])
		return splice{before, to, ""}, err
	}
	begin := f.lines[key.Line-1]
	if len(bytes.TrimSpace(f.data[begin:from])) > 0 {
		return splice{}, f.byHand(path)
	}
	end := f.lineEnd(to)
	if i := bytes.IndexByte(f.data[end:], '\n'); i >= 0 {
		end += i + 1
	}
	return splice{begin, end, ""}, nil
}

// lineEnd is the end of the line that an offset lies in, before its line end.
func (f *text) lineEnd(at int) int {
	end := len(f.data)
	if i := bytes.IndexByte(f.data[at:], '\n'); i >= 0 {
		end = at + i
	}
	if end > at && f.data[end-1] == '\r' {
		end--
	}
	return end
}

// start is where a node begins.
func (f *text) start(n *yaml.Node) (int, error) {
	if n.Line < 1 || n.Line > len(f.lines) {
		return 0, f.byHand([]string{n.Value})
	}
	at := f.lines[n.Line-1]
	for range n.Column - 1 {
		if at >= len(f.data) {
			return 0, f.byHand([]string{n.Value})
		}
		_, size := utf8.DecodeRune(f.data[at:])
		at += size
	}
	return at, nil
}
