package playbook

import (
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A builder makes one playbook from its file, its letters and what the
// constituency says about it.
type builder struct {
	ld           *loader
	pb           *Playbook
	m            mapping
	files        fs.FS
	own          map[string]dataset.Type // names the playbook gives: its subject, let, each
	tail         tailoring
	defs         []*settingDef
	steps        []stepSource
	top          *uses           // what opens and keeps cases
	gate         *uses           // of these, what law 6 asks about: for, every, when, while, again
	all          *uses           // of every step that is on
	any          *uses           // of every step at all
	text         strings.Builder // the effective text, for the digest
	faultsBefore int
	open         []exposure      // what the step at hand lays open
	conds        strings.Builder // what opens and keeps cases, for the digest
}

// build reads a playbook whole. What it notes as a fault disables it.
func (ld *loader) build(v value, src playbookSource, tail tailoring) *Playbook {
	b := &builder{ld: ld, files: src.files, tail: tail, own: map[string]dataset.Type{}}
	b.top, b.gate, b.all, b.any = ld.newUses(), ld.newUses(), ld.newUses(), ld.newUses()
	b.pb = &Playbook{Name: src.name, File: src.file, Settings: map[string]*Setting{}, Trust: Automatic}
	b.faultsBefore = len(ld.faults)
	ld.broken = map[string]bool{}
	var ok bool
	if b.m, ok = v.form(playbookForm); !ok && len(b.m.entries) == 0 {
		return nil
	}
	defer func() { ld.uses = nil }()
	b.head()
	b.settings(b.m.get("settings"), tail.settings, tail.from)
	b.subject()
	b.order()
	b.names()
	b.conditions()
	for i := range b.steps {
		b.step(&b.steps[i])
	}
	b.seal()
	return b.pb
}

// head reads what a playbook says of itself.
func (b *builder) head() {
	for _, key := range playbookForm.required() {
		if !b.m.get(key).there() {
			b.m.fault("", "A playbook must have %s.", key)
		}
	}
	if n := b.m.get("name"); n.there() {
		if s, ok := n.text("name"); ok && s != b.pb.Name {
			what := "the file"
			if b.tail.file.there() {
				what = "the entry in " + tailoringFile
			}
			n.fault("write name: "+plain(b.pb.Name), "The name must be that of %s.", what)
		}
	}
	setText(b.m, "title", &b.pb.Title)
	setText(b.m, "about", &b.pb.About)
	if v := b.m.get("source"); v.there() {
		b.pb.Source, _ = v.texts("source")
	}
	if v := b.m.get("role"); v.there() {
		b.pb.Role = b.role(v, "role")
	}
	if v := b.m.get("basis"); v.there() {
		word, _ := v.choice("basis", basisWords...)
		b.pb.Basis = Basis(word)
	}
	if v := b.m.get("trust"); v.there() {
		if t, ok := readTrust(v); ok {
			b.pb.Trust = t
		}
	}
	if v := b.m.get("locked"); v.there() {
		b.pb.Locked, _ = v.yesNo("locked")
	}
	if v := b.m.get("reads"); v.there() {
		b.pb.Reads, _ = v.texts("reads")
	}
	if v := b.m.get("cap"); v.there() {
		if s, _ := v.text("cap"); s == "all" {
			b.pb.Cap = -1
		} else if n, err := strconv.Atoi(s); err == nil && n > 0 && n <= 100000 {
			b.pb.Cap = n
		} else if s != "" {
			v.fault("", "Cap must be a number from 1 to 100000, or all.")
		}
	}
}

// role reads the name of a role.
func (b *builder) role(v value, what string) string {
	s, ok := v.text(what)
	if ok && b.ld.set.Roles[s] == nil {
		v.fault(didYouMean(s, sortedNames(b.ld.set.Roles)), "There is no role %q.", plain(s))
		return ""
	}
	return s
}

// basisWords are the bases, from the widest to the narrowest.
var basisWords = []string{"officer", "service", "marketing"}

// trustWords are the levels of trust, in order.
var trustWords = []string{"observe", "each", "batch", "automatic"}

// String gives the level as playbooks write it.
func (t Trust) String() string { return trustWords[min(int(t), len(trustWords)-1)] }

// readTrust reads a level of trust.
func readTrust(v value) (Trust, bool) {
	word, ok := v.choice("trust", trustWords...)
	return Trust(max(slices.Index(trustWords, word), 0)), ok
}

// subject reads whom the playbook is about and at which beats.
func (b *builder) subject() {
	if v := b.m.get("for"); v.there() {
		if s, ok := v.text("for"); ok {
			if f, ok := b.ld.forWhom(v, s); ok {
				b.pb.For = f
				b.own[f.Var] = dataset.Type{Record: f.Schema}
			} else if word, _, _ := strings.Cut(s, " "); isWord(word) {
				b.blame(word)
			}
		}
	}
	if v := b.m.get("every"); v.there() {
		if s, ok := v.text("every"); ok {
			every, err := calendar.ParseSchedule(s)
			if err != nil {
				syntax(v, 0, err)
			}
			b.pb.Every = every
		}
	}
}

// names gathers what the conditions may name.
func (b *builder) names() {
	more := map[string]dataset.Type{}
	for name, t := range b.own {
		more[name] = t
	}
	fields := make(map[string]dataset.Type, len(b.defs))
	for _, def := range b.defs {
		fields[def.Name] = def.typ(b.ld)
	}
	more["settings"] = dataset.Type{Fields: fields}
	if b.m.get("every").there() {
		more["period"] = periodType()
		more["since"] = dataset.Type{Kind: dataset.Time}
	}
	steps := make(map[string]dataset.Type, len(b.steps))
	for i := range b.steps {
		steps[b.steps[i].id] = stepType(b.steps[i].answers())
	}
	more["steps"] = dataset.Type{Fields: steps}
	b.pb.Scope = b.ld.scope(more)
}

// conditions reads let and the conditions of the whole playbook.
func (b *builder) conditions() {
	pb, m := b.pb, b.m
	b.ld.uses = b.top
	if v := m.get("let"); v.there() {
		lm, _ := v.mapping("let")
		for _, e := range lm.entries {
			b.let(e)
		}
	}
	gate := func(read func()) {
		u := b.ld.newUses()
		b.ld.uses = u
		read()
		b.gate.add(u)
		b.top.add(u)
		b.ld.uses = b.top
	}
	gate(b.door)
	gate(b.again)
	pb.Done = b.ld.condition(pb.Scope, m.get("done"), "done")
	pb.Stop = b.ld.condition(pb.Scope, m.get("stop"), "stop")
	pb.Pause = b.ld.condition(pb.Scope, m.get("pause"), "pause")
	pb.Deadline = b.moment(pb.Scope, m.get("deadline"), "deadline", "opening")
}

// let reads one name for a value.
func (b *builder) let(e entry) {
	name, ok := e.key.name("a name in let")
	if !ok || !b.ld.freeName(e.key, name) {
		return
	}
	if _, taken := b.own[name]; taken {
		e.key.fault("choose another name", "%s stands for something already.", sentence(name))
		return
	}
	s, ok := e.val.text(name)
	if !ok {
		b.blame(name)
		return
	}
	sc := b.pb.Scope
	sc.Let = true
	x := b.ld.expr(sc, e.val, s, 0)
	if x == nil {
		b.blame(name)
		return
	}
	b.pb.Let = append(b.pb.Let, Let{Name: name, Expr: x})
	b.own[name] = x.Type()
	b.pb.Scope.Names[name] = x.Type()
}

// blame gives a faulty let a name without a type, so that it draws no second
// fault wherever it is used.
func (b *builder) blame(name string) {
	b.own[name] = dataset.Type{}
	if b.pb.Scope.Names != nil {
		b.pb.Scope.Names[name] = dataset.Type{}
	}
	b.ld.broken[name] = true
}

// door reads when, and while; also: is joined to when.
func (b *builder) door() {
	pb, when := b.pb, b.m.get("when")
	also := b.tail.also.get("when")
	needs := pb.Every == nil || b.m.get("for").there()
	switch {
	case !when.there() && needs:
		b.m.fault("write when: everyone if everyone is meant", "A playbook must say when: an empty selector selects nobody.")
	case when.there():
		if s, ok := when.text("when"); ok && s == "everyone" {
			pb.Everyone = true
			if b.pb.For == nil && !b.m.get("for").there() {
				when.fault("say for: member in members", "everyone needs records to choose from.")
			}
		} else if ok {
			pb.When = b.ld.yesNoExpr(pb.Scope, when, s, 0)
		}
	}
	var more *condition.Expr
	if b.tail.also.n != nil {
		more = b.ld.condition(pb.Scope, also, "when")
	}
	if more != nil {
		pb.Everyone = false
		if pb.When == nil {
			pb.When = more
		} else if both, faults := pb.Scope.Compile("(" + pb.When.Source() + ") and (" + more.Source() + ")"); len(faults) == 0 {
			pb.When = both
		} else {
			also.fault("", "This cannot be joined to the playbook's own when: %s", faults[0].Text)
		}
	}
	if pb.While = b.ld.condition(pb.Scope, b.m.get("while"), "while"); pb.While == nil {
		pb.While = pb.When
	}
}

// again reads when the same record is a new occasion (rules 1 and 2).
func (b *builder) again() {
	v := b.m.get("again")
	every := b.m.get("every").there()
	if !v.there() {
		lasting := b.pb.For == nil || !b.pb.For.Schema.Event
		if b.m.get("for").there() && b.pb.For == nil {
			return
		}
		if !every && lasting {
			what := "a playbook without for and every"
			if b.pb.For != nil {
				what = b.pb.For.Dataset + " last, so a playbook about them"
			}
			b.m.fault("write again: never, again: after 30 days, or again: with what makes it a new occasion", "%s must say again.", sentence(what))
		}
		return
	}
	if every {
		v.fault("delete it: each slot is a new occasion", "again has no meaning with every.")
		return
	}
	list, _ := v.items("again")
	a := &Again{}
	for _, item := range list {
		s, ok := item.text("again")
		switch {
		case !ok:
		case s == "never" && len(list) == 1:
			a.Never = true
		case strings.HasPrefix(s, "after ") && len(list) == 1:
			a.After = b.length(b.pb.Scope, item, strings.TrimSpace(s[len("after "):]), len("after "))
		default:
			if e := b.ld.expr(b.pb.Scope, item, s, 0); e != nil {
				b.plainValue(item, e)
				a.Exprs = append(a.Exprs, e)
			}
		}
	}
	b.pb.Again = a
}

// plainValue checks that an expression gives a value that can tell occasions
// apart.
func (b *builder) plainValue(v value, e *condition.Expr) {
	if t := e.Type(); t.Record != nil || t.List != nil || t.Fields != nil {
		v.fault("name one of its columns", "%s cannot tell occasions apart: it is %s.", plain(e.Source()), typeWords(t))
	}
}
