package main

import (
	"fmt"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/plan"
)

// What a playbook makes of special columns is shown only to the roles that
// approve it: --as says which role is looking. To all others it is a number of
// private items.

// private says how many items were left out.
func (s *session) private(n int) {
	if n > 0 {
		s.out.say("\n%s: only the role that approves it sees it, with --as ROLE.", plural(n, "private item", "private items"))
	}
}

// apartFrom leaves out what is private to other roles, and counts it.
func apartFrom[T any](list []T, private func(T) bool) (shown []T, n int) {
	for _, x := range list {
		if private(x) {
			n++
		} else {
			shown = append(shown, x)
		}
	}
	return shown, n
}

// mine leaves out the letters that are private to other roles.
func (s *session) mine(o *office, list []engine.Pending) ([]engine.Pending, int) {
	return apartFrom(list, func(m engine.Pending) bool { return m.Private(o.Engine, s.As) })
}

// mayRead refuses a letter that is private to other roles.
func (s *session) mayRead(o *office, m engine.Pending) error {
	if m.Private(o.Engine, s.As) {
		return fmt.Errorf("letter %d is private: only the role that approves it sees it, with --as %s", m.ID, m.Approver)
	}
	return nil
}

// mayList refuses a playbook whose cases are private to other roles.
func (s *session) mayList(o *office, name string) error {
	if pb := o.Set().Playbook(name); pb != nil && o.Hidden(name, s.As) {
		return fmt.Errorf("what %s does is private: only the role that approves it sees it, with --as %s", name, pb.Role)
	}
	return nil
}

// accounts leaves out those that are private to other roles.
func (s *session) accounts(o *office, list []plan.Account) ([]plan.Account, int) {
	return apartFrom(list, func(a plan.Account) bool { return o.Hidden(a.Playbook, s.As) })
}

// tasks leaves out those that are private to other roles; a role sees its own.
func (s *session) tasks(o *office, list []engine.TaskView) ([]engine.TaskView, int) {
	return apartFrom(list, func(t engine.TaskView) bool { return o.Hidden(t.Playbook, s.As) && t.Addressee != "role:"+s.As })
}

// sums leaves out the numbers of playbooks that are private to other roles, and
// adds them up.
func (s *session) sums(o *office, of map[string]int) (shown map[string]int, private int) {
	shown = map[string]int{}
	for name, n := range of {
		if o.Hidden(name, s.As) {
			private += n
		} else {
			shown[name] = n
		}
	}
	return shown, private
}
