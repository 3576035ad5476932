package letter

import (
	"slices"
	"strings"
	"testing"
)

// A line never breaks within a telephone number, and does between two.
func TestALineDoesNotBreakANumber(t *testing.T) {
	for text, want := range map[string][]string{
		"Ring Jo Sample (07700 900123) and say hello":      {"Ring Jo Sample", "(07700 900123) and", "say hello"},
		"Telephone: 020 7946 0000. Payments stopped":       {"Telephone:", "020 7946 0000.", "Payments stopped"},
		"Telephone: +33 123 456 789 or 01632 960101, day":  {"Telephone:", "+33 123 456 789 or", "01632 960101, day"},
		"On 12 November 2026 at 19:30 in room 02 400 came": {"On 12 November 2026", "at 19:30 in room 02", "400 came"},
	} {
		if got := wrap(text, 19); !slices.Equal(got, want) {
			t.Errorf("%q\n is %s", text, strings.Join(got, " / "))
		}
	}
}
