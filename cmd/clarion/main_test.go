package main

import (
	"bytes"
	"flag"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the golden files of testdata/demo anew")

// TestMain lets the tests' scripts, and every other test of this package, run
// this program as a process of its own under the name clarion.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"clarion": main})
}

// alone keeps a test away from the user's own folders and settings, in a new
// folder.
func alone(t *testing.T) {
	t.Helper()
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("CLARION_FOLDER", "")
	t.Setenv("CLARION_DATABASE", "")
	t.Setenv("COLUMNS", "")
	t.Chdir(t.TempDir())
}

// clarion runs a command line in this process and gives what it printed.
func clarion(t *testing.T, want int, args ...string) (out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	if code := run(args, strings.NewReader(""), &o, &e); code != want {
		t.Fatalf("clarion %s ended with %d, not %d:\n%s%s", strings.Join(args, " "), code, want, o.String(), e.String())
	}
	return o.String(), e.String()
}
