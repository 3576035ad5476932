package store

import (
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Dossier is all that is held on one person, in the order in which it is
// printed for them.
type Dossier struct {
	Dataset  string
	Ref      dataset.Ref
	Key      string
	Sections []DossierSection
}

// A DossierSection is one kind of what is held.
type DossierSection struct {
	Title string
	Note  string
	Lines []DossierLine
}

// A DossierLine is one thing that is held: what, since when, and from where.
type DossierLine struct {
	At     time.Time
	Label  string
	Value  dataset.Value
	Source string
}

// Dossier gathers all that is held on the person behind a record.
func (t *Tx) Dossier(name string, ref dataset.Ref) (Dossier, error) {
	f := &forgetting{Tx: t, dataset: name, ref: ref, find: newTraces(), linked: map[int64]bool{}}
	d := Dossier{Dataset: name, Ref: ref}
	doing := "gathering what is held on a record of " + name
	for _, step := range []func() error{f.identify, f.gather} {
		if err := step(); err != nil {
			return d, explain(doing, err)
		}
	}
	d.Key = f.key
	for _, part := range []struct {
		title, note string
		lines       func() ([]DossierLine, error)
	}{
		{"Record", "what the last list says", f.recordLines},
		{"Earlier lists", "what earlier lists said differently", f.earlierLines},
		{"Recorded here", "what officers wrote down", f.factLines},
		{"Could not be read", "cells of the lists that were left blank", f.problemLines},
		{"Letters", "to the person, and those to officers about them", f.letterLines},
		{"Cases and tasks", "what was undertaken", f.workLines},
		{"Contacts", "talks, replies, and what is not to be sent", f.contactLines},
		{"What came back", "messages from them or about letters to them, by kind; the messages lie in the mailbox", f.inboundLines},
		{"Named elsewhere", "in what is held about others", f.mentionLines},
	} {
		lines, err := part.lines()
		if err != nil {
			return d, explain(doing, err)
		}
		if len(lines) > 0 {
			d.Sections = append(d.Sections, DossierSection{Title: part.title, Note: part.note, Lines: lines})
		}
	}
	return d, nil
}

// versions gives the person's row in every table that is kept, oldest first.
func (f *forgetting) versions(each func(id int64, table *dataset.Table, r *dataset.Row)) error {
	return f.snapshots(func(id int64, table *dataset.Table) error {
		if table.Schema.Name == f.dataset {
			if r := table.ByRef(f.ref); r != nil {
				each(id, table, r)
			}
		}
		return nil
	})
}

func cellLine(table *dataset.Table, r *dataset.Row, i int) DossierLine {
	c := table.Schema.Columns[i]
	return DossierLine{At: table.Imported, Label: c.Name, Value: r.Cells[i], Source: table.Origin(r, c.Name).String()}
}

func (f *forgetting) recordLines() (lines []DossierLine, err error) {
	last, found, err := f.lastImport(f.dataset)
	if err != nil || !found {
		return nil, err
	}
	err = f.versions(func(id int64, table *dataset.Table, r *dataset.Row) {
		if id != last.ID {
			return
		}
		lines = append(lines, DossierLine{At: r.FirstSeen, Label: "first seen", Value: dataset.TextValue(r.Key), Source: "the key of the record"})
		for i := range r.Cells {
			if !r.Cells[i].IsBlank() {
				lines = append(lines, cellLine(table, r, i))
			}
		}
	})
	return lines, err
}

func (f *forgetting) earlierLines() (lines []DossierLine, err error) {
	last, _, err := f.lastImport(f.dataset)
	if err != nil {
		return nil, err
	}
	before := map[string]dataset.Value{}
	err = f.versions(func(id int64, table *dataset.Table, r *dataset.Row) {
		for i, c := range table.Schema.Columns {
			v := r.Cells[i]
			if old, known := before[c.Name]; (!known || old != v) && id != last.ID && !v.IsBlank() {
				lines = append(lines, cellLine(table, r, i))
			}
			before[c.Name] = v
		}
	})
	return lines, err
}

func (f *forgetting) factLines() (lines []DossierLine, err error) {
	facts, err := f.Facts(f.dataset)
	for _, fact := range facts {
		if fact.Ref == f.ref {
			lines = append(lines, DossierLine{At: fact.At, Label: fact.Column, Value: fact.Value, Source: fact.By + ", " + fact.Source})
		}
	}
	if err != nil {
		return nil, err
	}
	err = f.each(`select field, recorded, recorded_by, withdrawn_by from facts
		where constituency = ? and dataset = ? and ref = ? and withdrawn is not null order by id`,
		[]any{here, f.dataset, int64(f.ref)}, func(scan func(...any) error) error {
			var field, by, gone string
			var at sql.NullInt64
			err := scan(&field, &at, &by, &gone)
			lines = append(lines, DossierLine{At: moment(at), Label: field, Value: dataset.TextValue("withdrawn by " + gone), Source: by})
			return err
		})
	return lines, err
}

func (f *forgetting) problemLines() (lines []DossierLine, err error) {
	err = f.each(`select i.imported, i.file, p.line, p.field, p.found from problems p
		join imports i on i.constituency = p.constituency and i.id = p.import
		where p.constituency = ? and p.ref = ? order by p.import, p.number`,
		[]any{here, int64(f.ref)}, func(scan func(...any) error) error {
			var at sql.NullInt64
			var file, field, found string
			var line int
			err := scan(&at, &file, &line, &field, &found)
			lines = append(lines, DossierLine{At: moment(at), Label: field, Value: dataset.TextValue(found), Source: dataset.Where(file, line)})
			return err
		})
	return lines, err
}

func (f *forgetting) letterLines() (lines []DossierLine, err error) {
	b, err := f.LoadBook()
	if err != nil {
		return nil, err
	}
	for _, m := range b.Messages() {
		if !f.linked[m.ID] {
			continue
		}
		c, erased, err := f.content(m.ID)
		switch {
		case err != nil && !isNotFound(err):
			return nil, err
		case err != nil, erased:
			continue
		}
		label, text := fmt.Sprintf("letter %d, %s", m.ID, m.State), c.Subject+"\n"+c.Text
		if m.Person != f.ref {
			label, text = fmt.Sprintf("to an officer, letter %d, %s", m.ID, m.State), c.Subject
		}
		lines = append(lines, DossierLine{At: m.At, Label: label, Value: dataset.TextValue(text), Source: m.Playbook})
	}
	return lines, nil
}

func (f *forgetting) workLines() (lines []DossierLine, err error) {
	b, err := f.LoadBook()
	if err != nil {
		return nil, err
	}
	for _, c := range b.Cases() {
		if c.Dataset != f.dataset || c.Subject != f.ref {
			continue
		}
		state := string(c.State)
		if c.Result != "" {
			state += ", " + string(c.Result)
		}
		lines = append(lines, DossierLine{At: c.Opened, Label: c.Playbook, Value: dataset.TextValue(state), Source: c.Occasion})
		for _, k := range b.TasksOf(c.Key) {
			text := string(k.State)
			if k.Answer != "" {
				text += ": " + k.Answer
			}
			lines = append(lines, DossierLine{At: k.Given, Label: fmt.Sprintf("task %d, %s", k.Number, k.Step), Value: dataset.TextValue(text), Source: k.Addressee})
		}
	}
	return lines, nil
}

func (f *forgetting) contactLines() (lines []DossierLine, err error) {
	b, err := f.LoadBook()
	if err != nil {
		return nil, err
	}
	r := b.Rest()
	for _, s := range r.Contacts {
		if s.Person == f.ref {
			lines = append(lines, DossierLine{At: s.At, Label: "contact", Value: dataset.TextValue(s.How)})
		}
	}
	for _, s := range r.Replies {
		if s.Person == f.ref {
			lines = append(lines, DossierLine{At: s.At, Label: "last reply"})
		}
	}
	for _, s := range r.Suppressions {
		if s.Person == f.ref {
			lines = append(lines, DossierLine{At: s.At, Label: "nothing is sent: " + s.Scope, Value: dataset.TextValue(s.Why)})
		}
	}
	for _, s := range r.Said {
		if s.One != f.ref && s.Other != f.ref {
			continue
		}
		line := DossierLine{At: s.At, Label: "said to be somebody else than another record"}
		if s.Same {
			other, err := f.ByNumber(s.One + s.Other - f.ref)
			if err != nil {
				return nil, err
			}
			line.Label, line.Value = "said to be the same person as", dataset.TextValue(other[s.One+s.Other-f.ref].Key)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

// inboundLines are the messages that came back from the person, and those that
// wait and name them.
func (f *forgetting) inboundLines() (lines []DossierLine, err error) {
	list, err := f.inbound(`(person is not null or message is not null or state = 'waiting')`, []any{here})
	for _, m := range list {
		line := DossierLine{At: m.Received, Label: m.Kind, Value: dataset.TextValue(m.Result)}
		switch {
		case m.Waiting && (f.find.has(m.Shown.From) || f.find.has(m.Shown.Subject) || f.find.has(m.Shown.Why)):
			line.Value = dataset.TextValue(strings.TrimSpace(m.Shown.From + " " + m.Shown.Subject))
		case m.Person != f.ref && !f.linked[m.Message]:
			continue
		}
		lines = append(lines, line)
	}
	return lines, err
}

func (f *forgetting) mentionLines() (lines []DossierLine, err error) {
	err = f.snapshots(func(_ int64, table *dataset.Table) error {
		for _, r := range table.Rows {
			if table.Schema.Name == f.dataset && r.Ref == f.ref {
				continue
			}
			for i, v := range r.Cells {
				person := v.Kind == dataset.Person && v.N != 0 && dataset.Ref(v.N) == f.ref
				if person || v.Kind == dataset.Text && f.find.has(v.S) {
					line := cellLine(table, r, i)
					line.Label = table.Schema.Name + ", " + line.Label
					lines = append(lines, line)
				}
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	ids, err := f.contentIDs()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if f.linked[id] {
			continue
		}
		c, _, err := f.content(id)
		if err != nil {
			return nil, err
		}
		if f.find.has(c.Subject) || f.find.has(c.Text) || f.find.has(c.HTML) {
			lines = append(lines, DossierLine{Label: fmt.Sprintf("letter %d about others", id), Value: dataset.TextValue(c.Subject)})
		}
	}
	return lines, nil
}
