package console

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/calendar"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// endsSoon is how many days before its end a term is told of.
const endsSoon = 60

// leadingRoles may change who sits where.
var leadingRoles = []string{"secretary", "chair"}

// leading are those of the leading roles that nobody holds who can be written to.
func leading(in plan.Input) []string {
	sitting := plan.Sitting(in)
	return slices.DeleteFunc(slices.Clone(leadingRoles), func(role string) bool {
		return slices.ContainsFunc(sitting, func(s plan.Sitter) bool { return s.Role == role && strings.TrimSpace(s.Email) != "" })
	})
}

// An officePage is what the page of officers shows.
type officePage struct {
	Held      []seatLine
	Ends      []seatLine // their terms end soon
	Vacant    []vacancy  // of roles that a playbook here is for
	Others    []string   // roles that nobody holds and no playbook asks for
	Past      int
	MayChange bool
	None      bool // there is no list yet
}

// A seatLine is one row of the list of officers.
type seatLine struct {
	Role, Branch, Name, Email string
	From, Until               string
	State                     string
	Deputy                    bool
	order                     int
	until                     calendar.Date
}

// A vacancy is a role that nobody holds, and to whom it falls.
type vacancy struct{ Role, Branch, To string }

// officers shows who holds which role, which nobody holds, and whose term ends.
func (v *visit) officers() {
	t := v.seen.In.Tables["officers"]
	p := officePage{None: t == nil || len(t.Rows) == 0, MayChange: v.may(mayOfficers)}
	if t != nil {
		for _, r := range t.Rows {
			line, past := v.seatLine(t.Schema, r)
			if past {
				p.Past++
				continue
			}
			p.Held = append(p.Held, line)
			if line.until != 0 && line.until <= v.clock().Day(v.now()).AddDays(endsSoon) {
				p.Ends = append(p.Ends, line)
			}
		}
	}
	slices.SortStableFunc(p.Held, func(a, b seatLine) int { return a.order - b.order })
	slices.SortStableFunc(p.Ends, func(a, b seatLine) int { return int(a.until - b.until) })
	p.Vacant, p.Others = v.vacancies()
	v.page("officers", "Officers", p)
}

// seatLine is a row of the list for people; past: it is over.
func (v *visit) seatLine(s *dataset.Schema, r *dataset.Row) (line seatLine, past bool) {
	get := func(column string) dataset.Value { c, _ := r.Get(s, column); return c }
	set, today := v.e.Set(), v.clock().Day(v.now())
	line = seatLine{Role: dataset.Plain(get("role").S), Branch: dataset.Plain(get("branch").S), Name: dataset.Plain(get("person").S), State: "in office", order: len(set.Roles)}
	if role, _ := set.RoleMeant(get("role").S); role != nil {
		line.Role, line.order = role.Title, slices.Index(set.RoleOrder(), role.Name)
	}
	if m := v.seen.In.Tables["members"]; m != nil && get("person").N != 0 {
		if of := m.ByRef(dataset.Ref(get("person").N)); of != nil {
			if name, _ := of.Get(m.Schema, "name"); !name.IsBlank() {
				line.Name = dataset.Plain(name.S)
			}
		}
	}
	email := get("email").S
	if line.Email = dataset.Plain(email); !v.seesText(s, "email") {
		line.Email = ""
	}
	line.Deputy = get("deputy").N == 1
	if strings.TrimSpace(email) == "" {
		line.State = "no address: nothing can be sent"
	}
	if line.Name == "" {
		line.State = "nobody is named"
	}
	if f := get("from"); f.Kind == dataset.Date {
		line.From = f.AsDate().Words()
		if f.AsDate() > today {
			line.State = "begins on " + line.From
		}
	}
	if u := get("until"); u.Kind == dataset.Date {
		line.Until, line.until = u.AsDate().Words(), u.AsDate()
		past = u.AsDate() < today
	}
	return line, past
}

// vacancies lists the roles that nobody holds who can be written to: those for
// which there is something to do here, with to whom they fall, and the others.
func (v *visit) vacancies() (vacant []vacancy, others []string) {
	set := v.e.Set()
	held := map[string]bool{}
	for _, s := range plan.Sitting(v.seen.In) {
		held[s.Role+"/"+strings.ToLower(s.Branch)] = true
	}
	asked := map[string]bool{}
	for _, pb := range set.Playbooks {
		asked[pb.Role] = true
	}
	for _, name := range set.RoleOrder() {
		role := set.Roles[name]
		if role == nil {
			continue
		}
		branches := []string{""}
		if role.Branch {
			branches = v.branches()
		}
		var empty []string
		for _, b := range branches {
			switch {
			case held[name+"/"+strings.ToLower(b)]:
			case asked[name]:
				vacant = append(vacant, vacancy{role.Title, dataset.Plain(b), fallsTo(set, role, b, held)})
			default:
				empty = append(empty, dataset.Plain(b))
			}
		}
		switch {
		case len(empty) == 0:
		case len(empty) == len(branches):
			others = append(others, role.Title)
		default:
			others = append(others, role.Title+" of "+strings.Join(empty, " and "))
		}
	}
	return vacant, others
}

// branches are the keys of the branches.
func (v *visit) branches() (keys []string) {
	if t := v.seen.In.Tables["branches"]; t != nil {
		for _, r := range t.Rows {
			keys = append(keys, r.Key)
		}
	}
	return keys
}

// fallsTo is the role that does what nobody holds a role for.
func fallsTo(set *playbook.Set, role *playbook.Role, branch string, held map[string]bool) string {
	for n := 0; role.FallsTo != "" && n < len(set.Roles); n++ {
		if role = set.Roles[role.FallsTo]; role == nil {
			break
		}
		of := ""
		if role.Branch {
			of = branch
		}
		if held[role.Name+"/"+strings.ToLower(of)] {
			return role.Title
		}
	}
	return ""
}
