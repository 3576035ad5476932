package letter

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// markdown is CommonMark with tables and with the author's bare addresses as
// links. It renders no HTML of the source.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Table, extension.Linkify),
)

// A printed letter is Markdown in which every value is an opaque word, and the
// values.
type printed struct {
	mark   string // begins every word for a value; nowhere in the template
	values []string
	at     []int // where in the template each was printed
	seen   []bool
	source strings.Builder
	bad    *Hole // the first link that cannot be used; its Line is an offset yet
}

// newPrinted finds a mark that does not occur in the template.
func newPrinted(template string) *printed {
	for n := 0; ; n++ {
		mark := "zqv" + strings.Repeat("w", n) + "k"
		if !strings.Contains(template, mark) {
			return &printed{mark: mark}
		}
	}
}

func (p *printed) say(s string) { p.source.WriteString(s) }

func (p *printed) show(words string, at int) {
	p.source.WriteString(p.mark + strconv.Itoa(len(p.values)) + "z")
	p.values = append(p.values, words)
	p.at = append(p.at, at)
	p.seen = append(p.seen, false)
}

// A piece is a stretch of the author's own text, or a value.
type piece struct {
	text  string
	value bool
	at    int // of a value, where in the template it was printed
}

// pieces takes a text apart at its values.
func (p *printed) pieces(s string) []piece {
	var out []piece
	for s != "" {
		at := strings.Index(s, p.mark)
		if at < 0 {
			break
		}
		rest := s[at+len(p.mark):]
		digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
		n, err := strconv.Atoi(rest[:digits])
		if err != nil || n >= len(p.values) || digits == len(rest) || rest[digits] != 'z' {
			out = append(out, piece{text: s[:at+len(p.mark)]})
			s = rest
			continue
		}
		if at > 0 {
			out = append(out, piece{text: s[:at]})
		}
		p.seen[n] = true
		out = append(out, piece{text: p.values[n], value: true, at: p.at[n]})
		s = rest[digits+1:]
	}
	if s != "" {
		out = append(out, piece{text: s})
	}
	return out
}

// fill puts values back where they are text.
func (p *printed) fill(s string) string {
	var b strings.Builder
	for _, q := range p.pieces(s) {
		b.WriteString(q.text)
	}
	return b.String()
}

func renderMarkdown(prog *program, names Names, clock calendar.Clock) (Body, error) {
	p := newPrinted(prog.source)
	if err := prog.run(names, clock, p.say, p.show); err != nil {
		return Body{}, err
	}
	source := []byte(p.source.String())
	tree := markdown.Parser().Parse(text.NewReader(source))
	var made bytes.Buffer
	levelHeadings(tree)
	if err := markdown.Renderer().Render(&made, source, withoutHTML(tree)); err != nil {
		return Body{}, &Hole{Line: 1, Why: "its Markdown cannot be rendered: " + shortened(err.Error())}
	}
	body := p.putBack(made.String())
	for i, seen := range p.seen {
		if !seen {
			line, _ := place(prog.source, p.at[i])
			return Body{}, &Hole{Line: line, Why: "the Markdown around it hides it"}
		}
	}
	plain := p.plainText(tree, source)
	if p.bad != nil {
		p.bad.Line, _ = place(prog.source, p.bad.Line)
		return Body{}, p.bad
	}
	return Body{Text: plain, HTML: body}, nil
}

// withoutHTML takes out HTML and pictures that only control flow could have
// put together; those in the source are faults.
func withoutHTML(tree ast.Node) ast.Node {
	var out []ast.Node
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering && foreign(n) {
			out = append(out, n)
		}
		return ast.WalkContinue, nil
	})
	for _, n := range out {
		n.Parent().RemoveChild(n.Parent(), n)
	}
	return tree
}

// levelHeadings has the highest of a letter's headings stand right under that
// of the page, which has the only first one.
func levelHeadings(tree ast.Node) {
	highest := 6
	var headings []*ast.Heading
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if h, is := n.(*ast.Heading); is && entering {
			headings = append(headings, h)
			highest = min(highest, h.Level)
		}
		return ast.WalkContinue, nil
	})
	for _, h := range headings {
		h.Level = min(h.Level-highest+2, 6)
	}
}

func foreign(n ast.Node) bool {
	switch n.Kind() {
	case ast.KindHTMLBlock, ast.KindRawHTML, ast.KindImage:
		return true
	}
	return false
}

// markdownFaults finds HTML, pictures and links of a wrong kind in a template,
// reading all its branches one after the other.
func markdownFaults(prog *program) []Fault {
	s := &sketch{printed: newPrinted(prog.source)}
	s.list(prog.nodes)
	source := []byte(s.source.String())
	c := &compiler{program: prog}
	tree := markdown.Parser().Parse(text.NewReader(source))
	_ = ast.Walk(tree, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			s.node(c, n, source)
		}
		return ast.WalkContinue, nil
	})
	sortFaults(c.faults)
	return c.faults
}

// A sketch is a template with all its branches and a word for each value, and
// where each stretch of it stands in the template.
type sketch struct {
	*printed
	made, at []int // offsets in the sketch and in the template
}

func (s *sketch) list(nodes []node) {
	for _, n := range nodes {
		s.made, s.at = append(s.made, s.source.Len()), append(s.at, n.at)
		switch n.form {
		case textForm:
			s.say(n.text)
		case printForm:
			s.show("value", n.at)
		default:
			s.list(n.nodes)
			s.list(n.other)
		}
	}
}

// origin is the place in the template of a place in the sketch.
func (s *sketch) origin(made int) int {
	for i := len(s.made) - 1; i >= 0; i-- {
		if s.made[i] <= made {
			return s.at[i] + made - s.made[i]
		}
	}
	return 0
}

func (s *sketch) node(c *compiler, n ast.Node, source []byte) {
	switch n := n.(type) {
	case *ast.RawHTML:
		at := s.origin(n.Segments.At(0).Start)
		if hasValue := len(s.pieces(string(n.Segments.Value(source)))) > 1; hasValue {
			c.fault(at, "A value between < and > is not a link.", "Write [the words to press](the value).")
			return
		}
		c.fault(at, "Letters are Markdown; HTML is not shown.", "Write *so* for stress, - for a list, \\< for the sign itself.")
	case *ast.HTMLBlock:
		at := 0
		if n.Lines().Len() > 0 {
			at = s.origin(n.Lines().At(0).Start)
		}
		c.fault(at, "Letters are Markdown; HTML is not shown.", "Leave the HTML out; for a note to yourself write {{/* note */}}.")
	case *ast.Image:
		c.fault(s.find(string(n.Destination), source), "Letters have no pictures.", "Many readers see none, and a picture tells its server who opened the letter.")
	case *ast.Link:
		s.link(c, string(n.Destination), source)
	case *ast.AutoLink:
		s.link(c, destination(n, source), source)
	}
}

func (s *sketch) link(c *compiler, to string, source []byte) {
	pieces := s.pieces(to)
	if len(pieces) > 0 && pieces[0].value {
		return
	}
	if why := shapeOf(pieces).why; why != "" {
		c.fault(s.find(to, source), "This link cannot be used: "+why+".", "Links begin with https://, http://, mailto: or tel:.")
	}
}

func (s *sketch) find(what string, source []byte) int {
	if at := bytes.Index(source, []byte(what)); at >= 0 && what != "" {
		return s.origin(at)
	}
	return 0
}

// destination is the address an autolink leads to.
func destination(n *ast.AutoLink, source []byte) string {
	to := string(n.URL(source))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(to), "mailto:") {
		return "mailto:" + to
	}
	return to
}

// escaped is a destination as it stands in HTML, before its quotes.
func escaped(to []byte) string { return string(util.URLEscape(to, true)) }
