// Command laws shows that the suite guards the laws of the program. It takes
// the safeties listed in .ci/laws.txt away, one at a time, in a copy of the
// tree, and demands that a test then fails. A safety that is not where the list
// says it is, an entry that does not compile and a removal that no test notices
// are all failures of this program.
package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"
)

// list is where the safeties stand.
const list = ".ci/laws.txt"

// A safety is one entry of the list.
type safety struct {
	line   int    // of the list
	law    string // "law 7: every step looks again"
	what   string
	tests  []string // packages
	run    string   // which of their tests; empty: all
	beside []string // tests that fail whatever is changed in the file, and so say nothing
	cuts   []cut
}

// A cut is a run of lines in one file and what stands there once the safety is
// gone. Lines are compared without the space around them.
type cut struct {
	file     string
	was, now []string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "laws:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, words []string) error {
	text, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	all, err := read(string(text))
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(s safety) bool { return !wanted(s, words) })
	if len(all) == 0 {
		return errors.New("no entry holds these words")
	}
	// Each worker has a copy of its own: while one links, another's tests run.
	dirs := make([]string, min(runtime.NumCPU(), 4))
	for i := range dirs {
		if dirs[i], err = os.MkdirTemp("", "clarion-laws-"); err != nil {
			return err
		}
		defer os.RemoveAll(dirs[i])
		if err := copyTree(ctx, dirs[i]); err != nil {
			return fmt.Errorf("copying the tree: %w", err)
		}
	}
	if err := whole(ctx, dirs[0], all); err != nil {
		return err
	}
	bad := 0
	for r := range results(ctx, dirs, all) {
		if ctx.Err() != nil {
			continue
		}
		mark := "ok  "
		if r.err != nil {
			mark, r.caught = "FAIL", r.err.Error()
			bad++
		}
		fmt.Printf("%s %s\n     without it: %s\n     %s (%.1f s)\n", mark, r.law, r.what, r.caught, r.took.Seconds())
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	fmt.Printf("%d of %d safeties are guarded\n", len(all)-bad, len(all))
	if bad > 0 {
		return fmt.Errorf("%d are not", bad)
	}
	return nil
}

// A result is what came of taking one safety away.
type result struct {
	safety
	caught string
	err    error
	took   time.Duration
}

// results tries the safeties, as many at a time as there are copies of the tree.
func results(ctx context.Context, dirs []string, all []safety) <-chan result {
	todo, out := make(chan safety), make(chan result)
	var working sync.WaitGroup
	for _, dir := range dirs {
		working.Go(func() {
			for s := range todo {
				began := time.Now()
				caught, err := try(ctx, dir, s)
				out <- result{s, caught, err, time.Since(began)}
			}
		})
	}
	go func() {
		defer close(out)
		defer working.Wait()
		defer close(todo)
		for _, s := range all {
			select {
			case todo <- s:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// wanted reports whether an entry is one of those asked for.
func wanted(s safety, words []string) bool {
	for _, w := range words {
		if strings.Contains(strings.ToLower(s.law+"; "+s.what+"; "+strings.Join(s.tests, " ")+" "), strings.ToLower(w)) {
			return true
		}
	}
	return len(words) == 0
}

// read reads the list.
func read(text string) ([]safety, error) {
	var all []safety
	for i, line := range strings.Split(text, "\n") {
		bad := func(why string) error { return fmt.Errorf("%s:%d: %s", list, i+1, why) }
		key, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		if strings.HasPrefix(line, "law ") {
			all = append(all, safety{line: i + 1, law: line})
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		if len(all) == 0 {
			return nil, bad("an entry begins with law and its number")
		}
		s := &all[len(all)-1]
		switch {
		case line[0] == '-' || line[0] == '+':
			if len(s.cuts) == 0 {
				return nil, bad("these lines are of no file")
			}
			c := &s.cuts[len(s.cuts)-1]
			if line[0] == '+' {
				c.now = append(c.now, line[1:])
			} else if len(c.now) == 0 {
				c.was = append(c.was, strings.TrimSpace(line[1:]))
			} else {
				return nil, bad("the lines of one cut stand together: write file: again")
			}
		case key == "without":
			s.what = value
		case key == "tests":
			s.tests = strings.Fields(value)
		case key == "run":
			s.run = value
		case key == "beside":
			s.beside = strings.Fields(value)
		case key == "file":
			s.cuts = append(s.cuts, cut{file: value})
		default:
			return nil, bad("this is none of law, without, tests, run, beside, file, -, +")
		}
	}
	for _, s := range all {
		if s.what == "" || len(s.tests) == 0 || len(s.cuts) == 0 || slices.ContainsFunc(s.cuts, func(c cut) bool { return len(c.was) == 0 }) {
			return nil, fmt.Errorf("%s:%d: an entry says without, tests, file and which lines", list, s.line)
		}
	}
	return all, nil
}

// copyTree copies the files that git knows or would take.
func copyTree(ctx context.Context, to string) error {
	out, err := exec.CommandContext(ctx, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x00"), "\x00") {
		data, err := os.ReadFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue // deleted, and not committed yet
		}
		if err != nil {
			return err
		}
		file := filepath.Join(to, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// whole sees to it that the tests hold while all safeties are in place: of each
// package those that an entry asks for, all at once.
func whole(ctx context.Context, dir string, all []safety) error {
	var packages []string
	runs := map[string][]string{}
	for _, s := range all {
		for _, p := range s.tests {
			if !slices.Contains(packages, p) {
				packages = append(packages, p)
			}
			if !slices.Contains(runs[p], s.run) {
				runs[p] = append(runs[p], s.run)
			}
		}
	}
	for _, p := range packages {
		run := strings.Join(runs[p], "|")
		if slices.Contains(runs[p], "") {
			run = ""
		}
		if failed, out, err := test(ctx, dir, []string{p}, run); err != nil {
			return fmt.Errorf("with every safety in place the tests must pass, and they do not: %s\n%s", strings.Join(failed, ", "), out)
		}
	}
	return nil
}

// in gives a file's text without the safety.
func (c cut) in(dir string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, c.file))
	if err != nil {
		return "", err
	}
	lines := strings.Split(string(data), "\n")
	at, times := 0, 0
	for i := range len(lines) - len(c.was) + 1 {
		if slices.EqualFunc(lines[i:i+len(c.was)], c.was, func(have, want string) bool { return strings.TrimSpace(have) == want }) {
			at, times = i, times+1
		}
	}
	if times != 1 {
		return "", fmt.Errorf("%s holds %q %d times, not once", c.file, c.was[0], times)
	}
	return strings.Join(slices.Replace(lines, at, at+len(c.was), c.now...), "\n"), nil
}

// try takes one safety away and says which tests noticed.
func try(ctx context.Context, dir string, s safety) (caught string, err error) {
	for _, c := range s.cuts {
		file := filepath.Join(dir, c.file)
		before, err := os.ReadFile(file)
		if err != nil {
			return "", err
		}
		text, err := c.in(dir)
		if err != nil {
			return "", fmt.Errorf("THE SAFETY HAS MOVED: %w. Mend line %d of %s", err, s.line, list)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return "", err
		}
		defer func() { err = errors.Join(err, os.WriteFile(file, before, 0o644)) }()
	}
	failed, out, err := test(ctx, dir, s.tests, s.run)
	failed = slices.DeleteFunc(failed, func(name string) bool { return slices.Contains(s.beside, strings.Fields(name)[0]) })
	switch {
	case err == nil:
		return "", fmt.Errorf("NO TEST NOTICED (%s)", strings.Join(s.tests, " "))
	case strings.Contains(out, "[build failed]") || strings.Contains(out, "[setup failed]"):
		return "", fmt.Errorf("the entry is broken, line %d of %s does not compile:\n%s", s.line, list, out)
	case len(failed) == 0:
		return "", fmt.Errorf("no test failed, and yet: %v\n%s", err, out)
	}
	more := ""
	if n := len(failed); n > 3 {
		failed, more = failed[:3], fmt.Sprintf(" and %d more", n-3)
	}
	return "caught by " + strings.Join(failed, ", ") + more, nil
}

// failing finds the tests that failed, not their parts.
var failing = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// test runs the tests of packages and gives the names of those that failed.
// One package after the other, for a property test takes flags of its own: it
// need not look for the smallest example. That no test has the name is a
// failure too.
func test(ctx context.Context, dir string, packages []string, run string) (failed []string, out string, err error) {
	for _, p := range packages {
		args := []string{"test", "-trimpath", "-vet=off", "-short", "-timeout=120s", "-run=" + run, p}
		if usesRapid(filepath.Join(dir, p)) {
			args = append(args, "-rapid.shrinktime=100ms", "-rapid.nofailfile")
		}
		cmd := exec.CommandContext(ctx, "go", args...)
		cmd.Dir = dir
		said, failure := cmd.CombinedOutput()
		if failure == nil && strings.Contains(string(said), "[no tests to run]") {
			failure = errors.New("no test of this name")
		}
		if failure == nil {
			continue
		}
		err = failure
		out += tail(string(said))
		for _, m := range failing.FindAllStringSubmatch(string(said), -1) {
			failed = append(failed, m[1]+" ("+strings.TrimPrefix(p, "./")+")")
		}
	}
	return failed, out, err
}

// usesRapid reports whether a package's tests are property tests.
func usesRapid(dir string) bool {
	files, _ := filepath.Glob(filepath.Join(dir, "*_test.go"))
	return slices.ContainsFunc(files, func(file string) bool {
		data, err := os.ReadFile(file)
		return err == nil && strings.Contains(string(data), "pgregory.net/rapid")
	})
}

// tail is the end of what was said.
func tail(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n") + "\n"
}
