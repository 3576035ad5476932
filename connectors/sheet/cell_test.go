package sheet

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

// column1 reads cells of one column, in rows 2, 3, ... of a table.
func column1(tb testing.TB, column string, spec Spec, cells ...string) ([]dataset.Value, []string) {
	tb.Helper()
	schema := members()
	var b strings.Builder
	b.WriteString("membership_no;" + column + "\n")
	for i, c := range cells {
		fmt.Fprintf(&b, "A%d;\"%s\"\n", i, strings.ReplaceAll(c, `"`, `""`))
	}
	r := table(tb, schema, spec, b.String())
	if len(r.Records) != len(cells) {
		tb.Fatalf("%d records of %d: %v", len(r.Records), len(cells), r.Refused)
	}
	values, whys := make([]dataset.Value, len(cells)), make([]string, len(cells))
	for i, rec := range r.Records {
		values[i] = rec.Cells[columnOf(schema, column)]
		for _, p := range rec.Problems {
			whys[i] = p.Why
			if !values[i].IsBlank() {
				tb.Errorf("%q has a problem and is not blank: %v", cells[i], values[i])
			}
			if len([]rune(p.Text)) > 8*shownRunes {
				tb.Errorf("a problem shows %d runes", len([]rune(p.Text)))
			}
		}
	}
	return values, whys
}

func TestMoney(t *testing.T) {
	for cell, want := range map[string]int64{
		"£1,234.50": 123450, "1234.5": 123450, "1,234": 123400, "(12.00)": -1200, "(£12.00)": -1200, "12.00-": -1200, "-£5": -500, "£-5": -500, "−5": -500,
		"GBP 12": 1200, "12 GBP": 1200, "0": 0, "£0.00": 0, ".50": 50, "£.5": 50, "12.": 1200, "50p": 50, "1 234.50": 123450, "£ 7": 700, " £7 ": 700,
		"1,234,567.89": 123456789, "=\"12.50\"": 1250, "0012": 1200, "999999999999.99": 99999999999999,
	} {
		v, why := column1(t, "rate", Spec{}, cell)
		if v[0] != dataset.MoneyValue(want) {
			t.Errorf("%q is %v (%s), want %d pence", cell, v[0], why[0], want)
		}
	}
	for cell, want := range map[string]string{
		"12.345": "more than two", "1.500": "more than two", "12,50": "comma", "1,23": "comma", "1.234,50": "comma", "€5": "pounds", "$5": "pounds", "£5k": "not an amount",
		"see bank": "not an amount", "--5": "minus", "(-5)": "minus", "1.2E+05": "shortened", "1234567890123456789": "larger", "£": "not an amount", "£5 £6": "not an amount",
		"#REF!": "error message", "#######": "too narrow", "12.5.5": "not an amount", "1,,234": "comma", "5p5": "not an amount", "£££": "not an amount",
	} {
		v, why := column1(t, "rate", Spec{}, cell)
		if !v[0].IsBlank() || !strings.Contains(why[0], want) {
			t.Errorf("%q is %v (%s), want a problem with %q", cell, v[0], why[0], want)
		}
	}
	for _, cell := range []string{"", " ", "n/a", "-", "None", "\u00a0"} {
		if v, why := column1(t, "rate", Spec{}, cell); !v[0].IsBlank() || why[0] != "" {
			t.Errorf("%q is %v (%s), want blank", cell, v[0], why[0])
		}
	}
}

func TestMoneyIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pence := rapid.Int64Range(-99_999_999_999, 99_999_999_999).Draw(t, "pence")
		abs := max(pence, -pence)
		whole := fmt.Sprint(abs / 100)
		if rapid.Bool().Draw(t, "grouped") {
			for i := len(whole) - 3; i > 0; i -= 3 {
				whole = whole[:i] + "," + whole[i:]
			}
		}
		text := fmt.Sprintf("%s.%02d", whole, abs%100)
		if rapid.Bool().Draw(t, "pound") {
			text = "£" + text
		}
		if pence < 0 {
			text = rapid.SampledFrom([]string{"-" + text, "(" + text + ")", text + "-"}).Draw(t, "minus")
		}
		v, why := readMoney(text)
		if v != dataset.MoneyValue(pence) {
			t.Fatalf("%q is %v (%s), want %d pence", text, v, why, pence)
		}
	})
}

func TestNumbersAndAnswers(t *testing.T) {
	for cell, want := range map[string]int64{"12": 12, "1,234": 1234, "-3": -3, "+3": 3, "12.0": 12, "007": 7, "123456789012": 123456789012} {
		if v, why := column1(t, "months_in_arrears", Spec{}, cell); v[0] != dataset.NumberValue(want) {
			t.Errorf("%q is %v (%s), want %d", cell, v[0], why[0], want)
		}
	}
	for _, cell := range []string{"12.5", "1.000", "two", "1,2", "1e5", "1.23457E+05", "12 34", "99999999999999999999"} {
		if v, why := column1(t, "months_in_arrears", Spec{}, cell); !v[0].IsBlank() || why[0] == "" {
			t.Errorf("%q is %v, want a problem", cell, v[0])
		}
	}
	for cell, want := range map[string]bool{"Yes": true, "Y": true, "TRUE": true, "1": true, "x": true, "✓": true, "no": false, "N": false, "False": false, "0": false} {
		if v, why := column1(t, "no_email", Spec{}, cell); v[0] != dataset.YesNoValue(want) {
			t.Errorf("%q is %v (%s), want %t", cell, v[0], why[0], want)
		}
	}
	if v, why := column1(t, "no_email", Spec{}, "perhaps"); !v[0].IsBlank() || why[0] == "" {
		t.Errorf("perhaps is %v", v[0])
	}
	for cell, want := range map[string]string{"ACTIVE": "active", "Paid-up": "active", "in arrears": "arrears", " Overdue ": "arrears", "n/a": ""} {
		if v, why := column1(t, "status", Spec{}, cell, cell); v[1].S != want || why[1] != "" {
			t.Errorf("%q is %v (%s), want %q", cell, v[1], why[1], want)
		}
	}
	if v, why := column1(t, "status", Spec{}, "exploded"); !v[0].IsBlank() || !strings.Contains(why[0], "provisional, active") {
		t.Errorf("exploded is %v (%s)", v[0], why[0])
	}
	if v, _ := column1(t, "notice", Spec{}, "7 days"); v[0] != dataset.LengthValue(calendar.Duration{N: 7, Unit: calendar.Day}) {
		t.Errorf("7 days is %v", v[0])
	}
	if v, why := column1(t, "branch", Spec{}, "  St Mary's\u00a0 Branch "); v[0] != dataset.ReferenceValue("St Mary's Branch") {
		t.Errorf("branch is %v (%s)", v[0], why[0])
	}
}

func TestEmailAddresses(t *testing.T) {
	for cell, want := range map[string]string{
		"jo@example.org": "jo@example.org", " Jo.Sample+list@EXAMPLE.org ": "Jo.Sample+list@example.org", "mailto:jo@example.org": "jo@example.org",
		"Jo Sample <jo@example.org>": "jo@example.org", "o'neill@example.co.uk": "o'neill@example.co.uk", "jo_s@sub.example.org": "jo_s@sub.example.org", "n/a": "", "None": "",
		"\u200bjo@example.org": "jo@example.org", "a@xn--bcher-kva.example": "a@xn--bcher-kva.example",
	} {
		if v, why := column1(t, "email", Spec{}, cell); v[0].S != want || why[0] != "" {
			t.Errorf("%q is %q (%s), want %q", cell, v[0].S, why[0], want)
		}
	}
	for cell, want := range map[string]string{
		"jo@example.org; Jo, at home: jo@example.net": "several", "jo@example.org lee@@example.org": "several", "jo@gmial.com; jo@example.org": "gmail.com", "jo@@example.org": "more than one @",
		"jo.example.org": "no @", "jo@example": "no full stop", "jo@example.org.": "full stop", "jo@example..org": "two full stops", ".jo@example.org": "begins or ends",
		"jo @example.org": "space", "jo@gmial.com": "gmail.com", "JO@HOTMIAL.COM": "hotmail.com", "jo@example.con": "ends in .con", "jo@example,org": "comma",
		"jo@exampl\u202ee.org": "letter that addresses", "jo@exаmple.org": "two alphabets", "jo@пример。org": "letter that addresses", "jö@example.org": "letter that addresses", "j\x00o@example.org": "invisible", "@example.org": "before the @", "jo@": "after the @",
		"jo@-example.org": "no domain", "jo@127.0.0.1": "no domain", "jo@example。org": "letter that addresses", strings.Repeat("a", 65) + "@example.org": "longer",
		"<jo>@example.org": "has < in it", "see notes": "no @",
	} {
		if v, why := column1(t, "email", Spec{}, cell); !v[0].IsBlank() || !strings.Contains(why[0], want) {
			t.Errorf("%q is %v (%s), want a problem with %q", cell, v[0], why[0], want)
		}
	}
}

func TestNotesOnCells(t *testing.T) {
	for _, c := range []struct{ column, cell, want, note string }{
		{"email", "jo@example.org; lee@example.org", "jo@example.org", "several email"},
		{"email", "jo@example.org/lee@example.org", "jo@example.org", "several email"},
		{"email", "jo@example.org\nlee@example.org", "jo@example.org", "several email"},
		{"email", "Jo Sample <jo@EXAMPLE.org>, Lee <lee@example.org>", "jo@example.org", "several email"},
		{"email", "jo@example.org or lee@example.org and max@example.org", "jo@example.org", "several email"},
		{"email", "jo@bücher.example", "jo@xn--bcher-kva.example", "mail servers write it, xn--bcher-kva.example"},
		{"email", "jo@пример.org", "jo@xn--e1afmkfd.org", "mail servers"},
		{"email", "jo@example.org", "jo@example.org", ""},
		{"phone", "07700 900123 / 01632 960101", "+447700900123", "several telephone"},
		{"phone", "07700900123, 07700900124", "+447700900123", "several telephone"},
		{"phone", "07700 900123 (work), 960101", "07700 900123 (work), 960101", ""},
		{"postcode", "ov12ab", "OV1 2AB", ""},
		{"postcode", "OV1 2AB", "OV1 2AB", ""},
		{"postcode", "ec1a 1bb", "EC1A 1BB", ""},
		{"postcode", "M1 1AA", "M1 1AA", ""},
		{"postcode", "D02 X285", "D02 X285", "not a British"},
		{"postcode", "OV1 2AO", "OV1 2AO", "not a British"},
		{"postcode", "n/a", "", ""},
	} {
		schema := members()
		r := table(t, schema, Spec{}, "Mem No;"+c.column+"\nA1;\""+c.cell+"\"\n")
		v, why := cellOf(t, schema, r, 2, c.column)
		note := ""
		for _, n := range r.Notes {
			if note += n.Why; n.Line != 2 || n.Column != c.column {
				t.Errorf("%q: the note is of row %d, %s", c.cell, n.Line, n.Column)
			}
		}
		if v.S != c.want || why != "" || (note == "") != (c.note == "") || !strings.Contains(note, c.note) {
			t.Errorf("%s %q is %q (%s), note %q; want %q, note %q", c.column, c.cell, v.S, why, note, c.want, c.note)
		}
	}
	if v, why := column1(t, "postcode", Spec{}, "see notes"); !v[0].IsBlank() || why[0] != "not a postcode" {
		t.Errorf("see notes is %v (%s)", v[0], why[0])
	}
}

// TestLostNoughts finds the numbers that have lost their leading noughts, where
// the others tell.
func TestLostNoughts(t *testing.T) {
	for name, c := range map[string]struct{ keys, kept string }{
		"two tell":       {"0012345 0000077 12346 A1 1234567 12345678", "0012345 0000077 A1 1234567 12345678"},
		"one is not two": {"0012345 12346", "0012345 12346"},
		"no one width":   {"0012345 00077 12346", "0012345 00077 12346"},
		"none has one":   {"12345 77", "12345 77"},
	} {
		r := table(t, members(), Spec{}, "Mem No\n"+strings.ReplaceAll(c.keys, " ", "\n")+"\n")
		var kept []string
		for _, rec := range r.Records {
			kept = append(kept, rec.Key)
		}
		if got := strings.Join(kept, " "); got != c.kept {
			t.Errorf("%s: kept %q, want %q", name, got, c.kept)
		}
		for _, no := range r.Refused {
			if !strings.Contains(no.Why, "eaten the 0") || no.Text != "12346" {
				t.Errorf("%s: refused %v", name, no)
			}
		}
	}
}

// TestQuickLooks holds the quick ways to read a date and a text together with
// the ways that ask.
func TestQuickLooks(t *testing.T) {
	schema, clock := members(), london(t)
	joined, title := columnOf(schema, "joined"), columnOf(schema, "title")
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.OneOf(rapid.StringMatching(`[0-3][0-9]/[01][0-9]/(20|19|17|30)[0-9]{2}`), rapid.StringMatching(`(20|19|17|30)[0-9]{2}-[01][0-9]-[0-3][0-9]`),
			rapid.StringMatching(`[0-9/-]{10}`)).Draw(r, "date")
		order := rapid.SampledFrom([]order{undecided, dayFirst, monthFirst}).Draw(r, "order")
		quick, slow := newTyper(schema, clock, 2026, order, make([]int, len(schema.Columns))), newTyper(schema, clock, 2026, order, make([]int, len(schema.Columns)))
		if day, ok := quick.quickDay(&quick.cols[joined], s); ok {
			v, why, unsure := slow.readDay(&slow.cols[joined], s)
			if v != dataset.DateValue(day) || why != "" || unsure {
				r.Fatalf("%q is %v, and at a closer look %v (%s, unsure %t)", s, day, v, why, unsure)
			}
			if a, b := quick.cols[joined].dates, slow.cols[joined].dates; a.day != b.day || a.month != b.month || a.unsure != b.unsure {
				r.Fatalf("%q proves %d, %d, %d, and at a closer look %d, %d, %d", s, a.day, a.month, a.unsure, b.day, b.month, b.unsure)
			}
		}
		text := rapid.StringMatching(`[A-Za-z0-9#='.+E ]{1,8}`).Draw(r, "text")
		at, all := line{row: 1, cells: []string{text}, smooth: true}, []dataset.Reading{{}, {}}
		for i := range all {
			typer := newTyper(schema, clock, 2026, order, make([]int, len(schema.Columns)))
			typer.cols = typer.cols[title : title+1]
			at.smooth = i == 0
			typer.record(&all[i], &at, make([]dataset.Value, 1))
		}
		if !reflect.DeepEqual(all[0], all[1]) {
			r.Fatalf("%q is %v, and at a closer look %v", text, all[0].Records, all[1].Records)
		}
	})
}

// TestPlainEmail holds the quick look and the close look together.
func TestPlainEmail(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[a-z0-9._@-]{0,12}@?[a-z0-9.-]{0,8}(\.(org|con|co\.uk|comm|1))?`).Draw(t, "address")
		if plainEmail(s) && emailFault(s) != "" {
			t.Fatalf("%q passes the quick look, but: %s", s, emailFault(s))
		}
	})
	for slip := range slips {
		if !strings.Contains("bghioy", slip[:1]) {
			t.Errorf("the quick look for slips does not know the first letter of %s", slip)
		}
		if plainEmail("jo@" + slip) {
			t.Errorf("the slip %s passes the quick look", slip)
		}
	}
}

func TestTelephoneNumbers(t *testing.T) {
	for cell, want := range map[string]string{
		"07700 900123": "+447700900123", "+44 7700 900123": "+447700900123", "+44 (0)7700 900123": "+447700900123", "0044 7700-900123": "+447700900123", "447700900123": "+447700900123",
		"7700900123": "+447700900123", "1632960101": "+441632960101", "01632 960101": "+441632960101", "+33 1 23 45 67 89": "+33123456789", "0033123456789": "+33123456789",
		"'07700900123": "+447700900123", "07700900123": "+447700900123", "ask for Jo, 960101": "ask for Jo, 960101", "960101": "960101", "n/a": "",
	} {
		if v, why := column1(t, "phone", Spec{}, cell); v[0].S != want || why[0] != "" {
			t.Errorf("%q is %q (%s), want %q", cell, v[0].S, why[0], want)
		}
	}
	for _, cell := range []string{"4.47701E+11", "12", "0770090012307700900123", "()", "077009001", "077009001234"} {
		if v, why := column1(t, "phone", Spec{}, cell); !v[0].IsBlank() || why[0] == "" {
			t.Errorf("%q is %v, want a problem", cell, v[0])
		}
	}
}

func TestTextIsKeptAsItIs(t *testing.T) {
	for cell, want := range map[string]string{
		"=HYPERLINK(\"x\")": "=HYPERLINK(\"x\")", "@cmd": "@cmd", "a\r\nb": "a\nb", "evil\u202egnp.exe": "evil\u202egnp.exe", "  x  ": "x", "n/a": "n/a",
	} {
		if v, why := column1(t, "title", Spec{}, cell); v[0].S != want || why[0] != "" {
			t.Errorf("%q is %q (%s), want %q", cell, v[0].S, why[0], want)
		}
	}
	for _, column := range []string{"title", "branch"} {
		if v, why := column1(t, column, Spec{}, "1.23457E+05"); !v[0].IsBlank() || !strings.Contains(why[0], "shortened") {
			t.Errorf("a damaged number as %s is %v (%s)", column, v[0], why[0])
		}
	}
	if v, why := column1(t, "title", Spec{}, "Ren\uFFFDe"); !v[0].IsBlank() || !strings.Contains(why[0], "lost") {
		t.Errorf("damaged letters: %v (%s)", v[0], why[0])
	}
}

func TestWhatIsShownIsPlain(t *testing.T) {
	schema := members()
	r, err := ReadBytes("li\u202est.csv", []byte("Mem No,Born\nA1,\u202e"+strings.Repeat("soon ", 40)+"\x07\n"), changedOn, Spec{}, schema, london(t))
	if err != nil {
		t.Fatal(err)
	}
	p := r.Records[0].Problems[0]
	if strings.ContainsAny(p.Text, "\u202e\x07") || !strings.HasSuffix(p.Text, "…") {
		t.Errorf("shown: %q", p.Text)
	}
	_, err = ReadBytes("li\u202est\x1b.csv", []byte("F\u202eoo,B\x1bar\n"), changedOn, Spec{}, schema, london(t))
	if err == nil || strings.ContainsAny(err.Error(), "\u202e\x1b") {
		t.Errorf("error: %q", err)
	}
}
