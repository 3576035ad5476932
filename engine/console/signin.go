package console

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Signing in: an officer types an address and presses a button; if it is an
// officer's own, a link goes there, which works once. The page that answers, and
// how long it takes, are the same whatever was typed. Whoever sits at the computer
// itself is let in by clarion console, which prints such a link.

// signInPages registers the pages of signing in and out.
func (c *Console) signInPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /sign-in", c.signInPage)
	mux.HandleFunc("POST /sign-in", c.askForLink)
	mux.HandleFunc("GET /sign-in/{token}", c.linkPage)
	mux.HandleFunc("POST /sign-in/{token}", c.signIn)
	mux.HandleFunc("POST /sign-out", c.seated(func(v *visit) {
		if v.r.PostFormValue("everywhere") != "" {
			of := engine.Sitting{Person: v.Seat.Person}
			if v.Seat.Local() {
				of.Role = v.Seat.Roles[0]
			}
			if err := v.e.SignOutEverywhere(v.steady(), of); err != nil {
				v.fail(err)
				return
			}
		}
		v.end()
		http.Redirect(v.w, v.r, "/sign-in?out=1", http.StatusSeeOther)
	}))
	mux.HandleFunc("POST /sign-in-again", c.seated((*visit).mailAnew))
}

// askToSignIn answers who is not signed in. Where they were going is kept in the
// form, and followed afterwards.
func (c *Console) askToSignIn(w http.ResponseWriter, r *http.Request) {
	to := "/sign-in"
	if r.Method == http.MethodGet && r.URL.Path != "/" {
		to += "?back=" + url.QueryEscape(r.URL.RequestURI())
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// signInPage asks for an address.
func (c *Console) signInPage(w http.ResponseWriter, r *http.Request) {
	c.show(w, http.StatusOK, "sign-in", view{Back: localPath(r.URL.Query().Get("back")), Done: r.URL.Query().Get("out") != "", Local: c.loopback()})
}

// loopback reports that only this computer itself reaches the pages.
func (c *Console) loopback() bool { return c.Web.Public == "" && !c.encrypted() }

// askForLink takes an address, and says the same of every one.
func (c *Console) askForLink(w http.ResponseWriter, r *http.Request) {
	now := time.Now()
	if !c.askers.allows(c.remote(r), now) {
		c.tooMuch(w)
		return
	}
	address := strings.TrimSpace(r.PostFormValue("email"))
	if len(address) <= mostAddress && c.typed.allows(strings.ToLower(address), now) {
		c.mailLink(address, localPath(r.PostFormValue("back")))
	}
	c.show(w, http.StatusOK, "link-sent", view{})
}

// mailLink mails a link to sign in, if an address is an officer's, while the page
// that asked for it is long on its way: how long it takes says nothing.
func (c *Console) mailLink(address, back string) {
	c.post.Add(1)
	go func() {
		defer c.post.Done()
		ctx, stop := context.WithTimeout(context.Background(), mostLetter)
		defer stop()
		e := c.Engine()
		l, err := c.sight.look(ctx, e)
		if err == nil {
			seat, officer := engine.SeatAt(l.In, address)
			if !officer || !c.letters.allows("all", time.Now()) {
				return
			}
			err = e.MailSignIn(ctx, seat, c.now().Add(LinkHolds), func(token string) string {
				if back != "" {
					c.known.goingTo(token, back)
				}
				return c.origin() + "/sign-in/" + token
			})
		}
		if err != nil {
			c.Log.Error("a link to sign in was not mailed", "err", plainly(err))
		}
	}()
}

// How long the letter with a link may take, and how long an address may be.
const (
	mostLetter  = time.Minute
	mostAddress = 320
)

// plainly is an error as it may be logged: a mail server may repeat an address.
func plainly(err error) string {
	words := strings.Fields(dataset.Plain(err.Error()))
	for i, w := range words {
		if strings.Contains(w, "@") {
			words[i] = "(address)"
		}
	}
	return strings.Join(words, " ")
}

// Addresses are what the addresses of the pages begin with: the public one, and
// that on which this computer itself reaches them.
func Addresses(w playbook.Web, listens string) []string {
	own := "http://" + listens
	if w.Certificate != "" {
		own = "https://" + listens
	}
	if w.Public == "" {
		return []string{own}
	}
	return []string{strings.TrimSuffix(w.Public, "/"), own}
}

// origin is what links in letters begin with.
func (c *Console) origin() string { return Addresses(c.Web, c.Address())[0] }

// linkPage shows the button of a link, and does nothing.
func (c *Console) linkPage(w http.ResponseWriter, r *http.Request) {
	if err := c.Engine().CheckSignIn(r.Context(), r.PathValue("token"), c.now()); err != nil {
		c.noLink(w, err)
		return
	}
	c.show(w, http.StatusOK, "link", view{})
}

// noLink answers for a link that does not hold.
func (c *Console) noLink(w http.ResponseWriter, err error) {
	if errors.Is(err, engine.ErrLink) {
		c.show(w, http.StatusNotFound, "no-link", view{})
		return
	}
	c.refuse(w, err)
}

// signIn uses a link: it begins a session under a new name.
func (c *Console) signIn(w http.ResponseWriter, r *http.Request) {
	token := r.PathValue("token")
	e := c.Engine()
	of, err := e.UseSignIn(context.WithoutCancel(r.Context()), token, c.now())
	if err == nil && of.Person != 0 {
		var l *engine.Look
		if l, err = c.sight.look(r.Context(), e); err == nil && len(engine.SeatOf(l.In, of.Person).Roles) == 0 {
			err = engine.ErrLink // the term has ended since
		}
	}
	back := c.known.going(token)
	if old := c.cookie(r); back == "" && old != "" {
		back = c.known.going(old)
	}
	if err == nil {
		err = c.begin(w, r, of)
	}
	if err != nil {
		c.noLink(w, err)
		return
	}
	if back == "" {
		back = "/"
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
}

// askAnew asks for another sign-in before something that is sensitive, and
// remembers where that was.
func (v *visit) askAnew() {
	back := v.r.URL.RequestURI()
	if v.r.Method != http.MethodGet {
		back = v.back()
	}
	v.known.goingTo(v.cookie(v.r), back)
	v.status = http.StatusForbidden
	v.page("sign-in-again", "Please sign in once more", masked(v.Seat.Email))
}

// mailAnew mails another link to who is signed in.
func (v *visit) mailAnew() {
	switch {
	case v.Seat.Local():
		v.askAnew()
		return
	case v.typed.allows(strings.ToLower(v.Seat.Email), time.Now()):
		v.mailLink(v.Seat.Email, v.known.going(v.cookie(v.r)))
	}
	v.page("link-mailed", "A link is on its way", masked(v.Seat.Email))
}

// masked is an address as it is shown to who knows it.
func masked(address string) string {
	name, host, _ := strings.Cut(address, "@")
	if name == "" {
		return ""
	}
	return dataset.Plain(string([]rune(name)[:1]) + "…@" + host)
}
