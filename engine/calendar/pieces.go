package calendar

import (
	"strings"
	"unicode"
)

// A scanner cuts a moment into words, keeping what stands in brackets and
// quotes together.
type scanner struct {
	text  []rune
	words []word
	start int    // of the word being read, or -1
	open  []int  // where brackets were opened
	ends  []rune // what closes them
	comma int    // where the comma at the top level stands, or -1
	split int    // how many words stand in front of it
}

// pieces cuts a moment at its spaces, and at the one comma that stands outside
// brackets and quotes. The tail is nil if there is no such comma.
func pieces(text []rune) (head, tail []word, err error) {
	s := scanner{text: text, start: -1, comma: -1}
	for i := 0; i < len(text); i++ {
		r := text[i]
		switch {
		case r == '"' || r == '\'' || r == '`':
			end := closing(text, i)
			if end < 0 {
				return nil, nil, &SyntaxError{Offset: i, Text: "this quotation mark is never closed", Hint: "close it, or take it away"}
			}
			s.begin(i)
			i = end
		case len(s.open) == 0 && (unicode.IsSpace(r) || r == ','):
			s.end(i)
			if r == ',' {
				if s.comma >= 0 {
					return nil, nil, &SyntaxError{Offset: i, Text: "a second comma does not belong here", Hint: "a moment has one comma at most, in front of: or the working day before"}
				}
				s.comma, s.split = i, len(s.words)
			}
		default:
			s.begin(i)
			if err := s.bracket(i, r); err != nil {
				return nil, nil, err
			}
		}
	}
	if n := len(s.open); n > 0 {
		return nil, nil, &SyntaxError{Offset: s.open[n-1], Text: "this bracket is never closed", Hint: "close it with " + string(s.ends[n-1])}
	}
	s.end(len(text))
	if s.comma < 0 {
		return s.words, nil, nil
	}
	if s.split == len(s.words) {
		return nil, nil, &SyntaxError{Offset: s.comma, Text: "nothing stands behind this comma", Hint: "write: or the working day before, or take the comma away"}
	}
	return s.words[:s.split], s.words[s.split:], nil
}

// begin starts a word, if none is being read.
func (s *scanner) begin(i int) {
	if s.start < 0 {
		s.start = i
	}
}

// end finishes the word being read, if there is one.
func (s *scanner) end(i int) {
	if s.start >= 0 {
		w := string(s.text[s.start:i])
		s.words = append(s.words, word{text: w, low: strings.ToLower(w), at: s.start})
		s.start = -1
	}
}

// bracket keeps the count of open brackets.
func (s *scanner) bracket(i int, r rune) error {
	switch r {
	case '(':
		s.open, s.ends = append(s.open, i), append(s.ends, ')')
	case '[':
		s.open, s.ends = append(s.open, i), append(s.ends, ']')
	case '{':
		s.open, s.ends = append(s.open, i), append(s.ends, '}')
	case ')', ']', '}':
		n := len(s.open)
		if n == 0 || s.ends[n-1] != r {
			return &SyntaxError{Offset: i, Text: "this bracket was not opened", Hint: "take it away, or open it"}
		}
		s.open, s.ends = s.open[:n-1], s.ends[:n-1]
	}
	return nil
}

// closing finds the quotation mark that closes the one at i, or -1.
func closing(text []rune, i int) int {
	for j := i + 1; j < len(text); j++ {
		switch {
		case text[j] == '\\' && text[i] != '`':
			j++
		case text[j] == text[i]:
			return j
		}
	}
	return -1
}
