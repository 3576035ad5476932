package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

// examples are what the help of every command ends with.
func examples(lines ...string) string {
	return "Examples:\n\n  " + strings.Join(lines, "\n  ")
}

// helpWithExamples prints kong's help, and a command's examples as written after
// it; what else there is to say stands before the flags.
func helpWithExamples(o kong.HelpOptions, ctx *kong.Context) error {
	node := ctx.Selected()
	detail := ""
	if node != nil {
		if at := strings.Index(node.Detail, "Examples:"); at >= 0 {
			node.Detail, detail = strings.TrimSpace(node.Detail[:at]), node.Detail[at:]
		}
	}
	if err := kong.DefaultHelpPrinter(o, ctx); err != nil {
		return err
	}
	if detail != "" {
		fmt.Fprintf(ctx.Stdout, "\n%s\n", detail)
	}
	return nil
}

type completeCmd struct {
	Shell string   `arg:"" optional:"" enum:"bash,zsh,fish,words" default:"bash" help:"bash, zsh or fish."`
	Words []string `arg:"" optional:"" hidden:"" passthrough:""`
}

func (*completeCmd) Help() string {
	return examples(`clarion complete bash >> ~/.bashrc`, `clarion complete zsh >> ~/.zshrc`, `clarion complete fish > ~/.config/fish/completions/clarion.fish`)
}

// Run prints a script that asks the program itself for the next word. It gives
// the word begun as an argument and the line in COMP_LINE, as bash does.
func (c *completeCmd) Run(s *session) error {
	switch c.Shell {
	case "bash":
		s.out.say(`complete -o default -C 'clarion complete words' clarion`)
	case "zsh":
		s.out.say("autoload -U +X bashcompinit && bashcompinit\ncomplete -o default -C 'clarion complete words' clarion")
	case "fish":
		s.out.say(`complete -c clarion -a '(env COMP_LINE=(commandline -cp) clarion complete words clarion (commandline -ct))'`)
	case "words":
		begun := ""
		if len(c.Words) > 1 {
			begun = c.Words[1]
		}
		for _, w := range s.complete(os.Getenv("COMP_LINE"), begun) {
			s.out.say("%s", w)
		}
	}
	return nil
}

// complete gives what may stand in the place of the word begun: commands, flags,
// the names of lists and of playbooks.
func (s *session) complete(line, begun string) []string {
	node := s.parser.Model.Node
	for _, w := range strings.Fields(strings.TrimSuffix(line, begun)) {
		for _, n := range node.Children {
			if n.Name == w {
				node = n
				break
			}
		}
	}
	var all []string
	for _, n := range node.Children {
		all = append(all, n.Name)
	}
	if strings.HasPrefix(begun, "-") {
		for _, group := range [][]*kong.Flag{node.Flags, s.parser.Model.Flags} {
			for _, f := range group {
				if !f.Hidden {
					all = append(all, "--"+f.Name)
				}
			}
		}
	}
	all = append(all, s.places(node)...)
	var out []string
	for _, w := range all {
		if strings.HasPrefix(w, begun) && !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out
}

// places are the words for a command's first place: of the lists, of the
// playbooks, or of a few fixed words.
func (s *session) places(node *kong.Node) []string {
	if len(node.Positional) == 0 {
		return nil
	}
	first := node.Positional[0]
	if first.Enum != "" {
		return strings.Split(strings.TrimSuffix(first.Enum, ",words"), ",")
	}
	s.settle()
	set, err := playbook.Load(playbooks.Library, os.DirFS(s.Folder))
	if err != nil {
		return nil
	}
	switch first.Name {
	case "dataset":
		return sortedKeys(set.Schemas)
	case "playbook", "what":
		var names []string
		for _, p := range set.Playbooks {
			names = append(names, p.Name)
		}
		if first.Name == "what" {
			names = append(names, "all")
		}
		return names
	}
	return nil
}
