package plan

import (
	"cmp"
	"slices"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A Question is a task that a message asked its reader to do, as it stands now.
type Question struct {
	ledger.Task
	Line    string   // as this reader may read it
	Answers []string // none: this reader may not answer it here
	By      string   // as whom the reader answers: a role, or a person as the ledger names one
}

// Asked lists the tasks of a message that are still for its reader, in order of
// their numbers. A message outlives an office: who held the role when it went,
// and holds it no more, is asked nothing; and nobody is shown more than the
// message would show today.
func Asked(in Input, m ledger.Message) []Question {
	p := newPlanner(in)
	var out []Question
	for _, key := range m.Actions {
		a, ok := in.Book.Action(key)
		if !ok || isNews(a.Occurrence) {
			continue
		}
		c, _ := in.Book.Case(a.Case)
		for _, pb := range in.Set.Playbooks {
			if pb.Name == c.Playbook {
				out = append(out, p.lookFor(pb, c).asked(a, m.Address)...)
			}
		}
	}
	slices.SortFunc(out, func(a, b Question) int { return cmp.Compare(a.Number, b.Number) })
	return slices.CompactFunc(out, func(a, b Question) bool { return a.Number == b.Number })
}

// asked lists the tasks that an action told of, if who reads an address is one of
// those whom it is for today.
func (l *look) asked(a ledger.Action, address string) (out []Question) {
	for _, s := range l.pb.Steps {
		if s.ID != a.Step || address == "" {
			continue
		}
		for _, t := range l.tasksOf(l.c.Key) {
			if t.Step != a.Step || t.Element != a.Element || !chases(a.Occurrence) && t.Addressee != a.Addressee {
				continue
			}
			as := l.worldAt(t.Given)
			l.elements(as, s, func() {
				if l.element == t.Element {
					out = append(out, l.question(as, s, a, t, address)...)
				}
			})
		}
	}
	return out
}

// question puts a task to the one who reads an address, in the words of its
// headline; or to nobody.
func (l *look) question(as *world, s *playbook.Step, a ledger.Action, t ledger.Task, address string) []Question {
	to := l.addresseeOf(a.Addressee)
	private := l.pb.Private || s.Private
	hs, _ := l.holdersFor(to, private)
	at := slices.IndexFunc(hs, func(h holder) bool { return l.hash(h.email) == address })
	if at < 0 || l.foreign(as, s, to) != "" {
		return nil
	}
	it := item{number: t.Number, guards: s.Heads, private: private, body: l.put(as, s, to, t, false)}
	it = l.masked(it, hs[at])
	q := Question{Task: t, Line: dataset.Plain(it.body.Line), Answers: it.body.Answers, By: hs[at].role}
	if q.By == "" {
		q.By = a.Addressee
	}
	return []Question{q}
}
