package condition

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// The datasets the tests are about.
var (
	memberSchema = &dataset.Schema{Name: "members", Singular: "member", Person: true, Email: "email", Columns: []dataset.Column{
		{Name: "email", Kind: dataset.Text, Class: dataset.Contact},
		{Name: "membership_no", Kind: dataset.Text},
		{Name: "first_name", Kind: dataset.Text, Class: dataset.Name},
		{Name: "name", Kind: dataset.Text, Class: dataset.Name},
		{Name: "status", Kind: dataset.Choice, Choices: []string{"active", "provisional", "arrears", "resigned"}},
		{Name: "joined", Kind: dataset.Date},
		{Name: "born", Kind: dataset.Date},
		{Name: "arrears_on", Kind: dataset.Time},
		{Name: "hardship", Kind: dataset.YesNo},
		{Name: "paid", Kind: dataset.Money, Class: dataset.Financial},
		{Name: "phoned", Kind: dataset.Number},
		{Name: "branch", Kind: dataset.Reference, Of: "branches"},
		{Name: "buddy", Kind: dataset.Person},
	}}
	donationSchema = &dataset.Schema{Name: "donations", Singular: "donation", Event: true, Columns: []dataset.Column{
		{Name: "donor", Kind: dataset.Text}, {Name: "person", Kind: dataset.Person},
		{Name: "amount", Kind: dataset.Money}, {Name: "received_on", Kind: dataset.Date},
		{Name: "checked_on", Kind: dataset.Date}, {Name: "returned_on", Kind: dataset.Date},
		{Name: "status", Kind: dataset.Choice, Choices: []string{"received", "accepted", "returned"}},
	}}
	meetingSchema = &dataset.Schema{Name: "meetings", Singular: "meeting", Event: true, Columns: []dataset.Column{
		{Name: "title", Kind: dataset.Text}, {Name: "type", Kind: dataset.Choice, Choices: []string{"agm", "gm", "special"}},
		{Name: "start", Kind: dataset.Time}, {Name: "date", Kind: dataset.Date},
		{Name: "status", Kind: dataset.Choice, Choices: []string{"planned", "confirmed", "moved", "held", "cancelled"}},
		{Name: "audience", Kind: dataset.Text}, {Name: "minute_taker", Kind: dataset.Person},
	}}
	documentSchema = &dataset.Schema{Name: "documents", Singular: "document", Columns: []dataset.Column{
		{Name: "meeting", Kind: dataset.Reference, Of: "meetings"}, {Name: "kind", Kind: dataset.Choice, Choices: []string{"agenda", "minutes", "accounts"}},
		{Name: "status", Kind: dataset.Choice, Choices: []string{"draft", "approved"}}, {Name: "year", Kind: dataset.Number}, {Name: "file", Kind: dataset.File},
	}}
	attendanceSchema = &dataset.Schema{Name: "attendance", Singular: "attendance", Event: true, Columns: []dataset.Column{
		{Name: "membership_no", Kind: dataset.Text}, {Name: "meeting", Kind: dataset.Reference, Of: "meetings"},
	}}
	branchSchema = &dataset.Schema{Name: "branches", Singular: "branch", Columns: []dataset.Column{{Name: "name", Kind: dataset.Text}}}
)

// sampleScope is what the tests' expressions may name.
func sampleScope() Scope {
	names := map[string]dataset.Type{
		"member": dataset.RecordOf(memberSchema), "donation": dataset.RecordOf(donationSchema), "meeting": dataset.RecordOf(meetingSchema),
		"branch": dataset.RecordOf(branchSchema), "today": {Kind: dataset.Date}, "now": {Kind: dataset.Time}, "since": {Kind: dataset.Time},
		"period": periodType, "books": periodType, "last": {Kind: dataset.Date},
		"settings": {Fields: map[string]dataset.Type{
			"check_in": {Kind: dataset.Length}, "joiners": {Kind: dataset.Number}, "least": {Kind: dataset.Money},
			"from": {Kind: dataset.Date}, "second": {Kind: dataset.Text},
			"notice": dataset.ListOf(dataset.Type{Fields: map[string]dataset.Type{"type": {Kind: dataset.Text}, "length": {Kind: dataset.Length}}}),
		}},
		"constituency": {Fields: map[string]dataset.Type{"name": {Kind: dataset.Text}, "started": {Kind: dataset.Date}}},
		"rule":         {Fields: map[string]dataset.Type{"type": {Kind: dataset.Text}, "length": {Kind: dataset.Length}}},
		"agenda":       dataset.RecordOf(documentSchema), "waiting": dataset.ListOf(dataset.RecordOf(memberSchema)),
		"steps": {Fields: map[string]dataset.Type{"check": {Fields: map[string]dataset.Type{"done": {Kind: dataset.YesNo}, "on": {Kind: dataset.Date},
			"answer": {Kind: dataset.Choice, Column: &dataset.Column{Name: "answer", Kind: dataset.Choice, Choices: []string{"may give", "may not give", "cannot tell"}}}}}}},
	}
	for _, s := range []*dataset.Schema{memberSchema, donationSchema, meetingSchema, documentSchema, attendanceSchema, branchSchema, dataset.PeopleSchema()} {
		names[s.Name] = dataset.ListOf(dataset.RecordOf(s))
	}
	return Scope{Names: names, Law: map[string]dataset.Type{"donation_check_over": kindType(dataset.Money), "unit_report_over": kindType(dataset.Money)},
		Playbooks: map[string]bool{"arrears-chase": true}, Audiences: map[string]bool{"members": true}}
}

func on(y int, m time.Month, d int) calendar.Date { return calendar.NewDate(y, m, d) }

// row makes a record from "column: value" pairs written as the test reads best.
func row(s *dataset.Schema, ref int, key string, cells map[string]dataset.Value) *dataset.Row {
	r := &dataset.Row{Ref: dataset.Ref(ref), Key: key, Line: ref + 1, Cells: make([]dataset.Value, len(s.Columns)),
		FirstSeen: time.Date(2026, 10, 1, 9, 0, 0, 0, time.UTC)}
	for name, v := range cells {
		i, ok := s.Column(name)
		if !ok {
			panic("no column " + name)
		}
		r.Cells[i] = v
	}
	return r
}

func table(s *dataset.Schema, rows ...*dataset.Row) *dataset.Table {
	at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	return dataset.NewTable(s, rows, at, at, s.Name+".csv", "")
}

var (
	text   = dataset.TextValue
	choice = dataset.ChoiceValue
	date   = func(y int, m time.Month, d int) dataset.Value { return dataset.DateValue(on(y, m, d)) }
	pounds = func(n int64) dataset.Value { return dataset.MoneyValue(n * 100) }
)

// sampleWorld is 22 November 2026 at noon, with a few records of each kind.
// Rae has hardly a cell filled in; one attendance has lost its number.
func sampleWorld() *World {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		panic(err)
	}
	ada := row(memberSchema, 1, "A1", map[string]dataset.Value{"email": text("ada@example.org"), "membership_no": text("A1"), "first_name": text("Ada"), "name": text("Ada Lark"), "status": choice("active"),
		"joined": date(2026, 10, 30), "born": date(2008, 2, 29), "hardship": dataset.YesNoValue(false), "paid": pounds(20), "phoned": dataset.NumberValue(3),
		"branch": dataset.ReferenceValue("north"), "buddy": dataset.PersonValue("Bo Finch", 2), "arrears_on": dataset.TimeValue(time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC))})
	bo := row(memberSchema, 2, "A2", map[string]dataset.Value{"email": text("bo@example.org"), "membership_no": text("A2"), "first_name": text("Bo"), "name": text("Bo Finch"), "status": choice("arrears"),
		"joined": date(2024, 1, 2), "hardship": dataset.YesNoValue(true), "paid": pounds(600), "branch": dataset.ReferenceValue("south"),
		"buddy": dataset.PersonValue("N. Obody", 0)})
	rae := row(memberSchema, 3, "A3", map[string]dataset.Value{"membership_no": text("A3")})
	rae.Problems = []dataset.Problem{{Column: "joined", Text: "31/02/2026", Why: "there is no 31 February"}}
	gift := row(donationSchema, 11, "D1", map[string]dataset.Value{"donor": text("Ada Lark"), "person": dataset.PersonValue("Ada Lark", 1), "amount": pounds(600), "received_on": date(2026, 11, 3), "status": choice("received")})
	small := row(donationSchema, 12, "D2", map[string]dataset.Value{"donor": text("Bo Finch"), "person": dataset.PersonValue("Bo Finch", 2), "amount": pounds(40), "received_on": date(2026, 11, 4), "checked_on": date(2026, 11, 5), "status": choice("accepted")})
	odd := row(donationSchema, 13, "D3", map[string]dataset.Value{"donor": text("?"), "received_on": date(2027, 6, 1), "status": choice("received")})
	agm := row(meetingSchema, 21, "M1", map[string]dataset.Value{"title": text("AGM"), "type": choice("agm"), "start": dataset.TimeValue(time.Date(2026, 12, 3, 19, 30, 0, 0, time.UTC)),
		"date": date(2026, 12, 3), "status": choice("planned"), "audience": text("members"), "minute_taker": dataset.PersonValue("Ada Lark", 1)})
	gm := row(meetingSchema, 22, "M2", map[string]dataset.Value{"title": text("GM"), "type": choice("gm"), "status": choice("held"), "date": date(2026, 1, 15)})
	paper := row(documentSchema, 31, "P1", map[string]dataset.Value{"meeting": dataset.ReferenceValue("M1"), "kind": choice("agenda"), "status": choice("approved"), "year": dataset.NumberValue(2026)})
	lost := row(documentSchema, 32, "P2", map[string]dataset.Value{"kind": choice("minutes"), "status": choice("draft")})
	w := &World{Clock: calendar.Clock{Zone: zone, Hour: 9 * 60, Nation: calendar.EnglandAndWales}, Now: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC),
		Tables: dataset.Tables{
			"members": table(memberSchema, ada, bo, rae), "donations": table(donationSchema, gift, small, odd), "meetings": table(meetingSchema, agm, gm),
			"documents": table(documentSchema, paper, lost),
			"attendance": table(attendanceSchema, row(attendanceSchema, 41, "T1", map[string]dataset.Value{"membership_no": text("A1"), "meeting": dataset.ReferenceValue("M2")}),
				row(attendanceSchema, 42, "T2", map[string]dataset.Value{"meeting": dataset.ReferenceValue("M2")})),
			"branches": table(branchSchema),
		},
		Law: func(name string, on calendar.Date) (dataset.Term, bool) {
			y, _, _ := on.Civil()
			return dataset.Term{Value: pounds(500)}, y < 2027
		},
		Replied:  func(p dataset.Ref, _ Vars) bool { return p == 2 },
		OpenCase: func(playbook string, s dataset.Ref) bool { return playbook == "arrears-chase" && s == 2 },
	}
	w.Tables["people"] = dataset.People(w.Tables, calendar.Date(w.Clock.Day(w.Now)))
	return w
}

// sampleVars gives the subject and what goes with it.
func sampleVars(w *World, member, donation, meeting int) Vars {
	record := func(name string, i int) dataset.Term {
		t := w.Tables[name]
		return dataset.Term{Row: t.Rows[i], Schema: t.Schema}
	}
	length := func(n int, u calendar.Unit) dataset.Term {
		return dataset.Term{Value: dataset.LengthValue(calendar.Duration{N: n, Unit: u})}
	}
	fields := func(kv ...any) dataset.Term {
		t := dataset.Term{Fields: map[string]dataset.Term{}}
		for i := 0; i < len(kv); i += 2 {
			t.Fields[kv[i].(string)] = kv[i+1].(dataset.Term)
		}
		return t
	}
	plain := func(v dataset.Value) dataset.Term { return dataset.Term{Value: v} }
	return func(name string) dataset.Term {
		switch name {
		case "member":
			return record("members", member)
		case "donation":
			return record("donations", donation)
		case "meeting":
			return record("meetings", meeting)
		case "since":
			return plain(dataset.TimeValue(time.Date(2026, 11, 15, 9, 0, 0, 0, time.UTC)))
		case "last":
			return plain(date(2026, 5, 5))
		case "settings":
			return fields("check_in", length(21, calendar.Day), "joiners", plain(dataset.NumberValue(8)), "least", plain(pounds(10)), "from", plain(date(2026, 1, 1)),
				"second", plain(text("chair")), "notice", dataset.Term{IsList: true, List: []dataset.Term{
					fields("type", plain(text("agm")), "length", length(28, calendar.Day)), fields("type", plain(text("gm")), "length", length(7, calendar.Day))}})
		case "constituency":
			return fields("name", plain(text("Broadland CLP")), "started", plain(date(2024, 6, 1)))
		case "books", "period":
			return fields("start", plain(date(2025, 1, 1)), "end", plain(date(2025, 12, 31)), "label", plain(text("2025")), "number", plain(dataset.NumberValue(2025)))
		case "rule":
			return fields("type", plain(text("agm")), "length", length(28, calendar.Day))
		case "agenda":
			return dataset.Term{Schema: documentSchema, Unknown: &dataset.Unknown{Absent: true}}
		case "waiting":
			t := w.Tables["members"]
			return dataset.Term{IsList: true, Rows: t.Rows[:2], Schema: t.Schema, LeftOut: []dataset.Cell{{Dataset: "members", Key: "A3", Ref: 3, Column: "joined"}}}
		case "steps":
			return fields("check", fields("done", plain(dataset.YesNoValue(true)), "answer", plain(dataset.Value{}), "on", plain(date(2026, 11, 20))))
		}
		return dataset.Term{Unknown: &dataset.Unknown{Absent: true}}
	}
}

// compile compiles, and fails the test on any fault.
func compile(t testing.TB, s Scope, source string) *Expr {
	t.Helper()
	e, faults := s.Compile(source)
	if len(faults) > 0 {
		t.Fatalf("%s\n%s", source, showFaults(source, faults))
	}
	return e
}

func showFaults(source string, faults []Fault) string {
	var b strings.Builder
	for _, f := range faults {
		fmt.Fprintf(&b, "%d+%d %q: %s | %s\n", f.Offset, f.Length, string([]rune(source)[f.Offset:f.Offset+f.Length]), f.Text, f.Hint)
	}
	return b.String()
}

// say is a term in a word, for tables of tests.
func say(t dataset.Term) string {
	f := &frame{w: &World{Clock: calendar.Clock{Zone: time.UTC, Hour: 9 * 60}}}
	if t.Unknown != nil && t.Unknown.Absent {
		return "absent"
	}
	return f.words(t)
}
