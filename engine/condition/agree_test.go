package condition

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	exprchecker "github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"
	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// drawCell draws a cell of a column: a few values each, so that equalities hold
// often enough; blank now and then, if blanks are allowed.
func drawCell(t *rapid.T, c *dataset.Column, blanks bool) dataset.Value {
	if blanks && rapid.IntRange(0, 4).Draw(t, "blank") == 0 {
		return dataset.Value{}
	}
	n := rapid.Int64Range(0, 3).Draw(t, c.Name)
	switch c.Kind {
	case dataset.Choice:
		return choice(c.Choices[int(n)%len(c.Choices)])
	case dataset.Number:
		return dataset.NumberValue(n)
	case dataset.Money:
		return pounds(n * 200)
	case dataset.YesNo:
		return dataset.YesNoValue(n%2 == 0)
	case dataset.Date:
		return date(2026, time.Month(9+n), 20)
	case dataset.Time:
		return dataset.TimeValue(time.Date(2026, 11, int(20+n), 12, 0, 0, 0, time.UTC))
	case dataset.Person:
		return dataset.PersonValue("somebody", dataset.Ref(n+1))
	case dataset.Reference:
		return dataset.ReferenceValue(fmt.Sprintf("M%d", n))
	}
	return text(fmt.Sprintf("A%d", n))
}

func drawTable(t *rapid.T, s *dataset.Schema, most int, blanks bool) *dataset.Table {
	rows := make([]*dataset.Row, rapid.IntRange(0, most).Draw(t, s.Name))
	for i := range rows {
		rows[i] = row(s, i+1, fmt.Sprintf("%s%d", s.Name[:1], i), nil)
		for j := range s.Columns {
			rows[i].Cells[j] = drawCell(t, &s.Columns[j], blanks)
		}
		rows[i].Baseline = rapid.Bool().Draw(t, "baseline")
	}
	return table(s, rows...)
}

func drawWorld(t *rapid.T, blanks bool) *World {
	w := sampleWorld()
	for _, s := range []*dataset.Schema{memberSchema, donationSchema, meetingSchema, documentSchema, attendanceSchema} {
		w.Tables[s.Name] = drawTable(t, s, 6, blanks)
	}
	w.Tables["people"] = dataset.People(w.Tables, calendar.Date(w.Clock.Day(w.Now)))
	return w
}

// drawCondition draws an expression about a member.
func drawCondition(t *rapid.T, depth int) string {
	leaf := []string{
		`member.status == "active"`, `member.status != "arrears"`, `member.status in ["active", "arrears"]`, `member.status not in ["resigned"]`,
		`member.joined > today`, `member.joined + months(1) <= today`, `today - days(40) < member.joined`, `member.joined == settings.from`,
		`member.hardship`, `member.baseline`, `member.paid >= pounds(400)`, `member.paid * 2 > settings.least`, `member.phoned in [1, 2]`,
		`member.phoned == 2`, `member.name startsWith "A"`, `member.name contains "2"`, `member.membership_no == member.name`,
		`day(member.arrears_on) < today`, `member.arrears_on > now`, `present(member.joined)`, `blank(member.paid)`, `member.buddy == member`,
		`member.buddy.email == "A1"`, `replied(member)`, `open_case("arrears-chase", member)`,
		`any(attendance, .membership_no == member.membership_no)`, `none(attendance, .membership_no == member.membership_no and .meeting == "M1")`,
		`all(attendance, .membership_no == member.membership_no)`, `count(donations, .person == member and .amount > pounds(100)) > 1`,
		`len(filter(donations, .donor == member.name)) > 0`, `find(documents, .meeting == member.membership_no and .kind == "agenda").year > 1`,
		`present(find(meetings, .key == member.membership_no))`, `sum(filter(donations, .donor == member.name), .amount) > pounds(300)`,
		`member.membership_no in map(filter(attendance, .meeting == "M1"), .membership_no)`, `latest(map(donations, .received_on)) > member.joined`,
		`len(members) > 3`, `any(members, .status == "active" and .paid > pounds(100))`, `count(donations, .amount > member.paid) > 2`,
		`donation.amount > law.donation_check_over(member.joined)`, `true`, `member.paid / member.phoned > pounds(1)`,
	}
	if depth == 0 || rapid.IntRange(0, 3).Draw(t, "leaf") == 0 {
		return rapid.SampledFrom(leaf).Draw(t, "what")
	}
	switch rapid.IntRange(0, 2).Draw(t, "join") {
	case 0:
		return "(" + drawCondition(t, depth-1) + " and " + drawCondition(t, depth-1) + ")"
	case 1:
		return "(" + drawCondition(t, depth-1) + " or " + drawCondition(t, depth-1) + ")"
	}
	return "not (" + drawCondition(t, depth-1) + ")"
}

// of gives the variables of one member.
func of(w *World, r *dataset.Row) Vars {
	rest := sampleVars(sampleWorld(), 0, 0, 0)
	return func(name string) dataset.Term {
		if name == "member" && r != nil {
			return dataset.Term{Row: r, Schema: w.Tables["members"].Schema}
		}
		return rest(name)
	}
}

// The batch, in expr's machine where the cells are there, gives what the
// walker gives for each record, and takes the machine where it can.
func TestMachineEqualsWalker(t *testing.T) {
	for _, blanks := range []bool{false, true} {
		t.Run(fmt.Sprint("blanks ", blanks), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				w := drawWorld(t, blanks)
				source := drawCondition(t, 3)
				e, faults := sampleScope().Compile(source)
				if len(faults) > 0 {
					t.Fatalf("%s\n%s", source, showFaults(source, faults))
				}
				seen := 0
				e.Each(w, of(w, nil), "member", w.Tables["members"], func(r *dataset.Row, got dataset.Term) {
					if r != w.Tables["members"].Rows[seen] {
						t.Fatal("rows out of order")
					}
					seen++
					if want := e.Eval(w, of(w, r)); !reflect.DeepEqual(got, want) {
						t.Fatalf("%s for %s\n batch  %s %+v\n walker %s %+v", source, r.Key, say(got), got.LeftOut, say(want), want.LeftOut)
					}
				})
				if seen != len(w.Tables["members"].Rows) {
					t.Fatalf("%d rows seen", seen)
				}
			})
		})
	}
}

// The machine must really be used, or the test above would hold nothing equal.
func TestMachineIsUsed(t *testing.T) {
	w := sampleWorld()
	members := w.Tables["members"]
	for source, want := range map[string]int{
		`member.status == "active" and member.joined < today and member.paid > settings.least`: 2,
		`member.membership_no == "A1"`: 3,
		`member.membership_no == "A1" and any(documents, .meeting == member.membership_no and .kind == "agenda")`:    3,
		`member.status in ["active", "arrears"] and not member.baseline and member.joined + days(3) > settings.from`: 2,
	} {
		e := compile(t, sampleScope(), source)
		f := newFrame(w, of(w, nil), &e.program)
		f.bound, f.batch, f.varies = 0, true, make([]bool, e.nodes)
		for i, s := range e.slots {
			if s == "member" {
				f.bound = i
			}
		}
		e.root.varying(f.bound, f.varies)
		m, ran := newMachine(f, &e.program, members), 0
		if m == nil {
			t.Errorf("%s has no machine", source)
			continue
		}
		for i, r := range members.Rows {
			f.begin(true)
			f.values[f.bound], f.loaded[f.bound] = dataset.Term{Row: r, Schema: members.Schema}, true
			if _, ok := m.run(i); ok {
				ran++
			}
		}
		if ran != want {
			t.Errorf("%s ran for %d records, want %d", source, ran, want)
		}
	}
}

// expr's own checker is the second net: it finds nothing to object to in what
// the machine is given.
func TestChecker(t *testing.T) {
	s := sampleScope()
	s.Let = true
	checked := 0
	for _, g := range good {
		e := compile(t, s, g.source)
		slot := slices.Index(e.slots, "member")
		if slot < 0 || !e.root.yesNo() {
			continue
		}
		b := newBuilder(slot)
		tree := &parser.Tree{Node: b.node(e.root)}
		env := types.Map{}
		name := map[int]string{}
		for n, at := range b.plan.places {
			name[at] = n
		}
		for _, c := range b.plan.columns {
			env[name[c.at]] = types.TypeOf(reflect.Zero(machineType(c.n.typ.Kind)).Interface())
		}
		for _, f := range b.plan.fixed {
			env[name[f.at]] = types.TypeOf(reflect.Zero(machineType(f.n.typ.Kind)).Interface())
		}
		for _, p := range b.plan.parts {
			env[name[p.at]] = types.TypeOf(func() bool { return false })
		}
		if _, err := exprchecker.Check(tree, conf.New(env)); err != nil {
			t.Errorf("%s\n%v", g.source, err)
		}
		checked++
	}
	if checked < 15 {
		t.Errorf("only %d were checked", checked)
	}
}

// Two batches at once share indexes and plans, and do not disturb each other.
func TestTwoAtOnce(t *testing.T) {
	w := manyMembers(300)
	e := compile(t, sampleScope(), benchmarks[2].source)
	results := make(chan int)
	for range 2 {
		go func() {
			n := 0
			e.Each(w, nil, "member", w.Tables["members"], func(_ *dataset.Row, t dataset.Term) {
				if yes, _ := Truth(t); yes {
					n++
				}
			})
			results <- n
		}()
	}
	if a, b := <-results, <-results; a != b || a == 0 {
		t.Errorf("%d and %d", a, b)
	}
}

// What an index serves is what a scan of all rows gives.
func TestIndexEqualsScan(t *testing.T) {
	closures := []string{"any", "none", "count", "filter", "find"}
	equalities := []string{`.donor == member.name`, `member.name == .donor`, `.person == member`, `.person == member.buddy`, `.key == member.membership_no`,
		`.amount == member.paid`, `.received_on == member.joined`, `.received_on == today`, `.status == "received"`}
	rest := []string{``, ` and .amount > pounds(200)`, ` and present(.checked_on)`, ` and (.status == "received" or .amount > member.paid)`}
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, true)
		source := fmt.Sprintf("%s(donations, %s%s)", rapid.SampledFrom(closures).Draw(t, "closure"),
			rapid.SampledFrom(equalities).Draw(t, "equality"), rapid.SampledFrom(rest).Draw(t, "rest"))
		indexed, faults := sampleScope().Compile(source)
		if len(faults) > 0 {
			t.Fatalf("%s\n%s", source, showFaults(source, faults))
		}
		scanned, _ := sampleScope().Compile(source)
		if indexed.root.key == nil {
			t.Fatalf("%s is not indexed", source)
		}
		scanned.root.key = nil
		for _, r := range w.Tables["members"].Rows {
			got, want := indexed.Eval(w, of(w, r)), scanned.Eval(w, of(w, r))
			if !reflect.DeepEqual(got, want) {
				t.Fatalf("%s for %s\n index %s %+v\n scan  %s %+v", source, r.Key, say(got), got.LeftOut, say(want), want.LeftOut)
			}
		}
	})
}

// FuzzCompile holds that no text makes the compiler or an evaluation panic,
// that faults lie inside the text, and that what compiles can be evaluated and
// explained.
func FuzzCompile(f *testing.F) {
	for _, g := range good {
		f.Add(g.source)
	}
	for _, b := range bad {
		f.Add(b.source)
	}
	for _, s := range []string{"((((", "1 < 2 < 3 < 4", "::len(x)", "a|b|c", "any(any(", "/* x", "//", "'\\u{110000}'", "b'x'", "0x_", "9223372036854775808",
		"-9223372036854775807 - 5 * 9223372036854775807 == 1", "not not not true", "member.é == 1", "\u202e", strings.Repeat("[", 2000)} {
		f.Add(s)
	}
	s := sampleScope()
	w := sampleWorld()
	f.Fuzz(func(t *testing.T, source string) {
		e, faults := s.Compile(source)
		if (e == nil) == (len(faults) == 0) {
			t.Fatal("neither an expression nor a fault, or both")
		}
		size := len([]rune(source))
		for _, x := range faults {
			if x.Offset < 0 || x.Length < 0 || x.Offset+x.Length > size || x.Text == "" {
				t.Fatalf("fault outside the text: %+v", x)
			}
		}
		if e == nil {
			return
		}
		for i := range w.Tables["members"].Rows {
			e.Eval(w, sampleVars(w, i, i, i%2))
		}
		e.Explain(w, sampleVars(w, 2, 2, 1))
		e.Each(w, sampleVars(w, 0, 2, 1), "member", w.Tables["members"], func(*dataset.Row, dataset.Term) {})
	})
}
