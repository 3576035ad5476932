package plan

import (
	"cmp"
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A Failure is where a playbook's own test was not met.
type Failure struct {
	File string
	Line int
	Test string
	Text string
}

func (f Failure) Error() string { return fmt.Sprintf("%s:%d: %s: %s", f.File, f.Line, f.Test, f.Text) }

// Try runs a playbook's test (law 13): it plays the timeline, a look a day at
// the constituency's hour, delivering what may go unless there is an outage,
// and compares what happened with what was expected. A day that the test does
// not mention is expected to bring nothing.
func Try(t *playbook.Test) []Failure { return try(t, false).failures }

// try runs a test; one that only asks whether it fails may stop at the first
// failure.
func try(t *playbook.Test, hasty bool) *trial {
	if t.Set.Constituency.Name == "" {
		t.Set.Constituency.Name = "Anytown CLP"
	}
	if t.Set.Constituency.Imprint == "" {
		t.Set.Constituency.Imprint = "Promoted by the Secretary on behalf of " + t.Set.Constituency.Name
	}
	for _, pb := range t.Set.Playbooks {
		pb.Trust = t.Trust
	}
	r := &trial{t: t, Play: NewPlay(t.Set)}
	clock := t.Set.Constituency.Clock
	r.Now = clock.AtHour(t.Start)
	r.must(r.Entrust())
	r.officers()
	for _, name := range sorted(t.Data) {
		r.Import(name, t.File, t.Data[name])
	}
	r.look(false)
	if len(t.Timeline) == 0 {
		return r
	}
	if t.Timeline[0].Date != t.Start { // the first look is compared as any other
		r.line = t.Line
		r.compare(t.Start, playbook.TestDay{})
	}
	next := 0
	last := t.Timeline[len(t.Timeline)-1].Date
	for day := t.Start; day <= last && !(hasty && len(r.failures) > 0); day++ {
		var d playbook.TestDay
		listed := next < len(t.Timeline) && t.Timeline[next].Date == day
		if listed {
			d = t.Timeline[next]
			next++
		} else if day == t.Start {
			continue
		}
		r.Now = clock.AtHour(day).Add(time.Minute)
		r.day(day, d, listed)
	}
	r.end()
	return r
}

// trial is a test that is running.
type trial struct {
	*Play
	t        *playbook.Test
	seen     []happening // at this look
	failures []Failure
	line     int
	cannot   []CannotTell               // of all looks
	days     map[calendar.Date][]string // what should have been expected, on days that went otherwise
	reasons  map[string]bool            // why, in the words of a coverage
}

func (r *trial) fail(line int, format string, args ...any) {
	r.failures = append(r.failures, Failure{File: r.t.File, Line: line, Test: r.t.Name, Text: fmt.Sprintf(format, args...)})
}

// must notes that the ledger refused a change.
func (r *trial) must(err error) bool {
	if err != nil {
		r.fail(r.line, "%v", err)
	}
	return err == nil
}

// officers makes the officers list of the test.
func (r *trial) officers() {
	s := r.t.Set.Schemas["officers"]
	if s == nil {
		return
	}
	var rows []*dataset.Row
	for i, o := range r.t.Officers {
		row := &dataset.Row{Key: fmt.Sprintf("%s/%s/%d", o.Role, o.Branch, i), Cells: make([]dataset.Value, len(s.Columns))}
		set := func(col, text string, v func(string) dataset.Value) {
			if c, ok := s.Column(col); ok && text != "" {
				row.Cells[c] = v(text)
			}
		}
		set("role", o.Role, dataset.TextValue)
		set("branch", o.Branch, dataset.ReferenceValue)
		set("person", cmp.Or(o.Name, o.Email), func(s string) dataset.Value { return dataset.PersonValue(s, 0) })
		set("email", o.Email, dataset.TextValue)
		rows = append(rows, row)
	}
	r.Import("officers", r.t.File, rows)
}

// day lets one day happen.
func (r *trial) day(day calendar.Date, d playbook.TestDay, listed bool) {
	if r.line = d.Line; day != r.t.Start {
		r.seen = nil
	}
	if !listed {
		r.line = r.t.Line
	}
	r.kinds = map[string]string{}
	for _, row := range d.Import["imports"] {
		s := dataset.ImportsSchema()
		of, _ := row.Get(s, "dataset")
		kind, _ := row.Get(s, "kind")
		r.kinds[of.S] = kind.S
	}
	for _, name := range sorted(d.Import) {
		if name != "imports" {
			r.Import(name, r.t.File, d.Import[name])
		}
	}
	for _, f := range d.Record {
		if row := r.Tables[f.Dataset].ByKey(f.Key); row != nil {
			r.Record(f.Dataset, row.Ref, f.Column, f.Value)
		} else {
			r.fail(d.Line, "there is no record %s of %s to write a fact on", f.Key, f.Dataset)
		}
	}
	for _, from := range d.Reply {
		r.reply(from, d.Line)
	}
	for _, a := range d.Answer {
		r.answer(a, d.Line)
	}
	r.decide(d.Approve, true)
	r.decide(d.Reject, false)
	r.look(d.Outage)
	if listed && !d.Expected {
		return
	}
	r.compare(day, d)
}

func (r *trial) reply(from string, line int) {
	m := r.Tables["members"]
	if m != nil {
		for _, row := range m.Rows {
			if v, _ := row.Get(m.Schema, m.Schema.Email); address(v.S) == address(from) {
				r.must(r.Do("clarion", ledger.Replied{Person: row.Ref}))
				return
			}
		}
	}
	r.fail(line, "no member has the address %s that a reply came from", from)
}

func (r *trial) answer(a playbook.TestAnswer, line int) {
	for _, t := range r.Book.Tasks() {
		if t.Step != a.Step || t.State != ledger.TaskOpen && t.State != ledger.TaskOverdue {
			continue
		}
		if err := r.Answer(t, a.Text); err != nil {
			r.fail(line, "answering %s: %v", a.Step, err)
			return
		}
		r.happened("answered "+a.Step, nil)
		return
	}
	r.fail(line, "no task %s is open, so it cannot be answered", a.Step)
}

// decide approves or rejects the proposed letters of steps.
func (r *trial) decide(steps []string, yes bool) {
	for _, m := range r.Book.MessagesIn(ledger.Proposed) {
		a, _ := r.Book.Action(m.Actions[0])
		for _, s := range steps {
			if s != "all" && s != a.Step {
				continue
			}
			if yes {
				r.must(r.agreed(m))
			} else {
				r.must(r.Do("officer", ledger.MessageRejected{ID: m.ID, Reason: "a test says no"}))
			}
		}
	}
}

// look plans, writes the plan down and delivers what may go.
func (r *trial) look(outage bool) {
	w := newPlanner(r.Input())
	pl, err := r.write(w)
	if !r.must(err) {
		return
	}
	for _, c := range pl.Changes {
		if x, ok := c.(ledger.TaskWasSettled); ok {
			t, _ := r.Book.Task(x.Number)
			r.happened("settled "+t.Step, nil)
		}
	}
	for _, m := range pl.Messages {
		if !m.Stands && !m.Release {
			r.happened("held "+m.Owed[0].Step+" to "+m.Content.To, &m.Content)
		}
	}
	r.watch(w, pl)
	if len(pl.CannotTell) > 0 {
		r.cannot = append(r.cannot, pl.CannotTell...)
		r.because("cannot tell")
	}
	if outage {
		return
	}
	sent, err := r.Deliver()
	if !r.must(err) {
		return
	}
	for _, m := range sent {
		if a, ok := r.Book.Action(first(m.Actions)); ok && m.Kind == ledger.Letter {
			c := r.Words(m.ID)
			r.happened("email "+a.Step+" to "+c.To, &c)
		}
	}
}

func first(keys []ledger.ActionKey) ledger.ActionKey {
	if len(keys) == 0 {
		return ""
	}
	return keys[0]
}

// watch notes what the plan told officers, and what it missed or withheld.
func (r *trial) watch(p *planner, pl *Plan) {
	said := map[string]bool{}
	for _, m := range pl.Messages {
		if m.Kind != ledger.Digest || m.Stands {
			continue
		}
		for _, it := range p.items {
			if it.holder.key() != address(m.Content.To) || !r.fresh(it) {
				continue
			}
			word := map[section]string{newTask: "task", reminder: "chase", sheet: "sheet"}[it.section]
			if word != "" && !said[word+string(it.action.Key)+it.holder.key()] {
				said[word+string(it.action.Key)+it.holder.key()] = true
				r.happened(word+" "+it.action.Step+" to "+it.holder.email, &m.Content)
			}
		}
	}
	for _, l := range pl.Lines {
		switch l.Verb {
		case Misses:
			r.because("missed")
			r.happened("missed "+l.Step, nil)
		case Withholds:
			r.because("withheld")
			r.happened("withheld "+l.Step+" to "+l.To, nil)
		}
	}
}

// fresh reports whether an item is told for the first time.
func (r *trial) fresh(it *item) bool {
	a, ok := r.Book.Action(it.action.Key)
	return ok && len(a.Messages) <= 1
}

// end holds the cases and tasks against how they should stand.
func (r *trial) end() {
	e := r.t.End
	if e == nil {
		return
	}
	state := r.standing()
	if e.Case != "" && e.Case != state {
		r.fail(e.Line, "the case should be %s at the end, and is %s", e.Case, state)
	}
	have := r.tasks()
	for _, t := range r.Book.Tasks() {
		if t.State == ledger.TaskOverdue { // and still open
			have = append(have, t.Step+" open")
		}
	}
	for _, want := range e.Tasks {
		found := false
		for _, h := range have {
			found = found || h == want
		}
		if !found {
			r.fail(e.Line, "at the end a task should be: %s; they are: %s", want, strings.Join(have, ", "))
		}
	}
	for _, f := range e.Record {
		var have dataset.Value
		if row := r.Tables[f.Dataset].ByKey(f.Key); row != nil {
			have, _ = row.Get(r.Tables[f.Dataset].Schema, f.Column)
		}
		if clock := r.Set.Constituency.Clock; have != f.Value {
			r.fail(e.Line, "at the end %s of %s should be %s, and is %s", f.Column, f.Key, f.Value.Words(clock), orBlank(have.Words(clock)))
		}
	}
}

func orBlank(s string) string {
	if s == "" {
		return "blank"
	}
	return s
}

func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
