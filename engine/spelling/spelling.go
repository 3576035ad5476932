// Package spelling says which word somebody most likely meant. Every room that
// reads what people type asks it, so that all of them guess alike.
package spelling

import (
	"strings"
	"unicode/utf8"
)

// longest is the length in bytes of the longest word that is compared: nobody
// misspells more than that, and the work is bounded.
const longest = 80

// Nearest is the candidate that a word was most likely meant to be, or "". One
// slip is allowed, and one more for every four letters; capitals make no
// difference. Among equals the first in the alphabet wins, so that the answer
// never depends on the order of the candidates. The word itself is no candidate.
func Nearest(word string, candidates []string) string {
	if word == "" || len(word) > longest {
		return ""
	}
	n := utf8.RuneCountInString(word)
	best, found := 1+n/4, ""
	for _, c := range candidates {
		if c == word || len(c) > longest {
			continue
		}
		d := slips(strings.ToLower(word), strings.ToLower(c))
		if d >= min(n, utf8.RuneCountInString(c)) { // nothing of it would be left
			continue
		}
		if d < best || d == best && (found == "" || c < found) {
			best, found = d, c
		}
	}
	return found
}

// slips counts the letters to change, add, leave out or exchange with their
// neighbour to make one word of the other.
func slips(a, b string) int {
	x, y := []rune(a), []rune(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}
