package letter

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// everywhere prints a name in every kind of place that Markdown has.
const everywhere = "# Dear {{ member.first_name }}\n\n" +
	"{{ member.first_name }} and *{{ member.first_name }}*, **x{{ member.first_name }}**, `{{ member.first_name }}`.\n\n" +
	"- {{ member.first_name }}\n- two\n\n1. {{ member.first_name }}\n\n> {{ member.first_name }}\n\n" +
	"    {{ member.first_name }}\n\n" +
	"| name | no |\n|---|---|\n{{ range rows }}| {{ .first_name }} | {{ .membership_no }} |\n{{ end }}\n" +
	"[{{ member.first_name }}](https://example.org/a/{{ member.first_name }}?q={{ member.first_name }}#{{ member.first_name }} \"{{ member.first_name }}\") " +
	"[ring](tel:{{ member.first_name }}) [write](mailto:x{{ member.first_name }}?subject={{ member.first_name }}) https://example.org/{{ member.first_name }}\n\n" +
	"{{ member.first_name }}\n{{ member.first_name }}\n"

var hostile = []string{
	"Alex", "*bold*", "**b** _i_ `c`", "[x](javascript:alert(1))", "<script>alert(1)</script>", "{{ member.email }}", "{{", "}}",
	"\u202eevil\u202c", "a\nb", "a\r\nBcc: x@example.org", strings.Repeat("x", 10_000), strings.Repeat("long name ", 1000),
	"# heading", "- item", "1. item", "> quote", "| a | b |", "![x](https://example.org/p.png)", "https://example.net/x", "www.example.net",
	"me@example.net", "&lt;b&gt; &amp;", "\\", "\"' onclick=x", "zqvk0z", "zqvk", "z", "0z", "\u200b", "\x00\x1b[31m", "\ufeff", "</p></body>",
	"<!--", "-->", "]]>", "~~~", "```", "===", "---", "<https://example.net>", "a\u00a0b", "ﷺ", "👩‍👩‍👧", "\t", "%00%2f", "../..", "//example.net", "@example.net", ".", "..",
}

// outline is the structure of HTML without its words: tags, and attributes
// that are not filled in. words are its words, one place after the other.
func outline(t tester, s string) (structure []string, words string) {
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		switch n.Type {
		case html.ElementNode:
			e := n.Data
			for _, a := range n.Attr {
				e += " " + a.Key
				if a.Key == "style" {
					e += "=" + a.Val
				}
			}
			structure = append(structure, "<"+e)
		case html.TextNode:
			structure = append(structure, "text")
			b.WriteString(n.Data + "\x01")
		case html.CommentNode, html.DoctypeNode:
			structure = append(structure, "other "+n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		structure = append(structure, ">")
	}
	walk(root)
	return structure, b.String()
}

// links are all places that the HTML leads to.
func links(t tester, s string) []string {
	root, err := html.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for n := range root.Descendants() {
		for _, a := range n.Attr {
			if a.Key == "href" || a.Key == "src" {
				out = append(out, a.Val)
			}
		}
	}
	return out
}

// A tester is what a test, a fuzz target and a property have in common.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool {
		return c < ' ' && c != '\n' || c == 0x7f || c >= 0x80 && c < 0xa0 || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069 || c == 0x200b
	})
}

func checkHostile(t tester, l *Template, name string) {
	const stand = "QQnameQQ"
	plainBody, err := l.Render(sample(stand), clock)
	if err != nil {
		t.Fatal(err)
	}
	b, err := l.Render(sample(name), clock)
	if err != nil {
		if is := shown(name); is == "" || is == "." || is == ".." || strings.Trim(is, " ()") == "" {
			return // a hole is the right answer
		}
		t.Fatalf("%q: %v", name, err)
	}
	wantShape, wantWords := outline(t, plainBody.HTML)
	gotShape, gotWords := outline(t, b.HTML)
	if fmt.Sprint(gotShape) != fmt.Sprint(wantShape) {
		t.Fatalf("%q changed the structure:\n%v\nwant\n%v", name, gotShape, wantShape)
	}
	if want := strings.ReplaceAll(wantWords, stand, shown(name)); gotWords != want {
		t.Fatalf("%q is read as\n%q\nwant\n%q", name, gotWords, want)
	}
	before, after := links(t, plainBody.HTML), links(t, b.HTML)
	for i := range before {
		head, _, _ := strings.Cut(before[i], stand)
		if !strings.HasPrefix(after[i], head) {
			t.Fatalf("%q: the link %q became %q", name, before[i], after[i])
		}
	}
	if hasControl(b.Text) || hasControl(b.HTML) {
		t.Fatalf("%q: a character that cannot be seen is left", name)
	}
	if len([]rune(name)) < 30 && !strings.ContainsAny(name, " \n\t\r\v\f\u0085\u2028\u2029") && !strings.Contains(b.Text, shown(name)) {
		t.Fatalf("%q is not in the text:\n%s", name, b.Text)
	}
}

func TestHostileNames(t *testing.T) {
	l := parsed(t, everywhere)
	if f := l.Check(types); len(f) > 0 {
		t.Fatal(f)
	}
	for _, name := range hostile {
		checkHostile(t, l, name)
	}
}

func TestAnyName(t *testing.T) {
	l := parsed(t, everywhere)
	bits := rapid.OneOf(rapid.SampledFrom(hostile), rapid.String(), rapid.StringMatching("[<>&\"'`*_#|()\\[\\]{}\\\\!~:/@.?%=+ -]{1,8}"))
	rapid.Check(t, func(rt *rapid.T) {
		name := strings.Join(rapid.SliceOfN(bits, 1, 4).Draw(rt, "bits"), "")
		if len(name) > 2000 {
			name = name[:2000]
		}
		name = strings.ToValidUTF8(name, "?")
		checkHostile(rt, l, name)
	})
}

func FuzzName(f *testing.F) {
	for _, name := range hostile {
		f.Add(name)
	}
	l, faults := Parse(everywhere)
	if len(faults) > 0 {
		f.Fatal(faults)
	}
	f.Fuzz(func(t *testing.T, name string) { checkHostile(t, l, strings.ToValidUTF8(name, "?")) })
}

// FuzzTemplate holds that no source makes the parser, the checker or the
// renderer fail in another way than by saying so, and that no link leads
// anywhere but to the web, mail or telephone.
func FuzzTemplate(f *testing.F) {
	for _, s := range []string{
		everywhere, "{{ if x }}<b>{{ end }}", "{{ range rows }}{{ . }}{{ end }}", "[a]({{ settings.guide }}{{ member.first_name }})",
		"{{ index rows 99999999999999999999 }}", "{{ index member \"joined\" }}", "{{ ((((member)))).joined }}", "{{- /* */ -}}", "| a |\n|-|\n| {{ member }} |",
		"[a]: javascript:x\n\n[a]", "<javascript:alert>", "&#122;qvk0z {{ member.first_name }}", "``` {{ member.email }}\nx\n```", "[x](<https://example.org/{{ member.email }}>)",
		"{{ if repeat }}[x{{ end }}](https://example.org)", "![{{ member.email }}](data:x)", "{{ true }}{{ nil }}", "{{ .X }}{{ $ }}", "{{ eq member member }}", "{{ lt rows 1 }}",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, source string) {
		l, faults := Parse(source)
		if (l == nil) != (len(faults) > 0) {
			t.Fatalf("template %v with faults %v", l, faults)
		}
		for _, fault := range faults {
			if fault.Line < 1 || fault.Column < 1 || fault.Text == "" {
				t.Fatalf("fault without a place or a text: %+v", fault)
			}
		}
		if line, faults := ParseLine(source); len(faults) == 0 {
			line.Check(types)
			if s, err := line.Render(sample("Al\r\nex"), clock); err == nil && (s == "" || strings.ContainsAny(s, "\r\n")) {
				t.Fatalf("line %q", s)
			}
		}
		if l == nil {
			return
		}
		l.Check(types)
		b, err := l.Render(sample("<i>Alex</i>"), clock)
		if err != nil {
			return
		}
		for _, to := range links(t, b.HTML) {
			scheme, _, _ := strings.Cut(strings.ToLower(to), ":")
			if scheme != "http" && scheme != "https" && scheme != "mailto" && scheme != "tel" {
				t.Fatalf("a link to %q", to)
			}
		}
		if strings.Contains(b.HTML, "<i>") {
			t.Fatalf("a name became markup: %q", b.HTML)
		}
	})
}

func TestLinksFromValues(t *testing.T) {
	for _, c := range []struct{ source, value, want string }{
		{"[x]({{ v }})", "https://example.org/a?b=c&d#e", "https://example.org/a?b=c&d#e"},
		{"[x]({{ v }})", "mailto:jo@example.org", "mailto:jo@example.org"},
		{"[x]({{ v }})", "HTTPS://example.org", "HTTPS://example.org"},
		{"[x]({{ v }})", "https://example.org/a b\"><i>", "https://example.org/a%20b%22%3E%3Ci%3E"},
		{"[x]({{ v }})", "javascript:alert(1)", ""},
		{"[x]({{ v }})", "jAvascript:alert(1)", ""},
		{"[x]({{ v }})", "data:text/html,x", ""},
		{"[x]({{ v }})", "//example.net", ""},
		{"[x]({{ v }})", "https:example.net", ""},
		{"[x]({{ v }})", "https://user@example.net/", ""},
		{"[x]({{ v }})", "https://", ""},
		{"[x]({{ v }})", "mailto:", ""},
		{"[x]({{ v }}{{ w }})", "https://example.org", ""},
		{"[x]({{ v }}/{{ w }})", "https://example.org", "https://example.org/.example.net%2F%40"},
		{"[x](https://example.org/{{ v }}/z)", "../../y?a=b&c", "https://example.org/..%2F..%2Fy%3Fa%3Db%26c/z"},
		{"[x](https://example.org/{{ v }}/z)", "..", ""},
		{"[x](https://example.org?q={{ v }})", "a b&c=d", "https://example.org?q=a%20b%26c%3Dd"},
		{"[x](mailto:{{ v }})", "jo+x@example.org", "mailto:jo+x@example.org"},
		{"[x](mailto:{{ v }}?subject={{ v }})", "a@b?cc=c", "mailto:a@b%3Fcc%3Dc?subject=a%40b%3Fcc%3Dc"},
		{"[x](tel:{{ v }})", "+44 (0) 1632 960001", "tel:+4401632960001"},
		{"https://example.org/{{ v }}", "a/b", "https://example.org/a%2Fb"},
	} {
		names := func(name string) dataset.Term {
			if name == "w" {
				return txt(".example.net/@")
			}
			return txt(c.value)
		}
		b, err := parsed(t, c.source).Render(names, clock)
		if c.want == "" {
			if err == nil {
				t.Errorf("%s with %q: no hole, %s", c.source, c.value, b.HTML)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s with %q: %v", c.source, c.value, err)
			continue
		}
		if got := links(t, b.HTML); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s with %q leads to %q, want %q", c.source, c.value, got, c.want)
		}
	}
}
