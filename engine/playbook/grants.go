package playbook

import (
	"fmt"
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
)

// everyone is the entry of the table of roles that holds for all of them, and
// allLists the name under sees that stands for every dataset.
const (
	everyone = "everyone"
	allLists = "all"
)

// guarded are the classes that have to be granted.
var guarded = []string{"contact", "money", "special"}

// grants say, by dataset, which classes a role sees.
type grants map[string][]dataset.Class

// derivedFrom says whose columns a derived dataset shows.
var derivedFrom = map[string]string{"people": "members", "changes": "members", "gift_groups": "donations"}

// Sees reports whether a role may be shown a column. What a constituency says of
// a role and a dataset holds in the place of what ships.
func (r *Role) Sees(g Guard) bool {
	if g.Class < dataset.Contact {
		return true
	}
	list := g.Dataset
	if of := derivedFrom[list]; of != "" {
		list = of
	}
	if own, said := r.own[list]; said {
		return slices.Contains(own, g.Class)
	}
	wide := r.sees[allLists]
	if own, said := r.own[allLists]; said {
		wide = own
	}
	return slices.Contains(wide, g.Class) || slices.Contains(r.sees[list], g.Class)
}

// grant reads what each role sees, from the table of roles.
func (ld *loader) grant(table value) {
	if !table.there() || !table.isMapping() {
		return
	}
	read := map[string]grants{}
	for i := 0; i+1 < len(table.n.Content); i += 2 {
		entry := value{table.n.Content[i+1], table.d}
		if entry.isMapping() {
			for j := 0; j+1 < len(entry.n.Content); j += 2 {
				if entry.n.Content[j].Value == "sees" {
					read[table.n.Content[i].Value] = ld.readGrants(value{entry.n.Content[j+1], table.d})
				}
			}
		}
	}
	for name, r := range ld.set.Roles {
		r.sees = grants{}
		for _, g := range []grants{read[everyone], read[name]} {
			for list, classes := range g {
				r.sees[list] = append(slices.Clone(r.sees[list]), classes...)
			}
		}
	}
}

// readGrants reads {members: [contact, money]}.
func (ld *loader) readGrants(v value) grants {
	out := grants{}
	m, _ := v.mapping("sees")
	for _, e := range m.entries {
		if e.name != allLists && ld.set.Schemas[e.name] == nil {
			hint := didYouMean(e.name, append(sortedNames(ld.set.Schemas), allLists))
			if of := derivedFrom[e.name]; of != "" {
				hint = "it is seen by whoever sees " + of
			}
			e.key.fault(hint, "There is no dataset %q.", plain(e.name))
			continue
		}
		list, _ := e.val.items("sees")
		out[e.name] = []dataset.Class{}
		for _, item := range list {
			if word, ok := item.choice("a class", guarded...); ok {
				out[e.name] = append(out[e.name], classNames[word])
			}
		}
	}
	return out
}

// ownGrants reads what a constituency says its roles see.
func (ld *loader) ownGrants(v value) {
	m, _ := v.mapping("roles")
	for _, e := range m.entries {
		r := ld.set.Roles[e.name]
		if r == nil {
			e.key.fault(didYouMean(e.name, sortedNames(ld.set.Roles)), "There is no role %q.", plain(e.name))
			continue
		}
		if rm, ok := e.val.form(ownRoleForm); ok && rm.get("sees").there() {
			r.own = ld.readGrants(rm.get("sees"))
		}
	}
}

// grantsText writes what all roles see, so that equal tables are equal texts.
func (s *Set) grantsText() string {
	var b strings.Builder
	for _, name := range sortedNames(s.Roles) {
		r := s.Roles[name]
		for i, g := range []grants{r.sees, r.own} {
			for _, list := range sortedNames(g) {
				fmt.Fprintf(&b, "%s %d %s %v\n", name, i, list, g[list])
			}
		}
	}
	return b.String()
}
