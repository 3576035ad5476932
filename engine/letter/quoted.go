package letter

import (
	"strings"

	"golang.org/x/net/html"
)

// Quoted shows a letter within another: what is said of it, its subject, and its
// words, as text and as what Bare makes of its page.
func Quoted(note, subject, text, bare string) Body {
	d := &digest{}
	d.paragraph(note)
	inner := append(wrap(shown(subject), width-2), "")
	for line := range strings.SplitSeq(strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")), "\n") {
		wrapped := wrap(shown(line), width) // as it is: it was wrapped before
		if len(wrapped) == 0 {
			wrapped = []string{""}
		}
		inner = append(inner, wrapped...)
	}
	for i, line := range inner {
		inner[i] = strings.TrimRight("| "+line, " ")
	}
	d.lines(inner)
	d.element("blockquote", "\n"+bare)
	return Body{Text: strings.Join(d.text, "\n") + "\n", HTML: strings.TrimSpace(d.html.String())}
}

// plainTags are those that Bare keeps, by what they become: within another page
// no heading of a letter stands out.
var plainTags = map[string]string{"p": "p", "h1": "h4", "h2": "h4", "h3": "h4", "h4": "h4", "ul": "ul", "ol": "ol", "li": "li", "strong": "strong", "em": "em",
	"b": "b", "i": "i", "br": "br", "hr": "hr", "blockquote": "blockquote", "pre": "pre", "code": "code",
	"table": "table", "thead": "thead", "tbody": "tbody", "tr": "tr", "th": "th", "td": "td"}

// Bare is what a page of a letter says, to stand within another page: tags without
// attributes, nothing that can be pressed or loads anything, and each text as
// words makes it.
func Bare(page string, words func(string) string) string {
	z := html.NewTokenizer(strings.NewReader(page))
	var b strings.Builder
	within, hidden := false, 0
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(b.String())
		case html.TextToken:
			if within && hidden == 0 {
				b.WriteString(html.EscapeString(words(z.Token().Data)))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name := z.Token().Data
			within = within || name == "body"
			hidden += oneIf(name == "style" || name == "script")
			if tag := plainTags[name]; tag != "" && within {
				b.WriteString("<" + tag + ">")
			}
		case html.EndTagToken:
			name := z.Token().Data
			hidden -= oneIf(name == "style" || name == "script")
			if tag := plainTags[name]; tag != "" && within && tag != "br" && tag != "hr" {
				b.WriteString("</" + tag + ">")
			}
		}
	}
}

func oneIf(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
