package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// The reasons for which nothing is sent to a person one of whose records says
// so. They are laid on that record, and so they hold when it has left the list,
// and do not go with the others when the records are parted again.
const (
	hasDied     = "deceased"
	hasResigned = "resigned"
)

// A Persona is one record of a person.
type Persona struct {
	store.Numbered
	Name string // as it calls the person
}

// A Saying is what a person said of two records.
type Saying struct {
	One, Other Persona
	Same       bool
	At         time.Time
}

// People gives the pairs of records that may be of one person and of which
// nobody has said anything yet, and what was said of others.
func (e *Engine) People(ctx context.Context) (pairs []dataset.Likeness, said []Saying, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		var now, former dataset.Tables
		if pairs, now, former, err = e.pairs(tx, book); err != nil {
			return err
		}
		for _, s := range book.Sayings() {
			known, err := tx.ByNumber(s.One, s.Other)
			if err != nil {
				return err
			}
			name := func(ref dataset.Ref) Persona {
				n := known[ref]
				for _, tables := range []dataset.Tables{now, former} {
					if t := tables[n.Dataset]; t != nil && t.ByRef(ref) != nil {
						return Persona{n, t.Schema.WhoIs(t.ByRef(ref))}
					}
				}
				return Persona{Numbered: n}
			}
			said = append(said, Saying{name(s.One), name(s.Other), s.Same, s.At})
		}
		return nil
	})
	return pairs, said, err
}

// pairs proposes records that may be of one person, of the lists it gives with
// them.
func (e *Engine) pairs(tx *store.Tx, book *ledger.Book) (pairs []dataset.Likeness, now, former dataset.Tables, err error) {
	now, former, err = e.everybody(tx)
	if err != nil {
		return nil, nil, nil, err
	}
	decided := func(a, b dataset.Ref) bool { return book.Same(a, b) || book.Apart(a, b) }
	return dataset.Likenesses(now, former, decided), now, former, nil
}

// everybody gives the lists as they were imported, with what was matched by
// number and name, and the persons who stand in none of them any more.
func (e *Engine) everybody(tx *store.Tx) (now, former dataset.Tables, err error) {
	if now, err = tx.Tables(e.set.Schemas); err != nil {
		return nil, nil, err
	}
	former = dataset.Tables{}
	for name, t := range now {
		now[name] = t.MatchPeople(now["members"])
		if !t.Schema.Person || len(t.Rows) == 0 {
			continue
		}
		if former[name], err = tx.Former(t.Schema, t); err != nil {
			return nil, nil, err
		}
	}
	return now, former, nil
}

// MaySeePeople says why a role may not be shown who may be one person, or is
// empty: it takes the columns that tell people apart.
func (e *Engine) MaySeePeople(role string) string {
	r := e.set.Roles[role]
	s := e.set.Schemas["members"]
	if s == nil {
		return ""
	}
	for _, name := range []string{"name", "email", "phone", "postcode", "born"} {
		i, ok := s.Column(name)
		if ok && (r == nil || !r.Sees(playbook.Guard{Dataset: "members", Column: name, Class: s.Columns[i].Class})) {
			return "only a role that may see the names and addresses of members is shown this: --as ROLE, membership_officer for one"
		}
	}
	return ""
}

// SaySame writes down a person's word that one human stands behind two records,
// which are named by a membership number, or as donations/R9001. Held is what is
// not sent to that person from now on because of one of the records.
func (e *Engine) SaySame(ctx context.Context, by, one, other string) (said Saying, held []ledger.Suppressed, err error) {
	now := e.Now()
	err = e.decide(ctx, by, one, other, &said, func(a, b dataset.Ref) ledger.Change { return ledger.SaidSame{One: a, Other: b} },
		func(tx *store.Tx) (err error) {
			held, err = e.heldBack(tx, by, now, said.One.Ref, true)
			return err
		})
	said.Same = true
	return said, held, err
}

// SayDifferent writes down that two records are of two people: they are proposed
// no more.
func (e *Engine) SayDifferent(ctx context.Context, by, one, other string) (said Saying, err error) {
	err = e.decide(ctx, by, one, other, &said, func(a, b dataset.Ref) ledger.Change { return ledger.SaidDifferent{One: a, Other: b} }, nil)
	return said, err
}

// Unsay takes back what was said of two records. What was sent, laid or written
// down under each of them stays with it.
func (e *Engine) Unsay(ctx context.Context, by, one, other string) (said Saying, err error) {
	err = e.decide(ctx, by, one, other, &said, func(a, b dataset.Ref) ledger.Change { return ledger.SaidUndone{One: a, Other: b} }, nil)
	return said, err
}

// decide makes one change about two records.
func (e *Engine) decide(ctx context.Context, by, one, other string, said *Saying, change func(a, b dataset.Ref) ledger.Change, then func(*store.Tx) error) error {
	if why := e.MaySeePeople(by); why != "" {
		return errors.New(why)
	}
	now := e.Now()
	return e.Store.Update(ctx, func(tx *store.Tx) error {
		both := [2]Persona{}
		for i, text := range []string{one, other} {
			var err error
			if both[i], err = e.persona(tx, text); err != nil {
				return err
			}
		}
		book, err := tx.LoadBook()
		if err != nil {
			return err
		}
		*said = Saying{One: both[0], Other: both[1], At: now}
		for _, s := range book.Sayings() {
			if s.One == min(both[0].Ref, both[1].Ref) && s.Other == max(both[0].Ref, both[1].Ref) {
				said.Same = s.Same
			}
		}
		err = tx.Apply(now, by, change(both[0].Ref, both[1].Ref))
		var no *ledger.Refused
		switch {
		case errors.As(err, &no):
			return fmt.Errorf("%s and %s: %s. clarion people --said lists what was said", dataset.Plain(one), dataset.Plain(other), no.Why)
		case err != nil || then == nil:
			return err
		}
		return then(tx)
	})
}

// persona finds the record that a membership number, or the name of a list and a
// key in it, stand for, whether it is in the list still or not.
func (e *Engine) persona(tx *store.Tx, text string) (Persona, error) {
	name, key, ok := strings.Cut(text, "/")
	if !ok || e.set.Schemas[name] == nil { // a number may have a stroke in it
		name, key = "members", text
	}
	schema := e.set.Schemas[name]
	if schema == nil || !schema.NamesOne() {
		return Persona{}, fmt.Errorf("%s says nothing of who a person is; write a membership number, or a list and a key in it, such as donations/R9001", dataset.Plain(name))
	}
	for _, k := range []string{key, strings.ToUpper(key)} {
		ref, err := tx.ByKey(name, k)
		if err != nil || ref != 0 {
			return Persona{Numbered: store.Numbered{Dataset: name, Key: k, Ref: ref}}, err
		}
	}
	return Persona{}, fmt.Errorf("no record of %s ever had the key %s", dataset.Plain(name), dataset.Plain(key))
}

// heldBack lays on the records of one person what their lists say of whether
// anything may be sent: that they have died and, where the records have just
// been joined, that they resigned and have not been let back by a person.
func (e *Engine) heldBack(tx *store.Tx, by string, now time.Time, of dataset.Ref, joined bool) (laid []ledger.Suppressed, err error) {
	book, err := tx.LoadBook()
	if err != nil {
		return nil, err
	}
	tables, err := tx.Tables(e.set.Schemas)
	if err != nil {
		return nil, err
	}
	numbers := book.Numbers(of)
	for name, t := range tables {
		if !t.Schema.Person || len(t.Rows) == 0 {
			continue
		}
		former, err := tx.Former(t.Schema, t, numbers...)
		if err != nil {
			return nil, err
		}
		for _, ref := range numbers {
			row := t.ByRef(ref)
			if row == nil {
				row = former.ByRef(ref)
			}
			if row == nil {
				continue
			}
			status, _ := row.Get(tables[name].Schema, "status")
			if status.S != hasDied && (status.S != hasResigned || !joined) || slices.ContainsFunc(book.Suppression(ref, ""), func(s ledger.Suppressed) bool {
				return s.Person == ref && s.Scope == "all" && s.Why == status.S
			}) {
				continue
			}
			laid = append(laid, ledger.Suppressed{Person: ref, Scope: "all", Why: status.S})
		}
	}
	slices.SortFunc(laid, func(a, b ledger.Suppressed) int { return int(a.Person - b.Person) })
	for _, s := range laid {
		if err := tx.Apply(now, by, s); err != nil {
			return nil, err
		}
	}
	return laid, nil
}

// keepDeaths lays down, once a list was taken, that people have died of whom one
// record says so: the others hold it when that record leaves the list.
func (e *Engine) keepDeaths(tx *store.Tx, now time.Time) error {
	book, err := tx.LoadBook()
	if err != nil {
		return err
	}
	for _, person := range humans(book) {
		if _, err := e.heldBack(tx, "clarion", now, person, false); err != nil {
			return err
		}
	}
	return nil
}

// humans gives the people with several records, each by the number by which they
// are counted.
func humans(book *ledger.Book) (all []dataset.Ref) {
	for _, s := range book.Sayings() {
		if p := book.Person(s.One); s.Same && !slices.Contains(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// asOne shows each person once in the tables that playbooks see.
func (e *Engine) asOne(tx *store.Tx, tables dataset.Tables) error {
	book, err := tx.LoadBook()
	if err != nil {
		return err
	}
	people := humans(book)
	if len(people) == 0 {
		return nil
	}
	facts, err := tx.Facts("members")
	if err != nil {
		return err
	}
	var all []dataset.Human
	for _, p := range people {
		h := dataset.Human{Refs: book.Numbers(p), Keys: map[dataset.Ref]string{}, Facts: map[dataset.Ref][]dataset.Fact{}}
		known, err := tx.ByNumber(h.Refs...)
		if err != nil {
			return err
		}
		for ref, n := range known {
			if n.Dataset == "members" {
				h.Keys[ref] = n.Key
			}
		}
		for _, f := range facts {
			if slices.Contains(h.Refs, f.Ref) && tables["members"].ByRef(f.Ref) == nil {
				h.Facts[f.Ref] = append(h.Facts[f.Ref], dataset.Fact{Column: f.Column, Value: f.Value, By: f.By, At: f.At})
			}
		}
		h.Died = slices.ContainsFunc(book.Suppression(p, ""), func(s ledger.Suppressed) bool { return s.Why == hasDied })
		all = append(all, h)
	}
	for name, t := range dataset.AsOne(tables, all, book.Apart) {
		tables[name] = t
	}
	return nil
}

// otherRecords gives the records of persons that are one with a record, by their
// numbers.
func (e *Engine) otherRecords(tx *store.Tx, ref dataset.Ref) (others []store.Numbered, err error) {
	book, err := tx.LoadBook()
	if err != nil {
		return nil, err
	}
	numbers := book.Numbers(ref)
	known, err := tx.ByNumber(numbers...)
	for _, n := range numbers {
		if s := e.set.Schemas[known[n].Dataset]; n != ref && s != nil && s.Person {
			others = append(others, known[n])
		}
	}
	return others, err
}

// addForgotten adds up what was cleared of two records.
func addForgotten(items, more []store.ForgetItem) []store.ForgetItem {
	for _, m := range more {
		i := slices.IndexFunc(items, func(x store.ForgetItem) bool { return x.What == m.What && x.Kept == m.Kept })
		if i < 0 {
			items = append(items, m)
			continue
		}
		items[i].Count += m.Count
	}
	return items
}
