package sheet

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A Proposal says which columns of a file are which of a dataset's, for a person
// to agree to.
type Proposal struct {
	File, Sheet string
	HeaderRow   int
	Layout      string // the public layout that the headings have
	Columns     []Proposed
	Missing     []string // columns of the key that no heading is surely
	Lost        []string // columns that constituency.yaml maps to headings that the file has not
}

// A Proposed is one column of a file, and what it may be.
type Proposed struct {
	Letter, Heading string
	Mark            string   // by which constituency.yaml knows it: its heading, or "column F"
	Names           []string // the columns of the dataset that it is; more than one only where a person said so
	Sure            bool     // nobody needs to be asked, also where it is none
	Could           []string // where it is not sure: what it could be, the likeliest first
	Looks           string   // what its cells look like
	Why             string
	Samples         []string // up to three different cells, as they stand in the file
}

// samples is how many cells of a column are shown.
const samples = 3

// Propose looks at the file that spec names below the folder, and says which of
// its columns are which of the schema's: by what spec says already, by the
// headings, and by the look of the cells, which must not speak against it.
// Where there is doubt it decides nothing.
func Propose(ctx context.Context, folder string, spec Spec, schema *dataset.Schema, clock calendar.Clock) (Proposal, error) {
	if err := ctx.Err(); err != nil {
		return Proposal{}, err
	}
	r, err := openRoom(folder)
	if err != nil {
		return Proposal{}, err
	}
	defer r.close()
	data, modified, err := r.read(spec.From, maxBytes)
	if err != nil {
		return Proposal{}, err
	}
	p, err := propose(data, referenceYear(modified, clock), spec, schema, clock)
	if err != nil {
		return Proposal{}, fmt.Errorf("%s: %w", shown(spec.From), err)
	}
	p.File = spec.From
	return p, nil
}

func propose(data []byte, year int, spec Spec, schema *dataset.Schema, clock calendar.Clock) (Proposal, error) {
	src, err := openSource(data)
	if err != nil {
		return Proposal{}, err
	}
	m, err := newMapper(spec, schema)
	if err != nil {
		return Proposal{}, err
	}
	lay, widest, err := guessLayout(src, spec, []*dataset.Schema{schema})
	if err != nil {
		return Proposal{}, err
	}
	if lay.row == 0 {
		return Proposal{}, noHeadings(&candidate{layout: lay}, m)
	}
	kept, lost := standing(m, lay.header)
	if spec.Columns = kept; len(lost) > 0 { // they are to be found anew
		if m, err = newMapper(spec, schema); err != nil {
			return Proposal{}, err
		}
	}
	order, err := parseOrder(spec.Dates)
	if err != nil {
		return Proposal{}, err
	}
	looks, uses, _, err := guessSchema(lay, widest, year, clock, order, src)
	if err != nil {
		return Proposal{}, err
	}
	shows, err := sampled(lay, src, schema, clock, year)
	if err != nil {
		return Proposal{}, err
	}
	if !m.forced {
		if m.profile = layoutOf(lay.header, schema); m.profile != nil {
			m.useProfile()
		}
	}
	p := Proposal{Sheet: lay.sheet, HeaderRow: lay.row, Layout: m.profileName(), Lost: lost}
	for i, h := range lay.header {
		cells := column{kind: looks.Columns[i].Kind, use: uses[i]}
		p.Columns = append(p.Columns, Proposed{Letter: letters(i), Heading: h, Mark: mark(lay.header, i), Looks: cells.sort(), Samples: shows[i]})
		if len(shows[i]) == 0 {
			p.Columns[i].Looks = ""
		}
	}
	c := chooser{m: m, p: &p, looks: looks, uses: uses, taken: map[int]bool{}}
	c.headings(lay.header)
	c.resemblances()
	c.gaps()
	return p, nil
}

// standing parts what is written into what has its heading in the file and what
// has lost it.
func standing(m *mapper, header []string) (kept map[string]string, lost []string) {
	kept = map[string]string{}
	for _, name := range m.names {
		heading := m.spec.Columns[name]
		at, isPlace := place(heading)
		if isPlace && at < len(header) || !isPlace && slices.ContainsFunc(header, func(h string) bool { return fold(h) == fold(heading) }) {
			kept[name] = heading
		} else {
			lost = append(lost, name)
		}
	}
	return kept, lost
}

// sampled gives the first different cells of each column.
func sampled(lay layout, src *source, schema *dataset.Schema, clock calendar.Clock, year int) ([][]string, error) {
	g, err := lay.open(false)
	if err != nil {
		return nil, err
	}
	probe := newTyper(&dataset.Schema{}, clock, year, 0, nil)
	probe.zero = src.zero
	out := make([][]string, len(lay.header))
	for n := 0; n < guessRows && g.next(); {
		at := g.at()
		if at.row <= lay.row || at.fault != "" || probe.skip(at.cells, lay.header) != "" {
			continue
		}
		n++
		for i := range min(len(at.cells), len(out)) {
			if s := trim(at.cells[i]); s != "" && len(out[i]) < samples && !slices.Contains(out[i], s) {
				out[i] = append(out[i], strings.Clone(s))
			}
		}
	}
	return out, nil
}

// mark is how constituency.yaml names a column: by its heading, unless another
// has it too or it would be taken for a place.
func mark(header []string, i int) string {
	_, isPlace := place(header[i])
	if fold(header[i]) == "" || isPlace {
		return "column " + letters(i)
	}
	for j, h := range header {
		if j != i && fold(h) == fold(header[i]) {
			return "column " + letters(i)
		}
	}
	return header[i]
}

// A chooser decides which column is which, and where a person must.
type chooser struct {
	m     *mapper
	p     *Proposal
	looks *dataset.Schema
	uses  []use
	taken map[int]bool // columns of the dataset that are decided
}

// headings decides by the headings alone: by what is written, and then by the
// surest claims, if nothing else claims as much and the cells do not speak
// against it.
func (c *chooser) headings(header []string) {
	s := c.m.schema
	for column, at := range c.m.letter {
		if at < len(header) {
			c.take(at, column, "as constituency.yaml says or you say")
		}
	}
	best := make([]tier, len(s.Columns))
	places := make([][]int, len(s.Columns))
	for i := range best {
		best[i] = unmapped
	}
	for at, h := range header {
		claims := c.m.claims[fold(h)]
		for _, k := range claims {
			if k.tier != written && (beaten(k, claims) || c.m.profile.passesOver(h)) || c.taken[k.column] {
				continue
			}
			if k.tier < best[k.column] {
				best[k.column], places[k.column] = k.tier, nil
			}
			if k.tier == best[k.column] {
				places[k.column] = append(places[k.column], at)
			}
		}
	}
	for i := range s.Columns {
		against := ""
		switch {
		case len(places[i]) == 1:
			at := places[i][0]
			against = c.against(at, i)
			if best[i] == written {
				c.take(at, i, "as constituency.yaml says or you say")
				continue
			}
			if against == "" && best[i] == known && !c.m.profile.register && slices.Contains(s.Key, s.Columns[i].Name) {
				against = "it is the number of " + c.m.profile.name + ", which is not the party's own"
			}
			if against == "" && len(c.p.Columns[at].Names) == 0 {
				c.take(at, i, c.m.why(header[at], i))
				continue
			}
		case len(places[i]) > 1:
			against = "several headings could be " + s.Columns[i].Name
		}
		for _, at := range places[i] {
			c.doubt(at, i, against)
		}
	}
}

func (c *chooser) take(at, column int, why string) {
	x := &c.p.Columns[at]
	x.Names, x.Sure, x.Why = append(x.Names, c.m.schema.Columns[column].Name), true, why
	c.taken[column] = true
}

func (c *chooser) doubt(at, column int, why string) {
	x := &c.p.Columns[at]
	if name := c.m.schema.Columns[column].Name; len(x.Names) == 0 && !slices.Contains(x.Could, name) {
		x.Could = append(x.Could, name)
		if x.Why == "" {
			x.Why = why
		}
	}
}

// resemblances finds what the other columns could be: one whose heading is
// nearly theirs, or which alone is made for what the cells are.
func (c *chooser) resemblances() {
	for at := range c.p.Columns {
		x := &c.p.Columns[at]
		if len(x.Names) > 0 || len(x.Samples) == 0 || c.m.profile.passesOver(x.Heading) {
			continue
		}
		named := len(x.Could) > 0
		for i := range c.m.schema.Columns {
			of := &c.m.schema.Columns[i]
			if c.taken[i] || c.against(at, i) != "" {
				continue
			}
			if u := useOf(c.m.schema, of); u != plainText && u == c.uses[at] {
				c.doubt(at, i, "its cells look like what "+of.Name+" holds")
			} else if !named && resembles(x.Heading, of) {
				c.doubt(at, i, "its heading is like "+of.Name)
			} else if !named && means(of, x.Samples) {
				c.doubt(at, i, "its cells are words for "+of.Name)
			}
		}
	}
}

// gaps says what is left out, and what is still to be found.
func (c *chooser) gaps() {
	for i := range c.p.Columns {
		switch x := &c.p.Columns[i]; {
		case len(x.Names) > 0 || len(x.Could) > 0:
		case len(x.Samples) == 0:
			x.Sure, x.Why = true, "it has no cells"
		case c.m.profile.passesOver(x.Heading):
			x.Sure, x.Why = true, "the layout "+c.m.profile.name+" has something of its own there"
		default:
			x.Sure, x.Why = true, "no column of "+c.m.schema.Name+" is like it"
		}
	}
	for _, name := range c.m.needed() {
		if i := columnOf(c.m.schema, name); i >= 0 && !c.taken[i] {
			c.p.Missing = append(c.p.Missing, name)
		}
	}
}

// against says why the cells of a column cannot be what a column of the dataset
// holds; empty: nothing speaks against it.
func (c *chooser) against(at, column int) string {
	of := &c.m.schema.Columns[column]
	looks := &c.looks.Columns[at]
	if len(c.p.Columns[at].Samples) == 0 {
		return ""
	}
	want := useOf(c.m.schema, of)
	if fits(looks.Kind, c.uses[at], of, want, slices.Contains(c.m.schema.Key, of.Name)) {
		return ""
	}
	cells := holding(looks.Kind, c.uses[at])
	return fmt.Sprintf("its cells look like %s, and %s is %s", cells, of.Name, holding(of.Kind, want))
}

// holding is what a column of a kind holds, in words.
func holding(kind dataset.Kind, u use) string {
	c := column{kind: kind, use: u}
	return c.sort()
}

// fits reports whether cells that look like something may be a column's.
func fits(looks dataset.Kind, as use, of *dataset.Column, want use, key bool) bool {
	if want == emailText || want == postcodeText {
		return as == want
	}
	if want == phoneText {
		return as == phoneText || as == plainText && (looks == dataset.Number || looks == dataset.Text)
	}
	day := looks == dataset.Date || looks == dataset.Time
	switch of.Kind {
	case dataset.Date, dataset.Time:
		return day || looks == dataset.Number // the days of a spreadsheet are numbers
	case dataset.Money:
		return looks == dataset.Money || looks == dataset.Number
	case dataset.Number:
		return as == plainText && (looks == dataset.Number || looks == dataset.Text)
	case dataset.YesNo:
		return as == plainText && (looks == dataset.YesNo || looks == dataset.Number || looks == dataset.Text)
	case dataset.Choice:
		return as == plainText && !day && looks != dataset.Money
	case dataset.Person, dataset.Reference:
		return !day && looks != dataset.Money
	}
	if key {
		return !day && looks != dataset.Money && looks != dataset.YesNo && (as == plainText || of.Class == dataset.Contact)
	}
	if of.Class == dataset.Name {
		return as == plainText && (looks == dataset.Text || looks == dataset.Number)
	}
	return !day
}

// means reports whether cells are all choices of a column, and not all the same.
func means(of *dataset.Column, cells []string) bool {
	if of.Kind != dataset.Choice {
		return false
	}
	var c column
	c.learn(of)
	different := map[string]bool{}
	for _, s := range cells {
		choice := c.choices[fold(s)]
		if choice == "" {
			return false
		}
		different[choice] = true
	}
	return len(different) > 1
}

// resembles reports whether a heading is nearly one of a column's: one within
// the other, or a letter or two apart.
func resembles(heading string, of *dataset.Column) bool {
	h := fold(heading)
	for _, word := range append([]string{of.Name}, of.Synonyms...) {
		w := fold(word)
		if len(h) < 4 || len(w) < 4 || len(h) > 60 {
			continue
		}
		if hasWords(heading, word) || hasWords(word, heading) || apart(h, w) <= len(w)/5 {
			return true
		}
	}
	return false
}

// hasWords reports whether the words of one stand one after the other in the words
// of another.
func hasWords(text, part string) bool {
	return strings.Contains(" "+spaced(text)+" ", " "+spaced(part)+" ")
}

// spaced writes a heading in small letters with one space between its words.
func spaced(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// apart is how many letters must be put in, taken out or changed to make one
// word of another.
func apart(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			was := row[j+1]
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j+1]+1, row[j]+1, before+cost)
			before = was
		}
	}
	return row[len(b)]
}
