package engine_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/plan"
)

// TestALetterToAllIsFoundAfterARestore: what left with the yes of two, of which a
// restored copy knows no yes at all, was sent and goes no second time.
func TestALetterToAllIsFoundAfterARestore(t *testing.T) {
	t.Parallel()
	h := toAll(t, officers)
	must(h, h.store.Backup(ctx, filepath.Join(h.base, "backup.db")))
	for _, role := range []string{"membership_officer", "secretary"} {
		if _, err := h.Approve(ctx, engine.Voice{Role: role}, waiting(h, 6)); err != nil {
			t.Fatal(err)
		}
	}
	h.run()
	h.want("sent 6")
	h.store.Close()
	h.restore(true)
	if _, err := h.LookInSent(ctx); err != nil {
		t.Fatal(err)
	}
	must(h, h.Takeover(ctx, "secretary"))
	h.run()
	h.want("sent 6")
	h.replayed()
}

// TestTheSecondIsAsked: whoever may say the second yes hears of the first, which
// ends after as long as a saved plan, or with the office of who said it; the
// letters go on needing two.
func TestTheSecondIsAsked(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(h *house){
		"in time": func(h *house) { h.pass(6 * day) },
		"out of office": func(h *house) {
			h.write("officers.csv", strings.Replace(officers, "Mo Member,membership@example.org,2024-01-01,", "Mo Member,membership@example.org,2024-01-01,2026-11-02", 1))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := toAll(t, officers)
			shown := waiting(h, 6)
			one := engine.Voice{Role: "membership_officer"}
			for _, s := range plan.Sitting(look(h).In) {
				if s.Role == one.Role {
					one.Person = engine.SeatOf(look(h).In, s.Row).Person
				}
			}
			if d, err := h.Approve(ctx, one, shown); err != nil || len(d.Half) != 6 {
				t.Fatalf("the first yes: %+v, %v", d, err)
			}
			h.pass(day)
			h.run()
			if told := h.told("secretary@example.org"); !strings.Contains(told, "the Vice Chair (Membership) has said the first yes to 6 of them; a second person must say yes to them") {
				t.Errorf("the Secretary hears %q", told)
			}
			end(h)
			h.run()
			for _, m := range waiting(h, 6) {
				if !m.Two || m.First.By != "" {
					t.Errorf("the first yes still holds: %+v", m.Message)
				}
			}
			h.replayed()
		})
	}
}

func look(h *house) *engine.Look {
	h.t.Helper()
	l, err := h.Look(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	return l
}

// TestNothingLeavesUntold: while the mail that tells of a yes cannot leave, neither
// do its letters; once it has, they go in the same round.
func TestNothingLeavesUntold(t *testing.T) {
	t.Parallel()
	s := serve(t)
	h := arrears(t, s.line(""), 3)
	h.write("constituency.yaml", strings.Replace(constituency, "undo: 0 minutes", "undo: 15 minutes", 1)+s.line("")+"\n")
	must(h, h.Reload())
	h.approveAll()
	s.set(func(to string) error {
		if strings.HasPrefix(to, "secretary@") {
			return said(450, 4, 2, 0)
		}
		return nil
	}, nil)
	h.pass(time.Hour)
	p := h.run()
	h.want("approved 3")
	if d := p.Delivery; len(d.Staged) != 1 || d.Staged[0].Why != plan.Untold || d.Left != 0 {
		t.Errorf("%+v", d)
	}
	s.set(nil, nil)
	h.pass(10 * time.Minute)
	h.run()
	h.want("sent 3")
}
