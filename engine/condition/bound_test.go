package condition

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// An expression that would take for ever ends, as unknown, and says so.
func TestStepsAreCounted(t *testing.T) {
	w := manyMembers(30000)
	source := "any(members, " + strings.TrimSuffix(strings.Repeat(`.name == "x" and .phoned == 1 or `, 30), " or ") + ")"
	e := compile(t, sampleScope(), source)
	got := e.Eval(w, nil)
	if got.Unknown == nil || got.Unknown.Why != tooLong.Why {
		t.Errorf("got %s", say(got))
	}
	if x := e.Explain(w, nil); x.Value.Unknown == nil {
		t.Errorf("explained as %s", x.Words)
	}
}

// What does not depend on the record is worked out once for a batch, so that
// a batch over n records does not take n times n steps.
func TestConstantsOncePerBatch(t *testing.T) {
	w := manyMembers(3000)
	for _, source := range []string{
		`member.status == "active" and count(members, .status == "active") > 700`,
		`member.status == "active" and member.membership_no in map(attendance, .membership_no)`,
		`member.status == "active" and any(filter(members, .status == "active"), .paid > pounds(60))`,
	} {
		e := compile(t, sampleScope(), source)
		used, holds := 0, 0
		f := newFrame(w, nil, &e.program)
		f.batch, f.bound, f.varies = true, 0, make([]bool, e.nodes)
		e.root.varying(0, f.varies)
		for _, r := range w.Tables["members"].Rows {
			f.begin(false)
			f.values[0], f.loaded[0] = dataset.Term{Row: r, Schema: memberSchema}, true
			if yes, _ := Truth(f.whole()); yes {
				holds++
			}
			used += maxSteps - f.steps
		}
		if used > 100*3000 || holds == 0 {
			t.Errorf("%s took %d steps and holds for %d", source, used, holds)
		}
	}
}

// Many blank cells must not make the list of causes long, or slow to make.
func TestCausesAreBounded(t *testing.T) {
	w := manyMembers(3000)
	got := compile(t, sampleScope(), `any(members, .born > today)`).Eval(w, nil)
	if n := len(got.Unknown.Cells); n != maxCells {
		t.Errorf("%d cells", n)
	}
	left := compile(t, sampleScope(), `filter(members, .born > today)`).Eval(w, nil)
	if n := len(left.LeftOut); n != maxCells {
		t.Errorf("%d cells left out", n)
	}
}

func TestExplainGoldens(t *testing.T) {
	w := sampleWorld()
	source := `(member.status == "active" or member.hardship) and donation.amount > law.donation_check_over(donation.received_on) and none(attendance, .membership_no == member.membership_no)`
	e := compile(t, sampleScope(), source)
	var b strings.Builder
	var show func(x Explanation, depth int)
	show = func(x Explanation, depth int) {
		fmt.Fprintf(&b, "%s%s: %s", strings.Repeat("  ", depth), x.Source, x.Words)
		for _, c := range x.Cells {
			fmt.Fprintf(&b, " [%s row %d %s]", c.Origin.File, c.Origin.Row, c.Column)
		}
		b.WriteString("\n")
		for _, p := range x.Parts {
			show(p, depth+1)
		}
	}
	show(e.Explain(w, sampleVars(w, 1, 0, 0)), 0)
	want := `(member.status == "active" or member.hardship) and donation.amount > law.donation_check_over(donation.received_on) and none(attendance, .membership_no == member.membership_no): cannot tell: membership no is blank in attendance.csv, row 43
  (member.status == "active" or member.hardship) and donation.amount > law.donation_check_over(donation.received_on): yes
    member.status == "active" or member.hardship: yes
      member.status == "active": no [members.csv row 3 status]
        member.status: arrears [members.csv row 3 status]
      member.hardship: yes [members.csv row 3 hardship]
    donation.amount > law.donation_check_over(donation.received_on): yes [donations.csv row 12 amount]
      donation.amount: £600.00 [donations.csv row 12 amount]
      law.donation_check_over(donation.received_on): £500.00
        donation.received_on: 3 November 2026 [donations.csv row 12 received_on]
  none(attendance, .membership_no == member.membership_no): cannot tell: membership no is blank in attendance.csv, row 43
`
	if b.String() != want {
		t.Errorf("got\n%s", b.String())
	}
}
