package playbook

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
)

// taskOnly and emailOnly are keys that only one kind of step has.
var (
	taskOnly  = []string{"due", "done", "answers", "chase"}
	emailOnly = []string{"again", "attach", "basis"}
)

// step reads one step of the playbook.
func (b *builder) step(src *stepSource) {
	u := b.ld.newUses()
	b.ld.uses = u
	defer func() {
		b.any.add(u)
		if !src.off {
			b.all.add(u)
		}
	}()
	st := &Step{ID: src.id, Kind: src.kind, Off: src.off, Line: src.at.n.Line, Basis: Officer}
	m := src.m
	b.wrongKind(src)
	var element *dataset.Schema
	sc := b.pb.Scope
	if v := m.get("each"); v.there() {
		sc, element = b.each(st, v)
	}
	var subject *dataset.Schema
	if b.pb.For != nil {
		subject = b.pb.For.Schema
	}
	branch := branchInSight(element, subject)
	if st.Kind == Email {
		st.Basis = b.basis(m.get("basis"))
	}
	b.times(st, m, sc)
	st.When = b.ld.condition(sc, m.get("when"), "when")
	st.Done = b.ld.condition(sc, m.get("done"), "done")
	if v := m.get("again"); v.there() {
		list, _ := v.items("again")
		for _, item := range list {
			if s, ok := item.text("again"); ok {
				if e := b.ld.expr(sc, item, s, 0); e != nil {
					b.plainValue(item, e)
					st.Again = append(st.Again, e)
				}
			}
		}
	}
	if v := m.get("to"); v.there() {
		st.To = b.recipients(sc, v, branch)
	} else {
		src.at.fault("", "A step must say to whom.")
	}
	st.From = Recipients{Roles: []string{b.pb.Role}}
	if v := m.get("from"); v.there() {
		st.From = b.signer(st, sc, v, branch)
	}
	b.shown(st, m, sc)
	if st.Kind == Task {
		b.answers(st, m, sc)
		b.chase(st, m, sc, branch)
	}
	b.words(src, st, sc, u)
	st.Private = u.private()
	b.masks(st, m, u)
	b.pb.Steps = append(b.pb.Steps, st)
}

// wrongKind notes keys that the other kind of step has.
func (b *builder) wrongKind(src *stepSource) {
	keys, other := emailOnly, "an email"
	if src.kind == Email {
		keys, other = taskOnly, "a task"
	}
	for _, key := range keys {
		if v := src.m.get(key); v.there() {
			v.fault("", "Only %s has %s.", other, key)
		}
	}
}

// each reads "branch in branches": a copy of the step per element.
func (b *builder) each(st *Step, v value) (condition.Scope, *dataset.Schema) {
	sc := b.pb.Scope
	s, ok := v.text("each")
	if !ok {
		return sc, nil
	}
	name, list, found := strings.Cut(s, " in ")
	name = strings.TrimSpace(name)
	if !found {
		v.fault("write it as branch in branches", "This must name an element and its list.")
		return sc, nil
	}
	if !b.ld.freeName(v, name) {
		return sc, nil
	}
	if _, taken := b.own[name]; taken && !b.ld.broken[name] {
		v.fault("choose another name", "%s stands for something already.", sentence(name))
		return sc, nil
	}
	at := utf8.RuneCountInString(s) - utf8.RuneCountInString(list)
	e := b.ld.expr(sc, v, list, at)
	if e == nil {
		b.blame(name)
		return with(sc, name, dataset.Type{}), nil
	}
	if e.Type().List == nil {
		v.faultIn(at, "", "This is %s, where a list is needed.", typeWords(e.Type()))
		b.blame(name)
		return with(sc, name, dataset.Type{}), nil
	}
	st.Each = &Copies{Var: name, Expr: e}
	return with(sc, name, *e.Type().List), e.Type().List.Record
}

// basis reads the basis of an email, which may only be narrower.
func (b *builder) basis(v value) Basis {
	if !v.there() {
		return b.pb.Basis
	}
	word, ok := v.choice("basis", basisWords...)
	if ok && slices.Index(basisWords, word) < slices.Index(basisWords, string(b.pb.Basis)) {
		v.fault("a step can only be narrower than its playbook", "The basis %s is wider than the playbook's, %s.", word, b.pb.Basis)
	}
	return Basis(word)
}

// times reads when a step is due and how long it is worth doing.
func (b *builder) times(st *Step, m mapping, sc condition.Scope) {
	at, due, late := m.get("at"), m.get("due"), m.get("late")
	if st.Kind == Task {
		st.At = b.moment(sc, at, "at", "opening", "due", "deadline")
		if st.Due = b.moment(sc, due, "due", "opening", "given", "deadline"); !due.there() {
			m.fault("write due: 7 days after given", "A task must say when it is due.")
		}
		if at.there() && st.At != nil && st.At.Anchor == "due" && st.Due != nil && st.Due.Anchor == "given" {
			at.fault("count one of them from something else", "at is counted from due and due from the day the task is given.")
		}
	} else {
		st.At = b.moment(sc, at, "at", "opening", "deadline")
	}
	if !late.there() {
		return
	}
	s, ok := late.text("late")
	if !ok {
		return
	}
	if rest, until := strings.CutPrefix(s, "until "); until {
		e := b.ld.expr(sc, late, rest, len("until "))
		if e == nil {
			return
		}
		if k := e.Type().Kind; k != dataset.Date && k != dataset.Time {
			late.faultIn(len("until "), "", "until needs a date or a time, and this is %s.", typeWords(e.Type()))
			return
		}
		st.Late = &Late{Until: e}
	} else if d := b.length(sc, late, s, 0); d != nil {
		st.Late = &Late{For: d}
	}
}

// shown reads what a step shows beside its words: rows, columns, a file.
func (b *builder) shown(st *Step, m mapping, sc condition.Scope) {
	rows, columns, most, attach := m.get("rows"), m.get("columns"), m.get("most"), m.get("attach")
	count := m.get("count")
	if rows.there() {
		if s, ok := rows.text("rows"); ok {
			if st.Rows = b.ld.expr(sc, rows, s, 0); st.Rows != nil && (st.Rows.Type().List == nil || st.Rows.Type().List.Record == nil) {
				rows.fault("", "rows needs a list of records, and this is %s.", typeWords(st.Rows.Type()))
				st.Rows = nil
			}
		}
		if !columns.there() && !count.there() {
			rows.fault("write columns: [name, phone], or count: [branch]", "rows needs columns: what is shown of each record.")
		}
	}
	for key, v := range map[string]value{"columns": columns, "count": count, "most": most} {
		if v.there() && !rows.there() {
			v.fault("", "%s needs rows.", sentence(key))
		}
	}
	if columns.there() {
		st.Columns, _ = columns.texts("columns")
		if st.Rows != nil {
			b.shownColumns(columns, st.Rows.Type().List.Record)
		}
	}
	if count.there() {
		b.tally(st, m)
	}
	if most.there() {
		if s, ok := most.text("most"); ok {
			if st.Most = b.ld.expr(sc, most, s, 0); st.Most != nil && st.Most.Type().Kind != dataset.Number {
				most.fault("", "most needs a number, and this is %s.", typeWords(st.Most.Type()))
			}
		}
	}
	if attach.there() {
		if s, ok := attach.text("attach"); ok {
			if st.Attach = b.ld.expr(sc, attach, s, 0); st.Attach != nil && !hasFile(st.Attach.Type()) {
				attach.fault("name a record of documents", "attach needs a record with a file, and this is %s.", typeWords(st.Attach.Type()))
			}
		}
	}
}

// tally reads by what the rows are counted. It stands for itself: a list of the
// same rows would tell what the counts hide.
func (b *builder) tally(st *Step, m mapping) {
	v := m.get("count")
	names, ok := v.texts("count")
	for _, key := range []string{"columns", "most"} {
		if other := m.get(key); other.there() {
			other.fault("keep one of them", "A list of the records would tell what count hides.")
			return
		}
	}
	switch {
	case !ok:
		return
	case len(names) == 0 || len(names) > 2:
		v.fault("write count: [branch, kind]", "The records are counted by one column, or by two.")
		return
	}
	if st.Columns, st.Tally = names, true; st.Rows == nil {
		return
	}
	s := st.Rows.Type().List.Record
	b.shownColumns(v, s)
	items, _ := v.items("count")
	for _, item := range items {
		switch t := s.Types()[item.n.Value]; t.Kind {
		case dataset.Date, dataset.Time, dataset.Money, dataset.Length, dataset.File:
			item.fault("count by a branch, a kind or another column with few values", "%s is %s: nearly every record has its own.", sentence(item.n.Value), typeWords(t))
		}
	}
}

// shownColumns checks the columns of rows.
func (b *builder) shownColumns(v value, s *dataset.Schema) {
	items, _ := v.items("columns")
	types := s.Types()
	for _, item := range items {
		name, of, dotted := strings.Cut(item.n.Value, ".")
		t, ok := types[name]
		if !ok {
			item.fault(didYouMean(name, append(columnNames(s), "key", "first_seen")), "%s has no column %q.", sentence(s.Name), plain(name))
			continue
		}
		b.ld.uses.column(s, name)
		if !dotted {
			continue
		}
		people := b.ld.derived["people"]
		at := utf8.RuneCountInString(name) + 1
		if t.Kind != dataset.Person {
			item.faultIn(at, "only a column that holds a person has columns of its own, as in owner.name", "%s is %s, and has no columns.", sentence(name), typeWords(t))
		} else if _, ok := people.Types()[of]; !ok {
			item.faultIn(at, didYouMean(of, columnNames(people)), "%s has no column %q.", sentence(people.Name), plain(of))
		} else {
			b.ld.uses.column(people, of)
		}
	}
}

// Heading is what stands above a column of rows: for minute_taker.name, whose
// name it is.
func Heading(column string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.TrimSuffix(column, ".name"), "_", " "), ".", " ")
}

// hasFile reports a record or column that holds a file.
func hasFile(t dataset.Type) bool {
	if t.Record == nil {
		return t.Kind == dataset.File
	}
	return slices.ContainsFunc(t.Record.Columns, func(c dataset.Column) bool { return c.Kind == dataset.File })
}

// answers reads what a person can say to a task and what that does.
func (b *builder) answers(st *Step, m mapping, sc condition.Scope) {
	v := m.get("answers")
	if !v.there() {
		st.Answers = []Answer{{Text: "done"}}
		return
	}
	if !v.isMapping() {
		list, _ := v.texts("answers")
		for _, text := range list {
			st.Answers = append(st.Answers, Answer{Text: text})
		}
		if len(list) == 0 {
			v.fault("", "A task must have an answer.")
		}
		return
	}
	am, _ := v.mapping("answers")
	for _, e := range am.entries {
		a := Answer{Text: e.name}
		em, _ := e.val.form(answerForm)
		if set := em.get("set"); set.there() {
			sm, _ := set.mapping("set")
			for _, x := range sm.entries {
				if eff, ok := b.effect(x, sc); ok {
					a.Set = append(a.Set, eff)
				}
			}
		}
		if sup := em.get("suppress"); sup.there() {
			if s, ok := sup.text("suppress"); ok {
				if a.Suppress = b.ld.expr(sc, sup, s, 0); a.Suppress != nil && (a.Suppress.Type().List != nil || b.reaches(a.Suppress.Type()) != "") {
					sup.fault("name the record of a person", "suppress needs a person, and this is %s.", typeWords(a.Suppress.Type()))
				}
			}
		}
		st.Answers = append(st.Answers, a)
	}
}

// effect reads one local fact that an answer writes: member.phone_bad: yes.
func (b *builder) effect(e entry, sc condition.Scope) (Effect, bool) {
	name, column, found := strings.Cut(e.name, ".")
	t := sc.Names[name]
	if b.ld.broken[name] {
		return Effect{}, false
	}
	if !found || t.Record == nil {
		e.key.fault("write it as member.phone_bad: yes", "%q is no column of a record.", plain(e.name))
		return Effect{}, false
	}
	i, ok := t.Record.Column(column)
	if !ok {
		e.key.faultIn(utf8.RuneCountInString(name)+1, didYouMean(column, columnNames(t.Record)), "%s has no column %q.", sentence(t.Record.Name), plain(column))
		return Effect{}, false
	}
	s, ok := e.val.text(e.name)
	if !ok {
		return Effect{}, false
	}
	source := s
	if s == "yes" || s == "no" {
		source = map[string]string{"yes": "true", "no": "false"}[s]
	}
	x := b.ld.expr(sc, e.val, source, 0)
	if x == nil {
		return Effect{}, false
	}
	want := &t.Record.Columns[i]
	got := x.Type().Kind
	switch literal, quoted := unquoted(source); {
	case want.Kind == dataset.Choice && quoted:
		if !slices.Contains(want.Choices, literal) {
			e.val.fault(didYouMean(literal, want.Choices), "%s cannot be %q.", sentence(column), plain(literal))
			return Effect{}, false
		}
	case got != want.Kind && !(quoted && want.Kind == dataset.Reference):
		e.val.fault("", "%s is %s, and this is %s.", sentence(column), kindWords(want.Kind), typeWords(x.Type()))
		return Effect{}, false
	}
	return Effect{Var: name, Column: column, Expr: x}, true
}

// unquoted gives the text of a literal.
func unquoted(s string) (string, bool) {
	if len(s) < 2 || (s[0] != '"' && s[0] != '\'') || s[len(s)-1] != s[0] || strings.ContainsAny(s[1:len(s)-1], "\"'\\") {
		return "", false
	}
	return s[1 : len(s)-1], true
}

// chase reads the ladder of reminders.
func (b *builder) chase(st *Step, m mapping, sc condition.Scope, branch bool) {
	v := m.get("chase")
	if !v.there() {
		return
	}
	cm, _ := v.mapping("chase")
	for _, e := range cm.entries {
		o, err := calendar.ParseOffset(e.name)
		if err != nil {
			syntax(e.key, 0, err)
			continue
		}
		st.Chase = append(st.Chase, Rung{Key: e.name, N: o.Duration, Before: o.Before, Repeat: o.Repeat, To: b.recipients(sc, e.val, branch)})
	}
}

// words reads the subject and the letter.
func (b *builder) words(src *stepSource, st *Step, sc condition.Scope, u *uses) {
	names := letterNames(sc.Names, b.ld, st)
	if v := src.m.get("subject"); !v.there() {
		src.at.fault("", "A step must have a subject.")
	} else if s, ok := v.text("subject"); ok {
		line, faults := letter.ParseLine(s)
		if len(faults) == 0 {
			faults = line.Check(names)
			u.paths(names, line.Uses())
		}
		for _, f := range faults {
			v.faultIn(max(f.Column-1, 0), f.Hint, "%s", f.Text)
		}
		if len(faults) == 0 {
			st.Subject = line
			b.lay(line.Shows(names), true, func(at letter.Show, hint, text string) { v.faultIn(max(at.Column-1, 0), hint, "%s", text) })
		}
	}
	text, ok := b.letterText(src)
	if !ok {
		return
	}
	src.letter = text
	tmpl, faults := letter.Parse(text.String())
	if len(faults) == 0 {
		faults = tmpl.Check(names)
		u.paths(names, tmpl.Uses())
	}
	for _, f := range faults {
		text.fault(f.Line, f.Column, f.Hint, f.Text)
	}
	if len(faults) == 0 {
		st.Letter = tmpl
		b.lay(tmpl.Shows(names), false, func(at letter.Show, hint, why string) { text.fault(at.Line, at.Column, hint, why) })
	}
	b.digest(&b.text, "letter "+st.ID, text.String())
}
