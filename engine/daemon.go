package engine

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// Beat is how often the daemon looks at the wall clock.
const Beat = time.Minute

// retry is how long the daemon waits before it tries again what failed for a
// reason outside of it: no connection, a busy server, a file that cannot be
// written.
const retry = 5 * time.Minute

// Daemon runs until the context ends. gocron beats once a minute; the beat
// compares the wall clock with the moment at which the plan could change, and
// the store and the files with what they were. Where nothing has changed it
// does nothing more. No playbook's schedule is given to gocron: what is due is
// decided by the planner, so that a computer which slept through Sunday catches
// up on Monday, once.
//
// It ends after the letter that is on the wire.
func (e *Engine) Daemon(ctx context.Context, report func(Pass, error)) error {
	s, err := gocron.NewScheduler(gocron.WithLocation(time.UTC), gocron.WithStopTimeout(10*time.Minute))
	if err != nil {
		return fmt.Errorf("starting the daemon: %w", err)
	}
	every := Beat
	if e.every > 0 {
		every = e.every
	}
	w := newWatch(e, report)
	_, err = s.NewJob(gocron.DurationJob(every), gocron.NewTask(func() { w.beat(ctx) }),
		gocron.WithSingletonMode(gocron.LimitModeReschedule), gocron.WithStartAt(gocron.WithStartImmediately()))
	if err != nil {
		return fmt.Errorf("starting the daemon: %w", err)
	}
	if e.Options.Mailbox != nil {
		w.post = e.newPostman(func() { w.beat(ctx) })
		away := make(chan struct{})
		go func() { defer close(away); w.post.run(ctx) }()
		defer func() { <-away }()
	}
	s.Start()
	<-ctx.Done()
	if err := s.Shutdown(); err != nil {
		return fmt.Errorf("stopping the daemon: %w", err)
	}
	return nil
}

// watch is what the daemon remembers from beat to beat.
type watch struct {
	*Engine
	one    sync.Mutex // beats at a time
	report func(Pass, error)
	ran    bool      // a pass was made
	wake   time.Time // when the next could find something; zero: unknown
	count  int64     // the store's change counter after it
	files  string    // what stood for the files before it
	last   time.Time // the wall clock before it
	post   *postman  // nil: there is no mailbox
}

func newWatch(e *Engine, report func(Pass, error)) *watch {
	e.sights = map[string]sight{}
	return &watch{Engine: e, report: report}
}

// beat makes a pass if anything could have changed since the last.
func (w *watch) beat(ctx context.Context) {
	w.one.Lock()
	defer w.one.Unlock()
	if ctx.Err() != nil || !w.stirred(ctx) {
		return
	}
	w.last, w.files = w.wall(), w.stamp()
	var p Pass
	err := w.Reload()
	if err == nil {
		p, err = w.Run(ctx)
	}
	w.ran, w.count = true, w.counter(ctx)
	w.wake = w.next(ctx, p, err)
	w.report(p, err)
	if w.post != nil {
		mail := p.Mail
		if !mail.read && mail.again == 0 { // what lies there unread would ring at once, again and again
			mail.again = retry
		}
		w.post.passed(w.set.Constituency, mail)
	}
	w.Store.Rest()
	debug.FreeOSMemory() // the next pass may be days away
	rest()
}

// wall is the wall clock: timers stand still while a laptop sleeps.
func (w *watch) wall() time.Time { return w.Now().Round(0) }

// stirred reports whether a pass could find anything: the moment of waking has
// come by the wall clock, the clock was set back, another day has begun, or the
// store, the files or the settings have changed.
func (w *watch) stirred(ctx context.Context) bool {
	now := w.wall()
	switch {
	case w.post != nil && w.post.rang.Swap(false):
		return true
	case !w.ran, now.Before(w.last), w.Clock().Day(now) != w.Clock().Day(w.last):
		return true
	case !w.wake.IsZero() && !now.Before(w.wake):
		return true
	}
	return w.count != w.counter(ctx) || w.files != w.stamp()
}

// next is the moment at which another pass could find something, if nothing
// stirs before: when the plan could change, when a letter that was put off may
// go, and, after a pass that left something undone, soon.
func (w *watch) next(ctx context.Context, p Pass, failed error) time.Time {
	now := w.wall()
	var at time.Time
	sooner := func(t time.Time) {
		if !t.IsZero() && (at.IsZero() || t.Before(at)) {
			at = t
		}
	}
	if p.Plan != nil {
		sooner(p.Plan.Wake)
	}
	switch {
	case failed != nil, p.Plan != nil && held(p.Plan, "date"):
		sooner(now.Add(retry))
	case p.Delivery.owed:
		sooner(now)
	}
	sooner(p.Delivery.wake)
	if p.Mail.again > 0 {
		sooner(now.Add(p.Mail.again))
	}
	for _, f := range p.Waiting {
		if f.again > 0 {
			sooner(now.Add(f.again))
		}
	}
	waiting, err := w.messages(ctx, ledger.Approved, ledger.Deferred)
	if err != nil {
		sooner(now.Add(retry))
	}
	for _, m := range waiting {
		fell := slices.ContainsFunc(p.Delivery.Fell, func(f Fallen) bool { return f.ID == m.ID })
		switch {
		case m.Earliest().After(now):
			sooner(m.Earliest())
		case !fell && !p.Delivery.waits[m.ID]: // one that may not go today is the planner's to wake for
			sooner(now.Add(retry))
		}
	}
	return at
}

func (e *Engine) counter(ctx context.Context) int64 {
	var n int64 = -1
	_ = e.Store.View(ctx, func(tx *store.Tx) error { // a failure counts as a change
		n = tx.Counter()
		return nil
	})
	return n
}

// stamp stands for the names, sizes and times of all files that a pass reads:
// all in the folder but what the program itself writes there, and what is
// hidden.
func (e *Engine) stamp() string {
	own := []string{e.Store.Path()}
	if drop := e.set.Constituency.Mail.Drop; filepath.IsAbs(drop) {
		own = append(own, filepath.Clean(drop))
	} else if drop != "" {
		own = append(own, filepath.Join(e.Folder, drop))
	}
	var out []string
	_ = filepath.WalkDir(e.Folder, func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case path != e.Folder && strings.HasPrefix(d.Name(), "."), path == own[len(own)-1]:
			if d.IsDir() {
				return filepath.SkipDir
			}
			return nil
		case d.IsDir(), strings.HasPrefix(path, own[0]):
			return nil
		}
		if i, err := d.Info(); err == nil {
			out = append(out, fmt.Sprintf("%s %d %d", path, i.Size(), i.ModTime().UnixNano()))
		}
		return nil
	})
	return headerHash(out)
}
