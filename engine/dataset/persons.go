package dataset

import (
	"cmp"
	"slices"
	"strings"
)

// A Likeness is two records that may be of one person: a proposal, which a
// person answers. Nothing is done because of it.
type Likeness struct {
	One, Other Likened
	Strength   string   // strong, likely or possible
	Why        []string // what agrees, in words that give no cell away
}

// A Likened is one of the two records.
type Likened struct {
	Dataset, Key, Name string
	Ref                Ref
	Former             bool // it stands in the list no longer
	More               int  // further records of the dataset that say the same of who they are
}

// The strengths of a likeness, the strongest first.
const (
	strong   = "strong"
	likely   = "likely"
	possible = "possible"
)

// crowd is how many records may share an address, a telephone or the like and a
// name, and still be held against one another: what more share tells nobody
// apart.
const crowd = 24

// Likenesses proposes records that may be of one person, the strongest first:
// among members of now and before, and between them and those whom other lists
// name without saying which member they are. Former are the records that stand
// in a list no longer; skip says which two are decided already.
//
// Two records must share a name and one thing more: a date of birth, a mail
// address, a telephone number or a postcode. A name agrees if the family names
// do, and the first names, or an initial with a first name; where the date of
// birth agrees too, the family name may have changed. An address alone proposes
// nobody, for a household shares it, and two dates of birth are two people.
func Likenesses(tables, former Tables, skip func(a, b Ref) bool) []Likeness {
	f := likenesses{blocks: map[string][]*profile{}}
	for _, name := range tablesInOrder(tables) {
		f.read(tables[name], false)
	}
	for _, name := range tablesInOrder(former) {
		f.read(former[name], true)
	}
	seen := map[[2]Ref]bool{}
	var out []Likeness
	for _, block := range f.blocks {
		if len(block) > crowd {
			continue
		}
		for i, a := range block {
			for _, b := range block[i+1:] {
				x, y := inOrder(a, b)
				k := [2]Ref{x.Ref, y.Ref}
				if seen[k] || x.Ref == y.Ref {
					continue
				}
				seen[k] = true
				if strength, why := x.like(y); strength != "" && !skip(x.Ref, y.Ref) {
					out = append(out, Likeness{x.Likened, y.Likened, strength, why})
				}
			}
		}
	}
	rank := []string{strong, likely, possible}
	slices.SortFunc(out, func(x, y Likeness) int {
		return cmp.Or(cmp.Compare(slices.Index(rank, x.Strength), slices.Index(rank, y.Strength)),
			x.One.compare(y.One), x.Other.compare(y.Other))
	})
	return out
}

// compare orders records, members first.
func (l Likened) compare(other Likened) int {
	return cmp.Or(membersFirst(l.Dataset, other.Dataset), strings.Compare(l.Key, other.Key), cmp.Compare(l.Ref, other.Ref))
}

func inOrder(a, b *profile) (*profile, *profile) {
	if b.Likened.compare(a.Likened) < 0 {
		return b, a
	}
	return a, b
}

// tablesInOrder names the tables whose records may be people, members first.
func tablesInOrder(tables Tables) []string {
	var names []string
	for name, t := range tables {
		if t != nil && !slices.Contains([]string{"people", "changes", "imports", "gift_groups"}, name) {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, membersFirst)
	return names
}

// likenesses gathers who shares what with whom.
type likenesses struct {
	blocks map[string][]*profile
}

// read takes in the people of a table. Records of a list that is not of persons
// and that say the same of who they are, the gifts of one donor, are one.
func (f *likenesses) read(t *Table, former bool) {
	r := newProfiler(t.Schema)
	if r == nil {
		return
	}
	known := map[string]*profile{}
	for _, row := range t.Rows {
		p := r.profile(row)
		if p == nil {
			continue
		}
		p.Former = former
		if !t.Schema.Person {
			mark := p.mark()
			if one := known[mark]; one != nil {
				one.More++
				continue
			}
			known[mark] = p
		}
		for _, key := range p.shares() {
			f.blocks[key] = append(f.blocks[key], p)
		}
	}
}

// shares gives the keys under which a record meets those it may be one with.
func (p *profile) shares() []string {
	var keys []string
	for _, n := range append(p.names(), p.family) {
		if len(n) == 1 {
			continue // an initial meets a name by the family name
		}
		for _, e := range p.emails {
			keys = append(keys, "mail "+e+" "+n)
		}
		for _, t := range p.phones {
			keys = append(keys, "telephone "+t+" "+n)
		}
		if p.postcode != "" {
			keys = append(keys, "postcode "+p.postcode+" "+n)
		}
		if p.hasBorn {
			keys = append(keys, "born "+p.born.String()+" "+n)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys) // a first name may be the family name too
	return keys
}

// like says how much speaks for it that two records are of one person, and
// what; nothing if they cannot be, or if too little does.
func (p *profile) like(o *profile) (strength string, why []string) {
	if p.hasBorn && o.hasBorn && p.born != o.born {
		return "", nil
	}
	name := p.sameName(o)
	if name == otherName {
		return "", nil
	}
	born := p.hasBorn && o.hasBorn
	reach := 0
	note := func(yes bool, words string) {
		if yes {
			reach++
			why = append(why, words)
		}
	}
	note(meet(p.emails, o.emails), "the same mail address")
	note(meet(p.phones, o.phones), "the same telephone number")
	note(p.postcode != "" && p.postcode == o.postcode, "the same postcode")
	if born {
		why = slices.Insert(why, 0, "the same date of birth")
	}
	why = slices.Insert(why, 0, name.words())
	email := meet(p.emails, o.emails)
	switch {
	case name == wholeName && (born || email):
		strength = strong
	case name == wholeName && reach > 0, name == initialName && born, name == changedName && born && reach > 0:
		strength = likely
	case name == initialName && reach > 0, name == changedName && email && !born:
		strength = possible
	default:
		return "", nil
	}
	return strength, why
}

// meet tells whether two short lists have something in common.
func meet(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}
