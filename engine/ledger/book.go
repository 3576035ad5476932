package ledger

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Book is the whole ledger as a value. Apply is the only way to change one;
// a Clone of it shares nothing. It has no lock: one goroutine may change it
// while no other reads it.
type Book struct {
	seq  int64
	hash [32]byte
	last time.Time // of the last event
	by   string    // who makes the change that is being made

	cases     []caseEntry
	caseAt    map[CaseKey]int32
	subjectAt map[subject]int32
	actions   []actionEntry
	actionAt  map[ActionKey]int32
	tasks     []taskEntry
	taskAt    map[ActionKey]int32
	messages  []messageEntry
	messageAt map[string]int32
	personAt  map[dataset.Ref]int32
	addressAt map[string]int32

	people
	office
	touch touch
}

// Refused is the error of a change that a Book does not make.
type Refused struct {
	Change string // its type
	Why    string // a sentence, without its full stop
}

func (r *Refused) Error() string {
	return "the ledger refuses " + strings.ReplaceAll(r.Change, "_", " ") + ": " + r.Why
}

// New gives an empty Book.
func New() *Book {
	return &Book{
		caseAt:    map[CaseKey]int32{},
		subjectAt: map[subject]int32{},
		actionAt:  map[ActionKey]int32{},
		taskAt:    map[ActionKey]int32{},
		messageAt: map[string]int32{},
		personAt:  map[dataset.Ref]int32{},
		addressAt: map[string]int32{},
		people:    newPeople(),
		office:    newOffice(),
		touch:     newTouch(),
	}
}

// Clone gives a Book that is equal and shares nothing.
func (b *Book) Clone() *Book {
	c := *b
	c.cases, c.actions = slices.Clone(b.cases), slices.Clone(b.actions)
	c.tasks, c.messages = slices.Clone(b.tasks), slices.Clone(b.messages)
	c.caseAt, c.subjectAt = maps.Clone(b.caseAt), maps.Clone(b.subjectAt)
	c.actionAt, c.taskAt = maps.Clone(b.actionAt), maps.Clone(b.taskAt)
	c.messageAt = maps.Clone(b.messageAt)
	c.personAt, c.addressAt = maps.Clone(b.personAt), maps.Clone(b.addressAt)
	c.people, c.office, c.touch = b.people.clone(), b.office.clone(), b.touch.clone()
	return &c
}

// Apply makes the change of an event, which must be the next one of the log.
// An error, which is a *Refused, leaves the Book as it was.
func (b *Book) Apply(e Event) error {
	c, body, err := encode(e.Change)
	if err != nil {
		return err
	}
	at := moment(e.At)
	why := ""
	switch {
	case e.Seq != b.seq+1:
		why = fmt.Sprintf("event %d does not follow event %d", e.Seq, b.seq)
	case !plainWord(e.By):
		why = "who did it is not a plain word, such as clarion or treasurer"
	case at.Year() < 1800 || at.Year() > 2999:
		why = "the event has no sensible moment"
	default:
		b.by = e.By
		why = c.apply(b, at)
	}
	if why != "" {
		return &Refused{Change: c.Type(), Why: why}
	}
	b.hash = chain(b.hash, e.Seq, at, e.By, c.Type(), body)
	b.seq, b.last = e.Seq, at
	return nil
}

// Seq is the number of the last event, 0 if there is none.
func (b *Book) Seq() int64 { return b.seq }

// Hash is the hash of the last event, which binds all before it; see Chain.
func (b *Book) Hash() [32]byte { return b.hash }

// Last is the moment of the last event, zero if there is none.
func (b *Book) Last() time.Time { return b.last }

// plainWord tells a word of lower-case letters, digits, _ and -, so that no
// name or address slips in.
func plainWord(s string) bool {
	if s == "" || len(s) > 60 {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' && r != '-' {
			return false
		}
	}
	return true
}

// among says why a thing in state s may not be changed so, if only things in
// one of the states in may.
func among[S ~string](what string, s S, in []S) string {
	if len(in) == 0 || slices.Contains(in, s) {
		return ""
	}
	return what + " is " + string(s)
}

// code joins a server's number and its words.
func code(n int, words string) string {
	if n == 0 {
		return words
	}
	return strings.TrimSpace(strconv.Itoa(n) + " " + words)
}
