package console

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/clarion-clp/clarion/engine"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// What a form decides is bound to what it showed: letters by their digests. If
// they are others by now, nothing is done, and the page says so.

// A batch is letters of one playbook that wait for a yes, in the order of their
// numbers.
type batch []ledger.Message

// digest stands for all of a batch, as a saved plan's does.
func (b batch) digest() string { return ledger.PlanDigest(0, b) }

// only gives the letters of a batch that are among some.
func (b batch) only(ids []int64) batch {
	return slices.DeleteFunc(slices.Clone(b), func(m ledger.Message) bool { return !slices.Contains(ids, m.ID) })
}

// without gives the others.
func (b batch) without(ids []int64) batch {
	return slices.DeleteFunc(slices.Clone(b), func(m ledger.Message) bool { return slices.Contains(ids, m.ID) })
}

// pending gives the letters as the verbs take them.
func (b batch) pending() []engine.Pending {
	var out []engine.Pending
	for _, m := range b {
		out = append(out, engine.Pending{Message: m})
	}
	return out
}

// waiting are the letters of a playbook that wait for a yes, as the page of the
// plan shows them to the seat.
func (d *desk) waiting(name string) batch {
	var out batch
	for i := range d.l.Plan.Messages {
		m := &d.l.Plan.Messages[i]
		if m.Kind != ledger.Letter || m.Playbook != name || !m.Stands || m.State != ledger.Proposed {
			continue
		}
		if _, of := d.subject(m.Message); d.hears(m.Message, of) {
			out = append(out, m.Message)
		}
	}
	slices.SortFunc(out, func(a, b ledger.Message) int { return int(a.ID - b.ID) })
	return out
}

// savedWith is the digest of the newest open saved plan that has all letters of
// a batch; or empty.
func (d *desk) savedWith(b batch) string {
	plans := d.book().OpenPlans()
	for i := len(plans) - 1; i >= 0; i-- {
		p := plans[i]
		if d.l.In.Now.Before(p.Expires) && !slices.ContainsFunc(b, func(m ledger.Message) bool { return !slices.Contains(p.Letters, m.ID) }) {
			return p.Digest
		}
	}
	return ""
}

// mayDecide gives the role in which the seat may say the yes that a letter needs
// next; or is empty.
func (d *desk) mayDecide(m ledger.Message) string {
	_, of := d.subject(m)
	branch := d.branch(of.list, of.ref)
	if !m.Two || m.First == (ledger.Yes{}) {
		return d.decides(m.Approver, branch)
	}
	for _, role := range plan.Seconders(d.l.In, m.First) {
		if d.actsFor(role, branch) && plan.TwoPeople(d.l.In, m.First, ledger.Yes{By: role, Person: d.Seat.Person}) {
			return role
		}
	}
	return ""
}

// voice is the seat's in a role.
func (d *desk) voice(role string) engine.Voice {
	return engine.Voice{Role: role, Person: d.Seat.Person, Via: "console"}
}

// decideBatch says yes to letters of a playbook, and strikes out those that are
// not ticked.
func (d *desk) decideBatch() {
	name := d.r.PostFormValue("playbook")
	if d.set().Playbook(name) == nil || !d.open(name) {
		d.gone()
		return
	}
	page := "/plan"
	if d.r.PostFormValue("only") != "" {
		page = "/plan?playbook=" + name
	}
	var yes []int64
	for _, text := range d.r.PostForm["yes"] {
		yes = append(yes, number(text))
	}
	all := d.waiting(name)
	switch {
	case all.digest() != d.r.PostFormValue("digest") && d.saidYes(yes):
		d.done(page, "That was said already.") // pressed twice
		return
	case all.digest() != d.r.PostFormValue("digest"), len(all.only(yes)) != len(yes):
		d.fail(engine.ErrMoved)
		return
	}
	reason := strings.TrimSpace(d.r.PostFormValue("reason"))
	out, in := all.without(yes), all.only(yes)
	if len(out) > 0 && reason == "" {
		d.fail(fmt.Errorf("%s not ticked: say why in a few words, for whoever wrote the playbook. Nothing was done",
			document.Plural(len(out), "letter is", "letters are")))
		return
	}
	for _, m := range all {
		if d.mayDecide(m) == "" {
			d.fail(d.notMine(m))
			return
		}
	}
	if d.wantsAnew(in) {
		return
	}
	d.decided(page, in, out, reason)
}

// wantsAnew asks for a fresh sign-in before a yes to letters to all members.
func (d *desk) wantsAnew(b batch) bool {
	if d.fresh() || !slices.ContainsFunc(b, func(m ledger.Message) bool { return m.Two }) {
		return false
	}
	d.askAnew()
	return true
}

// notMine says who decides about a letter.
func (d *desk) notMine(m ledger.Message) error {
	if m.Two && m.First != (ledger.Yes{}) {
		return errors.New("the " + d.set().RoleTitle(m.First.By) + " has said yes. " + d.secondWords(m))
	}
	roles := plan.Deciders(d.l.In, m.Approver)
	if len(roles) == 0 {
		return errors.New("nobody is " + d.set().RoleTitle(m.Approver) + ", nor holds a role that this one falls to: write who is into the list of officers")
	}
	return errors.New("the " + d.set().RoleTitle(roles[0]) + " decides about this letter")
}

// secondWords says whose second yes a letter needs.
func (d *desk) secondWords(m ledger.Message) string {
	roles := plan.Seconders(d.l.In, m.First)
	if len(roles) == 0 {
		return "A second person must say yes too, and nobody else may: write another Secretary, Chair or Treasurer into the list of officers."
	}
	var titles []string
	for _, r := range roles {
		titles = append(titles, d.set().RoleTitle(r))
	}
	return "A second person must say yes too: the " + strings.Join(titles, " or the ") + "."
}

// saidYes reports whether letters have the yes of the seat already.
func (d *desk) saidYes(ids []int64) bool {
	mine := func(y ledger.Yes) bool {
		return y.By != "" && d.Seat.Holds(y.By) && y.Person == d.Seat.Person
	}
	return len(ids) > 0 && !slices.ContainsFunc(ids, func(id int64) bool {
		m, ok := d.book().Message(id)
		return !ok || !mine(m.Yes) && !mine(m.First)
	})
}

// decided carries a decision out, and says what came of it.
func (d *desk) decided(page string, in, out batch, reason string) {
	var all engine.Decision
	struck := 0
	note := func(x engine.Decision, err error) bool {
		if err != nil {
			d.fail(err)
			return false
		}
		all.Done, all.Half, all.Not = append(all.Done, x.Done...), append(all.Half, x.Half...), append(all.Not, x.Not...)
		return true
	}
	if len(out) > 0 {
		x, err := d.e.Reject(d.steady(), d.voice(d.mayDecide(out[0])), reason, out.pending())
		if err != nil {
			d.fail(err)
			return
		}
		struck = len(x.Done)
		all.Not = append(all.Not, x.Not...)
	}
	for _, role := range d.rolesFor(in) {
		mine := slices.DeleteFunc(slices.Clone(in), func(m ledger.Message) bool { return d.mayDecide(m) != role })
		if !note(d.approve(d.voice(role), mine)) {
			return
		}
	}
	d.done(page, d.outcome(all, struck))
}

// rolesFor are the roles in which the seat says yes to letters, each once.
func (d *desk) rolesFor(b batch) []string {
	var out []string
	for _, m := range b {
		if r := d.mayDecide(m); !slices.Contains(out, r) {
			out = append(out, r)
		}
	}
	return out
}

// approve says yes: to letters of a saved plan by its digest, to others one by
// one or together.
func (d *desk) approve(v engine.Voice, b batch) (engine.Decision, error) {
	if digest := d.savedWith(b); digest != "" {
		var without []int64
		for _, p := range d.book().OpenPlans() {
			if p.Digest == digest {
				without = slices.DeleteFunc(slices.Clone(p.Letters), func(id int64) bool {
					return slices.ContainsFunc(b, func(m ledger.Message) bool { return m.ID == id })
				})
			}
		}
		return d.e.ApprovePlan(d.steady(), v, digest, without)
	}
	return d.e.ApproveTogether(d.steady(), v, b.pending())
}

// outcome says what came of a decision.
func (d *desk) outcome(x engine.Decision, struck int) string {
	var say []string
	if n := len(x.Done); n > 0 {
		say = append(say, document.Plural(n, "letter has its", "letters have their")+" yes"+d.leaving(n))
	}
	if n := len(x.Half); n > 0 {
		words := "A second person must say yes too."
		if m, ok := d.book().Message(x.Half[0]); ok {
			m.First = ledger.Yes{By: d.mayDecide(m), Person: d.Seat.Person}
			words = d.secondWords(m)
		}
		say = append(say, document.Plural(n, "letter has", "letters have")+" the first yes of two. "+words)
	}
	if struck > 0 {
		say = append(say, document.Plural(struck, "letter was", "letters were")+" struck out, and will not be proposed again.")
	}
	for i, f := range x.Not {
		if i == 3 {
			say = append(say, fmt.Sprintf("And %d more were not decided.", len(x.Not)-3))
			break
		}
		say = append(say, fmt.Sprintf("Letter %d was not: %s.", f.ID, strings.TrimSuffix(f.Why, ".")))
	}
	if len(say) == 0 {
		return "Nothing was decided."
	}
	return strings.Join(say, " ")
}

// leaving says until when a yes can be taken back.
func (d *desk) leaving(n int) string {
	undo := d.set().Constituency.Review.Undo
	switch {
	case undo <= 0 && n == 1:
		return ", and leaves with the next run."
	case undo <= 0:
		return ", and leave with the next run."
	}
	return ". It can be taken back until " + d.hour(d.now().Add(undo)) + "; nothing leaves before."
}

// hour says a moment by the clock, with its day if that is not today.
func (d *desk) hour(t time.Time) string {
	if c := d.clock(); c.Day(t) != c.Day(d.now()) {
		return c.Words(t)
	}
	return t.In(d.clock().Zone).Format("15:04")
}

// release lets a batch past its brake.
func (d *desk) release() {
	name := d.r.PostFormValue("playbook")
	pb := d.set().Playbook(name)
	if pb == nil || !d.open(name) {
		d.gone()
		return
	}
	role := d.decides(pb.Role, "")
	if role == "" {
		d.fail(errors.New("the " + d.set().RoleTitle(pb.Role) + " lets this batch go"))
		return
	}
	shown := int(number(d.r.PostFormValue("letters")))
	if shown == 0 {
		shown = -1 // as many are never held
	}
	n, err := d.e.Release(d.steady(), role, name, shown)
	if err != nil {
		d.fail(err)
		return
	}
	d.done("/plan", document.Plural(n, "letter", "letters")+" of "+name+" may pass the brake until tomorrow night. They still need what approval they needed.")
}
