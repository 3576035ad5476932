package playbook

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Limits of one file. They are far above what a person writes and keep a
// hostile file from costing more than a moment.
const (
	maxFile  = 1 << 20
	maxDepth = 40
)

// A doc is one YAML file being read: its name, its lines for carets and
// positions, and where its faults go.
type doc struct {
	file     string
	lines    []string
	playbook string // the playbook that its faults disable
	out      *[]Fault
	root     *yaml.Node // of a document that is read again
}

// add notes a fault at a place of the file, counted from 1.
func (d *doc) add(line, column int, hint, format string, args ...any) {
	f := Fault{File: d.file, Line: line, Column: column, Hint: hint, Playbook: d.playbook, Text: fmt.Sprintf(format, args...)}
	if line >= 1 && line <= len(d.lines) {
		f.Source = d.lines[line-1]
	}
	*d.out = append(*d.out, f)
}

// forPlaybook is the same file with its faults laid at a playbook's door.
func (d *doc) forPlaybook(name string) *doc {
	c := *d
	c.playbook = name
	return &c
}

// parse reads a file into its tree. All that YAML would take silently for
// something else is refused here: byte-order marks, tags, anchors, nulls, a
// second document.
func (d *doc) parse(data []byte) (value, bool) {
	before := len(*d.out)
	d.lines = linesOf(data)
	if !d.readable(data) {
		return value{}, false
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var root yaml.Node
	if err := dec.Decode(&root); errors.Is(err, io.EOF) {
		d.add(1, 1, "", "The file is empty.")
		return value{}, false
	} else if err != nil {
		d.unreadable(err)
		return value{}, false
	}
	var second yaml.Node
	if err := dec.Decode(&second); err == nil {
		d.add(second.Line, second.Column, "put it in a file of its own", "A second document begins after ---; it would be ignored.")
	} else if !errors.Is(err, io.EOF) {
		d.unreadable(err)
	}
	if root.Kind != yaml.DocumentNode || len(root.Content) != 1 {
		d.add(1, 1, "", "The file is empty.")
		return value{}, false
	}
	v := value{n: root.Content[0], d: d}
	if v.n.Kind == yaml.ScalarNode && v.n.Tag == "!!null" {
		d.add(1, 1, "", "The file is empty.")
		return value{}, false
	}
	d.refuse(v.n, nil, 0)
	return v, len(*d.out) == before
}

// linesOf gives the lines of a file as they can be shown: what is no text is
// replaced, rune by rune, so that columns stay true.
func linesOf(data []byte) []string {
	text := strings.ReplaceAll(string(data[:min(len(data), maxFile)]), "\r\n", "\n")
	shown := strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && !plainRune(r) {
			return utf8.RuneError
		}
		return r
	}, text)
	return strings.Split(shown, "\n")
}

// plainRune reports a character that can be shown: no control, and none that
// is invisible or turns the direction of the text.
func plainRune(r rune) bool {
	return !unicode.IsControl(r) && r != 0xfeff && r != 0x2028 && r != 0x2029 && (r < 0x202a || r > 0x202e) && (r < 0x2066 || r > 0x2069)
}

// readable reports whether the bytes are text at all.
func (d *doc) readable(data []byte) bool {
	switch {
	case len(data) > maxFile:
		d.add(0, 0, "", "The file is larger than 1 MB, which no such file is.")
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		d.add(1, 1, "save it as UTF-8 without a byte-order mark", "The file begins with a byte-order mark.")
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		d.add(1, 1, "save it as UTF-8", "The file is saved as UTF-16.")
	default:
		return d.clean(data)
	}
	return false
}

// clean finds the first byte that is not text, and says on which line.
func (d *doc) clean(data []byte) bool {
	line, col := 1, 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			d.add(line, col, "save it as UTF-8", "A character here is not UTF-8 (byte %02X).", data[i])
			return false
		case r == '\n':
			line, col = line+1, 0
		case r == '\r' && (i+1 >= len(data) || data[i+1] != '\n'):
			d.add(line, col, "save it with ordinary line ends", "A bare carriage return stands here.")
			return false
		case r != '\t' && r != '\r' && !plainRune(r):
			d.add(line, col, "delete it", "An invisible control character (U+%04X) stands here.", r)
			return false
		}
		i, col = i+size, col+1
	}
	return true
}

// refuse walks the whole tree and notes what playbooks may not use.
func (d *doc) refuse(n, key *yaml.Node, depth int) {
	v := value{n: n, d: d}
	if depth > maxDepth {
		v.fault("", "This is nested too deeply.")
		return
	}
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		v.fault("write it out", "Anchors and aliases (& and *) are not used here.")
		return
	case n.Style&yaml.TaggedStyle != 0:
		hint := "put this line in double quotes"
		if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
			hint = "write not instead of !, or put this line in double quotes"
		}
		v.fault(hint, "A value that starts with ! is a tag to YAML, and what follows is lost.")
		return
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null" && v.isPlain():
		d.null(v, key)
		return
	}
	for i, c := range n.Content {
		var k *yaml.Node
		if n.Kind == yaml.MappingNode && i%2 == 1 {
			k = n.Content[i-1]
		} else if n.Kind == yaml.MappingNode {
			if c.Kind != yaml.ScalarNode {
				if (value{n: n, d: d}).braces() {
					(value{n: n, d: d}).fault("put this line in double quotes", "A value that starts with {{ is not text to YAML.")
				} else {
					(value{n: c, d: d}).fault("", "A key must be a word.")
				}
				return
			}
			if c.Value == "<<" {
				(value{n: c, d: d}).fault("write it out", "Merging with << is not used here.")
				return
			}
			k = c
		}
		d.refuse(c, k, depth+1)
	}
}

// null notes a value that is not there.
func (d *doc) null(v value, key *yaml.Node) {
	switch {
	case key != nil && key != v.n && key.Line == v.n.Line && strings.Contains(d.line(key.Line), "{") && !strings.HasPrefix(strings.TrimSpace(d.rest(key)), ":"):
		(value{n: key, d: d}).fault("inside { } put the text before it in double quotes", "A comma inside { } begins a new key, and %q has no value.", plain(key.Value))
	case key != nil && key != v.n && v.n.Value == "":
		(value{n: key, d: d}).fault("", "Nothing stands after %s:.", plain(key.Value))
	case v.n.Value == "":
		v.fault("", "Nothing stands here.")
	default:
		v.fault("write the value, or put it in double quotes if it is text", "%s means nothing at all to YAML.", plain(v.n.Value))
	}
}

// line is a line of the file, from 1.
func (d *doc) line(n int) string {
	if n < 1 || n > len(d.lines) {
		return ""
	}
	return d.lines[n-1]
}

// rest is what stands on the line after a scalar.
func (d *doc) rest(n *yaml.Node) string {
	line, col := (value{n: n, d: d}).locate(utf8.RuneCountInString(n.Value))
	r := []rune(d.line(line))
	if n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		col++
	}
	return string(r[min(max(col-1, 0), len(r)):])
}
