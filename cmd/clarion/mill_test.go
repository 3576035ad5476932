package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// programs builds the real program, and the mail server that writes down what it
// took.
func programs(t *testing.T, folder string) (clarion, sink string) {
	t.Helper()
	c := exec.Command("go", "build", "-ldflags=-s -w", "-o", folder+string(os.PathSeparator), ".", "../../connectors/mail/internal/smtpsink")
	if out, err := c.CombinedOutput(); err != nil {
		t.Fatalf("building: %v\n%s", err, out)
	}
	return filepath.Join(folder, "clarion"), filepath.Join(folder, "smtpsink")
}

// A mill is a constituency whose program is run as a process, and killed.
type mill struct {
	t        *testing.T
	clarion  string
	folder   string
	database string
	env      []string
	record   string // of the mail server
}

// newMill makes a constituency with many members, whose first list is history,
// and which sends on so many connections.
func newMill(t *testing.T, clarion, sink string, old, connections int) *mill {
	t.Helper()
	base := t.TempDir()
	m := &mill{t: t, clarion: clarion, folder: filepath.Join(base, "clp"), database: filepath.Join(base, "data", "clarion.db"), record: filepath.Join(base, "record.jsonl")}
	m.env = append(os.Environ(), "XDG_CONFIG_HOME="+filepath.Join(base, "config"), "XDG_DATA_HOME="+filepath.Join(base, "share"),
		"CLARION_FOLDER="+m.folder, "CLARION_DATABASE="+m.database)
	address := m.serve(sink)
	_, port, _ := strings.Cut(address, ":")
	m.write("constituency.yaml", `name: Anytown CLP
time_zone: Europe/London
nation: england_and_wales
hour: "00:00"
imprint: "Promoted by A. Agent on behalf of Anytown CLP, both at 1 High Street, Anytown"
budget: {letters_a_week: 100}
brakes: {most_at_once: 5000, share: 100 percent, times_usual: 1000, floor: 5000}
review: {undo: 0 minutes, stages: {from: 0}}
officers: {file: officers.csv}
data:
  members: {from: "data/members.csv", full: yes}
mail: {from: secretary@example.org, send: {server: 127.0.0.1, port: `+port+`, tls: none, connections: `+strconv.Itoa(connections)+`}}
`)
	m.write("officers.csv", "role,branch,person,email,from,until,deputy\nmembership_officer,,Mo Member,membership@example.org,2024-01-01,,\n")
	m.write("playbooks.yaml", "new-member-welcome: {trust: automatic}\n")
	m.members(old, 0)
	if out, code := m.run("trust", "new-member-welcome", "automatic"); code != 0 {
		t.Fatalf("trusting ended with %d: %s", code, out)
	}
	if out, code := m.run("run"); code != 0 {
		t.Fatalf("the first run ended with %d: %s", code, out)
	}
	return m
}

// answers is how long the mail server waits between taking a letter and saying
// so, that kills fall there too.
const answers = 8 * time.Millisecond

// serve starts the mail server.
func (m *mill) serve(sink string) string {
	m.t.Helper()
	c := exec.Command(sink, "-record", m.record, "-delay-after-data", answers.String())
	out, err := c.StdoutPipe()
	if err != nil {
		m.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening ")
	if err != nil || !ok {
		m.t.Fatalf("the mail server said %q, %v", line, err)
	}
	return address
}

func (m *mill) write(name, text string) {
	m.t.Helper()
	if err := writeFiles(m.folder, map[string][]byte{name: []byte(text)}); err != nil {
		m.t.Fatal(err)
	}
}

// members saves a list of so many old members and so many who joined last week,
// one more of whom has no address.
func (m *mill) members(old, fresh int) {
	m.t.Helper()
	var b strings.Builder
	b.WriteString("Membership Number,First Name,Last Name,Email,Status,Date Joined,Branch\n")
	for i := range old {
		fmt.Fprintf(&b, "A%05d,Olive%d,Older,olive%d@example.com,Active,2015-03-01,\n", i, i, i)
	}
	joined := time.Now().AddDate(0, 0, -7).Format(time.DateOnly)
	for i := range fresh {
		fmt.Fprintf(&b, "B%05d,Nia%d,Newer,nia%d@example.net,Active,%s,\n", i, i, i, joined)
	}
	if fresh > 0 { // without an address, so that an officer is written to
		fmt.Fprintf(&b, "B99999,Nora,Newer,,Active,%s,\n", joined)
	}
	m.write("data/members.csv", b.String())
	settled := time.Now().Add(-time.Hour) // or each run would look at it twice
	if err := os.Chtimes(filepath.Join(m.folder, "data/members.csv"), settled, settled); err != nil {
		m.t.Fatal(err)
	}
}

func (m *mill) command(args ...string) *exec.Cmd {
	c := exec.Command(m.clarion, args...)
	c.Env = m.env
	return c
}

// run runs the program to its end.
func (m *mill) run(args ...string) (string, int) {
	m.t.Helper()
	out, err := m.command(args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		m.t.Fatal(err)
	}
	if exit != nil {
		return string(out), exit.ExitCode()
	}
	return string(out), 0
}

// A receipt is one letter as the mail server wrote it down.
type receipt struct {
	To, Ref string
	Again   bool // marked as what may be a second copy
	Time    time.Time
}

// taken reads what the mail server took, by reader.
func (m *mill) taken() map[string][]receipt {
	m.t.Helper()
	b, err := os.ReadFile(m.record)
	if err != nil {
		m.t.Fatal(err)
	}
	out := map[string][]receipt{}
	for line := range bytes.Lines(b) {
		if !bytes.HasSuffix(line, []byte("\n")) {
			break // it is just being written
		}
		var r receipt
		if err := json.Unmarshal(line, &r); err != nil {
			m.t.Fatal(err)
		}
		out[r.To] = append(out[r.To], r)
	}
	return out
}

// book reads the ledger, and the words of its messages by number.
func (m *mill) book(see func(*store.Tx, *ledger.Book) error) {
	m.t.Helper()
	s, err := store.Open(context.Background(), m.database, store.Options{ReadOnly: true})
	if err != nil {
		m.t.Fatal(err)
	}
	defer s.Close()
	err = s.View(context.Background(), func(tx *store.Tx) error {
		b, err := tx.LoadBook()
		if err != nil {
			return err
		}
		return see(tx, b)
	})
	if err != nil {
		m.t.Fatal(err)
	}
}

// letters gives every letter to a member, by address.
func (m *mill) letters() map[string]ledger.Message {
	m.t.Helper()
	out := map[string]ledger.Message{}
	m.book(func(tx *store.Tx, b *ledger.Book) error {
		again, err := tx.Replay()
		if err != nil || !again.Equal(b) {
			return fmt.Errorf("the log, replayed, is not the ledger: %w", err)
		}
		for _, l := range b.Messages() {
			if l.Kind != ledger.Letter || l.Person == 0 {
				continue
			}
			c, err := tx.Content(l.ID)
			if err != nil {
				return err
			}
			out[c.To] = l // the last, where one is owed again
		}
		return nil
	})
	return out
}
