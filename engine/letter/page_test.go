package letter

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("%s differs (run with -update to write it anew):\n%s", name, got)
	}
}

var frame = Frame{
	Constituency: "Broadland & Fakenham CLP",
	Sender:       "Pat Jones\nMembership Secretary",
	Why:          "You get this letter because you joined on 30 October 2026, and it is the first that every new member gets.",
	Wrong:        "If something is wrong, answer this letter or ring Pat Jones on 01632 960001; nobody minds.",
	Imprint:      "Promoted by Sam Lee on behalf of Broadland & Fakenham CLP,\nboth at 1 High Street, Fakenham.",
}

const welcome = `Dear {{ or member.first_name "friend" }},

Welcome to {{ constituency.name }}. You joined on **{{ member.joined }}**, and
this letter has the three things that new members ask about most.

## What happens next

1. Somebody from your branch will ring you.
2. You will get the [guide for new members]({{ settings.guide }}), or ask
   [Pat](mailto:{{ member.contact.email }}?subject=Hello) for one on paper.
3. Come to a meeting:

   - the next one is in {{ days_left }} days,
   - all are at https://example.org/meetings.

## Who is who

| Name | Number | Since |
|------|--------|-------|
{{ range rows }}| {{ .first_name }} | {{ .membership_no }} | {{ .joined }} |
{{ end }}
> We only succeed together.

---

Yours,
`

func TestWelcome(t *testing.T) {
	l := parsed(t, welcome)
	if f := l.Check(types); len(f) > 0 {
		t.Fatal(f)
	}
	b, err := l.Render(sample("Zoë *O’Hara*"), clock)
	if err != nil {
		t.Fatal(err)
	}
	page := Page(frame, "Welcome to Broadland & Fakenham", b)
	golden(t, "welcome.txt", page.Text)
	golden(t, "welcome.html", page.HTML)
}

var sections = []Section{
	{Title: "New members", Items: []Item{
		{Number: 17, Heading: "Ring Jo <Smith> and say hello", Line: "Member A1, North branch, joined 30 October 2026", Due: "8 November 2026",
			Answers: []string{"spoke", "left a message", "wrong number", "please do not contact"}},
		{Number: 9, Heading: "Ring Sam Lee and say hello", Due: "1 November 2026", Late: true, Marks: []string{"second reminder"},
			Detail: "Sam was away in October.\r\n\r\nTry after six.", Answers: []string{"done"}},
	}},
	{Title: "Nothing here"},
	{Title: "Lists", Items: []Item{
		{Heading: "Members in arrears", Table: &Grid{Head: []string{"name", "branch", "owed"}, Note: "3 rows left out: branch is blank.",
			Rows: [][]string{{"Zoë O’Hara", "North", "£12.00"}, {"**Sam**", "South", "£1,234.50"}}}},
		{Heading: "Too wide for columns", Table: &Grid{Head: []string{"title", "what"},
			Rows: [][]string{{strings.Repeat("long ", 12), strings.Repeat("wide ", 10)}, {"short", ""}}}},
		{Table: &Grid{Head: []string{"a"}, Rows: [][]string{{"no heading"}}}},
		{Line: "A line alone is the heading", Detail: "Why it is here."},
		{Heading: "A letter of its own", Words: Body{Text: "Some words.\n", HTML: "<p>Some words.</p>"}},
	}},
}

func TestDigest(t *testing.T) {
	page := Page(frame, "Your tasks this week", DigestBody(sections))
	golden(t, "digest.txt", page.Text)
	golden(t, "digest.html", page.HTML)
}

func TestSummary(t *testing.T) {
	for _, c := range []struct {
		late []bool
		want string
	}{
		{nil, ""},
		{[]bool{false}, "One task waits for you."},
		{[]bool{true}, "One task waits for you, and it is late."},
		{[]bool{false, false}, "2 tasks wait for you."},
		{[]bool{true, false}, "2 tasks wait for you; one is late."},
		{[]bool{true, true, false}, "3 tasks wait for you; 2 are late."},
		{[]bool{true, true}, "2 tasks wait for you; all are late."},
	} {
		var s Section
		for i, late := range c.late {
			s.Items = append(s.Items, Item{Number: int64(i + 1), Late: late})
		}
		if got := summary([]Section{s, {Items: []Item{{Heading: "no task"}}}}); got != c.want {
			t.Errorf("%v: %q, want %q", c.late, got, c.want)
		}
	}
}

// TestHostileDigest holds that nothing in an item or in the frame changes what
// stands around it.
func TestHostileDigest(t *testing.T) {
	build := func(s string) Body {
		f := Frame{Constituency: s, Sender: s, Why: s, Wrong: s, Imprint: s}
		return Page(f, s, DigestBody([]Section{{Title: s, Items: []Item{{Number: 1, Heading: s, Line: s, Detail: s, Due: s, Late: true,
			Marks: []string{s}, Answers: []string{s, s}, Table: &Grid{Head: []string{s, s}, Rows: [][]string{{s, s}}, Note: s}}}}}))
	}
	want, words := outline(t, build("QQnameQQ").HTML)
	check := func(t tester, s string) {
		b := build(s)
		got, is := outline(t, b.HTML)
		if !slices.Equal(got, want) {
			t.Fatalf("%q changed the structure:\n%v\nwant\n%v", s, got, want)
		}
		if want := strings.ReplaceAll(words, "QQnameQQ", shown(s)); is != want {
			t.Fatalf("%q is read as\n%q\nwant\n%q", s, is, want)
		}
		if hasControl(b.Text) || hasControl(b.HTML) {
			t.Fatalf("%q: a character that cannot be seen is left", s)
		}
	}
	oneLine := func(s string) bool { return shown(s) != "" && !strings.ContainsAny(s, "\n\r\v\f\u0085\u2028\u2029") }
	for _, s := range hostile {
		if oneLine(s) {
			check(t, s)
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		if s := rapid.String().Draw(rt, "text"); oneLine(s) {
			check(rt, s)
		}
	})
}

// TestPageIsSound holds what a reader with a small screen, a dark one or none
// at all needs.
func TestPageIsSound(t *testing.T) {
	b, err := parsed(t, welcome).Render(sample("Jo"), clock)
	if err != nil {
		t.Fatal(err)
	}
	for _, page := range []Body{Page(frame, "Subject", b), Page(frame, "Subject", DigestBody(sections)), Page(Frame{}, "", Body{})} {
		root, err := html.Parse(strings.NewReader(page.HTML))
		if err != nil {
			t.Fatal(err)
		}
		tags, level := map[string]int{}, 0
		for n := range root.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			tags[n.Data]++
			if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
				next := int(n.Data[1] - '0')
				if next > level+1 {
					t.Errorf("a heading of level %d follows one of level %d", next, level)
				}
				level = next
			}
			for _, a := range n.Attr {
				if n.Data == "html" && a.Key == "lang" && a.Val != "en-GB" || a.Key == "style" && strings.Contains(a.Val, "color:") || a.Key == "src" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("<%s %s=%q>", n.Data, a.Key, a.Val)
				}
			}
		}
		if tags["h1"] != 1 || tags["title"] != 1 || tags["script"]+tags["img"]+tags["link"] > 0 {
			t.Errorf("tags %v", tags)
		}
		for line := range strings.Lines(page.Text) {
			if utf8.RuneCountInString(strings.TrimRight(line, "\n")) > width && !strings.Contains(line, "https://") {
				t.Errorf("a line of more than %d: %q", width, line)
			}
		}
	}
}

func TestPlainText(t *testing.T) {
	for source, want := range map[string]string{
		"a\nb":                              "a b\n",
		"a\\\nb":                            "a\nb\n",
		"a  \nb":                            "a\nb\n",
		"1\\. x &amp; \\*y\\* *z*":          "1. x & *y* z\n",
		"`a &amp; \\*`":                     "a &amp; \\*\n",
		"[a](https://example.org)":          "a (https://example.org)\n",
		"https://example.org/a":             "https://example.org/a\n",
		"<https://example.org/a>":           "https://example.org/a\n",
		"pat@example.org":                   "pat@example.org\n",
		"[Pat](mailto:pat@example.org)":     "Pat (pat@example.org)\n",
		"[ring](tel:01632960001)":           "ring (tel:01632960001)\n",
		"# One\n## Two\n### Three":          "One\n---\n\nTwo\n\nThree\n",
		"- a\n- b\n  - c\n\n3. d\n4. e":     "- a\n- b\n  - c\n\n3. d\n4. e\n",
		"- a\n\n- b":                        "- a\n\n- b\n",
		"> a\n>\n> b":                       "> a\n>\n> b\n",
		"    code\n     more":               "    code\n     more\n",
		"|a|b|\n|-|-|\n|long cell|{{ 7 }}|": "a          b\n---------  -\nlong cell  7\n",
		strings.Repeat("word ", 20):         strings.Repeat("word ", 13) + "word\n" + strings.Repeat("word ", 5) + "word\n",
	} {
		b, err := parsed(t, source).Render(sample("Jo"), clock)
		if err != nil || b.Text != want {
			t.Errorf("%q gives %q, %v; want %q", source, b.Text, err, want)
		}
	}
}

func TestDigestOfContent(t *testing.T) {
	base := Content{From: "a", FromName: "b", ReplyTo: "c", To: "d", ToName: "e", Subject: "f", Text: "g", HTML: "h", Why: "i",
		Attachments: []Attachment{{Name: "j", Type: "k", SHA256: "l", Size: 1}}}
	seen := map[string]string{base.Digest(): "base"}
	for name, change := range map[string]func(*Content){
		"From": func(c *Content) { c.From += "x" }, "FromName": func(c *Content) { c.FromName += "x" }, "ReplyTo": func(c *Content) { c.ReplyTo += "x" },
		"To": func(c *Content) { c.To += "x" }, "ToName": func(c *Content) { c.ToName += "x" }, "Subject": func(c *Content) { c.Subject += "x" },
		"Text": func(c *Content) { c.Text += "x" }, "HTML": func(c *Content) { c.HTML += "x" }, "no attachment": func(c *Content) { c.Attachments = nil },
		"attachment": func(c *Content) { c.Attachments = []Attachment{{Name: "j", Type: "k", SHA256: "m"}} },
		"renamed":    func(c *Content) { c.Attachments = []Attachment{{Name: "x", Type: "k", SHA256: "l"}} },
		"shifted":    func(c *Content) { c.Subject, c.Text = "fg", "" },
	} {
		c := base
		change(&c)
		if other, is := seen[c.Digest()]; is {
			t.Errorf("%s has the digest of %s", name, other)
		}
		seen[c.Digest()] = name
	}
	why := base
	why.Why = "another"
	if why.Digest() != base.Digest() || len(base.Digest()) != 64 {
		t.Errorf("the reason changes the digest, or it is no SHA-256: %s", base.Digest())
	}
}

// TestTogether renders one template from many goroutines.
func TestTogether(t *testing.T) {
	l := parsed(t, welcome)
	var wait sync.WaitGroup
	for i := range 8 {
		wait.Go(func() {
			name := fmt.Sprint("Jo ", i)
			b, err := l.Render(sample(name), clock)
			if err != nil || !strings.HasPrefix(b.Text, "Dear "+name+",") {
				t.Errorf("%v: %q", err, b.Text)
			}
		})
	}
	wait.Wait()
}

// TestAnyTemplate joins pieces of templates in any order: none makes the
// renderer fail in another way than with a fault or a hole.
func TestAnyTemplate(t *testing.T) {
	pieces := []string{"{{ if repeat }}", "{{ else }}", "{{ end }}", "{{ range rows }}", "{{ with member }}", "{{ .first_name }}", "{{ member.first_name }}",
		"[", "](", ")", "<", ">", "https://example.org/", "javascript:", "mailto:", "*", "**", "`", "```\n", "|", "\n|-|\n", "\n", "\n\n", "# ", "- ", "> ", "1. ", "\"", "\\", "&lt;", "<b>", "!", "x"}
	rapid.Check(t, func(rt *rapid.T) {
		source := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 25).Draw(rt, "pieces"), "")
		l, faults := Parse(source)
		if l == nil {
			if len(faults) == 0 {
				rt.Fatalf("%q: neither template nor fault", source)
			}
			return
		}
		l.Check(types)
		b, err := l.Render(sample("<i>*Jo*</i>"), clock)
		if err != nil {
			return
		}
		for _, to := range links(rt, b.HTML) {
			if scheme, _, _ := strings.Cut(to, ":"); scheme != "https" && scheme != "mailto" {
				rt.Fatalf("%q leads to %q", source, to)
			}
		}
		if strings.Contains(b.HTML, "<i>") || strings.Contains(b.HTML, "<b>") {
			rt.Fatalf("%q gives %q", source, b.HTML)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	l, _ := Parse(welcome)
	for b.Loop() {
		if _, err := l.Render(sample("Jo"), clock); err != nil {
			b.Fatal(err)
		}
	}
}
