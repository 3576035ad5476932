package console

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
)

// A desk is a visit to the pages of the daily work: what its seat may see of a
// look, and as whom it may act.
type desk struct {
	*visit
	l        *engine.Look
	branches *plan.Branches
	deciders map[string][]string
	stray    map[aRecord]bool
	private  map[string]bool
	closed   map[string]bool // lists that the seat may not look through
	silent   map[string]bool // playbooks that read what it may not see
}

// aRecord is a record of a list.
type aRecord struct {
	list string
	ref  dataset.Ref
}

// at makes a page of the desk from a visit.
func (c *Console) at(page func(*desk)) func(*visit) {
	return func(v *visit) {
		l, err := v.look()
		if err != nil {
			v.fail(err)
			return
		}
		page(&desk{visit: v, l: l, deciders: map[string][]string{}, stray: map[aRecord]bool{}, private: map[string]bool{}, closed: map[string]bool{}, silent: map[string]bool{}})
	}
}

// sent is at for what a form sends.
func (c *Console) sent(page func(*desk)) func(*visit) {
	return c.at(func(d *desk) {
		if err := d.r.ParseForm(); err != nil {
			d.fail(errLong)
			return
		}
		page(d)
	})
}

func (d *desk) set() *playbook.Set { return d.l.In.Set }

func (d *desk) book() *ledger.Book { return d.l.In.Book }

// open reports whether what a playbook does may be shown to the seat.
func (d *desk) open(name string) bool {
	hidden, known := d.private[name]
	if !known {
		hidden = !d.Seat.Sees(d.set(), name)
		d.private[name] = hidden
	}
	return !hidden
}

// here reports whether the seat may hear of a record: its list is one that it may
// look through, and it is of a branch that it may see.
func (d *desk) here(list string, ref dataset.Ref) bool {
	closed, known := d.closed[list]
	if !known {
		t := d.l.In.Tables[list]
		closed = t != nil && !d.mayBrowse(t.Schema)
		d.closed[list] = closed
	}
	if closed || !d.Seat.Bound() {
		return !closed
	}
	r := aRecord{list, ref}
	hidden, known := d.stray[r]
	if !known {
		hidden = !d.Seat.OfBranch(d.branch(list, ref))
		d.stray[r] = hidden
	}
	return !hidden
}

// hears reports whether the seat may hear of a letter: of what it is about, or
// because it decides about it.
func (d *desk) hears(m ledger.Message, of aRecord) bool {
	return d.here(of.list, of.ref) || d.mayDecide(m) != ""
}

// tells reports whether the seat may be told why a playbook acts: what it reads
// is nothing that the seat may not see.
func (d *desk) tells(name string) bool {
	pb := d.set().Playbook(name)
	if pb == nil {
		return true
	}
	silent, known := d.silent[name]
	if !known {
		silent = slices.ContainsFunc(pb.Data(), func(path string) bool {
			list, column, _ := strings.Cut(path, ".")
			s := d.set().Schemas[list]
			return s != nil && column != "" && !d.sees(s, column)
		})
		d.silent[name] = silent
	}
	return !silent
}

// whyOf gives the reason of a line of the plan as the seat may read it. Of what is
// done, it names cells; of what is not, it says what stands in the way.
func (d *desk) whyOf(l plan.Line) string {
	switch l.Verb {
	case plan.Sends, plan.Asks, plan.Lists, plan.Tells, plan.Observed:
		if !d.tells(l.Playbook) {
			return ""
		}
	}
	return l.Why
}

// branch is the branch of a record.
func (d *desk) branch(list string, ref dataset.Ref) string {
	if d.branches == nil {
		b := plan.BranchesOf(d.l.In)
		d.branches = &b
	}
	return d.branches.Of(list, ref)
}

// seesAll reports whether the seat may be shown all of some columns.
func (d *desk) seesAll(guards []playbook.Guard) bool {
	return !slices.ContainsFunc(guards, func(g playbook.Guard) bool { return !d.Seat.SeesColumn(d.set(), g) })
}

// sees reports whether the seat may be shown a column of a list.
func (v *visit) sees(s *dataset.Schema, column string) bool {
	i, ok := s.Column(column)
	return !ok || v.Seat.SeesColumn(v.seen.In.Set, playbook.Guard{Dataset: s.Name, Column: column, Class: s.Columns[i].Class})
}

// decides gives the role in which the seat may say yes where another's word is
// asked for, about a record of a branch; or is empty.
func (d *desk) decides(approver, branch string) string {
	roles, known := d.deciders[approver]
	if !known {
		roles = plan.Deciders(d.l.In, approver)
		d.deciders[approver] = roles
	}
	for _, r := range roles {
		if d.actsFor(r, branch) {
			return r
		}
	}
	return ""
}

// actsFor reports whether the seat holds a role, for a branch where it is held by
// branches.
func (d *desk) actsFor(role, branch string) bool {
	if !d.Seat.Holds(role) {
		return false
	}
	of, bound := d.Seat.Branches[role]
	return !bound || slices.ContainsFunc(of, func(b string) bool { return plan.SameBranch(b, branch) })
}

// subject is the case that a message is about, and the record.
func (d *desk) subject(m ledger.Message) (ledger.Case, aRecord) {
	for _, k := range m.Actions {
		if a, ok := d.book().Action(k); ok {
			if c, ok := d.book().Case(a.Case); ok {
				return c, aRecord{c.Dataset, c.Subject}
			}
		}
	}
	return ledger.Case{}, aRecord{}
}

// row finds a record.
func (d *desk) row(r aRecord) (*dataset.Table, *dataset.Row) {
	t := d.l.In.Tables[r.list]
	if t == nil {
		return nil, nil
	}
	return t, t.ByRef(r.ref)
}

// recordPath is the address of the page about a record; nothing where the seat
// may not see it or it is in no list.
func (d *desk) recordPath(r aRecord) string {
	t, row := d.row(r)
	if row == nil || !d.here(r.list, r.ref) {
		return ""
	}
	return pathTo("records", t.Schema.Name, row.Key)
}

// label names a record for people.
func (d *desk) label(r aRecord) string {
	t, row := d.row(r)
	switch {
	case row != nil:
		return engine.Label(t.Schema, row)
	case r.list == "":
		return ""
	}
	return "somebody or something that is no longer on the list of " + dataset.Plain(r.list)
}

// number reads a number of a letter or a task from an address or a form; 0: it is
// none.
func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		return 0
	}
	return n
}

// pathTo makes an address of its parts.
func pathTo(parts ...string) string {
	out := ""
	for _, p := range parts {
		out += "/" + url.PathEscape(p)
	}
	return out
}

// errLong is said of a form that cannot be read: it is cut off, or too long.
var errLong = errors.New("what was sent cannot be read: it may be too long. Nothing was done")
