package sheet

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// readPostcode writes a British postcode as the post does, OV1 2AB. One of
// another country is kept as it is, with a note; a cell without a figure is
// none.
func (t *typer) readPostcode(s string) (dataset.Value, string) {
	if code, ok := ukPostcode(s); ok {
		return dataset.TextValue(code), ""
	}
	text := tidy(unwrap(s))
	switch {
	case absent(s):
		return dataset.Value{}, ""
	case digits(text) == 0 || len(text) > 16:
		return dataset.Value{}, "not a postcode"
	}
	t.note = "not a British postcode; it was kept as it is"
	return dataset.TextValue(text), ""
}

// ukPostcode reads A9 9AA, A99 9AA, AA9 9AA, AA99 9AA, A9A 9AA and AA9A 9AA, in
// small letters too, and with or without the space.
func ukPostcode(s string) (string, bool) {
	if len(s) < 5 || len(s) > 10 {
		return "", false
	}
	var buf [8]byte
	b := buf[:0]
	for i := range len(s) {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z':
			c -= 'a' - 'A'
		case c == ' ' && i > 0:
			continue
		case (c < 'A' || c > 'Z') && (c < '0' || c > '9'):
			return "", false
		}
		if len(b) == 7 {
			return "", false
		}
		b = append(b, c)
	}
	if len(b) < 5 {
		return "", false
	}
	out, in := b[:len(b)-3], b[len(b)-3:]
	if !figure(in[0]) || figure(in[1]) || figure(in[2]) || !outward(out) || strings.IndexByte("CIKMOV", in[1]) >= 0 || strings.IndexByte("CIKMOV", in[2]) >= 0 {
		return "", false
	}
	if n := len(out); len(s) == len(b)+1 && s[:n] == string(out) && s[n] == ' ' && s[n+1:] == string(in) {
		return s, true // as nearly all are
	}
	return string(out) + " " + string(in), true
}

func figure(c byte) bool { return c >= '0' && c <= '9' }

// outward reports whether the first half of a postcode has one of its forms.
func outward(b []byte) bool {
	if figure(b[0]) {
		return false
	}
	rest := b[1:]
	if len(rest) > 0 && !figure(rest[0]) {
		rest = rest[1:]
	}
	switch len(rest) {
	case 1:
		return figure(rest[0])
	case 2:
		return figure(rest[0])
	}
	return false
}
