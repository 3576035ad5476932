package calendar

import (
	"strconv"
	"strings"
	"unicode"
)

// A SyntaxError says what is wrong with a written date, duration, moment,
// offset or schedule, where, and what to write instead.
type SyntaxError struct {
	Offset     int // in runes from the start of the text
	Text, Hint string
}

// Error gives both sentences.
func (e *SyntaxError) Error() string {
	if e.Hint == "" {
		return e.Text
	}
	return e.Text + "; " + e.Hint
}

// quoted shows text from a playbook inside a message: short, and with control
// and invisible characters made visible.
func quoted(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(s)
}

// A word is a piece of text between spaces, and where it stands.
type word struct {
	text string // as written
	low  string // in lower case
	at   int    // rune offset
}

// words cuts a text at its spaces.
func words(s string) []word {
	var out []word
	start, at := -1, 0
	begin := 0
	cut := func(end int) {
		if start >= 0 {
			out = append(out, word{text: s[begin:end], low: strings.ToLower(s[begin:end]), at: start})
			start = -1
		}
	}
	for i, r := range s {
		if unicode.IsSpace(r) {
			cut(i)
		} else if start < 0 {
			start, begin = at, i
		}
		at++
	}
	cut(len(s))
	return out
}

// after gives the rune offset just behind a word.
func (w word) after() int { return w.at + len([]rune(w.text)) }

// ParseHour reads a time of day written as 07:00, in minutes after midnight.
func ParseHour(s string) (int, error) {
	if len(s) == 5 && s[2] == ':' {
		h, okH := digits(s[:2])
		m, okM := digits(s[3:])
		if okH && okM && h < 24 && m < 60 {
			return h*60 + m, nil
		}
	}
	return 0, &SyntaxError{Text: quoted(s) + " is not a time of day", Hint: "write hours and minutes with two figures each, from 00:00 to 23:59, such as 07:00"}
}

// HourWords gives minutes after midnight as 07:00.
func HourWords(minutes int) string {
	h, m := minutes/60, minutes%60
	return string([]byte{byte('0' + h/10), byte('0' + h%10), ':', byte('0' + m/10), byte('0' + m%10)})
}

// hourAt reads the time of day that a word holds, keeping the word's place.
func hourAt(w word) (int, error) {
	n, err := ParseHour(w.text)
	if err != nil {
		e := err.(*SyntaxError)
		return 0, &SyntaxError{Offset: w.at, Text: e.Text, Hint: e.Hint}
	}
	return n, nil
}
