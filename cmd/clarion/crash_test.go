package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/store"
)

// TestKill kills the real program again and again while it sends, on one
// connection and on four, and judges it by what the mail server wrote down: no
// letter to a member is there twice, none is lost, an officer has each message
// at least once and a second copy says so, and of no kill are there more letters
// of which nobody knows than connections. CLARION_KILLS says how many kills.
func TestKill(t *testing.T) {
	kills := 8
	if s := os.Getenv("CLARION_KILLS"); s != "" {
		var err error
		if kills, err = strconv.Atoi(s); err != nil || kills < 2 {
			t.Fatalf("CLARION_KILLS is %q: write a number", s)
		}
	}
	clarion, sink := programs(t, t.TempDir())
	for _, connections := range []int{1, 4} {
		t.Run(fmt.Sprint("connections=", connections), func(t *testing.T) {
			kill(t, clarion, sink, kills/2, connections)
		})
	}
}

// kill makes so many kills, while ten letters for each of them go.
func kill(t *testing.T, clarion, sink string, kills, connections int) {
	letters := kills * 10
	m := newMill(t, clarion, sink, letters+10, connections)
	m.members(letters+10, letters)
	chance := rand.New(rand.NewPCG(uint64(connections), uint64(kills)))
	done, wasted, unanswered := 0, 0, 0
	for done < kills {
		if hit, before := m.killOnce(chance); hit {
			done++
			unanswered += before
		} else if wasted++; wasted > 3 {
			t.Fatalf("the program had no more to send after %d kills", done)
		}
		m.book(func(_ *store.Tx, b *ledger.Book) error {
			if n := len(b.MessagesIn(ledger.Claimed)); n > connections {
				t.Errorf("kill %d leaves %d letters of which nobody knows", done, n)
			}
			return nil
		})
	}
	for range 3 {
		if out, code := m.run("run"); code != 0 {
			t.Fatalf("the run after the kills ended with %d: %s", code, out)
		}
	}
	unsettled, went := m.judge(letters)
	if unsettled > kills*connections || unanswered*5 < kills {
		t.Errorf("%d letters uncertain; %d of %d kills fell between the end of a letter and its answer", unsettled, unanswered, kills)
	}
	m.settle()
	if left, _ := m.judge(letters); left > 0 {
		t.Errorf("%d letters are uncertain when a person has said of each whether it went", left)
	}
	m.judgeOfficers()
	t.Logf("%d kills, %d of them between the end of a letter and its answer; of %d letters %d uncertain, %d of which the server has; none twice, none lost",
		done, unanswered, letters, unsettled, went)
}

// killOnce starts the program and kills it: at some moment after the server took
// some letter, or at the very moment at which it took one and has not said so,
// or at any moment at all, while it plans or claims. before is 1 if the server
// had taken a letter and not yet said so.
func (m *mill) killOnce(chance *rand.Rand) (hit bool, before int) {
	had := len(m.taken())
	c := m.command("run")
	c.Stdout, c.Stderr = io.Discard, io.Discard
	if err := c.Start(); err != nil {
		m.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	if m.await(ended, had, 1+chance.IntN(4), chance.IntN(6) == 0) && chance.IntN(2) == 0 {
		time.Sleep(time.Duration(chance.IntN(12000)) * time.Microsecond)
	}
	hit = c.Process.Kill() == nil
	<-ended
	dead := time.Now()
	for _, rs := range m.taken() {
		for _, r := range rs {
			if r.Time.Add(answers).After(dead) && hit {
				before = 1
			}
		}
	}
	return hit, before
}

// judge compares what the mail server took with what the ledger says, and gives
// the number of letters of which nobody knows, and of those that did go.
func (m *mill) judge(letters int) (unsettled, went int) {
	took, all := m.taken(), m.letters()
	for to, l := range all {
		n := len(took[to])
		switch {
		case n > 1:
			m.t.Errorf("a letter to a member went %d times: %v", n, took[to])
		case l.State == ledger.Uncertain:
			unsettled++
			went += n
		case l.State == ledger.Sent && n != 1:
			m.t.Errorf("a letter is called sent, and the mail server never took it")
		case l.State != ledger.Sent:
			m.t.Errorf("a letter was left %s", l.State)
		}
	}
	if len(all) != letters {
		m.t.Errorf("%d letters of %d", len(all), letters)
	}
	return unsettled, went
}

// settle does what a person does: looks where letters are, and says so.
func (m *mill) settle() {
	took := m.taken()
	for to, l := range m.letters() {
		if l.State != ledger.Uncertain {
			continue
		}
		verdict := "--not-sent"
		if len(took[to]) > 0 {
			verdict = "--sent"
		}
		if out, code := m.run("review", "uncertain", fmt.Sprint(l.ID), verdict); code != 0 {
			m.t.Fatalf("settling ended with %d: %s", code, out)
		}
	}
	if out, code := m.run("run"); code != 0 {
		m.t.Fatalf("the run after that ended with %d: %s", code, out)
	}
}

// judgeOfficers sees that every message to an officer arrived, and that only the
// first copy of it does not say that it may be a second.
func (m *mill) judgeOfficers() {
	arrived := map[string]int{}
	for to, rs := range m.taken() {
		for _, r := range rs {
			if !strings.HasSuffix(to, "@example.org") {
				continue
			}
			if arrived[r.Ref]++; arrived[r.Ref] > 1 && !r.Again {
				m.t.Error("a second copy to an officer does not say so")
			}
		}
	}
	m.book(func(_ *store.Tx, b *ledger.Book) error {
		sent := map[string]bool{}
		for _, d := range b.Messages() {
			switch {
			case d.Basis != "officer":
			case d.State == ledger.Sent:
				sent[d.Key+" "+d.Digest] = true
			case d.State == ledger.Approved, d.State == ledger.Claimed, d.State == ledger.Deferred:
				m.t.Errorf("a message to an officer was left %s", d.State)
			}
		}
		if len(sent) == 0 || len(arrived) < len(sent) {
			m.t.Errorf("of %d messages to officers %d arrived", len(sent), len(arrived))
		}
		return nil
	})
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
	clarion, sink := programs(t, t.TempDir())
	m := newMill(t, clarion, sink, 50, 2)
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
	for to, l := range m.letters() {
		if l.State != ledger.Sent || len(took[to]) != 1 {
			t.Errorf("a letter is %s and went %d times", l.State, len(took[to]))
		}
	}
}
