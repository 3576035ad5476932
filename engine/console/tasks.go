package console

import (
	"cmp"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// taskPages registers what a seat has to do.
func (c *Console) taskPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /tasks", c.seated(c.at((*desk).tasks)))
	mux.HandleFunc("GET /tasks/{n}", c.seated(c.at((*desk).task)))
	mux.HandleFunc("POST /tasks/{n}", c.needs(mayAnswer, c.sent((*desk).answerTask)))
}

// How many tasks a page lists, and for how many days those that are done.
const (
	mostTasks = 100
	doneDays  = 30
)

// A tasksView is what a seat has to do, and has done.
type tasksView struct {
	Overdue, Open, Done []taskRow
	MoreOpen, MoreDone  int
}

// A taskRow is a task in a list.
type taskRow struct {
	Number  int64
	Line    string
	About   string
	Due     string
	For     string // the role that has it, where the seat holds several
	Marks   []string
	Answers []answerView
	Was     string // what became of it
	Back    string // until when the answer can be taken back
}

// An answerView is an answer that a task offers, and what it writes down.
type answerView struct {
	Text    string
	Effects []string
}

// office is what the seat acts in.
func (d *desk) office() plan.Office { return d.actsFor }

// tasks lists what is to do for the seat's roles, what is overdue first, and
// what was done in the last days.
func (d *desk) tasks() {
	var open, done []ledger.Task
	since := d.l.In.Now.AddDate(0, 0, -doneDays)
	for _, t := range d.book().Tasks() {
		switch t.State {
		case ledger.TaskOpen, ledger.TaskOverdue:
			open = append(open, t)
		case ledger.TaskAnswered, ledger.TaskSettled:
			if t.Changed.After(since) {
				done = append(done, t)
			}
		}
	}
	byDue := func(a, b ledger.Task) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Number, b.Number)) }
	slices.SortFunc(open, byDue)
	slices.SortFunc(done, func(a, b ledger.Task) int {
		return cmp.Or(b.Changed.Compare(a.Changed), cmp.Compare(b.Number, a.Number))
	})
	var v tasksView
	for _, x := range plan.DutiesOf(d.l.In, d.office(), open) {
		row := d.taskRow(x)
		switch {
		case len(v.Overdue)+len(v.Open) >= mostTasks:
			v.MoreOpen++
		case x.Due.Before(d.l.In.Now) && d.clock().Day(x.Due) < d.clock().Day(d.l.In.Now):
			v.Overdue = append(v.Overdue, row)
		default:
			v.Open = append(v.Open, row)
		}
	}
	for _, x := range plan.DutiesOf(d.l.In, d.office(), done) {
		if len(v.Done) >= mostTasks/2 {
			v.MoreDone++
			continue
		}
		v.Done = append(v.Done, d.taskRow(x))
	}
	d.page("task-list", "Tasks", v)
}

// taskRow is the line of a task.
func (d *desk) taskRow(x plan.Duty) taskRow {
	row := taskRow{Number: x.Number, Line: x.Line, Due: d.dueWords(x.Due, x.State), Marks: x.Marks, Was: d.becameWords(x), Back: d.backWords(x.Task)}
	if of := (aRecord{x.Case.Dataset, x.Case.Subject}); of.list != "" && d.open(x.Case.Playbook) {
		row.About = d.label(of)
	}
	if len(d.Seat.Roles) > 1 {
		row.For = d.set().RoleTitle(x.By)
	}
	return row
}

// dueWords says a deadline in words.
func (d *desk) dueWords(due time.Time, s ledger.TaskState) string {
	if due.IsZero() || s != ledger.TaskOpen && s != ledger.TaskOverdue {
		return ""
	}
	c := d.clock()
	day, today := c.Day(due), c.Day(d.l.In.Now)
	switch n := int(day - today); {
	case n < -1:
		return document.Plural(-n, "day", "days") + " overdue, since " + day.Words()
	case n == -1:
		return "overdue since yesterday"
	case n == 0:
		return "due today"
	case n == 1:
		return "due tomorrow"
	case n < 15:
		return "due in " + strconv.Itoa(n) + " days, on " + day.Weekday().String() + " " + day.Words()
	}
	return "due on " + day.Words()
}

// becameWords says what became of a task that is no longer open.
func (d *desk) becameWords(x plan.Duty) string {
	on := d.clock().Day(x.Changed).Words()
	switch x.State {
	case ledger.TaskAnswered:
		return "answered on " + on + ": " + dataset.Plain(x.Answer)
	case ledger.TaskSettled:
		say := "settled on " + on
		if x.Reason != "" {
			say += ": " + dataset.Plain(x.Reason)
		}
		return say
	case ledger.TaskWithdrawn:
		return "no longer needed since " + on
	}
	return ""
}

// backWords says until when an answer can be taken back; nothing where it cannot.
func (d *desk) backWords(t ledger.Task) string {
	end := t.Changed.Add(ledger.AnswerHolds)
	if t.State != ledger.TaskAnswered || d.now().After(end) {
		return ""
	}
	return d.hour(end)
}

// A taskPage is a task whole.
type taskPage struct {
	taskRow
	Title, Playbook string // of the playbook
	Record          string
	Text            []string // paragraphs
	Head            []string // of its table
	Rows            [][]string
	Note            string
	Cells           []cellView
	HiddenCells     int
	Given           string
	Open            bool
	Members         bool // it is about a member, with whom somebody may have spoken
}

// duty finds the task of a page, if it is one of the seat's.
func (d *desk) duty() (plan.Duty, bool) {
	t, ok := d.book().Task(number(d.r.PathValue("n")))
	if ok {
		if all := plan.DutiesOf(d.l.In, d.office(), []ledger.Task{t}); len(all) > 0 {
			return all[0], true
		}
	}
	d.gone()
	return plan.Duty{}, false
}

// task shows a task with what it concerns, and the answers that it offers.
func (d *desk) task() {
	x, ok := d.duty()
	if !ok {
		return
	}
	v := taskPage{taskRow: d.taskRow(x), Title: dataset.Plain(x.Title), Playbook: x.Case.Playbook, Given: d.clock().Day(x.Given).Words(),
		Open: x.State == ledger.TaskOpen || x.State == ledger.TaskOverdue, Text: paragraphs(x.Item.Words.Text)}
	if x.Item.Detail != "" {
		v.Text = paragraphs(x.Item.Detail)
	}
	if g := x.Item.Table; g != nil {
		v.Head, v.Rows, v.Note = g.Head, g.Rows, dataset.Plain(g.Note) // its cells are plain already
	}
	if v.Open {
		for _, text := range x.Answers {
			v.Answers = append(v.Answers, d.answerView(x, text))
		}
	}
	of := aRecord{x.Case.Dataset, x.Case.Subject}
	pb := d.set().Playbook(x.Case.Playbook)
	if t, row := d.row(of); row != nil && pb != nil && v.About != "" && len(x.Answers) > 0 && d.here(of.list, of.ref) {
		v.Record = d.recordPath(of)
		v.Cells, v.HiddenCells = d.cells(t, row, columnsOf(pb, of.list))
		v.Members = t.Schema.Name == "members"
	}
	d.page("task", x.Line, v)
}

// answerView says what an answer writes down.
func (d *desk) answerView(x plan.Duty, text string) answerView {
	v := answerView{Text: text}
	effects, err := plan.Answer(d.l.In, x.Task, text)
	if err != nil {
		return v
	}
	for _, f := range effects {
		name := d.label(aRecord{f.Dataset, f.Ref})
		switch t, _ := d.row(aRecord{f.Dataset, f.Ref}); {
		case f.Suppress:
			v.Effects = append(v.Effects, "nothing more is sent to "+name)
		case t != nil && d.sees(t.Schema, f.Column):
			v.Effects = append(v.Effects, document.Readable(f.Column)+" of "+name+" becomes "+dataset.Plain(f.Value.Words(d.clock())))
		}
	}
	return v
}

// answerTask writes an answer down, or takes one back.
func (d *desk) answerTask() {
	x, ok := d.duty()
	if !ok {
		return
	}
	page := pathTo("tasks", strconv.FormatInt(x.Number, 10))
	answer, back := d.r.PostFormValue("answer"), d.r.PostFormValue("take_back") != ""
	switch {
	case back && x.State == ledger.TaskOpen, !back && x.State == ledger.TaskAnswered && x.Answer == answer:
		d.done(page, "That was said already.") // pressed twice
		return
	case back && x.State != ledger.TaskAnswered, !back && x.State != ledger.TaskOpen && x.State != ledger.TaskOverdue:
		d.fail(engine.ErrMoved)
		return
	case len(x.Answers) == 0:
		d.fail(errors.New("this task is private to others, and cannot be answered by your role"))
		return
	}
	if back {
		if _, err := d.e.Unanswer(d.steady(), x.By, x.Number); err != nil {
			d.fail(err)
			return
		}
		d.done(page, "The answer is taken back, with what it wrote down. The task is open again.")
		return
	}
	if note := d.r.PostFormValue("spoke"); note != "" && x.Case.Dataset == "members" {
		if err := d.spoke(x, note); err != nil {
			d.fail(err)
			return
		}
	}
	_, effects, err := d.e.Answer(d.steady(), x.By, x.Number, answer)
	if err != nil {
		d.fail(err)
		return
	}
	say := "Noted: " + answer + "."
	if len(effects) > 0 {
		say += " What it writes down is written down, too."
	}
	d.done("/tasks", say+" It can be taken back for a day, on the page of task "+strconv.FormatInt(x.Number, 10)+".")
}

// spoke notes that somebody spoke with the member whom a task is about.
func (d *desk) spoke(x plan.Duty, how string) error {
	_, row := d.row(aRecord{x.Case.Dataset, x.Case.Subject})
	if row == nil || !slices.Contains(waysToSpeak, how) {
		return nil
	}
	return d.e.Contact(d.steady(), x.By, row.Key, how, false)
}

// waysToSpeak are the ways in which somebody spoke with a member.
var waysToSpeak = []string{"phone", "door", "meeting"}
