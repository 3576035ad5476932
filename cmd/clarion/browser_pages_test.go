//go:build browser

package main

import (
	"bufio"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A site is the demo's constituency with its console open, on the demo's day.
type site struct {
	*testing.T
	base string
	on   string // the moment at which all of it happens
}

// demoMoment is that of the demo's own day, and nextDay one at which what is
// brought is newer than all that went.
const (
	demoMoment = "2026-11-02T09:00"
	nextDay    = "2026-11-03T10:00"
)

// openSite makes the demo, changes it, and opens its console.
func openSite(t *testing.T, on string, change ...func()) *site {
	t.Helper()
	alone(t)
	clarion(t, exitOK, "demo")
	return openConsole(t, on, change...)
}

// openConsole opens the console of the constituency in clarion-demo.
func openConsole(t *testing.T, on string, change ...func()) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	add(t, "clarion-demo/constituency.yaml", "\nweb: {listen: \""+address+"\"}\n")
	for _, f := range change {
		f()
	}
	s := &site{T: t, base: "http://" + address, on: on}
	cmd := exec.Command("clarion", "-C", "clarion-demo", "--on", s.on, "console", "--as", "secretary")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Signal(os.Interrupt); cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() && !strings.Contains(lines.Text(), "until Ctrl-C") {
	}
	return s
}

// add writes more behind a file.
func add(t *testing.T, file, text string) {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(b, text...), 0o600); err != nil {
		t.Fatal(err)
	}
}

var oneTime = regexp.MustCompile(`http://\S+/sign-in/(\S+)`)

// letIn signs somebody in at a browser, with the address that the command prints.
func (s *site) letIn(b *browser, role string) {
	s.Helper()
	out, _ := clarion(s.T, exitOK, "-C", "clarion-demo", "--on", s.on, "console", "--as", role)
	m := oneTime.FindStringSubmatch(out)
	if m == nil {
		s.Fatalf("clarion console prints no address:\n%s", out)
	}
	b.open("/sign-in/" + m[1])
	b.press("Sign in")
	if b.where() != "/" {
		s.Fatalf("signing in leads to %s:\n%s", b.where(), b.text())
	}
}

// shape is an address without what differs from record to record.
func shape(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if i > 1 && (strings.ContainsAny(p, "0123456789%") || parts[1] == "playbooks" || parts[1] == "records" && i > 2) {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// Every page that the others lead to is looked at, on a phone and on a screen:
// two of each kind.
func TestBrowserPages(t *testing.T) {
	chrome, rules := chromium(t), axe(t)
	s := openSite(t, demoMoment)
	b := sit(t, chrome, s.base)
	b.open("/")
	if b.where() != "/sign-in" {
		t.Fatalf("without a sign-in, %s is shown", b.where())
	}
	checks := b.look("sign-in", rules)
	s.letIn(b, "secretary")
	seen, kinds := map[string]bool{}, map[string]int{}
	pages := 1
	for queue := []string{"/", "/playbooks/new-member-welcome", "/first", "/people?q=a", "/once"}; len(queue) > 0; queue = queue[1:] {
		path := queue[0]
		kind := shape(path)
		if seen[path] || kinds[kind] == 2 {
			continue
		}
		seen[path] = true
		kinds[kind]++
		heading := b.open(path)
		if heading == "" {
			t.Errorf("%s has no heading:\n%s", path, b.text())
		}
		if kind == "/diary" { // it is worked out when somebody first asks
			for range 200 {
				if !strings.Contains(b.text(), "The year ahead is being worked out") {
					break
				}
				b.press("Look again")
			}
		}
		name := strings.Trim(strings.ReplaceAll(kind, "/", "-"), "-")
		checks += b.look(fmt.Sprintf("page-%s-%d", strings.ReplaceAll(name, "*", "x"), kinds[kind]), rules)
		pages++
		for _, to := range ask[[]string](b, `[...document.querySelectorAll("a[href]")].map(a => a.getAttribute("href"))`) {
			if strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, "/export/") { // a file is no page
				to, _, _ = strings.Cut(to, "#")
				queue = append(queue, to)
			}
		}
	}
	for _, want := range []string{"/", "/first", "/plan", "/letters/*", "/tasks", "/tasks/*", "/records/members/*", "/diary", "/data", "/data/members", "/playbooks", "/playbooks/*", "/playbooks/*/*/*", "/once", "/mail", "/log", "/people"} {
		if kinds[want] == 0 {
			t.Errorf("no page leads to any like %s; there are %v", want, slices.Sorted(maps.Keys(kinds)))
		}
	}
	b.alone()
	fmt.Printf("%d pages looked at on a phone and on a screen, %d checks\n", pages, checks)
}
