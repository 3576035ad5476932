package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// TestWordsThatWereTamperedWith do not go, and hinder no others.
func TestWordsThatWereTamperedWith(t *testing.T) {
	h := arrears(t, "", 3)
	h.approveAll()
	c, err := h.Message(ctx, firstLetter(h))
	if err != nil {
		t.Fatal(err)
	}
	other := c.Content
	other.To = "mallory@example.net"
	err = h.store.Update(ctx, func(tx *store.Tx) error { return tx.SaveContent(c.ID, other) })
	if err == nil {
		d, err := h.Deliver(ctx)
		if err != nil || d.Sent < 2 || len(d.Fell) != 1 || len(h.outboxOf("mallory")) != 0 {
			t.Errorf("%+v, %v", d, err)
		}
		return
	}
	if d, err := h.Deliver(ctx); err != nil || len(d.Fell) != 0 {
		t.Errorf("%+v, %v", d, err)
	}
}

// TestTheDropFolderProves what a killed run left open: a claim of which the
// folder has the letter was sent, and a folder that was emptied gets none again.
func TestTheDropFolderProves(t *testing.T) {
	h := newHouse(t, "")
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 3))
	if _, err := h.Propose(ctx); err != nil {
		t.Fatal(err)
	}
	imp, err := h.Prepare(ctx, "members", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Commit(ctx, imp, "secretary"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Propose(ctx); err != nil {
		t.Fatal(err)
	}
	h.want("approved 3")
	h.broken(3, 2) // three claims, of which two letters were written
	d, err := h.Deliver(ctx)
	if err != nil || d.Proven != 2 || d.Uncertain != 1 {
		t.Errorf("%+v, %v", d, err)
	}
	h.want("sent 2, uncertain 1")
	if err := os.RemoveAll(filepath.Join(h.folder, "outbox")); err != nil {
		t.Fatal(err)
	}
	if p := h.run(); p.Delivery.Sent != 0 {
		t.Errorf("%+v", p.Delivery)
	}
	if got := h.outboxOf("nia"); len(got) != 0 {
		t.Errorf("went again: %v", got)
	}
	h.replayed()
}

// broken leaves a number of letters to members as a run that was killed on the
// wire would: claimed, and some of them written.
func (h *house) broken(claims, written int) {
	h.t.Helper()
	sender, err := h.sender(ctx, h.Set().Constituency)
	if err != nil {
		h.t.Fatal(err)
	}
	defer sender.Close()
	for _, m := range h.book().MessagesIn(ledger.Approved) {
		if m.Person == 0 || claims == 0 {
			continue
		}
		claims--
		p, err := h.Message(ctx, m.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		err = h.store.Update(ctx, func(tx *store.Tx) error {
			return tx.Apply(h.Now(), "clarion", ledger.MessageClaimed{ID: m.ID, Fence: 1 << 20})
		})
		if err != nil {
			h.t.Fatal(err)
		}
		if written == 0 {
			continue
		}
		written--
		sender.Send(ctx, outgoing(h, p))
	}
}

// TestTwoDeliverers do not send at the same time; the second says so.
func TestTwoDeliverers(t *testing.T) {
	s := serve(t)
	h := newHouse(t, s.line(""))
	h.settled(20)
	other, err := store.Open(ctx, h.store.Path(), store.Options{Machine: "test", ConfigDir: filepath.Join(h.base, "config"), Now: h.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var held *store.Held
	s.taken = func(string) {
		second := *h.Engine
		second.Store = other
		if _, err := second.Deliver(ctx); !errors.As(err, &held) {
			t.Errorf("a second deliverer: %v", err)
		}
	}
	h.members("2026-11-02", rows(old, 20), rows(fresh, 3))
	h.run()
	h.want("sent 3")
	if held == nil || !strings.Contains(held.Error(), "stop it, or wait") {
		t.Errorf("said %v", held)
	}
	if got := s.members(); len(got) != 3 || !distinct(got) {
		t.Errorf("arrived: %+v", got)
	}
}
