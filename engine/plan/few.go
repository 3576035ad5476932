package plan

import (
	"slices"

	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// few is the number under which a count could say who is meant. Of special
// columns it is not printed, nor in a table of counts (rule 17; hide.go).
const few = 5

// underFew is what is printed of a number under few.
var underFew = "under " + itoa(few)

// wording gives the subject and the letter of a step as they are rendered. A
// count made of special columns, or of the rows of a table of counts, is printed
// only where nobody can be told from it: "under 5", and where adding and taking away the numbers of the letter
// would come to less than that, the others rounded down, "at least 15".
func (l *look) wording(s *playbook.Step, names letter.Names) (*letter.Line, *letter.Template) {
	if len(s.Counts) == 0 {
		return s.Subject, s.Letter
	}
	var seen []int64
	in := func(say letter.Counter) (*letter.Line, *letter.Template) {
		of := func(name string, n int64) string {
			if !slices.Contains(s.Counts, name) {
				return ""
			}
			return say(name, n)
		}
		if s.Letter == nil {
			return s.Subject.Counting(of), nil
		}
		return s.Subject.Counting(of), s.Letter.Counting(of)
	}
	subject, body := in(func(_ string, n int64) string {
		if !slices.Contains(seen, n) {
			seen = append(seen, n)
		}
		return ""
	})
	_, _ = subject.Render(names, l.clock) // only to hear what they count
	if body != nil {
		_, _ = body.Render(names, l.clock)
	}
	sure := !revealing(seen)
	return in(func(name string, n int64) string {
		if name == "rows" && s.Tally && (sure || len(seen) == 1) { // as the table says itself
			return l.total(s)
		}
		switch {
		case n < few:
			return underFew
		case sure:
			return ""
		}
		return "at least " + itoa(n-n%few)
	})
}

// fewRows says how many rows something is true of.
func (l *look) fewRows(s *playbook.Step, n int) string {
	if n < few && slices.Contains(s.Counts, "rows") {
		return underFew + " rows"
	}
	return itoa(int64(n)) + " " + plural(n, "row", "rows")
}

// mostCounted is how many numbers of one letter are set against each other;
// among more, some would come to little.
const mostCounted = 7

// revealing reports whether one of the numbers is not printed, or added and taken
// away from each other they come to a few: then the rest would say what was not
// to be said.
func revealing(counts []int64) bool {
	if len(counts) > mostCounted {
		return true
	}
	sums := []int64{0}
	for _, n := range counts {
		for _, s := range sums[:len(sums):len(sums)] {
			sums = append(sums, s+n, s-n)
		}
	}
	return slices.ContainsFunc(counts, func(n int64) bool { return n < few }) ||
		slices.ContainsFunc(sums, func(s int64) bool { return s > 0 && s < few })
}
