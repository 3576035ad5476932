package plan_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// loadShipped loads the four playbooks that ship, for a constituency that lets
// them act.
var loadShipped = sync.OnceValues(func() (*playbook.Set, error) {
	return playbook.Load(playbooks.Library, fstest.MapFS{
		"constituency.yaml": {Data: []byte(`name: Speed CLP
time_zone: Europe/London
nation: england_and_wales
imprint: Promoted by S. Secretary for Speed CLP
budget: {letters_a_week: 2, marketing_a_month: 3, days_between: 2}
brakes: {most_at_once: 50, share: 20 percent, times_usual: 3, floor: 5}
audiences:
  members: member in members when member.status in ["active", "provisional"]
  executive: [chair, secretary, treasurer, membership_officer]
`)},
		"playbooks.yaml": {Data: []byte(`new-member-welcome: {trust: automatic}
minutes-circulate: {trust: automatic}
donation-permissibility: {trust: automatic}
arrears-chase: {trust: batch}
`)},
	})
})

// speed makes a constituency of 3,000 members in its second month: the first
// list was history, and the second brought twenty who are new.
func speed(b *testing.B) *plan.Play {
	set, err := loadShipped()
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range set.All() {
		b.Fatal(f.Error())
	}
	p := plan.NewPlay(set)
	day := calendar.NewDate(2026, time.November, 2)
	p.Now = set.Constituency.Clock.AtHour(day - 28)
	if err := p.Entrust(); err != nil {
		b.Fatal(err)
	}
	lists := map[string]map[string]record{"members": {}, "donations": {}, "meetings": {}, "documents": {}, "branches": {}, "officers": {}}
	for i := range 6 {
		k := fmt.Sprint("branch", i)
		lists["branches"][k] = record{"slug": k, "name": k}
	}
	for _, role := range []string{"chair", "secretary", "treasurer", "membership_officer"} {
		lists["officers"][role] = record{"role": role, "email": role + "@example.org", "person": role}
	}
	member := func(i int, joined string) {
		k := fmt.Sprintf("A%05d", i)
		m := record{"membership_no": k, "first_name": "Jo", "last_name": "Ash", "name": "Jo Ash", "email": k + "@example.org", "branch": fmt.Sprint("branch", i%6),
			"status": "active", "joined": joined, "consent_marketing": "yes"}
		if i%40 == 0 {
			m["status"], m["arrears_since"] = "arrears", "2026-09-01"
		}
		lists["members"][k] = m
	}
	for i := range 2980 {
		member(i, "2015-05-01")
	}
	for i := range 200 {
		k := fmt.Sprint("D", i)
		lists["donations"][k] = record{"donation_id": k, "donor": "Ada", "amount": fmt.Sprint("£", 10+i*4), "received_on": "2026-10-20", "status": "received"}
	}
	for i := range 50 {
		k := fmt.Sprint("M", i)
		lists["meetings"][k] = record{"uid": k, "title": "Meeting", "type": "gm", "date": (day - calendar.Date(i*7)).String(), "status": "confirmed"}
		lists["documents"][k] = record{"doc_id": k, "kind": "minutes", "meeting": k, "status": "published"}
	}
	for _, name := range sortedKeys(lists) {
		p.Import(name, name+".csv", rowsOf(set, name, lists[name]))
	}
	pass(b, p)
	p.Now = set.Constituency.Clock.AtHour(day)
	for i := 3001; i <= 3020; i++ {
		member(i, "2026-10-28")
	}
	p.Import("members", "members.csv", rowsOf(set, "members", lists["members"]))
	return p
}

func pass(b *testing.B, p *plan.Play) {
	if _, err := p.Look(); err != nil {
		b.Fatal(err)
	}
	if _, err := p.Deliver(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkConstituency plans one constituency of 3,000 members with the four
// playbooks that ship, on a day on which twenty letters are due.
func BenchmarkConstituency(b *testing.B) {
	p := speed(b)
	in := p.Input()
	b.ReportAllocs()
	for b.Loop() {
		n := 0
		for _, m := range plan.Compute(in).Messages {
			if m.Person != 0 {
				n++
			}
		}
		if n != 20 {
			b.Fatalf("%d letters to members, want 20", n)
		}
	}
}

// BenchmarkCountry plans 650 such constituencies in turn, as a daemon for the
// whole country would.
func BenchmarkCountry(b *testing.B) {
	in := speed(b).Input()
	for b.Loop() {
		for range 650 {
			plan.Compute(in)
		}
	}
}
