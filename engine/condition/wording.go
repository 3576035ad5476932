package condition

import (
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Wording puts expressions into plain English, by their meaning: guards that
// only keep blanks quiet are left out, negations are drawn in, and what is said
// of one thing is said together. It knows what the playbook calls things.
type Wording struct {
	Clock    calendar.Clock
	Subject  string                            // the name of the record that it is about: "member"
	Kind     string                            // what such a record is: "member", "bank account"
	Name     func(name string) (*Expr, string) // what a name stands for: an expression to be said in its place, or words
	Defined  func(name string) *Expr           // what a name stands for, said in its place or not
	Setting  func(name string) string          // the value of a setting
	Law      func(figure string) string        // a figure of the law, with its value
	Step     func(name string) string          // a step, in quotes
	Playbook func(name string) string          // the title of a playbook
	Role     func(name string) string          // the title of a role
}

// kind is what the record is that it is about.
func (w *Wording) kind() string {
	if w.Kind != "" {
		return readable(w.Kind)
	}
	return readable(w.Subject)
}

// Statement says a condition as a statement: "the donation is received and its
// amount is more than the legal line of £500".
func (e *Expr) Statement(w *Wording) string {
	return e.speaker(w).sentence(e.root, false)
}

// Opening says a condition as the beginning of something: "a member's status
// becomes arrears".
func (e *Expr) Opening(w *Wording) string {
	s := e.speaker(w)
	first := true
	s.opening = &first
	return s.sentence(e.root, false)
}

// Phrase says a value: "the latest date of the events of kind induction". Lists
// are said in the plural.
func (e *Expr) Phrase(w *Wording) string { return e.speaker(w).noun(e.root) }

func (e *Expr) speaker(w *Wording) *speaker { return &speaker{w: w, source: e.program.source} }

// A speaker says one expression.
type speaker struct {
	w       *Wording
	source  []rune
	opening *bool    // at an opening: whether the subject is still to be named
	rows    bool     // within a list function: the row is spoken of as "whose", "that"
	person  bool     // and it is a person: "who"
	plural  bool     // and there are several
	states  []string // what the same breath says the status is
}

// text is a part as it is written.
func (s *speaker) text(n *node) string { return line(s.source[n.from:n.to]) }

// inline gives the speaker and the root of what a name stands for, if it is to
// be said in the name's place.
func (s *speaker) inline(n *node) (*speaker, *node) {
	if n.op != opName || s.w.Name == nil || n.name == s.w.Subject {
		return s, nil
	}
	e, _ := s.w.Name(n.name)
	if e == nil {
		return s, nil
	}
	of := e.speaker(s.w)
	of.opening = s.opening
	return of, e.root
}

// called is what a name is called.
func (s *speaker) called(name string) string {
	if name == s.w.Subject {
		return "the " + s.w.kind()
	}
	if s.w.Name != nil {
		if _, words := s.w.Name(name); words != "" {
			return words
		}
	}
	return "the " + readable(name)
}

// noun says a value.
func (s *speaker) noun(n *node) string {
	if of, root := s.inline(n); root != nil {
		return of.noun(root)
	}
	switch n.op {
	case opLiteral:
		if n.typ.Kind == dataset.Text {
			return choiceWord(nil, n.value.S)
		}
		return figureWords(n.value, s.w.Clock)
	case opToday:
		return "today"
	case opNow:
		return "now"
	case opName:
		return s.called(n.name)
	case opColumn, opRow:
		return s.columnNoun(n)
	case opPersonRecord:
		return s.noun(n.kids[0])
	case opField:
		return s.fieldNoun(n)
	case opRowField:
		return "its " + readable(n.name)
	case opArray:
		return s.listed(nil, n, "or")
	case opDataset, opFilter:
		return s.group(n).said("the", true)
	case opFind:
		return s.group(n).said("the", false)
	case opElse:
		if d, ok := s.dayOf(n); ok {
			return d.whole()
		}
		return s.noun(n.kids[0]) + ", or otherwise " + s.noun(n.kids[1])
	}
	if n.op >= opAdd && n.op <= opNegate {
		return s.sum(n)
	}
	if n.yesNo() {
		return "whether " + s.sentence(n, false)
	}
	return s.made(n)
}

// made says what a function gives.
func (s *speaker) made(n *node) string {
	kid := func(i int) string { return s.noun(n.kids[i]) }
	switch n.op {
	case opMap:
		return s.mapped(n)
	case opCount, opLen:
		return "the number of " + s.group(n).said("", true)
	case opSum:
		if len(n.kids) == 2 {
			return "the sum of the " + plural(s.in(n).noun(n.kids[1])) + " of " + s.group(n.kids[0]).said("the", true)
		}
		if m := s.resolved(n.kids[0]); m.n.op == opMap {
			return "the sum of " + m.s.mapped(m.n)
		}
		return "the sum of " + kid(0)
	case opLatest, opMin, opMax:
		which := map[op]string{opLatest: "latest", opMin: "least", opMax: "largest"}[n.op]
		if m := s.resolved(n.kids[0]); n.op == opLatest && m.n.op == opMap {
			return "the latest " + m.s.mappedOf(m.n, false)
		}
		words := make([]string, len(n.kids))
		for i := range n.kids {
			words[i] = kid(i)
		}
		return "the " + which + " of " + joined(words, "and")
	case opDays, opMonths:
		return quantity(kid(0), map[op]string{opDays: "day", opMonths: "month"}[n.op])
	case opPounds:
		return "£" + kid(0)
	case opDay:
		return s.dayNoun(n.kids[0])
	case opYear:
		return s.yearOf(n.kids[0])
	case opDaysBetween:
		return "the days from " + kid(0) + " to " + kid(1)
	case opBirthday:
		return s.owner(n.kids[0]).noun() + "'s birthday at " + kid(1)
	case opShare:
		return "1 in " + kid(1) + " of " + kid(0)
	case opAudience:
		return "everyone in " + s.audience(n)
	case opLaw:
		if s.w.Law != nil {
			return s.w.Law(n.name)
		}
		return "the law's " + readable(n.name)
	}
	return s.text(n)
}

// audience names an audience.
func (s *speaker) audience(n *node) string {
	if len(n.kids) == 0 {
		return "the audience " + quotedName(n.name)
	}
	if name := s.noun(n.kids[0]); n.kids[0].op == opLiteral || strings.HasPrefix(name, "“") {
		return "the audience “" + strings.Trim(name, "“”") + "”"
	} else {
		return name
	}
}

// yearOf is the year of a day; of the start of a year it is that year.
func (s *speaker) yearOf(n *node) string {
	start := func(n *node) bool {
		return n.op == opField && n.name == "start" && n.kids[0].op == opName && s.called(n.kids[0].name) == "the year"
	}
	switch {
	case start(n):
		return "that year"
	case n.op == opSubtract && start(n.kids[0]):
		return "the year before"
	case n.op == opToday:
		return "this year"
	}
	return "the year of " + s.noun(n)
}

// dayNoun is the day of a time.
func (s *speaker) dayNoun(n *node) string {
	if n.op == opColumn || n.op == opRow || n.op == opName {
		return s.noun(n)
	}
	return "the day of " + s.noun(n)
}

// sum says arithmetic; with days it is before and after.
func (s *speaker) sum(n *node) string {
	if n.op == opNegate {
		return "minus " + s.noun(n.kids[0])
	}
	l, r := s.noun(n.kids[0]), s.noun(n.kids[1])
	if k := n.typ.Kind; k == dataset.Date || k == dataset.Time {
		switch {
		case n.kids[0].op == opToday && n.op == opSubtract:
			return r + " ago"
		case n.kids[0].op == opToday:
			return r + " from today"
		case n.op == opSubtract && r == "1 day":
			return "the day before " + l
		case n.op == opSubtract:
			return r + " before " + l
		case n.kids[0].typ.Kind == dataset.Length:
			return l + " after " + r
		}
		return r + " after " + l
	}
	if a, errA := strconv.Atoi(l); errA == nil {
		if b, errB := strconv.Atoi(r); errB == nil && (n.op == opAdd || n.op == opSubtract) {
			return strconv.Itoa(a + map[op]int{opAdd: 1, opSubtract: -1}[n.op]*b)
		}
	}
	return l + map[op]string{opAdd: " and ", opSubtract: " less ", opMultiply: " times ", opDivide: " divided by "}[n.op] + r +
		map[bool]string{true: " together"}[n.op == opAdd]
}

// fieldNoun says a field of a structure: a setting, a step, a row of a table.
func (s *speaker) fieldNoun(n *node) string {
	of := n.kids[0]
	if of.op == opName {
		switch of.name {
		case "settings":
			if s.w.Setting != nil {
				return s.w.Setting(n.name)
			}
		case "constituency":
			return map[string]string{"name": "our name", "started": "the day our party began", "nation": "our nation"}[n.name]
		}
	}
	if step, ok := s.step(of); ok {
		switch n.name {
		case "answer":
			return "the answer to " + step
		case "on":
			return "the day " + step + " was done"
		case "open":
			return "the number of open " + step
		}
	}
	if n.name == "number" || n.name == "label" {
		return s.noun(of)
	}
	if row := s.resolved(of); row.n.op == opFind {
		if t := row.s.resolved(row.n.kids[0]); t.n.op == opField {
			g := row.s.group(row.n)
			return "the " + quotedName(n.name) + " " + strings.TrimPrefix(strings.Replace(g.bare(false), "row of", "in", 1), "row ")
		}
	}
	if n.name == "start" || n.name == "end" {
		return "the " + n.name + " of " + s.noun(of)
	}
	return "the " + quotedName(n.name) + " of " + s.noun(of)
}

// step tells whether a part is a step, and its name.
func (s *speaker) step(n *node) (string, bool) {
	if n.op != opField || n.kids[0].op != opName || n.kids[0].name != "steps" {
		return "", false
	}
	if s.w.Step != nil {
		return s.w.Step(n.name), true
	}
	return "“" + readable(n.name) + "”", true
}

// resolved is a part with names that are said in place already followed.
type resolved struct {
	s *speaker
	n *node
}

func (s *speaker) resolved(n *node) resolved {
	for {
		of, root := s.inline(n)
		if root == nil {
			return resolved{s, n}
		}
		s, n = of, root
	}
}

// figureWords says a fixed value; whole pounds without pence.
func figureWords(v dataset.Value, c calendar.Clock) string {
	words := dataset.Plain(v.Words(c))
	if v.Kind == dataset.Money {
		words = strings.TrimSuffix(words, ".00")
	}
	return words
}

// readable is a name without its underscores.
func readable(name string) string { return strings.ReplaceAll(dataset.Plain(name), "_", " ") }

// joined joins words as a sentence does.
func joined(words []string, conj string) string {
	switch n := len(words); {
	case n == 0:
		return ""
	case n == 1:
		return words[0]
	case n == 2:
		return words[0] + " " + conj + " " + words[1]
	default:
		return strings.Join(words[:n-1], ", ") + " " + conj + " " + words[n-1]
	}
}

// quantity is so much of a unit: 1 day, 5 days.
func quantity(n, unit string) string {
	if n == "1" {
		return "1 " + unit
	}
	return n + " " + unit + "s"
}

// plural is a noun for several.
func plural(noun string) string {
	head, tail := noun, ""
	for _, by := range []string{" of ", " paid ", " allotted", " it ", " we ", " to ", " in "} {
		if i := strings.Index(head, by); i >= 0 {
			head, tail = head[:i], head[i:]+tail
		}
	}
	switch {
	case strings.HasSuffix(head, "s") && !strings.HasSuffix(head, "ss"):
	case strings.HasSuffix(head, "ch"), strings.HasSuffix(head, "x"), strings.HasSuffix(head, "ss"), strings.HasSuffix(head, "sh"):
		head += "es"
	case strings.HasSuffix(head, "y") && !strings.HasSuffix(head, "ay") && !strings.HasSuffix(head, "ey"):
		head = head[:len(head)-1] + "ies"
	case head == "person":
		head = "people"
	default:
		head += "s"
	}
	return head + tail
}

// indefinite puts a or an before a noun.
func indefinite(noun string) string {
	bare := strings.TrimLeft(noun, "“")
	if bare != "" && strings.ContainsRune("aeiouAEIO", rune(bare[0])) && !strings.HasPrefix(bare, "one") && !strings.HasPrefix(bare, "union") {
		return "an " + noun
	}
	return "a " + noun
}
