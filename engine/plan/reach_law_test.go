package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// thanks opens a case for every gift, so that one member can have several.
const thanks = `
name: thanks
title: Thank for every gift
role: membership_officer
basis: service
for: donation in donations
when: donation.amount > pounds(1)
steps:
  - email: ask
    late: 20 days
    to: donation.person
    subject: Thank you for {{ donation.amount }}
`

func TestLaw9Budget(t *testing.T) {
	b := ask(t, "2026-03-02", "budget: {letters_a_week: 2}\n", thanks, "Thank you.\n")
	b.list("members", jo+"active")
	b.list("donations")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("donations", "key: D1; person: A1; amount: £5", "key: D2; person: A1; amount: £6", "key: D3; person: A1; amount: £7")
	b.expect("2026-03-03", "ask to jo@example.org")
	b.expect("2026-03-04", "ask to jo@example.org")
	b.expect("2026-03-05", "")
	b.expect("2026-03-09", "")
	b.expect("2026-03-10", "ask to jo@example.org")
}

func TestLaw9ServiceBeforeMarketing(t *testing.T) {
	now := strings.Replace(arrears, "    at: 1 day after opening\n", "", 1)
	party := strings.NewReplacer("name: arrears", "name: a_party", "basis: service", "basis: marketing", "email: ask", "email: come").Replace(now)
	b := newBench(t, "2026-03-02", "", map[string]string{"arrears.yaml": now, "arrears/ask.md": "Hello.\n", "a_party.yaml": party, "a_party/come.md": "Hello.\n"})
	b.list("members", jo+"active; consent_marketing: yes", "key: A2; name: Al; email: al@example.org; status: active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01")+"; consent_marketing: yes", "key: A2; name: Al; email: al@example.org; status: arrears; arrears_since: 2026-03-01")
	b.expect("2026-03-03", "ask to al@example.org, ask to jo@example.org")
	b.expect("2026-03-06", "come to jo@example.org") // and nothing to Al, who has not agreed
}

func TestLaw9Suppression(t *testing.T) {
	b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", inArrears("2026-03-01"))
	b.expect("2026-03-03", "")
	b.apply("secretary", ledger.Suppressed{Person: b.refs["membersA1"], Scope: "all"})
	b.on("2026-03-04")
	if p := b.propose(); len(p.Messages) > 0 || line(p, plan.Withholds) == "" {
		t.Errorf("%d messages are planned, the reason is %q", len(p.Messages), line(p, plan.Withholds))
	}
}

// Whoever cannot be written to becomes a line on the call sheet of the role
// that owns the letter.
func TestLaw10NobodyIsUnreachableByAccident(t *testing.T) {
	private := strings.Replace(arrears, "subject: Your membership", "subject: Your membership, unpaid since {{ member.arrears_since }}", 1)
	for _, c := range []struct {
		name, text string
		rows       []row
		bounced    string
		want       string
	}{
		{"no address", arrears, []row{"key: A1; name: Jo; status: arrears; arrears_since: 2026-03-01"}, "", "told mel@example.org"},
		{"an address that bounced", arrears, []row{inArrears("2026-03-01")}, "jo@example.org", "told mel@example.org"},
		{"an address, and a wish for no email", arrears, []row{inArrears("2026-03-01") + "; no_email: yes"}, "", "told mel@example.org"},
		{"an address, and no such wish", arrears, []row{inArrears("2026-03-01") + "; no_email: no"}, "", "ask to jo@example.org"},
		{"an address shared, a letter about money", private, []row{inArrears("2026-03-01"), "key: A2; name: Al; email: Jo@example.org; status: active"}, "", "told mel@example.org"},
		{"an address of her own, a letter about money", private, []row{inArrears("2026-03-01")}, "", "ask to jo@example.org"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := ask(t, "2026-03-02", "", c.text, "Hello.\n")
			b.list("members", "key: A9; name: Bo; email: bo@example.org; status: active")
			b.expect("2026-03-02", "")
			b.on("2026-03-03")
			b.list("members", c.rows...)
			b.expect("2026-03-03", "")
			if c.bounced != "" {
				b.apply("clarion", ledger.Suppressed{Address: hash(c.bounced), Scope: "bounced"})
			}
			b.expect("2026-03-04", c.want)
		})
	}
}

// task is a playbook whose only step is a task for the branch.
const task = `
name: phone
title: Ring members in arrears
role: membership_officer
basis: officer
for: member in members
when: member.status == "arrears"
again: never
steps:
  - task: ring
    to: branch_membership_secretary
    subject: Ring
    due: 7 days after given
`

func TestLaw11Roles(t *testing.T) {
	north := row(jo + "arrears; branch: North")
	pat := row("role: branch_membership_secretary; branch: North; person: Pat; email: pat@example.org")
	mel := row("role: membership_officer; person: Mel; email: mel@example.org")
	for _, c := range []struct {
		name     string
		officers []row
		want     string
	}{
		{"held", []row{pat, mel}, "told pat@example.org"},
		{"vacant", []row{mel}, "told mel@example.org"},
		{"held until yesterday", []row{pat + "; until: 2026-03-02", mel}, "told mel@example.org"},
		{"held until today", []row{pat + "; until: 2026-03-03", mel}, "told pat@example.org"},
		{"held from tomorrow", []row{pat + "; from: 2026-03-04", mel}, "told mel@example.org"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t, "2026-03-02", "", map[string]string{"phone.yaml": task})
			b.list("members", jo+"active; branch: North")
			b.list("officers", c.officers...)
			b.expect("2026-03-02", "")
			b.on("2026-03-03")
			b.list("members", north)
			b.expect("2026-03-03", c.want)
		})
	}
}

// A task whose words have a hole says so: its reader would else believe that
// one line was all.
func TestLaw15ATaskWithAHoleSaysSo(t *testing.T) {
	b := newBench(t, "2026-03-02", "", map[string]string{"phone.yaml": task, "phone/ring.md": "Born {{ member.born }}.\n"})
	b.list("members", jo+"active; branch: North")
	b.list("officers", "role: membership_officer; person: Mel; email: mel@example.org")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", jo+"arrears; branch: North")
	m := letterTo(t, b.propose(), ledger.Digest, "mel@example.org")
	if text := strings.Join(strings.Fields(m.Content.Text), " "); !strings.Contains(text, "More was to be said here, and cannot be: member.born: it is blank.") {
		t.Errorf("the digest does not say that words are missing:\n%s", m.Content.Text)
	}
}

// A call sheet has no number of somebody who wants no calls.
func TestLaw10NoNumberOfWhoWantsNoCalls(t *testing.T) {
	for _, c := range []struct{ wish, want, not string }{
		{"; no_phone: yes", "wants no calls", "01632960001"}, {"; no_phone: no", "01632960001", "wants no calls"}, {"", "01632960001", "wants no calls"},
	} {
		b := ask(t, "2026-03-02", "", arrears, "Hello.\n")
		b.list("members", "key: A9; name: Bo; email: bo@example.org; status: active")
		b.expect("2026-03-02", "")
		b.on("2026-03-03")
		b.list("members", row("key: A1; name: Jo; status: arrears; arrears_since: 2026-03-01; phone: \"01632960001\""+c.wish))
		b.expect("2026-03-03", "")
		b.on("2026-03-04")
		m := letterTo(t, b.propose(), ledger.Digest, "mel@example.org")
		if text := m.Content.Text; !strings.Contains(strings.ToLower(text), c.want) || strings.Contains(strings.ToLower(text), c.not) {
			t.Errorf("no_phone %q: the call sheet is\n%s", c.wish, text)
		}
	}
}
