package main

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// wrong says what is wrong with a command line, and where to look. The words of
// the library that reads it are for programmers; these are for people.
func (s *session) wrong(err error) {
	command, example := "clarion", ""
	var p *kong.ParseError
	if errors.As(err, &p) && p.Context != nil {
		if n := p.Context.Selected(); n != nil {
			command = "clarion " + n.Path()
			command = strings.TrimSuffix(command, " list")
			example = firstExample(n)
		} else if n := deepest(p.Context); n != "" {
			command += " " + n
		}
	}
	text := dataset.Plain(plainly(err.Error(), strings.TrimPrefix(command, "clarion ")))
	if !strings.HasSuffix(text, "?") {
		text += "."
	}
	fmt.Fprintln(s.err, "clarion: "+text)
	if example != "" {
		fmt.Fprintln(s.err, "For example: "+example)
	}
	fmt.Fprintln(s.err, "See "+command+" --help.")
}

// deepest is the part of a command that was understood.
func deepest(c *kong.Context) string {
	var out []string
	for _, p := range c.Path {
		if p.Command != nil {
			out = append(out, p.Command.Name)
		}
	}
	return strings.Join(out, " ")
}

func firstExample(n *kong.Node) string {
	for _, l := range strings.Split(n.Detail, "\n") {
		if l = strings.TrimSpace(l); strings.HasPrefix(l, "clarion ") {
			command, _, _ := strings.Cut(l, "  #")
			return strings.TrimSpace(command)
		}
	}
	return ""
}

// A wording is how the library words a fault of a command line. It is compiled
// when there is one, not whenever the program starts.
type wording string

func (w wording) in(text string) []string {
	return regexp.MustCompile(string(w)).FindStringSubmatch(text)
}

// The faults of a command line, as the library words them.
const (
	unknownWord  wording = `^unexpected argument (\S+?)(?:, did you mean (?:one of )?(.+)\?)?$`
	unknownFlag  wording = `^unknown flag (\S+?)(?:, did you mean (?:one of )?(.+)\?)?$`
	missingFlags wording = `^missing flags: (.+)$`
	missingWord  wording = `^(?:expected|missing positional arguments) ("?<.+)$`
	noCommand    wording = `^expected one of (.+)$`
	noNumber     wording = `^(?:--\S+|<(\S+)>(?: \.\.\.)?): expected a valid 64 bit int but got "(.*)"$`
	noFile       wording = `^<\S+>: stat (.+): no such file or directory$`
	oneOf        wording = `^(\S+) must be one of (.+) but got (".*")$`
)

func plainly(text, command string) string {
	mean := func(list string) string {
		if list == "" {
			return ""
		}
		list = strings.ReplaceAll(list, `"`, "")
		if i := strings.LastIndex(list, ", "); i > 0 {
			list = list[:i] + " or " + list[i+2:]
		}
		return "; did you mean " + list + "?"
	}
	if m := unknownWord.in(text); m != nil {
		what := "there is no command " + m[1]
		if command != "clarion" {
			what = command + " has no use for the word " + m[1]
		}
		return what + mean(m[2])
	}
	if m := unknownFlag.in(text); m != nil {
		return command + " has no flag " + m[1] + mean(m[2])
	}
	if m := missingFlags.in(text); m != nil {
		return command + " needs " + strings.ReplaceAll(m[1], "=", " ")
	}
	if m := missingWord.in(text); m != nil {
		return command + " needs " + strings.NewReplacer(`"`, "", "<", "", ">", "", " ...", "").Replace(strings.ToUpper(m[1]))
	}
	if m := noCommand.in(text); m != nil {
		return command + " needs a command: " + strings.ReplaceAll(m[1], `"`, "")
	}
	if m := noNumber.in(text); m != nil {
		return fmt.Sprintf("%q is not a number", m[2])
	}
	if m := noFile.in(text); m != nil {
		return "there is no file " + m[1]
	}
	if m := oneOf.in(text); m != nil {
		return strings.Trim(m[1], "<>") + " is one of " + strings.ReplaceAll(strings.ReplaceAll(m[2], `"`, ""), ",", ", ") + ", not " + m[3]
	}
	return strings.TrimSuffix(text, ".")
}
