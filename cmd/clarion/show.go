package main

import (
	"fmt"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/playbook"
)

type showCmd struct {
	Name  string `arg:"" help:"Which playbook."`
	Words bool   `help:"Say it on one page of plain English, for the committee that adopts it."`
}

func (*showCmd) Help() string {
	return examples(`clarion show new-member-welcome`, `clarion show donation-permissibility --words`, `clarion show arrears-chase --json`)
}

// Run prints a playbook as it holds here, and where every value comes from.
func (c *showCmd) Run(s *session) error {
	set, standings, err := s.standings()
	if err != nil {
		return err
	}
	pb := set.Playbook(c.Name)
	if pb == nil {
		return noSuchPlaybook(set, c.Name)
	}
	if s.JSON {
		o := object{"name": pb.Name, "title": pb.Title, "digest": pb.Digest, "locked": pb.Locked, "private": pb.Private, "data": pb.Data(),
			"values": each(pb.Origins(), func(v playbook.Origin) object {
				return object{"path": v.Path, "value": v.Value, "from": v.From}.text("library", v.Library)
			})}
		if c.Words {
			o["words"] = set.Words(pb)
		}
		return s.out.json(o)
	}
	for i := range standings {
		if standings[i].Playbook == pb && !standings[i].Adopted.IsZero() {
			s.out.note("", "%s", adoptedWords(set, standings[i]))
			s.out.say("")
		}
	}
	if c.Words {
		fmt.Fprint(s.out, set.Words(pb))
		return nil
	}
	for _, v := range pb.Origins() {
		s.origin(v)
	}
	return nil
}

// origin prints one value with where it comes from, if that is not the library.
func (s *session) origin(v playbook.Origin) {
	note := ""
	switch {
	case v.From != "library" && v.Library != "" && v.Ours() && !strings.Contains(v.Library, "\n"):
		note = fmt.Sprintf("   # %s; the library says %s", v.From, v.Library)
	case v.From != "library":
		note = "   # " + v.From
	}
	note = s.out.paint("36", dataset.Plain(note))
	if !strings.Contains(v.Value, "\n") {
		s.out.say("%s: %s%s", s.out.paint("1", v.Path), dataset.Plain(v.Value), note)
		return
	}
	s.out.say("%s:%s", s.out.paint("1", v.Path), note)
	for _, line := range strings.Split(v.Value, "\n") {
		s.out.say("%s", strings.TrimRight("    "+dataset.Plain(line), " "))
	}
}

// noSuchPlaybook says that none of that name runs, and what to do.
func noSuchPlaybook(set *playbook.Set, name string) error {
	if len(set.Disabled[name]) > 0 {
		return fmt.Errorf("the playbook %s has faults and does not run: clarion check says which", dataset.Plain(name))
	}
	for _, off := range set.Off {
		if off == name {
			return fmt.Errorf("the playbook %s is switched off in playbooks.yaml", dataset.Plain(name))
		}
	}
	return fmt.Errorf("there is no playbook %s: clarion playbooks lists them", dataset.Plain(name))
}
