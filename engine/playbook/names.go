package playbook

import (
	"slices"
	"strings"

	"github.com/clarion-clp/clarion/engine/condition"
)

// Reads reports whether any condition, moment or letter of any playbook names
// a dataset or another name, so that what nobody reads need not be worked out.
func (s *Set) Reads(name string) bool {
	if s.all {
		return true
	}
	for _, pb := range s.Playbooks {
		if pb.For != nil && pb.For.Dataset == name {
			return true
		}
		for _, e := range pb.expressions() {
			if slices.Contains(e.Names(), name) || slices.ContainsFunc(e.Uses(), func(path string) bool { return strings.HasPrefix(path, name+".") }) {
				return true
			}
		}
		for _, st := range pb.Steps {
			if st.words(name) || name == "people" && slices.ContainsFunc(st.Columns, dotted) {
				return true
			}
		}
	}
	return false
}

// dotted reports a column that looks through a person.
func dotted(column string) bool { return strings.Contains(column, ".") }

// words reports whether the subject or letter of a step names something.
func (st *Step) words(name string) bool {
	var paths []string
	if st.Subject != nil {
		paths = append(paths, st.Subject.Uses()...)
	}
	if st.Letter != nil {
		paths = append(paths, st.Letter.Uses()...)
	}
	return slices.ContainsFunc(paths, func(path string) bool {
		first, _, _ := strings.Cut(path, ".")
		return first == name
	})
}

// expressions lists all conditions of a playbook and its steps, those in
// moments, ladders and answers among them.
func (pb *Playbook) expressions() []*condition.Expr {
	all := []*condition.Expr{pb.When, pb.While, pb.Done, pb.Stop, pb.Pause}
	for _, l := range pb.Let {
		all = append(all, l.Expr)
	}
	if pb.Again != nil {
		all = append(append(all, pb.Again.Exprs...), pb.Again.After.expressions()...)
	}
	all = append(all, pb.Deadline.expressions()...)
	for _, s := range pb.Steps {
		all = append(all, s.When, s.Done, s.Rows, s.Most, s.Attach)
		all = append(append(append(all, s.Again...), s.To.Exprs...), s.From.Exprs...)
		all = append(append(all, s.At.expressions()...), s.Due.expressions()...)
		if s.Each != nil {
			all = append(all, s.Each.Expr)
		}
		if s.Late != nil {
			all = append(append(all, s.Late.Until), s.Late.For.expressions()...)
		}
		for _, r := range s.Chase {
			all = append(all, r.To.Exprs...)
		}
		for _, a := range s.Answers {
			all = append(all, a.Suppress)
			for _, f := range a.Set {
				all = append(all, f.Expr)
			}
		}
	}
	return slices.DeleteFunc(all, func(e *condition.Expr) bool { return e == nil })
}

// expressions lists the expressions of a moment.
func (m *Moment) expressions() []*condition.Expr {
	if m == nil {
		return nil
	}
	return append([]*condition.Expr{m.Expr}, m.Offset.expressions()...)
}

// expressions lists the expression of a length, if it has one.
func (d *Duration) expressions() []*condition.Expr {
	if d == nil || d.Expr == nil {
		return nil
	}
	return []*condition.Expr{d.Expr}
}
