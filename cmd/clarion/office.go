package main

import (
	"context"
	"fmt"
	"sort"
	"strings"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

type answerCmd struct {
	Number int64  `arg:"" help:"The task's number, from the digest or clarion status."`
	Answer string `arg:"" optional:"" help:"One of its answers, in quotation marks."`
	Undo   bool   `help:"Take the answer back, within a day, and what it did."`
}

func (*answerCmd) Help() string {
	return examples(`clarion answer 17 "spoke"`, `clarion answer 18 done`, `clarion answer 17 --undo`)
}

func (c *answerCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if c.Undo == (c.Answer != "") {
		return usage("say one of the task's answers, or --undo to take the last one back")
	}
	if c.Undo {
		t, err := o.Unanswer(s.ctx, s.As, c.Number)
		if err != nil {
			return err
		}
		return s.tell("Taken back: %s. The task is open again.", dataset.Plain(t.Line))
	}
	t, effects, err := o.Answer(s.ctx, s.As, c.Number, c.Answer)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"task": taskView(o, t), "effects": each(effects, func(e plan.Effect) object { return effectView(o, e) })})
	}
	s.out.say("Noted: %s: %s.", dataset.Plain(t.Line), c.Answer)
	for _, e := range effects {
		if e.Suppress {
			s.out.say("  Nothing more is sent to this person.")
			continue
		}
		s.out.say("  %s is now %s.", strings.ReplaceAll(e.Column, "_", " "), dataset.Plain(e.Value.Words(o.Clock())))
	}
	return nil
}

type recordCmd struct {
	Fact     recordFactCmd     `cmd:"" help:"Write a value over one that was imported; it survives the next import."`
	Contact  recordContactCmd  `cmd:"" help:"Note that somebody spoke with a member."`
	Reply    recordReplyCmd    `cmd:"" help:"Note that a member answered a letter."`
	Suppress recordSuppressCmd `cmd:"" help:"Note that a member wants no more letters, or none that promote anything."`

	Complaint recordComplaintCmd `cmd:"" help:"Note that a member complained of our letters: no more go there, and what wrote them asks again."`
}

type recordFactCmd struct {
	Dataset string `arg:"" help:"members, donations ..."`
	Key     string `arg:"" help:"The record's key: a membership number, a gift's reference ..."`
	Column  string `arg:"" help:"The column."`
	Value   string `arg:"" optional:"" help:"The value, written as in a list. Left out: the fact is withdrawn and the imported value holds again."`
}

func (*recordFactCmd) Help() string {
	return examples(`clarion record fact donations R9001 checked_on 2026-11-24`, `clarion record fact members A150001 hardship yes`, `clarion record fact members A150001 hardship`)
}

func (c *recordFactCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	was, is, err := o.Record(s.ctx, s.As, c.Dataset, c.Key, c.Column, c.Value)
	if err != nil {
		return err
	}
	show := func(v dataset.Value) string {
		if v.IsBlank() {
			return "blank"
		}
		return dataset.Plain(v.Words(o.Clock()))
	}
	if c.Value == "" {
		return s.tell("The local fact is withdrawn; the imported value of %s holds again.", c.Column)
	}
	return s.tell("%s was %s and is now %s.", c.Column, show(was), show(is))
}

type recordContactCmd struct {
	Member string `arg:"" help:"The membership number."`
	How    string `arg:"" help:"How: phone, door, meeting."`
}

func (*recordContactCmd) Help() string { return examples(`clarion record contact A150001 phone`) }

func (c *recordContactCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Contact(s.ctx, s.As, c.Member, c.How, false); err != nil {
		return err
	}
	return s.tell("Noted.")
}

type recordReplyCmd struct {
	Member string `arg:"" help:"The membership number."`
}

func (*recordReplyCmd) Help() string { return examples(`clarion record reply A200001`) }

func (c *recordReplyCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Contact(s.ctx, s.As, c.Member, "", true); err != nil {
		return err
	}
	return s.tell("Noted. A letter that waits for no reply will not follow.")
}

type recordSuppressCmd struct {
	Member string `arg:"" help:"The membership number."`
	Scope  string `arg:"" optional:"" enum:"all,marketing" default:"all" help:"all or marketing."`
	Lift   bool   `help:"Take the wish back."`
	Why    string `help:"Why, in your words." placeholder:"TEXT"`
}

func (*recordSuppressCmd) Help() string {
	return examples(`clarion record suppress A200001`, `clarion record suppress A200001 marketing`, `clarion record suppress A200001 --lift`)
}

func (c *recordSuppressCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.Suppress(s.ctx, s.As, c.Member, c.Scope, c.Why, c.Lift); err != nil {
		return err
	}
	return s.tell("Noted.")
}

type recordComplaintCmd struct {
	Member string `arg:"" help:"The membership number."`
	Why    string `help:"What it was about, in your words." placeholder:"TEXT"`
}

func (*recordComplaintCmd) Help() string {
	return examples(`clarion record complaint A200001 --why "three letters in one week"`)
}

func (c *recordComplaintCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	fell, err := o.Complain(s.ctx, s.As, c.Member, c.Why)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"noted": true, "fell": some(fell)})
	}
	s.out.say("Noted. Nothing more is sent to this member.")
	for _, name := range fell {
		s.out.say("%s asks for each letter from now on. When that is mended: clarion trust %s LEVEL", name, name)
	}
	return nil
}

type explainCmd struct {
	Dataset string `arg:"" help:"members, donations, meetings ..."`
	Key     string `arg:"" help:"The record's key."`
}

func (*explainCmd) Help() string {
	return examples(`clarion explain members A150002`, `clarion explain donations R9001`)
}

func (c *explainCmd) Run(s *session) error {
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	accounts, err := o.Explain(s.ctx, c.Dataset, c.Key)
	if err != nil {
		return err
	}
	accounts, private := s.accounts(o, accounts)
	if err := o.name(s.ctx, accounts); err != nil {
		return err
	}
	if s.JSON {
		return s.out.json(object{"accounts": each(accounts, func(a plan.Account) object { return accountView(o, a) }), "private": private})
	}
	s.private(private)
	if len(accounts)+private == 0 {
		s.out.say("No playbook looks at %s.", c.Dataset)
	}
	if len(accounts) > 0 && accounts[0].Absence != "" {
		s.out.note("", "%s: %s.", s.out.paint("33", accounts[0].About), accounts[0].Absence)
	}
	for _, a := range accounts {
		s.printAccount(o, a)
	}
	return nil
}

// name puts names in the place of the addressees of accounts.
func (o *office) name(ctx context.Context, accounts []plan.Account) error {
	var to []string
	for _, a := range accounts {
		for _, c := range a.Cases {
			for _, x := range c.Actions {
				to = append(to, x.Addressee)
			}
		}
	}
	who, err := o.Names(ctx, to...)
	if err != nil {
		return err
	}
	for _, a := range accounts {
		for _, c := range a.Cases {
			for i := range c.Actions {
				c.Actions[i].Addressee = who[c.Actions[i].Addressee]
			}
		}
	}
	return nil
}

// printAccount prints what one playbook made of a record.
func (s *session) printAccount(o *office, a plan.Account) {
	s.out.head(a.Playbook + ": " + a.Title)
	if a.Door != nil {
		s.out.note("  ", "applies when %s: %s", oneLine(a.Door.Source), s.out.paint("1", a.Door.Words))
		s.printReasons(a.Door, "    ")
	}
	if a.Stay != nil {
		s.out.note("  ", "stays while %s: %s", oneLine(a.Stay.Source), s.out.paint("1", a.Stay.Words))
		s.printReasons(a.Stay, "    ")
	}
	for _, x := range a.Occasion {
		s.out.note("  ", "one case for each %s: %s", oneLine(x.Source), s.out.paint("1", x.Words))
		s.printReasons(&x, "    ")
	}
	for _, x := range a.Lets {
		s.out.note("  ", "where %s is %s: %s", x.Name, oneLine(x.Source), s.out.paint("1", x.Words))
		s.printReasons(&x.Explanation, "    ")
	}
	for _, c := range a.Cases {
		state := string(c.Case.State)
		if c.Case.Result != "" {
			state += " (" + string(c.Case.Result) + ")"
		}
		if c.Case.Backlog {
			state += ", backlog: held already at switching on"
		}
		s.out.say("  case opened %s: %s%s", o.Clock().Words(c.Case.Opened), state, because(c.Case.Reason))
		for _, x := range c.Actions {
			s.out.say("    %s: %s to %s: %s%s", o.Clock().Day(x.Changed).Words(), readable(x.Step), x.Addressee, came(x, c.Tasks), because(x.Reason))
		}
		for _, t := range c.Tasks {
			s.out.say("    task %d, %s: %s, due %s%s", t.Number, readable(t.Step), t.State, o.Clock().Day(t.Due).Words(), because(t.Answer))
		}
	}
	sort.SliceStable(a.Lines, func(i, j int) bool { return a.Lines[i].When.Before(a.Lines[j].When) })
	for _, l := range a.Lines {
		s.out.note("  ", "%s: %s to %s, %s%s", document.Title(l.Verb), readable(l.Step), dataset.Plain(l.To), o.Clock().Words(l.When), because(l.Why))
	}
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + dataset.Plain(why)
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// printReasons prints the parts of a condition with their values, and at the
// end of each branch the cell that the value came from.
func (s *session) printReasons(x *condition.Explanation, indent string) {
	parts := 0
	for i := range x.Parts {
		p := &x.Parts[i]
		if !strings.ContainsAny(p.Source, ".( ") && p.Source != "today" && p.Source != "now" && len(p.Parts) == 0 && len(p.Cells) == 0 {
			continue // settings, law: what is in them says itself
		}
		parts++
		s.out.note(indent, "%s  →  %s", oneLine(p.Source), dataset.Plain(p.Words))
		s.printReasons(p, indent+"  ")
	}
	if parts > 0 {
		return
	}
	for _, c := range x.Cells {
		why := ""
		if c.Why != "" {
			why = fmt.Sprintf(" (cannot be read: %s)", dataset.Plain(c.Why))
		}
		s.out.say("%sfrom %s%s", indent, dataset.Plain(c.Origin.String()), why)
	}
}

// came says what became of an action, for people.
func came(x ledger.Action, tasks []ledger.Task) string {
	switch {
	case x.State == ledger.InMessage:
		return "in a letter that has not gone yet"
	case x.State != ledger.Settled || x.Reason != "":
		return string(x.State)
	}
	for _, t := range tasks {
		if t.Step == x.Step {
			return "given as a task"
		}
	}
	return "done"
}
