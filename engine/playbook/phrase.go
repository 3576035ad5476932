package playbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A vocabulary says what the names of one playbook are called: what stands
// under let is said in its place where it is short or used once, and is
// otherwise a word in quotes that the description explains.
type vocabulary struct {
	set   *Set
	pb    *Playbook
	uses  map[string]int
	plain map[string]bool // whether a name is said in its place
	terms map[string]bool // names that stand in quotes
	law   []string        // figures of the law that were named, in order
	words *condition.Wording

	briefly, once int // lengths in words up to which a name is said in its place, used often or once
}

// newVocabulary counts how often each name is used.
func newVocabulary(set *Set, pb *Playbook) *vocabulary {
	v := &vocabulary{set: set, pb: pb, uses: map[string]int{}, plain: map[string]bool{}, terms: map[string]bool{}, briefly: 8, once: 22}
	for _, e := range pb.exprs() {
		for _, name := range e.Names() {
			v.uses[name]++
		}
	}
	v.words = &condition.Wording{Clock: set.Constituency.Clock, Name: v.name, Defined: v.let, Setting: v.setting, Law: v.figure,
		Step: v.step, Role: v.role, Playbook: func(name string) string { return quoted(name) }}
	if pb.For != nil {
		v.words.Subject, v.words.Kind = pb.For.Var, pb.For.Schema.Singular
	}
	return v
}

// exprs are all expressions of a playbook that its description says.
func (pb *Playbook) exprs() []*condition.Expr {
	list := []*condition.Expr{pb.When, pb.Done, pb.Stop, pb.Pause}
	moment := func(m *Moment) {
		if m == nil {
			return
		}
		list = append(list, m.Expr)
		if m.Offset != nil {
			list = append(list, m.Offset.Expr)
		}
	}
	for _, l := range pb.Let {
		list = append(list, l.Expr)
	}
	if pb.While != pb.When {
		list = append(list, pb.While)
	}
	if pb.Again != nil {
		list = append(list, pb.Again.Exprs...)
	}
	moment(pb.Deadline)
	for _, st := range pb.Steps {
		list = append(list, st.When, st.Done, st.Rows, st.Most, st.Attach)
		list = append(list, st.Again...)
		list = append(list, st.To.Exprs...)
		list = append(list, st.From.Exprs...)
		moment(st.At)
		moment(st.Due)
		if st.Each != nil {
			list = append(list, st.Each.Expr)
		}
		if st.Late != nil {
			list = append(list, st.Late.Until)
		}
	}
	return slices.DeleteFunc(list, func(e *condition.Expr) bool { return e == nil })
}

// let finds what a name stands for.
func (v *vocabulary) let(name string) *condition.Expr {
	for _, l := range v.pb.Let {
		if l.Name == name {
			return l.Expr
		}
	}
	return nil
}

// name says what a name stands for, or what it is called.
func (v *vocabulary) name(name string) (*condition.Expr, string) {
	e := v.let(name)
	if e == nil {
		return nil, v.called(name)
	}
	plain, known := v.plain[name]
	if !known {
		before, law := len(v.law), v.law
		terms := v.terms
		v.terms = map[string]bool{}
		n := len(strings.Fields(v.said(e)))
		v.terms, v.law = terms, law[:before]
		often := v.uses[name] > 1 && e.Type().Kind != dataset.YesNo && n*v.uses[name] > 3*v.briefly // shorter with a word of its own
		plain = n <= 4 || n <= v.briefly && !often || n <= v.once && v.uses[name] <= 1
		v.plain[name] = plain
	}
	if plain {
		return e, ""
	}
	v.terms[name] = true
	return nil, v.term(name, e.Type())
}

// term is a name in quotes, with what kind of thing it is.
func (v *vocabulary) term(name string, t dataset.Type) string {
	word := quoted(readable(name))
	switch {
	case t.List != nil, t.Record != nil, t.Fields != nil:
		return "the " + word
	case t.Kind == dataset.YesNo:
		return word
	case t.Kind == dataset.Date && !strings.HasSuffix(name, "day"):
		return "the day " + word
	case t.Kind == dataset.Time:
		return "the time " + word
	case t.Kind == dataset.Money:
		return "the sum " + word
	case t.Kind == dataset.Number:
		return "the number " + word
	}
	return "the " + word
}

// said says an expression, as a statement or as a value.
func (v *vocabulary) said(e *condition.Expr) string {
	if e.Type().Kind == dataset.YesNo {
		return e.Statement(v.words)
	}
	return e.Phrase(v.words)
}

// called is what a name is called that the playbook does not explain.
func (v *vocabulary) called(name string) string {
	switch {
	case v.copies(name) != "":
		return v.copies(name)
	case name == "period" && v.pb.Every != nil:
		return "the " + beat(v.pb.Every)
	case name == "since":
		return "the time of the last one"
	}
	return "the " + readable(name)
}

// setting says the value of a setting; a table is named.
func (v *vocabulary) setting(name string) string {
	s := v.pb.Settings[name]
	switch {
	case s == nil, !s.Set && s.Type != "table":
		return "what is set as " + quoted(readable(name))
	case s.Type == "table":
		return "the table " + quoted(readable(name))
	case s.Type == "role":
		return "the " + v.role(s.Term.Value.S)
	case s.Term.IsList:
		return and(v.roles(s))
	}
	words := strings.TrimSuffix(s.Term.Value.Words(v.set.Constituency.Clock), ".00")
	if s.Type == "text" || s.Type == "audience" || s.Type == "choice" {
		return quoted(readable(words))
	}
	return words
}

// copies says what a step is copied for, by the name of one of them: a row of a
// table, or a record; nothing if there is no such name.
func (v *vocabulary) copies(name string) string {
	for _, st := range v.pb.Steps {
		if st.Each == nil || st.Each.Var != name {
			continue
		}
		if t := st.Each.Expr.Type(); t.List != nil && t.List.Record != nil {
			return "the " + readable(t.List.Record.Singular)
		}
		if t := st.Each.Expr.Type(); t.List != nil && t.List.Fields == nil {
			return "that officer"
		}
		return itsRow
	}
	return ""
}

const itsRow = "its row"

// roles are the titles of a setting's roles.
func (v *vocabulary) roles(s *Setting) []string {
	var words []string
	for _, t := range append([]dataset.Term{s.Term}, s.Term.List...) {
		if t.Value.S != "" {
			words = append(words, "the "+v.role(t.Value.S))
		}
	}
	return words
}

// step is a step's name in quotes.
func (v *vocabulary) step(name string) string {
	for _, st := range v.pb.Steps {
		if st.ID == name && st.Kind == Email {
			return "the letter " + quoted(readable(name))
		}
	}
	return quoted(readable(name))
}

// role gives a role's title.
func (v *vocabulary) role(name string) string {
	if r := v.set.Roles[name]; r != nil {
		if r.Branch {
			return r.Title + " of the branch"
		}
		return r.Title
	}
	return readable(name)
}

// figure says a figure of the law, as it stands at the end of its table.
func (v *vocabulary) figure(name string) string {
	f := v.set.lawFigure(name)
	if f == nil || len(f.Entries) == 0 {
		return "the law's " + readable(name)
	}
	if !slices.Contains(v.law, name) {
		v.law = append(v.law, name)
	}
	if f.columns != nil {
		return "the law's table " + quoted(readable(name))
	}
	now, own := f.Entries[len(f.Entries)-1].Value, ""
	if n := len(f.Own); n > 0 && f.stricter(f.Own[n-1].Value, now) {
		now, own = f.Own[n-1].Value, ", which is stricter"
	}
	words := strings.TrimSuffix(now.Words(calendar.Clock{}), ".00")
	whose := "legal"
	if own != "" {
		whose = "own"
	}
	switch f.Kind {
	case dataset.Money:
		return fmt.Sprintf("%s %s line of %s", map[bool]string{true: "our", false: "the"}[own != ""], whose, words)
	case dataset.Number:
		return words
	}
	return words + map[bool]string{true: " (our own, stricter than the law)", false: " (by law)"}[own != ""]
}

// lawFigure finds a figure of the law by its name.
func (s *Set) lawFigure(name string) *Figure {
	for _, f := range s.Law.Figures() {
		if f.Name == name {
			return f
		}
	}
	return nil
}

// beat is the stretch that a schedule repeats: year, quarter, month, week, day.
func beat(s *calendar.Schedule) string {
	words := s.String()
	for _, unit := range []string{"year", "quarter", "month", "week"} {
		if strings.HasPrefix(words, unit) {
			return unit
		}
	}
	if strings.HasPrefix(words, "day") || strings.HasPrefix(words, "weekday") {
		return "day"
	}
	return "period"
}

// schedule says when a playbook begins anew.
func schedule(s *calendar.Schedule) string {
	words, hour, timed := strings.Cut(s.String(), " at ")
	unit, day, on := strings.Cut(words, " on ")
	switch {
	case on && unit == "week":
		unit, on = upperFirst(day), false
	case unit == "week":
		unit = "Monday"
	case unit == "month" && !on:
		day, on = "the 1st", true
	case unit == "quarter" && !on:
		day, on = "its first day", true
	case unit == "year" && !on:
		day, on = "1 January", true
	case strings.HasSuffix(unit, " weeks") && !on:
		day, on = "a Monday", true
	}
	say := "every " + unit
	if on {
		for _, month := range monthNames {
			day = strings.Replace(day, strings.ToLower(month), month, 1)
		}
		say += " on " + upperDay(day)
	}
	if timed {
		say += " at " + hourWords(hour)
	}
	return say
}

var monthNames = []string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"}

// upperDay gives the name of a day of the week its capital letter.
func upperDay(day string) string {
	if strings.HasSuffix(day, "day") && !strings.Contains(day, " ") {
		return upperFirst(day)
	}
	return day
}

func upperFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// hourWords says a time of day: 07:00 is 7 in the morning.
func hourWords(clock string) string {
	hour, minute, ok := strings.Cut(clock, ":")
	var h int
	if _, err := fmt.Sscanf(hour, "%d", &h); err != nil || !ok {
		return clock
	}
	part := "in the morning"
	switch {
	case h == 12 && minute == "00":
		return "noon"
	case h >= 18:
		part = "in the evening"
	case h >= 12:
		part = "in the afternoon"
	}
	say := fmt.Sprint((h+11)%12 + 1)
	if minute != "00" {
		say += ":" + minute
	}
	return say + " " + part
}

// quoted puts words into quotation marks.
func quoted(s string) string { return "“" + s + "”" }

// readable is a name without its underscores.
func readable(name string) string { return strings.ReplaceAll(name, "_", " ") }

func readableAll(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = readable(n)
	}
	return out
}

// and joins words as a sentence does.
func and(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
