package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sort"

	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/playbooks"
)

type checkCmd struct {
	Tests bool `help:"Run the playbooks' own tests too." default:"true" negatable:""`
	Data  bool `help:"Look at the records too, and warn of what is seldom meant."`
}

func (*checkCmd) Help() string {
	return examples(`clarion check`, `clarion check --json`, `clarion check --no-tests`, `clarion check --data`)
}

// Run checks without a database: the files of the folder, or the library alone
// where there is no constituency.
func (c *checkCmd) Run(s *session) error {
	folder, err := filepath.Abs(s.Folder)
	if err != nil {
		return fmt.Errorf("finding the folder: %w", err)
	}
	own := os.DirFS(folder)
	if _, err := os.Stat(filepath.Join(folder, "constituency.yaml")); err != nil {
		own = nil
	}
	set, err := playbook.Load(playbooks.Library, own)
	if err != nil {
		return err
	}
	faults := append([]playbook.Fault(nil), set.Faults...)
	for _, n := range sortedKeys(set.Disabled) {
		for _, f := range set.Disabled[n] {
			if !known(faults, f) {
				faults = append(faults, f)
			}
		}
	}
	passed := 0
	if c.Tests && len(faults) == 0 {
		var on []string // the others' tests are not this constituency's business
		for _, pb := range set.Playbooks {
			on = append(on, pb.Name)
		}
		tests, more, err := playbook.LoadTests(playbooks.Library, own, on...)
		if err != nil {
			return err
		}
		faults = append(faults, more...)
		for _, t := range tests {
			failures := plan.Try(t)
			for _, f := range failures {
				faults = append(faults, playbook.Fault{File: f.File, Line: f.Line, Text: f.Test + ": " + f.Text})
			}
			if len(failures) == 0 {
				passed++
			}
		}
	}
	var warnings []playbook.Fault
	if c.Data {
		if warnings, err = s.lint(set); err != nil {
			return err
		}
	}
	return s.checked(set, faults, append(append(warnings, noPassword(folder, set)...), noKey(folder, set)...), passed)
}

func (s *session) checked(set *playbook.Set, faults, warnings []playbook.Fault, passed int) error {
	if s.JSON {
		if err := s.out.json(object{"playbooks": len(set.Playbooks), "tests_passed": passed, "faults": each(faults, faultView), "warnings": each(warnings, faultView)}); err != nil {
			return err
		}
	} else {
		for _, f := range faults {
			s.out.say("%s", f.Error())
			if c := f.Caret(); c != "" {
				s.out.say("%s", c)
			}
		}
		for _, w := range warnings {
			s.out.note("", "%s %s", s.out.paint("33", "Warning:"), w.Error())
		}
		if len(faults) == 0 {
			s.out.say("All is well: %s, %s passed.", plural(len(set.Playbooks), "playbook", "playbooks"), plural(passed, "test", "tests"))
		} else {
			s.out.say("\n%s.", plural(len(faults), "fault", "faults"))
		}
	}
	if len(faults) > 0 {
		return errFaults
	}
	return nil
}

// noPassword warns of a mail password that is not where the settings say, or
// that others can read.
func noPassword(folder string, set *playbook.Set) []playbook.Fault {
	if set.Constituency == nil || set.Constituency.Mail.PasswordFile == "" {
		return nil
	}
	name := set.Constituency.Mail.PasswordFile
	warn := func(text string) []playbook.Fault {
		return []playbook.Fault{{File: "constituency.yaml", Text: "the file of the mail password, " + name + ", " + text}}
	}
	switch info, err := os.Stat(within(folder, name)); {
	case err != nil:
		return warn("is not there, and no mail can be sent before it is")
	case info.Mode().Perm()&0o077 != 0 && runtime.GOOS != "windows":
		return warn("can be read by others on this computer: give it the mode 0600")
	}
	return nil
}

// lint warns of what the files allow and seldom mean, on the records there are.
func (s *session) lint(set *playbook.Set) ([]playbook.Fault, error) {
	if set.Fatal() {
		return nil, nil // the faults say why there is nothing to look at
	}
	o, err := s.open(false)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	return o.Lint(s.ctx)
}

func known(list []playbook.Fault, f playbook.Fault) bool {
	for _, x := range list {
		if x == f {
			return true
		}
	}
	return false
}

func sortedKeys[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
