package condition

import (
	"slices"
	"strings"
)

// A topic is what a clause speaks of: a record (the member), something of it
// (the member's status), the row of a list (whose status), or anything else
// that has a name.
type topic struct {
	key    string // what is the same is said together
	name   string // "the member", "the last day"; of a row empty
	one    string // without its article, for the first time: "a member"
	column string // "status"; empty: the thing itself
	row    bool
	person bool
	plural bool
}

// whole is the topic with its owner named in full.
func (t topic) whole() string {
	switch {
	case t.row && t.column == "":
		return "it"
	case t.row:
		return "its " + t.column
	case t.column == "":
		return t.name
	}
	return possessive(t.name, t.column)
}

// possessive says what is something's; of a word in quotes it is said with of.
func possessive(owner, column string) string {
	if strings.HasSuffix(owner, "”") {
		return "the " + column + " of " + owner
	}
	return owner + "'s " + column
}

// noun is the topic's owner alone.
func (t topic) noun() string {
	if t.row {
		return "it"
	}
	return t.name
}

// A clause says one thing of a topic: its verb stands in the singular. A clause
// with text is a whole statement.
type clause struct {
	topic
	verb  string
	rests []string
	conj  string // between the rests
	text  string
	parts []clause // several clauses instead, that conj joins
	by    *speaker // who says them
}

// of makes a clause of a topic.
func (t topic) says(verb, rest string) clause {
	return clause{topic: t, verb: verb, rests: []string{rest}}
}

// sentence says a condition with what it speaks of in full.
func (s *speaker) sentence(n *node, not bool) string {
	return s.spoken([]clause{s.clause(n, not)}, "and")
}

// spoken says clauses one after the other.
func (s *speaker) spoken(list []clause, conj string) string {
	words, _ := s.saying(list, conj, "")
	return words
}

// saying says clauses after what was spoken of last, which is then "it" or
// "they", and tells what is now. The first time, at an opening, the subject is
// any of its kind.
func (s *speaker) saying(list []clause, conj, last string) (string, string) {
	var words []string
	mixed := false
	for _, c := range list {
		var say string
		switch {
		case len(c.parts) > 0:
			say, last = c.by.saying(c.parts, c.conj, last)
			if s.rows && !c.by.rows {
				say = "where " + say
			}
			if c.conj != conj && len(list) > 1 {
				mixed = true
				if conj == "and" {
					say = either(say)
				}
			}
		case c.text != "":
			say, last = c.text, ""
			if s.rows {
				say = "where " + say
			}
		default:
			say = s.clauseWords(c, last)
			if s.rows && !c.row {
				say = "where " + say
			}
			if last = c.key; c.row && c.column != "" {
				last = "whose"
			}
		}
		words = append(words, say)
	}
	if mixed {
		return strings.Join(words[:len(words)-1], ", ") + ", " + conj + " " + words[len(words)-1], last
	}
	return joined(words, conj), last
}

// either begins a choice; what leads to a row stands before it.
func either(say string) string {
	for _, lead := range []string{"that ", "who "} {
		if rest, ok := strings.CutPrefix(say, lead); ok {
			return lead + "either " + rest
		}
	}
	return "either " + say
}

// clauseWords says one clause of a topic.
func (s *speaker) clauseWords(c clause, last string) string {
	verb := c.verb
	if c.column == "people" {
		verb = several(verb)
	}
	rest := sharedVerb(c.rests, c.conj)
	if c.row {
		lead := "that"
		if c.person {
			lead = "who"
		}
		switch {
		case c.column != "":
			lead = "whose " + c.column
		case last == c.key:
			lead = ""
		}
		if c.column == "" && c.plural {
			verb = several(verb)
		}
		return strings.TrimSpace(lead+" "+verb) + " " + rest
	}
	subject := c.name
	switch {
	case last != "" && last == c.key && c.column == "" && c.person:
		subject, verb = "they", several(verb)
	case last != "" && last == c.key && c.column == "":
		subject = "it"
	case last != "" && last == c.key:
		subject = map[bool]string{true: "their ", false: "its "}[c.person] + c.column
	default:
		if s.opening != nil && *s.opening && c.one != "" {
			subject, *s.opening = c.one, false
		}
		if c.column != "" {
			subject = possessive(subject, c.column)
		}
	}
	if c.plural {
		verb = several(verb)
	}
	return strings.TrimSpace(subject+" "+verb) + " " + rest
}

// sharedVerb joins what is said of one topic, what it is not at the end.
func sharedVerb(rests []string, conj string) string {
	if len(rests) == 1 {
		return rests[0]
	}
	verb, _, _ := strings.Cut(rests[0], " ")
	same := verb != "" && verb != "not" && verb != "no" && verb != "the" && verb != "a"
	for _, r := range rests[1:] {
		same = same && strings.HasPrefix(r, verb+" ")
	}
	var words, negative []string
	for i, r := range rests {
		if i > 0 && same && strings.HasSuffix(verb, "ed") {
			r = strings.TrimPrefix(r, verb+" ")
		}
		if strings.HasPrefix(r, "not ") || strings.HasPrefix(r, "neither ") { // said last, so that it reaches no further
			negative = append(negative, r)
		} else {
			words = append(words, r)
		}
	}
	return joined(append(words, negative...), conj)
}

// several is a verb for many.
func several(verb string) string {
	switch verb {
	case "is":
		return "are"
	case "was":
		return "were"
	case "has":
		return "have"
	case "does":
		return "do"
	}
	if strings.HasSuffix(verb, "s") {
		return strings.TrimSuffix(verb, "s")
	}
	return verb
}

// clause says a yes or no.
func (s *speaker) clause(n *node, not bool) clause {
	if of, root := s.inline(n); root != nil {
		c := of.clause(root, not)
		if s.rows {
			return clause{parts: []clause{c}, conj: "and", by: of}
		}
		return c
	}
	switch n.op {
	case opNot:
		return s.clause(n.kids[0], !not)
	case opAnd, opOr:
		return s.several(n, not)
	case opEqual, opUnequal, opLess, opLessOrEqual, opMore, opMoreOrEqual:
		return s.compared(n, not)
	case opIn:
		return s.among(n, not)
	case opContains, opStartsWith, opEndsWith:
		verb := map[op]string{opContains: "contain", opStartsWith: "begin with", opEndsWith: "end with"}[n.op]
		if not {
			return s.topicOf(n.kids[0]).says("does", "not "+verb+" “"+s.noun(n.kids[1])+"”")
		}
		first, more, _ := strings.Cut(verb+" ", " ")
		return s.topicOf(n.kids[0]).says(first+"s", strings.TrimSpace(more+" “"+s.noun(n.kids[1])+"”"))
	case opPresent, opBlank:
		return s.filled(n.kids[0], not == (n.op == opPresent))
	case opAny:
		return clause{text: s.exists(n, not)}
	case opNone:
		return clause{text: s.exists(n, !not)}
	case opAll:
		if not {
			return clause{text: "not all of " + s.group(n.kids[0]).said("the", true) + " are such " + s.in(n).that(n.kids[1])}
		}
		return clause{text: "all of " + s.group(n.kids[0]).said("the", true) + " are such " + s.in(n).that(n.kids[1])}
	case opReplied:
		return s.owner(n.kids[0]).says("has", negated("written back", not))
	case opOpenCase:
		title := "“" + readable(n.name) + "”"
		if s.w.Playbook != nil {
			title = s.w.Playbook(n.name)
		}
		return clause{text: title + map[bool]string{true: " is not", false: " is"}[not] + " at work for " + s.noun(n.kids[0])}
	case opColumn, opRow, opRowField:
		return s.marked(n, not)
	case opField:
		return s.fieldClause(n, not)
	case opName:
		c := topic{key: "“", name: "this"}.says(map[bool]string{true: "does", false: "counts"}[not], "")
		c.text = "it " + map[bool]string{true: "does not count", false: "counts"}[not] + " as " + s.called(n.name)
		return c
	}
	return clause{text: map[bool]string{true: "it is not so that ", false: ""}[not] + s.noun(n)}
}

// fieldClause says a step's done and missed, and other fields that are yes or no.
func (s *speaker) fieldClause(n *node, not bool) clause {
	if step, ok := s.step(n.kids[0]); ok {
		t := topic{key: step, name: step}
		if n.name == "missed" {
			return t.says("was", negated("missed", not))
		}
		return t.says("is", negated(readable(n.name), not))
	}
	if k := n.kids[0]; k.op == opName && k.name == "settings" {
		return clause{text: quotedName(n.name) + " is set to " + map[bool]string{true: "no", false: "yes"}[not]}
	}
	name := s.noun(n)
	return topic{key: name, name: name}.says("is", map[bool]string{true: "no", false: "yes"}[not])
}

func negated(rest string, not bool) string {
	if not {
		return "not " + rest
	}
	return rest
}

// several says conditions joined by and or or.
func (s *speaker) several(n *node, not bool) clause {
	join := n.op
	if not {
		join = opAnd + opOr - n.op
	}
	conj := map[op]string{opAnd: "and", opOr: "or"}[join]
	parts := s.flat(n, not, join, nil)
	parts = s.unguarded(parts, join)
	s.states = states(parts)
	var list []clause
	for _, p := range parts {
		list = merge(list, p.s.clause(p.n, p.not), conj)
	}
	if conj == "and" {
		for i := range list {
			list[i].rests = span(list[i].rests)
		}
	}
	if s.opening != nil { // what it is about is named before anything else is said
		slices.SortStableFunc(list, func(a, b clause) int { return a.after() - b.after() })
	}
	if len(list) == 1 {
		return list[0]
	}
	return clause{parts: list, conj: conj, by: s}
}

// after puts what names the subject before what does not.
func (c clause) after() int {
	if c.text != "" || len(c.parts) == 0 && c.one == "" {
		return 1
	}
	return 0
}
