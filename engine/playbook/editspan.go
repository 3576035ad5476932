package playbook

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// end is where a node ends: behind its last byte, and before what follows it on
// the line.
func (f *text) end(n *yaml.Node) (int, error) {
	at, err := f.start(n)
	if err != nil {
		return 0, err
	}
	switch {
	case n.Kind == yaml.ScalarNode:
		return f.scalarEnd(n, at)
	case n.Style&yaml.FlowStyle == 0 && len(n.Content) > 0:
		return f.end(n.Content[len(n.Content)-1])
	}
	at++ // the bracket
	if len(n.Content) > 0 {
		if at, err = f.end(n.Content[len(n.Content)-1]); err != nil {
			return 0, err
		}
	}
	for at < len(f.data) {
		switch f.data[at] {
		case ' ', '\t', '\r', '\n', ',':
			at++
		case '#':
			at = f.lineEnd(at)
		case ']', '}':
			return at + 1, nil
		default:
			return 0, f.byHand([]string{"line " + strconv.Itoa(n.Line)})
		}
	}
	return 0, f.byHand([]string{"line " + strconv.Itoa(n.Line)})
}

// scalarEnd is where a text ends that begins at an offset.
func (f *text) scalarEnd(n *yaml.Node, at int) (int, error) {
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return f.blockEnd(n, at)
	case n.Style&yaml.DoubleQuotedStyle != 0:
		for at++; at < len(f.data) && f.data[at] != '"'; at++ {
			if f.data[at] == '\\' {
				at++
			}
		}
		return min(at+1, len(f.data)), nil
	case n.Style&yaml.SingleQuotedStyle != 0:
		for at++; at < len(f.data); at++ {
			if f.data[at] != '\'' {
				continue
			}
			if at+1 == len(f.data) || f.data[at+1] != '\'' {
				return at + 1, nil
			}
			at++
		}
		return at, nil
	}
	for _, r := range n.Value { // what folds it is blank, in the value as in the file
		if strings.ContainsRune(" \t\n", r) {
			continue
		}
		for at < len(f.data) && strings.IndexByte(" \t\r\n", f.data[at]) >= 0 {
			at++
		}
		have, size := utf8.DecodeRune(f.data[at:])
		if have != r {
			return 0, f.byHand([]string{"line " + strconv.Itoa(n.Line)})
		}
		at += size
	}
	return at, nil
}

// blockEnd is where a text in a block ends: behind its last line that is not
// blank.
func (f *text) blockEnd(n *yaml.Node, at int) (int, error) {
	if f.data[at] != '|' && f.data[at] != '>' || bytes.ContainsAny(f.data[at:f.lineEnd(at)], "123456789") {
		return 0, f.byHand([]string{"line " + strconv.Itoa(n.Line)})
	}
	end := f.lineEnd(at)
	indent := -1
	for i := n.Line; i < len(f.lines); i++ {
		line := f.data[f.lines[i]:f.lineEnd(f.lines[i])]
		body := bytes.TrimLeft(line, " ")
		if len(body) == 0 {
			continue
		}
		if indent < 0 {
			indent = len(line) - len(body)
		}
		if len(line)-len(body) < indent || indent == 0 {
			break
		}
		end = f.lines[i] + len(line)
	}
	return end, nil
}

// like writes a text as another is written.
func (f *text) like(n *yaml.Node, s string, flow bool) (string, error) {
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) == 0 {
		return scalarText(s, n.Style, flow)
	}
	at, err := f.start(n)
	if err != nil {
		return "", err
	}
	end, err := f.blockEnd(n, at)
	if err != nil {
		return "", err
	}
	head := string(f.data[at:f.lineEnd(at)])
	first := f.data[min(f.lineEnd(at)+len(f.eol), end):end]
	indent := len(first) - len(bytes.TrimLeft(first, " "))
	if body, ok := strings.CutSuffix(s, "\n"); indent > 0 && n.Style&yaml.LiteralStyle != 0 && ok == !strings.Contains(head, "-") && inBlock(body) {
		lines := strings.Split(body, "\n")
		for i, line := range lines {
			if line != "" {
				lines[i] = strings.Repeat(" ", indent) + line
			}
		}
		return head + f.eol + strings.Join(lines, f.eol), nil
	}
	if body, ok := strings.CutSuffix(s, "\n"); indent > 0 && n.Style&yaml.FoldedStyle != 0 && ok == !strings.Contains(head, "-") && inBlock(body) && !strings.ContainsAny(body, "\n") && !strings.Contains(body, "  ") {
		return head + f.eol + f.folded(body, indent), nil
	}
	return scalarText(s, yaml.DoubleQuotedStyle, flow)
}

// folded breaks a text into lines that a block folds together again.
func (f *text) folded(body string, indent int) string {
	const most = 88
	var lines []string
	line := ""
	for _, word := range strings.Split(body, " ") {
		if line != "" && indent+utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > most {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	margin := strings.Repeat(" ", indent)
	return margin + strings.Join(append(lines, line), f.eol+margin)
}

// inBlock reports a text that a block can hold as it is: what stands at its ends
// is not blank, and no line ends in blanks.
func inBlock(s string) bool {
	if s == "" || strings.TrimSpace(s) != s || strings.Contains(s, "\t") {
		return false
	}
	for _, line := range strings.Split(s, "\n") {
		if strings.TrimRight(line, " ") != line {
			return false
		}
	}
	return true
}

// scalarText writes a text on one line: in the given style if that can be, else
// between double quotes.
func scalarText(s string, style yaml.Style, flow bool) (string, error) {
	for _, r := range s {
		if r != '\n' && r != '\t' && !plainRune(r) || r == utf8.RuneError {
			return "", fmt.Errorf("the text has a character in it that cannot be seen (U+%04X); delete it", r)
		}
	}
	switch {
	case style&yaml.SingleQuotedStyle != 0 && !strings.ContainsAny(s, "\n\t"):
		return "'" + strings.ReplaceAll(s, "'", "''") + "'", nil
	case style&(yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 && isPlainly(s, flow):
		return s, nil
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`, "\t", `\t`).Replace(s) + `"`, nil
}

// simplest is a text that nothing could be taken for anything else in.
var simplest = pattern(`^[A-Za-z]([A-Za-z0-9 ._-]*[A-Za-z0-9])?$`)

// isPlainly reports a text that means itself without quotation marks, to this
// reader of YAML and to others.
func isPlainly(s string, flow bool) bool {
	switch strings.ToLower(s) {
	case "", "off", "true", "false", "null", "~", "<<":
		return false
	}
	if strings.ContainsAny(s, "\n\t") || strings.Contains(s, "#") || strings.HasPrefix(s, "“") {
		return false
	}
	if simplest().MatchString(s) {
		return true
	}
	before, after := "k: ", "\n"
	if flow {
		before, after = "[", "]\n"
	}
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(before+s+after), &root); err != nil || len(root.Content) != 1 || root.Content[0].Content == nil {
		return false
	}
	list := root.Content[0].Content
	n := list[len(list)-1]
	return n.Kind == yaml.ScalarNode && n.Style == 0 && n.Value == s && n.Anchor == "" && (flow && len(list) == 1 || !flow && len(list) == 2)
}

// listText writes a list in brackets.
func listText(list []string) (string, error) {
	words := make([]string, len(list))
	for i, s := range list {
		var err error
		if words[i], err = scalarText(s, 0, true); err != nil {
			return "", err
		}
	}
	return "[" + strings.Join(words, ", ") + "]", nil
}

// A tree is what a file says, without how and where.
type tree struct {
	kind yaml.Kind
	text string
	tag  string
	keys []string
	kids []*tree
}

// treeOf takes a file's nodes down to what they say; nothing said is no keys.
func treeOf(n *yaml.Node) *tree {
	if n == nil {
		return &tree{kind: yaml.MappingNode}
	}
	t := &tree{kind: n.Kind}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			t.keys = append(t.keys, n.Content[i].Value)
			t.kids = append(t.kids, treeOf(n.Content[i+1]))
		}
	case yaml.SequenceNode:
		for _, c := range n.Content {
			t.kids = append(t.kids, treeOf(c))
		}
	default:
		t.text, t.tag = n.Value, n.ShortTag()
	}
	return t
}

// change makes a change to what a file says; same if it says so already.
func (t *tree) change(c Change) (same bool, err error) {
	at := t
	for i, key := range c.Path {
		last := i == len(c.Path)-1
		k := -1
		switch at.kind {
		case yaml.MappingNode:
			k = slices.Index(at.keys, key)
		case yaml.SequenceNode:
			if k, err = strconv.Atoi(key); err != nil || k < 0 || k >= len(at.kids) {
				return false, fmt.Errorf("a list has no %s", plain(key))
			}
		case yaml.ScalarNode:
			*at = tree{kind: yaml.MappingNode}
		}
		if c.Away && (k < 0 || last) {
			if k < 0 {
				return true, nil
			}
			if at.kind != yaml.MappingNode {
				return false, fmt.Errorf("a list's entry cannot be taken away")
			}
			at.keys, at.kids = slices.Delete(at.keys, k, k+1), slices.Delete(at.kids, k, k+1)
			return false, nil
		}
		if k < 0 {
			at.keys, at.kids = append(at.keys, key), append(at.kids, &tree{kind: yaml.MappingNode})
			k = len(at.kids) - 1
		}
		at = at.kids[k]
	}
	now := tree{kind: yaml.ScalarNode, text: c.Text}
	if c.List != nil {
		now = tree{kind: yaml.SequenceNode}
		for _, s := range c.List {
			now.kids = append(now.kids, &tree{kind: yaml.ScalarNode, text: s})
		}
	}
	same = at.equal(&now)
	*at = now
	return same, nil
}

// equal reports two files that say the same. A text that was put there may look
// like a number; it is read by what is expected at its place.
func (t *tree) equal(o *tree) bool {
	if t.kind != o.kind || t.text != o.text || t.tag != o.tag && t.tag != "" && o.tag != "" || !slices.Equal(t.keys, o.keys) || len(t.kids) != len(o.kids) {
		return false
	}
	for i := range t.kids {
		if !t.kids[i].equal(o.kids[i]) {
			return false
		}
	}
	return true
}
