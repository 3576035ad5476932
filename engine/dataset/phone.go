package dataset

import "strings"

// Numbers of telephones are kept as E.164 has them, +442079460000, so that equal
// ones are equal, and shown as people dial and read them, 020 7946 0000.

// phoneWords is a text as it is shown: with spaces, and with 0 in place of +44,
// if it is a telephone number in the form of E.164. No other text looks like one.
func phoneWords(s string) string {
	if len(s) < 9 || len(s) > 16 || s[0] != '+' || s[1] == '0' || strings.Trim(s[1:], "0123456789") != "" {
		return s
	}
	if n, british := strings.CutPrefix(s, "+44"); british {
		return britishWords("0" + n)
	}
	code := countryCode(s[1:])
	return "+" + code + " " + inGroups(s[1+len(code):], 3)
}

// britishWords sets the spaces of a British number by the length of its code:
// 020 7946 0000, 0113 496 0000, 01632 960101, 07700 900123, 0800 123456.
func britishWords(n string) string {
	code := 5
	switch {
	case len(n) < 10 || len(n) > 11:
		return n
	case n[1] == '2':
		code = 3
	case n[1] == '1' && n[2] != '1' && n[3] != '1', n[1] == '7':
	default:
		code = 4
	}
	rest := n[code:]
	switch {
	case code == 3:
		rest = inGroups(rest, 4)
	case code == 4 && len(rest) == 7:
		rest = rest[:3] + " " + rest[3:]
	}
	return n[:code] + " " + rest
}

// countryCode is the code of the country at the beginning of a number: one figure,
// two of those that are given out in twos, or three.
func countryCode(n string) string {
	const twos = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 "
	switch {
	case n[0] == '1' || n[0] == '7':
		return n[:1]
	case strings.Contains(twos, " "+n[:2]+" "):
		return n[:2]
	}
	return n[:3]
}

// inGroups sets a space after every so many figures, but leaves none alone.
func inGroups(n string, of int) string {
	var b strings.Builder
	for len(n) > of+1 {
		b.WriteString(n[:of] + " ")
		n = n[of:]
	}
	return b.String() + n
}
