package playbook

import "slices"

// A form is a mapping of the language: the keys it knows, which of them it must
// have, and what stands under each. The loader refuses every other key, and the
// schema for editors is made of the same tables, so that the two cannot differ.
type form struct {
	what   string // "a step"
	fields []field
	either []string // exactly one of these keys stands in it
}

// A field is one key of a form.
type field struct {
	name  string
	must  bool
	is    shape
	about string
}

// must marks a field that cannot be left out.
const must = true

// names lists the keys of a form.
func (f form) names(more ...string) []string {
	list := slices.Clone(more)
	for _, k := range f.fields {
		list = append(list, k.name)
	}
	return list
}

// required lists the keys that a form must have.
func (f form) required() []string {
	var list []string
	for _, k := range f.fields {
		if k.must {
			list = append(list, k.name)
		}
	}
	return list
}

// form reads a mapping of a form.
func (v value) form(f form, more ...string) (mapping, bool) {
	return v.mapping(f.what, f.names(more...)...)
}

// The forms of a playbook.
var (
	playbookForm = form{what: "a playbook", fields: []field{
		{"name", must, aWord, "What it is known by; the same as the file's name."},
		{"title", must, aText, "One line, as it is read out at the meeting that adopts it."},
		{"about", false, aText, "Why it exists and what it does, in plain English."},
		{"source", false, someTexts, "Where the duty comes from."},
		{"role", must, aRole, "The role that owns it: it signs, approves and gets what was missed."},
		{"basis", must, aBasis, "By what right it writes: officer, service or marketing."},
		{"reads", false, someTexts, "The special-category columns that it uses."},
		{"trust", false, aTrust, "The most that it may do by itself."},
		{"locked", false, yesOrNo, "It rests on law: a constituency can add to it and take nothing away."},
		{"settings", false, byName(in("setting")), "What a constituency may set."},
		{"for", false, aFor, "Whom it is about: member in members."},
		{"every", false, aText, "When it happens again and again: monday at 07:00."},
		{"let", false, byName(aText), "Names for values and lists, read from top to bottom."},
		{"when", false, aText, "What opens a case. For all records write everyone."},
		{"while", false, aText, "What keeps a case open; when, unless it is written."},
		{"again", false, someTexts, "When the same record is a new occasion: never, after 30 days, or a column."},
		{"done", false, aText, "When a case has reached its end."},
		{"stop", false, aText, "When a case ends without success, for good."},
		{"pause", false, aText, "While this holds nothing new is sent or asked for."},
		{"deadline", false, aText, "The last day of a case: 4 months after books.end."},
		{"cap", false, aCap, "The most actions in one run; all where it is meant for everybody."},
		{"steps", must, listOf(in("step")), "What is done, in the order of writing."},
	}}
	settingForm = form{what: "a setting", fields: []field{
		{"type", must, oneOf(settingTypes...), "What kind of value it is."},
		{"default", false, anything, "What holds where nobody sets it."},
		{"min", false, aText, "The least that may be set."},
		{"max", false, aText, "The most that may be set."},
		{"choices", false, someTexts, "What may be chosen."},
		{"columns", false, byName(oneOf(columnTypes...)), "The columns of a table; the first is the key of a row."},
		{"about", false, aText, "What it is for."},
	}}
	stepForm = form{what: "a step", either: []string{"email", "task"}, fields: []field{
		{"email", false, aName, "A letter, and what it is known by."},
		{"task", false, aName, "Something for a person to do, and what it is known by."},
		{"each", false, aText, "A copy for each element of a list: branch in branches."},
		{"at", false, aText, "When it is due: 5 days after opening."},
		{"due", false, aText, "The day a task leads up to: 7 days after given."},
		{"late", false, aText, "How long it is still worth doing: 7 days, until meeting.start."},
		{"to", must, someTexts, "Who: a role, the record's person, a column that holds a person. Never an address."},
		{"from", false, aText, "Who signs, gets the replies and approves: a role, or a setting or column that holds one."},
		{"subject", must, aText, "One line. The letter itself is <playbook>/<step>.md."},
		{"basis", false, aBasis, "By what right this letter is sent; it can only be narrower than the playbook's."},
		{"when", false, aText, "It is needed only if this holds."},
		{"done", false, aText, "When a task has reached its end."},
		{"again", false, someTexts, "Each new value of these makes the letter go again."},
		{"rows", false, aText, "The records that it shows."},
		{"columns", false, someTexts, "What is shown of each record; the records are sorted by these. owner.name looks through a column that holds a person."},
		{"count", false, someTexts, "Instead of columns: how many of the records there are of each kind, by one column or by two against each other. No number under 5 is given."},
		{"most", false, aText, "How many records at most."},
		{"attach", false, aText, "The document whose file goes with it."},
		{"answers", false, anyOf(someTexts, mapOf(in("answer"))), "What can be answered, and what each answer does."},
		{"chase", false, mapOf(someTexts), "Reminders: 5 days before, on the day, each day after, and to whom."},
	}}
	answerForm = form{what: "an answer", fields: []field{
		{"set", false, mapOf(aText), "What it writes down: member.phone_bad: yes."},
		{"suppress", false, aText, "To whom nothing goes any more."},
	}}
	tailoringForm = form{what: "the tailoring of a playbook", fields: []field{
		{"trust", false, aTrust, "The most that it may do by itself here."},
		{"file", false, aText, "Where a playbook of your own is."},
		{"settings", false, byName(anything), "What you set."},
		{"letters", false, byName(anyOf(aText, mapOf(aText))), "A letter of your own for a step; or, block by block, what replaces each heading's part."},
		{"also", false, in("also"), "A further condition, joined to the playbook's own."},
		{"steps", false, byName(anyOf(oneOf("off"), in("own_step"))), "Steps switched off, or added after another."},
	}}
	alsoForm = form{what: "also", fields: []field{
		{"when", must, aText, "A case opens only if this holds too."},
	}}
	ownStepForm = form{what: "a step", either: []string{"email", "task"}, fields: append([]field{{"after", false, aName, "After which step it stands."}}, stepForm.fields...)}
)

// The forms of constituency.yaml.
var (
	constituencyForm = form{what: constituencyFile, fields: []field{
		{"name", must, aText, "The name of the constituency party."},
		{"id", false, like(anID), "By what its database is known, wherever the folder is; clarion init makes it."},
		{"time_zone", false, aText, "Europe/London, unless it says otherwise."},
		{"nation", false, oneOf(sortedNames(nationNames)...), "Whose bank holidays count."},
		{"hour", false, anHour, "When a day's letters go."},
		{"started", false, aDay, "The day the constituency party began."},
		{"leap_birthday", false, oneOf(leapDays...), "When those born on 29 February have their birthday in other years: 1 march, unless it says otherwise."},
		{"quiet", false, listOf(anyOf(oneOf(append(sortedNames(weekdays), "bank holidays")...), in("quiet"))), "Days on which nothing goes to members."},
		{"budget", false, in("budget"), "How much one person may be sent."},
		{"brakes", false, in("brakes"), "What stops a run before its first letter."},
		{"trust", false, in("earning"), "What a playbook earns more trust by."},
		{"review", false, in("review"), "How officers say yes."},
		{"mail", false, in("mail"), "How letters leave and come back."},
		{"web", false, in("web"), "Where the links in letters lead."},
		{"imprint", false, aText, "Who promotes what we send, as the law wants it said."},
		{"branches", false, in("source"), "Where the list of branches is."},
		{"officers", false, in("source"), "Where the list of officers is."},
		{"roles", false, byName(in("own_role")), "What a role may see here, where it is not what ships."},
		{"audiences", false, byName(someTexts), "Named lists of people: member in members when ..., or roles."},
		{"data", false, ofDataset(in("source")), "Where each list is imported from."},
		{"law", false, mapOf(anyOf(in("own_law"), listOf(in("own_law")))), "Figures of the law that you hold yourselves to more strictly."},
		{"holidays", false, aText, "A file of further bank holidays."},
	}}
	quietForm = form{what: "a quiet time", fields: []field{
		{"from", must, aDay, "Its first day."}, {"until", must, aDay, "Its last day."},
	}}
	budgetForm = form{what: "budget", fields: []field{
		{"letters_a_week", false, aNumber(0, 100), "Letters to one person in seven days."},
		{"marketing_a_month", false, aNumber(0, 100), "Of these, letters that promote something, in thirty."},
		{"days_between", false, aNumber(0, 100), "Days between two letters."},
	}}
	brakesForm = form{what: "brakes", fields: []field{
		{"most_at_once", false, aNumber(1, 100000), "Letters of one playbook in one run."},
		{"share", false, like(`^\d{1,3} percent$`), "As a share of those it could be about: 20 percent."},
		{"times_usual", false, aNumber(1, 1000), "As so many times the usual number."},
		{"floor", false, aNumber(0, 100000), "Up to so many the brakes stay off."},
	}}
	earningForm = form{what: "trust", fields: []field{
		{"decisions", false, aNumber(5, 1000), "After so many letters approved without one struck out; from batch to automatic, so many batches."},
		{"bounces", false, like(`^\d{1,2} percent$`), "If no larger share of its letters came back: 5 percent, 10 at most."},
		{"days", false, aNumber(7, 90), "Counted over so many days."},
	}}
	mailForm = form{what: "mail", fields: []field{
		{"from", false, aText, "The address that letters come from."},
		{"drop", false, aText, "A folder into which letters are put instead of being sent."},
		{"send", false, in("send"), "The server that sends."},
		{"mailbox", false, in("mailbox"), "Where answers come back."},
		{"attachments_mb", false, aNumber(1, mostAttached), "How large all that is attached to one letter may be: 10 megabytes, unless it says otherwise."},
		{"dkim", false, in("dkim"), "How letters are signed, where the provider does not sign them."},
	}}
	sendForm = form{what: "send", fields: []field{
		{"server", must, aText, "Its name."}, {"port", false, aNumber(1, 65535), "587, unless it says otherwise."}, {"user", false, aText, "Who signs in."},
		{"password_file", false, aText, "The file that holds the password."}, {"password_env", false, aText, "The environment variable that holds it."},
		{"token_file", false, aText, "The file that clarion mail login made, instead of a password: mail.token."},
		{"tls", false, oneOf("starttls", "tls", "none"), "How the connection is protected."},
		{"a_day", false, aNumber(1, 1000000), "Letters a day at most."}, {"a_minute", false, aNumber(1, 10000), "Letters a minute at most."},
		{"connections", false, aNumber(1, mostConnections), "How many connections letters leave on side by side: 1, unless it says otherwise, and as many as the provider allows."},
	}}
	dkimForm = form{what: "dkim", fields: []field{
		{"selector", must, like(dnsName), "The name under which the key is published: SELECTOR._domainkey.DOMAIN."},
		{"key_file", must, aText, "The file that holds the private key, readable by nobody else."},
		{"domain", false, like(dnsName), "Whose signature it is: the domain that letters come from, unless it says otherwise."},
	}}
	sourceForm = form{what: "a source", fields: []field{
		{"from", false, aText, "A file, or a pattern of files: data/members*.csv."}, {"file", false, aText, "The same."}, {"folder", false, aText, "A folder of files."},
		{"sheet", false, aText, "Which sheet of a workbook."}, {"profile", false, aText, "A known layout."}, {"kind", false, aName, "Which kind of report it is, as playbooks see it in imports: mar."},
		{"stale_after", false, aDuration, "How old the list may be before somebody is told."}, {"full", false, yesOrNo, "It is always the whole list."},
		{"gone_after", false, aNumber(1, mostLists), "How many whole lists in a row must miss a record until it is gone."},
		{"dates", false, oneOf("day-first", "month-first"), "How it writes dates, where it cannot be seen."}, {"columns", false, byName(aText), "Our column: their header."},
		{"types", false, mapOf(aText), "Of a calendar: a word of a category or a title, and the type it means: Executive: ec; * is all else."},
	}}
	ownLawForm = form{what: "an entry of law", fields: []field{
		{"value", must, aText, "The stricter figure."}, {"from", must, aDay, "From which day."}, {"until", false, aDay, "Until which day."}, {"why", must, aText, "Who decided so, and when."},
	}}
)

// The forms of what ships beside playbooks.
var (
	datasetForm = form{what: "a dataset", fields: []field{
		{"name", must, aName, "Its name, as conditions use it."}, {"singular", must, aName, "One record of it."}, {"about", false, aText, "What it holds."},
		{"event", false, yesOrNo, "Its records happen once; otherwise they last."}, {"person", false, yesOrNo, "Each record is a person."},
		{"email", false, aName, "The column of the address."}, {"branch", false, aName, "The column of the branch."},
		{"key", must, someTexts, "The columns by which a record is known."}, {"columns", must, byName(in("column")), "Its columns."},
		{"gone_after", false, aNumber(1, mostLists), "How many whole lists in a row must miss a record until it is gone; left out: one."},
		{"gone_as", false, someTexts, "Choices of its column status by which a record says that it is leaving: missing after that, it is gone at once."},
	}}
	columnForm = form{what: "a column", fields: []field{
		{"kind", must, oneOf(kindList...), "What its cells hold."}, {"of", false, aName, "The dataset that a reference points into; or roles, for a text that names a role."},
		{"choices", false, someTexts, "What a cell can say."}, {"meanings", false, mapOf(someTexts), "Other words for each choice."},
		{"class", false, oneOf("free", "name", "contact", "money", "special"), "How widely it may be seen."},
		{"about", false, aText, "What it means."}, {"synonyms", false, someTexts, "Other headers that lists give it."},
	}}
	roleForm = form{what: "a role", fields: []field{
		{"title", must, aText, "What people call it."}, {"also", false, someTexts, "What else people call it, in lists and on the command line."},
		{"falls_to", false, aName, "The role a vacancy falls to."},
		{"branch", false, yesOrNo, "It is held once per branch."}, {"about", false, aText, "What it is."},
		{"sees", false, someGrants, "What it may see of each list (or of all) beside names and what is free: contact, money, special."},
	}}
	ownRoleForm = form{what: "what you say of a role", fields: []field{
		{"sees", must, someGrants, "What it may see here of each list (or of all): contact, money, special; [] for nothing but names."},
	}}
	figureForm = form{what: "a figure", fields: []field{
		{"title", must, aText, "What it says, in a sentence."}, {"kind", must, oneOf("money", "number", "date", "duration", aTable), "What kind of value it is."},
		{"safe", false, oneOf(safeWays...), "The direction in which it may be tightened; a table has none."},
		{"columns", false, byName(oneOf(lawColumnTypes...)), "The columns of a table; the first is the key of a row."}, {"entries", must, listOf(in("law_entry")), "Its values through time."},
	}}
	lawEntryForm = form{what: "an entry", fields: []field{
		{"from", must, aDay, "From which day."}, {"until", false, aDay, "Until which day."}, {"value", must, anyOf(aText, listOf(byName(anything))), "The value, or the rows of a table."}, {"source", must, aText, "Where the law says so."},
	}}
	holidaysForm = form{what: "the table of bank holidays", fields: append([]field{
		{"source", false, someTexts, "Where the days come from."}, {"from", must, aDay, "The first day that it covers."}, {"until", must, aDay, "The last day that it covers."},
	}, nationFields...)}
	ownHolidaysForm = form{what: "the file of holidays", fields: append([]field{{"source", false, someTexts, "Where the days come from."}}, nationFields...)}
	holidayForm     = form{what: "a holiday", fields: []field{{"date", must, aDay, "The day."}, {"title", false, aText, "What it is called."}}}
	nationFields    = []field{
		{"england_and_wales", false, listOf(in("holiday")), "In England and Wales."}, {"scotland", false, listOf(in("holiday")), "In Scotland."},
		{"northern_ireland", false, listOf(in("holiday")), "In Northern Ireland."},
	}
)

// The forms of tests.
var (
	testsForm = form{what: "a file of tests", fields: []field{
		{"playbook", must, aWord, "Whose tests these are."}, {"tests", must, listOf(in("test")), "The tests."},
		{"equivalent", false, listOf(in("equivalent")), "Small mistakes that no test can catch, and why."},
	}}
	equivalentForm = form{what: "a mutant that no test can catch", fields: []field{
		{"mutant", must, aText, "The mistake, as it is listed."}, {"because", must, aText, "Why it changes nothing."},
	}}
	testForm = form{what: "a test", fields: []field{
		{"name", must, aText, "What it shows, in a sentence."}, {"start", must, aDay, "The day it begins; what data holds is history that day."},
		{"trust", false, aTrust, "What the playbook may do by itself; automatic, unless it says otherwise."}, {"settings", false, byName(anything), "Settings of this test."},
		{"nation", false, oneOf(sortedNames(nationNames)...), "In which nation it plays; in England and Wales, unless it says otherwise."},
		{"data", false, someRecords, "The records at the start."}, {"officers", false, mapOf(anyOf(someTexts, mapOf(aText))), "Who holds each role: an address, or one per branch."},
		{"timeline", must, byDay(in("day")), "What happens on which day, and what the plan must then do."}, {"end", false, in("end"), "How cases and tasks stand at the end."},
	}}
	dayForm = form{what: "a day", fields: []field{
		{"import", false, someRecords, "The whole lists that come in."}, {"record", false, someFacts, "What an officer writes down."},
		{"reply", false, anyOf(in("reply"), listOf(in("reply"))), "From whom a reply came."}, {"answer", false, byName(aText), "What was answered to which task."},
		{"approve", false, someTexts, "The letters that are approved: of these steps, or all."}, {"reject", false, someTexts, "The letters that are rejected."},
		{"outage", false, yesOrNo, "Nothing can be delivered."}, {"expect", false, anyOf(aText, possiblyEmpty(aText)), "What the plan does: email welcome to jo@example.org; with the words of the letter or digest, saying \"Hello\" and \"welcome\" not saying \"arrears\"."},
	}}
	replyForm = form{what: "a reply", fields: []field{{"from", must, aText, "The address it came from."}}}
	endForm   = form{what: "end", fields: []field{
		{"case", false, oneOf(caseWords...), "How every case stands."}, {"tasks", false, possiblyEmpty(aText), "How tasks stand: phone open."}, {"record", false, someFacts, "What stands in the records."},
	}}
)

// Words that forms and the reading of their values share.
var (
	leapDays    = []string{"1 march", "28 february"}
	columnTypes = []string{"text", "number", "money", "date", "duration", "role", "audience", "link", "yes/no"}
	kindList    = []string{"text", "choice", "number", "money", "yes/no", "date", "time", "duration", "person", "reference", "file"}
	safeWays    = []string{"lower", "higher", "earlier", "later", "shorter", "longer"}
)
