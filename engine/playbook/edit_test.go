package playbook_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// everyFile is each YAML file that ships, and those of the sample constituencies.
func everyFile(t *testing.T) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for at, files := range map[string]fs.FS{"library": playbooks.Library, "sample": os.DirFS("../sample"), "examples": os.DirFS("testdata/examples")} {
		err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
				return err
			}
			data, err := fs.ReadFile(files, name)
			out[at+"/"+name] = bytes.ReplaceAll(data, []byte("@"), []byte("A")) // what the sample fills in
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(out) < 200 {
		t.Fatalf("only %d files were found", len(out))
	}
	return out
}

// A place is where a text stands in a file.
type place struct {
	path []string
	node *yaml.Node
}

// places lists every text of a file that is a value.
func places(t *testing.T, name string, data []byte) (out []place) {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	var walk func(n *yaml.Node, path []string)
	walk = func(n *yaml.Node, path []string) {
		switch n.Kind {
		case yaml.ScalarNode:
			out = append(out, place{path: slices.Clone(path), node: n})
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				walk(n.Content[i+1], append(path, n.Content[i].Value))
			}
		case yaml.SequenceNode:
			for i, c := range n.Content {
				walk(c, append(path, strconv.Itoa(i)))
			}
		}
	}
	if len(root.Content) > 0 {
		walk(root.Content[0], nil)
	}
	return out
}

// TestAValueIsReplacedAlone: one value is replaced, and every
// byte before and behind it is as it was; put back, the file is what it was to
// the byte. Of a text that is folded over several lines, which can be folded in
// many ways, what is put back says the same.
func TestAValueIsReplacedAlone(t *testing.T) {
	t.Parallel()
	values, folded, back := 0, 0, 0 // of each file a few; all of them are replaced at once elsewhere
	for name, data := range everyFile(t) {
		list := places(t, name, data)
		few := max(1, len(list))
		if !strings.HasPrefix(name, "library") {
			few = max(1, len(list)/30)
		}
		for i, p := range list {
			if (i+len(name))%few != 0 {
				continue
			}
			values++
			other := "another"
			if p.node.Value == other {
				other = "one more"
			}
			now, err := playbook.Amend(data, playbook.Change{Path: p.path, Text: other})
			if err != nil {
				t.Fatalf("%s: %v: %v", name, p.path, err)
			}
			if got, ok := playbook.Said(now, p.path...); !ok || got != other {
				t.Fatalf("%s: %v says %q", name, p.path, got)
			}
			alone(t, name, data, now, p, other)
			again, err := playbook.Amend(now, playbook.Change{Path: p.path, Text: p.node.Value})
			if err != nil {
				t.Fatalf("%s: %v back: %v", name, p.path, err)
			}
			if bytes.Equal(again, data) {
				back++
				continue
			}
			if folded++; p.node.Style&(yaml.FoldedStyle|yaml.LiteralStyle) == 0 && !spans(data, p.node) {
				t.Fatalf("%s: %v was not put back to the byte:\n%s", name, p.path, around(data, again))
			}
			alone(t, name, data, again, p, p.node.Value)
		}
	}
	t.Logf("%d values; %d put back to the byte, %d folded otherwise", values, back, folded)
	if back < 250 || folded > values/20 {
		t.Errorf("of %d values %d were put back to the byte and %d not", values, back, folded)
	}
}

// spans reports a text that goes on on the next line.
func spans(data []byte, n *yaml.Node) bool {
	line := []rune(string(bytes.Split(data, []byte("\n"))[n.Line-1]))
	rest := string(line[n.Column-1:])
	if n.Style&yaml.DoubleQuotedStyle != 0 {
		return strings.Contains(rest, `\`) || !strings.Contains(rest, n.Value)
	}
	return !strings.Contains(strings.ReplaceAll(rest, "''", "'"), n.Value)
}

// alone fails unless two files differ in one value alone, and in no byte outside
// the lines that it stands on.
func alone(t *testing.T, name string, was, now []byte, p place, text string) {
	t.Helper()
	a, b := places(t, name, was), places(t, name, now)
	if len(a) != len(b) {
		t.Fatalf("%s: %v: %d values are %d", name, p.path, len(a), len(b))
	}
	for i := range a {
		want := a[i].node.Value
		if slices.Equal(a[i].path, p.path) {
			want = text
		}
		if !slices.Equal(a[i].path, b[i].path) || b[i].node.Value != want {
			t.Fatalf("%s: %v changed %v to %q", name, p.path, a[i].path, b[i].node.Value)
		}
	}
	before := bytes.Join(bytes.SplitAfter(was, []byte("\n"))[:p.node.Line-1], nil)
	if !bytes.HasPrefix(now, before) {
		t.Fatalf("%s: %v changed what stands before it", name, p.path)
	}
	if comments(was) != comments(now) {
		t.Fatalf("%s: %v changed a comment", name, p.path)
	}
}

// comments are the lines of a file that are comments, in their order.
func comments(data []byte) string {
	var out []string
	for _, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			out = append(out, line)
		}
	}
	return strings.Join(out, "\n")
}

// around shows where two files part.
func around(a, b []byte) string {
	i := 0
	for i < min(len(a), len(b)) && a[i] == b[i] {
		i++
	}
	return string(a[max(0, i-60):min(len(a), i+60)]) + "\n---\n" + string(b[max(0, i-60):min(len(b), i+60)])
}

// TestAmend replaces, adds and takes away, each in a way that a person would have
// written.
func TestAmend(t *testing.T) {
	t.Parallel()
	set := func(text string, path ...string) playbook.Change { return playbook.Change{Path: path, Text: text} }
	away := func(path ...string) playbook.Change { return playbook.Change{Path: path, Away: true} }
	for _, c := range []struct {
		name, was, now string
		change         playbook.Change
	}{
		{"a plain value with a comment", "a:\n  trust: each # for now\nb: 1\n", "a:\n  trust: batch # for now\nb: 1\n", set("batch", "a", "trust")},
		{"in quotes", `a: "x \" y" # z` + "\n", `a: "say \"no\"" # z` + "\n", set(`say "no"`, "a")},
		{"in single quotes", "a: 'it''s'\n", "a: 'we''re'\n", set("we're", "a")},
		{"a word that needs quotes", "a: x\n", `a: "off"` + "\n", set("off", "a")},
		{"a colon needs quotes", "a: x\n", `a: "x: y"` + "\n", set("x: y", "a")},
		{"in braces a comma needs quotes", "a: {b: x, c: y}\n", `a: {b: "£1,000", c: y}` + "\n", set("£1,000", "a", "b")},
		{"without braces it needs none", "a: x\n", "a: £1,000\n", set("£1,000", "a")},
		{"an apostrophe within a plain word", "a: {b: don't, c: [x]} # it's\n", "a: {b: don't, c: [x], d: z} # it's\n", set("z", "a", "d")},
		{"lines that end as in DOS", "a:\r\n  b: x\r\nc: y\r\n", "a:\r\n  b: x\r\n  d: z\r\nc: y\r\n", set("z", "a", "d")},
		{"the last line has no end", "a:\n  b: x", "a:\n  b: x\n  d: z", set("z", "a", "d")},
		{"by its own indentation", "a:\n    b: x # why\n\n# next\nc: y\n", "a:\n    b: x # why\n    d:\n        e: z\n\n# next\nc: y\n", set("z", "a", "d", "e")},
		{"behind a block", "a:\n  b: |\n    x\n    y\n\nc: 1\n", "a:\n  b: |\n    x\n    y\n  d: z\n\nc: 1\n", set("z", "a", "d")},
		{"into a block", "a: |\n  x\n  y\nc: 1\n", "a: |\n  p\n\n  q\nc: 1\n", set("p\n\nq\n", "a")},
		{"into braces on several lines", "a: {b: x, # one\n    c: y} # two\n", "a: {b: x, # one\n    c: y, d: z} # two\n", set("z", "a", "d")},
		{"into empty braces", "a: {}\n", "a: {d: {e: z}}\n", set("z", "a", "d", "e")},
		{"into a file of comments", "# nothing yet\n", "# nothing yet\na:\n  b: z\n", set("z", "a", "b")},
		{"a word gives way", "a: off\n", "a: {trust: each}\n", playbook.Change{Path: []string{"a", "trust"}, Text: "each", Instead: true}},
		{"a list", "a: [x, y] # z\n", `a: [p, "q, r"] # z` + "\n", playbook.Change{Path: []string{"a"}, List: []string{"p", "q, r"}}},
		{"a list on lines", "a:\n  - x\n  - y # z\nb: 1\n", "a:\n  - p\n  - q # z\nb: 1\n", playbook.Change{Path: []string{"a"}, List: []string{"p", "q"}}},
		{"a text over several lines", "a: one\n  two\n  three # no\nb: 1\n", "a: four # no\nb: 1\n", set("four", "a")},
		{"one away", "a:\n  b: x # why\n  c: y\nd: 1\n", "a:\n  c: y\nd: 1\n", away("a", "b")},
		{"the only one away", "a:\n  b:\n    c: y # z\nd: 1\n", "a:\n  b: {} # z\nd: 1\n", away("a", "b", "c")},
		{"the first in braces away", "a: {b: x, c: y}\n", "a: {c: y}\n", away("a", "b")},
		{"the last in braces away", "a: {b: x, c: y}\n", "a: {b: x}\n", away("a", "c")},
		{"the only one in braces away", "a: {b: x}\n", "a: {}\n", away("a", "b")},
		{"what is not there is taken away", "a: {b: x}\n", "a: {b: x}\n", away("a", "c")},
		{"the same again", "a: 'x'   # y\n", "a: 'x'   # y\n", set("x", "a")},
	} {
		now, err := playbook.Amend([]byte(c.was), c.change)
		if err != nil || string(now) != c.now {
			t.Errorf("%s: %v\n%s--- want\n%s", c.name, err, now, c.now)
		}
	}
}

// TestWhatIsNotAmended is said in words, and nothing comes of it.
func TestWhatIsNotAmended(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, was, text, says string }{
		{"an anchor", "a: &x y\nb: *x\n", "z", "Anchors and aliases"},
		{"a mark at the beginning", "\xef\xbb\xbfa: x\n", "z", "byte-order mark"},
		{"a tag", "a: !!str x\n", "z", "is a tag to YAML"},
		{"twice", "a: x\nb: 1\na: y\n", "z", "stands twice in the file, on lines 1 and 3"},
		{"two documents", "a: x\n---\na: y\n", "z", "second document"},
		{"not YAML", "a: [x\n", "z", "line 1"},
		{"an invisible character", "a: x\n", "z\u202e", "cannot be seen (U+202E)"},
		{"a control character", "a: x\n", "z\x07", "cannot be seen (U+0007)"},
		{"a block of given depth", "a: |2\n    x\n", "z", "left to people"},
	} {
		now, err := playbook.Amend([]byte(c.was), playbook.Change{Path: []string{"a"}, Text: c.text})
		if err == nil || now != nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v\n%s", c.name, err, now)
		}
	}
	keeps := []byte("a:\n  b: |+\n    x\n\nc: 1\n") // the blank line is b's, and would be no longer
	if now, err := playbook.Amend(keeps, playbook.Change{Path: []string{"a", "d"}, Text: "z"}); err == nil || !strings.Contains(err.Error(), "left to people") {
		t.Errorf("what says something else read back: %v\n%s", err, now)
	}
	if _, err := playbook.Amend([]byte("a: off\n"), playbook.Change{Path: []string{"a", "trust"}, Text: "each"}); err == nil || !strings.Contains(err.Error(), `a says "off"`) {
		t.Errorf("beneath a word: %v", err)
	}
}

// FuzzAmend puts any text in the place of any value of any file, and adds it
// where none is: what is read back is that text and no other difference.
func FuzzAmend(f *testing.F) {
	for _, name := range []string{"../sample/folder/playbooks.yaml", "../sample/folder/constituency.yaml", "testdata/examples/playbooks.yaml"} {
		data, err := os.ReadFile(filepath.FromSlash(name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(data), uint16(3), "off")
	}
	f.Add("a: {b: 'it''s', c: [x, \"y\\n\"]}\r\n", uint16(0), "x: y # z")
	f.Add("a: |\n  x\n\n  y\nb: >-\n  p\n  q\n", uint16(1), "one\ntwo\n")
	f.Fuzz(func(t *testing.T, file string, at uint16, text string) {
		var root yaml.Node
		if len(file) > 4000 || yaml.Unmarshal([]byte(file), &root) != nil {
			return
		}
		list := places(t, "fuzz", []byte(file))
		if len(list) == 0 {
			return
		}
		p := list[int(at)%len(list)]
		for _, path := range [][]string{p.path, append(slices.Clone(p.path[:max(0, len(p.path)-1)]), "brand_new")} {
			now, err := playbook.Amend([]byte(file), playbook.Change{Path: path, Text: text})
			if err != nil {
				continue
			}
			if got, ok := playbook.Said(now, path...); !ok || got != text {
				t.Fatalf("%v says %q, not %q:\n%s", path, got, text, now)
			}
			if len(path) == len(p.path) && slices.Equal(path, p.path) {
				alone(t, "fuzz", []byte(file), now, p, text)
			}
		}
	})
}
