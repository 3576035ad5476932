package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/sample"
)

// largeFolder makes the folder of a constituency of 3,000 members, in which a
// run was made on 19 October, new lists were imported on 2 November, and the
// letters of that day are due. It gives the flags that open it.
func largeFolder(tb testing.TB) []string {
	tb.Helper()
	dir := tb.TempDir()
	tb.Setenv("XDG_CONFIG_HOME", filepath.Join(dir, "config"))
	today := calendar.NewDate(2026, time.November, 2)
	con := sample.Sized(1, today, 3000)
	folder := filepath.Join(dir, "large")
	at := func(day string) []string {
		return []string{"-C", folder, "--database", filepath.Join(dir, "clarion.db"), "--on", day}
	}
	for _, c := range []struct{ day, verb string }{{"2026-10-19", "run"}, {"2026-11-02", "import"}} {
		d, err := calendar.ParseDate(c.day)
		if err != nil {
			tb.Fatal(err)
		}
		if err := writeFiles(folder, con.On(d)); err != nil {
			tb.Fatal(err)
		}
		if c.verb == "run" {
			for name, level := range map[string]string{"new-member-welcome": "automatic", "minutes-circulate": "automatic",
				"donation-permissibility": "automatic", "arrears-chase": "batch", "fortnightly-digest": "automatic"} {
				call(tb, append(at(c.day), "trust", name, level)...)
			}
		}
		call(tb, append(at(c.day), c.verb)...)
	}
	return at("2026-11-02")
}

// call runs a command that must end well, and gives what it prints.
func call(tb testing.TB, args ...string) []byte {
	tb.Helper()
	var out, errs bytes.Buffer
	if code := run(args, os.Stdin, &out, &errs); code != exitOK {
		tb.Fatalf("clarion %v: exit status %d: %s", args, code, errs.Bytes())
	}
	return out.Bytes()
}

// A plan over 3,000 members looks at each of them, finds the twenty and more
// letters that are due, and says the same when it is asked again.
func TestLargePlan(t *testing.T) {
	args := append(largeFolder(t), "--json", "plan")
	first := call(t, args...)
	n := bytes.Count(first, []byte(`"verb": "send"`)) + bytes.Count(first, []byte(`"verb": "wait"`)) // the first of a batch, and the rest
	if n < 20 {
		t.Errorf("the plan shows %d letters:\n%s", n, first)
	}
	if second := call(t, args...); !bytes.Equal(first, second) {
		t.Error("the second plan is not the first")
	}
}

// BenchmarkPlanCommand is all that clarion plan does after it has started:
// loading the playbooks, opening the database, planning and printing.
func BenchmarkPlanCommand(b *testing.B) {
	benchmark(b, append(largeFolder(b), "plan")...)
}

// BenchmarkCheckCommand is clarion check of the whole library.
func BenchmarkCheckCommand(b *testing.B) {
	benchmark(b, append(largeFolder(b), "check")...)
}

func benchmark(b *testing.B, args ...string) {
	b.ReportAllocs()
	for b.Loop() {
		if code := run(args, os.Stdin, io.Discard, io.Discard); code != exitOK {
			b.Fatalf("exit status %d", code)
		}
	}
}
