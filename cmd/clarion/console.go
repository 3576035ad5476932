package main

import (
	"context"
	"fmt"
	"os"
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
	for _, name := range []string{"daemon", "console"} {
		if name == "daemon" && o.Set().Constituency.Web.Listen == "" {
			continue // it does not listen
		}
		if held, err := o.store.Holder(s.ctx, name); err != nil {
			return err
		} else if held != nil {
			web := o.Set().Constituency.Web
			if web.Listen == "" {
				web.Listen = here
			}
			return s.letIn(pages.Addresses(web, web.Listen), token)
		}
	}
	return s.serveConsole(o, token)
}

// serveConsole answers by itself until Ctrl-C, where no daemon does.
func (s *session) serveConsole(o *office, token string) error {
	lease, err := o.store.Lease(s.ctx, "console", fmt.Sprintf("console, process %d", os.Getpid()), 2*engine.Beat)
	if err != nil {
		return err
	}
	defer lease.Release(context.WithoutCancel(s.ctx))
	web := o.Set().Constituency.Web
	unsaid := web.Listen == ""
	if unsaid {
		web.Listen = here
	}
	w, err := s.openWeb(o, web)
	if err != nil {
		return err
	}
	if err := s.letIn(pages.Addresses(w.as, w.console.Address()), token); err != nil {
		return err
	}
	if unsaid && !s.JSON {
		s.out.say("constituency.yaml does not say where to listen, so it is on %s: only this computer reaches it.", here)
	}
	if !s.JSON {
		s.out.say("The console is open until Ctrl-C. No letter goes by itself meanwhile: that is for clarion daemon, or clarion run.")
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
