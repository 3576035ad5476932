package plan_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// benched is a bench of the library alone on 2 November 2026, in a nation.
func benched(t testing.TB, nation calendar.Nation) (*plan.Bench, calendar.Clock) {
	t.Helper()
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	set.Constituency.Clock.Nation = nation
	c := set.Constituency.Clock
	b, err := plan.NewBench(plan.Input{Set: set, Now: c.AtHour(calendar.NewDate(2026, time.November, 2))}, "", "")
	if err != nil {
		t.Fatal(err)
	}
	return b, c
}

// The moments of the duties, as a person would count them with a calendar in
// hand, in each nation.
func TestBenchCountsMoments(t *testing.T) {
	for _, x := range []struct {
		nation                calendar.Nation
		moment, want, skipped string
	}{
		{calendar.EnglandAndWales, "12 working days before 2026-05-07", "2026-04-20 09:00", "2026-05-04 Early May bank holiday"},
		{calendar.Scotland, "1 working day after 2026-01-01", "2026-01-05 09:00", "2026-01-02 2nd January"},
		{calendar.EnglandAndWales, "1 working day after 2026-01-01", "2026-01-02 09:00", ""},
		{calendar.NorthernIreland, "1 working day after 2026-03-16", "2026-03-18 09:00", "2026-03-17 St Patrick's Day"},
		{calendar.NorthernIreland, "1 working day before 2026-07-14", "2026-07-10 09:00", "2026-07-13 Battle of the Boyne (Orangemen's Day) (substitute day)"},
		{calendar.Scotland, "1 working day before 2026-04-07", "2026-04-06 09:00", ""}, // no Easter Monday there
		{calendar.EnglandAndWales, "1 working day before 2026-04-07", "2026-04-02 09:00", "2026-04-06 Easter Monday, 2026-04-03 Good Friday"},
		{calendar.Scotland, "19 uk working days before 2019-12-12 at 16:00", "2019-11-14 16:00", "2019-12-02 St Andrew's Day (substitute day) (Scotland)"},
		{calendar.EnglandAndWales, "4 months after 2025-12-31, or the working day before", "2026-04-30 09:00", ""},
		{calendar.EnglandAndWales, "29 days after 2026-11-07, or the working day after", "2026-12-07 09:00", ""},
		{calendar.EnglandAndWales, "2026-12-25, or the working day after", "2026-12-29 09:00", "2026-12-25 Christmas Day, 2026-12-28 Boxing Day (substitute day)"},
		{calendar.Scotland, "today at 18:00", "2026-11-02 18:00", ""},
		{calendar.Scotland, "birthday(2008-11-30, 18)", "2026-11-30 09:00", ""},
	} {
		b, c := benched(t, x.nation)
		r, u, faults := b.When(x.moment)
		if u != nil || len(faults) > 0 {
			t.Errorf("%s: %v %v", x.moment, u, faults)
			continue
		}
		if got := r.At.In(c.Zone).Format("2006-01-02 15:04"); got != x.want {
			t.Errorf("%s in %s is %s, not %s", x.moment, x.nation, got, x.want)
		}
		var skipped []string
		for _, s := range r.Skipped {
			if !s.Weekend {
				skipped = append(skipped, s.Day.String()+" "+s.Why)
			}
		}
		if got := strings.Join(skipped, ", "); got != x.skipped {
			t.Errorf("%s in %s skipped %q, not %q", x.moment, x.nation, got, x.skipped)
		}
	}
}

// However many working days are counted from wherever: the days on the way are
// those counted and those skipped.
func TestBenchSkipsWhatItDoesNotCount(t *testing.T) {
	b, c := benched(t, calendar.Scotland)
	rapid.Check(t, func(t *rapid.T) {
		from := calendar.NewDate(2020, time.January, 1).AddDays(rapid.IntRange(0, 2000).Draw(t, "from"))
		n := rapid.IntRange(1, 60).Draw(t, "days")
		unit := rapid.SampledFrom([]string{"working days", "uk working days"}).Draw(t, "unit")
		way := rapid.SampledFrom([]string{"before", "after"}).Draw(t, "way")
		text := fmt.Sprintf("%d %s %s %s", n, unit, way, from)
		r, u, faults := b.When(text)
		if u != nil || len(faults) > 0 {
			t.Fatalf("%s: %v %v", text, u, faults)
		}
		span := calendar.DaysBetween(from, c.Day(r.At))
		if span < 0 {
			span = -span
		}
		if span != n+len(r.Skipped) {
			t.Fatalf("%s: %d days on the way, %d counted and %d skipped", text, span, n, len(r.Skipped))
		}
	})
}

func TestBenchSaysWhatItCannotTell(t *testing.T) {
	b, _ := benched(t, calendar.NorthernIreland)
	_, u, faults := b.When("5 working days after 2030-01-01")
	if len(faults) > 0 || u == nil || !strings.Contains(u.Why, "1 January 2018 to 31 December 2028") {
		t.Errorf("outside the table: %v %v", u, faults)
	}
	for text, want := range map[string]string{
		"7 days after opening":        "something of a case",
		"7 days after meeting.start":  `no "meeting" here`,
		"7 dogs after 2026-01-01":     "not a unit of time",
		"7 days after 2026-02-30":     "no day 2026-02-30",
		"7 days after pounds(3)":      "counted from a date or a time",
		"settings.x after 2026-01-01": `no "settings" here`,
		"":                            "",
	} {
		if _, _, faults := b.When(text); len(faults) == 0 || !strings.Contains(faults[0].Text, want) {
			t.Errorf("%q: %v", text, faults)
		}
	}
}

func TestBenchEvaluates(t *testing.T) {
	b, _ := benched(t, calendar.EnglandAndWales)
	for source, want := range map[string]string{
		"law.unit_report_over(2023-12-31)":                "£1,500.00",
		"law.unit_report_over(2024-01-01)":                "£2,230.00",
		"law.donation_check_over(1999-12-31)":             "cannot tell: the law table has no donation_check_over for 31 December 1999",
		"days_between(2026-01-01, today)":                 "305",
		`constituency.name == "2026-01-01"`:               "no", // text stays text
		"today > 2026-11-01 and not (today > 2026-11-02)": "yes",
		"replied(member)":                                 "",
		"birthday(2008-02-29, 18)":                        "1 March 2026",
	} {
		_, x, faults := b.Eval(source)
		if (len(faults) > 0) != (want == "") || x.Words != want {
			t.Errorf("%s is %q %v, not %q", source, x.Words, faults, want)
		}
		if len(faults) == 0 && x.Source != source {
			t.Errorf("%s is shown as %s", source, x.Source)
		}
	}
}

// A record lies on the bench under its own name, with what is known of it.
func TestBenchWithARecord(t *testing.T) {
	set, err := playbook.Load(playbooks.Library, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := plan.NewPlay(set)
	p.Now = set.Constituency.Clock.AtHour(calendar.NewDate(2026, time.November, 2))
	s := set.Schemas["members"]
	cells := make([]dataset.Value, len(s.Columns))
	i, _ := s.Column("status")
	cells[i] = dataset.ChoiceValue("active")
	p.Import("members", "members.csv", []*dataset.Row{{Key: "A1", Cells: cells, Line: 2}})
	b, err := plan.NewBench(p.Input(), "members", "A1")
	if err != nil {
		t.Fatal(err)
	}
	for source, want := range map[string]string{
		`member.status == "active" and member.baseline`: "yes",
		"member.joined > today - days(90)":              "cannot tell: joined is blank in members.csv, row 2",
		"replied(member)":                               "no",
		"count(members, .status == member.status)":      "1, of 1",
	} {
		if _, x, faults := b.Eval(source); len(faults) > 0 || x.Words != want {
			t.Errorf("%s is %q %v, not %q", source, x.Words, faults, want)
		}
	}
	if err := p.Do("clarion", ledger.Replied{Person: p.Tables["members"].Rows[0].Ref}); err != nil {
		t.Fatal(err)
	}
	if _, x, _ := b.Eval("replied(member)"); x.Words != "yes" {
		t.Errorf("a member who replied once: %s", x.Words)
	}
	if _, u, faults := b.When("7 days after member.joined"); u == nil || len(u.Cells) != 1 || len(faults) > 0 {
		t.Errorf("a blank date: %v %v", u, faults)
	}
	for _, at := range [][2]string{{"members", "A2"}, {"nothing", "A1"}, {"donations", "D1"}} {
		if _, err := plan.NewBench(p.Input(), at[0], at[1]); err == nil {
			t.Errorf("%v lies on the bench", at)
		}
	}
}

// Nothing that is typed brings a bench down.
func FuzzBench(f *testing.F) {
	for _, s := range []string{"7 days after 2026-05-07", "2 weeks on monday", "today + days(3)", `"2026-01-01`, "d20260101_", "1 working day after 2026-01-01, or the", "settings.x after y", "2026-01-012026-01-01", "é 2026-02-30"} {
		f.Add(s)
	}
	b, _ := benched(f, calendar.Scotland)
	f.Fuzz(func(t *testing.T, text string) {
		_, _, faults := b.Eval(text)
		_, _, more := b.When(text)
		_, again := b.Schedule(text)
		for _, x := range append(append(faults, more...), again...) {
			if x.Text == "" || x.Column < 1 {
				t.Errorf("%q: a fault without a place or a sentence: %+v", text, x)
			}
		}
	})
}
