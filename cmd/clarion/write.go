package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type writeCmd struct {
	Letter  string `arg:"" help:"The letter, in Markdown, with what else is to be said at its head. If it is not there yet, one to fill in is made." type:"path" placeholder:"FILE.md"`
	To      string `help:"A condition over members: who gets it." placeholder:"CONDITION"`
	Subject string `help:"The subject." placeholder:"TEXT"`
	From    string `help:"The role that signs it, gets the replies and says yes." placeholder:"ROLE"`
	Basis   string `help:"By what right it is sent: service, or marketing, to those who agreed to it." placeholder:"BASIS"`
	Days    int    `help:"For how many days it is worth sending; 14 if nothing is said." placeholder:"N"`
	Name    string `help:"What it is called here; made of the day and the subject." placeholder:"NAME"`
	DryRun  bool   `help:"Only show what would become of it."`
	Yes     bool   `help:"Ask nothing: propose its letters." short:"y"`
	All     bool   `help:"Show every line, however many."`
}

func (*writeCmd) Help() string {
	return examples(`clarion write letters/barbecue.md`, `clarion write letters/barbecue.md --dry-run`,
		`clarion write letters/barbecue.md --to 'member.status == "active" and member.branch == "North"' --yes --as membership_officer`)
}

// emptyLetter is a letter to fill in.
const emptyLetter = `---
subject:
to:
from: membership_officer
basis: marketing
days: 14
---
Dear {{ or member.first_name "friend" }},

With best wishes,
`

// Run shows what would become of a letter and, if that is wanted, proposes it.
// It never sends.
func (c *writeCmd) Run(s *session) error {
	once, err := c.read(s)
	if err != nil {
		return err
	}
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.roleOf(&once); err != nil {
		return err
	}
	d, err := o.Draft(s.ctx, once)
	if err != nil {
		return err
	}
	if len(d.Faults) > 0 {
		return s.letterFaults(d)
	}
	if plan.Hidden(d.Set, d.Name, s.As) {
		return fmt.Errorf("the letter uses special columns, so only the role that approves it sees it: --as %s", d.Role)
	}
	if !s.JSON {
		s.printDraft(o, once, d, c.All)
	}
	propose := c.Yes && !c.DryRun
	if !c.Yes && !c.DryRun && !s.JSON {
		propose = s.agreed()
	}
	if propose {
		if d, err = o.WriteOnce(s.ctx, s.As, once); err != nil {
			return err
		}
	}
	return s.drafted(o, d, propose)
}

// drafted says what was done.
func (s *session) drafted(o *office, d *engine.Draft, proposed bool) error {
	if s.JSON {
		v := object{"name": d.Name, "role": d.Role, "proposed": proposed, "warnings": each(d.Warnings, faultView), "plan": planView(o, d.Plan)}
		return s.out.json(v)
	}
	s.out.say("")
	if !proposed {
		s.out.say("Nothing is written, and nothing goes. To propose it: --yes --as %s", d.Role)
		return nil
	}
	asks := 0
	for _, l := range d.Plan.Lines {
		if l.Verb == plan.Asks {
			asks++
		}
	}
	s.out.say("%s for a yes, under the name %s; nothing was sent.", plural(asks, "letter waits", "letters wait"), d.Name)
	for _, h := range d.Plan.Holds {
		s.out.note("  ", "Held: %s. %s", h.Why, h.Hint)
	}
	yes := []string{s.me + " review approve " + d.Name + " --as " + d.Role, "say yes to all of them; clarion run then sends"}
	if len(d.Plan.Holds) > 0 { // what held a batch is asked for one by one
		yes = []string{s.me + " trust " + d.Name + " batch --as " + d.Role, "once they are let through, and read: decide with one word"}
	}
	s.out.hints([][]string{{s.me + " review", "read them"}, yes, {s.me + " review reject " + d.Name + " --reason TEXT --as " + d.Role, "or say no"}})
	return nil
}

// agreed asks whether to propose. Where nobody sits in front of it, the answer
// is no.
func (s *session) agreed() bool {
	f, ok := s.in.(*os.File)
	if !ok || !terminal(f) {
		return false
	}
	fmt.Fprint(s.out, "\nPropose these letters? Each then waits for a yes. yes/no > ")
	line, _ := bufio.NewReader(s.in).ReadString('\n')
	return strings.EqualFold(strings.TrimSpace(line), "yes")
}

// printDraft shows whom a letter would reach, what would hold it, and one whole.
func (s *session) printDraft(o *office, once engine.Once, d *engine.Draft, all bool) {
	n := d.Plan.Counts[d.Name]
	s.out.say("%s: from the %s, of basis %s. The condition chooses %d of %d members.", d.Name, o.Set().RoleTitle(d.Role), once.Basis, n.Matched, n.Looked)
	s.printPlan(d.Plan, o.Clock(), all)
	if m := d.Sample; m != nil {
		s.out.head("One of them, whole")
		s.out.table("", 12, [][]string{{"From", person(m.FromName, m.From)}, {"To", person(m.ToName, m.To)}, {"Subject", m.Subject}})
		s.out.say("\n%s", printable(m.Text))
	}
	if n.Matched == 0 {
		s.out.note("", "%s the condition chooses nobody today.", s.out.paint("33", "Warning:"))
	}
	for _, w := range d.Warnings {
		s.out.note("", "%s %s", s.out.paint("33", "Warning:"), w.Error())
	}
}

// letterFaults says what is wrong with a letter, where its writer will look.
func (s *session) letterFaults(d *engine.Draft) error {
	if s.JSON {
		if err := s.out.json(object{"name": d.Name, "proposed": false, "faults": each(d.Faults, faultView)}); err != nil {
			return err
		}
		return errFaults
	}
	for _, f := range d.Faults {
		s.out.say("%s", f.Error())
		if c := f.Caret(); c != "" {
			s.out.say("%s", c)
		}
	}
	s.out.say("\n%s; nothing is written.", plural(len(d.Faults), "fault", "faults"))
	return errFaults
}

// read reads the letter's file and the command line, which has the last word. A
// file that is not there is made, and opened where somebody sits in front of it.
func (c *writeCmd) read(s *session) (engine.Once, error) {
	once := engine.Once{File: rel(c.Letter), Days: 14}
	text, err := os.ReadFile(c.Letter)
	if errors.Is(err, fs.ErrNotExist) {
		if text, err = c.begin(s); err != nil {
			return once, err
		}
	}
	if err != nil {
		return once, fmt.Errorf("reading the letter: %w", err)
	}
	if err := head(&once, string(text)); err != nil {
		return once, err
	}
	for _, f := range []struct {
		flag string
		into *string
	}{{c.To, &once.To}, {c.Subject, &once.Subject}, {c.From, &once.From}, {c.Basis, &once.Basis}, {c.Name, &once.Name}} {
		if f.flag != "" {
			*f.into = f.flag
		}
	}
	if c.Days != 0 {
		once.Days = c.Days
	}
	for _, need := range [][2]string{{once.Subject, "subject"}, {once.To, "to"}, {once.From, "from"}, {once.Basis, "basis"}, {strings.TrimSpace(once.Words), "words"}} {
		if need[0] == "" {
			return once, usage("%s does not say its %s: write it at the head of the file, between two lines of ---, as in %s: ..., or with --%s", dataset.Plain(once.File), need[1], need[1], need[1])
		}
	}
	switch {
	case once.Basis != string(playbook.Service) && once.Basis != string(playbook.Marketing):
		return once, usage("the basis of a letter to members is service, for what they must be told as members, or marketing, for what they agreed to hear: not %s", dataset.Plain(once.Basis))
	case once.Days < 1 || once.Days > 60:
		return once, usage("a letter is worth sending for 1 to 60 days, not %d", once.Days)
	}
	return once, nil
}

// begin makes a letter to fill in, and lets whoever sits there write it.
func (c *writeCmd) begin(s *session) ([]byte, error) {
	if err := os.WriteFile(c.Letter, []byte(emptyLetter), 0o600); err != nil {
		return nil, fmt.Errorf("making the letter: %w", err)
	}
	editor := os.Getenv("EDITOR")
	f, ok := s.in.(*os.File)
	if editor == "" || !ok || !terminal(f) {
		return nil, fmt.Errorf("%s was not there, so one to fill in was made. Write it, and then give the same command again", dataset.Plain(rel(c.Letter)))
	}
	words := append(strings.Fields(editor), c.Letter)
	cmd := exec.CommandContext(s.ctx, words[0], words[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = f, s.out, s.err
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("the editor %s: %w", dataset.Plain(words[0]), err)
	}
	return os.ReadFile(c.Letter)
}

// head takes what stands between two lines of --- at the beginning of a letter.
func head(o *engine.Once, text string) error {
	text = strings.TrimPrefix(strings.ReplaceAll(text, "\r\n", "\n"), "\ufeff")
	o.Words = text
	lines := strings.Split(text, "\n")
	if strings.TrimSpace(lines[0]) != "---" {
		return nil
	}
	said := map[string]bool{}
	for i, line := range lines[1:] {
		at := fmt.Sprintf("%s:%d", dataset.Plain(o.File), i+2)
		if strings.TrimSpace(line) == "---" {
			o.Words, o.Before = strings.Join(lines[i+2:], "\n"), i+2
			return nil
		}
		key, value, ok := strings.Cut(line, ":")
		key, value = strings.TrimSpace(key), unquoted(strings.TrimSpace(value))
		into, known := map[string]*string{"subject": &o.Subject, "to": &o.To, "from": &o.From, "basis": &o.Basis, "name": &o.Name}[key]
		switch {
		case strings.TrimSpace(line) == "":
		case !ok || !known && key != "days" && key != "reads":
			return usage("%s: at the head of a letter stand subject, to, from, basis, days, name and reads, each with a colon, not %s", at, dataset.Plain(line))
		case said[key]:
			return usage("%s: %s stands twice", at, key)
		case key == "days":
			n, err := strconv.Atoi(value)
			if err != nil {
				return usage("%s: days is a number, such as 14", at)
			}
			o.Days = n
		case key == "reads":
			o.Reads = strings.FieldsFunc(value, func(r rune) bool { return strings.ContainsRune("[], ", r) })
		default:
			*into = value
		}
		said[key] = true
	}
	return usage("%s: its head does not end: a second line of --- is missing", dataset.Plain(o.File))
}

// unquoted takes away the quotes around a whole value.
func unquoted(s string) string {
	if len(s) >= 2 && (s[0] == '"' || s[0] == '\'') && s[len(s)-1] == s[0] && strings.Count(s, s[:1]) == 2 {
		return s[1 : len(s)-1]
	}
	return s
}

// roleOf finds the role that signs a letter, by its id or by what people call it.
func (o *office) roleOf(once *engine.Once) error {
	r, near := o.Set().RoleMeant(once.From)
	switch {
	case r != nil:
		once.From = r.Name
		return nil
	case near != nil:
		return usage("from: there is no role %s. Perhaps the %s is meant: %s", dataset.Plain(once.From), near.Title, near.Name)
	}
	return usage("from: there is no role %s. There are: %s", dataset.Plain(once.From), strings.Join(sortedKeys(o.Set().Roles), ", "))
}
