package engine

import (
	"context"
	"time"

	"github.com/clarion-clp/clarion/engine/store"
)

// Who is signed in to the console is kept by the store under hashes of the names
// that browsers hold; it is no part of the record and wakes nobody. The moments
// are the caller's: those of the wall clock.

// Session gives what is kept of a session, if its time has not passed.
func (e *Engine) Session(ctx context.Context, name string, now time.Time) (body []byte, found bool, err error) {
	err = e.Store.View(ctx, func(tx *store.Tx) (err error) {
		body, found, err = tx.Session(name, now)
		return err
	})
	return body, found, err
}

// BeginSession keeps a new session until a moment.
func (e *Engine) BeginSession(ctx context.Context, name string, of Sitting, body []byte, until, now time.Time) error {
	return e.Store.Update(ctx, func(tx *store.Tx) error { return tx.BeginSession(name, of, body, until, now) })
}

// KeepSession keeps a session longer, if it has not ended.
func (e *Engine) KeepSession(ctx context.Context, name string, body []byte, until time.Time) error {
	return e.Store.Update(ctx, func(tx *store.Tx) error { return tx.KeepSession(name, body, until) })
}

// EndSession ends a session.
func (e *Engine) EndSession(ctx context.Context, name string) error {
	return e.Store.Update(ctx, func(tx *store.Tx) error { return tx.EndSession(name) })
}

// SignOutEverywhere ends all sessions of one who signed in, and the links by
// which more could begin.
func (e *Engine) SignOutEverywhere(ctx context.Context, of Sitting) error {
	return e.Store.Update(ctx, func(tx *store.Tx) error { return tx.EndSessions(of) })
}

// CheckSignIn gives ErrLink if a link to sign in does not hold. It changes
// nothing.
func (e *Engine) CheckSignIn(ctx context.Context, token string, now time.Time) error {
	return e.Store.View(ctx, func(tx *store.Tx) error {
		_, err := tx.CheckSignIn(token, now)
		return err
	})
}

// UseSignIn says for whom a link to sign in holds, which it then does no longer.
func (e *Engine) UseSignIn(ctx context.Context, token string, now time.Time) (of Sitting, err error) {
	err = e.Store.Update(ctx, func(tx *store.Tx) (err error) {
		of, err = tx.UseSignIn(token, now)
		return err
	})
	return of, err
}
