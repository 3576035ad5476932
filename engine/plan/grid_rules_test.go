package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// letterTo finds the letter or digest to an address in a plan.
func letterTo(t *testing.T, p *plan.Plan, kind ledger.MessageKind, to string) plan.Message {
	t.Helper()
	for _, m := range p.Messages {
		if m.Kind == kind && m.Content.To == to {
			return m
		}
	}
	t.Fatalf("nothing goes to %s", to)
	return plan.Message{}
}

// TestRowsAsTableAndSpreadsheet: what a step shows stands in the letter as a
// table and is attached as a file, with a column through a person; a member's
// letter has no file.
func TestRowsAsTableAndSpreadsheet(t *testing.T) {
	const rows = "    rows: filter(meetings, .status == \"confirmed\")\n    columns: [title, minute_taker.name, minute_taker.branch, date]\n"
	b := newBench(t, "2026-03-01", "", map[string]string{
		"one.yaml": "name: one\ntitle: One\nrole: secretary\nbasis: officer\nevery: monday\nsteps:\n" +
			"  - email: list\n    to: secretary\n    subject: List\n" + rows +
			"  - task: look_at\n    to: membership_officer\n    subject: Look\n    due: 2 days after given\n" + rows,
		"one/list.md": "Here it is.\n",
		"two.yaml":    strings.Replace(one("when: member.status == \"active\"\nagain: never\nsteps:\n  - email: news\n    to: member\n    subject: News\n"+rows), "name: one", "name: two", 1),
		"two/news.md": "Come to these.\n",
	})
	b.began("members", "meetings")
	b.on("2026-03-02")
	b.list("members", jo+"active; branch: North; joined: 2026-03-02")
	b.list("meetings", "key: M1; title: =cmd()|calc; date: 2026-04-01; status: confirmed; minute_taker: jo@example.org",
		"key: M2; title: AGM; date: 2026-04-02; status: confirmed; minute_taker: Nobody Known")
	p := plan.Compute(b.input())
	const want = "\ufefftitle,minute taker,minute taker branch,date\r\n'=cmd()|calc,Jo,North,1 April 2026\r\nAGM,Nobody Known,,2 April 2026\r\n"
	for _, m := range []plan.Message{letterTo(t, p, ledger.Letter, "sec@example.org"), letterTo(t, p, ledger.Digest, "mel@example.org")} {
		att := m.Content.Attachments
		if len(att) != 1 || !strings.HasSuffix(att[0].Name, ".csv") || att[0].Type != "text/csv; charset=utf-8" {
			t.Fatalf("%s to %s has the files %+v", m.Kind, m.Content.To, att)
		}
		if got := string(m.Files[att[0].SHA256]); got != want || int64(len(got)) != att[0].Size {
			t.Errorf("%s is\n%s\nnot\n%s", att[0].Name, got, want)
		}
		for _, text := range []string{"minute taker", "Nobody Known", "attached as a spreadsheet: " + att[0].Name} {
			if !strings.Contains(m.Content.Text, text) || !strings.Contains(m.Content.HTML, text) {
				t.Errorf("%s to %s does not show %q:\n%s", m.Kind, m.Content.To, text, m.Content.Text)
			}
		}
		if !strings.Contains(m.Content.HTML, `<th scope="col"`) || m.Digest != m.Content.Digest() {
			t.Errorf("%s has no table, or another digest", m.Kind)
		}
	}
	news := letterTo(t, p, ledger.Letter, "jo@example.org")
	if len(news.Content.Attachments) > 0 || !strings.Contains(news.Content.Text, "AGM") || strings.Contains(news.Content.Text, "spreadsheet") {
		t.Errorf("the member gets %+v:\n%s", news.Content.Attachments, news.Content.Text)
	}
	b.propose()
	for _, m := range plan.Compute(b.input()).Messages {
		if !m.Stands && m.Kind == ledger.Letter {
			t.Errorf("planned again, the %s to %s is another:\n%s", m.Kind, m.Content.To, m.Content.Text)
		}
	}
}

// TestTheSignerOfEachCopy: from may be a role out of a table. Who signs gets the
// replies and has the last word on the letter; a vacancy falls as any does.
func TestTheSignerOfEachCopy(t *testing.T) {
	b := newBench(t, "2026-03-01", "", map[string]string{
		"one.yaml": `name: one
title: One
role: secretary
basis: officer
settings:
  strands:
    type: table
    columns: {strand: text, officer: role}
    default:
      - {strand: youth, officer: youth_officer}
      - {strand: women, officer: womens_officer}
every: monday
steps:
  - email: note
    each: strand in settings.strands
    to: chair
    from: strand.officer
    subject: "{{ strand.strand }}"
`, "one/note.md": "Hello.\n"})
	b.list("officers", "role: secretary; person: Sec; email: sec@example.org", "role: chair; person: Cha; email: cha@example.org",
		"role: womens_officer; person: Wyn; email: wyn@example.org", "role: membership_officer; person: Mel; email: mel@example.org")
	b.began("members")
	b.on("2026-03-02")
	p := plan.Compute(b.input())
	got := map[string]string{}
	for _, m := range p.Messages {
		if m.Kind == ledger.Letter {
			got[m.Content.Subject] = m.Approver + " " + m.Content.ReplyTo + " " + m.Content.FromName
		}
	}
	for subject, want := range map[string]string{
		"women": "womens_officer wyn@example.org Wyn, Women's Officer",
		"youth": "youth_officer mel@example.org Mel, Vice Chair (Membership)", // vacant
	} {
		if got[subject] != want {
			t.Errorf("%s is from %q, want %q", subject, got[subject], want)
		}
	}
}
