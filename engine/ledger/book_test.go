package ledger

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// TestTouched: what changed since the last reset, and only that, in order.
func TestTouched(t *testing.T) {
	second := action("a", "role:chair")
	p := newPen(t).do(opened(), given("phone"), digest("d", 1, phone, second), Replied{1}, Contacted{1, "post"})
	want := Touched{
		Cases: []CaseKey{sampleCase}, Actions: []ActionKey{second.Key, phone.Key}, Tasks: []int64{1},
		Messages: []int64{1}, Parts: []string{"contacts", "replies"},
	}
	if got := p.b.Touched(); !reflect.DeepEqual(got, want) {
		t.Errorf("touched is %+v, not %+v", got, want)
	}
	p.b.ResetTouched()
	p.refuses(TaskFellDue{2}, "")
	p.refuses(MessageApproved{ID: 1, Digest: "x"}, "")
	if got := p.b.Touched(); !reflect.DeepEqual(got, Touched{}) {
		t.Errorf("refusals touched %+v", got)
	}
	copied := p.b.Clone()
	p.do(MessageApproved{ID: 1, Digest: "d1"})
	if got, want := p.b.Touched(), (Touched{Messages: []int64{1}}); !reflect.DeepEqual(got, want) {
		t.Errorf("an approval touched %+v", got)
	}
	if got := copied.Touched(); !reflect.DeepEqual(got, Touched{}) {
		t.Errorf("a change of the original touched the clone: %+v", got)
	}
	p.do(MessageClaimed{1, 3}, MessageSent{1, ""}, CaseClosed{sampleCase, Done, ""})
	want = Touched{Cases: want.Cases, Actions: want.Actions, Messages: want.Messages, Parts: []string{"fence"}}
	if got := p.b.Touched(); !reflect.DeepEqual(got, want) {
		t.Errorf("the sending touched %+v, not %+v", got, want)
	}
}

// TestTouchedIsEnough keeps a copy of the projection up to date by what was
// touched, as a store does, while every change happens once.
func TestTouchedIsEnough(t *testing.T) {
	p := newPen(t)
	cases, actions := map[CaseKey]Case{}, map[ActionKey]Action{}
	tasks, messages := map[int64]Task{}, map[int64]Message{}
	rest := reflect.ValueOf(&Rest{}).Elem()
	for _, c := range examples() {
		p.do(c)
		touched := p.b.Touched()
		for _, key := range touched.Cases {
			cases[key], _ = p.b.Case(key)
		}
		for _, key := range touched.Actions {
			actions[key], _ = p.b.Action(key)
		}
		for _, n := range touched.Tasks {
			tasks[n], _ = p.b.Task(n)
		}
		for _, n := range touched.Messages {
			messages[n], _ = p.b.Message(n)
		}
		now := reflect.ValueOf(p.b.Rest())
		for i := range now.NumField() {
			name, _, _ := strings.Cut(now.Type().Field(i).Tag.Get("json"), ",")
			always := name == "seq" || name == "hash" || name == "last" || name == "halted_for"
			if always || slices.Contains(touched.Parts, name) {
				rest.Field(i).Set(now.Field(i))
			}
		}
		p.b.ResetTouched()
	}
	kept := Projection{Rest: rest.Interface().(Rest)}
	for _, c := range cases {
		kept.Cases = append(kept.Cases, c)
	}
	for _, a := range actions {
		kept.Actions = append(kept.Actions, a)
	}
	for _, task := range tasks {
		kept.Tasks = append(kept.Tasks, task)
	}
	for _, m := range messages {
		kept.Messages = append(kept.Messages, m)
	}
	restored, err := Restore(kept)
	if err != nil {
		t.Fatal(err)
	}
	if !restored.Equal(p.b) {
		t.Errorf("what was touched gives\n%+v\nnot\n%+v", restored.Projection(), p.b.Projection())
	}
}

// TestLooks: what is read shares nothing with the Book, and is in order.
func TestLooks(t *testing.T) {
	b := newPen(t).do(examples()[:41]...).b
	before := b.Clone()
	a, _ := b.Action(other.Key)
	a.Messages[0] = 99
	m, _ := b.Message(1)
	m.Actions[0] = "x"
	for _, a := range b.ActionsOf(sampleCase) {
		if len(a.Messages) > 0 {
			a.Messages[0] = 99
		}
	}
	if !b.Equal(before) {
		t.Error("what was read is what is kept")
	}
	if list := b.ActionsOf(sampleCase); !slices.IsSortedFunc(list, func(x, y Action) int {
		return strings.Compare(string(x.Key), string(y.Key))
	}) || len(list) != 5 {
		t.Errorf("the actions of the case are %+v", list)
	}
	if list := b.TasksOf(sampleCase); len(list) != 3 || list[0].Number != 1 || list[2].Number != 3 {
		t.Errorf("the tasks of the case are %+v", list)
	}
	if list := b.MessagesIn(Rejected, Failed); len(list) != 2 || list[0].ID != 2 || list[1].ID != 5 {
		t.Errorf("fallen are %+v", list)
	}
	if m, ok := b.MessageAt("k4"); !ok || m.ID != 5 {
		t.Errorf("the latest message of the key is %+v", m)
	}
	for what, found := range map[string]bool{
		"case": second(b.Case("x")), "action": second(b.Action("x")), "task": second(b.Task(0)), "message": second(b.Message(9)),
		"task of a key": second(b.TaskAt("x")), "message of a key": second(b.MessageAt("x")),
		"cases": b.CasesOf("x", "", 0) != nil, "actions": b.ActionsOf("x") != nil, "tasks": b.TasksOf("x") != nil,
	} {
		if found {
			t.Errorf("a %s was found that there is not", what)
		}
	}
}

func second[T any](_ T, ok bool) bool { return ok }

// TestCloneSharesNothing changes a clone in every way there is, and then both.
func TestCloneSharesNothing(t *testing.T) {
	p := newPen(t)
	for _, c := range examples() {
		was, other := p.b.Projection(), &pen{t, p.b.Clone(), p.at}
		other.do(c)
		if !reflect.DeepEqual(p.b.Projection(), was) {
			t.Fatalf("%#v of the clone changed the original", c)
		}
		p.do(c)
		if !p.b.Equal(other.b) {
			t.Fatalf("%#v gives another book in the clone", c)
		}
	}
	p = newPen(t).do(opened())
	for reader := dataset.Ref(1); reader < 8; reader++ {
		c := &pen{t, p.b.Clone(), p.at}
		p.do(digest(fmt.Sprint("a", reader), reader, phone))
		want, _ := p.b.Action(phone.Key)
		c.do(digest("other", 20), digest(fmt.Sprint("b", reader), reader, phone))
		if got, _ := p.b.Action(phone.Key); !reflect.DeepEqual(got, want) {
			t.Fatalf("a message of the clone is in the original: %v, not %v", got.Messages, want.Messages)
		}
	}
}

func TestRestoreSharesNothing(t *testing.T) {
	p := newPen(t).do(examples()...).b.Projection()
	b, err := Restore(p)
	if err != nil {
		t.Fatal(err)
	}
	want := b.Projection()
	for i := range p.Actions {
		for n := range p.Actions[i].Messages {
			p.Actions[i].Messages[n] = 99
		}
	}
	for i := range p.Messages {
		for n := range p.Messages[i].Actions {
			p.Messages[i].Actions[n] = "x"
		}
	}
	p.Rest.Runs[0].Actions["welcome/letter"] = 99
	if !reflect.DeepEqual(b.Projection(), want) {
		t.Error("a change of the projection changed the book")
	}
}

func TestCasesOf(t *testing.T) {
	p := newPen(t)
	for _, c := range []struct {
		playbook, occasion string
		ref                dataset.Ref
	}{{"p", "c", 1}, {"p", "b", 1}, {"q", "a", 1}, {"p", "a", 2}} {
		p.together(CaseOpened{
			Case: NewCaseKey(c.playbook, "members", c.ref, c.occasion), Playbook: c.playbook, Dataset: "members",
			Subject: c.ref, Occasion: c.occasion,
		})
	}
	at := p.at.Add(-time.Minute)
	p.at = at
	p.do(CaseOpened{Case: NewCaseKey("p", "members", 2, "0"), Playbook: "p", Dataset: "members", Subject: 2, Occasion: "0"})
	list := func(cases []Case) (words string) {
		for _, c := range cases {
			words += c.Occasion
		}
		return words
	}
	if got := list(p.b.CasesOf("p", "members", 1)); got != "cb" {
		t.Errorf("the cases by opening are %s", got)
	}
	if got := list(p.b.CasesOf("p", "members", 2)); got != "0a" {
		t.Errorf("the cases opened at one moment are %s", got)
	}
	if got := list(p.b.Cases()); got != "bc0aa" {
		t.Errorf("the cases by key are %s", got)
	}
}

func TestRestoreRefuses(t *testing.T) {
	for why, spoil := range map[string]func(*Projection){
		"given twice":       func(p *Projection) { p.Cases = append(p.Cases, p.Cases[0]) },
		"case arrears":      func(p *Projection) { p.Cases[0].State = "lost" },
		"is of no case":     func(p *Projection) { p.Cases = nil },
		"task 2 is missing": func(p *Projection) { p.Tasks = append(p.Tasks[:1], p.Tasks[2:]...) },
		"action arrears-chase|members#17|2026-10-30|a||role:chair| is of": func(p *Projection) { p.Cases, p.Tasks = nil, nil },
		"key of another":       func(p *Projection) { p.Tasks[1].Key = p.Tasks[0].Key },
		"task 1 is in an":      func(p *Projection) { p.Tasks[0].State = "" },
		"action arrears":       func(p *Projection) { p.Actions[0].State = "" },
		"is given twice":       func(p *Projection) { p.Actions = append(p.Actions, p.Actions[0]) },
		"in no message 77":     func(p *Projection) { p.Actions[0].Messages = []int64{77} },
		"message 1 is in an":   func(p *Projection) { p.Messages[0].State = "" },
		"message 3 is missing": func(p *Projection) { p.Messages[2].ID = 9 },
		"does not know it":     func(p *Projection) { p.Messages[0].Actions = []ActionKey{"x"} },
		"carries nothing":      func(p *Projection) { p.Messages[0].Actions = nil },
		"not a SHA-256":        func(p *Projection) { p.Rest.Hash = strings.Repeat("0", 66) },
		"no letter 77":         func(p *Projection) { p.Rest.Plans[0].Letters[0] = 77 },
		"travels in no":        func(p *Projection) { p.Actions[0].State = InMessage },
	} {
		p := newPen(t).do(examples()...).b.Projection()
		spoil(&p)
		if _, err := Restore(p); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("restoring gives %v, not an error with %q", err, why)
		}
	}
}

// crowd is a log with so many members, each with one case of ten actions in a
// letter each, half of them sent.
func crowd(tb testing.TB, members int) []Event {
	var log []Event
	add := func(changes ...Change) {
		for _, c := range changes {
			seq := int64(len(log)) + 1
			log = append(log, Event{seq, noon.Add(time.Duration(seq) * time.Second), "clarion", c})
		}
	}
	id := int64(0)
	for ref := dataset.Ref(1); ref <= dataset.Ref(members); ref++ {
		key := NewCaseKey("welcome", "members", ref, "2026-10-30")
		add(CaseOpened{Case: key, Playbook: "welcome", Dataset: "members", Subject: ref, Occasion: "2026-10-30"})
		for n := range 10 {
			to := fmt.Sprintf("members#%d", ref)
			step := fmt.Sprintf("letter%d", n)
			a := Action{Key: NewActionKey(key, step, "", to, ""), Case: key, Step: step, Addressee: to, Due: noon}
			id++
			add(MessageProposed{Message{
				Key: string(a.Key), Kind: Letter, Digest: "4fc82b26aecb47d2868c4efbe3581732", Basis: "service", Person: ref, Address: "hash" + to,
			}, []Action{a}})
			if n%2 == 0 {
				add(MessageApproved{ID: id, Digest: "4fc82b26aecb47d2868c4efbe3581732"}, MessageClaimed{id, 1}, MessageSent{id, ""})
			}
		}
	}
	return log
}

func fill(tb testing.TB, log []Event) *Book {
	b := New()
	for _, e := range log {
		if err := b.Apply(e); err != nil {
			tb.Fatal(err)
		}
	}
	return b
}

func BenchmarkApply100k(b *testing.B) {
	log := crowd(b, 3847)[:100_000]
	b.ReportAllocs()
	for b.Loop() {
		fill(b, log)
	}
}

func BenchmarkClone3000(b *testing.B) {
	book := fill(b, crowd(b, 3000))
	b.ReportAllocs()
	for b.Loop() {
		book.Clone()
	}
}

func BenchmarkProjection3000(b *testing.B) {
	book := fill(b, crowd(b, 3000))
	b.ReportAllocs()
	for b.Loop() {
		book.Projection()
	}
}

func BenchmarkRestore3000(b *testing.B) {
	p := fill(b, crowd(b, 3000)).Projection()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Restore(p); err != nil {
			b.Fatal(err)
		}
	}
}
