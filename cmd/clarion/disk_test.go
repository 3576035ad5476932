//go:build linux

package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// A smallDisk is a folder with little room: a file system of its own
// where one may be mounted, and else one in which the program may make no file
// grow.
type smallDisk struct {
	folder  string
	mounted bool
	limit   syscall.Rlimit // as it was
	says    string         // what the program calls it
}

func newSmallDisk(t *testing.T) *smallDisk {
	t.Helper()
	d := &smallDisk{folder: t.TempDir(), mounted: true, says: "the disk is full"}
	if err := syscall.Mount("tmpfs", d.folder, "tmpfs", 0, "size=12m,mode=0700"); err == nil {
		t.Cleanup(func() { _ = syscall.Unmount(d.folder, syscall.MNT_DETACH) })
		return d
	}
	d.mounted, d.says = false, "the disk"
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &d.limit); err != nil {
		t.Fatal(err)
	}
	signal.Ignore(syscall.SIGXFSZ)
	t.Cleanup(func() { d.free(t); signal.Reset(syscall.SIGXFSZ) })
	return d
}

// fill leaves so much room, in bytes.
func (d *smallDisk) fill(t *testing.T, room int64) {
	t.Helper()
	if !d.mounted {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: uint64(room), Max: d.limit.Max}); err != nil {
			t.Fatal(err)
		}
		return
	}
	var st syscall.Statfs_t
	if err := syscall.Statfs(d.folder, &st); err != nil {
		t.Fatal(err)
	}
	ballast := max(0, int64(st.Bavail)*st.Bsize-room)
	if err := os.WriteFile(filepath.Join(d.folder, "ballast"), make([]byte, ballast), 0o600); err != nil {
		t.Fatal(err)
	}
}

// free makes room again.
func (d *smallDisk) free(t *testing.T) {
	t.Helper()
	if !d.mounted {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &d.limit); err != nil {
			t.Error(err)
		}
		return
	}
	if err := os.Remove(filepath.Join(d.folder, "ballast")); err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
}

// crammed is a constituency on a small disk, with its database and its letters.
type crammed struct {
	*testing.T
	folder string
	disk   *smallDisk
	now    time.Time
}

func newCrammed(t *testing.T) *crammed {
	t.Helper()
	c := &crammed{T: t, disk: newSmallDisk(t), now: time.Date(2026, time.November, 2, 9, 0, 0, 0, time.UTC)}
	c.folder = filepath.Join(c.disk.folder, "clp")
	c.write("constituency.yaml", `name: Anytown CLP
time_zone: Europe/London
nation: england_and_wales
hour: "09:00"
imprint: "Promoted by A. Agent on behalf of Anytown CLP, both at 1 High Street, Anytown"
brakes: {most_at_once: 5000, share: 100 percent, times_usual: 1000, floor: 5000}
review: {undo: 0 minutes, stages: {from: 0}}
officers: {file: officers.csv}
data:
  members: {from: "data/members.csv", full: yes}
mail: {from: secretary@example.org, drop: outbox}
`)
	c.write("officers.csv", "role,branch,person,email,from,until,deputy\nmembership_officer,,Mo Member,membership@example.org,2024-01-01,,\n")
	c.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\n")
	return c
}

func (c *crammed) write(name, text string) {
	c.Helper()
	if err := writeFiles(c.folder, map[string][]byte{name: []byte(text)}); err != nil {
		c.Fatal(err)
	}
}

func (c *crammed) members(old, fresh int) {
	c.Helper()
	var b strings.Builder
	b.WriteString("Membership Number,First Name,Last Name,Email,Status,Date Joined,Branch\n")
	for i := range old {
		fmt.Fprintf(&b, "A%05d,Olive%d,Older,olive%d@example.com,Active,2015-03-01,\n", i, i, i)
	}
	for i := range fresh {
		fmt.Fprintf(&b, "B%05d,Nia%d,Newer,nia%d@example.net,Active,2026-10-28,\n", i, i, i)
	}
	c.write("data/members.csv", b.String())
}

// open opens the office with everything on the small disk.
func (c *crammed) open() *office {
	c.Helper()
	s := &session{cli: &cli{Folder: c.folder}, ctx: c.Context()}
	o, err := s.openAt(c.folder, filepath.Join(c.disk.folder, "clarion.db"), filepath.Join(c.disk.folder, "config"), nil, func() time.Time { return c.now })
	if err != nil {
		c.Fatal(err)
	}
	c.Cleanup(o.Close)
	return o
}

// stands is all that status says, and the ledger in numbers.
func (c *crammed) stands(o *office) string {
	c.Helper()
	st, err := o.Status(c.Context())
	if err != nil {
		c.Fatal(err)
	}
	st.Stand.Why, st.Stand.Hint = "", ""
	return fmt.Sprintf("%+v", st)
}

// went compares the letters that lie in the drop folder with those that the
// ledger holds to have gone or to be on the wire: none is there that it does not
// know of.
func (c *crammed) went(o *office) (there, known int) {
	c.Helper()
	entries, err := os.ReadDir(filepath.Join(c.folder, "outbox"))
	if err != nil && !os.IsNotExist(err) {
		c.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".eml") {
			there++
		}
	}
	return there, len(states(c.T, o, ledger.Sent, ledger.Claimed, ledger.Uncertain))
}

// TestTheDiskIsFull fills the disk before an import, before the plan is written
// down, and in the middle of sending. Each says so in a sentence; how things
// stand is as it was, or one step further; and when there is room again all
// goes on, with every letter once.
func TestTheDiskIsFull(t *testing.T) {
	c := newCrammed(t)
	c.members(300, 0)
	o := c.open()
	if _, _, err := o.Trust(t.Context(), "secretary", "new-member-welcome", "automatic", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := o.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.now = c.now.Add(time.Hour)
	c.members(300, 40)
	full := func(doing string, err error) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), c.disk.says) {
			t.Errorf("%s on a full disk: %v", doing, err)
		}
	}
	imp, err := o.Prepare(t.Context(), "members", "")
	if err != nil {
		t.Fatal(err)
	}
	before := c.stands(o)
	c.disk.fill(t, 0)
	_, err = o.Commit(t.Context(), imp, "secretary")
	full("importing", err)
	if after := c.stands(o); after != before {
		t.Errorf("a failed import left\n%s\nwhere there was\n%s", after, before)
	}
	c.disk.free(t)
	if _, err := o.Commit(t.Context(), imp, "secretary"); err != nil {
		t.Fatal(err)
	}

	before = c.stands(o)
	c.disk.fill(t, 0)
	_, err = o.Propose(t.Context())
	full("planning", err)
	if after := c.stands(o); after != before {
		t.Errorf("a failed plan left\n%s\nwhere there was\n%s", after, before)
	}
	c.disk.free(t)
	if _, err := o.Propose(t.Context()); err != nil {
		t.Fatal(err)
	}

	if n := len(states(t, o, ledger.Approved)); n < 40 {
		t.Fatalf("only %d letters are approved", n)
	}
	c.sends(o)
}

// sends sends on a disk that is filled again and again, with a little room each
// time: for the claim and not for the letter, or for the letter and not for
// what is written down of it.
func (c *crammed) sends(o *office) {
	c.Helper()
	halted := 0
	for room := int64(0); room <= 96; room += 4 {
		c.disk.fill(c.T, room<<10)
		before := len(states(c.T, o, ledger.Approved, ledger.Deferred))
		d, err := o.Deliver(c.Context())
		if err != nil || d.Stopped != "" {
			halted++
		}
		there, known := c.went(o)
		if there > known {
			c.Fatalf("with %d KB left: %d letters lie in the folder, the ledger holds %d", room, there, known)
		}
		if left := len(states(c.T, o, ledger.Approved, ledger.Deferred)); left > before {
			c.Fatalf("with %d KB left: %d letters wait, before there were %d", room, left, before)
		}
		c.disk.free(c.T)
	}
	if halted == 0 {
		c.Error("the disk was never full: nothing was tested")
	}
	for range 8 {
		c.now = c.now.Add(5 * time.Hour) // beyond every pause
		if _, err := o.Run(c.Context()); err != nil {
			c.Fatal(err)
		}
	}
	there, _ := c.went(o)
	count := map[ledger.MessageState]int{}
	for _, m := range states(c.T, o, ledger.Sent, ledger.Uncertain, ledger.Approved, ledger.Deferred, ledger.Claimed) {
		if m.Person != 0 {
			count[m.State]++
		}
	}
	if n := len(states(c.T, o, ledger.Sent)); there != n || count[ledger.Sent]+count[ledger.Uncertain] != 40 || count[ledger.Uncertain] > halted {
		c.Errorf("in the end %d messages are called sent and %d lie in the folder; letters to members: %v, with %d setbacks", n, there, count, halted)
	}
}

// states lists the messages in some states.
func states(t *testing.T, o *office, in ...ledger.MessageState) (out []ledger.Message) {
	t.Helper()
	err := o.store.View(t.Context(), func(tx *store.Tx) error {
		b, err := tx.LoadBook()
		if err == nil {
			out = b.MessagesIn(in...)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
