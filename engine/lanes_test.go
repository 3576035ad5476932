package engine_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
)

// TestSeveralConnections sends on four at once: no more, each with a letter
// that the ledger on the disk calls claimed, and every letter once.
func TestSeveralConnections(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(", connections: 4"))
	h.settled(40)
	var mu sync.Mutex
	now, most, claimed := 0, 0, 0
	s.set(nil, func(to string, _ *smtp.Conn) error {
		mu.Lock()
		now++
		most, claimed = max(most, now), max(claimed, len(h.book().MessagesIn(ledger.Claimed)))
		mu.Unlock()
		time.Sleep(2 * time.Millisecond) // or no two would ever meet
		mu.Lock()
		defer mu.Unlock()
		now--
		return nil
	})
	h.members("2026-11-02", rows(old, 40), rows(fresh, 30))
	p := h.run()
	if got := s.members(); len(got) != 30 || !distinct(got) || p.Delivery.Stopped != "" || p.Delivery.Left != 0 {
		t.Fatalf("%d arrived: %+v", len(got), p.Delivery)
	}
	if most < 2 || most > 4 || claimed > 4 || s.conns > 5 {
		t.Errorf("%d letters at once on %d connections, %d claimed", most, s.conns, claimed)
	}
	h.want("sent 30")
	h.replayed()
}

// TestOneOfMany has a server put off one letter, refuse another, hang up on a
// third and leave the rest alone, with four connections.
func TestOneOfMany(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(", connections: 4"))
	h.settled(20)
	s.set(func(to string) error {
		switch {
		case strings.HasPrefix(to, "nia1@"):
			return said(451, 4, 7, 1) // greylisted
		case strings.HasPrefix(to, "nia2@"):
			return said(550, 5, 1, 1)
		}
		return nil
	}, func(to string, _ *smtp.Conn) error {
		if strings.HasPrefix(to, "nia3@") {
			return errDropped
		}
		return nil
	})
	h.members("2026-11-02", rows(old, 20), rows(fresh, 12))
	if p := h.run(); p.Delivery.Uncertain != 1 || p.Delivery.Stopped == "" {
		t.Fatalf("%+v", p.Delivery)
	}
	s.set(nil, nil)
	for range 3 {
		h.pass(6 * time.Minute)
		h.run()
	}
	h.want("uncertain 1, failed 1, sent 10")
	if got := s.members(); len(got) != 11 || !distinct(got) {
		t.Errorf("arrived: %+v", got)
	}
	h.replayed()
}

// TestTheErrorBudget: what needs a person stops everything until one says so,
// however often a pass is made.
func TestTheErrorBudget(t *testing.T) {
	for name, c := range map[string]struct {
		answer error
		spends int // letters
	}{
		"refused for good":      {said(554, 5, 7, 1), 3},
		"the account is closed": {said(530, 5, 7, 0), 1}, // log in first: no use to try again
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t)
			h := newHouse(t, s.line(", connections: 4"))
			h.settled(20)
			s.set(func(to string) error {
				if strings.HasSuffix(to, "@example.net") {
					return c.answer
				}
				return nil
			}, nil)
			h.members("2026-11-02", rows(old, 20), rows(fresh, 20))
			d := h.run().Delivery
			if spent := d.Failed + d.Deferred; spent != c.spends || !strings.Contains(d.Stopped, "clarion resume") {
				t.Fatalf("%d letters spent, %+v", spent, d)
			}
			h.pass(day)
			s.set(nil, nil)
			if d := h.run().Delivery; d.Sent != 0 {
				t.Errorf("nobody said resume, and %d went", d.Sent)
			}
			st, err := h.Status(ctx)
			if err != nil || !st.Halted || !strings.Contains(st.HaltedWhy, "mail server") {
				t.Errorf("the status says %q, %v", st.HaltedWhy, err)
			}
			if err := h.Resume(ctx, "secretary", "seen to"); err != nil {
				t.Fatal(err)
			}
			h.run()
			if got := s.members(); len(got) != 20-d.Failed || !distinct(got) {
				t.Errorf("%d arrived", len(got))
			}
			h.replayed()
		})
	}
}

// TestAServerThatPutsEverythingOff ends the round, and not the letters.
func TestAServerThatPutsEverythingOff(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(", connections: 4"))
	h.settled(50)
	s.set(func(to string) error { return said(452, 4, 5, 3) }, nil)
	h.members("2026-11-02", rows(old, 50), rows(fresh, 40))
	d := h.run().Delivery
	if d.Deferred < 20 || d.Deferred > 23 || d.Left == 0 || !strings.Contains(d.Stopped, "put off") {
		t.Errorf("%+v", d)
	}
	s.set(nil, nil)
	h.pass(12 * time.Minute)
	h.run()
	h.want("sent 40")
}

// TestABatchGoesOnTheNextDay by itself.
func TestABatchGoesOnTheNextDay(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(", connections: 2, a_day: 7"))
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 12))
	var passes []engine.Pass
	beat := h.Beats(func(p engine.Pass, err error) {
		if err != nil {
			t.Error(err)
		}
		passes = append(passes, p)
	})
	for today := range 3 {
		beat()
		beat()
		if n, most := len(s.members())+len(s.officers()), 7*(today+1); n > most {
			t.Errorf("%d letters by day %d", n, today+1)
		}
		if today == 0 && (len(s.members()) > 7 || !strings.Contains(passes[0].Delivery.Stopped, "tomorrow")) {
			t.Errorf("%+v", passes[0].Delivery)
		}
		h.pass(day)
	}
	if got := s.members(); len(got) != 12 || !distinct(got) {
		t.Errorf("arrived: %+v", got)
	}
}

// TestABatchThatMustBeginInTime: what the days until the end hold is said in the
// plan, while there is time and when there is none.
func TestABatchThatMustBeginInTime(t *testing.T) {
	for most, want := range map[string]string{
		"14": "",
		"5":  "14 letters must be out by Monday 16 November 2026, and 5 may go in a day: they need 3 days and must begin by Friday 13 November 2026",
		"1":  "14 letters must be out by Monday 16 November 2026, and 1 may go in a day: 1 of them would come too late",
	} {
		t.Run(most, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, "mail: {from: secretary@example.org, send: {server: 127.0.0.1, port: 9, tls: none, a_day: "+most+"}}\nquiet: [sunday]")
			h.write("playbooks.yaml", "new-member-welcome: {trust: each}\n")
			h.settled(20)
			h.members("2026-11-02", rows(old, 20), rows(fresh, 14))
			imp, err := h.Prepare(ctx, "members", "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.Commit(ctx, imp, "secretary"); err != nil {
				t.Fatal(err)
			}
			p, err := h.Plan(ctx)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, hold := range p.Holds {
				if hold.Kind == "batch" {
					got = hold.Why
				}
			}
			if got != want {
				t.Errorf("%q\nwant %q", got, want)
			}
		})
	}
}

// TestWhatWasSettledMeanwhileIsTold: a person says of a letter that it did not go
// while it is on the wire, and it goes.
func TestWhatWasSettledMeanwhileIsTold(t *testing.T) {
	t.Parallel()
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	s.set(nil, func(to string, _ *smtp.Conn) error {
		for _, m := range h.book().MessagesIn(ledger.Claimed) {
			if m.Person != 0 {
				return h.Settle(ctx, "secretary", m.ID, false)
			}
		}
		return nil
	})
	h.members("2026-11-02", rows(old, 20), rows(fresh, 1))
	p := h.run()
	if n := len(p.Delivery.Fell); n != 1 || !strings.Contains(p.Delivery.Fell[0].Why, "written down as failed; see that it does not go twice") {
		t.Errorf("%+v", p.Delivery)
	}
}
