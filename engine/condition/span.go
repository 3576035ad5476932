package condition

import (
	"github.com/expr-lang/expr/ast"
)

// brackets gives, for each opening bracket of the source, where it closes, and
// the reverse; -1 elsewhere. Brackets in text and comments do not count. The
// source has been parsed, so that brackets pair.
func brackets(text []rune) []int {
	match := make([]int, len(text))
	var open []int
	for i := 0; i < len(text); i++ {
		match[i] = -1
		switch r := text[i]; r {
		case '"', '\'', '`':
			for i++; i < len(text) && text[i] != r; i++ {
				match[i] = -1
				if text[i] == '\\' && r != '`' && i+1 < len(text) {
					i++
					match[i] = -1
				}
			}
			if i < len(text) {
				match[i] = -1
			}
		case '/':
			i = skipComment(text, i, match)
		case '(', '[', '{':
			open = append(open, i)
		case ')', ']', '}':
			if len(open) > 0 {
				last := open[len(open)-1]
				open = open[:len(open)-1]
				match[i], match[last] = last, i
			}
		}
	}
	return match
}

// skipComment gives the last index of the comment at i, or i if there is none.
func skipComment(text []rune, i int, match []int) int {
	if i+1 >= len(text) || text[i+1] != '/' && text[i+1] != '*' {
		return i
	}
	line := text[i+1] == '/'
	for i++; i < len(text); i++ {
		match[i] = -1
		if line && text[i] == '\n' {
			return i
		}
		if !line && text[i] == '/' && text[i-1] == '*' {
			return i
		}
	}
	return len(text) - 1
}

// span gives where a part of the parsed tree stands in the source, brackets
// around it left out, brackets inside it complete.
func (c *checker) span(n ast.Node) (from, to int) {
	from, to = c.reach(n)
	for i := from; i < to; i++ {
		if m := c.match[i]; m >= to { // opened inside, closed outside
			to = m + 1
		} else if m >= 0 && m < from { // opened outside; what follows it there is closed before i
			from = m
		}
	}
	return from, to
}

// reach is the stretch from the first token of a part to its last, brackets
// that only group not regarded. It remembers what it worked out: the parser
// shares the middle of `a < b < c` between two nodes, and such sharing nests.
func (c *checker) reach(n ast.Node) (from, to int) {
	if at, ok := c.reaches[n]; ok {
		return at[0], at[1]
	}
	from, to = c.stretch(n)
	c.reaches[n] = [2]int{from, to}
	return from, to
}

func (c *checker) stretch(n ast.Node) (from, to int) {
	loc := n.Location()
	from, to = c.clamp(loc.From), c.clamp(loc.To)
	include := func(k ast.Node) {
		if k == nil {
			return
		}
		f, t := c.reach(k)
		from, to = min(from, f), max(to, t)
	}
	switch n := n.(type) {
	case *ast.UnaryNode:
		include(n.Node)
	case *ast.BinaryNode:
		include(n.Left)
		include(n.Right)
	case *ast.MemberNode:
		include(n.Node)
		if n.Property != nil {
			include(n.Property)
		}
	case *ast.ChainNode:
		include(n.Node)
	case *ast.SliceNode:
		include(n.Node)
	case *ast.PredicateNode:
		include(n.Node)
	case *ast.CallNode:
		include(n.Callee)
		to = max(to, c.closing(to))
	case *ast.BuiltinNode:
		to = max(to, c.closing(to))
	case *ast.ArrayNode, *ast.MapNode:
		if from < len(c.match) && c.match[from] > from {
			to = c.match[from] + 1
		}
	}
	return from, max(from, to)
}

// closing gives the end of the brackets that open at or after the position.
func (c *checker) closing(at int) int {
	for ; at < len(c.text); at++ {
		if m := c.match[at]; m > at {
			return m + 1
		}
	}
	return len(c.text)
}

func (c *checker) clamp(at int) int { return min(max(at, 0), len(c.text)) }

// char gives the character at a position, 0 outside.
func (c *checker) char(at int) rune {
	if at < 0 || at >= len(c.text) {
		return 0
	}
	return c.text[at]
}
