package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/plan"
)

// beats gives a beat that reports whether it made a pass, and that pass.
func (h *house) beats() func() (engine.Pass, bool) {
	h.t.Helper()
	var last engine.Pass
	made := 0
	beat := h.Beats(func(p engine.Pass, err error) {
		if err != nil {
			h.t.Error(err)
		}
		last, made = p, made+1
	})
	return func() (engine.Pass, bool) {
		before := made
		beat()
		return last, made > before
	}
}

// idle beats a while and counts the passes.
func idle(h *house, beat func() (engine.Pass, bool), minutes int) (passes int) {
	for range minutes {
		h.pass(time.Minute)
		if _, made := beat(); made {
			passes++
		}
	}
	return passes
}

// TestAnIdleBeatDoesNothing, though letters went into the folder and the
// database lies where it may; what stirs makes a pass at once.
func TestAnIdleBeatDoesNothing(t *testing.T) {
	h := newHouse(t, "")
	h.members("2026-10-01", rows(old, 20))
	beat := h.beats()
	if _, made := beat(); !made {
		t.Fatal("the first beat made no pass")
	}
	counter := h.changes()
	if n := idle(h, beat, 120); n != 0 || h.changes() != counter {
		t.Errorf("%d passes in two idle hours, and the database changed: %t", n, h.changes() != counter)
	}
	h.members("2026-11-02", rows(old, 20), rows(fresh, 2))
	p, made := beat()
	if !made || p.Delivery.Sent < 2 {
		t.Errorf("a new file: %t, %+v", made, p.Delivery)
	}
	if n := idle(h, beat, 60); n != 0 {
		t.Errorf("%d passes in the idle hour after letters went into the folder", n)
	}
	if err := h.Contact(ctx, "secretary", "A00001", "phone", false); err != nil {
		t.Fatal(err)
	}
	if _, made := beat(); !made {
		t.Error("what another process wrote stirred nothing")
	}
	if _, made := beat(); made {
		t.Error("it stirred twice")
	}
	h.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\n")
	if _, made := beat(); !made {
		t.Error("new settings stirred nothing")
	}
}

// TestTheDaemonWakes by the wall clock after the computer slept through days:
// what fell due meanwhile is done once.
func TestTheDaemonWakes(t *testing.T) {
	h := newHouse(t, "")
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 2))
	beat := h.beats()
	beat()
	h.want("sent 2")
	h.pass(6*day + 5*time.Hour) // the branch is to ring after five days
	p, made := beat()
	if !made || len(h.book().Tasks()) != 2 {
		t.Errorf("after the sleep: %t, %d tasks, %+v", made, len(h.book().Tasks()), p.Delivery)
	}
	if n := idle(h, beat, 30); n > 1 {
		t.Errorf("%d passes in the half hour after", n)
	}
	h.want("sent 2")
}

// TestADeferredLetterWakesTheDaemon when its pause is over, and not before.
func TestADeferredLetterWakesTheDaemon(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	s.set(func(to string) error {
		if strings.HasSuffix(to, "example.net") {
			return said(451, 4, 3, 0)
		}
		return nil
	}, nil)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 1))
	beat := h.beats()
	beat()
	h.want("deferred 1")
	s.set(nil, nil)
	if n := idle(h, beat, 4); n != 0 {
		t.Errorf("%d passes before the pause was over", n)
	}
	if n := idle(h, beat, 3); n != 1 {
		t.Errorf("%d passes when it was", n)
	}
	h.want("sent 1")
}

// TestTheClockIsSetBack holds everything, imports too, until a person confirms
// the date; so does a leap of more than 35 days. What a wrong clock did once
// does not hold the right one for ever.
func TestTheClockIsSetBack(t *testing.T) {
	for name, by := range map[string]time.Duration{"back": -3 * day, "ahead": 60 * day} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, "")
			h.settled(20)
			beat := h.beats()
			beat()
			h.pass(by)
			h.members("2026-11-02", rows(old, 20), rows(fresh, 2))
			p, made := beat()
			if !made || len(p.Imports) > 0 || p.Delivery.Sent > 0 || !holds(p.Plan, "date") {
				t.Fatalf("%t, imports %v, %+v", made, p.Imports, p.Delivery)
			}
			if keys, _ := h.held("members"); len(keys) != 20 {
				t.Errorf("%d members are held", len(keys))
			}
			if n := idle(h, beat, 4); n != 0 {
				t.Errorf("%d passes while it holds", n)
			}
			if err := h.ConfirmDate(ctx, "secretary"); err != nil {
				t.Fatal(err)
			}
			h.pass(time.Minute)
			if p, _ = beat(); len(p.Imports) != 1 || holds(p.Plan, "date") {
				t.Fatalf("after a person confirmed the date: imports %v, holds %v", p.Imports, p.Plan.Holds)
			}
			h.pass(day)
			if p, _ = beat(); holds(p.Plan, "date") {
				t.Errorf("the day after: %v", p.Plan.Holds)
			}
		})
	}
}

func holds(p *plan.Plan, kind string) bool {
	for _, h := range p.Holds {
		if h.Kind == kind {
			return true
		}
	}
	return false
}

// TestTheDaemonStops after the letter on the wire, driven by the real
// scheduler; it began at once and beat on.
func TestTheDaemonStops(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	h.SetBeat(2 * time.Millisecond)
	going, stop := context.WithCancel(ctx)
	s.taken = func(to string) {
		if strings.HasSuffix(to, "example.net") && len(s.members()) == 2 {
			stop()
		}
	}
	passes, ended := make(chan engine.Pass, 100), make(chan error, 1)
	go func() {
		ended <- h.Daemon(going, func(p engine.Pass, err error) {
			if err != nil {
				t.Error(err)
			}
			passes <- p
		})
	}()
	<-passes // the first, at once, finds nothing new
	h.members("2026-11-02", rows(old, 20), rows(fresh, 5))
	p := <-passes // a later beat finds the file
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if p.Delivery.Sent < 2 || p.Delivery.Stopped == "" {
		t.Errorf("%+v", p.Delivery)
	}
	h.want("sent 2, approved 3")
}
