package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// TestAMissingListIsNamed: a playbook that reads a list which nobody has
// imported says so by the list's name: in the plan, in the task whose words need
// it, and, where the law asks for the task, to its role once when it cannot be
// told whether the task is needed at all. None of it is taken for an empty list.
func TestAMissingListIsNamed(t *testing.T) {
	const page = `
name: ret
title: Send the return
role: membership_officer
basis: officer
locked: yes
every: month
let:
  lent: filter(loans, .amount > pounds(500))
steps:
  - task: all
    to: secretary
    subject: Send the return
    due: 5 days after given
  - task: nothing
    when: len(lent) == 0
    to: secretary
    subject: Send a nil return
    due: 5 days after given
`
	b := newBench(t, "2026-03-02", "", map[string]string{"ret.yaml": page,
		"ret/all.md": "{{ range lent }}\n- {{ .amount }}\n{{ end }}\nThat is all.\n"})
	p := b.propose()
	said := false
	for _, h := range p.Holds {
		said = said || h.Kind == "not imported" && h.Playbook == "ret" && strings.Contains(h.Why, "no list of loans") && h.Hint == "clarion import loans"
	}
	if !said {
		t.Errorf("the plan does not name the list: %+v", p.Holds)
	}
	words := func(to string) string {
		return strings.Join(strings.Fields(letterTo(t, p, ledger.Digest, to).Content.Text), " ")
	}
	if text := words("sec@example.org"); !strings.Contains(text, "There is no list of loans yet") || !strings.Contains(text, "clarion import loans FILE") ||
		strings.Contains(text, "cannot be:") || strings.Contains(text, "That is all") || strings.Contains(text, "nil return") {
		t.Errorf("the task does not say what is missing, or has a hole:\n%s", text)
	}
	if text := words("mel@example.org"); !strings.Contains(text, "nobody can tell whether it is needed") || !strings.Contains(text, "clarion import loans FILE") {
		t.Errorf("the role is not told that something cannot be decided:\n%s", text)
	}
	b.expect("2026-03-02", "told mel@example.org, told sec@example.org")
	b.expect("2026-03-03", "")
	b.list("loans")
	b.expect("2026-03-04", "told sec@example.org") // now it is known that there are none
	if h := plan.Compute(b.input()).Holds; len(h) != 0 {
		t.Errorf("the list is there, and yet: %+v", h)
	}
}
