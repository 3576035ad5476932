package mailbox

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestSentLetters(t *testing.T) {
	t.Parallel()
	mine := func(s string) string {
		return strings.ReplaceAll(s, `LIST () "/" "Gesendet"`, `LIST (\Sent) "/" "Gesendet"`)
	}
	for _, c := range []struct {
		name, folder, named string
		tell                func(string) string
	}{
		{"by its use", "Gesendet", "", mine},
		{"by its usual name", "Sent Items", "", nil},
		{"as the settings say", "Post/Out", "Post/Out", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t)
				h.tell = c.tell
				must(t, h.box.Create(c.folder, nil))
				a := h.pipe()
				a.Sent = c.named
				m := open(t, a)
				h.arrive(c.folder, text(1), text(11))
				for id, want := range map[string]bool{"<letter-1@example.org>": true, "letter-11@example.org": true, "<letter-2@example.org>": false, "etter-1@example.org": false} {
					if found, err := m.Sent(t.Context(), id); found != want || err != nil {
						t.Errorf("%s: %v, %v", id, found, err)
					}
				}
				for i, want := range []bool{true, false} {
					kept, err := m.Keep(t.Context(), "<letter-5@example.org>", []byte(text(5)), time.Now())
					if kept != want || err != nil {
						t.Errorf("keeping %d: %v, %v", i, kept, err)
					}
				}
				if found, err := m.Sent(t.Context(), "<letter-5@example.org>"); !found || err != nil {
					t.Errorf("what was kept is not found: %v", err)
				}
				if b := fetch(t, m, Cursor{}); len(b.Messages) > 0 {
					t.Error("sent letters are new mail")
				}
			})
		})
	}
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		var f *Fault
		if _, err := m.Sent(t.Context(), "<letter-1@example.org>"); !errors.As(err, &f) || f.Kind != Setup {
			t.Errorf("without such a folder: %v", err)
		}
		if _, err := m.Sent(t.Context(), "<a\r\nb>"); !errors.As(err, &f) || f.Kind != Setup {
			t.Errorf("with no Message-ID: %v", err)
		}
	})
}
