package console_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

const deskOfficers = `role,branch,person,email,from,until,deputy
secretary,,Ann Secretary,secretary@example.org,2024-01-01,,
membership_officer,,Mo Member,membership@example.org,2024-01-01,,
branch_membership_secretary,North,Nora North,north@example.org,2024-01-01,,
branch_membership_secretary,South,Sid South,south@example.org,2024-01-01,,
policy_officer,,Pip Policy,policy@example.org,2024-01-01,,
womens_officer,,Wyn Women,women@example.org,2024-01-01,,
equality_and_diversity_officer,,Edi Equal,equality@example.org,2024-01-01,,
`

// newDesk is a house of two branches in which a batch of letters to new members
// waits for a yes: two of North and two of South. Undo is how long a yes can be
// taken back.
func newDesk(t *testing.T, undo string, trust string) *house {
	t.Helper()
	h := newHouse(t, playbook.Web{})
	h.write("officers.csv", deskOfficers)
	h.write("branches.csv", "key,name\nNorth,North\nSouth,South\n")
	h.write("constituency.yaml", strings.NewReplacer("undo: 0 minutes", "undo: "+undo, "mail: {", `  equality_forms: {from: "data/forms.csv"}`+"\nmail: {").Replace(settings))
	h.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\nequality-welcome: {trust: each}\n")
	h.write("data/forms.csv", "Form ID,Person,Strand,Contact,Given On\nF1,A00001,women,no,2026-11-01\n")
	h.must(h.Engine.Reload())
	h.trusts("new-member-welcome", trust)
	h.trusts("equality-welcome", "each")
	h.takes("branches", "grown")
	h.takes("officers", "grown")
	h.joined(2)
	h.run()
	h.pass(day)
	h.write("data/forms.csv", "Form ID,Person,Strand,Contact,Given On\nF1,A00001,women,no,2026-11-01\nF2,A00002,women,yes,2026-11-08\n")
	h.run()
	return h
}

// trusts says what a playbook may do by itself.
func (h *house) trusts(name, level string) {
	h.t.Helper()
	h.must(h.store.Update(ctx, func(tx *store.Tx) error {
		return tx.Apply(h.clock(), "secretary", ledger.Trusted{Playbook: name, Level: level})
	}))
}

// joined writes a list in which so many more have joined in each branch; the
// first of the others may have another status than active.
func (h *house) joined(n int, behind ...string) {
	text := "Membership Number,First Name,Last Name,Email,Status,Date Joined,Branch,Marketing Consent,Arrears Since\n"
	for i := range 6 {
		status := "Active"
		if i < len(behind) {
			status = behind[i]
		}
		text += fmt.Sprintf("A%05d,Olive%d,Older,olive%d@example.com,%s,2015-03-01,North,No,2026-06-01\n", i, i, i, status)
	}
	for i := range 3 {
		text += fmt.Sprintf("B%05d,Nia%d,Newer,nia%d@example.net,Active,2026-10-28,North,Yes,\n", i, i, i)
	}
	for i := range n {
		text += fmt.Sprintf("N%05d,Nell%d,Fresh,nell%d@example.net,Active,2026-11-07,North,Yes,\n", i, i, i)
		text += fmt.Sprintf("S%05d,Saul%d,Fresh,saul%d@example.net,Active,2026-11-07,South,Yes,\n", i, i, i)
	}
	h.write("data/members-"+h.clock().Format("2006-01-02")+".csv", text)
	h.takes("members", "header")
}

// takes imports a list, whatever is unusual about it.
func (h *house) takes(name, accepted string) {
	h.t.Helper()
	imp, err := h.Engine.Prepare(ctx, name, "")
	h.must(err)
	_, err = h.Engine.Commit(ctx, imp, "secretary", accepted)
	h.must(err)
}

// waits gives the letters of a playbook that wait for a yes.
func (h *house) waits(name string) (out []ledger.Message) {
	for _, m := range h.in(ledger.Proposed) {
		if m.Playbook == name {
			out = append(out, m)
		}
	}
	return out
}

// in gives the messages in a state.
func (h *house) in(states ...ledger.MessageState) (out []ledger.Message) {
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		out = book.MessagesIn(states...)
		return err
	})
	return out
}

// message gives a message as it stands.
func (h *house) message(id int64) (m ledger.Message) {
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		m, _ = book.Message(id)
		return err
	})
	return m
}

// field finds the value of a hidden field of a page.
func (a answer) field(t *testing.T, name string) string {
	t.Helper()
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(a.body)
	if m == nil {
		t.Fatalf("the page has no field %s:\n%s", name, a.body)
	}
	return m[1]
}

// lacks checks what a page must not say.
func (a answer) lacks(t *testing.T, what string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if strings.Contains(a.body, p) {
			t.Errorf("%s: the page says %q:\n%s", what, p, a.body)
		}
	}
}
