package main

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/clarion-clp/clarion/engine"
	pages "github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A web is the console of a daemon, which may have none. Each page is made over
// an engine of its own, with the settings that the daemon read last, so that
// pages and passes share nothing but the store.
type web struct {
	s       *session
	console *pages.Console // nil: none is asked for
	as      playbook.Web   // what was asked for when it began
	set     atomic.Pointer[playbook.Set]
	said    bool // that something else is asked for now
	ended   chan struct{}
}

// openWeb begins to listen where constituency.yaml says.
func (s *session) openWeb(o *office) (*web, error) {
	w := &web{s: s, as: o.Set().Constituency.Web, ended: make(chan struct{})}
	w.set.Store(o.Set())
	if w.as.Listen == "" {
		return w, nil
	}
	options := o.Options
	var err error
	w.console, err = pages.Open(pages.Options{Web: w.as, Folder: o.Folder, Log: o.Log, Engine: func() *engine.Engine {
		own := options
		own.Loaded = w.set.Load()
		e, err := engine.New(own)
		if err != nil {
			panic(err) // with what is loaded already there is nothing to fail
		}
		return e
	}})
	return w, err
}

// serve answers until the context ends; wait waits for that end.
func (w *web) serve(ctx context.Context) {
	if w.console == nil {
		close(w.ended)
		return
	}
	switch public := w.as.Public; public {
	case "":
		w.s.out.say("Listening on %s. Letters have no links before web: public: says what they begin with.", w.console.Address())
	default:
		w.s.out.say("Listening on %s for the links in letters, which begin with %s.", w.console.Address(), dataset.Plain(public))
	}
	go func() {
		defer close(w.ended)
		if err := w.console.Serve(ctx); err != nil {
			fmt.Fprintln(w.s.err, "clarion: "+err.Error())
		}
	}()
}

func (w *web) wait() { <-w.ended }

// renew takes the settings that the daemon has read, and says what of them needs
// another daemon.
func (w *web) renew(set *playbook.Set) {
	w.set.Store(set)
	if other := set.Constituency.Web != w.as; other != w.said {
		w.said = other
		if other {
			w.s.out.say("web: in constituency.yaml has changed. Stop the daemon and start it again, so that it listens as it says now.")
		}
	}
}
