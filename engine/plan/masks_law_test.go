package plan_test

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// Rule 17 in a plan: who is shown what, and what is withheld whole.

// branchList writes to each branch about members of it, or of all branches.
func branchList(kind, filter string) string {
	step := "  - email: list\n"
	if kind == "task" {
		step = "  - task: list\n    due: 7 days after given\n"
	}
	return "name: one\ntitle: One\nrole: secretary\nbasis: officer\nevery: monday\nsteps:\n" + step +
		"    each: branch in branches\n    to: branch_secretary\n    subject: Members of {{ branch.name }}\n    rows: filter(members, " + filter + ")\n    columns: [name]\n"
}

var branchOfficers = []row{
	"role: secretary; person: Sec; email: sec@example.org", "role: trade_union_liaison_officer; person: Tul; email: tul@example.org",
	"role: branch_secretary; branch: North; person: Pat; email: pat@example.org",
	"role: branch_secretary; branch: South; person: Kim; email: kim@example.org",
}

func TestLaw16ABranchGetsRowsOfItsBranchOnly(t *testing.T) {
	for _, c := range []struct {
		name, kind, filter string
		members            []row
		want, why          string
	}{
		{"its own rows", "email", `.branch == branch.key`, nil, "list to kim@example.org, list to pat@example.org", ""},
		{"all rows", "email", `.status == "active"`, nil, "", "1 of 2 rows are not of North"},
		{"a row of no branch", "email", `blank(.branch) or .branch == branch.key`, []row{"key: A3; name: No; status: active"}, "", "1 of 2 rows are not of North"},
		{"its own rows, as a task", "task", `.branch == branch.key`, nil, "told kim@example.org, told pat@example.org", ""},
		{"all rows, as a task", "task", `.status == "active"`, nil, "", "1 of 2 rows are not of North"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bench1(t, "2026-03-02", "", branchList(c.kind, c.filter), "list: Here they are.\n")
			b.list("officers", branchOfficers...)
			b.list("branches", "key: North; name: North", "key: South; name: South")
			b.list("members", append([]row{"key: A1; name: Jo; status: active; branch: North", "key: A2; name: Al; status: active; branch: South"}, c.members...)...)
			p := b.propose()
			if why := line(p, plan.Withholds); why != c.why {
				t.Errorf("withheld: %q, want %q", why, c.why)
			}
			b.expect("2026-03-02", c.want)
		})
	}
}

// A letter that walks a list shows its rows as a table does, and a record of a
// person is a row.
func TestLaw16ForeignRowsInTheWords(t *testing.T) {
	const head = "name: one\ntitle: One\nrole: secretary\nbasis: officer\nevery: monday\nlet:\n  all_of_us: filter(members, .status == \"active\")\n  first: find(members, .key == \"A2\")\nsteps:\n  - email: list\n    each: branch in branches\n    to: branch_secretary\n    subject: "
	for subject, want := range map[string]string{
		"List": "list to pat@example.org", "We are {{ len all_of_us }}": "list to pat@example.org",
		"List{{ range all_of_us }} {{ .name }}{{ end }}": "", "Meet {{ first.name }}": "",
	} {
		b := bench1(t, "2026-03-02", "", head+"\""+subject+"\"\n", "list: Here they are.\n")
		b.list("officers", branchOfficers[:3]...)
		b.list("branches", "key: North; name: North")
		b.list("members", "key: A1; name: Jo; status: active; branch: North", "key: A2; name: Al; status: active; branch: South")
		b.expect("2026-03-02", want)
	}
}

// union is a playbook that uses a special column.
const union = `
name: one
title: Welcome trade unionists
role: trade_union_liaison_officer
basis: service
reads: [trade_union]
for: member in members
when: present(member.trade_union)
again: never
let:
  unison: filter(members, present(.trade_union) and .trade_union == "Unison")
  known: filter(members, present(.trade_union))
steps:
`

const unionTask = union + `
  - task: ring
    to: trade_union_liaison_officer
    subject: Ring {{ member.name }} of {{ member.trade_union }}
    due: 7 days after given
`

// lastDigest is the text of the digest to an address.
func lastDigest(p *plan.Plan, to string) string {
	for _, m := range p.Messages {
		if m.Kind == ledger.Digest && m.Content.To == to {
			return m.Content.Text
		}
	}
	return ""
}

// A vacancy falls to a role that may not see what is special: it hears that
// there is something, and no more.
func TestLaw16AVacancyDoesNotOpenWhatIsSpecial(t *testing.T) {
	for _, c := range []struct {
		name     string
		officers []row
		to       string
		private  bool
	}{
		{"held", branchOfficers[:2], "tul@example.org", false},
		{"vacant", branchOfficers[:1], "sec@example.org", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bench1(t, "2026-03-02", "", unionTask)
			b.list("officers", c.officers...)
			b.list("members", jo+"active")
			b.expect("2026-03-02", "")
			b.on("2026-03-03")
			b.list("members", jo+"active; trade_union: Unison")
			text := lastDigest(b.propose(), c.to)
			if strings.Contains(text, "Jo") == c.private || strings.Contains(text, "Unison") == c.private || strings.Contains(text, "1 private item") != c.private {
				t.Errorf("the digest says:\n%s", text)
			}
		})
	}
}

// What nobody but the approver may decide on is announced to whoever stands in
// for a vacancy without its name.
func TestLaw16ApprovalsInAVacancy(t *testing.T) {
	text := union + "  - email: hello\n    to: member\n    subject: Hello\n"
	b := bench1(t, "2026-03-02", "", strings.Replace(text, "basis: service\n", "basis: service\ntrust: each\n", 1), "hello")
	b.list("officers", branchOfficers[:1]...)
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", jo+"active; trade_union: Unison")
	got := lastDigest(b.propose(), "sec@example.org")
	if !strings.Contains(got, "1 private item") || strings.Contains(got, "of one") {
		t.Errorf("the digest says:\n%s", got)
	}
}

// Who does not approve a playbook that uses special columns sees in every list
// how many private items there are.
func TestLaw16ListsForOthers(t *testing.T) {
	b := bench1(t, "2026-03-02", "", unionTask)
	b.list("officers", branchOfficers[:2]...)
	b.list("members", jo+"active")
	b.expect("2026-03-02", "")
	b.on("2026-03-03")
	b.list("members", jo+"active; trade_union: Unison")
	p := b.propose()
	for role, sees := range map[string]bool{"trade_union_liaison_officer": true, "secretary": false, "officer": false} {
		v := p.For(b.set, role)
		if (len(v.Lines) == len(p.Lines) && v.Private == 0 && len(v.Counts) == len(p.Counts)) != sees {
			t.Errorf("%s sees %d of %d lines, %d private, %d counts", role, len(v.Lines), len(p.Lines), v.Private, len(v.Counts))
		}
		if !sees && (len(v.Lines) != 0 || v.Private != len(p.Lines)+len(p.CannotTell) || len(v.Counts) != 0) {
			t.Errorf("%s sees %d lines, %d private, %d counts", role, len(v.Lines), v.Private, len(v.Counts))
		}
	}
	f, err := plan.ForecastUntil(b.input(), b.set.Constituency.Clock.Day(b.now)+10)
	if err != nil || len(f.Days) == 0 {
		t.Fatalf("%d days, %v", len(f.Days), err)
	}
	if v := f.For(b.set, "secretary"); len(v.Days) != 0 || v.Private == 0 {
		t.Errorf("the forecast shows %d days, %d private", len(v.Days), v.Private)
	}
	if v := f.For(b.set, "trade_union_liaison_officer"); len(v.Days) != len(f.Days) || v.Private != 0 {
		t.Errorf("the forecast shows %d of %d days, %d private", len(v.Days), len(f.Days), v.Private)
	}
}

// A number made of special columns is not printed where it could say who is
// meant, nor where the difference of two would.
func TestLaw16SmallNumbers(t *testing.T) {
	for _, c := range []struct {
		name           string
		unison, others int
		want           string
	}{
		{"under 5", 2, 0, "Unison under 5 of under 5"},
		{"none", 0, 7, "Unison under 5 of at least 5"},
		{"by subtraction", 7, 3, "Unison at least 5 of at least 10"},
		{"enough", 7, 6, "Unison 7 of 13"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.Replace(union, "for: member in members\nwhen: present(member.trade_union)\nagain: never", "every: monday", 1) +
				"  - email: list\n    to: trade_union_liaison_officer\n    subject: Unison {{ len unison }} of {{ n }}\n"
			text = strings.Replace(text, "steps:\n", "  n: len(known)\nsteps:\n", 1)
			b := bench1(t, "2026-03-02", "", text, "list: Of all, {{ n }}.\n")
			b.list("officers", branchOfficers[:2]...)
			var rows []row
			for i := range c.unison + c.others {
				union := "Unison"
				if i >= c.unison {
					union = "Other"
				}
				rows = append(rows, row("key: A"+string(rune('a'+i))+"; name: Jo; status: active; trade_union: "+union))
			}
			b.list("members", rows...)
			for _, m := range b.propose().Messages {
				if m.Kind == ledger.Letter && m.Content.Subject != c.want {
					t.Errorf("the letter says %q, want %q", m.Content.Subject, c.want)
				}
			}
			b.expect("2026-03-02", "list to tul@example.org")
		})
	}
}

// Something private does not go to an address that members share, be it that of
// an officer; a role's own mailbox is nobody's private address.
func TestLaw16PrivateAndShared(t *testing.T) {
	const letter = "name: one\ntitle: One\nrole: secretary\nbasis: officer\nfor: member in members\nwhen: member.status == \"arrears\"\nagain: never\nsteps:\n  - email: note\n    to: secretary\n    subject: Unpaid since {{ member.arrears_since }}\n"
	const tell = "name: one\ntitle: One\nrole: secretary\nbasis: officer\nfor: member in members\nwhen: member.status == \"arrears\"\nagain: never\nsteps:\n  - task: note\n    to: member\n    subject: Unpaid since {{ member.arrears_since }}\n    due: 7 days after given\n"
	two := []row{inArrears("2026-03-01"), "key: A2; name: Al; email: Jo@example.org; status: active"}
	for _, c := range []struct {
		name, text, officer string
		members             []row
		want                string
	}{
		{"a role's own mailbox", letter, "sec@example.org", two, "note to sec@example.org"},
		{"an officer at a shared address", letter, "jo@example.org", two, ""},
		{"an officer at an address of her own", letter, "jo@example.org", two[:1], "note to jo@example.org"},
		{"a task for a person at a shared address", tell, "sec@example.org", two, "told sec@example.org"},
		{"a task for a person at an address of her own", tell, "sec@example.org", two[:1], "told jo@example.org"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := bench1(t, "2026-03-02", "", c.text, "note")
			b.list("officers", row("role: secretary; person: Sec; email: "+c.officer))
			b.list("members", jo+"active")
			b.expect("2026-03-02", "")
			b.on("2026-03-03")
			b.list("members", c.members...)
			b.expect("2026-03-03", c.want)
		})
	}
}
