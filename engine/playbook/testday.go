package playbook

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// timeline reads the days of a test, which stand in their order.
func (r *testReader) timeline(t *Test, v value) {
	m, _ := v.mapping("timeline")
	last := t.Start
	for i, e := range m.entries {
		day, ok := e.key.date("a day")
		if !ok {
			continue
		}
		if day < last || i > 0 && day == last {
			e.key.fault("put the earliest first", "The days are not in their order.")
			continue
		}
		last = day
		if d, ok := r.day(e.val); ok {
			d.Date, d.Line = day, e.key.n.Line
			t.Timeline = append(t.Timeline, d)
		}
	}
	if len(t.Timeline) == 0 {
		v.fault("", "The timeline has no days.")
	}
}

// day reads what happens on one day.
func (r *testReader) day(v value) (TestDay, bool) {
	var d TestDay
	m, good := v.form(dayForm)
	if !good {
		return d, false
	}
	for _, e := range m.entries {
		switch e.name {
		case "import":
			d.Import = r.tables(e.val)
		case "record":
			d.Record = r.record(e.val)
		case "reply":
			d.Reply = r.reply(e.val)
		case "answer":
			d.Answer = r.answer(e.val)
		case "approve":
			if s := e.val.n.Value; e.val.isScalar() && s == "all" {
				d.Approve = []string{"all"}
			} else {
				d.Approve = r.emails(e.val)
			}
		case "reject":
			d.Reject = r.emails(e.val)
		case "outage":
			d.Outage, _ = e.val.yesNo("outage")
		case "expect":
			d.Expect, d.Expected = r.expect(e.val), true
		}
	}
	return d, true
}

// record reads local facts: {members: {A1: {phone_bad: yes}}}.
func (r *testReader) record(v value) []TestFact {
	var out []TestFact
	m, _ := v.mapping("record")
	for _, e := range m.entries {
		s := r.set.Schemas[e.name]
		if s == nil {
			e.key.fault(didYouMean(e.name, sortedNames(r.set.Schemas)), "There is no dataset %q.", plain(e.name))
			continue
		}
		rm, _ := e.val.mapping(e.name)
		for _, rec := range rm.entries {
			cm, good := rec.val.mapping("a record of "+s.Name, columnNames(s)...)
			if !good {
				continue
			}
			for _, c := range cm.entries {
				i, _ := s.Column(c.name)
				if val, ok := c.val.literal(c.name, &s.Columns[i], r.set.Constituency.Clock); ok {
					out = append(out, TestFact{Dataset: s.Name, Key: rec.name, Column: c.name, Value: val})
				}
			}
		}
	}
	return out
}

// reply reads from whom replies came.
func (r *testReader) reply(v value) []string {
	list := []value{v}
	if !v.isMapping() {
		list, _ = v.items("reply")
	}
	var out []string
	for _, item := range list {
		m, _ := item.form(replyForm)
		if from := m.get("from"); !from.there() {
			item.fault("", "A reply must say from whom.")
		} else if s, ok := from.text("from"); ok {
			out = append(out, s)
		}
	}
	return out
}

// step finds a step of the playbook under test.
func (r *testReader) step(v value, name string, kind StepKind) *Step {
	var names []string
	for _, st := range r.pb.Steps {
		if kind == "" || st.Kind == kind {
			names = append(names, st.ID)
		}
		if st.ID == name && (kind == "" || st.Kind == kind) {
			return st
		}
	}
	what := "step"
	if kind != "" {
		what = string(kind)
	}
	v.fault(didYouMean(name, names), "%s has no %s %q.", sentence(r.pb.Name), what, plain(name))
	return nil
}

// answer reads what was answered to which task.
func (r *testReader) answer(v value) []TestAnswer {
	var out []TestAnswer
	m, _ := v.mapping("answer")
	for _, e := range m.entries {
		st := r.step(e.key, e.name, Task)
		text, ok := e.val.text("an answer")
		if st == nil || !ok {
			continue
		}
		var texts []string
		for _, a := range st.Answers {
			texts = append(texts, a.Text)
		}
		if !slices.Contains(texts, text) {
			e.val.fault(didYouMean(text, texts), "The task %s has no answer %q.", st.ID, plain(text))
			continue
		}
		out = append(out, TestAnswer{Step: st.ID, Text: text})
	}
	return out
}

// emails reads a list of email steps.
func (r *testReader) emails(v value) []string {
	list, _ := v.items("steps")
	var out []string
	for _, item := range list {
		if s, ok := item.text("a step"); ok && r.step(item, s, Email) != nil {
			out = append(out, s)
		}
	}
	return out
}

// expect reads what the plan must do that day: no more and no less.
func (r *testReader) expect(v value) []string {
	list, _ := v.items("expect")
	var out []string
	for _, item := range list {
		s, ok := item.text("what is expected")
		if !ok {
			continue
		}
		e, good := ReadExpectation(s)
		words := strings.Fields(e.What)
		if !good {
			item.fault(`write it as email welcome to jo@example.org saying "these words" and "those", not saying "others"`, "This does not say what words are expected.")
			continue
		}
		if !slices.Contains(expectWords, words[0]) {
			item.fault(didYouMean(words[0], expectWords), "%q cannot be expected.", plain(words[0]))
			continue
		}
		if len(words) < 2 {
			item.fault("write email welcome to jo@example.org", "This does not say which step is expected.")
			continue
		}
		kind := StepKind("")
		switch words[0] {
		case "email":
			kind = Email
		case "task", "chase", "answered", "settled":
			kind = Task
		}
		if r.step(item, words[1], kind) == nil {
			continue
		}
		if len(words) > 2 && (words[2] != "to" || len(words) < 4) {
			item.fault("write email welcome to jo@example.org", "This does not say to whom.")
			continue
		}
		if len(e.Says)+len(e.Omits) > 0 && !slices.Contains(sayingWords, words[0]) {
			item.fault("", "What is %s has no words.", words[0])
			continue
		}
		out = append(out, e.String())
	}
	return out
}

// caseWords are the states a case can end in.
var caseWords = []string{"open", "frozen", "done", "stopped", "ended", "over", "spent", "none"}

// end reads how cases and tasks stand at the end.
func (r *testReader) end(v value) *TestEnd {
	m, _ := v.form(endForm)
	e := &TestEnd{Line: v.n.Line}
	if f := m.get("record"); f.there() {
		e.Record = r.record(f)
	}
	if c := m.get("case"); c.there() {
		e.Case, _ = c.choice("case", caseWords...)
	}
	if t := m.get("tasks"); t.there() {
		items, _ := t.items("tasks")
		for _, item := range items {
			s, ok := item.text("a task")
			words := strings.Fields(s)
			if !ok || r.step(item, words[0], Task) == nil {
				continue
			}
			if states := []string{"open", "overdue", "answered", "settled", "withdrawn"}; len(words) != 2 || !slices.Contains(states, words[1]) {
				item.fault("write phone open", "This must name a task and one of %s.", orList(states))
				continue
			}
			e.Tasks = append(e.Tasks, s)
		}
	}
	return e
}

// Table makes a table of a test's records.
func (t *Test) Table(name string, rows []*dataset.Row) *dataset.Table {
	at := t.Set.Constituency.Clock.AtHour(t.Start)
	return dataset.NewTable(t.Set.Schemas[name], rows, at, at, t.File, "")
}
