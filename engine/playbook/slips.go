package playbook

import (
	"fmt"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// A token is a word, number, text or sign of a condition, with its place.
type token struct {
	text     string
	from, to int // bytes
	depth    int // brackets around it
}

// tokens cuts a condition. It need not understand it: a mistake that gives
// something that does not load is no mutant.
func tokens(s string) []token {
	var out []token
	depth := 0
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
		case wordByte(c):
			for i < len(s) && (wordByte(s[i]) || s[i] == '.') {
				i++
			}
		case i+1 < len(s) && strings.Contains("== != <= >= ??", s[i:i+2]) && s[i+1] != ' ':
			i += 2
		default:
			i++
		}
		t := token{s[from:i], from, i, depth}
		switch t.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
			t.depth = depth
		}
		out = append(out, t)
	}
	return out
}

func wordByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c >= 0x80
}

// slipsOf are the words and signs that are taken for one another.
var slipsOf = map[string][]string{
	"==": {"!="}, "!=": {"=="}, "<": {"<=", ">="}, "<=": {"<", ">"}, ">": {">=", "<="}, ">=": {">", "<"},
	"and": {"or"}, "or": {"and"}, "+": {"-"}, "-": {"+"},
	"present": {"blank"}, "blank": {"present"}, "any": {"none"}, "none": {"any"}, "all": {"any"},
}

// expr makes the mistakes of a condition or a value.
func (m *mutator) expr(where string, n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.Value != "everyone" {
		m.within(where, n, n.Value, func(x string) string { return x })
	}
}

// within makes them in an expression that is part of a scalar.
func (m *mutator) within(where string, n *yaml.Node, source string, write func(string) string) {
	ts := tokens(source)
	put := func(from, to int, now, what string) {
		m.text(where, n, write(source[:from]+now+source[to:]), what)
	}
	for i, t := range ts {
		for _, now := range slipsOf[t.text] {
			put(t.from, t.to, now, fmt.Sprintf("%s becomes %s%s", t.text, now, near(ts, i)))
		}
		switch {
		case t.text == "in" && i > 0 && ts[i-1].text != "not":
			put(t.from, t.to, "not in", "in becomes not in"+near(ts, i))
		case t.text == "not" && i+1 < len(ts) && ts[i+1].text == "in":
			put(t.from, ts[i+1].to, "in", "not in becomes in"+near(ts, i))
		case t.text == "not":
			put(t.from, t.to, "", "not is gone"+near(ts, i))
		case t.text == "??":
			put(t.from, len(source), "", "?? and what follows are gone")
		default:
			if k, err := strconv.Atoi(t.text); err == nil {
				put(t.from, t.to, strconv.Itoa(k+1), fmt.Sprintf("%d becomes %d%s", k, k+1, near(ts, i)))
				if k > 0 {
					put(t.from, t.to, strconv.Itoa(k-1), fmt.Sprintf("%d becomes %d%s", k, k-1, near(ts, i)))
				}
			}
		}
	}
	m.listed(ts, put)
	m.operands(source, ts, put)
	m.text(where, n, write("not ("+source+")"), "the whole is negated")
}

// near shows the words around a token, to tell one mistake from another.
func near(ts []token, i int) string {
	var b strings.Builder
	for _, t := range ts[max(i-1, 0):min(i+2, len(ts))] {
		b.WriteString(" " + t.text)
	}
	return " in" + b.String()
}

// listed leaves each text out of a list of several.
func (m *mutator) listed(ts []token, put func(from, to int, now, what string)) {
	for i, t := range ts {
		if t.text[0] != '"' && t.text[0] != '\'' || i == 0 || i+1 == len(ts) {
			continue
		}
		before, after := ts[i-1].text, ts[i+1].text
		switch {
		case (before == "[" || before == ",") && after == ",":
			put(t.from, ts[i+1].to, "", t.text+" is not listed")
		case before == "," && after == "]":
			put(ts[i-1].from, t.to, "", t.text+" is not listed")
		}
	}
}

// operands leaves out each of several that and, or join, not inside brackets.
func (m *mutator) operands(source string, ts []token, put func(from, to int, now, what string)) {
	from := 0
	last := ""
	take := func(to int, joined string, after int) {
		part := strings.TrimSpace(source[from:to])
		if last != "" {
			put(from-len(last)-1, to, " ", "without "+last+" "+part)
		} else {
			put(from, after, "", "without "+part+" "+joined)
		}
	}
	several := false
	for _, t := range ts {
		if t.depth == 0 && (t.text == "and" || t.text == "or") {
			take(t.from, t.text, t.to)
			from, last, several = t.to, t.text, true
		}
	}
	if several {
		take(len(source), "", len(source))
	}
}
