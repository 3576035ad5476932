package console

import (
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// recordPages registers the search, and what is known and was done about one
// record.
func (c *Console) recordPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /people", c.seated(c.at((*desk).people)))
	mux.HandleFunc("GET /records/{list}/{key}", c.seated(c.at((*desk).record)))
	mux.HandleFunc("POST /records/{list}/{key}", c.needs(mayRecord, c.sent((*desk).recordOn)))
}

// What a search takes and gives.
const (
	mostQuery = 100
	mostFound = 50
)

// A peopleView is what a search found.
type peopleView struct {
	Asked string
	Found []foundRow
	More  bool
}

// A foundRow is a record that was found.
type foundRow struct{ List, About, Record, Also string }

// people searches the lists by name, key and, where the seat sees them,
// addresses.
func (d *desk) people() {
	q := strings.TrimSpace(d.r.URL.Query().Get("q"))
	if !utf8.ValidString(q) || len(q) > mostQuery {
		q = ""
	}
	v := peopleView{Asked: q}
	words := strings.Fields(strings.ToLower(q))
	if len(words) > 0 {
		for _, name := range d.lists() {
			t := d.l.In.Tables[name]
			columns := d.searched(t.Schema)
			for _, r := range t.Rows {
				if !found(r, columns, words) || !d.here(name, r.Ref) {
					continue
				}
				if len(v.Found) == mostFound {
					v.More = true
					break
				}
				v.Found = append(v.Found, foundRow{document.Capital(document.Readable(name)), engine.Label(t.Schema, r), pathTo("records", name, r.Key), d.also(t, r)})
			}
		}
	}
	d.page("people", "People and records", v)
}

// lists are the lists that the seat may search, that of the members first. One
// that is about money is for who sees the money.
func (d *desk) lists() []string {
	var out []string
	for name, t := range d.l.In.Tables {
		if t != nil && len(t.Rows) > 0 && d.set().Schemas[name] != nil && d.mayBrowse(t.Schema) {
			out = append(out, name)
		}
	}
	slices.SortFunc(out, func(a, b string) int {
		switch "members" {
		case a:
			return -1
		case b:
			return 1
		}
		return strings.Compare(a, b)
	})
	return out
}

// mayBrowse reports whether the seat may look through a list: one that is not of
// people and has guarded columns is for who sees one of them.
func (v *visit) mayBrowse(s *dataset.Schema) bool {
	guarded := false
	for _, c := range s.Columns {
		if c.Class >= dataset.Financial && !s.Person {
			guarded = true
			if v.sees(s, c.Name) {
				return true
			}
		}
	}
	return !guarded
}

// searched are the columns of a list in which a search looks.
func (d *desk) searched(s *dataset.Schema) (out []int) {
	for i, c := range s.Columns {
		named := c.Class == dataset.Name || c.Name == "name" || c.Name == "title" || c.Name == s.Email
		if named && d.sees(s, c.Name) {
			out = append(out, i)
		}
	}
	return out
}

// found reports whether every word stands in the key or in one of some cells of
// a record.
func found(r *dataset.Row, columns []int, words []string) bool {
	for _, w := range words {
		in := func(text string) bool { return len(text) >= len(w) && strings.Contains(strings.ToLower(text), w) }
		if !in(r.Key) && !slices.ContainsFunc(columns, func(i int) bool { return i < len(r.Cells) && in(r.Cells[i].S) }) {
			return false
		}
	}
	return true
}

// also is what tells two records of one name apart.
func (d *desk) also(t *dataset.Table, r *dataset.Row) string {
	var out []string
	for _, name := range []string{"status", t.Schema.Branch, "starts_at", "received_on"} {
		if name == "" || !d.sees(t.Schema, name) {
			continue
		}
		if v, _ := r.Get(t.Schema, name); !v.IsBlank() {
			out = append(out, dataset.Plain(v.Words(d.clock())))
		}
	}
	return strings.Join(out, ", ")
}

// A recordView is a record explained.
type recordView struct {
	List, Key, About string
	Row              string
	Absence          string
	Cells            []cellView
	HiddenCells      int
	Member           bool
	Held             []heldView // what is not sent to them
	Contacts         []string
	Accounts         []accountView
	Quiet            []string // playbooks that have nothing to say of it
	Private          int
	Columns          []columnView // that may be written over
	May, MayForget   bool
}

// A heldView is a wish or a reason for which something is not sent.
type heldView struct {
	Scope string
	Words string
	Lift  bool
}

// A columnView is a column that an officer may write over.
type columnView struct {
	Name, Title string
}

// recordOf finds the record of a page, if the seat may see it.
func (d *desk) recordOf() (*dataset.Table, *dataset.Row, bool) {
	t := d.l.In.Tables[d.r.PathValue("list")]
	if t != nil && d.mayBrowse(t.Schema) {
		if r := t.ByKey(d.r.PathValue("key")); r != nil && d.here(t.Schema.Name, r.Ref) {
			return t, r, true
		}
	}
	d.gone()
	return nil, nil, false
}

// record shows a record: what the lists say of it, what every playbook made of
// it, what went to whom it is about, and what an officer may write down.
func (d *desk) record() {
	t, row, ok := d.recordOf()
	if !ok {
		return
	}
	list := t.Schema.Name
	v := recordView{List: list, Key: row.Key, About: engine.Label(t.Schema, row), Member: list == "members", May: d.mayWriteOf(list, mayRecord), MayForget: d.mayWriteOf(list, mayForget)}
	v.Cells, v.HiddenCells = d.cells(t, row, allColumns(t.Schema))
	if row.Line > 0 {
		v.Row = dataset.Where(dataset.Plain(t.File), row.Line)
	}
	if v.Absence = dataset.Plain(row.AbsenceWords(list)); row.Dispute != nil {
		v.Absence = dataset.Plain(row.Dispute.Words(d.clock()))
	}
	for _, c := range t.Schema.Columns {
		if d.sees(t.Schema, c.Name) {
			v.Columns = append(v.Columns, columnView{c.Name, document.Capital(document.Readable(c.Name))})
		}
	}
	if t.Schema.Person || v.Member {
		d.contactsOf(&v, row)
	}
	accounts := d.l.Plan.Explain(d.l.In, list, row.Ref)
	for _, a := range accounts {
		if !d.open(a.Playbook) { // its reasons are masked part by part
			v.Private++
			continue
		}
		if view := d.account(a); view.Matters {
			v.Accounts = append(v.Accounts, view)
		} else {
			v.Quiet = append(v.Quiet, dataset.Plain(a.Title))
		}
	}
	d.page("record", v.About, v)
}

// mayWriteOf reports whether the seat has a right to the records of a list.
func (d *desk) mayWriteOf(list string, r right) bool {
	return d.may(r) && (list != "officers" || d.may(mayOfficers))
}

// contactsOf gathers what is not sent to a person, and the letters and talks of
// the last year.
func (d *desk) contactsOf(v *recordView, row *dataset.Row) {
	b := d.book()
	words := map[string]string{"all": "wants no more letters", "marketing": "wants no letters about campaigns, events or appeals", "bounced": "the mail address does not work"}
	for _, s := range b.Suppression(row.Ref, "") {
		say := words[s.Scope]
		if say == "" {
			say = dataset.Plain(s.Scope)
		}
		v.Held = append(v.Held, heldView{Scope: s.Scope, Words: say, Lift: s.Scope == "all" || s.Scope == "marketing"})
	}
	since := d.l.In.Now.AddDate(-1, 0, 0)
	for _, c := range b.ContactsSince(row.Ref, "", since) {
		on := d.clock().Day(c.At).Words()
		switch {
		case c.Playbook != "" && !d.open(c.Playbook):
			continue
		case c.Playbook != "":
			v.Contacts = append(v.Contacts, on+": a letter, "+document.Readable(c.Step)+" of "+dataset.Plain(c.Playbook))
		default:
			v.Contacts = append(v.Contacts, on+": spoken with ("+dataset.Plain(c.How)+")")
		}
	}
	if b.RepliedSince(row.Ref, since) {
		v.Contacts = append(v.Contacts, "answered a letter in the last year")
	}
	slices.Reverse(v.Contacts)
	v.Contacts = v.Contacts[:min(len(v.Contacts), 30)]
}

// letterOfAction gives the letter that carries an action, if the seat may read
// it.
func (d *desk) letterOfAction(a ledger.Action) int64 {
	for _, id := range slices.Backward(a.Messages) {
		if m, ok := d.book().Message(id); ok && m.Kind == ledger.Letter && d.mayRead(m) {
			return id
		}
	}
	return 0
}

// sortLines puts lines of the plan into the order of their moments.
func sortLines(lines []plan.Line) []plan.Line {
	out := slices.Clone(lines)
	slices.SortStableFunc(out, func(a, b plan.Line) int { return a.When.Compare(b.When) })
	return out
}
