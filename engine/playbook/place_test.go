package playbook

import (
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"
)

// A place inside a scalar is found in the file, whatever the style: the rune
// X stands once in the value and once in the file.
func TestPlacesInScalars(t *testing.T) {
	for _, c := range []struct{ name, file string }{
		{"plain", "a:   one two X three\n"},
		{"plain over lines", "a: one two\n  three\n\n  four X five\n"},
		{"single", "a: 'it''s one''s own X ''here'''\n"},
		{"double", `a: "say \"hello\" \u00e9\x41\n X"` + "\n"},
		{"double over lines", "a: \"one \\\n   two\n\n   thr\\tee X\"\n"},
		{"literal", "a: |\n  one\n\n    two\n  X\n"},
		{"folded", "a: >-\n  one two\n  three\n\n  four X\n"},
		{"flow", "a: [one, {b: two X}]\n"},
		{"accents", "a: é£ü “x” X\n"},
		{"first", "a: X\n"},
	} {
		t.Run(c.name, func(t *testing.T) { place(t, c.file) })
	}
}

type fataler interface {
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

func place(t fataler, file string) {
	var root yaml.Node
	if err := yaml.Unmarshal([]byte(file), &root); err != nil {
		t.Fatalf("%q: %v", file, err)
	}
	lines := strings.Split(file, "\n")
	found := false
	var look func(n *yaml.Node)
	look = func(n *yaml.Node) {
		if i := strings.IndexRune(n.Value, 'X'); i >= 0 {
			found = true
			v := value{n, &doc{lines: lines}}
			line, col := v.locate(len([]rune(n.Value[:i])))
			runes := []rune(lines[min(line, len(lines))-1])
			if col < 1 || col > len(runes) || runes[col-1] != 'X' {
				t.Errorf("%q: the X is said to be at %d:%d", file, line, col)
			}
		}
		for _, c := range n.Content {
			look(c)
		}
	}
	look(&root)
	if !found {
		t.Fatalf("%q has no X", file)
	}
}

// The same for anything that YAML itself writes.
func TestPlacesInWhatYAMLWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.RuneFrom([]rune("ab'\"\\é£ #:-\n{}"))).Draw(t, "before") + "X" + rapid.StringOf(rapid.RuneFrom([]rune("ab' \n"))).Draw(t, "after")
		style := rapid.SampledFrom([]yaml.Style{0, yaml.SingleQuotedStyle, yaml.DoubleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle}).Draw(t, "style")
		n := yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{{Kind: yaml.ScalarNode, Value: "key"}, {Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: style}}}
		file, err := yaml.Marshal(&n)
		if err != nil {
			return // YAML cannot write it
		}
		var back yaml.Node
		if yaml.Unmarshal(file, &back) != nil || len(back.Content) == 0 || back.Content[0].Content[1].Value != text {
			return // YAML does not read back what it wrote
		}
		place(t, string(file))
	})
}

func TestMoney(t *testing.T) {
	for s, want := range map[string]int64{"£500": 50000, "£1,234.50": 123450, "£0.01": 1, "-£5": -500, "£1,000,000": 100000000} {
		if got, ok := parseMoney(s); !ok || got != want {
			t.Errorf("%s is %d, %v, want %d", s, got, ok, want)
		}
	}
	for _, s := range []string{"500", "£", "£1,00", "£1.5", "£1.505", "£,100", "£1e3", "£ 5", "£-5", "£99999999999999999999", "£1,0000"} {
		if got, ok := parseMoney(s); ok {
			t.Errorf("%s is read as %d", s, got)
		}
	}
}
