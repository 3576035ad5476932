package engine

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A Seat is who uses the console: the roles that an officer holds at this
// moment. It is worked out anew for every page, so that it ends with the term.
//
// Two persons who share one address are told apart by nothing but their names:
// whoever reads it sits for the roles of that address, and for no others. A
// person who reads several addresses sits for the roles of all.
type Seat struct {
	Person      dataset.Ref // 0: whoever sits at the computer itself, let in by clarion console
	Name, Email string
	Roles       []string            // in the order of their table
	Branches    map[string][]string // of a role that is held per branch: of which
}

// AnyOfficer is the role in which somebody at the computer itself acts who names
// none.
const AnyOfficer = "officer"

// Holds reports whether the seat has a role.
func (s Seat) Holds(role string) bool { return slices.Contains(s.Roles, role) }

// Local reports that this is whoever sits at the computer itself.
func (s Seat) Local() bool { return s.Person == 0 }

// Sees reports whether what a playbook does may be shown to one of the roles.
func (s Seat) Sees(set *playbook.Set, name string) bool { return !plan.Hidden(set, name, s.Roles...) }

// SeesColumn reports whether one of the roles may be shown a column.
func (s Seat) SeesColumn(set *playbook.Set, g playbook.Guard) bool {
	if g.Class < dataset.Contact {
		return true
	}
	return slices.ContainsFunc(s.Roles, func(role string) bool { r := set.Roles[role]; return r != nil && r.Sees(g) })
}

// OfBranch reports whether a record of a branch may be shown: to a role of the
// whole constituency every one, to a branch's own those of its branch, and what
// is of no branch to the former alone.
func (s Seat) OfBranch(branch string) bool {
	for _, role := range s.Roles {
		of, bound := s.Branches[role]
		if !bound || branch != "" && slices.ContainsFunc(of, func(b string) bool { return strings.EqualFold(b, branch) }) {
			return true
		}
	}
	return false
}

// Bound reports that every role of the seat is a branch's.
func (s Seat) Bound() bool {
	return len(s.Roles) > 0 && !slices.ContainsFunc(s.Roles, func(role string) bool { _, bound := s.Branches[role]; return !bound })
}

// SeatOf gives the seat of a person who signed in. It has no roles where the
// person holds none today.
func SeatOf(in plan.Input, person dataset.Ref) Seat {
	sitting := plan.Sitting(in)
	mine := func(s plan.Sitter) bool { return s.Person == person }
	if i := slices.IndexFunc(sitting, func(s plan.Sitter) bool { return s.Row == person }); i >= 0 {
		mine = func(s plan.Sitter) bool { return sameAddress(s.Email, sitting[i].Email) }
	}
	if person <= 0 {
		return Seat{}
	}
	return seat(in.Set, person, sitting, mine)
}

// SeatAt gives the seat of whoever reads an address, if it is an officer's own
// today.
func SeatAt(in plan.Input, address string) (Seat, bool) {
	sitting := plan.Sitting(in)
	there := func(s plan.Sitter) bool { return sameAddress(s.Email, address) }
	i := slices.IndexFunc(sitting, there)
	if i < 0 || strings.TrimSpace(address) == "" {
		return Seat{}, false
	}
	one := sitting[i]
	if one.Person != 0 && !slices.ContainsFunc(sitting, func(s plan.Sitter) bool { return there(s) && s.Person != one.Person }) {
		return seat(in.Set, one.Person, sitting, func(s plan.Sitter) bool { return s.Person == one.Person }), true
	}
	return seat(in.Set, one.Row, sitting, there), true
}

// LocalSeat is the seat of whoever sits at the computer itself and acts in a
// role: nothing that is there is hidden from them, and a branch's role is that of
// every branch.
func LocalSeat(in plan.Input, role string) Seat {
	s := Seat{Roles: []string{role}, Branches: map[string][]string{}}
	if r := in.Set.Roles[role]; r != nil && r.Branch {
		s.Branches[role] = []string{}
		if t := in.Tables["branches"]; t != nil {
			for _, row := range t.Rows {
				s.Branches[role] = append(s.Branches[role], row.Key)
			}
		}
	}
	return s
}

func sameAddress(a, b string) bool {
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// seat gathers the roles of some of those who sit.
func seat(set *playbook.Set, person dataset.Ref, sitting []plan.Sitter, mine func(plan.Sitter) bool) Seat {
	s := Seat{Person: person, Branches: map[string][]string{}}
	for _, x := range sitting {
		if !mine(x) {
			continue
		}
		if s.Email == "" {
			s.Name, s.Email = x.Name, x.Email
		}
		if !s.Holds(x.Role) {
			s.Roles = append(s.Roles, x.Role)
		}
		if x.Branch != "" && !slices.Contains(s.Branches[x.Role], x.Branch) {
			s.Branches[x.Role] = append(s.Branches[x.Role], x.Branch)
		}
	}
	order := set.RoleOrder()
	slices.SortStableFunc(s.Roles, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	return s
}
