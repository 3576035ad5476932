package sheet

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// guessRows is how many rows are looked at to guess what the columns are. All
// others are then read by the guess, and those that speak against it show.
const guessRows = 2_000

// guessLayout finds the way to cut a file and the row of headings without
// knowing what the list is: the first row that has the most cells that could be
// headings, and known ones count twice.
func guessLayout(src *source, spec Spec, known []*dataset.Schema) (lay layout, widest int, err error) {
	knows := make(map[string]bool)
	for _, schema := range known {
		for _, c := range schema.Columns {
			knows[fold(c.Name)] = true
			for _, w := range c.Synonyms {
				knows[fold(w)] = true
			}
		}
	}
	most := -1
	for _, w := range src.ways {
		if w.comma == 0 && spec.Sheet != "" && !sameSheet(w.sheet, spec.Sheet) {
			continue
		}
		g, err := w.open(true)
		if err != nil {
			return lay, 0, err
		}
		best, score, wide, even := layout{way: w}, 0, 0, 0
		var above []string
		for n := 0; n < headingRows && g.next(); n++ {
			cells := g.at().cells
			if len(cells) == wide && wide > 1 {
				even++
			}
			wide = max(wide, lastFilled(cells))
			if s := headingScore(g.at(), knows); s > score {
				best.row, best.header, score = g.at().row, clean(cells), s
			}
			if two := stacked(above, cells, func(h string) bool { return knows[fold(h)] }); two != nil && headingScore(g.at(), knows) > 0 {
				if s := headingScore(&line{cells: two}, knows); s > score {
					best.row, best.header, score = g.at().row, clean(two), s
				}
			}
			above = clean(cells)
		}
		if g.failed() != nil && wide == 0 {
			return lay, 0, g.failed()
		}
		if n := 2*score + even; most < 0 || n > most && !(w.hidden && !lay.hidden) || lay.hidden && !w.hidden && wide > 0 {
			lay, widest, most = best, wide, n
		}
	}
	if most < 0 {
		return lay, 0, fmt.Errorf("the workbook has no sheet called %q; it has %s", shown(spec.Sheet), sheetNames(src.ways))
	}
	return lay, max(widest, len(lay.header)), nil
}

// alike is the list of which most columns are among the headings, its key with
// them; of equals the first.
func alike(header []string, known []*dataset.Schema) string {
	like, most := "", 0
	for _, schema := range known {
		m, err := newMapper(Spec{}, schema)
		if err != nil {
			continue
		}
		if keys, score, filled := m.score(header); keys && score > most && score*leastKnown >= filled {
			like, most = schema.Name, score
		}
	}
	return like
}

// headingScore says how much a row looks like one of headings: words, no
// addresses and no numbers. A row with a cell that no heading looks like is
// none.
func headingScore(at *line, knows map[string]bool) int {
	score := 0
	for i, cell := range at.cells {
		s := trim(cell)
		switch {
		case s == "":
			continue
		case strings.ContainsRune(s, '@'), len(s) > 200, digits(s) > 4, onlyDigits(s), at.kind(i) != textCell && knows[fold(s)]:
			return 0
		case knows[fold(s)]:
			score += 2
		default:
			score++
		}
	}
	return score
}

// A tally counts what the cells of a column could be.
type tally struct {
	filled, email, phone, postcode, date, clock, money, pounds, number, zeros, answer int
	different                                                                         map[string]int
}

// guessSchema makes a schema of what the cells of the first rows look like.
func guessSchema(lay layout, widest, year int, clock calendar.Clock, order order, src *source) (*dataset.Schema, []use, []string, error) {
	g, err := lay.open(false)
	if err != nil {
		return nil, nil, nil, err
	}
	probe := newTyper(&dataset.Schema{}, clock, year, order, nil)
	probe.zero = src.zero
	all := make([]tally, widest)
	for n := 0; n < guessRows && g.next(); {
		at := g.at()
		if at.row <= lay.row || at.fault != "" || probe.skip(at.cells, lay.header) != "" {
			continue
		}
		n++
		for i, cell := range at.cells[:min(len(at.cells), widest)] {
			if s := trim(cell); s != "" && !absent(s) {
				all[i].add(probe, s, at.kind(i))
			}
		}
	}
	schema := &dataset.Schema{Name: "list"}
	uses, whys := make([]use, widest), make([]string, widest)
	for i := range all {
		heading := ""
		if i < len(lay.header) {
			heading = lay.header[i]
		}
		c := dataset.Column{Name: columnTitle(heading, i), Kind: dataset.Text}
		c.Kind, uses[i], whys[i] = all[i].guess(fold(heading))
		schema.Columns = append(schema.Columns, c)
	}
	return schema, uses, whys, nil
}

// add counts one cell.
func (a *tally) add(t *typer, s string, is cellKind) {
	a.filled++
	if a.different == nil {
		a.different = make(map[string]int)
	}
	if len(a.different) < 100 || a.different[s] > 0 {
		a.different[s]++
	}
	figures := onlyDigits(s)
	c := column{kind: dataset.Time}
	if _, why, _ := t.readDay(&c, s); why == "" {
		a.clock++
	}
	c.kind = dataset.Date
	if _, why, _ := t.readDay(&c, s); (why == "" || strings.HasPrefix(why, "no such date")) && (!figures || len(s) == 8) && is != numberCell {
		a.date++
	}
	if _, why := readMoney(s); why == "" {
		a.money++
		_, decimals, dotted := strings.Cut(strings.TrimRight(s, ")-"), ".")
		if strings.Contains(s, "£") || dotted && len(decimals) == 2 {
			a.pounds++
		}
	}
	if _, why := readNumber(s); why == "" {
		a.number++
		if figures && len(s) > 1 && s[0] == '0' {
			a.zeros++
		}
	}
	if _, why := readYesNo(s); why == "" {
		a.answer++
	}
	if strings.ContainsRune(s, '@') {
		a.email++
	}
	if n := digits(s); n >= 10 && n <= 13 && strings.Trim(s, "0123456789+()- ") == "" && (s[0] == '0' || s[0] == '+' || s[0] == '(' || strings.HasPrefix(s, "44")) {
		a.phone++
	}
	if _, ok := ukPostcode(s); ok {
		a.postcode++
	}
}

// guess decides what a column is, and says why. Nine cells of ten decide.
func (a *tally) guess(heading string) (dataset.Kind, use, string) {
	most := func(n int) bool { return a.filled > 0 && n*10 >= a.filled*9 }
	many := func(n int) bool { return a.filled > 0 && n*2 >= a.filled } // a bad list of addresses is one still
	of := func(n int, what string) string { return fmt.Sprintf("%d of %d cells %s", n, a.filled, what) }
	count := heading == "no" || strings.Contains(heading, "number") || strings.HasSuffix(heading, "id") || strings.HasSuffix(heading, "ref") || strings.Contains(heading, "reference")
	switch {
	case a.filled == 0:
		return dataset.Text, plainText, "all cells are blank"
	case many(a.email):
		return dataset.Text, emailText, of(a.email, "have an @")
	case most(a.phone) && a.number < a.filled, many(a.phone) && (strings.Contains(heading, "phone") || strings.Contains(heading, "mobile")):
		return dataset.Text, phoneText, of(a.phone, "have the figures of one")
	case most(a.postcode):
		return dataset.Text, postcodeText, of(a.postcode, "have the form of one")
	case most(a.clock) && a.clock > a.filled-a.date:
		return dataset.Time, plainText, of(a.clock, "have a day and a time")
	case most(a.date), many(a.date) && strings.Contains(heading, "date"):
		return dataset.Date, plainText, of(a.date, "look like days")
	case most(a.number) && (a.zeros > 0 || count):
		return dataset.Text, plainText, "figures that are a name and not a count"
	case most(a.money) && a.pounds*2 > a.filled:
		return dataset.Money, plainText, of(a.pounds, "have pounds or pence")
	case most(a.answer) && a.number < a.filled:
		return dataset.YesNo, plainText, of(a.answer, "say yes or no")
	case most(a.number):
		return dataset.Number, plainText, of(a.number, "are whole numbers")
	case a.filled >= 20 && len(a.different) <= 12:
		if len(a.different) == 1 {
			return dataset.Text, plainText, "the same text in all cells"
		}
		return dataset.Text, plainText, fmt.Sprintf("%d different texts, so it may be a choice", len(a.different))
	}
	return dataset.Text, plainText, "nothing else fits"
}
