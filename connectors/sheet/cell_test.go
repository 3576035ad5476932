package sheet

import (
	"fmt"
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
		"jo@example.org; lee@example.org": "several", "jo@example.org/lee@example.org": "several", "jo@example.org\nlee@example.org": "several", "jo@@example.org": "more than one @",
		"jo.example.org": "no @", "jo@example": "no full stop", "jo@example.org.": "full stop", "jo@example..org": "two full stops", ".jo@example.org": "begins or ends",
		"jo @example.org": "space", "jo@gmial.com": "gmail.com", "JO@HOTMIAL.COM": "hotmail.com", "jo@example.con": "ends in .con", "jo@example,org": "comma",
		"jo@exampl\u202ee.org": "letter that addresses", "jo@пример.org": "letter that addresses", "j\x00o@example.org": "invisible", "@example.org": "before the @", "jo@": "after the @",
		"jo@-example.org": "no domain", "jo@127.0.0.1": "no domain", "jo@example。org": "letter that addresses", strings.Repeat("a", 65) + "@example.org": "longer",
		"<jo>@example.org": "has < in it", "see notes": "no @",
	} {
		if v, why := column1(t, "email", Spec{}, cell); !v[0].IsBlank() || !strings.Contains(why[0], want) {
			t.Errorf("%q is %v (%s), want a problem with %q", cell, v[0], why[0], want)
		}
	}
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
		"07700 900123": "07700900123", "+44 7700 900123": "07700900123", "+44 (0)7700 900123": "07700900123", "0044 7700-900123": "07700900123", "447700900123": "07700900123",
		"7700900123": "07700900123", "1632960101": "01632960101", "01632 960101": "01632960101", "+33 1 23 45 67 89": "+33123456789", "0033123456789": "+33123456789",
		"'07700900123": "07700900123", "07700900123": "07700900123", "ask for Jo, 960101": "ask for Jo, 960101", "960101": "960101", "n/a": "",
	} {
		if v, why := column1(t, "phone", Spec{}, cell); v[0].S != want || why[0] != "" {
			t.Errorf("%q is %q (%s), want %q", cell, v[0].S, why[0], want)
		}
	}
	for _, cell := range []string{"4.47701E+11", "12", "0770090012307700900123", "()"} {
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
