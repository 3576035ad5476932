package console

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
)

//go:embed pages
var files embed.FS

var (
	sheets = sync.OnceValue(func() *template.Template {
		return template.Must(template.New("").Funcs(functions).ParseFS(files, "pages/*.html"))
	})
	style     = must(files.ReadFile("pages/style.css"))
	styleName = fmt.Sprintf("/style-%.6x.css", sha256.Sum256(style))
)

// functions are what pages can do besides what is built in. Text from outside goes
// through plain, which makes invisible characters visible.
var functions = template.FuncMap{
	"plain": dataset.Plain,
	"plural": func(n int, one, many string) string {
		if n == 1 {
			return "1 " + one
		}
		return strconv.Itoa(n) + " " + many
	},
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err) // it is built into the program
	}
	return b
}

// A view is what a page shows.
type view struct {
	Style        string
	Constituency string
	Went         string // the day a letter went; empty: it is not known
	Done         bool
	Open         int
	Tasks        []asked
	Back         string // where somebody was going who must sign in
	Local        bool   // the program runs on this computer for itself
	More         any    // of a page with an area of its own
}

// asked is a task as an officer's page shows it.
type asked struct {
	Number  int64
	Line    string
	Due     string
	Late    bool
	Answers []string // what the buttons send
	Was     string   // what became of it; empty: it is open
	Back    bool     // and can be taken back
}

// pages are the pages by their addresses.
func (c *Console) pages() http.Handler {
	mux := http.NewServeMux()
	c.mux = mux
	mux.HandleFunc("GET "+styleName, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable") // another one has another name
		_, _ = w.Write(style)
	})
	mux.HandleFunc("GET /u/{token}", c.limited(c.leaving))
	mux.HandleFunc("POST /u/{token}", c.limited(c.leave))
	mux.HandleFunc("GET /a/{token}", c.limited(c.asking))
	mux.HandleFunc("POST /a/{token}", c.limited(c.answer))
	c.linkPages(mux)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		c.show(w, http.StatusNotFound, "nothing", view{})
	})
	c.areas(mux)
	return mux
}

// areas registers the pages of who is signed in: each area has a file of its own.
func (c *Console) areas(mux *http.ServeMux) {
	c.signInPages(mux)
	c.todayPages(mux)
	c.firstDayPages(mux)
	c.dataPages(mux)
	c.mailPages(mux)
	c.reviewPages(mux)
	c.taskPages(mux)
	c.recordPages(mux)
	c.sensitivePages(mux)
	c.diaryPages(mux)
	c.logPages(mux)
	c.playbookPages(mux)
	c.oncePages(mux)
}

// show sends a page. It is made whole before its first byte goes.
func (c *Console) show(w http.ResponseWriter, status int, name string, v view) {
	v.Style, v.Constituency = styleName, dataset.Plain(c.Engine().Set().Constituency.Name)
	var b bytes.Buffer
	if err := sheets().ExecuteTemplate(&b, name, v); err != nil {
		c.Log.Error("a page failed", "page", name, "err", err)
		http.Error(w, "Something failed here, and nothing was changed.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes())
}

// refuse answers for a verb that did not do what was asked.
func (c *Console) refuse(w http.ResponseWriter, err error) {
	switch {
	case errors.Is(err, engine.ErrLink):
		c.show(w, http.StatusNotFound, "gone", view{})
	case errors.Is(err, engine.ErrMoved):
		c.show(w, http.StatusConflict, "changed", view{})
	default:
		c.Log.Error("a page failed", "err", err)
		c.show(w, http.StatusInternalServerError, "trouble", view{})
	}
}

// leaving says what would stop, and does nothing.
func (c *Console) leaving(w http.ResponseWriter, r *http.Request) {
	e := c.Engine()
	l, err := e.Leaving(r.Context(), r.PathValue("token"))
	if err != nil {
		c.refuse(w, err)
		return
	}
	c.show(w, http.StatusOK, "leave", view{Went: day(e.Clock(), l.Went), Done: l.Done})
}

// leave stops the letters. The button of the page sends what the one click of a
// mail program does (RFC 8058); whatever else is sent here is no wish of anybody.
func (c *Console) leave(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("List-Unsubscribe") != "One-Click" {
		c.leaving(w, r)
		return
	}
	e := c.Engine()
	l, err := e.Unsubscribe(context.WithoutCancel(r.Context()), r.PathValue("token")) // who hangs up still means it
	if err != nil {
		c.refuse(w, err)
		return
	}
	c.show(w, http.StatusOK, "leave", view{Went: day(e.Clock(), l.Went), Done: true})
}

// asking shows an officer what a message asked, and does nothing.
func (c *Console) asking(w http.ResponseWriter, r *http.Request) {
	e := c.Engine()
	questions, err := e.Asked(r.Context(), r.PathValue("token"))
	if err != nil {
		c.refuse(w, err)
		return
	}
	v := view{}
	for _, q := range questions {
		a := asked{Number: q.Number, Line: q.Line, Due: day(e.Clock(), q.Due), Late: q.State == ledger.TaskOverdue}
		switch q.State {
		case ledger.TaskOpen, ledger.TaskOverdue:
			a.Answers = q.Answers
			v.Open++
		case ledger.TaskAnswered:
			a.Was = "Answered"
			if len(q.Answers) > 0 { // else it is private to others
				a.Was += ": " + dataset.Plain(q.Answer)
				a.Back = e.Now().Sub(q.Changed) <= ledger.AnswerHolds
			}
		default:
			a.Was = "No longer needed"
		}
		v.Tasks = append(v.Tasks, a)
	}
	c.show(w, http.StatusOK, "tasks", v)
}

// answer writes an answer down, or takes one back, and shows what is open now.
func (c *Console) answer(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	number, err := strconv.ParseInt(r.PostFormValue("task"), 10, 64)
	if err != nil {
		c.asking(w, r)
		return
	}
	steady := context.WithoutCancel(r.Context())
	if r.PostFormValue("take_back") != "" {
		err = c.Engine().UnanswerWith(steady, token, number)
	} else {
		err = c.Engine().AnswerWith(steady, token, number, r.PostFormValue("answer"))
	}
	if err != nil {
		c.refuse(w, err)
		return
	}
	http.Redirect(w, r, "/a/"+url.PathEscape(token), http.StatusSeeOther)
}

// day is a day in words; nothing for no moment.
func day(clock calendar.Clock, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return clock.Day(t).Words()
}
