package sheet

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// firstOf finds the first of several things in one cell, where each part, or
// each word, is one of them or a mere "and".
func firstOf(s string, is func(string) bool) (string, bool) {
	marks := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";,/|&\n\r", r) })
	if first, n, all := count(marks, is); all && n > 1 {
		return first, true
	}
	words := strings.FieldsFunc(s, func(r rune) bool { return isSpace(r) || strings.ContainsRune(";,/|&", r) })
	first, n, all := count(words, is)
	return first, all && n > 1
}

// count counts the parts that are what is looked for; all of them must be, or
// say nothing.
func count(parts []string, is func(string) bool) (first string, n int, all bool) {
	for _, p := range parts {
		p = trim(p)
		switch {
		case is(p):
			if n++; n == 1 {
				first = p
			}
		case p == "", strings.EqualFold(p, "and"), strings.EqualFold(p, "or"):
		default:
			return "", n, false
		}
	}
	return first, n, true
}

func oneAddress(s string) bool { return strings.Count(s, "@") == 1 }

// oneNumber reports whether s could be a telephone number all by itself.
func oneNumber(s string) bool {
	return digits(s) >= 6 && strings.Trim(s, "0123456789+()-. \u00a0") == ""
}

// asciiDomain writes a domain of any alphabet as mail servers do, xn--..., or
// says why it cannot be meant.
func asciiDomain(domain string) (string, string) {
	const why = "an email address with a letter that addresses cannot have; type it again"
	for _, label := range strings.Split(domain, ".") {
		var script *unicode.RangeTable
		for _, r := range label {
			switch {
			case r == '-', unicode.IsDigit(r) && r < utf8.RuneSelf, unicode.IsMark(r):
				continue
			case !unicode.IsLetter(r):
				return "", why
			}
			of := scriptOf(r)
			if of == nil {
				return "", why
			}
			if script != nil && script != of {
				return "", "an email address that mixes the letters of two alphabets, as forged ones do; type it again"
			}
			script = of
		}
	}
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return "", why
	}
	return ascii, ""
}

// scriptOf is the alphabet of a letter, of those in which domains are written.
func scriptOf(r rune) *unicode.RangeTable {
	for _, t := range scripts {
		if unicode.Is(t, r) {
			return t
		}
	}
	return nil
}

var scripts = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew, unicode.Devanagari, unicode.Bengali,
	unicode.Gurmukhi, unicode.Gujarati, unicode.Tamil, unicode.Thai, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana}
