package letter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// place gives the line and column, from 1 and in characters, of a byte offset.
func place(source string, at int) (line, column int) {
	at = max(0, min(at, len(source)))
	before := source[:at]
	line = strings.Count(before, "\n") + 1
	start := strings.LastIndexByte(before, '\n') + 1
	return line, utf8.RuneCountInString(before[start:]) + 1
}

func sortFaults(faults []Fault) {
	slices.SortStableFunc(faults, func(a, b Fault) int {
		return cmp.Or(a.Line-b.Line, a.Column-b.Column)
	})
}

// shortened is a piece of a source as it may stand in a sentence.
func shortened(s string) string {
	s = dataset.Plain(strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > 60 {
		s = string(r[:60]) + "…"
	}
	return s
}

func badByte(s string) int {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return i
			}
		}
	}
	return 0
}

func howMany(limits [2]int) string {
	switch {
	case limits[0] == limits[1] && limits[0] == 1:
		return "one"
	case limits[0] == limits[1]:
		return fmt.Sprint(limits[0])
	}
	return fmt.Sprintf("%d or more", limits[0])
}

// didYouMean is the hint for a misspelt name.
func didYouMean(wrong string, known []string) string {
	slices.Sort(known)
	best := spelling.Nearest(wrong, known)
	switch {
	case best != "":
		return fmt.Sprintf("Did you mean %s?", best)
	case len(known) == 0:
		return ""
	case len(known) > 12:
		return "There are " + strings.Join(known[:12], ", ") + " and others."
	}
	return "There are " + strings.Join(known, ", ") + "."
}
