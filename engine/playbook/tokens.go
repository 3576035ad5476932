package playbook

import "strings"

// isPath reports a name, with or without dots.
func isPath(s string) bool {
	if s == "" || s == "." {
		return false
	}
	for i, part := range strings.Split(s, ".") {
		if !isWord(part) && !(part == "" && i == 0) && !strings.ContainsAny(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			return false
		}
	}
	return true
}

// conditionTokens cuts a condition into names, texts, numbers and signs. A name
// has its dots, also the one that it may begin with.
func conditionTokens(s string) []string {
	var out []string
	end := -1 // of a dot that a name may follow
	for _, t := range tokens(s) {
		if t.from == end && wordByte(t.text[0]) {
			out[len(out)-1] += t.text
		} else {
			out = append(out, t.text)
		}
		if end = -1; t.text == "." {
			end = t.to
		}
	}
	return out
}

// signs are the operators of a condition.
var signs = map[string]bool{"==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true, "+": true, "-": true, "*": true, "/": true,
	"??": true, "in": true, "and": true, "or": true, "not": true}
