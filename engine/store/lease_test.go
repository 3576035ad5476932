package store

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// holding tells the test program that it is the second process of a test, and
// on which database.
const holding = "CLARION_TEST_HOLDS_LEASE_OF"

func TestMain(m *testing.M) {
	if path := os.Getenv(holding); path != "" {
		hold(path)
		return
	}
	os.Exit(m.Run())
}

// hold takes the lease, says so, and keeps it until it is killed.
func hold(path string) {
	s, err := Open(context.Background(), path, Options{Machine: "laptop", Now: fixed})
	if err == nil {
		_, err = s.Lease(context.Background(), "deliverer", "daemon, process 4711", time.Minute)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println("held")
	select {}
}

func TestALeaseEndsWithItsProcess(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "clarion.db")
	s := open(t, path)
	other := exec.Command(os.Args[0])
	other.Env = append(os.Environ(), holding+"="+path)
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Process.Kill()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "held\n" {
		t.Fatalf("the second process says %q, %v", line, err)
	}
	_, err = s.Lease(ctx, "deliverer", "us", time.Minute)
	var held *Held
	if !errors.As(err, &held) || held.Owner != "daemon, process 4711" || !held.Since.Equal(noon) ||
		!strings.Contains(err.Error(), "since 2 November 2026 at ") {
		t.Fatalf("a second process got the lease, or is not told who has it: %v", err)
	}
	if _, err := s.Lease(ctx, "collector", "us", time.Minute); err != nil {
		t.Errorf("another lease is not free: %v", err)
	}
	if h, err := s.Holder(ctx, "deliverer"); err != nil || h == nil || h.Owner != held.Owner || !h.Since.Equal(noon) {
		t.Errorf("asked who has it: %+v, %v", h, err)
	}
	if err := other.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	other.Wait() // it was killed: that is its error
	for _, name := range []string{"deliverer", "never"} {
		if h, err := s.Holder(ctx, name); err != nil || h != nil {
			t.Errorf("nobody has the lease %s, and it is said that %+v, %v", name, h, err)
		}
	}
	l, err := s.Lease(ctx, "deliverer", "us", time.Minute)
	if err != nil {
		t.Fatalf("the lease of a dead process: %v", err)
	}
	if l.Fence != 2 {
		t.Errorf("the fence is %d, want 2: one more than the dead process had", l.Fence)
	}
}

func TestLease(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "clarion.db")
	s, other := open(t, path), open(t, path)
	before := changes(t, s)
	l, err := s.Lease(ctx, "deliverer", "one", time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := other.Lease(ctx, "deliverer", "two", time.Minute); !errors.As(err, new(*Held)) {
		t.Errorf("the lease was given twice: %v", err)
	}
	if err := l.Renew(ctx); err != nil {
		t.Error(err)
	}
	if changes(t, s) != before {
		t.Error("a lease moved the change counter: an idle daemon would plan for ever")
	}
	update(t, s, l.Check)
	if err := l.Release(ctx); err != nil {
		t.Error(err)
	}
	if err := l.Release(ctx); err != nil {
		t.Error(err)
	}
	if l.Renew(ctx) == nil {
		t.Error("a lease that was given back was renewed")
	}
	second, err := other.Lease(ctx, "deliverer", "two", time.Minute)
	if err != nil || second.Fence <= l.Fence {
		t.Fatalf("the next lease is %+v, %v", second, err)
	}
	if s.View(ctx, l.Check) == nil {
		t.Error("the holder before is still believed")
	}
	if err := other.Close(); err != nil { // which gives it back
		t.Error(err)
	}
	if third, err := s.Lease(ctx, "deliverer", "three", time.Minute); err != nil || third.Fence <= second.Fence {
		t.Errorf("after Close the lease is %+v, %v", third, err)
	}
	for _, name := range []string{"", "../x", "A"} {
		if _, err := s.Lease(ctx, name, "x", time.Minute); err == nil {
			t.Errorf("a lease is called %q", name)
		}
	}
}
