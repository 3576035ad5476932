package main

import (
	"bufio"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A second daemon on the same folder says that there is one, and stops; a
// restore does not pull the database from under the first; and Ctrl-C ends the
// first in good order. It listens where it is told to, or says why it cannot.
func TestSecondDaemon(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "init", "party", "--name", "Anytown CLP", "--yes")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := taken.Addr().String()
	settings := filepath.Join("party", "constituency.yaml")
	b, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	web := "\nweb: {listen: \"" + address + "\", public: \"https://clarion.example.org\", behind_proxy: yes}\n"
	if err := os.WriteFile(settings, append(b, web...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, errs := clarion(t, exitFailed, "-C", "party", "daemon"); !strings.Contains(errs, address+" is taken: another program listens there") {
		t.Errorf("a daemon that cannot listen says: %s", errs)
	}
	taken.Close()
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
	if !lines.Scan() || !strings.Contains(lines.Text(), "Listening on "+address) {
		t.Errorf("where it listens it does not say: %q", lines.Text())
	}
	if res, err := http.Get("http://" + address + "/u/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"); err != nil || res.StatusCode != http.StatusNotFound {
		t.Errorf("it does not answer: %v, %v", res, err)
	} else {
		res.Body.Close()
	}
	in, _ := clarion(t, exitOK, "-C", "party", "console", "--as", "secretary")
	if !strings.Contains(in, "  https://clarion.example.org/sign-in/") || !strings.Contains(in, "  http://"+address+"/sign-in/") {
		t.Errorf("the console of the daemon is not said: %s", in)
	}
	signIn(t, in, "Today")
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
