package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A Play steps a Book through time: lists are imported, looks are taken and
// written down, and messages leave. Playbook tests, forecasts and comparisons
// are played so. Nothing in it leaves the program.
type Play struct {
	Set    *playbook.Set
	Tables dataset.Tables
	Book   *ledger.Book
	Now    time.Time
	Log    []ledger.Event // all that happened

	from    *Input // what it continues, if it did not begin with nothing
	refs    map[string]dataset.Ref
	top     dataset.Ref                 // the greatest number given to a record
	held    map[string][]*dataset.Table // the imports of each dataset that stand, in order
	letters map[int64]letter.Content
	facts   map[string]map[dataset.Ref][]dataset.Fact // local facts, by dataset
	imports []dataset.Import                          // of the lists that were taken
	kinds   map[string]string                         // which report the next list of a dataset is, if it says
}

// NewPlay begins with an empty Book and no lists.
func NewPlay(set *playbook.Set) *Play {
	return &Play{Set: set, Tables: dataset.Tables{}, Book: ledger.New(), refs: map[string]dataset.Ref{},
		held: map[string][]*dataset.Table{}, letters: map[int64]letter.Content{},
		facts: map[string]map[dataset.Ref][]dataset.Fact{}}
}

// Continue begins where an Input stands, with a copy of its Book and with its
// lists as they are.
func Continue(in Input) *Play {
	p := NewPlay(in.Set)
	p.Tables, p.Book, p.Now, p.from = maps.Clone(in.Tables), in.Book.Clone(), in.Now, &in
	for name, t := range p.Tables {
		for _, r := range t.Rows {
			p.top = max(p.top, r.Ref)
		}
		if !t.Imported.IsZero() && p.Set.Schemas[name] != nil && !derived[name] {
			p.held[name] = []*dataset.Table{t}
		}
	}
	if t := p.Tables["gift_groups"]; t != nil {
		for _, r := range t.Rows {
			if r.Ref > 0 {
				p.refs["gift_groups\x00"+r.Key] = r.Ref
			}
		}
	}
	p.derive("")
	return p
}

// derived are the datasets that are worked out from others.
var derived = map[string]bool{"people": true, "changes": true, "imports": true, "gift_groups": true}

// Input is what a plan of this moment depends on.
func (p *Play) Input() Input {
	if p.from != nil {
		in := *p.from
		in.Tables, in.Book, in.Now = p.Tables, p.Book, p.Now
		return in
	}
	return Input{Set: p.Set, Tables: p.Tables, Book: p.Book, Now: p.Now, Hash: func(address string) string {
		h := sha256.Sum256([]byte(address))
		return hex.EncodeToString(h[:])
	}, File: func(sha string) (letter.Attachment, bool) {
		return letter.Attachment{Name: "document.pdf", Type: "application/pdf", SHA256: sha, Size: 1}, true
	}}
}

// Entrust gives each playbook all the trust that its files allow: without
// anybody's word it would only observe.
func (p *Play) Entrust() error { return p.Do("officer", Entrust(p.Set)...) }

// Do makes changes now.
func (p *Play) Do(by string, changes ...ledger.Change) error {
	for _, c := range changes {
		e := ledger.Event{Seq: p.Book.Seq() + 1, At: p.Now, By: by, Change: c}
		if err := p.Book.Apply(e); err != nil {
			return fmt.Errorf("at %s: %w", p.Now.Format(time.RFC3339), err)
		}
		p.Log = append(p.Log, e)
	}
	return nil
}

// Import takes rows as the whole list of a dataset. Rows are known by their
// keys; they are copied, and numbered where they have no number.
func (p *Play) Import(name, file string, rows []*dataset.Row) {
	before := p.Tables[name]
	if before != nil && before.Imported.IsZero() {
		before = nil
	}
	first := p.Now
	if before != nil {
		first = before.First
	}
	fresh := make([]*dataset.Row, len(rows))
	for i, r := range rows {
		row := *r
		row.Ref, row.FirstSeen, row.Changed, row.Baseline = p.ref(name, row.Key), p.Now, p.Now, before == nil
		if before != nil {
			if old := before.ByRef(row.Ref); old != nil {
				row.FirstSeen, row.Baseline = old.FirstSeen, old.Baseline
				if sameCells(before, old, &row) {
					row.Changed = old.Changed
				}
			} else if was := p.earlier(name, row.Ref); was != nil {
				row.FirstSeen, row.Baseline = was.FirstSeen, was.Baseline
			}
		}
		fresh[i] = &row
	}
	fresh = append(fresh, p.missing(name, before, fresh)...)
	t := dataset.NewTable(p.Set.Schemas[name], fresh, p.Now, first, file, "")
	p.held[name] = append(p.held[name], t)
	if p.from == nil {
		p.imports = append(p.imports, dataset.Import{Ref: dataset.Ref(len(p.imports) + 1), Dataset: name, Kind: p.kinds[name],
			File: file, At: p.Now, Full: true, Baseline: before == nil, Rows: len(rows)})
	}
	p.stand(name, t)
}

// missing are the records that a new list of a dataset does not have and that are
// held all the same.
func (p *Play) missing(name string, before *dataset.Table, fresh []*dataset.Row) []*dataset.Row {
	after := p.Set.GoneAfter(name)
	if before == nil || after <= 1 {
		return nil
	}
	there := make(map[dataset.Ref]bool, len(fresh))
	for _, r := range fresh {
		there[r.Ref] = true
	}
	clock := p.Set.Constituency.Clock
	var out []*dataset.Row
	for _, r := range before.Rows {
		known := r
		if t := p.Tables[name]; t != nil && t.ByRef(r.Ref) != nil {
			known = t.ByRef(r.Ref)
		}
		if there[r.Ref] || before.Schema.Left(known) {
			continue
		}
		if m := before.Missing(r, clock.Day(before.Imported), clock.Day(p.Now)); m.Absence.Lists < after {
			out = append(out, m)
		}
	}
	return out
}

// earlier is a record as it was last seen in a list before the one that stands,
// from which it is gone.
func (p *Play) earlier(name string, ref dataset.Ref) *dataset.Row {
	for _, t := range slices.Backward(p.held[name]) {
		if r := t.ByRef(ref); r != nil {
			return r
		}
	}
	return nil
}

// Take makes a whole table, which was imported before, the current one of its
// dataset, as it was then: its records keep their numbers and their first days.
func (p *Play) Take(i dataset.Import, t *dataset.Table) {
	s := p.Set.Schemas[i.Dataset]
	if s == nil {
		return
	}
	for _, r := range t.Rows {
		p.top = max(p.top, r.Ref)
	}
	t = dataset.NewTable(s, t.Rows, t.Imported, t.First, t.File, t.Sheet)
	p.held[i.Dataset] = append(p.held[i.Dataset], t)
	p.imports = append(p.imports, i)
	p.stand(i.Dataset, t)
}

// Pass lets time pass until a moment. The lists that may grow old are brought in
// anew, and say the same.
func (p *Play) Pass(to time.Time) {
	p.Now = to
	for name, h := range p.held {
		if src, ok := p.Set.Constituency.Data[name]; !ok || src.StaleAfter.N == 0 {
			continue
		}
		h[len(h)-1] = again(h[len(h)-1], to)
		p.Tables[name] = again(p.Tables[name], to)
	}
	p.people()
}

// again is the same list, imported at another moment.
func again(t *dataset.Table, at time.Time) *dataset.Table {
	return dataset.NewTable(t.Schema, t.Rows, at, t.First, t.File, t.Sheet)
}

// Undo withdraws the last import of a dataset, if there was one before it.
func (p *Play) Undo(name string) bool {
	h := p.held[name]
	if len(h) < 2 {
		return false
	}
	p.held[name] = h[:len(h)-1]
	p.stand(name, h[len(h)-2])
	return true
}

// stand makes a table the current one of its dataset, with the facts that lie
// over it and all that is derived from it.
func (p *Play) stand(name string, t *dataset.Table) {
	if name == "members" {
		delete(p.Tables, "changes") // they are told by the lists that came, and by no fact
	}
	p.lay(name, t)
}

// lay lays the facts over a list.
func (p *Play) lay(name string, t *dataset.Table) {
	p.Tables[name] = dataset.Overlay(t, p.facts[name])
	for other, h := range p.held { // who is a member may have changed for all of them
		if other == name || name == "members" {
			p.Tables[other] = dataset.Overlay(h[len(h)-1], p.facts[other]).MatchPeople(p.Tables["members"])
		}
	}
	p.derive(name)
}

// people makes the dataset of everybody, of whom some hold an office today.
func (p *Play) people() {
	if p.Set.Reads("people") {
		p.Tables["people"] = dataset.People(p.Tables, p.Set.Constituency.Clock.Day(p.Now))
	}
}

// derive makes the derived datasets that a playbook reads and that depend on a
// dataset, or all.
func (p *Play) derive(from string) {
	p.people()
	if p.Set.Reads("gift_groups") && (from == "" || from == "donations" || from == "loans" || from == "members" || p.Tables["gift_groups"] == nil) {
		t := dataset.GiftGroups(p.Tables, p.Set.Law.At, p.Book.Person)
		refs := make(map[string]dataset.Ref, len(t.Rows))
		for _, r := range t.Rows {
			refs[r.Key] = p.ref("gift_groups", r.Key)
		}
		p.Tables["gift_groups"] = t.WithRefs(refs)
	}
	if p.Set.Reads("imports") && len(p.imports) > 0 {
		p.Tables["imports"] = dataset.Imports(p.imports)
	}
	if s := p.Set.Schemas["members"]; s != nil && p.Set.Reads("changes") && p.from == nil && p.Tables["changes"] == nil {
		t := dataset.Changes(p.Set.Constituency.Clock, p.held["members"]...)
		if t == nil {
			t = dataset.NewTable(dataset.ChangesSchema(s), nil, p.Now, p.Now, "", "")
		}
		p.Tables["changes"] = t
	}
}

// sameCells compares what the file says with what it said before, whatever
// facts lie over it.
func sameCells(t *dataset.Table, old, row *dataset.Row) bool {
	if len(old.Cells) != len(row.Cells) || len(old.Problems) != len(row.Problems) {
		return false
	}
	was := append([]dataset.Value(nil), old.Cells...)
	for _, f := range old.Local {
		if i, ok := t.Schema.Column(f.Column); ok {
			was[i] = f.Was
		}
	}
	for i, v := range was {
		w := row.Cells[i]
		if v.Kind == dataset.Person { // whom it was matched with is not in the file
			v.N, w.N = 0, 0
		}
		if v != w {
			return false
		}
	}
	return true
}

func (p *Play) ref(name, key string) dataset.Ref {
	k := name + "\x00" + key
	if p.refs[k] == 0 {
		p.top++
		p.refs[k] = p.top
	}
	return p.refs[k]
}

// Record lays a local fact over a cell.
func (p *Play) Record(name string, ref dataset.Ref, column string, v dataset.Value) {
	if p.facts[name] == nil {
		p.facts[name] = map[dataset.Ref][]dataset.Fact{}
	}
	p.facts[name][ref] = append(p.facts[name][ref], dataset.Fact{Column: column, Value: v, By: "officer", At: p.Now})
	h := p.held[name]
	switch {
	case len(h) == 0:
	case name == "members" && (v.Kind == dataset.Date || v.Kind == dataset.YesNo): // by which nobody is known
		p.Tables[name] = dataset.Overlay(h[len(h)-1], p.facts[name]).MatchPeople(p.Tables[name])
	default:
		p.lay(name, h[len(h)-1])
	}
}

// Answer answers a task, with all that the answer does.
func (p *Play) Answer(t ledger.Task, answer string) error {
	effects, err := Answer(p.Input(), t, answer)
	if err != nil {
		return err
	}
	for _, e := range effects {
		if e.Suppress {
			if err := p.Do("officer", ledger.Suppressed{Person: e.Ref, Scope: "all", Why: "an answer"}); err != nil {
				return err
			}
			continue
		}
		p.Record(e.Dataset, e.Ref, e.Column, e.Value)
	}
	return p.Do("officer", ledger.TaskGotAnswer{Number: t.Number, Answer: answer})
}

// Look plans and writes the plan down: changes are made, messages proposed,
// and those approved that a playbook is trusted with.
func (p *Play) Look() (*Plan, error) {
	return p.write(newPlanner(p.Input()))
}

func (p *Play) write(w *planner) (*Plan, error) {
	pl := w.compute()
	for _, h := range pl.Holds {
		if h.Kind == "date" {
			return pl, nil
		}
	}
	if err := p.Do("clarion", pl.Changes...); err != nil {
		return pl, err
	}
	for i := range pl.Messages {
		m := &pl.Messages[i]
		if m.Stands {
			continue
		}
		if err := p.Do("clarion", ledger.MessageProposed{Message: m.Message, Actions: m.Owed}); err != nil {
			return pl, err
		}
		saved, _ := p.Book.MessageAt(m.Key)
		m.ID = saved.ID
		p.letters[m.ID] = m.Content
		if !m.Release {
			continue
		}
		if err := p.Do("clarion", ledger.MessageApproved{ID: m.ID, Digest: m.Digest, Auto: true}); err != nil {
			return pl, err
		}
	}
	return pl, p.Do("clarion", ledger.RunRecorded{Logical: p.Now, Digest: pl.Digest, Actions: pl.Tally()})
}

// agreed gives a letter its yes, and where it needs two, both.
func (p *Play) agreed(m ledger.Message) error {
	if m.Two && m.First == (ledger.Yes{}) {
		if err := p.Do("first_officer", ledger.MessageGotYes{ID: m.ID, Digest: m.Digest}); err != nil {
			return err
		}
	}
	return p.Do("officer", ledger.MessageApproved{ID: m.ID, Digest: m.Digest})
}

// Due lists the messages that may leave now: approved, their moment come, and
// passed by one more look.
func (p *Play) Due() []ledger.Message {
	out := slices.DeleteFunc(p.Book.MessagesIn(ledger.Approved, ledger.Deferred), func(m ledger.Message) bool { return m.Earliest().After(p.Now) })
	if len(out) == 0 {
		return nil
	}
	verdict := Recheck(p.Input())
	return slices.DeleteFunc(out, func(m ledger.Message) bool { _, fell := verdict[m.ID]; return fell })
}

// Words gives the words of a message.
func (p *Play) Words(id int64) letter.Content { return p.letters[id] }

// fence is that of the deliverer: in a Book that goes on, one after all others.
func (p *Play) fence() int64 {
	if p.from != nil {
		return math.MaxInt64
	}
	return 1
}

// Deliver sends all that may leave, and gives it.
func (p *Play) Deliver() ([]ledger.Message, error) {
	due := p.Due()
	return due, p.deliver(due)
}

// deliver sends messages.
func (p *Play) deliver(due []ledger.Message) error {
	for _, m := range due {
		if err := p.Do("clarion", ledger.MessageClaimed{ID: m.ID, Fence: p.fence()}, ledger.MessageSent{ID: m.ID, Proof: "played"}); err != nil {
			return err
		}
	}
	return nil
}
