package playbook

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/spelling"
)

// A value is one node of a file. All reading goes through it: it knows where
// it stands and notes what is wrong with it. The methods that read answer
// false once a fault was noted.
type value struct {
	n *yaml.Node
	d *doc
}

// there reports whether there is a value at all.
func (v value) there() bool { return v.n != nil }

// fault notes what is wrong with the whole value.
func (v value) fault(hint, format string, args ...any) {
	v.d.add(v.n.Line, v.n.Column, hint, format, args...)
}

// faultIn notes what is wrong at a rune of a scalar.
func (v value) faultIn(offset int, hint, format string, args ...any) {
	line, col := v.locate(offset)
	v.d.add(line, col, hint, format, args...)
}

// isPlain reports a scalar without quotation marks and not in a block.
func (v value) isPlain() bool {
	return v.n.Kind == yaml.ScalarNode && v.n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
}

// braces reports a mapping that was meant as text beginning with {{.
func (v value) braces() bool {
	r := []rune(v.d.line(v.n.Line))
	at := v.n.Column - 1
	return v.n.Kind == yaml.MappingNode && at >= 0 && at+1 < len(r) && r[at] == '{' && r[at+1] == '{'
}

// locate gives the line and column in the file of a rune of a scalar,
// whatever its style: it walks the file and the value side by side.
func (v value) locate(offset int) (line, column int) {
	if v.n.Kind != yaml.ScalarNode {
		return v.n.Line, v.n.Column
	}
	c := cursor{d: v.d, line: v.n.Line, col: v.n.Column - 1, style: v.n.Style}
	switch {
	case v.n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		c.line, c.col = c.line+1, 0
	case v.n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		c.col++
	}
	i := 0
	for _, r := range v.n.Value {
		blank := r == ' ' || r == '\n' || r == '\t'
		if !blank {
			c.skip()
		}
		if i == offset {
			return c.line, c.col + 1
		}
		c.step(r, blank)
		i++
	}
	return c.line, c.col + 1
}

// A cursor is a place in the file while a scalar is followed through it.
type cursor struct {
	d     *doc
	line  int
	col   int
	style yaml.Style
	runes []rune
	of    int // the line that runes hold
}

// at is the rune under the cursor, or 0 at the end of a line.
func (c *cursor) at(ahead int) rune {
	if c.of != c.line {
		c.runes, c.of = []rune(c.d.line(c.line)), c.line
	}
	if c.col+ahead >= len(c.runes) {
		return 0
	}
	return c.runes[c.col+ahead]
}

// skip goes on to the next rune that is not blank.
func (c *cursor) skip() {
	for c.line <= len(c.d.lines) {
		switch c.at(0) {
		case ' ', '\t':
			c.col++
		case 0:
			c.line, c.col = c.line+1, 0
		case '\\':
			if c.style&yaml.DoubleQuotedStyle == 0 || c.at(1) != 0 {
				return
			}
			c.line, c.col = c.line+1, 0
		default:
			return
		}
	}
}

// step goes over one rune of the value.
func (c *cursor) step(r rune, blank bool) {
	now := c.at(0)
	switch {
	case c.style&yaml.DoubleQuotedStyle != 0 && now == '\\':
		c.col += map[rune]int{'x': 4, 'u': 6, 'U': 10}[c.at(1)]
		if n := c.at(1); n != 'x' && n != 'u' && n != 'U' {
			c.col += 2
		}
	case c.style&yaml.SingleQuotedStyle != 0 && r == '\'' && c.at(1) == '\'':
		c.col += 2
	case blank && now != ' ' && now != '\t':
		// A fold: the next rune that is not blank finds its own place.
	default:
		c.col++
	}
}

// An entry is one key of a mapping with its value.
type entry struct {
	name string
	key  value
	val  value
}

// A mapping is a checked mapping: every key is known and stands there once.
type mapping struct {
	value
	entries []entry
}

// get gives the value of a key; its there is false when it was not written.
func (m mapping) get(name string) value {
	for i := range m.entries {
		if m.entries[i].name == name {
			return m.entries[i].val
		}
	}
	return value{}
}

// mapping reads keys and values. Without known keys any key will do.
func (v value) mapping(what string, known ...string) (mapping, bool) {
	m := mapping{value: v}
	if v.n.Kind != yaml.MappingNode || v.braces() {
		if v.refused() {
			return m, false
		}
		if v.n.Kind == yaml.MappingNode {
			v.fault("put this line in double quotes", "A value that starts with {{ is not text to YAML.")
		} else {
			v.fault("write key: value lines", "%s must have keys and values.", sentence(what))
		}
		return m, false
	}
	good := true
	m.entries = make([]entry, 0, len(v.n.Content)/2)
	for i := 0; i+1 < len(v.n.Content); i += 2 {
		e := entry{name: v.n.Content[i].Value, key: value{v.n.Content[i], v.d}, val: value{v.n.Content[i+1], v.d}}
		if len(known) > 0 && !slices.Contains(known, e.name) {
			if e.val.refused() {
				good = false
				continue
			}
			e.key.fault(keyHint(e.name, known), "%s does not know the key %q.", sentence(what), plain(e.name))
			good = false
			continue
		}
		if first := m.get(e.name); first.there() {
			e.key.fault("keep one of them", "%s stands here twice; the first is on line %d.", plain(e.name), first.n.Line)
			good = false
			continue
		}
		m.entries = append(m.entries, e)
	}
	return m, good
}

// keyHint suggests a key, or says what became of a comma.
func keyHint(name string, known []string) string {
	if c := spelling.Nearest(name, known); c != "" {
		return "did you mean " + c + "?"
	}
	if name != "" && (name[0] >= '0' && name[0] <= '9' || strings.Contains(name, " ")) {
		return "inside { } a comma begins a new key; put text and amounts with commas in double quotes"
	}
	return "it knows " + strings.Join(known, ", ")
}

// sentence begins a sentence with a capital letter, unless it begins with a
// name, which is shown as it is written.
func sentence(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if strings.ContainsAny(word, "._-/0123456789") && strings.Trim(word, ".") == word {
		return s
	}
	r, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(string(r)) + s[size:]
}

// refused reports a value of which the file was told already that it cannot
// stand here.
func (v value) refused() bool {
	return v.n.Kind == yaml.AliasNode || v.n.Style&yaml.TaggedStyle != 0 || v.isPlain() && v.n.Tag == "!!null"
}

// text reads a scalar that is prose, a condition or a name of somebody's own
// making. Text that YAML would cut at a # is refused.
func (v value) text(what string) (string, bool) {
	s, ok := v.word(what)
	if ok && v.isPlain() && v.n.LineComment != "" && strings.HasPrefix(strings.TrimSpace(v.d.rest(v.n)), "#") {
		line, col := v.locate(utf8.RuneCountInString(v.n.Value))
		v.d.add(line, col+1, "put the whole value in double quotes, or the comment on a line of its own", "What stands after # is lost: to YAML it is a comment.")
		return "", false
	}
	return s, ok
}

// word reads a scalar after which a comment can do no harm: a number, a date,
// one of a few words.
func (v value) word(what string) (string, bool) {
	if v.refused() {
		return "", false
	}
	if v.n.Kind != yaml.ScalarNode {
		if v.braces() {
			v.fault("put this line in double quotes", "A value that starts with {{ is not text to YAML.")
		} else {
			v.fault("", "%s must be one text.", sentence(what))
		}
		return "", false
	}
	if r, _ := utf8.DecodeRuneInString(v.n.Value); v.isPlain() && (r == '“' || r == '”' || r == '‘' || r == '„') {
		v.fault(`type straight ones: "`, "Curly quotation marks do not quote anything.")
		return "", false
	}
	s := strings.TrimRight(v.n.Value, " \n\t")
	if s == "" {
		v.fault("", "%s is empty.", sentence(what))
		return "", false
	}
	return s, true
}

// choice reads one of a few words.
func (v value) choice(what string, words ...string) (string, bool) {
	s, ok := v.word(what)
	if ok && !slices.Contains(words, s) {
		v.fault(didYouMean(s, words), "%s cannot be %q.", sentence(what), plain(s))
		return "", false
	}
	return s, ok
}

// yesNo reads yes or no.
func (v value) yesNo(what string) (yes, ok bool) {
	s, ok := v.choice(what, "yes", "no")
	return s == "yes", ok
}

// number reads a whole number between two bounds.
func (v value) number(what string, low, high int) (int, bool) {
	s, ok := v.word(what)
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(s)
	if err != nil || s[0] == '+' {
		v.fault("", "%s must be a whole number, not %q.", sentence(what), plain(s))
		return 0, false
	}
	if n < low || n > high {
		v.fault("", "%s must be from %d to %d.", sentence(what), low, high)
		return 0, false
	}
	return n, true
}

// items reads a list. One value without brackets is a list of one.
func (v value) items(what string) ([]value, bool) {
	if v.n.Kind != yaml.SequenceNode {
		if v.n.Kind == yaml.ScalarNode {
			return []value{v}, true
		}
		v.fault("", "%s must be a list.", sentence(what))
		return nil, false
	}
	list := make([]value, len(v.n.Content))
	for i, c := range v.n.Content {
		list[i] = value{c, v.d}
	}
	return list, true
}

// texts reads a list of texts, each once.
func (v value) texts(what string) ([]string, bool) {
	list, good := v.items(what)
	var out []string
	for _, i := range list {
		s, ok := i.text(what)
		if ok && slices.Contains(out, s) {
			i.fault("", "%s stands here twice.", plain(s))
			ok = false
		}
		good = good && ok
		out = append(out, s)
	}
	return out, good
}

// isWord reports a name as the language has them: small letters, figures and
// underscores, not beginning with a figure.
func isWord(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 60
}

// IsName reports a word that a constituency may give as a name: small letters,
// figures and underscores.
func IsName(s string) bool { return isWord(s) }

// name checks that a key or value is a name.
func (v value) name(what string) (string, bool) {
	s, ok := v.text(what)
	if ok && !isWord(s) {
		hint := "small letters, figures and underscores"
		if w := strings.ReplaceAll(strings.ToLower(s), "-", "_"); isWord(w) {
			hint = "write " + w
		}
		v.fault(hint, "%s %q is not a name.", sentence(what), plain(s))
		return "", false
	}
	return s, ok
}

// canonical writes a tree without comments, styles and places, for digests.
func (v value) canonical(b *strings.Builder) {
	if v.n == nil {
		b.WriteByte('-')
		return
	}
	switch v.n.Kind {
	case yaml.ScalarNode:
		s := strings.TrimRight(v.n.Value, " \n\t")
		fmt.Fprintf(b, "%d:%s", len(s), s)
	default:
		open, shut := byte('['), byte(']')
		if v.n.Kind == yaml.MappingNode {
			open, shut = '{', '}'
		}
		b.WriteByte(open)
		for _, c := range v.n.Content {
			value{c, v.d}.canonical(b)
		}
		b.WriteByte(shut)
	}
}

// isMapping reports a value with keys.
func (v value) isMapping() bool { return v.n.Kind == yaml.MappingNode }

// isScalar reports a value that is one text.
func (v value) isScalar() bool { return v.n.Kind == yaml.ScalarNode }
