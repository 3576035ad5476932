package letter

import (
	"strings"
	"unicode/utf8"
)

// tableText is a table in plain text: in columns where it fits, and otherwise
// one stretch of "Head: cell" lines a row, which also reads well on a phone.
func tableText(head []string, rows [][]string, width int) []string {
	wide := make([]int, len(head))
	for _, row := range append([][]string{head}, rows...) {
		for i, c := range row {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			wide[i] = max(wide[i], utf8.RuneCountInString(c))
		}
	}
	total := 2 * (len(wide) - 1)
	for _, n := range wide {
		total += n
	}
	if total > width {
		return stretches(head, rows, width)
	}
	out := []string{across(head, wide)}
	rule := make([]string, len(wide))
	for i, n := range wide {
		rule[i] = strings.Repeat("-", n)
	}
	out = append(out, across(rule, wide))
	for _, row := range rows {
		out = append(out, across(row, wide))
	}
	return out
}

func across(row []string, wide []int) string {
	var b strings.Builder
	for i, c := range row {
		if i > 0 {
			b.WriteString("  ")
		}
		b.WriteString(c)
		b.WriteString(strings.Repeat(" ", wide[i]-utf8.RuneCountInString(c)))
	}
	return strings.TrimRight(b.String(), " ")
}

func stretches(head []string, rows [][]string, width int) []string {
	var out []string
	for i, row := range rows {
		if i > 0 {
			out = append(out, "")
		}
		for j, c := range row {
			if c == "" {
				continue
			}
			if j < len(head) && head[j] != "" {
				c = head[j] + ": " + c
			}
			out = append(out, indented(wrap(c, width-2), "", "  ")...)
		}
	}
	return out
}
