package document

import (
	"html/template"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A letter stands in a page among others: its own words and looks, and nothing by
// which it could reach out of its place. Letters are made by us and hold none of
// that; a page that shows hundreds of them takes nobody's word for it.

// kept are the elements of a letter that stand in a page. The words of others
// are kept, and they themselves are not.
var kept = []atom.Atom{atom.A, atom.B, atom.Blockquote, atom.Br, atom.Caption, atom.Code, atom.Div, atom.Em, atom.H1, atom.H2, atom.H3,
	atom.H4, atom.Hr, atom.I, atom.Li, atom.Ol, atom.P, atom.Pre, atom.S, atom.Span, atom.Strong, atom.Table, atom.Tbody, atom.Td,
	atom.Tfoot, atom.Th, atom.Thead, atom.Tr, atom.U, atom.Ul}

// unseen are elements of which nothing is kept.
var unseen = []atom.Atom{atom.Script, atom.Style, atom.Head, atom.Title, atom.Template, atom.Iframe, atom.Object, atom.Embed, atom.Svg,
	atom.Math, atom.Noscript, atom.Textarea, atom.Select, atom.Noembed, atom.Noframes, atom.Xmp, atom.Plaintext}

// Picture is the page of a letter as a part of another page: what it looks like,
// balanced, without scripts, forms, pictures from elsewhere or places to jump to.
func Picture(page string) template.HTML {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		return ""
	}
	var b strings.Builder
	write(&b, root)
	return template.HTML(b.String()) // #nosec: every element and attribute in it was chosen here
}

func write(b *strings.Builder, n *html.Node) {
	if n.Type == html.TextNode {
		b.WriteString(html.EscapeString(n.Data))
		return
	}
	if n.Type == html.ElementNode && (slices.Contains(unseen, n.DataAtom) || n.Namespace != "") {
		return
	}
	keep := n.Type == html.ElementNode && slices.Contains(kept, n.DataAtom)
	name := n.Data
	if keep {
		if head := strings.Index("h1h2h3", name); len(name) == 2 && head >= 0 { // below the headings of the page
			name = []string{"h4", "h5", "h6"}[head/2]
		}
		b.WriteString("<" + name)
		for _, a := range n.Attr {
			if a.Namespace == "" && harmless(n.DataAtom, a.Key, a.Val) {
				b.WriteString(" " + a.Key + `="` + html.EscapeString(a.Val) + `"`)
			}
		}
		b.WriteString(">")
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		write(b, c)
	}
	if keep && n.DataAtom != atom.Br && n.DataAtom != atom.Hr {
		b.WriteString("</" + name + ">")
	}
}

// harmless tells the attributes that a letter keeps.
func harmless(of atom.Atom, key, value string) bool {
	low := strings.ToLower(value)
	switch key {
	case "href":
		return of == atom.A && (strings.HasPrefix(low, "https://") || strings.HasPrefix(low, "http://") || strings.HasPrefix(low, "mailto:"))
	case "style": // it fetches nothing, and stays where it is
		for _, bad := range []string{"url(", "expression", "position", "@import", "\\", "image(", "image-set"} {
			if strings.Contains(low, bad) {
				return false
			}
		}
		return true
	case "colspan", "rowspan", "scope", "lang", "start":
		return true
	}
	return false
}
