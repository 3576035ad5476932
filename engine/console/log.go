package console

import (
	"net/http"
	"strconv"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// logPages registers the decisions log.
func (c *Console) logPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /log", c.needs(mayLog, c.at((*desk).log)))
}

// aPageOfLog is how many lines of the log a page shows; what belongs to one
// moment is not parted.
const aPageOfLog = 25

// A logView is a page of the log.
type logView struct {
	Head      string // of the chain
	Seq       int64
	Lines     []logRow
	Before    int64 // the next page begins there; 0: there is none
	Playbook  string
	Playbooks []option
	All       bool
	First     bool // it is the newest page
}

// A logRow is one line of the log.
type logRow struct {
	Seq          int64
	At, By, What string
	Playbook     string
	Letters      []int64 // that may be opened
}

// log shows what was decided, newest first, page by page from an event on.
func (d *desk) log() {
	q := d.r.URL.Query()
	ask := engine.LogQuery{Before: number(q.Get("before")), Most: aPageOfLog, All: q.Get("all") != "", Roles: d.Seat.Roles, Names: !d.Seat.Bound()}
	if pb := d.set().Playbook(q.Get("playbook")); pb != nil && d.open(pb.Name) {
		ask.Playbook = pb.Name
	}
	v := logView{Playbook: ask.Playbook, All: ask.All, First: ask.Before == 0}
	var err error
	if v.Seq, v.Head, err = d.e.Head(d.r.Context()); err != nil {
		d.fail(err)
		return
	}
	lines, err := d.e.Decisions(d.r.Context(), ask)
	if err != nil {
		d.fail(err)
		return
	}
	for _, l := range lines {
		v.Lines = append(v.Lines, d.logRow(l))
	}
	if n := len(lines); n >= aPageOfLog { // as many as were asked for, and there may be more
		v.Before = lines[n-1].Seq
	}
	for _, pb := range d.set().Playbooks {
		if d.open(pb.Name) {
			v.Playbooks = append(v.Playbooks, option{Value: pb.Name, Text: dataset.Plain(pb.Title), Chosen: pb.Name == v.Playbook})
		}
	}
	d.page("log", "Decisions log", v)
}

// logRow is a line for people, with the letters that the seat may open.
func (d *desk) logRow(l engine.LogLine) logRow {
	row := logRow{Seq: l.Seq, At: d.clock().Words(l.At), By: dataset.Plain(l.By), What: dataset.Plain(l.Words), Playbook: l.Playbook}
	if l.Private || len(l.Type) < 7 || l.Type[:7] != "message" {
		return row
	}
	for _, id := range l.Numbers {
		if m, ok := d.book().Message(id); ok && len(row.Letters) < 3 && d.mayRead(m) {
			row.Letters = append(row.Letters, id)
		}
	}
	return row
}

// Older is the address of the next page.
func (v logView) Older() string {
	out := "/log?before=" + strconv.FormatInt(v.Before, 10)
	if v.Playbook != "" {
		out += "&playbook=" + v.Playbook
	}
	if v.All {
		out += "&all=yes"
	}
	return out
}
