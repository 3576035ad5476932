package plan_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/sample"
)

// TestExplainNamesWhatDecides takes fifty random pairs of a member of the sample
// and a playbook (law 14). Where no case opens, the cells that the explanation
// names as failing can be changed so that it does, and no other cell can; where
// one opens, no cell that the explanation does not show can close it.
func TestExplainNamesWhatDecides(t *testing.T) {
	today := calendar.NewDate(2026, time.November, 2)
	s := newStory(t, sample.Make(1, today))
	for _, day := range []int{-28, 0} {
		s.lay(today.AddDays(day))
		s.Now = s.Set.Constituency.Clock.AtHour(today.AddDays(day))
		for _, name := range []string{"branches", "members", "officers"} {
			s.fetch(name)
		}
	}
	var about []*playbook.Playbook
	for _, pb := range s.Set.Playbooks {
		if pb.For != nil && pb.For.Dataset == "members" && pb.Every == nil {
			about = append(about, pb)
		}
	}
	rows := s.Tables["members"].Rows
	r := rand.New(rand.NewPCG(14, 14))
	open, shut := 0, 0
	for n := range 50 {
		x := trialOf{in: s.Input(), pb: about[r.IntN(len(about))]}
		row := rows[r.IntN(len(rows))]
		if n%5 == 0 { // and some of the story, about whom there is more to say
			row = s.Tables["members"].ByKey([]string{"A200001", "A200009", "A150005", "A150001", "A200007", "A150007", "A200008", "A150004", "A200006", "A150002"}[n/5])
		}
		if x.opens(row) {
			open++
			x.stays(t, row)
			continue
		}
		shut++
		x.turns(t, row)
	}
	if open < 5 || shut < 20 {
		t.Errorf("%d cases that open and %d that do not: not much of a test", open, shut)
	}
}

// trialOf tries a playbook on one member.
type trialOf struct {
	in plan.Input
	pb *playbook.Playbook
}

// alone gives the Input with one member and one playbook.
func (x trialOf) alone(row *dataset.Row) plan.Input {
	in := x.in
	set := *in.Set
	set.Playbooks = []*playbook.Playbook{x.pb}
	members := in.Tables["members"]
	in.Set, in.Tables, in.Book = &set, maps.Clone(in.Tables), ledger.New()
	in.Tables["members"] = dataset.NewTable(members.Schema, []*dataset.Row{row}, members.Imported, members.First, members.File, members.Sheet)
	return in
}

// opens reports whether a case opens for a member.
func (x trialOf) opens(row *dataset.Row) bool {
	for _, c := range plan.Compute(x.alone(row)).Changes {
		if o, ok := c.(ledger.CaseOpened); ok && o.Subject == row.Ref {
			return true
		}
	}
	return false
}

// cells gives the columns of the member that the explanation names as failing,
// and all that it shows.
func (x trialOf) cells(t *testing.T, row *dataset.Row) (failing, shown []string) {
	t.Helper()
	accounts := plan.Explain(x.alone(row), "members", row.Ref)
	if len(accounts) != 1 || accounts[0].Door == nil {
		t.Fatalf("%s says nothing of %s", x.pb.Name, row.Key)
	}
	a := accounts[0]
	failing, shown = failingCells(*a.Door, true), allCells(*a.Door)
	for _, o := range a.Occasion {
		shown = append(shown, allCells(o)...)
		if o.Value.Unknown != nil || o.Value.Value.IsBlank() {
			failing = append(failing, allCells(o)...)
		}
	}
	slices.Sort(failing)
	return slices.Compact(failing), shown
}

// turns changes the cells of a member for whom no case opens.
func (x trialOf) turns(t *testing.T, row *dataset.Row) {
	t.Helper()
	failing, _ := x.cells(t, row)
	if len(failing) == 0 {
		t.Errorf("%s opens no case for %s, and the explanation names no cell", x.pb.Name, row.Key)
		return
	}
	if !x.someOpen(row, failing) {
		t.Errorf("%s and %s: whatever stands in %v, no case opens", x.pb.Name, row.Key, failing)
	}
	for _, column := range x.columns() {
		if slices.Contains(failing, column) {
			continue
		}
		for _, other := range x.variants(row, column) {
			if x.opens(other) {
				v, _ := other.Get(x.schema(), column)
				t.Errorf("%s and %s: a case opens once %s is %q, but the explanation names only %v", x.pb.Name, row.Key, column, v.S, failing)
			}
		}
	}
}

// stays changes the cells of a member for whom a case opens.
func (x trialOf) stays(t *testing.T, row *dataset.Row) {
	t.Helper()
	failing, shown := x.cells(t, row)
	if len(failing) > 0 {
		t.Errorf("%s opens a case for %s, and yet %v fail", x.pb.Name, row.Key, failing)
	}
	for _, column := range x.columns() {
		if slices.Contains(shown, column) {
			continue
		}
		for _, other := range x.variants(row, column) {
			if !x.opens(other) {
				t.Errorf("%s and %s: %s keeps the case shut, and the explanation does not show it", x.pb.Name, row.Key, column)
			}
		}
	}
}

// someOpen tries all that may stand in some cells together.
func (x trialOf) someOpen(row *dataset.Row, columns []string) bool {
	if len(columns) == 0 {
		return x.opens(row)
	}
	for _, other := range x.variants(row, columns[0]) {
		if x.someOpen(other, columns[1:]) {
			return true
		}
	}
	return false
}

func (x trialOf) schema() *dataset.Schema { return x.in.Tables["members"].Schema }

func (x trialOf) columns() []string {
	out := []string{"baseline", "first_seen"}
	for _, c := range x.schema().Columns {
		if !slices.Contains(x.schema().Key, c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// variants are the member with other values in one cell.
func (x trialOf) variants(row *dataset.Row, column string) []*dataset.Row {
	var out []*dataset.Row
	day := x.in.Set.Constituency.Clock.Day(x.in.Now)
	switch column {
	case "baseline":
		other := *row
		other.Baseline = !row.Baseline
		return []*dataset.Row{&other}
	case "first_seen":
		for _, ago := range []int{1, 400} {
			other := *row
			other.FirstSeen = x.in.Now.AddDate(0, 0, -ago)
			out = append(out, &other)
		}
		return out
	}
	i, _ := x.schema().Column(column)
	c := x.schema().Columns[i]
	values := []dataset.Value{{}}
	switch c.Kind {
	case dataset.Choice:
		for _, w := range c.Choices {
			values = append(values, dataset.ChoiceValue(w))
		}
	case dataset.YesNo:
		values = append(values, dataset.YesNoValue(true), dataset.YesNoValue(false))
	case dataset.Date:
		for _, n := range []int{-6000, -200, -60, -10, -1, 0, 30} {
			values = append(values, dataset.DateValue(day.AddDays(n)))
		}
	case dataset.Time:
		values = append(values, dataset.TimeValue(x.in.Now.AddDate(0, 0, -3)))
	case dataset.Number:
		values = append(values, dataset.NumberValue(1), dataset.NumberValue(90))
	case dataset.Money:
		values = append(values, dataset.MoneyValue(1), dataset.MoneyValue(90000))
	case dataset.Reference:
		values = append(values, dataset.ReferenceValue("castle-hill"))
	default:
		values = append(values, dataset.Value{Kind: c.Kind, S: "something@example.org"})
	}
	for _, v := range values {
		other := *row
		other.Cells = make([]dataset.Value, len(x.schema().Columns))
		copy(other.Cells, row.Cells)
		other.Cells[i] = v
		other.Problems = slices.DeleteFunc(slices.Clone(row.Problems), func(p dataset.Problem) bool { return p.Column == column })
		out = append(out, &other)
	}
	return out
}

// failingCells are the cells of those parts for which a condition is not what is
// wanted.
func failingCells(x condition.Explanation, want bool) []string {
	if yes, known := condition.Truth(x.Value); known && yes == want {
		return nil
	}
	var out []string
	switch {
	case strings.HasPrefix(x.Source, "not ") && len(x.Parts) == 1:
		return failingCells(x.Parts[0], !want)
	case len(x.Cells) == 0 && (strings.Contains(x.Source, " and ") || strings.Contains(x.Source, " or ")):
		for _, p := range x.Parts {
			out = append(out, failingCells(p, want)...)
		}
		return out
	}
	return allCells(x)
}

func allCells(x condition.Explanation) []string {
	var out []string
	for _, c := range x.Cells {
		if c.Dataset == "members" {
			out = append(out, c.Column)
		}
	}
	for _, p := range x.Parts {
		out = append(out, allCells(p)...)
	}
	return out
}
