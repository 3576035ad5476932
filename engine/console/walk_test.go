package console_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// hostile are names that would do harm on a page that believed them.
var hostile = []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `=HYPERLINK("http://evil.example/","x")`,
	"\u202eevil\u2066 \u200bname", `{{.Data}}</title><base href=//evil.example>`, `' onmouseover='alert(1)`, `javascript:alert(1)//`, "</textarea></iframe><h1>"}

// hostileHouse is a house of people with such names, in which letters went, wait
// for a yes, and tasks are open.
func hostileHouse(t testing.TB) *house {
	n := 0
	h := newHouse(t, playbook.Web{}, func(h *house) {
		h.guise = func(name string) string { n++; return name + hostile[n%len(hostile)] }
	})
	h.must(h.store.Update(ctx, func(tx *store.Tx) error {
		return tx.Apply(h.clock(), "secretary", ledger.Trusted{Playbook: "new-member-welcome", Level: "batch"})
	}))
	h.pass(day)
	h.members("2026-11-09", 9)
	h.run()
	h.write("data/members-<script>alert(2)<script>.csv", "Membership Number\nx\n")
	h.must(h.Engine.Stop(ctx, "secretary", hostile[1]+hostile[3]))
	return h
}

// paths are those of all pages that are only looked at, filled in every way that
// the house has something for.
func (h *house) paths() (paths []string) {
	h.t.Helper()
	fill := map[string][]string{"{list}": {"members", "officers", "branches", "nothing", "<script>"}, "{key}": {"B00000", "B00008", "A00000", "nobody", "<script>"},
		"{name}": {"new-member-welcome", "arrears-chase", "nothing", "<script>"}, "{letter}": {"welcome", "nothing"}, "{token}": {"forged"}, "{$}": {""}}
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		ids, plans := []string{"0", "999999", "x"}, []string{"1", "999999", "x"}
		for _, m := range book.MessagesIn(ledger.Sent, ledger.Proposed) {
			ids = append(ids, fmt.Sprint(m.ID))
		}
		tasks := []string{"999999"}
		for _, t := range book.Tasks() {
			tasks = append(tasks, fmt.Sprint(t.Number))
		}
		fill["{id}"], fill["{n}"], fill["{number}"] = ids, tasks, plans
		return nil
	})
	for _, pattern := range console.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		if method != http.MethodGet {
			continue
		}
		some := []string{path}
		for place, values := range fill {
			var more []string
			for _, p := range some {
				if !strings.Contains(p, place) {
					more = append(more, p)
					continue
				}
				for _, v := range values {
					more = append(more, strings.ReplaceAll(p, place, urlEscape(v)))
				}
			}
			some = more
		}
		paths = append(paths, some...)
	}
	paths = append(paths, "/people?q=o", "/plan/backlog?playbook=new-member-welcome", "/plan?playbook=new-member-welcome", "/diary?month=2026-12", "/people?q="+urlEscape(hostile[0]), "/log?playbook=new-member-welcome", "/nothing", "/sign-in?back="+urlEscape(`"><script>`))
	slices.Sort(paths)
	return slices.Compact(paths)
}

func urlEscape(s string) string {
	return strings.NewReplacer("<", "%3C", ">", "%3E", `"`, "%22", " ", "%20", "(", "%28", ")", "%29").Replace(s)
}

// stamps are what stands for all files of the constituency.
func (h *house) stamps() string {
	out := ""
	h.must(filepath.WalkDir(h.folder, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			i, _ := d.Info()
			out += fmt.Sprintln(path, i.Size(), i.ModTime().UnixNano())
		}
		return err
	}))
	return out
}

// unseen are pages that stand behind something which the walk does not do.
var unseen = []string{"GET /u/{token}", "GET /a/{token}", "GET /r/{token}", "GET /s/{token}", "GET /sign-in/{token}", "GET /data/uploads/{id}"}

// TestLookingChangesNothing: no page that is only looked at writes anything down,
// sends anything, or touches a file, whoever looks; and on none of them does what
// somebody is called become a part of the page.
func TestLookingChangesNothing(t *testing.T) {
	t.Parallel()
	h := hostileHouse(t)
	seats := []*guest{h.local("secretary"), h.officer("secretary@example.org"), h.officer("membership@example.org"), h.officer("north@example.org")}
	paths := h.paths()
	before, files := h.changes(), h.stamps()
	seen, faults := map[string]bool{}, pageFaults{t, map[string]bool{}}
	for _, g := range seats {
		h.pass(2 * time.Minute) // so that what is kept of who is signed in is written anew
		for _, path := range paths {
			h.pass(time.Millisecond)
			a := g.get(path)
			switch a.StatusCode {
			case 200:
				seen[h.Console.Pattern(path)] = true
			case 303, 403, 404, 410, 429:
			default:
				t.Errorf("%s: %d\n%s", path, a.StatusCode, a.body)
			}
			if n := h.changes(); n != before {
				t.Fatalf("looking at %s changed something", path)
			}
			if kind := a.Header.Get("Content-Type"); strings.HasPrefix(kind, "text/html") && !strings.HasSuffix(path, "/picture") {
				faults.check(path, a)
			}
		}
	}
	if h.stamps() != files {
		t.Errorf("looking touched a file:\n%s\n%s", files, h.stamps())
	}
	for _, pattern := range console.Patterns() {
		if strings.HasPrefix(pattern, "GET ") && !seen[pattern] && !slices.Contains(unseen, pattern) {
			t.Errorf("no page of %s was there to be seen: give the walk something to fill it with", pattern)
		}
	}
	for _, names := range []string{"onerror", "evil.example", "Nia", "Olive"} {
		if strings.Contains(h.logged.String(), names) {
			t.Errorf("%q is logged:\n%s", names, h.logged)
		}
	}
}

var (
	safeID  = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)
	ownPath = regexp.MustCompile(`^(/[^/\\]|/$|#|\?|[a-z0-9-]+/?$)`)
)

// pageFaults says each fault once, of the first page that has it.
type pageFaults struct {
	t    testing.TB
	said map[string]bool
}

// check holds a page against what holds for all of them.
func (f pageFaults) check(path string, a answer) {
	f.t.Helper()
	p := page{f: f, path: path, ids: map[string]bool{}}
	csp := a.Header.Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(a.Header.Get("Cache-Control"), "no-store") {
		p.fault("%s; %s", csp, a.Header.Get("Cache-Control"))
	}
	doc, err := html.Parse(strings.NewReader(a.body))
	if err != nil {
		f.t.Fatal(err)
	}
	p.walk(doc, false)
	if p.heads != 1 || p.mains > 1 || p.title == "" {
		p.fault("%d h1, %d buttons that stand out, called %q", p.heads, p.mains, p.title)
	}
	for id := range p.wanted() {
		p.fault("nothing has the id %q, which a label or a link names", id)
	}
	for _, r := range a.body {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0x200b {
			p.fault("%U stands in the page", r)
		}
	}
}

// fault says what is wrong with a page.
func (p *page) fault(format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	area := strings.Split(p.path+"/", "/")[1] + ": " + what
	if !p.f.said[area] {
		p.f.said[area] = true
		p.f.t.Errorf("%s: %s", p.path, what)
	}
}

// A page is one that is being looked through.
type page struct {
	f            pageFaults
	path, title  string
	heads, mains int
	ids          map[string]bool
	named        []string
}

// wanted are the ids that are named and not there.
func (p *page) wanted() map[string]bool {
	out := map[string]bool{}
	for _, n := range p.named {
		for _, id := range strings.Fields(n) {
			if !p.ids[id] {
				out[id] = true
			}
		}
	}
	return out
}

// walk looks at a part of a page.
func (p *page) walk(n *html.Node, labelled bool) {
	if n.Type == html.ElementNode {
		p.element(n, &labelled)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		p.walk(c, labelled)
	}
}

func (p *page) element(n *html.Node, labelled *bool) {
	attr := map[string]string{}
	for _, a := range n.Attr {
		if _, twice := attr[a.Key]; twice {
			p.fault("%s has %s twice", n.Data, a.Key)
		}
		attr[a.Key] = a.Val
		switch {
		case strings.HasPrefix(a.Key, "on"), a.Key == "style", a.Key == "srcdoc":
			p.fault("%s has %s=%q", n.Data, a.Key, a.Val)
		case slices.Contains([]string{"href", "src", "action", "formaction"}, a.Key) && !ownPath.MatchString(a.Val):
			p.fault("%s leads to %q", n.Data, a.Val)
		case a.Key == "id":
			if p.ids[a.Val] || !safeID.MatchString(a.Val) {
				p.fault("the id %q", a.Val)
			}
			p.ids[a.Val] = true
		case a.Key == "for", a.Key == "aria-labelledby", a.Key == "aria-describedby", a.Key == "href" && strings.HasPrefix(a.Val, "#"):
			p.named = append(p.named, strings.TrimPrefix(a.Val, "#"))
		}
	}
	switch n.Data {
	case "script":
		if !strings.HasPrefix(attr["src"], "/") || n.FirstChild != nil {
			p.fault("there is a script")
		}
	case "base", "object", "embed", "style", "img", "font", "center", "svg", "math":
		p.fault("there is a %s", n.Data)
	case "title":
		if n.FirstChild != nil {
			p.title = n.FirstChild.Data
		}
	case "h1":
		p.heads++
	case "label":
		*labelled = true
	case "button":
		if slices.Contains(strings.Fields(attr["class"]), "main") {
			p.mains++
		}
		if n.FirstChild == nil && attr["aria-label"] == "" {
			p.fault("a button says nothing")
		}
	case "input", "select", "textarea":
		if attr["type"] != "hidden" && attr["type"] != "submit" && !*labelled && attr["id"] == "" && attr["aria-label"] == "" && attr["aria-labelledby"] == "" {
			p.fault("a field called %q has no label", attr["name"])
		}
	case "iframe":
		if _, shut := attr["sandbox"]; !shut || strings.Contains(attr["sandbox"], "allow") || attr["title"] == "" {
			p.fault("an iframe is not shut, or has no title: %v", attr)
		}
	case "table":
		if child(n, "caption") == nil && attr["aria-label"] == "" && attr["aria-labelledby"] == "" && !headed(n) {
			p.fault("a table has no caption")
		}
	case "th":
		if attr["scope"] == "" {
			p.fault("a th has no scope")
		}
	}
}

// child finds a child of a name.
func child(n *html.Node, name string) *html.Node {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode && c.Data == name {
			return c
		}
	}
	return nil
}

// headed reports that a heading stands right above a part of a page.
func headed(n *html.Node) bool {
	for p := n.PrevSibling; p != nil; p = p.PrevSibling {
		if p.Type == html.ElementNode {
			return p.Data == "h2" || p.Data == "h3"
		}
	}
	return false
}
