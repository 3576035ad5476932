package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
)

type listsPrintCmd struct {
	Sheets []string `arg:"" help:"The sheets' numbers; or all, for every open one that is yours."`
	Calls  string   `help:"Write call sheets into this file." type:"path" placeholder:"FILE"`
	Post   string   `help:"Write the letters, one on a page, into this file." type:"path" placeholder:"FILE"`
	Labels string   `help:"Write address labels into this file." type:"path" placeholder:"FILE"`
	Size   string   `help:"Labels on a page: 3x7 (21, L7160) or 2x7 (14, L7163)." enum:"3x7,2x7" default:"3x7"`
	Used   int      `help:"How many labels of the first page are used already." placeholder:"N"`
}

func (*listsPrintCmd) Help() string {
	return examples(`clarion lists print 17 --calls calls.html --as membership_officer`,
		`clarion lists print all --post letters.html --labels labels.html --size 2x7 --used 3 --as membership_officer`,
		`clarion lists print 17 --calls calls.csv --as membership_officer`)
}

// keepFor is for how many days a printed file may lie about: its first line
// says when that is over.
const keepFor = 30

func (c *listsPrintCmd) Run(s *session) error {
	if c.Calls+c.Post+c.Labels == "" {
		return usage("say what to write, and where: --calls FILE, --post FILE or --labels FILE; a name that ends in .html is for printing, one in .csv for a spreadsheet")
	}
	for _, f := range []string{c.Calls, c.Post, c.Labels} {
		if e := strings.ToLower(filepath.Ext(f)); f != "" && e != ".html" && e != ".htm" && e != ".csv" {
			return usage("%s: let the name end in .html, for printing, or in .csv, for a spreadsheet", dataset.Plain(f))
		}
	}
	o, err := s.open(false)
	if err != nil {
		return err
	}
	defer o.Close()
	sheets, err := s.readableSheets(o, c.Sheets)
	if err != nil {
		return err
	}
	p := &printing{o: o, size: letter.LabelSize(c.Size), used: c.Used, sheets: sheets}
	p.sort()
	var wrote []object
	for _, f := range []struct {
		file, what string
		page       func(notice string) []byte
		table      func() letter.Grid
		n          int
	}{
		{c.Calls, "Call sheets", p.callPages, p.callRows, p.open},
		{c.Post, "Letters for the post", func(n string) []byte { return letter.PrintLetters(n, p.leaves) }, p.letterRows, len(p.leaves)},
		{c.Labels, "Address labels", p.labelPages, p.labelRows, len(p.leaves)},
	} {
		if f.file == "" {
			continue
		}
		notice := p.notice(f.what, s.As)
		data := []byte(nil)
		if strings.EqualFold(filepath.Ext(f.file), ".csv") {
			data = letter.PrintCSV(notice, f.table())
		} else {
			data = f.page(notice)
		}
		if err := writePrivately(f.file, data); err != nil {
			return err
		}
		wrote = append(wrote, object{"file": f.file, "what": f.what, "people": f.n})
	}
	if s.JSON {
		return s.out.json(object{"wrote": wrote, "held": some(p.held), "unreachable": some(p.beyond)})
	}
	for _, w := range wrote {
		s.out.say("%s for %s: %s", w["what"], plural(w["people"].(int), "person", "people"), w["file"])
	}
	for _, h := range p.held {
		s.out.note("  ", "Not to be posted now: %s", h)
	}
	for _, b := range p.beyond {
		s.out.note("  ", "No way is known to reach %s", b)
	}
	s.out.say("They hold personal data: delete them by %s. When it is done: %s lists done NUMBER --as %s", p.until(), s.me, s.As)
	return nil
}

// A printing is what is being printed.
type printing struct {
	o      *office
	size   letter.LabelSize
	used   int
	sheets []plan.Sheet
	open   int
	leaves []letter.Leaf // that are to be posted, neighbours together
	held   []string      // whose letter is not, and why
	beyond []string      // whom nothing is known to reach
}

// sort says of each open line what can be done about it.
func (p *printing) sort() {
	for _, x := range p.sheets {
		for _, l := range x.Lines {
			if l.Over != "" {
				continue
			}
			p.open++
			who := fmt.Sprintf("%s (sheet %s, row %d)", l.Name, x.Name(), l.Row)
			switch {
			case l.Held != "":
				p.held = append(p.held, who+": "+l.Held)
			case len(l.Address) > 0:
				p.leaves = append(p.leaves, l.Letter)
			}
			if unreached(l) {
				p.beyond = append(p.beyond, who)
			}
		}
	}
	slices.SortStableFunc(p.leaves, func(a, b letter.Leaf) int { return slices.Compare(backwards(a.To), backwards(b.To)) })
}

// backwards orders addresses by their postcodes, and then by their streets.
func backwards(to []string) []string {
	out := slices.Clone(to)
	slices.Reverse(out)
	return out
}

// unreached tells that neither a number nor an address of a person is known.
func unreached(l plan.SheetLine) bool {
	return l.NotToSee == "" && l.Phone == "" && len(l.Address) == 0
}

func (p *printing) until() string {
	return p.o.Clock().Day(p.o.Now()).AddDays(keepFor).Words()
}

// notice is the first line of whatever is written.
func (p *printing) notice(what, as string) string {
	return fmt.Sprintf("%s of %s, made on %s for the %s. Personal data: delete this file by %s, and shred what was printed.", what,
		p.o.Set().Constituency.Name, p.o.Clock().Day(p.o.Now()).Words(), p.o.Set().RoleTitle(as), p.until())
}

// callPages is the call sheets for printing.
func (p *printing) callPages(notice string) []byte {
	var out []letter.CallSheet
	for _, x := range p.sheets {
		cs := letter.CallSheet{Title: x.Title, Facts: fmt.Sprintf("Sheet %s, %s. Given to the %s on %s.", x.Name(), readable(x.Step), ownerOf(p.o, x), p.o.Clock().Day(x.Given).Words())}
		for _, l := range x.Lines {
			if l.Over != "" {
				continue
			}
			if cs.Whom == "" && l.Held == "" {
				cs.Whom, cs.Words = l.Name, l.Letter.Body
			}
			if unreached(l) {
				cs.Beyond = append(cs.Beyond, fmt.Sprintf("%s (row %d)", l.Name, l.Row))
			}
			call := letter.Call{Row: l.Row, Name: l.Name, Key: l.Key, Phone: dialled(l), Address: strings.Join(l.Address, ", "), About: l.About}
			if l.Held != "" {
				call.Mark = "Ask before you ring: " + l.Held
			}
			cs.Calls = append(cs.Calls, call)
		}
		out = append(out, cs)
	}
	return letter.PrintCalls(notice, out)
}

func (p *printing) callRows() letter.Grid {
	g := letter.Grid{Head: []string{"sheet", "row", "name", "number", "telephone", "address", "about", "why no mail", "what was said"}}
	for _, x := range p.sheets {
		for _, l := range x.Lines {
			if l.Over == "" {
				g.Rows = append(g.Rows, []string{x.Name(), strconv.Itoa(l.Row), l.Name, l.Key, dialled(l), strings.Join(l.Address, ", "), l.About, l.Why, ""})
			}
		}
	}
	return g
}

func (p *printing) letterRows() letter.Grid {
	g := letter.Grid{Head: []string{"name", "address", "subject", "letter"}}
	for _, l := range p.leaves {
		g.Rows = append(g.Rows, []string{l.To[0], strings.Join(l.To[1:], ", "), l.Subject, strings.Join(strings.Fields(l.Body.Text), " ")})
	}
	return g
}

func (p *printing) labelPages(notice string) []byte {
	var all [][]string
	for _, l := range p.leaves {
		all = append(all, l.To)
	}
	return letter.PrintLabels(notice, p.size, p.used, all)
}

func (p *printing) labelRows() letter.Grid {
	g := letter.Grid{Head: []string{"name", "line 1", "line 2", "line 3", "line 4", "line 5"}}
	for _, l := range p.leaves {
		row := make([]string, len(g.Head))
		copy(row, l.To)
		if len(l.To) > len(row) { // the rest stands in the last
			row[len(row)-1] = strings.Join(l.To[len(row)-1:], ", ")
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// writePrivately writes a file that nobody else can read, in the place of what
// is there.
func writePrivately(file string, data []byte) error {
	beside, err := os.CreateTemp(filepath.Dir(file), ".clarion-*") // readable by its owner alone
	if err != nil {
		return fmt.Errorf("writing %s: %w", dataset.Plain(file), err)
	}
	_, err = beside.Write(data)
	if closed := beside.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(beside.Name(), file)
	}
	if err != nil {
		_ = os.Remove(beside.Name())
		return fmt.Errorf("writing %s: %w", dataset.Plain(file), err)
	}
	return nil
}
