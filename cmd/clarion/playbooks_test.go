package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// says holds what was printed against words that must, or must not (with a
// leading !), stand in it.
func says(t *testing.T, out string, words ...string) {
	t.Helper()
	for _, w := range words {
		text, unwanted := strings.CutPrefix(w, "!")
		if strings.Contains(out, text) == unwanted {
			t.Errorf("%q: stands there is %v\n%s", text, unwanted, out)
		}
	}
}

// An officer finds a duty by her own words, reads it, has it adopted, changes it
// and sees what is different.
func TestThePathOfAPlaybook(t *testing.T) {
	alone(t)
	out, _ := clarion(t, exitOK, "playbooks")
	says(t, out, "arrears-chase", "donation-permissibility", "ships")
	clarion(t, exitOK, "init", "party", "--name", "Anytown CLP", "--from", "secretary@example.org", "--yes")
	out, _ = clarion(t, exitOK, "-C", "party", "playbooks", "donor")
	says(t, out, "donation-permissibility", "Treasurer", "more than the legal line of £500", "!minutes-circulate")
	out, _ = clarion(t, exitOK, "-C", "party", "playbooks", "zebra")
	says(t, out, "No playbook speaks of zebra")
	out, _ = clarion(t, exitOK, "-C", "party", "show", "new-member-welcome", "--words")
	says(t, out, "Welcome every new member", "What it reads", "!{{")
	out, _ = clarion(t, exitOK, "-C", "party", "adopt", "new-member-welcome", "--minute", "EC of 3 November, item 7", "--as", "secretary")
	says(t, out, "adopted as it now is")
	out, _ = clarion(t, exitOK, "-C", "party", "playbooks", "welcome", "new", "member")
	says(t, out, "Adopted on", "EC of 3 November, item 7", "!changed since")
	if err := os.WriteFile(filepath.Join("party", "playbooks.yaml"), []byte("new-member-welcome:\n  settings: {check_in: 30 days}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ = clarion(t, exitOK, "-C", "party", "playbooks", "welcome")
	says(t, out, "changed since")
	out, _ = clarion(t, exitOK, "-C", "party", "show", "new-member-welcome")
	says(t, out, "settings.check_in: 30 days   # playbooks.yaml:2; the library says 21 days", "settings.ring_after: 5 days\n")
	out, _ = clarion(t, exitOK, "-C", "party", "diff", "new-member-welcome")
	says(t, out, "Compared with what was adopted on", "You have changed it", "then: 21 days", "now: 30 days")
	out, _ = clarion(t, exitOK, "-C", "party", "diff", "new-member-welcome", "--json")
	var v struct {
		Playbooks []struct {
			Adopted bool
			Changes []struct{ Path, Fate, Then, Now string }
		}
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil || len(v.Playbooks) != 1 || !v.Playbooks[0].Adopted {
		t.Errorf("%+v, %v", v, err)
	}
	_, errs := clarion(t, exitFailed, "-C", "party", "show", "new-member-welcom")
	says(t, errs, "there is no playbook new-member-welcom")
	clarion(t, exitUsage, "-C", "party", "adopt", "new-member-welcome")
}

func TestSchemasForEditors(t *testing.T) {
	alone(t)
	out, _ := clarion(t, exitOK, "schema", "constituency")
	var v map[string]any
	if err := json.Unmarshal([]byte(out), &v); err != nil || v["$schema"] != "https://json-schema.org/draft/2020-12/schema" {
		t.Errorf("%v, %v", v["$schema"], err)
	}
	_, errs := clarion(t, exitUsage, "schema", "letters")
	says(t, errs, "there is one of playbook, tests")
	out, _ = clarion(t, exitOK, "schema", "--into", "editor")
	says(t, out, "# yaml-language-server: $schema=", "constituency.json")
	if _, err := os.Stat(filepath.Join("editor", "tests.json")); err != nil {
		t.Error(err)
	}
}

func TestCheckWithRecords(t *testing.T) {
	alone(t)
	clarion(t, exitOK, "init", "party", "--name", "Anytown CLP", "--from", "secretary@example.org", "--yes")
	letters := filepath.Join("party", "letters")
	if err := os.MkdirAll(letters, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(letters, "ours.md"), []byte("Welcome.\n\nPlease donate to our campaign.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join("party", "playbooks.yaml"), []byte("new-member-welcome: {letters: {welcome: letters/ours.md}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := clarion(t, exitOK, "-C", "party", "check", "--data", "--no-tests")
	says(t, out, "Warning: letters/ours.md:3:1: The letter welcome is of basis service", "please donate", "All is well")
	out, _ = clarion(t, exitOK, "-C", "party", "check", "--no-tests")
	says(t, out, "!Warning")
}

func TestLinesThatDiffer(t *testing.T) {
	for _, c := range [][3]string{
		{"a\nb\nc", "a\nc", "- b"},
		{"a\nc", "a\nb\nc", "+ b"},
		{"", "a\nb", "+ a|+ b"},
		{"a\nb", "", "- a|- b"},
		{"a\nb\nc\nd", "a\nx\nc\ny", "- b|+ x|- d|+ y"},
		{"same", "same", ""},
	} {
		if got := strings.Join(lineDifference(c[0], c[1]), "|"); got != c[2] {
			t.Errorf("%q to %q: %q, want %q", c[0], c[1], got, c[2])
		}
	}
}
