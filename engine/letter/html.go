package letter

import (
	"strings"

	"golang.org/x/net/html"
)

// styles are written into the tags, because many mail programs drop style
// sheets. No colour is set: the reader's own, light or dark, hold.
var styles = map[string]string{
	"p":          "margin:0 0 1em 0",
	"h2":         "font-size:1.25em;line-height:1.3;margin:1.4em 0 .5em 0",
	"h3":         "font-size:1.1em;line-height:1.3;margin:1.2em 0 .4em 0",
	"h4":         "font-size:1em;line-height:1.3;margin:1.2em 0 .4em 0",
	"ul":         "margin:0 0 1em 0;padding:0 0 0 1.4em",
	"ol":         "margin:0 0 1em 0;padding:0 0 0 1.8em",
	"li":         "margin:0 0 .3em 0",
	"table":      "border-collapse:collapse;font-size:.95em;line-height:1.35",
	"th":         "border-bottom:2px solid;padding:.3em .7em .3em 0;text-align:left;vertical-align:top;overflow-wrap:break-word",
	"td":         "border-bottom:1px solid;padding:.3em .7em .3em 0;text-align:left;vertical-align:top;overflow-wrap:break-word",
	"blockquote": "margin:0 0 1em 0;padding:0 0 0 1em;border-left:3px solid",
	"pre":        "white-space:pre-wrap;margin:0 0 1em 0",
	"hr":         "border:0;border-top:1px solid;margin:1.5em 0",
}

// around is what a table stands in: one that is wider than a telephone moves
// under the finger, and the words around it keep their place.
var around = [2]string{`<div style="overflow-x:auto;margin:0 0 1em 0">` + "\n", "\n</div>"}

// putBack puts the values back into the HTML that goldmark made, each by its
// place.
func (p *printed) putBack(made string) string {
	z := html.NewTokenizer(strings.NewReader(made))
	var b strings.Builder
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.TrimSpace(b.String())
		case html.TextToken:
			b.WriteString(html.EscapeString(p.fill(z.Token().Data)))
		case html.StartTagToken, html.SelfClosingTagToken:
			p.tag(&b, z.Token())
		case html.EndTagToken:
			t := z.Token()
			b.WriteString("</" + t.Data + ">")
			if t.Data == "table" {
				b.WriteString(around[1])
			}
		}
	}
}

// tag writes a tag with its attributes and its style.
func (p *printed) tag(b *strings.Builder, t html.Token) {
	name, style := t.Data, ""
	if name == "table" {
		b.WriteString(around[0])
	}
	b.WriteString("<" + name)
	for _, a := range t.Attr {
		value := ""
		switch a.Key {
		case "href":
			value = p.link(a.Val)
		case "style":
			style = a.Val
			continue
		default:
			value = p.fill(a.Val)
		}
		b.WriteString(" " + a.Key + `="` + html.EscapeString(value) + `"`)
	}
	if name == "th" {
		b.WriteString(` scope="col"`)
	}
	b.WriteString(styled(name, style))
	b.WriteString(">")
}

func styled(tag, more string) string {
	s := styles[tag]
	if s != "" && more != "" {
		s += ";"
	}
	if s += more; s == "" {
		return ""
	}
	return ` style="` + html.EscapeString(s) + `"`
}
