package playbook

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
)

// forForms notes of a setting what a form shows beside its value.
func (s *settingDef) forForms(clock calendar.Clock) {
	s.Choices = slices.Clone(s.column.Choices)
	s.Least, s.Most = scalarOf(s.min), scalarOf(s.max)
	if s.standard != nil && s.Type != "table" {
		s.Usual = termWords(*s.standard, clock)
		for i := 0; i+1 < len(s.at.val.n.Content); i += 2 {
			if s.at.val.n.Content[i].Value == "default" {
				s.Text = scalarOf(value{s.at.val.n.Content[i+1], s.at.val.d})
			}
		}
	}
}

// scalarOf is the text of a value that is one; else nothing.
func scalarOf(v value) string {
	if !v.there() || v.n.Kind != yaml.ScalarNode {
		return ""
	}
	return v.n.Value
}

// FiguresOf are the figures of the law that a playbook rests on, in the order in
// which its description names them.
func (s *Set) FiguresOf(pb *Playbook) (out []*Figure) {
	w := &describer{vocabulary: newVocabulary(s, pb)}
	w.cases()
	for n, st := range pb.Steps {
		w.step(n+1, st)
	}
	w.ends()
	w.terminology()
	for _, name := range w.law {
		if f := s.lawFigure(name); f != nil && !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

// Held says in words what is in force of a figure on a day, what a constituency
// holds itself to instead, and whether it can: a table has nothing stricter.
func (f *Figure) Held(on calendar.Date, clock calendar.Clock) (law, source, own string, can bool) {
	e, ok := inForce(f.Entries, on)
	if !ok || f.columns != nil {
		return "", "", "", false
	}
	if x, there := inForce(f.Own, on); there && f.stricter(x.Value, e.Value) {
		own = x.Value.Words(clock)
	}
	return e.Value.Words(clock), e.Source, own, f.Safe != ""
}

// ConditionWords says a condition of a playbook in words.
func (s *Set) ConditionWords(pb *Playbook, e *condition.Expr) string {
	return e.Statement(newVocabulary(s, pb).words)
}

// A Wording is the letter of a step as it is made up: of one file, or of a file
// and those that replace its blocks.
type Wording struct {
	Step    string
	Subject string // as it is written
	File    string // of the whole letter
	Own     bool   // which is the constituency's
	Named   bool   // by what playbooks.yaml says of its letters; else by its place
	Text    string // as it holds here, without the marks of blocks
	Library string // as the library has it; empty: it has none
	Blocks  []Block
}

// A Block is a part of a letter that can be replaced by itself.
type Block struct {
	Name, File, Text string
	Own              bool
}

// Wordings gives the letters of a playbook in the order of its steps, those of
// steps that are switched off as well.
func (pb *Playbook) Wordings() []Wording { return slices.Clone(pb.wordings) }

// wording notes how the letter of a step is made up.
func (b *builder) wording(src *stepSource, library string) {
	l := src.letter
	if l == nil {
		return
	}
	own := b.tail.letters.get(src.id)
	w := Wording{Step: src.id, File: l.from[0], Text: l.String(), Library: library}
	w.Named = own.there() && !own.isMapping()
	w.Own = w.Named || src.added || b.tail.file.there()
	if v := src.m.get("subject"); v.there() {
		w.Subject = shortened(v.n.Value)
	}
	for _, name := range l.blocks {
		block := Block{Name: name, File: w.File, Own: w.Own}
		var lines []string
		for _, line := range l.lines {
			if line.block != name {
				continue
			}
			lines = append(lines, line.text)
			if line.doc.file != w.File {
				block.File, block.Own = line.doc.file, true
			}
		}
		block.Text = strings.Trim(strings.Join(lines, "\n"), "\n") + "\n"
		w.Blocks = append(w.Blocks, block)
	}
	b.pb.wordings = append(b.pb.wordings, w)
}

// Between tells how one version of a playbook differs from an earlier one.
func Between(then, now []Origin) []Difference {
	out := (&Playbook{origins: now}).Since(then, true)
	return slices.DeleteFunc(out, func(d Difference) bool { return d.Then == d.Now })
}
