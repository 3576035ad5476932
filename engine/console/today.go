package console

import (
	"cmp"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/clarion-clp/clarion/engine/dataset"
	"github.com/clarion-clp/clarion/engine/document"
	"github.com/clarion-clp/clarion/engine/ledger"
	"github.com/clarion-clp/clarion/engine/plan"
)

// todayPages registers the first page, and what stops everything.
func (c *Console) todayPages(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", c.seated(c.at((*desk).today)))
	mux.HandleFunc("POST /stop", c.needs(mayStop, (*visit).stop))
	mux.HandleFunc("POST /resume", c.needs(mayResume, (*visit).resume))
}

// How much of a part of the page is shown, and how far ahead deadlines run.
const (
	mostToday = 6
	daysAhead = 14
)

// A todayPage says how things stand: what waits for the seat's yes and for its
// doing, what is wrong, and that the program lives.
type todayPage struct {
	First         int // steps of the first day that are left
	Yours         int // letters that wait for the seat's yes
	Approve       []waitingRow
	Private       int
	Overdue, Soon []taskRow
	More          int // tasks that found no room
	Problems      []trouble
	Life          life
}

// A waitingRow is what waits for a yes, of one playbook.
type waitingRow struct {
	Name, Title string
	Count       int
	Yours       bool
	Who         string // who decides
}

// A trouble is something that is wrong, and where to see to it.
type trouble struct {
	What, Hint string
	To, Press  string
}

// A life is the proof that the program is at work.
type life struct {
	Ran    string   // when it last ran; empty: never
	Looked string   // at how many records
	Sent   int      // letters that left today
	Why    []string // why no more
	Next   string   // when the next could go, or come due
	Alone  bool     // no daemon is in this program
}

// today shows how things stand.
func (d *desk) today() {
	p := todayPage{Life: d.life(), Problems: d.troubles()}
	if d.serves("/first") {
		p.First = d.firstOpen()
	}
	d.toApprove(&p)
	d.deadlines(&p)
	d.page("today", "Today", p)
}

// toApprove counts what waits for a yes, the seat's first.
func (d *desk) toApprove(p *todayPage) {
	rows := map[string]*waitingRow{}
	for _, m := range d.book().MessagesIn(ledger.Proposed) {
		if m.Kind == ledger.Digest {
			continue
		}
		if !d.mayRead(m) {
			p.Private++
			continue
		}
		r := rows[m.Playbook]
		if r == nil {
			r = &waitingRow{Name: m.Playbook, Title: d.titleOf(m.Playbook), Who: d.set().RoleTitle(m.Approver)}
			rows[m.Playbook] = r
		}
		r.Count++
		if d.mayDecide(m) != "" {
			r.Yours = true
			p.Yours++
		}
	}
	for _, r := range rows {
		p.Approve = append(p.Approve, *r)
	}
	slices.SortFunc(p.Approve, func(a, b waitingRow) int {
		if a.Yours != b.Yours {
			if a.Yours {
				return -1
			}
			return 1
		}
		return cmp.Or(strings.Compare(a.Title, b.Title), strings.Compare(a.Name, b.Name))
	})
}

// titleOf names a playbook for people.
func (d *desk) titleOf(name string) string {
	if pb := d.set().Playbook(name); pb != nil {
		return dataset.Plain(pb.Title)
	}
	return dataset.Plain(name)
}

// deadlines lists the tasks of the seat's roles that are overdue or soon due.
func (d *desk) deadlines(p *todayPage) {
	var open []ledger.Task
	for _, t := range d.book().Tasks() {
		if t.State == ledger.TaskOpen || t.State == ledger.TaskOverdue {
			open = append(open, t)
		}
	}
	slices.SortFunc(open, func(a, b ledger.Task) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.Number, b.Number)) })
	today := d.clock().Day(d.now())
	for _, x := range plan.DutiesOf(d.l.In, d.office(), open) {
		due := d.clock().Day(x.Due)
		switch {
		case due < today && len(p.Overdue) < mostToday:
			p.Overdue = append(p.Overdue, d.taskRow(x))
		case due >= today && due <= today.AddDays(daysAhead) && len(p.Soon) < mostToday:
			p.Soon = append(p.Soon, d.taskRow(x))
		default:
			p.More++
		}
	}
}

// troubles lists what is wrong, as far as the seat may know.
func (d *desk) troubles() (out []trouble) {
	st := d.l.Status
	add := func(what, hint, to, press string) {
		if to != "" && !d.serves(to) {
			to = ""
		}
		if to != "" && strings.Contains(hint, "clarion ") { // the page says it without commands
			hint = ""
		}
		t := trouble{dataset.Plain(what), dataset.Plain(hint), to, press}
		if !slices.ContainsFunc(out, func(old trouble) bool { return old.What == t.What }) { // several playbooks may want one list
			out = append(out, t)
		}
	}
	if x := d.passed(); x != nil {
		if x.Err != "" {
			add("The last run did not come to its end: "+x.Err, "", "", "")
		}
		if x.Mail != "" {
			add("The mailbox was not read to its end: "+x.Mail, "", "/mail", "The mail")
		}
	}
	if d.may(mayUpload) {
		left, err := d.waits()
		if err != nil {
			add("Which files were not taken cannot be said: "+err.Error(), "", "/data", "The lists")
		}
		for _, f := range left {
			add(leftThere(f.What, f.Why), "", "/data", "The lists")
		}
	}
	p := d.l.Plan.For(d.set(), d.Seat.Roles...)
	for _, h := range p.Holds {
		switch h.Kind {
		case "observe", "backlog", "batch": // nothing is wrong
		case "stale", "not imported", "missing", "refused", "disputed":
			add(document.Capital(h.Why), h.Hint, "/data", "The lists")
		case "date":
			add(document.Capital(h.Why), h.Hint, "", "")
		default:
			add(d.titleOf(h.Playbook)+": "+h.Why, h.Hint, "/plan", "The plan")
		}
	}
	if st.Uncertain > 0 {
		add(document.Plural(st.Uncertain, "letter is", "letters are")+" uncertain: nobody knows whether it went", "Look in the mailbox, and say which", "/plan", "The plan")
	}
	if st.Mail > 0 && d.may(mayPost) {
		add(document.Plural(st.Mail, "message that came back waits", "messages that came back wait")+" for a person", "", "/mail", "The mail")
	}
	for _, name := range slices.Sorted(slices.Values(st.Disabled)) {
		if d.mayAny(maySettings) {
			add(dataset.Plain(name)+" has faults and does not run", "", pathTo("playbooks", name), "What is wrong")
		}
	}
	if len(p.CannotTell) > 0 {
		add(document.Plural(len(p.CannotTell), "record cannot", "records cannot")+" be judged for want of a cell", "", "/plan", "Which, and why")
	}
	return out
}

// leftThere says why a file was not taken.
func leftThere(file, why string) string {
	if file == "" {
		return strings.TrimSuffix(why, ".")
	}
	return "Not taken: " + file + ". " + strings.TrimSuffix(why, ".")
}

// passed is what the daemon's last pass came to; nil: there was none.
func (c *Console) passed() *Passed {
	if c.Passed == nil {
		return nil
	}
	return c.Passed()
}

// life says that the program lives, and why no more has left.
func (d *desk) life() life {
	st, c := d.l.Status, d.clock()
	f := life{Sent: st.Today, Alone: d.Passed == nil}
	at := st.LastRun
	x := d.passed()
	if x != nil && x.At.After(at) {
		at = x.At
	}
	if !at.IsZero() {
		f.Ran = c.Words(at)
	}
	if t := d.l.In.Tables["members"]; t != nil {
		f.Looked = document.Plural(len(t.Rows), "member", "members")
	}
	others := 0
	for name, t := range d.l.In.Tables {
		if _, ours := d.set().Constituency.Data[name]; ours && name != "members" {
			others += len(t.Rows)
		}
	}
	if others > 0 {
		f.Looked += " and " + document.Plural(others, "other record", "other records")
	}
	f.Why = d.whyNoMore()
	if x != nil && x.Why != "" && len(f.Why) == 0 {
		f.Why = append(f.Why, x.Why)
	}
	if w := d.l.Plan.Wake; !w.IsZero() {
		f.Next = c.Words(w)
	}
	return f
}

// whyNoMore counts, in words, what is due and did not leave.
func (d *desk) whyNoMore() (out []string) {
	if barred := d.l.Status.Barred(); barred != "" {
		return []string{dataset.Plain(barred)}
	}
	var n plan.Count
	for _, c := range d.l.Plan.For(d.set(), d.Seat.Roles...).Counts {
		n.Review += c.Review
		n.Held += c.Held
		n.Observed += c.Observed
		n.Wait += c.Wait
		n.Withheld += c.Withheld
	}
	for _, x := range []struct {
		n    int
		what string
	}{{n.Review, "for a yes"}, {n.Wait, "for another day"}, {n.Held, "because something holds them"}} {
		if x.n > 0 {
			out = append(out, strconv.Itoa(x.n)+verb(x.n, " waits ", " wait ")+x.what)
		}
	}
	if n.Observed > 0 {
		out = append(out, strconv.Itoa(n.Observed)+verb(n.Observed, " is", " are")+" only observed")
	}
	if n.Withheld > 0 {
		out = append(out, strconv.Itoa(n.Withheld)+verb(n.Withheld, " is", " are")+" withheld")
	}
	if len(out) == 0 {
		out = []string{"nothing is due"}
	}
	return out
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// by is the role in which the seat does something that every role may.
func (v *visit) by() string { return v.Seat.Roles[0] }

// reason is why somebody does something, as the form says.
func (v *visit) reason() string {
	if s := strings.TrimSpace(v.r.PostFormValue("reason")); s != "" {
		return s
	}
	return "no reason was given"
}

// stop holds every letter, at once.
func (v *visit) stop() {
	if v.seen.Status.Halted { // pressed twice
		v.done(v.back(), "Everything is stopped already.")
		return
	}
	if err := v.e.Stop(v.steady(), v.by(), v.reason()); err != nil {
		v.fail(err)
		return
	}
	v.done(v.back(), "Everything is stopped. No letter goes after the one now on the wire.")
}

// resume lets letters go again.
func (v *visit) resume() {
	if !v.seen.Status.Halted {
		v.done(v.back(), "Nothing is stopped.")
		return
	}
	if err := v.e.Resume(v.steady(), v.by(), v.reason()); err != nil {
		v.fail(err)
		return
	}
	v.done(v.back(), "Letters go again, with the next run.")
}
