package sheet

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

func (t *typer) readText(c *column, s string) (dataset.Value, string) {
	switch c.use {
	case emailText:
		return t.readEmail(s)
	case phoneText:
		return t.readPhone(s)
	case postcodeText:
		return t.readPostcode(s)
	}
	text := unwrap(s)
	if damagedNumber(text) {
		return dataset.Value{}, damagedWhy
	}
	return dataset.TextValue(tidy(text)), ""
}

// choice finds the choice that a cell means.
func (c *column) choice(s string) (dataset.Value, string) {
	if v, ok := c.seen[s]; ok {
		return v, ""
	}
	if len(s) > 200 {
		return dataset.Value{}, "not one of the choices, which are " + c.list
	}
	got := c.choices[fold(s)]
	if got == "" {
		if absent(s) {
			return dataset.Value{}, ""
		}
		return dataset.Value{}, "not one of the choices, which are " + c.list
	}
	v := dataset.ChoiceValue(got)
	c.remember(s, v)
	return v, ""
}

// remember keeps what a cell meant: columns of choices and of lengths have few
// different cells.
func (c *column) remember(s string, v dataset.Value) {
	if c.seen == nil {
		c.seen = make(map[string]dataset.Value)
	}
	if len(c.seen) < 1000 {
		c.seen[s] = v
	}
}

func (c *column) length(s string) (dataset.Value, string) {
	if v, ok := c.seen[s]; ok {
		return v, ""
	}
	d, err := calendar.ParseDuration(s)
	if err != nil {
		return dataset.Value{}, "not a length of time; write it like 7 days"
	}
	v := dataset.LengthValue(d)
	c.remember(s, v)
	return v, ""
}

func readYesNo(s string) (dataset.Value, string) {
	switch s {
	case "Yes", "yes", "True", "TRUE", "1":
		return dataset.YesNoValue(true), ""
	case "No", "no", "False", "FALSE", "0":
		return dataset.YesNoValue(false), ""
	}
	if len(s) <= 8 {
		switch strings.ToLower(s) {
		case "yes", "y", "true", "t", "1", "on", "x", "✓", "✔", "☑":
			return dataset.YesNoValue(true), ""
		case "no", "n", "false", "f", "0", "off", "✗", "✘", "☐":
			return dataset.YesNoValue(false), ""
		}
	}
	return dataset.Value{}, "neither yes nor no"
}

// damagedNumber reports whether s is a long number that a spreadsheet has
// shortened, 1.23457E+05: its last figures are gone.
func damagedNumber(s string) bool {
	if len(s) < 4 || s[0] < '0' || s[0] > '9' || s[len(s)-1] < '0' || s[len(s)-1] > '9' {
		return false
	}
	i := strings.IndexAny(s, "eE")
	if i < 1 || i+2 >= len(s) || s[i+1] != '+' {
		return false
	}
	return onlyDigits(s[i+2:]) && onlyDigits(strings.Replace(s[:i], ".", "", 1))
}

const damagedWhy = "a spreadsheet has shortened this number and its last figures are lost; format the column as text in the original and export it again"

const datedWhy = "a spreadsheet has turned this into a date, and what was typed is lost; format the column as text in the original and enter it again"

func onlyDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// readNumber reads a whole number: 12, 1,234, -3, 12.0.
func readNumber(s string) (dataset.Value, string) {
	const why = "not a whole number"
	if len(s) < 10 && onlyDigits(s) {
		return dataset.NumberValue(int64(number(s))), ""
	}
	text := unwrap(s)
	if damagedNumber(text) {
		return dataset.Value{}, damagedWhy
	}
	negative := false
	if rest, ok := cutMinus(text); ok {
		negative, text = true, rest
	} else {
		text = strings.TrimPrefix(text, "+")
	}
	whole, decimals, dotted := strings.Cut(text, ".")
	if dotted && decimals != "0" && decimals != "00" {
		return dataset.Value{}, why
	}
	n, bad := grouped(whole)
	if bad != "" {
		return dataset.Value{}, why
	}
	if negative {
		n = -n
	}
	return dataset.NumberValue(n), ""
}

func cutMinus(s string) (string, bool) {
	if s != "" && s[0] == '-' {
		return s[1:], true
	}
	return strings.CutPrefix(s, "−")
}

// readMoney reads pounds and pence, exactly: £1,234.50, 1234.5, (12.00),
// 12.00-, -£5, £-5, GBP 12, 50p.
func readMoney(s string) (dataset.Value, string) {
	if pence, ok := plainMoney(s); ok {
		return dataset.MoneyValue(pence), ""
	}
	text := unwrap(s)
	if damagedNumber(text) {
		return dataset.Value{}, damagedWhy
	}
	minus := 0
	if len(text) > 2 && text[0] == '(' && text[len(text)-1] == ')' {
		minus++
		text = trim(text[1 : len(text)-1])
	}
	pounds := false
	for again := true; again; {
		again = false
		if rest, ok := cutMinus(text); ok {
			minus++
			text, again = trim(rest), true
		}
		if rest, ok := strings.CutPrefix(text, "£"); ok && !pounds {
			pounds, again = true, true
			text = trim(rest)
		}
		if len(text) > 3 && strings.EqualFold(text[:3], "gbp") && !pounds {
			pounds, again = true, true
			text = trim(text[3:])
		}
	}
	if rest, ok := strings.CutSuffix(text, "-"); ok {
		minus++
		text = trim(rest)
	}
	if n := len(text); n > 3 && strings.EqualFold(text[n-3:], "gbp") && !pounds {
		pounds = true
		text = trim(text[:n-3])
	}
	if minus > 1 {
		return dataset.Value{}, "not an amount of money: it has more than one minus"
	}
	pence, why := readPence(text, pounds)
	if why != "" {
		return dataset.Value{}, why
	}
	if minus == 1 {
		pence = -pence
	}
	return dataset.MoneyValue(pence), ""
}

// plainMoney reads the commonest forms, £25, 25.5 and £25.50, and leaves all
// others to be looked at.
func plainMoney(s string) (int64, bool) {
	if len(s) > 2 && s[0] == 0xC2 && s[1] == 0xA3 { // £
		s = s[2:]
	}
	if len(s) > 12 || len(s) == 0 || s[0] == '.' {
		return 0, false
	}
	var n int64
	decimals := -1
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			if n = n*10 + int64(c-'0'); decimals >= 0 {
				decimals++
			}
		case c == '.' && decimals < 0:
			decimals = 0
		default:
			return 0, false
		}
	}
	switch decimals {
	case -1:
		return n * 100, true
	case 1:
		return n * 10, true
	case 2:
		return n, true
	}
	return 0, false
}

// readPence reads an amount without sign and currency.
func readPence(text string, pounds bool) (int64, string) {
	if strings.ContainsAny(text, "€$¥") {
		return 0, "not in pounds"
	}
	if rest, ok := strings.CutSuffix(text, "p"); ok && !pounds && onlyDigits(trim(rest)) && len(trim(rest)) < 16 {
		n, _ := grouped(trim(rest))
		return n, ""
	}
	whole, decimals, dotted := strings.Cut(text, ".")
	if dotted && whole == "" && onlyDigits(decimals) {
		whole = "0"
	}
	n, why := grouped(whole)
	if why != "" {
		return 0, why
	}
	n *= 100
	switch {
	case !dotted || decimals == "":
		return n, ""
	case !onlyDigits(decimals):
		if strings.ContainsRune(decimals, ',') {
			return 0, "a comma stands after the point; write pounds and pence as 1,234.50"
		}
		return 0, "not an amount of money"
	case len(decimals) == 1:
		return n + int64(decimals[0]-'0')*10, ""
	case len(decimals) == 2:
		return n + int64(decimals[0]-'0')*10 + int64(decimals[1]-'0'), ""
	}
	return 0, "more than two figures after the point, so the pence are not certain"
}

// grouped reads whole figures, in groups of three if they are grouped at all.
func grouped(s string) (int64, string) {
	if strings.IndexByte(s, ',') < 0 {
		if !onlyDigits(s) {
			if spaced, ok := ungroup(s, " "); ok {
				return whole(spaced)
			}
			return 0, "not an amount of money"
		}
		return whole(s)
	}
	joined, ok := ungroup(s, ",")
	if !ok {
		if onlyDigits(strings.ReplaceAll(s, ",", "")) {
			return 0, "the comma stands where neither thousands nor pence are certain; write 1,234.50"
		}
		return 0, "not an amount of money"
	}
	return whole(joined)
}

// ungroup joins groups of three figures.
func ungroup(s, by string) (string, bool) {
	s = strings.ReplaceAll(s, "\u00a0", " ")
	parts := strings.Split(s, by)
	for i, p := range parts {
		if !onlyDigits(p) || i > 0 && len(p) != 3 || i == 0 && len(p) > 3 {
			return "", false
		}
	}
	return strings.Join(parts, ""), true
}

func whole(s string) (int64, string) {
	s = strings.TrimLeft(s, "0")
	if len(s) > 15 {
		return 0, "larger than any amount that can be right"
	}
	var n int64
	for i := range len(s) {
		n = n*10 + int64(s[i]-'0')
	}
	return n, ""
}
