package console

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// uploadPages registers what a file goes through that somebody brings: it is
// looked at first, and taken or thrown away by another press of a button.
func (c *Console) uploadPages(mux *http.ServeMux) {
	for _, p := range []string{"POST /data/upload", "POST /data/{list}/upload"} {
		c.takes(p, mostBringing)
		mux.HandleFunc(p, c.needs(mayUpload, (*visit).receive))
	}
	mux.HandleFunc("POST /data/{list}/bring", c.needs(mayUpload, (*visit).bringWaiting))
	mux.HandleFunc("GET /data/uploads/{id}", c.needs(mayUpload, (*visit).difference))
	mux.HandleFunc("POST /data/uploads/{id}/as", c.needs(mayUpload, (*visit).readAs))
	mux.HandleFunc("POST /data/uploads/{id}/take", c.needs(mayUpload, (*visit).take))
	mux.HandleFunc("POST /data/uploads/{id}/throw", c.needs(mayUpload, (*visit).throwAway))
}

// uploadPath is the page of a file that waits.
func uploadPath(id string) string { return pathTo("data", "uploads", id) }

// receive takes a file and leads on to what is different in it.
func (v *visit) receive() {
	list := v.r.PathValue("list")
	if list != "" && !v.mayBring(list) {
		v.gone()
		return
	}
	b, err := v.bring(list)
	if err != nil {
		v.fail(err)
		return
	}
	v.recognise(b)
	http.Redirect(v.w, v.r, uploadPath(b.ID), http.StatusSeeOther)
}

// mayBring reports whether there is a list of that name, and the seat may look
// through it: what is different in a file tells what the list says. Whoever sits at
// the computer itself can read the lists.
func (v *visit) mayBring(list string) bool {
	s := v.e.Set().Schemas[list]
	return s != nil && (v.Seat.Local() || v.mayBrowse(s))
}

// recognise finds out of which list a file is, where nobody said so.
func (v *visit) recognise(b *brought) {
	if b.list != "" {
		return
	}
	list, err := v.e.ListOf(v.r.Context(), b.Upload)
	if err != nil {
		b.why = strings.TrimPrefix(err.Error(), b.Name+": ")
		return
	}
	b.list = list
}

// bringWaiting takes a copy of a file that lies in the constituency's folder and
// was not taken, so that somebody can see why and decide.
func (v *visit) bringWaiting() {
	list := v.r.PathValue("list")
	if !v.mayBring(list) {
		v.gone()
		return
	}
	waiting, err := v.waits()
	if err != nil {
		v.fail(err)
		return
	}
	i := slices.IndexFunc(waiting, func(w untaken) bool { return w.List == list && w.Refused && w.file == v.r.PostFormValue("file") })
	if i < 0 {
		v.fail(engine.ErrMoved)
		return
	}
	u, err := v.e.StageWaiting(v.r.Context(), list, waiting[i].file)
	if err != nil {
		v.fail(err)
		return
	}
	b, err := v.hold(u, list)
	if err != nil {
		v.fail(err)
		return
	}
	http.Redirect(v.w, v.r, uploadPath(b.ID), http.StatusSeeOther)
}

// with finds the file that a page is about, and lets nobody else decide about it
// meanwhile.
func (v *visit) with(do func(*brought)) {
	b := v.mine(v.r.PathValue("id"))
	if b == nil {
		v.status = http.StatusNotFound
		v.page("problem", "The file is not here", problem{What: dataset.Plain(engine.ErrUploadGone.Error()), Back: "/data"})
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.took != "" {
		http.Redirect(v.w, v.r, b.took, http.StatusSeeOther)
		return
	}
	if b.list != "" && !v.mayBring(b.list) { // which was not known when it came
		v.decided(b, "/data")
		v.gone()
		return
	}
	do(b)
}

// readAs reads a file anew, as somebody says it is to be read.
func (v *visit) readAs() {
	v.with(func(b *brought) {
		if err := v.r.ParseForm(); err != nil {
			v.fail(errLong)
			return
		}
		if b.list != "" {
			_, _ = b.read(v.r.Context(), v) // what its headings are is known after
		}
		if err := b.said(v); err != nil {
			v.fail(err)
			return
		}
		http.Redirect(v.w, v.r, uploadPath(b.ID), http.StatusSeeOther)
	})
}

// throwAway deletes a file; nothing of it was taken.
func (v *visit) throwAway() {
	v.with(func(b *brought) {
		to := "/data"
		if b.list != "" {
			to = pathTo("data", b.list)
		}
		v.decided(b, to)
		v.done(to, "The file was thrown away. Nothing has changed.")
	})
}

// take takes a file as it was shown. Who sits where is no ordinary list: that
// needs its own right, and a sign-in of the last minutes.
func (v *visit) take() {
	v.with(func(b *brought) {
		if err := v.r.ParseForm(); err != nil {
			v.fail(errLong)
			return
		}
		need := mayUpload
		if b.list == "officers" {
			need = mayOfficers
		}
		switch {
		case !v.may(need):
			v.forbid(need)
		case need == mayOfficers && !v.fresh():
			v.askAnew()
		case v.e.Set().Constituency.Data[b.list].Folder != "":
			v.takePaper(b)
		default:
			v.takeList(b, v.as1(need))
		}
	})
}

// as1 is the role in which the seat does what needs a right.
func (v *visit) as1(r right) string {
	for _, role := range v.Seat.Roles {
		if slices.Contains(rights[r].roles, role) {
			return role
		}
	}
	return v.by()
}

func (v *visit) takeList(b *brought, by string) {
	form := v.r.PostForm
	imp, err := b.read(v.r.Context(), v)
	switch {
	case err != nil:
		v.fail(err)
		return
	case form.Get("sha256") != b.SHA256 || form.Get("shown") != imp.Shown():
		v.fail(engine.ErrMoved)
		return
	case imp.Same:
		v.fail(errors.New("this is the very file that was taken last, so there is nothing to take"))
		return
	}
	var edit *engine.ColumnsEdit
	if b.keep {
		if edit, err = v.e.EditColumns(b.list, b.as.Columns); err != nil {
			v.fail(err)
			return
		}
	}
	imp.Saw(form.Get("shown"))
	rec, err := v.e.Commit(v.steady(), imp, by, form["accept"]...)
	var refused *engine.Refused
	switch {
	case errors.As(err, &refused):
		v.fail(errors.New("nothing was taken: say of each doubt that it is right all the same, by a tick before it: " + doubtsOf(refused.Doubts)))
		return
	case err != nil:
		b.at = nil
		v.fail(err)
		return
	}
	notice := fmt.Sprintf("%s is taken: %s, %d new, %d changed, %d no longer there. The next run looks at it.", b.Name, counted(rec.Rows, "record", "records"), rec.New, rec.Changed, rec.Gone)
	if edit != nil {
		if err := v.e.WriteColumns(edit); err != nil {
			notice += " But " + err.Error() + "."
		} else if v.Renew != nil {
			if err := v.Renew(); err != nil {
				notice += " The headings are written into constituency.yaml, and hold with the next run."
			}
		}
	}
	to := pathTo("data", b.list)
	v.decided(b, to)
	v.done(to, notice)
}

// takePaper lays a paper where papers are read from.
func (v *visit) takePaper(b *brought) {
	if v.r.PostForm.Get("sha256") != b.SHA256 {
		v.fail(engine.ErrMoved)
		return
	}
	file, err := v.e.LayPaper(v.steady(), b.list, b.Upload)
	if err != nil {
		v.fail(err)
		return
	}
	to := pathTo("data", b.list)
	v.decided(b, to)
	v.done(to, "The paper lies in "+file+" now. The next run reads it.")
}

// doubtsOf says doubts in words.
func doubtsOf(doubts []engine.Doubt) string {
	var out []string
	for _, d := range doubts {
		out = append(out, d.Why)
	}
	return strings.Join(out, "; ")
}

// counted is a number of things.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// difference shows what a file would change, and how it is read.
func (v *visit) difference() {
	v.with(func(b *brought) {
		p := &differing{ID: b.ID, File: b.Name, Size: size(b.Size), SHA256: b.SHA256, Part: b.as.Part, Kind: b.as.Kind, Dates: b.as.Dates, Sheet: b.as.Sheet, Keep: b.keep}
		title := "Which list is " + b.Name + "?"
		switch {
		case b.list == "":
			p.Why = upper(dataset.Plain(b.why))
			p.choices(v)
		case v.e.Set().Constituency.Data[b.list].Folder != "":
			p.List, p.Paper = b.list, true
			p.Folder = dataset.Plain(v.e.Set().Constituency.Data[b.list].Folder)
			title = "A paper for " + readable(b.list)
			if is, err := v.e.ListOf(v.r.Context(), b.Upload); err != nil {
				p.Fault = upper(dataset.Plain(err.Error()))
			} else if is != b.list {
				p.Fault = "It is no paper, but of the list " + is + "."
			}
		default:
			p.List, title = b.list, "What is different in "+readable(b.list)
			imp, err := b.read(v.r.Context(), v)
			if err != nil {
				p.Fault = upper(withoutCommands(dataset.Plain(strings.TrimPrefix(err.Error(), b.Name+": "))))
			} else {
				p.fill(v, b, imp)
			}
			p.mapping(v, b)
		}
		p.Officers = p.List == "officers"
		p.MayTake = p.Fault == "" && !p.Same && p.List != "" && (!p.Officers || v.may(mayOfficers))
		p.Fresh = v.fresh()
		v.page("difference", title, p)
	})
}

// choices are the lists among which somebody chooses.
func (p *differing) choices(v *visit) {
	for _, name := range slices.Sorted(maps.Keys(v.e.Set().Constituency.Data)) {
		p.Lists = append(p.Lists, option{Value: name, Text: readable(name)})
	}
}

// size is the size of a file in words.
func size(n int64) string {
	switch {
	case n < 2000:
		return fmt.Sprintf("%d bytes", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KB", (n+512)>>10)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
