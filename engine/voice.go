package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
	"github.com/clarion-clp/clarion/engine/playbook"
	"github.com/clarion-clp/clarion/engine/store"
)

// A Voice is who says yes or no, and how.
type Voice struct {
	Role   string
	Person dataset.Ref // the officer; 0: whoever sits at the computer
	Via    string      // terminal (as empty is), console, mail or link
}

// yes is the word of a voice at a moment.
func (v Voice) yes(at time.Time, saved int64) ledger.Yes {
	y := ledger.Yes{By: v.Role, Person: v.Person, At: at, Via: v.Via, Plan: saved}
	if y.Via == "" {
		y.Via = "terminal"
	}
	return y
}

// An approval is one call by which letters get their yes.
type approval struct {
	*Engine
	tx      *store.Tx
	in      plan.Input
	voice   Voice
	yes     ledger.Yes
	until   time.Time        // the end of the undo window; zero: there is none
	verdict map[int64]string // what a look at this moment takes away
	single  map[string]bool  // playbooks whose letters are to be named one by one
}

// approving begins an approval; together: one word names many letters.
func (e *Engine) approving(tx *store.Tx, v Voice, saved int64, together bool, now time.Time) (*approval, error) {
	in, err := e.input(tx, now)
	if err != nil {
		return nil, err
	}
	a := &approval{Engine: e, tx: tx, in: in, voice: v, yes: v.yes(now, saved), verdict: plan.Compute(in).Fallen(), single: map[string]bool{}}
	if undo := e.set.Constituency.Review.Undo; undo > 0 {
		a.until = now.Add(undo)
	}
	for _, pb := range e.set.Playbooks {
		a.single[pb.Name] = together && plan.TrustIn(pb, e.set.Constituency, in.Book, now).Level < playbook.Batch
	}
	return a, nil
}

// decide gives one letter the yes of the voice, or notes why it may not have it.
func (a *approval) decide(d *Decision, id int64, digest string) error {
	m, _ := a.in.Book.Message(id)
	if why := a.not(m); why != "" {
		d.Not = append(d.Not, Fallen{ID: id, Why: why})
		return nil
	}
	if m.Two && m.First == (ledger.Yes{}) {
		var half Decision
		err := half.apply(a.tx, a.yes.At, a.yes.By, id, ledger.MessageGotYes{ID: id, Digest: digest, Person: a.yes.Person, Via: a.yes.Via, Plan: a.yes.Plan})
		d.Half, d.Not = append(d.Half, half.Done...), append(d.Not, half.Not...)
		return err
	}
	return d.apply(a.tx, a.yes.At, a.yes.By, id, ledger.MessageApproved{ID: id, Digest: digest,
		Person: a.yes.Person, Via: a.yes.Via, Plan: a.yes.Plan, Until: a.until})
}

// not says why a letter may not have the yes of the voice, or is empty. What the
// letter itself forbids is for the ledger to say.
func (a *approval) not(m ledger.Message) string {
	switch {
	case a.voice.Person != 0 && !SeatOf(a.in, a.voice.Person).Holds(a.voice.Role):
		return fmt.Sprintf("you are not %s today", a.set.RoleTitle(a.voice.Role))
	case m.Two && m.First != (ledger.Yes{}):
		if why := a.maySecond(m.First); why != "" {
			return why
		}
	default:
		if why := a.mayDecide(a.in, a.voice.Role, m.Approver); why != "" {
			return why
		}
	}
	if why, fell := a.verdict[m.ID]; fell {
		return why
	}
	if a.single[m.Playbook] {
		return fmt.Sprintf("%s asks for each letter: clarion review show %d, then clarion review approve %d", m.Playbook, m.ID, m.ID)
	}
	if !m.Expires.IsZero() && a.until.After(m.Expires) && m.State == ledger.Proposed && (!m.Two || m.First != (ledger.Yes{})) {
		return fmt.Sprintf("it must have left by %s, and leaves %s after its yes at the soonest (undo in constituency.yaml)",
			a.Clock().Words(m.Expires), Span(a.set.Constituency.Review.Undo))
	}
	return ""
}

// maySecond says why the voice may not say the second yes after a first, and who
// may; or is empty.
func (a *approval) maySecond(first ledger.Yes) string {
	roles := plan.Seconders(a.in, first)
	if slices.Contains(roles, a.voice.Role) && plan.TwoPeople(a.in, first, a.yes) {
		return ""
	}
	return "the " + a.set.RoleTitle(first.By) + " has said yes; " + SecondWords(a.set, roles)
}

// SecondWords says whose second yes a letter needs.
func SecondWords(set *playbook.Set, roles []string) string {
	if len(roles) == 0 {
		return "a second yes is needed, and nobody else can say it: write another Secretary, Chair or Treasurer into the list of officers"
	}
	var titles []string
	for _, r := range roles {
		titles = append(titles, set.RoleTitle(r))
	}
	return "a second yes is needed, of another person: from the " + strings.Join(titles, " or the ") + " (--as " + strings.Join(roles, ", --as ") + ")"
}

// Span says a length of time in words: 15 minutes.
func Span(d time.Duration) string {
	count := func(n int, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch {
	case d >= 48*time.Hour && d%(24*time.Hour) == 0:
		return count(int(d/(24*time.Hour)), "day")
	case d >= time.Hour && d%time.Hour == 0:
		return count(int(d/time.Hour), "hour")
	}
	return count(int(d/time.Minute), "minute")
}

// seconders says of letters that need the yes of two persons who may say the
// second.
func (e *Engine) seconders(tx *store.Tx, letters []Pending) error {
	if !slices.ContainsFunc(letters, func(p Pending) bool { return p.Two }) {
		return nil
	}
	in, err := e.input(tx, e.Now())
	if err != nil {
		return err
	}
	known := map[ledger.Yes][]string{} // there are few who say the first
	for i := range letters {
		p := &letters[i]
		if !p.Two {
			continue
		}
		first := p.First
		if first == (ledger.Yes{}) { // as if whoever decides about it had said it
			first.By = p.Approver
			if roles := plan.Deciders(in, p.Approver); len(roles) > 0 {
				first.By = roles[0]
			}
		}
		roles, done := known[first]
		if !done {
			roles = plan.Seconders(in, first)
			known[first] = roles
		}
		p.Second = roles
	}
	return nil
}

// TwoWords says what is missing of the two yeses that a letter needs; nothing of
// one that needs no more than one.
func (p Pending) TwoWords(set *playbook.Set) string {
	switch {
	case !p.Two || p.State != ledger.Proposed:
		return ""
	case p.First != (ledger.Yes{}):
		return "the " + set.RoleTitle(p.First.By) + " has said yes; " + SecondWords(set, p.Second)
	}
	return "to all members, or to most: after the first yes " + SecondWords(set, p.Second)
}
