package playbook

import (
	"maps"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// reserved are the names that a playbook cannot give: they mean something in
// every condition, moment or letter.
var reserved = strings.Fields(`today now settings law constituency steps period since due recipient repeat days_left rows
	opening given deadline before after at everyone yes no true false nil and or not in let
	present blank days months day year days_between birthday latest share pounds replied open_case audience
	any all none one count filter find map sum len min max contains startsWith endsWith`)

// base gives the names that are always there.
func (ld *loader) base() map[string]dataset.Type {
	names := map[string]dataset.Type{
		"today": {Kind: dataset.Date},
		"now":   {Kind: dataset.Time},
		"constituency": {Fields: map[string]dataset.Type{
			"name": {Kind: dataset.Text}, "started": {Kind: dataset.Date},
			"nation": {Kind: dataset.Choice, Column: &dataset.Column{Name: "nation", Kind: dataset.Choice, Choices: sortedNames(nationNames)}},
		}},
	}
	for name, s := range ld.set.Schemas {
		names[name] = dataset.Type{List: &dataset.Type{Record: s}}
	}
	for name, s := range ld.derived {
		names[name] = dataset.Type{List: &dataset.Type{Record: s}}
	}
	return names
}

// scope is what a condition may name: the names always there and some more.
func (ld *loader) scope(more map[string]dataset.Type) condition.Scope {
	names := maps.Clone(ld.names)
	maps.Copy(names, more)
	return condition.Scope{Names: names, Law: ld.lawTypes, Playbooks: ld.known, Audiences: ld.audiences}
}

// with is a scope with one more name.
func with(sc condition.Scope, name string, t dataset.Type) condition.Scope {
	sc.Names = maps.Clone(sc.Names)
	sc.Names[name] = t
	return sc
}

// periodType is what period is, in playbooks with every.
func periodType() dataset.Type {
	return dataset.Type{Fields: map[string]dataset.Type{
		"start": {Kind: dataset.Date}, "end": {Kind: dataset.Date},
		"label": {Kind: dataset.Text}, "number": {Kind: dataset.Number},
	}}
}

// stepType is what steps.<id> is.
func stepType(answers []string) dataset.Type {
	return dataset.Type{Fields: map[string]dataset.Type{
		"done": {Kind: dataset.YesNo}, "missed": {Kind: dataset.YesNo},
		"answer": {Kind: dataset.Choice, Column: &dataset.Column{Name: "answer", Kind: dataset.Choice, Choices: answers}},
		"on":     {Kind: dataset.Date}, "open": {Kind: dataset.Number},
	}}
}

// letterNames are the names of a letter or subject: those of the conditions
// and what is known only when a message is made.
func letterNames(names map[string]dataset.Type, ld *loader, st *Step) map[string]dataset.Type {
	names = maps.Clone(names)
	names["repeat"] = dataset.Type{Kind: dataset.YesNo}
	names["recipient"] = dataset.Type{Record: ld.derived["people"]}
	if st.Due != nil {
		names["due"] = dataset.Type{Kind: dataset.Date}
		names["days_left"] = dataset.Type{Kind: dataset.Number}
	}
	if st.Rows != nil {
		names["rows"] = st.Rows.Type()
	}
	return names
}

// expr compiles a condition that is part of a scalar, starting at a rune of
// it, and notes all its faults in the file.
func (ld *loader) expr(sc condition.Scope, v value, source string, at int) *condition.Expr {
	if i := strings.IndexAny(source, "“”‘’„"); i >= 0 {
		v.faultIn(at+len([]rune(source[:i])), `type straight ones: "`, "Curly quotation marks do not quote anything.")
		return nil
	}
	if ld.mentionsBroken(source) {
		return nil
	}
	e, faults := sc.Compile(source)
	for _, f := range faults {
		v.faultIn(at+f.Offset, f.Hint, "%s", full(f.Text))
	}
	if len(faults) > 0 {
		return nil
	}
	ld.note(e)
	return e
}

// full makes a whole sentence of what another part says.
func full(s string) string {
	if s = sentence(s); !strings.HasSuffix(s, ".") && !strings.HasSuffix(s, "?") {
		s += "."
	}
	return s
}

// mentionsBroken reports an expression with a name that is faulty itself: it
// draws no second fault.
func (ld *loader) mentionsBroken(source string) bool {
	if len(ld.broken) == 0 {
		return false
	}
	words := strings.FieldsFunc(source, func(r rune) bool {
		return r != '_' && r != '.' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	return slices.ContainsFunc(words, func(w string) bool {
		name, rest, _ := strings.Cut(w, ".")
		part, _, _ := strings.Cut(rest, ".")
		return ld.broken[name] || ld.broken[name+"."+part]
	})
}

// note remembers what an expression of the playbook at hand reads.
func (ld *loader) note(e *condition.Expr) {
	if ld.uses == nil || e == nil {
		return
	}
	ld.uses.expr(e)
}

// yesNoExpr compiles a condition that must be a yes or no.
func (ld *loader) yesNoExpr(sc condition.Scope, v value, source string, at int) *condition.Expr {
	e := ld.expr(sc, v, source, at)
	if e != nil && e.Type().Kind != dataset.YesNo {
		v.faultIn(at, "compare it with something", "This is %s, where a yes or no is needed.", typeWords(e.Type()))
		return nil
	}
	return e
}

// condition reads a whole scalar as a yes-or-no condition.
func (ld *loader) condition(sc condition.Scope, v value, what string) *condition.Expr {
	if !v.there() {
		return nil
	}
	s, ok := v.text(what)
	if !ok {
		return nil
	}
	return ld.yesNoExpr(sc, v, s, 0)
}

// forWhom reads "member in members".
func (ld *loader) forWhom(v value, text string) (*For, bool) {
	words := strings.Fields(text)
	if len(words) != 3 || words[1] != "in" {
		v.fault("write it as member in members", "This must name a record and its dataset.")
		return nil, false
	}
	s := ld.set.Schemas[words[2]]
	if s == nil {
		s = ld.derived[words[2]]
	}
	if s == nil {
		at := strings.LastIndex(text, words[2])
		v.faultIn(len([]rune(text[:at])), didYouMean(words[2], sortedNames(ld.set.Schemas)), "There is no dataset %q.", plain(words[2]))
		return nil, false
	}
	if !ld.freeName(v, words[0]) {
		return nil, false
	}
	return &For{Var: words[0], Dataset: words[2], Schema: s}, true
}

// freeName checks that a playbook may use a name for something of its own.
func (ld *loader) freeName(v value, name string) bool {
	switch {
	case !isWord(name):
		v.fault("small letters, figures and underscores", "%q is not a name.", plain(name))
	case slices.Contains(reserved, name):
		v.fault("choose another name", "%s means something already.", name)
	case ld.set.Schemas[name] != nil || ld.derived[name] != nil:
		v.fault("choose another name", "%s is a dataset.", sentence(name))
	case ld.set.Roles[name] != nil:
		v.fault("choose another name", "%s is a role.", sentence(name))
	default:
		return true
	}
	return false
}
