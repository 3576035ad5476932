package main

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"
)

// The letters of the demo's story, day by day: each golden file has the letters
// that go between the day before it and its own, and no other.
func TestDemoLetters(t *testing.T) {
	alone(t)
	golden := goldenFolder(t)
	seen := map[string]bool{}
	var all []string
	for _, day := range []string{"+0", "+1", "+7", "+30"} {
		out, _ := clarion(t, exitOK, "demo", "--on", day)
		if n := strings.Count(out[strings.Index(out, "What next"):], "\n"); n != 4 {
			t.Errorf("demo --on %s says what next in %d lines, not three:\n%s", day, n-1, out)
		}
		var fresh []string
		for name, text := range outbox(t, "clarion-demo/outbox") {
			if !seen[name] {
				seen[name] = true
				fresh = append(fresh, text)
			}
		}
		sort.Strings(fresh)
		all = append(all, fresh...)
		compare(t, filepath.Join(golden, "day"+day+".txt"), strings.Join(short(fresh), "\n"))
		if day != "+0" && day != "+30" {
			continue
		}
		again, _ := clarion(t, exitOK, "demo", "--on", day)
		if !strings.Contains(again, "Delivery: nothing to send.") || len(outbox(t, "clarion-demo/outbox")) != len(seen) {
			t.Fatalf("demo --on %s, run twice, sent something more:\n%s", day, again)
		}
	}
	if twice := doubles(t, all, "clarion-demo/data/members-2026-12-02.csv"); twice != "" {
		t.Errorf("a letter went twice:\n%s", twice)
	}
	text := strings.Join(all, "\n")
	for what, sign := range map[string]string{"a chaser": "Reminder", "the fortnightly digest": "Subject: Joined or fell behind since the last list",
		"minutes with their document": "Attached: ", "a welcome": "Subject: Welcome to "} {
		if !strings.Contains(text, sign) {
			t.Errorf("%s is not among the letters: nothing has %q", what, sign)
		}
	}
	if err := os.RemoveAll("clarion-demo/outbox"); err != nil {
		t.Fatal(err)
	}
	clarion(t, exitOK, "demo")
	clarion(t, exitOK, "-C", "clarion-demo", "run")
	if _, err := os.Stat("clarion-demo/outbox"); !errors.Is(err, os.ErrNotExist) {
		t.Error("with the folder of letters deleted, letters went again")
	}
}

// Whether somebody looks every day or comes back after a week, the same letters
// go, each on its day.
func TestDemoInOneLeap(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "demo", "--on", "+7")
	var leap, steps []string
	for _, text := range outbox(t, "clarion-demo/outbox") {
		leap = append(leap, text)
	}
	sort.Strings(leap)
	leap = short(leap)
	sort.Strings(leap)
	for _, day := range []string{"+0", "+1", "+7"} {
		b, err := os.ReadFile(filepath.Join(goldens, "day"+day+".txt"))
		if err != nil {
			t.Fatal(err)
		}
		steps = append(steps, split(string(b))...)
	}
	sort.Strings(steps)
	if a, b := strings.Join(leap, "\n"), strings.Join(steps, "\n"); a != b {
		t.Errorf("in one leap other letters went: %d, and %d step by step", len(leap), len(steps))
		for i := range leap {
			if i >= len(steps) || leap[i] != steps[i] {
				t.Fatalf("the first that differs:\n%s\n=== against ===\n%s", leap[i], at(steps, i))
			}
		}
	}
}

// split takes a golden file apart into its letters.
func split(text string) []string {
	var out []string
	for i, l := range strings.Split(text, "\nDate: ") {
		if i > 0 {
			l = "Date: " + l
		}
		out = append(out, strings.TrimSuffix(l, "\n")+"\n")
	}
	return out
}

// With no zone files on the computer, and in another zone, the demo prints the
// same bytes: the zones are in the program, and days are the constituency's.
func TestDemoWithoutZones(t *testing.T) {
	alone(t)
	plan := func(env ...string) string {
		dir := t.TempDir()
		cmd := exec.Command("clarion", "demo", "--all")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		b, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("with %v: %v\n%s", env, err, b)
		}
		return string(b)
	}
	utc := plan("TZ=UTC")
	elsewhere := plan("ZONEINFO="+filepath.Join(t.TempDir(), "nowhere"), "TZ=America/New_York")
	if utc != elsewhere {
		t.Errorf("the demo prints other bytes without zone files, in New York:\n%s\n=== against UTC ===\n%s", elsewhere, utc)
	}
	if !strings.Contains(utc, "Plan of 2 November 2026 at 09:00") {
		t.Errorf("this is not the plan of the demo's day:\n%s", utc)
	}
}

// The commands that the demo suggests work as they are printed.
func TestDemoSuggests(t *testing.T) {
	alone(t)
	out, _ := clarion(t, exitOK, "demo", "a demo")
	part := out[strings.Index(out, "What next"):]
	ran := 0
	for _, line := range strings.Split(strings.TrimSpace(part), "\n")[1:] {
		_, command, ok := strings.Cut(line, ":  ")
		if !ok {
			t.Fatalf("%q is not a hint and a command", line)
		}
		command = strings.TrimSpace(command)
		command = strings.Replace(command, started(os.Args[0]), "clarion", 1)
		if b, err := exec.Command("sh", "-c", command).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", command, err, b)
		}
		ran++
	}
	if ran != 3 {
		t.Errorf("%d things to do next, not three:\n%s", ran, part)
	}
}

func TestStarted(t *testing.T) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(root)
	t.Setenv("GOCACHE", filepath.FromSlash("/cold/cache"))
	for arg, want := range map[string]string{
		"clarion":                             "clarion",
		"./clarion":                           "./clarion",
		"/opt/my tools/clarion":               "'/opt/my tools/clarion'",
		"/tmp/go-build12/b001/exe/clarion":    "go run ./cmd/clarion",
		"/home/a/.cache/go-build/18/1-d/clar": "go run ./cmd/clarion",
		"/cold/cache/18/1-d/clarion":          "go run ./cmd/clarion",
	} {
		if got := started(arg); got != want {
			t.Errorf("started as %s the program suggests %s, not %s", arg, got, want)
		}
	}
	t.Chdir(t.TempDir())
	if got := started("/tmp/go-build12/b001/exe/clarion"); got != "go run github.com/clarion-clp/clarion/cmd/clarion" {
		t.Errorf("away from the repository's root: %s", got)
	}
}

// A folder that is not the demo's is left alone, with or without --fresh.
func TestDemoLeavesOtherFolders(t *testing.T) {
	alone(t)
	if err := writeFiles("mine", map[string][]byte{"precious.txt": []byte("mine")}); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"demo", "mine"}, {"demo", "--fresh", "mine"}} {
		_, errs := clarion(t, exitFailed, args...)
		if !strings.Contains(errs, "left alone") {
			t.Errorf("%v: %s", args, errs)
		}
	}
	if b, err := os.ReadFile("mine/precious.txt"); err != nil || string(b) != "mine" {
		t.Errorf("the file is %q, %v", b, err)
	}
}

// short keeps of many letters with the same subject on the same day the first
// three whole; of the others it keeps whom they go to, and a digest of the rest.
func short(letters []string) []string {
	count := map[string]int{}
	var out []string
	for _, l := range letters {
		var to, batch string
		for _, h := range strings.SplitN(l, "\n", 6) {
			switch {
			case strings.HasPrefix(h, "To: "):
				to = h
			case strings.HasPrefix(h, "Date: "), strings.HasPrefix(h, "Subject: "):
				batch += h + "\n"
			}
		}
		if count[batch]++; count[batch] > 3 {
			l = fmt.Sprintf("%s%s\n  (SHA-256 %x)\n", batch, to, sha256.Sum256([]byte(l)))
		}
		out = append(out, l)
	}
	return out
}

// doubles finds a letter that went more often than there are members of that
// name at that address: the sample has a father and a son.
func doubles(t *testing.T, all []string, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	people := map[string]int{}
	for _, r := range rows {
		people[fmt.Sprintf("To: %q <%s>", r[2]+" "+r[3], r[4])]++
	}
	seen := map[string]int{}
	for _, l := range all {
		_, to, _ := strings.Cut(l, "\nTo: ")
		to, _, _ = strings.Cut(to, "\n")
		if seen[l]++; seen[l] > max(people["To: "+to], 1) {
			return l
		}
	}
	return ""
}

var goldens = func() string {
	p, err := filepath.Abs(filepath.Join("..", "..", "testdata", "demo"))
	if err != nil {
		panic(err)
	}
	return p
}()

func goldenFolder(t *testing.T) string {
	t.Helper()
	if *update {
		if err := os.MkdirAll(goldens, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return goldens
}

// compare holds a text against a golden file, and shows the first difference.
func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("%v; make it with: go test ./cmd/clarion -run Demo -update", err)
	}
	if string(want) == got {
		return
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		if i >= len(w) || i >= len(g) || w[i] != g[i] {
			t.Errorf("%s, line %d differs (%d lines, now %d). If that is right: go test ./cmd/clarion -run Demo -update\n  was: %q\n  now: %q",
				filepath.Base(file), i+1, len(w), len(g), at(w, i), at(g, i))
			return
		}
	}
}

func at(lines []string, i int) string {
	if i < len(lines) {
		return lines[i]
	}
	return "(the end)"
}

// outbox reads a folder of letters: by file, each as its golden text.
func outbox(t *testing.T, folder string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, f := range files {
		out[filepath.Base(f)] = eml(t, f)
	}
	return out
}

// eml prints a letter as people see it: when, from, to, subject, text and
// attachments. What differs with every database (references, boundaries) is not
// in it.
func eml(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := mail.ReadMessage(f)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var b strings.Builder
	decoder := new(mime.WordDecoder)
	for _, h := range []string{"Date", "From", "Reply-To", "To", "Subject"} {
		v, err := decoder.DecodeHeader(m.Header.Get(h))
		if err != nil {
			t.Fatalf("%s: %s: %v", file, h, err)
		}
		if v != "" {
			fmt.Fprintf(&b, "%s: %s\n", h, v)
		}
	}
	parts(t, &b, m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Header.Get("Content-Disposition"), m.Body)
	return logHead.ReplaceAllString(b.String(), "(the log's head)")
}

// logHead is where the decisions log stood: it differs with every database.
var logHead = regexp.MustCompile(`entry \d+, [0-9a-f]{12}|--head [0-9a-f]{12}`)

func parts(t *testing.T, b *strings.Builder, kind, encoding, disposition string, body io.Reader) {
	t.Helper()
	media, params, err := mime.ParseMediaType(kind)
	if err != nil {
		t.Fatalf("a part is of the type %q: %v", kind, err)
	}
	if strings.HasPrefix(media, "multipart/") {
		for r := multipart.NewReader(body, params["boundary"]); ; {
			p, err := r.NextRawPart()
			if err == io.EOF {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			parts(t, b, p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p.Header.Get("Content-Disposition"), p)
		}
	}
	switch strings.ToLower(encoding) {
	case "quoted-printable":
		body = quotedprintable.NewReader(body)
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, body)
	}
	data, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	if d, params, err := mime.ParseMediaType(disposition); err == nil && d == "attachment" {
		fmt.Fprintf(b, "Attached: %s (%s, SHA-256 %x)\n", params["filename"], media, sha256.Sum256(data))
		return
	}
	if media != "text/plain" {
		return // the HTML says the same; engine/letter has its own goldens
	}
	for _, line := range strings.Split(strings.TrimRight(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n"), "\n") {
		fmt.Fprintf(b, "  %s\n", strings.TrimRight(line, " "))
	}
}
