package ics

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// A line is one content line, put together where the file folds it: a name,
// parameters and a value that is still escaped.
type line struct {
	n      int // in the file, from 1
	name   string
	params []param
	value  string
	long   bool // longer than any line may be; the value is not kept
}

type param struct{ name, value string }

// param gives a parameter's value, or nothing.
func (l *line) param(name string) string {
	for _, p := range l.params {
		if p.name == name {
			return p.value
		}
	}
	return ""
}

// An unfolder cuts a file into its content lines. A line that begins with a
// blank goes on with the one before. Files fold between bytes, so letters are
// told only once a line is whole.
type unfolder struct {
	data []byte
	row  int // physical lines read
	buf  []byte
}

// next gives the next line that is not blank, and where it begins.
func (u *unfolder) next() (n int, text string, long, ok bool) {
	for len(u.data) > 0 {
		first := u.physical()
		n, long = u.row, len(first) > maxLine
		u.buf = append(u.buf[:0], first[:min(len(first), maxLine)]...)
		for len(u.data) > 0 && (u.data[0] == ' ' || u.data[0] == '\t') {
			more := u.physical()[1:]
			if long = long || len(u.buf)+len(more) > maxLine; !long {
				u.buf = append(u.buf, more...)
			}
		}
		if len(bytes.TrimSpace(u.buf)) > 0 {
			return n, letters(u.buf), long, true
		}
	}
	return 0, "", false, false
}

// physical cuts off one line as it stands in the file.
func (u *unfolder) physical() []byte {
	u.row++
	i := bytes.IndexAny(u.data, "\r\n")
	if i < 0 {
		text := u.data
		u.data = nil
		return text
	}
	text := u.data[:i]
	if u.data[i] == '\r' && i+1 < len(u.data) && u.data[i+1] == '\n' {
		i++
	}
	u.data = u.data[i+1:]
	return text
}

// letters gives the text of a line: UTF-8, or else Windows-1252, as old
// programs write it.
func letters(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD")
	}
	return string(text)
}

// cut takes a content line apart; false if it is none.
func cut(n int, text string, long bool) (line, bool) {
	l := line{n: n, long: long}
	i := strings.IndexAny(text, ":;")
	if i <= 0 || !isName(text[:i]) {
		return l, false
	}
	l.name = strings.ToUpper(text[:i])
	for rest := text[i:]; ; {
		if rest == "" {
			return l, long
		}
		if rest[0] == ':' {
			if !long {
				l.value = rest[1:]
			}
			return l, true
		}
		name, after, ok := strings.Cut(rest[1:], "=")
		if !ok || !isName(name) {
			return l, long
		}
		var value string
		value, rest = paramValue(after)
		l.params = append(l.params, param{strings.ToUpper(name), value})
	}
}

// paramValue reads up to the next ; or : that no quotation marks protect.
func paramValue(s string) (value, rest string) {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '"':
			quoted = !quoted
		case (c == ';' || c == ':') && !quoted:
			return b.String(), s[i:]
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), ""
}

func isName(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; (c < 'a' || c > 'z') && (s[i] < '0' || s[i] > '9') && s[i] != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 100
}

// plainText takes the escapes out of a value of text.
func plainText(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		if i++; s[i] == 'n' || s[i] == 'N' {
			b.WriteByte('\n')
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// items cuts a value at the commas that are not escaped.
func items(s string) []string {
	var out []string
	from := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case ',':
			out = append(out, s[from:i])
			from = i + 1
		}
	}
	return append(out, s[from:])
}

// oneLine gives text on one line, its lines joined by what is given.
func oneLine(s, by string) string {
	var out []string
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029 }) {
		if part = strings.Join(strings.Fields(part), " "); part != "" {
			out = append(out, part)
		}
	}
	return strings.Join(out, by)
}
