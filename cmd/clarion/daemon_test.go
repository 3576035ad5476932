package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// A second daemon on the same folder says that there is one, and stops; a
// restore does not pull the database from under the first; and Ctrl-C ends the
// first in good order.
func TestSecondDaemon(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "init", "party", "--name", "Anytown CLP", "--yes")
	clarion(t, exitOK, "-C", "party", "backup", "kept.db")
	first := exec.Command("clarion", "-C", "party", "daemon")
	first.Stderr = os.Stderr
	out, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	defer first.Process.Kill()
	lines := bufio.NewScanner(out)
	if !lines.Scan() || !strings.Contains(lines.Text(), "Running") {
		t.Fatalf("the daemon began with %q", lines.Text())
	}
	_, errs := clarion(t, exitFailed, "-C", "party", "daemon")
	if !strings.Contains(errs, "daemon, process") {
		t.Errorf("the second daemon does not say who is first: %s", errs)
	}
	_, errs = clarion(t, exitFailed, "-C", "party", "restore", "--replace", "kept.db")
	if !strings.Contains(errs, "daemon, process") {
		t.Errorf("restore does not say that a daemon runs: %s", errs)
	}
	if err := first.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest := ""
	for lines.Scan() {
		rest += lines.Text() + "\n"
	}
	if err := first.Wait(); err != nil {
		t.Errorf("after Ctrl-C the daemon ended with %v:\n%s", err, rest)
	}
	if !strings.Contains(rest, "Stopped; nothing is half done.") {
		t.Errorf("after Ctrl-C the daemon said:\n%s", rest)
	}
	clarion(t, exitOK, "-C", "party", "restore", "--replace", "kept.db")
}
