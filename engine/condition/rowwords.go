package condition

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A group is a list as people speak of it: members of the branch, who are
// active.
type group struct {
	one, many string   // member, members
	close     []string // of the branch, of kind minutes
	where     []func(plural bool) string
}

// said is the group with an article: a, the or none; of several or of one.
func (g group) said(article string, many bool) string {
	words := g.bare(many)
	switch {
	case article == "a" && !many:
		return indefinite(words)
	case article == "the":
		return "the " + words
	}
	return words
}

// bare is the group without an article.
func (g group) bare(many bool) string {
	words := g.one
	if many {
		words = g.many
	}
	for _, c := range g.close {
		words += " " + c
	}
	for i, w := range g.where {
		if i > 0 {
			words += " and"
		}
		words += " " + w(many)
	}
	return words
}

// group says what a list, or a record found in one, is made of.
func (s *speaker) group(n *node) group {
	r := s.resolved(n)
	if r.n != n {
		return r.s.group(r.n)
	}
	switch {
	case n.op == opFilter, n.op == opFind, n.op == opCount && len(n.kids) == 2:
		g := s.group(n.kids[0])
		s.in(n).qualify(&g, n.kids[1])
		return g
	case n.op == opCount || n.op == opLen:
		return s.group(n.kids[0])
	case n.op == opMap:
		words := s.mapped(n)
		words = strings.TrimPrefix(words, "the ")
		return group{one: words, many: words}
	}
	g := elements(n.typ)
	switch n.op {
	case opName:
		g.close = append(g.close, "among "+s.called(n.name))
		if n.typ.List != nil && n.typ.List.Record == nil && n.typ.List.Fields == nil {
			g = group{one: strings.TrimPrefix(s.called(n.name), "the "), many: strings.TrimPrefix(s.called(n.name), "the ")}
		}
	case opAudience:
		g.close = append(g.close, "in "+s.audience(n))
	case opField:
		g.close = append(g.close, "of "+s.noun(n))
	case opLaw:
		g.close = append(g.close, "of "+s.noun(n))
	}
	return g
}

// elements are what a list holds.
func elements(t dataset.Type) group {
	if t.List != nil {
		t = *t.List
	}
	switch {
	case t.Record != nil:
		return group{one: readable(t.Record.Singular), many: readable(t.Record.Name)}
	case t.Fields != nil:
		return group{one: "row", many: "rows"}
	}
	return group{one: "entry", many: "entries"}
}

// in is the speaker within a list function.
func (s *speaker) in(n *node) *speaker {
	of := *s
	of.rows, of.opening = true, nil
	t := n.kids[0].typ
	of.person = t.List != nil && t.List.Record != nil && t.List.Record.Person
	return &of
}

// qualify adds what a condition says of the rows of a group.
func (s *speaker) qualify(g *group, n *node) {
	parts := s.unguarded(s.flat(n, false, opAnd, nil), opAnd)
	s.states = states(parts)
	var rest []piece
	for _, p := range parts {
		if words, ok := s.close(p); ok && (strings.HasPrefix(words, "of kind ") || strings.HasPrefix(words, "of type ")) {
			g.close = append([]string{words}, g.close...)
		} else if ok {
			g.close = append(g.close, words)
		} else {
			rest = append(rest, p)
		}
	}
	if len(rest) == 0 {
		return
	}
	g.where = append(g.where, func(many bool) string {
		of := *s
		of.plural = many
		var list []clause
		for _, p := range rest {
			list = merge(list, of.clause(p.n, p.not), "and")
		}
		for i := range list {
			list[i].rests = span(list[i].rests)
		}
		return of.spoken(list, "and")
	})
}

// close is what is said right after a noun: of the meeting, of kind minutes.
func (s *speaker) close(p piece) (string, bool) {
	n := p.n
	if p.not || n.op != opEqual && n.op != opIn || n.kids[0].op != opRow && n.kids[0].op != opRowField {
		return "", false
	}
	col, with := n.kids[0], n.kids[1]
	switch {
	case col.op == opRowField:
		return "for " + s.noun(with), n.op == opEqual && !with.inner && with.op != opLiteral
	case n.op == opEqual && col.typ.Kind == dataset.Reference && col.name != "key" && with.op == opColumn && with.name == "key":
		return "of " + s.noun(with.kids[0]), true
	case (col.name == "kind" || col.name == "type") && (with.op == opArray || with.op == opLiteral):
		return "of " + col.name + " " + s.listed(col.typ.Column, with, "or"), true
	case n.op == opEqual && with.op == opColumn && with.name == col.name && col.name != "key":
		return "with the same " + columnNoun(col.name) + " as " + s.owner(with.kids[0]).noun(), true
	}
	return "", false
}

// that says a condition of a row as a relative clause.
func (s *speaker) that(n *node) string {
	return s.spoken([]clause{s.clause(n, false)}, "and")
}

// exists says that there is such a row, or none.
func (s *speaker) exists(n *node, not bool) string {
	g := s.group(n.kids[0])
	s.in(n).qualify(&g, n.kids[1])
	if not {
		return "there is no " + g.bare(false)
	}
	return "there is " + g.said("a", false)
}

// mapped says the values of a column of a list.
func (s *speaker) mapped(n *node) string { return "the " + s.mappedOf(n, true) }

func (s *speaker) mappedOf(n *node, many bool) string {
	col := n.kids[1]
	of := s.group(n.kids[0]).said("the", true)
	if col.op == opRow && col.name == "key" {
		return s.group(n.kids[0]).bare(true)
	}
	what := strings.TrimPrefix(s.in(n).noun(col), "its ")
	if col.name == "seen" {
		return map[bool]string{true: "days", false: "day"}[many] + " on which we learned of " + of
	}
	if h, ok := happens(col.name); ok && h.verb == "was" && columnNouns[col.name] == "" {
		return map[bool]string{true: "days", false: "day"}[many] + " on which " + of + " were " + h.rest
	}
	if many {
		what = plural(what)
	}
	return what + " of " + of
}

// listed says the values of a list written out: choices in words.
func (s *speaker) listed(col *dataset.Column, n *node, conj string) string {
	if n.op == opLiteral {
		return s.value(col, n)
	}
	words := make([]string, len(n.kids))
	for i, k := range n.kids {
		words[i] = s.value(col, k)
	}
	return joined(words, conj)
}

// value says one fixed value of a column.
func (s *speaker) value(col *dataset.Column, n *node) string {
	if n.op == opLiteral && n.typ.Kind == dataset.Text {
		if col != nil && col.Name == "role" && s.w.Role != nil {
			return s.w.Role(n.value.S)
		}
		return choiceWord(col, n.value.S)
	}
	return s.noun(n)
}
