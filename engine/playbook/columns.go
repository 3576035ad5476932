package playbook

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// WriteColumns writes into constituency.yaml under which headings the columns
// of a dataset stand: columns is our column and their heading. Only what is new
// or different is put there; every other byte, each comment and the order stay
// as they are. The outcome is read back, and it is an error if anything but the
// mapping is different in it.
func WriteColumns(data []byte, dataset string, columns map[string]string) ([]byte, []Edit, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", constituencyFile, err)
	}
	src, path := sourceAt(&root, dataset)
	if src == nil {
		return nil, nil, fmt.Errorf("%s does not say where %s come from; write there, under data: %s: {from: data/%s.csv}", constituencyFile, dataset, dataset, dataset)
	}
	w := newRewriter(data)
	hand := fmt.Errorf("the entry of %s on line %d of %s is written in a way that is left to people; write there: columns: %s", dataset, src.Line, constituencyFile, braces(columns))
	if src.Kind != yaml.MappingNode || len(src.Content) == 0 {
		return nil, nil, hand
	}
	have := under(src, "columns")
	switch {
	case have == nil && src.Style&yaml.FlowStyle != 0:
		w.append(src, "columns: "+braces(columns))
	case have == nil:
		w.insert(src.Content[0], src.Content[1], "columns:", columns)
	case have.Kind != yaml.MappingNode:
		return nil, nil, hand
	default:
		w.columns(have, columns)
	}
	edits := w.edits()
	now := []byte(strings.Join(w.lines, ""))
	if w.err != nil || !onlyColumns(data, now, path, columns) {
		return nil, nil, hand
	}
	return now, edits, nil
}

// sourceAt finds the entry of a dataset, and the keys that lead to it.
func sourceAt(root *yaml.Node, dataset string) (*yaml.Node, []string) {
	if len(root.Content) != 1 {
		return nil, nil
	}
	if n := under(under(root.Content[0], "data"), dataset); n != nil {
		return n, []string{"data", dataset}
	}
	if dataset == "branches" || dataset == "officers" {
		if n := under(root.Content[0], dataset); n != nil {
			return n, []string{dataset}
		}
	}
	return nil, nil
}

// columns puts headings into a mapping that is there.
func (w *rewriter) columns(have *yaml.Node, columns map[string]string) {
	fresh := map[string]string{}
	for name, heading := range columns {
		switch v := under(have, name); {
		case v == nil:
			fresh[name] = heading
		case v.Value != heading:
			w.put(spot{v.Line, v.Column}, w.endOf(v), strconv.Quote(heading))
		}
	}
	switch {
	case len(fresh) == 0:
	case have.Style&yaml.FlowStyle != 0 && len(have.Content) == 0:
		at := spot{have.Line, have.Column + 1}
		w.put(at, at, strings.Trim(braces(fresh), "{}"))
	case have.Style&yaml.FlowStyle != 0:
		text := braces(fresh)
		w.append(have, text[1:len(text)-1])
	default:
		n := len(have.Content)
		w.insert(have.Content[n-2], have.Content[n-1], "", fresh)
	}
}

// append puts entries behind the last of a mapping in brackets.
func (w *rewriter) append(m *yaml.Node, text string) {
	at := w.endOf(m.Content[len(m.Content)-1])
	w.put(at, at, ", "+text)
}

// insert puts entries on lines of their own below one that stands on lines,
// under a heading of theirs if they have one.
func (w *rewriter) insert(key, value *yaml.Node, under string, columns map[string]string) {
	indent := strings.Repeat(" ", key.Column-1)
	var b strings.Builder
	if under != "" {
		b.WriteString(indent + under + w.end + "\n")
		indent += "  "
	}
	for _, name := range sortedNames(columns) {
		b.WriteString(indent + name + ": " + strconv.Quote(columns[name]) + w.end + "\n")
	}
	line := w.endOf(value).line
	at := spot{line + 1, 1}
	if line >= len(w.lines) || line+1 == len(w.lines) && w.lines[line] == "" { // it is the last of the file
		last := w.lines[line-1]
		whole := strings.HasSuffix(last, "\n")
		at = spot{line, len([]rune(strings.TrimRight(last, "\r\n"))) + 1}
		text := w.end + "\n" + strings.TrimSuffix(b.String(), w.end+"\n")
		if !whole {
			text = "\n" + strings.TrimSuffix(b.String(), "\n")
		}
		w.put(at, at, text)
		return
	}
	w.put(at, at, b.String())
}

// braces writes a mapping of columns in brackets.
func braces(columns map[string]string) string {
	var list []string
	for _, name := range sortedNames(columns) {
		list = append(list, name+": "+strconv.Quote(columns[name]))
	}
	return "{" + strings.Join(list, ", ") + "}"
}

// onlyColumns reports whether two files say the same but for the columns of an
// entry, and whether the second has these.
func onlyColumns(was, now []byte, path []string, columns map[string]string) bool {
	a, b := decoded(was, path), decoded(now, path)
	if a == nil || b == nil {
		return false
	}
	before, _ := a.entry["columns"].(map[string]any)
	after, _ := b.entry["columns"].(map[string]any)
	for name, heading := range columns {
		if after[name] != heading {
			return false
		}
	}
	for name := range after {
		if _, ok := columns[name]; !ok && !reflect.DeepEqual(before[name], after[name]) {
			return false
		}
	}
	for name := range before {
		if _, ok := after[name]; !ok {
			return false
		}
	}
	delete(a.entry, "columns")
	delete(b.entry, "columns")
	return reflect.DeepEqual(a.all, b.all)
}

// A decodedFile is a file as plain values, and one entry in it.
type decodedFile struct{ all, entry map[string]any }

func decoded(data []byte, path []string) *decodedFile {
	var d decodedFile
	if err := yaml.Unmarshal(data, &d.all); err != nil {
		return nil
	}
	d.entry = d.all
	for _, key := range path {
		next, ok := d.entry[key].(map[string]any)
		if !ok {
			return nil
		}
		d.entry = next
	}
	return &d
}
