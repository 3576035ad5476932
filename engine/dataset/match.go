package dataset

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MatchPeople gives the table with its person cells matched against the list
// of members: by membership number, by mail address, or by a name that exactly
// one member bears. A cell that nobody matches keeps its words and Ref 0. The
// table itself is not changed; it is returned as it is when nothing matches
// anew.
func (t *Table) MatchPeople(members *Table) *Table {
	var cols []int
	for i, c := range t.Schema.Columns {
		if c.Kind == Person {
			cols = append(cols, i)
		}
	}
	if len(cols) == 0 || members == nil || len(members.Rows) == 0 {
		return t
	}
	who := wanted(t.Rows, cols)
	if len(who) == 0 {
		return t
	}
	who.find(members)
	rows, changed := make([]*Row, 0, len(t.Rows)), false
	for _, r := range t.Rows {
		row := r
		for _, i := range cols {
			if i >= len(r.Cells) || r.Cells[i].Kind != Person {
				continue
			}
			ref := who[fold(r.Cells[i].S)].ref
			if ref == 0 || ref == Ref(r.Cells[i].N) {
				continue
			}
			if row == r {
				c := *r
				c.Cells = append([]Value(nil), r.Cells...)
				row, changed = &c, true
			}
			row.Cells[i].N = int64(ref)
		}
		rows = append(rows, row)
	}
	if !changed {
		return t
	}
	return t.like(rows)
}

// sought are the words of person cells, folded, and the member each fits.
// Words that fit two members fit nobody.
type sought map[string]match

type match struct {
	ref   Ref
	found bool
}

// wanted collects the words of the person cells of some rows.
func wanted(rows []*Row, cols []int) sought {
	who := sought{}
	for _, r := range rows {
		for _, i := range cols {
			if i < len(r.Cells) && r.Cells[i].Kind == Person {
				if k := fold(r.Cells[i].S); k != "" {
					who[k] = match{}
				}
			}
		}
	}
	return who
}

// find looks for all of them in one pass over the members.
func (who sought) find(members *Table) {
	s := members.Schema
	at := func(name string) int {
		if i, ok := s.Column(name); ok && name != "" {
			return i
		}
		return -1
	}
	name, first, last, email := at("name"), at("first_name"), at("last_name"), at(s.Email)
	var one, two []byte
	for _, r := range members.Rows {
		one, two = r.foldTo(one[:0], name), r.foldTo(r.foldTo(two[:0], first), last)
		who.add(one, r.Ref)
		if string(one) != string(two) {
			who.add(two, r.Ref)
		}
		who.add(r.foldTo(one[:0], email), r.Ref)
	}
	for _, r := range members.Rows { // a number is always right
		one = foldTo(one[:0], r.Key)
		if _, ok := who[string(one)]; ok {
			who[string(one)] = match{r.Ref, true}
		}
	}
}

// add notes that some words fit a member, if they are sought.
func (who sought) add(words []byte, ref Ref) {
	old, ok := who[string(words)]
	if !ok {
		return
	}
	if old.found && old.ref != ref {
		ref = 0
	}
	who[string(words)] = match{ref, true}
}

// foldTo adds the folded words of a cell to those before it.
func (r *Row) foldTo(to []byte, column int) []byte {
	if column < 0 || column >= len(r.Cells) {
		return to
	}
	return foldTo(to, r.Cells[column].S)
}

// foldTo is fold, adding to the words before it.
func foldTo(to []byte, s string) []byte {
	gap := len(to) > 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 0x80:
			return foldRest(to, gap, s[i:])
		case c == ' ' || c >= '\t' && c <= '\r':
			gap = len(to) > 0
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if gap {
			to, gap = append(to, ' '), false
		}
		to = append(to, c)
	}
	return to
}

// foldRest is foldTo from the first letter that is not of the plain alphabet.
func foldRest(to []byte, gap bool, s string) []byte {
	k := fold(s)
	if r, _ := utf8.DecodeRuneInString(s); k != "" && (gap || unicode.IsSpace(r)) && len(to) > 0 {
		to = append(to, ' ')
	}
	return append(to, k...)
}

// fold makes words equal that differ in capitals and spaces only.
func fold(s string) string { return strings.Join(strings.Fields(strings.ToLower(s)), " ") }
