package engine_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// arrears is a house in which some members' payments have stopped and their
// letters wait for a yes.
func arrears(t *testing.T, mailLine string, n int) *house {
	h := newHouse(t, mailLine)
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(behind, n))
	h.run()
	return h
}

// TestApprovalIsBoundToTheWords approves by digest: other words are not what
// was shown, a letter decided already is left alone, and the rest goes on.
func TestApprovalIsBoundToTheWords(t *testing.T) {
	h := arrears(t, "", 3)
	h.want("proposed 3")
	proposed, _, err := h.Pending(ctx)
	if err != nil || len(proposed) != 3 {
		t.Fatal(proposed, err)
	}
	stolen := proposed[0]
	stolen.Digest = proposed[1].Digest
	d, err := h.Approve(ctx, engine.Voice{Role: "membership_officer"}, []engine.Pending{stolen, proposed[1]})
	if err != nil || len(d.Done) != 1 || len(d.Not) != 1 || d.Not[0].ID != stolen.ID {
		t.Fatalf("%+v, %v", d, err)
	}
	h.want("proposed 2, approved 1")
	d, err = h.Approve(ctx, engine.Voice{Role: "membership_officer"}, proposed[1:])
	if err != nil || len(d.Done) != 1 || len(d.Not) != 1 {
		t.Errorf("twice: %+v, %v", d, err)
	}
	d, err = h.Reject(ctx, engine.Voice{Role: "membership_officer"}, "spoke with them", proposed[:1])
	if err != nil || len(d.Done) != 1 {
		t.Fatal(d, err)
	}
	h.want("rejected 1, approved 2")
	if p := h.run(); p.Delivery.Sent < 2 || len(p.Delivery.Fell) > 0 {
		t.Errorf("%+v", p.Delivery)
	}
	h.want("rejected 1, sent 2")
	if p := h.run(); p.Delivery.Sent != 0 {
		t.Errorf("again: %+v", p.Delivery)
	}
	h.want("rejected 1, sent 2")
	h.replayed()
}

// TestALookBeforeTheWire takes a letter away when the member has paid between
// the yes and the sending, says so, and never changes its words.
func TestALookBeforeTheWire(t *testing.T) {
	h := arrears(t, "", 3)
	h.approveAll()
	proposed, err := h.Message(ctx, firstLetter(h))
	if err != nil {
		t.Fatal(err)
	}
	paid := strings.Replace(strings.Replace(behind(1), "Arrears", "Active", 1), "2026-10-30", "", 1)
	renamed := strings.Replace(behind(2), "Pat2", "Patricia", 1)
	h.members("2026-11-03", rows(old, 20), []string{paid, renamed, behind(3)})
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Commit(ctx, imp, "secretary"); err != nil {
		t.Fatal(err)
	}
	d, err := h.Deliver(ctx)
	if err != nil || len(d.Fell) != 2 {
		t.Fatalf("%+v, %v", d, err)
	}
	for _, f := range d.Fell {
		if f.Why == "" {
			t.Errorf("message %d fell without a reason", f.ID)
		}
	}
	h.want("approved 2, sent 1")
	if len(h.outboxOf("pat3")) != 1 || len(h.outboxOf("pat1"))+len(h.outboxOf("pat2"))+len(h.outboxOf("patricia")) != 0 {
		t.Errorf("in the outbox: %v", h.outbox())
	}
	after, err := h.Message(ctx, proposed.ID)
	if err != nil || after.Content.Digest() != proposed.Digest {
		t.Errorf("the words were changed: %v", err)
	}
	h.run()
	h.want("superseded 2, sent 1, proposed 1") // Patricia's new letter waits for a yes
}

// firstLetter is the number of the first letter to a member.
func firstLetter(h *house) int64 {
	for _, m := range h.book().Messages() {
		if m.Kind == ledger.Letter && m.Person != 0 {
			return m.ID
		}
	}
	h.t.Fatal("no letter")
	return 0
}

// outboxOf lists the letters to one reader.
func (h *house) outboxOf(name string) (out []string) {
	for _, f := range h.outbox() {
		if strings.Contains(f, name) {
			out = append(out, f)
		}
	}
	return out
}

// TestRefusals walks a letter through what servers answer.
func TestRefusals(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	s.set(func(to string) error {
		switch {
		case strings.HasPrefix(to, "nia1@"):
			return said(450, 4, 2, 0)
		case strings.HasPrefix(to, "nia2@"):
			return said(550, 5, 1, 1)
		case strings.HasPrefix(to, "nia3@"):
			return said(554, 5, 7, 1)
		}
		return nil
	}, nil)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 5))
	p := h.run()
	if p.Delivery.Deferred != 1 || p.Delivery.Failed != 2 || len(p.Delivery.Fell) != 2 || !strings.Contains(p.Delivery.PutOff, "450") {
		t.Fatalf("%+v", p.Delivery)
	}
	h.want("deferred 1, failed 2, sent 2")
	h.pass(time.Minute)
	p = h.run() // too early for the deferred one; nothing is refused again
	if p.Delivery.Failed+p.Delivery.Deferred != 0 || len(s.members()) != 2 {
		t.Errorf("a minute later: %+v", p.Delivery)
	}
	if !lists(p.Plan, "Nia2 Newer") {
		t.Error("the member whose address does not work is on no call sheet")
	}
	h.pass(10 * time.Minute)
	h.run()
	h.want("deferred 1, failed 2, sent 2") // tried a second time
	h.pass(6 * time.Minute)
	if p := h.run(); p.Delivery.Deferred != 0 {
		t.Errorf("the second pause is not longer than the first: %+v", p.Delivery)
	}
	s.set(nil, nil)
	h.pass(5 * time.Minute)
	h.run()
	h.want("failed 2, sent 3")
	h.pass(day)
	h.run()
	h.want("failed 2, sent 3")
	h.replayed()
}

// lists reports whether somebody is on a call sheet of a plan.
func lists(p *plan.Plan, about string) bool {
	for _, l := range p.Lines {
		if l.Verb == plan.Lists && l.About == about {
			return true
		}
	}
	return false
}

// TestAServerThatRefusesEverybody is at fault itself: a round ends after three.
func TestAServerThatRefusesEverybody(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	s.set(func(to string) error {
		if strings.HasSuffix(to, "example.net") {
			return said(550, 5, 7, 1)
		}
		return nil
	}, nil)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 8))
	p := h.run()
	if p.Delivery.Failed != 3 || p.Delivery.Stopped == "" || p.Delivery.Left != 5 {
		t.Errorf("%+v", p.Delivery)
	}
}

// TestNoServer puts letters off, a few and not all of them.
func TestNoServer(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	_ = s.smtp.Close()
	h.members("2026-11-02", rows(old, 20), rows(fresh, 8))
	p := h.run()
	if p.Delivery.Deferred != 3 || !strings.Contains(p.Delivery.Stopped, "cannot be") || p.Delivery.Left == 0 {
		t.Errorf("%+v", p.Delivery)
	}
}

// TestAConnectionThatBreaks leaves one letter to a member uncertain per
// connection, until a person says; an officer is sent a marked second copy.
func TestAConnectionThatBreaks(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	drop := func(suffix string) func(string, *smtp.Conn) error {
		return func(to string, _ *smtp.Conn) error {
			if strings.HasSuffix(to, suffix) {
				return errDropped
			}
			return nil
		}
	}
	s.set(nil, drop("example.net"))
	h.members("2026-11-02", rows(old, 20), rows(fresh, 4))
	if p := h.run(); p.Delivery.Uncertain != 1 || p.Delivery.Stopped == "" {
		t.Errorf("%+v", p.Delivery)
	}
	h.run()
	h.want("uncertain 2, approved 2")
	s.set(nil, nil)
	h.run()
	h.want("uncertain 2, sent 2")
	if got := s.members(); len(got) != 4 || !distinct(got) {
		t.Errorf("arrived: %+v", got)
	}
	_, uncertain, err := h.Pending(ctx)
	if err != nil || len(uncertain) != 2 {
		t.Fatal(uncertain, err)
	}
	if err := h.Settle(ctx, "membership_officer", uncertain[0].ID, true); err != nil {
		t.Error(err)
	}
	if err := h.Settle(ctx, "membership_officer", uncertain[1].ID, false); err != nil {
		t.Error(err)
	}
	if err := h.Settle(ctx, "membership_officer", uncertain[1].ID, true); err == nil {
		t.Error("settled twice")
	}
	h.run()
	h.want("sent 4, failed 1")
	h.replayed()
}

func distinct(all []arrival) bool {
	seen := map[string]bool{}
	for _, a := range all {
		if seen[a.to] {
			return false
		}
		seen[a.to] = true
	}
	return true
}

// TestOfficersGetASecondCopy, marked as one, and no more than two of them.
func TestOfficersGetASecondCopy(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	s.set(nil, func(to string, _ *smtp.Conn) error {
		if to == "membership@example.org" {
			return errDropped
		}
		return nil
	})
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(behind, 1))
	for range 6 {
		h.run()
	}
	var copies []arrival
	for _, a := range s.officers() {
		if a.to == "membership@example.org" {
			copies = append(copies, a)
		}
	}
	if len(copies) != 3 {
		t.Fatalf("%d copies: %+v", len(copies), copies)
	}
	if copies[0].again || !copies[1].again || !copies[2].again || copies[0].ref != copies[1].ref {
		t.Errorf("the copies are not marked: %+v", copies)
	}
	_, uncertain, err := h.Pending(ctx)
	if err != nil || len(uncertain) != 1 {
		t.Errorf("the last is not left to a person: %v, %v", uncertain, err)
	}
}

// TestTheProvidersLimit sends so many a day, and the rest the day after.
func TestTheProvidersLimit(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(", a_day: 4, a_minute: 60"))
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 6))
	p := h.run()
	total := len(s.members()) + len(s.officers())
	if total != 4 || p.Delivery.Stopped == "" || p.Delivery.Left == 0 {
		t.Errorf("%d went: %+v", total, p.Delivery)
	}
	h.run()
	if n := len(s.members()) + len(s.officers()); n != 4 {
		t.Errorf("%d went on the first day", n)
	}
	for range 3 {
		h.pass(day)
		h.run()
	}
	if got := s.members(); len(got) != 6 || !distinct(got) {
		t.Errorf("arrived: %+v", got)
	}
}

// TestStop holds everything, from the middle of a round too, until a person
// resumes.
func TestStop(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	s.taken = func(to string) {
		if strings.HasSuffix(to, "example.net") && len(s.members()) == 2 {
			if err := h.Stop(ctx, "secretary", "a wrong date"); err != nil {
				t.Error(err)
			}
		}
	}
	h.members("2026-11-02", rows(old, 20), rows(fresh, 5))
	if p := h.run(); !strings.Contains(p.Delivery.Stopped, "resume") {
		t.Errorf("%+v", p.Delivery)
	}
	h.want("sent 2, approved 3")
	if p := h.run(); p.Delivery.Sent != 0 {
		t.Errorf("%+v", p.Delivery)
	}
	if err := h.Resume(ctx, "secretary", "mended"); err != nil {
		t.Fatal(err)
	}
	if err := h.Resume(ctx, "secretary", "mended"); err == nil {
		t.Error("resumed twice")
	}
	h.run()
	h.want("sent 5")
}

// TestEndingTheContext stops after the letter on the wire, which is recorded.
func TestEndingTheContext(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	going, stop := context.WithCancel(ctx)
	s.taken = func(to string) {
		if strings.HasSuffix(to, "example.net") {
			stop()
		}
	}
	h.members("2026-11-02", rows(old, 20), rows(fresh, 5))
	p, err := h.Run(going)
	if err != nil || p.Delivery.Stopped == "" {
		t.Errorf("%+v, %v", p.Delivery, err)
	}
	h.want("sent 1, approved 4")
}

// TestExpiry records a letter that nobody approved in time as missed.
func TestExpiry(t *testing.T) {
	h := newHouse(t, "")
	h.write("playbooks.yaml", "new-member-welcome: {trust: each}\n")
	if err := h.Reload(); err != nil {
		t.Fatal(err)
	}
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 2))
	h.run()
	h.want("proposed 2")
	proposed, _, err := h.Pending(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Approve(ctx, engine.Voice{Role: "membership_officer"}, proposed[:1]); err != nil {
		t.Fatal(err)
	}
	h.pass(20 * day)
	if d, err := h.Deliver(ctx); err != nil || len(d.Fell) != 1 || d.Sent != 0 {
		t.Errorf("%+v, %v", d, err)
	}
	h.run()
	h.want("expired 2")
	missed := 0
	for _, c := range h.book().Cases() {
		for _, a := range h.book().ActionsOf(c.Key) {
			if a.State == ledger.Missed {
				missed++
			}
		}
	}
	if missed != 2 || len(h.outboxOf("nia")) != 0 {
		t.Errorf("%d missed; sent: %v", missed, h.outboxOf("nia"))
	}
	h.replayed()
}
