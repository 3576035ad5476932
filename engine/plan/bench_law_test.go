package plan_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// A bench steps a Book through days with a small constituency of its own: the
// schemas, roles and law that ship, and the playbooks of the test.
type bench struct {
	t      *testing.T
	set    *playbook.Set
	book   *ledger.Book
	tables dataset.Tables
	refs   map[string]dataset.Ref
	now    time.Time
}

// row is a record as a test writes it: "key: A1; status: active".
type row string

// newBench loads playbooks, each with its letters beside it as "name/step.md",
// and what constituency.yaml says beyond the name.
func newBench(t *testing.T, day, settings string, files map[string]string) *bench {
	t.Helper()
	library, own := fstest.MapFS{}, fstest.MapFS{}
	err := fs.WalkDir(playbooks.Library, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name != "roles.yaml" && !strings.HasPrefix(name, "data/") && !strings.HasPrefix(name, "law/") {
			return err
		}
		data, err := fs.ReadFile(playbooks.Library, name)
		library[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	tailoring := ""
	for name, text := range files {
		own["own/"+name] = &fstest.MapFile{Data: []byte(text)}
		if pb, is := strings.CutSuffix(name, ".yaml"); is {
			tailoring += pb + ": {file: own/" + name + ", trust: automatic}\n"
		}
	}
	own["constituency.yaml"] = &fstest.MapFile{Data: []byte("name: Example CLP\ntime_zone: Europe/London\nimprint: Promoted by S. Secretary for Example CLP\n" + settings)}
	own["playbooks.yaml"] = &fstest.MapFile{Data: []byte(tailoring)}
	set, err := playbook.Load(library, own)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range set.All() {
		t.Fatalf("%s\n%s", f.Error(), f.Caret())
	}
	b := &bench{t: t, set: set, book: ledger.New(), tables: dataset.Tables{}, refs: map[string]dataset.Ref{}}
	b.on(day)
	b.apply("secretary", plan.Entrust(set)...)
	b.list("officers", "role: membership_officer; person: Mel; email: mel@example.org", "role: secretary; person: Sec; email: sec@example.org")
	return b
}

// on goes to a day, at the constituency's hour.
func (b *bench) on(day string) {
	b.t.Helper()
	d, err := calendar.ParseDate(day)
	if err != nil {
		b.t.Fatal(err)
	}
	b.now = b.set.Constituency.Clock.AtHour(d)
}

// list imports a whole list.
func (b *bench) list(name string, records ...row) {
	b.t.Helper()
	s, clock, before := b.set.Schemas[name], b.set.Constituency.Clock, b.tables[name]
	first := b.now
	if before != nil {
		first = before.First
	}
	var rows []*dataset.Row
	for i, r := range records {
		x := &dataset.Row{Line: i + 2, Cells: make([]dataset.Value, len(s.Columns)), FirstSeen: b.now, Changed: b.now, Baseline: before == nil}
		for _, part := range strings.Split(string(r), ";") {
			col, text, _ := strings.Cut(strings.TrimSpace(part), ": ")
			if col == "key" {
				col = s.Key[0]
			}
			c, ok := s.Column(col)
			if !ok {
				b.t.Fatalf("%s has no column %q", name, col)
			}
			v, err := playbook.ParseCell(&s.Columns[c], text, clock)
			if err != nil {
				b.t.Fatal(err)
			}
			x.Cells[c] = v
			if slices.Contains(s.Key, col) {
				x.Key += "/" + text
			}
		}
		x.Key = strings.TrimPrefix(x.Key, "/")
		if b.refs[name+x.Key] == 0 {
			b.refs[name+x.Key] = dataset.Ref(len(b.refs) + 1)
		}
		x.Ref = b.refs[name+x.Key]
		if before != nil {
			if old := before.ByRef(x.Ref); old != nil {
				x.FirstSeen, x.Baseline = old.FirstSeen, old.Baseline
				if slices.Equal(old.Cells, x.Cells) {
					x.Changed = old.Changed
				}
			}
		}
		rows = append(rows, x)
	}
	b.tables[name] = dataset.NewTable(s, rows, b.now, first, name+".csv", "").MatchPeople(b.tables["members"])
}

func hash(a string) string {
	h := sha256.Sum256([]byte(a))
	return hex.EncodeToString(h[:])
}

func (b *bench) input() plan.Input {
	return plan.Input{Set: b.set, Tables: b.tables, Book: b.book, Now: b.now, Hash: hash,
		File: func(sha string) (letter.Attachment, bool) { return letter.Attachment{SHA256: sha}, true }}
}

func (b *bench) apply(by string, changes ...ledger.Change) {
	b.t.Helper()
	for _, c := range changes {
		if err := b.book.Apply(ledger.Event{Seq: b.book.Seq() + 1, At: b.now, By: by, Change: c}); err != nil {
			b.t.Fatalf("the ledger refused %s: %v", c.Type(), err)
		}
	}
}

// propose plans and writes the plan down; letters stay unapproved.
func (b *bench) propose() *plan.Plan {
	b.t.Helper()
	p := plan.Compute(b.input())
	b.apply("clarion", p.Changes...)
	for _, m := range p.Messages {
		if !m.Stands {
			b.apply("clarion", ledger.MessageProposed{Message: m.Message, Actions: m.Owed})
		}
	}
	b.apply("clarion", ledger.RunRecorded{Logical: b.now, Digest: p.Digest, Actions: p.Tally()})
	return p
}

// claim approves what is proposed and claims what may go.
func (b *bench) claim() []ledger.Message {
	b.t.Helper()
	for _, m := range b.book.MessagesIn(ledger.Proposed) {
		b.apply("secretary", ledger.MessageApproved{ID: m.ID, Digest: m.Digest})
	}
	falls := plan.Recheck(b.input())
	var out []ledger.Message
	for _, m := range b.book.MessagesIn(ledger.Approved) {
		if _, fell := falls[m.ID]; !fell && !m.NotBefore.After(b.now) {
			b.apply("clarion", ledger.MessageClaimed{ID: m.ID, Fence: 1})
			out = append(out, m)
		}
	}
	return out
}

// run makes a day's pass and says which letters went, as "step to address", and
// for officers' digests "told address".
func (b *bench) run() string {
	b.t.Helper()
	p := b.propose()
	words := map[string]string{}
	for _, m := range p.Messages {
		words[m.Key] = "told " + m.Content.To
		if m.Kind == ledger.Letter {
			a, _ := b.book.Action(m.Actions[0])
			words[m.Key] = a.Step + " to " + m.Content.To
		}
	}
	var went []string
	for _, m := range b.claim() {
		b.apply("clarion", ledger.MessageSent{ID: m.ID, Proof: "test"})
		went = append(went, words[m.Key])
	}
	slices.Sort(went)
	return strings.Join(went, ", ")
}

// expect makes a day's pass and compares.
func (b *bench) expect(day, want string) {
	b.t.Helper()
	b.on(day)
	if got := b.run(); got != want {
		b.t.Errorf("on %s went: %q\nwant: %q", day, got, want)
	}
}

// hold finds a hold of a kind.
func hold(p *plan.Plan, kind string) string {
	for _, h := range p.Holds {
		if h.Kind == kind {
			return h.Why
		}
	}
	return ""
}

// line finds the reason of a line with a verb.
func line(p *plan.Plan, v plan.Verb) string {
	for _, l := range p.Lines {
		if l.Verb == v {
			return l.Why
		}
	}
	return ""
}
