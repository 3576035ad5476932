package ledger

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// One human may stand behind several records: an old number and a new one, a
// member and the donor of a gift. Only a person says so, of two records at a
// time, and can take it back. What was said is kept as it was said; who is one
// with whom follows from it, and is worked out anew at every change, so that
// taking back one saying leaves what follows from the others.

// A Saying is what a person said of two records: that one human stands behind
// both, or that two do.
type Saying struct {
	One   dataset.Ref `json:"one"` // the lower number
	Other dataset.Ref `json:"other"`
	Same  bool        `json:"same,omitempty"`
	At    time.Time   `json:"at"`
}

// A pair is two records, the lower number first.
type pair [2]dataset.Ref

func pairOf(a, b dataset.Ref) pair { return pair{min(a, b), max(a, b)} }

// checkPair says what forbids to say anything of two records.
func (p *people) checkPair(a, b dataset.Ref) string {
	switch {
	case a <= 0 || b <= 0:
		return "both records have a number"
	case a == b:
		return "it is the same record twice"
	case p.isErased(a) || p.isErased(b):
		return "one of them has been erased"
	}
	return ""
}

func (c SaidSame) apply(b *Book, at time.Time) string {
	if why := b.checkPair(c.One, c.Other); why != "" {
		return why
	}
	switch {
	case b.Same(c.One, c.Other):
		return "they are one person already"
	case b.Apart(c.One, c.Other):
		return "they were said to be different people: undo that first"
	}
	b.say(c.One, c.Other, true, at)
	return ""
}

func (c SaidDifferent) apply(b *Book, at time.Time) string {
	if why := b.checkPair(c.One, c.Other); why != "" {
		return why
	}
	switch {
	case b.Same(c.One, c.Other):
		return "they were said to be one person: undo that first"
	case b.Apart(c.One, c.Other):
		return "they were said to be different people already"
	}
	b.say(c.One, c.Other, false, at)
	return ""
}

func (c SaidUndone) apply(b *Book, _ time.Time) string {
	k := pairOf(c.One, c.Other)
	if _, known := b.said[k]; !known {
		return "nothing was said of these two"
	}
	delete(b.said, k)
	b.group()
	b.touch.part("said")
	return ""
}

func (b *Book) say(one, other dataset.Ref, same bool, at time.Time) {
	k := pairOf(one, other)
	b.said[k] = Saying{k[0], k[1], same, at}
	b.group()
	b.touch.part("said")
}

// unsay takes back all that was said of a record.
func (b *Book) unsay(ref dataset.Ref) {
	for k := range b.said {
		if k[0] == ref || k[1] == ref {
			delete(b.said, k)
			b.touch.part("said")
		}
	}
	b.group()
}

// group works out who is one with whom. There are few sayings.
func (p *people) group() {
	p.numbers = map[dataset.Ref][]dataset.Ref{}
	for k, s := range p.said {
		if !s.Same {
			continue
		}
		all := slices.Concat(p.Numbers(k[0]), p.Numbers(k[1]))
		slices.Sort(all)
		all = slices.Compact(all)
		for _, ref := range all {
			p.numbers[ref] = all
		}
	}
}

// Numbers gives the records that one person was said to stand behind, with this
// one, in order; it alone where nothing was said. The list is not to be changed.
func (p *people) Numbers(ref dataset.Ref) []dataset.Ref {
	if all := p.numbers[ref]; all != nil {
		return all
	}
	return []dataset.Ref{ref}
}

// Person gives the number by which a person is counted: the lowest of theirs.
func (p *people) Person(ref dataset.Ref) dataset.Ref {
	if all := p.numbers[ref]; all != nil {
		return all[0]
	}
	return ref
}

// Same tells whether one person stands behind two records.
func (p *people) Same(a, b dataset.Ref) bool { return p.Person(a) == p.Person(b) }

// Apart tells whether two records were said to be of different people, or are of
// people of whom that was said.
func (p *people) Apart(a, b dataset.Ref) bool {
	for k, s := range p.said {
		if !s.Same && (p.Same(k[0], a) && p.Same(k[1], b) || p.Same(k[0], b) && p.Same(k[1], a)) {
			return true
		}
	}
	return false
}

// Sayings gives all that was said of two records and stands, by their numbers.
func (p *people) Sayings() []Saying {
	return slices.SortedFunc(maps.Values(p.said), func(x, y Saying) int {
		return cmp.Or(cmp.Compare(x.One, y.One), cmp.Compare(x.Other, y.Other))
	})
}

// Twins gives the keys that an action of a case would have if it were about, and
// for, another record of the same person: what went there went to the person.
func (b *Book) Twins(c Case, a Action) []ActionKey {
	if len(b.numbers) == 0 {
		return nil
	}
	of := map[dataset.Ref]bool{}
	for _, ref := range []dataset.Ref{c.Subject, recordOf(a.Addressee), recordOf(a.Element)} {
		for _, n := range b.numbers[ref] {
			of[n] = true
		}
	}
	var keys []ActionKey
	for _, n := range slices.Sorted(maps.Keys(of)) {
		subject := c.Subject
		if b.Same(n, subject) {
			subject = n
		}
		k := NewActionKey(NewCaseKey(c.Playbook, c.Dataset, subject, c.Occasion), a.Step,
			b.instead(a.Element, n), b.instead(a.Addressee, n), a.Occurrence)
		if k != a.Key {
			keys = append(keys, k)
		}
	}
	return keys
}

// instead puts another record of the same person into "members#17".
func (p *people) instead(name string, n dataset.Ref) string {
	if ref := recordOf(name); ref == 0 || !p.Same(ref, n) {
		return name
	}
	of, _, _ := strings.Cut(name, "#")
	return of + "#" + strconv.FormatInt(int64(n), 10)
}

// wentToTwin tells whether what a message carries went, or may have gone, to the
// same person under another number.
func (b *Book) wentToTwin(m *messageEntry) bool {
	if len(b.numbers) == 0 || m.Kind != Letter {
		return false
	}
	return slices.ContainsFunc(m.Actions, func(key ActionKey) bool {
		a := b.actions[b.actionAt[key]-1].Action
		c := b.cases[b.caseAt[a.Case]-1].Case
		return slices.ContainsFunc(b.Twins(c, a), func(twin ActionKey) bool {
			n := b.actionAt[twin]
			return n != 0 && slices.ContainsFunc(b.actions[n-1].Messages, func(id int64) bool {
				s := b.messages[id-1].State
				return s == Claimed || s == Uncertain || s == Sent || s == Bounced
			})
		})
	})
}
