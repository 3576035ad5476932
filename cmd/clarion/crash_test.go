package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
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

// newMill makes a constituency with many members, whose first list is history.
func newMill(t *testing.T, old int) *mill {
	t.Helper()
	base := t.TempDir()
	clarion, sink := programs(t, base)
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
officers: {file: officers.csv}
data:
  members: {from: "data/members.csv", full: yes}
mail: {from: secretary@example.org, send: {server: 127.0.0.1, port: `+port+`, tls: none}}
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

// serve starts the mail server; it waits between taking a letter and saying so,
// so that kills fall there too.
func (m *mill) serve(sink string) string {
	m.t.Helper()
	c := exec.Command(sink, "-record", m.record, "-delay-after-data", "4ms")
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

// members saves a list of so many old members and so many who joined last week.
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
	m.write("data/members.csv", b.String())
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

// taken reads what the mail server took, by reader.
func (m *mill) taken() map[string][]string {
	m.t.Helper()
	b, err := os.ReadFile(m.record)
	if err != nil {
		m.t.Fatal(err)
	}
	out := map[string][]string{}
	for line := range bytes.Lines(b) {
		var e struct{ To, Ref string }
		if err := json.Unmarshal(line, &e); err != nil {
			m.t.Fatal(err)
		}
		out[e.To] = append(out[e.To], e.Ref)
	}
	return out
}

// letters gives the state of every letter to a member, by address.
func (m *mill) letters() map[string]ledger.MessageState {
	m.t.Helper()
	s, err := store.Open(context.Background(), m.database, store.Options{ReadOnly: true})
	if err != nil {
		m.t.Fatal(err)
	}
	defer s.Close()
	out := map[string]ledger.MessageState{}
	err = s.View(context.Background(), func(tx *store.Tx) error {
		b, err := tx.LoadBook()
		if err != nil {
			return err
		}
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
			out[c.To] = l.State
		}
		return nil
	})
	if err != nil {
		m.t.Fatal(err)
	}
	return out
}

// TestKill kills the real program again and again while it sends, and judges it
// by what the mail server wrote down: no letter to a member is there twice, none
// is lost, and there are no more letters of which nobody knows than kills.
func TestKill(t *testing.T) {
	kills := 12
	if s := os.Getenv("CLARION_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil || kills < 1 {
			t.Fatalf("CLARION_KILLS is %q: write a number", s)
		}
	}
	const each = 12 // letters to a kill
	letters := kills * each
	m := newMill(t, letters+10)
	m.members(letters+10, letters)
	chance := rand.New(rand.NewPCG(1, uint64(kills)))
	done, wasted := 0, 0
	for done < kills {
		before := len(m.taken())
		c := m.command("run")
		c.Stdout, c.Stderr = io.Discard, io.Discard
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		// Kill it at some moment after the server took some letter, or at any
		// moment at all: while it plans, claims, or waits for an answer.
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		if m.await(ended, before, 1+chance.IntN(each/2), chance.IntN(6) == 0) {
			time.Sleep(time.Duration(chance.IntN(9000)) * time.Microsecond)
		}
		if err := c.Process.Kill(); err == nil {
			done++
		} else {
			wasted++
		}
		<-ended
		if wasted > 3 {
			t.Fatalf("the program had no more to send after %d kills", done)
		}
	}
	unsettled := 0
	for range 3 {
		out, code := m.run("run")
		if code != 0 {
			t.Fatalf("the run after the kills ended with %d: %s", code, out)
		}
	}
	took, states := m.taken(), m.letters()
	count := map[string]int{}
	for to, state := range states {
		n := len(took[to])
		switch {
		case n > 1:
			t.Errorf("a letter to a member went %d times: %v", n, took[to])
		case state == ledger.Uncertain:
			unsettled++
		case state == ledger.Sent && n != 1:
			t.Errorf("a letter is called sent, and the mail server never took it")
		case state != ledger.Sent:
			t.Errorf("a letter was left %s", state)
		}
		count[string(state)]++
	}
	if len(states) != letters || unsettled > kills {
		t.Errorf("%d letters of %d, %d uncertain after %d kills", len(states), letters, unsettled, kills)
	}
	reached := 0
	for to, refs := range took {
		if strings.HasSuffix(to, "@example.net") && len(refs) == 1 {
			reached++
		}
	}
	t.Logf("%d kills, %d letters: %d at the server once, none twice; %d called sent, %d uncertain (%d of them at the server)",
		done, letters, reached, count["sent"], unsettled, reached-count["sent"])
}

// await waits until the mail server has taken so many letters more, or the
// program has ended. At once is any moment of its start.
func (m *mill) await(ended chan error, before, more int, atOnce bool) bool {
	if atOnce {
		time.Sleep(30 * time.Millisecond)
		return true
	}
	tick := time.NewTicker(500 * time.Microsecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	size := int64(-1)
	for {
		select {
		case err := <-ended:
			ended <- err
			return false
		case <-deadline:
			m.t.Error("the program sent nothing for twenty seconds")
			return false
		case <-tick.C:
		}
		if info, err := os.Stat(m.record); err != nil || info.Size() == size {
			continue
		} else {
			size = info.Size()
		}
		if len(m.taken()) >= before+more {
			return true
		}
	}
}

// TestSecondProcess starts the program twice at once, and a daemon beside a
// daemon: one of them says that the other is at work, and nothing is harmed.
func TestSecondProcess(t *testing.T) {
	m := newMill(t, 50)
	m.members(50, 40)
	first := m.command("daemon")
	out, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = first.Process.Kill(); _ = first.Wait() }()
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || !strings.HasPrefix(line, "Running") {
		t.Fatalf("the daemon said %q, %v", line, err)
	}
	rest := make(chan struct{})
	go func() { defer close(rest); _, _ = io.Copy(io.Discard, out) }()
	said, code := m.run("daemon")
	if code != 1 || !strings.Contains(said, "another Clarion") || !strings.Contains(said, "stop it") {
		t.Errorf("a second daemon ended with %d: %s", code, said)
	}
	ended := make(chan error, 1)
	if !m.await(ended, 0, 3, false) {
		t.Fatal("the daemon sends nothing")
	}
	said, code = m.run("run") // beside it: it sends, or says who does
	if code != 0 && !(code == 1 && strings.Contains(said, "another Clarion")) {
		t.Errorf("a run beside the daemon ended with %d: %s", code, said)
	}
	if err := first.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	<-rest
	if err := first.Wait(); err != nil {
		t.Errorf("the daemon did not stop in good order: %v", err)
	}

	var both [2]string
	var codes [2]int
	var wait sync.WaitGroup
	for i := range both {
		wait.Go(func() {
			b, err := m.command("run").CombinedOutput()
			both[i] = string(b)
			if exit := new(exec.ExitError); errors.As(err, &exit) {
				codes[i] = exit.ExitCode()
			} else if err != nil {
				codes[i] = -1
			}
		})
	}
	wait.Wait()
	for i := range both {
		if codes[i] != 0 && !(codes[i] == 1 && strings.Contains(both[i], "another Clarion")) {
			t.Errorf("one of two runs ended with %d: %s", codes[i], both[i])
		}
	}
	if said, code := m.run("run"); code != 0 {
		t.Errorf("afterwards: %d %s", code, said)
	}
	took := m.taken()
	for to, state := range m.letters() {
		if state != ledger.Sent || len(took[to]) != 1 {
			t.Errorf("a letter is %s and went %d times", state, len(took[to]))
		}
	}
}
