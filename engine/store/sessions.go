package store

import (
	"crypto/rand"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// Who is signed in is nobody's decision and no part of the record: writing it
// does not move the counter of changes, and wakes nobody.

// A Sitting is for whom somebody signed in: a person or, with no person, a role
// at the computer itself.
type Sitting struct {
	Person dataset.Ref
	Role   string
}

// NewSignIn makes the token of a link by which one signs in, once, until a
// moment. Only a hash of it is kept.
func (t *Tx) NewSignIn(s Sitting, until time.Time) (string, error) {
	const doing = "making a link to sign in"
	raw := make([]byte, 20)
	if _, err := rand.Read(raw); err != nil {
		return "", explain(doing, err)
	}
	token := tokenLetters.EncodeToString(raw)
	return token, explain(doing, t.execQuiet(`insert into sign_ins (constituency, hash, person, role, expires) values (?, ?, ?, ?, ?)`,
		here, t.signInHash(token), int64(s.Person), s.Role, until.UnixMicro()))
}

// CheckSignIn says for whom a link's token holds at a moment; otherwise it gives
// ErrToken. It changes nothing.
func (t *Tx) CheckSignIn(token string, now time.Time) (Sitting, error) {
	var s Sitting
	var person, expires int64
	found, err := t.one(`select person, role, expires from sign_ins where constituency = ? and hash = ?`,
		[]any{here, t.signInHash(token)}, &person, &s.Role, &expires)
	if err != nil {
		return s, explain("looking at a link to sign in", err)
	}
	if !found || now.UnixMicro() >= expires {
		return Sitting{}, ErrToken
	}
	s.Person = dataset.Ref(person)
	return s, nil
}

// UseSignIn is CheckSignIn for what makes use of the token, which then holds no
// longer; nor do those whose time has passed.
func (t *Tx) UseSignIn(token string, now time.Time) (Sitting, error) {
	s, err := t.CheckSignIn(token, now)
	if err != nil {
		return s, err
	}
	return s, explain("using a link to sign in", t.execQuiet(`delete from sign_ins where constituency = ? and (hash = ? or expires <= ?)`,
		here, t.signInHash(token), now.UnixMicro()))
}

// signInHash is what is kept of a link's token.
func (t *Tx) signInHash(token string) string { return t.s.keyed("sign-in token", plainToken(token)) }

// Session gives what is kept of a session, by the name that stands for its
// cookie, if its time has not passed.
func (t *Tx) Session(name string, now time.Time) (body []byte, found bool, err error) {
	found, err = t.one(`select body from sessions where constituency = ? and hash = ? and expires > ?`,
		[]any{here, t.sessionHash(name), now.UnixMicro()}, &body)
	return body, found, explain("reading who is signed in", err)
}

// BeginSession keeps a new session, and lets go of those whose time has passed.
func (t *Tx) BeginSession(name string, s Sitting, body []byte, until, now time.Time) error {
	const doing = "keeping who is signed in"
	if err := t.execQuiet(`delete from sessions where constituency = ? and expires <= ?`, here, now.UnixMicro()); err != nil {
		return explain(doing, err)
	}
	return explain(doing, t.execQuiet(`insert into sessions (constituency, hash, person, role, body, expires) values (?, ?, ?, ?, ?, ?)`,
		here, t.sessionHash(name), int64(s.Person), s.Role, body, until.UnixMicro()))
}

// KeepSession keeps a session longer. One that has ended stays so, even if a
// page of it was still under way.
func (t *Tx) KeepSession(name string, body []byte, until time.Time) error {
	return explain("keeping who is signed in", t.execQuiet(`update sessions set body = ?, expires = ? where constituency = ? and hash = ?`,
		body, until.UnixMicro(), here, t.sessionHash(name)))
}

// EndSession ends a session.
func (t *Tx) EndSession(name string) error {
	return explain("signing out", t.execQuiet(`delete from sessions where constituency = ? and hash = ?`, here, t.sessionHash(name)))
}

// EndSessions ends all sessions of a person, or of a role at the computer itself,
// and the links by which more could begin.
func (t *Tx) EndSessions(s Sitting) error {
	for _, table := range []string{"sessions", "sign_ins"} {
		if err := t.execQuiet(`delete from `+table+` where constituency = ? and person = ? and role = ?`, here, int64(s.Person), s.Role); err != nil {
			return explain("signing out everywhere", err)
		}
	}
	return nil
}

// sessionHash is what is kept of the name of a session.
func (t *Tx) sessionHash(name string) string { return t.s.keyed("session", name) }
