package main

import (
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// Every command has a sentence and examples, and every example is a command
// line that the program understands.
func TestEveryCommandHasExamples(t *testing.T) {
	alone(t)
	if err := os.WriteFile("a-backup", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var c cli
	parser, err := kong.New(&c)
	if err != nil {
		t.Fatal(err)
	}
	comment, redirect := regexp.MustCompile(` +#.*$`), regexp.MustCompile(` +>.*$`)
	seen := 0
	for _, leaf := range parser.Model.Leaves(false) {
		path := strings.Fields(strings.Split(leaf.Path(), " <")[0])
		args := append(path, "--help")
		out, _ := clarion(t, exitOK, args...)
		_, list, ok := strings.Cut(out, "Examples:\n\n")
		if !ok {
			t.Errorf("clarion %s has no examples", strings.Join(args, " "))
			continue
		}
		for _, line := range strings.Split(strings.TrimSpace(list), "\n") {
			line = redirect.ReplaceAllString(comment.ReplaceAllString(strings.TrimSpace(line), ""), "")
			words := typed(line)
			for i, w := range words { // a backup must be there to be named
				if strings.HasSuffix(w, ".db") {
					words[i] = "a-backup"
				}
			}
			if words[0] != "clarion" {
				t.Errorf("%q is not a command of clarion", line)
				continue
			}
			var fresh cli
			p, err := kong.New(&fresh)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := p.Parse(words[1:]); err != nil {
				t.Errorf("%s: %v", line, err)
			}
			seen++
		}
	}
	if seen < 40 {
		t.Errorf("only %d examples; where are the others?", seen)
	}
}

// typed splits a command line as a shell would, with quotation marks of both
// kinds.
func typed(line string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`'([^']*)'|"([^"]*)"|(\S+)`).FindAllStringSubmatch(line, -1) {
		out = append(out, m[1]+m[2]+m[3])
	}
	return out
}

// bash completes commands, commands of commands, flags, and the names of
// playbooks and lists.
func TestCompletionInBash(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Logf("there is no bash here; asking the program itself")
	}
	alone(t)
	clarion(t, exitOK, "init", ".", "--name", "Anytown CLP", "--yes")
	for line, want := range map[string]string{
		"clarion rev":                              "review",
		"clarion review appr":                      "approve",
		"clarion review approve":                   "approve",
		"clarion import memb":                      "members",
		"clarion plan --al":                        "--all",
		"clarion review approve arrears":           "arrears-chase",
		"clarion record suppress A1 mark":          "",
		"clarion -C . expl":                        "explain",
		"clarion review backlog minutes-circulate": "minutes-circulate",
	} {
		begun := line[strings.LastIndex(line, " ")+1:]
		var out []byte
		if bash == "" {
			cmd := exec.Command("clarion", "complete", "words", "clarion", begun)
			cmd.Env = append(os.Environ(), "COMP_LINE="+line)
			out, err = cmd.Output()
		} else {
			// What readline does at a tab, done by hand: the script of
			// clarion complete says which program to ask, and how.
			out, err = exec.Command(bash, "-c", `eval "$(clarion complete bash)"
				ask=$(complete -p clarion | sed "s/.*-C '\(.*\)' clarion/\1/")
				COMP_LINE="$1" $ask clarion "$2" before`, "bash", line, begun).Output()
		}
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if got := strings.TrimSpace(string(out)); got != want {
			t.Errorf("%s<tab> gives %q, not %q", line, got, want)
		}
	}
}
