package dataset_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"pgregory.net/rapid"
)

func TestWords(t *testing.T) {
	c := london(t)
	for _, x := range []struct {
		v    dataset.Value
		want string
	}{
		{dataset.Value{}, ""},
		{dataset.TextValue("Zoë"), "Zoë"}, {dataset.ChoiceValue("active"), "active"}, {dataset.ReferenceValue("M7"), "M7"},
		{dataset.PersonValue("Jo Marsh", 3), "Jo Marsh"}, {dataset.NumberValue(-2026), "-2026"},
		{dataset.MoneyValue(123450), "£1,234.50"}, {dataset.MoneyValue(-1200), "-£12.00"}, {dataset.MoneyValue(0), "£0.00"},
		{dataset.MoneyValue(5), "£0.05"}, {dataset.MoneyValue(-5), "-£0.05"}, {dataset.MoneyValue(99999), "£999.99"}, {dataset.MoneyValue(100000), "£1,000.00"},
		{dataset.MoneyValue(123456789012), "£1,234,567,890.12"}, {dataset.MoneyValue(math.MinInt64), "-£92,233,720,368,547,758.08"},
		{dataset.YesNoValue(true), "yes"}, {dataset.YesNoValue(false), "no"},
		{dataset.DateValue(day(3)), "3 November 2026"},
		{dataset.TimeValue(time.Date(2026, time.July, 1, 18, 30, 0, 0, time.UTC)), "1 July 2026 at 19:30"},
		{dataset.LengthValue(calendar.Duration{N: 7, Unit: calendar.ClearDay}), "7 clear days"},
	} {
		if got := x.v.Words(c); got != x.want {
			t.Errorf("%+v prints as %q, want %q", x.v, got, x.want)
		}
	}
}

func TestBlanks(t *testing.T) {
	for _, v := range []dataset.Value{
		{}, dataset.TextValue(""), dataset.ChoiceValue(""), dataset.ReferenceValue(""), dataset.FileValue(""),
		dataset.PersonValue("", 0), dataset.TimeValue(time.Time{}),
	} {
		if v != (dataset.Value{}) || !v.IsBlank() {
			t.Errorf("%+v should be blank", v)
		}
	}
	if v := (dataset.Value{Kind: dataset.Text}); !v.IsBlank() {
		t.Error("an empty text is blank, however it was made")
	}
	for _, v := range []dataset.Value{dataset.NumberValue(0), dataset.MoneyValue(0), dataset.YesNoValue(false), dataset.DateValue(0), dataset.LengthValue(calendar.Duration{}), dataset.TextValue(" "), dataset.PersonValue("", 4)} {
		if v.IsBlank() {
			t.Errorf("%+v should not be blank", v)
		}
	}
}

func TestKindsAndClasses(t *testing.T) {
	for k := dataset.Text; k <= dataset.File; k++ {
		if got, ok := dataset.ParseKind(k.String()); !ok || got != k {
			t.Errorf("kind %d is written %s and read as %d", k, k, got)
		}
	}
	for c := dataset.Free; c <= dataset.Special; c++ {
		if got, ok := dataset.ParseClass(c.String()); !ok || got != c {
			t.Errorf("class %d is written %s and read as %d", c, c, got)
		}
	}
	if _, ok := dataset.ParseKind("blank"); ok {
		t.Error("no column is of kind blank")
	}
	if _, ok := dataset.ParseClass("secret"); ok {
		t.Error("there is no class secret")
	}
}

func TestPlain(t *testing.T) {
	for in, want := range map[string]string{
		"":         "",
		"Jo Marsh": "Jo Marsh",
		"Zoë Żak, O’Brien — 李小龍 Ωmega Jose\u0301": "Zoë Żak, O’Brien — 李小龍 Ωmega Jose\u0301",
		"line\nbreak\r\nand\rmore":                "line↵break↵and↵more",
		"a\tb":                                    "a⇥b",
		"a\u202eb\u2066c\u200f":                   "a‹U+202E›b‹U+2066›c‹U+200F›",
		"a\x00b\x1b[31mc\x7f":                     "a‹U+0000›b‹U+001B›[31mc‹U+007F›",
		"a\u200bb\ufeffc\u00add\u2060e\u3164f":    "a‹U+200B›b‹U+FEFF›c‹U+00AD›d‹U+2060›e‹U+3164›f",
		"bad \xff\xfe bytes":                      "bad ‹byte FF›‹byte FE› bytes",
		"\n\u200d\ufe0f":                          "↵‹U+200D›‹U+FE0F›",
		"para\u2028graph\u0085":                   "para↵graph↵",
		"👩‍👩‍👧 👍🏽 ❤️ 1️⃣ 🏳️‍🌈":                                             "👩‍👩‍👧 👍🏽 ❤️ 1️⃣ 🏳️‍🌈",
		"🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F up": "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F up",
		"🏴\U000E0067 hidden":           "🏴‹U+E0067› hidden",
		"text\U000E0041\U000E0042":     "text‹U+E0041›‹U+E0042›",
		"a\u200db and x\ufe0f":         "a‹U+200D›b and x‹U+FE0F›",
		"नहीं क्\u200dष می\u200cخواهم": "नहीं क्\u200dष می\u200cخواهم",
		"private \ue000":               "private ‹U+E000›",
		"nbsp\u00a0stays":              "nbsp\u00a0stays",
		"\U0001F3F4":                   "\U0001F3F4",
	} {
		if got := dataset.Plain(in); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

// oddText draws text full of what Plain is there for.
var oddText = rapid.Custom(func(t *rapid.T) string {
	odd := []string{"a", "é", "\u0301", "\n", "\r", "\t", "\x00", "\u200d", "\u200c", "\u202e", "👩", "🏴", "\U000E0067", "\U000E007F", "\ufe0f", "\xff", "ष", "1", "\u2028", "‹", "\ufe00", "漢"}
	return strings.Join(rapid.SliceOf(rapid.SampledFrom(odd)).Draw(t, "text"), "")
})

func TestPlainTwiceIsPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := oddText.Draw(t, "s")
		once := dataset.Plain(s)
		if twice := dataset.Plain(once); twice != once {
			t.Fatalf("%q: %q, then %q", s, once, twice)
		}
		if strings.ContainsAny(once, "\n\r\t\x00\u202e\u2028") {
			t.Fatalf("%q leaves %q", s, once)
		}
	})
}

func FuzzPlain(f *testing.F) {
	f.Add("Jo\u202eMarsh\x00")
	f.Add("🏴\U000E0067\U000E0062\U000E007F\xff")
	f.Fuzz(func(t *testing.T, s string) {
		once := dataset.Plain(s)
		if twice := dataset.Plain(once); twice != once {
			t.Fatalf("%q: %q, then %q", s, once, twice)
		}
	})
}
