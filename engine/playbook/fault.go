package playbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/spelling"
)

// Error is the fault as one line: where, what, and what to do about it.
func (f Fault) Error() string {
	var b strings.Builder
	b.WriteString(f.File)
	if f.Line > 0 {
		fmt.Fprintf(&b, ":%d:%d", f.Line, max(f.Column, 1))
	}
	b.WriteString(": ")
	b.WriteString(f.Text)
	if f.Hint != "" {
		b.WriteString(" (" + f.Hint + ")")
	}
	return b.String()
}

// Caret is the faulty line with a mark beneath the place, or nothing when the
// line is not known.
func (f Fault) Caret() string {
	if strings.TrimSpace(f.Source) == "" {
		return ""
	}
	const most = 100
	line, col := []rune(strings.ReplaceAll(f.Source, "\t", " ")), max(f.Column, 1)-1
	if cut := col - most*3/4; cut > 0 && len(line) > most {
		line, col = line[cut:], col-cut
	}
	if len(line) > most {
		line = line[:most]
	}
	return "  " + string(line) + "\n  " + strings.Repeat(" ", min(col, len(line))) + "^"
}

// sortFaults puts faults in the order of the files and drops repeated ones.
func sortFaults(list []Fault) []Fault {
	slices.SortStableFunc(list, func(a, b Fault) int {
		if c := strings.Compare(a.File, b.File); c != 0 {
			return c
		}
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		if a.Column != b.Column {
			return a.Column - b.Column
		}
		return strings.Compare(a.Text, b.Text)
	})
	return slices.Compact(list)
}

// didYouMean is the hint for a misspelt word: the nearest candidate, or, where
// nothing is near and there are few, all of them.
func didYouMean(word string, candidates []string) string {
	if c := spelling.Nearest(word, candidates); c != "" {
		return "did you mean " + c + "?"
	}
	if len(candidates) == 0 || len(candidates) > 24 {
		return ""
	}
	if len(candidates) == 1 {
		return "it can only be " + candidates[0]
	}
	return "it can be " + orList(candidates)
}

// orList joins words as a sentence does: "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

// plain is text of a file as it may stand in a message: nothing invisible, and
// not too long.
func plain(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return dataset.Plain(s)
}
