package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/connectors/mail"
	"github.com/clarion-clp/clarion/connectors/sheet"
	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
	"github.com/clarion-clp/clarion/playbooks"
)

// A house is a small constituency in a folder, with a real database, the real
// reader of sheets and a real way out. Its clock is the test's.
type house struct {
	*engine.Engine
	t      *testing.T
	folder string // of the constituency
	base   string // of the database and the configuration
	store  *store.Store

	mu   sync.Mutex
	time time.Time
}

var ctx = context.Background()

// day0 is a Monday in November, at nine.
var day0 = time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)

const constituency = `name: Anytown CLP
time_zone: Europe/London
nation: england_and_wales
hour: "09:00"
imprint: "Promoted by A. Agent on behalf of Anytown CLP, both at 1 High Street, Anytown"
brakes: {most_at_once: 500, share: 100 percent, times_usual: 100, floor: 500}
review: {undo: 0 minutes, stages: {from: 0}}
branches: {file: branches.csv}
officers: {file: officers.csv}
data:
  members: {from: "data/members*.csv", full: yes, stale_after: 300 days}
  donations: {from: data/donations.csv}
`

const officers = `role,branch,person,email,from,until,deputy
secretary,,Ann Secretary,secretary@example.org,2024-01-01,,
treasurer,,Tom Treasurer,treasurer@example.org,2024-01-01,,
membership_officer,,Mo Member,membership@example.org,2024-01-01,,
branch_membership_secretary,North,Nora North,north@example.org,2024-01-01,,
`

// newHouse makes a constituency whose letters go into the folder outbox, or
// wherever the mail line says.
func newHouse(t *testing.T, mailLine string) *house {
	t.Helper()
	h := &house{t: t, folder: quick(t), base: quick(t), time: day0}
	if mailLine == "" {
		mailLine = "mail: {from: secretary@example.org, drop: outbox}"
	}
	h.write("constituency.yaml", constituency+mailLine+"\n")
	h.write("officers.csv", officers)
	h.write("branches.csv", "key,name\nNorth,North\n")
	h.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\narrears-chase: {trust: each}\n")
	h.open("clarion.db", "config")
	h.entrust("new-member-welcome", "arrears-chase", "donation-permissibility", "minutes-circulate")
	return h
}

// entrust lets playbooks do what the files allow, whatever those will say. The
// rest of the library observes.
func (h *house) entrust(names ...string) {
	h.t.Helper()
	err := h.store.Update(ctx, func(tx *store.Tx) error {
		for _, name := range names {
			if err := tx.Apply(h.time, "secretary", ledger.Trusted{Playbook: name, Level: "automatic"}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// quick is a folder in memory, where there is one: a house writes each letter to
// the disk several times, and waits for it.
func quick(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("/dev/shm", "clarion-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

// open opens a database of the house with the real connectors.
func (h *house) open(database, config string) {
	h.t.Helper()
	now := func() time.Time { h.mu.Lock(); defer h.mu.Unlock(); return h.time }
	s, err := store.Open(ctx, filepath.Join(h.base, database), store.Options{Machine: "test", ConfigDir: filepath.Join(h.base, config), Now: now})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { s.Close() })
	e, err := engine.New(engine.Options{Folder: h.folder, Library: playbooks.Library, Store: s, Now: now, Read: read, Sender: h.sender,
		Pause: func(context.Context, time.Duration) {}})
	if err != nil {
		h.t.Fatal(err)
	}
	h.store, h.Engine = s, e
}

func read(ctx context.Context, folder string, src playbook.Source, schema *dataset.Schema, clock calendar.Clock) (dataset.Reading, error) {
	return sheet.Read(ctx, folder, sheet.Spec{From: src.From, Folder: src.Folder, Columns: src.Columns, Dates: src.Dates}, schema, clock)
}

func (h *house) sender(_ context.Context, c *playbook.Constituency) (engine.Sender, error) {
	if c.Mail.Drop != "" {
		return mail.NewDrop(filepath.Join(h.folder, c.Mail.Drop))
	}
	return mail.NewSMTP(mail.Config{Server: c.Mail.Server, Port: c.Mail.Port, TLS: c.Mail.TLS, Timeout: 5 * time.Second})
}

// write saves a file of the constituency.
func (h *house) write(name, text string) {
	h.t.Helper()
	path := filepath.Join(h.folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		h.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// pass lets time pass, or flow back.
func (h *house) pass(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.time = h.time.Add(d)
}

const day = 24 * time.Hour

const header = "Membership Number,First Name,Last Name,Email,Phone,Status,Date Joined,Arrears Since,Branch,Marketing Consent,Last Contacted\n"

// old is a row of a member of long standing.
func old(n int) string {
	return fmt.Sprintf("A%05d,Olive%d,Older,olive%d@example.com,07700 900%03d,Active,2015-03-01,,North,No,", n, n, n, n%1000)
}

// fresh is a row of a member who joined in October 2026.
func fresh(n int) string {
	return fmt.Sprintf("B%05d,Nia%d,Newer,nia%d@example.net,07700 900%03d,Active,2026-10-28,,North,Yes,", n, n, n, n%1000)
}

// behind is a row of a member whose payments stopped in October 2026.
func behind(n int) string {
	return fmt.Sprintf("C%05d,Pat%d,Penniless,pat%d@example.net,07700 900%03d,Arrears,2016-10-28,2026-10-30,North,Yes,", n, n, n, n%1000)
}

// rows makes some rows.
func rows(row func(int) string, n int) []string {
	var out []string
	for i := range n {
		out = append(out, row(i+1))
	}
	return out
}

// members saves a list of members.
func (h *house) members(date string, lists ...[]string) {
	h.t.Helper()
	var all []string
	for _, l := range lists {
		all = append(all, l...)
	}
	h.write("data/members-"+date+".csv", header+strings.Join(all, "\n")+"\n")
}

// run makes a pass that must not fail.
func (h *house) run() engine.Pass {
	h.t.Helper()
	p, err := h.Run(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, err := range p.Refused {
		if !strings.Contains(err.Error(), "donations") {
			h.t.Fatal(err)
		}
	}
	return p
}

// settled takes in the first list, so that whoever comes next is new.
func (h *house) settled(n int) {
	h.t.Helper()
	h.members("2026-10-01", rows(old, n))
	h.run()
	h.pass(time.Hour)
}

// book gives the ledger.
func (h *house) book() *ledger.Book {
	h.t.Helper()
	var b *ledger.Book
	if err := h.store.View(ctx, func(tx *store.Tx) (err error) { b, err = tx.LoadBook(); return err }); err != nil {
		h.t.Fatal(err)
	}
	return b
}

// letters counts the letters to members by state.
func (h *house) letters() map[ledger.MessageState]int {
	h.t.Helper()
	out := map[ledger.MessageState]int{}
	for _, m := range h.book().Messages() {
		if m.Kind == ledger.Letter && m.Person != 0 {
			out[m.State]++
		}
	}
	return out
}

// want compares the letters' states with what they ought to be: "sent 2, failed 1".
func (h *house) want(states string) {
	h.t.Helper()
	want := map[ledger.MessageState]int{}
	for part := range strings.SplitSeq(states, ", ") {
		var s ledger.MessageState
		var n int
		if _, err := fmt.Sscanf(part, "%s %d", &s, &n); err == nil {
			want[s] = n
		}
	}
	if got := h.letters(); fmt.Sprint(got) != fmt.Sprint(want) {
		h.t.Errorf("letters to members: %v, want %v", got, want)
	}
}

// outbox lists the letters in the drop folder.
func (h *house) outbox() []string {
	h.t.Helper()
	entries, err := os.ReadDir(filepath.Join(h.folder, "outbox"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		h.t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// approveAll says yes to all that waits.
func (h *house) approveAll() engine.Decision {
	h.t.Helper()
	proposed, _, err := h.Pending(ctx)
	if err != nil {
		h.t.Fatal(err)
	}
	d, err := h.Approve(ctx, engine.Voice{Role: "membership_officer"}, proposed)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// replayed checks that the stored events give the stored projection.
func (h *house) replayed() {
	h.t.Helper()
	path := h.store.Path()
	want := h.book()
	h.store.Close()
	s, err := store.Open(ctx, path, store.Options{Machine: "test", ReadOnly: true})
	if err != nil {
		h.t.Fatal(err)
	}
	defer s.Close()
	err = s.View(ctx, func(tx *store.Tx) error {
		stored, err := tx.LoadBook()
		if err != nil {
			return err
		}
		again, err := tx.Replay()
		if err != nil {
			return err
		}
		if !again.Equal(stored) || !again.Equal(want) {
			h.t.Error("the events, replayed, give another ledger than the one that is stored")
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}

// outgoing is a message as the engine would put it on the wire.
func outgoing(h *house, p engine.Pending) letter.Outgoing {
	ref := h.RefOf(p)
	return letter.Outgoing{Ref: ref, MessageID: "<" + ref + "@example.org>", Date: h.Now(), Content: p.Content}
}
