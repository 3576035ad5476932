package engine_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/clarion-clp/clarion/engine/document"
)

// TestHostileNamesOnPaper: whatever members are called, the page of a plan is made
// of our own elements, its first words end where they should, and without names
// nobody's is in it.
func TestHostileNamesOnPaper(t *testing.T) {
	t.Parallel()
	h := newHouse(t, "")
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), []string{
		`C1,"<script>alert(1)</script>","--></article><img src=x onerror=alert(2)>",pat1@example.net,,Arrears,2016-10-28,2026-10-30,North,Yes,`,
		"C2,\"Zebedee\u202e\",\"=HYPERLINK(\"\"https://example.org\"\")\",pat2@example.net,,Arrears,2016-10-28,2026-10-30,North,Yes,",
	})
	h.run()
	l, err := h.Look(ctx)
	h.do(err)
	for _, names := range []bool{false, true} {
		page, err := document.Plan(l.In, l.Plan, names)
		h.do(err)
		text := string(page)
		root, err := html.Parse(strings.NewReader(text))
		h.do(err)
		comments, articles := 0, 0
		for n := range root.Descendants() {
			if n.Type == html.CommentNode {
				comments++
			}
			if n.Data == "script" || n.Data == "img" || n.Data == "iframe" {
				t.Errorf("names %v: <%s>", names, n.Data)
			}
			if n.Data == "article" && n.Type == html.ElementNode {
				articles++
			}
		}
		if strings.Contains(text, "\u202e") {
			t.Error("a direction character went through")
		}
		if comments != 1 || names != strings.Contains(text, "Zebedee") || names != strings.Contains(text, "alert(1)") || names != strings.Contains(text, "pat1@example.net") || names != (articles > 1) {
			t.Errorf("names %v: %d comments, %d letters; Zebedee: %v", names, comments, articles, strings.Contains(text, "Zebedee"))
		}
	}
}
