package letter

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestWhoeverReads holds what a page owes to those who read it on a telephone, in
// the dark, by ear, or with a program that fetches nothing: nothing from
// elsewhere, no colour of ours, no width but the greatest, no small print, one
// first heading, and a table that moves under the finger.
func TestWhoeverReads(t *testing.T) {
	b, err := parsed(t, welcome).Render(sample("Zoë"), clock)
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range map[string]string{
		"letter": Page(frame, "Welcome", b).HTML, "digest": Page(frame, "Tasks", DigestBody(sections)).HTML,
		"noted": Above(Page(frame, "Welcome", b).HTML, "This is a test."),
	} {
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		count := map[string]int{}
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			count[n.Data]++
			at := map[string]string{}
			for _, a := range n.Attr {
				at[a.Key] = a.Val
			}
			switch n.Data {
			case "img", "link", "script", "iframe", "form", "object", "video", "base":
				t.Errorf("%s: there is a <%s>", name, n.Data)
			case "html":
				if at["lang"] != "en-GB" {
					t.Errorf("%s: in which language it is, it does not say", name)
				}
			case "table":
				if !strings.Contains(style(n.Parent), "overflow-x:auto") {
					t.Errorf("%s: a wide table pushes the page", name)
				}
			case "th":
				if at["scope"] != "col" {
					t.Errorf("%s: a heading does not say of what", name)
				}
			}
			for rule := range strings.SplitSeq(at["style"], ";") {
				key, value, _ := strings.Cut(strings.TrimSpace(rule), ":")
				switch {
				case key == "color" || strings.HasPrefix(key, "background") || strings.Contains(value, "#") || strings.Contains(value, "url"):
					t.Errorf("%s: <%s> sets %s: a reader's dark mode may make it unreadable", name, n.Data, rule)
				case key == "width" || key == "min-width" || key == "height":
					t.Errorf("%s: <%s> sets %s: a telephone is narrower", name, n.Data, rule)
				case key == "font-size" && size(n) < 15:
					t.Errorf("%s: <%s> is written in %.1f pixels", name, n.Data, size(n))
				}
			}
		}
		if count["h1"] != 1 || count["title"] != 1 || count["meta"] < 3 || !strings.Contains(page, "width=device-width") || !strings.Contains(page, "color-scheme:light dark") {
			t.Errorf("%s: %v", name, count)
		}
	}
}

func style(n *html.Node) string {
	for _, a := range n.Attr {
		if a.Key == "style" {
			return a.Val
		}
	}
	return ""
}

var fontSize = regexp.MustCompile(`font-size:([0-9.]+)(px|em)`)

// size is the size of a node's letters, in pixels.
func size(n *html.Node) float64 {
	if n == nil {
		return 16
	}
	m := fontSize.FindStringSubmatch(style(n))
	if m == nil {
		return size(n.Parent)
	}
	f, _ := strconv.ParseFloat(m[1], 64)
	if m[2] == "px" {
		return f
	}
	return f * size(n.Parent)
}
