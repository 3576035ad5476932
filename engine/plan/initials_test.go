package plan

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{"Nia Newer": "N. N.", "o'Brien": "O.", "Anne-Marie  van der Berg": "A. M. V. D. B.", "": "", "(none)": "N.", "Éva 李": "É. 李."} {
		if got := Initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// TestDisguise: no name and no address is left, however the lines break.
func TestDisguise(t *testing.T) {
	d := disguise{}
	d.person("Annabel de la Lacy")
	d.person("May Ann")
	d.put("12 Weavers Row", hiddenWord)
	for text, want := range map[string]string{
		"Dear Annabel,":                    "Dear A.,",
		"Annabel de\nla LACY is here":      "A. D. L. L. is here",
		"de Lacy and Annabelle":            "D. L. and Annabelle",
		"12 Weavers\nRow, and 112 Weavers": "[…], and 112 Weavers",
		"write to é.x@example.org, please": "write to […], please",
		"a@b@c (x@example.org)":            "[…] ([…])",
		"éx@example.org":                   "[…]",
		"In May we meet; maybe":            "In M. we meet; maybe",
	} {
		if got := d.text(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[A-Zé][a-z]{1,6}( [A-Z][a-zé]{1,6})?`).Draw(t, "name")
		around := rapid.StringMatching(`[ ,.:;!?()\n-]{1,3}`).Draw(t, "around")
		d := disguise{}
		d.person(name)
		got := d.text("x" + around + strings.ReplaceAll(name, " ", "\n ") + around + "x")
		for _, part := range strings.Fields(name) {
			if strings.Contains(got, part) {
				t.Fatalf("%q is left in %q", part, got)
			}
		}
	})
}
