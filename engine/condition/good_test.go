package condition

import (
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Good expressions, their type, and what they come to for Ada, D1 and M1.
var good = []struct{ source, typ, value string }{
	// From the six playbooks of the language.
	{`member.status in ["active", "provisional"] and not member.baseline and member.joined > today - days(90)`, "yes or no", "yes"},
	{`member.joined`, "a date", "30 October 2026"},
	{`replied(member)`, "yes or no", "no"},
	{`none(attendance, .membership_no == member.membership_no)`, "yes or no", "no"},
	{`donation.status == "received" and donation.amount > law.donation_check_over(donation.received_on)`, "yes or no", "yes"},
	{`present(donation.checked_on) or present(donation.returned_on)`, "yes or no", "no"},
	{`steps.check.answer in ["may not give", "cannot tell"]`, "yes or no", "absent"},
	{`find(settings.notice, .type == meeting.type)`, "a group of fields", "length, type"},
	{`find(documents, .meeting == meeting.key and .kind == "agenda" and .status == "approved")`, "a record of documents", "P1"},
	{`meeting.status in ["planned", "confirmed", "moved"] and meeting.start > now and present(rule)`, "yes or no", "yes"},
	{`rule.length`, "a length of time", "28 days"},
	{`audience(meeting.audience)`, "a list of people", "0 people"},
	{`present(agenda)`, "yes or no", "no"},
	{`year(period.start - days(1))`, "a group of fields", "end, label, number, start"},
	{`any(documents, .kind == "accounts" and .year == books.number and .status == settings.second)`, "yes or no", "no"},
	{`none(meetings, .type == "gm" and .status != "cancelled" and .date > books.end and .date <= books.end + months(3))`, "yes or no", "no"},
	{`latest(map(filter(meetings, .type == "gm" and .status == "held"), .date)) ?? constituency.started`, "a date", "15 January 2026"},
	{`latest(map(filter(meetings, .type == "special"), .date)) ?? constituency.started`, "a date", "1 June 2024"},
	{`filter(members, .joined > last and .status in ["active", "provisional"])`, "a list of members", "1 member (2 cells missing)"},
	{`len(filter(members, .joined > last)) > 0`, "yes or no", "cannot tell: joined cannot be read (there is no 31 February) in members.csv, row 4"},
	{`len(waiting) > 0 and (len(waiting) >= settings.joiners or last < today - settings.check_in)`, "yes or no", "cannot tell: joined is blank"},
	// Kinds, one by one.
	{`member.paid == pounds(20)`, "yes or no", "yes"},
	{`pounds(12.50) + pounds(1)`, "money", "£13.50"},
	{`member.paid * 3 - pounds(1)`, "money", "£59.00"},
	{`sum(donations, .amount) > pounds(100)`, "yes or no", "cannot tell: amount is blank in donations.csv, row 14"},
	{`sum(filter(donations, present(.amount)), .amount)`, "money", "£640.00"},
	{`sum(map(filter(donations, present(.amount)), .amount))`, "money", "£640.00"},
	{`max(map(filter(donations, present(.amount)), .amount))`, "money", "£600.00"},
	{`min(member.paid, pounds(5))`, "money", "£5.00"},
	{`count(members, present(.joined))`, "a number", "2"},
	{`share(len(members), 2)`, "a number", "2"},
	{`7 / 2`, "a number", "3"},
	{`(0 - 7) / 2`, "a number", "-4"},
	{`-member.phoned + 1`, "a number", "-2"},
	{`days_between(member.joined, today)`, "a number", "23"},
	{`day(now) == today`, "yes or no", "yes"},
	{`day(member.arrears_on) + months(1)`, "a date", "1 December 2026"},
	{`meeting.start - days(2)`, "a time", "1 December 2026 at 09:00"},
	{`settings.check_in + member.joined`, "a date", "20 November 2026"},
	{`birthday(member.born, 18) > today`, "yes or no", "no"},
	{`birthday(member.born, 18)`, "a date", "1 March 2026"},
	{`year(today).number`, "a number", "2026"},
	{`member.buddy.name`, "a text", "Bo Finch"},
	{`member.buddy.status == "arrears"`, "yes or no", "yes"},
	{`meeting.minute_taker == member`, "yes or no", "yes"},
	{`filter(donations, .person == member)`, "a list of donations", "1 donation (1 left out: person is missing)"},
	{`find(people, .key == member.key).name`, "a text", "Ada Lark"},
	{`replied(donation)`, "yes or no", "no"},
	{`open_case("arrears-chase", member)`, "yes or no", "no"},
	{`member.name contains "Lark" and member.name startsWith "Ada" and not (member.name endsWith "x")`, "yes or no", "yes"},
	{`member.name not contains "Lark"`, "yes or no", "no"},
	{`member.status not in ["arrears"]`, "yes or no", "yes"},
	{`member.membership_no in map(attendance, .membership_no)`, "yes or no", "yes"},
	{`all(members, present(.membership_no))`, "yes or no", "yes"},
	{`member.branch == "north"`, "yes or no", "yes"},
	{`member.first_seen < since`, "yes or no", "yes"},
	{`blank(waiting)`, "yes or no", "no"},
	{`member.phoned == 3 and member.phoned != -1`, "yes or no", "yes"},
	{`true`, "yes or no", "yes"},
	{`member`, "a record of members", "A1"},
	{`law.unit_report_over(today)`, "money", "£500.00"},
	{`any(filter(members, .status == "arrears"), .paid > pounds(500))`, "yes or no", "yes"},
	{`none(waiting, .paid > pounds(5000))`, "yes or no", "cannot tell: joined is blank"},
	{`map(members, .status)`, "a list", "2 values (1 left out: status is missing)"},
	{`find(meetings, .status == "confirmed").date`, "a date", "absent"},
}

func TestGoodExpressions(t *testing.T) {
	s := sampleScope()
	s.Let = true
	w := sampleWorld()
	for _, g := range good {
		e, faults := s.Compile(g.source)
		if len(faults) > 0 {
			t.Errorf("%s\n%s", g.source, showFaults(g.source, faults))
			continue
		}
		if got := article(e.Type()); got != g.typ {
			t.Errorf("%s\n is %s, want %s", g.source, got, g.typ)
		}
		if got := say(e.Eval(w, sampleVars(w, 0, 0, 0))); got != g.value {
			t.Errorf("%s\n gives %s, want %s", g.source, got, g.value)
		}
		if e.Source() != g.source {
			t.Errorf("source %q", e.Source())
		}
		e.Explain(w, sampleVars(w, 2, 2, 1))
	}
}

func TestWhatAnExpressionReads(t *testing.T) {
	s := sampleScope()
	e := compile(t, s, `donation.amount > law.donation_check_over(donation.received_on) and any(members, .status == "active" and .joined < today) and donation.person.email == "x"`)
	if got := strings.Join(e.Names(), " "); got != "donation law members today" {
		t.Errorf("names %s", got)
	}
	if got := strings.Join(e.Uses(), " "); got != "donations.amount donations.person donations.received_on members.joined members.status people.email" {
		t.Errorf("uses %s", got)
	}
	if !e.Lawful() || !e.TimeMoves() {
		t.Error("law or time not seen")
	}
	e = compile(t, s, `member.status == "active"`)
	if e.Lawful() || e.TimeMoves() {
		t.Error("law or time seen where there is none")
	}
}

func TestTruth(t *testing.T) {
	for _, c := range []struct {
		term       dataset.Term
		yes, known bool
	}{
		{dataset.Term{Value: dataset.YesNoValue(true)}, true, true},
		{dataset.Term{Value: dataset.YesNoValue(false)}, false, true},
		{dataset.Term{Unknown: &dataset.Unknown{Absent: true}}, false, false},
		{dataset.Term{}, false, false},
		{dataset.Term{Value: dataset.NumberValue(1)}, false, false},
	} {
		if yes, known := Truth(c.term); yes != c.yes || known != c.known {
			t.Errorf("%+v: %v %v", c.term, yes, known)
		}
	}
}

func TestLeapRule(t *testing.T) {
	w := sampleWorld()
	e := compile(t, sampleScope(), `birthday(member.born, 18)`)
	if got := say(e.Eval(w, sampleVars(w, 0, 0, 0))); got != "1 March 2026" {
		t.Errorf("got %s", got)
	}
	w.LeapBefore = true
	if got := say(e.Eval(w, sampleVars(w, 0, 0, 0))); got != "28 February 2026" {
		t.Errorf("with LeapBefore, got %s", got)
	}
}
