package playbook_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Rule 17 at load. The bad files mask-*.yaml show each way in which a step can
// show a role what it may not see; here are the letter, which has a file of its
// own, and what a constituency may say.

const unpaid = "name: tea\ntitle: Tea\nrole: secretary\nbasis: officer\nfor: member in members\nwhen: member.status == \"arrears\"\nagain: never\nsteps:\n" +
	"  - task: bake\n    to: branch_secretary\n    subject: Ask {{ member.name }}\n    due: 3 days after given\n"

// runs demands that tea has no fault.
func runs(t *testing.T, set *playbook.Set) {
	t.Helper()
	if set.Playbook("tea") == nil {
		t.Fatalf("it does not run: %v, %v", set.Faults, set.Disabled["tea"])
	}
}

func TestLettersAreMasked(t *testing.T) {
	files := map[string]string{"p/tea.yaml": unpaid, "p/tea/bake.md": "Hello.\n\nUnpaid since {{ or member.arrears_since \"long\" }}.\n", "playbooks.yaml": "tea: {file: p/tea.yaml}\n"}
	set := load(t, files)
	faults := set.Disabled["tea"]
	if len(faults) != 1 || faults[0].File != "p/tea/bake.md" || faults[0].Line != 3 || faults[0].Column != 20 ||
		!strings.Contains(faults[0].Text, "branch_secretary may not see members.arrears_since, which is money") {
		t.Fatalf("the faults are %+v", faults)
	}
	// The constituency grants it, of this list only.
	files["constituency.yaml"] = "name: Anytown\nroles: {branch_secretary: {sees: {members: [contact, money]}}}\n"
	runs(t, load(t, files))
	files["constituency.yaml"] = "name: Anytown\nroles: {branch_secretary: {sees: {donations: money}}}\n"
	if set := load(t, files); len(set.Disabled["tea"]) != 1 {
		t.Errorf("what is granted of one list is granted of another: %v", set.Faults)
	}
}

// What a reminder shows is the subject: the letter is for those whose task it is.
func TestAReminderShowsTheSubjectOnly(t *testing.T) {
	text := strings.Replace(unpaid, "to: branch_secretary", "to: treasurer", 1) + "    chase:\n      on the day: branch_secretary\n"
	files := map[string]string{"p/tea.yaml": text, "p/tea/bake.md": "Unpaid since {{ member.arrears_since }}.\n", "playbooks.yaml": "tea: {file: p/tea.yaml}\n"}
	runs(t, load(t, files))
	files["p/tea.yaml"] = strings.Replace(text, "Ask {{ member.name }}", "Ask {{ member.arrears_since }}", 1)
	if set := load(t, files); len(set.Disabled["tea"]) != 1 || set.Disabled["tea"][0].File != "p/tea.yaml" {
		t.Errorf("the faults are %+v", set.Disabled["tea"])
	}
}

func TestGrants(t *testing.T) {
	guard := func(table, column string, c dataset.Class) playbook.Guard {
		return playbook.Guard{Dataset: table, Column: column, Class: c}
	}
	phone, owed, faith := guard("members", "phone", dataset.Contact), guard("members", "arrears_since", dataset.Financial), guard("members", "trade_union", dataset.Special)
	gift, office := guard("donations", "amount", dataset.Financial), guard("officers", "email", dataset.Contact)
	for _, c := range []struct{ own, role, sees string }{
		{"", "secretary", "phone owed gift office"},
		{"", "chair", "phone owed gift office"},
		{"", "treasurer", "phone owed gift office"},
		{"", "auditor", "owed gift office"},
		{"", "policy_officer", "office"},
		{"", "trade_union_liaison_officer", "phone faith office"},
		{"", "branch_membership_secretary", "phone owed office"},
		{"roles: {treasurer: {sees: {members: []}}}\n", "treasurer", "gift office"},
		{"roles: {treasurer: {sees: {all: contact}}}\n", "treasurer", "phone office"},
		{"roles: {womens_officer: {sees: {members: [contact, special]}}}\n", "womens_officer", "phone faith office"},
	} {
		set := load(t, map[string]string{"constituency.yaml": "name: Anytown\n" + c.own})
		var got []string
		for _, g := range []struct {
			name string
			playbook.Guard
		}{{"phone", phone}, {"owed", owed}, {"faith", faith}, {"gift", gift}, {"office", office}} {
			if set.Roles[c.role].Sees(g.Guard) {
				got = append(got, g.name)
			}
		}
		if s := strings.Join(got, " "); s != c.sees {
			t.Errorf("with %q %s sees %s, want %s", c.own, c.role, s, c.sees)
		}
	}
	set := load(t, map[string]string{})
	if set.Roles["everyone"] != nil || !set.Roles["secretary"].Sees(guard("changes", "was", dataset.Contact)) || set.Roles["auditor"].Sees(guard("people", "email", dataset.Contact)) {
		t.Error("what is worked out from a list is not seen as the list is")
	}
	for name, r := range set.Roles {
		if r.Sees(faith) && name != "trade_union_liaison_officer" {
			t.Errorf("%s sees which union a member is in", name)
		}
	}
	if one, other := load(t, map[string]string{}).Digest, load(t, map[string]string{"constituency.yaml": "name: Anytown CLP\nroles: {auditor: {sees: {all: contact}}}\n"}).Digest; one == other {
		t.Error("the digest does not tell what roles see")
	}
}

// The numbers of a step that are made of special columns are known by name.
func TestCountsOfSpecialColumns(t *testing.T) {
	text := "name: tea\ntitle: Tea\nrole: trade_union_liaison_officer\nbasis: officer\nreads: [trade_union]\nevery: monday\nlet:\n  known: filter(members, present(.trade_union))\n  all_of_us: filter(members, .status == \"active\")\n  n: len(known)\nsteps:\n" +
		"  - email: bake\n    to: trade_union_liaison_officer\n    subject: \"{{ len known }} {{ len all_of_us }} {{ n }}\"\n    rows: known\n    columns: [name]\n"
	set := load(t, map[string]string{"p/tea.yaml": text, "p/tea/bake.md": "Hello.\n", "playbooks.yaml": "tea: {file: p/tea.yaml}\n"})
	runs(t, set)
	pb := set.Playbook("tea")
	if got := pb.Steps[0].Counts; !slices.Equal(got, []string{"known", "n", "rows"}) || !pb.Special() || !pb.Approver("trade_union_liaison_officer") || pb.Approver("secretary") {
		t.Errorf("it counts %v", got)
	}
}
