package console

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A differing is what the page of a file shows that somebody brought.
type differing struct {
	ID, List, File, Size, SHA256 string
	Shown                        string // stands for everything below
	Fault                        string // it cannot be read
	Why                          string // it is not known which list it is
	Lists                        []option
	Paper                        bool
	Folder                       string
	Officers, MayTake, Fresh     bool

	Records, Before      int
	Same, Undone, First  bool
	Drawn                string
	Held                 string // the file that is held now, and since when
	Part, Full           bool
	Groups               []group
	Columns              []engine.Tally
	Doubts               []doubt
	Words                []string // what is to be known besides
	Refused, Unread      faults
	RefusedAll, CellsAll int
	Skipped              int
	Erased               int

	Headings           []heading
	Missing, Unfound   []string
	Kind, Dates, Sheet string
	Keep               bool
	Layout             string
	Row                int
}

// A group is the records of one sort, of which some are shown.
type group struct {
	Title, What string
	N           int
	Rows        []engine.Differing
	More        int
}

// A doubt is a reason for which a file is refused until somebody says otherwise.
type doubt struct{ Word, Why, Yes string }

// A fault is a row or a cell that cannot be read.
type fault struct {
	Row          int
	Column, Text string
	Why          string
	Hidden       bool // the text is not for this role
}

// Faults are some of one sort.
type faults struct {
	What string
	List []fault
}

// add keeps a fault, as far as a page has room.
func (f *faults) add(x fault) {
	if len(f.List) < mostFaults {
		f.List = append(f.List, x)
	}
}

// A heading is a column of a file, as somebody may say that it is another.
type heading struct {
	Letter, Text string
	Is           string
	Sure         bool // nothing is asked
	Why, Samples string
	Options      []option
}

// An option is one choice of several.
type option struct {
	Value, Text string
	Chosen      bool
}

// mostExamples and mostFaults are how many records and faults of a sort a page
// shows.
const (
	mostExamples = 20
	mostFaults   = 50
)

// yes is what somebody says to take a file in spite of a doubt.
var yes = map[string]string{
	"gone":    "They are really no longer on the list",
	"half":    "It is the whole list all the same: who is missing is gone",
	"branch":  "It is the whole list all the same: who is missing is gone",
	"another": "It is our list all the same",
	"older":   "Take it although it is older",
	"stale":   "Take it although it is old",
	"grown":   "The first was only a part: nobody in this one is new",
	"header":  "The headings are right, as they are read below",
	"renamed": "They are the records that were held, under other names",
	"empty":   "Take it although nothing in it can be read",
}

// fill says what an import would change.
func (p *differing) fill(v *visit, b *brought, imp *engine.Import) {
	schema := v.e.Set().Schemas[imp.Dataset]
	r := imp.Reading
	p.Shown, p.Records, p.Before, p.Same, p.Undone, p.First, p.Full = imp.Shown(), len(r.Records), imp.Before, imp.Same, imp.Undone, imp.Baseline, imp.Full
	p.Erased, p.Skipped, p.Layout = imp.Erased, len(r.Skipped), r.Profile
	if r.HasDate {
		p.Drawn = r.ListDate.Words()
	}
	add := func(title, what string, keys []string) {
		if len(keys) == 0 {
			return
		}
		g := group{Title: title, What: what, N: len(keys), Rows: imp.Records(v.e, keys, mostExamples)}
		g.More = g.N - len(g.Rows)
		for i := range g.Rows {
			v.mask(imp.Dataset, g.Rows[i].Cells)
		}
		p.Groups = append(p.Groups, g)
	}
	if !imp.Baseline {
		history := map[string]bool{}
		for _, k := range imp.History {
			history[k] = true
		}
		add("New", "", slices.DeleteFunc(slices.Clone(imp.New), func(k string) bool { return history[k] }))
		add("New, and yet history", "They may have stood in the first list, in a row that could not be read: nobody is welcomed for it.", imp.History)
		add("No longer there", "", imp.Gone)
		add("Missing this time", missing(imp), imp.Missing)
		add("Kept as they were", "Their rows in the file were refused.", imp.Doubtful)
		add("Changed", "", imp.Changed)
		for _, t := range imp.ChangedColumns() {
			p.Columns = append(p.Columns, engine.Tally{Column: readable(t.Column), N: t.N})
		}
	}
	if imp.Kept > 0 {
		p.Words = append(p.Words, fmt.Sprintf("It is taken as a part of the list: %s not in it stay.", counted(imp.Kept, "record that is", "records that are")))
	}
	for _, x := range imp.Disputed {
		p.Words = append(p.Words, dataset.Plain(x)+".")
	}
	for _, d := range imp.Doubts {
		p.Doubts = append(p.Doubts, doubt{d.Word, upper(dataset.Plain(d.Why)), yes[d.Word]})
	}
	p.faults(v, schema, imp)
	p.Words = append(p.Words, notes(r)...)
	if imp.Dataset == "officers" && !imp.Same {
		p.Words = append(v.seatsAfter(imp), p.Words...)
	}
}

// mostNamed is how many rows are named of which the same is to be said.
const mostNamed = 5

// notes says what was read all the same and somebody should know, once for all
// rows of which it holds.
func notes(r dataset.Reading) (out []string) {
	type same struct{ column, why string }
	var order []same
	rows := map[same][]string{}
	for _, n := range r.Notes {
		k := same{n.Column, n.Why}
		if rows[k] == nil {
			order = append(order, k)
			rows[k] = []string{}
		}
		if n.Line > 0 {
			rows[k] = append(rows[k], strconv.Itoa(n.Line))
		}
	}
	for _, k := range order[:min(len(order), mostExamples)] {
		text := upper(dataset.Plain(strings.TrimSuffix(k.why, ".")))
		if k.column != "" {
			text = readable(dataset.Plain(k.column)) + ": " + dataset.Plain(strings.TrimSuffix(k.why, "."))
		}
		switch in := rows[k]; {
		case len(in) == 1:
			text += " (row " + in[0] + ")"
		case len(in) > mostNamed:
			text += fmt.Sprintf(" (rows %s and %d more)", strings.Join(in[:mostNamed], ", "), len(in)-mostNamed)
		case len(in) > 1:
			text += " (rows " + strings.Join(in, ", ") + ")"
		}
		out = append(out, text+".")
	}
	return out
}

// missing says what becomes of who is missing from a whole list.
func missing(imp *engine.Import) string {
	return dataset.MissingWords(len(imp.Missing), imp.Times, imp.After) + "."
}

// mask takes out of cells what the roles of the seat may not be shown.
func (v *visit) mask(list string, cells []engine.Differ) {
	for i, c := range cells {
		if !v.Seat.SeesColumn(v.e.Set(), playbook.Guard{Dataset: list, Column: c.Column, Class: c.Class}) {
			cells[i].Was, cells[i].Is = hiddenText, hiddenText
		}
		cells[i].Column = readable(c.Column)
	}
}

// hiddenText stands where a role may not see what does.
const hiddenText = "(not for your role)"

// faults lists the rows and the cells that cannot be read.
func (p *differing) faults(v *visit, schema *dataset.Schema, imp *engine.Import) {
	r := imp.Reading
	p.RefusedAll, p.CellsAll = len(r.Refused), imp.Unread()
	p.Refused.What, p.Unread.What = "Rows that are refused", "Cells that cannot be read"
	for _, x := range r.Refused[:min(len(r.Refused), mostFaults)] {
		p.Refused.add(v.fault(schema, x.Line, x.Column, x.Text, x.Why))
	}
	for _, rec := range r.Records {
		if len(p.Unread.List) == mostFaults {
			return
		}
		for _, x := range rec.Problems {
			p.Unread.add(v.fault(schema, rec.Line, x.Column, x.Text, x.Why))
		}
	}
}

// fault is a row or a cell that cannot be read, as the seat may see it: what
// stands there, only where it may see the column.
func (v *visit) fault(schema *dataset.Schema, row int, column, text, why string) fault {
	f := fault{Row: row, Column: readable(dataset.Plain(column)), Text: dataset.Plain(text), Why: upper(dataset.Plain(why))}
	if !v.seesText(schema, column) {
		f.Text, f.Hidden = "", text != ""
	}
	return f
}

// seesText reports whether the seat may see what stands in a column of a file; of
// one that is none of the list's, it may where it sees all that is usual there.
func (v *visit) seesText(schema *dataset.Schema, column string) bool {
	set := v.e.Set()
	if i, ok := schema.Column(column); ok {
		return v.Seat.SeesColumn(set, playbook.Guard{Dataset: schema.Name, Column: column, Class: schema.Columns[i].Class})
	}
	return v.Seat.SeesColumn(set, playbook.Guard{Dataset: schema.Name, Class: dataset.Contact}) &&
		v.Seat.SeesColumn(set, playbook.Guard{Dataset: schema.Name, Class: dataset.Financial})
}

// mapping says which heading is which column, for somebody to say otherwise.
func (p *differing) mapping(v *visit, b *brought) {
	schema := v.e.Set().Schemas[b.list]
	if b.head == nil || schema == nil {
		return
	}
	p.Row = b.head.Row
	said := func(name string) bool { return b.as.Columns[name] != "" }
	p.Missing, p.Unfound = slices.DeleteFunc(slices.Clone(b.head.Missing), said), slices.DeleteFunc(slices.Clone(b.head.Lost), said)
	for i := range p.Missing {
		p.Missing[i] = readable(p.Missing[i])
	}
	for i := range p.Unfound {
		p.Unfound[i] = readable(p.Unfound[i])
	}
	marked := map[string]string{}
	for name, mark := range b.as.Columns {
		marked[mark] = name
	}
	for _, h := range b.head.Columns {
		x := heading{Letter: h.Letter, Text: dataset.Plain(h.Heading), Sure: h.Sure, Why: dataset.Plain(h.Why)}
		if x.Is = b.taken(h); x.Is != "" && b.imp != nil && !h.Sure {
			x.Sure, x.Why = true, "its heading"
		}
		if name := marked[h.Mark]; name != "" {
			x.Is, x.Sure, x.Why = name, true, "as you say"
		}
		if v.seesText(schema, x.Is) {
			x.Samples = dataset.Plain(strings.Join(h.Samples, " | "))
		} else if len(h.Samples) > 0 {
			x.Samples = hiddenText
		}
		x.Options = headingOptions(schema, h, x.Is)
		p.Headings = append(p.Headings, x)
	}
}

// headingOptions are the columns that a heading may be, the likely ones first.
// What is found by itself is not left out by choosing nothing.
func headingOptions(schema *dataset.Schema, h engine.Heading, is string) []option {
	var out []option
	if len(h.Names) == 0 || is == "" {
		out = append(out, option{Value: "", Text: "(not used)", Chosen: is == ""})
	}
	likely := map[string]bool{}
	for _, name := range append(slices.Clone(h.Names), h.Could...) {
		if !likely[name] {
			likely[name] = true
			out = append(out, option{name, readable(name), name == is})
		}
	}
	var rest []string
	for _, c := range schema.Columns {
		if !likely[c.Name] {
			rest = append(rest, c.Name)
		}
	}
	slices.Sort(rest)
	for _, name := range rest {
		out = append(out, option{name, readable(name), name == is})
	}
	return out
}

// seatsAfter warns of what a list of officers does to those who may sign in.
func (v *visit) seatsAfter(imp *engine.Import) []string {
	in := v.seen.In
	in.Tables = maps.Clone(in.Tables)
	in.Tables["officers"] = imp.Table()
	var out []string
	if !v.Seat.Local() {
		switch now := engine.SeatOf(in, v.Seat.Person); {
		case len(now.Roles) == 0:
			out = append(out, "By this list you hold no role: you are signed out as soon as it is taken.")
		case !slices.Equal(now.Roles, v.Seat.Roles):
			lost := slices.DeleteFunc(slices.Clone(v.Seat.Roles), now.Holds)
			for i, role := range lost {
				lost[i] = v.e.Set().RoleTitle(role)
			}
			if len(lost) > 0 {
				out = append(out, "By this list you no longer hold: "+strings.Join(lost, ", ")+".")
			}
		}
	}
	if vacant := leading(in); len(vacant) == len(leadingRoles) {
		out = append(out, "By this list neither a Secretary nor a Chair holds office with an address of their own: nobody could take a list of officers here any more, but at the computer itself.")
	}
	return out
}
