package console

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// How long a sign-in lasts: while somebody is at work, and never longer than a
// day's work; how long it is fresh enough for what is sensitive; and how long a
// link to sign in waits.
const (
	mostIdleSession = 30 * time.Minute
	mostSession     = 12 * time.Hour
	freshFor        = 10 * time.Minute
	LinkHolds       = 15 * time.Minute
	touchEvery      = time.Minute // a session is written anew no more often than this
)

// What a session holds: for whom, and since when. It is nobody's name.
const (
	inPerson = "person"
	inRole   = "role"
	inSince  = "since"
	inSeen   = "seen"
)

// sessions makes the keeper of sessions. The names of cookies are made and
// renewed by it; how long they last is ours to say, by the clock of the console.
func (c *Console) newSessions() *scs.SessionManager {
	_, port, _ := net.SplitHostPort(c.Address())
	// scs.New would keep a store of its own beside ours, and tidy it once a minute.
	m := &scs.SessionManager{Store: shelf{c}, Codec: codec{}, HashTokenInStore: true, Lifetime: mostSession}
	m.Cookie = scs.SessionCookie{
		Name: "clarion-" + port, // browsers send a cookie to every port of a computer
		Path: "/", HttpOnly: true,
		// Links in mails must arrive signed in; every change is a POST, of which a
		// cookie that is lax is no part when it comes from elsewhere.
		SameSite: http.SameSiteLaxMode,
		Persist:  false, // it goes when the browser is closed
	}
	if c.encrypted() {
		m.Cookie.Name, m.Cookie.Secure = "__Host-clarion", true
	}
	return m
}

// encrypted reports that browsers reach the pages by TLS. On this computer itself
// they take such a cookie without it, too.
func (c *Console) encrypted() bool {
	return c.Web.Certificate != "" || c.Web.BehindProxy || c.Web.Public != ""
}

// codec writes what a session holds.
type codec struct{}

func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	person, _ := values[inPerson].(int64)
	since, _ := values[inSince].(int64)
	seen, _ := values[inSeen].(int64)
	role, _ := values[inRole].(string)
	return fmt.Appendf(nil, "%d %d %d %d %s", deadline.UnixMicro(), person, since, seen, role), nil
}

func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	parts := strings.SplitN(string(b), " ", 5)
	if len(parts) != 5 {
		return time.Time{}, nil, errors.New("a session cannot be read")
	}
	var n [4]int64
	for i := range n {
		var err error
		if n[i], err = strconv.ParseInt(parts[i], 10, 64); err != nil {
			return time.Time{}, nil, errors.New("a session cannot be read")
		}
	}
	return time.UnixMicro(n[0]).UTC(), map[string]any{inPerson: n[1], inSince: n[2], inSeen: n[3], inRole: parts[4]}, nil
}

// shelf keeps sessions in the store.
type shelf struct{ *Console }

// begins marks the context of the one commit that begins a session. All others
// keep one that is there, so that a page which is still under way brings none
// back to life that has been ended.
type begins struct{}

func (s shelf) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	return s.Engine().Session(ctx, token, s.now())
}

func (s shelf) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	_, values, err := codec{}.Decode(b)
	if err != nil {
		return err
	}
	now := s.now()
	until := time.UnixMicro(values[inSince].(int64)).Add(mostSession)
	if idle := now.Add(mostIdleSession); idle.Before(until) {
		until = idle
	}
	steady := context.WithoutCancel(ctx)
	if ctx.Value(begins{}) == nil {
		return s.Engine().KeepSession(steady, token, b, until)
	}
	of := engine.Sitting{Person: dataset.Ref(values[inPerson].(int64)), Role: values[inRole].(string)}
	return s.Engine().BeginSession(steady, token, of, b, until, now)
}

func (s shelf) DeleteCtx(ctx context.Context, token string) error {
	if token == "" {
		return nil
	}
	return s.Engine().EndSession(context.WithoutCancel(ctx), token)
}

// Those without a context are asked for by the interface, and never called.
func (s shelf) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}
func (s shelf) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
func (s shelf) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

// cookie is the name of the session that a request says it is of.
func (c *Console) cookie(r *http.Request) string {
	k, err := r.Cookie(c.sessions.Cookie.Name)
	if err != nil || len(k.Value) > 100 {
		return ""
	}
	return k.Value
}

// signedIn finds the session of a request; nil: there is none, or its time has
// passed.
func (c *Console) signedIn(r *http.Request) (context.Context, *engine.Sitting, error) {
	token := c.cookie(r)
	if token == "" {
		return nil, nil, nil
	}
	ctx, err := c.sessions.Load(r.Context(), token)
	if err != nil {
		return nil, nil, err
	}
	if c.sessions.GetInt64(ctx, inSince) == 0 { // a new one, of nobody
		c.known.forget(token)
		return nil, nil, nil
	}
	c.known.note(token)
	now := c.now()
	if now.Sub(time.UnixMicro(c.sessions.GetInt64(ctx, inSeen))) >= touchEvery {
		c.sessions.Put(ctx, inSeen, now.UnixMicro())
		if _, _, err := c.sessions.Commit(ctx); err != nil {
			return nil, nil, err
		}
	}
	return ctx, &engine.Sitting{Person: dataset.Ref(c.sessions.GetInt64(ctx, inPerson)), Role: c.sessions.GetString(ctx, inRole)}, nil
}

// begin signs somebody in: under a new name, whatever name the browser came with.
func (c *Console) begin(w http.ResponseWriter, r *http.Request, of engine.Sitting) error {
	if old := c.cookie(r); old != "" {
		ctx, err := c.sessions.Load(r.Context(), old)
		if err == nil {
			err = c.sessions.Destroy(ctx)
		}
		if err != nil {
			return err
		}
		c.known.forget(old)
	}
	ctx, err := c.sessions.Load(context.WithValue(r.Context(), begins{}, true), "")
	if err != nil {
		return err
	}
	now := c.now().UnixMicro()
	c.sessions.Put(ctx, inPerson, int64(of.Person))
	c.sessions.Put(ctx, inRole, of.Role)
	c.sessions.Put(ctx, inSince, now)
	c.sessions.Put(ctx, inSeen, now)
	token, expiry, err := c.sessions.Commit(ctx)
	if err != nil {
		return err
	}
	c.known.note(token)
	c.sessions.WriteSessionCookie(ctx, w, token, expiry)
	return nil
}

// end signs the browser of a visit out.
func (v *visit) end() {
	if err := v.sessions.Destroy(v.session); err != nil {
		v.Log.Error("signing out failed", "err", err)
	}
	v.known.forget(v.cookie(v.r))
	v.sessions.WriteSessionCookie(v.session, v.w, "", time.Time{})
}
