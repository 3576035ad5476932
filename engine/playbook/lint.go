package playbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// manyRows is from how many records on a search through a whole list, for every
// record again, is worth a warning.
const manyRows = 1000

// A linter gathers warnings.
type linter struct {
	set    *Set
	tables dataset.Tables
	today  calendar.Date
	out    []Fault
}

// Lint warns of what is allowed and seldom meant, in the order of the playbooks:
// a case that has no way out, a letter to a list without a cap, a setting that
// nothing uses any more, promotion in a service letter, a case that time alone
// closes before its last step, a search through a long list for every record,
// and a table of holidays that ends within a year. Warnings disable nothing.
func (s *Set) Lint(tables dataset.Tables, today calendar.Date) []Fault {
	l := &linter{set: s, tables: tables, today: today}
	l.holidays()
	for _, pb := range s.Playbooks {
		l.wayOut(pb)
		l.cap(pb)
		l.settings(pb)
		l.promotion(pb)
		l.staying(pb)
		l.searches(pb)
	}
	return slices.Compact(l.out)
}

// warn notes a warning.
func (l *linter) warn(pb *Playbook, file string, line int, hint, format string, args ...any) {
	f := Fault{File: file, Line: line, Column: 1, Hint: hint, Text: fmt.Sprintf(format, args...)}
	if pb != nil {
		f.Playbook = pb.Name
	}
	l.out = append(l.out, f)
}

// warnStep notes a warning at a step, in the file that has it.
func (l *linter) warnStep(pb *Playbook, st *Step, hint, format string, args ...any) {
	file := pb.File
	for _, o := range pb.origins {
		if f, _, ok := strings.Cut(o.From, ":"); ok && o.Path == "steps."+st.ID {
			file = f
		}
	}
	l.warn(pb, file, st.Line, hint, format, args...)
}

// holidays warns a year before working days can no longer be counted.
func (l *linter) holidays() {
	_, until, known := l.set.Constituency.Clock.Holidays.Covers()
	if !known || until >= l.today.AddMonths(12) {
		return
	}
	var needs []string
	for _, pb := range l.set.Playbooks {
		if pb.countsWorkingDays() {
			needs = append(needs, pb.Name)
		}
	}
	if len(needs) == 0 {
		return
	}
	when := "ends on " + until.Words()
	if until < l.today {
		when = "ended on " + until.Words() + ": moments in working days can no longer be told"
	}
	l.warn(nil, "law/bank-holidays.yaml", 0, "install a newer Clarion, or name a file of further days under holidays: in constituency.yaml",
		"The table of bank holidays %s. What counts in working days needs it: %s.", when, and(needs))
}

// countsWorkingDays reports a playbook that needs the table of holidays.
func (pb *Playbook) countsWorkingDays() bool {
	working := func(u calendar.Unit) bool { return u == calendar.WorkingDay || u == calendar.UKWorkingDay }
	moments := []*Moment{pb.Deadline}
	for _, st := range pb.Steps {
		moments = append(moments, st.At, st.Due)
		for _, r := range st.Chase {
			if working(r.N.Unit) {
				return true
			}
		}
		if st.Late != nil && st.Late.For != nil && working(st.Late.For.Fixed.Unit) {
			return true
		}
	}
	for _, m := range moments {
		if m != nil && (m.Roll != calendar.NoRoll || m.Offset != nil && m.Offset.Expr == nil && working(m.Offset.Fixed.Unit)) {
			return true
		}
	}
	return slices.ContainsFunc(pb.origins, func(o Origin) bool {
		return strings.HasPrefix(o.Path, "settings.") && strings.Contains(o.Value, "working day")
	})
}

// wayOut warns of a case that may wait for ever: nothing that it waits for has
// an end, and nothing else ends it.
func (l *linter) wayOut(pb *Playbook) {
	if pb.Done != nil || pb.Stop != nil || pb.While != nil || pb.Every != nil {
		return
	}
	for _, st := range pb.Steps {
		if st.Off || st.When == nil || st.When.TimeMoves() {
			continue
		}
		if st.Kind == Task && st.Late == nil {
			l.warnStep(pb, st, "give the step late:, or the playbook done:, stop: or while:",
				"A case of %s has no way out while the condition of %s does not hold: it waits for ever.", pb.Name, st.ID)
		}
	}
}

// cap warns of a letter to a list that the brakes would hold as soon as the list
// is long.
func (l *linter) cap(pb *Playbook) {
	if pb.Cap != 0 {
		return
	}
	for _, st := range pb.Steps {
		if st.Off || st.Kind != Email || st.Basis == Officer {
			continue
		}
		if slices.ContainsFunc(st.To.Exprs, func(e *condition.Expr) bool { return e.Type().List != nil }) {
			l.warnStep(pb, st, "write cap: all if it is meant for everybody, or the most it should ever be",
				"The letter %s goes to a list, and the playbook has no cap: the brakes hold it from %d letters on.", st.ID, l.set.Constituency.Brakes.MostAtOnce)
		}
	}
}

// settings warns of a value that was set and that only switched-off steps use.
func (l *linter) settings(pb *Playbook) {
	for _, name := range sortedNames(pb.Settings) {
		s := pb.Settings[name]
		if !s.Used && s.Set && s.Origin != library {
			file, line := s.Origin, 0
			for _, o := range pb.origins {
				if f, n, ok := strings.Cut(o.From, ":"); ok && (o.Path == "settings."+name || strings.HasPrefix(o.Path, "settings."+name+".")) {
					file = f
					fmt.Sscan(n, &line)
				}
			}
			l.warn(pb, file, line, "delete it", "The setting %s of %s is set, and every step that uses it is switched off.", name, pb.Name)
		}
	}
}

// searches warns of a whole list that is searched again for every record.
func (l *linter) searches(pb *Playbook) {
	if pb.For == nil {
		return
	}
	for _, e := range pb.expressions() {
		for _, s := range searches(conditionTokens(e.Source())) {
			t := l.tables[s.dataset]
			if t == nil || len(t.Rows) <= manyRows || s.indexed || strings.HasPrefix(s.dataset, ".") {
				continue
			}
			line := 1
			for _, o := range pb.origins {
				if _, n, ok := strings.Cut(o.From, ":"); ok && o.Value == shortened(e.Source()) {
					fmt.Sscan(n, &line)
				}
			}
			l.warn(pb, pb.File, line, "compare one of its columns with something of the record: .membership_no == member.membership_no",
				"%s searches all %d %s for every record of %s.", sentence(plain(e.Source())), len(t.Rows), s.dataset, pb.For.Dataset)
		}
	}
}

// A search is a closure over a list.
type search struct {
	dataset string
	indexed bool // by an equality of a column with something outside
}

// searches finds the closures of a condition.
func searches(tokens []string) []search {
	var out []search
	for i := 0; i+3 < len(tokens); i++ {
		if !slices.Contains([]string{"any", "all", "none", "one", "count", "filter", "find", "sum"}, tokens[i]) || tokens[i+1] != "(" || tokens[i+3] != "," {
			continue
		}
		s := search{dataset: tokens[i+2]}
		depth, either := 1, false
		for j := i + 4; j < len(tokens) && depth > 0; j++ {
			switch t := tokens[j]; {
			case t == "(" || t == "[":
				depth++
			case t == ")" || t == "]":
				depth--
			case t == "or" && depth == 1:
				either = true
			case t == "==" && depth == 1 && j+1 < len(tokens):
				a, b := tokens[j-1], tokens[j+1]
				if strings.HasPrefix(b, ".") {
					a, b = b, a
				}
				s.indexed = s.indexed || strings.HasPrefix(a, ".") && isPath(b) && !strings.HasPrefix(b, ".") && b != "true" && b != "false"
			}
		}
		s.indexed = s.indexed && !either
		out = append(out, s)
	}
	return out
}
