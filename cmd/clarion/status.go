package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

type statusCmd struct {
	All bool `help:"Show every task, however many."`
}

func (*statusCmd) Help() string { return examples(`clarion status`, `clarion status --json`) }

func (c *statusCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	st, err := o.Status(s.ctx)
	if err != nil {
		return err
	}
	tasks, err := o.Tasks(s.ctx)
	if err != nil {
		return err
	}
	tasks, private := s.tasks(o, tasks)
	var to []string
	for _, t := range tasks {
		to = append(to, t.Addressee)
	}
	who, err := o.Names(s.ctx, to...)
	if err != nil {
		return err
	}
	for i := range tasks {
		tasks[i].Addressee = who[tasks[i].Addressee]
	}
	for _, of := range []*map[string]int{&st.Review, &st.Backlog} {
		n := 0
		*of, n = s.sums(o, *of)
		private += n
	}
	st.Holds, _ = apartFrom(st.Holds, func(h plan.Hold) bool { return o.Hidden(h.Playbook, s.As) })
	waiting, refused, err := o.Waits(s.ctx)
	if err != nil {
		return err
	}
	sheets, _, err := o.Sheets(s.ctx, s.As)
	if err != nil {
		return err
	}
	open, people := 0, 0
	for _, x := range sheets {
		if n := x.Open(); n > 0 {
			open, people = open+1, people+n
		}
	}
	if s.JSON {
		v := statusView(o, st, tasks)
		v["sheets"] = object{"open": open, "people": people}
		v["waiting"], v["refused"] = each(waiting, waitingView), each(refused, refusedView)
		return s.out.json(v)
	}
	s.printStatus(o, st, tasks, c.All)
	if open > 0 {
		s.out.say("  To ring or to write to by hand: %s on %s: clarion lists", plural(people, "person", "people"), plural(open, "sheet", "sheets"))
	}
	s.private(private)
	s.printLeft(waiting, refused)
	return nil
}

// printLeft says which files lie in the constituency's folder and are not taken.
func (s *session) printLeft(waiting []engine.Waiting, refused []error) {
	if len(waiting)+len(refused) == 0 {
		return
	}
	s.out.head("Files that are not taken")
	for _, err := range refused {
		s.out.note("  ", "%s", err)
	}
	for _, w := range waiting {
		s.out.note("  ", "%s.", strings.TrimSuffix(w.String(), "."))
	}
}

func (s *session) printStatus(o *office, st engine.Status, tasks []engine.TaskView, all bool) {
	c := o.Clock()
	s.out.say("%s, %s", s.out.paint("1", o.Set().Constituency.Name), c.Words(st.Now))
	if st.Halted {
		s.out.say("  %s", s.out.paint("31", "Everything is stopped: no letter goes before clarion resume."))
		if st.HaltedWhy != "" {
			s.out.note("    ", "Why: %s.", strings.TrimSuffix(dataset.Plain(st.HaltedWhy), "."))
		}
	}
	if !st.Stand.Sending() {
		s.out.say("  %s", s.out.paint("31", "Nothing is sent: "+st.Stand.Why+". "+st.Stand.Hint+"."))
	}
	last := "never"
	if !st.LastRun.IsZero() {
		last = c.Words(st.LastRun)
	}
	s.out.say("  Last run: %s. Letters sent so far: %d. Waiting to be sent: %d.", last, st.Sent, st.Approved)
	for _, n := range sortedKeys(st.Review) {
		s.out.say("  %s of %s %s for a yes or no: clarion review", plural(st.Review[n], "letter", "letters"), n, waits(st.Review[n]))
	}
	if st.Uncertain > 0 {
		s.out.say("  %s", s.out.paint("31", plural(st.Uncertain, "letter is", "letters are")+" uncertain: clarion review"))
	}
	for _, n := range sortedKeys(st.Backlog) {
		s.out.say("  %s of %s held from the start: clarion review backlog %s", plural(st.Backlog[n], "case", "cases"), n, n)
	}
	if st.Doubts > 0 {
		s.out.say("  %s cannot be judged for want of a cell: clarion plan says which.", plural(st.Doubts, "record", "records"))
	}
	if st.Pairs > 0 {
		s.out.say("  %s may be of one person: clarion people", plural(st.Pairs, "pair of records", "pairs of records"))
	}
	if o.Set().Constituency.Mail.Mailbox != nil {
		read := "never"
		if !st.MailRead.IsZero() {
			read = c.Words(st.MailRead)
		}
		s.out.say("  The mailbox was last read: %s.", read)
	}
	if st.Mail > 0 {
		s.out.say("  %s for a person: clarion mail", plural(st.Mail, "message that came back waits", "messages that came back wait"))
	}
	for _, n := range st.Disabled {
		s.out.say("  %s", s.out.paint("31", n+" has faults and does not run: clarion check"))
	}
	s.out.head("Lists")
	var rows [][]string
	for _, d := range st.Datasets {
		when := "not imported yet"
		if !d.Imported.IsZero() {
			when = "imported " + c.Words(d.Imported)
		}
		rows = append(rows, []string{d.Name, fmt.Sprint(d.Records), when})
	}
	s.out.table("  ", 30, rows)
	s.printTasks(o, tasks, all)
	var holds []plan.Hold
	for _, h := range st.Holds {
		if h.Kind != "backlog" { // said above
			holds = append(holds, h)
		}
	}
	s.printHolds(holds)
}

func waits(n int) string {
	if n == 1 {
		return "waits"
	}
	return "wait"
}

// printTasks prints the open tasks, under those whose they are; the answers that
// several share are said once.
func (s *session) printTasks(o *office, tasks []engine.TaskView, all bool) {
	if len(tasks) == 0 {
		return
	}
	s.out.head(fmt.Sprintf("Open tasks (%d)", len(tasks)))
	type same struct{ to, answers string }
	by := map[same][]engine.TaskView{}
	var order []same
	for _, t := range tasks {
		k := same{t.Addressee, strings.Join(t.Answers, " | ")}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], t)
	}
	sort.SliceStable(order, func(i, j int) bool { return order[i].to < order[j].to })
	cut := false
	for _, k := range order {
		s.out.say("  %s (%d)", k.to, len(by[k]))
		var rows [][]string
		for i, t := range by[k] {
			if i == shown && !all && len(by[k]) > shown+2 {
				cut = true
				break
			}
			due := "due " + o.Clock().Day(t.Due).String()
			if t.State == ledger.TaskOverdue {
				due = "overdue since " + o.Clock().Day(t.Due).String()
			}
			rows = append(rows, []string{fmt.Sprint(t.Number), due, dataset.Plain(t.Line)})
		}
		s.out.table("    ", 30, rows)
		if n := len(by[k]) - len(rows); n > 0 {
			s.out.say("    … and %d more", n)
		}
		s.out.note("    ", "answers: %s", dataset.Plain(k.answers))
	}
	if cut {
		s.out.say("  Every task: clarion status --all")
	}
	if len(tasks[0].Answers) > 0 {
		s.out.say("  To answer one: clarion answer %d %q", tasks[0].Number, tasks[0].Answers[0])
	}
}

type nextCmd struct{}

func (*nextCmd) Help() string { return examples(`clarion`, `clarion -C ~/party`) }

// Run says what to do next: what clarion alone prints.
func (*nextCmd) Run(s *session) error {
	if _, err := os.Stat(filepath.Join(s.Folder, "constituency.yaml")); errors.Is(err, os.ErrNotExist) {
		s.out.say("This folder is not a constituency's. What next?\n")
		s.out.hints([][]string{
			{"clarion demo", "see it work on an invented constituency; needs nothing"},
			{"clarion init", "make your own constituency's folder"},
			{"clarion -C FOLDER status", "look at a constituency elsewhere"},
			{"clarion --help", "all commands"}})
		return nil
	}
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	st, err := o.Status(s.ctx)
	if err != nil {
		return err
	}
	steps := nextSteps(st)
	if s.JSON {
		return s.out.json(object{"next": each(steps, func(r []string) object { return object{"command": r[0], "why": r[1]} })})
	}
	s.out.say("%s, %s. What next?\n", s.out.paint("1", o.Set().Constituency.Name), o.Clock().Words(st.Now))
	s.out.hints(steps)
	return nil
}

// nextSteps are the commands that make sense now, the most urgent first.
func nextSteps(st engine.Status) [][]string {
	var rows [][]string
	add := func(cmd, why string) { rows = append(rows, []string{cmd, why}) }
	if len(st.Disabled) > 0 {
		add("clarion check", plural(len(st.Disabled), "playbook has", "playbooks have")+" faults")
	}
	if !st.Stand.Sending() {
		add("clarion takeover", st.Stand.Why)
	}
	if st.Halted {
		add("clarion resume --reason TEXT", "everything is stopped")
	}
	var absent []string
	for _, d := range st.Datasets {
		if d.Source && d.Imported.IsZero() {
			absent = append(absent, d.Name)
		}
	}
	if len(absent) > 0 {
		add("clarion import", "read your lists; not imported yet: "+names(absent, 8))
	}
	if st.Uncertain > 0 {
		add("clarion review", plural(st.Uncertain, "letter is", "letters are")+" uncertain")
	}
	var watching []string
	for _, h := range st.Holds {
		if h.Kind == "observe" {
			watching = append(watching, h.Playbook)
		}
	}
	if len(watching) == 1 {
		add("clarion trust "+watching[0]+" each", "it only observes: let it ask for each of its letters")
	} else if len(watching) > 1 {
		add("clarion trust NAME each", fmt.Sprintf("%d playbooks only observe until you say what they may do: ", len(watching))+names(watching, 8))
	}
	n := 0
	for _, k := range st.Review {
		n += k
	}
	if n > 0 {
		add("clarion review", plural(n, "letter waits", "letters wait")+" for a yes or no")
	}
	for _, name := range sortedKeys(st.Backlog) {
		add("clarion review backlog "+name, plural(st.Backlog[name], "case", "cases")+" from before it was switched on")
	}
	if st.Overdue > 0 {
		add("clarion status", plural(st.Overdue, "task is", "tasks are")+" overdue")
	}
	if st.Pairs > 0 {
		add("clarion people", plural(st.Pairs, "pair of records", "pairs of records")+" may be of one person")
	}
	if st.Mail > 0 {
		add("clarion mail", plural(st.Mail, "message that came back waits", "messages that came back wait"))
	}
	add("clarion plan", "what is due, to whom and why")
	add("clarion run", "import what is new, plan, and send what may go")
	return rows
}
