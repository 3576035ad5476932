package playbook

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"gopkg.in/yaml.v3"
)

// kindNames are the words for kinds in schemas and law tables.
var kindNames = map[string]dataset.Kind{
	"text": dataset.Text, "choice": dataset.Choice, "number": dataset.Number, "money": dataset.Money,
	"yes/no": dataset.YesNo, "date": dataset.Date, "time": dataset.Time, "duration": dataset.Length,
	"person": dataset.Person, "reference": dataset.Reference, "file": dataset.File,
}

// kindWords says a kind in a message.
func kindWords(k dataset.Kind) string {
	switch k {
	case dataset.YesNo:
		return "a yes or no"
	case dataset.Money:
		return "an amount of money"
	case dataset.Length:
		return "a duration"
	}
	for name, kind := range kindNames {
		if kind == k {
			return "a " + name
		}
	}
	return "a value"
}

// typeWords says what an expression gives, in a message.
func typeWords(t dataset.Type) string {
	switch {
	case t.Record != nil:
		return "a record of " + t.Record.Name
	case t.List != nil:
		return "a list"
	case t.Fields != nil:
		return "a structure"
	}
	return kindWords(t.Kind)
}

// date reads a civil day, 2026-11-03.
func (v value) date(what string) (calendar.Date, bool) {
	s, ok := v.word(what)
	if !ok {
		return 0, false
	}
	day, err := calendar.ParseDate(s)
	if err != nil {
		v.fault("write it as 2026-11-03", "%s %q is not a date.", sentence(what), plain(s))
		return 0, false
	}
	return day, true
}

// duration reads a number of units, "7 days".
func (v value) duration(what string) (calendar.Duration, bool) {
	s, ok := v.word(what)
	if !ok {
		return calendar.Duration{}, false
	}
	d, err := calendar.ParseDuration(s)
	if err != nil {
		v.fault("write a number and a unit: 7 days, 10 working days, 2 weeks, 3 months", "%s %q is not a duration.", sentence(what), plain(s))
		return d, false
	}
	return d, true
}

// money reads an amount with its pound sign.
func (v value) money(what string) (int64, bool) {
	s, ok := v.word(what)
	if !ok {
		return 0, false
	}
	pence, ok := parseMoney(s)
	if !ok {
		v.fault("write it as £500 or £1,234.50", "%s %q is not an amount of money.", sentence(what), plain(s))
	}
	return pence, ok
}

// parseMoney reads "£1,234.50" as pence.
func parseMoney(s string) (int64, bool) {
	rest, neg := strings.CutPrefix(s, "-")
	rest, ok := strings.CutPrefix(rest, "£")
	if !ok {
		return 0, false
	}
	whole, part, hasPart := strings.Cut(rest, ".")
	if hasPart && len(part) != 2 || !grouped(whole) {
		return 0, false
	}
	if !hasPart {
		part = "00"
	}
	n, err := strconv.ParseUint(strings.ReplaceAll(whole, ",", "")+part, 10, 62)
	if err != nil {
		return 0, false
	}
	if neg {
		return -int64(n), true
	}
	return int64(n), true
}

// grouped reports digits whose commas, if any, stand at the thousands.
func grouped(s string) bool {
	groups := strings.Split(s, ",")
	for i, g := range groups {
		if g == "" || strings.Trim(g, "0123456789") != "" || len(groups) > 1 && (i > 0 && len(g) != 3 || i == 0 && len(g) > 3) {
			return false
		}
	}
	return true
}

// clockTime reads 09:00 as minutes after midnight.
func (v value) clockTime(what string) (int, bool) {
	s, ok := v.word(what)
	if !ok {
		return 0, false
	}
	t, err := time.Parse("15:04", s)
	if err != nil || len(s) != 5 {
		v.fault(`write it as "09:00"`, "%s %q is not a time of day.", sentence(what), plain(s))
		return 0, false
	}
	return t.Hour()*60 + t.Minute(), true
}

// literal reads a value of a column's kind. The clock is needed for times.
func (v value) literal(what string, col *dataset.Column, clock calendar.Clock) (dataset.Value, bool) {
	switch col.Kind {
	case dataset.Choice:
		s, ok := v.text(what)
		if ok && !slices.Contains(col.Choices, s) {
			v.fault(didYouMean(s, col.Choices), "%s cannot be %q.", sentence(what), plain(s))
			return dataset.Value{}, false
		}
		return dataset.ChoiceValue(s), ok
	case dataset.Number:
		n, ok := v.number(what, -math.MaxInt32, math.MaxInt32)
		return dataset.NumberValue(int64(n)), ok
	case dataset.Money:
		n, ok := v.money(what)
		return dataset.MoneyValue(n), ok
	case dataset.YesNo:
		b, ok := v.yesNo(what)
		return dataset.YesNoValue(b), ok
	case dataset.Date:
		d, ok := v.date(what)
		return dataset.DateValue(d), ok
	case dataset.Length:
		d, ok := v.duration(what)
		return dataset.LengthValue(d), ok
	case dataset.Time:
		return v.moment(what, clock)
	}
	s, ok := v.text(what)
	switch col.Kind {
	case dataset.Person:
		return dataset.PersonValue(s, 0), ok
	case dataset.Reference:
		return dataset.ReferenceValue(s), ok
	case dataset.File:
		return dataset.FileValue(s), ok
	}
	return dataset.TextValue(s), ok
}

// moment reads a day and a time of day, "2026-11-03 19:30", in the
// constituency's zone.
func (v value) moment(what string, clock calendar.Clock) (dataset.Value, bool) {
	s, ok := v.text(what)
	if !ok {
		return dataset.Value{}, false
	}
	day, hour, _ := strings.Cut(s, " ")
	d, err := calendar.ParseDate(day)
	t, err2 := time.Parse("15:04", hour)
	if err != nil || err2 != nil {
		v.fault("write it as 2026-11-03 19:30", "%s %q is not a day and a time.", sentence(what), plain(s))
		return dataset.Value{}, false
	}
	return dataset.TimeValue(clock.On(d, t.Hour()*60+t.Minute())), true
}

// ParseCell reads what a person typed as a value of a column: a local fact.
// The error is a sentence with a hint.
func ParseCell(col *dataset.Column, text string, clock calendar.Clock) (dataset.Value, error) {
	var faults []Fault
	v := value{&yaml.Node{Kind: yaml.ScalarNode, Style: yaml.DoubleQuotedStyle, Value: text, Line: 1, Column: 1}, &doc{out: &faults}}
	cell, ok := v.literal(col.Name, col, clock)
	if ok {
		return cell, nil
	}
	why := "it cannot be read"
	if len(faults) > 0 {
		why = strings.TrimSuffix(faults[0].Text, ".")
		if faults[0].Hint != "" {
			why += " (" + faults[0].Hint + ")"
		}
	}
	return dataset.Value{}, errors.New(why)
}
