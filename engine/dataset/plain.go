package dataset

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Plain makes text from outside fit to show: characters that control, turn the
// direction of writing, or cannot be seen are named instead, as in ‹U+202E›; a
// new line is ↵ and a tab ⇥. Letters, accents, emoji and their joiners, where
// they stand between what they join, are left alone. What is plain stays as it
// is, so that it may be called twice.
func Plain(s string) string {
	if i := firstOdd(s); i < len(s) {
		return plain([]rune(s[:i]), s[i:])
	}
	return s
}

// firstOdd gives the length of the printable ASCII that a text starts with.
func firstOdd(s string) int {
	for i := 0; i < len(s); i++ {
		if s[i] < ' ' || s[i] > '~' {
			return i
		}
	}
	return len(s)
}

// plain does the work; the runes before are known to be plain.
func plain(before []rune, s string) string {
	var b strings.Builder
	b.Grow(len(before) + len(s) + 16)
	b.WriteString(string(before))
	last := rune(-1)
	if n := len(before); n > 0 {
		last = before[n-1]
	}
	for len(s) > 0 {
		r, n := utf8.DecodeRuneInString(s)
		out := ""
		switch {
		case r == utf8.RuneError && n == 1:
			out = "‹byte " + hex(rune(s[0]), 2) + "›"
		case r == '\r' && len(s) > 1 && s[1] == '\n':
			n = 2
			out = "↵"
		case r == '\n' || r == '\r' || r == 0x85 || r == 0x2028 || r == 0x2029:
			out = "↵"
		case r == '\t':
			out = "⇥"
		case r == 0x1F3F4:
			n = flag(s)
			out = s[:n]
		case shown(last, r, s[n:]):
			out = s[:n]
		default:
			out = "‹U+" + hex(r, 4) + "›"
		}
		b.WriteString(out)
		last, _ = utf8.DecodeLastRuneInString(out)
		s = s[n:]
	}
	return b.String()
}

// hex writes a number in capital hexadecimal figures, at least so many.
func hex(r rune, least int) string {
	s := strings.ToUpper(strconv.FormatInt(int64(r), 16))
	for len(s) < least {
		s = "0" + s
	}
	return s
}

// flag gives the length of a black flag with the tags that make it the flag of
// England, Scotland or Wales, or of the black flag alone.
func flag(s string) int {
	n := utf8.RuneLen(0x1F3F4)
	for i := n; i < len(s); {
		r, w := utf8.DecodeRuneInString(s[i:])
		i += w
		if r == 0xE007F && i > n+w && i <= n+8*w {
			return i
		}
		if (r < 0xE0061 || r > 0xE007A) && (r < 0xE0030 || r > 0xE0039) {
			return n
		}
	}
	return n
}

// shown says whether a character may be seen as it is, between the one before
// it and the text behind it.
func shown(last, r rune, rest string) bool {
	switch {
	case r == 0x200C || r == 0x200D: // joiners
		next, _ := utf8.DecodeRuneInString(rest)
		return joins(last) && next != 0xFE0F && joins(next) && (r == 0x200D || unicode.IsLetter(next))
	case r == 0xFE0E || r == 0xFE0F: // how an emoji is drawn
		return pictured(last) || last == '#' || last == '*' || last >= '0' && last <= '9'
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0100 && r <= 0xE01EF: // how a letter is drawn
		return unicode.Is(unicode.Han, last)
	case r == 0x034F, r == 0x115F, r == 0x1160, r == 0x17B4, r == 0x17B5, r == 0x2800, r == 0x3164, r == 0xFFA0,
		r >= 0x180B && r <= 0x180F: // marks and letters that look like nothing
		return false
	}
	return !unicode.In(r, unicode.C)
}

// joins says whether a joiner may stand beside a character: in the scripts that
// need one to spell words, and within emoji.
func joins(r rune) bool {
	if pictured(r) || r == 0xFE0F || r >= 0x1F3FB && r <= 0x1F3FF {
		return true
	}
	return r > 0x600 && unicode.In(r, unicode.Arabic, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi, unicode.Gujarati,
		unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer,
		unicode.Myanmar, unicode.Mongolian, unicode.Syriac)
}

// pictured says whether a character is a picture.
func pictured(r rune) bool {
	return r >= 0x2190 && r <= 0x2BFF || r >= 0x1F000 && r <= 0x1FAFF || r == 0x3030 || r == 0x303D || r == 0xA9 || r == 0xAE || r == 0x2122 || r == 0x2139 || r == 0x203C || r == 0x2049
}
