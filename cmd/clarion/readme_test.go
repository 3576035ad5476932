package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var updateReadme = flag.Bool("update-readme", false, "write the picture of a plan into README.md anew")

// README.md promises what its commands do: they are run here, in order, as a
// reader would type them, in a new folder.
func TestReadmeCommandsWork(t *testing.T) {
	text := readme(t)
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	t.Setenv("CLARION_FOLDER", "")
	t.Chdir(t.TempDir())
	ran := 0
	for _, line := range console(text) {
		args := words(line)
		if args[0] == "cd" {
			t.Chdir(args[1])
			continue
		}
		if args[0] != "clarion" {
			t.Fatalf("README.md: %q is not a command of clarion", line)
		}
		var out, errs bytes.Buffer
		if code := run(args[1:], strings.NewReader(""), &out, &errs); code != exitOK {
			t.Fatalf("README.md: %s ended with %d:\n%s%s", line, code, out.String(), errs.String())
		}
		ran++
	}
	if ran < 15 {
		t.Fatalf("README.md has only %d commands; where are the others?", ran)
	}
}

// The picture of one plan in README.md is what the demo prints.
func TestReadmePictureIsCurrent(t *testing.T) {
	t.Chdir(t.TempDir())
	var out, errs bytes.Buffer
	if code := run([]string{"demo"}, strings.NewReader(""), &out, &errs); code != exitOK {
		t.Fatalf("the demo ended with %d: %s", code, errs.String())
	}
	picture := out.String()
	picture = picture[strings.Index(picture, "Plan of "):]
	if i := strings.Index(picture, "\nHeld as a whole"); i > 0 {
		picture = picture[:i]
	}
	text := readme(t)
	begin := strings.Index(text, "<!-- plan:")
	begin += strings.Index(text[begin:], "```text\n") + len("```text\n")
	end := begin + strings.Index(text[begin:], "```")
	if text[begin:end] == picture {
		return
	}
	if !*updateReadme {
		t.Fatalf("the plan in README.md is not what clarion demo prints; write it anew with: go test ./cmd/clarion -run Readme -update-readme\n%s", picture)
	}
	if err := os.WriteFile(readmePath, []byte(text[:begin]+picture+text[end:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

var readmePath = func() string {
	p, err := filepath.Abs(filepath.Join("..", "..", "README.md"))
	if err != nil {
		panic(err)
	}
	return p
}()

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(readmePath)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// console gives the lines that begin with $ in the blocks called console.
func console(text string) []string {
	var out []string
	in := false
	for _, line := range strings.Split(text, "\n") {
		switch {
		case strings.HasPrefix(line, "```"):
			in = line == "```console"
		case in && strings.HasPrefix(line, "$ "):
			out = append(out, strings.TrimPrefix(line, "$ "))
		}
	}
	return out
}

// words splits a command line as a shell would, with double quotation marks.
func words(line string) []string {
	var out []string
	var word strings.Builder
	quoted, begun := false, false
	for _, r := range line {
		switch {
		case r == '"':
			quoted, begun = !quoted, true
		case r == ' ' && !quoted:
			if begun {
				out = append(out, word.String())
				word.Reset()
				begun = false
			}
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		out = append(out, word.String())
	}
	return out
}
