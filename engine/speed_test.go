package engine_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/sample"
	"github.com/clarion-clp/clarion/engine/store"
	"github.com/clarion-clp/clarion/playbooks"
)

// A largeHouse is a constituency of 3,000 members, in which a pass was made two
// weeks ago and new lists were imported today.
type largeHouse struct {
	folder, base string
	now          time.Time
}

func newLargeHouse(b *testing.B) *largeHouse {
	b.Helper()
	h := &largeHouse{folder: b.TempDir(), base: b.TempDir()}
	today := calendar.NewDate(2026, time.November, 2)
	con := sample.Sized(1, today, 3000)
	h.write(b, con.On(today.AddDays(-14)))
	e, done := h.open(b)
	clock := e.Clock()
	h.now = clock.AtHour(today.AddDays(-14))
	if _, err := e.Run(ctx); err != nil {
		b.Fatal(err)
	}
	h.write(b, con.On(today))
	h.now = clock.AtHour(today)
	for _, name := range e.Sources() {
		imp, err := e.Prepare(ctx, name, "")
		if err == nil && !imp.Same {
			_, err = e.Commit(ctx, imp, "officer")
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	done()
	return h
}

func (h *largeHouse) write(b *testing.B, files map[string][]byte) {
	b.Helper()
	for name, data := range files {
		path := filepath.Join(h.folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

// open opens the house with nothing in memory, as a program does that starts.
func (h *largeHouse) open(b *testing.B) (*engine.Engine, func()) {
	b.Helper()
	now := func() time.Time { return h.now }
	s, err := store.Open(ctx, filepath.Join(h.base, "clarion.db"), store.Options{Machine: "test", ConfigDir: filepath.Join(h.base, "config"), Now: now})
	if err != nil {
		b.Fatal(err)
	}
	drop := func(context.Context, *playbook.Constituency) (engine.Sender, error) {
		return mail.NewDrop(filepath.Join(h.base, "outbox"))
	}
	e, err := engine.New(engine.Options{Folder: h.folder, Library: playbooks.Library, Store: s, Now: now, Read: read, Sender: drop})
	if err != nil {
		b.Fatal(err)
	}
	return e, func() { s.Close() }
}

func (h *largeHouse) plan(b *testing.B, e *engine.Engine) {
	b.Helper()
	p, err := e.Plan(ctx)
	if err != nil {
		b.Fatal(err)
	}
	if len(p.Messages) < 20 {
		b.Fatalf("%d messages: nothing worth measuring", len(p.Messages))
	}
}

// BenchmarkPlanConstituency plans 3,000 members whose tables are in memory.
func BenchmarkPlanConstituency(b *testing.B) {
	h := newLargeHouse(b)
	e, done := h.open(b)
	defer done()
	h.plan(b, e)
	b.ReportAllocs()
	for b.Loop() {
		h.plan(b, e)
	}
}

// BenchmarkPlan650Constituencies plans 650 of them in turn, each opened from
// its file, with its own playbooks, and closed again.
func BenchmarkPlan650Constituencies(b *testing.B) {
	const all = 650
	h := newLargeHouse(b)
	for b.Loop() {
		for range all {
			e, done := h.open(b)
			h.plan(b, e)
			done()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(all*b.N), "ms/constituency")
}
