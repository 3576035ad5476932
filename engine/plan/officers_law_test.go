package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// TestLaw11Deputies: a deputy acts while nobody holds the role, and only then;
// whoever holds it together with another is told with her.
func TestLaw11Deputies(t *testing.T) {
	const pat, dee = "role: branch_membership_secretary; branch: North; person: Pat; email: pat@example.org", "role: branch_membership_secretary; branch: North; person: Dee; email: dee@example.org; deputy: yes"
	mel := row("role: membership_officer; person: Mel; email: mel@example.org")
	for _, c := range []struct {
		name     string
		officers []row
		want     string
	}{
		{"a holder and a deputy", []row{pat, dee, mel}, "told pat@example.org"},
		{"the deputy stands first in the list", []row{dee, pat, mel}, "told pat@example.org"},
		{"only a deputy", []row{dee, mel}, "told dee@example.org"},
		{"the holder's term is over", []row{pat + "; until: 2026-03-02", dee, mel}, "told dee@example.org"},
		{"the holder's last day", []row{pat + "; until: 2026-03-03", dee, mel}, "told pat@example.org"},
		{"the holder's term is to come", []row{pat + "; from: 2026-03-04", dee, mel}, "told dee@example.org"},
		{"the holder has no address", []row{"role: branch_membership_secretary; branch: North; person: Pat", dee, mel}, "told dee@example.org"},
		{"both terms are over", []row{pat + "; until: 2026-03-02", dee + "; until: 2026-03-02", mel}, "told mel@example.org"},
		{"two hold the role", []row{pat, row(strings.Replace(dee, "yes", "no", 1)), mel}, "told dee@example.org, told pat@example.org"},
		{"two deputies", []row{dee, row(strings.Replace(pat, "Pat;", "Pat; deputy: yes;", 1)), mel}, "told dee@example.org, told pat@example.org"},
		{"a deputy of another branch", []row{row(strings.Replace(dee, "North", "South", 1)), mel}, "told mel@example.org"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, "2026-03-02", "", map[string]string{"phone.yaml": task})
			b.list("members", jo+"active; branch: North")
			b.list("officers", c.officers...)
			b.expect("2026-03-02", "")
			b.on("2026-03-03")
			b.list("members", jo+"arrears; branch: North")
			b.expect("2026-03-03", c.want)
		})
	}
}

// TestAHolderWithoutAnAddressIsNoVacancy: the task falls to the next role all
// the same, and the letter says what is missing, not that nobody is there. A row
// that names nobody is a vacancy.
func TestAHolderWithoutAnAddressIsNoVacancy(t *testing.T) {
	for officer, want := range map[string]string{
		"role: membership_officer; person: Mel": "Vice Chair (Membership): no mail address for who holds this role",
		"role: membership_officer":              "Vice Chair (Membership): nobody holds this role",
	} {
		b := newBench(t, "2026-03-02", "", map[string]string{"phone.yaml": strings.Replace(task, "to: branch_membership_secretary", "to: membership_officer", 1)})
		b.list("members", jo+"active; branch: North")
		b.list("officers", row(officer), "role: secretary; person: Sec; email: sec@example.org")
		b.run()
		b.on("2026-03-03")
		b.list("members", jo+"arrears; branch: North")
		m := letterTo(t, b.propose(), ledger.Digest, "sec@example.org")
		if text := strings.Join(strings.Fields(m.Content.Text), " "); !strings.Contains(text, want) {
			t.Errorf("with %q the letter does not say %q:\n%s", officer, want, text)
		}
	}
}

// TestLaw11Vacancies: a vacant role falls to the next of the chain that somebody
// holds, and the letter says which role is vacant. Where the chain ends with
// nobody, the plan says so.
func TestLaw11Vacancies(t *testing.T) {
	officer := func(role, name string) row {
		return row("role: " + role + "; person: " + name + "; email: " + strings.ToLower(name) + "@example.org")
	}
	const vacant = "Branch Membership Secretary of North: nobody holds this role"
	for _, c := range []struct {
		name     string
		officers []row
		want     string // whom the letter goes to
	}{
		{"to the next", []row{officer("membership_officer", "Mel"), officer("secretary", "Sec")}, "mel@example.org"},
		{"to the one after", []row{officer("secretary", "Sec"), officer("assistant_secretary", "Asa")}, "sec@example.org"},
		{"to the end of the chain", []row{officer("assistant_secretary", "Asa"), officer("chair", "Cha")}, "asa@example.org"},
		{"to a deputy on the way", []row{officer("membership_officer", "Mel") + "; deputy: yes", officer("secretary", "Sec")}, "mel@example.org"},
		{"to nobody", []row{officer("chair", "Cha")}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, "2026-03-02", "", map[string]string{"phone.yaml": task})
			b.list("members", jo+"active; branch: North")
			b.list("officers", c.officers...)
			b.run()
			b.on("2026-03-03")
			b.list("members", jo+"arrears; branch: North")
			p := b.propose()
			to, text := "", ""
			for _, m := range p.Messages {
				if m.Kind == ledger.Digest {
					to, text = strings.TrimSpace(to+" "+m.Content.To), strings.Join(strings.Fields(m.Content.Text), " ")
				}
			}
			if to != c.want {
				t.Fatalf("the letter goes to %q, want %q", to, c.want)
			}
			if c.want != "" && !strings.Contains(text, vacant) {
				t.Errorf("the letter does not say that %s:\n%s", vacant, text)
			}
			if c.want == "" {
				said := false
				for _, l := range p.Lines {
					said = said || strings.Contains(l.Why, "nobody holds this role")
				}
				if !said {
					t.Errorf("nobody is there, and the plan does not say so: %+v", p.Lines)
				}
			}
		})
	}
}

// TestQuietDaysOfEachNation: a bank holiday of one nation is a day like any
// other in another.
func TestQuietDaysOfEachNation(t *testing.T) {
	text := strings.Replace(arrears, "at: 1 day after opening", "late: 20 days", 1)
	for _, c := range []struct{ nation, due, goes string }{
		{"england_and_wales", "2026-01-02", "2026-01-02"},
		{"scotland", "2026-01-02", "2026-01-03"}, // 2 January
		{"northern_ireland", "2026-01-02", "2026-01-02"},
		{"england_and_wales", "2026-03-17", "2026-03-17"},
		{"scotland", "2026-03-17", "2026-03-17"},
		{"northern_ireland", "2026-03-17", "2026-03-18"}, // St Patrick's Day
		{"england_and_wales", "2026-04-06", "2026-04-07"},
		{"scotland", "2026-04-06", "2026-04-06"}, // Easter Monday is none there
		{"northern_ireland", "2026-04-06", "2026-04-07"},
		{"northern_ireland", "2026-07-13", "2026-07-14"}, // Battle of the Boyne, a substitute day
		{"england_and_wales", "2026-07-13", "2026-07-13"},
		{"scotland", "2026-08-03", "2026-08-04"}, // the summer holiday, four weeks earlier
		{"scotland", "2026-08-31", "2026-08-31"},
		{"england_and_wales", "2026-08-31", "2026-09-01"},
		{"scotland", "2026-11-30", "2026-12-01"}, // St Andrew's Day
		{"northern_ireland", "2026-11-30", "2026-11-30"},
	} {
		t.Run(c.nation+" "+c.due, func(t *testing.T) {
			d, _ := calendar.ParseDate(c.due)
			b := ask(t, (d - 1).String(), "nation: "+c.nation+"\nquiet: [bank holidays]\n", text, "Hello.\n")
			b.began("members")
			b.on(c.due)
			b.list("members", inArrears((d - 10).String()))
			for day := d; day <= d+1; day++ {
				want := ""
				if day.String() == c.goes {
					want = "ask to jo@example.org"
				}
				b.expect(day.String(), want)
			}
		})
	}
}
