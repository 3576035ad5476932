package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// bubble runs a test in which the clock goes on when nobody has anything to do.
func bubble(t *testing.T, f func(t *testing.T, h *host, m *Mailbox)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		f(t, h, open(t, h.pipe()))
	})
}

// fetch is a Fetch that succeeds.
func fetch(t *testing.T, m *Mailbox, after Cursor) Batch {
	t.Helper()
	b, err := m.Fetch(t.Context(), after)
	must(t, err)
	return b
}

// numbers are the numbers of the invented letters in a batch.
func numbers(b Batch) (n []int) {
	for _, msg := range b.Messages {
		var i int
		_, _ = fmt.Sscanf(string(msg.Bytes[strings.Index(string(msg.Bytes), "<letter-"):]), "<letter-%d@", &i)
		n = append(n, i)
	}
	return n
}

func TestNewMailComesOnceAndInOrder(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		if b := fetch(t, m, Cursor{}); len(b.Messages) > 0 || b.Renewed || b.Cursor.UIDValidity == 0 {
			t.Errorf("an empty box gives %+v", b)
		}
		h.arrive("INBOX", text(1), text(2), text(3))
		b := fetch(t, m, Cursor{})
		if !slices.Equal(numbers(b), []int{1, 2, 3}) || b.More || b.Renewed {
			t.Errorf("got %v, more %v, renewed %v", numbers(b), b.More, b.Renewed)
		}
		for i, msg := range b.Messages {
			if string(msg.Bytes) != text(i+1) || !msg.Whole || msg.Size != int64(len(msg.Bytes)) || !msg.Received.Equal(time.Now()) || msg.Folder != "INBOX" {
				t.Errorf("message %d is %+v", i+1, msg)
			}
		}
		if again := fetch(t, m, b.Cursor); len(again.Messages) > 0 || again.Cursor != b.Cursor {
			t.Errorf("after the last message there is %v, cursor %+v", numbers(again), again.Cursor)
		}
		h.arrive("INBOX", text(4))
		if next := fetch(t, m, b.Cursor); !slices.Equal(numbers(next), []int{4}) {
			t.Errorf("then came %v", numbers(next))
		}
		if d, err := h.box.Status("INBOX", &imap.StatusOptions{NumUnseen: true}); err != nil || *d.NumUnseen != 4 {
			t.Errorf("%v unread of 4, %v: reading marks nothing as read", *d.NumUnseen, err)
		}
		if n := h.dialled(); n != 1 {
			t.Errorf("dialled %d times", n)
		}
	})
}

func TestOldMailIsLeftOut(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		for i, days := range []int{-40, -10, -1} {
			_, err := h.box.Append("INBOX", literal{strings.NewReader(text(i))}, &imap.AppendOptions{Time: time.Now().AddDate(0, 0, days)})
			must(t, err)
		}
		from := Cursor{Since: time.Now().AddDate(0, 0, -14)}
		b := fetch(t, m, from)
		if !slices.Equal(numbers(b), []int{1, 2}) || !b.Cursor.Since.Equal(from.Since) {
			t.Errorf("got %v, cursor %+v", numbers(b), b.Cursor)
		}
	})
}

func TestAThousandMessages(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		var want []int
		for i := range 1000 {
			h.arrive("INBOX", text(i))
			want = append(want, i)
		}
		var got []int
		batches := 0
		for c, more := (Cursor{}), true; more; batches++ {
			b := fetch(t, m, c)
			if b.Cursor.UID <= c.UID {
				t.Fatal("no progress")
			}
			got, c, more = append(got, numbers(b)...), b.Cursor, b.More
		}
		if !slices.Equal(got, want) || batches != 10 {
			t.Errorf("%d messages in %d batches", len(got), batches)
		}
	})
}

// TestLargeMessages: what is too large comes in part, and a batch is not much
// larger than it may be.
func TestLargeMessages(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		a := h.pipe()
		a.Largest, a.Batch = 1<<20, 1300<<10
		m := open(t, a)
		huge := text(1) + strings.Repeat(strings.Repeat("x", 998)+"\r\n", 30<<20/1000)
		middling := text(2) + strings.Repeat("0123456789 ten\r\n", 900<<10/16)
		h.arrive("INBOX", huge, middling, middling, text(4))
		b := fetch(t, m, Cursor{})
		if len(b.Messages) != 2 || !b.More {
			t.Fatalf("%d messages, more %v", len(b.Messages), b.More)
		}
		first := b.Messages[0]
		if first.Whole || len(first.Bytes) != beginning || first.Size != int64(len(huge)) || !strings.HasPrefix(huge, string(first.Bytes)) {
			t.Errorf("the largest: %d of %d bytes, whole %v", len(first.Bytes), first.Size, first.Whole)
		}
		if second := b.Messages[1]; !second.Whole || string(second.Bytes) != middling {
			t.Errorf("the second: %d bytes, whole %v", len(second.Bytes), second.Whole)
		}
		if b = fetch(t, m, b.Cursor); len(b.Messages) != 2 || b.More || !b.Messages[0].Whole || !b.Messages[1].Whole {
			t.Errorf("then %d messages, more %v", len(b.Messages), b.More)
		}
	})
}

// TestNumberedAnew: when the server numbers a folder anew, all of it is read
// again, and what was known by its number is not touched.
func TestNumberedAnew(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		h.arrive("INBOX", text(1), text(2))
		before := fetch(t, m, Cursor{})
		must(t, h.box.Delete("INBOX"))
		must(t, h.box.Create("INBOX", nil))
		h.arrive("INBOX", text(7), text(1))
		for _, kept := range []bool{true, false} {
			if !kept {
				h.cut()
			}
			b := fetch(t, m, before.Cursor)
			if !b.Renewed || !slices.Equal(numbers(b), []int{7, 1}) || b.Cursor.UIDValidity == before.Cursor.UIDValidity {
				t.Errorf("got %v, renewed %v, cursor %+v", numbers(b), b.Renewed, b.Cursor)
			}
			if again := fetch(t, m, b.Cursor); again.Renewed || len(again.Messages) > 0 {
				t.Errorf("and again %v, renewed %v", numbers(again), again.Renewed)
			}
		}
		if f, err := m.File(t.Context(), before.Messages[0].Ref, "Clarion/Reports"); f != Renumbered || err != nil {
			t.Errorf("filing by an old number: %v, %v", f, err)
		}
		if d, err := h.box.Status("INBOX", &imap.StatusOptions{NumMessages: true}); err != nil || *d.NumMessages != 2 {
			t.Errorf("%d messages are left, %v", *d.NumMessages, err)
		}
		if err := m.Wait(t.Context(), before.Cursor); err != nil {
			t.Errorf("waiting for what came since: %v", err)
		}
	})
}

func TestFiling(t *testing.T) {
	t.Parallel()
	noKeywords := func(s string) string { return strings.ReplaceAll(s, `\*)`, `\Seen)`) }
	for _, c := range []struct {
		name string
		caps []imap.Cap
		tell func(string) string
		want Filing
		left uint32 // in the INBOX
	}{
		{"everything", everything, nil, Moved, 1},
		{"newest", []imap.Cap{imap.CapIMAP4rev2}, nil, Moved, 1},
		{"no report of moves", []imap.Cap{imap.CapIMAP4rev1, imap.CapMove}, nil, Moved, 1},
		{"other names", everything, func(s string) string {
			return strings.ReplaceAll(s, "NAMESPACE ((\"\" \"/\"))", "NAMESPACE ((\"Mine/\" \"/\"))")
		}, Moved, 1},
		{"no move", []imap.Cap{imap.CapIMAP4rev1, imap.CapUIDPlus}, nil, Marked, 2},
		{"no move, no keywords", []imap.Cap{imap.CapIMAP4rev1}, noKeywords, Left, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				h := newHost(t, c.caps...)
				h.tell = c.tell
				m := open(t, h.pipe())
				h.arrive("INBOX", text(1), text(2))
				b := fetch(t, m, Cursor{})
				f, err := m.File(t.Context(), b.Messages[0].Ref, "Clarion/Reports")
				if f != c.want || err != nil {
					t.Fatalf("filing: %v, %v; want %v", f, err, c.want)
				}
				if d, err := h.box.Status("INBOX", &imap.StatusOptions{NumMessages: true}); err != nil || *d.NumMessages != c.left {
					t.Errorf("%d messages are left, %v", *d.NumMessages, err)
				}
				again, err := m.File(t.Context(), b.Messages[0].Ref, "Clarion/Reports")
				if want := map[bool]Filing{true: Gone, false: c.want}[c.want == Moved]; again != want || err != nil {
					t.Errorf("filing again: %v, %v", again, err)
				}
				if c.want == Marked && h.said("$Clarion") == 0 {
					t.Error("nothing was marked")
				}
				if b := fetch(t, m, b.Cursor); len(b.Messages) > 0 {
					t.Errorf("what was filed comes again: %v", numbers(b))
				}
			})
		})
	}
}

// TestWhereItIsFiled: a folder is made once and people see it.
func TestWhereItIsFiled(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		h.arrive("INBOX", text(1), text(2))
		for _, msg := range fetch(t, m, Cursor{}).Messages {
			_, err := m.File(t.Context(), msg.Ref, "Clarion/Réponses")
			must(t, err)
		}
		d, err := h.box.Status("Clarion/Réponses", &imap.StatusOptions{NumMessages: true})
		if err != nil || *d.NumMessages != 2 || h.said(" CREATE ") != 1 || h.said(" SUBSCRIBE ") != 1 {
			t.Errorf("the folder: %+v, %v; made %d times", d, err, h.said(" CREATE "))
		}
	})
}

// TestAnotherClient: between the fetch and the filing a person moves a message.
func TestAnotherClient(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		h.arrive("INBOX", text(1), text(2), text(3))
		b := fetch(t, m, Cursor{})
		must(t, h.box.Create("Mine", nil))
		person := h.other()
		_, err := person.Move(imap.UIDSetNum(imap.UID(b.Messages[1].UID)), "Mine").Wait()
		must(t, err)
		for i, want := range []Filing{Moved, Gone, Moved} {
			if f, err := m.File(t.Context(), b.Messages[i].Ref, "Done"); f != want || err != nil {
				t.Errorf("message %d: %v, %v; want %v", i+1, f, err, want)
			}
		}
		_, err = person.Select("Done", nil).Wait()
		must(t, err)
		_, err = person.Move(imap.UIDSetNum(1), "INBOX").Wait() // put back: it counts as new
		must(t, err)
		if b := fetch(t, m, b.Cursor); !slices.Equal(numbers(b), []int{1}) {
			t.Errorf("put back: %v", numbers(b))
		}
	})
}

// snatching is a session in which somebody else is always faster.
type snatching struct {
	*imapmemserver.UserSession
	login func(user, password string) error
	late  bool // the server says nothing of it
	h     *host
}

func (s *snatching) Login(user, password string) error { return s.login(user, password) }

func (s *snatching) Move(w *imapserver.MoveWriter, uids imap.NumSet, to string) error {
	if s.late {
		return nil
	}
	return &imap.Error{Type: imap.StatusResponseTypeNo, Text: "no such message"}
}

// Search finds a message the first time it is asked for, and then no more.
func (s *snatching) Search(kind imapserver.NumKind, what *imap.SearchCriteria, o *imap.SearchOptions) (*imap.SearchData, error) {
	d, err := s.UserSession.Search(kind, what, o)
	if len(what.UID) > 0 && what.UID[0].String() == "1" {
		s.h.mu.Lock()
		defer s.h.mu.Unlock()
		if strings.Count(s.h.asked.String(), "MOVE") > 0 {
			d.All = imap.UIDSet{}
		}
	}
	return d, err
}

func TestSomebodyIsFaster(t *testing.T) {
	t.Parallel()
	for _, late := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			h := newHost(t)
			h.login = func(imapserver.Session) imapserver.Session {
				return &snatching{imapmemserver.NewUserSession(h.box), h.box.Login, late, h}
			}
			m := open(t, h.pipe())
			h.arrive("INBOX", text(1))
			must(t, h.box.Create("Done", nil))
			b := fetch(t, m, Cursor{})
			if f, err := m.File(t.Context(), b.Messages[0].Ref, "Done"); f != Gone || err != nil {
				t.Errorf("the server says nothing %v: %v, %v", late, f, err)
			}
		})
	}
}

// unreadable is a session with a message that the server cannot give.
type unreadable struct {
	*imapmemserver.UserSession
	login func(user, password string) error
}

func (s *unreadable) Login(user, password string) error { return s.login(user, password) }

func (s *unreadable) Fetch(w *imapserver.FetchWriter, set imap.NumSet, o *imap.FetchOptions) error {
	if uids, is := set.(imap.UIDSet); is && uids.Contains(2) && len(o.BodySection) > 0 {
		return &imap.Error{Type: imap.StatusResponseTypeNo, Text: "message 2 is damaged"}
	}
	return s.UserSession.Fetch(w, set, o)
}

// TestADamagedMessage: one that the server cannot give does not keep back the
// others, and is not passed over in silence.
func TestADamagedMessage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHost(t)
		h.login = func(imapserver.Session) imapserver.Session {
			return &unreadable{imapmemserver.NewUserSession(h.box), h.box.Login}
		}
		m := open(t, h.pipe())
		h.arrive("INBOX", text(1), text(2), text(3))
		b := fetch(t, m, Cursor{})
		if len(b.Messages) != 3 || !b.Messages[0].Whole || b.Messages[1].Whole || len(b.Messages[1].Bytes) > 0 || !b.Messages[2].Whole || b.Cursor.UID != 3 {
			t.Errorf("got %+v", b)
		}
	})
}

func TestProbe(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		h.arrive("INBOX", text(1))
		must(t, h.box.Create("Sent", nil))
		r, err := m.Probe(t.Context())
		must(t, err)
		if got, want := fmt.Sprintf("%+v", r), "{TLS: Login:PLAIN Messages:1 Sent:Sent Folders:[INBOX Sent] Moves:true Announces:true Keywords:true}"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestNew(t *testing.T) {
	t.Parallel()
	good := Account{Server: "imap.example.org", User: user, Password: secret}
	for _, c := range []struct {
		what   string
		change func(*Account)
	}{
		{"no name", func(a *Account) { a.Server = "" }},
		{"no name", func(a *Account) { a.Server = "imap.example.org/x" }},
		{"tls is", func(a *Account) { a.TLS = "ssl" }},
		{"without encryption", func(a *Account) { a.TLS = NoTLS }},
		{"no port", func(a *Account) { a.Port = 70000 }},
		{"no user", func(a *Account) { a.User = "" }},
		{"no password", func(a *Account) { a.Password = "" }},
		{"line break", func(a *Account) { a.Password = "a\r\nb" }},
		{"less than nothing", func(a *Account) { a.Slice = -1 }},
	} {
		a := good
		c.change(&a)
		if _, err := New(a); err == nil || !strings.Contains(err.Error(), c.what) || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	if m, err := New(good); err != nil || m.account.Port != 993 {
		t.Errorf("a good account: %+v, %v", m, err)
	}
}

// TestTheContext: a verb stops when its context does.
func TestTheContext(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, h *host, m *Mailbox) {
		h.set(func(h *host) { h.hole = true })
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Second)
		defer stop()
		began := time.Now()
		if _, err := m.Fetch(ctx, Cursor{}); !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 3*time.Second {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
	})
}
