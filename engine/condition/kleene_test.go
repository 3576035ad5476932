package condition

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// What incomplete records come to, worked out by hand. The subject is Rae,
// whose every cell but membership_no is blank, joined unreadable; D3, without
// amount and person; and M2, without start.
var kleene = []struct {
	source string
	value  string // yes, no, absent, or the columns for want of which it is unknown
	left   string // columns for want of which rows were left out
}{
	{`member.status == "active"`, "?status", ""},
	{`member.status != "active"`, "?status", ""},
	{`not (member.status == "active")`, "?status", ""},
	{`member.status in ["active", "arrears"]`, "?status", ""},
	{`member.status not in ["active", "arrears"]`, "?status", ""},
	{`member.hardship`, "?hardship", ""},
	{`not member.hardship`, "?hardship", ""},
	// Deciding by the other side.
	{`member.hardship and member.membership_no == "A1"`, "no", ""},
	{`member.membership_no == "A1" and member.hardship`, "no", ""},
	{`member.hardship or member.membership_no == "A3"`, "yes", ""},
	{`member.membership_no == "A3" or member.hardship`, "yes", ""},
	{`member.hardship and member.membership_no == "A3"`, "?hardship", ""},
	{`member.hardship or member.membership_no == "A1"`, "?hardship", ""},
	{`member.hardship and member.status == "active"`, "?hardship status", ""},
	{`member.hardship or member.status == "active"`, "?hardship status", ""},
	{`member.hardship and not member.hardship`, "?hardship", ""},
	{`not (member.hardship or member.membership_no == "A3")`, "no", ""},
	// present and blank are never unknown, and keep blanks quiet.
	{`present(member.joined)`, "no", ""},
	{`blank(member.joined)`, "yes", ""},
	{`present(member.joined) and member.joined > today`, "no", ""},
	{`blank(member.joined) or member.joined > today`, "yes", ""},
	{`present(member.buddy.name)`, "no", ""},
	{`present(law.donation_check_over(donation.received_on))`, "no", ""},
	// Arithmetic and functions take the unknown with them.
	{`member.joined + days(7) > today`, "?joined", ""},
	{`days_between(member.born, today) > 3`, "?born", ""},
	{`member.paid + donation.amount > pounds(1)`, "?amount paid", ""},
	{`member.name contains "x"`, "?name", ""},
	{`min(member.phoned, 3) == 3`, "?phoned", ""},
	{`donation.amount > law.donation_check_over(donation.received_on)`, "?amount", ""},
	{`pounds(1) > law.donation_check_over(donation.received_on)`, "the law table has no donation_check_over for 1 June 2027", ""},
	{`member.phoned / 0 == 1`, "?phoned", ""},
	{`1 / (len(members) - 3) == 1`, "nothing can be divided by nought", ""},
	// Persons.
	{`member.buddy == member`, "?buddy", ""},
	{`member.buddy.email == "x"`, "?buddy", ""},
	{`replied(donation)`, "?person", ""},
	{`replied(member)`, "no", ""},
	// Lists: a row that decides, and a row that cannot tell.
	{`any(members, .status == "active")`, "yes", ""},
	{`any(members, .status == "resigned")`, "?status", ""},
	{`none(members, .status == "active")`, "no", ""},
	{`none(members, .status == "resigned")`, "?status", ""},
	{`all(members, .status == "active")`, "no", ""},
	{`all(members, .status in ["active", "arrears"])`, "?status", ""},
	{`all(members, present(.membership_no))`, "yes", ""},
	{`count(members, .status == "active") > 0`, "?status", ""},
	{`count(members, present(.status) and .status == "active") == 1`, "yes", ""},
	{`sum(members, .paid) > pounds(1)`, "?paid", ""},
	{`len(filter(members, .status == "active")) > 0`, "?status", "status"},
	{`any(filter(members, .status == "active"), .paid > pounds(1))`, "yes", "status"},
	{`any(filter(members, .status == "active"), .paid > pounds(999))`, "?status", "status"},
	{`present(filter(members, .status == "active"))`, "yes", "status"},
	{`present(filter(members, .status == "resigned"))`, "no", "status"},
	{`len(map(members, .paid)) == 2`, "?paid", "paid"},
	{`latest(map(members, .joined)) < today`, "yes", "joined"},
	{`max(map(members, .joined)) < today`, "?joined", "joined"},
	{`"A1" in map(attendance, .membership_no)`, "yes", "membership_no"},
	{`member.membership_no in map(attendance, .membership_no)`, "?membership_no", "membership_no"},
	{`none(attendance, .membership_no == member.membership_no)`, "?membership_no", ""},
	// find: a row it cannot tell is left out and listed; no hit is quiet.
	{`present(find(documents, .meeting == meeting.key))`, "no", "meeting"},
	{`find(documents, .meeting == meeting.key).year == 2026`, "absent", "meeting"},
	{`find(documents, .meeting == meeting.key and .kind == "agenda").year == 2026`, "absent", ""},
	{`find(documents, .kind == "minutes").year == 2026`, "?year", ""},
	{`agenda.year == 2026`, "absent", ""},
	{`agenda.year == 2026 and member.hardship`, "?hardship", ""},
	{`agenda.year == 2026 or member.membership_no == "A3"`, "yes", ""},
	{`steps.check.answer == "may give"`, "absent", ""},
	{`latest(map(filter(meetings, .type == "special"), .date)) < today`, "absent", ""},
	{`meeting.start > now`, "?start", ""},
	{`any(branches, .name == "North")`, "no", ""},
	{`none(branches, .name == "North") and all(branches, .name == "North")`, "yes", ""},
	// Lists that came from a let have lost rows already.
	{`any(waiting, .status == "arrears")`, "yes", "joined"},
	{`any(waiting, .status == "resigned")`, "?joined", "joined"},
	{`all(waiting, .status == "arrears")`, "no", "joined"},
	{`count(waiting, .status == "arrears") == 1`, "?joined", "joined"},
	// ?? takes the other value for what is missing, not for what is unreadable.
	{`(member.born ?? today) == today`, "yes", ""},
	{`(member.joined ?? today) == today`, "?joined", ""},
	{`(find(meetings, .type == "special").date ?? today) == today`, "yes", ""},
}

func columns(cells []dataset.Cell) string {
	set := map[string]bool{}
	for _, c := range cells {
		set[c.Column] = true
	}
	return strings.Join(sorted(set), " ")
}

func TestKleene(t *testing.T) {
	s := sampleScope()
	s.Let = true
	w := sampleWorld()
	for _, k := range kleene {
		e := compile(t, s, k.source)
		got := e.Eval(w, sampleVars(w, 2, 2, 1))
		value := ""
		switch yes, known := Truth(got); {
		case known && yes:
			value = "yes"
		case known:
			value = "no"
		case got.Unknown == nil:
			value = "neither"
		case len(got.Unknown.Cells) > 0:
			value = "?" + columns(got.Unknown.Cells)
		case got.Unknown.Absent:
			value = "absent"
		default:
			value = got.Unknown.Why
		}
		if value != k.value || columns(got.LeftOut) != k.left {
			t.Errorf("%s\n gives %s, left out %q; want %s, left out %q", k.source, value, columns(got.LeftOut), k.value, k.left)
		}
	}
}

func TestCellsSayWhereAndWhy(t *testing.T) {
	w := sampleWorld()
	got := compile(t, sampleScope(), `member.joined < today`).Eval(w, sampleVars(w, 2, 0, 0))
	want := dataset.Cell{Dataset: "members", Ref: 3, Key: "A3", Column: "joined", Origin: dataset.Origin{File: "members.csv", Row: 4, Column: "joined"}, Why: "there is no 31 February"}
	if got.Unknown == nil || len(got.Unknown.Cells) != 1 || got.Unknown.Cells[0] != want {
		t.Errorf("got %+v", got.Unknown)
	}
}

func TestNeverImported(t *testing.T) {
	w := sampleWorld()
	delete(w.Tables, "branches")
	got := compile(t, sampleScope(), `none(branches, .name == "North")`).Eval(w, nil)
	if got.Unknown == nil || got.Unknown.Why != "there is no list of branches yet" {
		t.Errorf("got %+v", got)
	}
}
