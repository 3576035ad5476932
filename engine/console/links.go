package console

import (
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"strconv"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A reviewPage is what the link in an officer's message shows: the letters that
// wait for a yes, or those that have one and can be stopped.
type reviewPage struct {
	engine.Review
	Bare                func(string) template.HTML // what letter.Bare made: tags alone, and all text escaped
	Until               string                     // when the link ends
	Undo                string
	Waiting, Here, Left int    // letters that wait; that can have a yes here; that can be held
	All                 bool   // so many that they are not ticked one by one
	Said                string // of a stop: who said yes, and when
	Missing             bool   // a button was pressed, and nothing was ticked
}

// mostTicked is how many letters a page lets tick one by one: what comes with a
// link is small.
const mostTicked = 100

// linkPages are the pages that links in officers' messages about letters lead to.
func (c *Console) linkPages(mux *http.ServeMux) {
	for path, p := range map[string]engine.Purpose{"/r/{token}": engine.ToReview, "/s/{token}": engine.ToStop} {
		mux.HandleFunc("GET "+path, c.limited(func(w http.ResponseWriter, r *http.Request) { c.reviewing(w, r, p, false) }))
		mux.HandleFunc("POST "+path, c.limited(func(w http.ResponseWriter, r *http.Request) { c.reviewed(w, r, p) }))
	}
}

// reviewing shows what can be decided, and does nothing.
func (c *Console) reviewing(w http.ResponseWriter, r *http.Request, p engine.Purpose, missing bool) {
	e := c.Engine()
	found, err := e.Reviewing(r.Context(), p, r.PathValue("token"))
	if err != nil {
		c.refuse(w, err)
		return
	}
	for _, g := range found.Groups {
		for i := range g.Letters {
			l := &g.Letters[i]
			l.Subject, l.State = dataset.Plain(l.Subject), dataset.Plain(l.State)
		}
	}
	page := reviewPage{Bare: func(s string) template.HTML { return template.HTML(s) }, Review: found, Until: e.Clock().Words(found.Expires), Undo: engine.Span(found.Undo), Missing: missing}
	page.Waiting, page.Here, page.Left = found.Open()
	page.All = page.Left > mostTicked
	if found.Stop {
		page.Said = e.Set().RoleTitle(found.Said.By) + " on " + e.Clock().Words(found.Said.At)
	}
	c.show(w, http.StatusOK, "reviewing", view{More: page})
}

// reviewed does what a button says, to the letters that are ticked.
func (c *Console) reviewed(w http.ResponseWriter, r *http.Request, p engine.Purpose) {
	token, steady, e := r.PathValue("token"), context.WithoutCancel(r.Context()), c.Engine()
	do, all := r.PostFormValue("do"), r.PostFormValue("all") == "yes"
	var ids []int64
	for _, s := range r.PostForm["letter"] {
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			c.refuse(w, engine.ErrLink)
			return
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 && (!all || do == "approve") {
		c.reviewing(w, r, p, do != "")
		return
	}
	if all {
		ids = nil
	}
	var err error
	switch {
	case do == "approve" && p == engine.ToReview:
		_, err = e.ApproveWith(steady, token, ids)
	case do == "hold":
		_, err = e.HoldWith(steady, p, token, ids)
	case do == "reject":
		_, err = e.RejectWith(steady, p, token, r.PostFormValue("reason"), ids)
	default:
		c.reviewing(w, r, p, false)
		return
	}
	switch {
	case errors.Is(err, engine.ErrUsed):
		c.show(w, http.StatusConflict, "said-already", view{})
	case errors.Is(err, engine.ErrNotHere):
		c.show(w, http.StatusConflict, "not-here", view{})
	case err != nil:
		c.refuse(w, err)
	default:
		at := map[engine.Purpose]string{engine.ToReview: "/r/", engine.ToStop: "/s/"}[p]
		http.Redirect(w, r, at+url.PathEscape(token), http.StatusSeeOther)
	}
}
