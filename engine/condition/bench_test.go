package condition

import (
	"fmt"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// manyMembers is a world with a constituency of a usual size.
func manyMembers(n int) *World {
	w := sampleWorld()
	rows := make([]*dataset.Row, n)
	calls := make([]*dataset.Row, n)
	states := memberSchema.Columns[4].Choices
	for i := range rows {
		no := fmt.Sprintf("A%06d", i)
		rows[i] = row(memberSchema, i+1, no, map[string]dataset.Value{"membership_no": text(no), "status": choice(states[i%4]),
			"joined": date(2026, time.Month(1+i%12), 1+i%28), "paid": pounds(int64(i % 70)), "hardship": dataset.YesNoValue(i%9 == 0)})
		calls[i] = row(attendanceSchema, n+i+1, "T"+no, map[string]dataset.Value{"membership_no": text(fmt.Sprintf("A%06d", i*2)), "meeting": dataset.ReferenceValue("M1")})
	}
	w.Tables["members"] = table(memberSchema, rows...)
	w.Tables["attendance"] = table(attendanceSchema, calls...)
	return w
}

var benchmarks = []struct{ name, source string }{
	{"typical", `member.status in ["active", "provisional"] and not member.baseline and member.joined > today - days(90)`},
	{"simple", `member.status == "arrears"`},
	{"index", `member.status == "provisional" and none(attendance, .membership_no == member.membership_no)`},
	{"shift", `member.status == "active" and member.joined + months(6) < today`},
	{"walker", `member.born > today and member.status == "active"`}, // born is blank everywhere
}

// BenchmarkEach is one condition over 3,000 members, beside the same typical
// condition written in Go.
func BenchmarkEach(b *testing.B) {
	w := manyMembers(3000)
	for _, x := range benchmarks {
		e := compile(b, sampleScope(), x.source)
		b.Run(x.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e.Each(w, nil, "member", w.Tables["members"], func(*dataset.Row, dataset.Term) {})
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/3000, "ns/row")
		})
	}
	b.Run("by hand", func(b *testing.B) {
		after, holds := date(2026, 8, 24).N, 0
		for b.Loop() {
			for _, r := range w.Tables["members"].Rows {
				if s := r.Cells[4].S; (s == "active" || s == "provisional") && !r.Baseline && r.Cells[5].N > after {
					holds++
				}
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/3000, "ns/row")
	})
}

func BenchmarkCompile(b *testing.B) {
	s := sampleScope()
	b.ReportAllocs()
	for b.Loop() {
		if _, faults := s.Compile(benchmarks[0].source); faults != nil {
			b.Fatal(faults)
		}
	}
}
