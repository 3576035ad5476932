package dataset

import (
	"testing"

	"pgregory.net/rapid"
)

// Folding word by word into a buffer is folding the words joined.
func TestFoldToIsFold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.SampledFrom([]rune("aBÉé \t\u00a0\u2028\u0130İß-'9")), 0, 8, -1)
		one, two := text.Draw(t, "one"), text.Draw(t, "two")
		if got, want := string(foldTo(foldTo(nil, one), two)), fold(one+" "+two); got != want {
			t.Errorf("%q and %q fold to %q, want %q", one, two, got, want)
		}
	})
}
