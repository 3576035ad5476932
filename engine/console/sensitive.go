package console

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/plan"
)

// sensitivePages registers what takes names out of the program, and what erases
// them: each wants a right of its own and a fresh sign-in.
func (c *Console) sensitivePages(mux *http.ServeMux) {
	mux.HandleFunc("GET /export/{list}", c.freshly(mayExport, c.at((*desk).export)))
	mux.HandleFunc("GET /records/{list}/{key}/forget", c.freshly(mayForget, c.at((*desk).forgetting)))
	mux.HandleFunc("POST /records/{list}/{key}/forget", c.freshly(mayForget, c.sent((*desk).forget)))
}

// inRoleFor is the role in which the seat uses a right.
func (v *visit) inRoleFor(r right) string {
	for _, role := range v.Seat.Roles {
		if slices.ContainsFunc(rights[r].roles, func(of string) bool {
			return of == role || slices.Contains(plan.Deciders(v.seen.In, of), role)
		}) {
			return role
		}
	}
	return v.by()
}

// export gives a list as a file, with the columns and the records that the seat
// may see.
func (d *desk) export() {
	t := d.l.In.Tables[d.r.PathValue("list")]
	if t == nil || !d.mayBrowse(t.Schema) {
		d.gone()
		return
	}
	var g letter.Grid
	for _, c := range t.Schema.Columns {
		if d.sees(t.Schema, c.Name) {
			g.Head = append(g.Head, c.Name)
		}
	}
	for _, r := range t.Rows {
		if !d.here(t.Schema.Name, r.Ref) {
			continue
		}
		row := make([]string, len(g.Head))
		for i, name := range g.Head {
			if v, _ := r.Get(t.Schema, name); !v.IsBlank() {
				row[i] = v.Words(d.clock())
			}
		}
		g.Rows = append(g.Rows, row)
	}
	d.Log.Info("a list was exported", "list", t.Schema.Name, "role", d.inRoleFor(mayExport), "records", len(g.Rows))
	d.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	d.w.Header().Set("Content-Disposition", `attachment; filename="`+t.Schema.Name+`.csv"`)
	_, _ = d.w.Write(g.CSV())
}

// A forgetView says what would be erased, and what stays.
type forgetView struct {
	About, Key, Path string
	Goes, Stays      []engine.ForgetItem
}

// forgetting shows what would be erased, and erases nothing.
func (d *desk) forgetting() {
	t, row, ok := d.recordOf()
	if !ok || d.barred(t.Schema.Name) {
		return
	}
	items, err := d.e.Forget(d.r.Context(), d.inRoleFor(mayForget), t.Schema.Name, row.Key, false)
	if err != nil {
		d.fail(err)
		return
	}
	v := forgetView{About: engine.Label(t.Schema, row), Key: dataset.Plain(row.Key), Path: pathTo("records", t.Schema.Name, row.Key)}
	for _, x := range items {
		if x.Kept {
			v.Stays = append(v.Stays, x)
		} else {
			v.Goes = append(v.Goes, x)
		}
	}
	d.page("forget", "Erase "+v.About, v)
}

// forget erases a person, once the key was typed: it cannot be taken back.
func (d *desk) forget() {
	t, row, ok := d.recordOf()
	if !ok || d.barred(t.Schema.Name) {
		return
	}
	if !strings.EqualFold(strings.TrimSpace(d.r.PostFormValue("key")), row.Key) {
		d.fail(errors.New("the key that was typed is not that of this record, so nothing was erased"))
		return
	}
	if _, err := d.e.Forget(d.steady(), d.inRoleFor(mayForget), t.Schema.Name, row.Key, true); err != nil {
		d.fail(err)
		return
	}
	d.almanac.drop() // it names people, and is kept for longer than a look
	d.done("/people", "Erased. Numbers that lead to nobody stay, and so do backups and the files that were imported: see to those yourself.")
}
