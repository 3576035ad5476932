package letter

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template/parse"
	"unicode/utf8"
)

// longest is how many bytes a template may have. Nobody writes so long a
// letter; somebody may point a playbook at the wrong file.
const longest = 100_000

// deepest is how far {{ if }}, {{ range }}, {{ with }} and brackets may nest.
const deepest = 50

// A program is a template in our own few forms. Go's parser reads it; what it
// may say and what that means is decided here, so nothing is reached by
// reflection and every value knows its place in the source.
type program struct {
	source string
	nodes  []node
	uses   []string
	count  Counter // nil: numbers print themselves
}

// A node is one piece of a program: a piece of text, a printed value, or a
// choice or repetition of pieces.
type node struct {
	form  form
	at    int    // byte offset in the source
	text  string // of a text
	what  *expr  // printed, tested or walked
	nodes []node // of the branch taken
	other []node // of {{ else }}
}

type form uint8

const (
	textForm form = iota
	printForm
	ifForm
	withForm
	rangeForm
)

// An expr is a literal, a path or a call of a built-in function.
type expr struct {
	at     int
	name   string   // of a path, its first name; "" for the dot
	fields []string // of a path or of a bracket
	of     *expr    // of a bracket: (index rows 0).name
	call   string   // a built-in function
	args   []*expr
	lit    literal
}

type literal struct {
	is     bool
	kind   rune // 's' text, 'n' number, 'b' yes or no
	text   string
	number int64
}

// functions are the built-in functions with the fewest and most arguments.
var functions = map[string][2]int{
	"and": {2, 20}, "or": {2, 20}, "not": {1, 1},
	"eq": {2, 20}, "ne": {2, 2}, "lt": {2, 2}, "gt": {2, 2},
	"len": {1, 1}, "index": {2, 2},
}

const functionList = "and, or, not, eq, ne, lt, gt, len and index"

var parserError = regexp.MustCompile(`^template: letter:(\d+):(?:\d+:)? ?(.*)$`)

// compile reads a source. Its faults are those of form; check finds those of
// names and kinds.
func compile(source string) (*program, []Fault) {
	p := &program{source: source}
	c := &compiler{program: p, uses: map[string]bool{}}
	switch {
	case len(source) > longest:
		c.fault(0, fmt.Sprintf("This text is longer than %d letters.", longest), "Is it the right file?")
		return p, c.faults
	case !utf8.ValidString(source):
		c.fault(badByte(source), "This text is not written in UTF-8.", "Save the file as UTF-8 and try again.")
		return p, c.faults
	}
	tree := parse.New("letter")
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(source, "", "", set); err != nil {
		return p, []Fault{syntaxFault(source, err)}
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if set[name] != tree {
			c.fault(int(set[name].Root.Pos), "Letters cannot define templates of their own.", "Take {{ define }} and {{ block }} out.")
		}
	}
	p.nodes = c.list(tree.Root, "", false, 0)
	for path := range c.uses {
		p.uses = append(p.uses, path)
	}
	slices.Sort(p.uses)
	sortFaults(c.faults)
	return p, c.faults
}

type compiler struct {
	*program
	uses   map[string]bool
	faults []Fault
}

func (c *compiler) fault(at int, text, hint string) {
	line, column := place(c.source, at)
	c.faults = append(c.faults, Fault{Line: line, Column: column, Text: text, Hint: hint})
}

// list compiles a list of nodes. dot is the path that the dot stands for.
func (c *compiler) list(list *parse.ListNode, dot string, inside bool, depth int) []node {
	if list == nil {
		return nil
	}
	var out []node
	for _, n := range list.Nodes {
		at := int(n.Position())
		if depth > deepest {
			c.fault(at, "This is nested too deeply.", "")
			return out
		}
		switch n := n.(type) {
		case *parse.TextNode:
			out = append(out, node{form: textForm, at: at, text: string(n.Text)})
		case *parse.CommentNode:
		case *parse.ActionNode:
			if what := c.pipe(n.Pipe, dot, inside, depth); what != nil {
				out = append(out, node{form: printForm, at: what.at, what: what})
			}
		case *parse.IfNode:
			out = append(out, c.branch(ifForm, &n.BranchNode, dot, inside, depth))
		case *parse.WithNode:
			out = append(out, c.branch(withForm, &n.BranchNode, dot, inside, depth))
		case *parse.RangeNode:
			out = append(out, c.branch(rangeForm, &n.BranchNode, dot, inside, depth))
		default:
			c.fault(at, "Letters know {{ if }}, {{ else }}, {{ range }}, {{ with }} and {{ end }} only.", "Take "+shortened(n.String())+" out.")
		}
	}
	return out
}

func (c *compiler) branch(f form, b *parse.BranchNode, dot string, inside bool, depth int) node {
	n := node{form: f, at: int(b.Position()), what: c.pipe(b.Pipe, dot, inside, depth)}
	within, here := dot, inside
	if f != ifForm && n.what != nil {
		within, here = n.what.path(dot), true
	}
	n.nodes = c.list(b.List, within, here, depth+1)
	n.other = c.list(b.ElseList, dot, inside, depth+1)
	if n.what == nil {
		n.what = &expr{at: n.at, lit: literal{is: true, kind: 'b'}}
	}
	return n
}

func (c *compiler) pipe(p *parse.PipeNode, dot string, inside bool, depth int) *expr {
	if p == nil || len(p.Cmds) == 0 {
		return nil
	}
	at := int(p.Cmds[0].Position())
	switch {
	case len(p.Decl) > 0:
		c.fault(int(p.Position()), "Letters have no variables.", "Inside {{ range }} and {{ with }} write .name for a column of the row; other names stay as they are.")
		return nil
	case len(p.Cmds) > 1:
		c.fault(at, "Letters have no |.", "Values print themselves: money as £1,234.50, a date as 3 November 2026.")
		return nil
	}
	return c.command(p.Cmds[0], dot, inside, depth+1)
}

func (c *compiler) command(cmd *parse.CommandNode, dot string, inside bool, depth int) *expr {
	at := int(cmd.Position())
	first, called := cmd.Args[0].(*parse.IdentifierNode)
	limits, known := [2]int{}, false
	if called {
		limits, known = functions[first.Ident]
	}
	if !known {
		if len(cmd.Args) == 1 {
			return c.operand(cmd.Args[0], dot, inside, depth)
		}
		hint := "Letters can use " + functionList + "; anything else is computed under let in the playbook."
		c.fault(at, "This is not something a letter can compute: "+shortened(cmd.String())+".", hint)
		return nil
	}
	e := &expr{at: at, call: first.Ident}
	for _, arg := range cmd.Args[1:] {
		if a := c.operand(arg, dot, inside, depth); a != nil {
			e.args = append(e.args, a)
		} else {
			return nil
		}
	}
	if n := len(e.args); n < limits[0] || n > limits[1] {
		c.fault(at, fmt.Sprintf("%s is given %d values; it needs %s.", e.call, n, howMany(limits)), "")
		return nil
	}
	return e
}

func (c *compiler) operand(n parse.Node, dot string, inside bool, depth int) *expr {
	at := int(n.Position())
	if depth > deepest {
		c.fault(at, "This is nested too deeply.", "")
		return nil
	}
	switch n := n.(type) {
	case *parse.StringNode:
		return &expr{at: at, lit: literal{is: true, kind: 's', text: n.Text}}
	case *parse.BoolNode:
		e := &expr{at: at, lit: literal{is: true, kind: 'b'}}
		if n.True {
			e.lit.number = 1
		}
		return e
	case *parse.NumberNode:
		if v, err := strconv.ParseInt(n.Text, 10, 64); err == nil {
			return &expr{at: at, lit: literal{is: true, kind: 'n', number: v}}
		}
		c.fault(at, "Letters know whole numbers only, not "+shortened(n.Text)+".", "")
	case *parse.IdentifierNode:
		if _, is := functions[n.Ident]; is {
			c.fault(at, n.Ident+" needs something to work on.", "For example {{ len rows }}.")
			return nil
		}
		return c.use(&expr{at: at, name: n.Ident}, dot)
	case *parse.DotNode:
		return c.dotted(&expr{at: at}, dot, inside)
	case *parse.FieldNode:
		return c.dotted(&expr{at: at, fields: n.Ident}, dot, inside)
	case *parse.ChainNode:
		return c.chain(n, dot, inside, depth)
	case *parse.PipeNode:
		return c.pipe(n, dot, inside, depth)
	case *parse.VariableNode:
		c.fault(at, "Letters have no variables.", "Write the name bare: {{ member.first_name }}.")
	default:
		c.fault(at, "A letter cannot use "+shortened(n.String())+".", "")
	}
	return nil
}

// chain is a name with fields, member.first_name, or a bracket with fields.
func (c *compiler) chain(n *parse.ChainNode, dot string, inside bool, depth int) *expr {
	if id, is := n.Node.(*parse.IdentifierNode); is {
		return c.use(&expr{at: int(id.Position()), name: id.Ident, fields: n.Field}, dot)
	}
	of := c.operand(n.Node, dot, inside, depth+1)
	if of == nil {
		return nil
	}
	return c.use(&expr{at: int(n.Node.Position()), of: of, fields: n.Field}, dot)
}

func (c *compiler) dotted(e *expr, dot string, inside bool) *expr {
	if !inside {
		hint := "Write the name bare: {{ member.first_name }}."
		if len(e.fields) > 0 {
			hint = "Write {{ " + strings.Join(e.fields, ".") + " }}, without the dot in front."
		}
		c.fault(e.at, "A dot in front stands for the row of a {{ range }} or {{ with }}, and there is none here.", hint)
		return nil
	}
	return c.use(e, dot)
}

func (c *compiler) use(e *expr, dot string) *expr {
	if path := e.path(dot); path != "" {
		c.uses[path] = true
	}
	return e
}

// path is the dotted path that an expression reads, or "".
func (e *expr) path(dot string) string {
	root := e.name
	switch {
	case e.lit.is:
		return ""
	case e.call == "index" || e.call == "or":
		return e.args[0].path(dot)
	case e.call != "":
		return ""
	case e.of != nil:
		root = e.of.path(dot)
	case e.name == "":
		root = dot
	}
	if root == "" {
		return ""
	}
	return strings.Join(append([]string{root}, e.fields...), ".")
}

// syntaxFault turns a fault of Go's parser, which knows the line only.
func syntaxFault(source string, err error) Fault {
	f := Fault{Line: 1, Column: 1, Text: err.Error()}
	if m := parserError.FindStringSubmatch(err.Error()); m != nil {
		f.Line, _ = strconv.Atoi(m[1])
		f.Text = m[2]
	}
	if lines := strings.Split(source, "\n"); f.Line <= len(lines) {
		if i := strings.Index(lines[f.Line-1], "{{"); i >= 0 {
			f.Column = utf8.RuneCountInString(lines[f.Line-1][:i]) + 1
		}
	}
	f.Text = "The part in {{ }} cannot be read: " + shortened(f.Text) + "."
	f.Hint = "Every {{ needs its }}, every {{ if }}, {{ range }} and {{ with }} its {{ end }}; texts stand in straight double quotes."
	return f
}
