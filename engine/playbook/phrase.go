package playbook

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// phrase puts a condition into words: member.status == "arrears" becomes "the
// member's status is arrears". It goes by the words of the condition, not by its
// meaning, so that nothing is left out; what it does not know stays as it is
// written.
func (w *describer) phrase(source string) string {
	p := &phraser{w: w, tokens: conditionTokens(source)}
	var out []string
	for !p.over() {
		out = append(out, p.next())
	}
	return tidy(strings.Join(out, " "))
}

// tidy joins what was put together word by word.
func tidy(s string) string {
	return strings.NewReplacer("( ", "(", " )", ")", " ,", ",", "[ ", "", " ]", "", "  ", " ").Replace(s)
}

// A phraser goes through the words of a condition.
type phraser struct {
	w      *describer
	tokens []string
	at     int
}

func (p *phraser) over() bool { return p.at >= len(p.tokens) }

func (p *phraser) peek(ahead int) string {
	if p.at+ahead < len(p.tokens) {
		return p.tokens[p.at+ahead]
	}
	return ""
}

// signs are the operators in words.
var signs = map[string]string{
	"==": "is", "!=": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least",
	"+": "plus", "-": "minus", "*": "times", "/": "divided by", "??": "or, if there is none,",
	"in": "is one of", "and": "and", "or": "or", "not": "not",
}

// dated are the operators where days are compared.
var dated = map[string]string{"<": "is before", "<=": "is at the latest", ">": "is after", ">=": "is at the earliest"}

// next puts the next words of the condition into plain ones.
func (p *phraser) next() string {
	t := p.peek(0)
	p.at++
	switch {
	case t == "not" && p.peek(0) == "in":
		p.at++
		return "is none of"
	case t == "not" && p.peek(0) == "replied" && p.peek(1) == "(":
		p.at += 2
		return strings.Join(p.arguments(), " ") + " has not written back"
	case t == "not" && p.peek(1) != "(" && isPath(p.peek(0)):
		name := p.peek(0)
		p.at++
		return p.w.whether(name, "does not hold", "is no", "not ")
	case t == "(":
		return "(" + p.until(")") + ")"
	case t == "[":
		return p.until("]")
	case signs[t] != "":
		if word := dated[t]; word != "" && p.days() {
			return word
		}
		return signs[t]
	case p.peek(0) == "(" && isPath(t):
		p.at++
		return p.w.call(t, p.arguments())
	case strings.HasPrefix(t, `"`), strings.HasPrefix(t, "'"):
		return strings.ReplaceAll(strings.Trim(t, `"'`), "_", " ")
	case isPath(t) && signs[p.peek(0)] != "" && p.peek(0) != "and" && p.peek(0) != "or", isPath(t) && p.at > 1 && signs[p.peek(-2)] != "" && p.peek(-2) != "and" && p.peek(-2) != "or":
		return p.w.name(t)
	case isPath(t):
		return p.w.whether(t, "holds", "is yes", "")
	}
	return t
}

// whether says a name that is itself a yes or no as a statement; any other name
// is only named.
func (w *describer) whether(path, holds, column, before string) string {
	if w.typeOf(path).Kind != dataset.YesNo || strings.HasPrefix(path, "steps.") {
		return before + w.name(path)
	}
	if strings.Contains(path, ".") {
		return w.name(path) + " " + column
	}
	return w.name(path) + " " + holds
}

// typeOf is what a dotted name is.
func (w *describer) typeOf(path string) dataset.Type {
	parts := strings.Split(path, ".")
	t := w.pb.Scope.Names[parts[0]]
	for _, part := range parts[1:] {
		switch {
		case t.Record != nil:
			t = t.Record.Types()[part]
		case t.Fields != nil:
			t = t.Fields[part]
		default:
			return dataset.Type{}
		}
	}
	return t
}

// days reports whether the comparison at hand is one of days.
func (p *phraser) days() bool {
	for _, t := range []string{p.peek(0), p.peek(-2)} {
		if t == "today" || t == "now" || t == "since" || strings.HasSuffix(t, "_on") || strings.HasSuffix(t, ".date") || strings.HasSuffix(t, ".start") ||
			strings.HasSuffix(t, ".end") || strings.HasSuffix(t, ".due") || strings.HasSuffix(t, ".joined") || strings.HasSuffix(t, ".seen") || t == "latest" || t == "birthday" {
			return true
		}
		if k := p.w.typeOf(t).Kind; k == dataset.Date || k == dataset.Time {
			return true
		}
	}
	return false
}

// until puts all up to a closing bracket into words.
func (p *phraser) until(end string) string {
	var out []string
	for !p.over() && p.peek(0) != end {
		out = append(out, p.next())
	}
	p.at++
	return strings.Join(out, " ")
}

// arguments puts the arguments of a call into words, one by one.
func (p *phraser) arguments() []string {
	var out, words []string
	for !p.over() && p.peek(0) != ")" {
		if p.peek(0) == "," {
			p.at++
			out, words = append(out, strings.Join(words, " ")), nil
			continue
		}
		words = append(words, p.next())
	}
	p.at++
	return append(out, strings.Join(words, " "))
}

// call puts a function into words.
func (w *describer) call(name string, args []string) string {
	arg := func(i int) string {
		if i < len(args) {
			return args[i]
		}
		return ""
	}
	if figure, ok := strings.CutPrefix(name, "law."); ok {
		return w.figure(figure)
	}
	switch name {
	case "present":
		if strings.HasPrefix(arg(0), `"`) {
			return "there is " + arg(0)
		}
		return strings.TrimSuffix(arg(0), " is yes") + " is filled in"
	case "blank":
		if strings.HasPrefix(arg(0), `"`) {
			return "there is no " + arg(0)
		}
		return strings.TrimSuffix(arg(0), " is yes") + " is blank"
	case "days", "months":
		if arg(0) == "1" {
			return "1 " + strings.TrimSuffix(name, "s")
		}
		return arg(0) + " " + name
	case "pounds":
		return "£" + arg(0)
	case "day", "len":
		return map[string]string{"day": "the day of ", "len": "the number of "}[name] + arg(0)
	case "year":
		return "the year of " + arg(0)
	case "replied":
		return arg(0) + " has written back"
	case "open_case":
		return arg(0) + " is at work for " + arg(1)
	case "audience":
		return "everyone in the audience " + arg(0)
	case "birthday":
		return arg(1) + " years after " + arg(0)
	case "days_between":
		return "the days between " + arg(0) + " and " + arg(1)
	case "latest":
		return "the latest of " + arg(0)
	case "share":
		return "one " + arg(1) + "th of " + arg(0)
	case "any", "all", "none", "one", "count", "filter", "find", "map", "sum":
		word := map[string]string{"any": "any of ", "all": "all of ", "none": "none of ", "one": "exactly one of ", "count": "how many of ",
			"filter": "those of ", "find": "the one of ", "map": "of ", "sum": "the sum over "}[name]
		if name == "map" {
			return "the " + strings.TrimPrefix(arg(1), "its ") + " of " + arg(0)
		}
		return word + arg(0) + " of which " + arg(1)
	}
	return readable(name) + " (" + strings.Join(args, ", ") + ")"
}

// figure says a figure of the law, as it stands at the end of its table.
func (w *describer) figure(name string) string {
	for _, f := range w.set.Law.Figures() {
		if f.Name != name || len(f.Entries) == 0 {
			continue
		}
		now := f.Entries[len(f.Entries)-1].Value
		if n := len(f.Own); n > 0 && f.stricter(f.Own[n-1].Value, now) {
			return "the line we have drawn (" + f.Own[n-1].Value.Words(calendar.Clock{}) + ", stricter than the law's " + now.Words(calendar.Clock{}) + ")"
		}
		return "the line of the law (" + now.Words(calendar.Clock{}) + ")"
	}
	return "the law's " + readable(name)
}

// name puts a dotted name into words: settings become their values.
func (w *describer) name(path string) string {
	parts := strings.Split(path, ".")
	switch {
	case parts[0] == "":
		return "its " + readable(strings.Join(parts[1:], "'s "))
	case len(parts) > 1 && parts[0] == "settings":
		if s := w.pb.Settings[parts[1]]; s != nil && s.Set && !s.Term.IsList {
			return s.Term.Value.Words(w.set.Constituency.Clock)
		}
		return "the table " + readable(parts[1])
	case len(parts) > 2 && parts[0] == "steps":
		if parts[2] == "answer" {
			return "the answer to " + readable(parts[1])
		}
		return readable(parts[1]) + " is " + readable(parts[2])
	case len(parts) == 2:
		return "the " + readable(parts[0]) + "'s " + readable(parts[1])
	case len(parts) > 2:
		return "the " + readable(strings.Join(parts, "'s "))
	}
	switch path {
	case "true", "false":
		return map[string]string{"true": "yes", "false": "no"}[path]
	case "today", "now":
		return path
	}
	for _, l := range w.pb.Let {
		if l.Name == path {
			return fmt.Sprintf("%q", readable(path))
		}
	}
	if w.pb.For != nil && path == w.pb.For.Var {
		return "the " + readable(path)
	}
	return readable(path)
}

// template puts the marks of a subject into words.
func (w *describer) template(text string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{")
		b.WriteString(before)
		mark, after, closed := strings.Cut(rest, "}}")
		if !found || !closed {
			return b.String()
		}
		b.WriteString("[" + w.mark(strings.Fields(mark)) + "]")
		text = after
	}
}

// mark puts one mark of a template into words.
func (w *describer) mark(words []string) string {
	if len(words) == 0 {
		return ""
	}
	switch words[0] {
	case "or":
		if len(words) > 1 {
			return strings.Trim(w.name(words[1]), `"`)
		}
	case "len":
		return "how many"
	case "if", "else", "end", "with", "range":
		return strings.Join(words, " ")
	}
	return strings.Trim(w.name(words[0]), `"`)
}

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
