package mail

import (
	"mime"
	"net/mail"
	"strings"

	"github.com/clarion-clp/clarion/connectors/mail/internal/wire"
)

// header is a text as it may stand in a header: one line, nothing unseen,
// nothing that a reader would take for an encoded word, and not longer than
// anyone reads.
func header(s string, longest int) string {
	return wire.Line(strings.ReplaceAll(s, "=?", "= ?"), longest)
}

// person is a name and an address as they stand in a header.
func person(name string, a *mail.Address) string {
	name = header(name, longestName)
	if name == "" || ascii(name) {
		return (&mail.Address{Name: name, Address: a.Address}).String()
	}
	if strings.ContainsAny(name, special) {
		return mime.BEncoding.Encode("utf-8", name) + " " + a.String()
	}
	return encoded(name) + " " + a.String()
}

// special are the characters that mean something beside a name, even within a
// readable encoded word.
const special = "\"#$%&'(),.:;<>@[]^`{|}~\\"

// encoded is a text in the words of RFC 2047, if it needs them; in those that
// make it shorter.
func encoded(s string) string {
	beyond := 0
	for i := range len(s) {
		if s[i] >= 0x80 {
			beyond++
		}
	}
	if beyond > len(s)/3 {
		return mime.BEncoding.Encode("utf-8", s)
	}
	return mime.QEncoding.Encode("utf-8", s)
}

// longestHeaderLine is that of RFC 2047, without the line end.
const longestHeaderLine = 76

// field is a whole field, folded where a line would be too long. Its value
// holds no control character but those of its own folds.
func field(name, value string) string {
	var b strings.Builder
	b.WriteString(name + ":")
	length := len(name) + 1
	for _, word := range strings.Fields(value) {
		if length > len(name)+1 && length+1+len(word) > longestHeaderLine || length+1+len(word) > longestHeaderLine && strings.HasPrefix(word, "=?") {
			b.WriteString("\r\n")
			length = 0
		}
		b.WriteString(" " + word)
		length += 1 + len(word)
	}
	b.WriteString("\r\n")
	return b.String()
}
