package spelling

import (
	"strings"
	"unicode"
)

// Words is a name however it is capitalised and whatever stands between its
// words: two names that come to the same words are one.
func Words(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
