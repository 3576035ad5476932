package playbook

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// unreadable turns YAML's own words into ours. The line that YAML names is
// where it gave up; the cause is often in that line or the one before.
func (d *doc) unreadable(err error) {
	text := strings.TrimPrefix(err.Error(), "yaml: ")
	at := 0
	if rest, ok := strings.CutPrefix(text, "line "); ok {
		if num, after, ok := strings.Cut(rest, ":"); ok {
			if n, err := strconv.Atoi(num); err == nil {
				at, text = n, strings.TrimSpace(after)
			}
		}
	}
	found, near := 0, false
	for i := range d.lines {
		if col, hint, say := trap(d.lines[i]); say != "" {
			if at == 0 || i+1 >= at-2 && i+1 <= at+2 {
				d.add(i+1, col, hint, "%s", say)
				near = true
			} else if found == 0 {
				found = i + 1
			}
		}
	}
	if near {
		return
	}
	if found != 0 {
		col, hint, say := trap(d.lines[found-1])
		d.add(found, col, hint, "%s", say)
		return
	}
	if line := uneven(d.lines); line > 0 {
		d.add(line, 1+len(d.lines[line-1])-len(strings.TrimLeft(d.lines[line-1], " ")), "indent it like the lines it belongs to", "The line is indented differently from the lines around it.")
		return
	}
	line := min(max(at, 1), max(len(d.lines), 1))
	d.add(line, 1, yamlHint(text), "This cannot be read: %s.", yamlWords(text))
}

// yamlWords says in plain words what YAML's parser meant.
func yamlWords(text string) string {
	switch {
	case strings.Contains(text, "did not find expected key"):
		return "the line does not fit the lines around it"
	case strings.Contains(text, "could not find expected ':'"):
		return "a key without a colon"
	case strings.Contains(text, "mapping values are not allowed"):
		return "a colon where none can stand"
	case strings.Contains(text, "unexpected end of stream"), strings.Contains(text, "found unexpected document indicator"):
		return "a quotation mark, bracket or brace is not closed"
	case strings.Contains(text, "did not find expected '-' indicator"):
		return "the line is indented differently from the list around it"
	case strings.Contains(text, "did not find expected ',' or"):
		return "a bracket or brace is not closed, or a comma is missing"
	case strings.Contains(text, "excessive aliasing"), strings.Contains(text, "exceeded max depth"):
		return "it is nested too deeply"
	}
	return plain(text)
}

// yamlHint is what to try when YAML gives up on a line.
func yamlHint(text string) string {
	if strings.Contains(text, "stream") || strings.Contains(text, "',' or") {
		return "look for the opening one above"
	}
	return "look at the indentation of this line and the one above, or put the text in double quotes"
}

// trap recognises a line that YAML cannot read and says why, with the column.
func trap(line string) (column int, hint, say string) {
	const quote = "put this line in double quotes"
	trimmed := strings.TrimLeft(line, " ")
	indent := utf8.RuneCountInString(line) - utf8.RuneCountInString(trimmed)
	if strings.HasPrefix(trimmed, "\t") {
		return indent + 1, "use spaces", "A tab stands at the start of the line; YAML takes only spaces there."
	}
	if trimmed == "" || strings.HasPrefix(trimmed, "#") {
		return 0, "", ""
	}
	body := trimmed
	for strings.HasPrefix(body, "- ") {
		body = strings.TrimLeft(body[2:], " ")
	}
	keyed := false
	if key, after, ok := strings.Cut(body, ": "); ok && !strings.ContainsAny(key, "\"'{[") {
		body, keyed = strings.TrimLeft(after, " "), true
	}
	column = utf8.RuneCountInString(line) - utf8.RuneCountInString(body) + 1
	switch {
	case strings.HasPrefix(body, "{{"):
		return column, quote, "A value that starts with {{ is not text to YAML."
	case strings.HasPrefix(body, "@"), strings.HasPrefix(body, "`"), strings.HasPrefix(body, "%"):
		return column, quote, "A value cannot start with " + body[:1] + "."
	case strings.HasPrefix(body, `"`):
		end := strings.Index(strings.ReplaceAll(body[1:], `\"`, `__`), `"`)
		if end < 0 {
			return column, "close it at the end of the value", "A quotation mark opens here and is not closed on this line."
		}
		if end >= 0 {
			rest := strings.TrimSpace(body[end+2:])
			if rest != "" && (!strings.ContainsAny(rest[:1], "#,]}:") || keyed && rest[0] == ':') {
				return column + utf8.RuneCountInString(body[:end+2]), "put single quotes around the whole value", "Something stands after the closing quotation mark."
			}
		}
	case strings.HasPrefix(body, "["), strings.HasPrefix(body, "{"), strings.HasPrefix(body, "'"):
	default:
		if i := strings.Index(body, ": "); i >= 0 {
			return column + utf8.RuneCountInString(body[:i]), quote, "A value that holds a colon and a space is not text to YAML."
		}
		if strings.HasSuffix(strings.TrimSpace(body), ":") && column > indent+1 && !strings.HasPrefix(trimmed, "- ") {
			return column + utf8.RuneCountInString(strings.TrimSpace(body)) - 1, quote, "A value that ends with a colon is not text to YAML."
		}
	}
	return 0, "", ""
}

// uneven finds the first line that is indented like none of the lines it could
// belong to. Text in blocks is left out.
func uneven(lines []string) int {
	var levels []int
	block := -1
	for i, line := range lines {
		body := strings.TrimLeft(line, " ")
		indent := len(line) - len(body)
		if body == "" || body[0] == '#' || block >= 0 && indent > block {
			continue
		}
		block = -1
		for len(levels) > 0 && levels[len(levels)-1] > indent {
			levels = levels[:len(levels)-1]
			if len(levels) > 0 && levels[len(levels)-1] < indent || len(levels) == 0 && indent > 0 {
				return i + 1
			}
		}
		if len(levels) == 0 || levels[len(levels)-1] < indent {
			levels = append(levels, indent)
		}
		for strings.HasPrefix(body, "- ") {
			rest := strings.TrimLeft(body[2:], " ")
			indent += len(body) - len(rest)
			body, levels = rest, append(levels, indent)
		}
		if end := strings.TrimRight(body, " +-0123456789"); strings.HasSuffix(end, ": >") || strings.HasSuffix(end, ": |") {
			block = indent
		}
	}
	return 0
}
