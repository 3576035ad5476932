package condition

import (
	"fmt"
	"strings"
	"testing"
)

// Faulty expressions. The fault must be at the text given, say what is wrong
// and hint at what to do.
var bad = []struct{ source, at, text, hint string }{
	// Names and fields.
	{`membr.status == "active"`, `membr`, `there is no "membr" here`, `did you mean member?`},
	{`member.stauts == "active"`, `stauts`, `a record of members has no field "stauts"`, `did you mean status?`},
	{`member.zzz == "active"`, `zzz`, `has no field "zzz"`, `it has email, membership_no`},
	{`any(members, .stauts == "active")`, `stauts`, `has no field "stauts"`, `did you mean status?`},
	{`settings.chek_in`, `chek_in`, `settings has no field "chek_in"`, `did you mean check_in?`},
	{`any(settings.notice, .lenght == settings.check_in)`, `lenght`, `a row has no field "lenght"`, `did you mean length?`},
	{`status == "active"`, `status`, `there is no "status" here`, `put it in double quotes`},
	{`member.status == active`, `active`, `there is no "active" here`, `put it in double quotes: "active"`},
	{`member.buddy.nme == "x"`, `nme`, `has no field "nme"`, `did you mean name?`},
	{`member.branch.name == "x"`, `member.branch.name`, `is the key of a record, not the record`, `find(branches, .key == member.branch)`},
	{`member.joined.year == 2026`, `member.joined.year`, `is a date and has no fields`, `year(member.joined).number`},
	{`waiting.status == "active"`, `waiting.status`, `a list has no fields`, `any(waiting, .status == ...)`},
	// Choices.
	{`member.status == "actve"`, `"actve"`, `member.status is never "actve"`, `did you mean "active"?`},
	{`"lapsed" != member.status`, `"lapsed"`, `is never "lapsed"`, `there is "active", "provisional"`},
	{`member.status in ["active", "areas"]`, `"areas"`, `is never "areas"`, `did you mean "arrears"?`},
	{`any(documents, .kind == "agneda")`, `"agneda"`, `.kind is never "agneda"`, `did you mean "agenda"?`},
	{`steps.check.answer == "may"`, `"may"`, `is never "may"`, `there is "may give"`},
	{`member.status == donation.status`, `member.status == donation.status`, `have no choice in common`, `same choices`},
	{`member.name == ""`, `""`, `an empty text is never found`, `blank(member.name)`},
	// Kinds that do not belong together.
	{`donation.amount > 500`, `donation.amount > 500`, `500 is a number, and donation.amount is money`, `write pounds(500)`},
	{`donation.amount == "500"`, `donation.amount == "500"`, `is a text, and donation.amount is money`, `does not stand in quotes`},
	{`member.joined > now`, `member.joined > now`, `member.joined is a date, and now is a time`, `write day(now)`},
	{`member.joined > since`, `member.joined > since`, `since is a time`, `write day(since)`},
	{`member.joined > "2026-01-01"`, `member.joined > "2026-01-01"`, `is a text, and member.joined is a date`, `a setting of type date`},
	{`member.joined > 60`, `member.joined > 60`, `60 is a number`, `same kind`},
	{`member.hardship == true`, `member.hardship == true`, `a yes or no needs no comparison`, `not member.hardship`},
	{`member.hardship == "yes"`, `member.hardship == "yes"`, `"yes" is a text, and member.hardship is yes or no`, `write x or not x`},
	{`member.name < "M"`, `member.name < "M"`, `< does not work with a text`, `have an order`},
	{`settings.check_in > days(7)`, `settings.check_in > days(7)`, `> does not work with a length`, `compare dates`},
	{`settings.check_in == days(7)`, `settings.check_in == days(7)`, `two lengths of time`, `compare dates`},
	{`any(documents, .meeting == member.branch)`, `.meeting == member.branch`, `.meeting is a key of meetings, and member.branch is a key of branches`, `same dataset`},
	{`any(documents, .meeting == .key)`, `.meeting == .key`, `is a key of documents`, `same dataset`},
	{`donation.person == "Ada"`, `donation.person == "Ada"`, `donation.person is a person`, `donation.person.key`},
	{`"a" == "b"`, `"a" == "b"`, `two fixed values`, `without quotes`},
	{`any(documents, .file == .file)`, `.file == .file`, `files cannot be compared`, `present(x)`},
	{`member.status in ["active", 3]`, `3`, `the list begins with a text, and this is a number`, `one kind`},
	{`member.phoned in ["a"]`, `"a"`, `a number`, `quotes`},
	// Whole records, structures and lists where a value is needed.
	{`member == "A1"`, `member`, `member is a whole record`, `member.key`},
	{`member and member.hardship`, `member`, `needs a yes or no, and member is a record of members`, `present(member)`},
	{`not member.name`, `member.name`, `needs a yes or no, and member.name is a text`, `present(member.name)`},
	{`period > today`, `period`, `period is a group of fields`, `period.end`},
	{`members > 3`, `members`, `members is a list`, `len(members)`},
	{`"A1" in member`, `member`, `is a record of members, not a list`, `after `},
	{`"A1" in members`, `members`, `not a list of values`, `any(members, .field == "A1")`},
	{`"Lark" in member.name`, `member.name`, `is one value, not a list`, `contains`},
	{`members contains "Ada"`, `members`, `contains is about texts`, `"Ada" in members`},
	{`member.phoned contains "1"`, `member.phoned`, `is a number`, `==`},
	{`["active"]`, `["active"]`, `a list of values is not an answer`, `in [...]`},
	{`member.status == ["active"]`, `["active"]`, `a list of values cannot stand here`, `in [...]`},
	{`member.status in []`, `[]`, `the list is empty`, `write what may be in it`},
	{`member.status in [settings.second]`, `settings.second`, `only texts and numbers`, `compare with ==`},
	// not, and operators the language has not.
	{`not member.status == "active"`, `not member.status == "active"`, "`not` here belongs to member.status alone", `write member.status != "active"`},
	{`not member.status in ["active"]`, `not member.status in ["active"]`, `alone`, `write member.status not in ["active"]`},
	{`not member.joined > today`, `not member.joined > today`, `alone`, `write member.joined <= today`},
	{`!member.hardship`, `!member.hardship`, `! is not in the language`, "`not`"},
	{`member.hardship && member.baseline`, `member.hardship && member.baseline`, `&& is not`, "`and`"},
	{`member.hardship || member.baseline`, `member.hardship || member.baseline`, `|| is not`, "`or`"},
	{`1 < member.phoned < 5`, `1 < member.phoned < 5`, `comparisons do not chain`, `a < b and b < c`},
	{`member.phoned in 1..5`, `1..5`, `ranges are not`, `x >= 1 and x <= 9`},
	{`member.name matches "^A"`, `member.name matches "^A"`, `patterns are not`, `startsWith`},
	{`member.phoned % 2 == 0`, `member.phoned % 2`, `% is not`, `+ - * /`},
	{`members | len()`, `len()`, `pipes are not`, `len(...)`},
	{`member.joined ?? today`, `member.joined ?? today`, "?? may only stand in `let`", "under `let:`"},
	{`let x = 1; x == 1`, `x`, `a name cannot be set inside`, "under `let:`"},
	{`true; false`, `true`, `; is not in the language`, "`and`"},
	{`member.hardship ? true : false`, `member.hardship`, `there is no if`, "two steps"},
	{`if member.hardship { true } else { false }`, `member.hardship`, `there is no if`, "two steps"},
	{`member.joined == nil`, `nil`, `nil is not in the language`, `present(x)`},
	{`member?.status == "active"`, `member?.status`, `?. is not`, `plain dot`},
	{`{a: 1}`, `{a: 1}`, `{ } is not`, `does not build`},
	{`members[0].status == "active"`, `members[0]`, `fields are named with a dot`, `find(...)`},
	{`member["status"] == "active"`, `member["status"]`, `fields are named with a dot`, `member.status`},
	{`member[member.status] == "active"`, `member[member.status]`, `fields are named with a dot`, `member.status`},
	{`len(members[1:2]) == 1`, `members[1:2]`, `a part of a list`, `filter`},
	// Functions.
	{`today.Year() == 2026`, `today.Year()`, `Year(...) after a dot is not`, `year(x)`},
	{`get(member, "status") == "x"`, `get(member, "status")`, `get is not in the language`, `member.status`},
	{`reduce(members, #acc + 1, 0) > 1`, `reduce(members, #acc + 1, 0)`, `reduce is not`, `sum`},
	{`presnt(member.joined)`, `presnt(member.joined)`, `there is no function "presnt"`, `did you mean present(...)?`},
	{`member.joined > today - dyas(90)`, `dyas(90)`, `there is no function "dyas"`, `did you mean days(...)?`},
	{`members(1)`, `members(1)`, `members is not a function`, `brackets away`},
	{`days > 3`, `days`, `days is a function`, `days(...)`},
	{`any(members, any(donations, .person == .person))`, `any(donations, .person == .person)`, `any stands inside another list function`, "under `let:`"},
	{`any(members, # == 3)`, `#`, `# is not`, `.status`},
	{`any(members, true)`, `true`, `the same for every row of members`, `leading dot`},
	{`any(members, member.hardship)`, `member.hardship`, `the same for every row`, `leading dot`},
	{`any(member, .status == "active")`, `member`, `any goes through a list, and member is a record`, `members`},
	{`any(members, .name)`, `.name`, `needs a yes or no, and .name is a text`, `present(.name)`},
	{`count(members) > 3`, `count(members)`, `count needs a condition`, `len(members)`},
	{`sum(members, .name)`, `.name`, `only numbers and money`, `count`},
	{`len(member.name) > 3`, `len(member.name)`, `len counts a list`, `len(members)`},
	{`max(member.name, "b") == "b"`, `max(member.name, "b")`, `max takes numbers`, `map(donations, .amount)`},
	{`latest(members) < today`, `latest(members)`, `latest takes one list of dates`, `map(meetings, .date)`},
	{`present(member.joined > today)`, `present(member.joined > today)`, `this is a condition`, `joined with`},
	{`present("active")`, `present("active")`, `is always there`, `without quotes`},
	{`replied(today)`, `replied(today)`, `replied takes one person`, `replied(member)`},
	{`open_case("arears-chase", member)`, `"arears-chase"`, `there is no playbook "arears-chase"`, `did you mean "arrears-chase"?`},
	{`open_case(member, "arrears-chase")`, `open_case(member, "arrears-chase")`, `open_case takes the name`, `open_case("arrears-chase", member)`},
	{`len(audience("membrs")) > 1`, `"membrs"`, `there is no audience "membrs"`, `did you mean "members"?`},
	{`today + days("6") > today`, `"6"`, `days takes a number here`, `quotes`},
	{`day(today) == today`, `today`, `day takes a time here`, `it is a date already`},
	{`year(now).number == 2026`, `now`, `year takes a date here, and now is a time`, `day(now)`},
	{`today - days(settings.check_in) > member.joined`, `settings.check_in`, `days takes a number here`, `a length of time already`},
	{`days_between(today) > 3`, `days_between(today)`, `days_between takes 2 value(s), and here are 1`, `days_between(date, date)`},
	{`donation.amount > 12.50`, `12.50`, `only whole numbers`, `pounds(12.50)`},
	{`donation.amount > pounds(12.505)`, `pounds(12.505)`, `not an amount`, `two figures`},
	// Arithmetic.
	{`today - member.joined > 30`, `today - member.joined`, `- does not work between a date and a date`, `days_between(member.joined, today)`},
	{`member.joined + 30 < today`, `member.joined + 30`, `+ does not work between a date and a number`, `days(30)`},
	{`donation.amount + 5 > pounds(1)`, `donation.amount + 5`, `+ does not work between money and a number`, `pounds(5)`},
	{`member.name + "x" == "y"`, `member.name + "x"`, `+ does not work between a text and a text`, `joined in the letter`},
	{`steps.check-in == "x"`, `in`, `not expected`, ``},
	// Law.
	{`donation.amount > law.donation_check_over`, `law.donation_check_over`, `needs a date (it is money)`, `law.donation_check_over(date)`},
	{`donation.amount > law.donation_chek_over(today)`, `donation_chek_over`, `there is no law figure "donation_chek_over"`, `did you mean "donation_check_over"?`},
	{`donation.amount > law.donation_check_over()`, `law.donation_check_over()`, `takes 1 value(s)`, `(date)`},
	{`donation.amount > law.donation_check_over(now)`, `now`, `takes a date here`, `day(now)`},
	{`present(law)`, `law`, `a collection of figures`, `law.donation_check_over(date)`},
	// What cannot be read at all.
	{``, ``, `there is no expression`, `write a condition`},
	{`member.status = "active"`, `=`, `"=" is not expected`, `write ==`},
	{`member.status is "active"`, `is`, `"is" is not expected`, `write ==`},
	{`member.status == "active`, ``, `the quotes are not closed`, `two quotes`},
	{`member.status == “active”`, `“`, `printed quotes`, `straight quotes`},
	{`donation.amount > £500`, `£`, `currency sign`, `pounds(500)`},
	{`(member.hardship`, ``, `ends too early`, `closing bracket`},
	{`member.hardship)`, `)`, `")" is not expected`, `bracket`},
	{`member.hardship and`, ``, `ends too early`, `something is missing`},
	{`.status == "active"`, `.`, `"." is not expected`, `leading dot stands only inside`},
	{`any(members)`, `)`, `the brackets are empty`, `any(members, `},
	{`members where .status == "active"`, `where`, `not expected`, `filter(members`},
}

func TestBadExpressions(t *testing.T) {
	s := sampleScope()
	for _, b := range bad {
		e, faults := s.Compile(b.source)
		if len(faults) == 0 || e != nil {
			t.Errorf("%s\n is accepted", b.source)
			continue
		}
		f := faults[0]
		at := string([]rune(b.source)[f.Offset : f.Offset+f.Length])
		if at != b.at && b.at != `` || !strings.Contains(f.Text, b.text) || !strings.Contains(f.Hint, b.hint) || len(faults) > 1 {
			t.Errorf("%s\n want at %q: %s | %s\n%s", b.source, b.at, b.text, b.hint, showFaults(b.source, faults))
		}
	}
	if len(bad) < 60 {
		t.Error("the table has become too short")
	}
}

func TestAllFaultsAtOnce(t *testing.T) {
	s := sampleScope()
	source := `member.stauts == "active" and donation.amount > 500 or any(documents, .kind == "agneda" and .staus == "x")`
	_, faults := s.Compile(source)
	var at []string
	for _, f := range faults {
		at = append(at, fmt.Sprint(f.Offset))
	}
	if got := strings.Join(at, " "); got != "7 30 79 93" {
		t.Errorf("faults at %s\n%s", got, showFaults(source, faults))
	}
}

func TestPositionsCountRunes(t *testing.T) {
	source := `member.name == "Zoë – Łódź" and member.stauts == "x"`
	_, faults := sampleScope().Compile(source)
	if len(faults) != 1 || faults[0].Offset != len([]rune(`member.name == "Zoë – Łódź" and member.`)) || faults[0].Length != len("stauts") {
		t.Errorf("%s", showFaults(source, faults))
	}
}

// The place of every part is found by its brackets, in a time that does not
// grow with the square of them.
func TestManyBrackets(t *testing.T) {
	n := 110
	source := strings.Repeat("(", n) + "member.hardship" + strings.Repeat(" or member.baseline)", n)
	e := compile(t, sampleScope(), source)
	if e.root.from != 1 || e.root.to != len(source)-1 { // the outermost brackets only group
		t.Errorf("the whole stands at %d to %d of %d", e.root.from, e.root.to, len(source))
	}
	inner := e.root
	for inner.op == opOr {
		inner = inner.kids[0]
	}
	if got := source[inner.from:inner.to]; got != "member.hardship" {
		t.Errorf("the innermost part is %q", got)
	}
}

func TestBounds(t *testing.T) {
	s := sampleScope()
	for name, source := range map[string]string{
		"long":     strings.Repeat("member.hardship or ", 300) + "true",
		"many":     "member.hardship" + strings.Repeat(" or member.hardship", 200),
		"brackets": strings.Repeat("(", 3900) + "true",
		"nots":     strings.Repeat("not ", 900) + "true",
		"minus":    strings.Repeat("-", 3900) + "1",
		"chain":    strings.Repeat("1 < (", 60) + "1 < 2 < 3" + strings.Repeat(") < 2", 60),
		"not utf8": "member.name == \"\xff\"",
	} {
		if _, faults := s.Compile(source); len(faults) == 0 {
			t.Errorf("%s is accepted", name)
		}
	}
}
