package console

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// reviewPages registers the plan, its letters, and what is decided about them.
func (c *Console) reviewPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /plan", c.seated(c.at((*desk).plan)))
	mux.HandleFunc("GET /plan/{number}", c.seated(c.at((*desk).savedPlan)))
	mux.HandleFunc("POST /plan/decide", c.needs(mayApprove, c.sent((*desk).decideBatch)))
	mux.HandleFunc("POST /plan/release", c.needs(mayApprove, c.sent((*desk).release)))
	mux.HandleFunc("GET /plan/backlog", c.seated(c.at((*desk).backlog)))
	mux.HandleFunc("POST /plan/backlog", c.needs(mayApprove, c.sent((*desk).approveBacklog)))
	mux.HandleFunc("GET /letters/{id}", c.seated(c.at((*desk).letter)))
	mux.HandleFunc("GET /letters/{id}/picture", c.seated(c.at((*desk).picture)))
	mux.HandleFunc("POST /letters/{id}/approve", c.needs(mayApprove, c.sent((*desk).approveLetter)))
	mux.HandleFunc("POST /letters/{id}/reject", c.needs(mayApprove, c.sent((*desk).rejectLetter)))
	mux.HandleFunc("POST /letters/{id}/settle", c.needs(mayApprove, c.sent((*desk).settleLetter)))
}

// How much of a part of the plan is shown where all playbooks are, and where one
// is by itself.
const (
	mostBatch    = 12  // letters that wait, of one playbook
	mostGathered = 6   // gathered lines
	mostWhole    = 400 // lines of a playbook by itself
)

// A planView is the plan of now, or of one playbook in it.
type planView struct {
	Only    string // the playbook that it is of; empty: all
	Title   string
	At      string
	Saved   *savedView
	Older   []savedView
	Parts   []planPart
	Waiting int // letters that wait for a yes
	Yours   int // of these, for yours
	Holds   []holdView
	Backlog []backlogView
	Private int
	Wake    string
	Sums    *sumsView
}

// A planPart is what the plan has of one playbook.
type planPart struct {
	Name, Title string
	How         string // how it is decided, and by whom
	Yours       bool
	Main        bool // its form is the one that stands out on the page
	Each        bool // each letter is to be opened
	Letters     []letterRow
	More        int // that found no room
	Digest      string
	Saved       string // the digest of the saved plan that has all of them
	Two         bool
	Soon        int // letters that will wait with the next run
	Unsent      []letterRow
	Uncertain   []letterRow
	Groups      []lineGroup
	Doubts      []doubtRow
	MoreDoubts  int
}

// All is how many letters wait, and AllDoubts how many records could not be
// judged.
func (p planPart) All() int       { return len(p.Letters) + p.More }
func (p planPart) AllDoubts() int { return len(p.Doubts) + p.MoreDoubts }

// A letterRow is a letter in a list.
type letterRow struct {
	ID       int64
	To       string
	Subject  string
	Why      string
	About    string
	Readable bool
	Note     string // what is still to be said: needs a second yes, leaves from ...
}

// A lineGroup is one part of the plan of a playbook.
type lineGroup struct {
	Title string
	Count int
	Rows  []lineRow
	More  int
}

// A lineRow is a line of the plan, or several that are alike.
type lineRow struct {
	Step, Who, Why, When string
	Count                int
	Record               string // the address of the page about the record
	Letter               int64
}

// A doubtRow is a record that could not be judged.
type doubtRow struct{ About, What, Why string }

// plan shows the plan of now: by playbook, what waits for the seat's own yes
// first.
func (d *desk) plan() {
	only := d.r.URL.Query().Get("playbook")
	if only != "" && (d.set().Playbook(only) == nil || !d.open(only)) {
		d.gone()
		return
	}
	p := d.l.Plan.For(d.set(), d.Seat.Roles...)
	v := planView{Only: only, At: d.clock().Words(p.Now), Private: p.Private}
	if only != "" {
		v.Title = dataset.Plain(d.set().Playbook(only).Title)
	}
	if !p.Wake.IsZero() {
		v.Wake = d.clock().Words(p.Wake)
	}
	v.Saved, v.Older = d.savedPlans()
	parts := d.parts(p, only)
	for _, part := range parts {
		v.Waiting += len(part.Letters) + part.More
		if part.Yours {
			v.Yours += len(part.Letters) + part.More
		}
		part.Main = part.Yours && !part.Each && part.More == 0 && !slices.ContainsFunc(v.Parts, func(p planPart) bool { return p.Main })
		v.Parts = append(v.Parts, *part)
	}
	v.Holds = d.holds(p, only)
	v.Backlog = d.backlogs(only)
	if !d.Seat.Bound() { // a branch's officers are not told how many there are elsewhere
		v.Sums = sums(p, only)
	}
	d.page("plan", "Plan", v)
}

// parts gives the parts of the plan, of one playbook or of all, in order.
func (d *desk) parts(p *plan.Plan, only string) []*planPart {
	by := map[string]*planPart{}
	part := func(name string) *planPart {
		if by[name] == nil {
			by[name] = &planPart{Name: name, Title: name}
			if pb := d.set().Playbook(name); pb != nil {
				by[name].Title = dataset.Plain(pb.Title)
			}
		}
		return by[name]
	}
	wanted := func(name string) bool { return name != "" && (only == "" || name == only) }
	for i := range p.Messages {
		if m := &p.Messages[i]; m.Kind == ledger.Letter && wanted(m.Playbook) {
			d.letterInto(part(m.Playbook), m)
		}
	}
	for _, m := range d.book().MessagesIn(ledger.Uncertain) {
		if _, of := d.subject(m); wanted(m.Playbook) && d.open(m.Playbook) && d.hears(m, of) {
			row := letterRow{ID: m.ID, About: d.label(of), Note: "may have left on " + d.clock().Words(m.SentAt)}
			row.Readable = d.mayRead(m)
			part(m.Playbook).Uncertain = append(part(m.Playbook).Uncertain, row)
		}
	}
	lines, listed := map[string][]plan.Line{}, map[string]bool{}
	for i := range p.Messages {
		if m := &p.Messages[i]; m.Kind == ledger.Letter && m.Stands && !m.Auto { // it has its yes, and a line of its own above
			listed[m.Key] = true
		}
	}
	for _, l := range p.Lines {
		if l.Verb != plan.Asks && !listed[l.Message] && wanted(l.Playbook) && d.here(l.Dataset, l.Ref) {
			l.Why = d.whyOf(l)
			lines[l.Playbook] = append(lines[l.Playbook], l)
		}
	}
	for name, list := range lines {
		part(name).Groups = d.groups(list, only != "")
	}
	for _, x := range p.CannotTell {
		strange := func(c dataset.Cell) bool { return !d.here(c.Dataset, c.Ref) }
		if wanted(x.Playbook) && !slices.ContainsFunc(x.Cells, strange) && (len(x.Cells) > 0 || !d.Seat.Bound()) {
			if one := part(x.Playbook); len(one.Doubts) < mostGathered || only != "" && len(one.Doubts) < mostWhole {
				one.Doubts = append(one.Doubts, doubtRow{dataset.Plain(x.About), dataset.Plain(x.What), document.Doubt(x)})
			} else {
				one.MoreDoubts++
			}
		}
	}
	var out []*planPart
	for _, one := range by {
		d.finish(one, only != "")
		out = append(out, one)
	}
	rank := func(p *planPart) int {
		switch {
		case p.Yours && len(p.Letters) > 0:
			return 0
		case len(p.Uncertain) > 0:
			return 1
		case len(p.Letters) > 0:
			return 2
		case len(p.Unsent) > 0:
			return 3
		}
		return 4
	}
	slices.SortFunc(out, func(a, b *planPart) int { return cmp.Or(rank(a)-rank(b), strings.Compare(a.Name, b.Name)) })
	return out
}

// letterInto puts a letter of the plan into its part.
func (d *desk) letterInto(part *planPart, m *plan.Message) {
	_, of := d.subject(m.Message)
	if !m.Stands && len(m.Owed) > 0 {
		if c, ok := d.book().Case(m.Owed[0].Case); ok {
			of = aRecord{c.Dataset, c.Subject}
		}
	}
	if !d.hears(m.Message, of) {
		return
	}
	row := d.letterRow(m.Message)
	if row.Readable {
		row.To, row.Subject, row.Why = dataset.Plain(m.Content.ToName), dataset.Plain(m.Content.Subject), dataset.Plain(m.Content.Why)
	}
	if row.About = dataset.Plain(m.Subject); row.About == row.To {
		row.About = ""
	}
	switch {
	case m.Stands && m.State == ledger.Proposed:
		part.Letters = append(part.Letters, row)
		part.Yours = part.Yours || d.mayDecide(m.Message) != ""
		part.Two = part.Two || m.Two
	case m.Stands && (m.State == ledger.Approved || m.State == ledger.Deferred):
		row.Note = d.leaves(m)
		part.Unsent = append(part.Unsent, row)
	case !m.Stands && !m.Release:
		part.Soon++
	}
}

// leaves says of a letter that has its yes when it leaves.
func (d *desk) leaves(m *plan.Message) string {
	switch at := m.Earliest(); {
	case m.Waits != "":
		return dataset.Plain(m.Waits)
	case at.After(d.l.In.Now):
		return "leaves from " + d.clock().Words(at) + " on, unless it is stopped"
	}
	return "leaves with the next run"
}

// letterRow is the row of a letter without its words.
func (d *desk) letterRow(m ledger.Message) letterRow {
	row := letterRow{ID: m.ID, Readable: d.mayRead(m)}
	if m.Two && m.State == ledger.Proposed {
		row.Note = "needs the yes of two persons"
		if m.First.By != "" {
			row.Note = "has the yes of the " + d.set().RoleTitle(m.First.By) + ", and needs a second"
		}
	}
	return row
}

// finish says how the letters of a part are decided, and keeps to what a page
// holds.
func (d *desk) finish(part *planPart, whole bool) {
	pb := d.set().Playbook(part.Name)
	if pb == nil || len(part.Letters) == 0 {
		return
	}
	level := plan.TrustIn(pb, d.set().Constituency, d.book(), d.l.In.Now).Level
	part.Each = level < playbook.Batch
	m, _ := d.book().Message(part.Letters[0].ID)
	who := d.set().RoleTitle(m.Approver)
	if roles := plan.Deciders(d.l.In, m.Approver); len(roles) > 0 && roles[0] != m.Approver {
		who = d.set().RoleTitle(roles[0]) + " (nobody is " + who + ")"
	}
	part.How = "The " + who + " decides, all of them together or each by itself."
	if part.Each {
		part.How = "The " + who + " decides about each letter, after reading it."
	}
	if most := mostBatch; !whole && len(part.Letters) > most {
		part.More = len(part.Letters) - most
		part.Letters = part.Letters[:most]
	}
	part.Digest = d.waiting(part.Name).digest()
	part.Saved = d.savedWith(d.waiting(part.Name))
}

// groups lays out the lines of one playbook, other than those that wait for a
// yes.
func (d *desk) groups(lines []plan.Line, whole bool) []lineGroup {
	var out []lineGroup
	for _, p := range document.Parts {
		var of []plan.Line
		for _, l := range lines {
			if l.Verb == p.Verb {
				of = append(of, l)
			}
		}
		if len(of) == 0 {
			continue
		}
		g := lineGroup{Title: p.Title, Count: len(of)}
		if whole {
			g.Rows = d.lineRows(of)
			g.More = len(of) - len(g.Rows)
		} else {
			for i, a := range document.Gather(of) {
				if i == mostGathered {
					g.More++
					continue
				}
				g.Rows = append(g.Rows, lineRow{Step: document.Readable(a.Step), Who: document.Names(a.Who, 3), Why: a.Why, Count: a.Count})
			}
		}
		out = append(out, g)
	}
	return out
}

// lineRows are lines one by one.
func (d *desk) lineRows(lines []plan.Line) []lineRow {
	var out []lineRow
	for _, l := range lines {
		if len(out) == mostWhole {
			break
		}
		row := lineRow{Step: document.Readable(l.Step), Who: dataset.Plain(l.About), Why: dataset.Plain(l.Why), Record: d.recordPath(aRecord{l.Dataset, l.Ref})}
		if l.To != l.About && l.To != "" {
			row.Who = dataset.Plain(l.To)
			if l.About != "" {
				row.Who += ", about " + dataset.Plain(l.About)
			}
		}
		if l.When.After(d.l.In.Now) {
			row.When = d.clock().Day(l.When).Words()
		}
		if m, ok := d.book().MessageAt(l.Message); ok && m.Kind == ledger.Letter {
			row.Letter = m.ID
		}
		out = append(out, row)
	}
	return out
}
