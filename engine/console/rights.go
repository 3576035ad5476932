package console

import (
	"slices"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/plan"
)

// A right is something that not every page lets everybody do. What a page shows
// is not a right: that is decided by the roles' grants and by the playbooks that
// are private (engine.Seat).
type right string

// The rights.
const (
	mayLook     right = "look"            // every page that has no right of its own
	mayApprove  right = "approve"         // say yes or no; for which letters, the engine decides
	mayAnswer   right = "answer"          // answer a task; which, its role decides
	mayRecord   right = "record"          // write down a fact, a talk, a reply, a wish
	mayUpload   right = "upload lists"    // take a list, and take it back
	maySettings right = "change settings" // settings of playbooks, and letters' words
	mayWrite    right = "write"           // a one-off letter
	mayTrust    right = "change trust"    // what a playbook may do by itself
	mayForget   right = "forget"          // erase a person
	mayOfficers right = "change officers" // who holds which role
	mayExport   right = "export"          // names out of the program: files, prints
	mayPost     right = "see to the mail" // what came back and waits for a person
	mayLog      right = "see the log"
	mayStop     right = "stop"
	mayResume   right = "resume"
)

// A grant says who has a right.
type grant struct {
	all   bool     // everybody who is signed in
	roles []string // who holds one of these, or what falls to them where nobody does
	own   bool     // and the role that a playbook names as its own, where it is no branch's
}

// rights is the table of who may do what. Whoever sits at the computer itself
// may do everything, for the command line and the files are at hand there; but
// says yes to letters, and answers tasks, in the role for which it was let in.
var rights = map[right]grant{
	mayLook:     {all: true},
	mayApprove:  {all: true},
	mayAnswer:   {all: true},
	mayRecord:   {all: true},
	mayLog:      {all: true},
	mayStop:     {all: true},
	mayUpload:   {roles: []string{"secretary", "assistant_secretary", "chair", "membership_officer", "treasurer", "it_coordinator"}},
	maySettings: {roles: []string{"secretary", "chair", "it_coordinator"}, own: true},
	mayWrite:    {roles: []string{"secretary", "chair", "membership_officer", "campaign_coordinator"}},
	mayTrust:    {roles: []string{"secretary", "chair"}, own: true},
	mayForget:   {roles: []string{"secretary", "chair", "membership_officer"}},
	mayOfficers: {roles: []string{"secretary", "chair"}},
	mayExport:   {roles: []string{"secretary", "chair", "membership_officer"}},
	mayPost:     {roles: []string{"secretary", "assistant_secretary", "membership_officer", "it_coordinator"}},
	mayResume:   {roles: []string{"secretary", "chair"}},
}

// may reports whether the seat has a right.
func (v *visit) may(r right) bool { return v.mayFor(r, "") }

// mayFor is may for something of a playbook whose own role is given.
func (v *visit) mayFor(r right, role string) bool {
	g, known := rights[r]
	switch {
	case !known:
		return false
	case v.Seat.Local(), g.all, g.own && v.holdsWhole(role):
		return true
	}
	l, err := v.look()
	return err == nil && entitled(l, v.Seat, g.roles)
}

// holdsWhole reports whether the seat has a role for the whole constituency: what
// a playbook does holds for all branches, and so is not for an officer of one.
func (v *visit) holdsWhole(role string) bool {
	_, bound := v.Seat.Branches[role]
	return role != "" && !bound && v.Seat.Holds(role)
}

// mayAny is mayFor where it is not known yet of which playbook: somebody who has
// no right to all may have it for one.
func (v *visit) mayAny(r right) bool { return v.may(r) || rights[r].own }

// entitled reports whether a seat holds one of some roles, or one to which such
// a role falls while nobody holds it.
func entitled(l *engine.Look, s engine.Seat, roles []string) bool {
	return slices.ContainsFunc(roles, func(role string) bool {
		return s.Holds(role) || slices.ContainsFunc(plan.Deciders(l.In, role), s.Holds)
	})
}
