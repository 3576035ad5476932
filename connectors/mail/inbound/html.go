package inbound

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// quoteMark stands in the text of a page where it begins to quote.
const quoteMark = "\u0001quote"

// pageText is a page as lines of text. A quotation becomes a mark, by which the
// reader of answers knows it.
func pageText(page string) string {
	if page == "" {
		return ""
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(page))
	hidden := 0
	for b.Len() < maxText {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			if hidden == 0 {
				b.WriteString(strings.Join(strings.FieldsFunc(string(z.Text()), func(r rune) bool { return r == '\n' || r == '\r' }), " "))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch {
			case t.DataAtom == atom.Script || t.DataAtom == atom.Style || t.DataAtom == atom.Title:
				if t.Type == html.StartTagToken {
					hidden++
				}
			case quotes(t):
				b.WriteString("\n" + quoteMark + "\n")
			case breaks[t.DataAtom]:
				b.WriteString("\n")
			}
		case html.EndTagToken:
			t := z.Token()
			switch {
			case t.DataAtom == atom.Script || t.DataAtom == atom.Style || t.DataAtom == atom.Title:
				hidden = max(0, hidden-1)
			case breaks[t.DataAtom]:
				b.WriteString("\n")
			}
		}
	}
	return b.String()
}

var breaks = map[atom.Atom]bool{atom.Br: true, atom.P: true, atom.Div: true, atom.Tr: true, atom.Li: true, atom.Hr: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.Pre: true, atom.Table: true, atom.Blockquote: true}

// quotes reports whether an element begins a quotation: a quotation in so many
// words, or what Gmail, Outlook and Yahoo wrap one in.
func quotes(t html.Token) bool {
	if t.DataAtom == atom.Blockquote {
		return true
	}
	for _, a := range t.Attr {
		if a.Key == "class" && (strings.Contains(a.Val, "gmail_quote") || strings.Contains(a.Val, "yahoo_quoted") || strings.Contains(a.Val, "moz-cite-prefix")) ||
			a.Key == "id" && (strings.HasSuffix(a.Val, "divRplyFwdMsg") || strings.HasSuffix(a.Val, "appendonsend")) {
			return true
		}
	}
	return false
}
