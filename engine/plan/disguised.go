package plan

import (
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/letter"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// Masked is a line of the plan as it may travel: people by their initials, and
// nothing of their records in the reason.
func (l Line) Masked(in Input) Line {
	d := disguise{}
	office := isOffice(in.Set, l.To)
	if !office {
		d.person(l.To)
	}
	d.about(in, l.Dataset, l.Ref)
	if l.About == l.To && !office {
		l.About = Initials(l.About)
	} else {
		l.About = d.text(l.About)
	}
	if !office {
		l.To = Initials(l.To)
	}
	l.Why = d.text(l.Why)
	return l
}

// Unnamed is a message as it may lie in a file that names nobody: masked, and
// without who signs it.
func (m Message) Unnamed(in Input) letter.Content {
	d := newPlanner(in).disguiseOf(&m.Message, m.Content, m.about...)
	signed, office, _ := strings.Cut(m.Content.FromName, ", ")
	d.person(signed)
	c := d.content(m.Content)
	c.From, c.ReplyTo, c.FromName = "", "", Initials(signed)
	if isOffice(in.Set, office) {
		c.FromName += ", " + office
	}
	return c
}

// Masked is a doubt as it may travel.
func (c CannotTell) Masked(in Input) CannotTell {
	d := disguise{}
	if pb := in.Set.Playbook(c.Playbook); pb != nil && pb.For != nil {
		d.about(in, pb.For.Dataset, c.ref)
	}
	for _, x := range c.Cells {
		d.about(in, x.Dataset, x.Ref)
	}
	c.About, c.Why = d.text(c.About), d.text(c.Why)
	return c
}

// about masks the people of a record.
func (d disguise) about(in Input, name string, ref dataset.Ref) {
	if t := in.Tables[name]; t != nil {
		d.row(in.Tables, t.Schema, t.ByRef(ref), true)
	}
}

// isOffice tells the title of a role, of a branch's too, from the name of a
// person.
func isOffice(set *playbook.Set, to string) bool {
	for _, r := range set.Roles {
		if to == r.Title || strings.HasPrefix(to, r.Title+", ") {
			return true
		}
	}
	return false
}
