package sheet

import (
	"context"
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Look is how a file is read, for a person to judge: what Read makes of it,
// and why.
type Look struct {
	dataset.Reading
	Sheets  []Tab    // of a workbook
	Columns []Column // one for each heading, in their order
	Like    string   // the list whose headings these most resemble, where none was named
}

// A Tab is a sheet of a workbook.
type Tab struct {
	Name   string
	Hidden bool
	Read   bool
}

// A Column is one column of a file.
type Column struct {
	Letter  string // as a spreadsheet names it
	Heading string
	As      string // the column of the dataset that it is; empty: none, or no dataset was named
	Kind    string // what its cells are read as: date, money, email address; empty: not read
	Why     string // for which reason
	Filled  int    // cells that could be read
	Blank   int
	Unread  int   // cells that could not
	Pence   int64 // the total of a column of money
}

// LookAt reads the file that spec names below the folder as a list of schema.
// Without a schema it guesses, from the look of the cells, what each column is,
// and by the headings of the known lists which of them it may be; then it lets go
// of the cells once they are counted: the largest text takes 120 MB, and a workbook
// of 250,000 rows 200.
func LookAt(ctx context.Context, folder string, spec Spec, schema *dataset.Schema, known []*dataset.Schema, clock calendar.Clock) (Look, error) {
	if err := ctx.Err(); err != nil {
		return Look{}, err
	}
	r, err := openRoom(folder)
	if err != nil {
		return Look{}, err
	}
	defer r.close()
	data, modified, err := r.read(spec.From, maxBytes)
	if err != nil {
		return Look{}, err
	}
	l := Look{Reading: newReading(spec.From, modified, clock)}
	sum := digest(data)
	err = l.read(data, spec, schema, known, clock)
	l.SHA256 = <-sum
	if err != nil {
		return Look{}, fmt.Errorf("%s: %w", shown(spec.From), err)
	}
	return l, nil
}

func (l *Look) read(data []byte, spec Spec, schema *dataset.Schema, known []*dataset.Schema, clock calendar.Clock) error {
	src, err := openSource(data)
	if err != nil {
		return err
	}
	if schema != nil {
		err = l.as(src, spec, schema, clock)
	} else {
		err = l.guess(src, spec, known, clock)
	}
	for _, w := range src.ways {
		if w.comma == 0 {
			l.Sheets = append(l.Sheets, Tab{Name: w.sheet, Hidden: w.hidden, Read: w.sheet == l.Sheet})
		}
	}
	return err
}

// as reads the file as a list of the schema.
func (l *Look) as(src *source, spec Spec, schema *dataset.Schema, clock calendar.Clock) error {
	m, err := newMapper(spec, schema)
	if err != nil {
		return err
	}
	t, at, err := typeTable(&l.Reading, src, m, clock, nil)
	if err != nil {
		return err
	}
	for place, heading := range l.Header {
		c := Column{Letter: letters(place), Heading: heading, Why: "no column of " + schema.Name + " has this heading"}
		if heading == "" {
			c.Why = "it has no heading"
		}
		for i := range at {
			if at[i] != place {
				continue
			}
			c.As, c.Kind, c.Why = schema.Columns[i].Name, t.cols[i].sort(), m.why(heading, i)
			if proof := t.cols[i].dates.words(t.order); proof != "" {
				c.Why += "; " + proof
			}
			l.count(&c, i, sum{})
			break
		}
		l.Columns = append(l.Columns, c)
	}
	return nil
}

// guess reads the file by the look of its cells.
func (l *Look) guess(src *source, spec Spec, known []*dataset.Schema, clock calendar.Clock) error {
	lay, widest, err := guessLayout(src, spec, known)
	if err != nil {
		return err
	}
	order, err := parseOrder(spec.Dates)
	if err != nil {
		return err
	}
	schema, uses, whys, err := guessSchema(lay, widest, referenceYear(l.Modified, clock), clock, order, src)
	if err != nil {
		return err
	}
	place := make([]int, len(schema.Columns))
	for i := range place {
		place[i] = i
	}
	describe(&l.Reading, src, &lay)
	l.Like = alike(lay.header, known)
	l.Notes = sheetNotes(&candidate{layout: lay}, src)
	t := newTyper(schema, clock, referenceYear(l.Modified, clock), order, place)
	t.damaged, t.zero, t.sums = src.damaged, src.zero, make([]sum, len(schema.Columns))
	for i, use := range uses {
		t.cols[i].use = use
	}
	whole := lay
	if len(whole.header) < widest { // cells without a heading are read too
		whole.header = append(append([]string{}, lay.header...), make([]string, widest-len(lay.header))...)
	}
	if err := t.rows(&l.Reading, whole); err != nil {
		return err
	}
	for i := range schema.Columns {
		c := Column{Letter: letters(i), Kind: t.cols[i].sort(), Why: whys[i]}
		if i < len(lay.header) {
			c.Heading = lay.header[i]
		}
		if proof := t.cols[i].dates.words(order); proof != "" {
			c.Why += "; " + proof
		}
		l.count(&c, i, t.sums[i])
		l.Columns = append(l.Columns, c)
	}
	return nil
}

// A sum is what the cells of a column come to.
type sum struct {
	filled, blank int
	pence         int64
}

func (s *sum) add(v dataset.Value) {
	switch v.Kind {
	case dataset.Blank:
		s.blank++
	case dataset.Money:
		s.pence += v.N
		s.filled++
	default:
		s.filled++
	}
}

// forget adds up the cells of the last record and lets go of them, if nobody
// wants more of them than their sums and none waits for another row to be read:
// however long the file is, it is looked at in little room.
func (t *typer) forget(reading *dataset.Reading, cells []dataset.Value) bool {
	if t.sums == nil || t.waits {
		t.waits = false
		return false
	}
	for i, v := range cells {
		t.sums[i].add(v)
	}
	reading.Records[len(reading.Records)-1].Cells = nil
	clear(cells)
	return true
}

// count sums up the cells of a column, beyond those that were forgotten.
func (l *Look) count(c *Column, i int, s sum) {
	for _, rec := range l.Records {
		if rec.Cells != nil {
			s.add(rec.Cells[i])
		}
	}
	c.Filled, c.Blank, c.Pence = s.filled, s.blank, s.pence
	name := c.As
	if name == "" {
		name = columnTitle(c.Heading, i)
	}
	for _, rec := range l.Records {
		for _, p := range rec.Problems {
			if p.Column == name {
				c.Unread++
			}
		}
	}
	c.Blank -= c.Unread
}

// sort is what the cells of a column are read as, in words.
func (c *column) sort() string {
	switch c.use {
	case emailText:
		return "email address"
	case phoneText:
		return "telephone number"
	case postcodeText:
		return "postcode"
	}
	switch c.kind {
	case dataset.Blank:
		return ""
	case dataset.Length:
		return "length of time"
	case dataset.Time:
		return "date and time"
	case dataset.Reference:
		return "name of a record"
	}
	return c.kind.String()
}

// words says what a column of dates proves.
func (d *dateColumn) words(given order) string {
	switch {
	case d.day+d.month+d.unsure == 0:
		return ""
	case given == dayFirst:
		return "the day stands first, as you say"
	case given == monthFirst:
		return "the month stands first, as you say"
	}
	switch d.proof() {
	case dayFirst:
		return fmt.Sprintf("the day stands first, as %s", cellsProve(d.day))
	case monthFirst:
		return fmt.Sprintf("the month stands first, as %s", cellsProve(d.month))
	case mixed:
		return "some cells have the day first and others the month"
	}
	return "no cell proves whether the day or the month stands first"
}

func cellsProve(n int) string {
	if n == 1 {
		return "1 cell proves"
	}
	return fmt.Sprintf("%d cells prove", n)
}

// why says for which reason a heading is a column's.
func (m *mapper) why(heading string, column int) string {
	if m.letter[column] > 0 || m.spec.Columns[m.schema.Columns[column].Name] != "" {
		return "as constituency.yaml says"
	}
	for _, c := range m.claims[fold(heading)] {
		if c.column != column {
			continue
		}
		switch c.tier {
		case named:
			return "its name"
		case known:
			return "the layout " + m.profile.name
		case synonym:
			return "another word for it"
		}
	}
	return "made of others"
}

// columnTitle is how problems name a column that is no dataset's.
func columnTitle(heading string, i int) string {
	if heading = strings.Join(strings.Fields(heading), " "); heading != "" && len(heading) <= 60 {
		return heading + " (" + letters(i) + ")"
	}
	return "column " + letters(i)
}
