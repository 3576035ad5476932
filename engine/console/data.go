package console

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// dataPages registers the pages of the lists.
func (c *Console) dataPages(mux *http.ServeMux) {
	c.uploads = newUploads()
	if c.Engine != nil { // nobody can get at what was brought to a program that has ended
		c.deleteUntil(c.Engine().Now())
	}
	mux.HandleFunc("GET /data", c.needs(mayLook, (*visit).lists))
	mux.HandleFunc("GET /data/{list}", c.needs(mayLook, c.at((*desk).list)))
	mux.HandleFunc("POST /data/{list}/undo", c.needs(mayUpload, (*visit).undo))
	mux.HandleFunc("GET /officers", c.needs(mayLook, (*visit).officers))
	c.uploadPages(mux)
}

// mostImports is how many imports of a list one page shows.
const mostImports = 25

// A listing is what the page of all lists shows.
type listing struct {
	Lists   []listLine
	Absent  []listLine // that constituency.yaml names and of which nothing came
	Waiting []untaken
	Choose  []option
}

// A listLine is one list.
type listLine struct {
	engine.ListView
	Title string
	By    string
	State string // how old it is, in words
}

// line says how a list stands.
func (v *visit) line(l engine.ListView) listLine {
	out := listLine{ListView: l, Title: readable(l.Name), By: v.byWords(l.Last.By)}
	switch {
	case l.Last.ID == 0:
		out.State = "nothing of it has come yet"
	case l.Late:
		out.State = "too old since " + l.Until.AddDays(1).Words()
	case l.Until != 0:
		out.State = "fresh until " + l.Until.Words()
	default:
		out.State = "as of " + l.Drawn.Words()
	}
	return out
}

// byWords says who did something: a role by its title, or the program itself.
func (v *visit) byWords(role string) string {
	switch {
	case role == "clarion":
		return "by itself"
	case role == "" || role == engine.AnyOfficer:
		return "an officer"
	case v.e.Set().Roles[role] != nil:
		return v.e.Set().RoleTitle(role)
	}
	return dataset.Plain(role)
}

// lists shows all lists, and what lies there and was not taken.
func (v *visit) lists() {
	all, err := v.e.Lists(v.r.Context(), v.seen.In.Tables)
	if err != nil {
		v.fail(err)
		return
	}
	var p listing
	for _, l := range all {
		if line := v.line(l); l.Last.ID == 0 {
			p.Absent = append(p.Absent, line)
		} else {
			p.Lists = append(p.Lists, line)
		}
	}
	if p.Waiting, err = v.waits(); err != nil {
		v.fail(err)
		return
	}
	v.page("lists", "Lists", p)
}

// A listPage is what the page of one list shows.
type listPage struct {
	listLine
	Imports           []importLine
	More              int64 // the import before which older ones are shown; 0: there are none
	Older             bool  // it shows older ones itself
	Undo              *undoing
	Cannot            string // the last cannot be withdrawn, and why
	Refused, Unread   faults
	RefusedAll, Cells int
	HiddenRows        int
	Waiting           []untaken
	Officers, Fresh   bool
	MayChange         bool
}

// An importLine is one import.
type importLine struct {
	engine.ImportRecord
	By, UndoneBy string
	Last         bool
}

// An undoing says what would be withdrawn, and what would be held again.
type undoing struct {
	Last engine.ImportRecord
	Back engine.ImportRecord // ID 0: nothing
}

// list shows how one list stands and what became of it.
func (d *desk) list() {
	name := d.r.PathValue("list")
	schema := d.set().Schemas[name]
	if schema == nil {
		d.gone()
		return
	}
	before := number(d.r.URL.Query().Get("before"))
	view, err := d.e.List(d.r.Context(), name, d.l.In.Tables)
	if err == nil && !view.Named && view.Last.ID == 0 && d.l.In.Tables[name] != nil {
		d.gone() // it is made of other lists
		return
	}
	var h engine.History
	if err == nil {
		h, err = d.e.HistoryOf(d.r.Context(), name, before, mostImports)
	}
	if err != nil {
		d.fail(err)
		return
	}
	p := listPage{listLine: d.line(view), Older: before > 0, Officers: name == "officers", Fresh: d.fresh()}
	p.MayChange = d.may(mayUpload) && d.mayBring(name) && (!p.Officers || d.may(mayOfficers))
	for _, r := range h.Imports {
		p.Imports = append(p.Imports, importLine{r, d.byWords(r.By), d.byWords(r.UndoneBy), r.ID == view.Last.ID})
	}
	if h.More {
		p.More = h.Imports[len(h.Imports)-1].ID
	}
	if before == 0 && view.Last.ID != 0 && p.MayChange {
		if p.Cannot = upper(withoutCommands(h.Undo)); p.Cannot == "" {
			p.Undo = &undoing{view.Last, h.Back}
		}
	}
	d.problems(&p, schema, h.Problems)
	waiting, err := d.waits()
	if err != nil {
		d.fail(err)
		return
	}
	for _, w := range waiting {
		if w.List == name {
			p.Waiting = append(p.Waiting, w)
		}
	}
	d.page("list", p.Title, p)
}

// problems lists what of the last import could not be read, as the seat may see
// it: of another branch's rows, and of rows of which nobody knows whose they are,
// an officer of a branch is told no more than how many they are.
func (d *desk) problems(p *listPage, schema *dataset.Schema, all []engine.ProblemRow) {
	p.Refused.What, p.Unread.What = "Rows that were refused", "Cells that could not be read"
	for _, x := range all {
		if x.Ref == 0 {
			p.RefusedAll++
		} else {
			p.Cells++
		}
		if d.Seat.Bound() && (x.Ref == 0 || !d.here(schema.Name, x.Ref)) {
			p.HiddenRows++
			continue
		}
		f := d.fault(schema, x.Line, x.Column, x.Text, x.Why)
		if x.Ref == 0 {
			p.Refused.add(f)
		} else {
			p.Unread.add(f)
		}
	}
}

// undo withdraws the last import of a list, if it is the one that was shown.
func (v *visit) undo() {
	list := v.r.PathValue("list")
	need := mayUpload
	if list == "officers" {
		need = mayOfficers
	}
	id := number(v.r.PostFormValue("import"))
	switch {
	case !v.mayBring(list) || id == 0:
		v.gone()
		return
	case !v.may(need):
		v.forbid(need)
		return
	case need == mayOfficers && !v.fresh():
		v.askAnew()
		return
	}
	rec, err := v.e.UndoThis(v.steady(), list, v.as1(need), id)
	if err != nil {
		if !errors.Is(err, engine.ErrMoved) {
			err = errors.New(withoutCommands(err.Error()))
		}
		v.fail(err)
		return
	}
	v.done(pathTo("data", list), fmt.Sprintf("The import of %s on %s is withdrawn. What was held before is held again.", dataset.Plain(rec.File), v.clock().Words(rec.At)))
}

// An untaken is a file that lies in the constituency's folder and was not taken.
type untaken struct {
	List, What, Why string
	Refused         bool // somebody can look at it and take it all the same
	Title           string
	file            string // as it was named; empty: the list's own
	File            string
}

// lying is what lies there, found out once for all visits: to look means to read
// every file.
type lying struct {
	mu    sync.Mutex
	at    *engine.Look
	stamp string
	when  time.Time
	list  []untaken
}

// let lets go of the look; what lies there is looked at anew.
func (l *lying) let() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.at = nil
}

// lookAgain is how long what lies there is believed to be the same, where nothing
// says otherwise: a file may ripen by mere lying.
const lookAgain = 5 * time.Minute

// waits lists the files that lie in the constituency's folder and were not taken.
func (v *visit) waits() ([]untaken, error) {
	l := &v.lying
	l.mu.Lock()
	defer l.mu.Unlock()
	stamp, now := v.e.FilesStamp(), v.now()
	if l.at == v.seen && l.stamp == stamp && now.Sub(l.when) < lookAgain && !now.Before(l.when) {
		return l.list, nil
	}
	waiting, refused, err := v.e.Waits(v.steady()) // others wait for it, too
	if err != nil {
		return nil, err
	}
	l.at, l.stamp, l.when, l.list = v.seen, stamp, now, nil
	for _, err := range refused {
		var r *engine.Refused
		if errors.As(err, &r) {
			what := "its file"
			if r.File != "" {
				what = dataset.Plain(r.File)
			}
			l.list = append(l.list, untaken{List: r.Dataset, Title: readable(r.Dataset), What: what, Why: upper(dataset.Plain(doubtsOf(r.Doubts))), Refused: true, file: r.File, File: r.File})
			continue
		}
		l.list = append(l.list, untaken{Why: upper(withoutCommands(dataset.Plain(err.Error())))})
	}
	for _, w := range waiting {
		l.list = append(l.list, untaken{List: w.Dataset, Title: readable(w.Dataset), What: dataset.Plain(w.File), Why: upper(dataset.Plain(w.Why))})
	}
	return l.list, nil
}

// withoutCommands leaves out of a sentence what it says of the command line.
func withoutCommands(s string) string {
	if s == "" {
		return ""
	}
	for _, from := range []string{". If you know which list it is: clarion", ". Save a corrected one, or take it all the same with clarion", ": clarion import", " with clarion import", ". If it has another now: clarion", "; if it stands under another heading, write", ". For meetings write there", ". For papers write there", ": clarion map", ": clarion import"} {
		if at := strings.Index(s, from); at > 0 {
			s = s[:at]
		}
	}
	return strings.TrimSuffix(s, ".") + "."
}

// upper begins a sentence with a capital.
func upper(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
