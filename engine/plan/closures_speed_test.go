package plan_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// The benchmark below plans for 3,000 members and sixty playbooks of three
// families, all with different constants.
const (
	sixtyMembers = 3000
	perFamily    = 20
)

// sixtyFiles is a constituency with sixty playbooks of its own: a welcome by the
// day of joining, a chase by how many payments are missing, and a word to
// those who have left, which hardly ever applies.
func sixtyFiles() fstest.MapFS {
	files := fstest.MapFS{"constituency.yaml": {Data: []byte("name: Speed CLP\ntime_zone: Europe/London\nnation: england_and_wales\n" +
		"budget: {letters_a_week: 50, days_between: 0}\nbrakes: {most_at_once: 5000, share: 100 percent, times_usual: 1000, floor: 5000}\naudiences:\n  members: member in members when member.status == \"active\"\n  executive: [chair]\n")}}
	var shelf strings.Builder
	shelf.WriteString("new-member-welcome: \"off\"\nminutes-circulate: \"off\"\ndonation-permissibility: \"off\"\narrears-chase: \"off\"\n")
	for i := range perFamily {
		for family, when := range []string{
			fmt.Sprintf("member.status == \"active\" and not member.baseline and member.joined > today - days(%d) and member.joined <= today - days(%d)", i+1, i),
			fmt.Sprintf("member.status == \"arrears\" and member.months_in_arrears == %d", 2+i),
			fmt.Sprintf("member.status in [\"resigned\", \"lapsed\"] and present(member.last_contacted) and member.last_contacted < today - days(%d)", 100+i),
		} {
			name := fmt.Sprintf("family-%d-%02d", family, i)
			files[name+".yaml"] = &fstest.MapFile{Data: fmt.Appendf(nil, "name: %s\ntitle: A playbook to measure with\nabout: It is one of sixty.\nrole: membership_officer\nbasis: service\ntrust: automatic\n"+
				"for: member in members\nwhen: %s\nagain: never\nsteps:\n  - email: word\n    to: member\n    subject: A word from us\n", name, when)}
			files[name+"/word.md"] = &fstest.MapFile{Data: []byte("Dear {{ or member.first_name \"friend\" }},\n\nthis is a word from {{ constituency.name }}.\n")}
			fmt.Fprintf(&shelf, "%s: {file: %s.yaml, trust: automatic}\n", name, name)
		}
	}
	files["playbooks.yaml"] = &fstest.MapFile{Data: []byte(shelf.String())}
	return files
}

// A sixty is what the benchmark's two sides work on: the play that our plan
// reads, and the same members as a structure each.
type sixty struct {
	*plan.Play
	day    calendar.Date
	people []sixtyMember
	quiet  plan.Input // before the last of the people came: nothing is due
}

type sixtyMember struct {
	status          string
	baseline        bool
	joined, arrears int
	contacted       int
}

func newSixty(tb testing.TB) *sixty {
	set, err := playbook.Load(playbooks.Library, sixtyFiles())
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range set.All() {
		tb.Fatal(f.Error())
	}
	if len(set.Playbooks) != 3*perFamily {
		tb.Fatalf("%d playbooks", len(set.Playbooks))
	}
	s := &sixty{Play: plan.NewPlay(set), day: calendar.NewDate(2026, time.November, 2)}
	s.Now = set.Constituency.Clock.AtHour(s.day)
	if err := s.Entrust(); err != nil {
		tb.Fatal(err)
	}
	officers := map[string]record{}
	for _, role := range []string{"chair", "secretary", "treasurer", "membership_officer"} {
		officers[role] = record{"role": role, "email": role + "@example.org", "person": role}
	}
	members := map[string]record{}
	add := func(i int, baseline bool, joined calendar.Date) {
		k := fmt.Sprintf("A%05d", i)
		m := record{"membership_no": k, "first_name": "Jo", "last_name": "Ash", "name": "Jo Ash", "email": k + "@example.org", "status": "active", "joined": joined.String()}
		p := sixtyMember{status: "active", baseline: baseline, joined: int(joined)}
		switch i % 40 {
		case 0, 10, 20, 30:
			p.status, p.arrears = "arrears", 2+i/10%perFamily
			m["months_in_arrears"] = fmt.Sprint(p.arrears)
		case 1:
			p.status = "resigned"
			m["status"] = p.status
		}
		members[k] = m
		s.people = append(s.people, p)
	}
	for i := range sixtyMembers - perFamily {
		add(i, true, calendar.NewDate(2015, time.May, 1).AddDays(i))
	}
	look := func(day calendar.Date) {
		s.Now = set.Constituency.Clock.AtHour(day)
		s.Import("officers", "officers.csv", rowsOf(set, "officers", officers))
		s.Import("members", "members.csv", rowsOf(set, "members", members))
	}
	look(s.day - 28) // they are all as they should be
	deal := func() {
		if _, err := s.Look(); err != nil {
			tb.Fatal(err)
		}
		if _, err := s.Deliver(); err != nil {
			tb.Fatal(err)
		}
	}
	deal()
	for i, p := range s.people { // then some fall behind, and are written to
		members[fmt.Sprintf("A%05d", i)]["status"] = p.status
	}
	look(s.day - 14)
	deal()
	s.quiet = s.Input()
	s.quiet.Tables = maps.Clone(s.quiet.Tables)
	for i := range perFamily {
		add(4000+40*i+5, false, s.day.AddDays(-i)) // one for each welcome
	}
	look(s.day)
	return s
}

// A handRule is a playbook as a programmer would write it who knew it
// beforehand, with the members it has dealt with, a bit for each.
type handRule struct {
	when func(*sixtyMember) bool
	done []uint64
}

func (s *sixty) byHand() []handRule {
	var rules []handRule
	today := int(s.day)
	for i := range perFamily {
		rules = append(rules, handRule{when: func(m *sixtyMember) bool {
			return m.status == "active" && !m.baseline && m.joined > today-i-1 && m.joined <= today-i
		}})
	}
	for i := range perFamily {
		rules = append(rules, handRule{when: func(m *sixtyMember) bool { return m.status == "arrears" && m.arrears == 2+i }})
	}
	for i := range perFamily {
		rules = append(rules, handRule{when: func(m *sixtyMember) bool {
			return (m.status == "resigned" || m.status == "lapsed") && m.contacted != 0 && m.contacted < today-100-i
		}})
	}
	for i := range rules {
		rules[i].done = make([]uint64, len(s.people)/64+1)
		for at := range s.people {
			if s.people[at].baseline && rules[i].when(&s.people[at]) { // it is in the ledger
				rules[i].done[at/64] |= 1 << (at % 64)
			}
		}
	}
	return rules
}

type handAction struct{ rule, member int32 }

// planByHand is the limit: what is due, in order, and no word of why not.
func planByHand(rules []handRule, people []sixtyMember, due []handAction) ([]handAction, int) {
	matched := 0
	for r := range rules {
		rule := &rules[r]
		for i := range people {
			if !rule.when(&people[i]) {
				continue
			}
			matched++
			if rule.done[i/64]&(1<<(i%64)) == 0 {
				due = append(due, handAction{int32(r), int32(i)})
			}
		}
	}
	return due, matched
}

// BenchmarkPlanBesideClosures plans for 3,000 members and sixty playbooks, and
// does the same by hand: on a day on which all is done, so that both only look;
// and on one with twenty letters due, which we also write, and the closures do
// not.
func BenchmarkPlanBesideClosures(b *testing.B) {
	s := newSixty(b)
	rules := s.byHand()
	b.Run("all done", func(b *testing.B) { s.beside(b, s.quiet, rules, s.people[:len(s.people)-perFamily], 0) })
	b.Run("twenty letters", func(b *testing.B) { s.beside(b, s.Input(), rules, s.people, perFamily) })
}

func (s *sixty) beside(b *testing.B, in plan.Input, rules []handRule, people []sixtyMember, want int) {
	var ours, hand time.Duration
	var due []handAction
	matched := 0
	for b.Loop() {
		start := time.Now()
		p := plan.Compute(in)
		ours += time.Since(start)
		start = time.Now()
		const rounds = 10 // it is over too soon to be timed once
		for range rounds {
			due, matched = planByHand(rules, people, due[:0])
		}
		hand += time.Since(start) / rounds
		letters, holds := 0, 0
		for _, m := range p.Messages {
			if m.Person != 0 {
				letters++
			}
		}
		for _, c := range p.Counts {
			holds += c.Matched
		}
		if letters != want || holds != matched || len(due) != want {
			b.Fatalf("the plan has %d letters to members and %d matches, by hand it is %d and %d", letters, holds, len(due), matched)
		}
	}
	b.ReportMetric(float64(hand)/float64(ours), "of-closures")
	b.ReportMetric(float64(ours)/float64(b.N*len(people)*len(rules)), "ns/record")
}
