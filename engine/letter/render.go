package letter

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A renderer gives a program its values. What the program's own text says and
// what is printed are kept apart: say is called with the one, show with the
// other.
type renderer struct {
	*program
	names Names
	clock calendar.Clock
	known map[string]dataset.Term // asked for once each
	say   func(text string)
	show  func(words string, at int)
}

// A val is a term with where it came from, for the sentence in a Hole.
type val struct {
	term dataset.Term
	kind dataset.Kind   // of the column, which a blank value does not know
	role bool           // it is the id of a role
	path string         // "member.first_name"
	of   string         // of a number: the list that it counts, or its name
	cell []dataset.Cell // the blank cell itself
	at   int
}

func (p *program) run(names Names, clock calendar.Clock, say func(string), show func(string, int)) error {
	r := &renderer{program: p, names: names, clock: clock, known: map[string]dataset.Term{}, say: say, show: show}
	if hole := r.list(p.nodes, val{}); hole != nil {
		return hole
	}
	return nil
}

func (r *renderer) list(nodes []node, dot val) *Hole {
	for _, n := range nodes {
		if hole := r.node(n, dot); hole != nil {
			return hole
		}
	}
	return nil
}

func (r *renderer) node(n node, dot val) *Hole {
	switch n.form {
	case textForm:
		r.say(n.text)
		return nil
	case printForm:
		return r.print(r.expr(n.what, dot))
	case rangeForm:
		return r.walk(n, dot)
	}
	v := r.expr(n.what, dot)
	yes, sure := v.truth()
	switch {
	case !sure:
		return r.hole(v)
	case !yes:
		return r.list(n.other, dot)
	case n.form == withForm:
		return r.list(n.nodes, v)
	}
	return r.list(n.nodes, dot)
}

func (r *renderer) walk(n node, dot val) *Hole {
	v := r.expr(n.what, dot)
	if v.term.Unknown != nil && !v.term.Unknown.Absent {
		return r.hole(v)
	}
	v = r.inTime(v)
	size := v.size()
	for i := range size {
		if hole := r.list(n.nodes, v.element(i)); hole != nil {
			return hole
		}
	}
	if size == 0 {
		return r.list(n.other, dot)
	}
	return nil
}

func (r *renderer) print(v val) *Hole {
	t := v.term
	if t.Unknown != nil || t.IsList || t.Schema != nil || t.Fields != nil || t.Value.Kind == dataset.File {
		return r.hole(v)
	}
	words := r.words(t.Value)
	if v.role || v.kind == dataset.Choice {
		words = r.title(t.Value, words)
	}
	if w := r.number(v); w != "" {
		words = w
	}
	if t.Value.IsBlank() || words == "" {
		return r.hole(v)
	}
	r.show(words, v.at)
	return nil
}

// words are a value as a letter shows it: on one line, with nothing in it
// that cannot be seen.
func (r *renderer) words(v dataset.Value) string {
	if v.IsBlank() {
		return ""
	}
	return shown(v.Spoken(r.clock))
}

// shown puts a text on one line and makes visible what would not be seen.
func shown(s string) string {
	if tidy(s) {
		return s
	}
	s = dataset.Plain(strings.Join(strings.FieldsFunc(s, isSpace), " "))
	if strings.TrimSpace(s) == "" {
		return "" // spaces of whatever kind are nothing to read
	}
	return s
}

// tidy reports whether a text is shown as it is: printable ASCII on one line,
// with one space between words and none around them.
func tidy(s string) bool {
	space := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && space {
			return false
		}
		space = c == ' '
	}
	return s == "" || !space
}

// isSpace tells white space that means a break or a space and nothing else.
// The no-break space is a letter like others here: it is in names.
func isSpace(c rune) bool {
	switch c {
	case ' ', '\t', '\n', '\v', '\f', '\r', 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

func (r *renderer) hole(v val) *Hole {
	line, _ := place(r.source, v.at)
	h := &Hole{Line: line, Name: v.path, Cells: v.cell}
	u := v.term.Unknown
	switch {
	case u == nil && (v.term.IsList || v.term.Fields != nil || v.term.Row != nil):
		h.Why = "it is not a single value and cannot be printed"
	case u == nil && v.term.Schema != nil, u != nil && u.Absent:
		h.Why = "there is no such record yet"
	case u == nil:
		h.Why = "it is blank"
	default:
		h.Cells, h.Why = u.Cells, u.Why
		if h.Why == "" && len(u.Cells) > 0 {
			h.Why = "it is blank"
			if u.Cells[0].Why != "" {
				h.Why = u.Cells[0].Why
			}
		}
		if h.Why == "" {
			h.Why = "it is not known"
		}
	}
	return h
}

// Error says where the hole is. It holds no value and no key.
func (h *Hole) Error() string {
	name := h.Name
	if name == "" {
		name = "a value"
	}
	return fmt.Sprintf("line %d of the letter needs %s: %s", h.Line, name, h.Why)
}

func (r *renderer) expr(e *expr, dot val) val {
	switch {
	case e.lit.is:
		return e.literal()
	case e.call != "":
		return r.call(e, dot)
	case e.of != nil:
		return r.fields(e, r.expr(e.of, dot))
	case e.name == "":
		dot.at = e.at
		return r.fields(e, dot)
	}
	t, asked := r.known[e.name]
	if !asked {
		t = r.names(e.name)
		r.known[e.name] = t
	}
	return r.fields(e, val{term: t, kind: t.Value.Kind, path: e.name, of: e.name, at: e.at})
}

func (e *expr) literal() val {
	v := dataset.TextValue(e.lit.text)
	switch e.lit.kind {
	case 'n':
		v = dataset.NumberValue(e.lit.number)
	case 'b':
		v = dataset.YesNoValue(e.lit.number == 1)
	}
	return val{term: dataset.Term{Value: v}, kind: v.Kind, at: e.at}
}

// fields steps from a value down a path.
func (r *renderer) fields(e *expr, v val) val {
	v.at = e.at
	for _, f := range e.fields {
		v = r.field(v, f)
	}
	return v
}

func (r *renderer) field(v val, f string) val {
	next := val{path: v.path + "." + f, at: v.at}
	if v.path == "" {
		next.path = f
	}
	t := v.term
	if t.Unknown == nil && t.Value.Kind == dataset.Person {
		name := t.Value.S
		if t = r.person(t.Value); t.Row == nil && f == "name" && name != "" {
			next.term.Value, next.kind = dataset.TextValue(name), dataset.Text // as written: nobody was matched
			return next
		}
	}
	switch {
	case t.Unknown != nil:
		next.term.Unknown = t.Unknown
	case t.Row != nil && t.Schema != nil:
		next.column(t, f)
	case t.Fields != nil:
		inner, there := t.Fields[f]
		if !there {
			inner.Unknown = &dataset.Unknown{Absent: true}
		}
		next.term, next.kind = inner, inner.Value.Kind
	case len(v.cell) > 0: // a column that should name a person and is blank
		next.cell = v.cell
	default:
		next.term.Unknown = &dataset.Unknown{Absent: t.Schema != nil || t.Value.IsBlank(), Why: "it is not a record"}
	}
	return next
}

func (v *val) column(t dataset.Term, f string) {
	value, problem := t.Row.Get(t.Schema, f)
	v.term.Value, v.kind = value, value.Kind
	if i, is := t.Schema.Column(f); is {
		v.kind, v.role = t.Schema.Columns[i].Kind, t.Schema.Columns[i].Role()
	}
	if problem == nil && !value.IsBlank() {
		return
	}
	cell := dataset.Cell{Dataset: t.Schema.Name, Ref: t.Row.Ref, Key: t.Row.Key, Column: f}
	cell.Origin = dataset.Origin{Row: t.Row.Line, Column: f}
	v.cell = []dataset.Cell{cell}
	if problem != nil {
		v.cell[0].Why = problem.Why
		v.term = dataset.Term{Unknown: &dataset.Unknown{Cells: v.cell}}
	}
}

// person is the record of the person that a column names.
func (r *renderer) person(v dataset.Value) dataset.Term {
	people, asked := r.known[peopleName]
	if !asked {
		people = r.names(peopleName)
		r.known[peopleName] = people
	}
	if people.Unknown == nil && v.N != 0 {
		for _, row := range people.Rows {
			if row.Ref == dataset.Ref(v.N) {
				return dataset.Term{Row: row, Schema: people.Schema}
			}
		}
	}
	return dataset.Term{Unknown: &dataset.Unknown{Absent: true}}
}
