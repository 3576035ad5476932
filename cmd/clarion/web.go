package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/clarion-clp/clarion/engine"
	pages "github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A web is the console of a daemon, which may have none, or one that stands by
// itself. Each page is made over an engine of its own, with the settings that
// were read last, so that pages and passes share nothing but the store.
type web struct {
	s       *session
	options engine.Options
	console *pages.Console // nil: none is asked for
	as      playbook.Web   // what was asked for when it began
	set     atomic.Pointer[playbook.Set]
	passed  atomic.Pointer[pages.Passed]
	reading sync.Mutex // of the settings
	said    bool       // that something else is asked for now
	ended   chan struct{}
}

// openWeb begins to listen, where an address is given: with a daemon at work, or
// without.
func (s *session) openWeb(o *office, as playbook.Web, daemon bool) (*web, error) {
	w := &web{s: s, options: o.Options, as: as, ended: make(chan struct{})}
	w.set.Store(o.Set())
	if w.as.Listen == "" {
		return w, nil
	}
	options := pages.Options{Web: w.as, Folder: o.Folder, Log: o.Log, Engine: w.engine, Renew: w.read}
	if daemon {
		options.Passed = w.passed.Load
	}
	var err error
	w.console, err = pages.Open(options)
	return w, err
}

// engine gives an engine for one page.
func (w *web) engine() *engine.Engine {
	own := w.options
	own.Loaded = w.set.Load()
	e, err := engine.New(own)
	if err != nil {
		panic(err) // with what is loaded already there is nothing to fail
	}
	return e
}

// read reads the settings anew, for a page that has written into them.
func (w *web) read() error {
	w.reading.Lock()
	defer w.reading.Unlock()
	own := w.options
	own.Loaded = nil
	e, err := engine.New(own)
	if err != nil {
		return err
	}
	w.set.Store(e.Set())
	return nil
}

// follow reads the settings anew when somebody has changed their files, where no
// daemon does.
func (w *web) follow(ctx context.Context) {
	stamp := func() (all string) {
		for _, pattern := range []string{"*.yaml", "playbooks/*", "playbooks/*/*", "letters/*"} {
			names, _ := filepath.Glob(filepath.Join(w.options.Folder, pattern))
			for _, name := range names {
				if i, err := os.Stat(name); err == nil {
					all += fmt.Sprintf("%s %d %d\n", name, i.Size(), i.ModTime().UnixNano())
				}
			}
		}
		return all
	}
	was := stamp()
	beat := time.NewTicker(2 * time.Second)
	defer beat.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
		}
		if now := stamp(); now != was {
			was = now
			if err := w.read(); err != nil {
				fmt.Fprintln(w.s.err, "clarion: the settings were changed and cannot be read, so those of before hold: "+err.Error())
			}
		}
	}
}

// serve answers until the context ends; wait waits for that end.
func (w *web) serve(ctx context.Context) {
	if w.console == nil {
		close(w.ended)
		return
	}
	switch public := w.as.Public; public {
	case "":
		w.s.out.say("Listening on %s; clarion console lets you in. Letters have no links before web: public: says what they begin with.", w.console.Address())
	default:
		w.s.out.say("Listening on %s for the links in letters, which begin with %s; clarion console lets you in.", w.console.Address(), dataset.Plain(public))
	}
	go func() {
		defer close(w.ended)
		if err := w.console.Serve(ctx); err != nil {
			fmt.Fprintln(w.s.err, "clarion: "+err.Error())
		}
	}()
}

func (w *web) wait() { <-w.ended }

// renew takes what the daemon has read and found with a pass, and says what of
// its settings needs another daemon.
func (w *web) renew(o *office, p engine.Pass, err error) {
	set := o.Set()
	w.set.Store(set)
	w.passed.Store(pages.NewPassed(o.Now(), p, err))
	if other := set.Constituency.Web != w.as; other != w.said {
		w.said = other
		if other {
			w.s.out.say("web: in constituency.yaml has changed. Stop the daemon and start it again, so that it listens as it says now.")
		}
	}
}
