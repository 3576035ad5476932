package letter

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/util"
)

// width is that of plain text, in characters.
const width = 72

// A plain writer turns a Markdown tree into text that reads well without any
// marks: the values go in before the lines are broken.
type plain struct {
	*printed
	source []byte
}

func (p *printed) plainText(tree ast.Node, source []byte) string {
	w := &plain{printed: p, source: source}
	return strings.Join(w.blocks(tree, width, false), "\n") + "\n"
}

// blocks are the lines of a node's children; tight ones have no line between.
func (w *plain) blocks(parent ast.Node, width int, tight bool) []string {
	var out []string
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		lines := w.block(n, max(width, 20))
		if len(lines) == 0 {
			continue
		}
		if len(out) > 0 && !tight {
			out = append(out, "")
		}
		out = append(out, lines...)
	}
	return out
}

func (w *plain) block(n ast.Node, width int) []string {
	switch n := n.(type) {
	case *ast.Heading:
		return underlined(wrap(w.inline(n), width), n.Level)
	case *ast.List:
		return w.items(n, width)
	case *ast.Blockquote:
		return indented(w.blocks(n, width-2, false), "> ", "> ")
	case *ast.CodeBlock, *ast.FencedCodeBlock:
		code := strings.TrimRight(w.fill(string(n.Lines().Value(w.source))), "\n")
		return indented(strings.Split(code, "\n"), "    ", "    ")
	case *ast.ThematicBreak:
		return []string{strings.Repeat("-", 20)}
	case *east.Table:
		return w.table(n, width)
	}
	return wrap(w.inline(n), width)
}

func (w *plain) items(list *ast.List, width int) []string {
	var out []string
	number := list.Start
	for n := list.FirstChild(); n != nil; n = n.NextSibling() {
		mark := "- "
		if list.IsOrdered() {
			mark = strconv.Itoa(number) + ". "
			number++
		}
		rest := strings.Repeat(" ", len(mark))
		if len(out) > 0 && !list.IsTight {
			out = append(out, "")
		}
		out = append(out, indented(w.blocks(n, width-len(mark), list.IsTight), mark, rest)...)
	}
	return out
}

func (w *plain) table(t *east.Table, width int) []string {
	var head []string
	var rows [][]string
	for n := t.FirstChild(); n != nil; n = n.NextSibling() {
		var cells []string
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			cells = append(cells, strings.TrimSpace(w.inline(c)))
		}
		if n.Kind() == east.KindTableHeader {
			head = cells
		} else {
			rows = append(rows, cells)
		}
	}
	return tableText(head, rows, width)
}

// inline is the text of a node's children, with "\n" for a break.
func (w *plain) inline(parent ast.Node) string {
	var b strings.Builder
	for n := parent.FirstChild(); n != nil; n = n.NextSibling() {
		switch n := n.(type) {
		case *ast.Text:
			b.WriteString(w.fill(w.literal(n)))
			switch {
			case n.HardLineBreak():
				b.WriteString("\n")
			case n.SoftLineBreak():
				b.WriteString(" ")
			}
		case *ast.String:
			b.WriteString(w.fill(string(n.Value)))
		case *ast.Link:
			b.WriteString(w.linked(w.inline(n), escaped(n.Destination)))
		case *ast.AutoLink:
			b.WriteString(w.linked(w.fill(string(n.Label(w.source))), escaped([]byte(destination(n, w.source)))))
		default:
			b.WriteString(w.inline(n))
		}
	}
	return b.String()
}

// literal is a text as it is read: escapes and entities are resolved, except
// in code.
func (w *plain) literal(n *ast.Text) string {
	raw := n.Value(w.source)
	if n.IsRaw() || n.Parent() != nil && n.Parent().Kind() == ast.KindCodeSpan {
		return string(raw)
	}
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(raw))))
}

// linked is a link in plain text: its words and, where it says more than they
// do, the address.
func (w *plain) linked(words, to string) string {
	full := w.link(to)
	for _, p := range []string{"", "mailto:", "tel:", "http://", "https://"} {
		if rest, is := strings.CutPrefix(full, p); is && (rest == words || rest == words+"/") {
			return words
		}
	}
	if to, is := strings.CutPrefix(full, "mailto:"); is {
		full, _, _ = strings.Cut(to, "?")
		if full == words {
			return words
		}
	}
	return words + " (" + full + ")"
}

func underlined(lines []string, level int) []string {
	mark := "-"
	if level == 1 {
		mark = "="
	}
	longest := 0
	for _, l := range lines {
		longest = max(longest, utf8.RuneCountInString(l))
	}
	if level > 2 || longest == 0 {
		return lines
	}
	return append(lines, strings.Repeat(mark, min(longest, width)))
}

func indented(lines []string, first, rest string) []string {
	out := make([]string, 0, len(lines))
	for i, l := range lines {
		indent := rest
		if i == 0 {
			indent = first
		}
		out = append(out, strings.TrimRight(indent+l, " "))
	}
	return out
}

// wrap breaks a text at its spaces into lines of at most width characters;
// a word that is longer stays whole, and so does a telephone number.
func wrap(s string, width int) []string {
	var out []string
	var line []byte
	for l := range strings.SplitSeq(s, "\n") {
		length := 0
		line = line[:0]
		for _, word := range dialled(strings.FieldsFunc(l, isSpace)) {
			n := utf8.RuneCountInString(word)
			if length > 0 && length+1+n > width {
				out = append(out, string(line))
				line, length = line[:0], 0
			}
			if length > 0 {
				line, length = append(line, ' '), length+1
			}
			line, length = append(line, word...), length+n
		}
		if len(line) > 0 {
			out = append(out, string(line))
		}
	}
	return out
}

// dialled makes one word of the parts of a telephone number: 020 7946 0000.
func dialled(words []string) []string {
	out := words[:0]
	for _, w := range words {
		if n := len(out); n > 0 && len(w) > 2 && strings.Trim(w[:3], figures) == "" {
			begun := strings.TrimLeft(out[n-1], "(")
			if len(begun) > 2 && (begun[0] == '0' || begun[0] == '+') && strings.Trim(begun[1:], figures+" ") == "" {
				out[n-1] += " " + w
				continue
			}
		}
		out = append(out, w)
	}
	return out
}

const figures = "0123456789"
