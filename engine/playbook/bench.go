package playbook

import (
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Bench checks what an author tries out before it stands in a playbook: an
// expression or a moment, with the names that every playbook sees and, if one
// is laid on the bench, a record under the name of one of its dataset.
//
// On the bench a day may be written out, 2026-05-07, which a playbook cannot:
// it would be a subtraction there. It is given a name of the same length, so
// that all places stay true.
type Bench struct {
	ld    *loader
	scope condition.Scope
	Days  map[string]calendar.Date // the days written out, by their names
}

// Bench makes one. The name and schema are those of a record, or empty.
func (s *Set) Bench(name string, schema *dataset.Schema) *Bench {
	ld := &loader{set: s, derived: derivedSchemas(), known: map[string]bool{}, audiences: map[string]bool{}, lawTypes: s.Law.types()}
	if m := s.Schemas["members"]; m != nil {
		ld.derived["changes"] = dataset.ChangesSchema(m)
	}
	for _, pb := range s.Playbooks {
		ld.known[pb.Name] = true
	}
	for _, off := range s.Off {
		ld.known[off] = true
	}
	for disabled := range s.Disabled {
		ld.known[disabled] = true
	}
	for audience := range s.Constituency.Audiences {
		ld.audiences[audience] = true
	}
	ld.names = ld.base()
	more := map[string]dataset.Type{}
	if schema != nil {
		more[name] = dataset.Type{Record: schema}
	}
	b := &Bench{ld: ld, scope: ld.scope(more), Days: map[string]calendar.Date{}}
	b.scope.Let = true
	return b
}

// Expr checks an expression.
func (b *Bench) Expr(source string) (*condition.Expr, []Fault) {
	named, faults := b.named(source)
	if len(faults) > 0 {
		return nil, faults
	}
	e, wrong := b.scope.Compile(named)
	for _, f := range wrong {
		faults = append(faults, b.fault(source, f.Offset, full(f.Text), f.Hint))
	}
	return e, faults
}

// Moment checks a moment. Nothing opens on a bench and no task is given, so it
// is counted from a day, or from a column of the record.
func (b *Bench) Moment(source string) (*Moment, []Fault) {
	named, faults := b.named(source)
	if len(faults) > 0 {
		return nil, faults
	}
	d := &doc{lines: []string{named}, out: &faults}
	v := value{&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: named, Line: 1, Column: 1}, d}
	if t, err := calendar.ParseMoment(named); err == nil {
		switch t.Anchor {
		case "opening", "given", "due", "deadline":
			return nil, []Fault{b.fault(source, t.AnchorAt, sentence(t.Anchor)+" is something of a case, and here is none.", "write a day in its place: 2026-05-07")}
		}
	}
	m := (&builder{ld: b.ld}).moment(b.scope, v, "a moment")
	for i, f := range faults {
		faults[i] = b.fault(source, f.Column-1, f.Text, f.Hint)
	}
	return m, faults
}

// Schedule checks a schedule.
func (b *Bench) Schedule(source string) (*calendar.Schedule, []Fault) {
	s, err := calendar.ParseSchedule(source)
	if err == nil {
		return s, nil
	}
	var faults []Fault
	syntax(value{&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: source, Line: 1, Column: 1}, &doc{lines: []string{source}, out: &faults}}, 0, err)
	for i, f := range faults {
		faults[i] = b.fault(source, f.Column-1, f.Text, f.Hint)
	}
	return nil, faults
}

func (b *Bench) fault(source string, offset int, text, hint string) Fault {
	return Fault{Line: 1, Column: offset + 1, Text: b.Plain(text), Hint: b.Plain(hint), Source: source}
}

// writtenDay is a day written out, or a text in quotes, which is left alone.
var writtenDay = pattern(`"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\b\d{4}-\d{2}-\d{2}\b`)

// namedDay is the name of one.
var namedDay = pattern(`\bd(\d{4})(\d{2})(\d{2})_`)

// named puts names in the place of the days that are written out.
func (b *Bench) named(source string) (string, []Fault) {
	var faults []Fault
	at := 0
	var out strings.Builder
	for _, m := range writtenDay().FindAllStringIndex(source, -1) {
		text := source[m[0]:m[1]]
		if text[0] == '"' || text[0] == '\'' {
			continue
		}
		day, err := calendar.ParseDate(text)
		if err != nil {
			faults = append(faults, b.fault(source, len([]rune(source[:m[0]])), "There is no day "+text+".", "write it as 2026-11-03"))
			continue
		}
		name := "d" + strings.ReplaceAll(text, "-", "") + "_"
		b.Days[name] = day
		b.scope.Names[name] = dataset.Type{Kind: dataset.Date}
		out.WriteString(source[at:m[0]] + name)
		at = m[1]
	}
	out.WriteString(source[at:])
	return out.String(), faults
}

// Plain puts the days back in the place of their names.
func (b *Bench) Plain(text string) string { return namedDay().ReplaceAllString(text, "$1-$2-$3") }

// ReadAll makes every dataset count as read, also where no playbook reads it:
// for a bench, on which anything may be asked.
func (s *Set) ReadAll() { s.all = true }

// Holiday gives the title of a nation's bank holiday, or nothing if that day is
// none.
func (s *Set) Holiday(n calendar.Nation, d calendar.Date) string { return s.titles[holiday{n, d}] }
