package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/store"
)

// TestACopyOfTheDatabase plans, and sends nothing until it is taken over; the
// takeover finds in the folder what the copy does not know of.
func TestACopyOfTheDatabase(t *testing.T) {
	for name, copied := range map[string]func(h *house){
		"backup and restore": func(h *house) {
			file := filepath.Join(h.base, "backup.db")
			must(h, h.store.Backup(ctx, file))
		},
		"a copied file": func(h *house) {
			h.store.Close()
			b, err := os.ReadFile(h.store.Path())
			must(h, err)
			must(h, os.WriteFile(filepath.Join(h.base, "backup.db"), b, 0o600))
			h.open("clarion.db", "config")
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := arrears(t, "", 3)
			proposed, _, err := h.Pending(ctx)
			must(h, err)
			_, err = h.Approve(ctx, engine.Voice{Role: "membership_officer"}, proposed[:2])
			must(h, err)
			copied(h)
			h.run() // two letters go, of which the copy knows nothing
			h.approveAll()
			h.run()
			h.want("sent 3")
			before := h.outbox()
			h.members("2026-11-03", rows(old, 20), rows(behind, 3), rows(fresh, 1))
			h.run()
			h.want("sent 4")
			for _, f := range h.outboxOf("nia1") { // somebody tidied up: not all can be found
				must(h, os.Remove(filepath.Join(h.folder, "outbox", f)))
			}
			h.store.Close()

			h.restore(name == "backup and restore")
			h.want("proposed 1, approved 2")
			p := h.run()
			if p.Delivery.Sent != 0 || p.Delivery.Stopped == "" || len(p.Plan.Lines) == 0 {
				t.Fatalf("a copy: %+v", p.Delivery)
			}
			n, err := h.LookInSent(ctx)
			if err != nil || n < 3 {
				t.Errorf("found %d in the folder, %v", n, err)
			}
			h.want("sent 3, approved 1")
			if stand, err := h.store.Stand(ctx); err != nil || stand.Sending() {
				t.Errorf("looking is not taking over: %+v, %v", stand, err)
			}
			must(h, h.Takeover(ctx, "secretary"))
			h.pass(time.Minute)
			h.run()
			if after := h.outboxOf("pat"); len(after) != 3 {
				t.Errorf("to members: %v, before %v", after, before)
			}
			h.members("2026-11-04", rows(old, 20), rows(behind, 3), rows(fresh, 2))
			h.run()
			h.want("sent 5")
			h.store.Close()

			h.open("clarion.db", "config") // the first database, which was left behind
			h.members("2026-11-05", rows(old, 20), rows(behind, 3), rows(fresh, 3))
			if p := h.run(); p.Delivery.Sent != 0 || p.Delivery.Stopped == "" {
				t.Errorf("the one left behind: %+v", p.Delivery)
			}
		})
	}
}

// TestACopyThatWasStopped knows of letters that went since: when it is let go
// again, they do not go once more, whether it had their yes or not.
func TestACopyThatWasStopped(t *testing.T) {
	h := arrears(t, "", 3)
	proposed, _, err := h.Pending(ctx)
	must(h, err)
	_, err = h.Approve(ctx, engine.Voice{Role: "membership_officer"}, proposed[:2])
	must(h, err)
	must(h, h.Engine.Stop(ctx, "secretary", "a doubt"))
	must(h, h.store.Backup(ctx, filepath.Join(h.base, "backup.db")))
	must(h, h.Resume(ctx, "secretary", "none"))
	h.approveAll()
	h.run()
	h.want("sent 3")
	before := h.outbox()
	h.store.Close()

	h.restore(true)
	h.want("proposed 1, approved 2")
	if n, err := h.LookInSent(ctx); err != nil || n < 3 {
		t.Errorf("found %d in the folder, %v", n, err)
	}
	must(h, h.Takeover(ctx, "secretary"))
	must(h, h.Resume(ctx, "secretary", "none"))
	h.pass(time.Minute)
	h.run()
	h.approveAll()
	h.run()
	if after := h.outbox(); len(after) != len(before) {
		t.Errorf("after the copy was let go again: %v, before %v", after, before)
	}
}

// restore opens the copy in the place of a second database.
func (h *house) restore(proper bool) {
	h.t.Helper()
	path, backup := filepath.Join(h.base, "second.db"), filepath.Join(h.base, "backup.db")
	if proper {
		must(h, store.RestoreFile(ctx, backup, path))
	} else {
		must(h, os.Rename(backup, path))
	}
	h.open("second.db", "config")
}

func must(h *house, err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// TestAnotherMachine sends nothing from a database that was last used elsewhere.
func TestAnotherMachine(t *testing.T) {
	h := newHouse(t, "")
	h.settled(20)
	h.members("2026-11-02", rows(old, 20), rows(fresh, 1))
	h.run()
	h.want("sent 1")
	h.store.Close()
	h.open("clarion.db", "another")
	h.members("2026-11-03", rows(old, 20), rows(fresh, 2))
	if p := h.run(); p.Delivery.Sent != 0 || !strings.Contains(p.Delivery.Stopped, "takeover") {
		t.Errorf("%+v", p.Delivery)
	}
}
