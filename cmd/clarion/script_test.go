package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs the journeys of testdata/script: the program itself, as a
// process, in a folder and a home of its own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: filepath.Join("..", "..", "testdata", "script"),
		Setup: func(e *testscript.Env) error {
			e.Setenv("XDG_DATA_HOME", filepath.Join(e.WorkDir, "home", "data"))
			e.Setenv("XDG_CONFIG_HOME", filepath.Join(e.WorkDir, "home", "config"))
			e.Setenv("HOME", filepath.Join(e.WorkDir, "home"))
			e.Setenv("TZ", "America/New_York")
			return nil
		},
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":  endsWith,
			"letters": letters,
			"keep":    keep,
		},
	})
}

// keep puts what the last command printed into a variable, as far as it is what
// the brackets of a pattern hold: keep DIGEST 'digest ([0-9a-f]+)'.
func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: keep NAME PATTERN")
	}
	found := regexp.MustCompile(args[1]).FindStringSubmatch(ts.ReadFile("stdout"))
	if len(found) != 2 {
		ts.Fatalf("no match for %s", args[1])
	}
	ts.Setenv(args[0], found[1])
}

// endsWith runs clarion and asks for an exit status: status 3 check.
func endsWith(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status NUMBER ARGUMENTS ...")
	}
	err := ts.Exec("clarion", args[1:]...)
	got := "0"
	if err != nil {
		got = strings.TrimPrefix(err.Error(), "exit status ")
	}
	if got != args[0] {
		ts.Fatalf("clarion %s ended with %s, not %s", strings.Join(args[1:], " "), got, args[0])
	}
}

// letters counts the letters in a folder whose file names hold a word: letters
// 2 party/outbox welcome.
func letters(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: letters NUMBER FOLDER [WORD]")
	}
	list, err := os.ReadDir(ts.MkAbs(args[1]))
	if err != nil && args[0] != "0" {
		ts.Fatalf("%v", err)
	}
	var found []string
	for _, f := range list {
		if strings.HasSuffix(f.Name(), ".eml") && (len(args) < 3 || strings.Contains(f.Name(), args[2])) {
			found = append(found, f.Name())
		}
	}
	if got := len(found); args[0] != strconv.Itoa(got) {
		ts.Fatalf("%d letters in %s, not %s:\n%s", got, args[1], args[0], strings.Join(found, "\n"))
	}
}
