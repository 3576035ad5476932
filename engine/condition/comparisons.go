package condition

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// opposites are the comparisons that hold when others do not, and mirrored when
// the sides are exchanged.
var (
	opposites = map[op]op{opEqual: opUnequal, opUnequal: opEqual, opLess: opMoreOrEqual, opMoreOrEqual: opLess, opMore: opLessOrEqual, opLessOrEqual: opMore}
	mirrored  = map[op]op{opEqual: opEqual, opUnequal: opUnequal, opLess: opMore, opMore: opLess, opLessOrEqual: opMoreOrEqual, opMoreOrEqual: opLessOrEqual}
	sizes     = map[op]string{opEqual: "", opUnequal: "not ", opLess: "less than ", opLessOrEqual: "at most ", opMore: "more than ", opMoreOrEqual: "at least "}
)

// compared says a comparison.
func (s *speaker) compared(n *node, not bool) clause {
	o, l, r := n.op, n.kids[0], n.kids[1]
	if not {
		o = opposites[o]
	}
	if fixed(l) && !fixed(r) || l.op == opLaw {
		l, r, o = r, l, mirrored[o]
	}
	of := s.resolved(l)
	switch k := l.typ.Kind; {
	case of.n.op == opBirthday && r.op == opToday:
		t := of.s.owner(of.n.kids[0])
		age := of.s.noun(of.n.kids[1])
		if o == opMore || o == opMoreOrEqual {
			return t.says("is", "under "+age)
		}
		return t.says("is", age+" or older")
	case k == dataset.Date, k == dataset.Time:
		return s.dated(l, r, o)
	case of.n.op == opLen, of.n.op == opCount:
		return of.s.counted(of.n, o, s, r)
	case fixed(l) && l.op == opField && r.op == opLiteral:
		return clause{text: quotedName(l.name) + " is set to " + map[bool]string{true: "something other than ", false: ""}[o == opUnequal] + quotedName(s.noun(r))}
	case o == opEqual || o == opUnequal:
		return s.same(l, r, o == opUnequal)
	}
	return s.topicOf(l).says("is", sizes[o]+s.noun(r))
}

// fixed tells what is better said second.
func fixed(n *node) bool {
	switch n.op {
	case opLiteral, opToday, opNow, opPounds:
		return true
	}
	return n.op == opField && n.kids[0].op == opName && n.kids[0].name == "settings"
}

// counted says how many there are.
func (s *speaker) counted(n *node, o op, with *speaker, r *node) clause {
	g := s.group(n)
	number := with.noun(r)
	none := r.op == opLiteral && r.value.N == 0
	switch {
	case none && (o == opEqual || o == opLessOrEqual):
		return clause{text: "there is no " + g.bare(false)}
	case none && (o == opMore || o == opUnequal):
		return clause{text: "there is " + g.said("a", false)}
	}
	if strings.Trim(number, "0123456789") != "" {
		return topic{key: "the number of " + g.bare(true), name: "the number of " + g.bare(true)}.says("is", sizes[o]+number)
	}
	how := map[op]string{opEqual: "exactly ", opUnequal: "not exactly ", opLess: "fewer than ", opLessOrEqual: "at most ", opMore: "more than ", opMoreOrEqual: "at least "}[o]
	return clause{text: "there are " + how + number + " " + g.bare(number != "1")}
}

// same says that two things are equal, or not.
func (s *speaker) same(l, r *node, not bool) clause {
	if step, ok := s.answered(l); ok && r.op == opLiteral {
		return topic{key: "the answer to " + step, name: "the answer to " + step}.says("is", negated("“"+s.noun(r)+"”", not))
	}
	if (l.op == opColumn || l.op == opRow) && r.op == opLiteral {
		return s.chosen(l, []*node{r}, not)
	}
	t := s.topicOf(l)
	if (l.op == opRow || l.op == opColumn) && r.op == opColumn && r.name == l.name && l.name != "key" {
		return s.recordOf(l).says("has", map[bool]string{true: "another ", false: "the same "}[not]+columnNoun(l.name)+map[bool]string{true: " than ", false: " as "}[not]+s.owner(r.kids[0]).noun())
	}
	return t.says("is", negated(s.noun(r), not))
}

// answered tells whether a part is the answer to a step.
func (s *speaker) answered(n *node) (string, bool) {
	if n.op != opField || n.name != "answer" {
		return "", false
	}
	return s.step(n.kids[0])
}

// chosen says that a column has one of some values written out. A status is
// said as an adjective where it is one, and at an opening as something that
// becomes so.
func (s *speaker) chosen(l *node, values []*node, not bool) clause {
	t := s.recordOf(l)
	var plain, adjectives []string
	for _, v := range values {
		word := s.value(l.typ.Column, v)
		plain = append(plain, word)
		if v.op == opLiteral && v.typ.Kind == dataset.Text {
			if a, ok := adjective(v.value.S); ok && !s.isDay(l, v.value.S+"_on") {
				adjectives = append(adjectives, a)
			}
		}
	}
	conj, neither := "or", ""
	if not {
		neither = "not "
		if len(values) > 1 {
			neither = "neither "
			conj = "nor"
		}
	}
	switch {
	case l.name == "status" && s.opening != nil && t.one != "" && l.schema != nil && !l.schema.Event && !not:
		t.column = "status"
		return t.says("becomes", joined(plain, conj))
	case l.name == "status" && len(adjectives) == len(values):
		return t.says("is", neither+joined(adjectives, conj))
	case l.name == "kind" || l.name == "type":
		return t.says("is", neither+"of "+l.name+" "+joined(plain, conj))
	case l.name == "gender" && len(values) == 1:
		return t.says("is", negated(indefinite(plain[0]), not))
	}
	t.column = columnNoun(l.name)
	return t.says("is", neither+joined(plain, conj))
}

// isDay tells whether a record has a day of that name: what was done on it would
// be said like the status.
func (s *speaker) isDay(l *node, column string) bool {
	if l.schema == nil {
		return false
	}
	_, ok := l.schema.Column(column)
	return ok
}

// among says that something is one of several.
func (s *speaker) among(n *node, not bool) clause {
	l, r := n.kids[0], n.kids[1]
	if r.op == opArray {
		if step, ok := s.answered(l); ok {
			words := make([]string, len(r.kids))
			for i, k := range r.kids {
				words[i] = "“" + s.noun(k) + "”"
			}
			return topic{key: "the answer to " + step, name: "the answer to " + step}.says("is", map[bool]string{true: "neither ", false: ""}[not]+joined(words, map[bool]string{true: "nor", false: "or"}[not]))
		}
		if l.op == opColumn || l.op == opRow {
			return s.chosen(l, r.kids, not)
		}
		return s.topicOf(l).says("is", negated(s.listed(l.typ.Column, r, "or"), not))
	}
	t := s.topicOf(l)
	if list := r.typ.List; l.op == opLiteral && list != nil { // a role, say, by its title
		t.name = s.value(list.Column, l)
		t.key = t.name
	}
	return t.says("is", negated("among "+s.noun(r), not))
}

// dated says how two days stand to each other.
func (s *speaker) dated(l, r *node, o op) clause {
	when := s.when(r, o)
	of := s.resolved(l)
	present := r.op == opNow
	n := of.n
	if n.op == opDay {
		n = n.kids[0]
	}
	if n.op == opColumn || n.op == opRow {
		t := of.s.recordOf(n)
		if h, ok := happens(n.name); ok && !strings.HasSuffix(h.rest, "since a day") && !(present && h.rest == "") {
			if present {
				when = map[op]string{opLess: "before now", opLessOrEqual: "by now"}[o]
			}
			if h.of != "" {
				t.column = h.of
			}
			return t.says(h.verb, strings.TrimSpace(h.rest+" "+when))
		}
	}
	return s.topicOf(l).says("is", when)
}

// when says a comparison with a day as an adverb.
func (s *speaker) when(r *node, o op) string {
	switch {
	case r.op == opToday:
		return map[op]string{opEqual: "today", opUnequal: "not today", opLess: "before today", opLessOrEqual: "today or earlier", opMore: "after today", opMoreOrEqual: "today or later"}[o]
	case r.op == opNow:
		return map[op]string{opEqual: "now", opUnequal: "not now", opLess: "already past", opLessOrEqual: "already past", opMore: "still to come", opMoreOrEqual: "still to come"}[o]
	}
	if length, past, ok := s.fromToday(r); ok {
		how := map[op]string{opEqual: "exactly ", opUnequal: "not exactly ", opLess: "less than ", opLessOrEqual: "at most ", opMore: "more than ", opMoreOrEqual: "at least "}
		if past { // later than 5 days ago is less than 5 days ago
			return how[mirrored[o]] + length + " ago"
		}
		return how[o] + length + " from today"
	}
	what := s.noun(r)
	return map[op]string{opEqual: "on ", opUnequal: "not on ", opLess: "before ", opLessOrEqual: "on or before ", opMore: "after ", opMoreOrEqual: "on or after "}[o] + what
}

// fromToday says how far a day is from today, if it is counted from there.
func (s *speaker) fromToday(n *node) (length string, past, ok bool) {
	if n.op != opAdd && n.op != opSubtract || n.typ.Kind != dataset.Date && n.typ.Kind != dataset.Time {
		return "", false, false
	}
	from, by := n.kids[0], s.noun(n.kids[1])
	if from.op == opToday || from.op == opNow {
		return by, n.op == opSubtract, true
	}
	if length, past, ok = s.fromToday(from); !ok || past != (n.op == opSubtract) {
		return "", false, false
	}
	return addDays(length, by), past, true
}

// addDays joins two lengths; of days it gives their sum.
func addDays(a, b string) string {
	x, errA := calendar.ParseDuration(a)
	y, errB := calendar.ParseDuration(b)
	if errA == nil && errB == nil && x.Unit == y.Unit {
		return calendar.Duration{N: x.N + y.N, Unit: x.Unit}.String()
	}
	return a + " and " + b
}

// quotedName is a name in quotation marks.
func quotedName(name string) string { return "“" + readable(name) + "”" }
