package condition

import (
	"regexp"
	"testing"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// sampleWording says conditions of a playbook for a record.
func sampleWording(subject string, lets map[string]*Expr) *Wording {
	return &Wording{
		Subject: subject,
		Name: func(name string) (*Expr, string) {
			switch name {
			case "period":
				return nil, "the year"
			case "waiting", "agenda":
				return nil, "the “" + name + "”"
			}
			return lets[name], ""
		},
		Defined: func(name string) *Expr { return lets[name] },
		Setting: func(name string) string {
			return map[string]string{"check_in": "21 days", "joiners": "8", "least": "£100", "notice": "the table “notice”"}[name]
		},
		Law: func(figure string) string { return "the legal line of £500" },
	}
}

// What conditions say is said by meaning: guards against blanks are left out,
// two bounds are one stretch, a search in a list is a thing that is there.
func TestStatements(t *testing.T) {
	for _, c := range []struct{ subject, source, want string }{
		{"member", `member.status == "resigned"`, "the member is resigned"},
		{"member", `member.status in ["active", "provisional"]`, "the member is active or provisional"},
		{"member", `member.status not in ["active", "provisional"]`, "the member is neither active nor provisional"},
		{"member", `present(member.born) and birthday(member.born, 18) > today`, "the member is under 18"},
		{"member", `not (present(member.born) and birthday(member.born, 18) > today)`, "the member has no date of birth or they are 18 or older"},
		{"member", `member.joined > today - days(90) and member.joined <= today`, "the member joined in the last 90 days"},
		{"member", `member.joined > today - settings.check_in`, "the member joined less than 21 days ago"},
		{"member", `member.joined <= today - months(6)`, "the member joined at least 6 months ago"},
		{"member", `not member.baseline and member.status == "active"`, "the member is new since our first list and active"},
		{"member", `present(member.hardship) and member.hardship`, "the member is in hardship"},
		{"member", `not replied(member)`, "the member has not written back"},
		{"member", `blank(member.branch)`, "the member has no branch"},
		{"member", `member.status == "active" and (blank(member.born) or member.joined < today)`, "the member is active, and either they have no date of birth or they joined before today"},
		{"member", `any(documents, .kind == "accounts" and .year == 2026)`, "there is a document of kind accounts whose year is 2026"},
		{"donation", `donation.status == "received" and donation.amount > law.donation_check_over(donation.received_on)`, "the donation's status is received and its amount is more than the legal line of £500"},
		{"donation", `present(donation.checked_on) or present(donation.returned_on)`, "the donation has been checked or been returned"},
		{"donation", `blank(donation.checked_on)`, "the donation has not yet been checked"},
		{"donation", `donation.amount > pounds(100)`, "the donation's amount is more than £100"},
		{"donation", `steps.check.answer in ["may not give", "cannot tell"]`, "the answer to “check” is “may not give” or “cannot tell”"},
		{"donation", `steps.check.done and donation.status == "returned"`, "“check” is done and the donation's status is returned"},
		{"donation", `any(donations, .person == donation.person and present(.checked_on))`, "there is a donation with the same person as the donation that has been checked"},
		{"meeting", `present(find(documents, .meeting == meeting.key and .kind == "minutes"))`, "there is a document of kind minutes of the meeting"},
		{"meeting", `none(documents, .meeting == meeting.key and .status == "approved")`, "there is no document of the meeting that is approved"},
		{"meeting", `present(find(settings.notice, .type == meeting.type))`, "the meeting's type is in the table “notice”"},
		{"meeting", `present(meeting.status) and meeting.status == "cancelled"`, "the meeting is cancelled"},
		{"meeting", `blank(meeting.status) or meeting.status != "cancelled"`, "the meeting is not cancelled"},
		{"meeting", `meeting.date > today and meeting.date <= today + days(14)`, "the meeting's date is in the next 14 days"},
		{"meeting", `meeting.date > today and meeting.date <= today + days(14) + days(7)`, "the meeting's date is in the next 21 days"},
		{"meeting", `count(documents, .meeting == meeting.key) < 3`, "there are fewer than 3 documents of the meeting"},
		{"meeting", `len(waiting) > 0`, "there is a member among the “waiting”"},
		{"meeting", `len(waiting) >= settings.joiners`, "there are at least 8 members among the “waiting”"},
		{"meeting", `open_case("arrears-chase", member)`, "“arrears-chase” is at work for the member"},
	} {
		if got := compile(t, sampleScope(), c.source).Statement(sampleWording(c.subject, nil)); got != c.want {
			t.Errorf("%s\n says %q\n want %q", c.source, got, c.want)
		}
	}
}

// At an opening the subject is any of its kind, once, and a status is what it
// becomes.
func TestOpenings(t *testing.T) {
	cancelled := compile(t, sampleScope(), `present(meeting.status) and meeting.status == "cancelled"`)
	scope := sampleScope()
	scope.Names["cancelled"] = dataset.Type{Kind: dataset.YesNo}
	for _, c := range []struct{ subject, source, want string }{
		{"member", `member.status == "arrears"`, "a member's status becomes arrears"},
		{"member", `member.status in ["active", "provisional"] and member.joined <= today`, "a member's status becomes active or provisional and they joined today or earlier"},
		{"donation", `donation.status == "received" and donation.amount > pounds(500)`, "a donation's status is received and its amount is more than £500"},
		{"meeting", `not cancelled and meeting.date > today`, "a meeting is not cancelled and its date is after today"},
		{"meeting", `len(waiting) > 0 and meeting.date > today`, "a meeting's date is after today and there is a member among the “waiting”"},
	} {
		if got := compile(t, scope, c.source).Opening(sampleWording(c.subject, map[string]*Expr{"cancelled": cancelled})); got != c.want {
			t.Errorf("%s\n says %q\n want %q", c.source, got, c.want)
		}
	}
}

// Values are said as nouns.
func TestPhrases(t *testing.T) {
	scope := sampleScope()
	scope.Let = true
	for _, c := range []struct{ source, want string }{
		{`donation.received_on`, "the day the donation was received"},
		{`donation.received_on + days(29)`, "29 days after the day the donation was received"},
		{`meeting.date - settings.check_in`, "21 days before the meeting's date"},
		{`period.start - days(1)`, "the day before the start of the year"},
		{`year(period.start)`, "that year"},
		{`meeting.date ?? day(meeting.start)`, "the meeting's date"},
		{`find(settings.notice, .type == meeting.type)`, "the row of the table “notice” for the meeting's type"},
		{`filter(members, .status == "active" and .joined > today - days(90))`, "the members who are active and joined less than 90 days ago"},
		{`filter(waiting, .branch == branch.key)`, "the members among the “waiting” of the branch"},
		{`latest(map(filter(meetings, .type == "agm"), .date))`, "the latest date of the meetings of type agm"},
		{`sum(map(filter(donations, .person == donation.person), .amount))`, "the sum of the amounts of the donations with the same person as the donation"},
		{`count(members, .status == "provisional")`, "the number of members who are provisional"},
		{`audience("members")`, "everyone in the audience “members”"},
		{`law.donation_check_over(donation.received_on)`, "the legal line of £500"},
	} {
		if got := compile(t, scope, c.source).Phrase(sampleWording("donation", nil)); got != c.want {
			t.Errorf("%s\n says %q\n want %q", c.source, got, c.want)
		}
	}
}

// Whatever can be written can be said, without a sign of the language.
func TestEveryExpressionIsSaid(t *testing.T) {
	signs := regexp.MustCompile(`==|!=|<=|>=|\?\?|[a-z0-9]_[a-z0-9]|(^|[\s(])\.[a-z]|\b(filter|find|count|present|blank)\(`)
	scope := sampleScope()
	scope.Let = true
	for _, g := range good {
		source := g.source
		e := compile(t, scope, source)
		said := e.Phrase(sampleWording("member", nil))
		if e.Type().Kind == dataset.YesNo {
			said = e.Statement(sampleWording("member", nil))
			if e.Opening(sampleWording("member", nil)) == "" {
				t.Errorf("%s opens nothing", source)
			}
		}
		if said == "" || signs.MatchString(said) {
			t.Errorf("%s says %q", source, said)
		}
	}
}
