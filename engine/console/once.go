package console

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// oncePages registers the letter that no playbook has: its words, and a condition
// that says to whom.
func (c *Console) oncePages(mux *http.ServeMux) {
	mux.HandleFunc("GET /once", c.needs(mayWrite, (*visit).once))
	mux.HandleFunc("POST /once/condition", c.needs(mayWrite, (*visit).onceCondition))
	mux.HandleFunc("POST /once/look", c.needs(mayWrite, (*visit).onceLook))
	mux.HandleFunc("POST /once/picture", c.needs(mayWrite, (*visit).oncePicture))
	mux.HandleFunc("POST /once", c.needs(mayWrite, (*visit).oncePropose))
	for _, p := range []string{"POST /once/condition", "POST /once/look", "POST /once/picture", "POST /once"} {
		c.takes(p, 4*mostWords)
	}
}

// oncePage is the page on which a letter is written and looked at.
type oncePage struct {
	engine.Once
	Roles, Audiences []settingOption
	Columns          []settingOption
	Operators        []settingOption
	Parts            []oncePart
	Said             string // the condition in words
	Wrong            []faultWords
	Look             *onceLook
	Shown            string // what was looked at: proposing anything else is refused
	Base             string
}

// A oncePart is one line of the small form that makes a condition.
type oncePart struct{ Column, Operator, Value string }

// onceLook is what would become of the letter.
type onceLook struct {
	Name            string
	Matched, Looked int
	Gets, Not       []onceLine
	More, NotMore   int
	Holds           []string
	Warnings        []faultWords
	To, Subject     string // of one of them
	Text            string
}

type onceLine struct{ Who, Why string }

// mostOnceNames is how many people the page names at once.
const mostOnceNames = 500

// onceOf is what a form says.
func (v *visit) onceOf() oncePage {
	f := v.r.PostFormValue
	days, _ := strconv.Atoi(f("days"))
	p := oncePage{Once: engine.Once{To: strings.TrimSpace(strings.ReplaceAll(f("to"), "\r\n", "\n")), From: f("from"), Basis: f("basis"),
		Subject: strings.TrimSpace(f("subject")), Words: strings.ReplaceAll(f("words"), "\r\n", "\n"), Days: days, File: "the letter"}, Base: f("base")}
	for i := range onceParts {
		n := strconv.Itoa(i)
		p.Parts = append(p.Parts, oncePart{Column: f("column" + n), Operator: f("operator" + n), Value: strings.TrimSpace(f("value" + n))})
	}
	v.onceChoices(&p)
	return p
}

// onceParts is how many lines the small form has.
const onceParts = 3

// onceOperators are what a line of the form can ask.
var onceOperators = []settingOption{{Value: "is", Text: "is"}, {Value: "is not", Text: "is not"}, {Value: "from", Text: "is at least, or on or after"}, {Value: "until", Text: "is at most, or on or before"},
	{Value: "there", Text: "is known"}, {Value: "blank", Text: "is blank"}}

// onceChoices fills in what can be chosen.
func (v *visit) onceChoices(p *oncePage) {
	set := v.e.Set()
	choose := func(values []string, now string, title func(string) string) (out []settingOption) {
		for _, x := range values {
			out = append(out, settingOption{Value: x, Text: dataset.Plain(title(x)), On: x == now})
		}
		return out
	}
	roles := v.Seat.Roles
	if v.Seat.Local() {
		roles = set.RoleOrder()
	}
	p.Roles = choose(roles, p.From, set.RoleTitle)
	var names []string
	for name, a := range set.Constituency.Audiences {
		if a.Dataset == "members" && a.When != nil && len(a.Roles) == 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	p.Audiences = choose(names, p.Base, label)
	var columns []string
	for i := range set.Schemas["members"].Columns {
		c := &set.Schemas["members"].Columns[i]
		if v.Seat.Local() || v.Seat.SeesColumn(set, playbook.Guard{Dataset: "members", Column: c.Name, Class: c.Class}) {
			columns = append(columns, c.Name)
		}
	}
	slices.Sort(columns)
	p.Columns = choose(columns, "", label)
	p.Operators = onceOperators
}

// once shows an empty letter.
func (v *visit) once() {
	p := oncePage{Once: engine.Once{Basis: string(playbook.Marketing), Days: 14, Words: "Dear {{ or member.first_name \"friend\" }},\n\n\n\nWith best wishes,\n"}, Parts: make([]oncePart, onceParts)}
	p.From = v.Seat.Roles[0]
	v.onceChoices(&p)
	v.page("once", "Write a letter", p)
}

// onceCondition makes the text of a condition of what was chosen in the form, and
// says it in words.
func (v *visit) onceCondition() {
	p := v.onceOf()
	text, why := v.conditionOf(&p)
	if why != "" {
		p.Wrong = []faultWords{{Text: why}}
		v.status = http.StatusUnprocessableEntity
	} else {
		p.To = text
		p.Said, p.Wrong = v.saidOf(&p)
	}
	v.page("once", "Write a letter", p)
}

// conditionOf writes the condition.
func (v *visit) conditionOf(p *oncePage) (text, why string) {
	set := v.e.Set()
	var parts []string
	if a, ok := set.Constituency.Audiences[p.Base]; ok && a.When != nil && a.Dataset == "members" {
		source := a.When.Source()
		if a.Var != "member" {
			return "", "The audience " + label(p.Base) + " speaks of its people under another name; write the condition by hand."
		}
		parts = append(parts, "("+source+")")
	}
	schema := set.Schemas["members"]
	for _, x := range p.Parts {
		if x.Column == "" {
			continue
		}
		i, ok := schema.Column(x.Column)
		if !ok {
			return "", "There is no column of that name."
		}
		name := "member." + x.Column
		c := &schema.Columns[i]
		if x.Operator == "there" || x.Operator == "blank" {
			parts = append(parts, map[string]string{"there": "present(" + name + ")", "blank": "not present(" + name + ")"}[x.Operator])
			continue
		}
		operator := map[string]string{"is": "==", "is not": "!=", "from": ">=", "until": "<="}[x.Operator]
		if operator == "" || x.Value == "" {
			return "", "Say what " + label(x.Column) + " is to be compared with."
		}
		value := strconv.Quote(x.Value)
		switch c.Kind {
		case dataset.Number:
			value = x.Value
		case dataset.Money:
			value = "pounds(" + strings.Trim(x.Value, "£ ") + ")"
		case dataset.YesNo:
			if value = name; (x.Value == "no") != (x.Operator == "is not") {
				value = "not " + name
			}
			parts = append(parts, value)
			continue
		case dataset.Date, dataset.Time:
			day, err := calendar.ParseDate(x.Value)
			if err != nil {
				return "", "Write the day for " + label(x.Column) + " as 2026-11-03."
			}
			value = onThe(int(day - v.clock().Day(v.now())))
		}
		parts = append(parts, name+" "+operator+" "+value)
	}
	if len(parts) == 0 {
		return "everyone", ""
	}
	return strings.Join(parts, " and "), ""
}

// onThe names a day so many days from the one on which the letter's people are
// chosen: days are not written out in conditions, and this one stays what it is.
func onThe(days int) string {
	switch {
	case days < 0:
		return "settings.written - days(" + strconv.Itoa(-days) + ")"
	case days > 0:
		return "settings.written + days(" + strconv.Itoa(days) + ")"
	}
	return "settings.written"
}

// saidOf says a condition in words, or what is wrong with it.
func (v *visit) saidOf(p *oncePage) (said string, wrong []faultWords) {
	if p.To == "everyone" {
		return "every member, without exception", nil
	}
	set := v.e.Set()
	schema := set.Schemas["members"]
	bench := set.Bench("member", schema)
	e, faults := bench.Expr(strings.ReplaceAll(p.To, "settings.written", "today"))
	if len(faults) > 0 {
		return "", wordsOf(faults)
	}
	pb := &playbook.Playbook{For: &playbook.For{Var: "member", Dataset: "members", Schema: schema}}
	return dataset.Plain(bench.Plain(set.ConditionWords(pb, e))), nil
}

// lacks says what a letter does not say yet.
func (p *oncePage) lacks() (out []faultWords) {
	say := func(text string) { out = append(out, faultWords{Text: text}) }
	if p.Subject == "" {
		say("It has no subject.")
	}
	if p.To == "" {
		say("Nothing says who gets it. An empty condition chooses nobody: for every member, write everyone.")
	}
	if strings.TrimSpace(p.Words) == "" {
		say("It has no words.")
	}
	if p.Basis != string(playbook.Service) && p.Basis != string(playbook.Marketing) {
		say("Say by what right it is sent.")
	}
	if p.Days < 1 || p.Days > 60 {
		say("A letter is worth sending for 1 to 60 days.")
	}
	if !slices.ContainsFunc(p.Roles, func(o settingOption) bool { return o.Value == p.From }) {
		say("Say which of your roles signs it.")
	}
	return out
}

// onceLook shows who would get a letter, who would not and why, before anything
// is written.
func (v *visit) onceLook() {
	p := v.onceOf()
	d := v.draft(&p)
	if d == nil {
		return
	}
	v.page("once", "Write a letter", p)
}

// draft looks at what would become of the letter, and puts it on the page. What
// is wrong is answered there, and nothing is returned.
func (v *visit) draft(p *oncePage) *engine.Draft {
	fail := func(wrong []faultWords) *engine.Draft {
		p.Wrong, v.status = wrong, http.StatusUnprocessableEntity
		v.page("once", "Write a letter", *p)
		return nil
	}
	if wrong := p.lacks(); len(wrong) > 0 {
		return fail(wrong)
	}
	d, err := v.e.Draft(v.r.Context(), p.Once)
	if err != nil {
		return fail([]faultWords{{Text: wholeSentence(err.Error())}})
	}
	if len(d.Faults) > 0 {
		return fail(wordsOf(d.Faults))
	}
	if plan.Hidden(d.Set, d.Name, v.Seat.Roles...) {
		return fail([]faultWords{{Text: "The letter uses special columns, so only the role that approves it sees it: " + d.Set.RoleTitle(d.Role) + "."}})
	}
	if pb := d.Set.Playbook(d.Name); pb != nil && pb.While != nil {
		p.Said = dataset.Plain(d.Set.ConditionWords(pb, pb.While))
	}
	if list, column := v.unseen(d); list != "" {
		return fail([]faultWords{{Text: "The letter reads " + column + " of the list " + list + ", which your role does not see: whom it would go to, and why, would give that away."}})
	}
	n := d.Plan.Counts[d.Name]
	l := &onceLook{Name: d.Name, Matched: n.Matched, Looked: n.Looked, Warnings: wordsOf(d.Warnings)}
	sum := sha256.New()
	for _, x := range d.Plan.Lines {
		line := onceLine{Who: dataset.Plain(x.To), Why: wholeSentence(x.Why)}
		if x.Verb == plan.Asks {
			fmt.Fprintln(sum, x.To)
			if len(l.Gets) < mostOnceNames {
				l.Gets = append(l.Gets, line)
			} else {
				l.More++
			}
			continue
		}
		if len(l.Not) < mostOnceNames {
			l.Not = append(l.Not, line)
		} else {
			l.NotMore++
		}
	}
	for _, x := range d.Plan.CannotTell {
		l.Not = append(l.Not, onceLine{Who: dataset.Plain(x.About), Why: "It cannot be told " + dataset.Plain(x.What) + ": " + dataset.Plain(x.Why) + "."})
	}
	for _, h := range d.Plan.Holds {
		l.Holds = append(l.Holds, wholeSentence(h.Why))
	}
	if c := d.Sample; c != nil {
		l.To, l.Subject, l.Text = person(c.ToName, ""), dataset.Plain(c.Subject), plainLines(c.Text)
		fmt.Fprintln(sum, c.Subject, c.HTML)
	}
	p.Look, p.Shown = l, hex.EncodeToString(sum.Sum(nil))
	return d
}

// unseen gives a column that a letter reads, in its condition or its words, and
// that its writer may not see; nothing where there is none. Whoever sits at the
// computer itself can read the lists.
func (v *visit) unseen(d *engine.Draft) (list, column string) {
	pb := d.Set.Playbook(d.Name)
	if pb == nil || v.Seat.Local() {
		return "", ""
	}
	for _, path := range pb.Data() {
		list, column, _ = strings.Cut(path, ".")
		switch s := d.Set.Schemas[list]; {
		case s == nil:
		case column != "" && !v.seesText(s, column):
			return label(list), label(column)
		case column == "" && !v.mayBrowse(s):
			return label(list), "records"
		}
	}
	return "", ""
}

// oncePicture shows one of the letters as it will look, in a frame of the page.
func (v *visit) oncePicture() {
	p := v.onceOf()
	if d := v.draft(&p); d != nil && d.Sample != nil {
		servePicture(v.w, d.Sample.HTML)
	} else if d != nil {
		v.gone()
	}
}

// oncePropose writes the letter's playbook and proposes what was shown, if that
// is still what would come of it. Nothing is sent.
func (v *visit) oncePropose() {
	p := v.onceOf()
	shown := v.r.PostFormValue("shown")
	d := v.draft(&p)
	if d == nil {
		return
	}
	if shown != p.Shown {
		v.status = http.StatusConflict
		p.Wrong = []faultWords{{Text: "Something else has happened meanwhile: other people would get it now, or other words. Nothing was proposed; look once more."}}
		v.page("once", "Write a letter", p)
		return
	}
	out, err := v.e.WriteOnce(v.steady(), p.From, p.Once)
	if err != nil {
		v.fail(err)
		return
	}
	asks := 0
	for _, l := range out.Plan.Lines {
		if l.Verb == plan.Asks {
			asks++
		}
	}
	v.renew()
	said := plural(asks, "letter waits", "letters wait") + " for a yes; nothing was sent."
	if len(out.Plan.Holds) > 0 {
		said += " Held: " + out.Plan.Holds[0].Why + "."
	}
	v.done("/plan", said)
}
