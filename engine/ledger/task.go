package ledger

import (
	"strings"
	"time"
)

// TaskState is where a task stands.
type TaskState string

// The states of a task.
const (
	TaskOpen      TaskState = "open"
	TaskOverdue   TaskState = "overdue"
	TaskAnswered  TaskState = "answered"
	TaskSettled   TaskState = "settled" // by the data
	TaskWithdrawn TaskState = "withdrawn"
)

// A Task is something a person was asked to do. It is kept under the key of
// the action that gave it, and has a short number for people to answer by.
type Task struct {
	Number    int64
	Key       ActionKey
	Case      CaseKey
	Step      string
	Element   string
	Addressee string
	State     TaskState
	Answer    string
	Reason    string
	Given     time.Time
	Due       time.Time
	Changed   time.Time
}

// A taskEntry is a task and its link.
type taskEntry struct {
	Task
	older int32 // the older task of the same case
}

// findTask gives a task that is still to be done, for changing, or says why
// there is none.
func (b *Book) findTask(number int64, in ...TaskState) (*taskEntry, string) {
	if number < 1 || number > int64(len(b.tasks)) {
		return nil, "there is no task of that number"
	}
	t := &b.tasks[number-1]
	if why := among("the task", t.State, in); why != "" {
		return nil, why
	}
	return t, ""
}

// taskChanged notes the moment at which a task changed.
func (b *Book) taskChanged(t *taskEntry, at time.Time) {
	t.Changed = at
	b.touch.tasks.mark(int32(t.Number))
}

func (c TaskGiven) apply(b *Book, at time.Time) string {
	if c.Step == "" || c.Addressee == "" {
		return "a task names its step and addressee"
	}
	prefix := string(NewActionKey(c.Case, c.Step, c.Element, c.Addressee, ""))
	if rest, ok := strings.CutPrefix(string(c.Key), prefix); !ok || strings.Contains(rest, "|") {
		return "the key is not that of the case, step, element and addressee: " + string(c.Key)
	}
	if _, _, why := b.findCase(c.Case, Open, Frozen); why != "" {
		return why
	}
	if b.taskAt[c.Key] != 0 {
		return "the task has been given already"
	}
	if b.isErased(recordOf(c.Addressee)) {
		return "the addressee has been erased"
	}
	b.addTask(Task{
		Number: int64(len(b.tasks)) + 1, Key: c.Key, Case: c.Case, Step: c.Step, Element: c.Element,
		Addressee: c.Addressee, State: TaskOpen, Given: at, Due: c.Due, Changed: at,
	})
	return ""
}

// addTask puts a task into the Book and its indexes.
func (b *Book) addTask(t Task) {
	c := &b.cases[b.caseAt[t.Case]-1]
	b.tasks = append(b.tasks, taskEntry{Task: t, older: c.tasks})
	n := int32(len(b.tasks))
	b.taskAt[t.Key], c.tasks = n, n
	b.touch.tasks.mark(n)
}

func (c TaskFellDue) apply(b *Book, at time.Time) string {
	t, why := b.findTask(c.Number, TaskOpen)
	if why != "" {
		return why
	}
	if at.Before(t.Due) {
		return "the task is not due yet"
	}
	t.State = TaskOverdue
	b.taskChanged(t, at)
	return ""
}

func (c TaskRetimed) apply(b *Book, at time.Time) string {
	t, why := b.findTask(c.Number, TaskOpen, TaskOverdue)
	if why != "" {
		return why
	}
	t.Due = c.Due
	if at.Before(t.Due) {
		t.State = TaskOpen
	}
	b.taskChanged(t, at)
	return ""
}

func (c TaskReassigned) apply(b *Book, at time.Time) string {
	if c.Addressee == "" {
		return "the task is given to nobody"
	}
	if b.isErased(recordOf(c.Addressee)) {
		return "the addressee has been erased"
	}
	t, why := b.findTask(c.Number, TaskOpen, TaskOverdue)
	if why != "" {
		return why
	}
	t.Addressee = c.Addressee
	b.taskChanged(t, at)
	return ""
}

func (c TaskGotAnswer) apply(b *Book, at time.Time) string {
	if c.Answer == "" {
		return "the answer is empty"
	}
	t, why := b.findTask(c.Number, TaskOpen, TaskOverdue)
	if why != "" {
		return why
	}
	t.State, t.Answer = TaskAnswered, c.Answer
	b.taskChanged(t, at)
	return ""
}

// AnswerHolds is how long an answer can be taken back.
const AnswerHolds = 24 * time.Hour

func (c TaskUnanswered) apply(b *Book, at time.Time) string {
	t, why := b.findTask(c.Number, TaskAnswered)
	switch {
	case why != "":
		return why
	case at.Sub(t.Changed) > AnswerHolds:
		return "the answer was given more than a day ago"
	case b.concernsErased(t.Case, t.Addressee):
		return "the task concerns someone who has been erased"
	}
	n := b.caseAt[t.Case]
	if e := &b.cases[n-1]; e.State == Closed {
		b.reviveActions(e, at)
		b.reviveTasks(e, at)
		e.State, e.Result, e.Reason, e.Changed = Open, "", "", at
		b.touch.cases.mark(n)
	}
	t.State, t.Answer = TaskOpen, ""
	b.taskChanged(t, at)
	return ""
}

func (c TaskWasSettled) apply(b *Book, at time.Time) string {
	t, why := b.findTask(c.Number, TaskOpen, TaskOverdue)
	if why != "" {
		return why
	}
	t.State, t.Reason = TaskSettled, c.Reason
	b.taskChanged(t, at)
	return ""
}

func (c TaskWasWithdrawn) apply(b *Book, at time.Time) string {
	t, why := b.findTask(c.Number, TaskOpen, TaskOverdue)
	if why != "" {
		return why
	}
	t.State, t.Reason = TaskWithdrawn, c.Reason
	b.taskChanged(t, at)
	return ""
}

// reviveTasks opens the tasks again that were withdrawn at the moment at which
// the case closed as over: it reopens where it stood.
func (b *Book) reviveTasks(c *caseEntry, at time.Time) {
	for n := c.tasks; n != 0; n = b.tasks[n-1].older {
		t := &b.tasks[n-1]
		if t.State != TaskWithdrawn || !t.Changed.Equal(c.Changed) {
			continue
		}
		t.State, t.Reason = TaskOpen, ""
		b.taskChanged(t, at)
	}
}
