package main

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

var printedLink = regexp.MustCompile(`http://\S+/sign-in/[a-z2-7]+`)

// signIn opens the address that clarion console printed, as a browser would, and
// looks for a heading on the first page.
func signIn(t *testing.T, printed, heading string) {
	t.Helper()
	link := printedLink.FindString(printed)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Post(link, "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusSeeOther || len(res.Cookies()) != 1 {
		t.Fatalf("%q does not sign in: %d", printed, res.StatusCode)
	}
	r, err := http.NewRequest("GET", link[:strings.Index(link, "/sign-in/")]+res.Header.Get("Location"), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", res.Cookies()[0].Name+"="+res.Cookies()[0].Value)
	page, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer page.Body.Close()
	body, err := io.ReadAll(page.Body)
	if err != nil || !strings.Contains(string(body), "<h1>"+heading+"</h1>") {
		t.Errorf("signed in by %s: %v\n%s", link, err, body)
	}
}

// Without a daemon the console answers by itself until Ctrl-C; while it does,
// asking once more prints another address of the same one.
func TestConsole(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "init", "party", "--name", "Anytown CLP", "--yes")
	first := exec.Command("clarion", "-C", "party", "console")
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
	said := ""
	for !strings.Contains(said, "open until Ctrl-C") && lines.Scan() {
		said += lines.Text() + "\n"
	}
	if !strings.Contains(said, "signs you in as officer, once, within 15 minutes") || !strings.Contains(said, "only this computer reaches it") {
		t.Errorf("it says:\n%s", said)
	}
	signIn(t, said, "Today")
	again, _ := clarion(t, exitOK, "-C", "party", "--as", "chair", "console")
	signIn(t, again, "Today")
	if asked, _ := clarion(t, exitOK, "-C", "party", "--json", "console"); !strings.Contains(asked, `"minutes": 15`) {
		t.Errorf("in JSON it says %s", asked)
	}
	clarion(t, exitUsage, "-C", "party", "--as", "nobody", "console")
	if err := first.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(out)
	if werr := first.Wait(); werr != nil || !strings.Contains(string(rest), "Closed.") {
		t.Errorf("after Ctrl-C it ended with %v, %v: %s", err, werr, rest)
	}
}
