package spelling_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/spelling"
)

func TestNearest(t *testing.T) {
	for _, c := range []struct{ word, of, want string }{
		{"statsu", "status joined branch", "status"},
		{"Joined", "status joined branch", "joined"},
		{"memebers", "members status meetings", "members"},
		{"Members", "members status meetings", "members"},
		{"zzzzzz", "members status meetings", ""},
		{"brnch", "status joined branch", "branch"},
		{"branhc", "branch bench", "branch"}, // two neighbours exchanged are one slip
		{"treasuer", "treasurer secretary", "treasurer"},
		{"dya", "day week month", "day"},
		{"xyz", "day week month", ""},
		{"da", "by at on", ""}, // nothing would be left of it
		{"status", "status", ""},
		{"", "day", ""},
		{"cat", "cut bat", "bat"}, // among equals the first in the alphabet
		{strings.Repeat("a", 81), strings.Repeat("a", 80), ""},
	} {
		of := strings.Fields(c.of)
		if got := spelling.Nearest(c.word, of); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.word, c.of, got, c.want)
		}
	}
}

// The order of the candidates never shows.
func TestNearestKnowsNoOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-e]{1,5}`), 1, 8)
		of, word := words.Draw(t, "of"), rapid.StringMatching(`[a-e]{1,5}`).Draw(t, "word")
		want := spelling.Nearest(word, of)
		slices.Reverse(of)
		if got := spelling.Nearest(word, of); got != want {
			t.Fatalf("%s of %v: %q, and %q the other way round", word, of, got, want)
		}
		if want != "" && !slices.Contains(of, want) {
			t.Fatalf("%s is no candidate", want)
		}
	})
}
