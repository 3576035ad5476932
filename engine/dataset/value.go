package dataset

import (
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
)

// text makes a value of a kind that is text. Empty text is a blank cell.
func text(k Kind, s string) Value {
	if s == "" {
		return Value{}
	}
	return Value{Kind: k, S: s}
}

// TextValue is a text; an empty one is blank.
func TextValue(s string) Value { return text(Text, s) }

// ChoiceValue is one of a column's choices; an empty one is blank.
func ChoiceValue(s string) Value { return text(Choice, s) }

// ReferenceValue is the key of a record of another dataset; an empty one is blank.
func ReferenceValue(key string) Value { return text(Reference, key) }

// FileValue is the SHA-256 of a file's bytes; an empty one is blank.
func FileValue(sha string) Value { return text(File, sha) }

// PersonValue is a person as written, and the one it was matched with, or 0.
func PersonValue(s string, ref Ref) Value {
	if s == "" && ref == 0 {
		return Value{}
	}
	return Value{Kind: Person, S: s, N: int64(ref)}
}

// NumberValue is a whole number.
func NumberValue(n int64) Value { return Value{Kind: Number, N: n} }

// MoneyValue is an amount in pence.
func MoneyValue(pence int64) Value { return Value{Kind: Money, N: pence} }

// YesNoValue is yes or no.
func YesNoValue(yes bool) Value {
	if yes {
		return Value{Kind: YesNo, N: 1}
	}
	return Value{Kind: YesNo}
}

// DateValue is a civil day.
func DateValue(d calendar.Date) Value { return Value{Kind: Date, N: int64(d)} }

// TimeValue is an instant, to the microsecond. The zero time is blank.
func TimeValue(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return Value{Kind: Time, N: t.UnixMicro()}
}

// LengthValue is a duration.
func LengthValue(d calendar.Duration) Value {
	return Value{Kind: Length, Unit: d.Unit, N: int64(d.N)}
}

// IsBlank says whether there is nothing in the cell.
func (v Value) IsBlank() bool {
	switch v.Kind {
	case Blank:
		return true
	case Text, Choice, Reference, File:
		return v.S == ""
	case Person:
		return v.S == "" && v.N == 0
	}
	return false
}

// AsDate gives the day of a Date; it means nothing for other kinds.
func (v Value) AsDate() calendar.Date { return calendar.Date(v.N) }

// AsTime gives the instant of a Time, in UTC; it means nothing for other kinds.
func (v Value) AsTime() time.Time { return time.UnixMicro(v.N).UTC() }

// AsLength gives the duration of a Length; it means nothing for other kinds.
func (v Value) AsLength() calendar.Duration {
	return calendar.Duration{N: int(v.N), Unit: v.Unit}
}

// Words gives the value as people write it: £1,234.50, 3 November 2026,
// 3 November 2026 at 19:30, yes, 7 days. Text is given as it was found; Plain
// makes it fit to show. A blank is nothing.
func (v Value) Words(c calendar.Clock) string {
	switch v.Kind {
	case Number:
		return strconv.FormatInt(v.N, 10)
	case Money:
		return pounds(v.N)
	case YesNo:
		if v.N != 0 {
			return "yes"
		}
		return "no"
	case Date:
		return v.AsDate().Words()
	case Time:
		return c.Words(v.AsTime())
	case Length:
		return v.AsLength().String()
	case Text:
		return phoneWords(v.S)
	}
	return v.S
}

// Spoken gives the value as it is said to people: a choice is not written to them
// as it stands in a playbook, all_member.
func (v Value) Spoken(c calendar.Clock) string {
	if v.Kind == Choice {
		return strings.ReplaceAll(v.S, "_", " ")
	}
	return v.Words(c)
}

// pounds writes pence as £1,234.50, and what is owed as -£12.00.
func pounds(pence int64) string {
	sign, n := "", uint64(pence)
	if pence < 0 {
		sign, n = "-", -n
	}
	whole := strconv.FormatUint(n/100, 10)
	out := make([]byte, 0, len(sign)+len(whole)*4/3+6)
	out = append(append(out, sign...), "£"...)
	for i := range len(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, whole[i])
	}
	return string(append(out, '.', byte('0'+n%100/10), byte('0'+n%10)))
}
