package main

import (
	"fmt"
	"slices"
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
	l, err := s.listing()
	if err != nil {
		return err
	}
	i := slices.IndexFunc(l.rows, func(r listed) bool { return r.name == c.Name && r.pb != nil })
	if i < 0 {
		return noSuchPlaybook(l, c.Name)
	}
	r := l.rows[i]
	pb, set := r.pb, l.all
	if s.JSON {
		o := object{"name": pb.Name, "title": pb.Title, "digest": pb.Digest, "off": r.off, "locked": pb.Locked, "private": pb.Private, "data": pb.Data(),
			"values": each(pb.Origins(), func(v playbook.Origin) object {
				return object{"path": v.Path, "value": v.Value, "from": v.From}.text("library", v.Library)
			})}
		if c.Words {
			o["words"] = set.Words(pb)
		}
		return s.out.json(o)
	}
	switch {
	case r.off:
		s.out.note("", "Not switched on here: it does nothing until playbooks.yaml names it.")
		s.out.say("")
	case r.standing != nil && !r.standing.Adopted.IsZero():
		s.out.note("", "%s", adoptedWords(set, *r.standing))
		s.out.say("")
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

// noSuchPlaybook says that there is none of that name to show, and what to do.
func noSuchPlaybook(l *listing, name string) error {
	if slices.ContainsFunc(l.rows, func(r listed) bool { return r.name == name }) {
		return fmt.Errorf("the playbook %s has faults: clarion check says which", dataset.Plain(name))
	}
	return fmt.Errorf("there is no playbook %s: clarion playbooks lists them", dataset.Plain(name))
}
