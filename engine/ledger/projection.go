package ledger

import (
	"cmp"
	"encoding/hex"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Projection is everything in a Book, as plain lists in a fixed order: cases
// and actions by key, tasks and messages by number.
type Projection struct {
	Cases    []Case
	Actions  []Action
	Tasks    []Task
	Messages []Message
	Rest     Rest
}

// Rest is what a Book holds besides cases, actions, tasks and messages. It is
// small, apart from Contacts, and can be saved whole as JSON.
type Rest struct {
	Seq          int64           `json:"seq"`
	Hash         string          `json:"hash"` // hexadecimal
	Last         time.Time       `json:"last,omitzero"`
	Suppressions []Suppression   `json:"suppressions,omitempty"`
	Contacts     []Spoken        `json:"contacts,omitempty"` // in the order in which they were recorded
	Replies      []Reply         `json:"replies,omitempty"`
	Switches     []Switch        `json:"switches,omitempty"`
	Adoptions    []Adoption      `json:"adoptions,omitempty"`
	Trust        []Trust         `json:"trust,omitempty"`
	Decided      []Decided       `json:"decided,omitempty"`
	Releases     []BrakeReleased `json:"releases,omitempty"` // by playbook, then in the order in which they came
	Plans        []SavedPlan     `json:"plans,omitempty"`    // by number
	Runs         []RunRecorded   `json:"runs,omitempty"`
	Imports      []ImportMade    `json:"imports,omitempty"`
	Facts        []FactRecorded  `json:"facts,omitempty"`
	Erased       []dataset.Ref   `json:"erased,omitempty"`
	Said         []Saying        `json:"said,omitempty"` // of two records
	Halted       bool            `json:"halted,omitempty"`
	HaltedFor    string          `json:"halted_for,omitempty"`
	Confirmed    time.Time       `json:"confirmed,omitzero"`
	Machine      string          `json:"machine,omitempty"`
	Fence        int64           `json:"fence,omitempty"`
}

// What Rest lists.
type (
	// Suppression is one that is laid, and since when.
	Suppression struct {
		Person  dataset.Ref `json:"person,omitempty"`
		Address string      `json:"address,omitempty"`
		Scope   string      `json:"scope"`
		Why     string      `json:"why,omitempty"`
		At      time.Time   `json:"at"`
	}
	// Spoken is a contact outside the program.
	Spoken struct {
		Person dataset.Ref `json:"person"`
		How    string      `json:"how"`
		At     time.Time   `json:"at"`
	}
	// Reply is the latest of a person.
	Reply struct {
		Person dataset.Ref `json:"person"`
		At     time.Time   `json:"at"`
	}
	// Switch is the latest and the first switching on of a playbook.
	Switch struct {
		Playbook string    `json:"playbook"`
		Digest   string    `json:"digest,omitempty"`
		Words    string    `json:"words,omitempty"`
		Observes bool      `json:"observes,omitempty"`
		At       time.Time `json:"at"`
		First    time.Time `json:"first"`
	}
	// Trust is the level at which a playbook stands, since when, and why if it
	// earned it or fell to it.
	Trust struct {
		Playbook string    `json:"playbook"`
		Level    string    `json:"level"`
		Why      string    `json:"why,omitempty"`
		Minute   string    `json:"minute,omitempty"`
		At       time.Time `json:"at"`
	}
	// Decided counts the letters of a playbook that persons approved, and the
	// batches: the moments at which they did. Trust that is given, earned or
	// lost, and a letter that is struck out, begin it anew.
	Decided struct {
		Playbook string    `json:"playbook"`
		Letters  int       `json:"letters"`
		Batches  int       `json:"batches"`
		Last     time.Time `json:"last"`
	}
	// Adoption is the latest of a playbook.
	Adoption struct {
		Playbook string    `json:"playbook"`
		Digest   string    `json:"digest,omitempty"`
		At       time.Time `json:"at"`
	}
	// ImportMade is one import and whether it was undone.
	ImportMade struct {
		Import  int64  `json:"import"`
		Dataset string `json:"dataset"`
		Undone  bool   `json:"undone,omitempty"`
	}
)

// Projection gives everything in the Book. It shares nothing with it.
func (b *Book) Projection() Projection {
	p := Projection{Cases: b.Cases(), Tasks: b.Tasks(), Messages: b.Messages(), Rest: b.Rest()}
	p.Actions = make([]Action, len(b.actions))
	for i := range b.actions {
		p.Actions[i] = b.actionOut(int32(i) + 1)
	}
	sortActions(p.Actions)
	return p
}

// Rest gives what the Book holds besides cases, actions, tasks and messages.
func (b *Book) Rest() Rest {
	r := Rest{
		Seq: b.seq, Hash: hex.EncodeToString(b.hash[:]), Last: b.last, Runs: b.Runs(), Halted: b.halted,
		HaltedFor: b.haltedFor, Confirmed: b.confirmed, Machine: b.machine, Fence: b.fence,
		Erased: slices.Sorted(maps.Keys(b.erased)), Said: b.Sayings(), Plans: b.SavedPlans(),
	}
	for s, l := range b.suppressions {
		r.Suppressions = append(r.Suppressions, Suppression{s.person, s.address, s.scope, l.why, l.at})
	}
	slices.SortFunc(r.Suppressions, func(x, y Suppression) int {
		return cmp.Or(cmp.Compare(x.Person, y.Person), strings.Compare(x.Address, y.Address), strings.Compare(x.Scope, y.Scope))
	})
	for _, s := range b.spoken {
		r.Contacts = append(r.Contacts, s.Spoken)
	}
	for _, person := range slices.Sorted(maps.Keys(b.replied)) {
		r.Replies = append(r.Replies, Reply{person, b.replied[person]})
	}
	r.Switches, r.Adoptions, r.Trust, r.Imports = sorted(b.switches), sorted(b.adoptions), sorted(b.trust), sorted(b.imports)
	r.Decided = sorted(b.decided)
	for _, list := range sorted(b.releases) {
		r.Releases = append(r.Releases, list...)
	}
	for key, digest := range b.facts {
		r.Facts = append(r.Facts, FactRecorded{key.dataset, key.subject, key.column, digest})
	}
	slices.SortFunc(r.Facts, func(x, y FactRecorded) int {
		return cmp.Or(strings.Compare(x.Dataset, y.Dataset), cmp.Compare(x.Subject, y.Subject), strings.Compare(x.Column, y.Column))
	})
	return r
}

// sorted gives the values of a map by their keys.
func sorted[K cmp.Ordered, V any](m map[K]V) []V {
	var list []V
	for _, key := range slices.Sorted(maps.Keys(m)) {
		list = append(list, m[key])
	}
	return list
}

// Equal tells whether two Books hold the same. What was touched is no part of it.
func (b *Book) Equal(other *Book) bool {
	return reflect.DeepEqual(b.Projection(), other.Projection())
}
