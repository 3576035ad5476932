package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/sample"
)

// A mapping is not written over what somebody else wrote meanwhile.
func TestMapRefusesAFileThatChanged(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "init", "party", "--name", "Anytown CLP", "--yes")
	list := filepath.Join("party", "data", "members.csv")
	if err := os.WriteFile(list, []byte("Party ID,Surname\nA1,Sample\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := &session{cli: &cli{Folder: "party"}, ctx: t.Context(), in: strings.NewReader(""), out: newScreen(io.Discard), err: io.Discard}
	m, err := (&mapCmd{File: list, Dataset: "members"}).open(s)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.propose(s); err != nil {
		t.Fatal(err)
	}
	if err := m.given([]string{"Party ID=membership_no"}); err != nil {
		t.Fatal(err)
	}
	changed := append(bytes.Clone(m.was), "# mine\n"...)
	if err := os.WriteFile(m.place(), changed, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := m.write(); !errors.Is(err, errChanged) {
		t.Errorf("the mapping was written: %v", err)
	}
	if now, err := os.ReadFile(m.place()); err != nil || !bytes.Equal(now, changed) {
		t.Errorf("constituency.yaml is %q (%v)", now, err)
	}
}

// In the constituencies that ship, lists of the sample are mapped without a
// question; one line of constituency.yaml changes for each, check finds nothing,
// and a list is read as it was before.
func TestMapOfWhatShips(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "demo")
	clarion(t, exitOK, "init", "party", "--name", "Anytown CLP", "--yes")
	const demo = "clarion-demo"
	lists := map[string]string{"officers": "officers.csv", "donations": "data/donations.csv"}
	found, err := filepath.Glob(filepath.Join(demo, "data", "members*.csv"))
	if err != nil || len(found) == 0 {
		t.Fatalf("the demo has no members: %v", err)
	}
	lists["members"] = "data/" + filepath.Base(found[len(found)-1])
	for _, folder := range []string{demo, "party"} {
		for _, name := range sortedKeys(lists) {
			before := lines(t, folder)
			clarion(t, exitOK, "-C", folder, "map", filepath.Join(demo, lists[name]), name, "--yes")
			after := lines(t, folder)
			changed := 0
			for i := range before {
				if len(before) != len(after) || before[i] != after[i] {
					changed++
				}
			}
			if changed != 1 {
				t.Errorf("%s: mapping %s changed %d lines of %d", folder, name, changed, len(before))
			}
		}
		clarion(t, exitOK, "-C", folder, "check")
	}
	if out, _ := clarion(t, exitOK, "-C", demo, "import", "members", "--look"); !strings.Contains(out, "The same file as last time") {
		t.Errorf("mapped, the list is read otherwise:\n%s", out)
	}
}

// The constituency of the year names every list there is: in each of them a
// mapping touches its own line alone.
func TestMapOfTheYear(t *testing.T) {
	con := sample.Year(demoSeed, demoDay, nil)
	data := con.Exports[0].Files["constituency.yaml"]
	was := strings.Split(string(data), "\n")
	mapped := 0
	for at, line := range was {
		name, _, _ := strings.Cut(strings.TrimSpace(line), ": {f")
		if !strings.Contains(line, ".csv") || name == strings.TrimSpace(line) {
			continue
		}
		now, edits, err := playbook.WriteColumns(data, name, map[string]string{"name": "The \"name\": x"})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		is := strings.Split(string(now), "\n")
		if len(edits) != 1 || edits[0].Line != at+1 || len(is) != len(was) || is[at] == was[at] {
			t.Fatalf("%s: mapping it changed %v", name, edits)
		}
		is[at] = was[at]
		if !slices.Equal(is, was) {
			t.Errorf("%s: mapping it changed other lines", name)
		}
		mapped++
	}
	if mapped < 20 {
		t.Errorf("only %d lists were mapped", mapped)
	}
}

func lines(t *testing.T, folder string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "constituency.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(data), "\n")
}
