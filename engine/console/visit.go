package console

import (
	"bytes"
	"context"
	"errors"
	"html/template"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// A visit is one request of somebody who is signed in.
type visit struct {
	*Console
	w       http.ResponseWriter
	r       *http.Request
	Seat    engine.Seat
	status  int            // of the page; 0: all is well
	e       *engine.Engine // the constituency, with the settings of when the request came
	seen    *engine.Look
	age     int // of the almanac, before the look was had
	session context.Context
}

// steady is the context of what is written: who hangs up still means it.
func (v *visit) steady() context.Context { return context.WithoutCancel(v.r.Context()) }

// look gives the constituency at this moment, with its plan. It is shared with
// other visits, and must not be changed.
func (v *visit) look() (*engine.Look, error) { return v.seen, nil }

// now is the constituency's moment.
func (v *visit) now() time.Time { return v.e.Now() }

// clock gives the constituency's civil time.
func (v *visit) clock() calendar.Clock { return v.e.Clock() }

// seated lets through who is signed in and holds a role.
func (c *Console) seated(f func(*visit)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, of, err := c.signedIn(r)
		switch {
		case err != nil:
			c.refuse(w, err)
			return
		case of == nil:
			c.askToSignIn(w, r)
			return
		}
		e := c.Engine()
		age := c.almanac.now()
		l, err := c.sight.look(r.Context(), e)
		if err != nil {
			c.refuse(w, err)
			return
		}
		v := &visit{Console: c, w: w, r: r, e: e, seen: l, age: age, session: ctx}
		if of.Person == 0 {
			v.Seat = engine.LocalSeat(l.In, of.Role)
		} else {
			v.Seat = engine.SeatOf(l.In, of.Person)
		}
		if len(v.Seat.Roles) == 0 { // the term is over: so is the sign-in
			v.end()
			c.askToSignIn(w, r)
			return
		}
		if n := c.room(r); n > mostForm {
			_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(mostUpload))
		}
		f(v)
	}
}

// needs is seated for those who have a right.
func (c *Console) needs(r right, f func(*visit)) http.HandlerFunc {
	return c.seated(func(v *visit) {
		if !v.may(r) && !rights[r].own {
			v.forbid(r)
			return
		}
		f(v)
	})
}

// freshly is needs for what is sensitive: the sign-in must be of the last ten
// minutes.
func (c *Console) freshly(r right, f func(*visit)) http.HandlerFunc {
	return c.needs(r, func(v *visit) {
		if !v.fresh() {
			v.askAnew()
			return
		}
		f(v)
	})
}

// fresh reports that the sign-in is of the last ten minutes.
func (v *visit) fresh() bool {
	since := time.UnixMicro(v.sessions.GetInt64(v.session, inSince))
	return v.Console.now().Sub(since) < freshFor
}

// A frame is what a page is put into: its parts are at hand in every page as
// .Title, .Seat and so on, and what the page itself shows as .Data.
type frame struct {
	Style, Constituency, Title, Path string
	Seat                             engine.Seat
	As                               string // the roles, in words
	Nav                              []link
	Notice                           string
	Halted                           bool
	Why                              string // of a halt, or why nothing is sent
	CanResume                        bool
	Data                             any
	Content                          template.HTML

	v *visit
}

// A link of the navigation.
type link struct {
	To, Text string
	Here     bool
}

// navigation are the pages that every page leads to, as far as they are there.
var navigation = []link{{"/", "Today", false}, {"/plan", "Plan", false}, {"/tasks", "Tasks", false}, {"/diary", "Diary", false},
	{"/data", "Lists", false}, {"/playbooks", "Playbooks", false}, {"/mail", "Mail", false}, {"/log", "Log", false}}

// Day, Moment and Role are how pages write days, moments and roles.
func (f frame) Day(t time.Time) string { return day(f.v.clock(), t) }

// Moment writes a moment; nothing for none.
func (f frame) Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return f.v.clock().Words(t)
}

// Role names a role for people.
func (f frame) Role(role string) string { return f.v.e.Set().RoleTitle(role) }

// May reports whether the seat has a right.
func (f frame) May(r string) bool { return f.v.may(right(r)) }

// frame makes what a page is put into.
func (v *visit) frame(title string, data any) frame {
	path := v.r.URL.Path
	if v.r.Method == http.MethodPost { // of which there is no page to come back to
		path = v.back()
	}
	f := frame{Style: styleName, Constituency: dataset.Plain(v.e.Set().Constituency.Name), Title: dataset.Plain(title), Path: path,
		Seat: v.Seat, As: v.as(), Notice: v.known.said(v.cookie(v.r), v.r.URL.Path), Data: data, v: v}
	for _, l := range navigation {
		if v.serves(l.To) {
			l.Here = path == l.To || l.To != "/" && strings.HasPrefix(path, l.To+"/") || l.To == "/plan" && strings.HasPrefix(path, "/letters/")
			f.Nav = append(f.Nav, l)
		}
	}
	st := v.seen.Status
	f.Halted, f.CanResume = st.Halted, v.may(mayResume)
	if f.Why = dataset.Plain(st.HaltedWhy); !st.Halted {
		f.Why = dataset.Plain(st.Barred())
	}
	return f
}

// as says in words in which roles somebody is here.
func (v *visit) as() string {
	var roles []string
	for _, r := range v.Seat.Roles {
		title := v.e.Set().RoleTitle(r)
		if of := v.Seat.Branches[r]; len(of) > 0 && !v.Seat.Local() {
			title += " of " + strings.Join(of, " and ")
		}
		roles = append(roles, title)
	}
	return dataset.Plain(strings.Join(roles, ", "))
}

// page sends a page: the template of that name, in the frame of all pages. It is
// made whole before its first byte goes.
func (v *visit) page(name, title string, data any) {
	f := v.frame(title, data)
	var inner, whole bytes.Buffer
	err := sheets().ExecuteTemplate(&inner, name, f)
	if err == nil {
		f.Content = template.HTML(inner.String()) // which a template has made of what it was given
		err = sheets().ExecuteTemplate(&whole, "layout", f)
	}
	if err != nil {
		v.Log.Error("a page failed", "page", name, "err", err)
		http.Error(v.w, "Something failed here, and nothing was changed.", http.StatusInternalServerError)
		return
	}
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if v.status == 0 {
		v.status = http.StatusOK
	}
	v.w.WriteHeader(v.status)
	_, _ = v.w.Write(whole.Bytes())
}

// A problem is what is said where something was not done.
type problem struct {
	What string // a sentence
	Back string // the page to go back to
	Ours bool   // it is a fault of ours
}

// fail answers for a verb that did not do what was asked. What it says is for
// people; a fault of ours is told without its words, which are in the log.
func (v *visit) fail(err error) {
	p := problem{What: sentence(dataset.Plain(err.Error())), Back: v.back()}
	title := "That was not done"
	switch {
	case engine.Missing(err):
		v.gone()
		return
	case errors.Is(err, engine.ErrMoved):
		v.status, title = http.StatusConflict, "Something else happened meanwhile"
		p.What = "Something else has happened meanwhile, so nothing was done. Look at the page once more: it shows how things stand now."
	case engine.Ours(err):
		v.Log.Error("a page failed", "page", v.pattern(v.r), "err", errors.Unwrap(err))
		v.status, title = http.StatusInternalServerError, "Something failed here"
		p.What, p.Ours = "Something failed here, and nothing was done.", true
	default:
		v.status = http.StatusUnprocessableEntity
	}
	v.page("problem", title, p)
}

// gone says that there is nothing at an address.
func (v *visit) gone() {
	v.status = http.StatusNotFound
	v.page("problem", "There is nothing here", problem{What: "There is no such page, or it is not for your role.", Back: "/"})
}

// forbid says that a role has no right to something.
func (v *visit) forbid(r right) {
	v.status = http.StatusForbidden
	v.page("problem", "That is for another role", problem{What: "Your role may not do this (" + string(r) + "). Who may: " + v.holdersOf(r) + ".", Back: v.back()})
}

// holdersOf says who has a right.
func (v *visit) holdersOf(r right) string {
	var titles []string
	for _, role := range rights[r].roles {
		titles = append(titles, v.e.Set().RoleTitle(role))
	}
	return strings.Join(titles, ", ")
}

// done leads on to a page, on which a notice is shown once.
func (v *visit) done(path, notice string) {
	if path = localPath(path); path == "" {
		path = "/"
	}
	if notice != "" {
		at, _ := url.Parse(path)
		v.known.say(v.cookie(v.r), at.Path, dataset.Plain(notice))
	}
	http.Redirect(v.w, v.r, path, http.StatusSeeOther)
}

// back is the page that a form was on: what the form says, or the nearest page
// above its address.
func (v *visit) back() string {
	if v.r.Method == http.MethodPost {
		if p := localPath(v.r.PostFormValue("back")); p != "" {
			return p
		}
	}
	for p := v.r.URL.Path; p != "" && p != "/"; p = p[:strings.LastIndexByte(p, '/')] {
		if (v.r.Method != http.MethodGet || p != v.r.URL.Path) && v.serves(p) {
			return p
		}
	}
	return "/"
}

// localPath gives a path of ours, as a form or an address named it; nothing for
// anything else, which could lead elsewhere.
func localPath(path string) string {
	u, err := url.Parse(path)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") ||
		strings.ContainsAny(path, "\\\r\n\t") || len(path) > 500 {
		return ""
	}
	if f := u.EscapedFragment(); f != "" {
		return u.RequestURI() + "#" + f
	}
	return u.RequestURI()
}

// sight is the one look that all visits share. The first who needs another makes
// it, and the others wait for it.
type sight struct {
	mu   sync.Mutex
	held *engine.Look
	idle *time.Timer
	also func() // lets go of what was made from a look
}

// dropAfter is how long a look is kept that nobody asks for.
const dropAfter = 10 * time.Minute

// look gives the look that holds now.
func (s *sight) look(ctx context.Context, e *engine.Engine) (*engine.Look, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.held.Stands(ctx, e) {
		l, err := e.Look(context.WithoutCancel(ctx)) // others wait for it, too
		if err != nil {
			return nil, err
		}
		s.held = l
	}
	if s.idle == nil {
		s.idle = time.AfterFunc(dropAfter, s.drop)
	} else {
		s.idle.Reset(dropAfter)
	}
	return s.held, nil
}

// drop lets go of the look, and gives its memory back.
func (s *sight) drop() {
	s.mu.Lock()
	held := s.held != nil
	s.held = nil
	s.mu.Unlock()
	if held {
		s.also()
		debug.FreeOSMemory()
	}
}
