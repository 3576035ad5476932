package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// A letter that is written once is a playbook of its own, which the ordinary
// engine loads, plans, reviews and explains: so nothing that holds a playbook's
// letter can be passed by. It chooses people on the day on which it is written
// and on no other, writes to each of them once, and is never trusted with more
// than batches.

// onceFolder is where the playbooks of letters that are written once lie.
const onceFolder = "playbooks/once"

// onceStep is what their one step is called.
const onceStep = "letter"

// A Once is a letter to people whom a condition chooses.
type Once struct {
	Name    string   // of its playbook; empty: made of the day and the subject
	To      string   // the condition, over members
	From    string   // the role that signs, gets the replies and approves
	Basis   string   // by what right it is sent: service, marketing
	Reads   []string // special columns that it uses
	Subject string
	Words   string // the letter, in Markdown
	Days    int    // for how many days it is worth sending
	File    string // where the words were read from, for faults
	Before  int    // lines of that file before the words
}

// A Draft is a letter that is written once, as it would come out.
type Draft struct {
	Name             string
	Role             string
	Faults, Warnings []playbook.Fault
	Plan             *plan.Plan      // of this letter alone, as a run would make it now
	Sample           *letter.Content // one of its letters whole, also where a brake holds them
	Set              *playbook.Set

	files map[string]string
	index []byte // playbooks.yaml as it was read
}

// Draft shows what would become of a letter: to whom it would go, who would get
// none and why, and what would hold it. It changes nothing.
func (e *Engine) Draft(ctx context.Context, o Once) (*Draft, error) {
	d, err := e.draft(o)
	if err != nil || len(d.Faults) > 0 {
		return d, err
	}
	err = e.Store.View(ctx, func(tx *store.Tx) error {
		in, err := e.with(d.Set).input(tx, e.Now())
		if err != nil {
			return err
		}
		for _, f := range d.Set.Lint(in.Tables, e.Clock().Day(in.Now)) {
			if f.Playbook == d.Name {
				d.Warnings = append(d.Warnings, o.placed(f, d.Name))
			}
		}
		if name := e.twin(d, o); name != "" {
			d.Warnings = append(d.Warnings, playbook.Fault{File: o.File, Text: "The same words were written already, as " + name + ".",
				Hint: "whoever got them would get them again"})
		}
		d.Plan, err = d.preview(in)
		return err
	})
	return d, err
}

// WriteOnce makes a letter's playbook and proposes its letters, each of which
// then waits for a yes as any other does. Only a role that may approve them can.
func (e *Engine) WriteOnce(ctx context.Context, by string, o Once) (*Draft, error) {
	d, err := e.Draft(ctx, o)
	if err != nil || len(d.Faults) > 0 {
		return d, err
	}
	undo, err := e.lay(d)
	if err != nil {
		return d, err
	}
	was := e.set
	e.set = d.Set
	if err := e.Store.Update(ctx, func(tx *store.Tx) error { return e.begin(tx, by, d) }); err != nil {
		e.set = was
		undo()
		return d, err
	}
	return d, nil
}

// begin lets a letter's playbook ask for its letters, and says yes to the people
// whom it chose: that it found them at its first look is what was meant.
func (e *Engine) begin(tx *store.Tx, by string, d *Draft) error {
	now := e.Now()
	in, err := e.input(tx, now)
	if err != nil {
		return err
	}
	if why := e.mayDecide(in, by, d.Role); why != "" {
		return errors.New(why)
	}
	if err := tx.Apply(now, by, ledger.Trusted{Playbook: d.Name, Level: playbook.Batch.String()}); err != nil {
		return err
	}
	look := func() (*plan.Plan, error) {
		in, err := e.input(tx, now)
		if err != nil {
			return nil, err
		}
		p := plan.Compute(in)
		return p, e.propose(tx, p, now)
	}
	p, err := look()
	if err != nil {
		return err
	}
	if held(p, "date") {
		return fmt.Errorf("%s. %s", p.Holds[0].Why, p.Holds[0].Hint)
	}
	book, err := tx.LoadBook()
	if err != nil {
		return err
	}
	if chosen := backlogOf(book, d.Name); len(chosen) > 0 {
		if err := tx.Apply(now, by, ledger.BacklogApproved{Playbook: d.Name, Cases: chosen}); err != nil {
			return err
		}
	}
	if p, err = look(); err == nil {
		d.Plan = only(p, d.Name)
	}
	return err
}

// preview does to a copy of the Book what begin does to the Book.
func (d *Draft) preview(in plan.Input) (*plan.Plan, error) {
	play := plan.Continue(in)
	if err := play.Do(d.Role, ledger.Trusted{Playbook: d.Name, Level: playbook.Batch.String()}); err != nil {
		return nil, err
	}
	p := plan.Compute(play.Input())
	if held(p, "date") {
		return p, nil
	}
	if err := play.Do("clarion", p.Changes...); err != nil {
		return nil, err
	}
	if chosen := backlogOf(play.Book, d.Name); len(chosen) > 0 {
		if err := play.Do(d.Role, ledger.BacklogApproved{Playbook: d.Name, Cases: chosen}); err != nil {
			return nil, err
		}
		counts := p.Counts[d.Name]
		p = plan.Compute(play.Input())
		again := p.Counts[d.Name]
		again.Opened = counts.Opened
		p.Counts[d.Name] = again
	}
	mine := only(p, d.Name)
	sample := mine
	for _, h := range mine.Holds {
		if h.Kind == "brake" {
			if err := play.Do(d.Role, ledger.BrakeReleased{Playbook: d.Name, Actions: h.Count, Until: play.Now.AddDate(0, 0, 20)}); err != nil {
				return nil, err
			}
			sample = only(plan.Compute(play.Input()), d.Name)
		}
	}
	for range 3 { // a quiet day or the budget may have them wait
		if len(sample.Messages) > 0 || sample.Wake.IsZero() {
			break
		}
		play.Now = sample.Wake
		sample = only(plan.Compute(play.Input()), d.Name)
	}
	if len(sample.Messages) > 0 {
		d.Sample = &sample.Messages[0].Content
	}
	return mine, nil
}

// twin is an earlier letter of the same words, or empty.
func (e *Engine) twin(d *Draft, o Once) string {
	for _, pb := range d.Set.Playbooks {
		if pb.Name == d.Name || !strings.HasPrefix(pb.File, onceFolder+"/") {
			continue
		}
		words, err := os.ReadFile(filepath.Join(e.Folder, onceFolder, pb.Name, onceStep+".md"))
		if err == nil && strings.TrimSpace(string(words)) == strings.TrimSpace(o.Words) {
			return pb.Name
		}
	}
	return ""
}

// backlogOf are the cases that a playbook found at its first look.
func backlogOf(book *ledger.Book, name string) (out []ledger.CaseKey) {
	for _, c := range book.Cases() {
		if c.Playbook == name && c.Backlog && c.State != ledger.Closed {
			out = append(out, c.Key)
		}
	}
	return out
}

// only is the part of a plan that is of one playbook.
func only(p *plan.Plan, name string) *plan.Plan {
	v := &plan.Plan{Now: p.Now, Wake: p.Wake, Digest: p.Digest, Counts: map[string]plan.Count{name: p.Counts[name]}}
	for _, l := range p.Lines {
		if l.Playbook == name {
			v.Lines = append(v.Lines, l)
		}
	}
	for _, x := range p.CannotTell {
		if x.Playbook == name {
			v.CannotTell = append(v.CannotTell, x)
		}
	}
	for _, h := range p.Holds {
		if h.Playbook == name {
			v.Holds = append(v.Holds, h)
		}
	}
	for _, m := range p.Messages {
		if m.Playbook == name {
			v.Messages = append(v.Messages, m)
		}
	}
	return v
}

// with is the engine with other playbooks, for a look.
func (e *Engine) with(set *playbook.Set) *Engine {
	c := *e
	c.set = set
	return &c
}

// draft makes the files of a letter and loads them over the folder's.
func (e *Engine) draft(o Once) (*Draft, error) {
	today := e.Clock().Day(e.Now())
	if o.Name == "" {
		o.Name = today.String() + "-" + slugged(o.Subject)
	}
	if o.Name != slugged(o.Name) {
		return nil, fmt.Errorf("a name is small letters, figures and hyphens: %s", slugged(o.Name))
	}
	d := &Draft{Name: o.Name, Role: o.From}
	file := path.Join(onceFolder, o.Name+".yaml")
	if _, err := os.Lstat(filepath.Join(e.Folder, file)); err == nil || e.known(o.Name) {
		return nil, fmt.Errorf("there is a playbook %s already; give this letter another name with --name", o.Name)
	}
	var err error
	if d.index, err = os.ReadFile(filepath.Join(e.Folder, "playbooks.yaml")); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("reading playbooks.yaml: %w", err)
	}
	index := string(d.index)
	if index != "" && !strings.HasSuffix(index, "\n") {
		index += "\n"
	}
	d.files = map[string]string{
		file: o.playbook(today),
		path.Join(onceFolder, o.Name, onceStep+".md"): o.Words,
		"playbooks.yaml": index + o.Name + ": {file: " + file + ", trust: batch}\n",
	}
	d.Set, err = playbook.Load(e.Library, playbook.Over(os.DirFS(e.Folder), d.files))
	if err != nil {
		return nil, fmt.Errorf("loading the playbooks: %w", err)
	}
	if len(d.Set.Faults) > 0 {
		return nil, fmt.Errorf("playbooks.yaml cannot be added to: %w", d.Set.Faults[0])
	}
	for _, f := range d.Set.Disabled[o.Name] {
		if f = o.placed(f, o.Name); f.Text != "" {
			d.Faults = append(d.Faults, f)
		}
	}
	if pb := d.Set.Playbook(o.Name); pb != nil {
		d.Role = pb.Role
	} else if len(d.Faults) == 0 {
		return nil, fmt.Errorf("the letter %s cannot be loaded", o.Name)
	}
	return d, nil
}

// known tells that a playbook of that name ships or is the constituency's.
func (e *Engine) known(name string) bool {
	for _, off := range e.set.Off {
		if off == name {
			return true
		}
	}
	return e.set.Playbook(name) != nil || len(e.set.Disabled[name]) > 0
}

// whileKey is how the line of the condition begins.
const whileKey = "while: '"

// playbook is the letter's playbook, as a person would write it.
func (o Once) playbook(today calendar.Date) string {
	to := strings.TrimSpace(o.To)
	if to == "everyone" {
		to = "present(member.membership_no)"
	}
	line := func(s string) string { return strings.ReplaceAll(strings.Join(strings.Split(s, "\n"), " "), "'", "''") }
	var b strings.Builder
	fmt.Fprintf(&b, `# A letter that was written once, on %s, with clarion write. It chose its
# people on that day, and goes to nobody whom it did not choose then. What became
# of it stays in the record when this file, its letter and its line in
# playbooks.yaml are deleted.
name: %s
title: '%s'
about: Written once, on %s.
role: %s
basis: %s
trust: batch
`, today.Words(), o.Name, line(o.Subject), today.Words(), o.From, o.Basis)
	if len(o.Reads) > 0 {
		fmt.Fprintf(&b, "reads: [%s]\n", strings.Join(o.Reads, ", "))
	}
	fmt.Fprintf(&b, `settings:
  written: {type: date, default: %s, about: The day on which its people were chosen.}
for: member in members
%s%s'
when: 'today <= settings.written and (%s)'
again: never
steps:
  - email: %s
    late: %d days
    to: member
    subject: '%s'
`, today, whileKey, line(to), line(to), onceStep, o.Days, line(o.Subject))
	return b.String()
}

// placed gives a fault the place that whoever wrote the letter knows. One that
// only says again what another says has no text.
func (o Once) placed(f playbook.Fault, name string) playbook.Fault {
	switch {
	case strings.HasSuffix(f.File, onceStep+".md"):
		f.File = o.File
		if f.Line > 0 {
			f.Line += o.Before
		}
		f.Text = strings.Replace(f.Text, "The letter "+onceStep+" ", "The letter ", 1)
	case strings.HasPrefix(f.Source, "when: "):
		f.Text = ""
	case strings.HasPrefix(f.Source, whileKey):
		f.File, f.Line, f.Column = "to", 1, max(f.Column-len(whileKey), 1)
		f.Source = strings.TrimSuffix(strings.TrimPrefix(f.Source, whileKey), "'")
	case f.File == path.Join(onceFolder, name+".yaml"):
		key, _, _ := strings.Cut(strings.TrimLeft(f.Source, " -"), ":")
		f.File, f.Line, f.Column, f.Source = map[string]string{"role": "from", "late": "days"}[key], 0, 0, ""
		if f.File == "" {
			f.File = key
		}
	}
	return f
}

// slugged makes a name of a subject: small letters, figures and hyphens.
func slugged(s string) string {
	var b strings.Builder
	depth := 0
	for _, r := range strings.ToLower(s) {
		switch {
		case r == '{':
			depth++
		case r == '}':
			depth--
		case depth > 0 || b.Len() >= 50:
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return onceStep
}
