package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/lockfile"
)

// A Lease is the right of one process to do something that only one may do at
// a time. It is a lock of the operating system, which ends with the process
// however that ends, and a row whose Fence is higher than that of every holder
// before: work done under an older fence can be told and refused.
type Lease struct {
	Name  string
	Owner string
	Fence int64
	Since time.Time

	s    *Store
	ttl  time.Duration
	lock *os.File
}

// Held is the error where another process has the lease.
type Held struct {
	Name, Owner string
	Since       time.Time
}

// Error says who has it since when, and what to do.
func (h *Held) Error() string {
	if h.Owner == "" {
		return fmt.Sprintf("another Clarion has the lease %q of this constituency; stop it, or wait until it has finished", h.Name)
	}
	return fmt.Sprintf("another Clarion (%s) has the lease %q of this constituency since %s; stop it, or wait until it has finished",
		h.Owner, h.Name, h.Since.Local().Format("2 January 2006 at 15:04"))
}

// Lease takes the lease of a name for ttl, or says who has it. Owner says which
// program holds it ("daemon, process 4711"), never a person.
func (s *Store) Lease(ctx context.Context, name, owner string, ttl time.Duration) (*Lease, error) {
	if s.options.ReadOnly {
		return nil, &Fault{What: "the database was opened for reading only", Hint: "open it for writing"}
	}
	if name == "" || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz-") != "" {
		return nil, &Fault{What: fmt.Sprintf("%q cannot be the name of a lease", name), Hint: "use small letters"}
	}
	f, err := os.OpenFile(s.path+"."+name+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, explain("taking the lease "+name, err)
	}
	if err := takeLock(ctx, f); err != nil {
		f.Close()
		if !errors.Is(err, lockfile.ErrTaken) {
			return nil, explain("taking the lease "+name, err)
		}
		held, err := s.holder(ctx, name)
		if err != nil {
			return nil, err
		}
		return nil, held
	}
	l := &Lease{Name: name, Owner: owner, s: s, ttl: ttl, lock: f}
	if err := s.Update(ctx, l.take); err != nil {
		f.Close()
		return nil, explain("taking the lease "+name, err)
	}
	s.mu.Lock()
	s.leases[l] = true
	s.mu.Unlock()
	return l, nil
}

// takeLock takes the system's lock. Whoever only looks who has it (Holder) has it
// for a moment too: it is tried again, for a second.
func takeLock(ctx context.Context, f *os.File) error {
	for wait := 10 * time.Millisecond; ; wait *= 2 {
		err := lockfile.Take(f)
		if !errors.Is(err, lockfile.ErrTaken) || wait > 400*time.Millisecond {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}

// Holder says who has the lease of a name now; nil: nobody. It is a look: for
// the moment of it nobody else can take the lease, and nothing is written.
func (s *Store) Holder(ctx context.Context, name string) (*Held, error) {
	f, err := os.OpenFile(s.path+"."+name+".lock", os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, explain("asking who has the lease "+name, err)
	}
	defer f.Close()
	switch err := lockfile.Take(f); {
	case errors.Is(err, lockfile.ErrTaken):
		return s.holder(ctx, name)
	case err != nil:
		return nil, explain("asking who has the lease "+name, err)
	}
	return nil, nil
}

// holder names the present holder.
func (s *Store) holder(ctx context.Context, name string) (*Held, error) {
	held := &Held{Name: name}
	err := s.View(ctx, func(t *Tx) error {
		var since sql.NullInt64
		_, err := t.one(`select owner, since from leases where constituency = ? and name = ? and until > 0`,
			[]any{here, name}, &held.Owner, &since)
		held.Since = moment(since)
		return err
	})
	if err != nil {
		return nil, explain("asking who has the lease "+name, err)
	}
	return held, nil
}

// take writes the row. Whoever stood in it no longer has the system's lock, so
// that its process is gone.
func (l *Lease) take(t *Tx) error {
	now := l.s.options.Now()
	if _, err := t.one(`select fence from leases where constituency = ? and name = ?`, []any{here, l.Name}, &l.Fence); err != nil {
		return err
	}
	l.Fence++
	l.Since = now.Truncate(time.Microsecond).UTC()
	return t.execQuiet(`insert into leases (constituency, name, owner, since, until, fence) values (?, ?, ?, ?, ?, ?)
		on conflict (constituency, name) do update set owner = excluded.owner, since = excluded.since,
		until = excluded.until, fence = excluded.fence`,
		here, l.Name, l.Owner, now.UnixMicro(), now.Add(l.ttl).UnixMicro(), l.Fence)
}

// Renew keeps the lease for another ttl. An error says that it was lost.
func (l *Lease) Renew(ctx context.Context) error {
	return l.write(ctx, l.s.options.Now().Add(l.ttl).UnixMicro())
}

// Check reports within a transaction whether the lease is still this holder's.
func (l *Lease) Check(t *Tx) error {
	var fence int64
	found, err := t.one(`select fence from leases where constituency = ? and name = ? and until > 0`, []any{here, l.Name}, &fence)
	if err != nil {
		return explain("checking the lease "+l.Name, err)
	}
	if !found || fence != l.Fence {
		return l.lost()
	}
	return nil
}

func (l *Lease) lost() error {
	return &Fault{What: fmt.Sprintf("the lease %q was taken by another Clarion", l.Name),
		Hint: "this one has stopped; start it again once the other has finished"}
}

func (l *Lease) write(ctx context.Context, until int64) error {
	return l.s.Update(ctx, func(t *Tx) error {
		if err := l.Check(t); err != nil {
			return err
		}
		return explain("keeping the lease "+l.Name,
			t.execQuiet(`update leases set until = ? where constituency = ? and name = ? and fence = ?`, until, here, l.Name, l.Fence))
	})
}

// Release gives the lease back. A second call does nothing.
func (l *Lease) Release(ctx context.Context) error {
	l.s.mu.Lock()
	held := l.s.leases[l]
	delete(l.s.leases, l)
	l.s.mu.Unlock()
	if !held {
		return nil
	}
	err := l.write(ctx, 0)
	if cerr := l.lock.Close(); err == nil && cerr != nil {
		err = explain("giving back the lease "+l.Name, cerr)
	}
	return err
}
