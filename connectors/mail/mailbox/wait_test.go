package mailbox

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-imap/v2"
)

// waits starts to wait, and gives how long it took and what came of it.
func waits(ctx context.Context, m *Mailbox, after Cursor) func() (time.Duration, error) {
	began, took, done := time.Now(), time.Duration(0), make(chan error, 1)
	go func() {
		err := m.Wait(ctx, after)
		took = time.Since(began)
		done <- err
	}()
	return func() (time.Duration, error) { err := <-done; return took, err }
}

// later does something after a while, on the clock of the bubble.
func later(d time.Duration, do func()) { time.AfterFunc(d, do) }

func TestWaiting(t *testing.T) {
	t.Parallel()
	noIdle := func(s string) string { return strings.ReplaceAll(s, " IDLE", "") }
	for _, c := range []struct {
		name     string
		tell     func(string) string
		meddle   func(h *host)
		from, to time.Duration // when mail that comes after an hour is seen
		dials    int
	}{
		{"the server says so", nil, nil, time.Hour, time.Hour, 1},
		{"looking now and then", noIdle, nil, time.Hour, time.Hour + 5*time.Minute, 1},
		{"cut", nil, func(h *host) { later(30*time.Minute, h.cut) }, time.Hour, time.Hour, 2},
		{"cut while looking now and then", noIdle, func(h *host) { later(30*time.Minute, h.cut) }, time.Hour, time.Hour + 5*time.Minute, 2},
		{"a black hole for a while", nil, func(h *host) {
			later(10*time.Minute, func() { h.set(func(h *host) { h.hole = true }) })
			later(20*time.Minute, func() { h.set(func(h *host) { h.hole = false }); h.cut() })
		}, time.Hour, time.Hour, 0},
		{"a black hole when it comes", nil, func(h *host) {
			later(59*time.Minute, func() { h.set(func(h *host) { h.hole = true }) })
			later(61*time.Minute, func() { h.set(func(h *host) { h.hole = false; h.ways = nil }) })
		}, time.Hour + time.Minute, time.Hour + 7*time.Minute, 0},
		{"away for half an hour", nil, func(h *host) {
			later(40*time.Minute, func() { h.set(func(h *host) { h.down = true }); h.cut() })
			later(70*time.Minute, func() { h.set(func(h *host) { h.down = false }) })
		}, 70 * time.Minute, 105 * time.Minute, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.tell = c.tell
				m := open(t, h.pipe())
				h.arrive("INBOX", text(1))
				seen := fetch(t, m, Cursor{}).Cursor
				if c.meddle != nil {
					c.meddle(h)
				}
				later(time.Hour, func() { h.arrive("INBOX", text(2)) })
				took, err := waits(t.Context(), m, seen)()
				if err != nil || took < c.from || took > c.to {
					t.Errorf("waited %v, %v; want %v to %v", took, err, c.from, c.to)
				}
				if n := h.dialled(); c.dials > 0 && n != c.dials {
					t.Errorf("dialled %d times, want %d", n, c.dials)
				}
				if b := fetch(t, m, seen); len(b.Messages) != 1 {
					t.Errorf("then there are %d messages", len(b.Messages))
				}
			})
		})
	}
}

// TestNoWaitingForWhatIsThere: what came before the wait began ends it.
func TestNoWaitingForWhatIsThere(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		h.arrive("INBOX", text(1))
		if took, err := waits(t.Context(), m, Cursor{})(); took != 0 || err != nil {
			t.Errorf("waited %v, %v", took, err)
		}
	})
}

// TestWaitingGoesInSlices: an IDLE does not last longer than a slice, and what
// others do to old messages ends no wait.
func TestWaitingGoesInSlices(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		h.arrive("INBOX", text(1), text(2))
		b := fetch(t, m, Cursor{})
		must(t, h.box.Create("Mine", nil))
		person := h.other()
		later(7*time.Minute, func() {
			if _, err := person.Move(imap.UIDSetNum(1), "Mine").Wait(); err != nil {
				t.Error(err)
			}
		})
		ctx, stop := context.WithTimeout(t.Context(), time.Hour+time.Minute)
		defer stop()
		if took, err := waits(ctx, m, b.Cursor)(); took != time.Hour+time.Minute || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waited %v, %v", took, err)
		}
		if n := h.said(" IDLE\r\n"); n < 13 || n > 15 {
			t.Errorf("%d times IDLE in an hour of slices of 5 minutes", n)
		}
		if fetch(t, m, b.Cursor); h.dialled() != 2 { // the person, and we
			t.Errorf("dialled %d times: a wait that is ended leaves the line in order", h.dialled())
		}
	})
}

// TestWaitingForAPerson: what no time heals ends the wait.
func TestWaitingForAPerson(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		a := newHost(t).pipe()
		a.Password = "wrong"
		var f *Fault
		if took, err := waits(t.Context(), open(t, a), Cursor{})(); took != 0 || !errors.As(err, &f) || f.Kind != Login {
			t.Errorf("waited %v, %v", took, err)
		}
	})
}

// TestBackOff: the pauses grow, have an end, and are spread.
func TestBackOff(t *testing.T) {
	t.Parallel()
	last := time.Duration(0)
	for n := 1; n < 100; n++ {
		low, high := backOff(n, 0), backOff(n, 1)
		if high < last || high > 30*time.Minute || low != high/2 {
			t.Errorf("failure %d: %v to %v", n, low, high)
		}
		last = high
	}
	if backOff(1, 1) != 5*time.Second || last != 30*time.Minute {
		t.Errorf("from %v to %v", backOff(1, 1), last)
	}
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		h.set(func(h *host) { h.down = true })
		want := 5 * time.Second
		for range 4 {
			var f *Fault
			if _, err := m.Fetch(t.Context(), Cursor{}); !errors.As(err, &f) || f.Kind != Temporary || f.After != want {
				t.Errorf("got %+v, want to wait %v", err, want)
			}
			want *= 2
		}
		h.set(func(h *host) { h.down = false })
		fetch(t, m, Cursor{})
		if m.failures != 0 {
			t.Error("success is not counted")
		}
	})
}
