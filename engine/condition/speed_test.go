package condition

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr/vm"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A listed member is one as a programmer would keep them who knew every question
// beforehand. Nought is a blank.
type listed struct {
	email, no, status, branch string
	baseline, hardship        bool
	joined, born              int
	paid, phoned              int
	seen, arrears             int64
}

// speedWorld is a constituency of so many members, with a few attendances and
// donations, and the same people by hand. A fifth has no date of birth, and
// only those in arrears have a time at which that began.
func speedWorld(n int) (*World, []listed) {
	w := sampleWorld()
	people := make([]listed, n)
	members := make([]*dataset.Row, n)
	var went, gifts []*dataset.Row
	branches := []string{"north", "south", "east", "west"}
	for i := range people {
		no := fmt.Sprintf("A%06d", i)
		p := listed{email: no + "@example.org", no: no, status: memberSchema.Columns[4].Choices[i*7%10/3], branch: branches[i%4], baseline: i%3 != 0,
			hardship: i%9 == 0, joined: int(on(2026, time.November, 22)) - i*37%4000, paid: i % 70 * 100, phoned: i % 6}
		cells := map[string]dataset.Value{"email": text(p.email), "membership_no": text(no), "status": choice(p.status), "branch": dataset.ReferenceValue(p.branch),
			"joined": dataset.DateValue(calendar.Date(p.joined)), "hardship": dataset.YesNoValue(p.hardship), "paid": dataset.MoneyValue(int64(p.paid)), "phoned": dataset.NumberValue(int64(p.phoned))}
		if i%5 != 0 {
			p.born = int(on(1940, time.January, 1)) + i*53%25000
			cells["born"] = dataset.DateValue(calendar.Date(p.born))
		}
		if p.status == "arrears" {
			p.arrears = w.Now.AddDate(0, 0, -i%200).UnixMicro()
			cells["arrears_on"] = dataset.Value{Kind: dataset.Time, N: p.arrears}
		}
		members[i] = row(memberSchema, i+1, no, cells)
		members[i].Baseline = p.baseline
		p.seen = members[i].FirstSeen.UnixMicro()
		people[i] = p
		if i%4 == 0 {
			went = append(went, row(attendanceSchema, n+len(went)+1, "T"+no, map[string]dataset.Value{"membership_no": text(no), "meeting": dataset.ReferenceValue("M1")}))
		}
		if i%10 == 0 {
			gifts = append(gifts, row(donationSchema, 2*n+len(gifts)+1, "D"+no, map[string]dataset.Value{"person": dataset.PersonValue("A member", dataset.Ref(i+1)),
				"amount": pounds(int64(i % 700)), "received_on": date(2026, 11, 3), "status": choice("received")}))
		}
	}
	w.Tables["members"], w.Tables["attendance"], w.Tables["donations"] = table(memberSchema, members...), table(attendanceSchema, went...), table(donationSchema, gifts...)
	return w, people
}

// A question is a condition, and the same by hand: a function that makes the
// closure, with whatever it needs to look things up.
type question struct {
	source string
	byHand func(w *World) func(*listed) bool
}

// questions are conditions as they stand in playbooks: of what is on the record
// itself, most of them; with settings; with the calendar; with other lists; and
// with cells that are blank for many.
var questions = []question{
	{`member.status == "arrears"`, func(*World) func(*listed) bool {
		return func(p *listed) bool { return p.status == "arrears" }
	}},
	{`member.status in ["active", "provisional"]`, func(*World) func(*listed) bool {
		return func(p *listed) bool { return p.status == "active" || p.status == "provisional" }
	}},
	{`member.status in ["active", "provisional"] and not member.baseline and member.joined > today - settings.check_in and member.joined <= today`, func(w *World) func(*listed) bool {
		today := int(w.Clock.Day(w.Now))
		after := today - 21
		return func(p *listed) bool {
			return (p.status == "active" || p.status == "provisional") && !p.baseline && p.joined > after && p.joined <= today
		}
	}},
	{`member.status == "arrears" and member.paid < settings.least`, func(*World) func(*listed) bool {
		return func(p *listed) bool { return p.status == "arrears" && p.paid < 1000 }
	}},
	{`member.status == "active" and member.joined + months(6) < today`, func(w *World) func(*listed) bool {
		today := w.Clock.Day(w.Now)
		return func(p *listed) bool {
			if p.status != "active" {
				return false
			}
			d, err := w.Clock.ShiftDate(calendar.Date(p.joined), calendar.Duration{N: 6, Unit: calendar.Month}, false)
			return err == nil && d < today
		}
	}},
	{`member.branch == "north" and member.status != "resigned"`, func(*World) func(*listed) bool {
		return func(p *listed) bool { return p.branch == "north" && p.status != "resigned" }
	}},
	{`member.hardship and member.phoned < 3 or member.status == "arrears"`, func(*World) func(*listed) bool {
		return func(p *listed) bool { return p.hardship && p.phoned < 3 || p.status == "arrears" }
	}},
	{`member.paid > pounds(50) and member.joined < today - days(365) and not member.hardship`, func(w *World) func(*listed) bool {
		before := int(w.Clock.Day(w.Now)) - 365
		return func(p *listed) bool { return p.paid > 5000 && p.joined < before && !p.hardship }
	}},
	{`member.membership_no startsWith "A0001" and member.status == "active"`, func(*World) func(*listed) bool {
		return func(p *listed) bool { return strings.HasPrefix(p.no, "A0001") && p.status == "active" }
	}},
	{`member.first_seen > now - days(30) and member.status == "provisional"`, func(w *World) func(*listed) bool {
		after := w.Now.AddDate(0, 0, -30).UnixMicro()
		return func(p *listed) bool { return p.seen > after && p.status == "provisional" }
	}},
	{`present(member.email) and member.status == "active"`, func(*World) func(*listed) bool {
		return func(p *listed) bool { return p.email != "" && p.status == "active" }
	}},
	{`member.status == "active" and present(member.born) and member.born > today - months(320)`, func(w *World) func(*listed) bool {
		d, _ := w.Clock.ShiftDate(w.Clock.Day(w.Now), calendar.Duration{N: 320, Unit: calendar.Month}, true)
		after := int(d)
		return func(p *listed) bool { return p.status == "active" && p.born != 0 && p.born > after }
	}},
	{`member.status == "arrears" and member.arrears_on < now - days(60)`, func(w *World) func(*listed) bool {
		before := w.Now.AddDate(0, 0, -60).UnixMicro()
		return func(p *listed) bool { return p.status == "arrears" && p.arrears < before }
	}},
	{`member.status == "active" and none(attendance, .membership_no == member.membership_no)`, func(w *World) func(*listed) bool {
		went := map[string]bool{}
		for _, r := range w.Tables["attendance"].Rows {
			went[r.Cells[0].S] = true
		}
		return func(p *listed) bool { return p.status == "active" && !went[p.no] }
	}},
	{`member.joined > today - days(900) and count(attendance, .membership_no == member.membership_no and .meeting == "M1") >= 1`, func(w *World) func(*listed) bool {
		times := map[string]int{}
		for _, r := range w.Tables["attendance"].Rows {
			if r.Cells[1].S == "M1" {
				times[r.Cells[0].S]++
			}
		}
		after := int(w.Clock.Day(w.Now)) - 900
		return func(p *listed) bool { return p.joined > after && times[p.no] >= 1 }
	}},
	{`member.status != "resigned" and any(donations, .person == member and .amount > pounds(500))`, func(w *World) func(*listed) bool {
		gave := map[string]bool{}
		for _, r := range w.Tables["donations"].Rows {
			if r.Cells[2].N > 50000 {
				gave[w.Tables["members"].ByRef(dataset.Ref(r.Cells[1].N)).Key] = true
			}
		}
		return func(p *listed) bool { return p.status != "resigned" && gave[p.no] }
	}},
}

// A course is everything of one question that is timed.
type course struct {
	question
	e     *Expr
	plan  *plan
	alone *vm.Program // the whole of it, for expr's machine with a flat map
	names []string    // in that map, of the plan's variables
	holds int
}

func courses(tb testing.TB, w *World) []*course {
	list := make([]*course, len(questions))
	for i, q := range questions {
		c := &course{question: q, e: compile(tb, sampleScope(), q.source)}
		slot := slices.Index(c.e.slots, "member")
		if c.plan = c.e.program.plan(slot); c.plan == nil {
			tb.Fatalf("%s has nothing for the machine", q.source)
		}
		var err error
		if c.alone, err = machineProgram(newBuilder(slot).node(c.e.root)); err != nil {
			tb.Fatal(err)
		}
		c.names = make([]string, len(c.plan.places))
		for name, at := range c.plan.places {
			c.names[at] = name
		}
		list[i] = c
	}
	return list
}

// ours evaluates a question over all members, and counts where it holds.
func (c *course) ours(w *World, vars Vars) (holds int) {
	c.e.Each(w, vars, "member", w.Tables["members"], func(_ *dataset.Row, t dataset.Term) {
		if yes, _ := Truth(t); yes {
			holds++
		}
	})
	return holds
}

// bare reports whether expr's machine alone can answer the question: nothing is
// asked of the walker, and no cell is blank.
func (c *course) bare(w *World) bool {
	if len(c.plan.parts) > 0 {
		return false
	}
	for _, r := range w.Tables["members"].Rows {
		for _, col := range c.plan.columns {
			if columnValue(memberSchema, r, col.n).Kind == dataset.Blank {
				return false
			}
		}
	}
	return true
}

// flat gives a flat map for every member, with all that the question reads: as
// expr is used by itself.
func (c *course) flat(w *World, vars Vars) []map[string]any {
	f := newFrame(w, vars, &c.e.program)
	f.batch, f.varies = true, make([]bool, c.e.nodes)
	all := make([]map[string]any, len(w.Tables["members"].Rows))
	for i, r := range w.Tables["members"].Rows {
		all[i] = map[string]any{}
		for _, x := range c.plan.fixed {
			v, _ := f.value(x.n)
			all[i][c.names[x.at]] = boxed(v)
		}
		for _, col := range c.plan.columns {
			all[i][c.names[col.at]] = boxed(columnValue(memberSchema, r, col.n))
		}
	}
	return all
}

// byMachine counts, by expr's machine alone, where the question holds.
func (c *course) byMachine(tb testing.TB, all []map[string]any) (holds int) {
	var machine vm.VM
	for _, env := range all {
		out, err := machine.Run(c.alone, env)
		if err != nil {
			tb.Fatal(err)
		}
		if out.(bool) {
			holds++
		}
	}
	return holds
}

// BenchmarkEvaluation evaluates all questions over the members of one
// constituency and over 100,000, beside the same questions as closures written
// by hand over structures, and beside expr's machine by itself where that can
// answer. Indexes and columns are made anew every time, as in a plan.
func BenchmarkEvaluation(b *testing.B) {
	for _, n := range []int{3000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { evaluation(b, n) })
	}
}

func evaluation(b *testing.B, n int) {
	w, people := speedWorld(n)
	vars := sampleVars(w, 0, 0, 0)
	list := courses(b, w)
	flat := map[*course][]map[string]any{}
	for _, c := range list {
		if n <= 3000 && c.bare(w) { // nobody would make a map for every member of a country
			flat[c] = c.flat(w, vars)
		}
	}
	var hand, ours, bare, beside, plain time.Duration
	for b.Loop() {
		w.cache.indexes, w.cache.columns = nil, nil
		ours += timed(func() {
			for _, c := range list {
				c.holds = c.ours(w, vars)
			}
		})
		for _, c := range list {
			took := timed(func() {
				holds, ask := 0, c.byHand(w)
				for i := range people {
					if ask(&people[i]) {
						holds++
					}
				}
				if holds != c.holds {
					b.Fatalf("%s holds for %d members, by hand for %d", c.source, c.holds, holds)
				}
			})
			if hand += took; flat[c] != nil {
				plain += took
			}
		}
		for c, all := range flat {
			beside += timed(func() { c.holds = c.ours(w, vars) })
			bare += timed(func() {
				if holds := c.byMachine(b, all); holds != c.holds {
					b.Fatalf("%s holds for %d members, by the machine alone for %d", c.source, c.holds, holds)
				}
			})
		}
	}
	each := float64(b.N * n * len(list))
	b.ReportMetric(float64(ours)/each, "ns/record")
	b.ReportMetric(float64(hand)/each, "ns/record-by-hand")
	b.ReportMetric(float64(hand)/float64(ours), "of-closures")
	if bare > 0 {
		b.ReportMetric(float64(plain)/float64(beside), "of-closures-own-cells")
		b.ReportMetric(float64(bare)/float64(beside), fmt.Sprintf("of-bare-machine-in-%d", len(flat)))
	}
}

func timed(do func()) time.Duration {
	start := time.Now()
	do()
	return time.Since(start)
}

// A record for which a condition does not hold costs no allocation: a list of
// twice as many members takes as many as the list itself.
func TestNothingIsMadeForWhatDoesNotMatch(t *testing.T) {
	few, _ := speedWorld(400)
	many, _ := speedWorld(800)
	for _, q := range append(questions[:len(questions):len(questions)],
		question{source: `member.born > today and member.status == "resigned" and member.joined > today`},
		question{source: `member.status == "active" and any(attendance, .membership_no == member.membership_no and .meeting == "M2")`},
		question{source: `member.status == "active" and member.buddy == member`}) {
		e := compile(t, sampleScope(), q.source)
		misses := func(w *World) (allocations float64, rows int) {
			var list []*dataset.Row
			e.Each(w, sampleVars(w, 0, 0, 0), "member", w.Tables["members"], func(r *dataset.Row, v dataset.Term) {
				if yes, known := Truth(v); known && !yes {
					list = append(list, r)
				}
			})
			part := table(memberSchema, list...)
			each := func() {
				e.Each(w, sampleVars(w, 0, 0, 0), "member", part, func(*dataset.Row, dataset.Term) {})
			}
			return testing.AllocsPerRun(5, each), len(list)
		}
		a, m := misses(few)
		b, n := misses(many)
		if n <= m+100 {
			t.Errorf("%s: only %d and %d records do not match", q.source, m, n)
		}
		if b > a+1 { // a list of columns may be larger by one step
			t.Errorf("%s: %.0f allocations for %d records that do not match, %.0f for %d", q.source, a, m, b, n)
		}
	}
}
