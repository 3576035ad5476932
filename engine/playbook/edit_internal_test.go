package playbook

import (
	"bytes"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/playbooks"
)

// TestEveryValueOfEveryFile is replaced by another, all of a file at once, and
// put back: what stands between the values is as it was to the byte, and so is
// the whole file, but for texts that are folded over several lines in a way of
// their own.
func TestEveryValueOfEveryFile(t *testing.T) {
	t.Parallel()
	values, folded, files := 0, 0, 0
	for _, where := range []fs.FS{playbooks.Library, os.DirFS("../sample"), os.DirFS("testdata/examples")} {
		err := fs.WalkDir(where, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".yaml") {
				return err
			}
			data, err := fs.ReadFile(where, name)
			if err != nil {
				return err
			}
			data = bytes.ReplaceAll(data, []byte("@"), []byte("A")) // what the sample fills in
			n, odd := swapAll(t, name, data)
			files, values, folded = files+1, values+n, folded+odd
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d values of %d files; %d are folded in a way of their own", values, files, folded)
	if files < 200 || values < 10000 || folded > values/20 {
		t.Errorf("%d values of %d files, %d of them not put back to the byte", values, files, folded)
	}
}

// swapAll replaces every value of a file and puts it back.
func swapAll(t *testing.T, name string, data []byte) (values, odd int) {
	t.Helper()
	f, err := openText(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if f.root == nil {
		return 0, 0
	}
	was := texts(f.root, false)
	now, kept := swap(t, name, f, func(int) string { return "another" })
	g, err := openText(now)
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, now)
	}
	want := treeOf(f.root)
	replaceAll(want, "another")
	if !want.equal(treeOf(g.root)) {
		t.Fatalf("%s: the file says something else than was put there:\n%s", name, now)
	}
	back, again := swap(t, name, g, func(i int) string { return was[i].Value })
	if !slices.Equal(kept, again) {
		t.Fatalf("%s: what stands between the values was changed", name)
	}
	if bytes.Equal(back, data) {
		return len(was), 0
	}
	h, err := openText(back)
	if err != nil || !treeOf(h.root).equal(treeOf(f.root)) {
		t.Fatalf("%s: put back, it says something else: %v", name, err)
	}
	for i, n := range texts(h.root, false) { // each that is written otherwise stood on several lines
		if a, b := asWritten(t, f, was[i].Node), asWritten(t, h, n.Node); a != b {
			if odd++; !strings.Contains(a, "\n") && !strings.Contains(a, `\`) {
				t.Errorf("%s: %s became %s", name, a, b)
			}
		}
	}
	return len(was), odd
}

// asWritten is how a value is written.
func asWritten(t *testing.T, f *text, n *yaml.Node) string {
	t.Helper()
	s, err := f.over(n, "")
	if err != nil {
		t.Fatal(err)
	}
	return string(f.data[s.from:s.to])
}

// swap replaces all values from the last to the first, and gives what stands
// between them.
func swap(t *testing.T, name string, f *text, by func(i int) string) (out []byte, kept []string) {
	t.Helper()
	end := len(f.data)
	var pieces []string
	list := texts(f.root, false)
	for i := len(list) - 1; i >= 0; i-- {
		words, err := f.like(list[i].Node, by(i), list[i].flow)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s, err := f.over(list[i].Node, words)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		kept = append(kept, string(f.data[s.to:end]))
		pieces = append(pieces, string(f.data[s.to:end]), s.text)
		end = s.from
	}
	slices.Reverse(pieces)
	return []byte(string(f.data[:end]) + strings.Join(pieces, "")), append(kept, string(f.data[:end]))
}

// A written text is a value that is one, and whether it lies in brackets.
type writtenText struct {
	*yaml.Node
	flow bool
}

// texts are the values of a file that are texts, in their order.
func texts(n *yaml.Node, flow bool) (out []writtenText) {
	flow = flow || n.Style&yaml.FlowStyle != 0
	switch n.Kind {
	case yaml.ScalarNode:
		return []writtenText{{n, flow}}
	case yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			out = append(out, texts(n.Content[i], flow)...)
		}
	default:
		for _, c := range n.Content {
			out = append(out, texts(c, flow)...)
		}
	}
	return out
}

// replaceAll puts one text in the place of all.
func replaceAll(t *tree, text string) {
	if t.kind == yaml.ScalarNode {
		t.text, t.tag = text, ""
	}
	for _, k := range t.kids {
		replaceAll(k, text)
	}
}
