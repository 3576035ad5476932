package document

import (
	"bytes"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/condition"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
)

// keepFor is how many days a plan on paper is of use: by then another has taken
// its place.
const keepFor = 7

// A paper is a plan as a page.
type paper struct {
	First        string // the first words of the file
	Constituency string
	Now          string
	Names        bool
	DeleteBy     string
	Digest       string
	Parts        []paperPart
	Doubts       []paperDoubt
	Holds        []paperHold
	Sums         []string
	Tables       []paperTable
	Letters      []paperLetter
	Lists        []paperList
	Private      int
	Wake         string
}

type paperPart struct {
	Title, Column string
	Playbooks     []paperLines
}

type paperLines struct {
	Name, Title string
	Lines       []paperLine
}

type paperLine struct {
	Step, To, About, Branch, Why, Row string
	Count                             int
	Letter                            string // its place on the page
}

type paperDoubt struct{ Playbook, About, Words string }

type paperHold struct{ Playbook, Words, Hint string }

type paperTable struct {
	Title string
	Heads []string
	Rows  []CountRow
}

type paperList struct{ Name, File, When string }

// A paperLetter is a letter whole, as it will look.
type paperLetter struct {
	ID                                string
	Playbook, Heading                 string
	From, To, Reply, Subject, Why, As string
	Row                               string
	Cells                             []paperCell
	Attached                          []string
	Picture                           template.HTML
	Text                              string
	Specimen                          int // of so many letters; 0: it is none
}

type paperCell struct{ Name, Value, Where string }

// Plan makes a page of a plan, which needs nothing from outside: what goes, to
// whom and why, for everything that does not go, why not, and the letters as they
// will look. Without names it says of people no more than their initials and
// their branch, and shows one letter of each playbook, masked. The plan is one as
// its reader may see it.
func Plan(in plan.Input, p *plan.Plan, names bool) ([]byte, error) {
	c := in.Set.Constituency
	w := &drawing{in: in, p: p, names: names, branches: plan.BranchesOf(in), clock: c.Clock}
	x := paper{Constituency: dataset.Plain(c.Name), Now: c.Clock.Words(p.Now), Names: names, Digest: p.Digest, Private: p.Private,
		DeleteBy: c.Clock.Day(p.Now).AddDays(keepFor).Words()}
	x.First = "A plan of " + x.Constituency + " of " + x.Now + ". "
	if names {
		x.First += "It names members and holds their letters: keep it to yourself, and delete it once you have looked, by " + x.DeleteBy + " at the latest."
	} else {
		x.First += "It names nobody, but says what is due to whom by initials and branch: delete it by " + x.DeleteBy + "."
	}
	x.Letters = w.letters()
	x.Parts, x.Doubts, x.Holds = w.parts(), w.doubts(), w.holds()
	x.Lists = w.lists()
	x.Sums = Sums(Total(p))
	for _, t := range []struct {
		title   string
		columns []Column
	}{{"Records looked at", Records}, {"Actions of open cases", Actions}} {
		heads, rows := CountTable(p, t.columns)
		x.Tables = append(x.Tables, paperTable{t.title, heads, rows})
	}
	if !p.Wake.IsZero() {
		x.Wake = c.Clock.Words(p.Wake)
	}
	var b bytes.Buffer
	b.WriteString("<!-- " + strings.NewReplacer("--", "- -", ">", " ", "<", " ").Replace(x.First) + " -->\n")
	if err := paperPage().Execute(&b, x); err != nil {
		return nil, fmt.Errorf("making the page: %w", err)
	}
	return b.Bytes(), nil
}

// drawing is the work on one page.
type drawing struct {
	in       plan.Input
	p        *plan.Plan
	names    bool
	branches plan.Branches
	clock    calendar.Clock
	at       map[string]string // the place of a letter on the page, by its key
}

// line is a line of the plan as this page may show it.
func (w *drawing) line(l plan.Line) plan.Line {
	if !w.names {
		l = l.Masked(w.in)
	}
	return l
}

// parts are the lines of the plan by what they come to and by playbook. Without
// names, those that read alike are one line with their number.
func (w *drawing) parts() (out []paperPart) {
	for _, g := range Parts {
		by := map[string][]paperLine{}
		var names []string
		for _, l := range w.p.Lines {
			if l.Verb != g.Verb {
				continue
			}
			x := w.paperLine(l)
			if by[l.Playbook] == nil {
				names = append(names, l.Playbook)
			}
			list := by[l.Playbook]
			i := slices.IndexFunc(list, func(y paperLine) bool { y.Count = x.Count; return y == x })
			if i >= 0 && !w.names {
				list[i].Count++
			} else {
				by[l.Playbook] = append(list, x)
			}
		}
		if len(names) == 0 {
			continue
		}
		slices.Sort(names)
		part := paperPart{Title: fmt.Sprintf("%s (%d)", g.Title, w.count(g.Verb)), Column: g.Column}
		for _, name := range names {
			part.Playbooks = append(part.Playbooks, paperLines{Name: name, Title: w.title(name), Lines: by[name]})
		}
		out = append(out, part)
	}
	return out
}

func (w *drawing) count(v plan.Verb) (n int) {
	for _, l := range w.p.Lines {
		if l.Verb == v {
			n++
		}
	}
	return n
}

func (w *drawing) title(name string) string {
	if pb := w.in.Set.Playbook(name); pb != nil {
		return dataset.Plain(pb.Title)
	}
	return ""
}

func (w *drawing) paperLine(l plan.Line) paperLine {
	branch := w.branches.Of(l.Dataset, l.Ref)
	where := w.row(l.Dataset, l.Ref)
	m := w.line(l)
	x := paperLine{Step: Readable(l.Step), To: dataset.Plain(m.To), About: dataset.Plain(Subject(m)), Branch: dataset.Plain(branch), Why: dataset.Plain(m.Why), Count: 1}
	if w.names {
		x.Row, x.Letter = where, w.at[l.Message]
	}
	return x
}

// row says where a record stands: the list, its file and the row there.
func (w *drawing) row(list string, ref dataset.Ref) string {
	t := w.in.Tables[list]
	if t == nil {
		return ""
	}
	r := t.ByRef(ref)
	if r == nil {
		return ""
	}
	out := Readable(list) + " " + dataset.Plain(r.Key)
	if at := t.Origin(r, t.Schema.Columns[0].Name); at.File != "" && at.Row > 0 {
		out += " (" + dataset.Where(dataset.Plain(at.File), at.Row) + ")"
	}
	return out
}

// doubts are the records that cannot be judged.
func (w *drawing) doubts() (out []paperDoubt) {
	for _, d := range w.p.CannotTell {
		if !w.names {
			d = d.Masked(w.in)
		}
		out = append(out, paperDoubt{d.Playbook, dataset.Plain(d.About), d.What + ": " + Doubt(d)})
	}
	return out
}

func (w *drawing) holds() (out []paperHold) {
	for _, h := range w.p.Holds {
		out = append(out, paperHold{dataset.Plain(h.Playbook), dataset.Plain(h.Why), dataset.Plain(h.Hint)})
	}
	return out
}

// lists are the lists that the plan was made from.
func (w *drawing) lists() (out []paperList) {
	var names []string
	for name, t := range w.in.Tables {
		if !t.Imported.IsZero() && t.File != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		t := w.in.Tables[name]
		out = append(out, paperList{Readable(name), dataset.Plain(t.File), w.clock.Words(t.Imported)})
	}
	return out
}

// letters are the messages of the plan: with names every one, without one letter
// of each playbook, masked.
func (w *drawing) letters() (out []paperLetter) {
	w.at = map[string]string{}
	of := map[string]int{}
	for _, m := range w.p.Messages {
		if m.Kind == ledger.Letter {
			of[m.Playbook]++
		}
	}
	list := slices.Clone(w.p.Messages)
	slices.SortStableFunc(list, func(a, b plan.Message) int { // digests last
		return strings.Compare(string(b.Kind)+"\x00"+a.Playbook, string(a.Kind)+"\x00"+b.Playbook)
	})
	shown := map[string]bool{}
	for _, m := range list {
		if !w.names && (m.Kind != ledger.Letter || shown[m.Playbook]) {
			continue
		}
		shown[m.Playbook] = true
		x := w.letter(m)
		x.ID = fmt.Sprintf("letter-%d", len(out)+1)
		if !w.names {
			x.Specimen = of[m.Playbook]
		}
		w.at[m.Key] = x.ID
		out = append(out, x)
	}
	return out
}

// letter draws one letter.
func (w *drawing) letter(m plan.Message) paperLetter {
	c := m.Content
	x := paperLetter{Playbook: m.Playbook, As: w.fate(m)}
	if w.names {
		x.From, x.Reply, x.To = address(c.FromName, c.From), dataset.Plain(c.ReplyTo), address(c.ToName, c.To)
		x.Picture = Picture(c.HTML)
		x.Row, x.Cells = w.record(m)
		for _, a := range c.Attachments {
			x.Attached = append(x.Attached, attached(a))
		}
	} else {
		c = m.Unnamed(w.in)
		x.From, x.To = dataset.Plain(c.FromName), dataset.Plain(c.ToName)
	}
	if x.Heading = "To " + dataset.Plain(c.ToName); m.Kind != ledger.Letter {
		x.Playbook = "what is due today"
	}
	x.Subject, x.Why, x.Text = dataset.Plain(c.Subject), dataset.Plain(c.Why), plainLines(c.Text)
	return x
}

// fate says what is to become of a message.
func (w *drawing) fate(m plan.Message) string {
	switch {
	case m.Waits != "":
		return "waits: " + dataset.Plain(m.Waits)
	case m.Kind == ledger.Digest:
		return "goes by itself, as every officer's digest does"
	case m.Release || m.Auto:
		return "goes by itself, by the trust that its playbook has"
	case m.State == ledger.Approved || m.State == ledger.Deferred:
		return "approved, and goes"
	}
	return "waits for the yes of the " + w.in.Set.RoleTitle(m.Approver)
}

// record says which record a letter is about, and the cells that mattered: those
// that the conditions of its playbook read.
func (w *drawing) record(m plan.Message) (row string, cells []paperCell) {
	i := slices.IndexFunc(w.p.Lines, func(l plan.Line) bool { return l.Message == m.Key && l.Playbook != "" })
	if m.Kind != ledger.Letter || i < 0 || w.p.Lines[i].Dataset == "" {
		return "", nil
	}
	l := w.p.Lines[i]
	for _, a := range w.p.Explain(w.in, l.Dataset, l.Ref) {
		if a.Playbook != m.Playbook {
			continue
		}
		var all []condition.Explanation
		for _, x := range []*condition.Explanation{a.Door, a.Stay} {
			if x != nil {
				all = append(all, *x)
			}
		}
		all = append(all, a.Occasion...)
		for _, x := range a.Lets {
			all = append(all, x.Explanation)
		}
		seen := map[string]bool{}
		for _, x := range all {
			cells = w.cells(x, seen, cells)
		}
	}
	return w.row(l.Dataset, l.Ref), cells
}

// cells gathers the cells that an explanation rests on, each once.
func (w *drawing) cells(x condition.Explanation, seen map[string]bool, out []paperCell) []paperCell {
	for _, part := range x.Parts {
		out = w.cells(part, seen, out)
	}
	for _, c := range x.Cells {
		id := fmt.Sprint(c.Dataset, c.Ref, c.Column)
		t := w.in.Tables[c.Dataset]
		if seen[id] || t == nil || len(out) >= mostCells {
			continue
		}
		seen[id] = true
		cell := paperCell{Name: Readable(c.Column), Value: "blank"}
		if r := t.ByRef(c.Ref); r != nil {
			if v, _ := r.Get(t.Schema, c.Column); !v.IsBlank() {
				cell.Value = dataset.Plain(v.Words(w.clock))
			}
		}
		if c.Origin.Row > 0 {
			cell.Where = dataset.Where(dataset.Plain(c.Origin.File), c.Origin.Row)
		}
		out = append(out, cell)
	}
	return out
}

// mostCells are as many cells as are shown of one letter: conditions over whole
// lists rest on thousands.
const mostCells = 24

func address(name, mail string) string {
	return strings.TrimSpace(dataset.Plain(name) + " <" + dataset.Plain(mail) + ">")
}

func attached(a letter.Attachment) string {
	return fmt.Sprintf("%s (%s, %d bytes)", dataset.Plain(a.Name), dataset.Plain(a.Type), a.Size)
}

// plainLines keeps line breaks and makes everything else plain.
func plainLines(text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = dataset.Plain(strings.TrimRight(l, "\r"))
	}
	return strings.Join(lines, "\n")
}
