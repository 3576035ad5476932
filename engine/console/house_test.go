package console_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail"
	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/console"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
	"github.com/clarion-clp/clarion/playbooks"
)

var ctx = context.Background()

// A house is a constituency with a real database and real letters, and a console
// that listens. Its clock is the test's.
type house struct {
	*engine.Engine
	*console.Console
	t      testing.TB
	folder string
	store  *store.Store
	logged *bytes.Buffer
	guise  func(name string) string // how people are called; nil: as they are

	officers string // the list of them; empty: as it is

	mu   sync.Mutex
	time time.Time
}

const day = 24 * time.Hour

const settings = `name: "Anytown & <b>Thornley</b> CLP"
hour: "09:00"
brakes: {most_at_once: 500, share: 100 percent, times_usual: 100, floor: 500}
review: {undo: 0 minutes, stages: {from: 0}}
branches: {file: branches.csv}
officers: {file: officers.csv}
data:
  members: {from: "data/members*.csv", full: yes, stale_after: 300 days}
mail: {from: secretary@example.org, drop: outbox}
`

const officers = `role,branch,person,email,from,until,deputy
secretary,,Ann Secretary,secretary@example.org,2024-01-01,,
membership_officer,,Mo Member,membership@example.org,2024-01-01,,
branch_membership_secretary,North,Nora North,north@example.org,2024-01-01,,
`

// newHouse makes a house in which three letters went to new members, and asked
// the branch to ring them.
func newHouse(t testing.TB, web playbook.Web, change ...func(*house)) *house {
	t.Helper()
	h := &house{t: t, folder: t.TempDir(), logged: &bytes.Buffer{}, time: time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)}
	for _, c := range change {
		c(h)
	}
	h.write("constituency.yaml", settings)
	h.write("officers.csv", h.guised(cmp.Or(h.officers, officers)))
	h.write("branches.csv", h.guised("key,name\nNorth,North\n"))
	h.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\n")
	now := h.clock
	s, err := store.Open(ctx, filepath.Join(t.TempDir(), "clarion.db"), store.Options{Machine: "test", Now: now})
	h.must(err)
	t.Cleanup(func() { s.Close() })
	h.store = s
	h.must(s.Update(ctx, func(tx *store.Tx) error {
		return tx.Apply(h.time, "secretary", ledger.Trusted{Playbook: "new-member-welcome", Level: "automatic"})
	}))
	read := func(ctx context.Context, folder string, src playbook.Source, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error) {
		return sheet.Read(ctx, folder, specOf(src), schema, clock)
	}
	h.Engine, err = engine.New(engine.Options{Folder: h.folder, Library: playbooks.Library, Store: s, Now: now, Read: read, Recognise: recognise, Headings: headings,
		Sender: func(context.Context, *playbook.Constituency) (engine.Sender, error) {
			return mail.NewDrop(filepath.Join(h.folder, "outbox"))
		}})
	h.must(err)
	h.members("2026-10-01", 0)
	h.run()
	h.pass(time.Hour)
	h.members("2026-11-02", 3)
	h.run()
	h.pass(6 * day)
	h.run()
	if web.Listen == "" {
		web.Listen = "127.0.0.1:0"
	}
	h.Console, err = console.Open(console.Options{Web: web, Folder: h.folder, Engine: h.now, Now: h.clock, Renew: h.Engine.Reload, Log: slog.New(slog.NewTextHandler(h.logged, nil))})
	h.must(err)
	going, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- h.Console.Serve(going) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return h
}

// now gives the engine as the daemon does: one for each page, over the same store.
func (h *house) now() *engine.Engine {
	o := h.Options()
	e, err := engine.New(o)
	if err != nil {
		panic(err)
	}
	return e
}

// Options are those of the engine, with what it has loaded.
func (h *house) Options() engine.Options {
	o := h.Engine.Options
	o.Loaded = h.Engine.Set()
	return o
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) write(name, text string) {
	h.t.Helper()
	path := filepath.Join(h.folder, name)
	h.must(os.MkdirAll(filepath.Dir(path), 0o700))
	h.must(os.WriteFile(path, []byte(text), 0o600))
}

func (h *house) members(day string, fresh int) {
	h.t.Helper()
	text := "Membership Number,First Name,Last Name,Email,Status,Date Joined,Branch,Marketing Consent\n"
	for i := range 6 {
		text += fmt.Sprintf("A%05d,Olive%d,Older,olive%d@example.com,Active,2015-03-01,North,No\n", i, i, i)
	}
	for i := range fresh {
		text += fmt.Sprintf("B%05d,Nia%d,Newer,nia%d@example.net,Active,2026-10-28,North,Yes\n", i, i, i)
	}
	text = h.guised(text)
	h.write("data/members-"+day+".csv", text)
}

// names are those of people and places in the lists.
var names = regexp.MustCompile(`Olive\d+|Older|Nia\d+|Newer|Ann Secretary|Mo Member|Nora North|,North$`)

// guised puts other names into the lines of a list.
func (h *house) guised(text string) string {
	if h.guise == nil {
		return text
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = names.ReplaceAllStringFunc(l, func(name string) string {
			comma := ""
			if name[0] == ',' {
				comma, name = ",", name[1:]
			}
			return comma + `"` + strings.ReplaceAll(h.guise(name), `"`, `""`) + `"`
		})
	}
	return strings.Join(lines, "\n")
}

func (h *house) run() {
	h.t.Helper()
	_, err := h.Engine.Run(ctx)
	h.must(err)
}

// clock gives the moment.
func (h *house) clock() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.time }

func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

// view reads the store.
func (h *house) view(f func(*store.Tx) error) {
	h.t.Helper()
	h.must(h.store.View(ctx, f))
}

// changes counts what changed the store.
func (h *house) changes() (n int64) {
	h.view(func(tx *store.Tx) error { n = tx.Counter(); return nil })
	return n
}

// sent gives the messages of a basis that went.
func (h *house) sent(basis string) (out []ledger.Message) {
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		for _, m := range book.MessagesIn(ledger.Sent) {
			if m.Basis == basis {
				out = append(out, m)
			}
		}
		return err
	})
	return out
}

// link gives the address of a page for the reader of a message.
func (h *house) link(p store.Purpose, id int64) (path string) {
	h.view(func(tx *store.Tx) error {
		token, err := tx.Token(p, id, h.time)
		path = map[store.Purpose]string{store.ToUnsubscribe: "/u/", store.ToAnswer: "/a/"}[p] + token
		return err
	})
	return path
}

// marketing reports whether a member has marketing stopped.
func (h *house) marketing(m ledger.Message) (stopped bool) {
	h.view(func(tx *store.Tx) error {
		book, err := tx.LoadBook()
		for _, s := range book.Suppression(m.Person, m.Address) {
			stopped = stopped || s.Scope == "marketing"
		}
		return err
	})
	return stopped
}

// An answer is what came back.
type answer struct {
	*http.Response
	body string
}

// ask sends a request: each change makes it another one.
func (h *house) ask(method, path, body string, change ...func(*http.Request)) answer {
	h.t.Helper()
	r, err := http.NewRequestWithContext(ctx, method, "http://"+h.Address()+path, strings.NewReader(body))
	h.must(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for _, c := range change {
		c(r)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(r)
	h.must(err)
	defer res.Body.Close()
	var b bytes.Buffer
	_, err = b.ReadFrom(res.Body)
	h.must(err)
	return answer{res, b.String()}
}

// want checks an answer.
func (a answer) want(t testing.TB, what string, status int, parts ...string) {
	t.Helper()
	if a.StatusCode != status {
		t.Errorf("%s: status %d, want %d\n%s", what, a.StatusCode, status, a.body)
	}
	for _, p := range parts {
		if !strings.Contains(a.body, p) {
			t.Errorf("%s: the page does not say %q:\n%s", what, p, a.body)
		}
	}
}

// with sets a header of a request.
func with(name, value string) func(*http.Request) {
	return func(r *http.Request) {
		if name == "Host" {
			r.Host = value
			return
		}
		r.Header.Set(name, value)
	}
}
