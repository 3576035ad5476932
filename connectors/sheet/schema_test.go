package sheet

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// members is a schema with a column of every kind that a table can have.
func members() *dataset.Schema {
	return &dataset.Schema{
		Name: "members", Singular: "member", Person: true, Email: "email", Branch: "branch", Key: []string{"membership_no"},
		Columns: []dataset.Column{
			{Name: "membership_no", Kind: dataset.Text, Synonyms: []string{"Membership Number", "Mem No", "Party ID"}},
			{Name: "title", Kind: dataset.Text},
			{Name: "first_name", Kind: dataset.Text, Class: dataset.Name, Synonyms: []string{"Forename", "Given Name"}},
			{Name: "preferred_name", Kind: dataset.Text, Class: dataset.Name, Synonyms: []string{"Known As"}},
			{Name: "last_name", Kind: dataset.Text, Class: dataset.Name, Synonyms: []string{"Surname"}},
			{Name: "name", Kind: dataset.Text, Class: dataset.Name, Synonyms: []string{"Full Name"}},
			{Name: "email", Kind: dataset.Text, Class: dataset.Contact, Synonyms: []string{"E-mail address", "Email Address"}},
			{Name: "phone", Kind: dataset.Text, Class: dataset.Contact, Synonyms: []string{"Mobile", "Telephone"}},
			{Name: "address", Kind: dataset.Text, Class: dataset.Contact},
			{Name: "postcode", Kind: dataset.Text, Class: dataset.Contact},
			{Name: "born", Kind: dataset.Date, Synonyms: []string{"DOB", "Date of Birth"}},
			{Name: "joined", Kind: dataset.Date, Synonyms: []string{"Date Joined", "Join Date"}},
			{Name: "paid_to", Kind: dataset.Date, Synonyms: []string{"Paid To", "Expiry"}},
			{Name: "status", Kind: dataset.Choice, Choices: []string{"provisional", "active", "arrears", "lapsed", "resigned", "deceased"},
				Meanings: map[string][]string{"active": {"Current", "Paid up", "Full member"}, "arrears": {"In arrears", "Overdue"}}},
			{Name: "months_in_arrears", Kind: dataset.Number},
			{Name: "rate", Kind: dataset.Money, Synonyms: []string{"Subscription"}},
			{Name: "branch", Kind: dataset.Reference, Of: "branches"},
			{Name: "no_email", Kind: dataset.YesNo, Synonyms: []string{"Do not email"}},
			{Name: "no_post", Kind: dataset.YesNo},
			{Name: "buddy", Kind: dataset.Person},
			{Name: "seen", Kind: dataset.Time, Synonyms: []string{"Last seen"}},
			{Name: "notice", Kind: dataset.Length},
		},
	}
}

// donations has the columns that the public register fills.
func donations() *dataset.Schema {
	return &dataset.Schema{
		Name: "donations", Singular: "donation", Event: true, Key: []string{"donation_id"},
		Columns: []dataset.Column{
			{Name: "donation_id", Kind: dataset.Text},
			{Name: "donor", Kind: dataset.Person, Class: dataset.Financial},
			{Name: "donor_type", Kind: dataset.Choice, Choices: []string{"individual", "company", "trade_union", "unincorporated_association", "llp", "registered_party", "impermissible", "other"}},
			{Name: "amount", Kind: dataset.Money, Class: dataset.Financial},
			{Name: "kind", Kind: dataset.Choice, Choices: []string{"cash", "non_cash", "visit"}},
			{Name: "nature", Kind: dataset.Text},
			{Name: "received_on", Kind: dataset.Date},
			{Name: "accepted_on", Kind: dataset.Date},
			{Name: "status", Kind: dataset.Choice, Choices: []string{"received", "accepted", "returned", "forfeited"}},
			{Name: "unit", Kind: dataset.Text},
			{Name: "postcode", Kind: dataset.Text},
		},
	}
}

func documents() *dataset.Schema {
	return &dataset.Schema{
		Name: "documents", Singular: "document", Event: true, Key: []string{"key"},
		Columns: []dataset.Column{
			{Name: "key", Kind: dataset.Text},
			{Name: "kind", Kind: dataset.Choice, Choices: []string{"agenda", "minutes", "report", "standing_orders", "guide"}, Meanings: map[string][]string{"minutes": {"mins"}}},
			{Name: "meeting", Kind: dataset.Reference, Of: "meetings"},
			{Name: "title", Kind: dataset.Text},
			{Name: "status", Kind: dataset.Choice, Choices: []string{"draft", "approved_draft", "approved"}, Meanings: map[string][]string{"approved": {"agreed", "final"}}},
			{Name: "file", Kind: dataset.File},
			{Name: "year", Kind: dataset.Number},
		},
	}
}

var changedOn = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

func london(tb testing.TB) calendar.Clock {
	tb.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		tb.Fatal(err)
	}
	return calendar.Clock{Zone: zone}
}

// table types a table that is written out in a test.
func table(tb testing.TB, schema *dataset.Schema, spec Spec, text string) dataset.Reading {
	tb.Helper()
	r, err := ReadBytes("list.csv", []byte(text), changedOn, spec, schema, london(tb))
	if err != nil {
		tb.Fatal(err)
	}
	account(tb, r)
	return r
}

// account checks that no line was lost.
func account(tb testing.TB, r dataset.Reading) {
	tb.Helper()
	if got := len(r.Records) + len(r.Refused) + len(r.Skipped); got != r.Lines {
		tb.Fatalf("%d lines, but %d records + %d refused + %d skipped", r.Lines, len(r.Records), len(r.Refused), len(r.Skipped))
	}
	keys := make(map[string]bool)
	for _, rec := range r.Records {
		if rec.Key == "" || keys[rec.Key] {
			tb.Fatalf("row %d has the key %q, which is blank or not its own", rec.Line, rec.Key)
		}
		keys[rec.Key] = true
	}
}

// cellOf is one cell of the record in a row.
func cellOf(tb testing.TB, schema *dataset.Schema, r dataset.Reading, line int, column string) (dataset.Value, string) {
	tb.Helper()
	for _, rec := range r.Records {
		if rec.Line != line {
			continue
		}
		why := ""
		for _, p := range rec.Problems {
			if p.Column == column {
				why = p.Why
			}
		}
		return rec.Cells[columnOf(schema, column)], why
	}
	tb.Fatalf("no record in row %d", line)
	return dataset.Value{}, ""
}
