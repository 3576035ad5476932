package condition

import "strings"

// states are the words for where something stands that conditions name.
func states(parts []piece) []string {
	var out []string
	for _, p := range parts {
		if p.n.op == opEqual && !p.not && p.n.kids[0].name == "status" && p.n.kids[1].op == opLiteral {
			out = append(out, p.n.kids[1].value.S)
		}
	}
	return out
}

// A piece is one of several conditions.
type piece struct {
	s   *speaker
	n   *node
	not bool
}

// flat lists the conditions that a chain of ands (or ors) joins; names that are
// said in their place are followed.
func (s *speaker) flat(n *node, not bool, join op, list []piece) []piece {
	r := s.resolved(n)
	n = r.n
	switch {
	case n.op == opNot:
		return r.s.flat(n.kids[0], !not, join, list)
	case (n.op == opAnd || n.op == opOr) && (n.op == join) != not:
		list = r.s.flat(n.kids[0], not, join, list)
		return r.s.flat(n.kids[1], not, join, list)
	}
	return append(list, piece{r.s, n, not})
}

// unguarded leaves out what only keeps blanks quiet: present(x) beside another
// condition on x, and blank(x) as a choice beside x being something else.
func (s *speaker) unguarded(parts []piece, join op) []piece {
	var out []piece
	for i, p := range parts {
		if (p.n.op == opPresent || p.n.op == opBlank) && p.is(join == opAnd) {
			what := p.s.text(p.n.kids[0])
			idle := false
			for j, q := range parts {
				if i == j || q.n.op == opPresent || q.n.op == opBlank {
					continue
				}
				if join == opAnd {
					idle = idle || q.s.speaksOf(q.n, what)
				} else {
					idle = idle || q.negative() && q.s.text(q.first()) == what
				}
			}
			if idle {
				continue
			}
		}
		out = append(out, p)
	}
	return out
}

// is tells whether a part says that something is there.
func (p piece) is(there bool) bool { return (p.n.op == opPresent) != p.not == there }

// negative tells whether a part says what something is not.
func (p piece) negative() bool {
	switch p.n.op {
	case opEqual, opIn:
		return p.not
	case opUnequal:
		return !p.not
	case opColumn, opRow:
		return p.not
	}
	return false
}

// first is what a part speaks of.
func (p piece) first() *node {
	if len(p.n.kids) > 0 && p.n.op != opColumn {
		return p.n.kids[0]
	}
	return p.n
}

// speaksOf tells whether a text stands for a part of n.
func (s *speaker) speaksOf(n *node, what string) bool {
	if s.text(n) == what {
		return true
	}
	if of, root := s.inline(n); root != nil {
		return of.speaksOf(root, what)
	}
	for _, k := range n.kids {
		if s.speaksOf(k, what) {
			return true
		}
	}
	return false
}

// merge adds a clause to a list, to what is said of the same topic if there is
// such a thing.
func merge(list []clause, c clause, conj string) []clause {
	if c.text == "" && c.parts == nil {
		for i := range list {
			o := &list[i]
			if o.text == "" && o.parts == nil && o.key == c.key && o.column == c.column && o.verb == c.verb && (o.conj == "" || o.conj == conj) && (c.conj == "" || c.conj == conj) {
				o.rests, o.conj = append(o.rests, c.rests...), conj
				return list
			}
		}
	}
	return append(list, c)
}

// span makes one of two bounds of a day.
func span(rests []string) []string {
	for i, a := range rests {
		for j, b := range rests {
			if i == j {
				continue
			}
			if both := spanned(a, b); both != "" {
				out := append([]string{}, rests[:min(i, j)]...)
				out = append(out, both)
				for k := min(i, j) + 1; k < len(rests); k++ {
					if k != max(i, j) {
						out = append(out, rests[k])
					}
				}
				return out
			}
		}
	}
	return rests
}

// spanned says two bounds as one, if they are the two ends of a stretch.
func spanned(a, b string) string {
	verb := ""
	if v, rest, ok := strings.Cut(a, " "); ok && strings.HasPrefix(b, v+" ") && strings.HasSuffix(v, "ed") {
		verb, a, b = v+" ", rest, strings.TrimPrefix(b, v+" ")
	}
	if n, ok := strings.CutPrefix(b, "at most "); ok && strings.HasSuffix(n, " from today") {
		n = strings.TrimSuffix(n, " from today")
		switch a {
		case "after today":
			return verb + "in the next " + n
		case "today or later":
			return verb + "today or in the next " + n
		}
		if m, ok := strings.CutPrefix(a, "at most "); ok && strings.HasSuffix(m, " ago") {
			return verb + "between " + m + " and " + n + " from today"
		}
	}
	for _, within := range []string{"less than ", "at most "} {
		if n, ok := strings.CutPrefix(a, within); ok && strings.HasSuffix(n, " ago") && (b == "today or earlier" || b == "before today") {
			return verb + "in the last " + strings.TrimSuffix(n, " ago")
		}
	}
	if from, ok := strings.CutPrefix(a, "on or after "); ok {
		if to, ok := strings.CutPrefix(b, "on or before "); ok {
			return verb + "from " + from + " to " + to
		}
	}
	return ""
}
