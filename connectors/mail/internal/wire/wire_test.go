package wire

import (
	"strings"
	"testing"
	"unicode"
)

func TestAnswer(t *testing.T) {
	for _, c := range []struct{ said, text, enhanced string }{
		{"5.1.1 <jo@example.org>: Recipient address rejected\n5.1.1 User unknown", "<(address)>: Recipient address rejected User unknown", "5.1.1"},
		{"no such user jo@example.org\x1b[31m", "no such user (address)", ""},
		{"2.0.0 OK: queued as 12345", "OK: queued as 12345", "2.0.0"},
		{"", "", ""},
	} {
		text, enhanced := Answer(c.said)
		if !strings.HasPrefix(text, c.text) || enhanced != c.enhanced || strings.ContainsFunc(text, unicode.IsControl) {
			t.Errorf("Answer(%q) = %q, %q", c.said, text, enhanced)
		}
	}
}
