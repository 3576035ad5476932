package plan

import (
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A letter to all members needs the yes of two persons of different roles. The
// first is whoever decides about the playbook's letters, the second one of those
// who answer for the whole: the Secretary, the Chair, and where neither is
// another person, the Treasurer. No trust stands in for either.

// needTwo finds the playbooks whose letters of this plan go to all members, or to
// most: then each needs two. Those that have left today, wait for a yes, or are
// put off are counted, so that no batch slips through in portions; those that a
// brake holds are not proposed yet. Where two were asked for, two stay asked for,
// until the letter has gone or fallen away.
func (p *planner) needTwo(all []*made, held map[string]string) {
	p.toAll = map[string]bool{}
	n := map[string]int{}
	for _, y := range all {
		if y.member() && (held[y.pb.Name] == "" || p.underWay(y.messages[0]) != 0) {
			n[y.pb.Name]++
		}
	}
	for _, name := range sorted(n) {
		pb := p.set.Playbook(name)
		if b := p.set.Constituency.Brakes; n[name] > b.Floor || pb.Cap < 0 {
			p.toAll[name] = p.mostOf(pb, n[name]+p.leftToday(name))
		}
	}
	for _, y := range all {
		if !y.member() {
			continue
		}
		for _, m := range y.messages {
			old, known := p.in.Book.MessageAt(m.Key)
			if m.Two = p.toAll[y.pb.Name] || known && old.Two && waiting(old.State); m.Two {
				m.Release = false
			}
		}
	}
}

// mostOf reports whether so many letters of a playbook are letters to all
// members: more than half of the members who can be written to or, of one that is
// meant for everybody, more than the brakes let go at once of any other.
func (p *planner) mostOf(pb *playbook.Playbook, n int) bool {
	b := p.set.Constituency.Brakes
	if n <= b.Floor {
		return false
	}
	return pb.Cap < 0 && b.MostAtOnce > 0 && n > b.MostAtOnce || n > p.mailable()/2
}

// leftToday counts a playbook's letters to members that have left today, or may
// have.
func (p *planner) leftToday(name string) int {
	n := 0
	for _, d := range p.in.Book.Departures(p.clock.On(p.today, 0)) {
		if d.Playbook == name && d.State != ledger.Failed {
			n++
		}
	}
	return n
}

// mailable counts the members who can be written to by mail.
func (p *planner) mailable() int {
	t := p.in.Tables["members"]
	if t == nil {
		return 0
	}
	n := 0
	for _, r := range t.Rows {
		switch status, _ := r.Get(t.Schema, "status"); status.S {
		case "lapsed", "resigned", "transferred_out", "absent": // they are members no longer
			continue
		}
		if h := p.person(t.Schema, r); h.email != "" && p.barred(addressee{row: r, schema: t.Schema}, h, playbook.Service) == "" && p.unreachable(h, false) == "" {
			n++
		}
	}
	return n
}

// sayYes says in a letter's line what a yes to it needs, or until when the one it
// has can be taken back.
func (p *planner) sayYes(l *Line, m *Message) {
	old, known := p.in.Book.MessageAt(m.Key)
	if known = known && old.Digest == m.Digest && waiting(old.State) && !p.untrusted(old); known && old.Until.After(p.now) {
		p.wake(old.Until)
		l.When = later(l.When, old.Until)
		l.Why += "; leaves from " + p.hourOf(old.Until) + " on, unless it is stopped"
	}
	switch {
	case !m.Two || known && old.State != ledger.Proposed:
	case known && old.First != (ledger.Yes{}) && !p.staleFirst(old):
		l.Why += "; the " + p.roleTitle(old.First.By) + " has said yes, and a second person must"
	default:
		l.Why += "; two persons must say yes"
	}
}

// hourOf says a moment by the clock, with its day if that is not today.
func (p *planner) hourOf(t time.Time) string {
	if p.clock.Day(t) != p.today {
		return p.clock.Words(t)
	}
	return t.In(p.clock.Zone).Format("15:04")
}

// expirePlans notes the saved plans that may be approved no longer, and of which
// something still waits.
func (p *planner) expirePlans() []ledger.Change {
	var out []ledger.Change
	for _, s := range p.in.Book.OpenPlans() {
		if p.now.Before(s.Expires) {
			p.wake(s.Expires)
			continue
		}
		out = append(out, ledger.PlanExpired{Plan: s.Number})
	}
	return out
}

// Seconders gives the roles that may say the second yes, after a first: those
// that are another role, and held by another person than the one who said it.
func Seconders(in Input, first ledger.Yes) []string {
	p := newPlanner(in)
	var out []string
	for _, office := range []string{"secretary", "chair", "treasurer"} {
		if office == "treasurer" && len(out) > 0 {
			break
		}
		for _, role := range Deciders(in, office) {
			if role != first.By && !slices.Contains(out, role) && p.twoPeople(first.By, first.Person, role, 0) {
				out = append(out, role)
			}
		}
	}
	return out
}

// secondersOf is Seconders, asked once for all letters that one person said the
// first yes to.
func (p *planner) secondersOf(first ledger.Yes) []string {
	said := ledger.Yes{By: first.By, Person: first.Person}
	if roles, known := p.seconders[said]; known {
		return roles
	}
	if p.seconders == nil {
		p.seconders = map[ledger.Yes][]string{}
	}
	p.seconders[said] = Seconders(p.in, said)
	return p.seconders[said]
}

// TwoPeople reports whether a yes in one role and a yes in another come, or can
// come, from two people. Where nobody knows who acted in a role (0), it may be
// anyone who holds it.
func TwoPeople(in Input, one, other ledger.Yes) bool {
	return newPlanner(in).twoPeople(one.By, one.Person, other.By, other.Person)
}

func (p *planner) twoPeople(role string, person dataset.Ref, otherRole string, other dataset.Ref) bool {
	others := p.actors(otherRole, other)
	return slices.ContainsFunc(p.actors(role, person), func(a actor) bool {
		return slices.ContainsFunc(others, func(b actor) bool { return !p.oneHuman(a, b) })
	})
}

// An actor is somebody who may have acted in a role: a row of the officers list.
type actor struct {
	row, member dataset.Ref
	name, email string
}

// actors gives who may have acted in a role today: the person who is known to
// have, or all who hold it. One who holds it no longer is nobody: a row of the
// officers list that changed would make two people of one.
func (p *planner) actors(role string, person dataset.Ref) []actor {
	t := p.in.Tables["officers"]
	if t == nil {
		return nil
	}
	is := func(a actor) bool {
		return person == 0 || a.row == person || a.member != 0 && p.in.Book.Same(a.member, person)
	}
	var out []actor
	for _, r := range t.Rows {
		branch, _ := r.Get(t.Schema, "branch")
		h, _, ok := p.officer(t.Schema, r, role, branch.S)
		if !ok || h.name+h.email == "" {
			continue
		}
		a := actor{row: r.Ref, name: strings.ToLower(strings.Join(strings.Fields(h.name), " ")), email: h.key()}
		if v, _ := r.Get(t.Schema, "person"); v.Kind == dataset.Person && v.N > 0 {
			a.member = dataset.Ref(v.N)
		}
		if is(a) {
			out = append(out, a)
		}
	}
	return out
}

// staleFirst reports whether the first yes of two holds no longer: it is as old as
// a saved plan may become, or whoever said it holds the role no more, so that
// nobody can tell whether a second is another person's.
func (p *planner) staleFirst(old ledger.Message) bool {
	if p.steady || old.State != ledger.Proposed || old.First == (ledger.Yes{}) {
		return false
	}
	return !p.now.Before(p.firstEnds(old)) || len(p.actors(old.First.By, old.First.Person)) == 0
}

// firstEnds is when the first yes of two ends by itself.
func (p *planner) firstEnds(old ledger.Message) time.Time {
	return old.First.At.Add(p.set.Constituency.Review.Expires)
}

// oneHuman reports whether two rows of the officers list may be one person: in
// doubt they are.
func (p *planner) oneHuman(a, b actor) bool {
	return a.row == b.row || a.member != 0 && b.member != 0 && p.in.Book.Same(a.member, b.member) ||
		a.name != "" && a.name == b.name || a.email != "" && a.email == b.email
}
