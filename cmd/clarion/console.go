package main

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"time"

	"github.com/clarion-clp/clarion/engine"
	pages "github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/dataset"
)

// here is where the console listens if constituency.yaml does not say.
const here = "127.0.0.1:8787"

type consoleCmd struct{}

func (*consoleCmd) Help() string {
	return examples(`clarion console`, `clarion console --as secretary`)
}

func (*consoleCmd) Run(s *session) error {
	o, err := s.open(true)
	if err != nil {
		return err
	}
	defer o.Close()
	token, err := o.LetIn(s.ctx, s.As, time.Now().Add(pages.LinkHolds))
	if err != nil {
		return err
	}
	at, err := s.answering(o)
	if err != nil {
		return err
	}
	if at != "" {
		return s.letIn(pages.Addresses(o.Set().Constituency.Web, at), token)
	}
	return s.serveConsole(o, token)
}

// standing is how the program is called that has a console and no daemon.
const standing = "console at "

// answering is where a console listens already: a daemon's, or one that stands by
// itself; or it is empty.
func (s *session) answering(o *office) (string, error) {
	held, err := o.store.Holder(s.ctx, "console")
	if err != nil {
		return "", err
	}
	if held != nil {
		return strings.TrimPrefix(held.Owner, standing), nil
	}
	listen := o.Set().Constituency.Web.Listen
	if held, err = o.store.Holder(s.ctx, "daemon"); err != nil || held == nil || listen == "" {
		return "", err
	}
	return listen, nil
}

// serveConsole answers by itself until Ctrl-C, where no daemon does.
func (s *session) serveConsole(o *office, token string) error {
	web := o.Set().Constituency.Web
	unsaid := web.Listen == ""
	if unsaid {
		web.Listen = here
	}
	daemon, err := o.store.Holder(s.ctx, "daemon") // which does not listen
	if err != nil {
		return err
	}
	w, err := s.openWeb(o, web, daemon != nil)
	if unsaid && errors.Is(err, syscall.EADDRINUSE) { // any other will do
		web.Listen = "127.0.0.1:0"
		w, err = s.openWeb(o, web, daemon != nil)
	}
	if err != nil {
		return err
	}
	lease, err := o.store.Lease(s.ctx, "console", standing+w.console.Address(), 2*engine.Beat)
	if err != nil {
		return errors.Join(err, w.console.Close())
	}
	defer lease.Release(context.WithoutCancel(s.ctx))
	if err := s.letIn(pages.Addresses(w.as, w.console.Address()), token); err != nil {
		return errors.Join(err, w.console.Close())
	}
	if !s.JSON {
		if unsaid {
			s.out.say("constituency.yaml does not say where to listen, so it is there: only this computer reaches it.")
		}
		meanwhile := "No letter goes by itself meanwhile: that is for clarion daemon, or clarion run."
		if daemon != nil {
			meanwhile = "The daemon goes on beside it."
		}
		s.out.say("The console is open until Ctrl-C. %s", meanwhile)
	}
	go w.follow(s.ctx)
	err = w.console.Serve(s.ctx)
	if !s.JSON && err == nil {
		s.out.say("Closed.")
	}
	return err
}

// letIn prints the address that signs in.
func (s *session) letIn(addresses []string, token string) error {
	for i := range addresses {
		addresses[i] += "/sign-in/" + token
	}
	if s.JSON {
		return s.out.json(object{"addresses": addresses, "as": s.As, "minutes": int(pages.LinkHolds.Minutes())})
	}
	s.out.say("Open this address in your browser. It signs you in as %s, once, within %d minutes:", dataset.Plain(s.As), int(pages.LinkHolds.Minutes()))
	for i, a := range addresses {
		if i > 0 {
			s.out.say("or, on this computer itself:")
		}
		s.out.say("")
		s.out.say("  %s", a)
		s.out.say("")
	}
	return nil
}
