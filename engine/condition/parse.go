package condition

import (
	"errors"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// The bounds of one expression.
const (
	maxSource = 4000 // runes
	maxNodes  = 500
)

// Compile parses and checks an expression. Where there are faults the
// expression is nil.
func (s Scope) Compile(source string) (*Expr, []Fault) {
	if !utf8.ValidString(source) {
		return nil, []Fault{{Text: "the expression is not proper text (UTF-8)", Hint: "type it again"}}
	}
	text := []rune(source)
	if len(text) > maxSource {
		return nil, []Fault{{Offset: maxSource, Text: fmt.Sprintf("the expression is longer than %d characters", maxSource),
			Hint: "split it into several names in `let`"}}
	}
	if strings.TrimSpace(source) == "" {
		return nil, []Fault{{Text: "there is no expression here", Hint: "write a condition, or take the line out"}}
	}
	tree, fault := parse(source, text)
	if fault != nil {
		return nil, []Fault{*fault}
	}
	c := newChecker(s, text)
	root := c.expression(tree)
	if len(c.faults) > 0 {
		sort.SliceStable(c.faults, func(i, j int) bool { return c.faults[i].Offset < c.faults[j].Offset })
		return nil, c.faults
	}
	return &Expr{source: source, typ: root.typ, program: c.program(root)}, nil
}

// parse is expr's parser behind a bound on the number of nodes. Its faults are
// said in our words.
func parse(source string, text []rune) (tree ast.Node, fault *Fault) {
	defer func() {
		if r := recover(); r != nil {
			tree, fault = nil, &Fault{Length: len(text), Text: "the expression cannot be read",
				Hint: "write it anew, in smaller parts"}
		}
	}()
	parsed, err := parser.ParseWithConfig(source, &conf.Config{MaxNodes: maxNodes})
	if err == nil {
		return parsed.Node, nil
	}
	f := Fault{Text: "the expression cannot be read"}
	var at *file.Error
	if errors.As(err, &at) {
		f.Offset = min(max(at.From, 0), len(text))
		f.Length = min(max(at.To-at.From, 0), len(text)-f.Offset)
		f.Text, f.Hint = syntax(at.Message, text, f)
	}
	return nil, &f
}

// syntax puts a message of expr's parser into words for an officer.
func syntax(message string, text []rune, f Fault) (what, hint string) {
	found := string(text[f.Offset : f.Offset+f.Length])
	switch {
	case strings.Contains(message, "maximum allowed nodes"):
		return fmt.Sprintf("the expression has more than %d parts", maxNodes), "split it into several names in `let`"
	case strings.HasPrefix(message, "literal not terminated"):
		return "the quotes are not closed", "text stands between two quotes: \"active\""
	case strings.HasPrefix(message, "unrecognized character"):
		return unknownCharacter(text, f.Offset)
	case strings.HasPrefix(message, "unclosed comment"):
		return "the comment is not closed", "take the comment out"
	case strings.HasPrefix(message, "bad number syntax"), strings.HasPrefix(message, "invalid") && strings.Contains(message, "literal"),
		strings.Contains(message, "literal is too large"):
		return "this is not a number", "write a whole number such as 500, without commas or units"
	case strings.HasPrefix(message, "invalid char escape"):
		return "a backslash in text means something else", "write the text without backslashes"
	case strings.Contains(message, "EOF"), strings.HasPrefix(message, "unexpected end"):
		return "the expression ends too early", "something is missing at the end: a value, or a closing bracket"
	case strings.Contains(message, "coalesce expressions"):
		return "?? and other operators need brackets", "write (a ?? b) in brackets"
	case strings.HasPrefix(message, "expected at least"):
		return "the brackets are empty", "any, all, none, count, filter, find and map need a list and a condition: any(members, .status == \"active\")"
	case strings.HasPrefix(message, "wrap predicate"):
		return "; is not in the language", "join conditions with `and`"
	}
	return unexpected(message, found)
}

// unknownCharacter says what is wrong with a character no expression holds.
func unknownCharacter(text []rune, at int) (what, hint string) {
	if at >= len(text) {
		return "there is a character that means nothing here", "take it out"
	}
	switch r := text[at]; r {
	case '“', '”', '„', '‘', '’', '«', '»':
		return "these are printed quotes", "write straight quotes: \"active\""
	case '£', '$', '€':
		return "a currency sign cannot stand in an expression", "write pounds(500)"
	case '–', '—', '−':
		return "this is a printed dash", "write a minus: -"
	case '≠', '≤', '≥':
		return "this sign is not in the language", "write !=, <= or >="
	default:
		return fmt.Sprintf("the character %q means nothing here", r), "take it out"
	}
}

// unexpected explains a token the parser did not expect.
func unexpected(message, found string) (what, hint string) {
	what = fmt.Sprintf("%q is not expected here", found)
	if found == "" {
		what = "something is missing here"
	}
	switch strings.ToLower(found) {
	case "=":
		return what, "to compare, write =="
	case "is", "equals":
		return what, "to compare, write =="
	case "isn", "isnt", "is_not":
		return what, "write !="
	case "where", "with", "when":
		return what, "write filter(members, .status == \"active\")"
	case "xor":
		return what, "write a != b for two yes-or-no values"
	case "then", "if", "else":
		return what, "there is no if in a condition; use `when` on two steps"
	case "<>":
		return what, "write !="
	case "between":
		return what, "write x >= a and x <= b"
	case ".":
		return what, "a field with a leading dot stands only inside any, all, none, count, filter, find, map or sum; elsewhere write member.status"
	case "#":
		return what, "write .field inside a list function; # is not in the language"
	case ",":
		return what, "a comma stands only between the parts of a function or a list"
	case ")", "]", "}":
		return what, "a bracket is closed that was not opened, or something is missing before it"
	case "not":
		return what, "write `not x`, `x not in [...]` or `x != y`"
	case "pounds", "days", "months", "day", "weeks", "years":
		return what, "write " + strings.ToLower(found) + "(5) for the amount"
	}
	if strings.Contains(message, "expected name") {
		return what, "after the dot comes the name of a field"
	}
	return what, "is an operator such as `and`, `==` or `in` missing before it?"
}
