package sheet

import (
	"bytes"
	"os"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

func TestEveryFormOfTheSameTable(t *testing.T) {
	const plain = "Membership No.,Surname,E-mail Address,Joined,Status\nA1,Bloggs’s,jo@example.org,2026-02-01,Active\nA2,Café,,2026-03-31,In arrears\n"
	crlf := strings.ReplaceAll(plain, "\n", "\r\n")
	semi := strings.ReplaceAll(plain, ",", ";")
	wide := func(s string, big bool) string {
		var b bytes.Buffer
		for _, u := range utf16.Encode([]rune(s)) {
			if big {
				b.WriteByte(byte(u >> 8))
			}
			b.WriteByte(byte(u))
			if !big {
				b.WriteByte(byte(u >> 8))
			}
		}
		return b.String()
	}
	old := strings.NewReplacer("’", "\x92", "é", "\xe9").Replace(plain)
	schema := members()
	want := table(t, schema, Spec{}, plain)
	if len(want.Records) != 2 {
		t.Fatalf("records: %v", want.Records)
	}
	for name, text := range map[string]string{
		"byte-order mark":          "\xef\xbb\xbf" + plain,
		"line ends of Windows":     crlf,
		"line ends of an old Mac":  strings.ReplaceAll(plain, "\n", "\r"),
		"no last line end":         strings.TrimSuffix(plain, "\n"),
		"mixed line ends":          strings.Replace(plain, "\n", "\r\n", 1),
		"semicolons":               semi,
		"tabs":                     strings.ReplaceAll(plain, ",", "\t"),
		"bars":                     strings.ReplaceAll(plain, ",", "|"),
		"sep line":                 "sep=;\r\n" + semi,
		"quoted sep line":          "\"sep=;\"\n" + semi,
		"UTF-16 with mark":         "\xff\xfe" + wide(strings.ReplaceAll(crlf, ",", "\t"), false),
		"UTF-16 big end first":     "\xfe\xff" + wide(plain, true),
		"UTF-16 without mark":      wide(plain, false),
		"UTF-16 without mark, big": wide(plain, true),
		"Windows-1252":             old,
		"all quoted":               `"Membership No.","Surname","E-mail Address","Joined","Status"` + "\n\"A1\",\"Bloggs’s\",\"jo@example.org\",\"2026-02-01\",\"Active\"\n\"A2\",\"Café\",\"\",\"2026-03-31\",\"In arrears\"",
		"space before quotes":      strings.ReplaceAll(plain, "A1,Bloggs’s,", "A1, \"Bloggs’s\" ,"),
		"trailing empty columns":   strings.ReplaceAll(plain, "\n", ",,,\n"),
	} {
		t.Run(name, func(t *testing.T) {
			got := table(t, schema, Spec{}, text)
			if !reflect.DeepEqual(got.Records, want.Records) {
				t.Errorf("got  %v\nwant %v", got.Records, want.Records)
			}
			if !reflect.DeepEqual(got.Columns, want.Columns) {
				t.Errorf("columns %v, want %v", got.Columns, want.Columns)
			}
		})
	}
	if v, _ := cellOf(t, schema, want, 2, "last_name"); v.S != "Bloggs’s" {
		t.Errorf("surname %q", v.S)
	}
}

func TestRowsAreNumberedAsASpreadsheetDoes(t *testing.T) {
	r := table(t, members(), Spec{}, "sep=,\nMembership list\n\nMem No,Address,Status\nA1,\"1 High Street\nOverton\",active\n\nA2,x,active\n\"A3\n\",\"\r\n\r\n\",active\nTotal,,3\nMem No,Address,Status\n,,\nA4,,lapsed")
	var lines []int
	for _, rec := range r.Records {
		lines = append(lines, rec.Line)
	}
	if want := []int{4, 6, 7, 11}; !reflect.DeepEqual(lines, want) {
		t.Errorf("rows %v, want %v", lines, want)
	}
	var skipped []string
	for _, s := range r.Skipped {
		skipped = append(skipped, letters(s.Line-1)+" "+s.Why)
	}
	want := []string{"A above the headings", "B a blank row", "E a blank row", "H a row of totals", "I the headings again", "J a blank row"}
	if !reflect.DeepEqual(skipped, want) {
		t.Errorf("skipped %q\nwant    %q", skipped, want)
	}
	if r.Records[0].Key != "A1" || r.Records[2].Key != "A3" {
		t.Errorf("keys %q, %q", r.Records[0].Key, r.Records[2].Key)
	}
	if got := r.Records[0].Cells[columnOf(members(), "address")].S; got != "1 High Street\nOverton" {
		t.Errorf("address %q", got)
	}
}

func TestRefusedRows(t *testing.T) {
	r := table(t, members(), Spec{}, strings.Join([]string{
		"membership_no,first_name,status,email",
		"A1,Jo,active,jo@example.org",
		"A2,Lee,active,lee@example.org,and more",          // 3
		"A3,Sam",                                          // short: kept
		",Max,active,",                                    // 5
		"1.23457E+05,Ann,active,",                         // 6
		"A4,Kim,active,",                                  // 7
		"A4,Kim,lapsed,",                                  // 8
		"A5,\"Pat\"x,active,",                             // 9
		"Exported on 1 Nov 2026 by the membership system", // 10
		"A4,Kim,resigned,",                                // 11
		"A6,Al,active,,,",                                 // long but blank: kept
		"\"A7\" ,Di,active,",
		"=\"00123\",Vi,active,",
		"'00124,Bo,active,",
	}, "\n"))
	var got []string
	for _, no := range r.Refused {
		got = append(got, letters(no.Line-1)+" "+no.Column+" "+no.Text+": "+no.Why)
	}
	want := []string{
		`C E and more: the row has 5 cells but there are 4 headings`,
		`E membership_no : membership_no is blank`,
		`F membership_no 1.23457E+05: a spreadsheet has shortened this number`,
		`G membership_no A4: the same key stands in rows 8, 11`,
		`H membership_no A4: the same key stands in rows 7, 11`,
		`I  A5: column B has text after a closing quotation mark`,
		`J membership_no Exported on 1 Nov 2026 by the membership system: only one cell of the row is filled`,
		`K membership_no A4: the same key stands in rows 7, 8`,
	}
	if len(got) != len(want) {
		t.Fatalf("refused %q", got)
	}
	for i := range want {
		if !strings.HasPrefix(got[i], want[i]) {
			t.Errorf("refused %q\nwant    %q", got[i], want[i])
		}
	}
	var keys []string
	for _, rec := range r.Records {
		keys = append(keys, rec.Key)
	}
	if want := []string{"A1", "A3", "A6", "A7", "00123", "00124"}; !reflect.DeepEqual(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
}

func TestFilesThatAreNone(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"workbook":        {"PK\x03\x04...xl/workbook.xml...", "Excel workbook (.xlsx)"},
		"archive":         {"PK\x03\x04...", "save it as CSV UTF-8"},
		"open document":   {"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "LibreOffice"},
		"old workbook":    {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", ".xls"},
		"PDF":             {"%PDF-1.7", "PDF"},
		"web page":        {"\n<!DOCTYPE html><html>", "sign-in"},
		"calendar":        {"BEGIN:VCALENDAR\r\n", "calendar"},
		"nothing":         {"", "empty"},
		"only space":      {"\xef\xbb\xbf \r\n\t", "empty"},
		"no heading":      {"A1,Jo,jo@example.org\nA2,Lee,lee@example.org\n", "looks like data"},
		"no key":          {"First Name,Surname,Status\nJo,Sample,active\n", `no heading was recognised as membership_no`},
		"foreign":         {"Foo,Bar\n1,2\n", `no heading was recognised among "Foo", "Bar"`},
		"two for one":     {"Membership No,Forename,Given Name\nA1,Jo,Joanna\n", `both "Forename" (column B) and "Given Name" (column C) could be first_name`},
		"twice the same":  {"Membership No,Mobile,Mobile\nA1,1,2\n", `columns: {phone: "column B"}`},
		"open quote":      {"Membership No,First name\nA1,Jo\nA2,\"Lee\nA3,Sam\n", "row 3, column B, and never closes"},
		"quote over rows": {"Membership No,First name\nA1,\"Jo\nA2,\"Lee\"\n", "do not match in row 2, column B"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadBytes("list.csv", []byte(c.text), changedOn, Spec{}, members(), london(t))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error %v, want %q", err, c.want)
			}
			if strings.Contains(err.Error(), "@") {
				t.Errorf("the error repeats data: %v", err)
			}
		})
	}
	big := append([]byte("Membership No\n"), bytes.Repeat([]byte("A\n"), maxBytes/2)...)
	if _, err := ReadBytes("list.csv", big, changedOn, Spec{}, members(), london(t)); err == nil || !strings.Contains(err.Error(), "50 MB") {
		t.Errorf("a file too large: %v", err)
	}
	long := append([]byte("Membership No\n"), bytes.Repeat([]byte("A\n"), maxRows+1)...)
	if _, err := ReadBytes("list.csv", long, changedOn, Spec{}, members(), london(t)); err == nil || !strings.Contains(err.Error(), "more than 500000 rows") {
		t.Errorf("too many rows: %v", err)
	}
}

func TestMapping(t *testing.T) {
	const text = "Party ID,Mem No,Known as,FIRST_NAME,Mobile,Telephone,Ward,Do-not-email\nP1,M1,Jo,Joanna,1,2,North,yes\n"
	_, err := ReadBytes("list.csv", []byte(text), changedOn, Spec{}, members(), london(t))
	if err == nil || !strings.Contains(err.Error(), "could be membership_no") {
		t.Fatalf("two keys: %v", err)
	}
	spec := Spec{Columns: map[string]string{"membership_no": "party id", "phone": "Column F", "branch": "Ward", "address": "Ward"}}
	schema := members()
	r := table(t, schema, spec, text)
	want := map[string]string{"membership_no": "Party ID", "preferred_name": "Known as", "first_name": "FIRST_NAME", "phone": "Telephone", "branch": "Ward", "address": "Ward", "no_email": "Do-not-email"}
	if !reflect.DeepEqual(r.Columns, want) {
		t.Errorf("columns %v\nwant    %v", r.Columns, want)
	}
	if want := []string{"Mem No", "Mobile"}; !reflect.DeepEqual(r.Unused, want) {
		t.Errorf("unused %v, want %v", r.Unused, want)
	}
	for bad, want := range map[string]string{"nmae": "no such column", "title": `says that title stands under "Nowhere"`} {
		spec := Spec{Columns: map[string]string{"membership_no": "Party ID", "phone": "Mobile", bad: "Nowhere"}}
		if _, err := ReadBytes("list.csv", []byte(text), changedOn, spec, members(), london(t)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("columns with %s: %v", bad, err)
		}
	}
}

func TestFold(t *testing.T) {
	for a, b := range map[string]string{
		"Membership No.": "membership_no", "MembershipNumber": "membership_no", "MEMBERSHIP NUM": "membership_no", "Membership #": "membership_no",
		"E-mail": "email", "ECRef": "ecref", "Donor Name": "DonorName", "Date\u00a0Joined": "date joined", "Member's name": "members name",
	} {
		if fold(a) != fold(b) {
			t.Errorf("%q is %q and %q is %q", a, fold(a), b, fold(b))
		}
	}
	if fold("No") != "no" || fold("No.") == fold("Number") {
		t.Errorf("No alone is taken for a number")
	}
}

func TestNamesAreComposed(t *testing.T) {
	schema := members()
	r := table(t, schema, Spec{}, "Mem No,First Name,Known As,Surname\nA1,Joanna,Jo,Sample\nA2,Lee,,Example\nA3,,,Only\nA4,,,\n")
	for line, want := range map[int]string{2: "Jo Sample", 3: "Lee Example", 4: "Only", 5: ""} {
		if v, _ := cellOf(t, schema, r, line, "name"); v.S != want || v.IsBlank() != (want == "") {
			t.Errorf("row %d: %q, want %q", line, v.S, want)
		}
	}
	r = table(t, schema, Spec{}, "Mem No,First Name,Surname,Full Name\nA1,Joanna,Sample,Dr J Sample\n")
	if v, _ := cellOf(t, schema, r, 2, "name"); v.S != "Dr J Sample" {
		t.Errorf("the list's own name became %q", v.S)
	}
}

func TestThePublicRegister(t *testing.T) {
	data, err := os.ReadFile("testdata/register.csv")
	if err != nil {
		t.Fatal(err)
	}
	schema := donations()
	r, err := ReadBytes("register.csv", data, changedOn, Spec{}, schema, london(t))
	if err != nil {
		t.Fatal(err)
	}
	account(t, r)
	if r.Profile != "electoral-commission" || len(r.Records) != 7 || len(r.Refused) != 0 {
		t.Fatalf("profile %q, %d records, refused %v", r.Profile, len(r.Records), r.Refused)
	}
	want := dataset.Record{Key: "C9900002", Line: 3, Cells: []dataset.Value{
		dataset.TextValue("C9900002"), dataset.PersonValue("Amalgamated Guild of Bell Founders", 0), dataset.ChoiceValue("trade_union"), dataset.MoneyValue(2500000),
		dataset.ChoiceValue("non_cash"), dataset.TextValue("Premises"), dataset.DateValue(calendar.NewDate(2026, 4, 1)), dataset.DateValue(calendar.NewDate(2026, 4, 9)),
		{}, dataset.TextValue("Overton CLP"), dataset.TextValue("OV1 2AB"),
	}}
	if !reflect.DeepEqual(r.Records[1], want) {
		t.Errorf("got  %v\nwant %v", r.Records[1], want)
	}
	for line, status := range map[int]string{4: "returned", 5: "", 7: "forfeited"} {
		if v, why := cellOf(t, schema, r, line, "status"); v.S != status || why != "" {
			t.Errorf("row %d: status %q (%s), want %q", line, v.S, why, status)
		}
	}
	// The same columns, other order and fewer of them.
	r = table(t, schema, Spec{}, "DonorName,CampaigningName,Value,ReceivedDate,ECRef\nJo Sample,,£600.00,13/02/2026,C1\n")
	if r.Profile != "electoral-commission" || r.Records[0].Key != "C1" || r.Records[0].Cells[3] != dataset.MoneyValue(60000) {
		t.Errorf("reordered: %q %v", r.Profile, r.Records)
	}
	r = table(t, schema, Spec{}, "Donation ID,Donor,Amount\nC1,Jo Sample,600\n")
	if r.Profile != "" {
		t.Errorf("a treasurer's own list was taken for the register")
	}
	if _, err := ReadBytes("x.csv", data, changedOn, Spec{Profile: "companies-house"}, schema, london(t)); err == nil {
		t.Error("a layout that nobody knows was accepted")
	}
}

func TestCompositeKeys(t *testing.T) {
	schema := &dataset.Schema{Name: "officers", Key: []string{"role", "branch", "person", "from"}, Columns: []dataset.Column{
		{Name: "role", Kind: dataset.Text}, {Name: "branch", Kind: dataset.Reference}, {Name: "person", Kind: dataset.Person}, {Name: "from", Kind: dataset.Date}}}
	r := table(t, schema, Spec{}, "role,branch,person,from\nchair,,Jo Sample,2026-01-31\nsecretary,A/B,Lee,2026-02-01\n,North,Sam,2026-02-01\ntreasurer,,Ann,soon\n")
	if len(r.Records) != 2 || r.Records[0].Key != "chair//Jo Sample/2026-01-31" || r.Records[1].Key != "secretary/A%2FB/Lee/2026-02-01" {
		t.Errorf("records %v", r.Records)
	}
	if len(r.Refused) != 2 || r.Refused[1].Column != "from" || !strings.HasPrefix(r.Refused[1].Why, "from could not be read") {
		t.Errorf("refused %v", r.Refused)
	}
}
