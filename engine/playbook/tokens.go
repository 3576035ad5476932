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

// conditionTokens cuts a condition into names, texts, numbers and signs.
func conditionTokens(s string) []string {
	var out []string
	word := func(r byte) bool {
		return r == '_' || r == '.' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r >= 0x80
	}
	for i := 0; i < len(s); {
		from := i
		switch c := s[i]; {
		case c == ' ' || c == '\n' || c == '\t':
			i++
			continue
		case c == '"' || c == '\'':
			for i++; i < len(s) && s[i] != c; i++ {
				if s[i] == '\\' {
					i++
				}
			}
			i = min(i+1, len(s))
		case word(c):
			for i < len(s) && word(s[i]) {
				i++
			}
		default:
			i++
			if i < len(s) && strings.Contains("== != <= >= ??", s[from:i+1]) && s[i] != ' ' {
				i++
			}
		}
		out = append(out, s[from:i])
	}
	return out
}

// signs are the operators of a condition.
var signs = map[string]bool{"==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true, "+": true, "-": true, "*": true, "/": true,
	"??": true, "in": true, "and": true, "or": true, "not": true}
