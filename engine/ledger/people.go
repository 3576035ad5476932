package ledger

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// The scopes of a suppression.
const (
	scopeAll       = "all"
	scopeMarketing = "marketing"
	scopeBounced   = "bounced"
)

// A Contact is one that counts for a person's or an address's budget.
type Contact struct {
	At       time.Time
	Person   dataset.Ref
	Basis    string // service or marketing; empty: spoken with, outside the program
	Playbook string
	Step     string
	Case     CaseKey
	How      string // "letter", or how a person spoke with the member
}

// A suppression is what a Suppressed laid, and is known by.
type suppression struct {
	person  dataset.Ref
	address string
	scope   string
}

// laid is the reason of a suppression and when it came.
type laid struct {
	why string
	at  time.Time
}

// people is what the Book knows about persons besides their letters.
type people struct {
	suppressions map[suppression]laid
	onPerson     map[dataset.Ref][]suppression // replaced, never changed in place
	onAddress    map[string][]suppression
	spoken       []spokenEntry
	spokenAt     map[dataset.Ref]int32
	replied      map[dataset.Ref]time.Time // the latest
	erased       map[dataset.Ref]bool
	said         map[pair]Saying
	numbers      map[dataset.Ref][]dataset.Ref // of those with whom another record is one; replaced, never changed in place
}

// A spokenEntry is a contact outside the program and its link.
type spokenEntry struct {
	Spoken
	older int32 // with the same person
}

func newPeople() people {
	return people{
		suppressions: map[suppression]laid{},
		onPerson:     map[dataset.Ref][]suppression{},
		onAddress:    map[string][]suppression{},
		spokenAt:     map[dataset.Ref]int32{},
		replied:      map[dataset.Ref]time.Time{},
		erased:       map[dataset.Ref]bool{},
		said:         map[pair]Saying{},
	}
}

func (p people) clone() people {
	return people{
		maps.Clone(p.suppressions), maps.Clone(p.onPerson), maps.Clone(p.onAddress),
		slices.Clone(p.spoken), maps.Clone(p.spokenAt), maps.Clone(p.replied), maps.Clone(p.erased),
		maps.Clone(p.said), p.numbers,
	}
}

// isErased tells whether a person, or the record of one, has been forgotten.
func (p *people) isErased(ref dataset.Ref) bool { return ref != 0 && p.erased[ref] }

func (c Suppressed) apply(b *Book, at time.Time) string {
	if c.Person < 0 || c.Person == 0 && c.Address == "" {
		return "a suppression is of a person or of an address"
	}
	if c.Scope != scopeAll && c.Scope != scopeMarketing && c.Scope != scopeBounced {
		return "the scope of a suppression is all, marketing or bounced"
	}
	b.lay(suppression{c.Person, c.Address, c.Scope}, laid{c.Why, at})
	b.touch.part("suppressions")
	return ""
}

// lay puts a suppression into the indexes; the latest of the same stands.
func (p *people) lay(s suppression, l laid) {
	if _, known := p.suppressions[s]; !known {
		if s.person != 0 {
			p.onPerson[s.person] = append(slices.Clip(p.onPerson[s.person]), s)
		}
		if s.address != "" {
			p.onAddress[s.address] = append(slices.Clip(p.onAddress[s.address]), s)
		}
	}
	p.suppressions[s] = l
}

// on gives the suppressions of a person, under whatever number they were laid,
// or of an address, each once. That the address of another number does not work
// says nothing of this one's.
func (p *people) on(person dataset.Ref, address string) []suppression {
	var found []suppression
	if person != 0 {
		for _, n := range p.Numbers(person) {
			for _, s := range p.onPerson[n] {
				if n == person || s.scope != scopeBounced || s.address == "" || s.address == address {
					found = append(found, s)
				}
			}
		}
	}
	if address != "" {
		for _, s := range p.onAddress[address] {
			if person == 0 || !p.Same(s.person, person) {
				found = append(found, s)
			}
		}
	}
	return found
}

func (c Unsuppressed) apply(b *Book, _ time.Time) string {
	lifted := false
	for _, s := range b.on(c.Person, c.Address) {
		if s.scope != c.Scope || c.Person != 0 && !b.Same(s.person, c.Person) || c.Address != "" && s.address != c.Address {
			continue
		}
		lifted = true
		delete(b.suppressions, s)
		drop(b.onPerson, s.person, s)
		drop(b.onAddress, s.address, s)
	}
	if !lifted {
		return "no such suppression is laid"
	}
	b.touch.part("suppressions")
	return ""
}

// drop takes a suppression out of an index.
func drop[K comparable](index map[K][]suppression, key K, s suppression) {
	var kept []suppression
	for _, other := range index[key] {
		if other != s {
			kept = append(kept, other)
		}
	}
	if kept == nil {
		delete(index, key)
		return
	}
	index[key] = kept
}

// Suppression gives what is laid on the person or on the address.
func (b *Book) Suppression(person dataset.Ref, address string) []Suppressed {
	var found []Suppressed
	for _, s := range b.on(person, address) {
		found = append(found, Suppressed{s.person, s.address, s.scope, b.suppressions[s].why})
	}
	slices.SortFunc(found, func(x, y Suppressed) int {
		return cmp.Or(strings.Compare(x.Scope, y.Scope), cmp.Compare(x.Person, y.Person), strings.Compare(x.Address, y.Address))
	})
	return found
}

// suppresses tells whether a letter of that basis may not go.
func (p *people) suppresses(person dataset.Ref, address, basis string) bool {
	return slices.ContainsFunc(p.on(person, address), func(s suppression) bool {
		return s.scope != scopeMarketing || basis == basisMarketing
	})
}

func (c Contacted) apply(b *Book, at time.Time) string {
	switch {
	case c.Person <= 0 || c.How == "":
		return "a contact has a person and a way"
	case b.isErased(c.Person):
		return "the person has been erased"
	}
	b.addSpoken(Spoken{c.Person, c.How, at})
	b.touch.part("contacts")
	return ""
}

func (p *people) addSpoken(s Spoken) {
	p.spoken = append(p.spoken, spokenEntry{s, p.spokenAt[s.Person]})
	p.spokenAt[s.Person] = int32(len(p.spoken))
}

func (c Replied) apply(b *Book, at time.Time) string {
	switch {
	case c.Person <= 0:
		return "a reply has a person"
	case b.isErased(c.Person):
		return "the person has been erased"
	}
	if at.After(b.replied[c.Person]) {
		b.replied[c.Person] = at
		b.touch.part("replies")
	}
	return ""
}

// RepliedSince tells whether the person replied then or later, under whatever
// number.
func (b *Book) RepliedSince(person dataset.Ref, since time.Time) bool {
	return slices.ContainsFunc(b.Numbers(person), func(n dataset.Ref) bool {
		at, ever := b.replied[n]
		return ever && !at.Before(since)
	})
}

// ContactsSince gives the contacts with the person, under whatever number, or
// under the address, then or later, in order: letters of basis service and marketing that were sent,
// came back, are on the wire or may have gone, and talks outside the program.
func (b *Book) ContactsSince(person dataset.Ref, address string, since time.Time) []Contact {
	var found []Contact
	add := func(m *messageEntry) {
		at := m.SentAt
		switch m.State {
		case Claimed:
			at = m.At
		case Sent, Uncertain, Bounced:
		default:
			return
		}
		if at.Before(since) {
			return
		}
		a := &b.actions[b.actionAt[m.Actions[0]]-1]
		found = append(found, Contact{at, m.Person, m.Basis, m.Playbook, a.Step, a.Case, "letter"})
	}
	for _, ref := range b.Numbers(person) {
		for n := b.personAt[ref]; n != 0 && ref != 0; n = b.messages[n-1].samePerson {
			add(&b.messages[n-1])
		}
		for n := b.spokenAt[ref]; n != 0 && ref != 0; n = b.spoken[n-1].older {
			if s := b.spoken[n-1]; !s.At.Before(since) {
				found = append(found, Contact{At: s.At, Person: s.Person, How: s.How})
			}
		}
	}
	if address != "" {
		for n := b.addressAt[address]; n != 0; n = b.messages[n-1].sameAddress {
			if m := &b.messages[n-1]; person == 0 || !b.Same(m.Person, person) {
				add(m)
			}
		}
	}
	slices.SortFunc(found, func(x, y Contact) int {
		return cmp.Or(x.At.Compare(y.At), strings.Compare(string(x.Case), string(y.Case)),
			strings.Compare(x.Step, y.Step), strings.Compare(x.How, y.How), strings.Compare(x.Basis, y.Basis))
	})
	return found
}
