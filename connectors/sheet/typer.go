package sheet

import (
	"strings"
	"time"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A use is what a column of text is read as.
type use uint8

const (
	plainText use = iota
	emailText
	phoneText
	postcodeText
)

// A column is one column of the schema with all that is needed to read its
// cells.
type column struct {
	name    string
	kind    dataset.Kind
	use     use
	birth   bool // days on which people were born
	at      int  // its place in the file, or -1
	choices map[string]string
	seen    map[string]dataset.Value // cells of a choice or a length read before
	list    string                   // the choices, for a problem
	dates   dateColumn

	lately [16]meant // cells of a choice, a length or a reference that were read before
}

// A typer turns rows of text into records.
type typer struct {
	schema *dataset.Schema
	clock  calendar.Clock
	year   int // against which years of two digits are read
	order  order
	cols   []column
	key    []int // places of the key's columns in cols
	docs   *shelf

	zero    calendar.Date      // from which the file's day numbers count
	made    strings.Builder    // texts that were made, and do not stand in the file
	note    string             // of the cell that is being read
	waits   bool               // a cell of the row that is being read waits for others
	sums    []sum              // of the columns, where nothing else is wanted of the cells
	damaged bool               // somewhere in the text letters were lost
	mapped  int                // columns that have a place in the file
	months  [400 * 12]firstDay // of the years from 1800, as far as they were needed
	days    [128]wholeDay      // the last that were needed
}

// A firstDay is the day before the first of a month, if it is known.
type firstDay struct {
	before calendar.Date
	known  bool
}

// day is the day of a date that is possible.
func (t *typer) day(year, month, day int) calendar.Date {
	i := (year-1800)*12 + month - 1
	if i < 0 || i >= len(t.months) {
		return calendar.NewDate(year, time.Month(month), day)
	}
	m := &t.months[i]
	if !m.known {
		m.before, m.known = calendar.NewDate(year, time.Month(month), 1)-1, true
	}
	return m.before + calendar.Date(day)
}

func newTyper(schema *dataset.Schema, clock calendar.Clock, year int, order order, at []int) *typer {
	if clock.Zone == nil {
		clock.Zone = time.UTC
	}
	t := &typer{schema: schema, clock: clock, year: year, order: order, zero: zero1900, cols: make([]column, len(schema.Columns))}
	for i := range schema.Columns {
		c := &schema.Columns[i]
		t.cols[i] = column{name: c.Name, kind: c.Kind, use: useOf(schema, c), at: at[i]}
		t.cols[i].birth = c.Kind == dataset.Date && c.Name == "born"
		if c.Kind == dataset.Choice {
			t.cols[i].learn(c)
		}
		if at[i] >= 0 {
			t.mapped++
		}
	}
	for _, name := range schema.Key {
		if i := columnOf(schema, name); i >= 0 {
			t.key = append(t.key, i)
		}
	}
	return t
}

// learn takes in the words of a choice. A choice's own name wins over another
// choice's meaning.
func (c *column) learn(of *dataset.Column) {
	c.choices, c.seen = make(map[string]string), make(map[string]dataset.Value)
	for _, choice := range of.Choices {
		if f := fold(choice); f != "" {
			c.choices[f] = choice
		}
		for _, word := range of.Meanings[choice] {
			if f := fold(word); f != "" && c.choices[f] == "" {
				c.choices[f] = choice
			}
		}
	}
	for _, choice := range of.Choices {
		c.choices[fold(choice)] = choice
	}
	c.list = strings.Join(of.Choices, ", ")
}

// useProfile adds the words of a register to the choices.
func (t *typer) useProfile(p *profile) {
	if p == nil {
		return
	}
	for i := range t.cols {
		c := &t.cols[i]
		if c.kind != dataset.Choice {
			continue
		}
		for word, ours := range p.words {
			if c.choices[word] != "" {
				continue
			}
			for _, choice := range ours {
				if has(t.schema.Columns[i].Choices, choice) {
					c.choices[word] = choice
					break
				}
			}
		}
	}
}

func has(list []string, s string) bool {
	for _, v := range list {
		if v == s {
			return true
		}
	}
	return false
}

// useOf tells columns of addresses and telephone numbers by the schema's word
// or their own name.
func useOf(schema *dataset.Schema, c *dataset.Column) use {
	if c.Kind != dataset.Text {
		return plainText
	}
	name := "_" + c.Name + "_"
	contact := c.Class == dataset.Contact
	switch {
	case c.Name == schema.Email, c.Name == "email", contact && strings.Contains(name, "_email_"):
		return emailText
	case c.Name == "phone", c.Name == "mobile",
		contact && (strings.Contains(name, "_phone_") || strings.Contains(name, "_mobile_") || strings.Contains(name, "_telephone_")):
		return phoneText
	case c.Name == "postcode", contact && strings.Contains(name, "_postcode_"):
		return postcodeText
	}
	return plainText
}

// A meant is a cell and what it meant.
type meant struct {
	s string
	v dataset.Value
}

// before is where the meaning of a cell is kept: the few that a column has mostly
// begin with different letters.
func (c *column) before(s string) *meant { return &c.lately[(int(s[0])+len(s))%len(c.lately)] }

// read types one cell, which is not blank, into v. A reason means that it
// could not be read; v is then to be left blank. A date whose order is not known
// yet is read as if the day stood first, and unsure.
func (t *typer) read(c *column, s string, v *dataset.Value) (why string, unsure bool) {
	if s[0] == '#' || len(s) > maxCell || t.damaged {
		if why = spoiled(s); why != "" {
			return why, false
		}
	}
	switch c.kind {
	case dataset.Text:
		*v, why = t.readText(c, s)
	case dataset.Choice:
		*v, why = c.choice(s)
	case dataset.Number:
		*v, why = readNumber(s)
	case dataset.Money:
		*v, why = readMoney(s)
	case dataset.YesNo:
		*v, why = readYesNo(s)
	case dataset.Date, dataset.Time:
		if *v, why, unsure = t.readDay(c, s); c.birth && why == "" {
			if why = t.noBirth(v.AsDate()); why != "" {
				*v = dataset.Value{}
			}
		}
	case dataset.Length:
		*v, why = c.length(s)
	case dataset.Person:
		*v = dataset.PersonValue(tidy(s), 0)
	case dataset.Reference:
		if *v = dataset.ReferenceValue(keyText(s)); damagedNumber(v.S) {
			why = damagedWhy
		}
	case dataset.File:
		*v, why = t.docs.take(s)
	default:
		why = "a column of this kind cannot be read from a file"
	}
	if (why != "" || c.kind >= dataset.Person) && c.kind != dataset.Text && absent(s) {
		*v = dataset.Value{}
		return "", false
	}
	return why, unsure
}

// spoiled says what is wrong with a cell of whatever kind: an error of the
// spreadsheet, or letters that were lost.
func spoiled(s string) string {
	if s[0] == '#' {
		switch {
		case strings.Trim(s, "#") == "" && len(s) > 2:
			return "the spreadsheet column was too narrow when it was saved; widen it and save again"
		case strings.EqualFold(s, "#N/A"), strings.EqualFold(s, "#REF!"), strings.EqualFold(s, "#VALUE!"), strings.EqualFold(s, "#DIV/0!"),
			strings.EqualFold(s, "#NAME?"), strings.EqualFold(s, "#NUM!"), strings.EqualFold(s, "#NULL!"), strings.EqualFold(s, "#SPILL!"):
			return "an error message of the spreadsheet, not a value"
		}
	}
	if len(s) > maxCell {
		return "longer than any cell of a spreadsheet"
	}
	if strings.Contains(s, "\uFFFD") {
		return "some of its letters were lost when the file was saved; save it as CSV UTF-8"
	}
	return ""
}

// absent reports whether a cell says that there is nothing to say.
func absent(s string) bool {
	if c := s[0] | 0x20; c != 'n' && c < 0x80 && c != '-' && c != '.' {
		return false
	}
	switch s {
	case "-", "--", "–", "—", ".", "n/a", "N/A", "na", "NA", "N/a", "n.a.":
		return true
	}
	switch len(s) {
	case 3:
		return strings.EqualFold(s, "nil")
	case 4:
		return strings.EqualFold(s, "none") || strings.EqualFold(s, "null")
	case 14:
		return strings.EqualFold(s, "not applicable")
	}
	return false
}

// trim takes away space around s, hard and invisible space too.
func trim(s string) string {
	for len(s) > 0 && (s[0] == ' ' || s[0] == '\t') {
		s = s[1:]
	}
	for len(s) > 0 && (s[len(s)-1] == ' ' || s[len(s)-1] == '\t') {
		s = s[:len(s)-1]
	}
	if len(s) > 0 && (s[0] < ' ' || s[0] >= utf8.RuneSelf || s[len(s)-1] < ' ' || s[len(s)-1] >= utf8.RuneSelf) {
		return strings.TrimFunc(s, isSpace)
	}
	return s
}

func isSpace(r rune) bool {
	switch r {
	case ' ', '\t', '\n', '\r', '\v', '\f', 0x85, 0xA0, 0x1680, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000, 0x200B, 0x2060, 0xFEFF:
		return true
	}
	return r >= 0x2000 && r <= 0x200A
}

// unwrap takes off what people and programs put round a cell so that a
// spreadsheet leaves it alone: ="00123" and '00123.
func unwrap(s string) string {
	if len(s) >= 3 && s[0] == '=' && s[1] == '"' && s[len(s)-1] == '"' && strings.IndexByte(s[2:len(s)-1], '"') < 0 {
		return trim(s[2 : len(s)-1])
	}
	if len(s) >= 2 && s[0] == '\'' && strings.IndexByte("0123456789+-=@", s[1]) >= 0 {
		return trim(s[1:])
	}
	return s
}

// tidy gives text as it is kept: one kind of line end, nothing else changed.
func tidy(s string) string {
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	}
	return s
}

// keyText gives a key as it is kept: on one line, single spaces.
func keyText(s string) string {
	s = unwrap(s)
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= utf8.RuneSelf {
			return strings.Join(strings.FieldsFunc(s, isSpace), " ")
		}
	}
	return s
}
