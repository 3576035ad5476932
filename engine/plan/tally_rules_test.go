package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// tallied is a playbook with a letter and a task that count members.
func tallied(t *testing.T, by string, members ...row) *plan.Plan {
	t.Helper()
	rows := "    rows: filter(members, .status != \"resigned\")\n    count: " + by + "\n"
	b := newBench(t, "2026-03-01", "", map[string]string{
		"one.yaml": "name: one\ntitle: One\nrole: secretary\nbasis: officer\nevery: monday\nsteps:\n" +
			"  - email: figures\n    to: secretary\n    subject: \"{{ len rows }} in all\"\n" + rows +
			"  - task: look_at\n    to: membership_officer\n    subject: Look\n    due: 2 days after given\n" + rows,
		"one/figures.md": "The figures, {{ len rows }} in all:\n",
	})
	b.began("members", "meetings")
	b.on("2026-03-02")
	b.list("members", members...)
	return plan.Compute(b.input())
}

// many are so many members of a branch and a status.
func many(n int, branch, status string) (rows []row) {
	for i := range n {
		r := fmt.Sprintf("key: %s%s%d; name: Jo; email: jo%[3]d@example.org; status: %s", branch, status, i, status)
		if branch != "" {
			r += "; branch: " + branch
		}
		rows = append(rows, row(r))
	}
	return rows
}

// A step can count its records instead of listing them: in the letter, in an
// officer's digest and in the spreadsheet, always without what is under 5.
func TestRowsAreCounted(t *testing.T) {
	all := append(append(append(append(append(many(12, "North", "active"), many(6, "North", "arrears")...),
		many(20, "South", "active")...), many(3, "South", "arrears")...), many(9, "", "arrears")...), many(7, "", "active")...)
	for _, c := range []struct {
		name, by, subject string
		members           []row
		want              []string
	}{
		{"by one column", "status", "57 in all", all, []string{
			"status,number", "active,39", "arrears,18", "total,57"}},
		{"by two, and three more are not given for the one under 5", "[branch, status]", "57 in all", all, []string{
			"branch,active,arrears,total", "North,5 or more,5 or more,18", "South,5 or more,under 5,23", "not given,7,9,16", "total,39,18,57"}},
		{"the columns the other way round", "[status, branch]", "57 in all", all, []string{
			"status,North,South,not given,total", "active,5 or more,5 or more,7,39", "arrears,5 or more,under 5,9,18", "total,18,23,16,57"}},
		{"of one kind only", "[branch, status]", "6 in all", many(6, "North", "arrears"), []string{
			"branch,arrears,total", "North,6,6", "total,6,6"}},
		{"few in all", "branch", "under 5 in all", many(3, "North", "active"), []string{
			"branch,number", "North,under 5", "total,under 5"}},
		{"few in each", "branch", "some in all", append(many(3, "North", "active"), many(4, "South", "active")...), []string{
			"branch,number", "North,under 5", "South,under 5", "total,not shown"}},
		{"none is a figure too", "[branch, status]", "under 5 in all", many(9, "North", "resigned"), []string{
			"branch,total", "total,under 5"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := tallied(t, c.by, c.members...)
			want := "\ufeff" + strings.Join(c.want, "\r\n") + "\r\n"
			for _, m := range []plan.Message{letterTo(t, p, ledger.Letter, "sec@example.org"), letterTo(t, p, ledger.Digest, "mel@example.org")} {
				if len(m.Content.Attachments) != 1 {
					t.Fatalf("%s has the files %+v", m.Kind, m.Content.Attachments)
				}
				if got := string(m.Files[m.Content.Attachments[0].SHA256]); got != want {
					t.Errorf("%s counts\n%s\nnot\n%s", m.Kind, got, want)
				}
				for _, line := range c.want {
					if row := strings.Fields(strings.ReplaceAll(line, ",", " ")); !strings.Contains(strings.Join(strings.Fields(m.Content.Text), " "), strings.Join(row, " ")) {
						t.Errorf("%s does not show %q:\n%s", m.Kind, line, m.Content.Text)
					}
				}
				hides := strings.Contains(want, "under 5")
				if strings.Contains(m.Content.Text, "No number under 5 is given") != hides {
					t.Errorf("%s says why numbers are missing: %v", m.Kind, !hides)
				}
			}
			if m := letterTo(t, p, ledger.Letter, "sec@example.org"); m.Content.Subject != c.subject || !strings.Contains(m.Content.Text, "The figures, "+c.subject) {
				t.Errorf("the letter says %q, want %q", m.Content.Subject, c.subject)
			}
		})
	}
}
