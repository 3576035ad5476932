package condition

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// columnNouns are the columns whose own names cannot be read aloud.
var columnNouns = map[string]string{
	"joined": "joining date", "born": "date of birth", "until": "last day", "from": "first day", "on": "day", "by": "officer",
	"for_whom": "group", "was": "former value", "now": "new value", "membership_no": "membership number", "email": "email address",
	"phone": "telephone number", "phone_home": "home telephone number", "online_url": "online link", "poll": "polling day", "minutes": "time allotted",
	"delegates_most": "number of delegates allowed", "seats": "number of licences", "due": "due date", "closes": "closing time", "opens": "opening time",
	"wanted_by": "target day", "repay_by": "day of repayment", "extended_to": "extended deadline", "paid_in": "amount paid in", "paid_out": "amount paid out", "last_on": "last day", "first_on": "first day", "freeze_on": "freeze day", "expires_on": "last day", "renews_on": "renewal day",
	"first_seen": "first appearance in our list", "seen": "day we learned of it", "key": "record", "declared_on": "day of declaration", "candidates": "list of candidates",
	"access_checked_at": "place checked", "arrears_since": "first day of arrears", "affiliated_from": "first day of affiliation",
}

// columnVerbs are the columns of days that are verbs, and none made of a
// participle and "on".
var columnVerbs = map[string][2]string{
	"joined": {"joined", ""}, "born": {"was", "born"}, "closes": {"closes", ""}, "opens": {"opens", ""}, "expires_on": {"expires", ""}, "renews_on": {"renews", ""},
	"first_seen": {"first", "appeared in our list"}, "seen": {"was", "noticed"}, "last_contacted": {"was", "last spoken to"}, "last_contact": {"was", "last in touch"},
	"last_used": {"was", "last used"}, "due": {"is", "due"}, "wanted_by": {"is", "wanted"}, "at": {"was", "imported"}, "noticed_at": {"was", "noticed"}, "arrears_since": {"has", "been in arrears since a day"},
	"affiliated_from": {"has", "been affiliated since a day"},
}

// participles are the irregular ones that columns end in.
var participles = []string{"sent", "told", "held", "given", "paid", "repaid", "drawn", "read", "done", "left", "put", "begun", "seen", "withdrawn", "taken", "made"}

func participle(word string) bool {
	return slices.Contains(participles, word) || strings.HasSuffix(word, "ed") && len(word) > 3
}

// A happening is a column that says on which day something was done: what was
// done (checked), and to what of the record, if not to itself (its list).
type happening struct {
	of, verb, rest string
}

// happens reads the name of a column as what was done.
func happens(column string) (happening, bool) {
	if v, ok := columnVerbs[column]; ok {
		return happening{verb: v[0], rest: v[1]}, true
	}
	name, ok := strings.CutSuffix(column, "_on")
	if !ok {
		return happening{}, false
	}
	words := strings.Split(name, "_")
	last := len(words) - 1
	switch {
	case words[0] == "not" && last == 1 && participle(words[1]):
		return happening{verb: "was", rest: "decided not to be " + words[1]}, true
	case participle(words[last]) && last > 0 && !participle(words[0]):
		return happening{of: strings.Join(words[:last], " "), verb: "was", rest: words[last]}, true
	case name == "asked":
		return happening{verb: "was", rest: "asked for"}, true
	case participle(words[0]) && last == 0:
		return happening{verb: "was", rest: words[0]}, true
	case participle(words[0]) && words[last] == "hq":
		return happening{verb: "was", rest: "reported to head office"}, true
	case last > 0 && participle(words[last]):
		return happening{of: strings.Join(words[:last], " "), verb: "was", rest: words[last]}, true
	case participle(words[0]):
		return happening{verb: "was", rest: strings.Join(words, " ")}, true
	}
	return happening{}, false
}

// columnNoun is a column's name as a noun.
func columnNoun(name string) string {
	if n := columnNouns[name]; n != "" {
		return n
	}
	if h, ok := happens(name); ok && h.verb == "was" {
		if h.of != "" {
			return "day its " + h.of + " was " + h.rest
		}
		return "day it was " + h.rest
	}
	return readable(strings.TrimSuffix(name, "_on"))
}

// columnNoun says a column of a record or of the row.
func (s *speaker) columnNoun(n *node) string {
	if n.name == "key" && n.op == opColumn {
		return s.noun(n.kids[0])
	}
	if h, ok := happens(n.name); ok && h.verb == "was" && columnNouns[n.name] == "" && n.op == opColumn && h.of == "" {
		return "the day " + s.owner(n.kids[0]).noun() + " was " + h.rest
	}
	t := s.topicOf(n)
	return t.whole()
}

// owner is the record that a part is, or that a column is read from.
func (s *speaker) owner(n *node) topic {
	r := s.resolved(n)
	if r.n != n {
		return r.s.owner(r.n)
	}
	switch n.op {
	case opRow, opRowField:
		return topic{key: ".", row: true, person: s.person, plural: s.plural}
	case opColumn, opDay:
		return s.owner(n.kids[0])
	case opPersonRecord:
		words := s.noun(n.kids[0])
		return topic{key: words, name: words, person: true}
	}
	words := s.noun(n)
	t := topic{key: words, name: words, person: n.typ.Record != nil && n.typ.Record.Person}
	if n.op == opName && n.name == s.w.Subject {
		t.one = indefinite(s.w.kind())
	}
	return t
}

// topicOf is what a part is about, when something is said of it.
func (s *speaker) topicOf(n *node) topic {
	r := s.resolved(n)
	if r.n != n {
		t := r.s.topicOf(r.n)
		return t
	}
	switch n.op {
	case opRow, opColumn:
		t := s.recordOf(n)
		if n.name != "key" {
			t.column = columnNoun(n.name)
		}
		return t
	case opRowField:
		return topic{key: ".", row: true, column: readable(n.name)}
	case opDay:
		return s.topicOf(n.kids[0])
	case opElse:
		if t, ok := s.dayOf(n); ok {
			return t
		}
	}
	words := s.noun(n)
	return topic{key: words, name: words}
}

// recordOf is the record that a column is read from.
func (s *speaker) recordOf(n *node) topic {
	if n.op == opRow {
		return topic{key: ".", row: true, person: s.person, plural: s.plural}
	}
	return s.owner(n.kids[0])
}

// dayOf is the day of a record that has a date or a time: date ?? day(start).
func (s *speaker) dayOf(n *node) (topic, bool) {
	a, b := n.kids[0], n.kids[1]
	if b.op == opDay {
		b = b.kids[0]
	}
	if a.op != b.op || a.op != opColumn && a.op != opRow || a.name != "date" || b.name != "start" {
		return topic{}, false
	}
	t := s.recordOf(a)
	t.column = "date"
	return t, true
}

// statusAdjectives are the words for where something stands that are neither
// participles nor in -al or -ive.
var statusAdjectives = map[string]string{"arrears": "in arrears", "draft": "a draft", "in_order": "in order", "out_of_order": "out of order", "on_track": "on track",
	"at_risk": "at risk", "open": "open", "absent": "absent", "running": "running", "transferred_out": "transferred out", "deceased": "dead", "ended_unpermitted": "ended as not permitted",
	"called": "called", "done": "done", "fell": "voted down", "approved_draft": "an approved draft"}

// adjective is a status as an adjective.
func adjective(status string) (string, bool) {
	if w := statusAdjectives[status]; w != "" {
		return w, true
	}
	return readable(status), participle(status) || strings.HasSuffix(status, "al") || strings.HasSuffix(status, "ive")
}

// acronyms are choices that are said by their letters.
var acronyms = map[string]string{"bame": "BAME", "lgbtq": "LGBTQ+", "pcc": "PCC", "llp": "LLP", "hq": "head office"}

// choiceWord is a choice as people say it: a short one by what it means.
func choiceWord(col *dataset.Column, choice string) string {
	if a := acronyms[choice]; a != "" {
		return a
	}
	if col != nil && len(choice) <= 3 {
		for _, m := range col.Meanings[choice] {
			if len(m) > len(choice) {
				return m
			}
		}
	}
	return readable(choice)
}

// marked says a column that is yes or no.
func (s *speaker) marked(n *node, not bool) clause {
	t := s.owner(n)
	if n.op == opColumn {
		t = s.owner(n.kids[0])
	}
	words := strings.Split(n.name, "_")
	last := words[len(words)-1]
	switch {
	case n.name == "baseline":
		if not {
			return t.says("is", "new since our first list")
		}
		return t.says("was", "on our first list")
	case n.name == "came":
		return t.says(map[bool]string{true: "did not", false: "came"}[not], map[bool]string{true: "come"}[not])
	case n.name == "in_office":
		return t.says("is", negated("in office", not))
	case n.name == "hardship":
		return t.says("is", negated("in hardship", not))
	case participle(last) && len(words) > 1:
		t.column = strings.Join(words[:len(words)-1], " ")
		return t.says("has", negated("been "+last, not))
	case participle(last):
		return t.says("is", negated(last, not))
	}
	return t.says("is", negated("marked “"+readable(n.name)+"”", not))
}

// filled says that something is there, or not.
func (s *speaker) filled(n *node, not bool) clause {
	if c := s.listedIn(n); c != nil {
		c.rests[0] = negated(c.rests[0], not)
		return *c
	}
	r := s.resolved(n)
	if r.n != n {
		return r.s.filled(r.n, not)
	}
	there := map[bool]string{true: "there is no ", false: "there is "}[not]
	switch {
	case n.op == opFind, n.op == opFilter, n.typ.List != nil:
		g := s.group(n)
		if not {
			return clause{text: there + g.bare(false)}
		}
		return clause{text: there + g.said("a", false)}
	case (n.typ.Record != nil || n.typ.Fields != nil) && n.op == opName:
		if words := s.called(n.name); not {
			return clause{text: there + strings.TrimPrefix(words, "the ")}
		} else {
			return clause{text: there + indefinite(strings.TrimPrefix(words, "the "))}
		}
	case n.op == opField:
		if step, ok := s.step(n.kids[0]); ok {
			return topic{key: step, name: step}.says("has", negated("been answered", not))
		}
	case n.op == opColumn || n.op == opRow:
		return s.filledColumn(n, not)
	}
	words := s.noun(n)
	return topic{key: words, name: words}.says("is", negated("known", not))
}

// filledColumn says that a cell is filled in, or blank.
func (s *speaker) filledColumn(n *node, not bool) clause {
	t := s.recordOf(n)
	if h, ok := happens(n.name); ok && h.verb == "was" && columnNouns[n.name] == "" {
		if not && h.of == "" && slices.Contains(s.states, h.rest) { // "not yet been accepted" would deny the status
			return t.says("has", "no “"+readable(n.name)+"” date")
		}
		t.column = h.of
		rest := "been " + strings.TrimPrefix(h.rest, "last ")
		if not {
			rest = "not yet " + rest
		}
		return t.says("has", rest)
	}
	if not {
		return t.says("has", "no "+columnNoun(n.name))
	}
	return t.says("has", indefinite(columnNoun(n.name)))
}

// listedIn says that something stands in a table of settings: that a row of it
// is found by one equality.
func (s *speaker) listedIn(n *node) *clause {
	if n.op == opName && s.w.Defined != nil {
		if e := s.w.Defined(n.name); e != nil {
			of := e.speaker(s.w)
			of.opening = s.opening
			return of.listedIn(e.root)
		}
	}
	if n.op != opFind {
		return nil
	}
	table, p := s.resolved(n.kids[0]), n.kids[1]
	if table.n.op != opField || p.op != opEqual || p.kids[0].op != opRowField || p.kids[1].inner {
		return nil
	}
	c := s.topicOf(p.kids[1]).says("is", "in "+table.s.noun(table.n))
	return &c
}
